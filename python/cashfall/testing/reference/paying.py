"""How a step's cash is apportioned: limits, rankings, weights and remainders (rule book, steps.md)."""

from __future__ import annotations

from collections.abc import Sequence

from .numbers import SCALE, divide, made, mul_div


def available_cash(balance: int, kept: int) -> int:
    """steps.md, paying: "its balance less what limits keep, at least 0"."""
    return max(0, balance - kept)


def limited_requests(requests: Sequence[int], share: int | None, rounding: str) -> list[int]:
    """steps.md, `share_of_due`: "each request becomes `mul_div(request, share, 1e9)`"."""
    return [request if share is None else mul_div(request, share, SCALE, rounding) for request in requests]


def pay_in_order(cash: int, requests: Sequence[int]) -> list[int]:
    """steps.md, sequential: "each gets `min(A left, remaining request)`", in listed order."""
    paid = []
    for request in requests:
        paid.append(min(cash, request))
        cash -= paid[-1]
    return paid


def pay_pro_rata(cash: int, requests: Sequence[int], rounding: str) -> list[int]:
    """steps.md, pro rata: "payee i gets `R(A*C_i/D) - R(A*C_{i-1}/D)`; D = 0 pays nothing", "A no more than D"."""
    total = made(sum(requests))
    return shares(min(cash, total), requests, total, rounding)


def shares(cash: int, weights: Sequence[int], total: int, rounding: str) -> list[int]:
    """Cumulative shares: "`R(A*C_i/D) - R(A*C_{i-1}/D)`", C_i the running sum."""
    running, found = 0, []
    for weight in weights:
        before, running = running, running + weight
        found.append(divide(cash * running, total, rounding) - divide(cash * before, total, rounding) if total else 0)
    return found


def floors(cash: int, weights: Sequence[int], total: int) -> list[int]:
    """steps.md, remainders: "`floor(A*D_i/D)`"."""
    return [cash * weight // total if total else 0 for weight in weights]


def pay_pro_rata_first(cash: int, requests: Sequence[int]) -> list[int]:
    """steps.md, remainders: "the cents that are over go to the payees in listed order, to each up to its remaining
    request".
    """
    total = made(sum(requests))
    cash = min(cash, total)
    paid = floors(cash, requests, total)
    rest = [request - amount for request, amount in zip(requests, paid, strict=True)]
    return [a + b for a, b in zip(paid, pay_in_order(cash - sum(paid), rest), strict=True)]


def pay_by_weights(cash: int, requests: Sequence[int], weights: Sequence[int], rounding: str, first: bool) -> list[int]:
    """steps.md, weights: "A source then pays in rounds, at most as many as there are payees".

    `first`: the stray cents of all rounds "in listed order, to payees whose weight is above 0".
    """
    left, rest = cash, list(requests)
    for _ in requests:
        sharing = [weight if request > 0 else 0 for weight, request in zip(weights, rest, strict=True)]
        total = made(sum(sharing))
        if total == 0:
            break
        offered = floors(left, sharing, total) if first else shares(left, sharing, total, rounding)
        got = [min(share, request) for share, request in zip(offered, rest, strict=True)]
        left, rest = left - sum(got), [request - amount for request, amount in zip(rest, got, strict=True)]
    if first:
        weighted = [request if weight else 0 for weight, request in zip(weights, rest, strict=True)]
        rest = [a - b for a, b in zip(rest, pay_in_order(left, weighted), strict=True)]
    return [request - unpaid for request, unpaid in zip(requests, rest, strict=True)]
