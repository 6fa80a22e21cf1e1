"""Assets that a deal buys and sells (rule book, assets.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .earnings import earned
from .numbers import SCALE, in_units, made, mul_div
from .payments import Payment

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario

KEPT = ("balance", "receivable")
OF_THE_DATE = ("earned", "repaid", "lost", "bought", "sold", "cost", "proceeds")
TOTALS = ("earned", "repaid", "lost", "cost", "proceeds")
"""assets.md: "Metrics: the totals of `earned`, `repaid`, `lost`, `cost`, `proceeds`"."""


@dataclass(frozen=True)
class Falling:
    """A share of the balance that goes on payment dates: `runoff` or `loss`."""

    share: Evaluate
    positions: frozenset[int]


@dataclass(frozen=True)
class Asset:
    """An asset's terms."""

    price: Evaluate
    yields: Mapping[str, Any] | None
    runoff: Falling | None
    loss: Falling | None


def units(plan: Plan) -> dict[str, str]:
    """assets.md: "Quantities, all amounts"."""
    return {f"{name}.{part}": "amount" for name in plan.table("assets") for part in (*KEPT, *OF_THE_DATE)}


def read_asset(plan: Plan, entry: Mapping[str, Any]) -> Asset:
    """assets.md: "`price` = a formula that gives a number", "`yield?`", "`runoff?`", "`loss?`"."""
    return Asset(
        price=plan.formulas.compile(entry["price"], "number"),
        yields=entry.get("yield"),
        runoff=read_falling(plan, entry.get("runoff")),
        loss=read_falling(plan, entry.get("loss")),
    )


def read_falling(plan: Plan, entry: Mapping[str, Any] | None) -> Falling | None:
    """assets.md: "`{ share, payment_dates }`"."""
    if entry is None:
        return None
    return Falling(plan.formulas.compile(entry["share"], "number"), plan.positions_of(entry["payment_dates"]))


def payment_schedules(plan: Plan) -> list[str]:
    """assets.md: "The payment dates are on the grid"."""
    terms = [entry.get(part) for entry in plan.table("assets").values() for part in ("yield", "runoff", "loss")]
    return [found["payment_dates"] for found in terms if found]


def initial(plan: Plan) -> dict[str, int]:
    """assets.md: "`opening_balance` (0)"."""
    assets = plan.table("assets").items()
    return {f"{name}.balance": in_units(entry.get("opening_balance", 0), plan.scale) for name, entry in assets}


# the start of a date


def start_of_date(scenario: Scenario) -> None:
    """assets.md: yield, then all shares are read, then losses and run-off."""
    assets, values = scenario.plan.assets, scenario.values
    for name, asset in assets.items():
        values |= {f"{name}.{part}": 0 for part in OF_THE_DATE}
        if asset.yields:
            values[f"{name}.earned"] = made(earned(scenario, name, asset.yields))
            values[f"{name}.receivable"] = made(values[f"{name}.receivable"] + values[f"{name}.earned"])
    losses = {name: share_of(scenario, asset.loss) for name, asset in assets.items()}
    runoffs = {name: share_of(scenario, asset.runoff) for name, asset in assets.items()}
    for name in assets:
        lose(scenario, name, losses[name])
        run_off(scenario, name, runoffs[name])


def share_of(scenario: Scenario, falling: Falling | None) -> int:
    """assets.md: "The shares of losses and of run-off that fall on the date are read"."""
    if falling is None or scenario.index not in falling.positions:
        return 0
    return falling.share(scenario)


def part_of(scenario: Scenario, name: str, share: int) -> int:
    """assets.md: "`min(balance, max(0, mul_div(balance, share, 1e9)))`"."""
    balance = scenario.values[f"{name}.balance"]
    return min(balance, max(0, mul_div(balance, share, SCALE, scenario.plan.rounding)))


def lose(scenario: Scenario, name: str, share: int) -> None:
    """assets.md, loss: "`balance -= lost`"."""
    lost = part_of(scenario, name, share)
    scenario.values[f"{name}.lost"] = lost
    scenario.values[f"{name}.balance"] -= lost


def run_off(scenario: Scenario, name: str, share: int) -> None:
    """assets.md, run-off, "of what is left": "`balance -= repaid`, `receivable += repaid`"."""
    values, repaid = scenario.values, part_of(scenario, name, share)
    values[f"{name}.repaid"] = repaid
    values[f"{name}.balance"] -= repaid
    values[f"{name}.receivable"] = made(values[f"{name}.receivable"] + repaid)


# steps


def collect(scenario: Scenario, name: str) -> int:
    """assets.md: "`collect` from the asset takes all of `receivable`, which becomes 0"."""
    amount = scenario.values[f"{name}.receivable"]
    scenario.values[f"{name}.receivable"] = 0
    return amount


def buy(scenario: Scenario, name: str, cost: int, price: int) -> None:
    """assets.md, buying: "`balance` and `bought` grow by `mul_div(x, 1e9, p)`, `cost` by x"."""
    values = scenario.values
    face = made(mul_div(cost, SCALE, price, scenario.plan.rounding))
    values[f"{name}.balance"] = made(values[f"{name}.balance"] + face)
    values[f"{name}.bought"] = made(values[f"{name}.bought"] + face)
    values[f"{name}.cost"] = made(values[f"{name}.cost"] + cost)


def sell(scenario: Scenario, name: str, wanted: int | None, price: int) -> int:
    """assets.md, selling: "`b = min(balance, max(0, amount))`", or without `amount` "the whole balance"; what it
    brings.
    """
    values = scenario.values
    balance = values[f"{name}.balance"]
    face = balance if wanted is None else min(balance, max(0, wanted))
    proceeds = made(mul_div(face, price, SCALE, scenario.plan.rounding))
    values[f"{name}.balance"] -= face
    values[f"{name}.sold"] = made(values[f"{name}.sold"] + face)
    values[f"{name}.proceeds"] = made(values[f"{name}.proceeds"] + proceeds)
    return proceeds


def request(scenario: Scenario, name: str) -> int:
    """assets.md, buying: the step says what it requests."""
    raise AssertionError(name)


def credit(scenario: Scenario, name: str, amount: int) -> None:
    """assets.md, buying: what is bought for "all that they paid" comes after the sources have paid."""


PAYMENTS = {"buy_asset": Payment("assets", request, credit)}


def close_of_date(scenario: Scenario) -> None:
    """Section 1: "a running total" must be in range; those of `earned` and `repaid` are kept with all that is paid."""
    for key in (f"{name}.{part}" for name in scenario.plan.assets for part in ("lost", "cost", "proceeds")):
        scenario.totals[key] = made(scenario.totals[key] + scenario.values[key])


# what is recorded


def dues(scenario: Scenario) -> dict[str, int]:
    """Assets owe nothing."""
    return {}


def recorded(plan: Plan) -> list[str]:
    """assets.md: "All are recorded"."""
    return list(units(plan))


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """assets.md: "the totals ...; `closing_balance`"."""
    found: dict[str, int | float] = {}
    for name in scenario.plan.assets:
        found |= {f"{name}.{part}": scenario.totals[f"{name}.{part}"] for part in TOTALS}
        found[f"{name}.closing_balance"] = scenario.values[f"{name}.balance"]
    return found
