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


def foresight_is_what_comes(run: Run) -> None:
    """A coverage that knows its future, of one recorded flow, is what then comes in over what is then scheduled."""
    for name, test in table(run, "tests").items():
        found = coverage_to_come(test)
        if found is None:
            continue
        cash = flow(run, found["cash_flow"])
        service = total(run, [f"{note}.{SERVICE[found['kind']]}" for note in found["notes"]])
        ends = read_schedule(run.document["schedules"][test["dates"]]).dates
        tested, rounding = measured_dates(run, test), str(run.document["deal"].get("rounding", "half_up"))
        for index, date in enumerate(run.dates):
            value, last = run.flows[f"{name}.value"][index], [end for end in ends if end > date][: test["forward"]["n"]]
            if date not in tested or value is None:
                continue
            window = [place for place, day in enumerate(run.dates) if last and date < day <= last[-1]]
            above, below = (sum(series[place] for place in window) for series in (cash, service))
            assert below > 0, Breach(date, f"{name}.value of nothing to come", None, value)
            expected = mul_div(above, SCALE, below, rounding)
            assert value == expected or abs(expected) >= LIMIT, Breach(date, f"{name}.value", expected, value)


def coverage_to_come(test: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a test with foresight covers, if its cash flow is one recorded flow."""
    kind, terms = next(iter(test["measure"].items()))
    if test.get("forward", {}).get("view") != "foresight" or kind not in SERVICE or "by" in test:
        return None
    if not re.fullmatch(r"[a-z0-9_]+\.(issuer_rent|rent|amount)", terms["cash_flow"]):
        return None
    return {"kind": kind, **terms}
