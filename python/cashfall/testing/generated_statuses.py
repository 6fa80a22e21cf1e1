"""Steps that take the status inside the waterfalls of generated deals."""

from __future__ import annotations

from typing import Any

from .choosing import Chooser, some
from .formula_texts import Vocabulary, flag_formula
from .generated_facilities import can_terminate
from .reference.document import leaf_waterfalls
from .relations import NEVER

Entry = dict[str, Any]


def add_status_steps(chooser: Chooser, deal: Entry, plain: bool) -> None:
    """Now and then tests inside waterfalls, and steps into a status, out of it, and at once."""
    if plain:
        drop_unreached(deal)
        return
    statuses = deal["deal"]["statuses"]
    if chooser.flag(40):
        add_tests(chooser, deal)
    if len(statuses) > 1 and chooser.flag(40):
        for _ in range(chooser.choice([1, 1, 2])):
            add_step(chooser, deal, chooser.choice(["collection", *statuses, "after"]), chooser.choice(statuses), False)
    if len(statuses) > 1 and chooser.flag(40):
        add_ways(chooser, deal)
    reach_all(chooser, deal)


def reach_all(chooser: Chooser, deal: Entry) -> None:
    """A step sets every status that nothing else does."""
    first, *others = deal["deal"]["statuses"]
    for status in others:
        if status not in named_statuses(deal):
            add_step(chooser, deal, chooser.choice(["collection", first, "after"]), status, False)


def drop_unreached(deal: Entry) -> None:
    """A status that nothing sets goes with its waterfall, unless that has a step which the deal needs; then a step that
    never happens sets it.
    """
    for status in [status for status in deal["deal"]["statuses"][1:] if status not in named_statuses(deal)]:
        if any(verb in step for step in leaf_waterfalls(deal)[status] for verb in NEEDED):
            never = {"when": NEVER, "set_status": {"status": status}}
            deal["waterfalls"].setdefault("after", []).append(never)
            continue
        deal["deal"]["statuses"].remove(status)
        del deal["waterfalls"][status]
    if not can_terminate(deal):
        for status in deal["deal"]["statuses"]:
            deal["waterfalls"][status] = [step for step in deal["waterfalls"][status] if not pays_terminations(step)]


def pays_terminations(step: Entry) -> bool:
    """Whether a step pays what terminated swaps cost."""
    return any(due.endswith(".termination_due") for due in step.get("pay", {}).get("dues", []))


NEEDED = ("terminate_swap", "draw_facility", "run_tests", "prepay", "write_down", "capitalize_interest")
"""Verbs whose quantities other steps of a deal may read or pay."""


def named_statuses(deal: Entry) -> set[str]:
    """The statuses that tests and steps set."""
    effects = [effect for test in deal["tests"].values() for effect in test.get("effects", [])]
    steps = [step for written in leaf_waterfalls(deal).values() for step in written]
    by_step = {step["set_status"]["status"] for step in steps if "set_status" in step}
    return by_step | {effect["set_status"] for effect in effects if "set_status" in effect}


def add_tests(chooser: Chooser, deal: Entry) -> None:
    """A test that runs last on a date runs in some waterfalls before."""
    late = [step for step in deal["waterfalls"].get("after", []) if "run_tests" in step]
    for step in late:
        name = step["run_tests"]["tests"][0]
        if "equity_cure" in deal["tests"][name] or chooser.flag(40):
            continue
        for status in some(chooser, deal["deal"]["statuses"]):
            steps = deal["waterfalls"][status]
            steps.insert(chooser.integer(0, len(steps)), {"run_tests": {"tests": [name]}})
        if chooser.flag(50):
            deal["waterfalls"]["after"].remove(step)


def add_ways(chooser: Chooser, deal: Entry) -> None:
    """Steps that leave a waterfall at once: each to a more severe one, or one back."""
    statuses = deal["deal"]["statuses"]
    if chooser.flag(30):
        add_step(chooser, deal, statuses[-1], statuses[0], True)
        return
    for position, status in enumerate(statuses[:-1]):
        if chooser.flag(70):
            add_step(chooser, deal, status, chooser.choice(statuses[position + 1 :]), True)


def add_step(chooser: Chooser, deal: Entry, waterfall: str, status: str, now: bool) -> None:
    """A step into a status, always under a condition that some scenarios meet."""
    words = Vocabulary.of(deal, "fee" if waterfall == "collection" else "step")
    step = {"when": flag_formula(chooser, words, 1), "set_status": {"status": status} | ({"now": True} if now else {})}
    steps = deal["waterfalls"].setdefault(waterfall, [])
    steps.insert(chooser.integer(0, len(steps)), step)
