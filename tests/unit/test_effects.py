"""What tests do while they are failing: distributions locked up, trapped and swept, targets raised."""

from __future__ import annotations

from typing import Any

import pytest

import cashfall as cf

DATES = ["2025-04-15", "2025-07-15", "2025-10-15", "2026-01-15"]
CASH = 80_000.01


def deal(*effects: dict[str, Any], limit: dict[str, Any] | None = None, more: dict[str, Any] | None = None) -> cf.Deal:
    """CASH comes in on each date, a reserve is filled, the rest is distributed; `inputs.cover` is held against 1.35."""
    distribute: dict[str, Any] = {"to": "sponsor", "from": ["spare", "cash"]}
    if limit is not None:
        distribute["limit"] = limit
    document: dict[str, Any] = {
        "deal": {"name": "effects", "currency": "USD", "closing_date": "2025-01-15", "waterfall_dates": "quarterly"},
        "schedules": {"quarterly": {"dates": DATES}, "yearly": {"dates": DATES[1::2]}},
        "inputs": {"cover": {"unit": "number", "default": 2}},
        "cashflows": {"rent": {"direction": "in", "amounts": [[date, CASH] for date in DATES]}},
        "accounts": {
            "cash": {},
            "spare": {"opening_balance": 1_000},
            "trap": {},
            "reserve": {"target": {"formula": "5000"}},
        },
        "notes": {
            name: {
                "original_balance": 50_000,
                "dated_date": "2025-01-15",
                "maturity_date": "2026-01-15",
                "payment_dates": dates,
                "day_count": "30/360_us",
                "coupon": {"fixed": {"rate": 0}},
                "amortisation": {"bullet": {}},
            }
            for name, dates in (("senior", "yearly"), ("junior", "quarterly"))
        },
        "equity": {"sponsor": {}},
        "tests": {
            "covenant": {
                "measure": {"formula": {"value": "inputs.cover"}},
                "level": 1.35,
                "dates": "quarterly",
                "when_undefined": "fail",
                "effects": list(effects),
            },
            **(more or {}),
        },
        "waterfalls": {
            "collection": [
                {"collect": {"from": ["rent"], "to": "cash"}},
                {"accrue_interest": {"notes": ["senior", "junior"]}},
                {"run_tests": {"tests": ["covenant", *(more or {})]}},
            ],
            "normal": [
                {"pay_interest": {"notes": ["senior", "junior"], "from": ["cash"]}},
                {"pay_principal": {"notes": ["senior", "junior"], "from": ["cash"]}},
                {"fill_reserve": {"account": "reserve", "from": ["cash"]}},
                {"name": "dividend", "distribute": distribute},
            ],
        },
    }
    return cf.Deal.from_dict(document)


def run(deal: cf.Deal, *cover: float) -> cf.Result:
    """A run whose ledger re-adds to every balance."""
    result = deal.compile().run({"cover": list(cover)})
    for name, account in deal.to_dict()["accounts"].items():
        balance = round(account.get("opening_balance", 0) * 100)
        for period, found in enumerate(cents(result, f"{name}.balance")):
            rows = [row for row in result.ledger() if row["period"] == period]
            balance += sum(round(row["amount"] * 100) for row in rows if row["to"] == name)
            balance -= sum(round(row["amount"] * 100) for row in rows if row["from"] == name)
            assert balance == found, (name, period)
    return result


def cents(result: cf.Result, name: str) -> list[int]:
    return [round(float(value) * 100) for value in result[name][:, 0]]


def test_below_the_level_all_is_trapped_and_at_the_level_nothing() -> None:
    """1.34 against 1.35 traps 100%; 1.35 traps nothing."""
    result = run(deal({"cash_trap": {"to": "trap"}}), 1.34, 1.35, 1.349999999, 1.35)
    assert cents(result, "trap.balance") == [7600001, 7600001, 15600002, 15600002]
    assert cents(result, "sponsor.distributed") == [0, 8000001, 0, 0]


def test_a_share_is_trapped_and_rounded_once_for_each_source() -> None:
    result = run(deal({"cash_trap": {"to": "trap", "share": 0.333333333}}), 1, 2, 2, 2)
    # 1,000.00 of spare and 75,000.01 of cash, each times 0.333333333
    assert cents(result, "trap.balance")[0] == 33333 + 2500000
    assert cents(result, "sponsor.distributed")[0] == 7600001 - 33333 - 2500000


