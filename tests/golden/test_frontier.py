"""Vantage Frontier: the loan to the cent, who refinances it and when, and what is left if nobody does.

SOURCE: 23.25bn of the 38bn for Frontier and Lighthouse (14.75bn), about SOFR+250, four years and two extensions of
one, 1% up front (Bloomberg, relayed). Rent is the share of the loan that is audited at Abilene. What happens in the
stresses is this project's arithmetic on terms of its own.
"""

from __future__ import annotations

import numpy as np
import pytest

import cashfall as cf
from cashfall.stress import losses
from cashfall.testing import engine, laws
from differential import differences

LOAN = 23_250_000_000.00
Inputs = dict[str, list[float]]


@pytest.fixture(scope="module")
def plan() -> cf.Plan:
    return cf.load("frontier").compile()


def path(plan: cf.Plan, start: str, end: str, value: float, otherwise: float = 0.0) -> list[float]:
    return [value if start <= date < end else otherwise for date in plan.periods]


def stresses(plan: cf.Plan) -> dict[str, Inputs]:
    n = len(plan.periods)
    gone = path(plan, "2030-06-30", "9999", 1.0)
    half = [0.5 * 621_714_000.00] * n
    deferred = path(plan, "2029-07-31", "2032-05-01", 1.0)
    nobody = {"refi_available": [0.0] * n}
    return {
        "base": {},
        "a year late": {"delay": [4.0] * n},
        "two years late": {"delay": [8.0] * n},
        "one year": {"refi_available": path(plan, "2030-10-31", "9999", LOAN)},
        "four years": {"refi_available": path(plan, "2033-10-31", "9999", LOAN)},
        "nobody": nobody,
        "no extension": {**nobody, "extensions": [0.0] * n},
        "dear": {"refi_spread": [0.055] * n},
        "deferred": {"force_majeure": deferred},
        "deferred, dear": {"force_majeure": deferred, "refi_spread": [0.055] * n},
        "let at 100%": {**nobody, "tenant_defaults": gone},
        "let at 50%": {**nobody, "tenant_defaults": gone, "relet_rent": half},
        "after refinancing": {"tenant_defaults": gone, "relet_rent": half},
        "sofr": {"sofr": [0.06] * n},
    }


def run(plan: cf.Plan, inputs: Inputs) -> cf.Result:
    return plan.run({name: np.array(values)[:, None] for name, values in inputs.items()}, record="*", unit="cents")


def dates(result: cf.Result, flow: str) -> list[str]:
    return [date for date, value in zip(result.periods, result[flow][:, 0], strict=True) if value]


def test_the_published_terms() -> None:
    document = cf.load("frontier").to_dict()
    loan = document["notes"]["loan"]
    assert loan["funding"]["maximum"] / 1e9 + 14.75 == 38
    assert loan["coupon"]["floating"]["margin"] == 0.025
    maturities = [str(loan["maturity_date"]), *map(str, loan["extension"]["maturity_dates"][:2])]
    assert maturities == ["2029-10-31", "2030-10-31", "2031-10-31"]
    assert str(document["deal"]["closing_date"]) == "2025-10-31"
    assert document["fees"]["upfront"]["amount"]["table"][0][1] == 0.01 * LOAN


def test_rent_is_that_share_of_the_loan_which_is_audited_at_abilene(plan: cf.Plan) -> None:
    base = run(plan, {})
    rent = base["oracle.rent"][:, 0][base["oracle.n_rents"][:, 0] <= 4].sum()
    assert rent == 4 * round(LOAN * 244.728 / 2_288 / 4, -3) * 100 == 248_685_600_000
    assert f"{100 * rent / 2_325_000_000_000:.2f}" == "10.70"


def test_draws_are_the_loan(plan: cf.Plan) -> None:
    """They pay the fee, interest and the campus; the guarantee is not called."""
    base = run(plan, {})
    done = base.periods.index("2028-04-30")
    assert base["loan.funded"][: done + 1, 0].sum() == base["loan.funded"].sum() == 2_325_000_000_000
    uses = ("upfront.paid", "commitment.paid", "capex.paid", "loan.interest_paid")
    paid = sum(int(base[flow][: done + 1, 0].sum()) for flow in uses)
    assert paid == 2_325_000_000_000 + 410_300_000_000
    assert base.metrics["completion_guarantee.draws"][0] == 0


