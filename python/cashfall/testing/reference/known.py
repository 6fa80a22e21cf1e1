"""What no payment can change, date by date: what is scheduled, and what comes in by given inputs.

Schedules are sized on it (rule book, notes.md, schedule), reserves are prefunded by it (accounts.md), and tests look
forward on it (tests.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from . import groups
from .collateral import collected_amounts
from .dates import full_months
from .numbers import InvalidDeal, in_units, made

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario
    from .sizing import Note

Paths = Mapping[str, Sequence[int]]


class Row(dict[str, int]):
    """What no payment can change on a date; all else is missing."""

    def __missing__(self, path: str) -> int:
        raise InvalidDeal(f"{path} depends on what is paid")


class StaticMoment:
    """A date with what no payment can change; formulas are evaluated at it as at a `Scenario`.

    `scenario` is the one that looks ahead to the date; None for what is fixed when the deal is compiled.
    """

    def __init__(self, plan: Plan, index: int, closings: Sequence[Row], values: Row):
        self.plan, self.index, self.closings, self.values = plan, index, closings, values
        self.initial = plan.initial
        self.scenario: Scenario | None = None

    def read(self, path: str) -> int:
        return made(self.values[path])

    def ahead(self, path: str, n: int) -> int:
        return scheduled_ahead(self.plan, self.index, path, n)

    def is_unsettled(self, name: str) -> None:
        if self.scenario is None:
            raise InvalidDeal(f"solve has no fixed point for {name} when the deal is compiled")
        self.scenario.is_unsettled(name)


def static_moments(plan: Plan, rows: Sequence[Mapping[str, int]]) -> list[StaticMoment]:
    """A moment for the values of each grid date, with the sums of groups of notes."""
    known = [Row({**row, **groups.sums(plan, row)}) for row in rows]
    return [StaticMoment(plan, index, known[:index], row) for index, row in enumerate(known)]


def scheduled_ahead(plan: Plan, index: int, path: str, n: int) -> int:
    """Section 4, forward_sum: "the sum of the scheduled quantity over the next n payment dates of that note strictly
    after the date".
    """
    name, _, quantity = path.partition(".")
    if name in plan.table("groups"):
        return sum(scheduled_ahead(plan, index, part, n) for part in groups.holders(plan, name, quantity))
    dates = [row.date for row in plan.instalments[name] if row.date > plan.grid[index]][:n]
    return sum(plan.fixed[plan.position[date]][path] for date in dates)


def sizing_paths(plan: Plan) -> dict[str, list[int]]:
    """Section 3, sizing_case: "inputs not named take their defaults"; one without a default cannot be sized on."""
    case = plan.table("sizing_case")
    given = {name: [in_units(value, plan.input_scale(name))] * len(plan.grid) for name, value in case.items()}
    defaults = {name for name, entry in plan.inputs.items() if entry.keys() & {"default", "default_steps"}}
    return {name: plan.default_path(name) for name in defaults - case.keys()} | given


def known(note: Note, date: dt.date) -> dict[str, int]:
    """Section 4: "the whole months from the grid date to `maturity_date`", "and 0 from maturity on"."""
    months = max(0, full_months(date, note.maturity_date))
    return {f"{note.name}.months_to_maturity": months, f"{note.name}.original_balance": note.original_balance}


def incoming(plan: Plan, paths: Paths, seen: Sequence[Mapping[str, int]] = ()) -> list[Row]:
    """notes.md, schedule: "inputs, leases, cashflow amounts and the accruals of fixed fees", date by date. What leases
    have come to on the dates seen, they go on from.
    """
    rows: list[Row] = []
    for index, date in enumerate(plan.grid):
        values = Row({f"inputs.{name}": path[index] for name, path in paths.items()}, **{"period.index": index})
        for note in plan.notes.values():
            values |= known(note, date)
        collected_amounts(
            plan, StaticMoment(plan, index, rows, values), values, seen[index] if index < len(seen) else None
        )
        fixed = {name: fee for name, fee in plan.fees.items() if not fee.quantity}
        values |= {f"{name}.accrued": fee.fixed.get(index, 0) for name, fee in fixed.items()}
        rows.append(values)
    return rows


def incoming_moments(plan: Plan, paths: Paths) -> dict[dt.date, StaticMoment]:
    """What comes in by some inputs, on every date."""
    return dict(zip(plan.grid, static_moments(plan, incoming(plan, paths)), strict=True))


def scheduled_moments(plan: Plan) -> list[StaticMoment]:
    """What is scheduled, whatever the inputs are, on every date."""
    rows = [row | {"period.index": index} for index, row in enumerate(plan.fixed)]
    for row, date in zip(rows, plan.grid, strict=True):
        for note in plan.notes.values():
            row |= known(note, date)
    return static_moments(plan, rows)


def projected_moments(scenario: Scenario, paths: Paths, seen: Sequence[Mapping[str, int]]) -> list[StaticMoment]:
    """What comes in by some inputs, and what is scheduled, on every date, as a scenario looks ahead to it."""
    plan = scenario.plan
    rows = zip(plan.fixed, incoming(plan, paths, seen), strict=True)
    moments = static_moments(plan, [fixed | row for fixed, row in rows])
    for moment in moments:
        moment.scenario = scenario
    return moments
