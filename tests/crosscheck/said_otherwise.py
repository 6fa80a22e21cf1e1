"""Parts of a deal in TOML, and what a deal of such parts gives: for rows of the coverage page, by their effect.

Each test of them has the figures worked out by hand; engine and reference agree on every one of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable

import cashfall as cf
from small_deals import agree

BASE = """
[deal]
name = "said otherwise"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "quarterly"
{deal}
[schedules.quarterly]
regular = { first = 2025-04-01, last = 2026-01-01, months = 3 }

[inputs.factor]
unit = "number"
default = 1.0

[cashflows.rent]
direction = "in"
amounts = [[2025-04-01, 100.00], [2025-07-01, 200.00], [2025-10-01, 50.00], [2026-01-01, 2000.00]]
factor = "factor"

[accounts.cash]

[equity.owner]
"""

NOTE = """
[notes.{name}]
original_balance = {balance}
dated_date = 2025-01-01
maturity_date = 2026-01-01
payment_dates = "quarterly"
day_count = "30/360_us"
coupon = {coupon}
amortisation = {amortisation}
"""

COLLECT = '[[waterfalls.collection]]\ncollect = { from = ["rent"], to = "cash" }\n'
ACCRUE = '[[waterfalls.collection]]\naccrue_interest = { notes = ["senior"] }\n'
SERVE = """
[[waterfalls.normal]]
pay_interest = { notes = ["senior"], from = ["cash"] }
[[waterfalls.normal]]
pay_principal = { notes = ["senior"], from = ["cash"] }
"""
REST = '[[waterfalls.normal]]\ndistribute = { to = "owner", from = ["cash"] }\n'
ALL = COLLECT + ACCRUE + SERVE + REST

REVOLVING = '[assets.pool]\nprice = "0.8"\n'
BUY = 'buy_asset = { asset = "pool", from = ["cash"], limit = { cap = "40.00" } }'


def note(
    name: str = "senior", balance: str = "1000.00", coupon: str = "{ fixed = { rate = 0.08 } }", **terms: str
) -> str:
    amortisation = terms.get("amortisation", "{ bullet = {} }")
    return NOTE.format(name=name, balance=balance, coupon=coupon, amortisation=amortisation)


def flows(*parts: str, deal: str = "") -> Callable[[str], list[float]]:
    """The base run of a deal as series of currency units; engine and reference agree on it and on random scenarios."""
    document = tomllib.loads(BASE.replace("{deal}", deal) + "".join(parts))
    agree(document)
    result = cf.load(document).compile().run()
    return lambda name: [float(value) for value in result[name][:, 0]]


def inspected(*formulas: str, before: str = "", steps: str = "", deal: str = "") -> list[list[float]]:
    """What formulas give after the steps, on every date."""
    inspect = "".join(
        f'[[waterfalls.after]]\ninspect = {{ name = "x{i}", value = "{text}" }}\n' for i, text in enumerate(formulas)
    )
    of = flows(before, steps, inspect, deal=deal)
    return [of(f"inspect.x{i}") for i in range(len(formulas))]
