"""Price and yield lines of a deal's notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cashfall import AnalyticsError, Result, analytics
from cashfall.cli.output import number, percent

__all__ = ["price_lines", "price_rows"]

# Clean prices published for shipped deals, with their settlement dates; shown where none is asked for.
PUBLISHED_PRICES = {"beignet": (109.0, "2025-10-31"), "beignet-level": (109.0, "2025-10-31")}


def price_rows(result: Result, price: float | None, settle: str | None) -> list[dict[str, Any]]:
    """Each note at par on its dated date, with its average life, and at the price asked for or published."""
    deal = result.plan.deal
    rows = []
    for note, terms in deal.to_dict()["notes"].items():
        dated_date = terms["dated_date"]
        rows.append(_at_par(result, note, dated_date))
        if price is not None or settle is not None:
            rows.append(_quote(result, note, 100.0 if price is None else price, settle or dated_date))
        elif deal.name in PUBLISHED_PRICES:
            rows.append(_quote(result, note, *PUBLISHED_PRICES[deal.name]))
    return rows


def price_lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One line for each price, and the average life."""
    for row in rows:
        quote = f"at {number(row['price'], 2)}, settled {row['settle']}"
        if row["yield_rate"] is None:
            yield f"{row['note']}: no yield {quote}"
        else:
            yield f"{row['note']}: yields {percent(row['yield_rate'])} {quote}"
        if row.get("average_life_years") is not None:
            yield f"{row['note']}: average life {number(row['average_life_years'], 3)} years from {row['settle']}"


def _at_par(result: Result, note: str, dated_date: str) -> dict[str, Any]:
    """A note that pays nothing in the base case has neither yield nor average life; that is no error here."""
    try:
        return {**_quote(result, note, 100.0, dated_date), "average_life_years": analytics.wal(result, note)}
    except AnalyticsError:
        return {"note": note, "price": 100.0, "settle": dated_date, "yield_rate": None, "average_life_years": None}


def _quote(result: Result, note: str, price: float, settle: str) -> dict[str, Any]:
    yield_rate = analytics.yield_from_price(result, note, price=price, settle=settle)
    return {"note": note, "price": price, "settle": settle, "yield_rate": yield_rate}
