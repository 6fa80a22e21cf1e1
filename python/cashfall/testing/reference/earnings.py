"""Interest that the balances of accounts earn (rule book, accounts.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .numbers import SCALE, divide, made
from .weights import DENOMINATORS, read_periods, read_rate, weighted_sum

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario


def earning(plan: Plan) -> dict[str, Mapping[str, Any]]:
    """The accounts with `earns`, and their terms."""
    return {name: entry["earns"] for name, entry in plan.table("accounts").items() if "earns" in entry}


def units(plan: Plan) -> dict[str, str]:
    """accounts.md, interest: "`earned` can be read in formulas at any time"."""
    return {f"{name}.earned": "amount" for name in earning(plan)}


def start_of_date(scenario: Scenario) -> None:
    """accounts.md, interest: "`earned = R(S * rate / (1e9 * d))`, rounded once"; "on other dates `earned` is 0"."""
    for name, terms in earning(scenario.plan).items():
        scenario.values[f"{name}.earned"] = made(earned(scenario, name, terms))


def earned(scenario: Scenario, name: str, terms: Mapping[str, Any]) -> int:
    """What a period that ends on the date has earned; the sums must be in range on every date."""
    periods, count = read_periods(scenario.plan, terms), terms["day_count"]
    total = weighted_sum(scenario, lambda values: values[f"{name}.balance"], count, periods)
    period = periods.ending(scenario.plan.grid[scenario.index])
    if period is None:
        return 0
    rate = read_rate(terms["rate"]).of(scenario, period[0])
    return divide(total * rate, SCALE * DENOMINATORS[count], scenario.plan.rounding)


def dues(scenario: Scenario) -> dict[str, int]:
    """Nothing is owed."""
    return {}


def recorded(plan: Plan) -> list[str]:
    """accounts.md, interest: "it is recorded"."""
    return list(units(plan))


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """accounts.md, interest: "a metric: the total"."""
    return {name: made(sum(flows[name])) for name in units(scenario.plan)}
