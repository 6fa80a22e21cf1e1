"""The numbers of the yardstick deal, from its file, for the kernels written by hand.

Everything here is plain `int` and `Fraction`: the schedule is computed as the rule book says
(`docs/reference/language.md`), and each constant a kernel multiplies by is proved to round as the rule book says for
every amount it can meet.
"""

from __future__ import annotations

import calendar
import ctypes
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

DEAL_FILE = Path(__file__).parents[2] / "python" / "cashfall" / "deals" / "yardstick.toml"
N_DATES = 95
NUMBER_SCALE = 10**9
METRICS = (
    "senior.interest_paid",
    "senior.principal_paid",
    "senior.interest_shortfall",
    "senior.principal_shortfall",
    "senior.loss",
    "dscr.minimum",
    "dscr.n_breach_dates",
    "sponsor.distributed",
)


@dataclass(frozen=True)
class Terms:
    """The deal in cents and exact fractions, one entry per date where it has a list."""

    dates: list[date]
    default_rent: list[int]
    largest_rent: int
    manager_share: Fraction
    operations: int
    level: Fraction
    opening_reserve: int
    original_balance: int
    regular_factor: Fraction
    first_amortising: int
    scheduled_interest: list[int]
    scheduled_principal: list[int]
    scheduled_balance: list[int]
    target: list[int]


def rounded(ratio: Fraction) -> int:
    """The nearest integer, half away from zero."""
    size = (2 * abs(ratio.numerator) + ratio.denominator) // (2 * ratio.denominator)
    return size if ratio >= 0 else -size


def payment_dates(first: date, last: date, months: int, day: int) -> list[date]:
    """A regular schedule: `day`, or the last day of a shorter month."""
    dates: list[date] = []
    month = first.year * 12 + first.month - 1
    while not dates or dates[-1] < last:
        year, index = divmod(month, 12)
        dates.append(date(year, index + 1, min(day, calendar.monthrange(year, index + 1)[1])))
        month += months
    return dates


def days_30e_360_isda(start: date, end: date, maturity: date) -> int:
    """Days between two dates, the last day of February counting as day 30 unless it ends at maturity."""

    def day(d: date) -> int:
        last_of_february = d.month == 2 and d.day == calendar.monthrange(d.year, 2)[1]
        return 30 if d.day == 31 or (last_of_february and d != maturity) else d.day

    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + day(end) - day(start)


def level_schedule(balance: int, factors: list[Fraction], first: int) -> tuple[list[int], list[int], list[int]]:
    """Scheduled interest, principal and balance after payment, for equal payments from position `first`."""
    discount, annuity = Fraction(1), Fraction(0)
    for factor in factors[first:]:
        discount /= 1 + factor
        annuity += discount
    instalment = rounded(balance / annuity)
    interest, principal, after = [], [], []
    for t, factor in enumerate(factors):
        interest.append(rounded(balance * factor))
        last = t == len(factors) - 1
        principal.append(0 if t < first else balance if last else instalment - interest[t])
        balance -= principal[t]
        after.append(balance)
    return interest, principal, after


def cents(amount: Decimal | int) -> int:
    """A document's decimal as cents, exactly."""
    result = Decimal(amount) * 100
    assert result == int(result)
    return int(result)


@cache
def terms() -> Terms:
    """The yardstick's terms, read from its file."""
    document = tomllib.loads(DEAL_FILE.read_text(), parse_float=Decimal)
    note, rent = document["notes"]["senior"], document["inputs"]["rent"]
    dates = payment_dates(**document["schedules"]["quarterly"]["regular"])
    assert len(dates) == N_DATES
    starts = [note["dated_date"], *dates]
    rate = Fraction(note["coupon"]["fixed"]["rate"])
    day_counts = [days_30e_360_isda(a, b, note["maturity_date"]) for a, b in zip(starts, dates, strict=False)]
    factors = [rate * days / 360 for days in day_counts]
    first = dates.index(note["amortisation"]["level"]["first_date"])
    assert len(set(factors[first:])) == 1
    balance = cents(note["original_balance"])
    interest, principal, after = level_schedule(balance, factors, first)
    service = [i + p for i, p in zip(interest, principal, strict=True)]
    return Terms(
        dates=dates,
        default_rent=[cents([v for d, v in rent["default_steps"] if d <= at][-1]) for at in dates],
        largest_rent=cents(rent["maximum"]),
        manager_share=Fraction(document["fees"]["manager"]["amount"]["share_of"]["share"]),
        operations=cents(document["fees"]["operations"]["amount"]["fixed"]["per_date"]),
        level=Fraction(document["tests"]["dscr"]["level"]),
        opening_reserve=cents(document["accounts"]["reserve"]["opening_balance"]),
        original_balance=balance,
        regular_factor=factors[-1],
        first_amortising=first,
        scheduled_interest=interest,
        scheduled_principal=principal,
        scheduled_balance=after,
        target=[sum(service[t + 1 : t + 3]) for t in range(N_DATES)],
    )


