"""Prepayment at call prices, and make-whole by present value (rule book, notes.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .coupons import Market
from .dates import as_date
from .numbers import SCALE, divide, in_units, mul_div
from .present_value import discounted

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario
    from .sizing import Note

PAR = 100 * SCALE
"""A price of 100, which is what a note without `call` is prepaid at."""


@dataclass(frozen=True)
class Discount:
    """notes.md, call: "the discount rate y is `rate`, or max(0, the input `index` on the date + `spread` (0))"."""

    rate: int
    index: str | None
    spread: int

    def on(self, scenario: Scenario) -> int:
        """The discount rate of the date."""
        if self.index is None:
            return self.rate
        return max(0, scenario.values[f"inputs.{self.index}"] + self.spread)


@dataclass(frozen=True)
class Call:
    """notes.md, call: prices per 100 from their dates on, and what may be paid before the first."""

    schedule: Sequence[tuple[dt.date, int]]
    make_whole: Discount | None


def read_calls(plan: Plan) -> dict[str, Call]:
    """notes.md: "`call = { schedule = [[date, price], ...], make_whole? = { rate } or { index, spread } }`"."""
    found = {}
    for name, entry in plan.table("notes").items():
        if "call" in entry:
            terms, whole = entry["call"], entry["call"].get("make_whole")
            rows = [(as_date(date), in_units(price, SCALE)) for date, price in terms["schedule"]]
            found[name] = Call(rows, read_discount(whole) if whole else None)
    return found


def read_discount(terms: Mapping[str, Any]) -> Discount:
    """notes.md, call: a stated rate, or an index plus a spread."""
    rate, spread = (in_units(terms.get(key, 0), SCALE) for key in ("rate", "spread"))
    return Discount(rate, terms.get("index"), spread)


def prepaid(plan: Plan) -> list[str]:
    """The notes that a step prepays."""
    verbs = ("prepay", "refinance")
    steps = [step[verb]["notes"] for step in plan.written_steps for verb in verbs if verb in step]
    named = {name for notes in steps for name in notes}
    return [name for name in plan.table("notes") if name in named]


def price_of(scenario: Scenario, name: str) -> int | None:
    """notes.md, call: "The price on a date is that of the last scheduled date on or before it"; None where the note may
    not be called.
    """
    call, date = scenario.plan.calls.get(name), scenario.plan.grid[scenario.index]
    if call is None:
        return PAR
    prices = [price for start, price in call.schedule if start <= date]
    if prices:
        return prices[-1]
    if call.make_whole is None or date < scenario.plan.notes[name].dated_date:
        return None
    return whole_price(scenario, scenario.plan.notes[name], call, call.make_whole.on(scenario))


def whole_price(scenario: Scenario, note: Note, call: Call, discount: int) -> int:
    """notes.md, call: "`P_(k-1) = R(V_k * 1e9*D_k / (1e9*D_k + y*n_k))`; `V_k = c_k + P_k`; the price is
    `max(100e9, P_0 - a)`".
    """
    today, rounding = scenario.plan.grid[scenario.index], scenario.plan.rounding
    market = Market(scenario.plan.grid, scenario.paths, rounding)
    first, value = call.schedule[0]
    dates = [date for date in note.payment_dates if today < date <= first]
    for date in reversed(dates):
        rate, fraction = note.accrual(date, market).rate, note.fractions[date]
        value += mul_div(PAR * rate, fraction.numerator, SCALE * fraction.denominator, rounding)
        if date == dates[0]:
            fraction -= note.part(date, today) if today > note.starts[date] else 0
        value = discounted(value, discount, fraction, rounding)
    return max(PAR, value - accrued_per_hundred(note, dates[0], today, market))


def accrued_per_hundred(note: Note, end: dt.date, today: dt.date, market: Market) -> int:
    """notes.md, call: "`R(100e9 * rate_1 * n/(1e9 * D))`, n/D the fraction of the first period up to t"."""
    if today <= note.starts[end]:
        return 0
    elapsed, rate = note.part(end, today), note.accrual(end, market).rate
    return mul_div(PAR * rate, elapsed.numerator, SCALE * elapsed.denominator, note.rounding)


def premium(principal: int, price: int, rounding: str) -> int:
    """notes.md, prepayment: "`R(x * (price - 100) / 100)`"."""
    return mul_div(principal, price - PAR, PAR, rounding)


def affordable(cash: int, price: int, rounding: str) -> int:
    """notes.md, prepayment: "`x = R(A * 100 / price)`; one cent less if `x + R(x * (price - 100) / 100) > A`"."""
    principal = divide(cash * PAR, price, rounding)
    return principal - 1 if principal + premium(principal, price, rounding) > cash else principal


def start_of_date(scenario: Scenario) -> None:
    """The date's premiums begin at 0."""
    for name in scenario.plan.prepaid:
        scenario.values[f"{name}.premium_paid"] = 0
