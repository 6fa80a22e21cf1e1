"""The composite data-centre master trust: what its sources publish, and who loses what when its tenants leave.

SOURCE: Vantage US 2018-1 (S&P presale: appraised value 1,321 million, class A loan to value at most 70%, 250 million
of variable funding notes, first draw at most 75 million); Centersquare 2025-3/4 (Asset Securitization Report:
three-month average coverage under 1.35 times traps 100% of excess cash until cured; rent 560.0 million, net operating
income 300.4 million); DataBank 2023-1 (Asset Securitization Report: full turbo after the anticipated repayment date).
Cents are the project's own arithmetic.
"""

from __future__ import annotations

import numpy as np
import pytest

import cashfall as cf
from stressed import Scenario, column, metric, on, run, run_named

CLOSING, ARD = "2026-11-25", "2031-11-25"
NO_MARKET = {"refinancing": 0.0}


@pytest.fixture(scope="module")
def base() -> cf.Result:
    return run("datacenter-abs")


@pytest.fixture(scope="module")
def missed() -> cf.Result:
    return run("datacenter-abs", NO_MARKET)


@pytest.fixture(scope="module")
def disproven() -> cf.Result:
    return run_named("datacenter-abs", "thesis_disproven")


def repaid(result: cf.Result, note: str) -> str:
    balances = column(result, f"{note}.balance")
    return next(date for date, left in zip(result.periods[1:], balances[1:], strict=True) if left == 0)


# at closing


def test_the_first_draw_of_vantage_2018(base: cf.Result) -> None:
    """70% of 1,321 is 924.7: beside a class A-2 of 849.7 there is room for 75."""
    assert on(base, "class_a.balance", CLOSING) == 92_470_000_000
    assert on(base, "a_1.funded", CLOSING) == 7_500_000_000
    assert on(base, "a_1.room", CLOSING) == 17_500_000_000
    assert metric(base, "a_1.funded") == 7_500_000_000


@pytest.mark.parametrize(
    ("value", "drawn"), [(1_213_857_142.86, 0.0), (1_300_000_000.0, 60_300_000.0), (1_600_000_000.0, 250_000_000.0)]
)
def test_draws_within_the_cap_and_the_maximum(value: float, drawn: float) -> None:
    result = run("datacenter-abs", {"appraised_value": value})
    assert metric(result, "a_1.funded") == drawn * 100


def test_a_later_draw_is_stopped_while_cash_is_trapped() -> None:
    asked: Scenario = {
        "appraised_value": 1_400_000_000.0,
        "vfn_request": [(CLOSING, 0.0), ("2027-06-01", 10_000_000.0), ("2027-07-01", 0.0)],
    }
    assert column(run("datacenter-abs", asked), "a_1.funded")[7] == 1_000_000_000
    trapped = run("datacenter-abs", {**asked, "rent_factor": 0.75})
    assert on(trapped, "trap_dscr.failing", "2027-06-25") == 1
    assert not any(column(trapped, "a_1.funded"))


def test_the_margin_of_colocation_is_that_of_centersquare() -> None:
    assert round(1 - 300.4 / 560.0, 3) == 2 * 0.232
    document = cf.load("datacenter-abs").to_dict()
    assert (
        "0.232 * (colocation_east.rent + colocation_west.rent)"
        in document["fees"]["opex"]["amount"]["share_of"]["quantity"]
    )


def test_the_top_tenant_has_the_share_of_vantage_2025(base: cf.Result) -> None:
    rents = [
        on(base, f"{site}.rent", "2026-12-25") for site in ("campus", "edge", "colocation_east", "colocation_west")
    ]
    assert f"{rents[0] / sum(rents):.3f}" == "0.597"
    assert abs(sum(rents) * 12 - 12_500_000_000) <= 12


def test_the_reserve_is_six_months_of_senior_interest_and_the_expenses(base: cf.Result) -> None:
    """Half a year of 6.172% on 849.7 million and of 5.68% on 75 million, and 3 million."""
    assert on(base, "liquidity.balance", CLOSING) == 2_622_174_200 + 213_000_000 + 300_000_000


# the trap


def test_all_of_the_residual_is_trapped_under_135(base: cf.Result) -> None:
    """Centersquare: 100% until cured. At or above it nothing is, and what was trapped is released."""
    plan = cf.load("datacenter-abs").compile()
    factors = np.linspace(0.75, 0.90, 31)
    result = plan.run({"rent_factor": np.repeat(factors[None, :], len(plan.periods), axis=0)}, record="*", unit="cents")
    seen = set()
    for row in range(1, 61):
        for scenario in range(len(factors)):
            value = result["trap_dscr.value"][row, scenario]
            to_owner, in_trap = (result[name][row, scenario] for name in ("owner.distributed", "trap.balance"))
            assert to_owner == 0 if value < 1.35 else in_trap == 0, (row, scenario)
            seen.add(bool(value < 1.35))
    assert seen == {True, False}


