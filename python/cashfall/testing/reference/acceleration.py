"""Acceleration: where it begins and ends, and what is due then (rule book, acceleration.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import effects, hedges, prepayment
from .numbers import made
from .payments import Payment

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario

ACTIVE = "acceleration.active"
SHORTFALLS = {"premium_shortfall": "premium_due"}


def terms_of(plan: Plan) -> Mapping[str, Any]:
    """What the document says of acceleration; empty if nothing."""
    found: Mapping[str, Any] = plan.document.get("acceleration", {})
    return found


def with_premium(plan: Plan) -> list[str]:
    """The notes on which a premium may fall due."""
    named = with_premium_due(plan.document)
    return [name for name in plan.table("notes") if name in named]


def with_premium_due(document: Mapping[str, Any]) -> Sequence[str]:
    """The same, as a document lists them."""
    terms: Mapping[str, Any] = document.get("acceleration", {})
    found: Sequence[str] = terms.get("notes", []) if terms.get("premium", False) else []
    return found


def units(plan: Plan) -> dict[str, str]:
    """acceleration.md: `acceleration.active`, "a flag"; the premiums of the notes."""
    found = {ACTIVE: "flag"} if terms_of(plan) else {}
    return found | {
        f"{name}.{part}": "amount" for name in with_premium(plan) for part in ("premium_due", "premium_paid")
    }


def is_active(scenario: Scenario) -> bool:
    """Whether the scenario is accelerated."""
    return bool(scenario.values.get(ACTIVE, 0))


def is_in_default(scenario: Scenario) -> bool:
    """Whether a test with the effect `accelerate` acts."""
    return any(True for _ in effects.acting(scenario, "accelerate"))


def accelerate(scenario: Scenario) -> None:
    """acceleration.md, "Where acceleration begins": premiums, then swaps."""
    if is_active(scenario) or not terms_of(scenario.plan):
        return
    scenario.values[ACTIVE] = 1
    for name in terms_of(scenario.plan)["notes"]:
        if name in with_premium(scenario.plan):
            due = scenario.values[f"{name}.premium_due"]
            scenario.values[f"{name}.premium_due"] = made(due + premium(scenario, name))
    for entry in terms_of(scenario.plan).get("swaps", []):
        if entry["swap"] not in scenario.terminated:
            amount = scenario.plan.formulas.compile(entry["amount"], "amount")(scenario)
            hedges.terminate(scenario, entry["swap"], amount)


def premium(scenario: Scenario, name: str) -> int:
    """acceleration.md: "`R(balance * (price - 100) / 100)`"; "A note that may not be called on the date has none"."""
    price = prepayment.price_of(scenario, name)
    if price is None:
        return 0
    return made(prepayment.premium(scenario.values[f"{name}.balance"], price, scenario.plan.rounding))


def rescind(scenario: Scenario) -> None:
    """acceleration.md: "unless a test with the effect `accelerate` acts"; "`premium_due` becomes 0"."""
    if is_in_default(scenario) or not terms_of(scenario.plan):
        return
    scenario.values[ACTIVE] = 0
    for name in with_premium(scenario.plan):
        scenario.values[f"{name}.premium_due"] = 0


def by_tests(scenario: Scenario) -> None:
    """acceleration.md: "wherever a test with the effect `accelerate` begins to act"."""
    if is_in_default(scenario):
        accelerate(scenario)


def status(scenario: Scenario) -> int:
    """acceleration.md: "The status is at least `status`"."""
    name = terms_of(scenario.plan).get("status")
    return scenario.plan.statuses.index(name) if name is not None and is_active(scenario) else 0


def is_accelerated(scenario: Scenario, note: str) -> bool:
    """Whether all of a note is due at once."""
    return is_active(scenario) and note in terms_of(scenario.plan)["notes"]


def all_is_due(scenario: Scenario, note: str) -> bool:
    """acceleration.md: `principal_due` is the balance while accelerated, and under `early_amortization`."""
    early = any(note in effect.notes for effect in effects.acting(scenario, "early_amortization"))
    return early or is_accelerated(scenario, note)


def added_rate(scenario: Scenario, note: str) -> int:
    """acceleration.md, rate_step: "`extra` (a rate) is added to the rate of the notes where interest accrues"."""
    return sum(effect.extra for effect in effects.acting(scenario, "rate_step") if note in effect.notes)


def with_rate_steps(plan: Plan) -> set[str]:
    """The notes to whose rate some test adds."""
    written = [effect for test in plan.table("tests").values() for effect in test.get("effects", [])]
    return {name for effect in written if "rate_step" in effect for name in effect["rate_step"]["notes"]}


def stops_draws(scenario: Scenario, facility: str) -> bool:
    """acceleration.md: no draws while accelerated, nor from a facility that a `draw_stop` names."""
    stopped = any(facility in effect.facilities for effect in effects.acting(scenario, "draw_stop"))
    return stopped or is_active(scenario)


# a date


def start_of_date(scenario: Scenario) -> None:
    """What is paid begins at 0."""
    scenario.values |= {f"{name}.premium_paid": 0 for name in with_premium(scenario.plan)}


def dues(scenario: Scenario) -> dict[str, int]:
    """What of premiums is due."""
    names = [f"{name}.premium_due" for name in with_premium(scenario.plan)]
    return {name: scenario.values[name] for name in names}


def recorded(plan: Plan) -> list[str]:
    """acceleration.md: `acceleration.active`; "`premium_due`, `premium_paid` and `premium_shortfall`"."""
    found = [f"{name}.{part}" for name in with_premium(plan) for part in ("premium_due", "premium_shortfall")]
    found += [f"{name}.premium_paid" for name in with_premium(plan) if name not in prepayment.prepaid(plan)]
    return found + ([ACTIVE] if terms_of(plan) else [])


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """acceleration.md: "the total `premium_paid`, the largest `premium_shortfall`"."""
    found: dict[str, int | float] = {}
    for name in with_premium(scenario.plan):
        found[f"{name}.premium_paid"] = scenario.totals[f"{name}.premium_paid"]
        found[f"{name}.premium_shortfall"] = max(flows[f"{name}.premium_shortfall"])
    return found


def request_premium(scenario: Scenario, name: str) -> int:
    """acceleration.md: "`pay` has the due `note.premium_due`"."""
    return scenario.values[f"{name}.premium_due"]


def credit_premium(scenario: Scenario, name: str, amount: int) -> None:
    """A premium that is paid is owed no longer."""
    scenario.values[f"{name}.premium_due"] -= amount
    scenario.values[f"{name}.premium_paid"] += amount


PAYMENTS = {"pay_premium_due": Payment("notes", request_premium, credit_premium, "premium_due")}
