"""The reference's rules against figures worked by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cashfall.testing.reference import InvalidDeal, Reference, divide, paying, quantise
from cashfall.testing.reference.dates import full_years, regular_schedule
from cashfall.testing.reference.formulas import Compiler

UNITS = {
    "a.balance": "amount",
    "b.balance": "amount",
    "inputs.n": "number",
    "period.index": "count",
    "tests.t.failing": "flag",
}
VALUES = {"a.balance": 1_000, "b.balance": 300, "inputs.n": 333_333_333, "period.index": 3, "tests.t.failing": 1}


class Now:
    """A moment with fixed values and two dates before it."""

    index = 2
    initial = dict.fromkeys(UNITS, 7)
    closings = ({"a.balance": 10}, {"a.balance": 20})

    def read(self, path: str) -> int:
        return VALUES[path]


@pytest.mark.parametrize(
    ("numerator", "half_up", "half_even", "down"),
    [
        (5, 3, 2, 2),
        (-5, -3, -2, -2),
        (7, 4, 4, 3),
        (-7, -4, -4, -3),
        (3, 2, 2, 1),
        (1, 1, 0, 0),
        (-1, -1, 0, 0),
        (4, 2, 2, 2),
    ],
)
def test_rounding_of_halves(numerator: int, half_up: int, half_even: int, down: int) -> None:
    found = [divide(numerator, 2, rounding) for rounding in ("half_up", "half_even", "down")]
    assert found == [half_up, half_even, down]


def test_quantise_rounds_the_exact_float_half_away_from_zero() -> None:
    assert quantise(0.125, 100) == 13
    assert quantise(-0.125, 100) == -13
    assert quantise(1.005, 100) == 100  # the float lies below the tie
    assert quantise(0.1, 10**9) == 100_000_000


def test_pro_rata_splits_one_unit_in_three() -> None:
    assert paying.pay_pro_rata(100, [100, 100, 100], "half_up") == [33, 34, 33]
    assert paying.pay_pro_rata(100, [0, 0], "half_up") == [0, 0]
    assert paying.pay_pro_rata(1, [1, 1, 1], "half_up") == [0, 1, 0]
    assert paying.pay_pro_rata(2, [1, 1, 1], "half_up") == [1, 0, 1]


def test_a_clipped_day_counts_as_reached() -> None:
    assert full_years(dt.date(2028, 2, 29), dt.date(2029, 2, 28)) == 1
    assert full_years(dt.date(2028, 8, 31), dt.date(2029, 8, 30)) == 0
    assert regular_schedule(dt.date(2025, 11, 30), dt.date(2026, 5, 30), 3, 30).dates[1] == dt.date(2026, 2, 28)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("a.balance + 1.5", "amount", 1_150),
        ("a.balance * inputs.n", "amount", 333),
        ("a.balance / 3", "amount", 333),
        ("divide(a.balance, b.balance, 0)", "number", 3_333_333_333),
        ("divide(a.balance, period.index, 0)", "amount", 333),
        ("divide(a.balance, b.balance - 3, 9)", "number", 9_000_000_000),
        ("a.balance * period.index", "amount", 3_000),
        ("inputs.n * inputs.n", "number", 111_111_111),
        ("0.5 * a.balance + 2 * 3", "amount", 1_100),
        ("clip(a.balance, 0, 4)", "amount", 400),
        ("if(not tests.t.failing or a.balance > b.balance, 1, 2)", "amount", 100),
        ("-a.balance - -b.balance", "amount", -700),
        ("opening.a.balance + lag(a.balance, 2, 0) + lag(a.balance, 3, 1)", "amount", 130),
        ("trailing_sum(a.balance, 9)", "amount", 1_030),
        ("1 + 2 < 3", "flag", 0),
        ("not a.balance < 0 and 2 >= period.index", "flag", 0),
    ],
)
def test_formula_values(text: str, unit: str, value: int) -> None:
    assert Compiler(UNITS, 2, "half_up").compile(text, unit)(Now()) == value


@pytest.mark.parametrize(
    "text",
    ["a.balance * b.balance", "a.balance + inputs.n", "a.balance / b.balance", "inputs.n / a.balance", "a.b", "1 +"],
)
def test_formula_errors(text: str) -> None:
    with pytest.raises(InvalidDeal):
        Compiler(UNITS, 2, "half_up").compile(text, "amount")


def deal(**changes: Any) -> dict[str, Any]:
    """Three half-years of one note of 100.00 at 10%, paid from rent."""
    document: dict[str, Any] = {
        "deal": {"name": "small", "currency": "EUR", "closing_date": "2025-01-15", "waterfall_dates": "dates"},
        "schedules": {"dates": {"regular": {"first": "2025-07-15", "last": "2026-07-15", "months": 6}}},
        "inputs": {"factor": {"unit": "number", "default": 1}},
        "leases": {
            "site": {
                **{"commencement": "2025-01-15", "end": "2026-07-15", "payment_dates": "dates"},
                **{"base_rent": {"per_date": 40}, "factor": "factor"},
            }
        },
        "accounts": {"cash": {}},
        "notes": {
            "senior": {
                **{
                    "original_balance": 100,
                    "dated_date": "2025-01-15",
                    "maturity_date": "2026-07-15",
                    "payment_dates": "dates",
                },
                **{
                    "day_count": "30e/360",
                    "coupon": {"fixed": {"rate": 0.1}},
                    "amortisation": {"level": {"first_date": "2025-07-15"}},
                },
            }
        },
        "equity": {"owner": {}},
        "waterfalls": {
            "collection": [{"collect": {"from": ["site"], "to": "cash"}}, {"accrue_interest": {"notes": ["senior"]}}],
            "normal": [
                {"pay_interest": {"notes": ["senior"], "from": ["cash"]}},
                {"pay_principal": {"notes": ["senior"], "from": ["cash"]}},
                {"distribute": {"to": "owner", "from": ["cash"]}},
            ],
        },
    }
    return document | changes


def test_a_level_note_by_hand() -> None:
    """L = 100 / (1/1.05 + 1/1.05^2 + 1/1.05^3) = 36.7208...; interest 5.00, 3.41, 1.75."""
    outcome = Reference(deal()).run()
    assert outcome.flows["senior.interest_paid"] == [500, 341, 175]
    assert outcome.flows["senior.principal_paid"] == [3172, 3331, 3497]
    assert outcome.flows["owner.distributed"] == [328, 328, 328]
    assert outcome.metrics["senior.wal"] == (3172 * 0.5 + 3331 * 1.0 + 3497 * 1.5) / 10000.0


def test_missed_principal_stays_due_and_interest_bears_none() -> None:
    outcome = Reference(deal()).run({"factor": [0, 10**9, 2 * 10**9]})
    assert outcome.flows["senior.interest_due"] == [500, 1000, 350]
    assert outcome.flows["senior.principal_due"] == [3172, 6503, 7000]
    assert outcome.flows["senior.principal_paid"] == [0, 3000, 7000]
    assert outcome.flows["senior.interest_accrued"] == [500, 500, 350]
    assert outcome.metrics["senior.principal_shortfall"] == 3503


def test_an_overflow_zeroes_the_date_and_what_follows() -> None:
    big = deal(inputs={"factor": {"unit": "number", "default": 1, "maximum": 1_000_000}})
    big["leases"]["site"]["base_rent"] = {"per_date": 10_000_000_000}
    outcome = Reference(big).run({"factor": [10**9, 10**15, 10**9]})
    assert outcome.outcome == "overflow"
    assert outcome.flows["cash.balance"] == [0, 0, 0]
    assert outcome.flows["senior.interest_paid"] == [500, 0, 0]
    assert outcome.metrics["outcome"] == 1
    assert {line.index for line in outcome.ledger} == {0}
