"""The engine's day counts against QuantLib, through the interest of notes: 10,000 pairs of dates for each convention.

A note of 10^14 cents at 10% accrues 10^13 times the fraction, so an accrual in whole cents shows the fraction to 5e-14.
"""

from __future__ import annotations

import datetime as dt
import random
from itertools import pairwise
from typing import Any

import pytest

import cashfall as cf
from cashfall.testing.reference.dates import in_month

ql = pytest.importorskip("QuantLib", reason="un-skipped by the extra `dev`")

N_NOTES, N_PERIODS = 20, 500
A_YEAR = 10**13
COUNTERS = {
    "30/360_bond_basis": ql.Thirty360(ql.Thirty360.BondBasis),
    "30/360_us": ql.Thirty360(ql.Thirty360.USA),
    "30e/360": ql.Thirty360(ql.Thirty360.European),
    "act/360": ql.Actual360(),
    "act/365f": ql.Actual365Fixed(),
    "act/act_isda": ql.ActualActual(ql.ActualActual.ISDA),
}


def random_dates(chance: random.Random) -> list[dt.date]:
    """Increasing dates from 1990 to 2070, a third of them at ends of months, many in February."""
    found: set[dt.date] = set()
    while len(found) <= N_PERIODS:
        date = dt.date.fromordinal(chance.randint(dt.date(1990, 1, 1).toordinal(), dt.date(2070, 12, 31).toordinal()))
        if chance.random() < 0.35:
            date = in_month(date.year, chance.choice([2, 2, date.month]), chance.choice([28, 29, 30, 31]))
        found.add(date)
    return sorted(found)


def accrued(dates: list[dt.date], day_count: str) -> list[int]:
    """Interest of each period between neighbouring dates, in cents, of a note that never pays."""
    document: dict[str, Any] = {
        "deal": {"name": "days", "currency": "USD", "closing_date": dates[0], "waterfall_dates": "payments"},
        "schedules": {"payments": {"dates": dates[1:]}},
        "accounts": {"cash": {}},
        "notes": {
            "senior": {
                "original_balance": 10**12,
                "dated_date": dates[0],
                "maturity_date": dates[-1],
                "payment_dates": "payments",
                "day_count": day_count,
                "coupon": {"fixed": {"rate": 0.1}},
                "amortisation": {"bullet": {}},
            }
        },
        "waterfalls": {
            "collection": [{"accrue_interest": {"notes": ["senior"]}}],
            "normal": [
                {"pay_interest": {"notes": ["senior"], "from": ["cash"]}},
                {"pay_principal": {"notes": ["senior"], "from": ["cash"]}},
            ],
        },
    }
    result = cf.load(document).compile().run(record="senior.interest_accrued", unit="cents", metrics=[])
    return [int(value) for value in result["senior.interest_accrued"][1 - len(dates) :, 0]]


def quantlib_date(date: dt.date) -> Any:
    return ql.Date(date.day, date.month, date.year)


@pytest.mark.parametrize("convention", [*COUNTERS, "30e/360_isda"])
def test_engine_agrees_with_quantlib(convention: str) -> None:
    chance = random.Random(convention)
    for _ in range(N_NOTES):
        dates = random_dates(chance)
        counter = COUNTERS.get(convention) or ql.Thirty360(ql.Thirty360.ISDA, quantlib_date(dates[-1]))
        for (start, end), cents in zip(pairwise(dates), accrued(dates, convention), strict=True):
            theirs = counter.yearFraction(quantlib_date(start), quantlib_date(end))
            assert abs(cents - theirs * A_YEAR) <= 0.5 + theirs * A_YEAR * 2**-50, (start, end)


def test_printed_examples() -> None:
    def between(start: str, end: str, convention: str) -> int:
        dates = [dt.date.fromisoformat(start), dt.date.fromisoformat(end), dt.date(2050, 6, 30)]
        return accrued(dates, convention)[-2]

    assert between("2007-08-31", "2008-02-29", "30/360_bond_basis") == round(A_YEAR * 179 / 360)
    assert between("2007-08-31", "2008-02-29", "30e/360_isda") == round(A_YEAR * 180 / 360)
    assert between("2003-11-01", "2004-05-01", "act/act_isda") == round(A_YEAR * (61 / 365 + 121 / 366))
