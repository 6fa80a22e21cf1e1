"""Valor's chips for xAI: the published shares, and what lenders and partners have when xAI stops paying.

SOURCE: 5.4bn of chips, 3.5bn of debt, triple net, residual to the partners (Apollo release of 2026-01-07, via Compute
Credit Index Research); a programme of about 20bn with up to 12.5bn of debt (press); an executed resale of 11,500
dollars against 23,551 as a going concern (Compute Credit Index Research, 2026-07-22). Rent, coupon and amortisation are
the project's own, so what the stresses bring is its arithmetic.
"""

from __future__ import annotations

import numpy as np
import pytest

import cashfall as cf
from cashfall.stress import losses
from cashfall.testing import engine, laws
from differential import differences

Inputs = dict[str, list[float]]
DAYS = ("2027-01-07", "2028-01-07", "2029-01-07", "2030-01-07")


@pytest.fixture(scope="module")
def plan() -> cf.Plan:
    return cf.load("xai-valor").compile()


def run(plan: cf.Plan, inputs: Inputs) -> cf.Result:
    return plan.run({name: np.array(values)[:, None] for name, values in inputs.items()}, record="*", unit="cents")


def default_on(plan: cf.Plan, day: str, realised: float = 0.488302, recovery: float = 0.0) -> Inputs:
    n = len(plan.periods)
    return {
        "lessee_defaults": [float(date >= day) for date in plan.periods],
        "realised": [realised] * n,
        "claim_recovery": [recovery] * n,
    }


def test_the_published_shares(plan: cf.Plan) -> None:
    base = run(plan, {})
    debt, cost = base["senior.balance"][0, 0], base["purchase.paid"][0, 0]
    assert (debt, cost) == (350_000_000_000, 540_000_000_000)
    assert f"{100 * debt / cost:.1f}" == "64.8"
    assert f"{100 * 12.5 / 20:.1f}" == "62.5"
    assert base["equity.amount"][0, 0] == cost - debt
    document = cf.load("xai-valor").to_dict()
    assert document["inputs"]["realised"]["default"] == round(11_500 / 23_551, 6)


def test_twenty_rents_repay_the_loan(plan: cf.Plan) -> None:
    base = run(plan, {})
    end = base.periods.index("2031-01-07")
    assert base["chips.n_rents"][end, 0] == 20
    assert base["senior.balance"][end, 0] == 0 < base["senior.balance"][end - 1, 0]
    service = base["senior.scheduled_debt_service"][1 : end + 1, 0].tolist()
    assert service == [22_451_495_057] * 19 + [22_451_495_059]
    assert round(1.4 * service[0], -7) == base["chips.rent"][1, 0] == 31_430_000_000
    assert base["chips.purchase_paid"][end, 0] == 90_000_000_000
    # All cash is somebody's: 20 rents and the price, less debt service.
    assert base.metrics["partners.distributed"][0] == 20 * 31_430_000_000 + 90_000_000_000 - sum(service)


@pytest.mark.parametrize(
    ("inputs", "distributed"),
    [
        ({}, 269_570_098_858),
        ({"purchases": 0.0}, 201_543_688_858),
        ({"purchases": 0.0, "realised": 0.0}, 179_570_098_858),
    ],
)
def test_the_residual_is_the_partners(plan: cf.Plan, inputs: dict[str, float], distributed: int) -> None:
    result = run(plan, {name: [value] * len(plan.periods) for name, value in inputs.items()})
    assert result.metrics["partners.distributed"][0] == distributed
    assert result.metrics["senior.loss"][0] == 0


@pytest.mark.parametrize(
    ("realised", "losses"),
    [
        (1.0, (0, 0, 0, 0)),
        (0.488302, (117_411_014_619, 93_489_922_919, 62_558_424_283, 23_972_175_049)),
    ],
)
def test_xai_stops_paying(plan: cf.Plan, realised: float, losses: tuple[int, ...]) -> None:
    for day, loss in zip(DAYS, losses, strict=True):
        result = run(plan, default_on(plan, day, realised))
        at = result.periods.index(day)
        assert result["chips.defaulted"][:, 0].nonzero()[0].tolist() == [at]
        sold = result["chips.sold"][:, 0]
        assert sold.nonzero()[0].tolist() == [at + 2]
        assert sold[at + 2] == round(540_000_000_000 / 24 * (24 - at - 2) * realised)
        assert result.metrics["senior.loss"][0] == loss
        # The partners keep what they had; of what comes after they have what the loan leaves.
        assert (result["partners.distributed"][at:, 0].sum() > 0) == (loss == 0)


@pytest.mark.parametrize(("recovery", "loss"), [(0.0, 93_489_922_919), (0.1, 51_749_462_247), (0.25, 0)])
def test_the_claim_for_the_rents_left(plan: cf.Plan, recovery: float, loss: int) -> None:
    result = run(plan, default_on(plan, "2028-01-07", recovery=recovery))
    claimed = 13 * 31_430_000_000
    assert result["chips.claimed"].sum() == claimed
    assert result["chips.recovered"].sum() == round(claimed * recovery)
    assert result.metrics["senior.loss"][0] == loss


def test_engine_is_the_reference_and_the_laws_hold(plan: cf.Plan) -> None:
    defaults = {info["name"]: [float(value) for value in info["default"]] for info in plan.inputs}
    n = len(plan.periods)
    cut = [1.0 if date < "2028" else 0.6 for date in plan.periods]
    cases: list[Inputs] = [
        {},
        {"purchases": [0.0] * n},
        {"purchases": [0.0] * n, "rent_factor": cut},
        *(default_on(plan, day, realised) for day in DAYS for realised in (0.25, 1.0)),
        default_on(plan, "2028-01-07", recovery=0.3),
        default_on(plan, "2026-04-07"),
        {**default_on(plan, "2030-01-07"), "rent_factor": cut},
    ]
    assert differences(plan.deal.to_dict(), [defaults | inputs for inputs in cases]) == []
    for inputs in cases:
        laws.check(engine.view(run(plan, inputs), 0))


def test_who_loses_in_the_two_stories(plan: cf.Plan) -> None:
    lost = {(row["scenario"], row["layer"]): (row["lost"], row["short_from"]) for row in losses(plan)}
    assert not any(lost["base", layer][0] for layer in ("senior", "partners"))
    assert lost["slow_productivity", "senior"] == (260889172.77, "2029-07-07")
    assert lost["slow_productivity", "partners"] == (2071984693.14, "2028-01-07")
    assert lost["thesis_disproven", "senior"] == (1062888015.28, "2027-10-07")
    assert lost["thesis_disproven", "partners"] == (2471290692.0, "2027-07-07")
