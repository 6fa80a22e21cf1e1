"""The base case by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from cashfall import Plan, Result
from cashfall.cli.output import money, ratio, table

__all__ = ["base_case_rows", "base_case_table", "names_with"]

# Heading, the table of the document whose objects are summed, and the quantity that is summed over them and the year.
FLOWS = [
    ("rent", "leases", "issuer_rent"),
    ("interest", "notes", "interest_paid"),
    ("principal", "notes", "principal_paid"),
    ("distributions", "equity", "distributed"),
]


def names_with(plan: Plan, quantity: str) -> list[str]:
    """The objects of a plan that have a quantity, in the plan's order."""
    ending = f".{quantity}"
    return [name.removesuffix(ending) for name in plan.outputs if name.endswith(ending)]


def objects(plan: Plan, kind: str) -> list[str]:
    """The objects of a kind that are in the deal's own currency; those of another have no place in its sums."""
    document = plan.deal.to_dict()
    own = document["deal"]["currency"]
    return [name for name, entry in document.get(kind, {}).items() if entry.get("currency", own) == own]


def base_case_rows(result: Result, decimals: int) -> list[dict[str, Any]]:
    """One row for each calendar year: flows summed, the balance at its end, the smallest value of each test.

    `result` is a run in minor units (`unit="cents"`), so that sums are exact; rows hold units of currency.
    """
    plan, scale = result.plan, 10**decimals
    known = {kind: objects(plan, kind) for kind in ("leases", "notes", "equity")}
    years = np.array([int(date[:4]) for date in plan.periods])
    rows = []
    for year in np.unique(years):
        dates = np.flatnonzero(years == year)
        row: dict[str, Any] = {"year": int(year)}
        for heading, kind, quantity in FLOWS:
            row[heading] = sum(int(_column(result, name, quantity)[dates].sum()) for name in known[kind]) / scale
        last = int(dates[-1])
        row["balance"] = sum(int(_column(result, note, "balance")[last]) for note in known["notes"]) / scale
        row["tests"] = {test: _smallest(_column(result, test, "value")[dates]) for test in names_with(plan, "value")}
        rows.append(row)
    return rows


def base_case_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """The rows in whole units of currency."""
    tests = list(rows[0]["tests"]) if rows else []
    amounts = ["rent", "interest", "principal", "balance"]
    body = [
        [
            str(row["year"]),
            *(money(row[heading], 0) for heading in amounts),
            *(ratio(row["tests"][test]) for test in tests),
            money(row["distributions"], 0),
        ]
        for row in rows
    ]
    return table(["year", *amounts, *tests, "distributions"], body)


def _column(result: Result, name: str, quantity: str) -> NDArray[Any]:
    """The flow of the only scenario."""
    return result[f"{name}.{quantity}"][:, 0]


def _smallest(values: NDArray[Any]) -> float:
    """The smallest defined value, NaN if none is."""
    defined = values[~np.isnan(values)]
    return float(defined.min()) if defined.size else float("nan")
