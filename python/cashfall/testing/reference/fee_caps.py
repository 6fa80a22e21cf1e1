"""Annual caps of fees (rule book, fees.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .dates import in_month
from .numbers import in_units, made, mul_div

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario


@dataclass(frozen=True)
class AnnualCap:
    """A cap's terms; `room` is that of the first cap year."""

    annual: int
    month: int
    day: int
    room: int
    carry_forward: bool
    suspended_if: Evaluate | None

    def beginnings(self, after: dt.date, until: dt.date) -> list[dt.date]:
        """The beginnings of cap years in (after, until]."""
        dates = [in_month(year, self.month, self.day) for year in range(after.year, until.year + 1)]
        return [date for date in dates if after < date <= until]


def read_cap(plan: Plan, terms: Mapping[str, Any]) -> AnnualCap:
    """fees.md: "cap years begin on the closing date and its anniversaries ... or `"MM-DD"`: on that day"."""
    closing, starts = plan.closing_date, str(terms["year_starts"])
    month, day = (closing.month, closing.day) if starts == "closing" else (int(starts[:2]), int(starts[3:]))
    annual = in_units(terms["annual"], plan.scale)
    return AnnualCap(
        annual=annual,
        month=month,
        day=day,
        room=first_room(annual, closing, month, day, terms.get("stub", "prorated"), plan.rounding),
        carry_forward=bool(terms.get("carry_forward", False)),
        suspended_if=plan.formulas.compile(terms["suspended_if"], "flag") if "suspended_if" in terms else None,
    )


def first_room(annual: int, closing: dt.date, month: int, day: int, stub: str, rounding: str) -> int:
    """fees.md: "under `stub = "prorated"` (default) its room is `R(annual * days / year_days)`"."""
    dates = [in_month(closing.year + year, month, day) for year in (-1, 0, 1)]
    if closing in dates or stub == "full":
        return annual
    before = max(date for date in dates if date < closing)
    following = min(date for date in dates if date > closing)
    return mul_div(annual, (following - closing).days, (following - before).days, rounding)


def cap_of(plan: Plan, name: str) -> str | None:
    """The key of a fee's cap: a joint one's own name, else the fee's; None without a cap."""
    joint = [cap for cap, terms in plan.table("fee_caps").items() if name in terms["fees"]]
    return joint[0] if joint else name if "cap" in plan.table("fees")[name] else None


def read_caps(plan: Plan) -> dict[str, AnnualCap]:
    """fees.md: "`fee_caps.<name> = { fees = [...], cap = { ... } }`, whose fees share its room"."""
    caps = {name: read_cap(plan, terms["cap"]) for name, terms in plan.table("fee_caps").items()}
    own = {name: entry["cap"] for name, entry in plan.table("fees").items() if "cap" in entry}
    return caps | {name: read_cap(plan, terms) for name, terms in own.items()}


def begin_years(scenario: Scenario) -> None:
    """fees.md: "On the first grid date on or after the beginning of a cap year ... the room becomes `annual`; with
    `carry_forward = true` ... `annual` is added to what is left".
    """
    grid, index = scenario.plan.grid, scenario.index
    for name, cap in scenario.plan.fee_caps.items():
        n_begun = len(cap.beginnings(grid[index - 1] if index else scenario.plan.closing_date, grid[index]))
        if n_begun:
            kept = scenario.rooms[name] + cap.annual * (n_begun - 1) if cap.carry_forward else 0
            scenario.rooms[name] = made(kept + cap.annual)


def allowed(scenario: Scenario, name: str, accrued: int) -> int:
    """fees.md: "where `suspended_if` is 1, all of `accrued` becomes due and the room stays. Else
    `x = min(accrued, room)` becomes due, the room falls by x".
    """
    cap = scenario.plan.fee_caps[name]
    if cap.suspended_if is not None and cap.suspended_if(scenario):
        return accrued
    due = min(accrued, scenario.rooms[name])
    scenario.rooms[name] -= due
    return due
