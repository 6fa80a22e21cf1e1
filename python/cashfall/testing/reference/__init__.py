"""The exact reference: the rule book in plain integers and fractions, standard library only, sharing no code with the
engine.

It is written to be audited, one rule to a function, each quoting the rule book, one module to a chapter: `collateral`,
`accounts`, `fees`, `notes` (schedules in `sizing`, rates in `coupons`), `ledgers`, `taxes`, `tests` and `steps`, over
`numbers`, `dates` and `formulas`. `plan` has what is known before any scenario, `scenario` the state of one, `outcome`
what it records. It takes a document to be valid; what it relies upon and can cheaply see broken raises `InvalidDeal`.

    outcome = Reference(document).run({"rent_factor": [900_000_000] * 12})
    outcome.flows["senior.interest_paid"]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .document import load
from .numbers import SCALE, InvalidDeal, Overflow, ScenarioError, divide, mul_div, quantise
from .outcome import Outcome, Value, metrics, no_metrics, recorded_names, row
from .plan import Plan
from .scenario import Scenario
from .steps import Movement

__all__ = [
    "SCALE",
    "InvalidDeal",
    "Movement",
    "Outcome",
    "Reference",
    "ScenarioError",
    "Value",
    "divide",
    "mul_div",
    "quantise",
    "run",
]

Inputs = Mapping[str, Sequence[int] | int]


class Reference:
    """A deal sized and compiled once, to be run on many scenarios."""

    def __init__(self, document: str | Mapping[str, Any]) -> None:
        try:
            self.plan = Plan(load(document))
        except Overflow as error:
            raise InvalidDeal(f"what is known when the deal is compiled leaves the range: {error}") from error
        self.names = recorded_names(self.plan)

    def paths(self, inputs: Inputs | None) -> dict[str, list[int]]:
        """A value in units for every input and grid date; what is not given takes its default."""
        given = dict(inputs or {})
        unknown = given.keys() - self.plan.inputs.keys()
        if unknown:
            raise ScenarioError(f"unknown inputs: {sorted(unknown)}")
        paths = {}
        for name in self.plan.inputs:
            path = given[name] if name in given else self.plan.default_path(name)
            values = [path] * len(self.plan.grid) if isinstance(path, int) else list(path)
            low, high = self.plan.bounds(name)
            if len(values) != len(self.plan.grid) or not all(low <= value <= high for value in values):
                raise ScenarioError(f"inputs.{name}: expected {len(self.plan.grid)} values within {low} to {high}")
            paths[name] = values
        return paths

    def run(self, inputs: Inputs | None = None) -> Outcome:
        """Run one scenario; inputs are integers in their units, per grid date or one for all dates."""
        plan = self.plan
        scenario = Scenario(plan, self.paths(inputs))
        rows: list[list[Value]] = []
        outcome = "ok"
        for index in range(len(plan.grid)):
            try:
                scenario.run_date(index)
            except Overflow:
                outcome = "overflow"
                break
            if scenario.has_unsettled:
                outcome = "no_convergence"
                break
            rows.append(row(scenario, self.names))
        rows += [[0] * len(self.names) for _ in range(len(plan.grid) - len(rows))]
        flows = {name: list(column) for name, column in zip(self.names, zip(*rows, strict=True), strict=True)}
        if outcome == "ok":
            found, ledger = metrics(scenario, flows), scenario.ledger
        else:
            found = no_metrics(plan, flows, outcome)
            ledger = [movement for movement in scenario.ledger if movement.index < scenario.index]
        return Outcome(plan.document, plan.grid, flows, found, ledger, outcome)


def run(document: str | Mapping[str, Any], inputs: Inputs | None = None) -> Outcome:
    """Compile and run one scenario: `Reference(document).run(inputs)`."""
    return Reference(document).run(inputs)
