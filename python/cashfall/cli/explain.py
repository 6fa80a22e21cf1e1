"""``cashfall explain``: why an amount is what it is, in the base case."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import click

from cashfall.cli.face import Plan, face
from cashfall.cli.output import json_option, print_json

__all__ = ["explain"]


@click.command()
@click.argument("deal")
@click.argument("output")
@click.option("--period", required=True, help="The grid position, from 0, or its date: 40 or 2035-08-30.")
@json_option
def explain(deal: str, output: str, period: str, as_json: bool) -> None:
    """Explain OUTPUT of DEAL (senior.principal_paid) on one date of the base case."""
    plan = face().load(deal).compile()
    _check_output(plan, output)
    index = period_index(plan.periods, period)
    result = plan.run()
    text = result.explain(output, index)
    if not as_json:
        click.echo(text)
        return
    date = plan.periods[index]
    movements = [dict(row) for row in result.ledger() if str(row["date"]) == str(date)]
    print_json(
        {
            "deal": deal,
            "output": output,
            "period": index,
            "date": str(date),
            "value": float(result[output][index, 0]),
            "explanation": text,
            "movements": movements,
        }
    )


def period_index(periods: Sequence[str], period: str) -> int:
    """The grid position meant by a number or a date."""
    dates = [str(date) for date in periods]
    if period in dates:
        return dates.index(period)
    if period.isdecimal() and int(period) < len(dates):
        return int(period)
    expected = f"expected 0 to {len(dates) - 1}, or a date of the grid from {dates[0]} to {dates[-1]}"
    raise click.BadParameter(f"{expected}, found {period}", param_hint="--period")


def _check_output(plan: Plan, output: str) -> None:
    """Refuse an unknown name, with the nearest one."""
    if output in plan.outputs:
        return
    nearest = difflib.get_close_matches(output, list(plan.outputs), n=1)
    way_out = f"; did you mean {nearest[0]}?" if nearest else "; `cashfall show DEAL --plan` lists them"
    raise click.BadParameter(f"expected an output of the plan, found {output}{way_out}", param_hint="OUTPUT")
