"""The rules of steps and tests as functions of plain integers (rule book, sections 3 and 4). One rule, one function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .numbers import SCALE, divide, in_range, made_sum, mul_div


def principal_due(balance: int, scheduled_balance: int) -> int:
    """Section 3: "`principal_due = max(0, balance - scheduled_balance)`"."""
    return max(0, balance - scheduled_balance)


def gap(balance: int, target: int) -> int:
    """Section 4, `fill_reserve`: "max(0, target − balance)"."""
    return max(0, target - balance)


def excess(balance: int, target: int) -> int:
    """Section 4, `release_reserve`: "max(0, balance − target)"."""
    return max(0, balance - target)


def available_cash(balance: int, kept: int) -> int:
    """Section 4: "its balance (less `keep_balance`)"; never below zero."""
    return max(0, balance - kept)


def limited_requests(requests: Sequence[int], share: int | None, rounding: str) -> list[int]:
    """Section 4, `share_of_due`: "each request becomes `mul_div(request, share, 1e9)`"."""
    return [request if share is None else mul_div(request, share, SCALE, rounding) for request in requests]


def pay_in_order(cash: int, requests: Sequence[int]) -> list[int]:
    """Section 4, sequential: "each gets `min(available, remaining request)`", in listed order."""
    paid = []
    for request in requests:
        paid.append(min(cash, request))
        cash -= paid[-1]
    return paid


def pay_pro_rata(cash: int, requests: Sequence[int], rounding: str) -> list[int]:
    """Section 4, pro rata: "payee i gets `R(A*C_i/D) - R(A*C_{i-1}/D)`; D = 0 pays nothing", A = min(cash, D)."""
    total, running, paid = sum(requests), 0, []
    cash = min(cash, total)
    for request in requests:
        before, running = running, running + request
        paid.append(divide(cash * running, total, rounding) - divide(cash * before, total, rounding) if total else 0)
    return paid


@dataclass
class TestState:
    """What a test remembers from date to date."""

    failing: bool = False
    counter: int = 0
    n_measured: int = 0


def window_sum(series: Sequence[int], window: int) -> int:
    """Section 3, tests 1: "sums over the last w measured dates, this one included", from the latest back."""
    return made_sum(series[-window:][::-1])


def annualised(total: int, window: int, measured: int, rounding: str) -> int:
    """Section 3, tests 1: "each sum S becomes `mul_div(S, w, k)`"."""
    return mul_div(total, window, measured, rounding)


def threshold(failing: bool, sticky: bool, level: int, cure_level: int) -> int:
    """Section 3, tests 4: "Not failing: the threshold is `level` ... Failing: unless `sticky`, the threshold is
    `cure_level`".
    """
    return cure_level if failing and not sticky else level


def passes(numerator: int, denominator: int, bound: int, at_least: bool) -> bool:
    """Section 3, tests 3: "at_least passes when `numerator * 1e9 >= threshold * denominator`; at_most when `<=`"."""
    left, right = numerator * SCALE, bound * denominator
    return left >= right if at_least else left <= right


def measured_value(numerator: int, denominator: int, rounding: str) -> int | float:
    """Section 3, tests 3: "`mul_div(numerator, 1e9, denominator)`, or infinity of its sign if that is out of range"."""
    value = mul_div(numerator, SCALE, denominator, rounding)
    if in_range(value):
        return value
    return float("inf") if value > 0 else float("-inf")


def next_state(state: TestState, passed: bool, enter_after: int, cure_after: int, sticky: bool) -> tuple[bool, int]:
    """Section 3, tests 4: the new `failing` and counter after a defined pass or fail."""
    if not state.failing:
        counter = 0 if passed else state.counter + 1
        return (True, 0) if counter >= enter_after else (False, counter)
    if sticky:
        return True, state.counter
    counter = state.counter + 1 if passed else 0
    return (False, 0) if counter >= cure_after else (True, counter)


def status_of(failing_effects: Sequence[int]) -> int:
    """Section 3, tests 5: "the most severe status named by an effect of a failing test, or the first status"."""
    return max(failing_effects, default=0)
