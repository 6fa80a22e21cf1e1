"""Rates from an index: what an index level earned over a period, as a rate of a day count."""

from __future__ import annotations

from .numbers import SCALE, divide


def compounded_rate(start_level: int, end_level: int, n_days: int, days_a_year: int, rounding: str) -> int:
    """`(end / start - 1) * days_a_year / n_days` as a number, rounded once."""
    return divide((end_level - start_level) * SCALE * days_a_year, start_level * n_days, rounding)
