"""Waivers of tests, and what steps record, in generated deals."""

from __future__ import annotations

import datetime as dt
from typing import Any

from .choosing import Chooser, some
from .formula_texts import Vocabulary, amount_formula, flag_formula, number_formula

Entry = dict[str, Any]


def add_waivers(chooser: Chooser, deal: Entry, plain: bool) -> None:
    """Now and then a waiver of some tests, and one to three inspections, in any waterfall."""
    if plain:
        return
    if deal["tests"] and chooser.flag(35):
        for _ in range(chooser.choice([1, 1, 2])):
            place(chooser, deal, waiver(chooser, deal))
    if chooser.flag(30):
        for name in some(chooser, ["headroom", "share", "breach"]):
            words = Vocabulary.of(deal, "fee")
            for _ in range(chooser.choice([1, 1, 2])):
                place(chooser, deal, {"inspect": {"name": name, "value": INSPECTED[name](chooser, words, 1)}})


INSPECTED = {"headroom": amount_formula, "share": number_formula, "breach": flag_formula}
"""What is recorded under a name, always in one unit."""


def waiver(chooser: Chooser, deal: Entry) -> Entry:
    """A waiver of some of the tests for some of their dates, or until a date."""
    terms: Entry = {"tests": some(chooser, list(deal["tests"]))}
    if chooser.flag(70):
        terms["n_dates"] = chooser.choice([1, 2, 3])
    elif chooser.flag(60):
        closing = deal["deal"]["closing_date"]
        terms["until"] = closing + dt.timedelta(days=chooser.choice([30, 200, 300, 500]))
    return {"waive": terms}


def place(chooser: Chooser, deal: Entry, step: Entry) -> None:
    """Put a step anywhere in a waterfall, perhaps under a condition."""
    names = ["collection", "collection", *deal["deal"]["statuses"], "after"]
    steps = deal["waterfalls"].setdefault(chooser.choice(names), [])
    if chooser.flag(50):
        step = {"when": flag_formula(chooser, Vocabulary.of(deal, "fee"), 1)} | step
    steps.insert(chooser.integer(0, len(steps)), step)
