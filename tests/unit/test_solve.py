"""Fixed points: `solve` finds them round by round, or says that there is none."""

from __future__ import annotations

import pytest

import cashfall as cf

DEAL = """
[deal]
name = "fixed_point"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "yearly"

[schedules.yearly]
dates = [2026-01-01, 2027-01-01, 2028-01-01]

[inputs]
cost = { unit = "amount", default = 100 }
share = { unit = "number", default = 0.02, minimum = -2, maximum = 2 }
huge = { unit = "amount", default = 0, maximum = 40000000000000 }

[accounts.cash]

[cashflows.income]
direction = "in"
amounts = [[2026-01-01, 50], [2027-01-01, 50], [2028-01-01, 50]]

[[waterfalls.collection]]
collect = { from = ["income"], to = "cash" }

[[waterfalls.normal]]
inspect = { name = "draw", value = "FORMULA" }
"""


def result(formula: str, **inputs: object) -> cf.Result:
    plan = cf.Deal.from_toml(DEAL.replace("FORMULA", formula)).compile()
    return plan.run(dict(inputs), record="*", unit="cents")  # type: ignore[arg-type]  # arrays of several kinds


def test_a_fee_on_what_it_funds() -> None:
    # 100.00, 102.00, 102.04, 102.04 (102.0408): found in the fourth round.
    run = result("solve(draw, inputs.cost + inputs.share * draw, 0, 20)")
    assert run["inspect.draw"][:, 0].tolist() == [10204, 10204, 10204]
    assert run.metrics["outcome"].tolist() == [0]


@pytest.mark.parametrize(("rounds", "outcome"), [(3, 2), (4, 0), (100, 0)])
def test_the_last_two_rounds_must_agree(rounds: int, outcome: int) -> None:
    run = result(f"solve(draw, inputs.cost + inputs.share * draw, 0, {rounds})")
    assert run.metrics["outcome"].tolist() == [outcome]
    assert run["inspect.draw"][:, 0].tolist() == ([0, 0, 0] if outcome else [10204] * 3)


def test_a_scenario_without_fixed_point_stops_on_its_date_and_no_other_does() -> None:
    # From the second date on the first scenario swings between 0 and 100.00.
    share = [[0.02, 0.02, 0.02], [-1.0, 0.02, 0.02], [0.02, 0.02, 0.02]]
    run = result("solve(draw, inputs.cost + inputs.share * draw, 0, 10)", share=share)
    assert run.metrics["outcome"].tolist() == [2, 0, 0]
    assert run["cash.balance"][:, 0].tolist() == [5000, 0, 0]
    assert run["cash.balance"][:, 1].tolist() == [5000, 10000, 15000]
    assert "no_convergence): everything is zero from 2027-01-01 on" in run.explain("cash.balance", 2, 0)
    assert "no_convergence" not in run.explain("cash.balance", 0, 0)


def test_an_overflow_on_the_same_date_comes_first() -> None:
    swings = "solve(x, inputs.cost - x, 0, 3)"
    assert result(f"{swings} + inputs.huge * 2", huge=40e12).metrics["outcome"].tolist() == [1]
    assert result(f"inputs.huge * 2 + {swings}", huge=40e12).metrics["outcome"].tolist() == [1]
    assert result(f"inputs.huge + {swings}").metrics["outcome"].tolist() == [2]


def test_only_where_the_step_happens() -> None:
    text = DEAL.replace("FORMULA", "solve(x, inputs.cost - x, 0, 3)")
    text = text.replace("inspect =", 'when = "inputs.share > 0.5"\ninspect =')
    run = cf.Deal.from_toml(text).compile().run({"share": [[0.0, 1.0, 0.0]]})
    assert run.metrics["outcome"].tolist() == [0, 2, 0]


def test_one_inside_another() -> None:
    run = result("solve(x, inputs.cost + 0.5 * solve(y, 10 + 0.25 * x + 0.5 * y, x, 30), 0, 30)")
    x = 0
    for _ in range(30):
        y = x
        for _ in range(30):
            y = 1000 + (x + 2) // 4 + (y + 1) // 2  # quarters and halves, rounded half up
        x = 10000 + (y + 1) // 2
    assert run["inspect.draw"][:, 0].tolist() == [x, x, x]
    assert run.metrics["outcome"].tolist() == [0]


def test_the_unit_is_that_of_the_start_or_of_the_formula() -> None:
    run = result("solve(x, inputs.share + 0.5 * x, 0, 40)")
    assert run["inspect.draw"][0, 0] == 0.04
    run = result("0.5 * solve(x, 0.5 * x + inputs.cost, 0, 40)")
    assert run["inspect.draw"][0, 0] == 10000


def test_a_schedule_sized_on_what_has_no_fixed_point_is_an_error() -> None:
    note = """
[notes.loan]
original_balance = 100
dated_date = 2025-01-01
maturity_date = 2028-01-01
payment_dates = "yearly"
day_count = "30/360_us"
coupon = { fixed = { rate = 0.05 } }
amortisation = { sculpted = { first_date = 2026-01-01, cash_flow = "BODY" } }

[[waterfalls.collection]]
accrue_interest = { notes = ["loan"] }

[[waterfalls.normal]]
pay_interest = { notes = ["loan"], from = ["cash"] }

[[waterfalls.normal]]
pay_principal = { notes = ["loan"], from = ["cash"] }
"""
    good = DEAL.replace("FORMULA", "0") + note.replace("BODY", "solve(x, income.amount + 0.1 * x, 0, 20)")
    cf.Deal.from_toml(good).compile()
    bad = DEAL.replace("FORMULA", "0") + note.replace("BODY", "solve(x, income.amount - x, 0, 20)")
    with pytest.raises(
        cf.DealError, match=r"whose `solve` finds its fixed point on every date, found none on 2026-01-01"
    ):
        cf.Deal.from_toml(bad).compile()
