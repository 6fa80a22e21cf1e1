"""What the command line uses of the package, as types."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

__all__ = ["Analytics", "Deal", "Face", "Plan", "Result", "face"]

Floats = NDArray[np.float64]


class Result(Protocol):
    """Recorded flows and metrics of a run."""

    @property
    def metrics(self) -> Mapping[str, Floats]: ...
    @property
    def n_scenarios(self) -> int: ...
    def __getitem__(self, name: str, /) -> Floats: ...
    def ledger(self, scenario: int = 0) -> Sequence[Mapping[str, Any]]: ...
    def explain(self, name: str, period: int, scenario: int = 0) -> str: ...


class Plan(Protocol):
    """A compiled deal."""

    @property
    def periods(self) -> Sequence[str]: ...
    @property
    def inputs(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def outputs(self) -> Sequence[str]: ...
    @property
    def metrics(self) -> Sequence[str]: ...
    @property
    def fingerprint(self) -> str: ...
    def listing(self) -> str: ...
    def run(
        self,
        inputs: Mapping[str, Floats | float] | None = None,
        *,
        threads: int | None = None,
        progress: bool | Callable[[int, int], None] = False,
    ) -> Result: ...


class Deal(Protocol):
    """A deal document."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str | None: ...
    @property
    def description(self) -> str | None: ...
    @property
    def text(self) -> str: ...
    def compile(self) -> Plan: ...


class Analytics(Protocol):
    """Prices and lives of the notes of a result."""

    def yield_from_price(self, result: Any, note: str, *, price: float, settle: str) -> Any: ...
    def wal(self, result: Any, note: str) -> Any: ...


class Face(Protocol):
    """The package's own names."""

    CashfallError: type[Exception]
    DealError: type[Exception]
    analytics: Analytics

    def load(self, deal: str, /) -> Deal: ...
    def deals(self) -> Sequence[str]: ...
    def schema(self, kind: Literal["json", "typed_dict"] = "json") -> str: ...


def face() -> Face:
    """The package."""
    return cast(Face, importlib.import_module("cashfall"))
