"""The command line: ``cashfall deals | check | show | run | explain | schema``, each also with ``--json``."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line, or say what to install where click or rich are absent."""
    try:
        import click  # noqa: F401
        import rich  # noqa: F401
    except ModuleNotFoundError as absent:
        message = f"The command line needs {absent.name}, which is not installed: pip install 'cashfall[cli]'"
        print(message, file=sys.stderr)
        raise SystemExit(2) from None
    from cashfall.cli.app import app

    app()
