"""The laws hold for the reference on generated deals: of the whole language, and plain ones for laws with
conditions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from cashfall.testing import laws, relations, strategies
from cashfall.testing.generated import Deal
from cashfall.testing.reference import Outcome, Reference
from cashfall.testing.scenario_paths import Paths

RELAXED = settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
N_SEEDS = 150


def runner(document: Mapping[str, Any], inputs: relations.Inputs) -> Outcome:
    return Reference(document).run(inputs)


def plain_case(seed: int) -> tuple[Deal, dict[str, list[int]]]:
    deal = strategies.generate(seed, plain=True)
    return deal, strategies.in_units(deal, strategies.generate_scenarios(deal, 1, seed)[0])


@pytest.fixture(scope="module")
def runs() -> list[Outcome]:
    found = []
    for seed in range(N_SEEDS):
        deal = strategies.generate(seed)
        found.append(runner(deal, strategies.in_units(deal, strategies.generate_scenarios(deal, 1, seed)[0])))
    return found


@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__)
def test_law_holds_on_seeded_deals(law: Any, runs: list[Outcome]) -> None:
    for run in runs:
        if run.outcome == "ok":
            law(run)


@RELAXED
@given(strategies.deals_with_scenarios(2))
def test_laws_hold_on_drawn_deals(case: tuple[Deal, list[Paths]]) -> None:
    deal, scenarios = case
    reference = Reference(deal)
    for paths in scenarios:
        laws.check(reference.run(strategies.in_units(deal, paths)))


def test_future_does_not_change_past() -> None:
    for seed in range(N_SEEDS):
        deal = strategies.generate(seed)
        inputs = strategies.in_units(deal, strategies.generate_scenarios(deal, 1, seed)[0])
        n_dates = len(Reference(deal).plan.grid)
        relations.future_does_not_change_past(runner, deal, inputs, seed % n_dates)


def test_splitting_a_period_changes_no_cent() -> None:
    n_applied = 0
    for seed in range(N_SEEDS):
        deal, inputs = plain_case(seed)
        grid = Reference(deal).plan.grid
        extra = [grid[0] + dt.timedelta(days=20), grid[seed % len(grid)] + dt.timedelta(days=1)]
        relations.splitting_a_period_changes_no_cent(runner, deal, inputs, extra)
        n_applied += relations.splitting_applies(deal)
    assert n_applied > N_SEEDS // 2


def test_scaling_doubles() -> None:
    n_applied = 0
    for seed in range(N_SEEDS):
        deal, inputs = plain_case(seed)
        relations.scaling_doubles(runner, deal, inputs)
        n_applied += relations.scaling_applies(deal)
    assert n_applied > N_SEEDS // 3


def test_more_cash_never_hurts_senior() -> None:
    n_applied = 0
    for seed in range(2 * N_SEEDS):
        deal, inputs = plain_case(seed)
        factors = {lease["factor"] for lease in deal.get("leases", {}).values() if "factor" in lease}
        for factor in sorted(factors):
            relations.more_cash_never_hurts_senior(runner, deal, inputs, factor)
            n_applied += relations.more_cash_applies(deal, "senior")
    assert n_applied > N_SEEDS // 10
