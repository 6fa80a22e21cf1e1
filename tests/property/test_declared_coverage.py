"""Generated deals exercise all that the schema declares, and verbs, limits, measures and effects in every status.

What they do not is listed with its reason, and the list may not say more than is true. The measure itself:
`python -m cashfall.testing.declared_coverage`.
"""

from __future__ import annotations

from collections import Counter

import pytest

from cashfall.testing.declared_coverage import SEVERAL, Schema, measure

N_DEALS = 2_500
"""At most so many deals are tried; fewer once all is exercised."""

UNCOVERED = {
    "Terms.seniority": "says what the kit's law of seniority holds a deal to; no figure reads it",
    "EquityCure.apply=deposit": "what differs is cash that stays deemed, and a deposit refuses `stays_dates`",
    "Target.view": "says in the document what forward_sum looks at; validation reads it, no figure does",
    "Target.view=scheduled": "as above",
    "SetReserve.view": "as above",
    "SetReserve.view=scheduled": "as above",
}
"""Elements that no generated deal exercises, and why."""

IN_EVERY_STATUS = ("Step.", "Limit.", "Support.", "SupportSource.", "Measure.", "Effect.")
STATUSES = ("normal", "lock_up", "acceleration")


ByStatus, ByElement = Counter[tuple[str, str]], Counter[str]


def missing(by_element: ByElement) -> list[str]:
    """What is declared and too few deals exercise."""
    return [name for name in Schema().declared() if by_element[name] < SEVERAL and name not in UNCOVERED]


def missing_in_a_status(by_status: ByStatus) -> list[tuple[str, str]]:
    """What no deal exercises in a status."""
    wanted = [name for name in Schema().declared() if name.startswith(IN_EVERY_STATUS) and name not in UNCOVERED]
    return [(name, status) for name in wanted for status in STATUSES if by_status[name, status] < 1]


@pytest.fixture(scope="module")
def measured() -> tuple[ByStatus, ByElement]:
    return measure(
        N_DEALS, done=lambda by_status, by_element: not missing(by_element) and not missing_in_a_status(by_status)
    )


def test_everything_declared_is_exercised(measured: tuple[ByStatus, ByElement]) -> None:
    _, by_element = measured
    assert missing(by_element) == []


def test_what_is_listed_as_uncovered_is(measured: tuple[ByStatus, ByElement]) -> None:
    _, by_element = measured
    assert UNCOVERED.keys() <= set(Schema().declared())
    assert [name for name in UNCOVERED if by_element[name] >= SEVERAL] == []


def test_the_language_of_payments_is_exercised_in_every_status(measured: tuple[ByStatus, ByElement]) -> None:
    by_status, _ = measured
    assert missing_in_a_status(by_status) == []
