"""Notes from date to date: interest, what is due, what is paid (rule book, notes.md). Schedules are in `sizing`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from . import acceleration, anticipated, balance_limits, capitalisation, funding, note_targets, prepayment, sizing
from .coupons import Accrual, Market, formula_rate
from .known import StaticMoment, incoming_moments, known, sizing_paths
from .numbers import SCALE, in_units, made
from .payments import Payment
from .sizing import Instalment, Note

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario

QUANTITIES = (
    *("balance", "interest_accrued", "interest_due", "interest_paid", "principal_due", "principal_paid", "proceeds"),
    *("scheduled_interest", "scheduled_principal", "scheduled_debt_service", "scheduled_balance"),
)
KNOWN = ("original_balance",)
"""What is known of a note when the deal is compiled; not recorded."""
SHORTFALLS = {"interest_shortfall": "interest_due", "principal_shortfall": "principal_due"}


def units(plan: Plan) -> dict[str, str]:
    """Section 4, table."""
    notes = plan.table("notes")
    numbers = [f"{name}.rate" for name in notes]
    numbers += [f"{name}.factor" for name, entry in notes.items() if "factor_decimals" in entry]
    counts = [f"{name}.months_to_maturity" for name in notes]
    found = dict.fromkeys(amounts(plan), "amount") | dict.fromkeys(numbers, "number")
    return found | dict.fromkeys(counts, "count")


def amounts(plan: Plan) -> list[str]:
    """Section 4, table; notes.md: what some notes have besides."""
    names = [f"{name}.{quantity}" for name in plan.table("notes") for quantity in (*QUANTITIES, *KNOWN)]
    names += [f"{name}.target" for name in [*note_targets.with_targets(plan), *balance_limits.limited(plan)]]
    unpaid = ("unpaid_interest_accrued", "unpaid_interest_due")
    names += [f"{name}.{part}" for name in capitalisation.read_on_unpaid(plan) for part in unpaid]
    names += [f"{name}.interest_capitalized" for name in sorted(note_targets.capitalised(plan))]
    names += [f"{name}.premium_paid" for name in plan.prepaid]
    return names + [f"{name}.written_down" for name in capitalisation.written_down(plan)]


def initial_values(plan: Plan, values: Mapping[str, int]) -> dict[str, int]:
    """notes.md: before the first payment date a target "begins as the original balance"; the factor of what is
    outstanding.
    """
    found = {f"{name}.target": plan.notes[name].original_balance for name in note_targets.with_targets(plan)}
    for name, entry in plan.table("notes").items():
        if "factor_decimals" in entry:
            balance = values[f"{name}.balance"]
            found[f"{name}.factor"] = capitalisation.factor(entry, whole_balance(plan, name), balance, plan.rounding)
    for note in plan.notes.values():
        found |= known(note, plan.closing_date)
    return found


# schedules


def size_notes(plan: Plan) -> dict[str, list[Instalment]]:
    """notes.md, schedule: "Fixed at compile on the sizing case, the same in every scenario"."""
    paths, instalments = sizing_paths(plan), {}
    moments: dict[dt.date, StaticMoment] = {}

    def cash_flow(text: str, date: dt.date) -> int:
        if not moments:
            moments.update(incoming_moments(plan, paths))
        return plan.formulas.compile(text, "amount")(moments[date])

    for name, note in plan.notes.items():
        instalments[name] = sizing.size(note, cash_flow, Market(plan.grid, paths, plan.rounding))
    return instalments


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
            values[f"{name}.proceeds"] = note.proceeds() if date == note.dated_date else 0
            values |= known(note, date)
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
        for quantity in ("unpaid_interest_accrued", "interest_capitalized"):
            if f"{name}.{quantity}" in values:
                values[f"{name}.{quantity}"] = 0
        if plan.grid[scenario.index] == note.dated_date:
            values[f"{name}.balance"] = note.original_balance
    prepayment.start_of_date(scenario)
    note_targets.start_of_date(scenario)


def accrue_interest(scenario: Scenario, name: str) -> None:
    """notes.md, interest: on payment dates, "it rounds once. Then `interest_due += interest_accrued`"."""
    note, values, date = scenario.plan.notes[name], scenario.values, scenario.plan.grid[scenario.index]
    end = next((end for end in note.payment_dates if end >= date), None)
    if end is None or date <= note.starts[end]:
        return
    if balance := values[f"{name}.balance"]:
        scenario.weighted[name] += balance * elapsed(scenario, note, end)
    if date < end:
        return
    plain = accrual_of(scenario, note, end)
    earned = with_default_rate(scenario, name, plain)
    weighted = scenario.weighted.pop(name, Fraction(0))
    anticipated.accrue(scenario, name, note.starts[end], weighted)
    accrued = made(note.interest(weighted, end, earned))
    on_unpaid = capitalisation.interest_on_unpaid(scenario, note, end, earned.rate, plain.rate)
    values[f"{name}.rate"] = earned.rate
    values[f"{name}.interest_accrued"] = accrued
    values[f"{name}.interest_due"] = made(values[f"{name}.interest_due"] + accrued + on_unpaid)


def accrual_of(scenario: Scenario, note: Note, end: dt.date) -> Accrual:
    """What the period earns; notes.md, rate by formula: "On each payment date, where `accrue_interest` runs"."""
    if note.name in scenario.plan.rate_formulas:
        value = scenario.plan.rate_formulas[note.name](scenario)
        return Accrual(formula_rate(note.coupon, value, scenario.plan.rounding))
    return note.accrual(end, Market(scenario.plan.grid, scenario.paths, scenario.plan.rounding))


def elapsed(scenario: Scenario, note: Note, end: dt.date) -> Fraction:
    """notes.md: "`n_g - n_(g')`", g' the grid date before g, within the period that ends on `end`."""
    grid, index, known = scenario.plan.grid, scenario.index, scenario.plan.stretches
    if (note.name, index) not in known:
        before = grid[index - 1] if index and grid[index - 1] > note.starts[end] else None
        known[note.name, index] = note.part(end, grid[index]) - (note.part(end, before) if before else 0)
    return known[note.name, index]


