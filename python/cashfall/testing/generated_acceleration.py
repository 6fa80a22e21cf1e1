"""Acceleration and the effects of its kind in generated deals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .choosing import Chooser, some
from .formula_texts import Vocabulary, flag_formula
from .generated_facilities import can_terminate
from .reference.document import leaf_waterfalls

Entry = dict[str, Any]


def add_acceleration(chooser: Chooser, deal: Entry, plain: bool) -> None:
    """Now and then the debt can be accelerated, by a test or by a step; and tests have effects on debt."""
    if plain:
        return
    if chooser.flag(30):
        accelerate(chooser, deal)
    tests = list(deal["tests"])
    if tests and chooser.flag(40):
        for _ in range(chooser.choice([1, 1, 2])):
            add_effect(chooser, deal, effect_on_debt(chooser, deal))
    if tests and chooser.flag(20):
        once = [name for name in tests if n_steps_that_run(deal, name) == 1]
        if once:
            remedy: list[Entry] = [{"inspect": {"name": "remedy", "value": "period.index"}}]
            if {"reserve", "revenue"} <= deal["accounts"].keys():
                remedy.append({"transfer": {"from": ["reserve"], "to": "revenue", "limit": {"share_of_due": 0.5}}})
            deal.setdefault("blocks", {})["remedy"] = remedy
            deal["tests"][chooser.choice(once)].setdefault("effects", []).append({"run_steps": {"block": "remedy"}})


def accelerate(chooser: Chooser, deal: Entry) -> None:
    """Terms of acceleration, what begins it, and perhaps what ends it."""
    terms: Entry = {"notes": some(chooser, list(deal["notes"]))}
    statuses = deal["deal"]["statuses"]
    if len(statuses) > 1 and chooser.flag(60):
        terms["status"] = chooser.choice(statuses[1:])
    if chooser.flag(50):
        terms["premium"] = True
        pay_everywhere(chooser, deal, [f"{name}.premium_due" for name in terms["notes"]])
    if deal.get("swaps") and chooser.flag(70):
        ends_already = can_terminate(deal)
        amount = chooser.choice(["0.05 * senior.balance - 2000", "-100", "250.25"])
        terms["swaps"] = [{"swap": name, "amount": amount} for name in deal["swaps"]]
        if not ends_already:
            pay_everywhere(chooser, deal, [f"{name}.termination_due" for name in deal["swaps"]])
    deal["acceleration"] = terms
    tests = list(deal["tests"].values())
    if tests and chooser.flag(70):
        test = chooser.choice(tests)
        test.setdefault("effects", []).append({"accelerate": {}})
        if chooser.flag(40):
            test["effects"].append({"reinstate": {}})
    else:
        place(chooser, deal, {"accelerate": {}})
    if chooser.flag(50):
        place(chooser, deal, {"rescind": {}})


def pay_everywhere(chooser: Chooser, deal: Entry, dues: list[str]) -> None:
    """In every status dues are paid somewhere in the waterfall."""
    for status in deal["deal"]["statuses"]:
        steps = deal["waterfalls"][status]
        steps.insert(chooser.integer(0, len(steps)), {"pay": {"dues": dues, "from": ["revenue"]}})


def place(chooser: Chooser, deal: Entry, step: Entry) -> None:
    """Put a step anywhere in a waterfall, under a condition."""
    steps = deal["waterfalls"].setdefault(chooser.choice(["collection", *deal["deal"]["statuses"], "after"]), [])
    when = flag_formula(chooser, Vocabulary.of(deal, "fee"), 1)
    steps.insert(chooser.integer(0, len(steps)), {"when": when} | step)


def add_effect(chooser: Chooser, deal: Entry, effect: Entry) -> None:
    """Give a test an effect. Draws stop under a test that leaves the status as it is, if there is one; there is
    something to draw then.
    """
    tests = list(deal["tests"].values())
    if "draw_stop" in effect:
        mild = [test for test in tests if not any("set_status" in other for other in test.get("effects", []))]
        tests = mild or tests
        note, status = next(iter(deal["notes"])), deal["deal"]["statuses"][0]
        for name in effect["draw_stop"]["facilities"]:
            body = {"facility": name, "to": "revenue", "amount": f"0.25 * {note}.interest_due"}
            deal["waterfalls"][status].insert(0, {"draw_facility": body})
    chooser.choice(tests).setdefault("effects", []).append(effect)


def effect_on_debt(chooser: Chooser, deal: Entry) -> Entry:
    """Notes that amortise early or bear more; draws that stop."""
    kinds: list[Entry] = [{"early_amortization": {"notes": some(chooser, list(deal["notes"]))}}]
    # A make-whole discounts coupons that are known.
    known = [name for name, note in deal["notes"].items() if "make_whole" not in note.get("call", {})]
    if known:
        extra = Decimal(chooser.choice(["0.02", "0.001234567"]))
        kinds.append({"rate_step": {"notes": some(chooser, known), "extra": extra}})
    if deal.get("facilities"):
        kinds += [{"draw_stop": {"facilities": some(chooser, list(deal["facilities"]))}}] * 3
    return chooser.choice(kinds)


def n_steps_that_run(deal: Entry, test: str) -> int:
    """How many steps run a test."""
    written = [step for steps in leaf_waterfalls(deal).values() for step in steps]
    return sum(test in step.get("run_tests", {}).get("tests", []) for step in written)
