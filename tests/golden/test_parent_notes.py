"""High-yield notes of a neocloud parent: coupons, call prices, make-whole; and a compounded index.

SOURCE: 9.000% notes due 2031-02-01 (8-K of July 2025: 1,750 million, dated 2025-07-25, pays 1 February and 1 August
from 2026-02-01, make-whole to 2028-02-01, then 104.5 / 102.25 / 100). 9.250% notes due 2030-06-01 (2,000 million,
make-whole to 2027-06-01, then 104.625 / 102.313 / 100, that is par and half, then a quarter, of the coupon). SOFR
index: the administrator's published levels of 2025-01-17 and 2025-11-17. The prices and premium below are
arithmetic on these terms: 4.5 and 109 discounted at 2.25% a half-year.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

import cashfall as cf
from cashfall.testing.reference import Reference, run
from cashfall.testing.reference.document import load
from cashfall.testing.reference.indices import compounded_rate
from cashfall.testing.reference.numbers import SCALE, divide, mul_div
from cashfall.testing.reference.present_value import present_value, redemption_price

HALF_YEAR = Fraction(1, 2)
NINE = 175_000_000_000
"""1,750 million dollars in cents."""

NOTES = """
[deal]
name = "parent_notes"
currency = "USD"
closing_date = 2025-05-27
waterfall_dates = "coupons"

[schedules]
coupons = { dates = [2025-12-01, 2026-02-01, 2026-06-01, 2026-08-01] }
nine_dates = { regular = { first = 2026-02-01, last = 2031-02-01, months = 6 } }
other_dates = { regular = { first = 2025-12-01, last = 2030-06-01, months = 6 } }

[cashflows.operations]
direction = "in"
amounts = [
  [2025-12-01, 1_000_000_000], [2026-02-01, 1_000_000_000],
  [2026-06-01, 1_000_000_000], [2026-08-01, 1_000_000_000],
]

[accounts]
revenue = {}

[notes.nine]
original_balance = 1_750_000_000
dated_date = 2025-07-25
maturity_date = 2031-02-01
payment_dates = "nine_dates"
day_count = "30/360_bond_basis"
coupon = { fixed = { rate = 0.09 } }
amortisation = { bullet = {} }

[notes.nine_and_a_quarter]
original_balance = 2_000_000_000
dated_date = 2025-05-27
maturity_date = 2030-06-01
payment_dates = "other_dates"
day_count = "30/360_bond_basis"
coupon = { fixed = { rate = 0.0925 } }
amortisation = { bullet = {} }

