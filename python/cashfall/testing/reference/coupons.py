"""The rate of an interest period (rule book, notes.md): fixed, by steps, or from an index that is an input."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .dates import as_date
from .document import variant
from .numbers import SCALE, InvalidDeal, divide, in_units, mul_div


@dataclass(frozen=True)
class Coupon:
    """A coupon's terms; numbers in 1e-9. `base_days` is B of `compounded`."""

    kind: str
    steps: Sequence[tuple[dt.date, int]] = ()
    index: str = ""
    margin: int = 0
    credit_adjustment: int = 0
    floor: int | None = None
    all_in_floor: int = 0
    all_in_cap: int | None = None
    rate_decimals: int = 9
    in_arrears: bool = False
    lookback: int = 0
    observation_shift: bool = False
    lockout: int = 0
    floor_per_observation: bool = True
    base_days: int = 360
    formula: str = ""
    scheduled_rate: int = 0

    def ranking_rate(self) -> int:
        """steps.md, order: "the rate of a `fixed` coupon, the first of `steps`, of other coupons the margin"; of a
        formula 0.
        """
        return self.steps[0][1] if self.steps else self.margin


@dataclass(frozen=True)
class Market:
    """What a rate may be read from: the grid, and each input's value on every grid date."""

    grid: Sequence[dt.date]
    paths: Mapping[str, Sequence[int]]
    rounding: str

    def position(self, date: dt.date) -> int:
        """The last grid date on or before a date; the first grid date if there is none."""
        return max(0, bisect_right(self.grid, date) - 1)

    def value(self, index: str, position: int) -> int:
        """An input on a grid date, "never before the first grid date"."""
        return self.paths[index][max(0, position)]

    def days(self, position: int) -> int:
        """Calendar days from a grid date to the next."""
        return (self.grid[position + 1] - self.grid[position]).days


@dataclass(frozen=True)
class Accrual:
    """What an interest period earns: a rate, and the growth of an index level."""

    rate: int
    growth: Fraction = Fraction(0)


def read_coupon(entry: Mapping[str, Any], day_count: str) -> Coupon:
    """notes.md: the table of coupons."""
    kind, terms = variant(entry)
    if kind == "fixed":
        return Coupon("steps", [(dt.date.min, in_units(terms["rate"], SCALE))])
    if kind == "steps":
        return Coupon("steps", [(as_date(date), in_units(rate, SCALE)) for date, rate in terms])
    return Coupon(
        kind=kind,
        index=terms.get("index", ""),
        margin=in_units(terms.get("margin", 0), SCALE),
        credit_adjustment=in_units(terms.get("credit_adjustment", 0), SCALE),
        floor=in_units(terms["floor"], SCALE) if "floor" in terms else None,
        all_in_floor=in_units(terms.get("all_in_floor", 0), SCALE),
        all_in_cap=in_units(terms["all_in_cap"], SCALE) if "all_in_cap" in terms else None,
        rate_decimals=int(terms.get("rate_decimals", 9)),
        in_arrears=terms.get("fixing", "in_advance") == "in_arrears",
        lookback=int(terms.get("lookback", 0)),
        observation_shift=bool(terms.get("observation_shift", False)),
        lockout=int(terms.get("lockout", 0)),
        floor_per_observation=terms.get("floor_per", "observation") == "observation",
        base_days=365 if day_count == "act/365f" or day_count.startswith("act/act") else 360,
        formula=terms.get("rate", ""),
        scheduled_rate=in_units(terms.get("scheduled_rate", 0), SCALE),
    )


def accrual(coupon: Coupon, start: dt.date, end: dt.date, market: Market) -> Accrual:
    """notes.md: the table of coupons, for the interest period from `start` to its payment date `end`; of a rate by
    formula that of the schedule.
    """
    if coupon.kind == "steps":
        return Accrual(step_rate(coupon.steps, start))
    if coupon.kind == "formula":
        return Accrual(coupon.scheduled_rate)
    if coupon.kind == "index_level":
        return Accrual(coupon.margin, level_growth(coupon, start, end, market))
    if coupon.kind == "floating":
        index = adjusted(coupon, fixing(coupon, start, end, market))
    else:
        index = observed_index(coupon, start, end, market)
    return Accrual(all_in_rate(coupon, index, market.rounding))


