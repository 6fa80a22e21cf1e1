"""Strategies for single components: there is one for each kind of object that a deal can have."""

from __future__ import annotations

import typing

import pytest
from hypothesis import HealthCheck, Phase, given, settings

import cashfall as cf
from cashfall.document import Deal
from cashfall.testing import strategies
from cashfall.testing.documents import Part
from cashfall.testing.reference import Reference

ONCE = settings(
    deadline=None,
    max_examples=1,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def tables() -> list[str]:
    """The tables of a document that hold objects by name, as the schema has them; scenarios are stories about them."""
    hints = [(name, hint) for name, hint in typing.get_type_hints(Deal).items() if name != "scenarios"]
    return [name for name, hint in hints if typing.get_origin(hint) is dict and is_object(typing.get_args(hint)[1])]


def is_object(hint: object) -> bool:
    """A table of fields, or one of several such tables: neither a list of steps nor a number."""
    return typing.get_origin(hint) is not list and all(map(typing.is_typeddict, typing.get_args(hint) or [hint]))


BY_NAME = [table for table in tables() if hasattr(strategies, table)]
OTHERS = [table for table in tables() if table not in BY_NAME]


def test_the_tables_are_those_of_the_language() -> None:
    """Those that have a strategy of their own name are drawn in test_testing_kit.py, as are steps."""
    assert BY_NAME == [
        "schedules",
        "inputs",
        "leases",
        "contracts",
        "cashflows",
        "accounts",
        "fees",
        "notes",
        "equity",
        "tests",
    ]
    assert OTHERS == [
        "fleets",
        "borrowing_bases",
        "fee_caps",
        "groups",
        "ledgers",
        "taxes",
        "facilities",
        "swaps",
        "caps",
        "assets",
    ]


@pytest.mark.parametrize("table", OTHERS)
def test_parts_of_any_table_are_drawn_with_a_deal_around_them(table: str) -> None:
    drawn: list[Part] = []

    @ONCE
    @given(strategies.parts(table))
    def check(part: Part) -> None:
        drawn.append(part)
        assert part.table == table
        assert part.document[table][part.name] == part
        assert repr(part).startswith(f"[{table}"), "it prints as TOML"
        assert Reference(part.document).plan, "its deal is valid"

    check()
    assert drawn, "there is such a component"


@pytest.mark.parametrize("table", ["waterfalls", "blocks"])
def test_lists_of_steps_have_a_strategy_of_their_own(table: str) -> None:
    with pytest.raises(cf.ArgumentError, match=r"draw its steps with `steps\(\)`"):
        strategies.parts(table)
