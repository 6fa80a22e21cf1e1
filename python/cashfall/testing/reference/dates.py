"""Schedules and day counts (rule book, section 2), in the standard library's dates and exact fractions."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .numbers import InvalidDeal

ONE_DAY = dt.timedelta(days=1)


def as_date(value: object) -> dt.date:
    """Read a date of a document: a TOML date, or ISO text."""
    if isinstance(value, str):
        return dt.date.fromisoformat(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise InvalidDeal(f"expected a date, found {value!r}")


def last_day(year: int, month: int) -> int:
    """Days in a month."""
    return calendar.monthrange(year, month)[1]


def in_month(year: int, month: int, day: int) -> dt.date:
    """The `day` of a month, or the last day of a shorter month; months past December run into later years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return dt.date(year, month, min(day, last_day(year, month)))


def full_months(start: dt.date, end: dt.date) -> int:
    """Section 3: "a day that is clipped by a short month counts as reached on that month's last day"."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - 1 if end.day < min(start.day, last_day(end.year, end.month)) else months


def full_years(start: dt.date, end: dt.date) -> int:
    """Section 3: "full months // 12"."""
    return full_months(start, end) // 12


@dataclass(frozen=True)
class Schedule:
    """Strictly increasing dates; `months` and `day` are those of a regular schedule, else 0."""

    dates: Sequence[dt.date]
    months: int = 0
    day: int = 0


def read_schedule(entry: Mapping[str, Any]) -> Schedule:
    """Section 2: "`{ regular = { first, last, months, day } }` or `{ dates = [...] }`"."""
    if "dates" in entry:
        schedule = Schedule([as_date(date) for date in entry["dates"]])
    else:
        regular = entry["regular"]
        first, last, months = as_date(regular["first"]), as_date(regular["last"]), int(regular["months"])
        schedule = regular_schedule(first, last, months, int(regular.get("day", first.day)))
        if not schedule.dates or schedule.dates[0] != first or schedule.dates[-1] != last:
            raise InvalidDeal(f"{first} and {last} are not dates of their own schedule")
    if any(a >= b for a, b in zip(schedule.dates, schedule.dates[1:], strict=False)):
        raise InvalidDeal("dates must strictly increase")
    return schedule


def regular_schedule(first: dt.date, last: dt.date, months: int, day: int) -> Schedule:
    """Section 2: "`first`'s month, `months` later, and so on; each on `day`, or on the last day of a shorter month"."""
    assert months > 0
    dates = []
    month = first.month
    while (date := in_month(first.year, month, day)) <= last:
        dates.append(date)
        month += months
    return Schedule(dates, months, day)


def days_360(start: dt.date, end: dt.date, start_day: int, end_day: int) -> Fraction:
    """A 30/360 count once its two days of the month are settled."""
    return Fraction((end.year - start.year) * 360 + (end.month - start.month) * 30 + end_day - start_day, 360)


def is_february_end(date: dt.date) -> bool:
    """Whether the date is the last day of a February."""
    return date.month == 2 and (date + ONE_DAY).month == 3


def thirty_360_bond_basis(start: dt.date, end: dt.date, maturity: dt.date) -> Fraction:
    """Source: ISDA 2006 Definitions, section 4.16(f)."""
    start_day = min(start.day, 30)
    end_day = 30 if end.day == 31 and start_day == 30 else end.day
    return days_360(start, end, start_day, end_day)


def thirty_360_us(start: dt.date, end: dt.date, maturity: dt.date) -> Fraction:
    """Bond basis, after the last day of February became day 30 (at the end only if at the start too). Source: SIA."""
    start_day, end_day = start.day, end.day
    if is_february_end(start):
        start_day = 30
        if is_february_end(end):
            end_day = 30
    if end_day == 31 and start_day >= 30:
        end_day = 30
    return days_360(start, end, min(start_day, 30), end_day)


def thirty_e_360(start: dt.date, end: dt.date, maturity: dt.date) -> Fraction:
    """Source: ISDA 2006 Definitions, section 4.16(g)."""
    return days_360(start, end, min(start.day, 30), min(end.day, 30))


def thirty_e_360_isda(start: dt.date, end: dt.date, maturity: dt.date) -> Fraction:
    """Section 2: "treats the last day of February as day 30 except when the end date is the maturity date"."""
    start_day = 30 if is_february_end(start) else min(start.day, 30)
    end_day = 30 if is_february_end(end) and end != maturity else min(end.day, 30)
    return days_360(start, end, start_day, end_day)


def act_360(start: dt.date, end: dt.date, maturity: dt.date) -> Fraction:
    """Actual days over 360."""
    return Fraction((end - start).days, 360)


def act_365f(start: dt.date, end: dt.date, maturity: dt.date) -> Fraction:
    """Actual days over 365."""
    return Fraction((end - start).days, 365)


def act_act_isda(start: dt.date, end: dt.date, maturity: dt.date) -> Fraction:
    """Days in leap years over 366 plus days in other years over 365. Source: ISDA 2006 Definitions, section 4.16(b)."""
    total = Fraction(0)
    for year in range(start.year, end.year + 1):
        low, high = max(start, dt.date(year, 1, 1)), min(end, dt.date(year + 1, 1, 1))
        total += Fraction((high - low).days, 366 if calendar.isleap(year) else 365)
    return total


def act_act_icma(start: dt.date, end: dt.date, payments: Schedule) -> Fraction:
    """Days over (days of the regular period * periods a year), period by period backwards from `end`. Source: ICMA rule
    251.
    """
    total, high, month = Fraction(0), end, end.month
    while high > start:
        month -= payments.months
        low = in_month(end.year, month, payments.day)
        total += Fraction((high - max(low, start)).days * payments.months, (high - low).days * 12)
        high = low
    return total


CONVENTIONS = {
    "30/360_bond_basis": thirty_360_bond_basis,
    "30/360_us": thirty_360_us,
    "30e/360": thirty_e_360,
    "30e/360_isda": thirty_e_360_isda,
    "act/360": act_360,
    "act/365f": act_365f,
    "act/act_isda": act_act_isda,
}
"""The conventions that need two dates and the maturity, and no schedule."""


def period_fraction(day_count: str, start: dt.date, end: dt.date, maturity: dt.date, payments: Schedule) -> Fraction:
    """The day-count fraction of one interest period, which ends on a payment date.

    Section 2: "`regular` counts a whole period as months/12; a stub counts as under `act/act_icma`".
    """
    if day_count in ("act/act_icma", "regular"):
        if not payments.months:
            raise InvalidDeal(f"{day_count} needs a regular schedule")
        whole = start == in_month(end.year, end.month - payments.months, payments.day)
        if day_count == "regular" and whole:
            return Fraction(payments.months, 12)
        return act_act_icma(start, end, payments)
    return CONVENTIONS[day_count](start, end, maturity)


def part_fraction(
    day_count: str, start: dt.date, date: dt.date, end: dt.date, maturity: dt.date, payments: Schedule
) -> Fraction:
    """The day-count fraction of the part of an interest period (start, end] up to a date inside it.

    notes.md: "Under `regular` a part of a whole period counts its calendar days over the days of the period; under
    `act/act_icma` (and for stubs under `regular`) a part counts as a stub does".
    """
    if date == end:
        return period_fraction(day_count, start, end, maturity, payments)
    if day_count not in ("act/act_icma", "regular"):
        return CONVENTIONS[day_count](start, date, maturity)
    if day_count == "regular" and start == in_month(end.year, end.month - payments.months, payments.day):
        return Fraction(payments.months * (date - start).days, 12 * (end - start).days)
    total, high, month = Fraction(0), end, end.month
    while high > start:
        month -= payments.months
        low = in_month(end.year, month, payments.day)
        n_days = max(0, (min(date, high) - max(low, start)).days)
        total += Fraction(n_days * payments.months, (high - low).days * 12)
        high = low
    return total
