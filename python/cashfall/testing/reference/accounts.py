"""Accounts, reserves and equity (rule book, accounts.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .effects import least_target
from .numbers import in_units
from .payments import Payment

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario


def units(plan: Plan) -> dict[str, str]:
    """Section 4: account `balance` and `target`, equity `distributed`."""
    names = [f"{name}.{part}" for name in plan.table("accounts") for part in ("balance", "target")]
    return dict.fromkeys([*names, *(f"{name}.distributed" for name in plan.table("equity"))], "amount")


def read_opening_balances(plan: Plan) -> dict[str, int]:
    """accounts.md: "`opening_balance` (0)"."""
    accounts = plan.table("accounts").items()
    return {name: in_units(entry.get("opening_balance", 0), plan.scale) for name, entry in accounts}


def read_targets(plan: Plan) -> dict[str, Evaluate]:
    """accounts.md: "`target?` = `{ formula = "..." }`"."""
    accounts = plan.table("accounts").items()
    return {
        name: plan.formulas.compile(entry["target"]["formula"], "amount")
        for name, entry in accounts
        if "target" in entry
    }


def target(scenario: Scenario, account: str) -> int:
    """accounts.md: "The target is the formula's value on the date; below zero counts as zero"; tests.md, targets: with
    `set_reserve` the greatest of it and those of failing tests.
    """
    if account not in scenario.plan.targets:
        return 0
    return max(0, required(scenario, account), least_target(scenario, account))


def required(scenario: Scenario, account: str) -> int:
    """accounts.md, prefund: the formula's value, or with `peak` the highest still to come."""
    if account in scenario.plan.peaks:
        return scenario.plan.peaks[account][scenario.index]
    return scenario.plan.targets[account](scenario)


def derived(plan: Plan) -> dict[str, Any]:
    """Quantities worked out whenever they are read."""
    return {f"{name}.target": target for name in plan.table("accounts")}


def start_of_date(scenario: Scenario) -> None:
    """Distributions of the date begin at 0."""
    for name in scenario.plan.table("equity"):
        scenario.values[f"{name}.distributed"] = 0


def dues(scenario: Scenario) -> dict[str, int]:
    """Accounts owe nothing."""
    return {}


def recorded(plan: Plan) -> list[str]:
    """Section 5: every quantity; a target where there is one."""
    untargeted = {f"{name}.target" for name in plan.opening_balances if name not in plan.targets}
    return [name for name in units(plan) if name not in untargeted]


def gap(balance: int, wanted: int) -> int:
    """steps.md, `fill_reserve`: "max(0, target − balance)"."""
    return max(0, wanted - balance)


def excess(balance: int, wanted: int) -> int:
    """steps.md, `release_reserve`: "max(0, balance − target)"."""
    return max(0, balance - wanted)


def cash_target(scenario: Scenario, account: str) -> int:
    """facilities.md, reserves: "the target less what the facilities named have available (at least 0)"."""
    facilities = scenario.plan.table("accounts")[account].get("target", {}).get("satisfied_by", [])
    return max(0, target(scenario, account) - sum(scenario.values[f"{name}.available"] for name in facilities))


def gap_of(scenario: Scenario, account: str) -> int:
    """What an account lacks in cash to its target as the step begins."""
    return gap(scenario.values[f"{account}.balance"], cash_target(scenario, account))


def excess_of(scenario: Scenario, account: str) -> int:
    """What a reserve has too much as `release_reserve` begins."""
    return excess(scenario.values[f"{account}.balance"], cash_target(scenario, account))


def credit_equity(scenario: Scenario, name: str, amount: int) -> None:
    """accounts.md, equity: "Receives distributions"."""
    scenario.values[f"{name}.distributed"] += amount


def all_there_is(scenario: Scenario, name: str) -> int:
    """steps.md, `distribute`: "all that is available"; the step reads its sources instead."""
    raise AssertionError(name)


PAYMENTS = {"distribute": Payment("to", all_there_is, credit_equity)}


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """Section 5: "equity `distributed`; account `closing_balance`"."""
    plan = scenario.plan
    found = {f"{name}.distributed": scenario.totals[f"{name}.distributed"] for name in plan.table("equity")}
    return found | {f"{name}.closing_balance": scenario.values[f"{name}.balance"] for name in plan.opening_balances}
