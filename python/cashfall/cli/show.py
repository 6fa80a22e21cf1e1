"""``cashfall show``: a deal's document or its plan."""

from __future__ import annotations

import click

import cashfall
from cashfall.cli.output import json_option, print_json

__all__ = ["show"]


@click.command(short_help="Show a deal's document or its plan.")
@click.argument("deal")
@click.option("--plan", "as_plan", is_flag=True, help="Show the compiled plan: dates, schedules, steps, outputs.")
@json_option
def show(deal: str, as_plan: bool, as_json: bool) -> None:
    """Show the document of DEAL, a file or a shipped deal, as it is written; or its plan."""
    loaded = cashfall.load(deal)
    if as_plan:
        _show_plan(loaded.compile(), as_json)
    elif as_json:
        named = {"name": loaded.name, "title": loaded.title, "description": loaded.description}
        print_json({**named, "document": loaded.to_dict(), "text": loaded.text})
    else:
        click.echo(loaded.text.rstrip("\n"))


def _show_plan(plan: cashfall.Plan, as_json: bool) -> None:
    if not as_json:
        click.echo(plan.listing().rstrip("\n"))
        return
    print_json(
        {
            "name": plan.deal.name,
            "fingerprint": plan.fingerprint,
            "periods": plan.periods,
            "inputs": plan.inputs,
            "outputs": plan.outputs,
            "metrics": plan.metrics,
            "listing": plan.listing(),
        }
    )
