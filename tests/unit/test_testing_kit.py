"""The strategies that users get: what they draw is valid, what fails shrinks, and what is printed can be read."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import cashfall as cf
from cashfall.testing import dropping, laws, strategies
from cashfall.testing.choosing import SeededChooser
from cashfall.testing.generated import generate
from cashfall.testing.plan_scenarios import (
    Change,
    Inputs,
    arrays,
    as_code,
    describe,
    draw_scenario,
    smallest,
    without_covered,
)
from cashfall.testing.toml_text import to_toml

RELAXED = settings(deadline=None, max_examples=5, suppress_health_check=list(HealthCheck))
SEARCH = settings(
    deadline=None, max_examples=300, suppress_health_check=list(HealthCheck), database=None, derandomize=True
)
PRINTED = settings(
    deadline=None,
    max_examples=1,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
YARDSTICK = cf.load("yardstick").compile()
SEEDS = [seed for seed in range(20) if dropping.is_valid(generate(seed))][:4]
RENT = YARDSTICK.inputs[0]


# scenarios for a plan


@RELAXED
@given(strategies.scenarios_for(YARDSTICK, n=3))
def test_scenarios_for_a_plan_are_arrays_within_its_ranges(inputs: Inputs) -> None:
    assert [info["name"] for info in YARDSTICK.inputs] == list(inputs)
    for info in YARDSTICK.inputs:
        array = inputs[info["name"]]
        assert array.shape == (len(YARDSTICK.periods), 3)
        assert info["minimum"] <= array.min() <= array.max() <= info["maximum"]
    assert laws.check(YARDSTICK, YARDSTICK.run(inputs)) == 3


def test_scenarios_shrink_to_the_base_case() -> None:
    found = find(strategies.scenarios_for(YARDSTICK, n=2), lambda inputs: True, settings=SEARCH)
    assert found.scenarios == [(), ()]
    assert repr(found) == (
        "<inputs: scenario 0: the base case: every input at its default\n"
        "scenario 1: the base case: every input at its default>"
    )
    np.testing.assert_array_equal(found[RENT["name"]], np.array(RENT["default"])[:, None].repeat(2, axis=1))


def test_a_failing_scenario_shrinks_to_one_change() -> None:
    def locked_up(inputs: Inputs) -> bool:
        return bool(YARDSTICK.run(inputs).metrics["dscr.n_breach_dates"][0] > 0)

    found = find(strategies.scenarios_for(YARDSTICK), locked_up, settings=SEARCH)
    assert len(found.scenarios[0]) == 1


def test_a_change_under_a_later_one_is_left_out() -> None:
    under, over, beside = Change("rent", 2, 4, 1.0), Change("rent", 2, 5, 3.0), Change("rent", 3, 6, 2.0)
    assert without_covered([under, over]) == (over,)
    assert without_covered([over, under]) == (over, under)
    assert without_covered([under, replace(over, name="sofr"), beside]) == (under, replace(over, name="sofr"), beside)


def test_seeded_scenarios_differ_and_stay_in_range() -> None:
    chooser = SeededChooser(5)
    drawn = [draw_scenario(chooser, YARDSTICK) for _ in range(200)]
    values = arrays(YARDSTICK, drawn)[RENT["name"]]
    assert RENT["minimum"] <= values.min() <= values.max() <= RENT["maximum"]
    assert len({column.tobytes() for column in values.T}) > 150


def test_the_smallest_scenario_is_found_by_leaving_out() -> None:
    plan, name = cf.load("beignet").compile(), "rent_factor"
    last = len(plan.periods) - 1
    wild = (Change(name, 0, last, 0.8), Change(name, 10, 30, 0.123456), Change(name, 60, last, 1.7))

    def fails(scenario: tuple[Change, ...]) -> bool:
        return bool((arrays(plan, [scenario])[name][17:20] < 0.75).any())

    (change,) = smallest(plan, wild, fails)
    assert 17 <= change.first == change.last < 20
    assert change.value == 0.7
    assert describe(plan, (change,)) == [f"{name} = {change.value} on {plan.periods[change.first]}"]
    names: dict[str, Any] = {"np": np, "plan": plan}
    exec("\n".join(as_code(plan, (change,))), names)
    np.testing.assert_array_equal(names[name][:, None], arrays(plan, [(change,)])[name])
    assert smallest(plan, wild, lambda _: True) == ()
    assert as_code(plan, ()) == ["result = plan.run({})"]


# deals


@RELAXED
@given(st.from_type(cf.Deal), st.from_type(cf.Plan))
def test_the_types_are_known_to_hypothesis(deal: cf.Deal, plan: cf.Plan) -> None:
    assert deal.compile().periods
    assert plan.run().n_scenarios == 1


@pytest.mark.parametrize("first", ["cashfall", "hypothesis"])
def test_the_types_are_known_whichever_is_imported_first(first: str) -> None:
    code = f"""
