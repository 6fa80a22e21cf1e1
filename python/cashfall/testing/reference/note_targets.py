"""A note's own target in each scenario: what prepayment, missed principal and capitalised interest do to its schedule
(rule book, notes.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import funding
from .numbers import divide, made

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario
    from .sizing import Note


@dataclass
class Target:
    """notes.md, target: "It has a scale `a/b` (1/1 at first) and a shift `h` (0 at first)"."""

    value: int
    a: int = 1
    b: int = 1
    h: int = 0


def with_targets(plan: Plan) -> list[str]:
    """notes.md: notes with "`missed_principal = "at_maturity"`, or an `apply_to` other than `direct`, or (unless
    `missed_principal = "target_balance"`) whose interest a step capitalises"; funding.md: none that is repaid whole.
    """
    found, whole = [], funding.repaid_whole(plan)
    for name, entry in plan.table("notes").items():
        if name in whole:
            continue
        missed, apply_to = entry.get("missed_principal", "carry"), entry.get("apply_to", "direct")
        lifted = name in capitalised(plan) and missed != "target_balance"
        if missed == "at_maturity" or apply_to != "direct" or lifted:
            found.append(name)
    return found


def capitalised(plan: Plan) -> set[str]:
    """The notes whose interest a step capitalises."""
    steps = [step["capitalize_interest"]["notes"] for step in plan.written_steps if "capitalize_interest" in step]
    return {name for notes in steps for name in notes}


def start_of_date(scenario: Scenario) -> None:
    """notes.md: "At the start of each payment date before maturity it becomes `max(0, R(scheduled_balance * a / b) +
    h)`, at maturity and after it is 0".
    """
    date = scenario.plan.grid[scenario.index]
    for name, target in scenario.targets.items():
        note = scenario.plan.notes[name]
        if date >= note.maturity_date:
            target.value = 0
        elif date in note.fractions:
            scheduled = scenario.values[f"{name}.scheduled_balance"]
            target.value = max(0, made(divide(scheduled * target.a, target.b, scenario.plan.rounding) + target.h))


def capitalise(scenario: Scenario, name: str, amount: int) -> None:
    """notes.md: "What is capitalised adds to `h` and to the target at once (before maturity; not under
    `target_balance`)".
    """
    missed = scenario.plan.table("notes")[name].get("missed_principal", "carry")
    before_maturity = scenario.plan.grid[scenario.index] < scenario.plan.notes[name].maturity_date
    if before_maturity and missed != "target_balance" and name in scenario.targets:
        target = scenario.targets[name]
        target.h, target.value = target.h + amount, made(target.value + amount)


def after_close(scenario: Scenario) -> None:
    """notes.md: "After the close of each date from the dated date to before maturity"."""
    date = scenario.plan.grid[scenario.index]
    for name, target in scenario.targets.items():
        note = scenario.plan.notes[name]
        if note.dated_date <= date < note.maturity_date:
            close_gap(scenario, note, target)


def close_gap(scenario: Scenario, note: Note, target: Target) -> None:
    """notes.md: what `gap = balance - target` does to scale and shift; "In these cases the target becomes the
    balance".
    """
    entry, values = scenario.plan.table("notes")[note.name], scenario.values
    balance, scheduled = values[f"{note.name}.balance"], values[f"{note.name}.scheduled_balance"]
    gap, apply_to = balance - target.value, entry.get("apply_to", "direct")
    missed = entry.get("missed_principal", "carry") == "at_maturity" and is_payment_date(scenario, note)
    if (gap < 0 and apply_to == "inverse") or (gap > 0 and missed):
        target.h += gap
    elif gap < 0 and apply_to == "pro_rata":
        if scheduled:
            target.a, target.b, target.h = balance, scheduled, 0
        else:
            target.h = balance
    else:
        return
    target.value = balance


def is_payment_date(scenario: Scenario, note: Note) -> bool:
    """Whether the note pays on the date."""
    return scenario.plan.grid[scenario.index] in note.fractions
