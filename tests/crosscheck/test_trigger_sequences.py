"""All up/down paths of length 10 through a test's state machine, against one written here for this purpose alone.

A path is a row of readings: below the level, between level and cure level, at or above the cure level, or undefined.
Of ups and downs all 2^10 are run, one to a scenario; with undefined readings and readings between the levels all 4^5.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pytest

import cashfall as cf

LENGTH = 10
LEVEL, CURE_LEVEL = 1.35, 1.5
# What the measure's two inputs hold for each reading: the ratio and the denominator.
READINGS = {"down": (1.349999999, 1.0), "between": (1.35, 1.0), "up": (1.5, 1.0), "undefined": (1.0, 0.0)}


class Rule(NamedTuple):
    """What is varied of a test."""

    enter_after: int = 1
    cure_after: int = 1
    sticky: bool = False
    has_cure_level: bool = False
    when_undefined: str = "hold"


class Machine:
    """The state machine in words: a streak of readings against the present state turns it over."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.failing = False
        self.streak = 0

    def read(self, reading: str) -> bool:
        verdict = self.verdict(reading)
        if verdict is not None:
            against = verdict == self.failing and not (self.failing and self.rule.sticky)
            self.streak = self.streak + 1 if against else 0
            needed = self.rule.cure_after if self.failing else self.rule.enter_after
            if self.streak == needed:
                self.failing, self.streak = not self.failing, 0
        return self.failing

    def verdict(self, reading: str) -> bool | None:
        """Whether the reading passes; nothing if it does not count."""
        if reading == "undefined":
            return {"pass": True, "fail": False, "hold": None}[self.rule.when_undefined]
        if reading == "between":
            return not (self.failing and self.rule.has_cure_level and not self.rule.sticky)
        return reading == "up"


def states(machine: Machine, path: Iterable[str]) -> list[bool]:
    """The state after each reading."""
    return [machine.read(reading) for reading in path]


RULES = [
    Rule(enter, cure, sticky, has_cure_level, undefined)
    for enter, cure in itertools.product((1, 2, 3), repeat=2)
    for sticky in (False, True)
    for has_cure_level in (False, True)
    for undefined in ("pass", "fail", "hold")
]


def document(n_dates: int) -> dict[str, Any]:
    """A deal that does nothing but run one test for each rule on each date."""
    months = [f"{2025 + month // 12}-{month % 12 + 1:02d}-15" for month in range(1, n_dates + 1)]
    ratio = {"numerator": "inputs.ratio * inputs.whole", "denominator": "inputs.whole"}
    tests = {
        f"test_{index}": {
            "measure": {"ratio": ratio},
            "level": LEVEL,
            **({"cure_level": CURE_LEVEL} if rule.has_cure_level else {}),
            "enter_after": rule.enter_after,
            "cure_after": rule.cure_after,
            "sticky": rule.sticky,
            "when_undefined": rule.when_undefined,
            "dates": "monthly",
        }
        for index, rule in enumerate(RULES)
    }
    return {
        "deal": {"name": "triggers", "currency": "USD", "closing_date": "2025-01-15", "waterfall_dates": "monthly"},
        "schedules": {"monthly": {"dates": months}},
        "inputs": {name: {"unit": "number", "default": 1} for name in ("ratio", "whole")},
        "accounts": {"cash": {}},
        "tests": tests,
        "waterfalls": {"collection": [{"run_tests": {"tests": list(tests)}}], "normal": []},
    }


def check(paths: list[tuple[str, ...]]) -> None:
    """Run all rules over all paths in one batch and walk each through the machine."""
    n_dates = len(paths[0])
    inputs = np.array([[READINGS[reading] for reading in path] for path in paths])
    record = [f"test_{index}.failing" for index in range(len(RULES))]
    plan = cf.Deal.from_dict(document(n_dates)).compile()
    result = plan.run({"ratio": inputs[:, :, 0].T, "whole": inputs[:, :, 1].T}, record=record)
    for index, rule in enumerate(RULES):
        found = np.asarray(result[f"test_{index}.failing"]).T.astype(bool)
        expected = np.empty_like(found)
        for scenario, path in enumerate(paths):
            expected[scenario] = states(Machine(rule), path)
        wrong = np.argwhere((found != expected).any(axis=1)).ravel()
        assert not wrong.size, (rule, paths[wrong[0]], found[wrong[0]], expected[wrong[0]])
        assert (result.metrics[f"test_{index}.n_breach_dates"] == expected.sum(axis=1)).all()
        first = np.where(expected.any(axis=1), expected.argmax(axis=1), -1)
        assert (result.metrics[f"test_{index}.first_breach_index"] == first).all()


def test_all_paths_of_ups_and_downs() -> None:
    paths = list(itertools.product(("up", "down"), repeat=LENGTH))
    assert len(paths) == 1024
    check(paths)


def test_all_short_paths_of_all_readings() -> None:
    check(list(itertools.product(READINGS, repeat=5)))


@pytest.mark.parametrize("fault", ["no reset", "sticky cures", "undefined counts"])
def test_the_machine_tells_faults_apart(fault: str) -> None:
    """The check is not empty: machines with a fault differ from the right one on some path."""

    class Faulty(Machine):
        def read(self, reading: str) -> bool:
            if fault == "no reset" and self.verdict(reading) is not self.failing:
                return self.failing
            if fault == "sticky cures":
                self.rule = self.rule._replace(sticky=False)
            if fault == "undefined counts" and reading == "undefined":
                reading = "down"
            return super().read(reading)

    rule = Rule(enter_after=2, sticky=True, when_undefined="hold")
    paths = itertools.product(READINGS, repeat=5)
    assert any(states(Machine(rule), path) != states(Faulty(rule), path) for path in paths)
