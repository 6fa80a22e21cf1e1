"""``cashfall deals``: the deals that come with the package."""

from __future__ import annotations

import click

import cashfall
from cashfall.cli.output import json_option, print_json, print_table, table

__all__ = ["deals"]


@click.command()
@json_option
def deals(as_json: bool) -> None:
    """List the shipped deals."""
    loaded = [(name, cashfall.load(name)) for name in cashfall.deals()]
    if as_json:
        print_json([{"name": name, "title": deal.title, "description": deal.description} for name, deal in loaded])
    else:
        print_table(table(["deal", "title"], [(name, deal.title or "") for name, deal in loaded], left=2))
