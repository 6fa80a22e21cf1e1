"""Notes whose balance may be no more than a formula says (rule book, notes.md, balance_at_most)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .numbers import made

if TYPE_CHECKING:
    from .formulas import Evaluate, Moment
    from .plan import Plan
    from .scenario import Scenario


def limited(plan: Plan) -> dict[str, str]:
    """The notes that have a limit, each with its formula."""
    entries = plan.table("notes").items()
    limits = {name: entry["amortisation"].get("balance_at_most") for name, entry in entries}
    return {name: str(limit["formula"]) for name, limit in limits.items() if limit}


def read_limits(plan: Plan) -> dict[str, Evaluate]:
    """Their formulas."""
    return {name: plan.formulas.compile(text, "amount") for name, text in limited(plan).items()}


def initial(plan: Plan) -> dict[str, int]:
    """notes.md: "The target begins as the original balance (with `funding`: as `maximum`)"."""
    notes, funding = plan.notes, plan.funding
    whole = {name: funding[name].maximum if name in funding else notes[name].original_balance for name in notes}
    return {f"{name}.target": whole[name] for name in limited(plan)} | {f"{name}.overdue": 0 for name in limited(plan)}


def of_date(plan: Plan, name: str, moment: Moment) -> dict[str, int]:
    """notes.md: "At the start of each payment date, after all collateral, it becomes max(0, formula)"; what was above
    it when the date began is overdue.
    """
    before = moment.closings[moment.index - 1] if moment.index else moment.initial
    overdue = max(0, made(before[f"{name}.balance"] - before[f"{name}.target"]))
    target = before[f"{name}.target"]
    if plan.grid[moment.index] in plan.notes[name].fractions:
        target = max(0, made(plan.limits[name](moment)))
    return {f"{name}.target": target, f"{name}.overdue": overdue}


def lift(scenario: Scenario, name: str, amount: int) -> None:
    """notes.md: "What is drawn, capitalised or written up adds to the target at once"."""
    if name in scenario.plan.limits:
        scenario.values[f"{name}.target"] = made(scenario.values[f"{name}.target"] + amount)


def above(values: Mapping[str, int], name: str, balance: int) -> int:
    """What of a balance is above its limit."""
    return max(0, balance - values[f"{name}.target"])


def newly_due(scenario: Scenario, name: str, due: int) -> int:
    """tests.md, dscr: of a note with a limit what is due, without what was overdue when the date began."""
    return max(0, due - scenario.values[f"{name}.overdue"])
