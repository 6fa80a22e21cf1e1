"""Notes that are drawn after their dated date, and notes that are extended (rule book, funding.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import acceleration, balance_limits, effects
from .dates import as_date
from .numbers import SCALE, in_units, made

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario


@dataclass(frozen=True)
class Funding:
    """funding.md: "`{ maximum, until?, revolving (false) }`"."""

    maximum: int
    until: dt.date | None
    revolving: bool


def read_funding(plan: Plan) -> dict[str, Funding]:
    """The notes that may be drawn, with their terms."""
    return {
        name: Funding(
            maximum=in_units(entry["funding"]["maximum"], plan.scale),
            until=as_date(entry["funding"]["until"]) if "until" in entry["funding"] else None,
            revolving=bool(entry["funding"].get("revolving", False)),
        )
        for name, entry in plan.table("notes").items()
        if "funding" in entry
    }


def units(plan: Plan) -> dict[str, str]:
    """funding.md: `funded` and `room`; the count `extended`."""
    found = {f"{name}.{part}": "amount" for name in read_funding(plan) for part in ("funded", "room")}
    return found | {f"{name}.extended": "count" for name in read_extensions(plan)}


def repaid_whole(plan: Plan) -> list[str]:
    """funding.md: notes "with `funding` or `extension`", which have no target; notes.md: and those with a limit."""
    limits = balance_limits.limited(plan)
    notes = plan.table("notes").items()
    return [name for name, entry in notes if entry.keys() & {"funding", "extension"} or name in limits]


def current_maturity(scenario: Scenario, name: str) -> dt.date:
    """funding.md: "`maturity_date`, unless the note has been extended"; then "`maturity_dates[k - 1]`"."""
    extended = scenario.values.get(f"{name}.extended", 0)
    if not extended:
        return scenario.plan.notes[name].maturity_date
    return scenario.plan.extensions[name].maturity_dates[extended - 1]


def scheduled_due(scenario: Scenario, name: str, balance: int) -> int:
    """funding.md: "`principal_due` is 0 before its current maturity, and its balance on that date and after it"; before
    it, of a note with a limit, what is above that.
    """
    if scenario.plan.grid[scenario.index] >= current_maturity(scenario, name):
        return balance
    return balance_limits.above(scenario.values, name, balance) if name in scenario.plan.limits else 0


def room_of(scenario: Scenario, name: str) -> int:
    """funding.md: what may still be drawn; "0 before the dated date, on dates after `until`, on the current maturity
    and after it, and, for a note of `acceleration.notes`, while the debt is accelerated".
    """
    note, terms, date = scenario.plan.notes[name], scenario.plan.funding[name], scenario.plan.grid[scenario.index]
    if not note.dated_date <= date < current_maturity(scenario, name) or (
        terms.until is not None and date > terms.until
    ):
        return 0
    if acceleration.is_accelerated(scenario, name):
        return 0
    if terms.revolving:
        return max(0, terms.maximum - scenario.values[f"{name}.balance"])
    return max(0, terms.maximum - (note.original_balance + scenario.ever_drawn[name]))


def fundable(scenario: Scenario, name: str, amount: int | None) -> int:
    """funding.md, fund_note: "`x = min(room, max(0, amount))` (without amount: all the room)"; 0 where draws stop."""
    if any(name in effect.notes for effect in effects.acting(scenario, "draw_stop")):
        return 0
    room = room_of(scenario, name)
    return room if amount is None else min(room, max(0, amount))


def fund(scenario: Scenario, name: str, amount: int) -> None:
    """funding.md, fund_note: "`balance += x`"."""
    values = scenario.values
    for key in (f"{name}.balance", f"{name}.funded"):
        values[key] = made(values[key] + amount)
    balance_limits.lift(scenario, name, amount)
    scenario.ever_drawn[name] = made(scenario.ever_drawn[name] + amount)


@dataclass(frozen=True)
class Extension:
    """funding.md, extension: "`{ maturity_dates, extra (0) }`"."""

    maturity_dates: Sequence[dt.date]
    extra: int


def read_extensions(plan: Plan) -> dict[str, Extension]:
    """The notes that may be extended, with their terms."""
    written = {name: entry["extension"] for name, entry in plan.table("notes").items() if "extension" in entry}
    return {
        name: Extension([as_date(date) for date in terms["maturity_dates"]], in_units(terms.get("extra", 0), SCALE))
        for name, terms in written.items()
    }


def extend(scenario: Scenario, name: str) -> None:
    """funding.md, extend: "on a date on or before the current maturity, each of its notes that has been extended fewer
    times than it has `maturity_dates` is extended once".
    """
    is_in_time = scenario.plan.grid[scenario.index] <= current_maturity(scenario, name)
    if is_in_time and scenario.values[f"{name}.extended"] < len(scenario.plan.extensions[name].maturity_dates):
        scenario.values[f"{name}.extended"] += 1


def added_rate(scenario: Scenario, name: str) -> int:
    """funding.md, interest: "`extra * extended`, as it stands when `accrue_interest` runs"."""
    if name not in scenario.plan.extensions:
        return 0
    return scenario.plan.extensions[name].extra * scenario.values[f"{name}.extended"]


def initial(plan: Plan) -> dict[str, int]:
    """funding.md, room: "before the first grid date `maximum - original_balance` for a note that is there then"."""
    there = {name: note for name, note in plan.notes.items() if name in plan.funding and note.dated_date < plan.grid[0]}
    return {f"{name}.room": plan.funding[name].maximum - note.original_balance for name, note in there.items()}


def derived(plan: Plan) -> dict[str, Callable[[Scenario, str], int]]:
    """What is worked out whenever it is read."""
    return {f"{name}.room": room_of for name in plan.funding}


# a date


def start_of_date(scenario: Scenario) -> None:
    """Draws of the date begin at 0."""
    for name in scenario.plan.funding:
        scenario.values[f"{name}.funded"] = 0


def dues(scenario: Scenario) -> dict[str, int]:
    """Draws owe nothing."""
    return {}


def recorded(plan: Plan) -> list[str]:
    """funding.md: its quantities."""
    return list(units(plan))


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """funding.md: "metric `funded` total"."""
    return {f"{name}.funded": scenario.totals[f"{name}.funded"] for name in scenario.plan.funding}
