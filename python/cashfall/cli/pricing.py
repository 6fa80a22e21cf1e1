"""Price and yield lines of a deal's notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cashfall.cli.base_case import names_with
from cashfall.cli.face import Face, Plan, Result
from cashfall.cli.output import number, percent

__all__ = ["price_lines", "price_rows"]

# Clean prices published for shipped deals, with their settlement dates; shown where none is asked for.
PUBLISHED_PRICES = {"beignet": (109.0, "2025-10-31"), "beignet-level": (109.0, "2025-10-31")}


def price_rows(
    package: Face, deal: str, plan: Plan, result: Result, asked: tuple[float | None, str | None]
) -> list[dict[str, Any]]:
    """The yield of each note at par on its first date, and at the price asked for or published."""
    rows = []
    for note in names_with(plan, "interest_paid"):
        first_date = _first_date(plan, result, note)
        quotes = [(100.0, first_date)]
        if asked != (None, None):
            quotes.append((100.0 if asked[0] is None else asked[0], asked[1] or first_date))
        elif deal in PUBLISHED_PRICES:
            quotes.append(PUBLISHED_PRICES[deal])
        for price, settle in quotes:
            yield_rate = _one(package.analytics.yield_from_price(result, note, price=price, settle=settle))
            rows.append({"note": note, "price": price, "settle": settle, "yield_rate": yield_rate})
        rows[-1]["average_life_years"] = _one(package.analytics.wal(result, note))
    return rows


def price_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line for each price, and the average life."""
    lines = []
    for row in rows:
        price, yield_rate = number(row["price"], 2), percent(row["yield_rate"])
        lines.append(f"{row['note']}: yields {yield_rate} at {price}, settled {row['settle']}")
        if "average_life_years" in row:
            lines.append(f"{row['note']}: average life {number(row['average_life_years'], 3)} years")
    return lines


def _first_date(plan: Plan, result: Result, note: str) -> str:
    """The date on which the note's proceeds come in, else the first on which it has a balance."""
    dated = np.flatnonzero(result[f"{note}.proceeds"][:, 0] > 0) if f"{note}.proceeds" in plan.outputs else np.array([])
    if not dated.size:
        dated = np.flatnonzero(result[f"{note}.balance"][:, 0] > 0)
    return str(plan.periods[int(dated[0]) if dated.size else 0])


def _one(values: Any) -> float:
    """The value of the only scenario."""
    return float(np.asarray(values, dtype=np.float64).ravel()[0])
