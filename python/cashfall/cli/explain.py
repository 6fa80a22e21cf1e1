"""``cashfall explain``: why an amount is what it is, in the base case."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import click

import cashfall
from cashfall.cli.output import json_option, print_json
from cashfall.result import LedgerRow

__all__ = ["explain", "period_index"]


@click.command(short_help="Explain one figure of the base case.")
@click.argument("deal")
@click.argument("output")
@click.option("--period", required=True, help="The grid position, from 0, or its date: 40 or 2035-08-30.")
@json_option
def explain(deal: str, output: str, period: str, as_json: bool) -> None:
    """Explain OUTPUT of DEAL (senior.principal_paid) on one date of the base case: its steps and what bound them."""
    plan = cashfall.load(deal).compile()
    _check_output(plan, output)
    index = period_index(plan.periods, period)
    result = plan.run()
    text = result.explain(output, index).rstrip("\n")
    if not as_json:
        click.echo(text)
        return
    print_json(
        {
            "deal": deal,
            "output": output,
            "period": index,
            "date": plan.periods[index],
            "value": float(result[output][index, 0]),
            "explanation": text,
            "movements": [row for row in result.ledger() if row["period"] == index and _asked_or_moved(row)],
        }
    )


def period_index(periods: Sequence[str], period: str) -> int:
    """The grid position meant by a number or a date."""
    if period in periods:
        return list(periods).index(period)
    if period.isdecimal() and int(period) < len(periods):
        return int(period)
    expected = f"expected 0 to {len(periods) - 1}, or a date of the grid from {periods[0]} to {periods[-1]}"
    raise click.BadParameter(f"{expected}, found {period}", param_hint="--period")


def _asked_or_moved(row: LedgerRow) -> bool:
    """Whether a movement is more than a step that had nothing to do."""
    return row["requested"] != 0 or row["amount"] != 0


def _check_output(plan: cashfall.Plan, output: str) -> None:
    """Refuse an unknown name, with the nearest one."""
    if output in plan.outputs:
        return
    nearest = difflib.get_close_matches(output, plan.outputs, n=1)
    way_out = f"; did you mean {nearest[0]}?" if nearest else "; `cashfall show DEAL --plan --json` lists them"
    raise click.BadParameter(f"expected an output of the plan, found {output}{way_out}", param_hint="OUTPUT")
