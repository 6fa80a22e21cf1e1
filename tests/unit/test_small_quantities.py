"""Rates by formula, the status in formulas, terms known at compile, order by dated date, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cashfall as cf

Document = dict[str, Any]


def deal(*steps: Document, coupon: Document | None = None, **note: Any) -> Document:
    """A note of 1,000.00 on four quarters of 30/360, in the first status or, where the flag is 1, in the second."""
    return {
        "deal": {
            "name": "small",
            "currency": "USD",
            "closing_date": "2025-01-31",
            "waterfall_dates": "quarterly",
            "statuses": ["normal", "late"],
        },
        "schedules": {"quarterly": {"regular": {"first": "2025-04-30", "last": "2026-01-31", "months": 3, "day": 31}}},
        "inputs": {
            "sofr": {"unit": "number", "default": 0.05},
            "is_late": {"unit": "number", "default": 0},
            "income": {"unit": "amount", "default": 100},
        },
        "leases": {
            "cash_in": {
                "commencement": "2025-01-31",
                "end": "2026-01-31",
                "payment_dates": "quarterly",
                "base_rent": {"input": "income"},
            }
        },
        "accounts": {"cash": {}},
        "notes": {
            "note": {
                "original_balance": 1000,
                "dated_date": "2025-01-31",
                "maturity_date": "2026-01-31",
                "payment_dates": "quarterly",
                "day_count": "30/360_us",
                "coupon": coupon or {"fixed": {"rate": 0.08}},
                "amortisation": {"bullet": {}},
                **note,
            }
        },
        "equity": {"owner": {}},
        "waterfalls": {
            "collection": [
                {"inspect": {"name": "begins_late", "value": "status.late"}},
                {"collect": {"from": ["cash_in"], "to": "cash"}},
                {"accrue_interest": {"notes": ["note"]}},
                {"when": "inputs.is_late == 1", "set_status": {"status": "late"}},
                {"inspect": {"name": "is_late", "value": "status.late"}},
            ],
            "normal": [*steps, *PAYS, {"distribute": {"to": "owner", "from": ["cash"]}}],
            "late": [*steps, *PAYS],
            "after": [{"inspect": {"name": "was_normal", "value": "lag(status.normal, 1, 0)"}}],
        },
    }


PAYS: list[Document] = [
    {"pay_interest": {"notes": ["note"], "from": ["cash"]}},
    {"pay_principal": {"notes": ["note"], "from": ["cash"]}},
]


def run(document: Document, **inputs: Any) -> cf.Result:
    return cf.Deal.from_dict(document).compile().run({name: np.array(path) for name, path in inputs.items()})


def series(result: cf.Result, name: str) -> list[float]:
    return [float(value) for value in result[name][:, 0]]


def by_formula(rate: str, **terms: Any) -> Document:
    return {"formula": {"rate": rate, "all_in_cap": 0.2, **terms}}


def test_an_inverse_floater() -> None:
    document = deal(coupon=by_formula("0.09 - inputs.sofr"))
    result = run(document, sofr=[0.05, 0.03, 0.089999999, 0.1])
    assert series(result, "note.rate") == [0.04, 0.06, 0.000000001, 0]
    assert series(result, "note.interest_accrued") == [10, 15, 0, 0]


def test_a_rate_is_rounded_then_floored_then_capped() -> None:
    terms = {"rate_decimals": 3, "all_in_floor": 0.01, "all_in_cap": 0.04}
    result = run(deal(coupon=by_formula("inputs.sofr", **terms)), sofr=[0.0325, 0.0004, 0.0396, 0.05])
    assert series(result, "note.rate") == [0.033, 0.01, 0.04, 0.04]
    assert series(result, "note.interest_accrued") == [8.25, 2.5, 10, 10]


def test_a_rate_reads_balances_as_they_stand() -> None:
    # 8% while all is outstanding, 4% of what is left: 250 are swept on the first date, 500 in all by the second.
    sweep = {"sweep": {"notes": ["note"], "from": ["cash"], "limit": {"cap": "250"}}}
    document = deal(sweep, coupon=by_formula("0.08 * divide(note.balance, note.original_balance, 0)"))
    result = run(document, income=[300, 300, 0, 0])
    assert series(result, "note.rate") == [0.08, 0.06, 0.04, 0.04]
    assert series(result, "note.interest_accrued") == [20, 11.25, 5, 5]


def test_the_schedule_has_a_rate_of_its_own() -> None:
    document = deal(coupon=by_formula("inputs.sofr", scheduled_rate=0.04))
    assert series(run(document), "note.scheduled_interest") == [10, 10, 10, 10]
    assert series(run(deal(coupon=by_formula("inputs.sofr"))), "note.scheduled_interest") == [0, 0, 0, 0]


def test_a_rate_out_of_range_overflows_on_payment_dates_only() -> None:
    document = deal(coupon=by_formula("inputs.sofr * 900 * 1000"))
    document["inputs"]["sofr"]["maximum"] = 1000
    assert run(document, sofr=[0, 0, 1000, 0]).metrics["outcome"][0] == 1
    document["schedules"]["monthly"] = {"dates": ["2025-02-15"]}
    document["deal"]["extra_dates"] = "monthly"
    assert run(document, sofr=[1000, 0, 0, 0, 0]).metrics["outcome"][0] == 0


def test_the_status_as_it_was_last_taken() -> None:
    result = run(deal(), is_late=[0, 1, 1, 0])
    assert series(result, "inspect.begins_late") == [0, 0, 1, 1]
    assert series(result, "inspect.is_late") == [0, 1, 1, 1]
    assert series(result, "inspect.was_normal") == [0, 1, 0, 0]


def test_a_step_that_leaves_at_once_reads_the_status_as_it_begins() -> None:
    document = deal()
    leave: Document = {"when": "status.normal", "set_status": {"status": "late", "now": True}}
    document["waterfalls"]["normal"].insert(0, leave)
    result = run(document)
    assert series(result, "status") == [1, 1, 1, 1]
    assert series(result, "owner.distributed") == [0, 0, 0, 0]


def test_the_only_status() -> None:
    document = deal(
        {"inspect": {"name": "it", "value": "status.normal and not opening.status.normal"}},
        {"inspect": {"name": "now", "value": "status.normal"}},
    )
    document["deal"]["statuses"] = ["normal"]
    collection = document["waterfalls"]["collection"]
    document["waterfalls"]["collection"] = collection[1:3]
    del document["waterfalls"]["late"]
    result = run(document)
    assert series(result, "inspect.it") == [0, 0, 0, 0]
    assert series(result, "inspect.now") == [1, 1, 1, 1]


def test_a_test_s_own_status_is_read_as_it_was_taken() -> None:
    # The measure of the second test reads the status before the first has changed it.
    document = deal()
    test = {
        "level": 1,
        "dates": "quarterly",
        "when_undefined": "pass",
        "measure": {"formula": {"value": "inputs.sofr * 100"}},
        "effects": [{"set_status": "late"}],
    }
    other = {**test, "measure": {"formula": {"value": "if(status.late, 2, 3)"}}, "effects": []}
    document["tests"] = {"one": test, "other": other}
    document["waterfalls"]["collection"][3:4] = [{"run_tests": {"tests": ["one", "other"]}}]
    result = run(document, sofr=[0.05, 0.001, 0.001, 0.05])
    assert series(result, "inspect.is_late") == [0, 1, 1, 0]
    assert series(result, "other.value") == [3, 3, 2, 2]


KNOWN = {
    "note.months_to_maturity": [9, 6, 3, 0],
    "opening.note.months_to_maturity": [12, 9, 6, 3],
    "lag(note.months_to_maturity, 2, 7)": [7, 7, 9, 6],
    "note.original_balance": [1000, 1000, 1000, 1000],
    "trailing_sum(note.original_balance, 2)": [1000, 2000, 2000, 2000],
}


@pytest.mark.parametrize(("formula", "values"), KNOWN.items())
def test_terms_that_are_known(formula: str, values: list[float]) -> None:
    assert series(run(deal({"inspect": {"name": "it", "value": formula}})), "inspect.it") == values


def test_months_are_whole_and_none_are_left_after_maturity() -> None:
    document = deal({"inspect": {"name": "it", "value": "note.months_to_maturity"}})
    document["schedules"]["longer"] = {"dates": ["2025-02-28", "2025-03-01", "2026-06-30"]}
    document["deal"]["extra_dates"] = "longer"
    document["waterfalls"]["after"] = document["waterfalls"]["normal"][:1]
    # To 31 January: from 28 February eleven months, from 1 March ten.
    assert series(run(document), "inspect.it") == [11, 10, 9, 6, 3, 0, 0]


def test_a_sculpting_cash_flow_reads_known_terms() -> None:
    flow = "note.original_balance + 0.00 * note.months_to_maturity * note.original_balance"
    document = deal(amortisation={"sculpted": {"first_date": "2025-04-30", "cash_flow": flow}})
    level = deal(amortisation={"level": {"first_date": "2025-04-30"}})
    # Equal cash flows give level debt service, rounded down in the place of once.
    both = [series(run(one), "note.scheduled_debt_service") for one in (document, level)]
    assert both[0][:3] == [int(100 * value) / 100 for value in both[1][:3]]


def test_by_dated_date() -> None:
    document = deal()
    notes = document["notes"]
    notes["first"] = {**notes["note"], "dated_date": "2025-01-15"}
    document["deal"]["closing_date"] = "2025-01-15"
    document["waterfalls"]["collection"][2]["accrue_interest"]["notes"] = ["note", "first"]
    order = {"notes": ["note", "first"], "from": ["cash"], "order": "by_dated_date"}
    pays = [{"pay_interest": order}, {"pay_principal": {**order}}]
    document["waterfalls"]["normal"] = pays
    document["waterfalls"]["late"] = pays
    result = run(document, income=[0, 25, 0, 0, 0])
    paid = [series(result, f"{name}.interest_paid")[1] for name in ("first", "note")]
    assert paid == [23.33, 1.67]


def test_a_note_of_two_rates() -> None:
    due = {"pay": {"dues": ["note.additional_interest_due"], "from": ["cash"]}}
    document = deal(due, anticipated_repayment={"date": "2025-01-31", "extra": 0.02})
    assert series(run(document), "note.additional_interest_accrued") == [5, 5, 5, 5]
