"""Abilene DC 1 LLC: the audited figures to the cent, and what a deferral, a default or a delay does.

SOURCE: facility 2,288m, drawn 2,025.861m on 2025-12-31, rent of the first year about 244.728m, Oracle 100% for 15
years: audited accounts 2025 of Abilene DC 1 LLC, filed by Blue Owl Real Estate Net Lease Trust. What happens in the
stresses is this project's arithmetic on terms of its own.
"""

from __future__ import annotations

import numpy as np
import pytest

import cashfall as cf
from cashfall.stress import losses
from cashfall.testing import engine, laws
from differential import differences

END = "2041-06-30"
MARKET = 61_182_000.00
Inputs = dict[str, list[float]]


@pytest.fixture(scope="module")
def plan() -> cf.Plan:
    return cf.load("abilene").compile()


def path(plan: cf.Plan, start: str, end: str, value: float, otherwise: float = 0.0) -> list[float]:
    return [value if start <= date < end else otherwise for date in plan.periods]


def stresses(plan: cf.Plan) -> dict[str, Inputs]:
    n = len(plan.periods)
    gone = path(plan, "2030-06-30", "9999", 1.0)
    deferred = path(plan, "2028-09-30", "2031-07-01", 1.0)
    return {
        "base": {},
        "a year late": {"delay": [4.0] * n},
        "two years late": {"delay": [8.0] * n},
        "sofr": {"sofr": [0.06] * n},
        "deferred": {"force_majeure": deferred},
        "deferred, then default": {"force_majeure": deferred, "tenant_defaults": gone},
        "let at 100%": {"tenant_defaults": gone},
        "let at 75%": {"tenant_defaults": gone, "relet_rent": [0.75 * MARKET] * n},
        "let at 50%": {"tenant_defaults": gone, "relet_rent": [0.50 * MARKET] * n},
        "no claim": {"tenant_defaults": gone, "relet_rent": [0.50 * MARKET] * n, "claim_recovery": [0.0] * n},
    }


def run(plan: cf.Plan, inputs: Inputs) -> cf.Result:
    return plan.run({name: np.array(values)[:, None] for name, values in inputs.items()}, record="*", unit="cents")


def short(result: cf.Result) -> list[str]:
    """The dates on which interest or principal of the term loan stays unpaid."""
    unpaid = result["term.interest_shortfall"] + result["term.principal_shortfall"]
    return [date for date, cents in zip(result.periods, unpaid[:, 0], strict=True) if cents]


def test_the_audited_amounts(plan: cf.Plan) -> None:
    base = run(plan, {})
    drawn = base["construction.balance"][base.periods.index("2025-12-31"), 0]
    facility = base.metrics["construction.funded"][0]
    rent = base["oracle.rent"][:, 0][base["oracle.n_rents"][:, 0] <= 4].sum()
    assert (drawn, facility, rent) == (202_586_100_000, 228_800_000_000, 24_472_800_000)
    assert f"{100 * drawn / facility:.2f}" == "88.54"
    assert f"{100 * rent / facility:.2f}" == "10.70"
    # With rent as net income: interest on the whole facility is covered 1.20 times at 8.91%.
    assert f"{100 * rent / facility / 1.2:.2f}" == "8.91"


def test_sixty_rents_repay_the_loan(plan: cf.Plan) -> None:
    base = run(plan, {})
    end = base.periods.index(END)
    assert base["oracle.expired"][:, 0].nonzero()[0].tolist() == [end]
    assert base["oracle.n_rents"][end, 0] == 60
    assert base["term.balance"][end - 1, 0] > 0
    assert base["term.balance"][end, 0] == 0
    assert base["term.principal_paid"][:, 0].sum() == 228_800_000_000
    assert {f"{value:.4f}" for value in base["dscr.value"][:, 0] if value == value} == {"1.1803"}
    assert not short(base)


