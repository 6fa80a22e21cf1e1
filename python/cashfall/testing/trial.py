"""A deal put on trial: generated scenarios in batches, every law that applies, and the smallest scenario of what fails.

It is what the pytest plugin runs, and needs neither pytest nor Hypothesis.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from cashfall.errors import ArgumentError
from cashfall.plan import Plan

from . import engine, lawbook, laws, relations
from .breach import LawError
from .choosing import SeededChooser
from .plan_scenarios import Scenario, arrays, as_code, describe, draw_scenario, smallest
from .seniority import presumed

BATCH = 50
RELATIONS_EVERY = 20  # a relation runs a scenario several times, so it is tried on one in twenty
MOST_LINES = 12

PRESUMED = "  If that is not meant, state `seniority` in [deal], or pass --cashfall-seniority."

OneRun = Callable[[laws.Run], None]


@dataclass(frozen=True)
class Failure:
    """A law that does not hold: on which of the examples it was seen first, and the smallest scenario that shows it."""

    error: LawError
    example: int
    scenario: Scenario
    ledger: Sequence[engine.Line]


class Trial:
    """A plan, its examples, and what was found; the laws are checked when the first of them is asked for."""

    def __init__(
        self, plan: Plan, n_examples: int = 200, seed: int = 0, seniority: Sequence[Sequence[str]] | None = None
    ) -> None:
        self.plan = plan
        self.own_document = engine.document_of(plan.deal)
        self.document, self.is_presumed = with_seniority(plan, seniority)
        self.n_examples = n_examples if plan.inputs else 1
        self.seed = seed
        self.laws = {law.__name__: law for law in lawbook.applicable(self.document)}
        self.relations = {relation.name: relation for relation in relations.applicable(self.document)}

    def names(self) -> list[str]:
        """The laws that apply, of one run and of two."""
        return [*self.laws, *self.relations]

    def failure(self, name: str) -> Failure | None:
        """What was found about a law, None if it holds for every example."""
        return self.failures.get(name)

    @cached_property
    def failures(self) -> dict[str, Failure]:
        """What was found, by law."""
        return dict(self.find_failures())

    def examples(self) -> list[Scenario]:
        """The base case first, then as many generated scenarios as are asked for."""
        chooser = SeededChooser(self.seed)
        return [(), *(draw_scenario(chooser, self.plan) for _ in range(self.n_examples - 1))]

    def find_failures(self) -> Iterator[tuple[str, Failure]]:
        """The first example that breaks each law, made smaller."""
        examples, left = self.examples(), dict(self.laws)
        for start in range(0, len(examples), BATCH):
            for offset, run in enumerate(self.runs(examples[start : start + BATCH])):
                for name in [name for name, law in left.items() if breaks(law, run)]:
                    yield name, self.smallest_of_law(left.pop(name), start + offset, examples[start + offset])
        runner = engine.runner_of(self.plan)
        for relation in self.relations.values():
            for example in range(0, len(examples), RELATIONS_EVERY):
                if self.breaks_relation(relation, runner, examples[example], example):
                    yield relation.name, self.smallest_of_relation(relation, runner, example, examples[example])
                    break

    def runs(self, scenarios: Sequence[Scenario]) -> Iterator[engine.EngineRun]:
        """Scenarios run in one batch, as the laws see them."""
        result = self.plan.run(arrays(self.plan, scenarios), record="*", unit="cents", threads=1)
        for run in engine.views(result, range(len(scenarios))):
            yield replace(run, document=self.document)

    def smallest_of_law(self, law: OneRun, example: int, scenario: Scenario) -> Failure:
        """The smallest scenario that breaks a law, and how."""
        found = smallest(self.plan, scenario, lambda candidate: breaks(law, next(self.runs([candidate]))))
        run = next(self.runs([found]))
        try:
            lawbook.check_law(law, run)
        except LawError as error:
            return Failure(error, example, found, lines_on(run, error.date))
        raise AssertionError(f"{law.__name__} does not repeat")

    def smallest_of_relation(
        self, relation: relations.Relation, runner: relations.Runner, example: int, scenario: Scenario
    ) -> Failure:
        """The smallest scenario that breaks a relation, and how."""
        found = smallest(
            self.plan,
            scenario,
            lambda candidate: self.breaks_relation(relation, runner, candidate, example) is not None,
        )
        error = self.breaks_relation(relation, runner, found, example)
        assert error is not None, f"{relation.name} does not repeat"
        return Failure(error, example, found, [])

    def breaks_relation(
        self, relation: relations.Relation, runner: relations.Runner, scenario: Scenario, example: int
    ) -> LawError | None:
        """How a scenario breaks a relation, if it does."""
        (paths,) = engine.scenarios_in_units(self.plan, arrays(self.plan, [scenario])) or [{}]
        try:
            relations.check_relation(relation, runner, self.own_document, paths, example)
        except LawError as error:
            return LawError(error.law, None, error.breach)
        return None

    def report(self, name: str, deal: str) -> str:
        """What a reader needs to know about a law that fails: the law, the place, the smallest scenario, the code."""
        failure = self.failure(name)
        assert failure is not None, f"{name} holds"
        law = self.laws[name] if name in self.laws else self.relations[name].law
        breach = failure.error.breach
        lines = [f"{name} does not hold for {deal}", "", f"  {lawbook.statement(law)}", ""]
        lines += [f"  date      {breach.date}"] if breach.date else []
        lines += [f"  what      {breach.what}", f"  expected  {breach.expected}", f"  found     {breach.found}"]
        lines += ["  (money in minor units, ratios in 1e-9)", ""]
        if self.is_presumed and name == "senior_before_junior":
            ranks = ", ".join("=".join(names) for names in self.document["deal"]["seniority"])
            lines += [f"  The deal states no seniority, so the order of its notes was taken: {ranks}.", PRESUMED, ""]
        lines += [f"  smallest scenario (from example {failure.example} of {self.n_examples}, seed {self.seed}):"]
        lines += [f"    {line}" for line in describe(self.plan, failure.scenario)]
        if failure.ledger:
            shown = [line for line in failure.ledger if line.requested][:MOST_LINES]
            lines += ["", "  the ledger of the date:", *(f"    {written(line)}" for line in shown)]
        lines += ["", "  to see it again:", f"    plan = cashfall.load({json.dumps(deal)}).compile()"]
        return "\n".join([*lines, *(f"    {line}" for line in as_code(self.plan, failure.scenario))])


def with_seniority(plan: Plan, given: Sequence[Sequence[str]] | None) -> tuple[dict[str, Any], bool]:
    """The document with a seniority: the given one, else its own, else one presumed; and whether it is presumed."""
    document = engine.document_of(plan.deal)
    payees = [name for table in ("notes", "fees", "equity") for name in document.get(table, {})]
    for name in [name for names in given or [] for name in names if name not in payees]:
        raise ArgumentError(f"--cashfall-seniority: expected a note, a fee or equity of the deal, found {name!r}")
    own = document["deal"].get("seniority")
    ranks = given or own or presumed(document, plan._core.notes())
    terms = {**document["deal"], "seniority": [list(names) for names in ranks]}
    return {**document, "deal": terms}, given is None and own is None and len(ranks) > 1


def breaks(law: OneRun, run: laws.Run) -> bool:
    """Whether a law does not hold for a run; a run that went wrong has nothing left to check."""
    if run.outcome != "ok":
        return False
    try:
        lawbook.check_law(law, run)
    except LawError:
        return True
    return False


def lines_on(run: engine.EngineRun, date: dt.date | None) -> list[engine.Line]:
    """The ledger of a date."""
    return [line for line in run.ledger if run.dates[line.index] == date]


def written(line: engine.Line) -> str:
    """A line of the ledger to read."""
    place = f"{line.waterfall}[{line.position}] {line.verb}"
    return f"{place}: {line.source} to {line.target}: asked {line.requested} of {line.available}, got {line.amount}"
