"""The laws hold for the engine on generated deals, and its bits depend on nothing but the deal and the inputs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cashfall as cf
from cashfall.testing import engine, laws, relations, strategies
from cashfall.testing.generated import Deal
from cashfall.testing.reference import Reference
from cashfall.testing.scenario_paths import Paths, generate_scenarios

RELAXED = settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
N_SEEDS = 150
WIDE_SEEDS = [seed for seed in range(14) if strategies.generate(seed).get("inputs")]
Array = np.ndarray[Any, np.dtype[np.float64]]


def arrays(plan: cf.Plan, scenarios: list[Paths]) -> dict[str, Array]:
    """Scenarios of a deal as arrays, time down, scenarios across."""
    return {info["name"]: np.array([paths[info["name"]] for paths in scenarios]).T for info in plan.inputs}


def seeded(seed: int, n: int, plain: bool = False) -> tuple[cf.Plan, dict[str, Array]]:
    deal = strategies.generate(seed, plain)
    plan = cf.load(deal).compile()
    return plan, arrays(plan, generate_scenarios(deal, n, seed))


def raw(plan: cf.Plan, inputs: dict[str, Array], **options: Any) -> tuple[Array, Array]:
    """All flows `(n, n_periods, n_scenarios)` and all metrics `(n, n_scenarios)`, as computed."""
    result = plan.run(inputs, record="*", **options)
    shape = (len(plan.metrics), result.n_scenarios)
    flows = np.stack([result[name] for name in plan.outputs])
    return flows, np.stack([result.metrics[name] for name in plan.metrics]).reshape(shape)


def same_bits(left: tuple[Array, Array], right: tuple[Array, Array]) -> bool:
    """Equal bit patterns, so also the same NaN and the same zero."""
    pairs = zip(left, right, strict=True)
    return all(
        np.array_equal(np.ascontiguousarray(a).view(np.int64), np.ascontiguousarray(b).view(np.int64)) for a, b in pairs
    )


# laws


@pytest.fixture(scope="module")
def runs() -> list[engine.EngineRun]:
    found = []
    for seed in range(N_SEEDS):
        plan, inputs = seeded(seed, 2)
        result = plan.run(inputs, record="*", unit="cents")
        found += [engine.view(result, scenario) for scenario in range(result.n_scenarios)]
    return found


@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__)
def test_law_holds_on_seeded_deals(law: Callable[[laws.Run], None], runs: list[engine.EngineRun]) -> None:
    for run in runs:
        if run.outcome == "ok":
            law(run)


def test_what_goes_wrong_leaves_zeros_and_no_metrics(runs: list[engine.EngineRun]) -> None:
    for run in runs:
        if run.outcome != "ok":
            laws.check(run)


@RELAXED
@given(strategies.deals_with_scenarios(2))
def test_laws_hold_on_drawn_deals(case: tuple[Deal, list[Paths]]) -> None:
    deal, scenarios = case
    for paths in scenarios:
        laws.check(engine.runner(deal, strategies.in_units(deal, paths)))


def test_the_engine_s_own_check_passes() -> None:
    for seed in range(N_SEEDS):
        plan, inputs = seeded(seed, 2)
        result = plan.run(inputs)
        for scenario in range(result.n_scenarios):
            result.check(scenario)


def plain_case(seed: int) -> tuple[Deal, dict[str, list[int]], list[dt.date]]:
    deal = strategies.generate(seed, plain=True)
    inputs = strategies.in_units(deal, generate_scenarios(deal, 1, seed)[0])
    return deal, inputs, Reference(deal).plan.grid


def test_future_does_not_change_past() -> None:
    for seed in range(N_SEEDS):
        deal = strategies.generate(seed)
        inputs = strategies.in_units(deal, generate_scenarios(deal, 1, seed)[0])
        n_dates = len(Reference(deal).plan.grid)
        relations.future_does_not_change_past(engine.runner, deal, inputs, seed % n_dates)


def test_splitting_a_period_changes_no_cent() -> None:
    for seed in range(N_SEEDS):
        deal, inputs, grid = plain_case(seed)
        extra = [grid[0] + dt.timedelta(days=20), grid[seed % len(grid)] + dt.timedelta(days=1)]
        relations.splitting_a_period_changes_no_cent(engine.runner, deal, inputs, extra)


def test_scaling_doubles() -> None:
    for seed in range(N_SEEDS):
        deal, inputs, _ = plain_case(seed)
        relations.scaling_doubles(engine.runner, deal, inputs)


def test_more_cash_never_hurts_senior() -> None:
    for seed in range(N_SEEDS):
        deal, inputs, _ = plain_case(seed)
        for factor in sorted({lease["factor"] for lease in deal.get("leases", {}).values() if "factor" in lease}):
            relations.more_cash_never_hurts_senior(engine.runner, deal, inputs, factor)


# bits


@pytest.fixture(scope="module", params=["yardstick", "beignet", *WIDE_SEEDS], ids=str)
def wide(request: pytest.FixtureRequest) -> tuple[cf.Plan, dict[str, Array]]:
    """A plan with some thousand scenarios: several blocks, and a last one that is not full."""
    if isinstance(request.param, int):
        plan, few = seeded(request.param, 25)
        return plan, {name: np.tile(array, 84)[:, :2081] for name, array in few.items()}
    plan = cf.load(request.param).compile()
    default = np.array(plan.inputs[0]["default"])[:, None]
    chance = np.random.default_rng(11)
    return plan, {plan.inputs[0]["name"]: default * chance.uniform(0.6, 1.3, (len(plan.periods), 2081))}


def test_threads_change_no_bit(wide: tuple[cf.Plan, dict[str, Array]]) -> None:
    plan, inputs = wide
    one = raw(plan, inputs, threads=1)
    for threads in (2, 3, 7):
        assert same_bits(one, raw(plan, inputs, threads=threads))


def test_cpu_paths_change_no_bit(wide: tuple[cf.Plan, dict[str, Array]]) -> None:
    plan, inputs = wide
    first, *others = [raw(plan, inputs, cpu=cpu) for cpu in cf.available_cpus()]
    for other in others:
        assert same_bits(first, other)


def test_memory_order_changes_no_bit(wide: tuple[cf.Plan, dict[str, Array]]) -> None:
    plan, inputs = wide
    fortran = {name: np.asfortranarray(array) for name, array in inputs.items()}
    assert same_bits(raw(plan, inputs), raw(plan, fortran))


@settings(deadline=None, max_examples=6, suppress_health_check=list(HealthCheck))
@given(cuts=st.lists(st.integers(0, 2081), min_size=1, max_size=4))
def test_splitting_a_batch_changes_no_bit(wide: tuple[cf.Plan, dict[str, Array]], cuts: list[int]) -> None:
    plan, inputs = wide
    whole = raw(plan, inputs)
    edges = sorted({0, *cuts, 2081})
    parts = [raw(plan, {name: array[:, start:end] for name, array in inputs.items()}) for start, end in pairwise(edges)]
    joined = (
        np.concatenate([flows for flows, _ in parts], axis=2),
        np.concatenate([figures for _, figures in parts], axis=1),
    )
    assert same_bits(whole, joined)


def test_scenarios_do_not_interact(wide: tuple[cf.Plan, dict[str, Array]]) -> None:
    """Permuted scenarios give permuted results, and one alone gives what it gives among others."""
    plan, inputs = wide
    flows, figures = raw(plan, inputs)
    order = np.random.default_rng(5).permutation(2081)
    permuted = raw(plan, {name: array[:, order] for name, array in inputs.items()})
    assert same_bits((flows[:, :, order], figures[:, order]), permuted)
    for scenario in (0, 63, 64, 1040, 2080):
        alone = raw(plan, {name: array[:, [scenario]] for name, array in inputs.items()})
        assert same_bits((flows[:, :, [scenario]], figures[:, [scenario]]), alone)


def test_what_is_recorded_changes_no_bit(wide: tuple[cf.Plan, dict[str, Array]]) -> None:
    """A run that records nothing, or one flow, computes the same metrics: fused and skipped work included."""
    plan, inputs = wide
    flows, figures = raw(plan, inputs)
    lean = plan.run(inputs)
    assert same_bits((figures,), (np.stack([lean.metrics[name] for name in plan.metrics]),))  # type: ignore[arg-type]
    for position in range(0, len(plan.outputs), 5):
        name = plan.outputs[position]
        one = plan.run(inputs, record=name, metrics=[])
        assert same_bits((flows[position],), (one[name],))  # type: ignore[arg-type]
    for position in range(0, len(plan.metrics), 4):
        name = plan.metrics[position]
        one = plan.run(inputs, metrics=name)
        assert same_bits((figures[position],), (one.metrics[name],))  # type: ignore[arg-type]
