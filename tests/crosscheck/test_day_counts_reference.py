"""The reference's day counts against QuantLib, on 10,000 random pairs of dates for each shared convention."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from fractions import Fraction

import pytest

from cashfall.testing.reference.dates import CONVENTIONS, Schedule, act_act_icma, in_month, regular_schedule

ql = pytest.importorskip("QuantLib")

N_PAIRS = 10_000
EARLIEST = dt.date(1990, 1, 1).toordinal()
LATEST = dt.date(2070, 12, 31).toordinal()


def quantlib_date(date: dt.date) -> object:
    return ql.Date(date.day, date.month, date.year)


def counters(maturity: dt.date) -> dict[str, object]:
    """The conventions both sides have; QuantLib's 30E/360 ISDA is told the maturity date."""
    return {
        "30/360_bond_basis": ql.Thirty360(ql.Thirty360.BondBasis),
        "30/360_us": ql.Thirty360(ql.Thirty360.USA),
        "30e/360": ql.Thirty360(ql.Thirty360.European),
        "30e/360_isda": ql.Thirty360(ql.Thirty360.ISDA, quantlib_date(maturity)),
        "act/360": ql.Actual360(),
        "act/365f": ql.Actual365Fixed(),
        "act/act_isda": ql.ActualActual(ql.ActualActual.ISDA),
    }


def random_date(chance: random.Random) -> dt.date:
    """Any date, with every third drawn to the end of a month and many to the end of February."""
    date = dt.date.fromordinal(chance.randint(EARLIEST, LATEST))
    if chance.random() < 0.35:
        date = in_month(date.year, chance.choice([2, 2, date.month]), chance.choice([28, 29, 30, 31]))
    return date


@pytest.mark.parametrize("convention", sorted(CONVENTIONS))
def test_agrees_with_quantlib(convention: str) -> None:
    chance = random.Random(convention)
    for _ in range(N_PAIRS):
        start, end = sorted((random_date(chance), random_date(chance)))
        maturity = chance.choice([end, dt.date(2075, 6, 30)])
        ours: Callable[..., Fraction] = CONVENTIONS[convention]
        fraction = ours(start, end, maturity)
        counter = counters(maturity)[convention]
        theirs = counter.yearFraction(quantlib_date(start), quantlib_date(end))  # type: ignore[attr-defined]
        assert abs(float(fraction) - theirs) <= 1e-12 * max(1.0, theirs), (start, end, maturity)


def test_icma_agrees_with_quantlib_on_regular_and_short_periods() -> None:
    """With the reference period given, QuantLib counts days over (days of the period * periods a year)."""
    chance = random.Random("icma")
    counter = ql.ActualActual(ql.ActualActual.ISMA)
    for _ in range(N_PAIRS):
        months = chance.choice([3, 6, 12])
        end = random_date(chance)
        payments = Schedule([end], months, end.day)
        low = in_month(end.year, end.month - months, end.day)
        start = chance.choice([low, low + dt.timedelta(days=chance.randint(0, (end - low).days - 1))])
        theirs = counter.yearFraction(*map(quantlib_date, (start, end, low, end)))
        assert abs(float(act_act_icma(start, end, payments)) - theirs) < 1e-12, (start, end, months)


def test_icma_of_whole_regular_periods_is_exact() -> None:
    payments = regular_schedule(dt.date(2024, 2, 29), dt.date(2034, 2, 28), 3, 30)
    for start, end in zip(payments.dates, payments.dates[1:], strict=False):
        assert act_act_icma(start, end, payments) == Fraction(1, 4)


def test_printed_examples() -> None:
    """Worked by hand from the definitions."""
    start, end = dt.date(2007, 8, 31), dt.date(2008, 2, 29)
    later = dt.date(2010, 8, 31)
    assert CONVENTIONS["30/360_bond_basis"](start, end, later) == Fraction(179, 360)
    assert CONVENTIONS["30e/360_isda"](start, end, later) == Fraction(180, 360)
    assert CONVENTIONS["30e/360_isda"](start, end, end) == Fraction(179, 360)
    halves = CONVENTIONS["act/act_isda"](dt.date(2003, 11, 1), dt.date(2004, 5, 1), later)
    assert halves == Fraction(61, 365) + Fraction(121, 366)
