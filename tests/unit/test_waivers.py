"""Waivers of tests, and what steps record."""

from __future__ import annotations

from typing import Any

import cashfall as cf

DATES = ["2025-04-15", "2025-07-15", "2025-10-15", "2026-01-15"]


def deal(*effects: dict[str, Any]) -> cf.Deal:
    """80,000.01 comes in on each date and is distributed; `inputs.cover` is held against 1.35."""
    document: dict[str, Any] = {
        "deal": {"name": "waivers", "currency": "USD", "closing_date": "2025-01-15", "waterfall_dates": "quarterly"},
        "schedules": {"quarterly": {"dates": DATES}, "yearly": {"dates": DATES[1::2]}},
        "inputs": {"cover": {"unit": "number", "default": 2}},
        "cashflows": {"rent": {"direction": "in", "amounts": [[date, 80_000.01] for date in DATES]}},
        "accounts": {"cash": {}, "trap": {}},
        "equity": {"sponsor": {}},
        "tests": {
            "covenant": {
                "measure": {"formula": {"value": "inputs.cover"}},
                "level": 1.35,
                "dates": "quarterly",
                "when_undefined": "fail",
                "effects": list(effects),
            }
        },
        "waterfalls": {
            "collection": [
                {"collect": {"from": ["rent"], "to": "cash"}},
                {"run_tests": {"tests": ["covenant"]}},
            ],
            "normal": [{"name": "dividend", "distribute": {"to": "sponsor", "from": ["cash"]}}],
        },
    }
    return cf.Deal.from_dict(document)


def run(deal: cf.Deal, *cover: float) -> cf.Result:
    return deal.compile().run({"cover": list(cover)})


def cents(result: cf.Result, name: str) -> list[int]:
    return [round(float(value) * 100) for value in result[name][:, 0]]


def waiving(step: dict[str, Any], *effects: dict[str, Any], before: bool = True) -> cf.Deal:
    """The deal of the effects, with a waiver before or after its test is run."""
    document = deal(*effects).to_dict()
    steps = document["waterfalls"]["collection"]
    steps.insert(len(steps) - 1 if before else len(steps), step)
    return cf.Deal.from_dict(document)


def test_a_waived_test_fails_and_its_effects_do_not_act() -> None:
    """Failing throughout; the first date and the second are waived, by one step on the first."""
    first = {"when": "period.index == 0", "waive": {"tests": ["covenant"], "n_dates": 2}}
    result = run(waiving(first, {"lock_up": {}}), 1, 1, 1, 2)
    assert result["covenant.failing"][:, 0].tolist() == [1, 1, 1, 0]
    assert result["covenant.waived"][:, 0].tolist() == [1, 1, 0, 0]
    assert [amount > 0 for amount in cents(result, "sponsor.distributed")] == [True, True, False, True]
    assert result.metrics["covenant.n_breach_dates"][0] == 3


def test_a_waiver_may_begin_after_its_test_is_run() -> None:
    every = {"waive": {"tests": ["covenant"]}}
    result = run(waiving(every, {"cash_trap": {"to": "trap"}}, before=False), 1, 1, 1, 1)
    assert cents(result, "trap.balance") == [0, 0, 0, 0]


def test_until_a_day_that_counts_itself() -> None:
    step = {"waive": {"tests": ["covenant"], "until": DATES[1]}}
    result = run(waiving(step, {"lock_up": {}}), 1, 1, 1, 1)
    assert result["covenant.waived"][:, 0].tolist() == [1, 1, 0, 0]


def test_a_shorter_waiver_does_not_shorten_a_longer_one() -> None:
    document = waiving({"when": "period.index == 0", "waive": {"tests": ["covenant"], "n_dates": 3}}).to_dict()
    document["waterfalls"]["normal"].append({"dates": "yearly", "waive": {"tests": ["covenant"]}})
    result = run(cf.Deal.from_dict(document), 1, 1, 1, 1)
    assert result["covenant.waived"][:, 0].tolist() == [1, 1, 1, 1]  # to the fourth date; then the second step


