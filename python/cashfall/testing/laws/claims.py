"""Laws of fees and their caps, facilities and swaps.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from cashfall.testing.breach import Breach
from cashfall.testing.reference.dates import as_date, in_month
from cashfall.testing.reference.numbers import in_units

from .run import Run, before, flow, scale_of, table


def fee_caps_hold(run: Run) -> None:
    """In a cap year no more of the fees under a cap becomes due than the cap allows, with what earlier years left."""
    caps = [(entry["cap"], list(entry["fees"])) for entry in table(run, "fee_caps").values()]
    caps += [(entry["cap"], [name]) for name, entry in table(run, "fees").items() if "cap" in entry]
    for terms, fees in caps:
        if "suspended_if" not in terms:
            cap_holds(run, terms, fees)


def cap_holds(run: Run, terms: Mapping[str, Any], fees: Sequence[str]) -> None:
    """One cap: what became due of its fees, year by year; in a stub year at most the whole cap."""
    closing = as_date(run.document["deal"]["closing_date"])
    starts = str(terms["year_starts"])
    month, day = (closing.month, closing.day) if starts == "closing" else (int(starts[:2]), int(starts[3:]))
    annual = in_units(terms["annual"], scale_of(run))
    due_by_year: dict[int, int] = {}
    for name in fees:
        excess, paid = flow(run, f"{name}.excess_shortfall"), flow(run, f"{name}.excess_paid")
        rows = zip(run.dates, flow(run, f"{name}.accrued"), before(excess, 0), excess, paid, strict=True)
        for date, accrued, carried, left, amount in rows:
            year = date.year - (date < in_month(date.year, month, day))
            due_by_year[year] = due_by_year.get(year, 0) + accrued - (left + amount - carried)
    first, so_far = closing.year - (closing < in_month(closing.year, month, day)), 0
    for year, due in sorted(due_by_year.items()):
        so_far += due
        allowed = annual * (year - first + 1) if terms.get("carry_forward") else annual
        found = so_far if terms.get("carry_forward") else due
        assert found <= allowed, Breach(None, f"{fees} in the cap year from {year}", f"at most {allowed}", found)


def a_draw_lowers_what_is_available(run: Run) -> None:
    """What is drawn is the sum of draws less repayments, and what is available is what the commitment leaves."""
    for name, entry in table(run, "facilities").items():
        commitment, end = (
            in_units(entry["commitment"], scale_of(run)),
            as_date(entry.get("availability_end", dt.date.max)),
        )
        drawn, ever = 0, 0
        parts = (flow(run, f"{name}.{part}") for part in ("draws", "repaid", "drawn", "available"))
        for date, draws, repaid, left, available in zip(run.dates, *parts, strict=True):
            drawn, ever = drawn + draws - repaid, ever + draws
            assert drawn == left >= 0, Breach(date, f"{name}.drawn", drawn, left)
            used = drawn if entry.get("revolving", True) else ever
            expected = max(0, commitment - used) if date <= end else 0
            assert available == expected, Breach(date, f"{name}.available", expected, available)
            assert date <= end or not draws, Breach(date, f"{name}.draws after its availability", 0, draws)
            assert used <= commitment, Breach(date, f"{name} in use", f"at most {commitment}", used)


def swap_legs_net(run: Run) -> None:
    """Of the two legs only the difference is owed, by the one or the other."""
    for name in table(run, "swaps"):
        ends = f"{name}.termination_due" in run.flows
        owed, receivable = 0, 0
        parts = ("pay_accrued", "receive_accrued", "paid", "received", "shortfall", "receivable")
        series = (flow(run, f"{name}.{part}") for part in parts)
        for date, pay, receive, paid, received, short, left in zip(run.dates, *series, strict=True):
            owed += max(0, pay - receive) - paid
            receivable += max(0, receive - pay) - received
            assert owed == short >= 0, Breach(date, f"{name}.shortfall", owed, short)
            assert ends or receivable == left, Breach(date, f"{name}.receivable", receivable, left)
        if ends:
            what_ended_is_owed_once(run, name)


def what_ended_is_owed_once(run: Run, swap: str) -> None:
    """What a termination costs falls due once, and is owed until it is paid."""
    series = zip(flow(run, f"{swap}.termination_shortfall"), flow(run, f"{swap}.termination_paid"), strict=True)
    owed, n_rises = 0, 0
    for date, (left, paid) in zip(run.dates, series, strict=True):
        more = left - (owed - paid)
        n_rises, owed = n_rises + (more > 0), left
        assert more >= 0, Breach(date, f"{swap}.termination_shortfall", left - more, left)
        assert n_rises <= 1, Breach(date, f"{swap}.termination_shortfall, a second time", left - more, left)
