"""Coupons of generated notes: fixed, by steps, floating with every option, and index levels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .choosing import Chooser

Entry = dict[str, Any]

INDICES: dict[str, Entry] = {
    "sofr": {"unit": "number", "default": Decimal("0.0431607"), "minimum": Decimal("-0.02"), "maximum": Decimal("0.5")},
    "sofr_index": {"unit": "number", "default": Decimal("1.17720707"), "minimum": 0, "maximum": 5},
}
"""Inputs that coupons read; the ranges are narrow, as a rate times a period's days must stay in range."""


def coupon(chooser: Chooser, inputs: Entry, start: dt.date, payments: Sequence[dt.date], plain: bool) -> Entry:
    """A coupon; an index it reads is added to the inputs. Most are fixed; a plain one does not count grid dates."""
    fixed: Entry = {
        "fixed": {"rate": rate(chooser.choice([65_810_000, 0, 123_456_789, chooser.integer(1, 200_000_000)]))}
    }
    kinds = ["fixed"] * 7 + ["steps", "floating", "floating", "simple_daily", "index_level", "compounded", "compounded"]
    kind = chooser.choice(kinds[:-2] if plain else kinds)
    if kind == "fixed":
        return fixed
    if kind == "steps":
        return {"steps": steps(chooser, start, payments)}
    if kind == "index_level":
        return {kind: index_level(chooser, inputs, payments, plain)}
    inputs.setdefault("sofr", dict(INDICES["sofr"]))
    terms: Entry = {"index": "sofr"} | all_in(chooser)
    if kind == "floating":
        if chooser.flag():
            terms["fixing"] = "in_arrears"
        if not plain and chooser.flag(30):
            terms["lookback"] = chooser.integer(1, 3)
        return {kind: terms}
    return {kind: terms | ({} if plain else observed(chooser))}


def rate(units: int) -> Decimal:
    """1e-9 units as a document's decimal."""
    return Decimal(units).scaleb(-9).normalize() if units else Decimal(0)


def steps(chooser: Chooser, start: dt.date, payments: Sequence[dt.date]) -> list[list[Any]]:
    """Rates from the dated date, from a payment date, and from a day inside a period."""
    dates = {start, chooser.choice(payments), chooser.choice(payments) + dt.timedelta(days=chooser.integer(0, 40))}
    known = [date for date in sorted(dates) if date >= start]
    return [[date, rate(chooser.integer(0, 150_000_000))] for date in known]


def all_in(chooser: Chooser) -> Entry:
    """Margin, adjustment, floors, cap and decimals, each now and then."""
    terms: Entry = {}
    if chooser.flag(80):
        terms["margin"] = rate(chooser.choice([22_500_000, 96_196_000, 4_000_001]))
    if chooser.flag(30):
        terms["credit_adjustment"] = rate(chooser.choice([1_144_800, 4_282_600]))
    if chooser.flag(40):
        terms["floor"] = rate(chooser.choice([0, 10_000_000, 45_000_000]))
    if chooser.flag(25):
        terms["all_in_floor"] = rate(chooser.choice([30_000_000, 70_000_000]))
    if chooser.flag(25):
        terms["all_in_cap"] = rate(chooser.choice([70_000_000, 100_000_000]))
    if chooser.flag(40):
        terms["rate_decimals"] = chooser.choice([7, 5, 4, 2])
    return terms


def observed(chooser: Chooser) -> Entry:
    """What only daily observations have."""
    terms: Entry = {}
    if chooser.flag(40):
        terms["lookback"] = chooser.integer(1, 3)
        if chooser.flag():
            terms["observation_shift"] = True
    if chooser.flag(30):
        terms["lockout"] = chooser.integer(1, 4)
    if chooser.flag(40):
        terms["floor_per"] = chooser.choice(["period", "observation"])
    return terms


def index_level(chooser: Chooser, inputs: Entry, payments: Sequence[dt.date], plain: bool) -> Entry:
    """An index level that grows from payment date to payment date."""
    if "sofr_index" not in inputs:
        entry = dict(INDICES["sofr_index"])
        level, grown = entry.pop("default"), []
        for date in payments:
            level += Decimal(chooser.integer(0, 20_000_000)).scaleb(-9)
            grown.append([date, level])
        inputs["sofr_index"] = entry | {"default_steps": grown}
    terms: Entry = {"index": "sofr_index"}
    if chooser.flag(60):
        terms["margin"] = rate(chooser.integer(0, 60_000_000))
    if not plain and chooser.flag(30):
        terms["lookback"] = chooser.integer(1, 2)
    return terms
