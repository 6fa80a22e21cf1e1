"""Taxes, which accrue as they are paid (rule book, ledgers.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .numbers import SCALE, in_units, made, mul_div
from .payments import Payment

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario


@dataclass(frozen=True)
class Tax:
    """A tax: a rate in 1e-9, and the base it is taken of."""

    rate: int
    base: Evaluate


def units(plan: Plan) -> dict[str, str]:
    """ledgers.md: "Quantities: `accrued`, `due`, `paid`"."""
    return {f"{name}.{part}": "amount" for name in plan.table("taxes") for part in ("accrued", "due", "paid")}


def read_tax(plan: Plan, entry: Mapping[str, Any]) -> Tax:
    """ledgers.md: "`rate`, `base` = a formula that gives an amount"."""
    return Tax(in_units(entry["rate"], SCALE), plan.formulas.compile(entry["base"], "amount"))


def start_of_date(scenario: Scenario) -> None:
    """ledgers.md: `accrued` is "0 at the start of each date"."""
    for name in scenario.plan.taxes:
        scenario.values[f"{name}.accrued"] = scenario.values[f"{name}.paid"] = 0


def accrue(scenario: Scenario, name: str) -> None:
    """ledgers.md, pay_tax: "`accrued = max(0, mul_div(base, rate, 1e9))`, `due += accrued`"; summed over the date."""
    tax, values = scenario.plan.taxes[name], scenario.values
    accrued = max(0, mul_div(tax.base(scenario), tax.rate, SCALE, scenario.plan.rounding))
    values[f"{name}.accrued"] = made(values[f"{name}.accrued"] + accrued)
    values[f"{name}.due"] = made(values[f"{name}.due"] + accrued)


def dues(scenario: Scenario) -> dict[str, int]:
    """What taxes are due, recorded "as they stand after collection and before the waterfall"."""
    return {f"{name}.due": scenario.values[f"{name}.due"] for name in scenario.plan.taxes}


def recorded(plan: Plan) -> list[str]:
    """ledgers.md: every quantity, and shortfalls."""
    return [*units(plan), *(f"{name}.shortfall" for name in plan.taxes)]


def request(scenario: Scenario, name: str) -> int:
    """ledgers.md, pay_tax: "the step requests `due`"."""
    return scenario.values[f"{name}.due"]


def credit(scenario: Scenario, name: str, amount: int) -> None:
    """A tax that is paid is owed no longer."""
    scenario.values[f"{name}.due"] -= amount
    scenario.values[f"{name}.paid"] += amount


PAYMENTS = {"pay_tax": Payment("taxes", request, credit)}


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """ledgers.md: "Metrics: `paid`, `shortfall`, as for fees"."""
    found = {}
    for name in scenario.plan.taxes:
        found[f"{name}.paid"] = scenario.totals[f"{name}.paid"]
        found[f"{name}.shortfall"] = max(flows[f"{name}.shortfall"])
    return found
