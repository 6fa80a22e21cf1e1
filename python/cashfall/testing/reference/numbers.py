"""Integers in their units: the rounding, the range, and the way in from decimals (rule book, section 1)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final

LIMIT: Final = 1 << 52
"""A value is in range when its magnitude is below this."""

SCALE: Final = 1_000_000_000
"""A number counts 1e-9."""


class InvalidDeal(ValueError):
    """The document breaks a rule that the reference relies upon."""


class ScenarioError(ValueError):
    """An input path cannot be used: its name, length or range is wrong."""


class Overflow(ArithmeticError):
    """A value left the range while it was made."""


def divide(numerator: int, denominator: int, rounding: str) -> int:
    """Round `numerator / denominator` once.

    Section 1: "`R(n/d)` rounds a ratio once to an integer: `half_up` (half away from zero), `half_even`, or `down`
    (towards zero). `R(-x) = -R(x)`."
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient, remainder = divmod(abs(numerator), denominator)
    if rounding == "half_up":
        quotient += 2 * remainder >= denominator
    elif rounding == "half_even":
        quotient += 2 * remainder > denominator or (2 * remainder == denominator and quotient % 2 == 1)
    else:
        assert rounding == "down", rounding
    return quotient if numerator >= 0 else -quotient


def mul_div(a: int, b: int, c: int, rounding: str) -> int:
    """Section 1: "`mul_div(a, b, c) = R(a*b/c)`"."""
    return divide(a * b, c, rounding)


def in_range(value: int) -> bool:
    """Section 1: "A value is in range when its magnitude is below 2^52"."""
    return -LIMIT < value < LIMIT


def made(value: int) -> int:
    """Section 1: "Where a value is made ... it must be in range"."""
    if not in_range(value):
        raise Overflow(value)
    return value


def made_sum(values: Iterable[int]) -> int:
    """Section 1: a sum over dates, from the latest back; every partial sum is made."""
    total = 0
    for value in values:
        total = made(total + value)
    return total


def exact(value: object) -> Fraction:
    """Read a document's decimal exactly from its text (a float is read from its shortest text)."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction):
        raise InvalidDeal(f"expected a decimal, found {value!r}")
    return Fraction(value)


def in_units(value: object, scale: int) -> int:
    """Turn a decimal of a document into its integer; more decimals than the unit has are an error."""
    scaled = exact(value) * scale
    if scaled.denominator != 1 or not in_range(scaled.numerator):
        raise InvalidDeal(f"{value!r} is not a multiple of 1/{scale} in range")
    return scaled.numerator


def quantise(value: float, scale: int) -> int:
    """Round a scenario value to its unit, half away from zero, from the exact value of the float (section 3,
    inputs).
    """
    scaled = Fraction(value) * scale
    return divide(scaled.numerator, scaled.denominator, "half_up")
