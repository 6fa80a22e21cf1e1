"""The types that Hypothesis can draw, without importing the strategies before they are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cashfall.deal import Deal
from cashfall.plan import Plan

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Have `st.from_type` know deals and plans."""
    from hypothesis import strategies as st

    st.register_type_strategy(Deal, _deals)
    st.register_type_strategy(Plan, _plans)


def _deals(_: type[Deal]) -> SearchStrategy[Deal]:
    from cashfall.testing import strategies

    return strategies.deals()


def _plans(_: type[Plan]) -> SearchStrategy[Plan]:
    from cashfall.testing import strategies

    return strategies.plans()
