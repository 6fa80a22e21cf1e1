"""Scenarios for a plan, written as what differs from its base case: small to print, and easy to make smaller.

A scenario is a list of changes, each a value of one input from one date to another; later changes win. No changes
are the base case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cashfall.plan import InputInfo, Plan

from .choosing import Chooser

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Change:
    """An input has a value from one position on the grid to another, both included."""

    name: str
    first: int
    last: int
    value: float


Scenario = tuple[Change, ...]


class Inputs(dict[str, Floats]):
    """Arrays by input name, `(n_periods, n_scenarios)`, as `Plan.run` takes them; printed as what differs from the base
    case.
    """

    def __init__(self, plan: Plan, scenarios: Sequence[Scenario]) -> None:
        super().__init__(arrays(plan, scenarios))
        self.scenarios = list(scenarios)
        self.text = "\n".join(
            f"scenario {position}: {'; '.join(describe(plan, scenario))}" for position, scenario in enumerate(scenarios)
        )

    def __repr__(self) -> str:
        return f"<inputs: {self.text}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


def arrays(plan: Plan, scenarios: Sequence[Scenario]) -> dict[str, Floats]:
    """The arrays of some scenarios, one column each."""
    found = {info["name"]: np.tile(np.array(info["default"])[:, None], (1, len(scenarios))) for info in plan.inputs}
    for column, scenario in enumerate(scenarios):
        for change in scenario:
            found[change.name][change.first : change.last + 1, column] = change.value
    return found


def without_covered(changes: Sequence[Change]) -> Scenario:
    """The changes of which something is left to see: a later one of the same input covers what stands under it."""

    def is_covered(change: Change, later: Sequence[Change]) -> bool:
        return any(
            other.name == change.name and other.first <= change.first and change.last <= other.last for other in later
        )

    return tuple(change for place, change in enumerate(changes) if not is_covered(change, changes[place + 1 :]))


def draw_scenario(chooser: Chooser, plan: Plan) -> Scenario:
    """A scenario within the ranges of the plan's inputs; the simplest is the base case."""
    if not plan.inputs:
        return ()
    if chooser.flag(30):
        return tuple(wandering(chooser, plan, chooser.choice(plan.inputs)))
    return tuple(draw_change(chooser, plan) for _ in range(chooser.integer(0, 4)))


def draw_change(chooser: Chooser, plan: Plan) -> Change:
    """One input at another value, on one date, some dates, all dates from one on, or all."""
    info, last = chooser.choice(plan.inputs), len(plan.periods) - 1
    first = chooser.integer(0, last)
    until = chooser.choice([first, last, min(last, first + chooser.integer(0, 8))])
    return Change(info["name"], first if chooser.flag(80) else 0, until, draw_value(chooser, info, first))


def draw_value(chooser: Chooser, info: InputInfo, position: int) -> float:
    """A value of an input: near its default, far from it, a tie of half a minor unit, or an end of its range."""
    usual = info["default"][position]
    kind = chooser.integer(0, 9)
    if kind <= 3:
        value = usual * (1000 - chooser.integer(-150, 300)) / 1000
    elif kind <= 5:
        value = usual * (1000 - chooser.integer(0, 1000)) / 1000
    elif kind == 6:
        value = usual * chooser.choice([0.0, 0.5, 0.9, 1.1, 2.0])
    elif kind == 7:
        value = (int(usual * 8) + chooser.integer(0, 7)) / 8
    elif kind == 8:
        value = info["minimum"]
    else:
        value = info["maximum"] if chooser.flag(30) else usual * 3
    return within(info, value)


def wandering(chooser: Chooser, plan: Plan, info: InputInfo) -> Iterator[Change]:
    """A path that drifts around its default, a value for each date."""
    factor, most = 1.0, chooser.choice([100, 250, 600])
    for position, usual in enumerate(info["default"]):
        factor = max(0.0, factor * 0.6 + 0.4 + chooser.integer(-most, most) / 1000)
        yield Change(info["name"], position, position, within(info, usual * factor))


def within(info: InputInfo, value: float) -> float:
    """A value brought into the input's range, with at most three decimals more than an amount needs."""
    rounded = round(value, 4) if info["unit"] == "amount" else round(value, 6)
    return min(max(rounded, info["minimum"]), info["maximum"])


# smaller


def smallest(plan: Plan, scenario: Scenario, fails: Callable[[Scenario], bool]) -> Scenario:
    """A scenario that fails too and of which nothing can be left out: fewer changes, then fewer dates, then values near
    the default.
    """
    before: Scenario | None = None
    while before != scenario:
        before = scenario
        scenario = without_spare_changes(scenario, fails)
        for position in range(len(scenario)):
            scenario = smaller_at(plan, scenario, position, fails)
    return scenario


def without_spare_changes(scenario: Scenario, fails: Callable[[Scenario], bool]) -> Scenario:
    """Leave out halves, quarters, and single changes, as long as the rest still fails."""
    size = len(scenario)
    while size:
        start = 0
        while start < len(scenario):
            shorter = scenario[:start] + scenario[start + size :]
            if fails(shorter):
                scenario = shorter
            else:
                start += size
        size //= 2
    return scenario


def smaller_at(plan: Plan, scenario: Scenario, position: int, fails: Callable[[Scenario], bool]) -> Scenario:
    """One change on fewer dates, and as near to the default as still fails."""

    def attempt(change: Change) -> bool:
        nonlocal scenario
        candidate = (*scenario[:position], change, *scenario[position + 1 :])
        if change == scenario[position] or not fails(candidate):
            return False
        scenario = candidate
        return True

    while any(attempt(change) for change in shorter_spans(scenario[position])):
        pass
    change = scenario[position]
    info = next(info for info in plan.inputs if info["name"] == change.name)
    usual = info["default"][change.first]
    for _ in range(12):
        near, far = usual, scenario[position].value
        middle = within(info, round((near + far) / 2, 3))
        if not attempt(replace(scenario[position], value=middle)):
            usual = middle
    for decimals in (0, 1, 2, 3):
        if attempt(replace(scenario[position], value=within(info, round(scenario[position].value, decimals)))):
            break
    return scenario


def shorter_spans(change: Change) -> Iterator[Change]:
    """The halves of a change's dates, and the dates but the first or the last."""
    first, last = change.first, change.last
    if first < last:
        middle = (first + last) // 2
        yield replace(change, last=middle)
        yield replace(change, first=middle + 1)
        yield replace(change, last=last - 1)
        yield replace(change, first=first + 1)


# to read


def describe(plan: Plan, scenario: Scenario) -> list[str]:
    """One line for each change; of the base case, that it is it."""
    lines = []
    for change in scenario:
        first, last = plan.periods[change.first], plan.periods[change.last]
        span = f"on {first}" if change.first == change.last else f"from {first} to {last}"
        lines.append(f"{change.name} = {change.value} {span}")
    return lines or ["the base case: every input at its default"]


def as_code(plan: Plan, scenario: Scenario) -> list[str]:
    """Python that makes the scenario's inputs again."""
    names = sorted({change.name for change in scenario})
    lines = ['defaults = {info["name"]: info["default"] for info in plan.inputs}'] if names else []
    lines += [f"{name} = np.array(defaults[{name!r}])" for name in names]
    lines += [f"{change.name}[{change.first}:{change.last + 1}] = {change.value!r}" for change in scenario]
    given = ", ".join(f"{name!r}: {name}[:, None]" for name in names)
    return [*lines, f"result = plan.run({{{given}}})"]