def test_a_lock_up_leaves_the_cash_where_it_is() -> None:
    result = run(deal({"lock_up": {}}, {"cash_trap": {"to": "trap"}}), 1, 1, 2, 2)
    assert cents(result, "cash.balance")[:3] == [7500001, 15500002, 0]
    assert cents(result, "spare.balance")[:3] == [100000, 100000, 0]
    assert cents(result, "trap.balance") == [0, 0, 0, 0]
    assert cents(result, "sponsor.distributed")[:3] == [0, 0, 23600003]


def test_a_sweep_repays_notes_in_order_on_their_payment_dates() -> None:
    result = run(deal({"sweep": {"share": 0.5, "notes": ["senior", "junior"]}}), 1, 1, 2, 2)
    # half of 1,000 and half of 75,000.01; only the junior has a payment date
    assert cents(result, "junior.principal_paid")[0] == 50000 + 3750001
    assert cents(result, "senior.principal_paid")[:2] == [0, 4000001]
    assert cents(result, "sponsor.distributed")[1] == 4000000


def test_a_sweep_takes_no_more_than_is_owed() -> None:
    result = run(deal({"sweep": {"notes": ["junior"]}}), 1, 1, 2, 2)
    assert cents(result, "junior.balance")[:2] == [0, 0]
    assert cents(result, "sponsor.distributed")[:2] == [2600001, 8000001]


def test_effects_act_in_the_order_of_tests_and_lists() -> None:
    other = {
        "other": {
            "measure": {"formula": {"value": "inputs.cover"}},
            "level": 1.2,
            "dates": "quarterly",
            "when_undefined": "fail",
            "effects": [{"cash_trap": {"to": "trap"}}],
        }
    }
    both = deal(
        {"sweep": {"share": 0.5, "notes": ["junior"]}}, {"cash_trap": {"to": "spare", "share": 0.5}}, more=other
    )
    result = run(both, 1.1, 1.25, 2, 2)
    # spare: 500 repay, 250 stay as trapped, 250 go on to the trap; cash: 37,500.01 repay, then 18,750.00 each
    assert cents(result, "junior.principal_paid")[0] == 50000 + 3750001
    assert cents(result, "spare.balance")[0] == 25000 + 1875000
    assert cents(result, "trap.balance")[0] == 25000 + 1875000
    assert cents(result, "sponsor.distributed")[0] == 0


def test_what_is_trapped_counts_against_the_cap() -> None:
    result = run(deal({"cash_trap": {"to": "trap", "share": 0.25}}, limit={"cap": "10000"}), 1, 2, 2, 2)
    assert cents(result, "trap.balance")[0] == 250000
    assert cents(result, "sponsor.distributed")[:2] == [750000, 1000000]


def test_a_target_is_raised_while_the_test_fails() -> None:
    result = run(deal({"set_reserve": {"account": "reserve", "formula": "20000"}}), 1, 2, 1, 2)
    assert cents(result, "reserve.target") == [2000000, 500000, 2000000, 500000]
    assert cents(result, "reserve.balance")[0] == 2000000
    lower = run(deal({"set_reserve": {"account": "reserve", "formula": "-1"}}), 1, 1, 1, 1)
    assert cents(lower, "reserve.target") == [500000] * 4


def test_the_ledger_says_which_effect_moved_what() -> None:
    result = run(deal({"cash_trap": {"to": "trap", "share": 0.5}}), 1, 2, 2, 2)
    rows = [row for row in result.ledger() if row["step"] == "dividend" and row["period"] == 0]
    shown = [(row["from"], row["to"], row["amount"], row["bound_by"]) for row in rows]
    assert shown == [
        ("spare", "trap", 500.0, "cash_trap of covenant"),
        ("spare", "sponsor", 500.0, "cash_trap of covenant"),
        ("cash", "trap", 37500.01, "cash_trap of covenant"),
        ("cash", "sponsor", 37500.0, "cash_trap of covenant"),
    ]
    text = str(result.explain("covenant.failing", period=0))
    assert "while failing: 0.5 of what would be distributed goes to trap" in text
    assert "moved 37,500.01" in text
    locked = run(deal({"lock_up": {}}), 1, 2, 2, 2)
    assert "bound by lock_up of covenant" in str(locked.explain("sponsor.distributed", period=0))


