"""Cash that is exchanged from one currency to another (rule book, currencies.md, convert)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from . import accounts, paying
from .numbers import SCALE, made, mul_div
from .payments import Payment

if TYPE_CHECKING:
    from .scenario import Scenario
    from .steps import Step

OUTSIDE = "conversion"
"""currencies.md: "In the ledger each source has a row to `conversion`"."""


def bought(scenario: Scenario, step: Step) -> int | None:
    """currencies.md, request: "`y = max(0, buy)`, with `share_of_due` `y = mul_div(y, share, 1e9)`"."""
    if step.buy is None:
        return None
    return made(paying.limited_requests([max(0, step.buy(scenario))], step.share_of_due, scenario.plan.rounding)[0])


def limited(scenario: Scenario, step: Step, rate: int, wanted: int | None) -> Callable[[Sequence[int]], Sequence[int]]:
    """currencies.md, request and sources: what is requested of the old currency, by what the sources have."""

    def request(cash: Sequence[int]) -> list[int]:
        rounding = scenario.plan.rounding
        if wanted is not None:
            return [made(mul_div(wanted, SCALE, rate, rounding)) if rate > 0 else 0]
        found = paying.limited_requests([made(sum(cash))], step.share_of_due, rounding)
        if step.to_target:
            gap = accounts.gap_of(scenario, step.fields["to"])
            allowed = made(mul_div(gap, SCALE, rate, rounding)) if rate > 0 else 0
            found = [min(found[0], allowed)]
        return found

    return request


def gained(scenario: Scenario, paid: int, requested: int, rate: int, wanted: int | None) -> int:
    """currencies.md, proceeds: "`mul_div(x, rate, 1e9)` once; but y itself, to the cent, where `buy` stands and x,
    above 0, is the whole request".
    """
    if wanted is not None and 0 < paid == requested:
        return wanted
    return made(mul_div(paid, rate, SCALE, scenario.plan.rounding))


def request(scenario: Scenario, name: str) -> int:
    """currencies.md, request: the step says what it requests."""
    raise AssertionError(name)


def credit(scenario: Scenario, name: str, amount: int) -> None:
    """currencies.md: "conversion is outside"."""


PAYMENTS = {"convert": Payment("accounts", request, credit)}
