"""Groups of notes in generated deals: their names in lists, in dues and in formulas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from .choosing import Chooser, some
from .formula_texts import rewritten

Entry = dict[str, Any]

READABLE = (
    *("balance", "interest_due", "principal_due", "original_balance"),
    *("scheduled_interest", "scheduled_principal", "scheduled_debt_service", "scheduled_balance"),
)
"""What of notes may be read at any time."""


def add_groups(chooser: Chooser, deal: Entry, plain: bool) -> None:
    """Now and then one or two names for several notes, in the place of those notes."""
    notes = list(deal["notes"])
    if plain or not chooser.flag(20):
        return
    groups: dict[str, list[str]] = {}
    for name in ("class_a", "class_b")[: chooser.choice([1, 1, 2])]:
        groups[name] = some(chooser, notes, chooser.choice([0, 1, 2])) or notes[-1:]
        if chooser.flag(30):
            groups[name] = groups[name][::-1]
    for name, members in groups.items():
        for table in ("waterfalls", "blocks", "tests", "acceleration"):
            if table in deal:
                written = rewritten(deal[table], partial(in_formula, chooser, name, members))
                deal[table] = named(chooser, written, name, members)
    deal["groups"] = {name: {"notes": members} for name, members in groups.items()}


def named(chooser: Chooser, node: Any, group: str, members: Sequence[str], key: str = "") -> Any:
    """A part of a deal in which the group's name stands now and then for its notes."""
    if isinstance(node, dict):
        return {name: named(chooser, value, group, members, name) for name, value in node.items()}
    if not isinstance(node, list):
        return node
    if key not in ("notes", "dues"):
        return [named(chooser, element, group, members) for element in node]
    for due in dict.fromkeys(element.partition(".")[2] for element in node):
        mark = f".{due}" if due else ""
        if set(node) >= {f"{note}{mark}" for note in members} and chooser.flag(70):
            node = in_list(node, f"{group}{mark}", [f"{note}{mark}" for note in members])
    return node


def in_list(payees: Sequence[str], group: str, members: Sequence[str]) -> list[str]:
    """A list of notes or dues with the group where the first of its notes stood."""
    first = min(payees.index(member) for member in members)
    return [
        group if place == first else payee
        for place, payee in enumerate(payees)
        if payee not in members or place == first
    ]


def in_formula(chooser: Chooser, group: str, members: Sequence[str], text: str) -> str:
    """A formula that reads, now and then, the sum over the group in the place of one of its notes."""
    if not chooser.flag(25):
        return text
    return re.sub(rf"\b({'|'.join(members)})\.({'|'.join(READABLE)})\b", rf"{group}.\2", text)
