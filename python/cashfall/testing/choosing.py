"""How generated deals make their choices: from a seed, or drawn by Hypothesis, through the same few questions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class Chooser(Protocol):
    """A source of choices. Each question names its simplest answer first, so that what Hypothesis draws shrinks to
    it.
    """

    def integer(self, low: int, high: int) -> int:
        """An integer of the closed range; the simplest is `low`."""
        ...

    def choice(self, options: Sequence[T]) -> T:
        """One of the options; the simplest is the first."""
        ...

    def flag(self, percent: int = 50) -> bool:
        """True in about `percent` of cases; the simplest is False."""
        ...


class SeededChooser:
    """Choices from `random.Random`: fast, and the same for the same seed."""

    def __init__(self, seed: int | str) -> None:
        self.random = random.Random(seed)

    def integer(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def choice(self, options: Sequence[T]) -> T:
        return options[self.random.randrange(len(options))]

    def flag(self, percent: int = 50) -> bool:
        return self.random.randrange(100) >= 100 - percent


def some(chooser: Chooser, options: Sequence[T], least: int = 1) -> list[T]:
    """A subset in the options' order, of at least `least`."""
    return [option for index, option in enumerate(options) if index < least or chooser.flag()]