def test_a_waiver_lifts_a_status_and_its_end_brings_it_back() -> None:
    document = deal().to_dict()
    document["deal"]["statuses"] = ["normal", "lock_up"]
    document["tests"]["covenant"]["effects"] = [{"set_status": "lock_up"}]
    document["waterfalls"]["lock_up"] = document["waterfalls"]["normal"]
    document["waterfalls"]["after"] = [{"when": "period.index == 1", "waive": {"tests": ["covenant"]}}]
    document["tests"]["covenant"]["first_date"] = DATES[0]
    document["tests"]["covenant"]["holiday"] = [{"from": DATES[2], "to": DATES[3]}]
    result = run(cf.Deal.from_dict(document), 1, 1, 1, 1)
    # waived from the close of the second date to the start of the third, which is one of its dates for all its holiday
    assert result["covenant.waived"][:, 0].tolist() == [0, 1, 0, 0]
    assert result["status"][:, 0].tolist() == [1, 1, 1, 1]
    document["waterfalls"]["after"][0]["waive"]["n_dates"] = 2
    result = run(cf.Deal.from_dict(document), 1, 1, 1, 1)
    assert result["status"][:, 0].tolist() == [1, 1, 0, 1]


def test_formulas_read_whether_a_test_is_waived() -> None:
    document = waiving({"when": "period.index < 2", "waive": {"tests": ["covenant"]}}).to_dict()
    document["waterfalls"]["normal"][-1]["when"] = "not tests.covenant.failing or tests.covenant.waived"
    result = run(cf.Deal.from_dict(document), 1, 1, 1, 1)
    assert [amount > 0 for amount in cents(result, "sponsor.distributed")] == [True, True, False, False]


def test_explain_says_that_a_test_is_waived() -> None:
    result = run(waiving({"waive": {"tests": ["covenant"]}}, {"lock_up": {}}), 1, 1, 1, 1)
    assert "it is waived: its effects do not act" in result.explain("covenant.failing", period=0)


def inspecting(*steps: dict[str, Any]) -> cf.Result:
    document = deal().to_dict()
    document["waterfalls"]["normal"][:0] = steps
    return run(cf.Deal.from_dict(document), 1, 2, 1, 2)


def test_an_inspection_records_its_formula_where_it_stands() -> None:
    result = inspecting({"name": "room", "clause": "6.2", "inspect": {"name": "room", "value": "cash.balance - 1000"}})
    assert cents(result, "inspect.room") == [7900001] * 4
    explained = result.explain("inspect.room", period=0)
    assert "normal / room [6.2]: 79,000.01" in explained
    assert all(row["to"] != "inspect.room" for row in result.ledger())


def test_an_inspection_is_zero_where_it_does_not_happen_and_the_last_counts() -> None:
    result = inspecting(
        {"when": "tests.covenant.failing", "inspect": {"name": "state", "value": "inputs.cover"}},
        {"dates": "yearly", "inspect": {"name": "state", "value": "inputs.cover * 2"}},
    )
    assert result["inspect.state"][:, 0].tolist() == [1.0, 4.0, 1.0, 4.0]


def test_an_inspection_of_a_flag() -> None:
    result = inspecting({"inspect": {"name": "late", "value": "period.index >= 2"}})
    assert result["inspect.late"][:, 0].tolist() == [0, 0, 1, 1]


def test_an_inspection_must_be_in_range_recorded_or_not() -> None:
    document = deal().to_dict()
    document["inputs"]["cover"]["maximum"] = 1000
    formula = "inputs.cover * inputs.cover * inputs.cover"
    document["waterfalls"]["after"] = [{"inspect": {"name": "cube", "value": formula}}]
    plan = cf.Deal.from_dict(document).compile()
    for record in (None, []):
        for cover, outcome in ((1000.0, 1), (10.0, 0)):
            result = plan.run({"cover": [cover] * 4}, record=record, metrics=["outcome"])
            assert result.metrics["outcome"][0] == outcome


def test_explain_is_silent_about_a_branch_that_is_not_taken() -> None:
    step = {"inspect": {"name": "it", "value": "cash.balance"}}
    result = inspecting({"if": {"condition": "inputs.cover > 1.5", "then": [step]}})
    assert cents(result, "inspect.it") == [0, 8000001, 0, 8000001]
    assert "normal / " not in result.explain("inspect.it", period=0)
    assert "normal / " in result.explain("inspect.it", period=1)
