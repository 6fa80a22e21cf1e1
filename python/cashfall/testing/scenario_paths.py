"""Input paths for generated deals: as floats at the door, and as the integers they are rounded to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .choosing import Chooser, SeededChooser
from .reference import Reference, quantise

Paths = dict[str, list[float]]


def generate_scenarios(
    deal: Mapping[str, Any], n: int, seed: int | str = 0, reference: Reference | None = None
) -> list[Paths]:
    """`n` scenarios from a seed: for every input one float per grid date, in currency units or as a number.

    Give the deal's `reference` where there is one, and it is not made again.
    """
    reference = reference or Reference(deal)
    chooser = SeededChooser(seed)
    return [build_paths(chooser, reference) for _ in range(n)]


def build_paths(chooser: Chooser, reference: Reference) -> Paths:
    """One scenario; a path is at its default, constant, wandering, full of zeros, ties, or extreme."""
    return {name: build_path(chooser, reference, name) for name in reference.plan.inputs}


def build_path(chooser: Chooser, reference: Reference, name: str) -> list[float]:
    """One input's path within the range it declares."""
    plan = reference.plan
    scale = plan.input_scale(name)
    usual = [value / scale for value in plan.default_path(name)]
    low, high = (bound / scale for bound in plan.bounds(name))
    kind = chooser.integer(0, 12)
    if kind == 0:
        path = usual
    elif kind == 1:
        factor = chooser.choice([1.0, 0.0, 0.5, 0.9, 1.1])
        path = [value * factor for value in usual]
    elif kind == 2:
        path = [value * chooser.integer(0, 1) for value in usual]
    elif kind == 3:
        path = [tie(value, chooser) for value in usual]
    elif kind == 4:
        path = [chooser.choice([value, value, low, value * 50, high if chooser.flag(20) else value]) for value in usual]
    elif kind == 5:
        path = [high if chooser.flag(30) else value for value in usual]
    else:
        path = wander(chooser, usual, 60 if kind < 9 else 25)
    return [min(max(value, low), high) for value in path]


def tie(value: float, chooser: Chooser) -> float:
    """A multiple of 1/8 near the value: 12.5 cents are a tie, exactly."""
    return (int(value * 8) + chooser.integer(0, 7)) / 8


def wander(chooser: Chooser, usual: list[float], percent: int) -> list[float]:
    """The default times a factor that drifts by some percent around one."""
    factor, path = 1.0, []
    for value in usual:
        factor = factor * 0.6 + 0.4 + chooser.integer(-percent * 1000, percent * 1000) / 100_000
        path.append(value * max(0.0, factor))
    return path


def in_units(deal: Mapping[str, Any], paths: Paths) -> dict[str, list[int]]:
    """The integers of a scenario, each float rounded half away from zero: what the reference takes."""
    inputs, decimals = deal.get("inputs", {}), int(deal["deal"].get("decimals", 2))
    scales = {name: 10**decimals if inputs[name]["unit"] == "amount" else 10**9 for name in paths}
    return {name: [quantise(value, scales[name]) for value in path] for name, path in paths.items()}
