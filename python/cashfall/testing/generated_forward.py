"""What looks ahead in generated deals: reserves funded for the highest requirement to come, and tests of the dates to
come.
"""

from __future__ import annotations

from typing import Any

from .choosing import Chooser, some
from .formula_texts import SCHEDULED, Vocabulary, amount_formula

Entry = dict[str, Any]

FORWARD = ("dscr", "icr", "dscr", "contract_realisation", "ratio")
"""Measures that may look ahead."""


def add_prefunding(chooser: Chooser, deal: Entry) -> None:
    """Now and then a reserve's target is the greatest still to come of something scheduled."""
    target = deal["accounts"].get("reserve", {}).get("target")
    if target is None or not chooser.flag(20):
        return
    words = Vocabulary(amounts=scheduled(deal), ahead=[word for word in scheduled(deal) if "balance" not in word])
    target["formula"] = amount_formula(chooser, words, chooser.integer(0, 1))
    target["prefund"] = chooser.choice(["peak", "peak", "peak", "path"])
    target.pop("view", None)
    if "forward_sum" in target["formula"]:
        target["view"] = "scheduled"


def scheduled(deal: Entry) -> list[str]:
    """Everything that is scheduled of the notes."""
    return [f"{name}.{quantity}" for name in deal["notes"] for quantity in SCHEDULED]


def forward_measure(chooser: Chooser, deal: Entry) -> Entry:
    """A test's measure over the dates to come, under one of the views."""
    kind, known = chooser.choice(FORWARD), Vocabulary.of(deal, "sizing", fixed_fees_only=True)
    flow = chooser.choice([known.cash_in(), known.cash_in(), known.cash_in(), f"{known.cash_in()} * 0.9 - 12.5"])
    if chooser.flag(25):
        flow = amount_formula(chooser, known, chooser.integer(1, 2))
    terms: Entry = {"cash_flow": flow, "notes": some(chooser, list(deal["notes"]))}
    if kind not in ("dscr", "icr"):
        above, below = ("realised", "contracted") if kind == "contract_realisation" else ("numerator", "denominator")
        known.amounts += scheduled(deal)
        known.past += scheduled(deal)
        service = " + ".join(f"{name}.scheduled_debt_service" for name in deal["notes"])
        terms = {above: flow, below: chooser.choice([service, amount_formula(chooser, known, 1)])}
    window = {
        "n": chooser.choice([2, 1, 3, 12]),
        "view": chooser.choice(["scheduled", "foresight", "current", "foresight"]),
    }
    return {"measure": {kind: terms}, "forward": window}
