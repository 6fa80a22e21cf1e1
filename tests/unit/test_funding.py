"""Notes that are drawn, refinanced and extended, by hand."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import cashfall as cf

Document = dict[str, Any]

DRAW: Document = {"fund_note": {"note": "loan", "to": "cash", "amount": "inputs.draw"}}
PAYS: list[Document] = [
    {"pay_interest": {"notes": ["loan"], "from": ["cash"]}},
    {"pay_principal": {"notes": ["loan"], "from": ["cash"]}},
]
REST: Document = {"distribute": {"to": "owner", "from": ["cash"]}}
SWEEP: Document = {"sweep": {"notes": ["loan"], "from": ["cash"], "limit": {"cap": "inputs.repaid"}}}


def deal(*steps: Document, **note: Any) -> Document:
    """A note of 1,000.00 at 8% on four quarters of 30/360; what the steps say comes before interest and principal."""
    return {
        "deal": {"name": "funding", "currency": "USD", "closing_date": "2025-01-01", "waterfall_dates": "quarterly"},
        "schedules": {
            "quarterly": {"regular": {"first": "2025-04-01", "last": "2026-01-01", "months": 3}},
            "between": {"dates": ["2025-02-16"]},
        },
        "inputs": {
            **{name: {"unit": "amount", "default": 0} for name in ("draw", "repaid")},
            "income": {"unit": "amount", "default": 5000},
            "flag": {"unit": "number", "default": 0},
        },
        "leases": {
            "cash_in": {
                "commencement": "2025-01-01",
                "end": "2026-01-01",
                "payment_dates": "quarterly",
                "base_rent": {"input": "income"},
            }
        },
        "accounts": {"cash": {}},
        "notes": {
            "loan": {
                "original_balance": 1000,
                "dated_date": "2025-01-01",
                "maturity_date": "2026-01-01",
                "payment_dates": "quarterly",
                "day_count": "30/360_us",
                "coupon": {"fixed": {"rate": 0.08}},
                "amortisation": {"bullet": {}},
                **note,
            }
        },
        "equity": {"owner": {}},
        "waterfalls": {
            "collection": [{"collect": {"from": ["cash_in"], "to": "cash"}}, {"accrue_interest": {"notes": ["loan"]}}],
            "normal": [*steps, *copy.deepcopy(PAYS), REST],
        },
    }


def run(document: Document, **inputs: Any) -> cf.Result:
    plan = cf.Deal.from_dict(document).compile()
    return plan.run({name: np.array(path, dtype=float)[:, None] for name, path in inputs.items()})


def series(result: cf.Result, name: str) -> list[float]:
    return [float(value) for value in result[name][:, 0]]


def test_a_delayed_draw() -> None:
    result = run(deal(DRAW, funding={"maximum": 2200}), draw=[500, 500, 500, 500])
    assert series(result, "loan.funded") == [500, 500, 200, 0]
    assert series(result, "loan.room") == [700, 200, 0, 0]
    assert series(result, "loan.balance") == [1500, 2000, 2200, 0]
    assert series(result, "loan.interest_accrued") == [20, 30, 40, 44]
    assert series(result, "loan.principal_due") == [0, 0, 0, 2200]
    assert series(result, "loan.principal_paid") == [0, 0, 0, 2200]
    metrics = {name: float(result.metrics[f"loan.{name}"][0]) for name in ("funded", "principal_paid", "loss", "wal")}
    assert metrics == {"funded": 1200, "principal_paid": 2200, "loss": 0, "wal": 1}
    draws = [row for row in result.ledger() if row["from"] == "loan"]
    assert [(row["to"], row["requested"], row["available"], row["amount"]) for row in draws] == [
        ("cash", 500, 1200, 500),
        ("cash", 500, 700, 500),
        ("cash", 500, 200, 200),
        ("cash", 500, 0, 0),
    ]
    assert "asked" not in result.explain("loan.principal_paid", 0)  # nothing can be due yet
    result.check()


@pytest.mark.parametrize(("revolving", "drawn"), [(False, [1000, 0, 0, 0]), (True, [1000, 500, 300, 0])])
def test_what_is_repaid_may_be_drawn_again(revolving: bool, drawn: list[float]) -> None:
    terms = {"maximum": 2000, "revolving": revolving}
    document = deal({"fund_note": {"note": "loan", "to": "cash"}}, SWEEP, amortisation={"sweep": {}}, funding=terms)
    result = run(document, repaid=[500, 300, 0, 0])
    assert series(result, "loan.funded") == drawn


def test_all_is_drawn_later() -> None:
    document = deal(DRAW, original_balance=0, funding={"maximum": 1000}, factor_decimals=4)
    result = run(document, draw=[300, 0, 300, 0])
    assert series(result, "loan.balance") == [300, 300, 600, 0]
    assert series(result, "loan.factor") == [0.3, 0.3, 0.6, 0]
    assert series(result, "loan.interest_accrued") == [0, 6, 6, 12]
    assert float(result.metrics["loan.principal_paid"][0]) == 600


def test_a_draw_inside_a_period_bears_interest_from_its_date() -> None:
    document = deal(funding={"maximum": 2000})
    document["deal"]["extra_dates"] = "between"
    document["waterfalls"]["after"] = [{"dates": "between", **DRAW}]
    result = run(document, draw=[1000, 0, 0, 0, 0])
    assert series(result, "loan.interest_accrued") == [0, 30, 40, 40, 40]


def test_draws_end_and_can_be_held_back() -> None:
    document = deal({"when": "inputs.flag == 0", **DRAW}, funding={"maximum": 5000, "until": "2025-07-01"})
    result = run(document, draw=[100, 100, 100, 100], flag=[1, 0, 0, 0])
    assert series(result, "loan.funded") == [0, 100, 0, 0]
    assert series(result, "loan.room") == [4000, 3900, 0, 0]


STOP: Document = {
    "measure": {"formula": {"value": "1 - inputs.flag"}},
    "level": 1,
    "dates": "quarterly",
    "when_undefined": "pass",
}


@pytest.mark.parametrize(
    ("effect", "room"),
    [({"draw_stop": {"notes": ["loan"]}}, [900, 900, 800, 0]), ({"accelerate": {}}, [900, 0, 0, 0])],
)
def test_draws_stop(effect: Document, room: list[float]) -> None:
    document = deal(DRAW, funding={"maximum": 2000})
    document["tests"] = {"stop": {**STOP, "effects": [effect]}}
    document["waterfalls"]["collection"].append({"run_tests": {"tests": ["stop"]}})
    if "accelerate" in effect:
        document["acceleration"] = {"notes": ["loan"]}
    result = run(document, draw=[100, 100, 100, 100], flag=[0, 1, 0, 0], income=[100, 100, 100, 5000])
    assert series(result, "loan.room") == room
    assert series(result, "loan.funded") == [100, 0, 0 if "accelerate" in effect else 100, 0]


def test_quantities_in_formulas() -> None:
    inspect = {"inspect": {"name": "it", "value": "loan.room + loan.funded + opening.loan.room"}}
    result = run(deal(DRAW, inspect, funding={"maximum": 2000}), draw=[100, 100, 0, 0])
    assert series(result, "inspect.it") == [2000, 1800, 1600, 800]


EXTEND: Document = {"when": "inputs.flag == 1", "extend": {"notes": ["loan"]}}
EXTENDED: Document = {
    "maturity_date": "2025-07-01",
    "extension": {"maturity_dates": ["2025-10-01", "2026-01-01"], "extra": 0.02},
}


def extended(*flags: int, income: float = 5000, **inputs: Any) -> cf.Result:
    return run(deal(EXTEND, **EXTENDED), flag=flags, income=[income] * 4, **inputs)


def test_a_note_that_is_extended_twice() -> None:
    result = extended(0, 1, 1, 1)
    assert series(result, "loan.extended") == [0, 1, 2, 2]
    assert series(result, "loan.principal_due") == [0, 1000, 1000, 1000]
    assert series(result, "loan.principal_paid") == [0, 0, 0, 1000]
    assert series(result, "loan.rate") == [0.08, 0.08, 0.1, 0.12]
    assert series(result, "loan.interest_accrued") == [20, 20, 25, 30]
    assert series(result, "loan.scheduled_principal") == [0, 1000, 0, 0]
    assert series(result, "loan.scheduled_interest") == [20, 20, 0, 0]


def test_a_note_may_be_extended_ahead_of_its_maturity_but_not_after_it() -> None:
    assert series(extended(1, 0, 0, 0), "loan.principal_paid") == [0, 0, 1000, 0]
    assert series(extended(1, 1, 1, 1), "loan.extended") == [1, 2, 2, 2]
    late = extended(0, 0, 1, 1, income=15)
    assert series(late, "loan.extended") == [0, 0, 0, 0]
    # What is not repaid bears interest on the later dates too.
    assert series(late, "loan.interest_accrued") == [20, 20, 20, 20]
    assert series(late, "loan.principal_due") == [0, 1000, 1000, 1000]
    assert float(late.metrics["loan.principal_shortfall"][0]) == 1000


def test_an_extended_note_may_be_drawn_up_to_its_current_maturity() -> None:
    document = deal(EXTEND, DRAW, funding={"maximum": 2000}, **EXTENDED)
    draws = [100, 100, 100, 100]
    assert series(run(document, flag=[0, 1, 0, 0], draw=draws), "loan.funded") == [100, 100, 0, 0]
    assert series(run(document, flag=[0, 0, 0, 0], draw=draws), "loan.funded") == [100, 0, 0, 0]


def refinanced(maximum: float, *, call: Document | None = None) -> Document:
    """A loan of 1,000.00 that is repaid at 101 with a new note."""
    document = deal(
        {"when": "inputs.flag == 1", "refinance": {"notes": ["loan"], "with": "new", "account": "cash"}},
        call=call or {"schedule": [["2025-01-01", 101]]},
    )
    loan = document["notes"]["loan"]
    new = {**loan, "original_balance": 0, "funding": {"maximum": maximum}, "coupon": {"fixed": {"rate": 0.04}}}
    del new["call"]
    document["notes"]["new"] = new
    for step in [*document["waterfalls"]["collection"], *document["waterfalls"]["normal"]]:
        for verb in ("accrue_interest", "pay_interest", "pay_principal"):
            if verb in step:
                step[verb]["notes"] = ["loan", "new"]
    document["waterfalls"]["normal"].insert(0, document["waterfalls"]["normal"].pop(1))
    return document


def test_refinancing() -> None:
    result = run(refinanced(1010), flag=[0, 1, 1, 1], income=[20, 20, 20, 20])
    assert series(result, "loan.balance") == [1000, 0, 0, 0]
    assert series(result, "loan.principal_paid") == [0, 1000, 0, 0]
    assert series(result, "loan.premium_paid") == [0, 10, 0, 0]
    assert series(result, "new.balance") == [0, 1010, 1010, 1000.1]
    assert series(result, "new.interest_accrued") == [0, 0, 10.1, 10.1]
    rows = [row for row in result.ledger() if row["step"] == "refinance loan"]
    assert [(row["from"], row["to"], row["amount"]) for row in rows] == [
        ("new", "cash", 1010),
        ("cash", "loan.principal", 1000),
        ("cash", "loan.premium", 10),
    ]
    result.check()


def test_refinancing_is_whole_or_not_at_all() -> None:
    short = run(refinanced(1009.99), flag=[1, 1, 1, 1], income=[20, 20, 20, 20])
    assert series(short, "loan.balance") == [1000, 1000, 1000, 1000 - 20 + 20]
    not_callable = run(refinanced(2000, call={"schedule": [["2025-10-01", 100]]}), flag=[1, 1, 1, 1])
    assert series(not_callable, "new.funded") == [0, 0, 1000, 0]


def test_a_drawn_note_has_no_yield() -> None:
    result = run(deal(DRAW, funding={"maximum": 2200}), draw=[500, 500, 500, 500])
    with pytest.raises(cf.CashfallError):
        cf.analytics.yield_from_price(result, "loan", price=100, settle="2025-02-01")


def test_refinancing_inside_a_period() -> None:
    """45 of 90 days: 1,000.00 at 8%, then 1,010.00 at 4%."""
    document = refinanced(2000)
    document["deal"]["extra_dates"] = "between"
    refinance = document["waterfalls"]["normal"].pop(1)
    document["waterfalls"]["after"] = [{"dates": "between", **refinance}]
    result = run(document, flag=[1, 0, 0, 0, 0], income=[0, 20, 20, 20, 20])
    assert series(result, "loan.interest_accrued")[:2] == [0, 10]
    assert series(result, "new.interest_accrued")[:2] == [0, 5.05]


def test_what_was_open_before_the_first_date() -> None:
    """R(333.33 * 10^4 / 1000) = 3,333; a note dated on the first date is not there before it."""
    inspects = [{"inspect": {"name": name, "value": f"opening.loan.{name}"}} for name in ("factor", "room")]
    terms: dict[str, Any] = {"original_balance": 333.33, "funding": {"maximum": 1000}, "factor_decimals": 4}
    there = run(deal(DRAW, *inspects, **terms))
    assert series(there, "inspect.factor")[:2] == [0.3333, 0.3333]
    assert series(there, "inspect.room")[0] == 666.67
    later = run(deal(DRAW, *inspects, dated_date="2025-04-01", **terms))
    assert (series(later, "inspect.factor")[0], series(later, "inspect.room")[0]) == (0, 0)
