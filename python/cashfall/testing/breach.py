"""What a broken law says: a `Breach` is what its assert holds, a `LawError` what `laws.check` raises."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Breach:
    """Where a law does not hold: the date (None for the whole run), of what, what was expected and what was found.

    Money is in minor units, ratios in 1e-9, as in a `laws.Run`.
    """

    date: dt.date | None
    what: str
    expected: object
    found: object

    def __str__(self) -> str:
        place = f"{self.date}: " if self.date else ""
        return f"{place}{self.what}: expected {self.expected}, found {self.found}"


class LawError(AssertionError):
    """A law does not hold for a run.

    Attributes
    ----------
    law
        The law's name.
    scenario
        The scenario's column in the result; None for a run that is alone.
    date
        The date; None where the law speaks of the whole run.
    what
        The quantity, or the movement of cash.
    expected, found
        In minor units for money, 1e-9 for ratios.
    """

    def __init__(self, law: str, scenario: int | None, breach: Breach) -> None:
        self.law = law
        self.scenario = scenario
        self.breach = breach
        self.date = breach.date
        self.what = breach.what
        self.expected = breach.expected
        self.found = breach.found
        where = "" if scenario is None else f" in scenario {scenario}"
        super().__init__(f"{law} does not hold{where}: {breach}")

    @classmethod
    def of(cls, law: str, scenario: int | None, error: AssertionError) -> LawError:
        """The violation behind a law's failed assert."""
        return cls(law, scenario, breach_of(error))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.law, self.scenario, self.breach)


def breach_of(error: AssertionError) -> Breach:
    """The breach an assert holds; an assert with a text is one too, and its date is the one the text begins with."""
    said = error.args[0] if error.args else "nothing was said"
    if isinstance(said, Breach):
        return said
    text = str(said)
    dated = re.match(r"(\d{4}-\d\d-\d\d): ", text)
    date = dt.date.fromisoformat(dated[1]) if dated else None
    return Breach(date, text[dated.end() :] if dated else text, "that the law holds", "that it does not")
