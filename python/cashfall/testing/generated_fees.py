"""Fees of generated deals: every kind of amount, interest on what is unpaid, annual caps of their own or joint."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from .amounts import amount, number
from .choosing import Chooser
from .formula_texts import Vocabulary, amount_formula, flag_formula

Entry = dict[str, Any]

FIXED_DENOMINATOR = ("act/360", "act/365f", "30/360_bond_basis", "30/360_us", "30e/360", "30e/360_isda")
DAY_COUNTS = (*FIXED_DENOMINATOR, "act/act_icma", "regular", "act/act_isda")


def fee(chooser: Chooser, words: Vocabulary, schedule: str, dates: Sequence[dt.date], size: int, plain: bool) -> Entry:
    """A fee of about a size in cents on each payment date, without a cap."""
    kinds = ["fixed", "fixed", "per_year", "table"] + ([] if plain else ["share_of", "share_of", "rate_of"])
    kind = chooser.choice(kinds)
    days = DAY_COUNTS if size < 10**8 else FIXED_DENOMINATOR
    if kind == "share_of":
        terms: Any = {
            "share": number(chooser.choice([10_000_000, 3_333_333, 100_000_001])),
            "quantity": quantity(chooser, words),
        }
    elif kind == "rate_of":
        rate = number(chooser.choice([2_500_000, 33_333_333, 100_000_001]))
        terms = {"rate": rate, "quantity": quantity(chooser, words), "day_count": chooser.choice(days)}
    elif kind == "per_year":
        terms = {"amount": amount(4 * size + chooser.integer(0, 99)), "day_count": chooser.choice(days)}
    elif kind == "table":
        starts = sorted({chooser.choice(dates) - dt.timedelta(days=chooser.choice([0, 1, 20])) for _ in range(3)})
        terms = [[date, amount(size + chooser.integer(-size // 2, size))] for date in starts]
    else:
        terms = {"per_date": amount(size + chooser.integer(0, 99))}
        if chooser.flag(40):
            terms["escalator"] = {"annual": number(chooser.choice([25_000_000, 30_303_030]))}
    entry: Entry = {"payment_dates": schedule, "amount": {kind: terms}}
    if chooser.flag(20):
        rate = number(chooser.choice([80_000_000, 1_234_567]))
        entry["accrues_on_unpaid"] = {"rate": rate, "day_count": chooser.choice(FIXED_DENOMINATOR)}
    return entry


def quantity(chooser: Chooser, words: Vocabulary) -> str:
    """What a fee is a share of."""
    return chooser.choice(
        [words.simplest(), amount_formula(chooser, words, 1), amount_formula(chooser, words, 2), words.cash_in()]
    )


def add_caps(chooser: Chooser, deal: Entry, words: Vocabulary, size: int, plain: bool) -> None:
    """An annual cap on some fees; two of them may share one."""
    for name, entry in deal["fees"].items():
        if not chooser.flag(35):
            continue
        if chooser.flag(30):
            caps = deal.setdefault("fee_caps", {})
            caps.setdefault("all_agents", {"fees": [], "cap": cap(chooser, words, size, plain)})["fees"].append(name)
        else:
            entry["cap"] = cap(chooser, words, size, plain)


def cap(chooser: Chooser, words: Vocabulary, size: int, plain: bool) -> Entry:
    """An annual cap near what accrues in a year."""
    found: Entry = {"annual": amount(size * chooser.choice([1, 3, 8, 14]))}
    found["year_starts"] = chooser.choice(["closing", "01-01", "06-30", "12-31", "02-28"])
    if chooser.flag(30):
        found["stub"] = chooser.choice(["full", "prorated"])
    if chooser.flag(40):
        found["carry_forward"] = True
    if not plain and chooser.flag(30):
        found["suspended_if"] = flag_formula(chooser, words, chooser.integer(0, 1))
    return found


def capped(deal: Entry) -> list[str]:
    """The fees that have a cap."""
    joint = {name for cap in deal.get("fee_caps", {}).values() for name in cap["fees"]}
    return [name for name, entry in deal["fees"].items() if "cap" in entry or name in joint]
