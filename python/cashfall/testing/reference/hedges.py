"""Swaps and caps (rule book, hedges.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from .dates import as_date
from .document import variant
from .numbers import SCALE, divide, in_units, made
from .payments import Payment
from .weights import DENOMINATORS, Periods, Rate, days, read_periods, read_rate, weighted_sum

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario

SWAP_QUANTITIES = ("pay_accrued", "receive_accrued", "receivable", "due", "received", "paid")
TERMINATION = ("termination_due", "termination_paid")
CAP_QUANTITIES = ("accrued", "receivable", "received")
SHORTFALLS = {"shortfall": "due", "termination_shortfall": "termination_due"}


@dataclass(frozen=True)
class Notional:
    """A notional by dated rows, or the balance of a note."""

    rows: Sequence[tuple[dt.date, int]]
    note: str | None


@dataclass(frozen=True)
class Leg:
    """A leg of a swap, or what a cap pays on."""

    rate: Rate
    day_count: str


@dataclass(frozen=True)
class Swap:
    """A swap's terms; `terminates` where a step may terminate it."""

    pay: Leg
    receive: Leg
    notional: Notional
    periods: Periods
    terminates: bool


@dataclass(frozen=True)
class Cap:
    """A cap's terms: the index as a rate, the strike in 1e-9."""

    leg: Leg
    strike: int
    notional: Notional
    periods: Periods


def terminated_swaps(plan: Plan) -> list[str]:
    """hedges.md: "The termination quantities exist for swaps that a `terminate_swap` names"."""
    named = {step["terminate_swap"]["swap"] for step in plan.written_steps if "terminate_swap" in step}
    named |= {entry["swap"] for entry in plan.document.get("acceleration", {}).get("swaps", [])}
    return [name for name in plan.table("swaps") if name in named]


def units(plan: Plan) -> dict[str, str]:
    """hedges.md, quantities."""
    names = [f"{name}.{part}" for name in plan.table("swaps") for part in SWAP_QUANTITIES]
    names += [f"{name}.{part}" for name in plan.terminated_swaps for part in TERMINATION]
    names += [f"{name}.{part}" for name in plan.table("caps") for part in CAP_QUANTITIES]
    return dict.fromkeys(names, "amount")


def flows(plan: Plan) -> list[str]:
    """The quantities of the date, which begin at 0."""
    return [name for name in units(plan) if name.endswith(("accrued", "received", "paid"))]


def read_notional(plan: Plan, entry: Mapping[str, Any]) -> Notional:
    """hedges.md: "`{ schedule = [[date, amount], ...] }`" or "`{ note = "name" }`, balance-guaranteed"."""
    kind, terms = variant(entry)
    if kind == "note":
        return Notional([], str(terms))
    return Notional([(as_date(date), in_units(amount, plan.scale)) for date, amount in terms], None)


def read_swap(plan: Plan, name: str, entry: Mapping[str, Any]) -> Swap:
    """hedges.md: "the rates may be negative, and a floating rate has a floor only where one is stated"."""
    pay, receive = (Leg(read_rate(entry[side]["rate"], None), entry[side]["day_count"]) for side in ("pay", "receive"))
    return Swap(
        pay, receive, read_notional(plan, entry["notional"]), read_periods(plan, entry), name in plan.terminated_swaps
    )


def read_cap(plan: Plan, entry: Mapping[str, Any]) -> Cap:
    """hedges.md: "`index`, `strike`, `day_count`, `notional`, `payment_dates`, `fixing?` (`in_advance`)"."""
    rate = Rate(index=entry["index"], in_arrears=entry.get("fixing", "in_advance") == "in_arrears")
    strike = in_units(entry["strike"], SCALE)
    return Cap(Leg(rate, entry["day_count"]), strike, read_notional(plan, entry["notional"]), read_periods(plan, entry))


def notional_sum(scenario: Scenario, notional: Notional, day_count: str, periods: Periods) -> int:
    """facilities.md: the weighted sum up to today; each row of a schedule "counts as a date of the weighted sum"."""
    if notional.note is not None:
        return weighted_sum(scenario, lambda values: values[f"{notional.note}.balance"], day_count, periods)
    today = scenario.plan.grid[scenario.index]
    period = periods.of(today) or periods.ending(today)
    total = 0
    if period is None:
        return total
    start, maturity = period[0], periods.payment_dates[-1]
    dates = [start, *(date for date, _ in notional.rows if start < date < today), today]
    for begins, ends in pairwise(dates):
        amount = ([0] + [amount for date, amount in notional.rows if date <= begins])[-1]
        n_days = days(day_count, start, ends, maturity) - days(day_count, start, begins, maturity)
        total = made(total + amount * n_days)
    return total


def start_of_date(scenario: Scenario) -> None:
    """hedges.md: "At the start of each payment date, before `collection`"."""
    plan, values = scenario.plan, scenario.values
    for name in plan.hedge_flows:
        values[name] = 0
    for name, swap in plan.swaps.items():
        if name not in scenario.terminated:
            accrue_swap(scenario, name, swap)
    for name, cap in plan.caps.items():
        accrue_cap(scenario, name, cap)


