"""Interest on unpaid interest, capitalised interest, write-downs and write-ups of notes (rule book, notes.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import balance_limits, note_targets
from .numbers import SCALE, InvalidDeal, divide, in_units, made, mul_div

if TYPE_CHECKING:
    import datetime as dt

    from .plan import Plan
    from .scenario import Scenario
    from .sizing import Note


@dataclass(frozen=True)
class OnUnpaid:
    """notes.md, unpaid interest: `note`, `default` or `rate`, simple or compounding."""

    kind: str
    rate: int
    compounding: bool


def read_on_unpaid(plan: Plan) -> dict[str, OnUnpaid]:
    """notes.md: "one of `none = {}` (default), `note = {}`, `default = {}`, `rate = r`, and `compounding` (false)"."""
    found = {}
    for name, entry in plan.table("notes").items():
        terms = entry.get("interest_on_unpaid", {"none": {}})
        kind = next((key for key in ("none", "note", "default", "rate") if key in terms), None)
        if kind is None:
            raise InvalidDeal(f"interest on unpaid interest at no rate: {terms}")
        rate = in_units(terms["rate"], SCALE) if kind == "rate" else 0
        if kind != "none":
            found[name] = OnUnpaid(kind, rate, bool(terms.get("compounding", False)))
    return found


def interest_on_unpaid(scenario: Scenario, note: Note, end: dt.date, rate: int, plain_rate: int) -> int:
    """notes.md: "`unpaid_interest_accrued = R(u * r * n / (1e9 * d))`, n/d the fraction of the whole period"."""
    terms = scenario.plan.on_unpaid.get(note.name)
    if terms is None:
        return 0
    values, part = scenario.values, note.fractions[end]
    unpaid = values[f"{note.name}.interest_due"]
    if not terms.compounding:
        unpaid -= values[f"{note.name}.unpaid_interest_due"]
    if terms.kind == "default":
        extra, _ = scenario.plan.default_rates[note.name]
        rate = plain_rate + extra
    elif terms.kind == "rate":
        rate = terms.rate
    accrued = made(divide(unpaid * rate * part.numerator, SCALE * part.denominator, scenario.plan.rounding))
    values[f"{note.name}.unpaid_interest_accrued"] = accrued
    values[f"{note.name}.unpaid_interest_due"] = made(values[f"{note.name}.unpaid_interest_due"] + accrued)
    return accrued


def reduce_unpaid(scenario: Scenario, name: str, amount: int) -> None:
    """notes.md: "whatever is paid or capitalised of `interest_due` reduces that part first"."""
    if name in scenario.plan.on_unpaid:
        key = f"{name}.unpaid_interest_due"
        scenario.values[key] = max(0, scenario.values[key] - amount)


Moved = Sequence[tuple[str, int]]
"""What notes gained or lost, in the order in which they did."""


def capitalise(scenario: Scenario, names: Sequence[str], share: int, premium_rate: int) -> Moved:
    """notes.md, capitalisation: "`x = R(interest_due * s)`", with "the premium `R(x * pik_premium / rate)`"."""
    moved = []
    values, rounding = scenario.values, scenario.plan.rounding
    for name in names:
        amount = mul_div(values[f"{name}.interest_due"], min(max(share, 0), SCALE), SCALE, rounding)
        rate = values[f"{name}.rate"]
        lifted = amount + (made(mul_div(amount, premium_rate, rate, rounding)) if rate else 0)
        values[f"{name}.interest_due"] -= amount
        reduce_unpaid(scenario, name, amount)
        values[f"{name}.balance"] = made(values[f"{name}.balance"] + lifted)
        values[f"{name}.interest_capitalized"] = made(values[f"{name}.interest_capitalized"] + lifted)
        note_targets.capitalise(scenario, name, lifted)
        balance_limits.lift(scenario, name, lifted)
        moved.append((name, lifted))
    return moved


def write_down(scenario: Scenario, names: Sequence[str], amount: int) -> Moved:
    """notes.md: "`write_down` takes max(0, amount) from the balances, beginning with the last note"."""
    left, moved = max(0, amount), []
    for name in reversed(names):
        taken = min(left, scenario.values[f"{name}.balance"])
        scenario.values[f"{name}.balance"] -= taken
        scenario.values[f"{name}.written_down"] += taken
        left -= taken
        moved.append((name, taken))
    return moved


def write_up(scenario: Scenario, names: Sequence[str], amount: int) -> Moved:
    """notes.md: "`write_up` gives max(0, amount) back, beginning with the first, to each no more than its
    `written_down`".
    """
    left, moved = max(0, amount), []
    for name in names:
        given = min(left, scenario.values[f"{name}.written_down"])
        scenario.values[f"{name}.balance"] += given
        scenario.values[f"{name}.written_down"] -= given
        balance_limits.lift(scenario, name, given)
        left -= given
        moved.append((name, given))
    return moved


def written_down(plan: Plan) -> list[str]:
    """notes.md: "It is recorded for notes that a step writes down; to write up another is an error"."""
    down, up = (
        {name for step in plan.written_steps if verb in step for name in step[verb]["notes"]}
        for verb in ("write_down", "write_up")
    )
    if up - down:
        raise InvalidDeal(f"nothing writes down what is written up: {sorted(up - down)}")
    return [name for name in plan.table("notes") if name in down]


def factor(entry: Mapping[str, Any], original: int, balance: int, rounding: str) -> int:
    """notes.md: "`R(balance * 10^k / original_balance) * 10^(9-k)`, a number, in range at the close of each date"."""
    decimals = int(entry["factor_decimals"])
    return made(divide(balance * 10**decimals, original, rounding) * int(10 ** (9 - decimals)))
