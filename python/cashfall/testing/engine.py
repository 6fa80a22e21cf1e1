"""The engine's results as the laws see them: integers in their units, exact, with the ledger.

run = engine.runner(document, inputs)      # a `laws.Run`, for `cashfall.testing.relations`
laws.check(engine.view(result, scenario=3))  # a scenario of a result that recorded everything
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cashfall.deal import Deal, load
from cashfall.errors import ArgumentError
from cashfall.plan import Plan
from cashfall.result import LedgerRow, Result

from .laws.run import Value
from .reference.document import leaf_waterfalls, verb_of
from .reference.document import load as read
from .reference.groups import written_out
from .reference.numbers import SCALE, quantise

OUTCOMES = ("ok", "overflow", "no_convergence")


@dataclass(slots=True)
class Line:
    """One line of the engine's ledger; a `laws.Transfer`. Not frozen: there are many, and those are slow to make."""

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


def runner_of(plan: Plan) -> Callable[[Mapping[str, Any], Mapping[str, Sequence[int]]], EngineRun]:
    """A runner for one plan: its own document, as `document_of` gives it, is not compiled again."""
    own = document_of(plan.deal)

    def run(document: Mapping[str, Any], inputs: Mapping[str, Sequence[int]]) -> EngineRun:
        if document != own:
            return runner(document, inputs)
        return view(plan.run(in_currency(plan, inputs), record="*", unit="cents", threads=1))

    return run


def scenarios_in_units(plan: Plan, inputs: Mapping[str, ArrayLike]) -> list[dict[str, list[int]]]:
    """Every scenario of a run's inputs as integers in their units, also the inputs that are left at their default."""
    arrays, n_scenarios = plan._arrays(inputs)
    scales = {"amount": 10 ** plan._core.decimals(), "number": SCALE}
    found: list[dict[str, list[int]]] = [{} for _ in range(n_scenarios)]
    for info, array in zip(plan.inputs, arrays, strict=True):
        scale = scales[info["unit"]]
        for scenario, paths in enumerate(found):
            path = info["default"] if array is None else array[:, scenario].tolist()
            paths[info["name"]] = [quantise(value, scale) for value in path]
    return found


def in_currency(plan: Plan, inputs: Mapping[str, Sequence[int]]) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """Integers in their units as the floats that the door rounds back to them; one column, time down."""
    units = {info["name"]: info["unit"] for info in plan.inputs}
    scales = {"amount": 10 ** plan._core.decimals(), "number": SCALE}
    return {name: np.array([[value / scales[units[name]]] for value in path]) for name, path in inputs.items()}


def view(result: Result, scenario: int = 0) -> EngineRun:
    """A scenario of a result with `unit="cents"` and `record="*"`."""
    return next(views(result, [scenario]))


def views(result: Result, scenarios: Iterable[int]) -> Iterator[EngineRun]:
    """Scenarios of a result with `unit="cents"` and `record="*"`, one after the other."""
    plan = result.plan
    if result.unit != "cents" or set(result) != set(plan.outputs):
        raise ArgumentError("expected a result of run(record='*', unit='cents'), found another")
    document = document_of(plan.deal)
    steps = leaf_waterfalls(document)
    dates = [dt.date.fromisoformat(date) for date in result.periods]
    columns = {name: in_units(result[name], plan._output_units[name]) for name in plan.outputs}
    for scenario in scenarios:
        yield EngineRun(
            document,
            dates,
            {name: plain(values[:, scenario]) for name, values in columns.items()},
            {name: metric(values[scenario], plan._metric_units[name]) for name, values in result.metrics.items()},
            [line(document, steps, row) for row in result.ledger(scenario) if not row["bound_by"].startswith("when: ")],
            OUTCOMES[int(result.metrics["outcome"][scenario])],
        )


def document_of(deal: Deal) -> dict[str, Any]:
    """The document as the laws read it, decimals exact, lists of notes without groups."""
    return written_out(read(deal.canonical_json()))


def in_units(values: Any, unit: str) -> np.ndarray[Any, Any]:
    """Flows in integers; ratios, which are multiples of 1e-9, as floats that hold the nearest integer, or NaN.

    A float product is off by less than a quarter below 2^50, so its nearest integer is the exact one; above, fractions
    decide.
    """
    if unit != "number":
        return np.asarray(values, dtype=np.int64)
    scaled = np.rint(values * float(SCALE))
    large = (np.abs(scaled) >= 2.0**50) & np.isfinite(scaled)
    scaled[large] = [float(nearest(value)) for value in values[large].tolist()]
    return np.asarray(scaled)


def plain(column: np.ndarray[Any, Any]) -> list[Value]:
    """A column in Python's integers, None for what is undefined, infinities as they are."""
    values = column.tolist()
    if column.dtype != np.float64:
        return list(values)
    return [None if math.isnan(value) else value if math.isinf(value) else int(value) for value in values]


def nearest(value: float) -> int | float:
    """A ratio in 1e-9; an infinity stays one. A float product could miss by one near 2^52."""
    return value if math.isinf(value) else round(Fraction(value) * SCALE)


def metric(value: Any, unit: str) -> int | float:
    """A metric in its unit; years and what is undefined stay floats."""
    number = float(value)
    if unit == "years" or math.isnan(number):
        return number
    return nearest(number) if unit == "number" else int(value)


def line(document: Mapping[str, Any], steps: Mapping[str, Sequence[Mapping[str, Any]]], row: LedgerRow) -> Line:
    """A row of the ledger with its verb, and a note by its own name whichever part of it is paid."""
    waterfall, position = row["waterfall"], row["position"]
    amounts = (int(row["requested"]), int(row["available"]), int(row["amount"]))
    target, _, part = row["to"].partition(".")
    step = steps[waterfall][position]
    verb = verb_of(step)
    if verb == "pay":
        verb = short_form(document, step["pay"]["dues"], target, part)
    elif verb in ("prepay", "refinance"):
        verb = "fund_note" if target in document["accounts"] else "pay_premium" if part == "premium" else "prepay"
    elif verb == "distribute" and target not in document.get("equity", {}):
        verb = "transfer" if target in document.get("accounts", {}) else "sweep"
    return Line(row["period"], waterfall, position, verb, row["from"], target, *amounts)


def short_form(document: Mapping[str, Any], dues: Sequence[str], target: str, part: str) -> str:
    """The verb that is the short form of a `pay` step's due, by which the laws know what a line pays."""
    if target in document.get("facilities", {}):
        return {"interest": "pay_facility_interest", "fee": "pay_facility_fee", "drawn": "repay_facility"}[part]
    if target in document.get("swaps", {}):
        return "pay_termination" if part == "termination" else "settle_swap"
    if part in ("premium", "additional_interest"):
        return "pay_premium_due" if part == "premium" else "pay_additional_interest"
    if part == "interest":
        return "pay_interest"
    if part == "principal":
        return "sweep" if f"{target}.balance" in dues else "pay_principal"
    if part == "excess" or (f"{target}.excess_due" in dues and f"{target}.due" not in dues):
        return "pay_excess"
    tables = {"fees": "pay_fee", "cashflows": "pay_cost", "taxes": "pay_tax"}
    return next(verb for name, verb in tables.items() if target in document.get(name, {}))
