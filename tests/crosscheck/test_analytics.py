"""Prices, yields and rates of return against QuantLib, numpy-financial and pyxirr."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import numpy as np
import pytest

import cashfall as cf

ql = pytest.importorskip("QuantLib", reason="un-skipped by the extra `dev`")
numpy_financial = pytest.importorskip("numpy_financial", reason="un-skipped by the extra `dev`")
pyxirr = pytest.importorskip("pyxirr", reason="un-skipped by the extra `dev`")

BALANCE = 1_000_000_000.0
TERMS = [
    (3, ql.Quarterly, "30e/360", ql.Thirty360(ql.Thirty360.European)),
    (6, ql.Semiannual, "30/360_bond_basis", ql.Thirty360(ql.Thirty360.BondBasis)),
    (3, ql.Quarterly, "act/360", ql.Actual360()),
    (6, ql.Semiannual, "act/365f", ql.Actual365Fixed()),
]


def note(months: int, day_count: str, rate: float) -> cf.Result:
    """Eight years of level debt service, with all the cash it needs."""
    first = dt.date(2026 if months == 12 else 2025, 1 + months, 15)
    return (
        cf.load(
            {
                "deal": {
                    "name": "note",
                    "currency": "USD",
                    "closing_date": "2025-01-15",
                    "waterfall_dates": "payments",
                },
                "schedules": {
                    "payments": {"regular": {"first": first, "last": dt.date(2033, 1, 15), "months": months}}
                },
                "accounts": {"cash": {"opening_balance": 3 * BALANCE}},
                "notes": {
                    "senior": {
                        "original_balance": BALANCE,
                        "dated_date": "2025-01-15",
                        "maturity_date": "2033-01-15",
                        "payment_dates": "payments",
                        "day_count": day_count,
                        "coupon": {"fixed": {"rate": rate}},
                        "amortisation": {"level": {"first_date": first}},
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
        )
        .compile()
        .run()
    )


def quantlib_date(text: str) -> Any:
    return ql.DateParser.parseISO(text)


def quantlib_bond(result: cf.Result, months: int, rate: float, counter: Any) -> Any:
    balances = [BALANCE, *result["senior.balance"][:-1, 0]]
    schedule = ql.Schedule(
        quantlib_date("2025-01-15"),
        quantlib_date("2033-01-15"),
        ql.Period(months, ql.Months),
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.DateGeneration.Forward,
        False,
    )
    return ql.AmortizingFixedRateBond(0, balances, schedule, [rate], counter)


@pytest.mark.parametrize(("months", "frequency", "day_count", "counter"), TERMS, ids=lambda value: str(value)[:24])
@pytest.mark.parametrize("settle", ["2025-01-15", "2025-03-02", "2027-07-15", "2030-11-29"])
@pytest.mark.parametrize("rate", [0.06581, 0.01])
def test_prices_and_yields_of_an_amortising_note(
    months: int, frequency: int, day_count: str, counter: Any, settle: str, rate: float
) -> None:
    """Our interest is rounded to cents, theirs is not: at most half a cent for each of 32 payments, per 100 of balance.

    A yield moves by a price difference over the note's duration, which is above 0.5 years at every date used here.
    """
    result = note(months, day_count, rate)
    bond = quantlib_bond(result, months, rate, counter)
    date = quantlib_date(settle)
    ql.Settings.instance().evaluationDate = date
    outstanding = bond.notional(date)
    tolerance = 100 * 32 * 0.005 / outstanding + 1e-10
    for yield_rate in (0.0, 0.02, 0.0568, 0.12):
        price = cf.analytics.price_from_yield(result, "senior", yield_rate, settle)
        theirs = bond.cleanPrice(yield_rate, counter, ql.Compounded, frequency, date)
        assert abs(price.clean - theirs) <= tolerance
        assert abs(price.accrued - bond.accruedAmount(date)) <= tolerance
        found = cf.analytics.yield_from_price(result, "senior", theirs, settle)
        assert abs(found - yield_rate) <= tolerance / 100 / 0.5


def signs_change_once(chance: random.Random) -> list[float]:
    """An outlay and what comes back, from half of it to thrice: one rate of return, not too near to -1."""
    back = [chance.uniform(0.01, 2) for _ in range(chance.randint(1, 60))]
    return [-1e6, *(1e6 * chance.uniform(0.5, 3) * amount / sum(back) for amount in back)]


def test_rates_of_return_against_numpy_financial() -> None:
    """Their root of a polynomial is accurate to about 1e-10 for these degrees."""
    chance = random.Random("irr")
    for _ in range(300):
        amounts = signs_change_once(chance)
        assert cf.analytics.irr(amounts) == pytest.approx(numpy_financial.irr(amounts), rel=1e-7, abs=1e-9)


def test_dated_rates_of_return_against_pyxirr() -> None:
    """Their solver stops at a step of 1e-9 or so; the present value at our rate must be nothing next to the flows."""
    chance = random.Random("xirr")
    for _ in range(300):
        amounts = signs_change_once(chance)
        days = np.cumsum([0, *(chance.randint(91, 200) for _ in amounts[1:])])
        dates = [dt.date(2025, 1, 15) + dt.timedelta(days=int(day)) for day in days]
        found = cf.analytics.irr(amounts, [date.isoformat() for date in dates])
        assert found == pytest.approx(pyxirr.xirr(dates, amounts), rel=1e-6, abs=1e-8)
        value = sum(amount * (1 + found) ** (-int(day) / 365) for amount, day in zip(amounts, days, strict=True))
        assert abs(value) <= 1e-9 * sum(map(abs, amounts))


def test_several_rates_and_none_are_said() -> None:
    assert cf.analytics.rates_of_return([-1, 5, -6]) == [1.0, 2.0]
    with pytest.raises(cf.AnalyticsError, match="found 2: 1, 2"):
        cf.analytics.irr([-1, 5, -6])
    with pytest.raises(cf.AnalyticsError, match="found none"):
        cf.analytics.irr([1, 2])
