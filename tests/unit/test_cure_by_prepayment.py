"""Equity cures that repay debt: how much, of which notes, and what the reading and its window remember."""

from __future__ import annotations

from typing import Any

import pytest

import cashfall as cf
from differential import differences

DATES = ["2025-03-15", "2025-06-15", "2025-09-15", "2025-12-15"]
NOTES = ["senior", "junior"]


def note(balance: float, payment_dates: str) -> dict[str, Any]:
    return {
        "original_balance": balance,
        "dated_date": "2024-12-15",
        "maturity_date": "2025-12-15",
        "payment_dates": payment_dates,
        "day_count": "30/360_us",
        "coupon": {"fixed": {"rate": 0.04}},
        "amortisation": {"bullet": {}},
    }


def deal(
    measure: dict[str, Any], level: float, notes: list[str], paid: str = "quarterly", cure: Any = (), **test: Any
) -> cf.Deal:
    """600.00 of senior and 300.00 of junior notes; `pool` is what they are held against."""
    document: dict[str, Any] = {
        "deal": {"name": "repaid", "currency": "USD", "closing_date": "2024-12-15", "waterfall_dates": "quarterly"},
        "schedules": {"quarterly": {"dates": DATES}, "once": {"dates": DATES[-1:]}},
        "inputs": {name: {"unit": "amount", "default": 1_000} for name in ("pool", "sponsor")},
        "accounts": {"cash": {"opening_balance": 2_000}, "gift": {}},
        "equity": {"owner": {}},
        "notes": {"senior": note(600, paid), "junior": note(300, paid)},
        "tests": {
            "cover": {
                "measure": measure,
                "level": level,
                "dates": "quarterly",
                "when_undefined": "hold",
                "equity_cure": {"input": "sponsor", "to": "gift", "apply": "prepay", "notes": notes} | dict(cure),
            }
            | test,
        },
        "waterfalls": {
            "collection": [{"accrue_interest": {"notes": NOTES}}, {"run_tests": {"tests": ["cover"]}}],
            "normal": [
                {"pay_interest": {"notes": NOTES, "from": ["cash"]}},
                {"pay_principal": {"notes": NOTES, "from": ["cash"]}},
                {"distribute": {"to": "owner", "from": ["gift"]}},
            ],
        },
    }
    return cf.Deal.from_dict(document)


OC = {"oc": {"collateral": "inputs.pool", "notes": NOTES}}
LTV = {"ltv": {"value": "inputs.pool", "notes": NOTES}}
YIELD = {"debt_yield": {"cash_flow": "inputs.pool", "notes": NOTES}}
BASE = {"borrowing_base": {"base": "inputs.pool", "notes": NOTES}}


def run(deal: cf.Deal, pool: list[float] | float, sponsor: float = 1_000) -> cf.Result:
    pool = [pool] * 4 if isinstance(pool, int | float) else pool
    return deal.compile().run({"pool": pool, "sponsor": sponsor})


def first(result: cf.Result, *names: str) -> list[float]:
    return [float(result[name][0, 0]) for name in names]


@pytest.mark.parametrize(
    ("measure", "level", "pool", "needed", "value"),
    [
        (OC, 1.25, 1_000, 100, 1.25),
        (OC, 1.25, 1_000.01, 100, 1.2500125),
        (BASE, 1.3, 1_000, 130.77, 1.300001300),
        (OC, 1.25, 1_125, 0, 1.25),
        (OC, 1.25, 1_124.99, 0.01, 1.250002778),
        (YIELD, 0.1, 80, 100, 0.1),
        (LTV, 0.8, 1_000, 100, 0.8),
        (LTV, 0.8, 999.99, 100.01, 0.799998000),
        (OC, 0, 1_000, 0, 1.111111111),
        (OC, -1, -500, 0, -0.555555556),
    ],
)
def test_the_least_that_is_repaid_for_the_reading_to_pass(
    measure: dict[str, Any], level: float, pool: float, needed: float, value: float
) -> None:
    terms = deal(measure, level, ["junior", "senior"]).to_dict()
    terms["inputs"]["pool"]["minimum"] = -1_000
    result = run(cf.Deal.from_dict(terms), pool)
    assert first(result, "cover.cure", "cover.value", "junior.balance") == [needed, value, 300 - needed]
    assert first(result, "junior.principal_paid", "gift.balance", "owner.distributed") == [needed, 0, 0]


def test_the_notes_are_repaid_in_order() -> None:
    result = run(deal(OC, 1.25, ["junior", "senior"]), 500)
    # 900 - 400 = 500
    assert first(result, "cover.cure", "junior.balance", "senior.balance") == [500, 0, 400]
    rows = [(row["from"], row["to"], row["amount"]) for row in result.ledger() if row["period"] == 0]
    assert rows[:3] == [
        ("equity_cure of cover", "gift", 500.0),
        ("gift", "junior.principal", 300.0),
        ("gift", "senior.principal", 200.0),
    ]
    assert result.metrics["cover.n_cures"][0] == 1
    assert result.metrics["cover.cured"][0] == 500
    assert result.metrics["junior.principal_paid"][0] == 300