def test_the_first_maturity(plan: cf.Plan) -> None:
    base = run(plan, {})
    assert dates(base, "takeout.funded") == dates(base, "loan.principal_paid") == ["2029-10-31"]
    assert base["takeout.funded"].sum() == 2_325_000_000_000
    assert dates(base, "takeout.principal_paid")[-1] == "2042-07-31"
    assert not base["status"].any()
    assert f"{base.metrics['icr.minimum'][0]:.4f}" == "1.6223"


@pytest.mark.parametrize(
    ("rate", "refinanced", "extended"),
    [(0.0913, "2029-10-31", 0), (0.0914, "2030-04-30", 1), (0.1, "2031-07-31", 2), (0.105, "2032-01-31", 2)],
)
def test_what_the_market_may_ask(plan: cf.Plan, rate: float, refinanced: str, extended: int) -> None:
    result = run(plan, {"refi_spread": [rate - 0.0395] * len(plan.periods)})
    assert dates(result, "takeout.funded") == [refinanced]
    assert result["loan.extended"][-1, 0] == extended


@pytest.mark.parametrize(
    ("name", "refinanced", "in_default", "repaid", "loss"),
    [
        ("one year", "2030-10-31", 0, "2042-10-31", 0),
        ("four years", "2033-10-31", 8, "2042-10-31", 0),
        ("nobody", None, 43, "2042-07-31", 0),
        ("no extension", None, 53, "2043-01-31", 0),
        ("dear", "2030-07-31", 12, None, 370_117_636_795),
        ("deferred", "2032-07-31", 3, "2043-04-30", 0),
        ("deferred, dear", "2032-07-31", 15, None, 497_795_147_461),
        ("let at 100%", None, 63, "2046-04-30", 0),
        ("let at 50%", None, 63, None, 1_285_689_624_173),
        ("after refinancing", "2029-10-31", 63, None, 1_123_553_888_172),
    ],
)
def test_the_balloon(
    plan: cf.Plan, name: str, refinanced: str | None, in_default: int, repaid: str | None, loss: int
) -> None:
    result = run(plan, stresses(plan)[name])
    assert dates(result, "takeout.funded") == ([refinanced] if refinanced else [])
    assert (result["status"][:, 0] == 2).sum() == in_default
    assert result.metrics["debt.loss"][0] == loss
    if repaid:
        assert dates(result, "debt.principal_paid")[-1] == repaid


def test_interest_runs_after_the_final_maturity(plan: cf.Plan) -> None:
    """At 2% more, from the date on after the one on which the loan was not repaid."""
    result = run(plan, stresses(plan)["nobody"])
    rate = dict(zip(result.periods, result["loan.rate"][:, 0], strict=True))
    assert [round(rate[date], 4) for date in ("2031-10-31", "2032-01-31", "2042-04-30")] == [0.0645, 0.0845, 0.0845]
    last = result.periods.index("2042-04-30")
    assert result["loan.interest_accrued"][last, 0] == result["loan.interest_paid"][last, 0] > 0


def test_engine_is_the_reference_and_the_laws_hold(plan: cf.Plan) -> None:
    defaults = {info["name"]: [float(value) for value in info["default"]] for info in plan.inputs}
    cases = stresses(plan)
    assert differences(plan.deal.to_dict(), [defaults | inputs for inputs in cases.values()]) == []
    for inputs in cases.values():
        laws.check(engine.view(run(plan, inputs), 0))


def test_who_loses_in_the_two_stories(plan: cf.Plan) -> None:
    lost = {(row["scenario"], row["layer"]): (row["lost"], row["short_from"]) for row in losses(plan)}
    assert not any(lost["base", layer][0] for layer in ("loan", "takeout", "owners"))
    assert lost["slow_productivity", "loan"] == (0.0, "2029-07-31")
    assert lost["slow_productivity", "takeout"] == (4977951474.61, "2032-10-31")
    assert lost["slow_productivity", "owners"] == (8461288490.3, "2029-07-31")
    assert lost["thesis_disproven", "loan"] == (12856896241.73, "2030-07-31")
    assert lost["thesis_disproven", "takeout"] == (0.0, None)
    assert lost["thesis_disproven", "owners"] == (10828934906.75, "2031-01-31")
