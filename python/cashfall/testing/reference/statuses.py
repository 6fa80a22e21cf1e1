"""The status of a scenario as formulas read it (rule book, language.md, formulas)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario


def units(plan: Plan) -> dict[str, str]:
    """Section 4: "`status.name`", a flag for each status."""
    return {f"status.{name}": "flag" for name in plan.statuses}


def initial(plan: Plan) -> dict[str, int]:
    """steps.md, status: "the first status until a `set_status` step sets it"."""
    return {f"status.{plan.statuses[0]}": 1}


def derived(plan: Plan) -> dict[str, Callable[[Scenario, str], int]]:
    """Section 4: 1 if the scenario's status, as it was last taken, is that."""
    return {f"status.{name}": is_status(position) for position, name in enumerate(plan.statuses)}


def is_status(position: int) -> Callable[[Scenario, str], int]:
    """Whether a scenario is in one of the statuses."""
    return lambda scenario, _: int(scenario.status == position)
