"""A swap is settled in one step: what it receives comes first, what it owes is paid after, by one condition."""

from __future__ import annotations

import cashfall as cf
from cashfall.testing.reference import Reference

DEAL = """
[deal]
name = "swap"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "yearly"

[schedules.yearly]
regular = { first = 2026-01-01, last = 2027-01-01, months = 12 }

[inputs.index]
unit = "number"
default_steps = [[2025-01-01, 0.01], [2027-01-01, 0.06]]

[accounts.cash]

[cashflows.income]
direction = "in"
amounts = [[2026-01-01, 0]]

[swaps.hedge]
pay = { rate = { fixed = { rate = 0.03 } }, day_count = "30e/360" }
receive = { rate = { floating = { index = "index", fixing = "in_arrears" } }, day_count = "30e/360" }
notional = { schedule = [[2025-01-01, 1_000]] }
payment_dates = "yearly"

[[waterfalls.collection]]
collect = { from = ["income"], to = "cash" }

[[waterfalls.normal]]
when = "cash.balance == 0"
settle_swap = { swap = "hedge", to = "cash", from = ["cash"] }
"""


def test_what_is_received_pays_what_is_owed_and_the_condition_is_read_before_it() -> None:
    # 20 are owed in 2026 and cannot be paid; 30 come in 2027, of which 20 pay them.
    run = cf.Deal.from_toml(DEAL).compile().run(record="*")
    assert run["hedge.received"][:, 0].tolist() == [0, 30]
    assert run["hedge.paid"][:, 0].tolist() == [0, 20]
    assert Reference(DEAL).run().flows["hedge.paid"] == [0, 2000]


def test_the_ledger_shows_the_receipt_before_the_payment() -> None:
    rows = [row for row in cf.Deal.from_toml(DEAL).compile().run(record="*").ledger(0) if row["amount"]]
    assert [(row["from"], row["to"], row["amount"]) for row in rows] == [("hedge", "cash", 30), ("cash", "hedge", 20)]