@pytest.mark.parametrize(
    ("notes", "pool", "sponsor", "why"),
    [
        (["junior"], 1_000, 99.99, "inputs.sponsor"),
        (["junior"], 500, 1_000, "no cure is left, or too little debt"),
        (["junior", "senior"], 0, 1_000, "no cure is left, or too little debt"),
    ],
)
def test_a_cure_that_is_not_called(notes: list[str], pool: float, sponsor: float, why: str) -> None:
    result = run(deal(OC, 1.25, notes), pool, sponsor)
    assert first(result, "cover.cure", "cover.failing", "junior.balance", "senior.balance") == [0, 1, 300, 600]
    row = result.ledger()[0]
    assert (row["from"], row["amount"], row["bound_by"]) == ("equity_cure of cover", 0.0, why)


def test_a_loan_to_value_may_be_cured_to_nothing() -> None:
    result = run(deal(LTV, 0, ["junior", "senior"]), 1_000)
    assert first(result, "cover.cure", "cover.value", "senior.balance") == [900, 0, 0]


def test_a_window_remembers_the_balances_after_the_cure() -> None:
    result = run(deal(OC, 1.25, ["junior"], window=2), [1_000, 1_000, 950, 700])
    # 1,800 - 1,600; then 1,950 / 1.25 = 1,560 against 700 + 700; then 1,650 / 1.25 = 1,320: 80 of the 100 that are left
    assert result["cover.cure"][:, 0].tolist() == [0, 200, 0, 80]


def test_a_window_of_loan_to_value() -> None:
    result = run(deal(LTV, 0.8, ["junior"], window=2, window_start="partial"), [1_125, 1_000, 1_000, 1_000])
    # 900 on 1,125 pass; then 1,800 on 0.8 * 2,125 = 1,700: 100; then 1,600 on 1,600
    assert result["cover.cure"][:, 0].tolist() == [0, 100, 0, 0]


def test_an_annualised_yield_is_cured_by_the_balance_of_today() -> None:
    result = run(deal(YIELD, 0.1, ["junior"], window=4, window_start="annualise"), [20, 20, 20, 30])
    # 20 a date are 80 a year: 800; in the end 90 a year
    assert result["cover.cure"][:, 0].tolist() == [100, 0, 0, 0]


def test_interest_follows_the_balance_inside_a_period() -> None:
    result = run(deal(OC, 1.25, ["junior"], paid="once"), [2_000, 1_000, 1_000, 1_000])
    assert result["junior.balance"][:, 0].tolist() == [300, 200, 200, 0]
    # half a year on 300, half a year on 200
    assert float(result["junior.interest_paid"][3, 0]) == 10.0


def test_limits_of_cures_hold() -> None:
    result = run(deal(OC, 1.25, ["junior"], cure={"max_per_life": 1}), [1_000, 900, 900, 900])
    assert result["cover.cure"][:, 0].tolist() == [100, 0, 0, 0]


def test_the_threshold_is_the_one_in_force() -> None:
    terms = deal(OC, 1.25, ["junior"], cure_level=1.5)
    result = terms.compile().run({"pool": [1_000] * 4, "sponsor": [0, 300, 300, 300]})
    # failing: 900 - 666.66
    assert result["cover.cure"][:2, 0].tolist() == [0, 233.34]


def test_what_a_cure_repaid_can_be_read_after_the_test() -> None:
    terms = deal(OC, 1.25, ["junior"]).to_dict()
    terms["waterfalls"]["collection"].append({"inspect": {"name": "repaid", "value": "junior.principal_paid"}})
    assert first(run(cf.Deal.from_dict(terms), 1_000), "inspect.repaid") == [100]


def test_interest_accrues_from_date_to_date_only_where_a_test_can_be_cured_inside_a_period() -> None:
    inside = deal(OC, 1.25, ["junior"], paid="once").compile().listing()
    assert "note junior: 300.00 at 0.04, accruing from date to date" in inside
    assert "note senior: 600.00 at 0.04\n" in inside
    on_payment_dates = deal(OC, 1.25, ["junior"], paid="once", dates="once").compile().listing()
    assert "accruing from date to date" not in on_payment_dates


def test_a_group_stands_for_its_notes() -> None:
    terms = deal(OC, 1.25, ["junior", "senior"]).to_dict()
    terms["groups"] = {"notes": {"notes": ["junior", "senior"]}}
    terms["tests"]["cover"]["measure"]["oc"]["notes"] = ["notes"]
    terms["tests"]["cover"]["equity_cure"]["notes"] = ["notes"]
    result = run(cf.Deal.from_dict(terms), 500)
    assert first(result, "cover.cure", "junior.balance", "senior.balance", "notes.balance") == [500, 0, 400, 400]


def test_what_a_cure_repays_inside_a_period_counts_in_the_average_life() -> None:
    """100.00 after half a year, 200.00 after a year."""
    terms = deal(OC, 1.25, ["junior"], paid="once")
    pool = [2_000.0, 1_000.0, 1_000.0, 1_000.0]
    assert differences(terms.to_dict(), [{"pool": pool, "sponsor": [1_000.0] * 4}]) == []
    assert run(terms, pool).metrics["junior.wal"][0] == 250 / 300


def test_what_a_cure_repays_counts_on_dates_without_other_repayments() -> None:
    terms = deal(OC, 1.25, ["junior"]).to_dict()
    terms["waterfalls"]["normal"][1]["dates"] = "once"
    result = run(cf.Deal.from_dict(terms), 1_000)
    assert result["junior.principal_paid"][:, 0].tolist() == [100, 0, 0, 200]
    assert result["junior.balance"][:, 0].tolist() == [200, 200, 200, 0]
    assert float(result.metrics["junior.wal"][0]) == (100 * 0.25 + 200 * 1) / 300
