"""Additional interest after an anticipated repayment date: figures by hand, and engine and reference agree."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import cashfall as cf
from differential import differences

MONTHS = [f"2025-{month:02}-15" for month in range(2, 13)] + ["2026-01-15"]


def deal(**terms: Any) -> dict[str, Any]:
    """A note of 1,000 at 8%, swept by what is left; from the second quarter on it bears 2% more, paid last."""
    note = {
        "original_balance": 1000,
        "dated_date": "2025-01-15",
        "maturity_date": "2026-01-15",
        "payment_dates": "quarters",
        "day_count": "30/360_us",
        "coupon": {"fixed": {"rate": 0.08}},
        "amortisation": {"bullet": {}},
        "anticipated_repayment": {"date": "2025-07-15", "extra": 0.02},
        **terms,
    }
    return {
        "deal": {"name": "ard", "currency": "USD", "closing_date": "2025-01-15", "waterfall_dates": "months"},
        "schedules": {
            "months": {"dates": MONTHS},
            "quarters": {"regular": {"first": MONTHS[2], "last": MONTHS[-1], "months": 3}},
        },
        "inputs": {"rent": {"unit": "number", "default": 1, "maximum": 100}},
        "cashflows": {"income": {"direction": "in", "factor": "rent", "amounts": [[date, 30] for date in MONTHS]}},
        "accounts": {"cash": {}},
        "notes": {"loan": note},
        "equity": {"owner": {}},
        "waterfalls": {
            "collection": [{"collect": {"from": ["income"], "to": "cash"}}, {"accrue_interest": {"notes": ["loan"]}}],
            "normal": [
                {"pay_interest": {"notes": ["loan"], "from": ["cash"]}},
                {"dates": "quarters", "sweep": {"notes": ["loan"], "from": ["cash"], "limit": {"cap": "400.00"}}},
                {"pay": {"dues": ["loan.additional_interest_due"], "from": ["cash"]}},
            ],
        },
    }


def agree(document: dict[str, Any]) -> None:
    """Engine and reference, in every flow, metric and movement of cash."""
    rents = itertools.product((0.0, 1.0, 7.0, 19.31), repeat=4)
    paths = [{"rent": [factor for factor in rent for _ in range(3)]} for rent in rents]
    assert differences(document, paths) == []


def flow(result: cf.Result, name: str) -> list[float]:
    return [float(value) for value in result[f"loan.{name}"][:, 0]]


def test_it_accrues_from_the_date_on_and_is_due_for_itself() -> None:
    result = cf.Deal.from_dict(deal()).compile().run({"rent": 0})
    # the quarters that begin on 15 July and 15 October, on 1,000.00
    assert [amount for amount in flow(result, "additional_interest_accrued") if amount] == [5, 5]
    assert flow(result, "additional_interest_due")[8] == 5
    assert flow(result, "additional_interest_due")[-1] == 10
    assert flow(result, "interest_due")[-1] == 80
    assert result.metrics["loan.additional_interest_shortfall"][0] == 10
    assert result.metrics["loan.loss"][0] == 1080


def test_it_is_paid_where_the_waterfall_says() -> None:
    result = cf.Deal.from_dict(deal()).compile().run({"rent": 20})
    assert sum(flow(result, "additional_interest_paid")) == sum(flow(result, "additional_interest_accrued")) > 0
    rows = [row for row in result.ledger() if row["to"] == "loan.additional_interest"]
    assert rows[0]["step"] == "pay loan.additional_interest_due"


@pytest.mark.parametrize("day_count", ["30e/360", "act/act_isda", "act/act_icma", "act/360"])
@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"rounding_unit": 10},
        {"amortisation": {"level": {"first_date": "2025-04-15"}}},
        {"default_rate": {"extra": 0.01, "when": "period.index > 6"}, "interest_on_unpaid": {"note": {}}},
        {"anticipated_repayment": {"date": "2025-08-20", "extra": 0.012345678}},
    ],
)
@pytest.mark.parametrize("monthly", [True, False])
def test_engine_and_reference_agree(terms: dict[str, Any], day_count: str, monthly: bool) -> None:
    document = deal(day_count=day_count, **terms)
    if monthly:
        del document["waterfalls"]["normal"][1]["dates"]
    document["waterfalls"]["normal"][2:2] = [{"pay_principal": {"notes": ["loan"], "from": ["cash"]}}]
    agree(document)
