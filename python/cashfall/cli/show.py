"""``cashfall show``: a deal's document or its plan."""

from __future__ import annotations

import click

from cashfall.cli.face import face
from cashfall.cli.output import json_option, print_json

__all__ = ["show"]


@click.command()
@click.argument("deal")
@click.option("--plan", "as_plan", is_flag=True, help="Show the compiled plan: dates, schedules, steps, outputs.")
@json_option
def show(deal: str, as_plan: bool, as_json: bool) -> None:
    """Show the document of DEAL, a file or a shipped deal, with its comments."""
    loaded = face().load(deal)
    if not as_plan:
        document = {"name": loaded.name, "title": loaded.title, "description": loaded.description, "text": loaded.text}
        print_json(document) if as_json else click.echo(loaded.text)
        return
    plan = loaded.compile()
    if as_json:
        print_json(
            {
                "name": loaded.name,
                "fingerprint": plan.fingerprint,
                "periods": list(plan.periods),
                "inputs": [dict(entry) for entry in plan.inputs],
                "outputs": list(plan.outputs),
                "metrics": list(plan.metrics),
                "listing": plan.listing(),
            }
        )
    else:
        click.echo(plan.listing())
