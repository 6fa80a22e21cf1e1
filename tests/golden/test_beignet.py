"""The two shipped readings of Beignet: every figure that has been promised, and every cent frozen.

SOURCE: see `data/SOURCE.md`. Public terms; schedules are the project's own arithmetic. Yields and average lives were
worked out apart from this engine; the print of 5.68% at 109 around 2025-10-31 is from FT Alphaville, relayed by
a third party.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import cashfall as cf
from cashfall.testing.reference import Reference

DATA = Path(__file__).parent / "data"
NAMES = ("beignet", "beignet-level")
TABLES = {"beignet": "beignet_base_case_sculpted.csv", "beignet-level": "beignet_base_case.csv"}
FROZEN = (
    "senior.interest_paid",
    "senior.principal_paid",
    "senior.balance",
    "hyperion.issuer_rent",
    "construction.balance",
    "reserve.balance",
    "sponsor.distributed",
)
PRINCIPAL = 2_729_384_900_000
BASIS_POINT = 0.0001

Bases = dict[str, cf.Result]


@pytest.fixture(scope="module")
def bases() -> Bases:
    return {name: cf.load(name).compile().run(unit="cents") for name in NAMES}


@pytest.fixture(scope="module", params=NAMES)
def base(request: pytest.FixtureRequest, bases: Bases) -> cf.Result:
    return bases[request.param]


def column(result: cf.Result, name: str) -> list[int]:
    """A flow of the base case, in cents."""
    return [int(value) for value in result[name][:, 0]]


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# exact figures


def test_principal_is_repaid_exactly(base: cf.Result) -> None:
    assert base.metrics["senior.principal_paid"][0] == PRINCIPAL
    assert sum(column(base, "senior.principal_paid")) == PRINCIPAL
    assert column(base, "senior.balance")[-1] == 0
    assert base.metrics["senior.loss"][0] == 0


def test_fifteen_coupons_are_interest_only(base: cf.Result) -> None:
    interest = column(base, "senior.interest_paid")
    assert base.periods[:2] == ["2025-10-21", "2025-11-30"]
    assert base.periods[15] == "2029-05-30"
    assert interest[:2] == [0, 19_458_922_196]
    assert interest[2:16] == [44_905_205_067] * 14
    assert sum(interest[:16]) == 648_131_793_134
    assert not any(column(base, "senior.principal_paid")[:16])


def test_level_debt_service(bases: Bases) -> None:
    level = bases["beignet-level"]
    service = [
        a + b
        for a, b in zip(column(level, "senior.interest_paid"), column(level, "senior.principal_paid"), strict=True)
    ]
    assert service[16:95] == [61_601_716_781] * 79
    assert service[95:] == [61_601_716_735]
    assert service == column(level, "senior.scheduled_debt_service")


def test_sculpted_principal(bases: Bases) -> None:
    principal = column(bases["beignet"], "senior.principal_paid")
    assert (principal[16], principal[95]) == (8_533_099_011, 74_744_593_562)
    assert abs(principal[16] - 8_533_099_000) <= 100
    assert abs(principal[95] - 74_744_593_600) <= 100


def test_sculpted_coverage_is_at_least_112_but_for_the_clearing_instalment(bases: Bases) -> None:
    values = cf.analytics.dscr(bases["beignet"], "dscr")[:, 0]
    first = bases["beignet"].periods.index("2029-08-30")
    assert np.isnan(values[:first]).all()
    assert len(values[first:]) == 80
    assert (values[first:-1] >= 1.12).all()
    assert values[-1] == 1.119999999


def test_level_coverage_is_112(bases: Bases) -> None:
    values = bases["beignet-level"]["dscr.value"][16:, 0]
    assert [f"{value:.4f}" for value in set(values)] == ["1.1200"] * len(set(values))


def test_eighty_percent_of_flat_rent_does_not_carry_level_debt_service() -> None:
    what_if = cf.load("beignet-level").replace({"leases.hyperion.issuer_share": 0.80}).compile().run()
    values = what_if["dscr.value"][16:, 0]
    assert {f"{value:.4f}" for value in values} == {"0.9992"}
    assert what_if.metrics["dscr.first_breach_index"][0] == 16


# tables


def test_every_payment_within_a_dollar_of_the_table(base: cf.Result) -> None:
    """The tables hold millions rounded to $1 and no cents of their own."""
    table = rows(TABLES[base.plan.deal.name])
    assert [row["payment_date"] for row in table] == base.periods[1:]
    columns = {
        "interest_usd_m": "senior.interest_paid",
        "principal_usd_m": "senior.principal_paid",
        "debt_service_usd_m": "senior.scheduled_debt_service",
        "jv_rent_100pct_usd_m": "hyperion.rent",
    }
    for theirs, ours in columns.items():
        for row, cents in zip(table, column(base, ours)[1:], strict=True):
            assert abs(cents - round(float(row[theirs]) * 10**8)) <= 100, (row["payment_date"], theirs)


def test_balances_follow_the_table(base: cf.Result) -> None:
    """Each of the payments so far may be a dollar away, so the balance may be as many dollars away."""
    table = rows(TABLES[base.plan.deal.name])
    for n_payments, (row, cents) in enumerate(zip(table, column(base, "senior.balance")[1:], strict=True), start=1):
        assert abs(cents - round(float(row["closing_balance_usd_m"]) * 10**8)) <= 100 * n_payments


def test_cents_are_frozen_in_engine_and_reference(base: cf.Result) -> None:
    outcome = Reference(base.plan.deal.text).run()
    frozen = rows(f"{base.plan.deal.name}_cents.csv")
    assert [row["date"] for row in frozen] == base.periods == [date.isoformat() for date in outcome.dates]
    for name in FROZEN:
        cents = [int(row[name]) for row in frozen]
        assert cents == column(base, name), name
        assert cents == outcome.flows[name], name


# cash


def test_construction_account_is_never_negative_and_pays_the_coupons(base: cf.Result) -> None:
    balances = column(base, "construction.balance")
    assert min(balances) >= 0
    assert balances[15:] == [0] * 81
    paid = [row for row in base.ledger() if row["from"] == "construction" and row["to"] == "senior.interest"]
    assert sum(row["amount"] for row in paid) == 648_131_793_134


def test_sources_and_uses_balance_over_construction(base: cf.Result) -> None:
    """What remains after capex and the coupons, 1,392.5 million, funds the reserve and the costs."""
    sources = (
        PRINCIPAL + sum(column(base, "investment_income.amount")) + sum(column(base, "equity_contribution.amount"))
    )
    capex = sum(column(base, "capex.paid"))
    remains = sources - capex - sum(column(base, "senior.interest_paid")[:16])
    assert (sources, capex) == (3_090_384_900_000, 2_303_000_000_000)
    assert round(remains / 10**7) == 13_925
    assert remains == sum(column(base, "costs.paid")) + column(base, "reserve.balance")[15]


# prices


@pytest.mark.parametrize(("name", "percent"), [("beignet-level", 5.6827), ("beignet", 5.7234)])
def test_yield_at_109(bases: Bases, name: str, percent: float) -> None:
    found = cf.analytics.yield_from_price(bases[name], "senior", price=109.0, settle="2025-10-31")
    assert abs(found - percent / 100) <= 0.01 * BASIS_POINT
    assert abs(found - 0.0568) <= 5 * BASIS_POINT


@pytest.mark.parametrize(("name", "percent"), [("beignet-level", 6.58135), ("beignet", 6.58133)])
def test_yield_at_par_over_the_stub(bases: Bases, name: str, percent: float) -> None:
    found = cf.analytics.yield_from_price(bases[name], "senior", price=100.0, settle="2025-10-21")
    assert abs(found - percent / 100) <= 0.01 * BASIS_POINT


@pytest.mark.parametrize("settle", ["2025-11-30", "2026-02-28", "2028-02-29", "2037-05-30", "2049-02-28"])
def test_par_on_a_payment_date_yields_the_coupon(base: cf.Result, settle: str) -> None:
    """To within the cents that payments are rounded to: half a cent each, at most 190 of them, on the balance left."""
    found = cf.analytics.yield_from_price(base, "senior", price=100.0, settle=settle)
    balance = column(base, "senior.balance")[base.periods.index(settle)]
    assert abs(found - 0.06581) <= 4 * 190 / balance


@pytest.mark.parametrize(("name", "years"), [("beignet-level", "15.849"), ("beignet", "16.954")])
def test_average_life(bases: Bases, name: str, years: str) -> None:
    assert f"{cf.analytics.wal(bases[name], 'senior'):.3f}" == years
    assert f"{bases[name].metrics['senior.wal'][0]:.3f}" == years


# the deal around the note


def test_the_documents_carry_the_public_figures() -> None:
    """80% of the joint venture (7,000 / (7,000 + 4,300 - 2,550)), and 23,030 of capex, 80% of 28,787.5 (BG-1, BG-2)."""
    document = cf.load("beignet").to_dict()
    share = document["leases"]["hyperion"]["issuer_share"]
    assert share == 7_000 / (7_000 + 4_300 - 2_550)
    capex = sum(amount for _, amount in document["cashflows"]["capex"]["amounts"])
    assert round(capex, 2) == round(28_787.5e6 * share, 2) == 23_030e6
    assert document["notes"]["senior"]["original_balance"] == PRINCIPAL / 100


def test_first_sixteen_rents_sum_to_the_initial_commitment(base: cf.Result) -> None:
    """12,310 million over the first four years (Meta 10-K FY2025), to half a cent for each rent."""
    assert abs(sum(column(base, "hyperion.rent")[16:32]) - 1_231_000_000_000) <= 8


def write_frozen() -> None:
    for name in NAMES:
        result = cf.load(name).compile().run(unit="cents")
        with (DATA / f"{name}_cents.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["date", *FROZEN])
            writer.writerows(zip(result.periods, *(column(result, flow) for flow in FROZEN), strict=True))


if __name__ == "__main__":
    write_frozen()
