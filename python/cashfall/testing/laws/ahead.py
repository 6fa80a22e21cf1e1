"""Laws of what looks ahead: reserves that are funded for what is still to come, and tests of the dates to come.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from cashfall.testing.breach import Breach
from cashfall.testing.reference.dates import read_schedule
from cashfall.testing.reference.numbers import LIMIT, SCALE, mul_div

from .run import Run, flow, table, total
from .tests import measured_dates


def a_prefunded_target_never_rises(run: Run) -> None:
    """A reserve that is funded for the highest requirement still to come needs no more on a later date."""
    effects = [effect for test in table(run, "tests").values() for effect in test.get("effects", [])]
    raised = {effect["set_reserve"]["account"] for effect in effects if "set_reserve" in effect}
    for name, entry in table(run, "accounts").items():
        if entry.get("target", {}).get("prefund") != "peak" or name in raised:
            continue
        for date, (earlier, later) in zip(run.dates[1:], pairwise(flow(run, f"{name}.target")), strict=True):
            assert later <= earlier, Breach(date, f"{name}.target", f"at most {earlier}", later)


SERVICE = {"dscr": "scheduled_debt_service", "icr": "scheduled_interest"}
"""What a coverage sums over its notes."""

PAIRS = {"contract_realisation": ("realised", "contracted"), "ratio": ("numerator", "denominator")}
"""The two formulas of a measure that has two."""

KNOWN = re.compile(r"[a-z0-9_]+\.(issuer_rent|rent|amount|scheduled_[a-z_]+)")
"""Flows that are recorded as a formula reads them."""


def foresight_is_what_comes(run: Run) -> None:
    """A test that knows its future shows what then comes in over what is then scheduled, where both are sums of
    recorded flows.
    """
    for name, test in table(run, "tests").items():
        names = flows_to_come(run, test)
        if names is None:
            continue
        series = [total(run, found) for found in names]
        ends = read_schedule(run.document["schedules"][test["dates"]]).dates
        tested, rounding = measured_dates(run, test), str(run.document["deal"].get("rounding", "half_up"))
        for index, date in enumerate(run.dates):
            value, last = run.flows[f"{name}.value"][index], [end for end in ends if end > date][: test["forward"]["n"]]
            if date not in tested or value is None:
                continue
            window = [place for place, day in enumerate(run.dates) if last and date < day <= last[-1]]
            above, below = (sum(flows[place] for place in window) for flows in series)
            assert below > 0, Breach(date, f"{name}.value of nothing to come", None, value)
            expected = mul_div(above, SCALE, below, rounding)
            assert value == expected or abs(expected) >= LIMIT, Breach(date, f"{name}.value", expected, value)


def flows_to_come(run: Run, test: Mapping[str, Any]) -> tuple[list[str], list[str]] | None:
    """The recorded flows that a test with foresight sums, above and below; None if it reads anything else."""
    kind, terms = next(iter(test["measure"].items()))
    if test.get("forward", {}).get("view") != "foresight" or "by" in test:
        return None
    if kind in SERVICE:
        found = terms["cash_flow"].split(" + "), [f"{note}.{SERVICE[kind]}" for note in terms["notes"]]
    else:
        above, below = PAIRS[kind]
        found = terms[above].split(" + "), terms[below].split(" + ")
    return found if all(KNOWN.fullmatch(name) and name in run.flows for names in found for name in names) else None
