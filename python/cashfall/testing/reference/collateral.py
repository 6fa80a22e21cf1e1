"""Leases and dated cashflows: what comes in by itself, and outgoing costs (rule book, language.md section 3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import balance_limits, contracts, fleets, leases
from .dates import Schedule, as_date, full_years
from .numbers import SCALE, InvalidDeal, in_range, in_units, made, mul_div
from .payments import Payment

if TYPE_CHECKING:
    from .formulas import Evaluate, Moment
    from .plan import Plan
    from .scenario import Scenario

SHORTFALLS = {"shortfall": "due"}


@dataclass(frozen=True)
class Rent:
    """A lease; `base[t]` is the base rent of grid position t, None where no rent is due (0 where an input gives it)."""

    base: Sequence[int | None]
    input: str | None
    factor: str | None
    issuer_share: int


@dataclass(frozen=True)
class DatedCash:
    """A cashflow: amounts by grid position before the factor."""

    amounts: Mapping[int, int]
    formula: Evaluate | None
    positions: frozenset[int]
    factor: str | None
    out: bool


def units(plan: Plan) -> dict[str, str]:
    """Section 4: a lease's rents, a cashflow's amount, and what an outgoing one owes and is paid."""
    found: dict[str, str] = {}
    for name, entry in plan.table("leases").items():
        found |= leases.units(name, entry)
    for name, entry in plan.table("contracts").items():
        found |= contracts.units(name, entry)
    for name, entry in plan.table("fleets").items():
        found |= fleets.units(name, entry)
    for name in plan.table("borrowing_bases"):
        found |= {f"{name}.amount": "amount", f"{name}.binding": "count"}
    names = []
    for name, entry in plan.table("cashflows").items():
        parts = ("amount", "due", "paid") if entry["direction"] == "out" else ("amount",)
        names += [f"{name}.{part}" for part in parts]
    return found | dict.fromkeys(names, "amount")


def read_lease(plan: Plan, entry: Mapping[str, Any]) -> Rent:
    """Section 3, leases: "`base[y] = R(base[y-1] * (1e9 + annual) / 1e9)`", y by the previous payment date."""
    start, schedule = as_date(entry["commencement"]), plan.schedules[entry["payment_dates"]]
    base: list[int | None] = [None] * len(plan.grid)
    for date in leases.rent_dates(entry, plan.schedules):
        if "per_date" in entry["base_rent"]:
            base[plan.position[date]] = escalated(plan, entry["base_rent"]["per_date"], entry, start, date, schedule)
        else:
            base[plan.position[date]] = 0
    share = in_units(entry.get("issuer_share", 1), SCALE)
    return Rent(base, entry["base_rent"].get("input"), entry.get("factor"), share)


def escalated(
    plan: Plan, per_date: object, entry: Mapping[str, Any], start: dt.date, date: dt.date, schedule: Schedule
) -> int:
    """The base amount of year y, y the full years from `start` to the previous payment date, or to `start` if later."""
    amount = in_units(per_date, plan.scale)
    annual = in_units(entry["escalator"]["annual"], SCALE) if "escalator" in entry else 0
    previous = max([start, *(earlier for earlier in schedule.dates if earlier < date)])
    for _ in range(full_years(start, previous)):
        amount = mul_div(amount, SCALE + annual, SCALE, plan.rounding)
    if not in_range(amount):
        raise InvalidDeal(f"the escalated amount of {date} is out of range")
    return amount


def read_cashflow(plan: Plan, entry: Mapping[str, Any]) -> DatedCash:
    """Section 3, cashflows."""
    listed = entry.get("amounts", [])
    amounts = {plan.position[as_date(date)]: in_units(amount, plan.scale) for date, amount in listed}
    formula = plan.formulas.compile(entry["amount"], "amount") if "amount" in entry else None
    positions = plan.positions_of(entry["dates"]) if "dates" in entry else frozenset(amounts)
    return DatedCash(amounts, formula, positions, entry.get("factor"), entry["direction"] == "out")


def collected_amounts(
    plan: Plan, moment: Moment, values: dict[str, int], seen: Mapping[str, int] | None = None
) -> None:
    """Section 3, leases.md, contracts.md: what comes in on a date, put into its values in declared order. What leases
    with clauses and contracts have come to on a date that is seen, stays; what depends on what is paid has no value
    where the deal is compiled.
    """
    for name in plan.table("leases"):
        with suppress(InvalidDeal):
            if name not in plan.leases:
                values |= rents_of(plan, name, plan.rents[name], moment.index, values)
            else:
                values |= leases.seen(plan.leases[name], seen) if seen else leases.of_date(plan.leases[name], moment)
    for contract in plan.contracts.values():
        with suppress(InvalidDeal):
            values |= contracts.seen(contract, seen) if seen else contracts.of_date(contract, moment)
    for name, fleet in plan.fleets.items():
        with suppress(InvalidDeal):
            values |= fleets.seen(name, fleet.entry, seen) if seen else fleets.of_date(fleet, moment)
    for name, cashflow in plan.cashflows.items():
        with suppress(InvalidDeal):
            values[f"{name}.amount"] = amount_of_date(plan, cashflow, moment, values)
    for name, base in plan.borrowing_bases.items():
        with suppress(InvalidDeal):
            parts = (f"{name}.amount", f"{name}.binding")
            values |= {path: seen.get(path, 0) for path in parts} if seen else base.of_date(moment)
    for name in plan.limits:
        with suppress(InvalidDeal):
            parts = (f"{name}.target", f"{name}.overdue")
            values |= (
                {path: seen.get(path, 0) for path in parts} if seen else balance_limits.of_date(plan, name, moment)
            )


def amount_of_date(plan: Plan, cashflow: DatedCash, moment: Moment, values: Mapping[str, int]) -> int:
    """Section 3, cashflows: "`amount = mul_div(amounts[date], factor, 1e9)`", or of max(0, the formula)."""
    if moment.index not in cashflow.positions:
        return 0
    amount = max(0, made(cashflow.formula(moment))) if cashflow.formula else cashflow.amounts[moment.index]
    return scaled(amount, cashflow.factor, values, plan.rounding)


def rents_of(plan: Plan, name: str, lease: Rent, index: int, values: Mapping[str, int]) -> dict[str, int]:
    """Section 3: `rent` and `issuer_rent` of a lease without clauses."""
    rent, base = 0, lease.base[index]
    if base is not None:
        base = values[f"inputs.{lease.input}"] if lease.input else base
        rent = scaled(base, lease.factor, values, plan.rounding)
    return {f"{name}.rent": rent, f"{name}.issuer_rent": mul_div(rent, lease.issuer_share, SCALE, plan.rounding)}


def scaled(amount: int, factor: str | None, values: Mapping[str, int], rounding: str) -> int:
    """Section 3: "`mul_div(base, factor, 1e9)` (no factor: base)"."""
    return mul_div(amount, values[f"inputs.{factor}"], SCALE, rounding) if factor else amount


def start_of_date(scenario: Scenario) -> None:
    """The date's rents and amounts; an `out` cashflow's `due` "grows by `amount` at the start of its date"."""
    values = scenario.values
    collected_amounts(scenario.plan, scenario, values)
    for path in units(scenario.plan):
        values[path] = made(values[path])
    for name in outgoing(scenario.plan):
        values[f"{name}.paid"] = 0
        values[f"{name}.due"] = made(values[f"{name}.due"] + values[f"{name}.amount"])


def outgoing(plan: Plan) -> list[str]:
    """The cashflows that are costs."""
    return [name for name, cashflow in plan.cashflows.items() if cashflow.out]


def dues(scenario: Scenario) -> dict[str, int]:
    """What costs are due, recorded "as they stand after collection and before the waterfall"."""
    return {f"{name}.due": scenario.values[f"{name}.due"] for name in outgoing(scenario.plan)}


def recorded(plan: Plan) -> list[str]:
    """Section 5: every quantity, and shortfalls."""
    return [*units(plan), *(f"{name}.shortfall" for name in outgoing(plan))]


def request(scenario: Scenario, name: str) -> int:
    """steps.md, pay_cost: "due of out-cashflows"."""
    return scenario.values[f"{name}.due"]


def credit(scenario: Scenario, name: str, amount: int) -> None:
    """A cost that is paid is owed no longer."""
    scenario.values[f"{name}.due"] -= amount
    scenario.values[f"{name}.paid"] += amount


def income_of(plan: Plan, name: str) -> str:
    """steps.md, collect: `issuer_rent` of leases, `revenue` of contracts, `amount` of cashflows."""
    if name in plan.table("leases"):
        return "issuer_rent"
    return "revenue" if name in plan.contracts else "proceeds" if name in plan.fleets else "amount"


def totalled(plan: Plan) -> list[str]:
    """leases.md and contracts.md, metrics: the flows whose totals are metrics."""
    of_fleets = [path for name, fleet in plan.fleets.items() for path in fleets.units(name, fleet.entry)]
    of_fleets = [path for path in of_fleets if path.rpartition(".")[2] in fleets.TOTALS]
    return leases.totalled(plan) + contracts.totalled(plan) + of_fleets


def close_of_date(scenario: Scenario) -> None:
    """What leases with clauses and contracts have brought so far, unless every flow of that name is totalled."""
    for path in totalled(scenario.plan):
        if not path.endswith("paid"):
            scenario.totals[path] = made(scenario.totals[path] + scenario.values[path])


PAYMENTS = {"pay_cost": Payment("cashflows", request, credit, "due")}


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """Section 5: "out-cashflow `paid`, `shortfall`"."""
    found: dict[str, int | float] = {path: scenario.totals[path] for path in totalled(scenario.plan)}
    for name in outgoing(scenario.plan):
        found[f"{name}.paid"] = scenario.totals[f"{name}.paid"]
        found[f"{name}.shortfall"] = max(flows[f"{name}.shortfall"])
    return found
