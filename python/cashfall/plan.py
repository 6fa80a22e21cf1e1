"""Plans: compiled deals, ready to run."""

from __future__ import annotations

import fnmatch
import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cashfall import _core
from cashfall.errors import ArgumentError, DealError, InternalError, ScenarioError
from cashfall.result import Result

_MOST_THREADS = 4_096

if TYPE_CHECKING:
    from cashfall.deal import Deal

Unit = Literal["currency", "cents"]
ProgressCallback = Callable[[int, int], object]


class InputInfo(TypedDict):
    """An input of a plan: its name, unit, currency (of an amount), default per period, range and meaning."""

    name: str
    unit: str
    currency: str | None
    default: list[float]
    minimum: float
    maximum: float
    description: str | None


class ScenarioInfo(TypedDict):
    """A named scenario of a deal: its name and title, what happens, and per period the inputs that it sets."""

    name: str
    title: str
    description: str | None
    inputs: dict[str, list[float]]


class Plan:
    """A compiled deal: immutable, picklable, safe to share between threads.

    Attributes
    ----------
    deal
        The deal it was compiled from.
    periods
        The dates of the grid, ISO text, in order: the rows of every array.
    inputs
        What a scenario may set.
    scenarios
        The named scenarios of the deal, which `run` takes by name.
    outputs
        The names that `record` accepts.
    metrics
        The names of the figures per scenario.
    currencies
        The currency of each output and metric that is an amount, by name.
    """

    deal: Deal
    periods: list[str]
    inputs: list[InputInfo]
    scenarios: list[ScenarioInfo]
    outputs: list[str]
    metrics: list[str]
    currencies: dict[str, str]

    def __init__(self) -> None:
        raise TypeError("a plan is made by Deal.compile()")

    @classmethod
    def _of(cls, deal: Deal) -> Plan:
        plan = cls.__new__(cls)
        core = deal._document.compile()
        plan.deal = deal
        plan._core = core
        plan.periods = core.periods()
        plan.inputs = core.inputs()
        plan.scenarios = core.scenarios()
        plan._output_units = dict(core.outputs())
        plan._metric_units = dict(core.metrics())
        plan.outputs = list(plan._output_units)
        plan.metrics = list(plan._metric_units)
        plan.currencies = dict(core.currencies())
        plan._all_metrics = list(range(len(plan.metrics)))
        plan._all_outputs = list(range(len(plan.outputs)))
        return plan

    _core: _core.Plan
    _output_units: dict[str, str]
    _metric_units: dict[str, str]
    _all_metrics: list[int]
    _all_outputs: list[int]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical document and the engine's version: equal fingerprints give equal bits."""
        text = f"cashfall {_core.__version__}\n{self.deal.canonical_json()}"
        return hashlib.sha256(text.encode()).hexdigest()

    def listing(self) -> str:
        """What the plan does, date by date, for people to read, compare and sign off."""
        return f"fingerprint {self.fingerprint}\n{self._core.listing()}"

    def run(
        self,
        inputs: Mapping[str, ArrayLike] | str | Sequence[str] | None = None,
        *,
        record: str | Iterable[str] | None = None,
        metrics: str | Iterable[str] | None = None,
        threads: int | None = None,
        progress: bool | ProgressCallback = False,
        cpu: str | None = None,
        unit: Unit = "currency",
    ) -> Result:
        """Run one scenario or many.

        Parameters
        ----------
        inputs
            Values by input name; an input that is not named takes its default. Amounts in currency units, numbers as
            ratios. Each may be a scalar, `(n_periods,)`, `(1, n_scenarios)`, `(n_periods, n_scenarios)`, or
            `(n_scenarios,)`; time runs down, scenarios across. A one-dimensional array that fits both is refused.
            Float64 arrays of any strides are read without a copy. Or the name of one of `scenarios`, or a list of
            names: these scenarios side by side.
        record
            Names of flows to record for every date, with `*` as in file names. By default everything if there is one
            scenario, else nothing.
        metrics
            Names of figures per scenario, with `*`. By default all.
        threads
            Workers; by default one per processor. It changes no bit of the result.
        progress
            True for a progress bar (needs the extra `cli`), or a function of (scenarios done, scenarios in all).
        cpu
            `"avx512"`, `"avx2"` or `"baseline"`, for tests. It changes no bit of the result.
        unit
            `"currency"` gives amounts as float64 in currency units; `"cents"` as int64 in minor units, where NaN (a
            scenario that overflowed or did not converge) becomes the least int64.

        Raises
        ------
        ScenarioError
            For an unknown input, a shape that does not fit, a NaN, a value out of range. Nothing is run.
        ArgumentError
            For an unknown name in `record` or `metrics`, or a wrong option.
        KeyboardInterrupt
            On Ctrl-C, within a tenth of a second; nothing is kept.

        Examples
        --------
        >>> import cashfall as cf
        >>> plan = cf.load("beignet").compile()
        >>> stress = plan.run({"rent_factor": [1.0, 0.9, 0.8]}, record="senior.*_paid")
        >>> stress["senior.interest_paid"].shape
        (96, 3)
        """
        arrays, n_scenarios = self._arrays(self._given(inputs))
        if unit not in ("currency", "cents"):
            raise ArgumentError(f"unit: expected 'currency' or 'cents', found {unit!r}")
        outputs = self._recorded(record, n_scenarios)
        metric_positions = self._all_metrics if metrics is None else self._positions(self.metrics, metrics, "metrics")
        n_threads = _threads(threads)
        with _Progress(progress, n_scenarios) as callback:
            records, values = self._core.run(
                arrays, n_scenarios, outputs, metric_positions, n_threads, cpu, unit == "cents", callback
            )
        shape = (len(outputs), len(self.periods), n_scenarios)
        figures = values.reshape(len(metric_positions), n_scenarios)
        return Result(self, arrays, outputs, records.reshape(shape), metric_positions, figures, unit)

    def _given(self, inputs: Any) -> Mapping[str, ArrayLike]:
        """Values by input name, of named scenarios too."""
        if inputs is None or isinstance(inputs, Mapping):
            return inputs or {}
        names: list[Any] = [inputs] if isinstance(inputs, str) else []
        if isinstance(inputs, Sequence) and not names:
            names = list(inputs)
        if not names or not all(isinstance(name, str) for name in names):
            found = type(inputs).__name__
            raise ArgumentError(f"inputs: expected values by input name, or names of scenarios, found {found}")
        told = {info["name"]: info["inputs"] for info in self.scenarios}
        for name in names:
            if name not in told:
                known = ", ".join(told) or "it has none"
                raise ScenarioError(
                    f"inputs: expected a scenario of this plan ({known}), found {name!r}{_nearest(name, list(told))}"
                )
        defaults = {info["name"]: info["default"] for info in self.inputs}
        changed = [name for name in defaults if any(name in told[scenario] for scenario in names)]
        paths = {name: [told[scenario].get(name, defaults[name]) for scenario in names] for name in changed}
        # Without any changed input there is still one column for each scenario.
        paths = paths or {name: [default] * len(names) for name, default in list(defaults.items())[:1]}
        return {name: np.array(columns, dtype=np.float64).T for name, columns in paths.items()}

    def _recorded(self, record: str | Iterable[str] | None, n_scenarios: int) -> list[int]:
        if record is None:
            return self._all_outputs if n_scenarios == 1 else []
        return self._positions(self.outputs, record, "record")

    def _positions(self, names: list[str], wanted: str | Iterable[str], argument: str) -> list[int]:
        patterns = [wanted] if isinstance(wanted, str) else list(wanted) if isinstance(wanted, Iterable) else [wanted]
        if not all(isinstance(pattern, str) for pattern in patterns):
            raise ArgumentError(f"{argument}: expected names, found {wanted!r}")
        positions: set[int] = set()
        for pattern in patterns:
            found = [index for index, name in enumerate(names) if fnmatch.fnmatchcase(name, pattern)]
            if not found:
                raise ArgumentError(
                    f"{argument}: expected a name of this plan, found {pattern!r}{_nearest(pattern, names)}"
                )
            positions.update(found)
        return sorted(positions)

    def _arrays(self, inputs: Mapping[str, ArrayLike]) -> tuple[list[NDArray[np.float64] | None], int]:
        names = [info["name"] for info in self.inputs]
        for name in inputs:
            if name not in names:
                raise ScenarioError(
                    f"inputs.{name}: expected an input of this plan ({', '.join(names) or 'it has none'}), "
                    f"found {name!r}{_nearest(name, names)}"
                )
        given = {name: _as_float64(name, value) for name, value in inputs.items()}
        n_scenarios = self._n_scenarios(given)
        shape = (len(self.periods), n_scenarios)
        return [np.broadcast_to(given[name], shape) if name in given else None for name in names], n_scenarios

    def _n_scenarios(self, given: dict[str, NDArray[np.float64]]) -> int:
        """The number of scenarios all inputs agree on; one-dimensional arrays get their second axis on the way."""
        n_periods = len(self.periods)
        numbers: dict[str, int] = {}
        for name, array in given.items():
            if array.ndim == 1 and array.shape[0] == n_periods:
                others = {other.shape[1] for other in given.values() if other.ndim == 2}
                if n_periods in others:
                    raise ScenarioError(
                        f"inputs.{name}: expected a shape that says which axis is time, found ({n_periods},) with "
                        f"{n_periods} periods and {n_periods} scenarios; pass array[:, None] for one value per period "
                        "or array[None, :] for one per scenario"
                    )
                array = array[:, None]
            elif array.ndim == 1:
                array = array[None, :]
            elif array.ndim == 0:
                array = array[None, None]
            if array.ndim != 2 or array.shape[0] not in (1, n_periods):
                raise ScenarioError(
                    f"inputs.{name}: expected a scalar, ({n_periods},), (n_scenarios,) or ({n_periods}, n_scenarios), "
                    "time down and scenarios across, "
                    f"found {given[name].shape}{_transposed(given[name], n_periods)}"
                )
            given[name] = array
            if array.shape[1] != 1:
                numbers[name] = array.shape[1]
        if len(set(numbers.values())) > 1:
            found = ", ".join(f"inputs.{name} has {n}" for name, n in numbers.items())
            raise ScenarioError(f"inputs: expected the same number of scenarios everywhere, found: {found}")
        return next(iter(numbers.values()), 1)

    def __repr__(self) -> str:
        return f"<cashfall.Plan {self.deal.name!r}: {len(self.periods)} periods, {len(self.inputs)} inputs>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _compiled, (self.deal, self.fingerprint)