def test_a_dip_is_trapped_and_released_to_the_cent() -> None:
    """Six months at 82% of rent: four three-month averages are under 1.35 and above 1.25."""
    dip = run("datacenter-abs", {"rent_factor": [("2028-01-01", 0.82), ("2028-07-01", 1.0)]})
    rows = range(dip.periods.index("2028-03-25"), dip.periods.index("2028-07-25"))
    values = [float(dip["trap_dscr.value"][row, 0]) for row in rows]
    assert all(1.25 < value < 1.35 for value in values)
    assert [column(dip, "trap.balance")[row] for row in rows] == [180_314_649, 357_776_521, 536_664_781, 714_126_653]
    assert not any(column(dip, "owner.distributed")[row] for row in rows)
    released = [row for row in dip.ledger() if row["from"] == "trap" and row["amount"]]
    assert [(row["to"], row["amount"], dip.periods[row["period"]]) for row in released] == [
        ("collections", 714_126_653, "2028-07-25")
    ]
    assert column(dip, "a_2.principal_paid")[rows[0] : rows[-1] + 1] == [0] * 4


def test_under_125_the_residual_repays_class_a() -> None:
    low = run("datacenter-abs", {"rent_factor": 0.77})
    assert metric(low, "amortization_dscr.first_breach_index") == 1
    first = low.periods.index("2026-12-25")
    assert float(low["amortization_dscr.value"][first, 0]) < 1.25
    assert column(low, "a_1.principal_paid")[first] > 0
    assert (column(low, "owner.distributed")[first], column(low, "trap.balance")[first]) == (0, 0)


# the anticipated repayment date


def test_on_the_ard_a_new_series_repays_the_first(base: cf.Result) -> None:
    assert on(base, "series_2.funded", ARD) == 105_680_000_000
    assert [on(base, f"{note}.balance", ARD) for note in ("a_1", "a_2", "class_b")] == [0, 0, 0]
    assert metric(base, "a_2.additional_interest_paid") == 0
    assert metric(base, "notes.loss") == 0
    assert repaid_after(base, "series_2", ARD) == "2045-08-25"


def repaid_after(result: cf.Result, note: str, since: str) -> str:
    return next(date for date in result.periods if date > since and on(result, f"{note}.balance", date) == 0)


def test_ard_missed_is_full_turbo(missed: cf.Result) -> None:
    """DataBank: interest only to the ARD, then every cent to principal, class by class; the owner has nothing."""
    assert column(missed, "a_2.principal_paid")[:61] == [0] * 61
    order = [repaid(missed, note) for note in ("a_1", "a_2", "class_b")]
    assert order == ["2033-03-25", "2041-06-25", "2042-04-25"]
    last = missed.periods.index(order[-1])
    assert column(missed, "owner.distributed")[61:last] == [0] * (last - 61)
    for row in range(61, last):
        if column(missed, "a_1.balance")[row]:
            assert column(missed, "a_2.principal_paid")[row] == 0
        if column(missed, "a_2.balance")[row]:
            assert column(missed, "class_b.principal_paid")[row] == 0
    assert metric(missed, "notes.loss") == 0


def test_additional_interest_accrues_from_the_ard_and_waits_for_principal(missed: cf.Result) -> None:
    after = missed.periods.index("2031-12-25")
    assert column(missed, "a_2.additional_interest_accrued")[: after + 1] == [0] * after + [354_041_667]
    paid = column(missed, "a_2.additional_interest_paid")
    assert not any(paid[: missed.periods.index(repaid(missed, "class_b"))])
    assert sum(paid) == 25_533_112_753
    assert metric(missed, "a_2.interest_shortfall") == 0


# the stress


def test_slow_productivity_costs_time_and_the_owner() -> None:
    slow = run_named("datacenter-abs", "slow_productivity")
    assert metric(slow, "series_2.funded") == 0
    assert [repaid(slow, note) for note in ("a_1", "a_2", "class_b")] == ["2033-05-25", "2042-10-25", "2043-08-25"]
    assert metric(slow, "notes.loss") == 0


def test_who_is_short_when_the_thesis_is_disproven(disproven: cf.Result) -> None:
    short = {
        note: next(date for date in disproven.periods if on(disproven, f"{note}.interest_shortfall", date))
        for note in ("a_1", "a_2", "class_b")
    }
    assert short == {"class_b": "2028-06-25", "a_2": "2029-05-25", "a_1": "2029-06-25"}
    assert [round(metric(disproven, f"{note}.loss") / 1e8, 3) for note in ("a_1", "a_2", "class_b")] == [
        79.127,
        910.517,
        357.165,
    ]


def test_after_enforcement_class_a_1_and_a_2_share(disproven: cf.Result) -> None:
    """What the second site brings goes to both, in proportion to what is left of them: one factor but for a cent."""
    assert on(disproven, "acceleration.active", "2029-05-25") == 1
    assert on(disproven, "edge.issuer_proceeds", "2037-11-25") == 13_288_888_889
    before = [on(disproven, f"{note}.balance", "2037-10-25") for note in ("a_1", "a_2")]
    paid = [on(disproven, f"{note}.principal_paid", "2037-11-25") for note in ("a_1", "a_2")]
    assert sum(paid) == 13_288_888_889
    assert abs(paid[0] - sum(paid) * before[0] / sum(before)) <= 1
    assert on(disproven, "class_b.principal_paid", "2037-11-25") == 0
