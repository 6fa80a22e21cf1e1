"""What depends on itself in generated deals: formulas that are solved for a fixed point."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .choosing import Chooser

Entry = dict[str, Any]

SETTLING = (
    "solve(grossed_up, {a} + 0.21 * grossed_up, 0, 30)",
    "solve(drawn_for, {a} + drawn_for * 0.333333333, revenue.balance, 40)",
    "solve(drawn_for, max({a}, 0.9 * drawn_for - 100), 0, 10)",
    "solve(outer, {a} + 0.1 * solve(inner, outer / 4 + 0.3 * inner, outer, 32), 0, 16)",
)
"""Formulas that have a fixed point, and find it: they only rise, or only fall, towards it."""

DOUBTFUL = (
    "solve(kept, max(0, {a} - 0.5 * kept), 0, 40)",
    "solve(kept, {a} + 0.5 * kept, 0, 3)",
    "solve(kept, if(kept > {a}, 0, {a} + 0.01), revenue.balance, 7)",
)
"""Formulas that may find none within their bound."""


def add_fixed_points(chooser: Chooser, deal: Entry) -> None:
    """Now and then a formula of a step, a fee or a tax depends on itself."""
    found = list(formulas(deal))
    if not found or not chooser.flag(12):
        return
    for _ in range(chooser.choice([1, 1, 2])):
        node, key = chooser.choice(found)
        shapes = DOUBTFUL if chooser.flag(25) else SETTLING
        if "solve(" not in node[key] and re.search(r"[a-z]\.[a-z]", node[key]):  # a literal alone has no unit to give
            node[key] = chooser.choice(shapes).replace("{a}", f"({node[key]})")


def formulas(deal: Entry) -> Iterator[tuple[Entry, str]]:
    """Where formulas of amounts stand: in limits and amounts of steps, quantities of fees and bases of taxes."""
    for steps in [*deal["waterfalls"].values(), *deal.get("blocks", {}).values()]:
        yield from texts(steps, ("amount", "cap", "keep_balance"))
    yield from texts(list(deal["fees"].values()), ("quantity",))
    yield from texts(list(deal.get("taxes", {}).values()), ("base",))


def texts(node: Any, keys: tuple[str, ...]) -> Iterator[tuple[Entry, str]]:
    """The formulas under some keys."""
    if isinstance(node, list):
        for part in node:
            yield from texts(part, keys)
    elif isinstance(node, dict):
        named = "cap" if "to" in node else ""  # `settle_cap` names its cap
        yield from ((node, key) for key in keys if isinstance(node.get(key), str) and key != named)
        for part in node.values():
            yield from texts(part, keys)
