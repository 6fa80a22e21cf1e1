"""Further terms of generated notes: unpaid interest, missed principal, prepayment, capitalisation, write-downs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from .amounts import amount, number
from .choosing import Chooser, some
from .formula_texts import Vocabulary, amount_formula, tests_in_collection
from .generated_notes import INDICES
from .reference.document import leaf_steps

Entry = dict[str, Any]


def add_terms(chooser: Chooser, note: Entry, plain: bool) -> None:
    """What happens to what is missed, paid ahead, or unpaid."""
    if chooser.flag(30):
        terms: Entry = {chooser.choice(["note", "none"]): {}}
        if chooser.flag(40):
            terms = {"rate": number(chooser.choice([90_000_000, 1_234_567]))}
        if "default_rate" in note and chooser.flag(60):
            terms = {"default": {}}
        if chooser.flag():
            terms["compounding"] = True
        note["interest_on_unpaid"] = terms
    if chooser.flag(30):
        note["missed_principal"] = chooser.choice(["at_maturity", "target_balance", "carry"])
    if chooser.flag(35):
        note["apply_to"] = chooser.choice(["pro_rata", "inverse", "direct"])
    if chooser.flag(15):
        note["issue_price"] = Decimal(chooser.choice(["0.97", "0.985123456", "1.01"]))
    if not plain and chooser.flag(20):
        note["factor_decimals"] = chooser.choice([7, 5, 9, 0])


def add_call(chooser: Chooser, deal: Entry, note: Entry, payments: Sequence[dt.date]) -> None:
    """Call prices that fall, and what is paid before the first of them."""
    if not chooser.flag(50):
        return
    dates = [date for date in payments if note["dated_date"] < date <= note["maturity_date"]]
    first = dates[max(chooser.integer(0, len(dates) - 1), chooser.integer(0, len(dates) - 1))]
    rows = [[first, number(chooser.choice([104_500_000_000, 102_250_000_000, 103_333_333_333]))]]
    later = [date for date in dates if date > first]
    if later:
        rows.append([chooser.choice(later), number(chooser.choice([101_000_000_000, 100_000_000_000]))])
    call: Entry = {"schedule": rows}
    if note["coupon"].keys() & {"fixed", "steps"} and "default_rate" not in note and chooser.flag(75):
        call["make_whole"] = {"rate": number(chooser.choice([45_000_000, 0, 70_000_001]))}
        if chooser.flag():
            deal["inputs"].setdefault("sofr", dict(INDICES["sofr"]))
            call["make_whole"] = {"index": "sofr"}
            if chooser.flag(70):
                call["make_whole"]["spread"] = number(chooser.choice([5_000_000, -20_000_000]))
    elif chooser.flag():  # any date will do
        rows[0][0] = first - dt.timedelta(days=chooser.integer(0, 20))
    note["call"] = call


def target_balances(chooser: Chooser, dates: Sequence[dt.date], original: Decimal) -> list[list[Any]]:
    """Balances that fall, on some payment dates."""
    left, rows = int(original.scaleb(2)), []
    for date in dates[:-1]:
        if chooser.flag(70):
            left -= left * chooser.choice([0, 1, 2, 4]) // 10
            rows.append([date, amount(left)])
    return rows or [[dates[-1], amount(0)]]


def percentages(chooser: Chooser, dates: Sequence[dt.date]) -> list[list[Any]]:
    """Shares of the original balance, on some payment dates."""
    share = 1_000_000_000 // (len(dates) + 1)
    rows = [[date, number(share - chooser.integer(0, share // 2))] for date in dates[:-1] if chooser.flag(70)]
    return rows or [[dates[-1], Decimal(1)]]


# steps


def prepayment(chooser: Chooser, deal: Entry, words: Vocabulary, sources: list[str], plain: bool) -> list[Entry]:
    """A step that prepays some of the notes."""
    body: Entry = {"notes": some(chooser, list(deal["notes"])), "from": sources}
    if chooser.flag(60):
        body["amount"] = f"0.25 * ({amount_formula(chooser, words, 0 if plain else 1)})"
    return [{"prepay": body}]


def debt_steps(chooser: Chooser, deal: Entry, words: Vocabulary, plain: bool) -> list[Entry]:
    """Steps without sources: interest that is capitalised, losses that are written down and gains that are written
    up.
    """
    notes, steps = list(deal["notes"]), list[Entry]()
    if chooser.flag(20):
        body: Entry = {"notes": notes[-1:] if chooser.flag() else notes}
        if not plain and chooser.flag(60):
            body["share"] = chooser.choice(["0.5", "1.5 - 1", "0.333333333"])
        # Against a rate of next to nothing a premium is beyond all bounds.
        has_rates = all("fixed" in deal["notes"][name]["coupon"] for name in body["notes"])
        if has_rates and chooser.flag(40):
            body["pik_premium"] = Decimal(chooser.choice(["0.0075", "0.02"]))
        steps.append({"capitalize_interest": body})
    if chooser.flag(15):
        loss = amount_formula(chooser, words, 0 if plain else 1)
        steps.append({"write_down": {"notes": notes, "amount": f"0.1 * ({loss})"}})
        if chooser.flag(60):
            gain = amount_formula(chooser, words, 0)
            steps.append({"write_up": {"notes": notes, "amount": f"0.05 * {gain}"}})
    return steps


def add_toggles(deal: Entry) -> None:
    """Some steps capitalise interest while a test fails, or else by an election, which a number input stands for. The
    first note's balance tells which: no choice is spent on them, so that all else stays as it was drawn.
    """
    conditions = [f"tests.{name}.failing" for name in tests_in_collection(deal)]
    conditions += [f"inputs.{name} < 1" for name, entry in deal["inputs"].items() if entry["unit"] == "number"]
    for waterfall in deal["waterfalls"].values():
        for step, _ in leaf_steps(deal, waterfall):
            note = deal["notes"].get(step["capitalize_interest"]["notes"][0]) if "capitalize_interest" in step else None
            if note and conditions and int(note["original_balance"]) % 4 == 0:
                cast(Entry, step).setdefault("when", conditions[0])
