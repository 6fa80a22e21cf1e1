"""What a scenario records and its metrics (rule book, section 5)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from .plan import Plan
from .scenario import Movement, Scenario

Value = int | float | None

SHORTFALLS = {"shortfall": "due", "interest_shortfall": "interest_due", "principal_shortfall": "principal_due"}


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
    names = [name for name in plan.units() if not name.startswith(("tests.", "inputs.", "period."))]
    incoming = {f"{name}.{part}" for name, flow in plan.cashflows.items() if not flow.out for part in ("due", "paid")}
    untargeted = {f"{name}.target" for name in plan.opening_balances if name not in plan.targets}
    names = [name for name in names if name not in incoming | untargeted]
    owed = [*plan.fees, *(name for name, flow in plan.cashflows.items() if flow.out)]
    names += [f"{name}.shortfall" for name in owed]
    names += [f"{name}.{part}_shortfall" for name in plan.notes for part in ("interest", "principal")]
    names += [f"{name}.{part}" for name in plan.tests for part in ("value", "failing")]
    return [*names, "status"]


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
        elif quantity == "failing":
            found.append(closing[f"tests.{full_name}"])
        else:
            found.append(scenario.as_of_waterfall.get(full_name, closing[full_name]))
    return found


def metrics(plan: Plan, scenario: Scenario, flows: dict[str, list[Value]]) -> dict[str, int | float]:
    """Section 6, metrics per scenario."""
    found: dict[str, int | float] = {}
    for name in plan.notes:
        for part in ("interest", "principal"):
            found[f"{name}.{part}_paid"] = scenario.totals[f"{name}.{part}_paid"]
            found[f"{name}.{part}_shortfall"] = largest(flows[f"{name}.{part}_shortfall"])
        found[f"{name}.loss"] = scenario.values[f"{name}.balance"] + scenario.values[f"{name}.interest_due"]
        found[f"{name}.wal"] = average_life(plan, name, flows[f"{name}.principal_paid"])
    for name in [*plan.fees, *(name for name, flow in plan.cashflows.items() if flow.out)]:
        found[f"{name}.paid"] = scenario.totals[f"{name}.paid"]
        found[f"{name}.shortfall"] = largest(flows[f"{name}.shortfall"])
    for name in plan.table("equity"):
        found[f"{name}.distributed"] = scenario.totals[f"{name}.distributed"]
    for name in plan.opening_balances:
        found[f"{name}.closing_balance"] = scenario.values[f"{name}.balance"]
    for name in plan.tests:
        found |= test_metrics(plan, name, flows)
    return found | {"status": scenario.status, "outcome": 0}


def test_metrics(plan: Plan, name: str, flows: dict[str, list[Value]]) -> dict[str, int | float]:
    """Section 6: the extreme of the defined values tested, the first breach, and measured dates that end failing."""
    test = plan.tests[name]
    values = [value for value in flows[f"{name}.value"] if value is not None]
    failing = flows[f"{name}.failing"]
    extreme = (min if test.at_least else max)(values, default=float("nan"))
    return {
        f"{name}.{'minimum' if test.at_least else 'maximum'}": extreme,
        f"{name}.first_breach_index": failing.index(1) if 1 in failing else -1,
        f"{name}.n_breach_dates": sum(failing[index] == 1 for index in test.positions),
    }


def average_life(plan: Plan, name: str, paid: list[Value]) -> float:
    """Section 6, wal: binary64, "`num = num + paid_cents * (n/d)` in date order, divided by the total principal
    paid".
    """
    note = plan.notes[name]
    weighted, total = 0.0, 0
    for date in note.payment_dates:
        amount = paid[plan.position[date]]
        assert isinstance(amount, int)
        years = note.years_to(date)
        weighted = weighted + float(amount) * (years.numerator / years.denominator)
        total += amount
    return weighted / float(total) if total else float("nan")


def largest(values: list[Value]) -> int:
    """The largest of a shortfall's closes."""
    return max(value for value in values if isinstance(value, int))
