"""How figures, tables and JSON are written."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import click
import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

__all__ = ["console", "json_option", "money", "number", "percent", "print_json", "print_table", "ratio", "table"]

json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON instead of text.")


def console() -> Console:
    """A console on stdout; 100 columns where there is no terminal."""
    screen = Console(highlight=False)
    return screen if screen.is_terminal else Console(highlight=False, width=100)


def print_table(drawn: Table) -> None:
    """A table on stdout, at its own width: a narrow terminal may wrap its lines, but no digit of a figure is cut."""
    needed = Console(width=10_000).measure(drawn).maximum
    Console(highlight=False, width=max(needed, console().width)).print(drawn)


def money(amount: float, decimals: int = 2) -> str:
    """``27,293,849,000.00``; a dash where there is no figure."""
    return number(amount, decimals)


def ratio(value: float) -> str:
    """``1.1200x``."""
    return number(value, 4, "x")


def percent(rate: float, decimals: int = 4) -> str:
    """``5.6827%`` of 0.056827."""
    return number(100.0 * rate, decimals, "%")


def number(value: float, decimals: int = 0, suffix: str = "") -> str:
    """Thousands separated by commas; a dash for NaN, and no minus before zero."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    text = f"{value:,.{decimals}f}{suffix}"
    return text.removeprefix("-") if text.startswith("-") and not any(digit in text for digit in "123456789") else text


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> Table:
    """A plain table; the first ``left`` columns are words, the others figures."""
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for index, column in enumerate(columns):
        drawn.add_column(column, justify="left" if index < left else "right", no_wrap=index >= left)
    for row in rows:
        drawn.add_row(*row)
    return drawn


def print_json(value: Any) -> None:
    """JSON on stdout: NaN and infinities as null, which JSON does not have."""
    click.echo(json.dumps(_plain(value), indent=2, ensure_ascii=False))


def _plain(value: Any) -> Any:
    """The value in JSON's own types."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
