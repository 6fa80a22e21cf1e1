"""The group of commands, and how errors leave the program."""

from __future__ import annotations

from typing import Any

import click

import cashfall
from cashfall.cli.check import check
from cashfall.cli.deals import deals
from cashfall.cli.explain import explain
from cashfall.cli.losses import stress
from cashfall.cli.run import run
from cashfall.cli.schema import schema
from cashfall.cli.show import show

__all__ = ["app"]


class Commands(click.Group):
    """A group whose commands end user errors in a message, never in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what a user can get wrong becomes a line on stderr and exit code 1."""
        try:
            return super().invoke(ctx)
        except cashfall.CashfallError as error:
            raise click.ClickException(str(error)) from None
        except OSError as error:
            named = error.filename is not None and error.strerror is not None
            raise click.ClickException(f"{error.filename}: {error.strerror}" if named else str(error)) from None
        except UnicodeDecodeError as error:
            raise click.ClickException(f"expected a document in UTF-8, found another encoding ({error})") from None


app = Commands(help="Exact cash-flow waterfalls: read, check, run and explain deals.")
click.version_option(cashfall.__version__, prog_name="cashfall")(app)
for command in (deals, check, show, run, stress, explain, schema):
    app.add_command(command)
