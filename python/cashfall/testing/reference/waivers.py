"""Waivers of tests (rule book, tests.md, waiver)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .dates import as_date

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario


def waived_tests(plan: Plan) -> list[str]:
    """The tests that some step waives, in declared order."""
    named = {name for step in plan.written_steps if "waive" in step for name in step["waive"]["tests"]}
    return [name for name in plan.table("tests") if name in named]


def units(plan: Plan) -> dict[str, str]:
    """tests.md, waiver: "formulas may read `tests.x.waived` anywhere"."""
    return {f"tests.{name}.waived": "flag" for name in waived_tests(plan)}


def end_of(plan: Plan, terms: Mapping[str, Any], test: str, index: int) -> int:
    """The grid position at whose start a waiver that is given at `index` ends.

    tests.md, waiver: "up to the start of the n-th of the test's own dates after the date of the step ... to the end if
    fewer are left; with `until = date` up to the start of the first grid date after that date".
    """
    if "until" in terms:
        until = as_date(terms["until"])
        later = [position for position, date in enumerate(plan.grid) if date > until]
        return min(later, default=len(plan.grid))
    own = plan.positions_of(plan.table("tests")[test]["dates"])
    after = sorted(position for position in own if position > index)
    n = int(terms.get("n_dates", 1))
    return after[n - 1] if n <= len(after) else len(plan.grid)


def waive(scenario: Scenario, terms: Mapping[str, Any]) -> None:
    """tests.md, waiver: "A waiver never shortens another: the one that ends last counts"."""
    for name in terms["tests"]:
        end = end_of(scenario.plan, terms, name, scenario.index)
        scenario.waived_until[name] = max(scenario.waived_until[name], end)
    note_waived(scenario)


def is_waived(scenario: Scenario, test: str) -> bool:
    """Whether a waiver of the test has begun and not ended."""
    return scenario.waived_until[test] > scenario.index


def note_waived(scenario: Scenario) -> None:
    """What formulas read, and the status: it "is taken anew where a waiver begins" and ends."""
    for name in waived_tests(scenario.plan):
        scenario.values[f"tests.{name}.waived"] = int(is_waived(scenario, name))
    scenario.take_status()


def start_of_date(scenario: Scenario) -> None:
    """tests.md, waiver: the status is taken anew, "before `collection`, on the date at whose start it ends"."""
    if waived_tests(scenario.plan):
        note_waived(scenario)


def dues(scenario: Scenario) -> dict[str, int]:
    """Nothing is owed."""
    return {}


def recorded(plan: Plan) -> list[str]:
    """tests.md, waiver: "Of tests that some step waives, `x.waived` is recorded"."""
    return [f"{name}.waived" for name in waived_tests(plan)]


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """Waivers have none."""
    return {}
