"""What listings say in words: units and currencies of inputs, windows, coupons, tests, comparisons."""

from __future__ import annotations

import pytest

import cashfall as cf
from small_deals import BASE, Document, deal


def listing(document: Document) -> list[str]:
    return cf.Deal.from_dict(document).compile().listing().splitlines()


def test_an_input_says_its_unit_and_where_there_are_several_its_currency() -> None:
    document = deal(inputs__extra={"unit": "amount", "default": 0, "maximum": 5})
    assert "input extra (amount) from 0.00 to 5.00" in listing(document)
    assert not [line for line in listing(document) if line.startswith("currencies")]
    document["accounts"]["euros"] = {"currency": "EUR"}
    assert "input extra (amount in USD) from 0.00 to 5.00" in listing(document)
    assert "currencies USD, EUR" in listing(document)


@pytest.mark.parametrize(("n", "words"), [(1, "1 test date ahead"), (2, "2 test dates ahead")])
def test_a_window_says_how_far_it_looks(n: int, words: str) -> None:
    measure = {"icr": {"cash_flow": "income.amount", "notes": ["note"]}}
    test = {"measure": measure, "level": 1, "dates": "quarterly", "when_undefined": "pass"}
    document = deal(tests={"cover": test | {"forward": {"n": n, "view": "scheduled"}}})
    document["waterfalls"]["collection"].append({"run_tests": {"tests": ["cover"]}})
    assert f"test cover looks {words}, view scheduled" in listing(document)


@pytest.mark.parametrize(("rates", "words"), [([0.04, 0.04], "0.04"), ([0.04, 0.05], "steps from 0.04")])
def test_a_coupon_says_whether_it_steps(rates: list[float], words: str) -> None:
    note = BASE["notes"]["note"]
    steps = [[note["dated_date"], rates[0]], ["2025-06-30", rates[1]]]
    document = deal(notes__note__coupon={"steps": steps}, notes__note__amortisation={"bullet": {}})
    assert [line for line in listing(document) if line.endswith(f" at {words}")]


def test_a_test_says_what_it_compares() -> None:
    measure = {"dscr": {"cash_flow": "income.amount - 5", "notes": ["note"]}}
    test = {"measure": measure, "level": 1.05, "dates": "quarterly", "when_undefined": "pass"}
    document = deal(tests={"cover": test})
    document["waterfalls"]["collection"].append({"run_tests": {"tests": ["cover"]}})
    assert [line for line in listing(document) if "test (" in line and ">= 1.05" in line]


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">=", "==", "!="])
def test_a_comparison_says_its_sign(sign: str) -> None:
    document = deal()
    document["waterfalls"]["normal"][0]["when"] = f"cash.balance {sign} reserve.balance"
    assert [line for line in listing(document) if line.endswith(f" = cash.balance {sign} reserve.balance")]
