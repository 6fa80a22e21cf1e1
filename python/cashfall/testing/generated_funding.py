"""Notes of generated deals that are drawn after their dated date, that refinance others, and that are extended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .choosing import Chooser, some
from .formula_texts import Vocabulary, amount_formula, flag_formula

Entry = dict[str, Any]

SMALL = 1_000_000
"""A note of more is not drawn: its maximum times the days of a period would leave the range."""


def add_funding(chooser: Chooser, deal: Entry, payments: Sequence[dt.date], plain: bool) -> None:
    """Now and then a note is extended, and another or the same is drawn on, perhaps to refinance others."""
    if plain:
        return
    if chooser.flag(14):
        add_extension(chooser, deal, payments)
    small = [name for name, note in deal["notes"].items() if note["original_balance"] < SMALL]
    if small and chooser.flag(12):
        repaid_whole(chooser, deal["notes"][small[0]], small[0])
    if small and chooser.flag(18):
        add_draws(chooser, deal, chooser.choice(small))


def repaid_whole(chooser: Chooser, note: Entry, name: str) -> None:
    """A note that is repaid whole, or what is above a limit before: nothing of its schedule is left."""
    for key in ("missed_principal", "apply_to"):
        note.pop(key, None)
    if not note["amortisation"].keys() & {"bullet", "sweep", "balance_at_most"}:
        kinds: list[Entry] = [
            {"bullet": {}},
            {"sweep": {}},
            {"balance_at_most": {"formula": limit(chooser, note, name)}},
        ]
        note["amortisation"] = chooser.choice(kinds)


def limit(chooser: Chooser, note: Entry, name: str) -> str:
    """What a balance may be at most: a share of what it was, or an amount that falls with time."""
    share, whole = chooser.choice(["0.9", "0.75", "0"]), note["original_balance"]
    falling = f"{whole} - {whole / 8:.2f} * period.index"
    return chooser.choice(
        [f"opening.{name}.balance * {share}", falling, f"min({falling}, {name}.original_balance * 0.8)"]
    )


# extension


def add_extension(chooser: Chooser, deal: Entry, payments: Sequence[dt.date]) -> None:
    """A note whose maturity can be put off to one or two later payment dates."""
    free = [name for name, note in deal["notes"].items() if can_be_extended(note, payments)]
    if not free:
        return
    name = chooser.choice(free)
    note = deal["notes"][name]
    repaid_whole(chooser, note, name)
    if not note.keys() & {"call", "anticipated_repayment"}:
        possible = [date for date in payments[:-1] if date > note["dated_date"]]
        note["maturity_date"] = possible[-chooser.integer(1, min(3, len(possible)))]
    later = [date for date in payments if date > note["maturity_date"]]
    note["extension"] = {"maturity_dates": some(chooser, later)}
    if "make_whole" not in note.get("call", {}) and chooser.flag(60):
        note["extension"]["extra"] = Decimal(chooser.choice(["0.01", "0.002500001"]))
    for place in places(chooser, deal):
        insert(chooser, deal, place, {"extend": {"notes": [name]}} | condition(chooser, deal, name))


def can_be_extended(note: Entry, payments: Sequence[dt.date]) -> bool:
    """Whether there are payment dates after the maturity, or it may be put forward to where there are."""
    movable = not note.keys() & {"call", "anticipated_repayment"}
    return note["maturity_date"] < payments[-1] or (movable and payments[-2] > note["dated_date"])


def condition(chooser: Chooser, deal: Entry, name: str) -> Entry:
    """When a note is extended: near its maturity, or under any condition, or as often as it may be."""
    if chooser.flag(40):
        return {"when": f"{name}.months_to_maturity <= {chooser.choice([0, 3, 6])}"}
    if chooser.flag(60):
        return {"when": flag_formula(chooser, Vocabulary.of(deal, "fee"), 1)}
    return {}


# draws


def add_draws(chooser: Chooser, deal: Entry, name: str) -> None:
    """A note with a maximum, steps that draw on it, and perhaps a refinancing and a stop of draws."""
    note = deal["notes"][name]
    repaid_whole(chooser, note, name)
    note.pop("rounding_unit", None)
    original = note["original_balance"]
    others = [other for other, note in deal["notes"].items() if other != name and note["original_balance"] < SMALL]
    refinanced = some(chooser, others)[: chooser.choice([1, 1, 2])] if chooser.flag(60) else []
    more = sum(deal["notes"][other]["original_balance"] for other in refinanced) * Decimal("1.3")
    factor = Decimal(chooser.choice(["1.5", "1.2", "3", "1"]))
    funding: Entry = {"maximum": (original * factor + more).quantize(Decimal("0.01"))}
    if chooser.flag(40):
        term = note["maturity_date"] - note["dated_date"]
        funding["until"] = note["dated_date"] + term * chooser.choice([2, 3, 1]) // 4
    if chooser.flag(45):
        funding["revolving"] = True
    note["funding"] = funding
    if chooser.flag(25):
        note["original_balance"] = Decimal(0)
    for place in places(chooser, deal):
        insert(chooser, deal, place, draw(chooser, deal, name, original))
    if refinanced:
        body = {"notes": refinanced, "with": name, "account": chooser.choice(list(deal["accounts"]))}
        for place in places(chooser, deal):
            when = f"period.index >= {chooser.choice([1, 2, 3])}"
            if chooser.flag(30):
                when = flag_formula(chooser, Vocabulary.of(deal, "fee"), 1)
            insert(chooser, deal, place, {"when": when, "refinance": dict(body)})
    if deal["tests"] and chooser.flag(75):
        add_stop(chooser, deal, name)


def draw(chooser: Chooser, deal: Entry, name: str, size: Decimal) -> Entry:
    """A step that draws on a note: what is lacking, a share, any amount, or all there is room for."""
    share = (size / 10).quantize(Decimal("0.01"))
    words = Vocabulary.of(deal, "fee")
    amounts = [
        f"max(0, {next(iter(deal['notes']))}.interest_due - revenue.balance)",
        str(share),
        f"min({share}, 0.5 * {name}.room)",
        f"0.1 * ({amount_formula(chooser, words, 1)})",
    ]
    to = chooser.choice(["revenue", "revenue", *deal["accounts"]])
    body: Entry = {"note": name, "to": to}
    if chooser.flag(85):
        body["amount"] = chooser.choice(amounts)
    step: Entry = {"fund_note": body}
    if chooser.flag(30):
        step["when"] = flag_formula(chooser, words, 1)
    return step


def add_stop(chooser: Chooser, deal: Entry, name: str) -> None:
    """Draws on a note stop while a test fails; with those of facilities, if some test stops them. There is something to
    draw then.
    """
    body = {"note": name, "to": "revenue", "amount": f"0.1 * {name}.room"}
    insert(chooser, deal, deal["deal"]["statuses"][0], {"fund_note": body})
    tests = list(deal["tests"].values())
    stops = [effect["draw_stop"] for test in tests for effect in test.get("effects", []) if "draw_stop" in effect]
    if stops and chooser.flag(50):
        stops[0]["notes"] = [name]
        return
    mild = [test for test in tests if not any("set_status" in effect for effect in test.get("effects", []))]
    chooser.choice(mild or tests).setdefault("effects", []).append({"draw_stop": {"notes": [name]}})


# places


def places(chooser: Chooser, deal: Entry) -> list[str]:
    """Waterfalls: most statuses, and now and then collection or after."""
    statuses = deal["deal"]["statuses"]
    found = [status for status in statuses if chooser.flag(75)] or statuses[:1]
    return found + [name for name in ("collection", "after") if chooser.flag(10)]


def insert(chooser: Chooser, deal: Entry, waterfall: str, step: Entry) -> None:
    """Put a step anywhere in a waterfall; in collection behind what accrues."""
    steps = deal["waterfalls"].setdefault(waterfall, [])
    least = len(steps) if waterfall == "collection" else 0
    steps.insert(chooser.integer(least, len(steps)), step)
