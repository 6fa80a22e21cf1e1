"""Note schedules, fixed at compile on the sizing case (rule book, notes)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import Any

from .coupons import Accrual, Coupon, Market, accrual, read_coupon
from .dates import Schedule, as_date, part_fraction, period_fraction
from .document import variant
from .numbers import SCALE, InvalidDeal, divide, in_range, in_units, mul_div

CashFlow = Callable[[str, dt.date], int]
"""The value of a formula on a date of the sizing case."""


@dataclass(frozen=True)
class Note:
    """A note's terms in integers; `starts` and `fractions` are those of its interest periods, by payment date."""

    name: str
    original_balance: int
    coupon: Coupon
    rounding_unit: int | None
    day_count: str
    dated_date: dt.date
    maturity_date: dt.date
    schedule: Schedule
    payment_dates: Sequence[dt.date]
    starts: Mapping[dt.date, dt.date]
    fractions: Mapping[dt.date, Fraction]
    amortisation: tuple[str, Any]
    amount_scale: int
    rounding: str
    issue_price: int = SCALE

    def proceeds(self) -> int:
        """notes.md, issue price: "The proceeds are `R(original_balance * issue_price)`"."""
        return mul_div(self.original_balance, self.issue_price, SCALE, self.rounding)

    def accrual(self, date: dt.date, market: Market) -> Accrual:
        """What the interest period that ends on a payment date earns."""
        return accrual(self.coupon, self.starts[date], date, market)

    def interest(self, weighted: Fraction, date: dt.date, earned: Accrual) -> int:
        """notes.md: "`R(balance * rate * n / (1e9 * d))`", and the growth of an index level; `weighted` is S/d, the
        balance times its day-count fraction. With `rounding_unit = u` per unit.
        """
        if self.rounding_unit is not None:
            n_units = self.original_balance // self.rounding_unit
            return n_units * self.earned(weighted, earned.rate, SCALE * n_units)
        growth = weighted / self.fractions[date] * earned.growth if earned.growth else Fraction(0)
        return divide(growth.numerator, growth.denominator, self.rounding) + self.earned(weighted, earned.rate, SCALE)

    def earned(self, weighted: Fraction, rate: int, scale: int) -> int:
        """`R(S/d * rate / scale)`, rounded once."""
        return divide(weighted.numerator * rate, weighted.denominator * scale, self.rounding)

    def part(self, end: dt.date, date: dt.date) -> Fraction:
        """notes.md: "the day-count fraction from the beginning of the period to grid date g" of the period to `end`."""
        return part_fraction(self.day_count, self.starts[end], date, end, self.maturity_date, self.schedule)

    def factor(self, date: dt.date, earned: Mapping[dt.date, Accrual]) -> Fraction:
        """notes.md: "`f_t = rate*n/(1e9*d)` is the period factor of amortising date t"."""
        return Fraction(earned[date].rate, SCALE) * self.fractions[date]

    def amortising_dates(self) -> list[dt.date]:
        """Section 3: "the payment dates from `first_date` to maturity; before, interest only"."""
        first = as_date(self.amortisation[1]["first_date"])
        return [date for date in self.payment_dates if date >= first]

    def years_to(self, date: dt.date) -> Fraction:
        """notes.md: "the years in the note's day count from the dated date; under `regular` and `act/act_icma` the
        fractions of the whole periods plus that of the part, after maturity plus calendar days over 365".
        """
        if self.day_count not in ("act/act_icma", "regular"):
            return period_fraction(self.day_count, self.dated_date, date, self.maturity_date, self.schedule)
        years = sum((self.fractions[end] for end in self.payment_dates if end <= date), Fraction(0))
        if date > self.payment_dates[-1]:
            return years + Fraction((date - self.payment_dates[-1]).days, 365)
        return years + sum((self.part(end, date) for end in self.payment_dates if end > date > self.starts[end]), 0)


@dataclass(frozen=True)
class Instalment:
    """One payment date of the schedule; `balance` is after the date's payment."""

    date: dt.date
    interest: int
    principal: int
    balance: int


def read_note(
    name: str, entry: Mapping[str, Any], schedules: Mapping[str, Schedule], scale: int, rounding: str
) -> Note:
    """Terms of a note: "payment dates on or before the dated date or after maturity are ignored"; funding.md: "The
    payment dates of the note run up to the last" to which it can be extended.
    """
    dated, maturity = as_date(entry["dated_date"]), as_date(entry["maturity_date"])
    schedule, day_count = schedules[entry["payment_dates"]], entry["day_count"]
    last = as_date(entry.get("extension", {"maturity_dates": [maturity]})["maturity_dates"][-1])
    payment_dates = [date for date in schedule.dates if dated < date <= last]
    if maturity not in payment_dates or last not in payment_dates:
        raise InvalidDeal(f"{name}: the maturity date is not one of the payment dates")
    original = in_units(entry["original_balance"], scale)
    unit = in_units(entry["rounding_unit"], scale) if "rounding_unit" in entry else None
    if (
        original < 0
        or (original == 0 and "funding" not in entry)
        or (unit is not None and (unit <= 0 or original % unit))
    ):
        raise InvalidDeal(f"{name}: the rounding unit must divide the original balance")
    starts = dict(zip(payment_dates, [dated, *payment_dates], strict=False))
    fractions = {end: period_fraction(day_count, start, end, maturity, schedule) for end, start in starts.items()}
    return Note(
        name=name,
        original_balance=original,
        coupon=read_coupon(entry["coupon"], day_count),
        rounding_unit=unit,
        day_count=day_count,
        dated_date=dated,
        maturity_date=maturity,
        schedule=schedule,
        payment_dates=payment_dates,
        starts=starts,
        fractions=fractions,
        amortisation=variant(entry["amortisation"]),
        amount_scale=scale,
        rounding=rounding,
        issue_price=in_units(entry.get("issue_price", 1), SCALE),
    )


