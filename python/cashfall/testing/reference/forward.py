"""Tests that look forward (rule book, tests.md, forward windows)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .known import Paths, projected_moments, sizing_paths
from .numbers import made_sum

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario

SERVICE = {"dscr": "scheduled_debt_service", "icr": "scheduled_interest"}
"""tests.md, what is summed: "The denominator of `dscr` is the sum of `scheduled_debt_service` ..., that of `icr` of
`scheduled_interest`".
"""

Pair = tuple[int, int]


@dataclass(frozen=True)
class Forward:
    """A forward window: the dates it counts, what it looks at, and the two formulas of a date."""

    n: int
    view: str
    dates: Sequence[int]
    numerator: Evaluate
    denominator: Evaluate


def read_forward(plan: Plan, entry: Mapping[str, Any], parts: tuple[Evaluate, Evaluate]) -> Forward | None:
    """tests.md, forward windows: "`forward = { n, view }` makes a test look ahead"."""
    if "forward" not in entry:
        return None
    terms = entry["forward"]
    kind, measure = next(iter(entry["measure"].items()))
    numerator, denominator = parts
    if kind in SERVICE:
        denominator = service(measure["notes"], SERVICE[kind])
    dates = sorted(plan.positions_of(entry["dates"]))
    return Forward(int(terms["n"]), terms["view"], dates, numerator, denominator)


def service(notes: Sequence[str], quantity: str) -> Evaluate:
    """What is scheduled of some notes on a date."""
    return lambda moment: made_sum(moment.read(f"{name}.{quantity}") for name in notes)


def viewed_paths(scenario: Scenario, view: str) -> Paths:
    """tests.md, the views: "the value of the sizing case", "the scenario's value on the date t of the test", "the
    scenario's own value on that date".
    """
    plan, today = scenario.plan, scenario.index
    if view == "scheduled":
        return sizing_paths(plan)
    if view == "current":
        return {name: [path[today]] * len(plan.grid) for name, path in scenario.paths.items()}
    assert view == "foresight", view
    return scenario.paths


def stretches(forward: Forward, today: int) -> list[range]:
    """tests.md, forward windows: "the grid dates after t, up to and with the n-th date after t of the test's own
    schedule `dates` ...; up to the last of them if fewer are left", cut at each of those dates.
    """
    ends = [date for date in forward.dates if date > today][: forward.n]
    return [range(start + 1, end + 1) for start, end in zip([today, *ends], ends, strict=False)]


def stretch_sums(scenario: Scenario, forward: Forward) -> list[Pair]:
    """The two sums of each stretch."""
    seen = [] if forward.view == "scheduled" else [*scenario.closings, scenario.values]
    moments = projected_moments(scenario, viewed_paths(scenario, forward.view), seen)
    found = []
    for stretch in stretches(forward, scenario.index):
        dates = [moments[place] for place in stretch]
        found.append((made_sum(map(forward.numerator, dates)), made_sum(map(forward.denominator, dates))))
    return found
