"""Assets of generated deals, and the steps that buy and sell them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .amounts import amount
from .choosing import Chooser
from .formula_texts import Vocabulary, amount_formula, number_formula
from .generated_facilities import rate, schedule
from .generated_fees import FIXED_DENOMINATOR

Entry = dict[str, Any]


def add_assets(chooser: Chooser, deal: Entry, size: int) -> None:
    """Now and then one or two assets, which yield, run off and lose."""
    if not chooser.flag(12):
        return
    for name in ("receivables", "bills")[: chooser.choice([1, 1, 2])]:
        entry: Entry = {"price": price(chooser, deal)}
        if chooser.flag(75):
            entry["opening_balance"] = amount(size * chooser.choice([5, 1, 20]) + chooser.integer(0, 99))
        if chooser.flag(60):
            entry["yield"] = dated(chooser, deal, {"rate": rate(chooser, deal)})
            entry["yield"]["day_count"] = chooser.choice(FIXED_DENOMINATOR)
        for part, percent in (("runoff", 65), ("loss", 55)):
            if chooser.flag(percent):
                entry[part] = dated(chooser, deal, {"share": share(chooser, deal)})
        deal.setdefault("assets", {})[name] = entry


def dated(chooser: Chooser, deal: Entry, terms: Entry) -> Entry:
    """Terms on some payment dates."""
    return terms | {"payment_dates": schedule(chooser, deal)}


def price(chooser: Chooser, deal: Entry) -> str:
    """A price near one, which may be nothing now and then."""
    if chooser.flag(70):
        return chooser.choice(["0.985", "1", "0.95 + 0.0125 * period.index", "1.1 - 0.5 * period.index"])
    return number_formula(chooser, Vocabulary.of(deal, "fee"), 1)


def share(chooser: Chooser, deal: Entry) -> str:
    """A share of the balance, which may be below nothing or above all of it."""
    if chooser.flag(70):
        return chooser.choice(["0.1", "0.25", "0.02 * period.index", "0.3 - 0.2 * period.index", "1.5"])
    return number_formula(chooser, Vocabulary.of(deal, "fee"), 1)


def collection_steps(chooser: Chooser, deal: Entry) -> list[Entry]:
    """What yields or runs off is collected, into any account."""
    paying = [name for name, entry in deal.get("assets", {}).items() if entry.keys() & {"yield", "runoff"}]
    return [{"collect": {"from": paying, "to": chooser.choice(list(deal["accounts"]))}}] if paying else []


def sales(chooser: Chooser, deal: Entry, words: Vocabulary) -> list[Entry]:
    """Assets that are sold, whole or in part."""
    steps = []
    for name in deal.get("assets", {}):
        body: Entry = {"asset": name, "to": chooser.choice(["revenue", *deal["accounts"]])}
        if chooser.flag(80):
            due = f"max(0, senior.interest_due - {body['to']}.balance)"
            body["amount"] = chooser.choice([f"0.2 * {name}.balance", due, amount_formula(chooser, words, 1)])
        if chooser.flag(60):
            steps.append({"sell_asset": body})
    return steps


def purchases(chooser: Chooser, deal: Entry, words: Vocabulary, sources: Sequence[str]) -> list[Entry]:
    """Assets that are bought from what there is, mostly up to an amount."""
    steps = []
    for name in deal.get("assets", {}):
        body: Entry = {"asset": name, "from": list(sources)}
        if chooser.flag(75):
            body["amount"] = chooser.choice(
                [f"{name}.repaid", f"0.3 * {sources[0]}.balance", amount_formula(chooser, words, 1)]
            )
        if chooser.flag(70):
            steps.append({"buy_asset": body})
    return steps
