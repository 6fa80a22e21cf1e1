"""``cashfall stress``: the named scenarios of a deal, layer by layer."""

from __future__ import annotations

from itertools import groupby

import click

import cashfall
from cashfall.cli.output import console, json_option, number, print_json, print_table, table
from cashfall.stress import Layer, losses

__all__ = ["stress"]


@click.command(short_help="Run the named scenarios of a deal: who loses what, and when.")
@click.argument("deal")
@click.option("--scenario", "scenarios", multiple=True, help="One of the deal's scenarios; default: all.")
@json_option
def stress(deal: str, scenarios: tuple[str, ...], as_json: bool) -> None:
    """Run the named scenarios of DEAL, a file or a shipped deal, beside its base case: who loses what, and when."""
    plan = cashfall.load(deal).compile()
    rows = losses(plan, scenarios or None)
    if as_json:
        print_json({"deal": plan.deal.name, "fingerprint": plan.fingerprint, "losses": rows})
        return
    titles = {"base": "Base case"} | {info["name"]: info["title"] for info in plan.scenarios}
    for name, layers in groupby(rows, key=lambda row: row["scenario"]):
        console().print(f"{titles[name]}" + (f" ({name})" if name != "base" else ""), style="bold", markup=False)
        print_table(table(["layer", "received", "lost", "short from"], map(_line, layers)))
    if not plan.scenarios:
        console().print("The deal has no named scenarios: add `[scenarios.<name>]`.", markup=False)


def _line(row: Layer) -> list[str]:
    name = row["layer"] + (f", {row['currency']}" if row["currency"] else "")
    return [name, number(row["received"], 2), number(row["lost"], 2), row["short_from"] or ""]
