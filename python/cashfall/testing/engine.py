"""The engine's results as the laws see them: integers in their units, exact, with the ledger.

run = engine.runner(document, inputs)      # a `laws.Run`, for `cashfall.testing.relations`
laws.check(engine.view(result, scenario=3))  # a scenario of a result that recorded everything
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from cashfall.deal import Deal, load
from cashfall.errors import ArgumentError
from cashfall.plan import Plan
from cashfall.result import LedgerRow, Result

from .laws import Value
from .reference.document import load as read
from .reference.document import verb_of
from .reference.numbers import SCALE

OUTCOMES = ("ok", "overflow")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the engine's ledger; a `laws.Transfer`."""

    index: int
    waterfall: str
    position: int
    verb: str
    source: str
    target: str
    requested: int
    available: int
    amount: int


@dataclass(frozen=True)
class EngineRun:
    """One scenario of the engine; a `laws.Run`. `metrics` are in the units of the flows, NaN where there is none."""

    document: Mapping[str, Any]
    dates: list[dt.date]
    flows: dict[str, list[Value]]
    metrics: dict[str, int | float]
    ledger: list[Line]
    outcome: str

    def with_flow(self, name: str, index: int, change: int) -> EngineRun:
        """A copy with one recorded figure changed by some units: what a law must notice."""
        values = list(self.flows[name])
        before = values[index]
        assert before is not None
        values[index] = before + change
        return replace(self, flows={**self.flows, name: values})

    def with_line(self, place: int, change: int) -> EngineRun:
        """A copy in which one line of the ledger moves some cents more."""
        line = self.ledger[place]
        changed = replace(line, amount=line.amount + change)
        return replace(self, ledger=[*self.ledger[:place], changed, *self.ledger[place + 1 :]])


def runner(document: Mapping[str, Any], inputs: Mapping[str, Sequence[int]]) -> EngineRun:
    """Run one scenario given in units, per input and grid date: a runner for `cashfall.testing.relations`."""
    plan = load(document).compile()
    result = plan.run(in_currency(plan, inputs), record="*", unit="cents", threads=1)
    return view(result)


def in_currency(plan: Plan, inputs: Mapping[str, Sequence[int]]) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """Integers in their units as the floats that the door rounds back to them; one column, time down."""
    units = {info["name"]: info["unit"] for info in plan.inputs}
    scales = {"amount": 10 ** plan._core.decimals(), "number": SCALE}
    return {name: np.array([[value / scales[units[name]]] for value in path]) for name, path in inputs.items()}


def view(result: Result, scenario: int = 0) -> EngineRun:
    """A scenario of a result with `unit="cents"` and `record="*"`."""
    plan = result.plan
    if result.unit != "cents" or set(result) != set(plan.outputs):
        raise ArgumentError("expected a result of run(record='*', unit='cents'), found another")
    document = document_of(plan.deal)
    outcome = OUTCOMES[int(result.metrics["outcome"][scenario])]
    return EngineRun(
        document,
        [dt.date.fromisoformat(date) for date in result.periods],
        {name: in_units(result[name][:, scenario], plan._output_units[name]) for name in plan.outputs},
        {name: metric(values[scenario], plan._metric_units[name]) for name, values in result.metrics.items()},
        [line(document, row) for row in result.ledger(scenario) if not row["bound_by"].startswith("when: ")],
        outcome,
    )


def document_of(deal: Deal) -> dict[str, Any]:
    """The document as the laws read it, decimals exact."""
    return read(deal.canonical_json())


def in_units(values: Any, unit: str) -> list[Value]:
    """A column in integers, None for what is undefined. Ratios are multiples of 1e-9: the nearest is the exact one."""
    if unit == "number":
        return [None if math.isnan(value) else nearest(value) for value in values.tolist()]
    return [int(value) for value in values.tolist()]


def nearest(value: float) -> int | float:
    """A ratio in 1e-9; an infinity stays one. A float product could miss by one near 2^52."""
    return value if math.isinf(value) else round(Fraction(value) * SCALE)


def metric(value: Any, unit: str) -> int | float:
    """A metric in its unit; years and what is undefined stay floats."""
    number = float(value)
    if unit == "years" or math.isnan(number):
        return number
    return nearest(number) if unit == "number" else int(value)


def line(document: Mapping[str, Any], row: LedgerRow) -> Line:
    """A row of the ledger with its step's verb, and a note by its own name whichever part of it is paid."""
    step = document["waterfalls"][row["waterfall"]][row["position"]]
    amounts = (int(row["requested"]), int(row["available"]), int(row["amount"]))
    target = row["to"].partition(".")[0]
    return Line(row["period"], row["waterfall"], row["position"], verb_of(step), row["from"], target, *amounts)
