"""Planted bugs in waivers, inspections and the steps that take the status: some generated deal shows each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cashfall.testing.reference import InvalidDeal, going, inspections, tests, waivers
from cashfall.testing.reference.document import leaf_waterfalls
from planting import Case, differs, generated, rule, sound

N_SEEDS = 300


def cases() -> Iterator[Case]:
    """Deals that waive, inspect, set the status or test inside a waterfall."""
    for seed in range(N_SEEDS):
        written = leaf_waterfalls(generated(seed)).items()
        inside = [step for name, steps in written for step in steps if name != "collection"]
        verbs = {verb for _, steps in written for step in steps for verb in step}
        if verbs & {"waive", "inspect", "set_status"} or any("run_tests" in step for step in inside):
            yield sound(seed)


def ends_at_once(original: Any, plan: Any, terms: Any, test: str, index: int) -> int:
    return min(int(original(plan, terms, test, index)), index + 1)


def one_date_long(original: Any, plan: Any, terms: Any, test: str, index: int) -> int:
    return int(original(plan, {key: value for key, value in terms.items() if key != "n_dates"}, test, index))


def last_waiver_counts(original: Any, scenario: Any, terms: Any) -> None:
    scenario.waived_until |= dict.fromkeys(terms["tests"], 0)
    original(scenario, terms)


def read_at_every_step(original: Any, scenario: Any, *rest: Any) -> None:
    scenario.read_today = set()
    original(scenario, *rest)


def first_inspection_counts(original: Any, scenario: Any, name: str, value: int) -> None:
    if not scenario.values[f"inspect.{name}"]:
        original(scenario, name, value)


MUTANTS = {
    "a waiver ends with its date": rule(waivers, "end_of", ends_at_once),
    "a waiver of one date": rule(waivers, "end_of", one_date_long),
    "the last waiver counts": rule(waivers, "waive", last_waiver_counts),
    "a waiver does nothing": rule(waivers, "is_waived", lambda original, scenario, test: False),
    "a waiver that never ends": rule(
        waivers, "is_waived", lambda original, scenario, test: scenario.waived_until[test] > 0
    ),
    "a waived test is not read": rule(
        tests,
        "run_test",
        lambda original, s, test, r: None if waivers.is_waived(s, test.name) else original(s, test, r),
    ),
    "`now` waits": rule(going, "leave_now", lambda original, scenario: None),
    "a test is read at every step": rule(tests, "run_tests", read_at_every_step),
    "the first inspection of a date counts": rule(inspections, "inspect", first_inspection_counts),
    "an inspection stays": rule(inspections, "start_of_date", lambda original, scenario: None),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_some_deal_shows_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[name](monkeypatch)
    assert any(map(shows, cases()))


def shows(case: Case) -> bool:
    """Whether the reference as it is now gives another outcome, or none."""
    try:
        return differs(case)
    except (InvalidDeal, AssertionError, KeyError):
        return True
