"""Additional interest after an anticipated repayment date (rule book, notes.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .dates import as_date
from .numbers import SCALE, divide, in_units, made
from .payments import Payment

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario

PARTS = ("additional_interest_accrued", "additional_interest_due", "additional_interest_paid")
SHORTFALLS = {"additional_interest_shortfall": "additional_interest_due"}


def terms_of(plan: Plan) -> dict[str, Mapping[str, Any]]:
    """The notes with `anticipated_repayment`, and its terms."""
    notes = plan.table("notes").items()
    return {name: note["anticipated_repayment"] for name, note in notes if "anticipated_repayment" in note}


def with_additional_interest(document: Mapping[str, Any]) -> list[str]:
    """The names of those notes."""
    return [name for name, note in document["notes"].items() if "anticipated_repayment" in note]


def units(plan: Plan) -> dict[str, str]:
    """notes.md, anticipated repayment: "readable as interest is"."""
    return {f"{name}.{part}": "amount" for name in terms_of(plan) for part in PARTS}


def accrue(scenario: Scenario, name: str, start: dt.date, weighted: Fraction) -> None:
    """notes.md: "On each payment date whose interest period begins on or after `date`"; `weighted` is S over d."""
    terms = terms_of(scenario.plan).get(name)
    if terms is None or start < as_date(terms["date"]):
        return
    amount = weighted * in_units(terms["extra"], SCALE) / SCALE
    accrued = made(divide(amount.numerator, amount.denominator, scenario.plan.rounding))
    due = scenario.values[f"{name}.additional_interest_due"]
    scenario.values[f"{name}.additional_interest_accrued"] = accrued
    scenario.values[f"{name}.additional_interest_due"] = made(due + accrued)


def start_of_date(scenario: Scenario) -> None:
    """Flows of the date begin at 0."""
    for name in terms_of(scenario.plan):
        for part in ("accrued", "paid"):
            scenario.values[f"{name}.additional_interest_{part}"] = 0


def dues(scenario: Scenario) -> dict[str, int]:
    """What additional interest is due."""
    names = [f"{name}.additional_interest_due" for name in terms_of(scenario.plan)]
    return {name: scenario.values[name] for name in names}


def recorded(plan: Plan) -> list[str]:
    """notes.md, anticipated repayment: its quantities and its shortfall."""
    return [f"{name}.{part}" for name in terms_of(plan) for part in (*PARTS, *SHORTFALLS)]


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """notes.md: "the total paid, the largest shortfall"."""
    found: dict[str, int | float] = {}
    for name in terms_of(scenario.plan):
        found[f"{name}.additional_interest_paid"] = scenario.totals[f"{name}.additional_interest_paid"]
        found[f"{name}.additional_interest_shortfall"] = max(flows[f"{name}.additional_interest_shortfall"])
    return found


def request(scenario: Scenario, name: str) -> int:
    """notes.md: "`pay` has" it "as the due `note.additional_interest_due`"."""
    return scenario.values[f"{name}.additional_interest_due"]


def credit(scenario: Scenario, name: str, amount: int) -> None:
    """What is paid is owed no longer."""
    scenario.values[f"{name}.additional_interest_due"] -= amount
    scenario.values[f"{name}.additional_interest_paid"] += amount


PAYMENTS = {"pay_additional_interest": Payment("notes", request, credit, "additional_interest_due")}
