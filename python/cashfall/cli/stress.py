"""A stress over many random paths of one input."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping, Sequence
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from cashfall import Plan, Result
from cashfall.cli.output import number, ratio, table
from cashfall.plan import InputInfo

__all__ = ["chosen_input", "paths", "stress_rows", "stress_table", "timed_run"]

Floats = NDArray[np.float64]

QUANTILES = (0.01, 0.05, 0.25, 0.50, 0.75, 0.95, 0.99)
# Ending of the metric, its description, how it is written: ratio, count or amount.
METRICS = [
    ("minimum", "minimum", "ratio"),
    ("maximum", "maximum", "ratio"),
    ("n_breach_dates", "dates in breach", "count"),
    ("interest_shortfall", "interest shortfall", "amount"),
    ("principal_shortfall", "principal shortfall", "amount"),
    ("loss", "unpaid at the end", "amount"),
    ("distributed", "distributions", "amount"),
]
# Amounts are written in millions where whole units would not fit a line of 100 columns.
MILLIONS_FROM = 10_000_000.0


def chosen_input(plan: Plan, name: str | None) -> InputInfo | None:
    """The input of that name; without a name the first number, else the first input; none where the deal has none."""
    if name is None:
        return next((info for info in plan.inputs if info["unit"] == "number"), next(iter(plan.inputs), None))
    for info in plan.inputs:
        if info["name"] == name:
            return info
    names = ", ".join(info["name"] for info in plan.inputs) or "none"
    raise click.BadParameter(f"expected an input of the deal ({names}), found {name}", param_hint="--input")


def paths(info: InputInfo, periods: Sequence[str], n_scenarios: int, volatility: float, seed: int) -> Floats:
    """Lognormal random walks of mean one, times the input's default, kept within its range.

    `default * exp(volatility * w(t) - volatility**2 * t / 2)`, w a Brownian motion, t in years of 365.25 days from the
    first date; shape (n_periods, n_scenarios).
    """
    days = np.array([datetime.date.fromisoformat(date).toordinal() for date in periods], dtype=np.float64)
    years = (days - days[0]) / 365.25
    steps = np.sqrt(np.diff(years, prepend=0.0))[:, None]
    walks = np.random.Generator(np.random.Philox(seed)).standard_normal((len(periods), n_scenarios))
    walks *= volatility * steps
    np.cumsum(walks, axis=0, out=walks)
    walks -= 0.5 * volatility**2 * years[:, None]
    np.exp(walks, out=walks)
    walks *= np.asarray(info["default"], dtype=np.float64)[:, None]
    return np.clip(walks, info["minimum"], info["maximum"], out=walks)


def timed_run(plan: Plan, inputs: Mapping[str, Floats], threads: int | None) -> tuple[Result, float]:
    """The result and the seconds it took; a progress bar appears on stderr once it has taken a second."""
    start = time.perf_counter()
    result = plan.run(inputs, threads=threads, progress=True)
    return result, time.perf_counter() - start


def stress_rows(result: Result) -> list[dict[str, Any]]:
    """Quantiles of each metric: values that occur, in scenarios where it is defined."""
    rows = []
    for ending, description, kind in METRICS:
        for name in [name for name in result.metrics if name.rpartition(".")[2] == ending]:
            values = np.asarray(result.metrics[name], dtype=np.float64)
            defined = values[~np.isnan(values)]
            if defined.size:
                cuts = np.quantile(defined, QUANTILES, method="inverted_cdf")
                levels = {f"{quantile:.0%}": float(cut) for quantile, cut in zip(QUANTILES, cuts, strict=True)}
                row: dict[str, Any] = {"metric": name, "description": description, "kind": kind, "quantiles": levels}
                row["currency"] = result.plan.currencies.get(name)
                rows.append({**row, "undefined": int(values.size - defined.size)})
    return rows


def stress_table(rows: Sequence[Mapping[str, Any]], currency: str) -> Table:
    """One line for each metric, a column for each quantile."""
    amounts = [abs(value) for row in rows if row["kind"] == "amount" for value in row["quantiles"].values()]
    in_millions = max(amounts, default=0.0) >= MILLIONS_FROM
    heading = f"amounts in millions of {currency}" if in_millions else f"amounts in {currency}"
    body = [
        [_label(row, currency), *(_written(row["kind"], value, in_millions) for value in row["quantiles"].values())]
        for row in rows
    ]
    return table([heading, *(f"{quantile:.0%}" for quantile in QUANTILES)], body)


def _label(row: Mapping[str, Any], own: str) -> str:
    name = row["metric"].rpartition(".")[0]
    other = row["currency"] not in (None, own)
    undefined = f" ({row['undefined']:,} undefined)" if row["undefined"] else ""
    return f"{name}: {row['description']}" + (f", {row['currency']}" if other else "") + undefined


def _written(kind: str, value: float, in_millions: bool) -> str:
    if kind == "ratio":
        return ratio(value)
    if kind == "amount" and in_millions:
        return number(value / 1e6, 1)
    return number(value)
