"""One scenario, date by date: its state, and what formulas see of it (rule book, language.md and steps.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from . import (
    acceleration,
    accounts,
    anticipated,
    assets,
    collateral,
    earnings,
    facilities,
    fees,
    funding,
    going,
    groups,
    hedges,
    inspections,
    ledgers,
    note_targets,
    notes,
    statuses,
    steps,
    taxes,
    tests,
    waivers,
)
from .known import scheduled_ahead
from .numbers import made
from .plan import Plan

CHAPTERS = (
    collateral,
    accounts,
    fees,
    notes,
    funding,
    groups,
    facilities,
    earnings,
    hedges,
    taxes,
    tests,
    acceleration,
    anticipated,
    assets,
    waivers,
    inspections,
    ledgers,
)
"""The objects that have a state, each with `start_of_date`, `dues`, `recorded` and `metrics`. Ledgers
begin a date last: what resets them is known by then.
"""


TOTALLED = ("paid", "distributed", "draws", "received", "earned", "funded")
"""The flows that are added up over the dates."""


class Scenario:
    """State of one scenario; it is the `Moment` that formulas are evaluated at."""

    def __init__(self, plan: Plan, paths: Mapping[str, Sequence[int]]) -> None:
        self.plan = plan
        self.paths = paths
        self.initial = plan.initial
        self.values = dict(plan.initial)
        self.derived = accounts.derived(plan) | notes.derived(plan) | fees.derived(plan)
        self.derived |= groups.derived(plan) | statuses.derived(plan) | funding.derived(plan)
        self.closings: list[dict[str, int]] = []
        self.index = 0
        self.status = 0
        self.stepped = 0
        self.states = {name: tests.TestState() for name in plan.tests}
        self.read_today: set[str] = set()
        self.waived_until = dict.fromkeys(plan.tests, 0)
        self.measured: dict[str, int | float | None] = {}
        self.rooms = {name: cap.room for name, cap in plan.fee_caps.items()}
        self.ever_drawn: dict[str, int] = defaultdict(int)
        self.terminated: set[str] = set()
        self.targets = {
            name: note_targets.Target(plan.notes[name].original_balance) for name in note_targets.with_targets(plan)
        }
        self.weighted: dict[str, Fraction] = defaultdict(Fraction)
        self.cured: dict[str, int] = {}
        self.totals: dict[str, int] = defaultdict(int)
        self.ledger: list[steps.Movement] = []
        self.as_of_waterfall: dict[str, int] = {}
        self.waterfall_status = 0
        self.has_unsettled = False

    # what formulas see

    def read(self, path: str) -> int:
        """A quantity as it stands now; a sum over a group is made as it is read."""
        return made(self.value(path))

    def value(self, path: str) -> int:
        """A quantity as it stands now; targets, principal due and sums over groups are worked out whenever they are
        asked for.
        """
        return self.derived[path](self, path.partition(".")[0]) if path in self.derived else self.values[path]

    def ahead(self, path: str, n: int) -> int:
        """Section 4, forward_sum."""
        return scheduled_ahead(self.plan, self.index, path, n)

    def is_unsettled(self, name: str) -> None:
        """Section 1, no convergence: the outcome, unless the scenario leaves the range on the same date."""
        self.has_unsettled = True

    def take_status(self) -> None:
        """tests.md and steps.md: after every step that may change it."""
        tests.take_status(self)

    # a date

    def run_date(self, index: int) -> None:
        """steps.md, waterfalls: collection, on the closing date closing, on waterfall dates the status' waterfall, then
        after.
        """
        self.index = index
        self.start_of_date()
        steps.run_waterfall(self, "collection")
        if steps.is_closing_date(self):
            steps.run_waterfall(self, "closing")
        self.as_of_waterfall = {key: due for chapter in CHAPTERS for key, due in chapter.dues(self).items()}
        self.waterfall_status = self.status
        if index in self.plan.waterfall_positions:
            going.run_statuses(self)
        steps.run_waterfall(self, "after")
        self.close_of_date()

    def start_of_date(self) -> None:
        """Inputs of the date; then each object begins it."""
        self.values["period.index"] = self.index
        for name, path in self.paths.items():
            self.values[f"inputs.{name}"] = path[self.index]
        for chapter in CHAPTERS:
            chapter.start_of_date(self)

    def close_of_date(self) -> None:
        """Running totals, and the closing values that later dates can look back at."""
        for key, amount in self.values.items():
            if key.endswith(TOTALLED):
                self.totals[key] = made(self.totals[key] + amount)
        self.closings.append({**self.values, **{key: self.value(key) for key in self.derived}})
        collateral.close_of_date(self)
        groups.close_of_date(self)
        assets.close_of_date(self)
        note_targets.after_close(self)