def _compiled(deal: Deal, fingerprint: str) -> Plan:
    plan = deal.compile()
    if plan.fingerprint != fingerprint:
        raise DealError(
            f"{deal.name}: expected the engine that pickled this plan (fingerprint {fingerprint[:12]}), found cashfall "
            f"{_core.__version__} (fingerprint {plan.fingerprint[:12]}); use the same version on both sides"
        )
    return plan


def _as_float64(name: str, value: ArrayLike) -> NDArray[np.float64]:
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise ScenarioError(f"inputs.{name}: expected a value everywhere, found masked ones; fill them first")
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ScenarioError(f"inputs.{name}: expected an array of numbers, found rows of unequal lengths") from error
    if array.dtype.kind not in "fiub":
        raise ScenarioError(f"inputs.{name}: expected numbers, found an array of {array.dtype}")
    if array.dtype != np.float64 or not array.flags.aligned:
        array = np.require(array, dtype=np.float64, requirements="A")
    if any(stride % array.itemsize for stride in array.strides):
        array = array.copy()
    return array


def _transposed(array: NDArray[np.float64], n_periods: int) -> str:
    return "; it looks transposed: pass array.T" if array.ndim == 2 and array.shape[1] == n_periods else ""


def _threads(threads: int | None) -> int:
    if threads is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not isinstance(threads, int | np.integer) or isinstance(threads, bool) or threads < 1:
        raise ArgumentError(f"threads: expected a whole number of at least 1, found {threads!r}")
    return min(int(threads), _MOST_THREADS)


def _nearest(name: str, names: Sequence[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


class _Progress:
    """The callback of a run and, if asked for, the bar behind it."""

    def __init__(self, progress: bool | ProgressCallback, total: int) -> None:
        self._progress = progress
        self._total = total
        self._bar: Any = None

    def __enter__(self) -> ProgressCallback | None:
        if callable(self._progress):
            return self._progress
        if not self._progress:
            return None
        from cashfall._progress import Bar

        self._bar = Bar(self._total)
        return self._bar.update  # type: ignore[no-any-return]  # the bar's own type is known only with the extra

    def __exit__(self, *exception: object) -> None:
        if self._bar is not None:
            self._bar.close()


__all__ = ["InputInfo", "InternalError", "Plan", "ScenarioInfo"]