def with_default_rate(scenario: Scenario, name: str, earned: Accrual) -> Accrual:
    """notes.md, default rate: "where the flag is 1 when `accrue_interest` runs, `extra` is added"."""
    added = acceleration.added_rate(scenario, name) + funding.added_rate(scenario, name)
    earned = replace(earned, rate=earned.rate + added)
    if name not in scenario.plan.default_rates:
        return earned
    extra, condition = scenario.plan.default_rates[name]
    return replace(earned, rate=earned.rate + extra) if condition(scenario) else earned


def read_default_rates(plan: Plan) -> dict[str, tuple[int, Evaluate]]:
    """notes.md: "`default_rate = { extra, when = "flag formula" }`"."""
    written = {name: entry["default_rate"] for name, entry in plan.table("notes").items() if "default_rate" in entry}
    return {
        name: (in_units(terms["extra"], SCALE), plan.formulas.compile(terms["when"], "flag"))
        for name, terms in written.items()
    }


def read_rate_formulas(plan: Plan) -> dict[str, Evaluate]:
    """notes.md, rate by formula: "`rate = "number formula"`"."""
    formulas = {name: note.coupon.formula for name, note in plan.notes.items() if note.coupon.kind == "formula"}
    return {name: plan.formulas.compile(text, "number") for name, text in formulas.items()}


def principal_due(balance: int, scheduled_balance: int) -> int:
    """notes.md, due: "`principal_due = max(0, balance - scheduled_balance)`"."""
    return max(0, balance - scheduled_balance)


def principal_due_of(scenario: Scenario, name: str) -> int:
    """Section 4: in formulas "on every date", whether or not the note pays on it."""
    return due_of(scenario, name, scenario.values[f"{name}.balance"])


def due_of(scenario: Scenario, name: str, balance: int) -> int:
    """What is due of a balance: all of it where acceleration.md says so, else by the schedule."""
    if acceleration.all_is_due(scenario, name):
        return balance
    if name in funding.repaid_whole(scenario.plan):
        return funding.scheduled_due(scenario, name, balance)
    return principal_due(balance, target_of(scenario, name))


def target_of(scenario: Scenario, name: str) -> int:
    """notes.md, target: the scenario's own "in the place of `scheduled_balance`"."""
    if name in scenario.targets:
        return scenario.targets[name].value
    return scenario.values[f"{name}.scheduled_balance"]


def factor_of(scenario: Scenario, name: str) -> int:
    """notes.md, factor."""
    plan, balance = scenario.plan, scenario.values[f"{name}.balance"]
    return capitalisation.factor(plan.table("notes")[name], whole_balance(plan, name), balance, plan.rounding)


def whole_balance(plan: Plan, name: str) -> int:
    """What a factor divides by: the original balance; funding.md: "`factor` divides by `maximum`"."""
    return plan.funding[name].maximum if name in plan.funding else plan.notes[name].original_balance


def derived(plan: Plan) -> dict[str, Any]:
    """Quantities worked out whenever they are read."""
    found = {f"{name}.principal_due": principal_due_of for name in plan.notes}
    found |= {f"{name}.target": target_of for name in note_targets.with_targets(plan)}
    factored = [name for name, entry in plan.table("notes").items() if "factor_decimals" in entry]
    return found | {f"{name}.factor": factor_of for name in factored}


