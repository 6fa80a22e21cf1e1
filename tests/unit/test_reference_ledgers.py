"""The reference's ledgers and taxes against figures worked by hand."""

from __future__ import annotations

from cashfall.testing.reference import Reference

DEAL = """
[deal]
name = "ledgers"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "yearly"

[schedules]
yearly = { regular = { first = 2026-01-01, last = 2029-01-01, months = 12 } }

[inputs]
profit_factor = { unit = "number", default = 1, minimum = -2 }

[cashflows.cash]
direction = "in"
amounts = [[2026-01-01, 30.00], [2027-01-01, 30.00], [2028-01-01, 30.00], [2029-01-01, 30.00]]

[cashflows.profit]
direction = "in"
amounts = [[2026-01-01, 100.00], [2027-01-01, 100.00], [2028-01-01, 100.00], [2029-01-01, 100.00]]
factor = "profit_factor"

[accounts]
revenue = {}

[equity]
owner = {}

[ledgers]
losses = { floor = 0 }
best = { kind = "maximum_to_date", opening = 5.00 }
since = { opening = -1.00, reset_when = "period.index == 2" }

[taxes.income]
rate = 0.25
base = "max(0, profit.amount - losses.balance)"

[waterfalls]
collection = [{ collect = { from = ["cash"], to = "revenue" } }]
normal = [
  { pay_tax = { taxes = ["income"], from = ["revenue"] } },
  { book = { ledger = "losses", amount = "-profit.amount" } },
  { book = { ledger = "best", amount = "profit.amount" } },
  { book = { ledger = "since", amount = "profit.amount" } },
]
"""


def test_losses_are_carried_forward_and_taxes_stay_due() -> None:
    """Profits of -40, 30, 150, 200: the loss of 40 covers 30 and then 10 of 150; taxes of 35.00 and 50.00
    meet what is left of 30.00 a year.
    """
    flows = Reference(DEAL).run({"profit_factor": [-400_000_000, 300_000_000, 1_500_000_000, 2_000_000_000]}).flows
    assert flows["losses.balance"] == [40_00, 10_00, 0, 0]
    assert flows["income.accrued"] == [0, 0, 35_00, 50_00]
    assert flows["income.paid"] == [0, 0, 35_00, 50_00]
    assert flows["best.balance"] == [5_00, 30_00, 150_00, 200_00]
    assert flows["since.balance"] == [-41_00, -11_00, 149_00, 349_00]


def test_a_tax_that_is_short_stays_due() -> None:
    flows = Reference(DEAL).run({"profit_factor": [2_000_000_000] * 4}).flows
    assert flows["income.accrued"] == [50_00] * 4
    assert flows["income.paid"] == [30_00] * 4
    assert flows["income.due"] == [0, 20_00, 40_00, 60_00]  # before the waterfall of the date
    assert flows["income.shortfall"] == [20_00, 40_00, 60_00, 80_00]
