"""The rate that a compounded index earned between two days, as its administrator publishes it, from a run.

SOURCE: the SOFR Index of the Federal Reserve Bank of New York, 1.17720707 on 2025-01-17 and 1.22069127 on 2025-11-17.
Its formula, (end / start - 1) * 360 / days, gives 4.37429% over these 304 days, to five decimals of a percent.
"""

from __future__ import annotations

import tomllib
from fractions import Fraction

import pytest

import cashfall as cf
from cashfall.testing.reference import Reference
from cashfall.testing.scenario_paths import generate_scenarios
from differential import differences

START, END = "1.17720707", "1.22069127"
DAYS, PERCENT = 304, Fraction("4.37429")

# A hundred million, so that a cent of interest is less than a thousandth of the last decimal.
DEAL = """
[deal]
name = "published index"
currency = "USD"
closing_date = 2025-01-17
waterfall_dates = "maturity"
extra_dates = "closing"

[schedules]
closing = { dates = [2025-01-17] }
maturity = { dates = [2025-11-17] }

[inputs.level]
unit = "number"
maximum = 5
default_steps = [[2025-01-17, 1.17720707], [2025-11-17, 1.22069127]]

[cashflows.income]
direction = "in"
amounts = [[2025-11-17, 110_000_000.00]]

[notes.senior]
original_balance = 100_000_000.00
dated_date = 2025-01-17
maturity_date = 2025-11-17
payment_dates = "maturity"
day_count = "act/360"
coupon = COUPON
amortisation = { bullet = {} }

[accounts.cash]

[waterfalls]
collection = [
  { collect = { from = ["income"], to = "cash" } },
  { accrue_interest = { notes = ["senior"] } },
]
normal = [
  { inspect = { name = "rate", value = "divide(senior.interest_accrued * 360, senior.balance * 304, 0)" } },
  { pay_interest = { notes = ["senior"], from = ["cash"] } },
  { pay_principal = { notes = ["senior"], from = ["cash"] } },
]
"""


def run(coupon: str, day_count: str = "act/360") -> cf.Result:
    """A run with this coupon, which is the reference's in every figure."""
    document = tomllib.loads(DEAL.replace("COUPON", coupon).replace("act/360", day_count))
    published = {"level": [float(START), float(END)]}
    assert differences(document, [published, *generate_scenarios(document, 4, 1)]) == []
    return cf.Deal.from_dict(document).compile().run(unit="cents")


def paid(result: cf.Result) -> int:
    return int(result["senior.interest_paid"][1, 0])


def test_the_growth_of_the_index_is_its_published_rate() -> None:
    """The interest of a note that earns the growth, as a rate of actual/360: 4.37429%."""
    result = run('{ index_level = { index = "level" } }')
    growth = (Fraction(END) - Fraction(START)) / Fraction(START)
    assert paid(result) == round(10**10 * growth)
    billionths = round(float(result["inspect.rate"][1, 0]) * 10**9)
    assert round(Fraction(billionths, 100)) == PERCENT * 10**5
    reference = Reference(DEAL.replace("COUPON", '{ index_level = { index = "level" } }')).run()
    assert reference.flows["inspect.rate"] == [0, billionths]


def test_a_note_records_the_published_rate() -> None:
    """The index formula as the coupon's, rounded to five decimals of a percent as rates are."""
    growth = "divide(inputs.level - lag(inputs.level, 1, 1), lag(inputs.level, 1, 1), 0)"
    rate = f'rate = "{growth} * 360 / {DAYS}", all_in_cap = 0.5, rate_decimals = 7'
    result = run(f"{{ formula = {{ {rate} }} }}")
    assert float(result["senior.rate"][1, 0]) == float(PERCENT / 100)
    # 100 million at 4.37429% over 304 / 360 of a year
    assert paid(result) == round(10**10 * PERCENT / 100 * Fraction(DAYS, 360))


@pytest.mark.parametrize("day_count", ["act/360", "act/365f", "30e/360", "act/act_isda"])
def test_the_published_rate_is_one_of_actual_over_360(day_count: str) -> None:
    """At the published rate a note earns what the index does, to half of the last decimal: 0.000005% of 100 million
    over 304 days. In other day counts it does not.
    """
    by_level = paid(run('{ index_level = { index = "level" } }'))
    by_rate = paid(run(f"{{ fixed = {{ rate = {float(PERCENT / 100)} }} }}", day_count))
    is_near = abs(by_level - by_rate) <= 10**10 * Fraction(5, 10**8) * Fraction(DAYS, 360)
    assert is_near == (day_count == "act/360")
