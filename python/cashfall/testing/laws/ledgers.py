"""Laws of the ledgers that steps book to.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

import re

from cashfall.testing.breach import Breach
from cashfall.testing.reference.dates import as_date, read_schedule
from cashfall.testing.reference.document import leaf_steps
from cashfall.testing.reference.numbers import in_units

from .run import Run, before, flow, scale_of, table
from .tests import leaves_waterfalls

SETTLED = re.compile(r"(-?)([a-z0-9_]+\.(?:issuer_rent|rent|amount|interest_accrued|scheduled_[a-z_]+))")
"""Amounts that are settled when collection ends, so that the record shows what was booked of them."""


def ledgers_add_up(run: Run) -> None:
    """A ledger never lies below its floor, one of a maximum never falls, and one that books only what is on record
    is the sum, or the maximum, of it.
    """
    for name, entry in table(run, "ledgers").items():
        if "reset_when" in entry:
            continue
        maximum = entry.get("kind", "cumulative") == "maximum_to_date"
        floor = in_units(entry["floor"], scale_of(run)) if "floor" in entry else None
        opening = in_units(entry.get("opening", 0), scale_of(run))
        balances = flow(run, f"{name}.balance")
        for date, earlier, later in zip(run.dates, before(balances, opening), balances, strict=True):
            assert floor is None or later >= floor, Breach(date, f"{name}.balance", f"at least {floor}", later)
            assert not maximum or later >= earlier, Breach(date, f"{name}.balance", f"at least {earlier}", later)
        balance = opening
        for index, date in enumerate(run.dates):
            booked = bookings(run, name, index)
            if booked is None:
                break
            for amount in booked:
                balance = max(balance, amount) if maximum else balance + amount
                balance = balance if floor is None else max(balance, floor)
            assert balance == balances[index], Breach(date, f"{name}.balance by its bookings", balance, balances[index])


def bookings(run: Run, ledger: str, index: int) -> list[int] | None:
    """What the steps of a date book in a ledger, in order; None where the record does not show one of them."""
    written = run.document["waterfalls"]
    if leaves_waterfalls(run):
        return None
    steps = list(written.get("collection", []))
    if run.dates[index] == as_date(run.document["deal"]["closing_date"]):
        steps += written.get("closing", [])
    if run.dates[index] in read_schedule(run.document["schedules"][run.document["deal"]["waterfall_dates"]]).dates:
        statuses = list(run.document["deal"].get("statuses", ["normal"]))
        steps += written[statuses[flow(run, "status")[index]]]
    found = []
    for step, in_branch in leaf_steps(run.document, [*steps, *written.get("after", [])]):
        if step.get("book", {}).get("ledger") != ledger:
            continue
        amount = SETTLED.fullmatch(step["book"]["amount"])
        if amount is None or amount[2] not in run.flows or "when" in step or in_branch:
            return None
        if "dates" in step and run.dates[index] not in read_schedule(run.document["schedules"][step["dates"]]).dates:
            continue
        found.append(flow(run, amount[2])[index] * (-1 if amount[1] else 1))
    return found
