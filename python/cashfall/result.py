"""Results of runs: recorded flows, metrics, the ledger and explanations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from cashfall.errors import ArgumentError, InternalError, ScenarioError

if TYPE_CHECKING:
    from cashfall.plan import Plan

Array = NDArray[Any]

LedgerRow = TypedDict(
    "LedgerRow",
    {
        "period": int,
        "date": str,
        "waterfall": str,
        "position": int,
        "step": str,
        "clause": str | None,
        "from": str,
        "to": str,
        "currency": str,
        "requested": float | int,
        "available": float | int,
        "amount": float | int,
        "shortfall": float | int,
        "bound_by": str,
    },
)

_AMOUNTS: tuple[Literal["requested", "available", "amount", "shortfall"], ...] = (
    "requested",
    "available",
    "amount",
    "shortfall",
)


class _Columns(Mapping[str, Array]):
    """Arrays by name, in the plan's order."""

    def __init__(
        self,
        names: list[str],
        units: Mapping[str, str],
        values: NDArray[np.float64],
        cents: bool,
        what: str,
        option: Literal["record", "metrics"],
    ) -> None:
        self._positions = {name: index for index, name in enumerate(names)}
        self._units = [units[name] for name in names]
        self._all = units
        self._values = values
        self._cents = cents
        self._what = what
        self._option = option

    def __getitem__(self, name: str) -> Array:
        position = self._positions.get(name)
        if position is None:
            raise KeyError(f"expected {self._what} of this result, found {name!r}{self._way_out(name)}")
        values: Array = self._values[position]
        if self._cents and self._units[position] == "amount":
            with np.errstate(invalid="ignore"):
                return np.where(np.isnan(values), np.float64(np.iinfo(np.int64).min), values).astype(np.int64)
        return values

    def _way_out(self, name: object) -> str:
        """What the plan has under that name, or under one that is near."""
        import difflib

        if name in self._all:
            return f"; run with it in `{self._option}=`, as this run left it out"
        near = difflib.get_close_matches(str(name), self._all, n=1)
        if not near:
            return ""
        left_out = "" if near[0] in self._positions else f" Run with it in `{self._option}=`, as this run left it out"
        return f"; did you mean {near[0]!r}?{left_out}"

    def __iter__(self) -> Iterator[str]:
        return iter(self._positions)

    def __len__(self) -> int:
        return len(self._positions)

    def __repr__(self) -> str:
        return f"<{len(self)} arrays: {', '.join(self)}>"


