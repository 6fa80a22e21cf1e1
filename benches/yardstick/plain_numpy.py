"""The yardstick in NumPy: plain doubles, every operation in place, blocks of scenarios that stay in cache.

`stepwise` takes each step as the deal has it; `merged` uses algebra that holds for this deal only
(`kernel/src/merged.rs` explains it). Both take the scheduled interest where the balance cannot differ from schedule,
and divide once per constant debt service.
"""

from __future__ import annotations

import numpy as np
from deal_table import METRICS, N_DATES, terms

BLOCKS = (2048, 4096, 8192, 16384, 32768)  # the bench takes the best


class Block:
    """State and scratch of a block of scenarios, allocated once."""

    ROWS = (
        *("fee_due", "operations_due", "interest_due", "balance", "reserve", "trap", "accrued"),
        *("due", "cash", "paid", "fee", "flow", "scratch", "least_flow"),
    )

    def __init__(self, width: int) -> None:
        self.rows = np.empty((len(self.ROWS), width))
        self.fails = np.empty(width, dtype=bool)

    def reset(self, width: int, opening_reserve: float, balance: float) -> list[np.ndarray]:
        rows = [row[:width] for row in self.rows]
        for row in rows:
            row.fill(0.0)
        rows[self.ROWS.index("reserve")].fill(opening_reserve)
        rows[self.ROWS.index("balance")].fill(balance)
        return rows


class Plan:
    """The deal's numbers in currency units."""

    def __init__(self) -> None:
        deal = terms()
        self.first = deal.first_amortising
        self.balance, self.reserve = deal.original_balance / 100, deal.opening_reserve / 100
        self.operations = deal.operations / 100
        self.share, self.factor, self.level = float(deal.manager_share), float(deal.regular_factor), float(deal.level)
        self.interest = [x / 100 for x in deal.scheduled_interest]
        self.principal = [x / 100 for x in deal.scheduled_principal]
        self.balances = [x / 100 for x in deal.scheduled_balance]
        self.target = [x / 100 for x in deal.target]


def measure(p: Plan, t: int, flow, debt_service, least_flow, scratch, fails, minimum, n_breach_dates) -> None:
    """The test: least ratio so far, and who fails. `debt_service` is a number on interest-only dates, else an array."""
    if t < p.first:
        np.minimum(least_flow, flow, out=least_flow)
        np.less(flow, p.level * debt_service, out=fails)
        if t + 1 == p.first or p.interest[t + 1] != p.interest[t]:
            np.multiply(least_flow, 1.0 / debt_service, out=scratch)
            np.minimum(minimum, scratch, out=minimum)
            least_flow.fill(np.inf)
    else:
        np.divide(flow, debt_service, out=scratch)
        np.minimum(minimum, scratch, out=minimum)
        np.less(scratch, p.level, out=fails)
    np.add(n_breach_dates, fails, out=n_breach_dates)


def pay(cash, due, paid) -> None:
    """Pays `due` from `cash`."""
    np.minimum(cash, due, out=paid)
    np.subtract(cash, paid, out=cash)
    np.subtract(due, paid, out=due)


