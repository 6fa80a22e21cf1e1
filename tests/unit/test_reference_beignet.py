"""The reference on a hand-written Beignet: figures worked out apart from it.

SOURCE: public facts of the financing (notes, dates, coupon) and the project's base case: rent of 748,136,257.20 a
quarter rising 1.86919% a year, 80% of it the issuer's, coverage of 1.12 from 2029-08-30.
"""

from __future__ import annotations

import datetime as dt

from cashfall.testing.reference import Outcome, Reference

COMMON = """
[deal]
name = "beignet"
currency = "USD"
closing_date = 2025-10-21
waterfall_dates = "quarters"
extra_dates = "quarters"

[schedules]
quarters = { regular = { first = 2025-11-30, last = 2049-05-30, months = 3, day = 30 } }

[inputs]
rent_factor = { unit = "number", default = 1 }

[leases.hyperion]
commencement = 2029-05-30
end = 2049-05-30
payment_dates = "quarters"
base_rent = { per_date = RENT }
escalator = { annual = ESCALATOR }
factor = "rent_factor"
issuer_share = SHARE

[accounts]
construction = { opening_balance = 7000000000.00 }
revenue = {}

[notes.senior]
original_balance = 27293849000.00
dated_date = 2025-10-21
maturity_date = 2049-05-30
payment_dates = "quarters"
day_count = "30e/360_isda"
coupon = { fixed = { rate = 0.06581 } }
amortisation = AMORTISATION

[equity.sponsor]

[tests.dscr]
measure = { dscr = { cash_flow = "hyperion.issuer_rent", notes = ["senior"] } }
level = 1.05
dates = "quarters"
first_date = 2029-08-30
when_undefined = "hold"

[[waterfalls.collection]]
collect = { from = ["hyperion"], to = "revenue" }
[[waterfalls.collection]]
accrue_interest = { notes = ["senior"] }
[[waterfalls.collection]]
run_tests = { tests = ["dscr"] }

[[waterfalls.normal]]
pay_interest = { notes = ["senior"], from = ["revenue", "construction"] }
[[waterfalls.normal]]
pay_principal = { notes = ["senior"], from = ["revenue", "construction"] }
"""

SCULPTED = (
    COMMON.replace("RENT", "748136257.20")
    .replace("ESCALATOR", "0.0186919")
    .replace("SHARE", "0.80")
    .replace("AMORTISATION", '{ sculpted = { first_date = 2029-08-30, cash_flow = "hyperion.issuer_rent" } }')
)
LEVEL = (
    COMMON.replace("RENT", "769375000.00")
    .replace("ESCALATOR", "0")
    .replace("SHARE", "0.89675")
    .replace("AMORTISATION", "{ level = { first_date = 2029-08-30 } }")
)


def column(outcome: Outcome, name: str) -> list[int]:
    """An amount's flow, all of it defined."""
    return [int(value) for value in outcome.flows[name] if value is not None]


def check_interest_only_period(outcome: Outcome) -> None:
    interest = column(outcome, "senior.interest_paid")
    assert outcome.dates[0] == dt.date(2025, 11, 30)
    assert interest[0] == 19_458_922_196
    assert sum(interest[:15]) == 648_131_793_134
    assert column(outcome, "senior.principal_paid")[:15] == [0] * 15
    assert outcome.metrics["senior.principal_paid"] == 2_729_384_900_000
    assert outcome.metrics["senior.loss"] == 0


def test_sculpted_schedule() -> None:
    outcome = Reference(SCULPTED).run()
    check_interest_only_period(outcome)
    principal = column(outcome, "senior.principal_paid")
    assert (principal[15], principal[-1]) == (8_533_099_011, 74_744_593_562)
    values = column(outcome, "dscr.value")
    assert min(values[:-1]) >= 1_120_000_000
    assert values[-1] == 1_119_999_999
    assert f"{outcome.metrics['senior.wal']:.3f}" == "16.954"


def test_level_schedule() -> None:
    outcome = Reference(LEVEL).run()
    check_interest_only_period(outcome)
    service = column(outcome, "senior.scheduled_debt_service")
    assert set(service[15:-1]) == {61_601_716_781}
    assert len(service[15:-1]) == 79
    assert service[-1] == 61_601_716_735
    assert f"{outcome.metrics['senior.wal']:.3f}" == "15.849"
