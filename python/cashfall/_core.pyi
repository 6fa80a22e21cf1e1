"""The extension module: converts, calls the Rust crate, converts back. Its names are not public; use `cashfall`."""

from collections.abc import Callable, Sequence
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from cashfall.plan import InputInfo, ScenarioInfo
from cashfall.result import LedgerRow

_Inputs: TypeAlias = Sequence[NDArray[np.float64] | None]

__all__ = [
    "Document",
    "Plan",
    "__version__",
    "available_cpus",
    "average_life",
    "coverage",
    "dated_date",
    "json_schema",
    "outstanding",
    "periodic_rates_of_return",
    "price_from_yield",
    "rates_of_return",
    "typed_dicts",
    "yield_from_price",
]
__version__: str

@final
class Document:
    """A deal document whose syntax is sound."""

    @staticmethod
    def from_toml(text: str, name: str) -> Document: ...
    @staticmethod
    def from_json(text: str, name: str, positions: bool) -> Document: ...
    def check(self) -> None:
        """Check the whole document; all problems at once."""
    def canonical_json(self) -> str: ...
    def replace(self, path: str, json: str) -> Document: ...
    def compile(self) -> Plan: ...

@final
class Plan:
    """A compiled deal."""

    def listing(self) -> str: ...
    def periods(self) -> list[str]: ...
    def inputs(self) -> list[InputInfo]: ...
    def scenarios(self) -> list[ScenarioInfo]: ...
    def outputs(self) -> list[tuple[str, str]]:
        """Names and units."""
    def metrics(self) -> list[tuple[str, str]]:
        """Names and units."""
    def currencies(self) -> list[tuple[str, str]]:
        """Names and currencies of the outputs and metrics that are amounts."""
    def notes(self) -> list[str]: ...
    def statuses(self) -> list[str]: ...
    def decimals(self) -> int: ...
    def run(
        self,
        inputs: _Inputs,
        n_scenarios: int,
        outputs: Sequence[int],
        metrics: Sequence[int],
        threads: int,
        cpu: str | None,
        minor_units: bool,
        progress: Callable[[int, int], object] | None = None,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Records `(n_outputs, n_periods, n_scenarios)` and metrics `(n_metrics, n_scenarios)`, both flat."""
    def ledger(self, inputs: _Inputs) -> list[LedgerRow]:
        """Every movement of one scenario, in minor units."""
    def explain(self, inputs: _Inputs, name: str, period: int) -> str | None: ...
    def trace(self, inputs: _Inputs) -> tuple[list[tuple[str, int, int, int]], list[float]]:
        """What the ledger does not explain: account, period, re-added, recorded; and the metrics in minor units."""

def available_cpus() -> list[str]: ...
def json_schema() -> str: ...
def typed_dicts() -> str: ...
def price_from_yield(
    plan: Plan, note: int, interest: Sequence[float], principal: Sequence[float], yield_rate: float, settle: str
) -> tuple[float, float, float]: ...
def yield_from_price(
    plan: Plan, note: int, interest: Sequence[float], principal: Sequence[float], price: float, settle: str
) -> float: ...
def average_life(
    plan: Plan, note: int, interest: Sequence[float], principal: Sequence[float], from_date: str
) -> float: ...
def outstanding(plan: Plan, note: int, interest: Sequence[float], principal: Sequence[float], settle: str) -> float: ...
def dated_date(plan: Plan, note: int) -> str: ...
def rates_of_return(dates: Sequence[str], amounts: Sequence[float]) -> list[tuple[float, float]]:
    """Each rate with its bound."""

def periodic_rates_of_return(amounts: Sequence[float]) -> list[tuple[float, float]]:
    """Each rate with its bound."""

def coverage(cash_flow: Sequence[float], debt_service: Sequence[float]) -> list[float]: ...