def leg_amount(scenario: Scenario, leg: Leg, total: int, rate: int) -> int:
    """hedges.md: "`R(S * rate / (1e9 * d))`"."""
    return made(divide(total * rate, SCALE * DENOMINATORS[leg.day_count], scenario.plan.rounding))


def accrue_swap(scenario: Scenario, name: str, swap: Swap) -> None:
    """hedges.md: "`net = receive_accrued - pay_accrued`: `receivable += max(0, net)`, `due += max(0, -net)`"."""
    legs = {"pay": swap.pay, "receive": swap.receive}
    sums = {side: notional_sum(scenario, swap.notional, leg.day_count, swap.periods) for side, leg in legs.items()}
    period = swap.periods.ending(scenario.plan.grid[scenario.index])
    if period is None:
        return
    values = scenario.values
    for side, leg in legs.items():
        rate = leg.rate.of(scenario, period[0])
        values[f"{name}.{side}_accrued"] = leg_amount(scenario, leg, sums[side], rate)
    net = values[f"{name}.receive_accrued"] - values[f"{name}.pay_accrued"]
    values[f"{name}.receivable"] = made(values[f"{name}.receivable"] + max(0, net))
    values[f"{name}.due"] = made(values[f"{name}.due"] + max(0, -net))


def accrue_cap(scenario: Scenario, name: str, cap: Cap) -> None:
    """hedges.md: "`accrued = R(S * max(0, index - strike) / (1e9 * d))`, `receivable += accrued`"."""
    total = notional_sum(scenario, cap.notional, cap.leg.day_count, cap.periods)
    period = cap.periods.ending(scenario.plan.grid[scenario.index])
    if period is None:
        return
    values, rate = scenario.values, max(0, cap.leg.rate.of(scenario, period[0]) - cap.strike)
    values[f"{name}.accrued"] = leg_amount(scenario, cap.leg, total, rate)
    values[f"{name}.receivable"] = made(values[f"{name}.receivable"] + values[f"{name}.accrued"])


def receive(scenario: Scenario, name: str) -> int:
    """hedges.md: "all of `receivable` comes from outside into the account ... and becomes 0"."""
    amount = scenario.values[f"{name}.receivable"]
    scenario.values[f"{name}.receivable"] = 0
    scenario.values[f"{name}.received"] = made(scenario.values[f"{name}.received"] + amount)
    return amount


def terminate(scenario: Scenario, name: str, amount: int) -> None:
    """hedges.md: "`termination_due += max(0, x)`, `receivable += max(0, -x)`"."""
    values = scenario.values
    scenario.terminated.add(name)
    values[f"{name}.termination_due"] = made(values[f"{name}.termination_due"] + max(0, amount))
    values[f"{name}.receivable"] = made(values[f"{name}.receivable"] + max(0, -amount))


def dues(scenario: Scenario) -> dict[str, int]:
    """What swaps are due, recorded "as they stand after collection and before the waterfall"."""
    names = [f"{name}.due" for name in scenario.plan.swaps]
    names += [f"{name}.termination_due" for name in scenario.plan.terminated_swaps]
    return {name: scenario.values[name] for name in names}


def recorded(plan: Plan) -> list[str]:
    """hedges.md: every quantity, and shortfalls."""
    shortfalls = [f"{name}.shortfall" for name in plan.swaps]
    return [*units(plan), *shortfalls, *(f"{name}.termination_shortfall" for name in plan.terminated_swaps)]


def request_due(scenario: Scenario, name: str) -> int:
    """hedges.md, settle_swap: "`due` is paid from the accounts `from`"."""
    return scenario.values[f"{name}.due"]


def credit_due(scenario: Scenario, name: str, amount: int) -> None:
    """What is settled is owed no longer."""
    scenario.values[f"{name}.due"] -= amount
    scenario.values[f"{name}.paid"] += amount


def request_termination(scenario: Scenario, name: str) -> int:
    """hedges.md: "`pay` pays it as the due `swap.termination_due`"."""
    return scenario.values[f"{name}.termination_due"]


def credit_termination(scenario: Scenario, name: str, amount: int) -> None:
    """What is paid of a termination is owed no longer."""
    scenario.values[f"{name}.termination_due"] -= amount
    scenario.values[f"{name}.termination_paid"] += amount


PAYMENTS = {
    "settle_swap": Payment("swaps", request_due, credit_due, "due"),
    "pay_termination": Payment("swaps", request_termination, credit_termination, "termination_due"),
}


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """hedges.md: "Metrics: `received`, `paid`, `shortfall`, `termination_paid`, `termination_shortfall`"."""
    found = {}
    for name, swap in scenario.plan.swaps.items():
        for part in ("received", "paid", *(["termination_paid"] if swap.terminates else [])):
            found[f"{name}.{part}"] = scenario.totals[f"{name}.{part}"]
        for part in ("shortfall", *(["termination_shortfall"] if swap.terminates else [])):
            found[f"{name}.{part}"] = max(flows[f"{name}.{part}"])
    return found | {f"{name}.received": scenario.totals[f"{name}.received"] for name in scenario.plan.caps}
