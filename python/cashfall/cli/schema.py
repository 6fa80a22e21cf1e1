"""``cashfall schema``: what a deal document may hold."""

from __future__ import annotations

import click

import cashfall
from cashfall.cli.output import json_option, print_json

__all__ = ["schema"]


@click.command(short_help="Write the schema of deal documents.")
@click.option("--typed-dict", is_flag=True, help="Write Python TypedDicts instead of JSON Schema.")
@json_option
def schema(typed_dict: bool, as_json: bool) -> None:
    """Write the schema of deal documents: JSON Schema, or the Python types of a deal given as a dict."""
    if not typed_dict:
        click.echo(cashfall.schema("json"))
    elif as_json:
        print_json({"typed_dict": cashfall.schema("typed_dict")})
    else:
        click.echo(cashfall.schema("typed_dict"), nl=False)
