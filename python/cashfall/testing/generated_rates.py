"""Rates by formula, and quantities that are known when a deal is compiled, in generated deals."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from .choosing import Chooser
from .formula_texts import Vocabulary, number_formula, rewritten
from .generated_notes import INDICES

Entry = dict[str, Any]


def add_rates_by_formula(chooser: Chooser, deal: Entry, plain: bool) -> None:
    """Now and then the rate of a note is any formula, as of an inverse floater."""
    if plain:
        return
    for name, note in deal["notes"].items():
        if takes_a_formula(deal, name, note) and chooser.flag(9):
            note["coupon"] = {"formula": rate(chooser, deal)}


def takes_a_formula(deal: Entry, name: str, note: Entry) -> bool:
    """Whether nothing of a note asks for a rate that is known: its schedule, its price, what it capitalises."""
    sized = re.search("'(level|sculpted)'", str(note["amortisation"]))
    return not sized and "make_whole" not in note.get("call", {}) and "pik_premium" not in str(deal["waterfalls"])


def rate(chooser: Chooser, deal: Entry) -> Entry:
    """A formula with its cap, and perhaps a floor, decimals, and the rate of the schedule."""
    deal["inputs"].setdefault("sofr", dict(INDICES["sofr"]))
    note = next(iter(deal["notes"]))
    texts = [
        "0.09 - inputs.sofr",
        f"0.1 * ({number_formula(chooser, Vocabulary.of(deal, 'fee'), 1)})",
        f"0.08 * divide({note}.balance, {note}.original_balance + 1000, 0)",
        "if(period.index >= 2, 0.081234567, 0.02) + inputs.sofr",
    ]
    terms: Entry = {"rate": chooser.choice(texts), "all_in_cap": Decimal(chooser.choice(["0.3", "0.06", "0.12"]))}
    if chooser.flag(40):
        terms["all_in_floor"] = Decimal(chooser.choice(["0.01", "0.047"]))
    if chooser.flag(40):
        terms["rate_decimals"] = chooser.choice([4, 5, 2, 7])
    if chooser.flag(50):
        terms["scheduled_rate"] = Decimal(chooser.choice(["0.05", "0.034567891"]))
    return terms


def add_small_quantities(chooser: Chooser, deal: Entry, plain: bool) -> None:
    """Now and then a formula reads an original balance, months to maturity, or the status; payees stand by age."""
    if plain:
        return
    if chooser.flag(30):
        for table in ("accounts", "fees", "tests", "waterfalls", "blocks"):
            if table in deal:
                deal[table] = rewritten(deal[table], lambda text: reread(chooser, deal, text))
    for step in steps_of(deal["waterfalls"]):
        if has_several_notes(deal, step) and chooser.flag(40 if differ(deal) else 2):
            step["order"] = "by_dated_date"
            field = "notes" if "notes" in step else "dues"
            step[field] = step[field][::-1]  # as notes are listed, the oldest stands first already


def reread(chooser: Chooser, deal: Entry, text: str) -> str:
    """A formula in which something else is read, in the same unit, now and then."""
    if not chooser.flag(30):
        return text
    notes, statuses = list(deal["notes"]), deal["deal"]["statuses"]
    if "period.index" in text:
        return text.replace("period.index", f"{chooser.choice(notes)}.months_to_maturity", 1)
    if "tests." in text:
        return re.sub(r"\btests\.[a-z_]+\.failing\b", f"status.{chooser.choice(statuses)}", text, count=1)
    return re.sub(rf"\b({'|'.join(notes)})\.balance\b", r"\1.original_balance", text, count=1)


def steps_of(node: Any) -> list[Entry]:
    """The bodies of all steps that pay, wherever they stand."""
    if isinstance(node, dict):
        own = [node] if "from" in node and ("notes" in node or "dues" in node) and "whole" not in node else []
        return own + [body for value in node.values() for body in steps_of(value)]
    return [body for value in node for body in steps_of(value)] if isinstance(node, list) else []


def has_several_notes(deal: Entry, body: Entry) -> bool:
    """Whether a step pays two notes or more, and nobody else, in an order."""
    payees = body.get("notes") or [due.partition(".")[0] for due in body["dues"]]
    is_prepayment = "dues" not in body and "ranking" not in body and "order" not in body
    return len(payees) > 1 and not is_prepayment and all(payee in deal["notes"] for payee in payees)


def differ(deal: Entry) -> bool:
    """Whether notes are of different age."""
    return len({note["dated_date"] for note in deal["notes"].values()}) > 1
