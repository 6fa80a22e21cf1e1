"""A stress over many random paths of one input."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cashfall.cli.face import Floats, Plan, Result
from cashfall.cli.output import money, number, ratio, table

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["chosen_input", "paths", "stress_rows", "stress_table", "timed_run"]

QUANTILES = (0.01, 0.05, 0.25, 0.50, 0.75, 0.95, 0.99)
# Ending of the metric, its description, how it is written.
METRICS: list[tuple[str, str, Callable[[float], str]]] = [
    ("minimum", "minimum", ratio),
    ("n_breach_dates", "dates in breach", number),
    ("interest_shortfall", "largest interest shortfall", lambda value: money(value, 0)),
    ("principal_shortfall", "largest principal shortfall", lambda value: money(value, 0)),
    ("loss", "unpaid at the end", lambda value: money(value, 0)),
    ("distributed", "distributions", lambda value: money(value, 0)),
]


def chosen_input(plan: Plan, name: str | None) -> Mapping[str, Any] | None:
    """The input of that name, or the first that is a number; none where the deal has none."""
    if name is None:
        return next((entry for entry in plan.inputs if entry["unit"] == "number"), None)
    for entry in plan.inputs:
        if entry["name"] == name:
            return entry
    names = ", ".join(str(entry["name"]) for entry in plan.inputs) or "none"
    raise click.BadParameter(f"expected an input of the deal ({names}), found {name}", param_hint="--input")


def paths(entry: Mapping[str, Any], n_periods: int, n_scenarios: int, volatility: float, seed: int) -> Floats:
    """Independent lognormal shocks of mean one on each date, times the input's default, within its range.

    ``default * exp(volatility * z - volatility**2 / 2)``, z standard normal; shape (n_periods, n_scenarios).
    """
    generator = np.random.Generator(np.random.Philox(seed))
    shocks = generator.standard_normal((n_periods, n_scenarios))
    shocks *= volatility
    shocks -= volatility * volatility / 2.0
    np.exp(shocks, out=shocks)
    shocks *= _default_column(entry["default"], n_periods)
    low, high = entry.get("minimum"), entry.get("maximum")
    if low is not None or high is not None:
        np.clip(shocks, low, high, out=shocks)
    return shocks


def timed_run(plan: Plan, inputs: Mapping[str, Floats], threads: int | None) -> tuple[Result, float]:
    """The result and the seconds it took."""
    with _late_progress() as progress:
        start = time.perf_counter()
        result = plan.run(inputs, threads=threads, progress=progress)
        return result, time.perf_counter() - start


def stress_rows(result: Result) -> list[dict[str, Any]]:
    """Quantiles of each metric: values that occur, in scenarios where it is defined."""
    rows = []
    for ending, description, _ in METRICS:
        for name in [name for name in result.metrics if name.rpartition(".")[2] == ending]:
            values = np.asarray(result.metrics[name], dtype=np.float64)
            defined = values[~np.isnan(values)]
            if defined.size:
                cuts = np.quantile(defined, QUANTILES, method="inverted_cdf")
                levels = {f"{quantile:.0%}": float(cut) for quantile, cut in zip(QUANTILES, cuts, strict=True)}
                undefined = int(values.size - defined.size)
                rows.append({"metric": name, "description": description, "quantiles": levels, "undefined": undefined})
    return rows


def stress_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """One line for each metric, a column for each quantile."""
    written = {ending: write for ending, _, write in METRICS}
    body = []
    for row in rows:
        name, _, ending = row["metric"].rpartition(".")
        label = f"{name}: {row['description']}" + (f" ({row['undefined']:,} undefined)" if row["undefined"] else "")
        body.append([label, *(written[ending](value) for value in row["quantiles"].values())])
    return table(["quantile", *(f"{quantile:.0%}" for quantile in QUANTILES)], body)


def _default_column(default: Any, n_periods: int) -> Floats | float:
    """The default as a scalar or, where it changes in time, as a column of dates."""
    values = np.asarray(1.0 if default is None else default, dtype=np.float64)
    return values.reshape(n_periods, 1) if values.ndim == 1 else float(values)


@contextmanager
def _late_progress() -> Iterator[Callable[[int, int], None]]:
    """A progress callback whose bar appears, on stderr, once a run has taken a second."""
    columns = (TextColumn("scenarios"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("scenarios", total=None)
    begun, shown = time.perf_counter(), False

    def report(done: int, total: int) -> None:
        nonlocal shown
        if not shown and time.perf_counter() - begun > 1.0:
            bar.start()
            shown = True
        if shown:
            bar.update(task, completed=done, total=total)

    try:
        yield report
    finally:
        if shown:
            bar.stop()
