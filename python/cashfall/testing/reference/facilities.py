"""Facilities: what may be drawn, what is drawn, and what that costs (rule book, facilities.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import acceleration
from .dates import as_date
from .numbers import SCALE, divide, in_units, made
from .payments import Payment
from .weights import DENOMINATORS, Periods, Rate, read_periods, read_rate, weighted_sum

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario

STATE = ("drawn", "available", "draws", "repaid")
DUES = ("interest_accrued", "interest_due", "interest_paid", "fee_accrued", "fee_due", "fee_paid")
SHORTFALLS = {"interest_shortfall": "interest_due", "fee_shortfall": "fee_due"}


@dataclass(frozen=True)
class Facility:
    """A facility's terms; rates in 1e-9."""

    commitment: int
    periods: Periods
    day_count: str
    availability_end: dt.date | None
    commitment_fee: int
    interest: Rate
    revolving: bool
    draw_stop: Evaluate | None


def units(plan: Plan) -> dict[str, str]:
    """facilities.md, quantities."""
    return {f"{name}.{part}": "amount" for name in plan.table("facilities") for part in (*STATE, *DUES)}


def read_facility(plan: Plan, entry: Mapping[str, Any]) -> Facility:
    """facilities.md: "`revolving` (true)"; without interest or a fee there is none."""
    return Facility(
        commitment=in_units(entry["commitment"], plan.scale),
        periods=read_periods(plan, entry),
        day_count=entry["day_count"],
        availability_end=as_date(entry["availability_end"]) if "availability_end" in entry else None,
        commitment_fee=in_units(entry.get("commitment_fee", 0), SCALE),
        interest=read_rate(entry.get("interest", {"fixed": {"rate": 0}})),
        revolving=bool(entry.get("revolving", True)),
        draw_stop=plan.formulas.compile(entry["draw_stop"], "flag") if "draw_stop" in entry else None,
    )


def initial(plan: Plan) -> dict[str, int]:
    """facilities.md: `drawn` is "0 before the first date", so all of it is available."""
    return {f"{name}.available": facility.commitment for name, facility in plan.facilities.items()}


def available(facility: Facility, drawn: int, ever_drawn: int, date: dt.date) -> int:
    """facilities.md: "`max(0, commitment - drawn)`, and 0 on dates after `availability_end`"; not revolving:
    "`commitment - (all draws so far)`".
    """
    if facility.availability_end is not None and date > facility.availability_end:
        return 0
    return max(0, facility.commitment - (drawn if facility.revolving else ever_drawn))


def update(scenario: Scenario, name: str) -> None:
    """What is available after a draw, a repayment, or as a date begins."""
    facility, drawn = scenario.plan.facilities[name], scenario.values[f"{name}.drawn"]
    date = scenario.plan.grid[scenario.index]
    scenario.values[f"{name}.available"] = available(facility, drawn, scenario.ever_drawn[name], date)


def start_of_date(scenario: Scenario) -> None:
    """facilities.md, accrual: "At the start of each of its payment dates, before `collection`"."""
    for name, facility in scenario.plan.facilities.items():
        for part in ("draws", "repaid", "interest_accrued", "interest_paid", "fee_accrued", "fee_paid"):
            scenario.values[f"{name}.{part}"] = 0
        accrue(scenario, name, facility)
        update(scenario, name)


def accrue(scenario: Scenario, name: str, facility: Facility) -> None:
    """facilities.md: "`interest_accrued = R(S(drawn) * rate / (1e9 * d))`", and the fee on what was available."""
    count, periods, last = facility.day_count, facility.periods, facility.availability_end
    drawn = weighted_sum(scenario, lambda values: values[f"{name}.drawn"], count, periods)
    undrawn = weighted_sum(scenario, lambda values: values[f"{name}.available"], count, periods, last)
    period = periods.ending(scenario.plan.grid[scenario.index])
    if period is None:
        return
    whole, rounding = SCALE * DENOMINATORS[count], scenario.plan.rounding
    add_due(scenario, name, "interest", divide(drawn * facility.interest.of(scenario, period[0]), whole, rounding))
    add_due(scenario, name, "fee", divide(undrawn * facility.commitment_fee, whole, rounding))


def add_due(scenario: Scenario, name: str, kind: str, accrued: int) -> None:
    """facilities.md: "`interest_due += interest_accrued`", likewise the fee."""
    values = scenario.values
    values[f"{name}.{kind}_accrued"] = made(accrued)
    values[f"{name}.{kind}_due"] = made(values[f"{name}.{kind}_due"] + accrued)


def drawable(scenario: Scenario, name: str, amount: int | None) -> int:
    """facilities.md, draw_facility: "`x = min(available, max(0, amount))`, 0 where `draw_stop` is 1"."""
    facility, room = scenario.plan.facilities[name], scenario.values[f"{name}.available"]
    if facility.draw_stop is not None and facility.draw_stop(scenario):
        return 0
    if acceleration.stops_draws(scenario, name):
        return 0
    return room if amount is None else min(room, max(0, amount))


def draw(scenario: Scenario, name: str, amount: int) -> None:
    """facilities.md: "`drawn += x`"."""
    values = scenario.values
    values[f"{name}.drawn"] += amount
    values[f"{name}.draws"] = made(values[f"{name}.draws"] + amount)
    scenario.ever_drawn[name] = made(scenario.ever_drawn[name] + amount)
    update(scenario, name)


def dues(scenario: Scenario) -> dict[str, int]:
    """What facilities are due, recorded "as they stand after collection and before the waterfall"."""
    names = [f"{name}.{due}" for name in scenario.plan.facilities for due in ("interest_due", "fee_due")]
    return {name: scenario.values[name] for name in names}


def recorded(plan: Plan) -> list[str]:
    """facilities.md: every quantity, and shortfalls."""
    return [*units(plan), *(f"{name}.{part}" for name in plan.facilities for part in SHORTFALLS)]


def request(quantity: str) -> Any:
    """facilities.md: a payment "requests" a quantity."""
    return lambda scenario, name: scenario.values[f"{name}.{quantity}"]


def credit_drawn(scenario: Scenario, name: str, amount: int) -> None:
    """facilities.md, repay_facility: "what is paid lowers it"."""
    scenario.values[f"{name}.drawn"] -= amount
    scenario.values[f"{name}.repaid"] += amount
    update(scenario, name)


def credit(kind: str) -> Any:
    """What is paid of interest or fee is owed no longer."""

    def paid(scenario: Scenario, name: str, amount: int) -> None:
        scenario.values[f"{name}.{kind}_due"] -= amount
        scenario.values[f"{name}.{kind}_paid"] += amount

    return paid


PAYMENTS = {
    "repay_facility": Payment("facilities", request("drawn"), credit_drawn, "drawn"),
    "pay_facility_fee": Payment("facilities", request("fee_due"), credit("fee"), "fee_due"),
    "pay_facility_interest": Payment("facilities", request("interest_due"), credit("interest"), "interest_due"),
}


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """facilities.md: "Metrics: `draws`, `repaid`, `interest_paid`, `interest_shortfall`, ..., `closing_drawn`"."""
    found = {}
    for name in scenario.plan.facilities:
        for part in ("draws", "repaid", "interest_paid", "fee_paid"):
            found[f"{name}.{part}"] = scenario.totals[f"{name}.{part}"]
        for part in SHORTFALLS:
            found[f"{name}.{part}"] = max(flows[f"{name}.{part}"])
        found[f"{name}.closing_drawn"] = scenario.values[f"{name}.drawn"]
    return found
