"""Generated deals exercise all that the schema declares; verbs, limits, measures, effects move cash in every status.

What they do not is listed with its reason, and the list may not say more than is true. The measure itself:
`python -m cashfall.testing.declared_coverage`.
"""

from __future__ import annotations

import itertools

from cashfall.testing.declared_coverage import SEVERAL, Exercised, Schema, measure

N_DEALS = 2_500
"""At most so many deals are tried; fewer once all is exercised."""

UNCOVERED = {
    "Terms.seniority": "says what the kit's law of seniority holds a deal to; no figure reads it",
    "EquityCure.apply=deposit": "what differs is cash that stays deemed, and a deposit refuses `stays_dates`",
    "Target.view": "says in the document what forward_sum looks at; validation reads it, no figure does",
    "Target.view=scheduled": "as above",
    "ResidualRanking.pro_rata": "what holds where nothing is said; `issuer_first`, its only other, is exercised",
    "SetReserve.view": "as above",
    "SetReserve.view=scheduled": "as above",
}
"""Elements that no generated deal exercises, and why."""

RECORDS_ONLY = ("Step.inspect",)
"""What moves no cash by what it is; that it is exercised at all is asked of it."""

IN_EVERY_STATUS = ("Step.", "Limit.", "Support.", "SupportSource.", "Measure.", "Effect.")
STATUSES = ("normal", "lock_up", "acceleration")
DECLARED = Schema().declared()


def missing(exercised: Exercised) -> list[str]:
    """What is declared and too few deals exercise."""
    return [name for name in DECLARED if exercised.by_element[name] < SEVERAL and name not in UNCOVERED]


def missing_in_a_status(exercised: Exercised) -> list[tuple[str, str]]:
    """What moves cash in a status in no deal."""
    left_out = (*UNCOVERED, *RECORDS_ONLY)
    wanted = [name for name in DECLARED if name.startswith(IN_EVERY_STATUS) and name not in left_out]
    return [(name, status) for name in wanted for status in STATUSES if exercised.by_status[name, status] < 1]


def wanted(exercised: Exercised) -> set[tuple[str, str]]:
    """What is missing still; what is listed as uncovered is tried along with it."""
    found = {*itertools.product(missing(exercised), STATUSES), *missing_in_a_status(exercised)}
    return found | set(itertools.product(UNCOVERED, STATUSES)) if found else set()


def test_all_that_is_declared_is_exercised_and_payments_in_every_status() -> None:
    """One test: the measure is long, and processes that share the tests would each take it."""
    exercised = measure(N_DEALS, wanted=wanted)
    assert missing(exercised) == []
    assert missing_in_a_status(exercised) == []
    assert set(DECLARED) >= UNCOVERED.keys()
    assert [name for name in UNCOVERED if exercised.by_element[name] >= SEVERAL] == []