@pytest.mark.parametrize("effects", [[{"cash_trap": {"to": "trap"}}], [{"lock_up": {}}]])
def test_a_test_that_never_fails_changes_nothing(effects: list[dict[str, Any]]) -> None:
    held, plain = run(deal(*effects), 2, 2, 2, 2), run(deal(), 2, 2, 2, 2)
    for name in ("sponsor.distributed", "cash.balance", "trap.balance"):
        assert cents(held, name) == cents(plain, name)


@pytest.mark.parametrize(
    ("effect", "says"),
    [
        ({"lock_up": {}}, "nothing is distributed"),
        ({"cash_trap": {"share": 0.5, "to": "trap"}}, "0.5 of what would be distributed goes to trap"),
        ({"sweep": {"notes": ["senior", "junior"]}}, "1 of what would be distributed repays senior, junior"),
        ({"set_reserve": {"account": "reserve", "formula": "9000"}}, "the target of reserve is raised"),
        ({"draw_stop": {"facilities": ["line"]}}, "nothing is drawn from line"),
        ({"early_amortization": {"notes": ["junior"]}}, "all of junior is due"),
        ({"rate_step": {"notes": ["junior"], "extra": 0.02}}, "junior bear 0.02 more"),
        ({"run_steps": {"block": "extra"}}, "the steps of extra happen after it is run"),
        ({"accelerate": {}}, "the debt is accelerated"),
        ({"reinstate": {}}, "where it stops failing, the acceleration is rescinded"),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
)
def test_explain_says_what_each_effect_does(effect: dict[str, Any], says: str) -> None:
    document = deal().to_dict()
    document["tests"]["covenant"]["effects"] = [effect]
    document["facilities"] = {"line": {"commitment": 100, "payment_dates": "quarterly", "day_count": "act/360"}}
    document["blocks"] = {"extra": [{"transfer": {"from": ["spare"], "to": "trap"}}]}
    document["acceleration"] = {"notes": ["senior", "junior"]}
    waterfall = document["waterfalls"]["normal"]
    waterfall.insert(0, {"when": "period.index > 9", "accelerate": {}})
    waterfall.insert(0, {"draw_facility": {"facility": "line", "to": "cash", "amount": "1"}})
    waterfall.insert(
        -1, {"pay": {"dues": [f"line.{due}" for due in ("interest_due", "fee_due", "drawn")], "from": ["cash"]}}
    )
    if "run_steps" not in effect:
        del document["blocks"]
    result = cf.Deal.from_dict(document).compile().run({"cover": [1, 2, 1, 1]})
    assert f"while failing: {says}" in str(result.explain("covenant.failing", period=0))


def test_a_sweep_where_no_step_pays_principal() -> None:
    document = deal({"sweep": {"share": 0.5, "notes": ["junior"]}}).to_dict()
    document["waterfalls"]["normal"][1]["dates"] = "yearly"
    result = run(cf.Deal.from_dict(document), 1, 1, 2, 2)
    # Half of what is left, 76,000.01 and the 1,000.00 that are spare, then the rest.
    assert cents(result, "junior.principal_paid")[:2] == [3_800_001, 1_199_999]


def test_rows_of_effects_stand_in_their_order() -> None:
    trap, sweep = {"cash_trap": {"to": "trap", "share": 0.25}}, {"sweep": {"notes": ["senior", "junior"]}}
    result = run(deal(trap, sweep), 2, 1, 2, 2)
    rows = [row for row in result.ledger() if row["step"] == "dividend" and row["period"] == 1 and row["amount"]]
    assert [(row["to"], row["amount"]) for row in rows] == [
        ("trap", 20000.0),
        ("senior.principal", 50000.0),
        ("junior.principal", 10000.01),
    ]


def test_a_raised_target_counts_towards_the_range() -> None:
    effect = {"set_reserve": {"account": "reserve", "formula": "30000000000000"}}
    plan = deal(effect, limit={"cap": "reserve.target + reserve.target"}).compile()
    outcomes = [plan.run({"cover": [cover] * 4}).metrics["outcome"][0] for cover in (2.0, 1.0)]
    assert outcomes == [0, 1]