[waterfalls]
collection = [
  { collect = { from = ["operations"], to = "revenue" } },
  { accrue_interest = { notes = ["nine", "nine_and_a_quarter"] } },
]
normal = [
  { pay_interest = { notes = ["nine", "nine_and_a_quarter"], from = ["revenue"] } },
  { pay_principal = { notes = ["nine", "nine_and_a_quarter"], from = ["revenue"] } },
]
"""


def test_first_coupons() -> None:
    """186 days of 30/360 from 25 July to 1 February, then half-years; the other pays 184 days, then 92.5 million."""
    outcome = run(NOTES)
    result = cf.load(load(NOTES)).compile().run(unit="cents", record="*")
    for name, expected in {
        "nine": {"2026-02-01": 8_137_500_000, "2026-08-01": 7_875_000_000},
        "nine_and_a_quarter": {"2025-12-01": 9_455_555_556, "2026-06-01": 9_250_000_000},
    }.items():
        for date, cents in expected.items():
            index = outcome.dates.index(dt.date.fromisoformat(date))
            assert outcome.flows[f"{name}.interest_paid"][index] == cents
            assert result[f"{name}.interest_paid"][index, 0] == cents


def test_the_first_period_has_186_days() -> None:
    assert Reference(NOTES).plan.notes["nine"].fractions[dt.date(2026, 2, 1)] == Fraction(186, 360)


def test_make_whole_one_year_before_the_call() -> None:
    """4.5 and 4.5 + 104.5 at 2.25% a half-year: 108.65669 per 100, a premium of 151.492 million on 1,750 million."""
    coupon = NINE * 9 // 200
    price = redemption_price(NINE, 1_045_000_000, [coupon, coupon], 45_000_000, [HALF_YEAR, HALF_YEAR], "half_up")
    exact = (Fraction(9, 2) + (109 / Fraction(10_225, 10_000))) / Fraction(10_225, 10_000)
    assert divide(exact.numerator * 10**5, exact.denominator, "half_up") == 10_865_669
    assert mul_div(price, 10**7, NINE, "half_up") == 10_865_669
    assert round((price - NINE) / 100_000_000, 3) == 151.492
    # Two roundings to a cent, the first discounted once: less than a cent away from the exact value.
    assert abs(price - exact * NINE / 100) < 1


def test_a_make_whole_is_never_below_par() -> None:
    """Discounted at far more than the coupon the flows are worth less than the balance, which is then paid itself."""
    assert redemption_price(100_00, SCALE, [0, 0], 500_000_000, [HALF_YEAR, HALF_YEAR], "half_up") == 100_00


def test_discounting_at_the_coupon_gives_par() -> None:
    coupon = NINE * 9 // 200
    flows = [*[coupon] * 9, coupon + NINE]
    assert present_value(flows, 90_000_000, [HALF_YEAR] * 10, "half_up") == NINE


@pytest.mark.parametrize(("rate", "prices"), [("0.0925", (104.625, 102.313, 100)), ("0.09", (104.5, 102.25, 100))])
def test_call_prices_are_par_and_parts_of_the_coupon(rate: str, prices: tuple[float, ...]) -> None:
    """Par and a half, a quarter and none of the coupon, to three decimals of a percent, a half away from zero."""
    coupon = Fraction(rate) * 100
    found = [100 + coupon / 2, 100 + coupon / 4, Fraction(100)]
    assert [divide((price * 1_000).numerator, (price * 1_000).denominator, "half_up") for price in found] == [
        round(price * 1_000) for price in prices
    ]


def test_the_index_compounds_to_its_rate() -> None:
    """Levels of 1.17720707 and 1.22069127, 304 days apart: 4.37429% on act/360."""
    n_days = (dt.date(2025, 11, 17) - dt.date(2025, 1, 17)).days
    rate = compounded_rate(1_177_207_070, 1_220_691_270, n_days, 360, "half_up")
    assert (n_days, divide(rate, 100, "half_up")) == (304, 437_429)


CALLS = {
    "nine": {
        "schedule": [["2028-02-01", 104.5], ["2029-02-01", 102.25], ["2030-02-01", 100]],
        "make_whole": {"rate": 0.045},
    },
    "nine_and_a_quarter": {
        "schedule": [["2027-06-01", 104.625], ["2028-06-01", 102.313], ["2029-06-01", 100]],
        "make_whole": {"index": "treasury", "spread": 0.005},
    },
}


def prepaid_on(note: str, date: str, principal: int) -> tuple[list[int], list[int]]:
    """Principal and premium that a step prepays on one date, in cents by the engine, which the reference confirms."""
    document = load(NOTES)
    document["inputs"] = {"treasury": {"unit": "number", "default": 0.04}}
    document["schedules"] |= {"once": {"dates": [date]}, "coupons": {"dates": ["2026-02-01", "2026-06-01", date]}}
    document["cashflows"]["operations"]["amounts"] = [[date, 5_000_000_000]]
    for name, call in CALLS.items():
        document["notes"][name]["call"] = call
    step = {"prepay": {"notes": [note], "from": ["revenue"], "amount": str(principal)}, "dates": "once"}
    document["waterfalls"]["normal"].append(step)
    outcome = run(document)
    result = cf.Deal.from_dict(document).compile().run(record="*", unit="cents")
    found = []
    for part in ("principal_paid", "premium_paid"):
        assert result[f"{note}.{part}"][:, 0].tolist() == outcome.flows[f"{note}.{part}"]
        found.append([int(amount or 0) for amount in outcome.flows[f"{note}.{part}"]])
    return found[0], found[1]


def test_a_step_makes_whole_one_year_before_the_call() -> None:
    """All 1,750 million on 2027-02-01 at 4.5%: 108.65669 per 100, a premium of 151.492 million."""
    principal, premium = prepaid_on("nine", "2027-02-01", 1_750_000_000)
    assert sum(principal) == NINE
    assert round(sum(premium) / 100_000_000, 3) == 151.492
    assert mul_div(NINE + sum(premium), 10**7, NINE, "half_up") == 10_865_669


@pytest.mark.parametrize(
    ("date", "price"), [("2027-06-01", "104.625"), ("2028-06-01", "102.313"), ("2029-06-01", "100")]
)
def test_call_prices_of_the_other_notes(date: str, price: str) -> None:
    principal, premium = prepaid_on("nine_and_a_quarter", date, 1_000_000)
    assert sum(principal) == 100_000_000
    assert sum(premium) == (Fraction(price) - 100) * 1_000_000
