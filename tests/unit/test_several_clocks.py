"""Cash by the month, notes by the quarter and tests by the half-year in one deal, with figures by hand."""

from __future__ import annotations

import math
import tomllib

import pytest

import cashfall as cf
from cashfall.testing.scenario_paths import generate_scenarios
from differential import differences

# A thousand at 8%, of which 100.00 fall due each quarter: 120, 118, 116 and 714 of debt service.
DEAL = """
[deal]
name = "several clocks"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "WATERFALL"

[schedules]
monthly = { regular = { first = 2025-02-01, last = 2026-01-01, months = 1 } }
quarterly = { regular = { first = 2025-04-01, last = 2026-01-01, months = 3 } }
half_yearly = { regular = { first = 2025-07-01, last = 2026-01-01, months = 6 } }

[inputs.factor]
unit = "number"
default = 1

[cashflows.rent]
direction = "in"
factor = "factor"
amounts = [
  [2025-02-01, 30.00], [2025-03-01, 40.00], [2025-04-01, 50.00],
  [2025-05-01, 40.00], [2025-06-01, 40.00], [2025-07-01, 40.00],
  [2025-08-01, 60.00], [2025-09-01, 60.00], [2025-10-01, 60.00],
  [2025-11-01, 50.00], [2025-12-01, 50.00], [2026-01-01, 900.00],
]

[notes.senior]
original_balance = 1000.00
dated_date = 2025-01-01
maturity_date = 2026-01-01
payment_dates = "quarterly"
day_count = "30/360_us"
coupon = { fixed = { rate = 0.08 } }

[notes.senior.amortisation.explicit]
principal = [[2025-04-01, 100.00], [2025-07-01, 100.00], [2025-10-01, 100.00], [2026-01-01, 700.00]]

[accounts.cash]

[equity.owner]

[tests.half_year]
level = 1.1
dates = "half_yearly"
when_undefined = "fail"
effects = [{ lock_up = {} }]

[tests.half_year.measure.ratio]
numerator = "trailing_sum(rent.amount, 6)"
denominator = "trailing_sum(senior.scheduled_debt_service, 6)"

[tests.two_halves]
measure = { icr = { cash_flow = "trailing_sum(rent.amount, 3)", notes = ["senior"] } }
window = 2
level = 40
dates = "half_yearly"
when_undefined = "fail"

[waterfalls]
collection = [
  { collect = { from = ["rent"], to = "cash" } },
  { accrue_interest = { notes = ["senior"] } },
  { run_tests = { tests = ["half_year", "two_halves"] } },
]
normal = [
  { pay_interest = { notes = ["senior"], from = ["cash"] } },
  { pay_principal = { notes = ["senior"], from = ["cash"] } },
  { distribute = { to = "owner", from = ["cash"] }, dates = "quarterly" },
]
"""
APRIL, JULY, OCTOBER, JANUARY = 2, 5, 8, 11


def run(waterfall_dates: str, factor: list[float] | None = None) -> cf.Result:
    """A run on the monthly grid; engine and reference agree on it and on random scenarios."""
    document = tomllib.loads(DEAL.replace("WATERFALL", waterfall_dates))
    factors = factor or [1.0] * 12
    assert differences(document, [{"factor": factors}, *generate_scenarios(document, 4, 1)]) == []
    result = cf.Deal.from_dict(document).compile().run({"factor": factors})
    assert len(result["cash.balance"]) == 12
    return result


def months(result: cf.Result, name: str) -> list[float]:
    return [float(value) for value in result[name][:, 0]]


def at(values: dict[int, float]) -> list[float]:
    """A value in some of the twelve months, 0 in the others."""
    return [values.get(month, 0) for month in range(12)]


@pytest.mark.parametrize("waterfall_dates", ["quarterly", "monthly"])
def test_cash_sums_up_by_the_month_and_interest_falls_due_by_the_quarter(waterfall_dates: str) -> None:
    """That a waterfall runs in the months between, in which nothing is due, changes no figure."""
    result = run(waterfall_dates)
    # 1,000 at 2%, then 900, 800 and 700
    assert months(result, "senior.interest_due") == at({APRIL: 20, JULY: 18, OCTOBER: 16, JANUARY: 14})
    assert months(result, "senior.interest_paid") == at({APRIL: 20, JULY: 18, OCTOBER: 16, JANUARY: 14})
    assert months(result, "senior.principal_paid") == at({APRIL: 100, JULY: 100, OCTOBER: 100, JANUARY: 700})
    # 30, 70, then 120 pay 120; 40, 80, then 120 pay 118; 62, 122, then 182 pay 116; 116, 166, then 1,066 pay 714
    assert months(result, "cash.balance") == [30, 70, 0, 40, 80, 2, 62, 122, 66, 116, 166, 0]
    assert months(result, "owner.distributed") == at({JANUARY: 352})


def test_a_half_yearly_test_is_read_on_its_dates_only() -> None:
    """July fails and keeps October's cash back too, though the quarter to October by itself would pass."""
    result = run("quarterly")
    # 240 / 238 and 1,180 / 830; between and before them nothing is read and the state stays
    read = {month: value for month, value in enumerate(months(result, "half_year.value")) if not math.isnan(value)}
    assert read == {JULY: 1.008403361, JANUARY: 1.421686747}
    assert months(result, "half_year.failing") == [0] * 5 + [1] * 6 + [0]
    assert result.metrics["half_year.n_breach_dates"][0] == 1
    assert result.metrics["half_year.first_breach_index"][0] == JULY


def test_a_window_counts_the_dates_of_its_test() -> None:
    """Two half-yearly readings, not two months: (120 + 1,000) / (18 + 14)."""
    value = months(run("quarterly"), "two_halves.value")
    assert value[JANUARY] == 35
    assert all(math.isnan(found) for found in value[:JANUARY])


def test_what_is_missed_stays_due_in_the_months_between() -> None:
    """No rent before May. Monthly, May pays the interest of April; of principal nothing is due before July."""
    late = [0.0] * 3 + [1.0] * 9
    monthly, quarterly = run("monthly", late), run("quarterly", late)
    assert months(monthly, "senior.interest_due")[:6] == [0, 0, 20, 20, 0, 20]
    assert months(monthly, "senior.interest_paid")[:6] == [0, 0, 0, 20, 0, 20]
    assert months(monthly, "senior.principal_paid")[:6] == [0, 0, 0, 0, 0, 80]
    assert months(quarterly, "senior.interest_due")[:6] == [0, 0, 20, 20, 20, 40]
    assert months(quarterly, "senior.interest_paid")[:6] == [0, 0, 0, 0, 0, 40]
    assert months(quarterly, "senior.principal_paid")[:6] == [0, 0, 0, 0, 0, 80]