def stepwise(p: Plan, rent: np.ndarray, out: np.ndarray, block: Block) -> None:
    """Every step as the deal has it."""
    rows = block.reset(rent.shape[1], p.reserve, p.balance)
    (
        fee_due,
        operations_due,
        interest_due,
        balance,
        reserve,
        trap,
        accrued,
        due,
        cash,
        paid,
        fee,
        flow,
        scratch,
        least,
    ) = rows
    fails = block.fails[: rent.shape[1]]
    interest_paid, principal_paid, interest_short, principal_short, loss, minimum, n_breach_dates, distributed = out
    out.fill(0.0)
    minimum.fill(np.inf)
    least.fill(np.inf)
    for t in range(N_DATES):
        np.multiply(rent[t], p.share, out=fee)
        np.add(fee_due, fee, out=fee_due)
        np.add(operations_due, p.operations, out=operations_due)
        np.subtract(rent[t], fee, out=flow)
        np.subtract(flow, p.operations, out=flow)
        if t < p.first:
            np.add(interest_due, p.interest[t], out=interest_due)
            debt_service = p.interest[t]
        else:
            np.multiply(balance, p.factor, out=accrued)
            np.add(interest_due, accrued, out=interest_due)
            np.subtract(balance, p.balances[t], out=due)
            np.minimum(due, p.principal[t], out=scratch)
            debt_service = np.add(accrued, scratch, out=accrued)
        measure(p, t, flow, debt_service, least, scratch, fails, minimum, n_breach_dates)
        # fees
        np.minimum(rent[t], fee_due, out=paid)
        np.subtract(rent[t], paid, out=cash)
        np.subtract(fee_due, paid, out=fee_due)
        pay(cash, operations_due, paid)
        # interest and principal, from revenue, then from the reserve
        for source in (cash, reserve):
            pay(source, interest_due, paid)
            np.add(interest_paid, paid, out=interest_paid)
        np.maximum(interest_short, interest_due, out=interest_short)
        if t >= p.first:
            for source in (cash, reserve):
                pay(source, due, paid)
                np.subtract(balance, paid, out=balance)
                np.add(principal_paid, paid, out=principal_paid)
            np.maximum(principal_short, due, out=principal_short)
        # the reserve
        np.subtract(p.target[t], reserve, out=scratch)
        np.maximum(scratch, 0.0, out=scratch)
        np.minimum(scratch, cash, out=scratch)
        np.add(reserve, scratch, out=reserve)
        np.subtract(cash, scratch, out=cash)
        if t and p.target[t] < p.target[t - 1]:
            np.subtract(reserve, p.target[t], out=scratch)
            np.maximum(scratch, 0.0, out=scratch)
            np.subtract(reserve, scratch, out=reserve)
            np.add(cash, scratch, out=cash)
        # trap or distribute
        np.add(cash, trap, out=cash)
        np.multiply(cash, fails, out=trap)
        np.subtract(cash, trap, out=cash)
        np.add(distributed, cash, out=distributed)
    np.add(balance, interest_due, out=loss)


def merged(p: Plan, rent: np.ndarray, out: np.ndarray, block: Block) -> None:
    """The same amounts with steps merged by algebra."""
    rows = block.reset(rent.shape[1], p.reserve, 0.0)
    cost_due, _, interest_due, arrears, reserve, trap, accrued, _due, cash, paid, costs, flow, scratch, least = rows
    fails = block.fails[: rent.shape[1]]
    interest_paid, principal_paid, interest_short, principal_short, loss, minimum, n_breach_dates, distributed = out
    out.fill(0.0)
    minimum.fill(np.inf)
    least.fill(np.inf)
    for t in range(N_DATES):
        np.multiply(rent[t], p.share, out=costs)
        np.add(costs, p.operations, out=costs)
        np.subtract(rent[t], costs, out=flow)
        if t < p.first:
            np.add(interest_due, p.interest[t], out=interest_due)
            debt_service = p.interest[t]
        else:
            np.add(arrears, p.balances[t - 1], out=accrued)
            np.multiply(accrued, p.factor, out=accrued)
            np.add(interest_due, accrued, out=interest_due)
            np.add(interest_paid, accrued, out=interest_paid)
            debt_service = np.add(accrued, p.principal[t], out=accrued)
        measure(p, t, flow, debt_service, least, scratch, fails, minimum, n_breach_dates)
        np.subtract(flow, cost_due, out=cash)  # net of this date's costs and the arrears of costs
        np.negative(cash, out=cost_due)
        np.maximum(cost_due, 0.0, out=cost_due)
        np.maximum(cash, 0.0, out=cash)
        np.add(cash, reserve, out=cash)
        pay(cash, interest_due, paid)
        np.maximum(interest_short, interest_due, out=interest_short)
        if t >= p.first:
            np.add(arrears, p.principal[t], out=arrears)
            pay(cash, arrears, paid)
            np.maximum(principal_short, arrears, out=principal_short)
        np.minimum(cash, p.target[t], out=reserve)
        np.subtract(cash, reserve, out=cash)
        np.add(distributed, cash, out=distributed)
        np.add(cash, trap, out=cash)
        np.multiply(cash, fails, out=trap)
    np.subtract(distributed, trap, out=distributed)
    np.add(interest_paid, sum(p.interest[: p.first]), out=interest_paid)
    np.subtract(interest_paid, interest_due, out=interest_paid)
    np.subtract(p.balance, arrears, out=principal_paid)
    np.add(arrears, interest_due, out=loss)


def run(rent: np.ndarray, walk=stepwise, block_size: int = 8192) -> dict[str, np.ndarray]:
    """All scenarios, block by block."""
    n = rent.shape[1]
    plan, out, block = Plan(), np.empty((len(METRICS), n)), Block(min(block_size, n))
    for start in range(0, n, block_size):
        columns = slice(start, min(start + block_size, n))
        walk(plan, rent[:, columns], out[:, columns], block)
    return dict(zip(METRICS, out, strict=True))
