"""Speed per step: a deal of three classes, six tests and sixty steps, beside the reference. Needs the engine.

A scenario-step is one step of the document on one date in one scenario: those of the collection, of the waterfall of
the scenario's status on that date, and of what comes after it.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import numpy as np

DEAL = Path(__file__).with_name("indenture.toml")
REFERENCE = "reference, Python integers"


def rent_paths(default: float, n_periods: int, n_scenarios: int, seed: int = 20360115) -> np.ndarray:
    """Rents that wander far enough to fail every test in some scenario."""
    random = np.random.Generator(np.random.Philox(seed))
    steps = 0.06 * random.standard_normal((n_periods, n_scenarios))
    return default * np.exp(np.cumsum(steps, axis=0)).clip(0.0, 8.0)


def scenario_steps(document: dict, status: np.ndarray) -> float:
    """Steps that a scenario walks through, on average, with the statuses of these scenarios."""
    waterfalls = document["waterfalls"]
    every_date = len(waterfalls["collection"]) + len(waterfalls["after"])
    by_status = np.array([len(waterfalls[name]) for name in document["deal"]["statuses"]])
    return float((every_date + by_status[status.astype(int)]).sum(axis=0).mean())


def measure(quick: bool) -> list[dict]:
    """Rows of the table, ours interleaved; the reference runs a few scenarios and must agree in every cent."""
    import cashfall as cf
    from cashfall import _core
    from cashfall.testing.reference import Reference
    from cashfall.testing.reference.document import load

    document = load(DEAL.read_text(encoding="utf-8"))
    plan = cf.load(str(DEAL)).compile()
    n_scenarios, rounds = (2_000, 2) if quick else (50_000, 9)
    rent = rent_paths(46_000_000.0, len(plan.periods), n_scenarios)
    few = plan.run({"rent": rent[:, :400]}, record=["status"])
    n_steps = scenario_steps(document, few["status"])
    ours = [(cpu, threads) for cpu in _core.available_cpus() for threads in (1, 2)]
    spent: dict[tuple[str, int], list[float]] = {key: [] for key in ours}
    for _ in range(rounds):
        for cpu, threads in ours:
            start = time.perf_counter_ns()
            plan.run({"rent": rent}, cpu=cpu, threads=threads)
            spent[cpu, threads].append((time.perf_counter_ns() - start) / n_scenarios)
    rows = [row("cashfall", cpu, threads, times, n_steps) for (cpu, threads), times in spent.items()]
    reference = Reference(document)
    start = time.perf_counter_ns()
    for scenario in range(3):
        path = [round(value * 100) for value in rent[:, scenario].tolist()]
        outcome = reference.run({"rent": path})
        cents = round(float(few.metrics["sponsor.distributed"][scenario]) * 100)
        if outcome.metrics["sponsor.distributed"] != cents:
            raise SystemExit(f"the reference distributes {outcome.metrics['sponsor.distributed']}, the engine {cents}")
    rows.append(row(REFERENCE, "", 1, [(time.perf_counter_ns() - start) / 3], n_steps))
    return rows


def row(contestant: str, cpu: str, threads: int, times: list[float], n_steps: float) -> dict:
    best = min(times)
    return {
        "contestant": contestant,
        "cpu": cpu,
        "threads": threads,
        "best_ns": best,
        "median_ns": statistics.median(times),
        "n_steps": n_steps,
        "ns_per_step": best / n_steps,
    }


def table(rows: list[dict]) -> str:
    lines = [f"{'contestant':<28}{'cpu':<10}{'threads':>7}{'best ns':>14}{'median ns':>14}{'ns per scenario-step':>22}"]
    lines += [
        f"{r['contestant']:<28}{r['cpu']:<10}{r['threads']:>7}{r['best_ns']:>14,.0f}{r['median_ns']:>14,.0f}"
        f"{r['ns_per_step']:>22,.2f}"
        for r in rows
    ]
    return "\n".join(lines)
