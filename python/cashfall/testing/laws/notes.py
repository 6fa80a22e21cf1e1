"""Laws of notes: principal, prices of prepayment, rates, interest.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from cashfall.testing.breach import Breach
from cashfall.testing.reference.dates import as_date, read_schedule
from cashfall.testing.reference.numbers import SCALE, in_units, mul_div

from .funding import last_payment_date
from .run import Run, broken_by, flow, optional, scale_of, table, written


def principal_sums(run: Run) -> None:
    """Schedules repay exactly; a balance changes by what is issued and paid; what is paid and what is left make the
    original and what was drawn since.
    """
    for name, entry in table(run, "notes").items():
        original = in_units(entry["original_balance"], scale_of(run))
        scheduled = sum(flow(run, f"{name}.scheduled_principal"))
        assert scheduled == original, Breach(None, f"{name}: what its schedule repays", original, scheduled)
        left = flow(run, f"{name}.scheduled_balance")[-1]
        assert left == 0, Breach(run.dates[-1], f"{name}.scheduled_balance at the end", 0, left)
        dated, paid = as_date(entry["dated_date"]), flow(run, f"{name}.principal_paid")
        balance = original if dated < run.dates[0] else 0
        parts = (optional(run, f"{name}.interest_capitalized"), optional(run, f"{name}.funded"), written(run, name))
        lifted = [gained + drawn - lost for gained, drawn, lost in zip(*parts, strict=True)]
        for date, amount, more, found in zip(run.dates, paid, lifted, flow(run, f"{name}.balance"), strict=True):
            balance += (original if date == dated else 0) + more - amount
            assert balance == found >= 0, Breach(date, f"{name}.balance", max(0, balance), found)
        left = sum(paid) + balance - sum(lifted)
        assert left == original, Breach(None, f"{name}: paid and left", original, left)


def prepayments_cost_their_price(run: Run) -> None:
    """What is prepaid costs its note's scheduled call price, to within the rounding; at no price there is no premium,
    and a note that may not be called is not prepaid.
    """
    notes = table(run, "notes")
    for principal, premium in pairwise([*run.ledger, None]):
        if principal is None or principal.verb != "prepay":
            continue
        follows = premium is not None and premium.verb == "pay_premium" and premium.target == principal.target
        paid = premium.amount if premium is not None and follows else 0
        call = notes[principal.target].get("call", {"schedule": [[dt.date.min, 100]]})
        date = run.dates[principal.index]
        prices = [in_units(price, SCALE) for since, price in call["schedule"] if as_date(since) <= date]
        assert prices or "make_whole" in call, broken_by(run, principal, "nothing before the first call date")
        if prices:
            exact = Fraction(principal.amount * (prices[-1] - 100 * SCALE), 100 * SCALE)
            assert abs(paid - exact) < 1, broken_by(run, principal, f"a premium of {exact}", paid)
        assert paid == 0 or principal.amount, broken_by(run, principal, "no premium without principal", paid)


def rates_keep_their_bounds(run: Run) -> None:
    """An all-in rate lies between its floors and its cap and has no more decimals than it may; only a default rate adds
    to it.
    """
    for name, entry in table(run, "notes").items():
        kind, terms = next(iter(entry["coupon"].items()))
        if kind not in ("floating", "simple_daily", "compounded", "formula"):
            continue
        unit = int(10 ** (9 - int(terms.get("rate_decimals", 9))))
        rounding = str(run.document["deal"].get("rounding", "half_up"))
        low, high = in_units(terms.get("all_in_floor", 0), SCALE), in_units(terms.get("all_in_cap", 1 << 20), SCALE)
        if "floor" in terms and (kind == "floating" or terms.get("floor_per") == "period"):
            floor = in_units(terms["floor"], SCALE) + in_units(terms.get("margin", 0), SCALE)
            low = min(high, max(low, mul_div(floor, 1, unit, rounding) * unit))
        extras = possible_extras(run, name, entry)
        accrues = [date for date in run.dates if as_date(entry["dated_date"]) < date <= last_payment_date(entry)]
        paying = set(read_schedule(run.document["schedules"][entry["payment_dates"]]).dates) & set(accrues)
        for date, rate in zip(run.dates, flow(run, f"{name}.rate"), strict=True):
            possible = [rate - extra for extra in extras]
            within = any(low <= base <= high and (base % unit == 0 or base in (low, high)) for base in possible)
            assert date not in paying or within, Breach(date, f"{name}.rate", f"{low} to {high} by {unit}", rate)


def interest_follows_the_balance(run: Run) -> None:
    """Interest is the rate on the balance of every day of its period, rounded once; nothing earns interest on interest.

    For notes that count actual days, where no step pays principal before interest accrues.
    """
    for name, entry in table(run, "notes").items():
        days_a_year = {"act/360": 360, "act/365f": 365}.get(entry["day_count"])
        if days_a_year is None or "rounding_unit" in entry or "index_level" in entry["coupon"]:
            continue
        if any(line.waterfall == "collection" and line.target == name for line in run.ledger):
            continue
        original, dated = in_units(entry["original_balance"], scale_of(run)), as_date(entry["dated_date"])
        payments = set(read_schedule(run.document["schedules"][entry["payment_dates"]]).dates)
        balance, since, weighted = original if dated < run.dates[0] else 0, dated, 0
        for index, date in enumerate(run.dates):
            weighted += balance * (date - since).days
            since = max(date, since)
            balance = flow(run, f"{name}.balance")[index]
            if date not in payments or not dated < date <= last_payment_date(entry):
                continue
            accrued = flow(run, f"{name}.interest_accrued")[index]
            rounding = str(run.document["deal"].get("rounding", "half_up"))
            found = mul_div(weighted, rate_on(run, name, entry, index), SCALE * days_a_year, rounding)
            assert accrued == found, Breach(date, f"{name}.interest_accrued on its balance", found, accrued)
            weighted = 0


def rate_on(run: Run, name: str, entry: Mapping[str, Any], index: int) -> int:
    """The rate of the period that ends on a date: recorded, or that of a fixed coupon."""
    if f"{name}.rate" in run.flows:
        return flow(run, f"{name}.rate")[index]
    return in_units(entry["coupon"]["fixed"]["rate"], SCALE)


def possible_extras(run: Run, note: str, entry: Mapping[str, Any]) -> set[int]:
    """What a default rate, the rate steps of tests and extensions may add to a note's rate, alone and together."""
    effects = [effect for test in table(run, "tests").values() for effect in test.get("effects", [])]
    steps = [effect["rate_step"] for effect in effects if note in effect.get("rate_step", {}).get("notes", [])]
    found = {0}
    extensions = [entry["extension"]] * len(entry["extension"]["maturity_dates"]) if "extension" in entry else []
    for terms in [entry.get("default_rate", {"extra": 0}), *steps, *extensions]:
        found |= {extra + in_units(terms.get("extra", 0), SCALE) for extra in found}
    return found
