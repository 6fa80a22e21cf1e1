"""What a scenario records and its metrics (rule book, section 5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import acceleration, collateral, facilities, fees, hedges, notes
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
}


@dataclass
class Outcome:
    """One scenario's result: flows by name and date, metrics, ledger, and `ok` or `overflow`.

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
    closing, found = scenario.closings[-1], list[Value]()
    for full_name in names:
        name, _, quantity = full_name.partition(".")
        if full_name == "status":
            found.append(scenario.waterfall_status)
        elif quantity in SHORTFALLS:
            found.append(closing[f"{name}.{SHORTFALLS[quantity]}"])
        elif quantity == "value":
            found.append(scenario.measured.get(name))
        elif quantity in ("failing", "waived"):
            found.append(closing[f"tests.{full_name}"])
        else:
            found.append(scenario.as_of_waterfall.get(full_name, closing[full_name]))
    return found


def metrics(scenario: Scenario, flows: Mapping[str, list[Value]]) -> dict[str, int | float]:
    """Section 5, metrics per scenario: those of every object, and the final status."""
    found: dict[str, int | float] = {"status": scenario.status, "outcome": 0}
    for chapter in CHAPTERS:
        found |= chapter.metrics(scenario, flows)
    return found


def no_metrics(plan: Plan, flows: Mapping[str, list[Value]]) -> dict[str, int | float]:
    """Section 1: a scenario that overflows has "metrics NaN", under the same names."""
    names = metrics(Scenario(plan, {}), flows)
    return dict.fromkeys(names, float("nan")) | {"outcome": 1}
