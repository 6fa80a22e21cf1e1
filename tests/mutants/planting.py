"""What the files of planted bugs share: generated deals with their sound outcome, and how a mutant of a rule shows.

A mutant replaces one rule of the reference. Beside it stands the law that must fail, or `RULE`: then the outcome must
differ from that of the unchanged reference, as it would from the engine's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from cashfall.testing import laws
from cashfall.testing.generated import generate
from cashfall.testing.reference import Outcome, Reference, steps
from cashfall.testing.scenario_paths import Paths, generate_scenarios, in_units

RULE = "the rule itself"
Law = Callable[[laws.Run], None]
Patch = Callable[[pytest.MonkeyPatch], None]
Mutants = Mapping[str, tuple[Patch, Law | str]]

SOUND: dict[tuple[str, str], Patch] = {}
"""Puts back each rule that some mutant replaces."""


@dataclass(frozen=True)
class Case:
    """A deal and a scenario of it, with what the unchanged reference gives."""

    deal: dict[str, Any]
    inputs: dict[str, list[int]]
    expected: Outcome


@contextmanager
def without_mutants() -> Iterator[None]:
    """Every rule is itself, whatever is replaced just now."""
    with pytest.MonkeyPatch.context() as patch:
        for put_back in SOUND.values():
            put_back(patch)
        yield


def made(deal: dict[str, Any], paths: Paths) -> Case:
    """A case made by hand."""
    with without_mutants():
        inputs = in_units(deal, paths)
        return Case(deal, inputs, Reference(deal).run(inputs))


@cache
def generated(seed: int) -> dict[str, Any]:
    """The deal of a seed."""
    with without_mutants():
        return generate(seed)


@cache
def sound(seed: int) -> Case:
    """The case of a seed."""
    deal = generated(seed)
    with without_mutants():
        paths = generate_scenarios(deal, 1, seed)[0]
    return made(deal, paths)


def using(words: Iterable[str], seeds: Iterable[int]) -> Iterator[Case]:
    """The cases of the deals that say one of these words."""
    for seed in seeds:
        written = str(generated(seed))
        if any(word in written for word in words):
            yield sound(seed)


def replaced(module: Any, name: str, mutant: Any) -> Patch:
    """Put a mutant in the place of a rule."""
    original = getattr(module, name)
    SOUND[repr(module), name] = lambda patch: patch.setattr(module, name, original)
    return lambda patch: patch.setattr(module, name, mutant)


def rule(module: Any, name: str, mutant: Callable[..., Any]) -> Patch:
    """Put a mutant, which takes the rule itself first, in the place of a rule."""
    original = getattr(module, name)
    return replaced(module, name, lambda *arguments: mutant(original, *arguments))


def action(verb: str, mutant: Callable[..., None]) -> Patch:
    """Put a mutant, which takes the action itself first, in the place of what a verb does."""
    original = steps.ACTIONS[verb]
    SOUND["a verb", verb] = lambda patch: patch.setitem(steps.ACTIONS, verb, original)
    return lambda patch: patch.setitem(steps.ACTIONS, verb, lambda *arguments: mutant(original, *arguments))


def differs(case: Case) -> bool:
    """Whether the reference, as it is now, gives another outcome."""
    found, sound = Reference(case.deal).run(case.inputs), case.expected
    return found.outcome != sound.outcome or found.flows != sound.flows or repr(found.metrics) != repr(sound.metrics)


def breaks(outcome: Outcome, law: Law) -> bool:
    """Whether an outcome breaks a law."""
    try:
        if outcome.outcome == "ok":
            law(outcome)
    except AssertionError:
        return True
    return False


def is_caught(case: Case, law: Law | str) -> bool:
    """Whether a mutant shows in a case, by its law or by the rule."""
    return differs(case) if isinstance(law, str) else breaks(Reference(case.deal).run(case.inputs), law)


def broken_by_sound_runs(cases: Iterable[Case], mutants: Mutants) -> Iterator[str]:
    """The laws beside the mutants that fail without any: none should."""
    named = {law for _, law in mutants.values() if not isinstance(law, str)}
    for case in cases:
        yield from (law.__name__ for law in named if breaks(case.expected, law))
