"""Weighted sums of balances, rates of an index, and day counts of fixed denominator (rule book, facilities.md)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .dates import CONVENTIONS
from .document import variant
from .numbers import SCALE, InvalidDeal, in_units, made

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario

DENOMINATORS = {
    "act/360": 360,
    "act/365f": 365,
    "30/360_bond_basis": 360,
    "30/360_us": 360,
    "30e/360": 360,
    "30e/360_isda": 360,
}


@dataclass(frozen=True)
class Periods:
    """Accrual periods: from the closing date to the first payment date, and from each to the next."""

    closing_date: dt.date
    payment_dates: Sequence[dt.date]

    def of(self, date: dt.date) -> tuple[dt.date, dt.date] | None:
        """The period (start, end] that a date lies in; None before the first and after the last."""
        place = bisect_left(self.payment_dates, date)
        if place == len(self.payment_dates) or date <= self.closing_date:
            return None
        return (self.payment_dates[place - 1] if place else self.closing_date), self.payment_dates[place]

    def ending(self, date: dt.date) -> tuple[dt.date, dt.date] | None:
        """The period that ends on a payment date, which is empty if that is the closing date."""
        if date not in self.payment_dates:
            return None
        place = bisect_left(self.payment_dates, date)
        return (self.payment_dates[place - 1] if place else self.closing_date), date


def read_periods(plan: Plan, entry: Mapping[str, Any]) -> Periods:
    """facilities.md: "from the previous payment date (or the closing date)"."""
    return Periods(plan.closing_date, plan.schedules[entry["payment_dates"]].dates)


def days(day_count: str, start: dt.date, date: dt.date, maturity: dt.date) -> int:
    """facilities.md: "n the days, not reduced", from the beginning of a period."""
    if date <= start:
        return 0
    if day_count not in DENOMINATORS:
        raise InvalidDeal(f"{day_count} has no fixed denominator")
    return int(CONVENTIONS[day_count](start, date, maturity) * DENOMINATORS[day_count])


def weighted_sum(
    scenario: Scenario,
    balance: Callable[[Mapping[str, int]], int],
    day_count: str,
    periods: Periods,
    last: dt.date | None = None,
) -> int:
    """facilities.md: "`S = sum over the grid dates g after its beginning ... of balance * (n_g - n_(g'))`", to today.

    `balance` reads the closing values of a date; `last` is the day after which nothing counts.
    """
    grid, index = scenario.plan.grid, scenario.index
    period = periods.of(grid[index]) or periods.ending(grid[index])
    total = 0
    if period is None:
        return total
    start, maturity = period[0], periods.payment_dates[-1]
    for place in range(index + 1):
        if grid[place] <= start:
            continue
        values = scenario.closings[place - 1] if place else scenario.initial
        ends = (grid[place - 1] if place else start, grid[place])
        before, now = (days(day_count, start, min(date, last) if last else date, maturity) for date in ends)
        total = made(total + balance(values) * (now - before))
    return total


@dataclass(frozen=True)
class Rate:
    """A fixed rate, or an index plus a margin with a floor; numbers in 1e-9."""

    fixed: int = 0
    index: str | None = None
    margin: int = 0
    floor: int | None = None
    in_arrears: bool = False

    def of(self, scenario: Scenario, start: dt.date) -> int:
        """facilities.md: "In advance the index is the input's value on the grid date at which the period begins
        (for the first period: on the first grid date); in arrears, on the payment date".
        """
        if self.index is None:
            return self.fixed
        place = scenario.index if self.in_arrears else scenario.plan.position.get(start, 0)
        rate = scenario.paths[self.index][place] + self.margin
        return rate if self.floor is None else max(self.floor, rate)


def read_rate(entry: Mapping[str, Any], floor: int | None = 0) -> Rate:
    """facilities.md: "`{ floating = { index, margin?, floor?, fixing? } }` ... `{ fixed = { rate } }` is that rate"."""
    kind, terms = variant(entry)
    if kind == "fixed":
        return Rate(in_units(terms["rate"], SCALE))
    return Rate(
        index=terms["index"],
        margin=in_units(terms.get("margin", 0), SCALE),
        floor=in_units(terms["floor"], SCALE) if "floor" in terms else floor,
        in_arrears=terms.get("fixing", "in_advance") == "in_arrears",
    )
