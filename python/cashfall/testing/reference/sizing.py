"""Note schedules, fixed at compile on the sizing case (rule book, notes)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

from .dates import Schedule, as_date, period_fraction
from .document import variant
from .numbers import SCALE, InvalidDeal, divide, in_range, in_units


@dataclass(frozen=True)
class Note:
    """A note's terms in integers; `fractions` are those of its interest periods, by payment date."""

    name: str
    original_balance: int
    rate: int
    rounding_unit: int | None
    day_count: str
    dated_date: dt.date
    maturity_date: dt.date
    schedule: Schedule
    payment_dates: Sequence[dt.date]
    fractions: Mapping[dt.date, Fraction]
    amortisation: tuple[str, Any]
    amount_scale: int
    rounding: str

    def interest(self, balance: int, date: dt.date) -> int:
        """Section 3: "`R(balance * rate * n / (1e9 * d))`", rounded once; with `rounding_unit = u` per unit."""
        fraction = self.fractions[date]
        numerator, denominator = balance * self.rate * fraction.numerator, SCALE * fraction.denominator
        if self.rounding_unit is None:
            return divide(numerator, denominator, self.rounding)
        unit, original = self.rounding_unit, self.original_balance
        return original // unit * divide(numerator * unit, denominator * original, self.rounding)

    def factor(self, date: dt.date) -> Fraction:
        """Section 3: "`f_t = rate*n/(1e9*d)` is the period factor of amortising date t"."""
        return Fraction(self.rate, SCALE) * self.fractions[date]

    def amortising_dates(self) -> list[dt.date]:
        """Section 3: "the payment dates from `first_date` to maturity; before, interest only"."""
        first = as_date(self.amortisation[1]["first_date"])
        return [date for date in self.payment_dates if date >= first]

    def years_to(self, date: dt.date) -> Fraction:
        """Section 6, wal: "years in the note's day count from the dated date"; schedule-based counts add their
        periods.
        """
        if self.day_count in ("act/act_icma", "regular"):
            return sum((self.fractions[paid] for paid in self.payment_dates if paid <= date), Fraction(0))
        return period_fraction(self.day_count, self.dated_date, date, self.maturity_date, self.schedule)


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
    """Terms of a note: "payment dates on or before the dated date or after maturity are ignored"."""
    dated, maturity = as_date(entry["dated_date"]), as_date(entry["maturity_date"])
    schedule, day_count = schedules[entry["payment_dates"]], entry["day_count"]
    payment_dates = [date for date in schedule.dates if dated < date <= maturity]
    if not payment_dates or payment_dates[-1] != maturity:
        raise InvalidDeal(f"{name}: the maturity date is not one of the payment dates")
    original = in_units(entry["original_balance"], scale)
    unit = in_units(entry["rounding_unit"], scale) if "rounding_unit" in entry else None
    if original <= 0 or (unit is not None and (unit <= 0 or original % unit)):
        raise InvalidDeal(f"{name}: the rounding unit must divide the original balance")
    starts = [dated, *payment_dates]
    fractions = {
        end: period_fraction(day_count, start, end, maturity, schedule)
        for start, end in zip(starts, payment_dates, strict=False)
    }
    coupon, terms = variant(entry["coupon"])
    assert coupon == "fixed", coupon
    return Note(
        name=name,
        original_balance=original,
        rate=in_units(terms["rate"], SCALE),
        rounding_unit=unit,
        day_count=day_count,
        dated_date=dated,
        maturity_date=maturity,
        schedule=schedule,
        payment_dates=payment_dates,
        fractions=fractions,
        amortisation=variant(entry["amortisation"]),
        amount_scale=scale,
        rounding=rounding,
    )


def discounts(note: Note) -> dict[dt.date, Fraction]:
    """Section 3: "`prod_{s<=t} 1/(1+f_s)`" over the amortising dates, exact."""
    running, found = Fraction(1), {}
    for date in note.amortising_dates():
        running /= 1 + note.factor(date)
        found[date] = running
    return found


def level_debt_service(note: Note) -> dict[dt.date, int]:
    """Section 3: "instalment `L = R(B / sum_t prod_{s<=t} 1/(1+f_s))`"."""
    weights = discounts(note)
    level = note.original_balance / sum(weights.values(), Fraction(0))
    return dict.fromkeys(weights, divide(level.numerator, level.denominator, note.rounding))


def sculpting_multiplier(note: Note, cash_flow: Callable[[dt.date], int]) -> Fraction:
    """Section 3: "`k = B / sum_t CF_t * prod_{s<=t} 1/(1+f_s)` exactly"."""
    present_value = sum((cash_flow(date) * weight for date, weight in discounts(note).items()), Fraction(0))
    if present_value <= 0:
        raise InvalidDeal(f"{note.name}: the sculpted cash flow has no value to repay the note from")
    return note.original_balance / present_value


def sculpted_debt_service(note: Note, cash_flow: Callable[[dt.date], int]) -> dict[dt.date, int]:
    """Section 3: "debt service_t = floor(CF_t * k)"; a cash flow below zero on any date is an error."""
    if any(cash_flow(date) < 0 for date in note.amortising_dates()):
        raise InvalidDeal(f"{note.name}: the sculpted cash flow is below zero")
    multiplier = sculpting_multiplier(note, cash_flow)
    return {date: floor(cash_flow(date) * multiplier) for date in note.amortising_dates()}


def explicit_principal(note: Note) -> dict[dt.date, int]:
    """Section 3: "dates are payment dates; the amounts must sum to the original balance"."""
    kind, terms = note.amortisation
    if kind == "bullet":
        return {note.maturity_date: note.original_balance}
    principal = {as_date(date): in_units(amount, note.amount_scale) for date, amount in terms["principal"]}
    if sum(principal.values()) != note.original_balance or not principal.keys() <= set(note.payment_dates):
        raise InvalidDeal(f"{note.name}: the principal does not repay the note on its payment dates")
    return principal


def size(note: Note, cash_flow: Callable[[dt.date], int]) -> list[Instalment]:
    """The schedule: "`principal_t = debt service_t - interest_t`; the last repays what is left"."""
    kind = note.amortisation[0]
    service = {}
    principals = {}
    if kind == "level":
        service = level_debt_service(note)
    elif kind == "sculpted":
        service = sculpted_debt_service(note, cash_flow)
    else:
        principals = explicit_principal(note)
    balance, instalments = note.original_balance, []
    for date in note.payment_dates:
        interest = note.interest(balance, date)
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