class Share(ctypes.Structure):
    """Mirror of `Share` in `kernel/src/lanes.rs`."""

    _fields_ = [
        (name, ctypes.c_double)
        for name in ("numerator", "divisor", "reciprocal", "factor", "bias", "factor_high", "factor_low")
    ]


class Deal(ctypes.Structure):
    """Mirror of `Deal` in `kernel/src/deal.rs`."""

    _fields_ = [
        ("first_amortising", ctypes.c_size_t),
        ("original_balance", ctypes.c_double),
        ("opening_reserve", ctypes.c_double),
        ("largest_rent", ctypes.c_double),
        ("level_cash_flow", ctypes.c_double),
        ("level_debt_service", ctypes.c_double),
        ("manager", Share),
        ("interest", Share),
        ("operations", ctypes.c_double * N_DATES),
        ("scheduled_interest", ctypes.c_double * N_DATES),
        ("scheduled_principal", ctypes.c_double * N_DATES),
        ("scheduled_balance", ctypes.c_double * N_DATES),
        ("target", ctypes.c_double * N_DATES),
    ]


def float_at_least(x: Fraction) -> float:
    """The least double not below `x`."""
    from math import inf, nextafter

    near = float(x)
    return near if Fraction(near) >= x else nextafter(near, inf)


def share(ratio: Fraction, largest: int) -> Share:
    """The constants for `R(amount * ratio)`, proved for every whole amount from 0 to `largest`."""
    n, d = ratio.numerator, ratio.denominator
    high = Fraction(ratio * 64 // 1, 64)
    low = float_at_least(ratio - high)
    made = Share(float(n), float(d), float(Fraction(1, d)), float(ratio), float(Fraction(1, 2 * d)), float(high), low)
    # AVX-512: the high product is a whole number of 64ths that fits, and so is every half (a boundary of the floor is
    # then a multiple of 1/d, which the low factor's excess cannot reach).
    assert d % 64 == 0 or high == 0, "64ths must be multiples of 1/d"
    assert largest * ratio < 2**45
    assert largest * (Fraction(low) - (ratio - high)) < Fraction(1, d)
    # AVX2: whole part h = nearest(amount / d) within one; h * d, h * n and the rest are exact whole numbers.
    assert (largest + d) * n < d * 2**51
    assert largest < 2**52
    rest = 2 * d
    slack = rest * abs(Fraction(made.factor) - ratio) + Fraction(rest * n, d) / 2**53 + Fraction(1, 2**53)
    assert slack < Fraction(1, 4 * d), "the bias must exceed all roundings, and twice it a step"
    return made


def small_share(ratio: Fraction, largest: int) -> Share:
    """As `share`, for the biased product alone: `nearest(amount * ratio + 1/(2d))`."""
    n, d = ratio.numerator, ratio.denominator
    factor, bias = float(ratio), float(Fraction(1, 2 * d))
    slack = largest * abs(Fraction(factor) - ratio) + (largest * ratio + 1) / 2**53 + Fraction(1, 2**53)
    assert slack < Fraction(1, 4 * d), "the bias must exceed all roundings, and twice it a step"
    return Share(float(n), float(d), float(Fraction(1, d)), factor, bias, 0.0, factor)


def row(values: list[int], per_unit: int) -> ctypes.Array:
    return (ctypes.c_double * N_DATES)(*(v / per_unit for v in values))


@cache
def deal_table(exact: bool) -> Deal:
    """The table a kernel reads: in cents if `exact`, else in currency units."""
    deal = terms()
    unit = 1 if exact else 100
    level = deal.level
    # 20 x cash flow against 21 x debt service must be exact products, and so must every total.
    assert deal.largest_rent * level.denominator < 2**53
    assert deal.largest_rent * N_DATES < 2**51
    return Deal(
        first_amortising=deal.first_amortising,
        original_balance=deal.original_balance / unit,
        opening_reserve=deal.opening_reserve / unit,
        largest_rent=deal.largest_rent / 100,
        level_cash_flow=level.denominator,
        level_debt_service=level.numerator,
        manager=small_share(deal.manager_share, deal.largest_rent),
        interest=share(deal.regular_factor, deal.original_balance),
        operations=row([deal.operations] * N_DATES, unit),
        scheduled_interest=row(deal.scheduled_interest, unit),
        scheduled_principal=row(deal.scheduled_principal, unit),
        scheduled_balance=row(deal.scheduled_balance, unit),
        target=row(deal.target, unit),
    )
