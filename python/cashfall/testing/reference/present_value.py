"""Present values inside a deal, and what is built on them: backward recursions in integers, no powers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from .numbers import SCALE, mul_div


def discounted(value: int, rate: int, fraction: Fraction, rounding: str) -> int:
    """One period back, simple within the period: "`mul_div(value, D, D + rate*n)`" with D = 1e9*d."""
    whole = SCALE * fraction.denominator
    return mul_div(value, whole, whole + rate * fraction.numerator, rounding)


def present_value(flows: Sequence[int], rate: int, fractions: Sequence[Fraction], rounding: str) -> int:
    """ "`PV_t = mul_div(PV_{t+1} + CF_{t+1}, D, D + rate*n)`", from the last flow back to today.

    `flows[i]` is paid at the end of a period of `fractions[i]` years; the rate counts 1e-9.
    """
    value = 0
    for flow, fraction in zip(reversed(flows), reversed(fractions), strict=True):
        value = discounted(value + flow, rate, fraction, rounding)
    return value


def redemption_price(
    balance: int,
    call_price: int,
    interest: Sequence[int],
    discount_rate: int,
    fractions: Sequence[Fraction],
    rounding: str,
) -> int:
    """What a make-whole pays for a balance on an interest date: interest up to the first call date and the call price
    there, at their present value, and never less than par.

    `interest[i]` is paid at the end of a period of `fractions[i]` years, the last on the call date; the call price is a
    number, 1e9 for par.
    """
    *early, last = interest
    flows = [*early, last + mul_div(balance, call_price, SCALE, rounding)]
    return max(balance, present_value(flows, discount_rate, fractions, rounding))
