"""What steps record under names of their own (rule book, steps.md, inspect)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario


def names(plan: Plan) -> list[str]:
    """The names under which steps record, in the order of the steps, each once."""
    written = [step["inspect"]["name"] for step in plan.written_steps if "inspect" in step]
    return list(dict.fromkeys(written))


def compile_value(plan: Plan, text: str) -> Evaluate:
    """steps.md, inspect: "a formula of any unit"."""
    return plan.formulas.compile(text, plan.formulas.unit_of(text))


def start_of_date(scenario: Scenario) -> None:
    """steps.md, inspect: "on dates and in scenarios where no such step happens that is 0"."""
    scenario.values |= {f"inspect.{name}": 0 for name in names(scenario.plan)}


def inspect(scenario: Scenario, name: str, value: int) -> None:
    """steps.md, inspect: "the last that happens on a date counts"."""
    scenario.values[f"inspect.{name}"] = value


def dues(scenario: Scenario) -> dict[str, int]:
    """Nothing is owed."""
    return {}


def recorded(plan: Plan) -> list[str]:
    """Section 5: "`inspect.x` of the names under which steps `inspect`"."""
    return [f"inspect.{name}" for name in names(plan)]


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """steps.md, inspect: "it is not a metric"."""
    return {}
