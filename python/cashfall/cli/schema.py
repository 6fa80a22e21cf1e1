"""``cashfall schema``: what a deal document may hold."""

from __future__ import annotations

import click

from cashfall.cli.face import face
from cashfall.cli.output import json_option, print_json

__all__ = ["schema"]


@click.command()
@click.option("--typed-dict", is_flag=True, help="Write Python TypedDicts instead of JSON Schema.")
@json_option
def schema(typed_dict: bool, as_json: bool) -> None:
    """Write the schema of deal documents: JSON Schema, or Python types."""
    if not typed_dict:
        click.echo(face().schema("json"))
    elif as_json:
        print_json({"typed_dict": face().schema("typed_dict")})
    else:
        click.echo(face().schema("typed_dict"))
