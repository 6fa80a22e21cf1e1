"""Debt service coverage of a real note, over three dates and for a cash trap, in one deal: figures by hand."""

from __future__ import annotations

import math
import tomllib

import pytest

import cashfall as cf
from cashfall.testing.scenario_paths import generate_scenarios
from differential import differences

# 1,000.00 at 8% in quarters. Interest and principal are 100.00 together on each date but the last:
# 20.00 + 80.00, 18.40 + 81.60, 16.77 + 83.23, 15.10 + 84.90, 13.41 + 86.59.
EVEN = ["80.00", "81.60", "83.23", "84.90", "86.59", "583.68"]
# Here they are 200.00 on the first date, and then 100.00:
# 20.00 + 180.00, 16.40 + 83.60, 14.73 + 85.27, 13.02 + 86.98, 11.28 + 88.72.
UNEVEN = ["180.00", "83.60", "85.27", "86.98", "88.72", "475.43"]
DATES = ["2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01", "2026-04-01", "2026-07-01"]

DEAL = """
[deal]
name = "coverage and trap"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "quarterly"

[schedules.quarterly]
regular = { first = 2025-04-01, last = 2026-07-01, months = 3 }

[inputs.rent]
unit = "amount"
default = 140.00

[leases.tower]
commencement = 2025-01-01
end = 2026-07-01
payment_dates = "quarterly"
base_rent = { input = "rent" }

[notes.senior]
original_balance = 1000.00
dated_date = 2025-01-01
maturity_date = 2026-07-01
payment_dates = "quarterly"
day_count = "30/360_us"
coupon = { fixed = { rate = 0.08 } }
amortisation = { explicit = { principal = [PRINCIPAL] } }

[accounts]
cash = {}
trap = {}

[equity.owner]

[tests.three_dates]
measure = { dscr = { cash_flow = "tower.rent", notes = ["senior"] } }
level = 1.35
window = 3
by = "BY"
dates = "quarterly"
when_undefined = "fail"

[tests.trapping]
measure = { dscr = { cash_flow = "tower.rent", notes = ["senior"] } }
level = 1.35
dates = "quarterly"
when_undefined = "fail"
effects = [{ cash_trap = { to = "trap" } }]

[waterfalls]
collection = [
  { collect = { from = ["tower"], to = "cash" } },
  { accrue_interest = { notes = ["senior"] } },
  { run_tests = { tests = ["three_dates", "trapping"] } },
]
normal = [
  { pay = { dues = ["senior.interest_due", "senior.principal_due"], from = ["cash"] } },
  { distribute = { to = "owner", from = ["cash"] } },
]
"""
BOTH = pytest.mark.parametrize("by", ["ratio_of_sums", "mean_of_ratios"])


def run(rent: list[float], principal: list[str], by: str) -> cf.Result:
    """A run; engine and reference agree on it and on random scenarios."""
    rows = ", ".join(f"[{date}, {amount}]" for date, amount in zip(DATES, principal, strict=True))
    document = tomllib.loads(DEAL.replace("PRINCIPAL", rows).replace("BY", by))
    assert differences(document, [{"rent": rent}, *generate_scenarios(document, 4, 1)]) == []
    return cf.Deal.from_dict(document).compile().run({"rent": rent})


def quarters(result: cf.Result, name: str) -> list[float]:
    return [float(value) for value in result[name][:, 0]]


@BOTH
def test_three_coverages_of_one_note_and_a_trap_beside_them(by: str) -> None:
    """1.30, 1.36 and 1.39 average to 1.35 and do not trip. Alone 1.30 and 1.34 trap all that is over, 1.35 nothing."""
    result = run([130.00, 136.00, 139.00, 134.00, 135.00, 900.00], EVEN, by)
    assert quarters(result, "senior.interest_paid")[:5] == [20.00, 18.40, 16.77, 15.10, 13.41]
    assert quarters(result, "senior.principal_paid")[:5] == [80.00, 81.60, 83.23, 84.90, 86.59]
    assert quarters(result, "trapping.value")[:5] == [1.3, 1.36, 1.39, 1.34, 1.35]
    assert quarters(result, "trapping.failing")[:5] == [1, 0, 0, 1, 0]
    assert quarters(result, "trap.balance")[:5] == [30.00, 30.00, 30.00, 64.00, 64.00]
    assert quarters(result, "owner.distributed")[:5] == [0.00, 36.00, 39.00, 0.00, 35.00]
    value = quarters(result, "three_dates.value")
    assert all(math.isnan(found) for found in value[:2])
    assert value[2:5] == [1.35, 1.363333333, 1.36]  # 405, 409 and 408 over 300
    assert quarters(result, "three_dates.failing")[:5] == [0, 0, 0, 0, 0]


@BOTH
def test_a_cent_less_trips(by: str) -> None:
    result = run([130.00, 136.00, 138.99, 134.99, 135.00, 900.00], EVEN, by)
    assert quarters(result, "three_dates.value")[2] == 1.349966667  # 404.99 over 300
    assert quarters(result, "three_dates.failing")[2] == 1
    assert quarters(result, "trapping.failing")[3:5] == [1, 0]
    assert quarters(result, "trap.balance")[2:5] == [30.00, 64.99, 64.99]


@pytest.mark.parametrize(("by", "value", "failing"), [("mean_of_ratios", 1.35, 0), ("ratio_of_sums", 1.3375, 1)])
def test_where_debt_service_differs_so_do_the_averages(by: str, value: float, failing: int) -> None:
    """260 over 200, 136 and 139 over 100: ratios of 1.30, 1.36 and 1.39, but sums of 535 over 400."""
    result = run([260.00, 136.00, 139.00, 134.00, 135.00, 900.00], UNEVEN, by)
    assert quarters(result, "trapping.value")[:5] == [1.3, 1.36, 1.39, 1.34, 1.35]
    assert quarters(result, "three_dates.value")[2] == value
    assert quarters(result, "three_dates.failing")[2] == failing
