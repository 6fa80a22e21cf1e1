"""Laws of notes that are drawn, refinanced and extended, and of groups of notes.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from cashfall.testing.breach import Breach
from cashfall.testing.reference.dates import as_date
from cashfall.testing.reference.document import verb_of
from cashfall.testing.reference.numbers import in_units

from .run import Run, before, broken_by, flow, grouped, optional, scale_of, table, total, waterfalls, written


def maturity_of(entry: Mapping[str, Any], extended: int) -> dt.date:
    """The maturity of a note that has been extended so many times."""
    return as_date(entry["extension"]["maturity_dates"][extended - 1] if extended else entry["maturity_date"])


def maturities(run: Run, name: str) -> list[dt.date]:
    """A note's current maturity at the close of each date."""
    entry = table(run, "notes")[name]
    extended = flow(run, f"{name}.extended") if "extension" in entry else [0] * len(run.dates)
    return [maturity_of(entry, n) for n in extended]


def last_payment_date(entry: Mapping[str, Any]) -> dt.date:
    """The last date on which interest of a note can accrue."""
    return maturity_of(entry, len(entry["extension"]["maturity_dates"]) if "extension" in entry else 0)


def a_draw_on_a_note_keeps_within_its_room(run: Run) -> None:
    """What is drawn on a note keeps within its room: what its maximum leaves, and nothing outside its term."""
    for name, entry in table(run, "notes").items():
        if "funding" not in entry:
            continue
        terms, dated = entry["funding"], as_date(entry["dated_date"])
        maximum, used = (in_units(value, scale_of(run)) for value in (terms["maximum"], entry["original_balance"]))
        accelerable = name in run.document.get("acceleration", {}).get("notes", [])
        active = flow(run, "acceleration.active") if accelerable else [0] * len(run.dates)
        parts = (flow(run, f"{name}.{part}") for part in ("funded", "room", "balance"))
        rows = zip(run.dates, *parts, active, maturities(run, name), strict=True)
        for date, funded, room, balance, is_active, maturity in rows:
            used += funded
            in_term = dated <= date <= as_date(terms.get("until", dt.date.max))
            assert funded >= 0, Breach(date, f"{name}.funded", "0 or more", funded)
            assert in_term or not funded, Breach(date, f"{name}.funded outside of its term", 0, funded)
            left = max(0, maximum - (balance if terms.get("revolving", False) else used))
            expected = left if in_term and date < maturity and not is_active else 0
            assert room == expected, Breach(date, f"{name}.room", expected, room)
            within = terms.get("revolving", False) or used <= maximum
            assert within, Breach(date, f"{name}, all draws", f"at most {maximum}", used)


def a_refinancing_repays_whole_notes(run: Run) -> None:
    """A refinancing draws what it repays, to the cent, and leaves nothing of the notes that it repays."""
    for lines in grouped(run, by_source=False):
        if verb_of(waterfalls(run)[lines[0].waterfall][lines[0].position]) != "refinance":
            continue
        drawn = sum(line.amount for line in lines if line.verb == "fund_note")
        repaid = sum(line.amount for line in lines if line.verb != "fund_note")
        assert drawn == repaid, broken_by(run, lines[0], repaid, drawn)
        for line in lines:
            assert line.amount == line.requested, broken_by(run, line, line.requested)
            if line.verb == "prepay":
                left, grown = flow(run, f"{line.target}.balance")[line.index], growth(run, line.target, line.index)
                assert left <= grown, broken_by(run, line, f"at most {grown} left of {line.target}", left)


def growth(run: Run, note: str, index: int) -> int:
    """By how much a note has grown on a date: drawn, capitalised, written up."""
    grown = optional(run, f"{note}.funded")[index] + optional(run, f"{note}.interest_capitalized")[index]
    return grown + max(0, -written(run, note)[index])


def notes_are_extended_in_time(run: Run) -> None:
    """A note is extended on or before its maturity, never back, and no oftener than it may be."""
    for name, entry in table(run, "notes").items():
        if "extension" not in entry:
            continue
        extended = flow(run, f"{name}.extended")
        most = len(entry["extension"]["maturity_dates"])
        for date, earlier, later in zip(run.dates, before(extended, 0), extended, strict=True):
            assert earlier <= later <= most, Breach(date, f"{name}.extended", f"{earlier} to {most}", later)
            maturity = maturity_of(entry, earlier)
            in_time = later == earlier or date <= maturity
            assert in_time, Breach(date, f"{name}.extended after {maturity}", earlier, later)


GROUPED = (
    *("balance", "interest_due", "interest_paid", "interest_shortfall"),
    *("principal_due", "principal_paid", "principal_shortfall"),
)


def groups_add_up(run: Run) -> None:
    """What is recorded of a group is the sum over its notes, on every date."""
    for group, entry in table(run, "groups").items():
        for part in GROUPED:
            expected = total(run, [f"{name}.{part}" for name in entry["notes"]])
            for date, wanted, found in zip(run.dates, expected, flow(run, f"{group}.{part}"), strict=True):
                assert wanted == found, Breach(date, f"{group}.{part}", wanted, found)
