"""Planted bugs in groups of notes: a law catches each, or the rule.

A mutant replaces one rule of the reference. Beside it stands the law that must fail, or `RULE`: then some flow or
metric must differ from the unchanged reference, as it would from the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from cashfall.testing import laws
from cashfall.testing.generated import generate
from cashfall.testing.reference import Outcome, Reference, groups
from cashfall.testing.scenario_paths import generate_scenarios, in_units

N_SEEDS = 300
RULE = "the rule itself"
Patch = Callable[[pytest.MonkeyPatch], None]
USED = ("'groups'",)
"""What deals say that use one of these rules."""


@dataclass(frozen=True)
class Case:
    """A deal and a scenario of it, with what the unchanged reference gives."""

    deal: dict[str, Any]
    inputs: dict[str, list[int]]
    expected: Outcome


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    found = []
    for seed in range(N_SEEDS):
        deal = generate(seed)
        if any(word in str(deal) for word in USED):
            inputs = in_units(deal, generate_scenarios(deal, 1, seed)[0])
            found.append(Case(deal, inputs, Reference(deal).run(inputs)))
    return found


def rule(module: Any, name: str, mutant: Callable[..., Any]) -> Patch:
    """Put a mutant, which takes the rule itself first, in the place of a rule."""
    original = getattr(module, name)
    return lambda patch: patch.setattr(module, name, lambda *arguments: mutant(original, *arguments))


# groups


def without_the_last(original: Any, plan: Any, name: str, quantity: str) -> list[str]:
    found = list(original(plan, name, quantity))
    return found[:-1] if len(found) > 1 else found


def backwards(original: Any, lists: groups.Lists, node: Any, key: str) -> Any:
    if isinstance(node, list) and key == "notes":
        members = {name: notes[::-1] for name, notes in lists.members.items()}
        return original(groups.Lists(members, lists.with_premium, lists.with_additional), node, key)
    return original(lists, node, key)


def largest_apart(original: Any, scenario: Any, flows: Mapping[str, Any]) -> Mapping[str, Any]:
    found = dict(original(scenario, flows))
    for name, notes in groups.members_of(scenario.plan).items():
        for part in groups.SHORTFALLS:
            found[f"{name}.{part}"] = sum(max(flows[f"{note}.{part}"]) for note in notes)
    return found


def lost_without_interest(original: Any, scenario: Any, flows: Mapping[str, Any]) -> Mapping[str, Any]:
    losses = {f"{name}.loss": scenario.value(f"{name}.balance") for name in groups.members_of(scenario.plan)}
    return {**original(scenario, flows), **losses}


MUTANTS: dict[str, tuple[Patch, Callable[[laws.Run], None] | str]] = {
    "a group without its last note": (rule(groups, "holders", without_the_last), laws.groups_add_up),
    "the notes of a group backwards": (rule(groups.Lists, "of", backwards), RULE),
    "the largest shortfalls of a group's notes": (rule(groups, "metrics", largest_apart), RULE),
    "a group loses no interest": (rule(groups, "metrics", lost_without_interest), RULE),
}


def is_caught(case: Case, law: Callable[[laws.Run], None] | str) -> bool:
    """Whether the mutant shows in a case."""
    found = Reference(case.deal).run(case.inputs)
    if law is RULE:
        return found.flows != case.expected.flows or repr(found.metrics) != repr(case.expected.metrics)
    if found.outcome != "ok":
        return False
    assert callable(law)
    try:
        law(found)
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_caught(mutant: str, cases: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    patch, law = MUTANTS[mutant]
    patch(monkeypatch)
    assert any(is_caught(case, law) for case in cases), f"nothing noticed: {mutant}"


def test_nothing_is_caught_without_a_mutant(cases: list[Case]) -> None:
    for case in cases:
        for law in {law for _, law in MUTANTS.values()}:
            assert not is_caught(case, law)