def dues(scenario: Scenario) -> dict[str, int]:
    """What notes are due, recorded "as they stand after collection and before the waterfall"."""
    found = {}
    for name in scenario.plan.notes:
        found[f"{name}.interest_due"] = scenario.values[f"{name}.interest_due"]
        found[f"{name}.principal_due"] = principal_due_of(scenario, name)
    for name in scenario.plan.on_unpaid:
        found[f"{name}.unpaid_interest_due"] = scenario.values[f"{name}.unpaid_interest_due"]
    return found


def recorded(plan: Plan) -> list[str]:
    """Section 5: every quantity, and shortfalls; notes.md: `rate` "for notes whose coupon is not `fixed` or that have a
    `default_rate`", or "to whose rate a test or an extension adds".
    """
    names = [*units(plan), *(f"{name}.{part}" for name in plan.notes for part in SHORTFALLS)]
    notes = plan.table("notes").items()
    stepped = acceleration.with_rate_steps(plan)
    extended = {name for name, note in notes if note.get("extension", {}).get("extra", 0)}
    plain = {f"{name}.rate" for name, note in notes if "fixed" in note["coupon"] and "default_rate" not in note}
    plain -= {f"{name}.rate" for name in stepped | extended}
    plain |= {f"{name}.{part}" for name in plan.notes for part in (*KNOWN, "months_to_maturity")}
    return [name for name in names if name not in plain]


# payments


def interest_request(scenario: Scenario, name: str) -> int:
    """steps.md, pay_interest: "interest_due"."""
    return scenario.values[f"{name}.interest_due"]


def is_payment_date(scenario: Scenario, name: str) -> bool:
    """Whether the note pays on the date."""
    return scenario.plan.grid[scenario.index] in scenario.plan.notes[name].fractions


def principal_request(scenario: Scenario, name: str) -> int:
    """notes.md: "`pay_principal` finds something due only on payment dates of the note"."""
    if is_payment_date(scenario, name):
        return principal_due_of(scenario, name)
    return scenario.values[f"{name}.balance"] if acceleration.is_accelerated(scenario, name) else 0


def sweep_request(scenario: Scenario, name: str) -> int:
    """notes.md: "`sweep` asks for the balance on every date"."""
    return scenario.values[f"{name}.balance"]


def credit_interest(scenario: Scenario, name: str, amount: int) -> None:
    """Interest that is paid is owed no longer."""
    scenario.values[f"{name}.interest_due"] -= amount
    scenario.values[f"{name}.interest_paid"] += amount
    capitalisation.reduce_unpaid(scenario, name, amount)


def credit_principal(scenario: Scenario, name: str, amount: int) -> None:
    """Principal that is paid lowers the balance."""
    scenario.values[f"{name}.balance"] -= amount
    scenario.values[f"{name}.principal_paid"] += amount


def premium_request(scenario: Scenario, name: str) -> int:
    """notes.md, prepayment: a premium comes with principal only."""
    raise AssertionError(name)


def credit_premium(scenario: Scenario, name: str, amount: int) -> None:
    """notes.md, prepayment: "`premium_paid` ... gains the premium"."""
    scenario.values[f"{name}.premium_paid"] += amount


PAYMENTS = {
    "pay_interest": Payment("notes", interest_request, credit_interest, "interest_due"),
    "pay_principal": Payment("notes", principal_request, credit_principal, "principal_due"),
    "sweep": Payment("notes", sweep_request, credit_principal, "balance"),
    "prepay": Payment("notes", sweep_request, credit_principal),
    "run_tests": Payment("notes", sweep_request, credit_principal),
    "pay_premium": Payment("notes", premium_request, credit_premium),
}


# metrics


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """Section 5: totals, the largest shortfalls, loss and average life."""
    found: dict[str, int | float] = {}
    for name in scenario.plan.notes:
        for part in ("interest", "principal"):
            found[f"{name}.{part}_paid"] = scenario.totals[f"{name}.{part}_paid"]
            found[f"{name}.{part}_shortfall"] = max(flows[f"{name}.{part}_shortfall"])
        lost = [f"{name}.{part}" for part in ("balance", "interest_due", "written_down")]
        found[f"{name}.loss"] = sum(scenario.values.get(part, 0) for part in lost)
        if f"{name}.premium_paid" in flows:
            found[f"{name}.premium_paid"] = scenario.totals[f"{name}.premium_paid"]
        found[f"{name}.wal"] = average_life(scenario.plan, name, flows[f"{name}.principal_paid"])
    return found


def average_life(plan: Plan, name: str, paid: Sequence[int]) -> float:
    """Section 5, wal: binary64, "`num = num + paid_cents * (n/d)` in date order, divided by the total principal
    paid".
    """
    note = plan.notes[name]
    weighted, total = 0.0, 0
    for amount, date in zip(paid, plan.grid, strict=True):
        if not amount:
            continue
        years = note.years_to(date)
        weighted = weighted + float(amount) * (years.numerator / years.denominator)
        total += amount
    return weighted / float(total) if total else float("nan")