def discounts(note: Note, earned: Mapping[dt.date, Accrual]) -> dict[dt.date, Fraction]:
    """Section 3: "`prod_{s<=t} 1/(1+f_s)`" over the amortising dates, exact."""
    running, found = Fraction(1), {}
    for date in note.amortising_dates():
        running /= 1 + note.factor(date, earned)
        found[date] = running
    return found


def level_debt_service(note: Note, earned: Mapping[dt.date, Accrual]) -> dict[dt.date, int]:
    """Section 3: "instalment `L = R(B / sum_t prod_{s<=t} 1/(1+f_s))`"."""
    weights = discounts(note, earned)
    level = note.original_balance / sum(weights.values(), Fraction(0))
    return dict.fromkeys(weights, divide(level.numerator, level.denominator, note.rounding))


def sculpting_multiplier(note: Note, flows: Mapping[dt.date, int], earned: Mapping[dt.date, Accrual]) -> Fraction:
    """Section 3: "`k = B / sum_t CF_t * prod_{s<=t} 1/(1+f_s)` exactly"."""
    weights = discounts(note, earned)
    present_value = sum((flows[date] * weight for date, weight in weights.items()), Fraction(0))
    if present_value <= 0:
        raise InvalidDeal(f"{note.name}: the sculpted cash flow has no value to repay the note from")
    return note.original_balance / present_value


def sculpted_debt_service(note: Note, cash_flow: CashFlow, earned: Mapping[dt.date, Accrual]) -> dict[dt.date, int]:
    """Section 3: "debt service_t = floor(CF_t * k)"; a cash flow below zero on any date is an error."""
    text = note.amortisation[1]["cash_flow"]
    flows = {date: cash_flow(text, date) for date in note.amortising_dates()}
    if any(flow < 0 for flow in flows.values()):
        raise InvalidDeal(f"{note.name}: the sculpted cash flow is below zero")
    multiplier = sculpting_multiplier(note, flows, earned)
    return {date: floor(flow * multiplier) for date, flow in flows.items()}


def stated_principal(note: Note, cash_flow: CashFlow, market: Market) -> dict[dt.date, int]:
    """notes.md: the principal of schedules that do not depend on interest, by payment date."""
    kind, terms = note.amortisation
    if kind in ("bullet", "sweep", "balance_at_most"):
        return {note.maturity_date: note.original_balance}
    if kind == "greatest_of":
        parts = [size(replace(note, amortisation=variant(part)), cash_flow, market) for part in terms]
        balances = [min(row.balance for row in rows) for rows in zip(*parts, strict=True)]
        return principal_of_balances(note, dict(zip(note.payment_dates, balances, strict=True)))
    if kind == "target_balance":
        rows = {as_date(date): in_units(amount, note.amount_scale) for date, amount in terms}
        return principal_of_balances(note, rows)
    if kind == "percent_of_original":
        shares = [(as_date(date), in_units(share, SCALE)) for date, share in terms]
        rounded = {date: mul_div(note.original_balance, share, SCALE, note.rounding) for date, share in shares}
        before = sum(principal for date, principal in rounded.items() if date < note.maturity_date)
        return rounded | {note.maturity_date: note.original_balance - before}
    return explicit_principal(note)


def principal_of_balances(note: Note, balances: Mapping[dt.date, int]) -> dict[dt.date, int]:
    """notes.md: "`scheduled_balance` is the balance of the last listed date on or before, ... at maturity 0"."""
    balance, found = note.original_balance, {}
    for date in note.payment_dates:
        after = 0 if date == note.maturity_date else balances.get(date, balance)
        found[date], balance = balance - after, after
    return found


def explicit_principal(note: Note) -> dict[dt.date, int]:
    """Section 3: "dates are payment dates; the amounts must sum to the original balance"."""
    terms = note.amortisation[1]
    principal = {as_date(date): in_units(amount, note.amount_scale) for date, amount in terms["principal"]}
    if sum(principal.values()) != note.original_balance or not principal.keys() <= set(note.payment_dates):
        raise InvalidDeal(f"{note.name}: the principal does not repay the note on its payment dates")
    return principal


def size(note: Note, cash_flow: CashFlow, market: Market) -> list[Instalment]:
    """The schedule: "`principal_t = debt service_t - interest_t`; the last repays what is left", at "the rates that the
    inputs of the sizing case give".
    """
    kind = note.amortisation[0]
    earned = {date: note.accrual(date, market) for date in note.payment_dates}
    service = {}
    principals = {}
    if kind == "level":
        service = level_debt_service(note, earned)
    elif kind == "sculpted":
        service = sculpted_debt_service(note, cash_flow, earned)
    else:
        principals = stated_principal(note, cash_flow, market)
    balance, instalments = note.original_balance, []
    for date in note.payment_dates:
        interest = note.interest(balance * note.fractions[date], date, earned[date])
        principal = service[date] - interest if date in service else principals.get(date, 0)
        if service and date == note.maturity_date:
            principal = balance
        if not 0 <= principal <= balance:
            raise InvalidDeal(f"{note.name}: principal {principal} on {date} with a balance of {balance}")
        if not in_range(interest) or not in_range(interest + principal):
            raise InvalidDeal(f"{note.name}: interest {interest} on {date} is out of range")
        balance -= principal
        instalments.append(Instalment(date, interest, principal, balance))
    return instalments
