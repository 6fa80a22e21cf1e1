"""How a scenario goes through waterfalls: blocks, branches, and from one status' waterfall to another's (steps.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import effects, steps

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario


@dataclass(frozen=True)
class Branch:
    """steps.md, blocks: `if`, "the condition is read once, when the block begins"."""

    condition: Evaluate
    then: Sequence[steps.Step | Branch]
    otherwise: Sequence[steps.Step | Branch]


class Left(Exception):
    """The scenario leaves the waterfall that it goes through."""


def steps_in_place(document: Mapping[str, Any], written: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Every step, those of blocks and branches where they stand; `if` and `run_steps` are none."""
    for step in written:
        if "if" in step:
            yield from steps_in_place(document, [*step["if"]["then"], *step["if"].get("else", [])])
        elif "run_steps" in step:
            yield from steps_in_place(document, document["blocks"][step["run_steps"]["block"]])
        else:
            yield step
            for block in blocks_after(document, step):
                yield from steps_in_place(document, document["blocks"][block])


def blocks_after(document: Mapping[str, Any], step: Mapping[str, Any]) -> list[str]:
    """acceleration.md, run_steps: "the steps of the block happen after the `run_tests` step"."""
    tests = [document["tests"][name] for name in step.get("run_tests", {}).get("tests", [])]
    written = [effect for test in tests for effect in test.get("effects", [])]
    return [effect["run_steps"]["block"] for effect in written if "run_steps" in effect]


def read_waterfall(plan: Plan, name: str, written: Sequence[Mapping[str, Any]]) -> list[steps.Step | Branch]:
    """steps.md, position: steps "are counted from 0 in the order in which they stand, those of blocks in their
    place".
    """
    return read_steps(plan, name, written, Counter())


@dataclass
class Counter:
    """How many steps have been read."""

    count: int = 0

    def next(self) -> int:
        self.count += 1
        return self.count - 1


def read_steps(
    plan: Plan, name: str, written: Sequence[Mapping[str, Any]], counter: Counter
) -> list[steps.Step | Branch]:
    """A list of steps with its blocks in their places."""
    found: list[steps.Step | Branch] = []
    for step in written:
        if "if" in step:
            terms = step["if"]
            condition = plan.formulas.compile(terms["condition"], "flag")
            then = read_steps(plan, name, terms["then"], counter)
            found.append(Branch(condition, then, read_steps(plan, name, terms.get("else", []), counter)))
        elif "run_steps" in step:
            found += read_steps(plan, name, plan.document["blocks"][step["run_steps"]["block"]], counter)
        else:
            found.append(steps.read_step(plan, name, counter.next(), step))
            for test in step.get("run_tests", {}).get("tests", []):
                found += steps_after(plan, name, test, counter)
    return found


def steps_after(plan: Plan, name: str, test: str, counter: Counter) -> list[steps.Step | Branch]:
    """acceleration.md, run_steps: on the dates on which the test is measured, where it acts."""

    def acts(scenario: Scenario) -> int:
        return int(scenario.index in plan.tests[test].positions and effects.acts(scenario, test))

    blocks = [effect.block for effect in plan.tests[test].effects if effect.kind == "run_steps"]
    return [Branch(acts, read_steps(plan, name, plan.document["blocks"][block], counter), []) for block in blocks]


def run(scenario: Scenario, name: str) -> None:
    """The steps of a waterfall in order."""
    run_all(scenario, scenario.plan.waterfalls.get(name, []))


def run_all(scenario: Scenario, items: Sequence[steps.Step | Branch]) -> None:
    """steps.md: "where it is 1 the steps of `then` happen, else those of `else`"."""
    for item in items:
        if isinstance(item, Branch):
            run_all(scenario, item.then if item.condition(scenario) else item.otherwise)
        elif steps.happens(scenario, item):
            steps.run_step(scenario, item)


def run_statuses(scenario: Scenario) -> None:
    """steps.md, status: a scenario that leaves a waterfall "goes through the waterfall of its status from the top"."""
    through: list[int] = []
    while True:
        scenario.waterfall_status = scenario.status
        assert scenario.status not in through, "at most once on a date"
        through.append(scenario.status)
        try:
            run(scenario, scenario.plan.statuses[scenario.status])
            return
        except Left:
            continue


def set_status(scenario: Scenario, terms: Mapping[str, Any]) -> None:
    """steps.md, status: the scenario steps into a status; with `now` it leaves the waterfall if the status "is not
    that of the waterfall in which it stands".
    """
    scenario.stepped_into = scenario.plan.statuses.index(terms["status"])
    scenario.take_status()
    if terms.get("now", False) and scenario.status != scenario.waterfall_status:
        raise Left
