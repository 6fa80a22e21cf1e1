"""``cashfall check``: every problem of a deal document at once."""

from __future__ import annotations

import click

import cashfall
from cashfall.cli.output import json_option, print_json

__all__ = ["check"]


@click.command(short_help="Check a deal document and list all its problems.")
@click.argument("deal")
@json_option
def check(deal: str, as_json: bool) -> None:
    """Check DEAL, a file or a shipped deal, and list all its problems; exit code 1 if it has any."""
    try:
        cashfall.load(deal).compile()
    except cashfall.DealError as error:
        if as_json:
            print_json({"deal": deal, "valid": False, "problems": error.problems})
        else:
            click.echo(str(error), err=True)
        raise SystemExit(1) from None
    if as_json:
        print_json({"deal": deal, "valid": True, "problems": []})
    else:
        click.echo(f"{deal}: no problems")
