"""Ledgers, bookings and taxes of generated deals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .choosing import Chooser
from .formula_texts import Vocabulary, amount_formula, flag_formula

Entry = dict[str, Any]


def add_ledgers(chooser: Chooser, deal: Entry, size: int, plain: bool) -> None:
    """None to three ledgers, and now and then a tax."""
    ledgers: Entry = {}
    for name in ("losses", "tally", "peak")[: chooser.choice([0, 0, 0, 0, 0, 1] if plain else [0, 0, 0, 1, 2, 3])]:
        ledger: Entry = {"kind": "maximum_to_date"} if name == "peak" else {}
        if name == "losses":
            ledger["floor"] = Decimal(chooser.choice([0, 0, -size, size // 2])).scaleb(-2)
        if chooser.flag(40):
            ledger["opening"] = max(ledger.get("floor", Decimal(-size)), Decimal(chooser.integer(0, size)).scaleb(-2))
        elif ledger.get("floor", 0) > 0:
            ledger["opening"] = ledger["floor"]
        ledgers[name] = ledger
    if ledgers:
        deal["ledgers"] = ledgers
        for ledger in ledgers.values():
            if not plain and chooser.flag(35):
                ledger["reset_when"] = flag_formula(chooser, Vocabulary.of(deal, "fee"), chooser.integer(0, 1))
    if not plain:
        add_taxes(chooser, deal)


def add_taxes(chooser: Chooser, deal: Entry) -> None:
    """A tax on income, or on whatever can be read where taxes are paid."""
    taxes: Entry = {}
    for name in ("income_tax", "local_tax")[: chooser.choice([0, 0, 0, 1, 1, 2])]:
        words = Vocabulary.of(deal, "step")
        base = words.cash_in() if chooser.flag(40) else amount_formula(chooser, words, 2)
        base = f"{base} - senior.interest_accrued" if chooser.flag(40) else base
        taxes[name] = {"rate": chooser.choice([Decimal("0.21"), Decimal("0.333333333"), Decimal(0)]), "base": base}
    if taxes:
        deal["taxes"] = taxes


def booking(chooser: Chooser, deal: Entry, words: Vocabulary, plain: bool) -> Entry:
    """One booking in one of the ledgers."""
    if chooser.flag(40):
        note = next(iter(deal["notes"]))
        amount = chooser.choice([words.cash_in(), f"{note}.interest_accrued", f"-{note}.scheduled_principal"])
    else:
        amount = amount_formula(chooser, words, 0 if plain else chooser.integer(0, 2))
        amount = f"-({amount})" if chooser.flag(35) else amount
    return {"book": {"ledger": chooser.choice(list(deal["ledgers"])), "amount": amount}}
