"""Clean-up calls: notes repaid whole or not at all; figures by hand, and engine and reference agree."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import cashfall as cf
from differential import differences

DATES = ["2025-04-15", "2025-07-15", "2025-10-15", "2026-01-15"]


def deal(when: str = "senior.balance <= 40.00", calls: tuple[Any, Any] = (None, None), **terms: Any) -> dict[str, Any]:
    """A senior note of 100.00 and a junior of 50.00, swept by the rent, and called where the senior has melted."""
    notes = {}
    for (name, balance), call in zip((("senior", 100), ("junior", 50)), calls, strict=True):
        notes[name] = {
            "original_balance": balance,
            "dated_date": "2025-01-15",
            "maturity_date": DATES[-1],
            "payment_dates": "quarterly",
            "day_count": "30/360_us",
            "coupon": {"fixed": {"rate": 0}},
            "amortisation": {"sweep": {}},
        } | ({"call": call} if call else {})
    return {
        "deal": {
            "name": "call",
            "currency": "USD",
            "closing_date": "2025-01-15",
            "waterfall_dates": "quarterly",
            **terms,
        },
        "schedules": {"quarterly": {"dates": DATES}},
        "inputs": {
            "rent": {"unit": "number", "default": 1, "maximum": 10},
            "yield": {"unit": "number", "default": 0.02},
        },
        "cashflows": {"income": {"direction": "in", "factor": "rent", "amounts": [[date, 60] for date in DATES]}},
        "accounts": {"cash": {}, "spare": {"opening_balance": 30}},
        "notes": notes,
        "equity": {"owner": {}},
        "waterfalls": {
            "collection": [
                {"collect": {"from": ["income"], "to": "cash"}},
                {"accrue_interest": {"notes": ["senior", "junior"]}},
            ],
            "normal": [
                {"pay_interest": {"notes": ["senior", "junior"], "from": ["cash"]}},
                {"transfer": {"from": ["spare"], "to": "cash", "limit": {"cap": "10.00"}}},
                {"when": when, "prepay": {"notes": ["senior", "junior"], "from": ["cash"], "whole": True}},
                {"sweep": {"notes": ["senior"], "from": ["cash"], "limit": {"cap": "60.00"}}},
                {"pay_principal": {"notes": ["senior", "junior"], "from": ["cash"]}},
            ],
        },
    }


def agree(document: dict[str, Any]) -> None:
    """Engine and reference, in every flow, metric and movement of cash."""
    rents = itertools.product((0.0, 0.5, 0.999983, 1.0, 1.6), repeat=4)
    paths = [{"rent": list(rent), "yield": [0.02, 0.0, 0.05, 0.01]} for rent in rents]
    assert differences(document, paths) == []


def flow(result: cf.Result, name: str) -> list[float]:
    return [float(value) for value in result[name][:, 0]]


def test_all_is_repaid_or_nothing() -> None:
    """40.00 are left of the senior note from the second date on; the call needs 90.00, and 80.00 are there at first."""
    result = cf.Deal.from_dict(deal()).compile().run({"rent": [1, 1, 1, 1]})
    # date 1: 70 there, 60 swept; date 2: 80 < 90, so 40 swept of the senior; date 3: the junior's 50 from 110
    assert flow(result, "senior.balance") == [40, 0, 0, 0]
    assert flow(result, "junior.principal_paid") == [0, 0, 50, 0]
    result = cf.Deal.from_dict(deal()).compile().run({"rent": [1, 1.2, 0, 0]})
    assert flow(result, "junior.principal_paid") == [0, 50, 0, 0]
    assert flow(result, "cash.balance") == [10, 2, 12, 12]


def test_a_call_comes_at_its_price() -> None:
    price = {"schedule": [["2025-01-15", 102]]}
    result = cf.Deal.from_dict(deal(calls=(price, None))).compile().run({"rent": [1, 1.2, 0, 0]})
    assert flow(result, "senior.premium_paid") == [0, 0.8, 0, 0]
    assert flow(result, "cash.balance")[1] == 1.2


def test_a_cent_too_little_calls_nothing() -> None:
    price = {"schedule": [["2025-01-15", 105]]}
    for rent, called in ((1.2, 50), (1.199833, 0)):
        result = cf.Deal.from_dict(deal(calls=(price, None))).compile().run({"rent": [1, rent, 0, 0]})
        assert flow(result, "junior.principal_paid")[1] == called


WHOLE = {"schedule": [["2025-10-15", 101.5]], "make_whole": {"index": "yield", "spread": -0.005}}
LATER = {"schedule": [["2025-10-15", 103]]}


@pytest.mark.parametrize("rounding", ["half_up", "down"])
@pytest.mark.parametrize("calls", [(None, None), ({"schedule": [["2025-01-15", 101.234567]]}, LATER), (LATER, WHOLE)])
def test_engine_and_reference_agree(calls: tuple[Any, Any], rounding: str) -> None:
    agree(deal("senior.balance <= 60.00 or period.index >= 2", calls, rounding=rounding))


def test_the_ledger_shows_each_note_and_its_premium() -> None:
    """140.00 are there, 91.80 are needed."""
    price = {"schedule": [["2025-01-15", 102]]}
    result = cf.Deal.from_dict(deal(calls=(price, price))).compile().run({"rent": [1, 2, 0, 0]})
    rows = [
        (row["to"], float(row["amount"]))
        for row in result.ledger()
        if row["period"] == 1 and row["step"].startswith("prepay")
    ]
    assert rows == [("senior.principal", 40), ("senior.premium", 0.8), ("junior.principal", 50), ("junior.premium", 1)]
