"""The base case by year."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from rich.table import Table

from cashfall.cli.face import Floats, Plan, Result
from cashfall.cli.output import money, ratio, table

__all__ = ["base_case_rows", "base_case_table", "names_with"]

# Heading, the quantity whose flows are summed over objects and over the year.
FLOWS = [("rent", "issuer_rent"), ("interest", "interest_paid"), ("principal", "principal_paid")]
DISTRIBUTIONS = ("distributions", "distributed")


def names_with(plan: Plan, quantity: str) -> list[str]:
    """The objects of a plan that have a quantity, in the plan's order."""
    ending = f".{quantity}"
    return [name.removesuffix(ending) for name in plan.outputs if name.endswith(ending)]


def base_case_rows(plan: Plan, result: Result) -> list[dict[str, Any]]:
    """One row for each calendar year: flows summed, the balance at its end, the smallest value of each test."""
    years = np.array([int(str(date)[:4]) for date in plan.periods])
    notes, tests = names_with(plan, "interest_paid"), names_with(plan, "value")
    rows = []
    for year in np.unique(years):
        dates = np.flatnonzero(years == year)
        row: dict[str, Any] = {"year": int(year)}
        for heading, quantity in [*FLOWS, DISTRIBUTIONS]:
            row[heading] = sum(
                float(_column(result, f"{x}.{quantity}")[dates].sum()) for x in names_with(plan, quantity)
            )
        row["balance"] = sum(float(_column(result, f"{note}.balance")[dates[-1]]) for note in notes)
        row["tests"] = {test: _smallest(_column(result, f"{test}.value")[dates]) for test in tests}
        rows.append(row)
    return rows


def base_case_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """The rows in whole units of currency."""
    tests = list(rows[0]["tests"]) if rows else []
    columns = ["year", "rent", "interest", "principal", "balance", *tests, "distributions"]

    def whole(row: Mapping[str, Any]) -> Callable[[str], str]:
        return lambda heading: money(row[heading], 0)

    body = [
        [
            str(row["year"]),
            *map(whole(row), ["rent", "interest", "principal", "balance"]),
            *(ratio(row["tests"][test]) for test in tests),
            money(row["distributions"], 0),
        ]
        for row in rows
    ]
    return table(columns, body)


def _column(result: Result, name: str) -> Floats:
    """The flow of the only scenario."""
    return result[name][:, 0]


def _smallest(values: Floats) -> float:
    """The smallest defined value, NaN if none is."""
    defined = values[~np.isnan(values)]
    return float(defined.min()) if defined.size else float("nan")
