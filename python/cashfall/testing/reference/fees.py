"""Fees (rule book, fees.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .collateral import escalated
from .document import variant
from .numbers import SCALE, in_units, made, mul_div
from .payments import Payment

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario


@dataclass(frozen=True)
class Fee:
    """A fee: fixed amounts by grid position, or a share of a quantity on its payment dates."""

    fixed: Mapping[int, int]
    share: int
    quantity: Evaluate | None
    positions: frozenset[int]


def units(plan: Plan) -> dict[str, str]:
    """Section 4: fee `accrued`, `due`, `paid`."""
    return {f"{name}.{part}": "amount" for name in plan.table("fees") for part in ("accrued", "due", "paid")}


def read_fee(plan: Plan, entry: Mapping[str, Any]) -> Fee:
    """fees.md: fixed amounts escalate by full years from the closing date."""
    kind, terms = variant(entry["amount"])
    schedule = plan.schedules[entry["payment_dates"]]
    positions = plan.positions_of(entry["payment_dates"])
    if kind == "share_of":
        quantity = plan.formulas.compile(terms["quantity"], "amount")
        return Fee({}, in_units(terms["share"], SCALE), quantity, positions)
    fixed = {
        plan.position[date]: escalated(plan, terms["per_date"], terms, plan.closing_date, date, schedule)
        for date in schedule.dates
    }
    return Fee(fixed, 0, None, positions)


def start_of_date(scenario: Scenario) -> None:
    """Accruals and payments of the date begin at 0."""
    for name in scenario.plan.fees:
        scenario.values[f"{name}.accrued"] = scenario.values[f"{name}.paid"] = 0


def accrue_fee(scenario: Scenario, name: str) -> None:
    """fees.md: "On its payment dates `accrue_fee` sets `accrued` ... Then `due += accrued`"."""
    fee, values = scenario.plan.fees[name], scenario.values
    if scenario.index not in fee.positions:
        return
    accrued = fee.fixed.get(scenario.index, 0)
    if fee.quantity is not None:
        accrued = max(0, mul_div(fee.quantity(scenario), fee.share, SCALE, scenario.plan.rounding))
    values[f"{name}.accrued"] = made(accrued)
    values[f"{name}.due"] = made(values[f"{name}.due"] + accrued)


def dues(scenario: Scenario) -> dict[str, int]:
    """What fees are due, recorded "as they stand after collection and before the waterfall"."""
    return {f"{name}.due": scenario.values[f"{name}.due"] for name in scenario.plan.fees}


def recorded(plan: Plan) -> list[str]:
    """Section 5: every quantity, and shortfalls."""
    return [*units(plan), *(f"{name}.shortfall" for name in plan.fees)]


def request(scenario: Scenario, name: str) -> int:
    """steps.md, pay_fee: "due"."""
    return scenario.values[f"{name}.due"]


def credit(scenario: Scenario, name: str, amount: int) -> None:
    """A fee that is paid is owed no longer."""
    scenario.values[f"{name}.due"] -= amount
    scenario.values[f"{name}.paid"] += amount


PAYMENTS = {"pay_fee": Payment("fees", request, credit, "due")}


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """Section 5: "fee ... `paid`, `shortfall`"."""
    found = {}
    for name in scenario.plan.fees:
        found[f"{name}.paid"] = scenario.totals[f"{name}.paid"]
        found[f"{name}.shortfall"] = max(flows[f"{name}.shortfall"])
    return found
