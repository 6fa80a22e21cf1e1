"""A sound run of the engine passes every law; the same run with one figure a cent off does not.

The planted bugs of `test_laws_catch_mutants.py` are in the reference's rules. These are in the engine's answer, and
show that the adapter `cashfall.testing.engine` hides nothing from the laws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

import cashfall as cf
from cashfall.testing import engine, laws
from cashfall.testing.generated import generate
from cashfall.testing.laws.run import flow, waterfalls
from cashfall.testing.laws.tests import status_may_change_inside, waived_late
from cashfall.testing.scenario_paths import generate_scenarios, in_units

SEEDS = range(40)


@pytest.fixture(scope="module")
def runs() -> list[engine.EngineRun]:
    found = []
    for seed in SEEDS:
        deal = generate(seed)
        run = engine.runner(deal, in_units(deal, generate_scenarios(deal, 1, seed)[0]))
        if run.outcome == "ok":
            laws.check(run)
            found.append(run)
    return found


def fails(law: Callable[[laws.Run], None], run: laws.Run) -> bool:
    try:
        law(run)
    except AssertionError:
        return True
    return False


def amounts(run: engine.EngineRun) -> list[str]:
    """Flows that carry cash or a debt; targets and schedules are not payments, ledgers count what others carry, and no
    flow records what a termination or an acceleration makes due.
    """
    units = cf.load(run.document).compile()._output_units
    kinds = ("balance", "paid", "shortfall", "distributed", "interest_accrued")
    counted = tuple(f"{name}." for name in run.document.get("ledgers", {}))
    return [
        name
        for name, unit in units.items()
        if unit == "amount"
        and name.endswith(kinds)
        and not name.startswith(counted)
        and "principal_shortfall" not in name
        and "scheduled" not in name
        and not name.endswith(("termination_shortfall", "premium_shortfall"))
    ]


@pytest.mark.parametrize("change", [1, -1])
def test_a_cent_off_in_any_flow_is_noticed(runs: list[engine.EngineRun], change: int) -> None:
    for run in runs:
        for place, name in enumerate(amounts(run)):
            index = place % len(run.dates)
            assert fails(laws.check, run.with_flow(name, index, change)), (name, index)


@pytest.mark.parametrize("change", [1, -1])
def test_a_cent_off_in_any_line_of_the_ledger_is_noticed(runs: list[engine.EngineRun], change: int) -> None:
    for run in runs:
        for place in range(0, len(run.ledger), 7):
            assert fails(laws.ledger_readds, run.with_line(place, change)), run.ledger[place]


def test_a_lost_line_is_noticed(runs: list[engine.EngineRun]) -> None:
    for run in runs:
        paid = [place for place, line in enumerate(run.ledger) if line.amount]
        for place in paid[::7]:
            shorter = replace(run, ledger=run.ledger[:place] + run.ledger[place + 1 :])
            assert fails(laws.ledger_readds, shorter), run.ledger[place]


def test_a_test_that_fires_unasked_is_noticed(runs: list[engine.EngineRun]) -> None:
    n_flipped = 0
    for run in runs:
        for name in run.document.get("tests", {}):
            flipped = 1 - 2 * flow(run, f"{name}.failing")[-1]
            changed = run.with_flow(f"{name}.failing", len(run.dates) - 1, flipped)
            n_flipped += fails(laws.test_fires_and_cures_by_its_rule, changed)
    assert n_flipped > len(runs) // 2


def says_what_the_status_follows_from(run: Any) -> bool:
    """No step sets it, no test runs inside a waterfall."""
    sets = any("set_status" in step for steps in waterfalls(run).values() for step in steps)
    return not (sets or waived_late(run) or status_may_change_inside(run))


def test_another_status_is_noticed() -> None:
    """Wherever the records say what the status follows from."""
    followed: list[engine.EngineRun] = []
    for seed in range(1_000):
        deal = generate(seed)
        if len(deal["deal"]["statuses"]) > 1 and says_what_the_status_follows_from(SimpleNamespace(document=deal)):
            run = engine.runner(deal, in_units(deal, generate_scenarios(deal, 1, seed)[0]))
            followed += [run] if run.outcome == "ok" else []
        if len(followed) > 8:
            break
    assert len(followed) > 8
    for run in followed:
        assert fails(laws.status_follows_its_tests, run.with_flow("status", len(run.dates) // 2, 1))
