"""Hypothesis strategies: deals of the whole language, parts of them, and scenarios for generated deals and for yours.

    @given(strategies.scenarios_for(plan, n=20))
    def test_mine(inputs):
        laws.check(plan, plan.run(inputs))

    @given(strategies.deals_with_scenarios(2))
    def test_any(case): ...

What fails shrinks: a scenario towards the base case, a deal to one of which no object, step or key can be left out,
printed as TOML. `generate(seed)` and `generate_scenarios(deal, n, seed)` give the same family from a seed, for bulk
runs; `cashfall.testing.dropping.smallest_deal` makes such a deal small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import cashfall

try:
    from hypothesis import assume
    from hypothesis import strategies as st
except ModuleNotFoundError as error:
    raise cashfall.MissingExtraError(
        "cashfall.testing.strategies needs Hypothesis, which is not installed: pip install 'cashfall[testing]'"
    ) from error

from . import documents as printed
from .documents import Document, DrawnDeal, Part
from .dropping import dropped, is_valid
from .generated import build, generate
from .plan_scenarios import Change, Inputs, draw_change, without_covered
from .reference import Reference
from .scenario_paths import Paths, build_paths, generate_scenarios, in_units
from .toml_text import to_toml

__all__ = [
    "accounts",
    "cashflows",
    "contracts",
    "deals",
    "deals_with_scenarios",
    "documents",
    "equity",
    "fees",
    "generate",
    "generate_scenarios",
    "in_units",
    "inputs",
    "leases",
    "notes",
    "parts",
    "plans",
    "scenarios",
    "scenarios_for",
    "schedules",
    "steps",
    "tests",
    "to_toml",
]

T = TypeVar("T")


class DrawnChooser:
    """Choices drawn by Hypothesis; each shrinks to its simplest answer."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def integer(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def choice(self, options: Sequence[T]) -> T:
        return options[self.draw(st.integers(0, len(options) - 1))]

    def flag(self, percent: int = 50) -> bool:
        return self.draw(st.integers(0, 99)) >= 100 - percent


# deals


@st.composite
def documents(draw: st.DrawFn, plain: bool = False) -> Document:
    """Valid deal documents as dicts that print as TOML. A `plain` one has no limits, conditions or elaborate formulas.

    After a deal is made, what to leave out of it is drawn: rarely anything when generating, and as much as can be when
    shrinking.
    """
    document = build(DrawnChooser(draw), plain)
    return Document(dropped(document, lambda _: draw(DROPS)))


# The simplest is to drop. Whole numbers are drawn evenly, but for their ends now and then.
DROPS = st.integers(0, 199).map(lambda number: number == 0)


def deals(plain: bool = False) -> st.SearchStrategy[cashfall.Deal]:
    """Valid deals; a failing one is printed as TOML. See `documents`."""
    return drawn_deals(plain)


@st.composite
def drawn_deals(draw: st.DrawFn, plain: bool) -> cashfall.Deal:
    """See `deals`. What the engine cannot hold exactly (a fraction too fine for its range) is drawn again."""
    document = draw(documents(plain))
    assume(is_valid(document))
    return DrawnDeal.from_toml(to_toml(document), "drawn")


def plans(plain: bool = False) -> st.SearchStrategy[cashfall.Plan]:
    """Plans of valid deals."""
    return deals(plain).map(lambda deal: deal.compile())


# parts of deals


def parts(table: str) -> st.SearchStrategy[Part]:
    """Objects of one table of the document: dicts with `.name`, and `.document`, a deal in which they are valid.

    Raises
    ------
    ArgumentError
        For `waterfalls` and `blocks`, which hold lists: their steps are those of `steps`.
    """
    if table in ("waterfalls", "blocks"):
        raise cashfall.ArgumentError(f"expected a table of objects, found `{table}`; draw its steps with `steps()`")
    return documents().flatmap(lambda document: one_of_them(printed.objects(document, table)))


def one_of_them(found: list[Part]) -> st.SearchStrategy[Part]:
    """One of the parts of a document; a document that has none is drawn again."""
    return st.sampled_from(found) if found else st.nothing()


def schedules() -> st.SearchStrategy[Part]:
    """Single schedules; see `parts`."""
    return parts("schedules")


def inputs() -> st.SearchStrategy[Part]:
    """Single inputs; see `parts`."""
    return parts("inputs")


def leases() -> st.SearchStrategy[Part]:
    """Single leases; see `parts`."""
    return parts("leases")


def contracts() -> st.SearchStrategy[Part]:
    """Single compute contracts; see `parts`."""
    return parts("contracts")


def cashflows() -> st.SearchStrategy[Part]:
    """Single cashflows; see `parts`."""
    return parts("cashflows")


def accounts() -> st.SearchStrategy[Part]:
    """Single accounts; see `parts`."""
    return parts("accounts")


def fees() -> st.SearchStrategy[Part]:
    """Single fees; see `parts`."""
    return parts("fees")


def notes() -> st.SearchStrategy[Part]:
    """Single notes; see `parts`."""
    return parts("notes")


def equity() -> st.SearchStrategy[Part]:
    """Single owners; see `parts`."""
    return parts("equity")


def tests() -> st.SearchStrategy[Part]:
    """Single tests; see `parts`."""
    return parts("tests")


def steps() -> st.SearchStrategy[Part]:
    """Single waterfall steps, `.name` being their waterfall; see `parts`."""
    return documents().flatmap(lambda document: one_of_them(printed.steps(document)))


# scenarios


@st.composite
def scenarios(draw: st.DrawFn, deal: Mapping[str, Any], n: int = 1) -> list[Paths]:
    """`n` scenarios of a deal document: floats per input and grid date, within the inputs' ranges. See `in_units`."""
    reference = Reference(deal)
    return [build_paths(DrawnChooser(draw), reference) for _ in range(n)]


@st.composite
def changes(draw: st.DrawFn, plan: cashfall.Plan) -> Change:
    """One input at another value than its default for some dates."""
    return draw_change(DrawnChooser(draw), plan)


@st.composite
def scenarios_for(draw: st.DrawFn, plan: cashfall.Plan, n: int = 1) -> Inputs:
    """Scenarios for your plan, as `plan.run` takes them: arrays by input name, `(n_periods, n)`, within the ranges that
    the inputs declare. They shrink towards the base case, and print as what differs from it.
    """
    several = st.lists(changes(plan), max_size=6 if plan.inputs else 0)
    return Inputs(plan, [without_covered(draw(several)) for _ in range(n)])


@st.composite
def deals_with_scenarios(draw: st.DrawFn, n: int = 1) -> tuple[Document, list[Paths]]:
    """A deal document together with `n` scenarios for it."""
    document = draw(documents())
    return document, draw(scenarios(document, n))
