"""Hypothesis strategies: valid deals of the whole language, and scenarios for them.

    @given(strategies.deals().flatmap(lambda deal: strategies.with_scenarios(deal)))
    def test_mine(case): ...

`generate(seed)` and `generate_scenarios(deal, n, seed)` give the same family from a seed, for bulk runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from .generated import Deal, build, generate
from .reference import Reference
from .scenario_paths import Paths, build_paths, generate_scenarios, in_units
from .toml_text import to_toml

__all__ = ["deals", "deals_with_scenarios", "generate", "generate_scenarios", "in_units", "scenarios", "to_toml"]

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


@st.composite
def deals(draw: st.DrawFn, plain: bool = False) -> Deal:
    """Valid deal documents; the simplest is one senior note, one lease, one test and a lock-up. See `generate` for
    `plain`.
    """
    return build(DrawnChooser(draw), plain)


@st.composite
def scenarios(draw: st.DrawFn, deal: Mapping[str, Any], n: int = 1) -> list[Paths]:
    """`n` scenarios of a deal: floats per input and grid date, within the inputs' ranges. See `in_units`."""
    reference = Reference(deal)
    return [build_paths(DrawnChooser(draw), reference) for _ in range(n)]


@st.composite
def deals_with_scenarios(draw: st.DrawFn, n: int = 1) -> tuple[Deal, list[Paths]]:
    """A deal together with `n` scenarios for it."""
    deal = draw(deals())
    return deal, draw(scenarios(deal, n))
