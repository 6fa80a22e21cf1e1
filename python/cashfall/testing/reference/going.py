"""How a scenario goes from one status' waterfall to another's, and on to blocks that tests run (steps.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from . import effects, steps

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario


class Left(Exception):
    """The scenario leaves the waterfall that it goes through."""


def run_statuses(scenario: Scenario) -> None:
    """steps.md, status: a scenario that leaves a waterfall "goes through the waterfall of its status from the top"."""
    through: list[int] = []
    while True:
        scenario.waterfall_status = scenario.status
        assert scenario.status not in through, "at most once on a date"
        through.append(scenario.status)
        try:
            steps.run_waterfall(scenario, scenario.plan.statuses[scenario.status])
            return
        except Left:
            continue


def leave_now(scenario: Scenario) -> None:
    """steps.md, status: with `now` the scenario leaves if its status "is not that of the waterfall in which it
    stands".
    """
    if scenario.status != scenario.waterfall_status:
        raise Left


def steps_after(plan: Plan, waterfall: str, test: str, places: Iterator[int]) -> list[steps.Step | steps.Branch]:
    """acceleration.md, run_steps: on the dates on which the test is measured, where it acts."""

    def acts(scenario: Scenario) -> int:
        return int(scenario.index in plan.tests[test].positions and effects.acts(scenario, test))

    blocks = [effect.block for effect in plan.tests[test].effects if effect.kind == "run_steps"]
    written = [steps.read_steps(plan, waterfall, plan.table("blocks")[block], places) for block in blocks]
    return [steps.Branch(acts, then, []) for then in written]
