"""Equity cures of tests (rule book, tests.md, equity cure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .numbers import SCALE


@dataclass(frozen=True)
class Cure:
    """The terms of an equity cure; `prepaid` are the notes that a cure by prepayment repays, else none."""

    input: str
    account: str
    deemed: bool
    max_per_life: int | None
    max_per_window: tuple[int, int] | None
    no_consecutive: bool
    stays_dates: int
    prepaid: Sequence[str] = ()


def read_cure(entry: Mapping[str, Any] | None) -> Cure | None:
    """tests.md: "`equity_cure` = `{ input, to, apply, max_per_life?, max_per_window? = { n, dates }, ...`"."""
    if entry is None:
        return None
    window = entry.get("max_per_window")
    return Cure(
        input=entry["input"],
        account=entry["to"],
        deemed=entry["apply"] == "deemed_cfads",
        max_per_life=entry.get("max_per_life"),
        max_per_window=(int(window["n"]), int(window["dates"])) if window else None,
        no_consecutive=bool(entry.get("no_consecutive", False)),
        stays_dates=int(entry.get("stays_dates", 1)),
        prepaid=entry.get("notes", ()) if entry["apply"] == "prepay" else (),
    )


def last(cures: Sequence[int], n: int) -> Sequence[int]:
    """The cures of the n readings before, 0 where none was called."""
    return cures[-n:] if n > 0 else []


def deemed_cash(cure: Cure, cures: Sequence[int]) -> int:
    """tests.md, cure 1: "the cures of the `stays_dates - 1` readings before"."""
    return sum(last(cures, cure.stays_dates - 1)) if cure.deemed else 0


def needed(numerator: int, denominator: int, threshold: int) -> int:
    """tests.md, cure 2: "`max(0, ceil(threshold * D / 1e9) - N)`", 0 where D <= 0."""
    return max(0, -(-threshold * denominator // SCALE) - numerator) if denominator > 0 else 0


def needed_of_debt(numerator: int, denominator: int, threshold: int, at_least: bool) -> int:
    """tests.md, cure by prepayment, need: "`max(0, D - floor(N * 1e9 / threshold))`, 0 where the threshold is 0 or
    less", and for `ltv`, which requires at most, "`max(0, N - floor(threshold * D / 1e9))`".
    """
    if denominator <= 0:
        return 0
    if not at_least:
        return max(0, numerator - threshold * denominator // SCALE)
    return max(0, denominator - numerator * SCALE // threshold) if threshold > 0 else 0


def is_called(cure: Cure, amount: int, offered: int, cures: Sequence[int]) -> bool:
    """tests.md, cure 3: wanted, offered in full, and within the limits of life, window and consecutive readings."""
    if not 0 < amount <= offered:
        return False
    if cure.max_per_life is not None and n_called(cures) >= cure.max_per_life:
        return False
    if cure.max_per_window is not None:
        n, dates = cure.max_per_window
        if n_called(last(cures, dates - 1)) >= n:
            return False
    return not (cure.no_consecutive and n_called(last(cures, 1)))


def n_called(cures: Sequence[int]) -> int:
    """How many of the readings were cured."""
    return sum(cure > 0 for cure in cures)
