"""Every error that cashfall raises. All are ordinary exceptions, and all pickle."""

from __future__ import annotations

from typing import Any, TypedDict


class Problem(TypedDict):
    """One problem of a deal document: where it is, what was expected, what was found, and the way out."""

    path: str
    line: int | None
    column: int | None
    expected: str
    found: str
    way_out: str | None


class CashfallError(Exception):
    """The base of every error that cashfall raises."""


class DealError(CashfallError, ValueError):
    """A deal document is not valid. The message lists every problem; `problems` holds them as dictionaries."""

    problems: list[Problem]

    def __init__(self, message: str, problems: list[Problem] | None = None) -> None:
        super().__init__(message)
        self.problems = problems or []

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.problems)


class ScenarioError(CashfallError, ValueError):
    """An input of a run is wrong: a shape, a NaN, a value outside its range. Nothing was run."""


class ArgumentError(CashfallError, ValueError):
    """An argument is wrong: an unknown name, a date that is none, a position outside the grid."""


class AnalyticsError(CashfallError, ValueError):
    """A figure cannot be computed from these flows, such as a yield that does not exist."""


class RunError(CashfallError, RuntimeError):
    """A run gave no result: it was cancelled, or its arrays do not fit in memory."""


class MissingExtraError(CashfallError, ImportError):
    """A feature needs packages of an extra that are not installed."""


class InternalError(CashfallError, RuntimeError):
    """The engine failed. This is a defect of cashfall; nothing that it returned before is affected."""
