"""Acceleration, rescission and the effects of their kind: figures by hand, and engine and reference agree."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import cashfall as cf
from cashfall.testing.toml_text import to_toml
from differential import differences

DATES = ["2025-04-15", "2025-07-15", "2025-10-15", "2026-01-15", "2026-04-15", "2026-07-15"]
HALVES = DATES[1::2]
LOW, HIGH = 1.0, 2.0


def note(balance: int, dates: str = "quarterly", **terms: Any) -> dict[str, Any]:
    """A bullet of a coupon of 8%."""
    own = {
        "original_balance": balance,
        "dated_date": "2025-01-15",
        "maturity_date": DATES[-1],
        "payment_dates": dates,
        "day_count": "30/360_us",
        "coupon": {"fixed": {"rate": 0.08}},
        "amortisation": {"bullet": {}},
    }
    return {**own, **terms}


def deal(acceleration: dict[str, Any] | None, *effects: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """300.00 comes in on each date for a senior note of 1,000 paid quarterly and a junior of 500 paid half-yearly."""
    pay = [
        {"pay": {"dues": ["senior.interest_due", "junior.interest_due"], "from": ["cash"]}},
        {"pay_principal": {"notes": ["senior", "junior"], "from": ["cash"]}},
    ]
    document: dict[str, Any] = {
        "deal": {
            "name": "acceleration",
            "currency": "USD",
            "closing_date": "2025-01-15",
            "waterfall_dates": "quarterly",
            "statuses": ["normal", "enforced"],
        },
        "schedules": {"quarterly": {"dates": DATES}, "halves": {"dates": HALVES}},
        "inputs": {"cover": {"unit": "number", "default": 2}, "push": {"unit": "number", "default": 0}},
        "cashflows": {"rent": {"direction": "in", "amounts": [[date, 300] for date in DATES]}},
        "accounts": {"cash": {}},
        "notes": {"senior": note(1000), "junior": note(500, "halves")},
        "equity": {"sponsor": {}},
        "tests": {
            "covenant": {
                "measure": {"formula": {"value": "inputs.cover"}},
                "level": 1.5,
                "dates": "quarterly",
                "when_undefined": "pass",
                "effects": list(effects),
            }
        },
        "waterfalls": {
            "collection": [
                {"collect": {"from": ["rent"], "to": "cash"}},
                {"accrue_interest": {"notes": ["senior", "junior"]}},
                {"run_tests": {"tests": ["covenant"]}},
                {"when": "inputs.push > 0", "rescind": {}},
            ],
            "normal": [*pay, {"distribute": {"to": "sponsor", "from": ["cash"]}}],
            "enforced": [*pay[::-1], {"distribute": {"to": "sponsor", "from": ["cash"]}}],
        },
    }
    if acceleration is not None:
        document["acceleration"] = acceleration
    else:
        document["waterfalls"]["collection"].pop()
        document["deal"]["statuses"] = ["normal"]
        del document["waterfalls"]["enforced"]
    for path, value in changes.items():
        table, _, key = path.partition("__")
        document.setdefault(table, {})[key] = value
    return document


TERMS = {"notes": ["senior", "junior"], "status": "enforced"}


def agree(document: dict[str, Any]) -> None:
    """Engine and reference, in every flow and metric, on every path of cover and three of the other input."""
    pushes = ([0] * 6, [0, 0, 0, 1, 0, 0], [1, 0, 1, 0, 1, 0])
    covers = itertools.product((LOW, HIGH), repeat=6)
    paths = [{"cover": list(c), "push": [float(p) for p in push]} for c in covers for push in pushes]
    found = differences(document, paths)
    assert found == []


def run(document: dict[str, Any], cover: list[float], push: tuple[float, ...] = (0, 0, 0, 0, 0, 0)) -> cf.Result:
    return cf.Deal.from_dict(document).compile().run({"cover": cover, "push": list(push)})


def flow(result: cf.Result, name: str) -> list[float]:
    return [float(value) for value in result[name][:, 0]]


def test_balances_fall_due_at_once_in_the_order_of_enforcement() -> None:
    result = run(deal(TERMS, {"accelerate": {}}), [HIGH, LOW, HIGH, HIGH, HIGH, HIGH])
    assert flow(result, "acceleration.active") == [0, 1, 1, 1, 1, 1]  # the test is cured, the debt stays accelerated
    assert flow(result, "status") == [0, 1, 1, 1, 1, 1]
    assert flow(result, "senior.principal_due") == [0, 1000, 700, 400, 100, 0]
    assert flow(result, "senior.principal_paid") == [0, 300, 300, 300, 100, 0]
    # off its payment dates too
    assert flow(result, "junior.principal_paid") == [0, 0, 0, 0, 200, 300]
    assert flow(result, "sponsor.distributed") == [280, 0, 0, 0, 0, 0]


def test_rescission_waits_until_the_default_is_cured() -> None:
    document = deal(TERMS, {"accelerate": {}})
    result = run(document, [LOW, LOW, HIGH, HIGH, HIGH, HIGH], (0, 1, 0, 1, 0, 0))
    assert flow(result, "acceleration.active") == [1, 1, 1, 0, 0, 0]
    assert flow(result, "senior.principal_due") == [1000, 700, 400, 0, 0, 100]
    assert flow(result, "status") == [1, 1, 1, 0, 0, 0]


def test_a_default_that_is_waived_can_be_rescinded() -> None:
    document = deal(TERMS, {"accelerate": {}})
    waive = {"when": "period.index == 1", "waive": {"tests": ["covenant"], "n_dates": 2}}
    document["waterfalls"]["collection"].insert(-1, waive)
    result = run(document, [LOW] * 6, (0, 1, 0, 0, 0, 0))
    assert flow(result, "acceleration.active") == [1, 0, 0, 1, 1, 1]


def test_reinstatement_comes_with_the_cure() -> None:
    result = run(deal(TERMS, {"accelerate": {}}, {"reinstate": {}}), [LOW, LOW, HIGH, LOW, HIGH, HIGH])
    assert flow(result, "acceleration.active") == [1, 1, 0, 1, 0, 0]


@pytest.mark.parametrize("status", [None, "enforced"])
@pytest.mark.parametrize("effects", [[{"accelerate": {}}], [{"accelerate": {}}, {"reinstate": {}}]])
def test_engine_and_reference_agree(status: str | None, effects: list[dict[str, Any]]) -> None:
    terms = TERMS if status else {"notes": ["junior"]}
    document = deal(terms, *effects)
    if status is None:
        document["deal"]["statuses"] = ["normal"]
        del document["waterfalls"]["enforced"]
    agree(document)


def test_it_is_printed_as_toml() -> None:
    document = cf.Deal.from_dict(deal(TERMS, {"accelerate": {}}, {"reinstate": {}})).to_dict()
    assert cf.Deal.from_toml(to_toml(document), "printed").to_dict() == document


def test_acceleration_by_a_step_agrees() -> None:
    document = deal(TERMS)
    document["waterfalls"]["after"] = [{"when": "inputs.cover < 1.5", "accelerate": {}}]
    agree(document)


def test_a_premium_falls_due_with_the_principal() -> None:
    call = {"schedule": [["2025-07-15", 104.5], ["2026-01-15", 101]]}
    document = deal({**TERMS, "premium": True}, {"accelerate": {}})
    document["notes"]["senior"]["call"] = call
    for name in ("normal", "enforced"):
        steps = document["waterfalls"][name]
        steps.insert(len(steps) - 1, {"pay": {"dues": ["senior.premium_due", "junior.premium_due"], "from": ["cash"]}})
    result = run(document, [LOW, LOW, LOW, LOW, LOW, LOW])
    assert flow(result, "senior.premium_due")[:2] == [0, 0]  # on the first date the note may not be called
    result = run(document, [HIGH, LOW, HIGH, HIGH, HIGH, HIGH])
    assert flow(result, "senior.premium_due") == [0, 45, 45, 45, 45, 45]
    result = run(document, [HIGH, LOW, HIGH, HIGH, HIGH, HIGH], (0, 0, 1, 0, 0, 0))
    assert flow(result, "senior.premium_due") == [0, 45, 0, 0, 0, 0]
    assert result.metrics["senior.premium_shortfall"][0] == 45
    agree(document)


def test_a_make_whole_falls_due_as_it_is_prepaid() -> None:
    """1,750 million of 9% notes a year before a call at 104.5, at 4.5%: a premium of 151.492 million."""
    document = deal({"notes": ["senior"], "premium": True})
    document["notes"] = {"senior": note(1_750_000_000, "halves", coupon={"fixed": {"rate": 0.09}})}
    document["schedules"] = {
        "quarterly": {"dates": ["2025-07-15", "2026-01-15", "2026-07-15"]},
        "halves": {"dates": ["2025-07-15", "2026-01-15", "2026-07-15"]},
    }
    document["cashflows"] = {}
    document["notes"]["senior"]["call"] = {"schedule": [["2026-07-15", 104.5]], "make_whole": {"rate": 0.045}}
    document["tests"] = {}
    document["waterfalls"] = {
        "collection": [{"accrue_interest": {"notes": ["senior"]}}],
        "normal": [
            {"when": "period.index == 0", "accelerate": {}},
            {"pay": {"dues": ["senior.interest_due", "senior.premium_due", "senior.principal_due"], "from": ["cash"]}},
        ],
    }
    document["deal"]["statuses"] = ["normal"]
    result = cf.Deal.from_dict(document).compile().run()
    assert round(float(result["senior.premium_shortfall"][0, 0]) / 1e6, 3) == 151.492
    paths = [{"cover": [HIGH] * 3, "push": [0.0] * 3}]
    assert differences(document, paths) == []


def test_a_swap_ends_where_acceleration_begins() -> None:
    document = deal(
        {**TERMS, "swaps": [{"swap": "hedge", "amount": "12.34 - cash.balance * inputs.push"}]}, {"accelerate": {}}
    )
    document["swaps"] = {
        "hedge": {
            "notional": {"schedule": [["2025-01-15", 1000]]},
            "pay": {"rate": {"fixed": {"rate": 0.04}}, "day_count": "act/360"},
            "receive": {"rate": {"fixed": {"rate": 0.03}}, "day_count": "act/360"},
            "payment_dates": "quarterly",
        }
    }
    for name in ("normal", "enforced"):
        settle = {"settle_swap": {"swap": "hedge", "to": "cash", "from": ["cash"]}}
        document["waterfalls"][name][:0] = [settle, {"pay": {"dues": ["hedge.termination_due"], "from": ["cash"]}}]
    agree(document)


def test_draws_stop() -> None:
    document = deal(TERMS, {"draw_stop": {"facilities": ["line"]}})
    document["facilities"] = {"line": {"commitment": 500, "payment_dates": "quarterly", "day_count": "act/360"}}
    document["waterfalls"]["collection"].insert(
        1, {"draw_facility": {"facility": "line", "to": "cash", "amount": "20.00"}}
    )
    document["waterfalls"]["after"] = [
        {"repay_facility": {"facilities": ["line"], "from": ["cash"]}},
        {"draw_facility": {"facility": "line", "to": "cash", "amount": "30.00"}},
        {"when": "inputs.push > 0", "accelerate": {}},
    ]
    agree(document)


@pytest.mark.parametrize(
    "effect", [{"early_amortization": {"notes": ["senior"]}}, {"rate_step": {"notes": ["junior"], "extra": 0.02}}]
)
def test_effects_on_debt_agree(effect: dict[str, Any]) -> None:
    agree(deal(None, effect))


def test_a_rate_step_acts_on_the_accrual_after_the_test() -> None:
    result = run(deal(None, {"rate_step": {"notes": ["senior"], "extra": 0.04}}), [LOW, HIGH, HIGH, HIGH, HIGH, HIGH])
    assert flow(result, "senior.interest_accrued")[:3] == [20, 30, 20]
    assert flow(result, "senior.rate")[:3] == [0.08, 0.12, 0.08]


def test_a_block_runs_where_its_test_fails() -> None:
    document = deal(
        None,
        {"run_steps": {"block": "remedy"}},
        blocks__remedy=[{"inspect": {"name": "hit", "value": "period.index + 1"}}],
    )
    document["tests"]["covenant"]["holiday"] = [{"from": DATES[2], "to": DATES[2]}]
    result = run(document, [HIGH, LOW, LOW, HIGH, LOW, HIGH])
    assert flow(result, "inspect.hit") == [0, 2, 0, 0, 5, 0]
    agree(document)


def test_explain_says_what_held_the_distribution() -> None:
    result = run(deal(TERMS, {"accelerate": {}}), [HIGH, HIGH, LOW, LOW, LOW, LOW])
    assert "the debt is accelerated" in result.explain("covenant.failing", period=2)
    document = deal({"notes": ["junior"]}, {"accelerate": {}})
    document["deal"]["statuses"] = ["normal"]
    del document["waterfalls"]["enforced"]
    result = run(document, [LOW] * 6)
    rows = [row for row in result.ledger() if row["step"] == "distribute sponsor"]
    assert {row["bound_by"] for row in rows} == {"acceleration"}


def test_a_status_of_a_test_and_of_the_acceleration_agrees() -> None:
    document = deal(TERMS, {"set_status": "enforced"})
    document["waterfalls"]["after"] = [{"when": "inputs.push > 0", "accelerate": {}}]
    agree(document)


def test_what_is_made_of_principal_that_falls_due_early_must_be_in_range() -> None:
    """1e11 cents times 4e6; all is zero from the second date on."""
    document = deal(TERMS, {"accelerate": {}})
    document["notes"]["senior"] = note(1_000_000_000)
    document["waterfalls"]["after"] = [{"inspect": {"name": "much", "value": "senior.principal_due * 4000000"}}]
    agree(document)
    result = run(document, [HIGH, LOW, LOW, LOW, LOW, LOW])
    assert result.metrics["outcome"].tolist() == [1]
    assert flow(result, "junior.balance") == [500, 0, 0, 0, 0, 0]
