"""What a scenario records and its metrics (rule book, section 5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import acceleration, anticipated, collateral, facilities, fees, hedges, notes
from .plan import Plan
from .scenario import CHAPTERS, Scenario
from .steps import Movement

Value = int | float | None

SHORTFALLS = {
    **collateral.SHORTFALLS,
    **notes.SHORTFALLS,
    **fees.SHORTFALLS,
    **facilities.SHORTFALLS,
    **hedges.SHORTFALLS,
    **acceleration.SHORTFALLS,
    **anticipated.SHORTFALLS,
}


@dataclass
class Outcome:
    """One scenario's result: flows by name and date, metrics, ledger, and one of `OUTCOMES`.

    Units: minor units, 1e-9, positions. An undefined test value is None.
    """

    document: dict[str, Any]
    dates: list[dt.date]
    flows: dict[str, list[Value]]
    metrics: dict[str, int | float] = field(default_factory=dict)
    ledger: list[Movement] = field(default_factory=list)
    outcome: str = "ok"


def recorded_names(plan: Plan) -> list[str]:
    """Section 5: every quantity of section 4's table, shortfalls, test values and states, and the status."""
    return [*(name for chapter in CHAPTERS for name in chapter.recorded(plan)), "status"]


def row(scenario: Scenario, names: list[str]) -> list[Value]:
    """One date's record: dues as before the waterfall, shortfalls and all else at the close."""
    closing, before, found = scenario.closings[-1], scenario.as_of_waterfall, list[Value]()
    for full_name in names:
        if full_name in before:
            found.append(before[full_name])
        elif full_name in closing:
            found.append(closing[full_name])
        else:
            found.append(of_the_close(scenario, closing, full_name))
    return found


def of_the_close(scenario: Scenario, closing: Mapping[str, int], full_name: str) -> Value:
    """What is recorded under another name than formulas use: shortfalls, tests, the status."""
    name, _, quantity = full_name.partition(".")
    if full_name == "status":
        return scenario.waterfall_status
    if quantity in SHORTFALLS:
        return closing[f"{name}.{SHORTFALLS[quantity]}"]
    if quantity == "value":
        return scenario.measured.get(name)
    assert quantity in ("failing", "waived"), full_name
    return closing[f"tests.{full_name}"]


def metrics(scenario: Scenario, flows: Mapping[str, list[Value]]) -> dict[str, int | float]:
    """Section 5, metrics per scenario: those of every object, and the final status."""
    found: dict[str, int | float] = {"status": scenario.status, "outcome": 0}
    for chapter in CHAPTERS:
        found |= chapter.metrics(scenario, flows)
    return found


OUTCOMES = ("ok", "overflow", "no_convergence")
"""Section 5: "`outcome` (0 ok, 1 overflow, 2 no_convergence)"."""


def no_metrics(plan: Plan, flows: Mapping[str, list[Value]], outcome: str) -> dict[str, int | float]:
    """Section 1: a scenario that overflows, or that finds no fixed point, has "metrics NaN", under the same names."""
    names = metrics(Scenario(plan, {}), flows)
    return dict.fromkeys(names, float("nan")) | {"outcome": OUTCOMES.index(outcome)}
