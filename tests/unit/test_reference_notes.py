"""The reference's rules of notes against figures worked by hand."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest

from cashfall.testing.reference import Reference
from cashfall.testing.reference.coupons import Market, accrual, locked_out, read_coupon
from cashfall.testing.reference.dates import part_fraction, regular_schedule

GRID = [dt.date(2025, 1, 1), dt.date(2025, 1, 11), dt.date(2025, 1, 31), dt.date(2025, 2, 10)]
INDEX = [40_000_000, 30_000_000, -10_000_000, 70_000_000]
MARKET = Market(GRID, {"sofr": INDEX}, "half_up")


def rate(kind: str, start: dt.date, end: dt.date, day_count: str = "act/360", **terms: Any) -> int:
    coupon = read_coupon({kind: {"index": "sofr", **terms}}, day_count)
    return accrual(coupon, start, end, MARKET).rate


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, 40_000_000),
        ({"fixing": "in_arrears"}, 70_000_000),
        ({"fixing": "in_arrears", "lookback": 1}, 0),  # -1%, not below the all-in floor
        ({"fixing": "in_arrears", "lookback": 1, "floor": 0.005}, 5_000_000),
        ({"fixing": "in_arrears", "lookback": 9}, 40_000_000),
        ({"margin": 0.0225, "credit_adjustment": 0.001}, 63_500_000),
        ({"margin": 0.0225, "rate_decimals": 3}, 63_000_000),
        ({"margin": 0.0225, "all_in_cap": 0.05}, 50_000_000),
        ({"all_in_floor": 0.055}, 55_000_000),
    ],
)
def test_floating(terms: dict[str, Any], expected: int) -> None:
    assert rate("floating", GRID[0], GRID[3], **terms) == expected


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, (40 * 10 + 30 * 20 - 10 * 10) * 25_000),
        ({"floor": 0}, (40 * 10 + 30 * 20) * 25_000),
        ({"floor": 0, "floor_per": "period"}, (40 * 10 + 30 * 20 - 10 * 10) * 25_000),
        ({"lookback": 1}, (40 * 10 + 40 * 20 + 30 * 10) * 25_000),
        ({"lookback": 1, "observation_shift": True}, 36_000_000),  # weights 10, 10, 20
        ({"lockout": 1}, (40 * 10 + 30 * 20 + 30 * 10) * 25_000),
        ({"lockout": 7}, 40_000_000),
    ],
)
def test_simple_daily(terms: dict[str, Any], expected: int) -> None:
    """Observations of 4%, 3% and -1% for 10, 20 and 10 days; with the shift (40*10 + 40*10 + 30*20) / 40 = 35."""
    if "observation_shift" in terms:
        expected = 35_000_000
    assert rate("simple_daily", GRID[0], GRID[3], **terms) == expected


def test_compounded() -> None:
    """Each step rounds to 1e-9; B is 360, or 365 for counts of 365 days."""
    for day_count, base in (("act/360", 360), ("act/365f", 365), ("30/360_bond_basis", 360), ("act/act_isda", 365)):
        factor = 10**9
        for index, days in zip(INDEX, (10, 20, 10), strict=False):
            exact = factor * (1 + Fraction(index * days, 10**9 * base))
            factor = int(exact + Fraction(1, 2))
        expected = int(Fraction((factor - 10**9) * base, 40) + Fraction(1, 2))
        assert rate("compounded", GRID[0], GRID[3], day_count) == expected


def test_a_lockout_keeps_the_index_and_not_the_weight() -> None:
    assert locked_out([(1, 10), (2, 20), (3, 30)], 1) == [(1, 10), (2, 20), (2, 30)]
    assert locked_out([(1, 10), (2, 20), (3, 30)], 3) == [(1, 10), (1, 20), (1, 30)]


def test_steps_hold_from_the_beginning_of_a_period() -> None:
    coupon = read_coupon({"steps": [[dt.date(2025, 1, 1), 0.05], [dt.date(2025, 1, 31), 0.06]]}, "act/360")
    ends = [accrual(coupon, start, GRID[3], MARKET).rate for start in GRID[:3]]
    assert ends == [50_000_000, 50_000_000, 60_000_000]


def test_parts_of_a_period_add_up() -> None:
    payments = regular_schedule(dt.date(2025, 2, 28), dt.date(2026, 2, 28), 3, 30)
    start, end, maturity = dt.date(2025, 2, 28), dt.date(2025, 5, 30), dt.date(2026, 2, 28)
    inside = dt.date(2025, 4, 1)
    part = {
        day_count: part_fraction(day_count, start, inside, end, maturity, payments)
        for day_count in ("regular", "act/act_icma", "act/360", "30e/360_isda")
    }
    assert part == {
        "regular": Fraction(32 * 3, 91 * 12),
        "act/act_icma": Fraction(32 * 3, 91 * 12),
        "act/360": Fraction(32, 360),
        "30e/360_isda": Fraction(31, 360),
    }


SWEPT = """
[deal]
name = "swept"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "monthly"

[schedules]
monthly = { regular = { first = 2025-02-01, last = 2025-04-01, months = 1 } }
quarterly = { dates = [2025-04-01] }

[cashflows.cash]
direction = "in"
amounts = [[2025-02-01, 40.00], [2025-03-01, 20.00], [2025-04-01, 100.00]]

[accounts]
revenue = {}

[notes.loan]
original_balance = 100.00
dated_date = 2025-01-01
maturity_date = 2025-04-01
payment_dates = "quarterly"
day_count = "act/360"
coupon = { fixed = { rate = 0.36 } }
amortisation = { bullet = {} }

[waterfalls]
collection = [
  { collect = { from = ["cash"], to = "revenue" } },
  { accrue_interest = { notes = ["loan"] } },
]
normal = [
  { pay_interest = { notes = ["loan"], from = ["revenue"] } },
  { sweep = { notes = ["loan"], from = ["revenue"] } },
]
"""


def test_interest_follows_a_balance_swept_inside_the_period() -> None:
    """100.00 for 31 days, 60.00 for 28, 40.00 for 31, at a thousandth a day: 3.10 + 1.68 + 1.24."""
    outcome = Reference(SWEPT).run()
    assert outcome.flows["loan.balance"] == [60_00, 40_00, 0]
    assert outcome.flows["loan.interest_accrued"] == [0, 0, 6_02]