class Result(Mapping[str, Array]):
    """What a run gave: `result[name]` is a recorded flow of shape `(n_periods, n_scenarios)`.

    Attributes
    ----------
    plan
        The plan that ran.
    periods
        The dates of the rows.
    n_scenarios
        The number of columns.
    metrics
        Figures per scenario by name, each of shape `(n_scenarios,)`.
    unit
        `"currency"` (float64) or `"cents"` (int64): what amounts are in.
    """

    plan: Plan
    periods: list[str]
    n_scenarios: int
    metrics: Mapping[str, Array]
    unit: str

    def __init__(
        self,
        plan: Plan,
        inputs: list[NDArray[np.float64] | None],
        outputs: list[int],
        records: NDArray[np.float64],
        metrics: list[int],
        values: NDArray[np.float64],
        unit: str,
    ) -> None:
        cents = unit == "cents"
        names, metric_names = [plan.outputs[i] for i in outputs], [plan.metrics[i] for i in metrics]
        self.plan = plan
        self.periods = plan.periods
        self.n_scenarios = records.shape[2]
        self.unit = unit
        self.metrics = _Columns(metric_names, plan._metric_units, values, cents, "a metric", "metrics")
        self._flows = _Columns(names, plan._output_units, records, cents, "a recorded flow", "record")
        self._inputs = inputs

    def __getitem__(self, name: str) -> Array:
        return self._flows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._flows)

    def __len__(self) -> int:
        return len(self._flows)

    def ledger(self, scenario: int = 0) -> list[LedgerRow]:
        """Every movement of cash of one scenario, in the order in which it happened.

        Each row has date, waterfall, position, step, clause, from, to, currency, requested, available, amount,
        shortfall and what bound the amount. The scenario is run again with every movement recorded; its metrics must
        equal those of this result, bit for bit.

        Raises
        ------
        ScenarioError
            If the input arrays have been changed since the run.
        """
        rows = self.plan._core.ledger(self._traced(scenario))
        if self.unit == "currency":
            scale = 10.0 ** self.plan._core.decimals()
            for row in rows:
                for key in _AMOUNTS:
                    row[key] = row[key] / scale
        return rows

    def explain(self, name: str, period: int, scenario: int = 0) -> str:
        """Why a figure is what it is: the steps that made it, what each asked for, what there was, and what bound it.

        `name` is an output of the plan, `period` a position on the grid (from 0).
        """
        if name not in self.plan._output_units:
            from cashfall.plan import _nearest

            raise ArgumentError(f"expected an output of this plan, found {name!r}{_nearest(name, self.plan.outputs)}")
        _check_position("period", period, len(self.periods))
        text = self.plan._core.explain(self._traced(scenario), name, period)
        assert text is not None, "name and period are checked above"
        return text

    def check(self, scenario: int = 0) -> None:
        """The engine's own check of one scenario: its ledger re-adds to every balance on every date, to the cent.

        Raises
        ------
        InternalError
            If it does not: a defect of the engine.
        """
        imbalances, _ = self.plan._core.trace(self._traced(scenario))
        if imbalances:
            account, period, readded, recorded = imbalances[0]
            raise InternalError(
                f"cash is not conserved: {account} on {self.periods[period]} holds {recorded} "
                f"but its ledger adds up to {readded}"
            )

    def _traced(self, scenario: int) -> list[NDArray[np.float64] | None]:
        """The inputs of one scenario, found to give the metrics of this result."""
        _check_position("scenario", scenario, self.n_scenarios)
        inputs = [None if array is None else array[:, scenario : scenario + 1].copy() for array in self._inputs]
        again = self.plan._core.run(inputs, 1, [], self.plan._all_metrics, 1, None, self.unit == "cents", None)[1]
        values: _Columns = self.metrics  # type: ignore[assignment]  # made in __init__
        for name, position in values._positions.items():
            before, now = values._values[position, scenario], again[self.plan.metrics.index(name)]
            if before != now and not (np.isnan(before) and np.isnan(now)):
                raise ScenarioError(
                    f"scenario {scenario}: expected the inputs of the run, found others "
                    f"({name} was {before}, is {now}); the arrays were changed since"
                )
        self._assert_traced_alike(inputs)
        return inputs

    def _assert_traced_alike(self, inputs: list[NDArray[np.float64] | None]) -> None:
        """A run that records every movement is another program: it must give the same metrics, to the bit."""
        core, names = self.plan._core, self.plan.metrics
        plain = core.run(inputs, 1, [], self.plan._all_metrics, 1, None, True, None)[1]
        for name, value, traced in zip(names, plain, core.trace(inputs)[1], strict=True):
            if value != traced and not (np.isnan(value) and np.isnan(traced)):
                raise InternalError(
                    f"{name} is {value} minor units, but {traced} where every movement is recorded: the engine is wrong"
                )

    def __repr__(self) -> str:
        return (
            f"<cashfall.Result of {self.plan.deal.name!r}: {self.n_scenarios} scenarios, {len(self)} flows, "
            f"{len(self.metrics)} metrics>"
        )


def _check_position(what: str, position: int, n: int) -> None:
    if not isinstance(position, int | np.integer) or not 0 <= position < n:
        raise ArgumentError(f"{what}: expected 0 to {n - 1}, found {position!r}")
