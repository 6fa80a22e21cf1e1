"""Who is compared: one signature for all, `run(rent) -> {metric: values}`, rents as (95, n) in currency units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import hand
import numpy as np
import plain_numpy
from deal_table import DEAL_FILE, METRICS, terms

Run = Callable[..., dict[str, np.ndarray]]


@dataclass
class Contestant:
    """One way to compute the yardstick.

    `settings` are alternatives of layout that change no number (block sizes, vectors at a time): the bench takes
    the best.
    """

    name: str
    run: Run
    exact: bool
    cpu: str = ""
    threads: int = 1
    settings: list[dict[str, Any]] = field(default_factory=lambda: [{}])
    chosen: dict[str, Any] = field(default_factory=dict)
    by_scenario: bool = False  # takes rents as (n, 95)
    few: int | None = None  # too slow for more scenarios than this

    def label(self) -> str:
        return self.name + "".join(f", {value} {key}" for key, value in self.chosen.items())


def hand_written() -> list[Contestant]:
    """Kernels written for this deal alone, exact and plain, step by step and merged."""
    found = []
    for cpu in filter(hand.available, hand.CPUS):
        vectors = (1, 2, 3, 4) if cpu == "avx512" else (1, 2, 3, 4, 6)
        settings = [{"vectors": v, "tile": t} for v in vectors for t in (192, 384, 768)]
        for exact, merged, threads in [(1, 0, 1), (1, 0, 2), (1, 1, 1), (1, 1, 2), (0, 0, 1), (0, 1, 1)]:
            name = f"hand {'exact' if exact else 'plain'}, {'merged' if merged else 'step by step'}"
            run = partial(hand.run, cpu=cpu, exact=bool(exact), merged=bool(merged), threads=threads)
            found.append(Contestant(name, run, bool(exact), cpu, threads, settings))
    return found


def numpy_in_place() -> list[Contestant]:
    settings = [{"block_size": size} for size in plain_numpy.BLOCKS]
    walks = {"step by step": plain_numpy.stepwise, "merged": plain_numpy.merged}
    return [
        Contestant(f"NumPy in place, {name}", partial(plain_numpy.run, walk=walk), False, settings=settings)
        for name, walk in walks.items()
    ]


def numba_compiled() -> list[Contestant]:
    """Empty where numba is not installed."""
    try:
        import plain_numba
    except ImportError:
        return []
    lanes = [{"lanes": n} for n in plain_numba.LANES]
    return [
        Contestant("numba (95, n), merged", plain_numba.run_across, False, settings=lanes),
        Contestant("numba (n, 95), merged", plain_numba.run_along, False, by_scenario=True),
    ]


def engine() -> list[Contestant]:
    """Ours, on each processor path; raises ImportError where it is not installed."""
    from cashfall import load

    plan = load("yardstick").compile()

    def run(rent: np.ndarray, cpu: str, threads: int) -> dict[str, np.ndarray]:
        result = plan.run({"rent": rent}, metrics=list(METRICS), threads=threads, cpu=cpu)
        return {name: np.asarray(result.metrics[name]) for name in METRICS}

    paths = [*filter(hand.available, hand.CPUS), "baseline"]
    ways = [(cpu, threads) for cpu in paths for threads in (1, 2)]
    return [Contestant("cashfall", partial(run, cpu=c, threads=n), True, c, n) for c, n in ways]


def reference() -> list[Contestant]:
    """The pure-Python reference; raises ImportError where it is not installed."""
    from cashfall.testing.reference import Reference

    deal = Reference(DEAL_FILE.read_text(encoding="utf-8"))
    scale = [10**9 if name == "dscr.minimum" else 1 if name == "dscr.n_breach_dates" else 100 for name in METRICS]

    def run(rent: np.ndarray) -> dict[str, np.ndarray]:
        outcomes = [deal.run({"rent": [nearest_cents(x) for x in path]}).metrics for path in rent.T.tolist()]
        return {name: np.array([o[name] / unit for o in outcomes]) for name, unit in zip(METRICS, scale, strict=True)}

    return [Contestant("reference, Python integers", run, True, few=8)]


def nearest_cents(amount: float) -> int:
    """A rent in cents, half away from zero, exactly."""
    numerator, denominator = amount.as_integer_ratio()
    return (200 * numerator + denominator) // (2 * denominator)


def plain_tolerances() -> dict[str, float]:
    """How far plain doubles may lie from exact cents, per metric.

    Each quarter rounds rent, fee and interest: at most 0.015 in all. A difference in arrears bears interest, so it
    grows at most by (1 + f) a quarter, f the period factor; interest and principal may carry it each, and what is
    distributed is the rest of all cash: three times the sum. Binary rounding: some 50 operations a quarter, each
    within 2^-53 of at most the greatest total, 95 quarters of the largest rent drawn (about 1e9), growing alike.
    The ratio moves by that over a debt service of at least the first coupon, and by half a unit of 1e-9.
    """
    deal = terms()
    quarters = len(deal.dates)
    growth = float(1 + deal.regular_factor) ** quarters
    binary = quarters * 50 * 2.0**-53 * quarters * 1e9
    amount = growth * (3 * quarters * 0.015 + binary)
    ratio = 0.5e-9 + (growth * quarters * 0.015 + binary) / (min(deal.scheduled_interest[:15]) / 100) + 1e-15
    tolerances = dict.fromkeys(METRICS, amount)
    return tolerances | {"dscr.minimum": ratio, "dscr.n_breach_dates": 0.0}
