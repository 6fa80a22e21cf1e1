"""Price, yield, average life, rates of return and coverage of the notes of a result.

Yields are nominal, compounded at the note's payment frequency; time and accrued interest are in the note's day count;
prices are clean, per 100 of outstanding balance. Every function is computed by one stated binary64 recurrence and gives
the same bits everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cashfall import _core
from cashfall.errors import AnalyticsError, ArgumentError

if TYPE_CHECKING:
    from cashfall.result import Result


class Price(NamedTuple):
    """A price per 100 of outstanding balance."""

    clean: float
    accrued: float
    dirty: float


class _Flows(NamedTuple):
    note: int
    interest: list[float]
    principal: list[float]


def _flows(result: Result, note: str, scenario: int) -> _Flows:
    names = result.plan._core.notes()
    if note not in names:
        raise ArgumentError(f"expected a note of this plan ({', '.join(names)}), found {note!r}")
    if not 0 <= scenario < result.n_scenarios:
        raise ArgumentError(f"scenario: expected 0 to {result.n_scenarios - 1}, found {scenario}")
    for quantity in ("interest_paid", "principal_paid"):
        if f"{note}.{quantity}" not in result:
            raise ArgumentError(f"expected {note}.{quantity} among the recorded flows; run with record='{note}.*_paid'")
    scale = 10.0 ** result.plan._core.decimals() if result.unit == "cents" else 1.0
    paid = [
        (result[f"{note}.{quantity}"][:, scenario] / scale).tolist() for quantity in ("interest_paid", "principal_paid")
    ]
    return _Flows(names.index(note), *paid)


def price_from_yield(result: Result, note: str, yield_rate: float, settle: str, scenario: int = 0) -> Price:
    """The price at which what the note pays after settlement yields `yield_rate`.

    Parameters
    ----------
    yield_rate
        Nominal, compounded at the frequency of the payment dates, listed or regular: 0.0568 is 5.68%.
    settle
        The settlement date, ISO text; not before the dated date.

    Examples
    --------
    >>> import cashfall as cf
    >>> base = cf.load("beignet").compile().run()
    >>> round(cf.analytics.price_from_yield(base, "senior", 0.06581, "2026-02-28").clean, 6)
    100.0
    """
    flows = _flows(result, note, scenario)
    return Price(*_core.price_from_yield(result.plan._core, *flows, yield_rate, str(settle)))


def yield_from_price(result: Result, note: str, price: float, settle: str, scenario: int = 0) -> float:
    """The yield at which the note's clean price per 100 of outstanding balance is `price`.

    Raises
    ------
    AnalyticsError
        If there is no such yield.
    """
    flows = _flows(result, note, scenario)
    return _core.yield_from_price(result.plan._core, *flows, price, str(settle))


def wal(result: Result, note: str, settle: str | None = None, scenario: int = 0) -> float:
    """The average life of the principal paid after `settle` (the dated date), in years of the note's day count."""
    flows = _flows(result, note, scenario)
    start = str(settle) if settle is not None else _core.dated_date(result.plan._core, flows.note)
    return _core.average_life(result.plan._core, *flows, start)


def irr(amounts: Sequence[float] | NDArray[np.float64], dates: Sequence[str] | None = None) -> float:
    """The internal rate of return of amounts on dates (effective a year, actual days over 365), or one period apart.

    Raises
    ------
    AnalyticsError
        If there is none or more than one; `rates_of_return` gives them all.

    Examples
    --------
    >>> import cashfall as cf
    >>> round(cf.analytics.irr([-100.0, 110.0]), 12)
    0.1
    """
    rates = rates_of_return(amounts, dates)
    if len(rates) != 1:
        found = "none" if not rates else f"{len(rates)}: {', '.join(f'{rate:.6g}' for rate in rates)}"
        raise AnalyticsError(f"irr: expected amounts with exactly one rate of return, found {found}")
    return rates[0]


def rates_of_return(amounts: Sequence[float] | NDArray[np.float64], dates: Sequence[str] | None = None) -> list[float]:
    """Every internal rate of return, in increasing order; see `irr`."""
    values = [float(amount) for amount in amounts]
    found = (
        _core.periodic_rates_of_return(values)
        if dates is None
        else _core.rates_of_return([str(date) for date in dates], values)
    )
    return [rate for rate, _ in found]


def dscr(result: Result, test: str) -> NDArray[np.float64]:
    """The ratio of a test, `(n_periods, n_scenarios)`; NaN where it is not measured or undefined."""
    name = f"{test}.value"
    if name not in result:
        raise ArgumentError(f"expected {name} among the recorded flows; run with record='{name}'")
    return np.asarray(result[name], dtype=np.float64)