import {first}, cashfall, hypothesis, sys
assert "cashfall.testing.strategies" not in sys.modules
from hypothesis import strategies as st
assert st.from_type(cashfall.Deal).validate() is None
assert "cashfall.testing.strategies" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow  # a minute to get there, and four until Hypothesis believes that nothing smaller is left
def test_deals_shrink_to_what_matters() -> None:
    """A deal with a sweep shrinks to one lease, one note, its accrual, the sweep and next to nothing else."""

    def sweeps(document: dict[str, Any]) -> bool:
        return any("sweep" in step for steps in document["waterfalls"].values() for step in steps)

    found = find(strategies.documents(), sweeps, settings=SEARCH)
    assert sum(len(steps) for steps in found["waterfalls"].values()) <= 6
    assert len(found["notes"]) == 1
    assert not {"fees", "cashflows", "sizing_case"} & found.keys()
    assert len(repr(found).splitlines()) < 40


@pytest.mark.parametrize("seed", SEEDS)
def test_all_that_can_be_left_out_is_when_it_is_drawn_so(seed: int) -> None:
    """What Hypothesis shrinks to: every choice to leave out is taken."""
    document = generate(seed)
    small = dropping.dropped(document, lambda _: True)
    assert dropping.is_valid(small)
    assert len(to_toml(small).splitlines()) < 0.7 * len(to_toml(document).splitlines())
    assert dropping.dropped(document, lambda _: False) == document


def test_a_failing_deal_is_printed_as_toml() -> None:
    @settings(PRINTED)
    @given(strategies.deals(plain=True))
    def fails(deal: cf.Deal) -> None:
        assert deal.name != "generated"

    with pytest.raises(AssertionError) as caught:
        fails()
    printed = "\n".join(caught.value.__notes__)
    assert "cashfall.Deal.from_toml('''\n[deal]\nname = \"generated\"\n" in printed
    assert "\n[schedules]\npayments = { regular = { first = " in printed


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_any_deal_can_be_made_small(seed: int) -> None:
    small = dropping.smallest_deal(generate(seed), lambda _: True)
    assert len(to_toml(small).splitlines()) < 45
    assert cf.load(small) == cf.Deal.from_toml(to_toml(small)), "what is printed is the deal"


PARTS = ["schedules", "inputs", "leases", "cashflows", "accounts", "fees", "notes", "equity", "tests"]


@pytest.mark.parametrize("table", PARTS)
def test_parts_are_drawn_with_a_deal_around_them(table: str) -> None:
    @settings(deadline=None, max_examples=2, database=None, suppress_health_check=list(HealthCheck))
    @given(getattr(strategies, table)())
    def check(part: strategies.Part) -> None:
        assert part.document[table][part.name] == part
        assert repr(part).startswith(f"[{table}")

    check()


@RELAXED
@given(strategies.steps())
def test_steps_are_drawn_with_a_deal_around_them(step: strategies.Part) -> None:
    assert step in step.document["waterfalls"][step.name]
    assert repr(step).startswith(f"[[waterfalls.{step.name}]]\n")


def test_without_hypothesis_the_strategies_say_what_to_install() -> None:
    code = """
import sys
sys.modules["hypothesis"] = None
import cashfall
from cashfall.testing import laws, relations, trial
try:
    from cashfall.testing import strategies
except cashfall.MissingExtraError as error:
    print(error)
"""
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed == (
        "cashfall.testing.strategies needs Hypothesis, which is not installed: pip install 'cashfall[testing]'\n"
    )
