"""Ledgers, which count amounts and hold no cash (rule book, ledgers.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .numbers import in_units, made

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario


@dataclass(frozen=True)
class Ledger:
    """A ledger's terms, amounts in minor units."""

    maximum: bool
    opening: int
    floor: int | None
    reset_when: Evaluate | None


def units(plan: Plan) -> dict[str, str]:
    """ledgers.md: "The ledger's one quantity is `balance`"."""
    return {f"{name}.balance": "amount" for name in plan.table("ledgers")}


def read_ledger(plan: Plan, entry: Mapping[str, Any]) -> Ledger:
    """ledgers.md: "`kind` (cumulative), `opening` (0), `floor?`, `reset_when?`"."""
    return Ledger(
        maximum=entry.get("kind", "cumulative") == "maximum_to_date",
        opening=in_units(entry.get("opening", 0), plan.scale),
        floor=in_units(entry["floor"], plan.scale) if "floor" in entry else None,
        reset_when=plan.formulas.compile(entry["reset_when"], "flag") if "reset_when" in entry else None,
    )


def initial(plan: Plan) -> dict[str, int]:
    """ledgers.md: "It is `opening` before the first date"."""
    return {f"{name}.balance": ledger.opening for name, ledger in plan.ledgers.items()}


def start_of_date(scenario: Scenario) -> None:
    """ledgers.md, reset_when: "All ledgers are reset together: each flag sees the balances as they closed"."""
    ledgers = scenario.plan.ledgers
    reset = [name for name, ledger in ledgers.items() if ledger.reset_when and ledger.reset_when(scenario)]
    for name in reset:
        scenario.values[f"{name}.balance"] = ledgers[name].opening


def booked(ledger: Ledger, balance: int, amount: int) -> int:
    """ledgers.md: "`balance + x`, or the floor if that is higher"; `maximum_to_date`: "`max(balance, x)`"."""
    if ledger.maximum:
        return max(balance, amount)
    balance = made(balance + amount)
    return balance if ledger.floor is None else max(ledger.floor, balance)


def book(scenario: Scenario, name: str, amount: Evaluate) -> None:
    """ledgers.md, book: "The amount is evaluated where the step runs and booked once"."""
    key = f"{name}.balance"
    scenario.values[key] = booked(scenario.plan.ledgers[name], scenario.values[key], amount(scenario))


def dues(scenario: Scenario) -> dict[str, int]:
    """Ledgers owe nothing."""
    return {}


def recorded(plan: Plan) -> list[str]:
    """ledgers.md: "Recorded: `balance`, at the close"."""
    return list(units(plan))


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """ledgers.md: "Metric: `closing_balance`"."""
    return {f"{name}.closing_balance": scenario.values[f"{name}.balance"] for name in scenario.plan.ledgers}
