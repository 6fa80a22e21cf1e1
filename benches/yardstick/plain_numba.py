"""The yardstick in numba: plain doubles, one thread, no fast-math.

`across` reads rents as (95, n): blocks of lanes, date by date, in loops that LLVM turns into vector code. `along` reads
them as (n, 95): one scenario after the other, its state in registers. Both merge the steps as
`kernel/src/merged.rs` does.
"""

from __future__ import annotations

from functools import cache

import numba
import numpy as np
from deal_table import METRICS, N_DATES, terms

LANES = (32, 64, 128, 256)  # the bench takes the best


def numbers() -> tuple:
    """The deal in currency units: scalars, and one row per scheduled quantity."""
    deal = terms()
    rows = [deal.scheduled_interest, deal.scheduled_principal, deal.scheduled_balance, deal.target]
    scalars = (deal.first_amortising, deal.original_balance / 100, deal.opening_reserve / 100, deal.operations / 100)
    ratios = (float(deal.manager_share), float(deal.regular_factor), float(deal.level))
    return (*scalars, *ratios, np.array(rows, dtype=float) / 100)


@numba.njit(inline="always")
def least(a, b):
    return a if a < b else b


@numba.njit(inline="always")
def most(a, b):
    return a if a > b else b


@numba.njit(error_model="numpy")
def along(rent, out, first, balance_0, reserve_0, operations, share, factor, level, scheduled):
    for s in range(rent.shape[0]):
        cost_due = interest_due = arrears = trap = accrued_total = distributed = 0.0
        interest_short = principal_short = n_breach_dates = 0.0
        reserve = reserve_0
        least_flow, least_service = 1.0, 0.0
        for t in range(N_DATES):
            costs = rent[s, t] * share + operations
            flow = rent[s, t] - costs
            accrued = (arrears + scheduled[2, t - 1]) * factor if t >= first else scheduled[0, t]
            service = accrued + scheduled[1, t]
            fails = flow < level * service
            n_breach_dates += 1.0 if fails else 0.0
            lower = flow * least_service < least_flow * service
            least_flow = flow if lower else least_flow
            least_service = service if lower else least_service
            left = flow - cost_due
            cost_due = most(-left, 0.0)
            accrued_total += accrued
            left = most(left, 0.0) + reserve - (interest_due + accrued)
            interest_due = most(-left, 0.0)
            interest_short = most(interest_short, interest_due)
            left = most(left, 0.0) - (arrears + scheduled[1, t])
            arrears = most(-left, 0.0)
            principal_short = most(principal_short, arrears)
            cash = most(left, 0.0)
            reserve = least(cash, scheduled[3, t])
            distributed += cash - reserve
            trap = trap + (cash - reserve) if fails else 0.0
        out[0, s] = accrued_total - interest_due
        out[1, s] = balance_0 - arrears
        out[2, s] = interest_short
        out[3, s] = principal_short
        out[4, s] = arrears + interest_due
        out[5, s] = least_flow / least_service
        out[6, s] = n_breach_dates
        out[7, s] = distributed - trap


@cache
def make_across(lanes):
    """The kernel for blocks of `lanes` scenarios, a constant to the compiler."""

    @numba.njit(error_model="numpy")
    def across(rent, out, first, balance_0, reserve_0, operations, share, factor, level, scheduled):
        n = rent.shape[1]
        state = np.empty((12, lanes))
        cash_in = np.empty(lanes)
        for start in range(0, n, lanes):
            width = min(lanes, n - start)
            state[:] = 0.0
            state[3, :] = reserve_0
            state[10, :] = 1.0
            for t in range(N_DATES):
                principal, target = scheduled[1, t], scheduled[3, t]
                amortising = t >= first
                before = scheduled[2, t - 1] if amortising else 0.0
                fixed = 0.0 if amortising else scheduled[0, t]
                rate = factor if amortising else 0.0
                for i in range(width):
                    cash_in[i] = rent[t, start + i]
                for i in range(lanes):
                    costs = cash_in[i] * share + operations
                    flow = cash_in[i] - costs
                    accrued = (state[2, i] + before) * rate + fixed
                    service = accrued + principal
                    fails = flow < level * service
                    state[9, i] += 1.0 if fails else 0.0
                    lower = flow * state[11, i] < state[10, i] * service
                    state[10, i] = flow if lower else state[10, i]
                    state[11, i] = service if lower else state[11, i]
                    left = flow - state[0, i]
                    state[0, i] = most(-left, 0.0)
                    state[5, i] += accrued
                    left = most(left, 0.0) + state[3, i] - (state[1, i] + accrued)
                    state[1, i] = most(-left, 0.0)
                    state[6, i] = most(state[6, i], state[1, i])
                    left = most(left, 0.0) - (state[2, i] + principal)
                    state[2, i] = most(-left, 0.0)
                    state[7, i] = most(state[7, i], state[2, i])
                    cash = most(left, 0.0)
                    state[3, i] = least(cash, target)
                    state[8, i] += cash - state[3, i]
                    state[4, i] = state[4, i] + (cash - state[3, i]) if fails else 0.0
            for i in range(width):
                out[0, start + i] = state[5, i] - state[1, i]
                out[1, start + i] = balance_0 - state[2, i]
                out[2, start + i] = state[6, i]
                out[3, start + i] = state[7, i]
                out[4, start + i] = state[2, i] + state[1, i]
                out[5, start + i] = state[10, i] / state[11, i]
                out[6, start + i] = state[9, i]
                out[7, start + i] = state[8, i] - state[4, i]

    return across


def run_across(rent: np.ndarray, lanes: int = 128) -> dict[str, np.ndarray]:
    """Rents as (95, n)."""
    kernel = make_across(lanes)
    out = np.empty((len(METRICS), rent.shape[1]))
    kernel(rent, out, *numbers())
    return dict(zip(METRICS, out, strict=True))


def run_along(rent_by_scenario: np.ndarray) -> dict[str, np.ndarray]:
    """Rents as (n, 95)."""
    out = np.empty((len(METRICS), rent_by_scenario.shape[0]))
    along(rent_by_scenario, out, *numbers())
    return dict(zip(METRICS, out, strict=True))
