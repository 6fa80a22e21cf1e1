"""Groups of notes: the same deal as with the notes written out, and sums by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cashfall as cf

Document = dict[str, Any]


def note(balance: float, rate: float) -> Document:
    return {
        "original_balance": balance,
        "dated_date": "2025-01-01",
        "maturity_date": "2026-01-01",
        "payment_dates": "quarterly",
        "day_count": "30/360_us",
        "coupon": {"fixed": {"rate": rate}},
        "amortisation": {"bullet": {}},
    }


def deal(class_a: list[str], dues: list[str], **parts: Any) -> Document:
    """Notes of 1,000 at 8% and of 500 at 4%: interest of 20.00 and 5.00 a quarter. 18.00 come in on each date."""
    pays: list[Document] = [
        {"pay": {"dues": dues, "from": ["cash"], "ranking": "pro_rata"}},
        {"pay_principal": {"notes": class_a, "from": ["cash"]}},
    ]
    return {
        "deal": {"name": "groups", "currency": "USD", "closing_date": "2025-01-01", "waterfall_dates": "quarterly"},
        "schedules": {"quarterly": {"regular": {"first": "2025-04-01", "last": "2026-01-01", "months": 3}}},
        "inputs": {"income": {"unit": "amount", "default": 18}},
        "leases": {
            "cash_in": {
                "commencement": "2025-01-01",
                "end": "2026-01-01",
                "payment_dates": "quarterly",
                "base_rent": {"input": "income"},
            }
        },
        "accounts": {"cash": {}},
        "notes": {"a1": note(1000, 0.08), "a2": note(500, 0.04)},
        "groups": {"class_a": {"notes": ["a1", "a2"]}},
        "equity": {"owner": {}},
        "waterfalls": {
            "collection": [
                {"collect": {"from": ["cash_in"], "to": "cash"}},
                {"accrue_interest": {"notes": class_a}},
                *parts.pop("collection", []),
            ],
            "normal": [*pays, {"distribute": {"to": "owner", "from": ["cash"]}}, *parts.pop("after", [])],
        },
        **parts,
    }


GROUPED = (["class_a"], ["class_a.interest_due"])
WRITTEN_OUT = (["a1", "a2"], ["a1.interest_due", "a2.interest_due"])


def test_a_group_stands_for_its_notes() -> None:
    both = [cf.Deal.from_dict(deal(*terms)).compile().run() for terms in (GROUPED, WRITTEN_OUT)]
    for name in both[0]:
        assert np.array_equal(both[0][name], both[1][name]), name
    ledgers = [result.ledger() for result in both]
    assert ledgers[0] == ledgers[1]


def test_what_is_recorded_are_sums() -> None:
    result = cf.Deal.from_dict(deal(*GROUPED)).compile().run(unit="cents")

    def series(name: str) -> list[int]:
        return [int(value) for value in result[f"class_a.{name}"][:, 0]]

    assert series("balance") == [150000, 150000, 150000, 150000]
    assert series("interest_due") == [2500, 3200, 3900, 4600]
    assert series("interest_paid") == [1800, 1800, 1800, 1800]
    assert series("interest_shortfall") == [700, 1400, 2100, 2800]
    assert series("principal_due") == [0, 0, 0, 150000]
    assert series("principal_shortfall") == [0, 0, 0, 150000]
    assert result["a1.interest_paid"][0, 0] == 1440
    assert result["a2.interest_paid"][0, 0] == 360
    expected = {"interest_paid": 7200, "principal_paid": 0, "loss": 152800, "interest_shortfall": 2800}
    metrics = result.metrics
    assert {name: metrics[f"class_a.{name}"][0] for name in expected} == expected
    assert metrics["class_a.principal_shortfall"][0] == 150000


def test_the_largest_sum_is_not_the_sum_of_the_largest() -> None:
    document = deal(["class_a"], ["a2.interest_due", "a1.interest_due"])
    pay = document["waterfalls"]["normal"][0]["pay"]
    pay["ranking"] = "sequential"
    result = cf.Deal.from_dict(document).compile().run({"income": np.array([0.0, 10.0, 80.0, 25.0])})
    assert list(result["class_a.interest_shortfall"][:, 0]) == [25, 40, 0, 0]
    assert result.metrics["class_a.interest_shortfall"][0] == 40
    assert result.metrics["a1.interest_shortfall"][0] == 40
    assert result.metrics["a2.interest_shortfall"][0] == 5


FORMULAS = {
    "class_a.balance": [1500, 1500, 1500, 1500],
    "class_a.scheduled_debt_service": [25, 25, 25, 1525],
    "class_a.interest_paid": [18, 18, 18, 18],
    "opening.class_a.balance": [1500, 1500, 1500, 1500],
    "lag(class_a.interest_paid, 2, 7)": [7, 7, 18, 18],
    "trailing_sum(class_a.interest_paid, 3)": [18, 36, 54, 54],
    "2 * class_a.interest_due - a1.interest_due": [7 + 1.4, 14 + 2.8, 21 + 4.2, 28 + 5.6],
}


@pytest.mark.parametrize(("formula", "values"), FORMULAS.items())
def test_formulas_read_sums(formula: str, values: list[float]) -> None:
    inspect = {"inspect": {"name": "it", "value": formula}}
    result = cf.Deal.from_dict(deal(*GROUPED, after=[inspect])).compile().run()
    assert list(result["inspect.it"][:, 0]) == values


def test_a_reserve_looks_forward_on_a_group() -> None:
    document = deal(*GROUPED)
    target = {"formula": "forward_sum(class_a.scheduled_interest, 2)", "view": "scheduled"}
    document["accounts"]["reserve"] = {"target": target}
    result = cf.Deal.from_dict(document).compile().run()
    assert list(result["reserve.target"][:, 0]) == [50, 50, 25, 0]


def test_measures_seniority_and_acceleration_take_groups() -> None:
    test: Document = {
        "measure": {"oc": {"collateral": "class_a.balance", "notes": ["class_a"]}},
        "level": 2,
        "dates": "quarterly",
        "when_undefined": "pass",
        "effects": [{"early_amortization": {"notes": ["class_a"]}}, {"accelerate": {}}],
    }
    parts = {"tests": {"cover": test}, "acceleration": {"notes": ["class_a"]}}
    document = deal(*GROUPED, collection=[{"run_tests": {"tests": ["cover"]}}], **parts)
    document["deal"]["seniority"] = [["class_a"], ["owner"]]
    result = cf.Deal.from_dict(document).compile().run()
    assert list(result["cover.value"][:, 0]) == [1, 1, 1, 1]
    assert list(result["class_a.principal_due"][:, 0]) == [1500, 1500, 1500, 1500]


def test_a_premium_due_is_one_of_any_group_of_an_accelerated_note() -> None:
    """What is accelerated is named by a group, and its premium by another."""
    parts: Document = {"acceleration": {"notes": ["class_a"], "premium": True}}
    steps = [{"accelerate": {}}, {"pay": {"dues": ["class_b.premium_due"], "from": ["cash"]}}]
    document = deal(*GROUPED, after=steps, **parts)
    document["groups"]["class_b"] = {"notes": ["a2", "a1"]}
    document["waterfalls"]["normal"].pop(2)  # the distribution
    document["notes"]["a1"]["call"] = {"schedule": [["2025-01-01", 101]]}
    result = cf.Deal.from_dict(document).compile().run({"income": 40.0})
    assert list(result["a1.premium_paid"][:, 0]) == [10, 0, 0, 0]


def test_a_group_explains_itself() -> None:
    result = cf.Deal.from_dict(deal(*GROUPED)).compile().run()
    text = str(result.explain("class_a.interest_paid", period=0))
    assert "a1.interest_paid: 14.40" in text
    assert "a2.interest asked 5.00" in text
    assert "group class_a: a1, a2" in str(cf.Deal.from_dict(deal(*GROUPED)).compile().listing())