def test_sources_and_uses(plan: cf.Plan) -> None:
    """Equity and draws pay for buildings, interest, fees and the first reserve; nothing is left on completion."""
    base = run(plan, {})
    done = base.periods.index("2026-06-30")
    assert base["building.balance"][done, 0] == 0
    assert base["reserve.balance"][done, 0] == base["reserve.target"][done, 0] == 5_183_669_742
    sources = 228_800_000_000 + base["equity_contribution.amount"][:, 0].sum()
    uses = sum(base[f"{name}"][: done + 1, 0].sum() for name in ("capex.paid", "construction.interest_paid"))
    assert sources == uses + base["commitment.paid"][:, 0].sum() + 5_183_669_742


@pytest.mark.parametrize(
    ("name", "loss", "first", "last"),
    [
        ("a year late", 0, None, None),
        ("two years late", 0, "2027-12-31", "2034-06-30"),
        ("sofr", 0, "2027-12-31", "2033-09-30"),
        ("deferred", 0, "2028-12-31", "2033-09-30"),
        ("let at 100%", 0, "2030-09-30", "2042-09-30"),
        ("let at 75%", 65_087_297_314, "2030-09-30", "2044-06-30"),
        ("let at 50%", 168_871_283_047, "2030-09-30", "2044-06-30"),
        ("no claim", 204_095_319_495, "2030-09-30", "2044-06-30"),
    ],
)
def test_who_is_short_and_when(plan: cf.Plan, name: str, loss: int, first: str | None, last: str | None) -> None:
    result = run(plan, stresses(plan)[name])
    assert result.metrics["term.loss"][0] == loss
    dates = short(result)
    assert (dates[0], dates[-1]) == (first, last) if first else not dates


def test_a_delay_is_the_owners_loss(plan: cf.Plan) -> None:
    """Their guarantee pays what the reserve does not, until the first rent; rent pays it back."""
    late = run(plan, stresses(plan)["a year late"])
    assert late.metrics["completion_guarantee.draws"][0] == 15_551_009_226
    assert late.metrics["completion_guarantee.repaid"][0] == 15_551_009_226
    later = run(plan, stresses(plan)["two years late"])
    assert later.metrics["completion_guarantee.draws"][0] == 22_880_000_000
    # The lease is as long as ever: sixty rents, the last two years after the loan's maturity.
    assert later.periods[later["oracle.expired"][:, 0].nonzero()[0][0]] == "2043-06-30"


def test_deferred_rent_comes_back(plan: cf.Plan) -> None:
    base, deferred = (run(plan, stresses(plan)[name]) for name in ("base", "deferred"))
    assert (deferred["oracle.rent"][:, 0] == 0)[15:27].all()
    assert deferred.metrics["oracle.scheduled_rent"][0] == base.metrics["oracle.scheduled_rent"][0]
    assert deferred.metrics["oracle.rent"][0] == base.metrics["oracle.rent"][0]
    # A tenant that defaults owes it too.
    alone, both = (run(plan, stresses(plan)[name]) for name in ("let at 100%", "deferred, then default"))
    owed = both["oracle.deferred"][both.periods.index("2030-03-31"), 0]
    assert both["oracle.claimed"].sum() == alone["oracle.claimed"].sum() + owed


def test_engine_is_the_reference_and_the_laws_hold(plan: cf.Plan) -> None:
    defaults = {info["name"]: [float(value) for value in info["default"]] for info in plan.inputs}
    cases = stresses(plan)
    assert differences(plan.deal.to_dict(), [defaults | inputs for inputs in cases.values()]) == []
    for inputs in cases.values():
        laws.check(engine.view(run(plan, inputs), 0))


def test_who_loses_in_the_two_stories(plan: cf.Plan) -> None:
    lost = {(row["scenario"], row["layer"]): (row["lost"], row["short_from"]) for row in losses(plan)}
    assert not any(lost["base", layer][0] for layer in ("term", "sponsors"))
    assert lost["slow_productivity", "term"] == (0.0, "2028-12-31")
    assert lost["slow_productivity", "sponsors"] == (108589239.14, "2028-09-30")
    assert lost["thesis_disproven", "term"] == (1688712830.47, "2030-09-30")
    assert lost["thesis_disproven", "sponsors"] == (1070433383.69, "2030-06-30")
