"""Blocks of steps, branches, and steps that set the status, in generated deals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .choosing import Chooser
from .formula_texts import Vocabulary, flag_formula

Step = dict[str, Any]

UNCONDITIONAL = ("collect", "accrue_fee", "accrue_interest", "run_tests")
"""Verbs that do not stand in a branch."""


def add_statuses(chooser: Chooser, deal: Step, condition: Callable[[int, str], Step]) -> None:
    """Steps that set the status, to a more or a less severe one, anywhere; always where no test sets any."""
    statuses, waterfalls = deal["deal"]["statuses"], deal["waterfalls"]
    untested = len(statuses) > 1 and not deal["tests"]
    if len(statuses) < 2 or not (untested or chooser.flag(20)):
        return
    places = [name for name in waterfalls if waterfalls[name]]
    for place in range(chooser.integer(1, 3)):
        name = chooser.choice(places)
        status = statuses[-1] if untested and not place else chooser.choice(statuses)
        step = {"set_status": {"status": status}} | condition(60, "after" if name == "after" else "step")
        least = len(waterfalls[name]) if name == "collection" else 0  # what conditions read is set by then
        waterfalls[name].insert(chooser.integer(least, len(waterfalls[name])), step)


def add_blocks(chooser: Chooser, deal: Step) -> None:
    """Neighbouring steps become a block, which another waterfall may run too; a block may run a block."""
    if not chooser.flag(25):
        return
    waterfalls, blocks = deal["waterfalls"], dict[str, list[Step]]()
    statuses = [name for name in deal["deal"]["statuses"] if waterfalls[name]]
    name = chooser.choice(
        [*statuses, *statuses, *("collection",), *(name for name in ("closing",) if name in waterfalls)]
    )
    steps = waterfalls[name]
    first, last = segment(chooser, len(steps))
    blocks["service"], steps[first:last] = steps[first:last], [{"run_steps": {"block": "service"}}]
    if name in statuses and chooser.flag(60) and is_movable(blocks["service"]):
        other = waterfalls[chooser.choice(statuses)]
        other.insert(chooser.integer(0, len(other)), {"run_steps": {"block": "service"}})
    if len(blocks["service"]) > 1 and chooser.flag(30):
        first, last = segment(chooser, len(blocks["service"]))
        blocks["inner"] = blocks["service"][first:last]
        blocks["service"][first:last] = [{"run_steps": {"block": "inner"}}]
    deal["blocks"] = blocks


def add_branches(chooser: Chooser, deal: Step, words: Vocabulary) -> None:
    """Neighbouring steps happen under a condition; others, or none, where it does not hold."""
    lists = [deal["waterfalls"][name] for name in (*deal["deal"]["statuses"], "closing") if name in deal["waterfalls"]]
    for steps in [*lists, *deal.get("blocks", {}).values()]:
        if steps and chooser.flag(18):
            first, last = segment(chooser, len(steps))
            steps[first:last] = branch(chooser, steps[first:last], words, 1)


def branch(chooser: Chooser, steps: list[Step], words: Vocabulary, depth: int) -> list[Step]:
    """Some steps in a branch: the others in `else`, the same backwards, or none."""
    if any(verb in step or "run_steps" in step for step in steps for verb in UNCONDITIONAL):
        return steps
    condition = flag_formula(chooser, words, chooser.integer(0, 1))
    if chooser.flag(35):  # what the steps themselves change
        condition = chooser.choice(["revenue.balance > 0", "senior.interest_due > 0", "senior.principal_due > 0"])
    cut = chooser.integer(1, len(steps))
    body: Step = {"condition": condition, "then": steps[:cut]}
    if depth and cut > 1 and chooser.flag(30):
        body["then"] = [*steps[: cut - 1], *branch(chooser, steps[cut - 1 : cut], words, depth - 1)]
    if steps[cut:]:
        body["else"] = steps[cut:]
    elif chooser.flag(40) and is_movable(steps):
        body["else"] = steps[::-1]
    return [{"if": body}]


def is_movable(steps: list[Step]) -> bool:
    """Whether steps may stand anywhere and twice: a tax is paid once, and what was paid is read after it was."""
    return not any("pay_tax" in step or "_paid" in step.get("book", {}).get("amount", "") for step in steps)


def segment(chooser: Chooser, n: int) -> tuple[int, int]:
    """Some neighbouring places of n, at most four."""
    first = chooser.integer(0, n - 1)
    return first, chooser.integer(first + 1, min(n, first + 4))