def step_rate(steps: Sequence[tuple[dt.date, int]], start: dt.date) -> int:
    """notes.md: "of the last step whose date is on or before the beginning of the period"."""
    known = [rate for date, rate in steps if date <= start]
    if not known:
        raise InvalidDeal(f"no step holds on {start}")
    return known[-1]


def adjusted(coupon: Coupon, index: int) -> int:
    """notes.md, all-in rate 1: "the index plus `credit_adjustment`; not below `floor`, if there is one"."""
    index += coupon.credit_adjustment
    return index if coupon.floor is None else max(coupon.floor, index)


def formula_rate(coupon: Coupon, value: int, rounding: str) -> int:
    """notes.md, rate by formula: "rounded to `rate_decimals`, then not below `all_in_floor`, then not above
    `all_in_cap`".
    """
    return all_in_rate(coupon, value, rounding)


def all_in_rate(coupon: Coupon, index: int, rounding: str) -> int:
    """notes.md, all-in rate 2 to 4: margin, "`R(rate / k) * k`", all-in floor, then cap."""
    unit = int(10 ** (9 - coupon.rate_decimals))
    rate = divide(index + coupon.margin, unit, rounding) * unit
    rate = max(coupon.all_in_floor, rate)
    return rate if coupon.all_in_cap is None else min(coupon.all_in_cap, rate)


def fixing(coupon: Coupon, start: dt.date, end: dt.date, market: Market) -> int:
    """notes.md: "the last grid date on or before the fixing date, moved back by `lookback` (0) grid dates"."""
    return market.value(coupon.index, market.position(end if coupon.in_arrears else start) - coupon.lookback)


def observations(coupon: Coupon, start: dt.date, end: dt.date, market: Market) -> list[tuple[int, int]]:
    """notes.md, observations: (index, weight) of the grid dates s, ..., e-1, before adjustment and floor."""
    last = market.position(end)
    if last == 0:
        return [(market.value(coupon.index, 0), 1)]
    first = min(market.position(start), last - 1)
    found = []
    for date in range(first, last):
        observed = max(0, date - coupon.lookback)
        weight = market.days(observed if coupon.observation_shift else date)
        found.append((market.value(coupon.index, observed), weight))
    return locked_out(found, coupon.lockout)


def locked_out(found: Sequence[tuple[int, int]], lockout: int) -> list[tuple[int, int]]:
    """notes.md: "the last n observations take the index of the one before them (of the first, if there is none)"."""
    free = max(1, len(found) - lockout)
    return [*found[:free], *((found[free - 1][0], weight) for _, weight in found[free:])]


def observed_index(coupon: Coupon, start: dt.date, end: dt.date, market: Market) -> int:
    """notes.md: adjustment and floor on each observation, or on the result of the period."""
    found = observations(coupon, start, end, market)
    if coupon.floor_per_observation:
        found = [(adjusted(coupon, index), weight) for index, weight in found]
    if coupon.kind == "simple_daily":
        index = simple_index(found, market.rounding)
    else:
        index = compounded_index(found, coupon.base_days, market.rounding)
    return index if coupon.floor_per_observation else adjusted(coupon, index)


def simple_index(found: Sequence[tuple[int, int]], rounding: str) -> int:
    """notes.md: "`simple_daily`: the index is `R(sum r_j*w_j / W)`"."""
    return divide(sum(index * weight for index, weight in found), sum(weight for _, weight in found), rounding)


def compounded_index(found: Sequence[tuple[int, int]], base_days: int, rounding: str) -> int:
    """notes.md: "`C = R(C * (1e9*B + r_j*w_j) / (1e9*B))`; the index is `R((C - 1e9) * B / W)`"."""
    factor, whole = SCALE, SCALE * base_days
    for index, weight in found:
        factor = mul_div(factor, whole + index * weight, whole, rounding)
    return mul_div(factor - SCALE, base_days, sum(weight for _, weight in found), rounding)


def level_growth(coupon: Coupon, start: dt.date, end: dt.date, market: Market) -> Fraction:
    """notes.md, index level: "`max(0, L_e - L_s) / L_s`; `L_s <= 0` gives 0"."""
    low, high = (market.value(coupon.index, market.position(date) - coupon.lookback) for date in (start, end))
    return Fraction(max(0, high - low), low) if low > 0 else Fraction(0)
