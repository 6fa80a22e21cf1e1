"""Facilities, swaps and caps of generated deals, and the steps that draw, repay and settle them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .amounts import amount, number
from .choosing import Chooser
from .formula_texts import Vocabulary, amount_formula, flag_formula
from .generated_fees import FIXED_DENOMINATOR
from .generated_notes import INDICES
from .reference.document import leaf_waterfalls

Entry = dict[str, Any]


def add_facilities(chooser: Chooser, deal: Entry, dates: Sequence[dt.date], size: int, plain: bool) -> None:
    """None, one or two facilities; one may count towards the reserve's target."""
    facilities: Entry = {}
    for name in ("liquidity", "letter_of_credit")[: chooser.choice([0, 0, 0, 0, 1, 1, 2])]:
        entry: Entry = {
            "commitment": amount(size * chooser.choice([1, 2, 4])),
            "payment_dates": schedule(chooser, deal),
        }
        entry["day_count"] = chooser.choice(FIXED_DENOMINATOR)
        if chooser.flag(40):
            entry["availability_end"] = chooser.choice(dates) - dt.timedelta(days=chooser.choice([0, 0, 17]))
        if chooser.flag(60):
            entry["commitment_fee"] = number(chooser.choice([5_000_000, 3_333_333]))
        if chooser.flag(70):
            entry["interest"] = rate(chooser, deal)
        if chooser.flag(30):
            entry["revolving"] = False
        if not plain and chooser.flag(25):
            entry["draw_stop"] = flag_formula(chooser, Vocabulary.of(deal, "fee"), chooser.integer(0, 1))
        facilities[name] = entry
    if facilities:
        deal["facilities"] = facilities
        if "target" in deal["accounts"].get("reserve", {}) and chooser.flag():
            deal["accounts"]["reserve"]["target"]["satisfied_by"] = list(facilities)[-1:]


def schedule(chooser: Chooser, deal: Entry) -> str:
    """The payment dates of the notes, or the more frequent dates of cash."""
    return "cash" if "cash" in deal["schedules"] and chooser.flag(30) else "payments"


def rate(chooser: Chooser, deal: Entry) -> Entry:
    """A fixed rate, or a floating one."""
    if chooser.flag():
        return {"fixed": {"rate": number(chooser.choice([60_000_000, 7_654_321]))}}
    deal["inputs"].setdefault("sofr", dict(INDICES["sofr"]))
    terms: Entry = {"index": "sofr"}
    if chooser.flag(60):
        terms["margin"] = number(chooser.choice([20_000_000, -50_000_000]))
    if chooser.flag(30):
        terms["floor"] = number(chooser.choice([0, 30_000_000]))
    if chooser.flag(60):
        terms["fixing"] = chooser.choice(["in_arrears", "in_advance"])
    return {"floating": terms}


def add_hedges(chooser: Chooser, deal: Entry, dates: Sequence[dt.date], size: int) -> None:
    """A swap of fixed against floating now and then, and a cap."""
    if chooser.flag(25):
        deal["inputs"].setdefault("sofr", dict(INDICES["sofr"]))
        fixed: Entry = {"fixed": {"rate": number(chooser.choice([38_000_000, 60_000_000, -1_000_000]))}}
        legs = [fixed, {"floating": rate(chooser, deal).get("floating", {"index": "sofr"})}]
        if chooser.flag(30):
            legs.reverse()
        pay, receive = ({"rate": leg, "day_count": chooser.choice(FIXED_DENOMINATOR)} for leg in legs)
        swap = {"pay": pay, "receive": receive, "notional": notional(chooser, deal, dates, size)}
        deal["swaps"] = {"swap": swap | {"payment_dates": schedule(chooser, deal)}}
    if chooser.flag(20):
        deal["inputs"].setdefault("sofr", dict(INDICES["sofr"]))
        entry: Entry = {"index": "sofr", "strike": Decimal(chooser.choice(["0.04", "0.045", "0"]))}
        entry |= {"day_count": chooser.choice(FIXED_DENOMINATOR), "notional": notional(chooser, deal, dates, size)}
        entry["payment_dates"] = schedule(chooser, deal)
        if chooser.flag(40):
            entry["fixing"] = "in_arrears"
        deal["caps"] = {"rate_cap": entry}


def notional(chooser: Chooser, deal: Entry, dates: Sequence[dt.date], size: int) -> Entry:
    """The balance of a note, or dated amounts, some of them between grid dates."""
    if chooser.flag(60):
        return {"note": chooser.choice(list(deal["notes"]))}
    starts = {chooser.choice(dates) - dt.timedelta(days=chooser.choice([0, 9, 40])) for _ in range(3)}
    return {"schedule": [[date, amount(size * chooser.integer(0, 12))] for date in sorted(starts)]}


# steps


def draws(chooser: Chooser, deal: Entry, words: Vocabulary, plain: bool) -> list[Entry]:
    """What facilities and caps bring in, before anything is paid."""
    steps: list[Entry] = []
    for name in deal.get("facilities", {}):
        body: Entry = {
            "facility": name,
            "to": chooser.choice(list(deal["accounts"])) if chooser.flag(30) else "revenue",
        }
        kind = chooser.integer(0, 9)
        if kind < 6:
            body["amount"] = "max(0, senior.interest_due - revenue.balance)"
        elif kind < 9:
            body["amount"] = amount_formula(chooser, words, 0 if plain else 1)
        steps.append({"draw_facility": body})
    return steps + [{"settle_cap": {"cap": name, "to": "revenue"}} for name in deal.get("caps", {})]


def swap_steps(chooser: Chooser, deal: Entry, sources: list[str], severity: int) -> list[Entry]:
    """Settlement; in worse statuses termination, now and then in the first."""
    steps: list[Entry] = []
    for name in deal.get("swaps", {}):
        steps.append({"settle_swap": {"swap": name, "to": chooser.choice(sources), "from": sources}})
        if chooser.flag(50 if severity else 20):
            value = chooser.choice(["0.05 * senior.balance - 2000", "-0.01 * senior.balance", "100"])
            steps.append({"terminate_swap": {"swap": name, "amount": value}})
    return steps


def dues(deal: Entry) -> list[str]:
    """What facilities and swaps are owed, as `pay` names it; terminations are paid in places of their own."""
    found = [f"{name}.{due}" for name in deal.get("facilities", {}) for due in ("interest_due", "fee_due", "drawn")]
    return found + [f"{name}.due" for name in deal.get("swaps", {})]


def can_terminate(deal: Entry) -> bool:
    """Whether a step terminates a swap."""
    return any("terminate_swap" in step for steps in leaf_waterfalls(deal).values() for step in steps)
