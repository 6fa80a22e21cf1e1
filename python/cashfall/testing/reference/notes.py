"""Notes from date to date: interest, what is due, what is paid (rule book, notes.md). Schedules are in `sizing`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import sizing
from .collateral import collected_amounts
from .numbers import InvalidDeal, in_units, made
from .payments import Payment
from .sizing import Instalment

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario

QUANTITIES = (
    *("balance", "interest_accrued", "interest_due", "interest_paid", "principal_due", "principal_paid", "proceeds"),
    *("scheduled_interest", "scheduled_principal", "scheduled_debt_service", "scheduled_balance"),
)
SHORTFALLS = {"interest_shortfall": "interest_due", "principal_shortfall": "principal_due"}


def units(plan: Plan) -> dict[str, str]:
    """Section 4, table."""
    return {f"{name}.{quantity}": "amount" for name in plan.table("notes") for quantity in QUANTITIES}


# schedules


class StaticMoment:
    """The moment a sculpted cash flow is evaluated at: the sizing case, with only what no payment can change."""

    def __init__(self, index: int, closings: list[dict[str, int]], initial: Mapping[str, int], values: dict[str, int]):
        self.index, self.closings, self.initial, self.values = index, closings, initial, values

    def read(self, path: str) -> int:
        if path not in self.values:
            raise InvalidDeal(f"a sculpted cash flow cannot read {path}")
        return self.values[path]

    def ahead(self, path: str, n: int) -> int:
        raise InvalidDeal("a sculpted cash flow cannot look ahead")


def size_notes(plan: Plan) -> dict[str, list[Instalment]]:
    """notes.md, schedule: "Fixed at compile on the sizing case, the same in every scenario"."""
    sculpted = [name for name, note in plan.notes.items() if note.amortisation[0] == "sculpted"]
    moments = sizing_moments(plan) if sculpted else {}
    instalments = {}
    for name, note in plan.notes.items():
        flows: dict[dt.date, int] = {}
        if name in sculpted:
            formula = plan.formulas.compile(note.amortisation[1]["cash_flow"], "amount")
            flows = {date: formula(moments[date]) for date in note.amortising_dates()}
        instalments[name] = sizing.size(note, flows.__getitem__)
    return instalments


def sizing_moments(plan: Plan) -> dict[dt.date, StaticMoment]:
    """Every date of the sizing case: "inputs not named take their defaults"."""
    case = plan.table("sizing_case")
    paths = {name: plan.default_path(name) for name in plan.inputs if name not in case}
    paths |= {name: [in_units(value, plan.input_scale(name))] * len(plan.grid) for name, value in case.items()}
    moments, closings = {}, list[dict[str, int]]()
    for index, date in enumerate(plan.grid):
        values = {f"inputs.{name}": path[index] for name, path in paths.items()} | {"period.index": index}
        values |= collected_amounts(plan, index, values)
        fixed = {name: fee for name, fee in plan.fees.items() if not fee.quantity}
        values |= {f"{name}.accrued": fee.fixed.get(index, 0) for name, fee in fixed.items()}
        moments[date] = StaticMoment(index, list(closings), plan.initial, values)
        closings.append(values)
    return moments


def scheduled_values(plan: Plan) -> list[dict[str, int]]:
    """Scheduled quantities and proceeds by grid position; between payment dates the scheduled balance stays."""
    rows = []
    running = {name: note.original_balance for name, note in plan.notes.items()}
    by_date = {name: {row.date: row for row in rows} for name, rows in plan.instalments.items()}
    for date in plan.grid:
        values = {}
        for name, note in plan.notes.items():
            row = by_date[name].get(date, Instalment(date, 0, 0, running[name]))
            running[name] = row.balance
            values[f"{name}.scheduled_interest"] = row.interest
            values[f"{name}.scheduled_principal"] = row.principal
            values[f"{name}.scheduled_debt_service"] = row.interest + row.principal
            values[f"{name}.scheduled_balance"] = row.balance
            values[f"{name}.proceeds"] = note.original_balance if date == note.dated_date else 0
        rows.append(values)
    return rows


# a date


def start_of_date(scenario: Scenario) -> None:
    """Scheduled quantities of the date; its flows begin at 0; `original_balance` from the start of the dated date."""
    values, plan = scenario.values, scenario.plan
    values.update(plan.fixed[scenario.index])
    for name, note in plan.notes.items():
        for quantity in ("interest_accrued", "interest_paid", "principal_paid"):
            values[f"{name}.{quantity}"] = 0
        if plan.grid[scenario.index] == note.dated_date:
            values[f"{name}.balance"] = note.original_balance


def accrue_interest(scenario: Scenario, name: str) -> None:
    """notes.md, interest: on payment dates, "with the balance before this date's payments"."""
    note, values, date = scenario.plan.notes[name], scenario.values, scenario.plan.grid[scenario.index]
    if date not in note.fractions:
        return
    balance = values[f"{name}.balance"] + values[f"{name}.principal_paid"]
    accrued = made(note.interest(balance, date))
    values[f"{name}.interest_accrued"] = accrued
    values[f"{name}.interest_due"] = made(values[f"{name}.interest_due"] + accrued)


def principal_due(balance: int, scheduled_balance: int) -> int:
    """notes.md, due: "`principal_due = max(0, balance - scheduled_balance)`"."""
    return max(0, balance - scheduled_balance)


def principal_due_of(scenario: Scenario, name: str) -> int:
    """Section 4: in formulas "on every date", whether or not the note pays on it."""
    return principal_due(scenario.values[f"{name}.balance"], scenario.values[f"{name}.scheduled_balance"])


def derived(plan: Plan) -> dict[str, Any]:
    """Quantities worked out whenever they are read."""
    return {f"{name}.principal_due": principal_due_of for name in plan.notes}


def dues(scenario: Scenario) -> dict[str, int]:
    """What notes are due, recorded "as they stand after collection and before the waterfall"."""
    found = {}
    for name in scenario.plan.notes:
        found[f"{name}.interest_due"] = scenario.values[f"{name}.interest_due"]
        found[f"{name}.principal_due"] = principal_due_of(scenario, name)
    return found


def recorded(plan: Plan) -> list[str]:
    """Section 5: every quantity, and shortfalls."""
    return [*units(plan), *(f"{name}.{part}" for name in plan.notes for part in SHORTFALLS)]


# payments


def interest_request(scenario: Scenario, name: str) -> int:
    """steps.md, pay_interest: "interest_due"."""
    return scenario.values[f"{name}.interest_due"]


def is_payment_date(scenario: Scenario, name: str) -> bool:
    """notes.md: "A note's balance changes only on its own payment dates"."""
    return scenario.plan.grid[scenario.index] in scenario.plan.notes[name].fractions


def principal_request(scenario: Scenario, name: str) -> int:
    """steps.md, pay_principal: "principal_due"."""
    return principal_due_of(scenario, name) if is_payment_date(scenario, name) else 0


def sweep_request(scenario: Scenario, name: str) -> int:
    """steps.md, sweep: "balance"."""
    return scenario.values[f"{name}.balance"] if is_payment_date(scenario, name) else 0


def credit_interest(scenario: Scenario, name: str, amount: int) -> None:
    """Interest that is paid is owed no longer."""
    scenario.values[f"{name}.interest_due"] -= amount
    scenario.values[f"{name}.interest_paid"] += amount


def credit_principal(scenario: Scenario, name: str, amount: int) -> None:
    """Principal that is paid lowers the balance."""
    scenario.values[f"{name}.balance"] -= amount
    scenario.values[f"{name}.principal_paid"] += amount


PAYMENTS = {
    "pay_interest": Payment("notes", interest_request, credit_interest, "interest_due"),
    "pay_principal": Payment("notes", principal_request, credit_principal, "principal_due"),
    "sweep": Payment("notes", sweep_request, credit_principal, "balance"),
}


# metrics


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """Section 5: totals, the largest shortfalls, loss and average life."""
    found: dict[str, int | float] = {}
    for name in scenario.plan.notes:
        for part in ("interest", "principal"):
            found[f"{name}.{part}_paid"] = scenario.totals[f"{name}.{part}_paid"]
            found[f"{name}.{part}_shortfall"] = max(flows[f"{name}.{part}_shortfall"])
        found[f"{name}.loss"] = scenario.values[f"{name}.balance"] + scenario.values[f"{name}.interest_due"]
        found[f"{name}.wal"] = average_life(scenario.plan, name, flows[f"{name}.principal_paid"])
    return found


def average_life(plan: Plan, name: str, paid: Sequence[int]) -> float:
    """Section 5, wal: binary64, "`num = num + paid_cents * (n/d)` in date order, divided by the total principal
    paid".
    """
    note = plan.notes[name]
    weighted, total = 0.0, 0
    for date in note.payment_dates:
        amount = paid[plan.position[date]]
        years = note.years_to(date)
        weighted = weighted + float(amount) * (years.numerator / years.denominator)
        total += amount
    return weighted / float(total) if total else float("nan")
