"""The yardstick of speed: one deal, one machine, everyone's nanoseconds per scenario.

    python benches/yardstick/bench.py [--quick] [--json] [--require-engine] [--scenarios N] [--rounds K]

All contestants compute the same metrics from the same rents. Exact ones must agree bit for bit, plain ones within a
derived tolerance, or the bench fails. Contestants take turns within each round, so that a slow moment of the machine
hits them alike; the table shows each one's best round and its median.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time

import around
import contestants
import numpy as np
import steps
from contestants import Contestant
from deal_table import METRICS
from paths import hard_paths, rent_paths

Rents = dict[bool, np.ndarray]  # by_scenario -> rents


def rents_of(contestant: Contestant, rents: Rents) -> np.ndarray:
    rent = rents[contestant.by_scenario]
    return np.ascontiguousarray(rent[:, : contestant.few]) if contestant.few else rent


def nanoseconds(contestant: Contestant, rents: Rents, settings: dict | None = None) -> float:
    """One timed run, per scenario."""
    rent = rents_of(contestant, rents)
    settings = contestant.chosen if settings is None else settings
    start = time.perf_counter_ns()
    contestant.run(rent, **settings)
    spent = time.perf_counter_ns() - start
    return spent / (rent.shape[0] if contestant.by_scenario else rent.shape[1])


def choose_settings(contestant: Contestant, rents: Rents, repeats: int) -> None:
    """Takes the fastest setting, each tried in turn several times."""
    if len(contestant.settings) == 1:
        contestant.chosen = contestant.settings[0]
        return
    best = [float("inf")] * len(contestant.settings)
    for _ in range(repeats):
        for i, settings in enumerate(contestant.settings):
            best[i] = min(best[i], nanoseconds(contestant, rents, settings))
    contestant.chosen = contestant.settings[best.index(min(best))]


def check(contestant: Contestant, rents: Rents, expected: dict[str, np.ndarray]) -> None:
    """Exact contestants equal the first exact one in every bit; plain ones lie within the derived tolerance."""
    got = contestant.run(rents_of(contestant, rents), **contestant.chosen)
    tolerances = contestants.plain_tolerances()
    for name in METRICS:
        want = expected[name][: contestant.few]
        if contestant.exact:
            agree = np.array_equal(got[name], want) and not np.signbit(got[name][want == 0]).any()
        else:
            agree = np.abs(got[name] - want).max() <= tolerances[name]
        if not agree:
            worst = np.abs(got[name] - want).max()
            raise SystemExit(f"{contestant.label()} {contestant.cpu}: {name} differs, by up to {worst}")


def optional(make, required: bool, missing: list[str]) -> list[Contestant]:
    """Contestants of a part that may not be installed."""
    try:
        return make()
    except ImportError as error:
        if required:
            raise
        missing.append(f"{make.__name__}: {error}")
        return []


def measure(everyone: list[Contestant], rents: Rents, rounds: int) -> list[dict]:
    """Best and median nanoseconds of each, interleaved."""
    times: list[list[float]] = [[] for _ in everyone]
    for _ in range(rounds):
        for contestant, spent in zip(everyone, times, strict=True):
            spent.append(nanoseconds(contestant, rents))
    return [
        {
            "contestant": contestant.label(),
            "kind": contestant.name,
            "exact": contestant.exact,
            "cpu": contestant.cpu,
            "threads": contestant.threads,
            "best_ns": min(spent),
            "median_ns": statistics.median(spent),
        }
        for contestant, spent in zip(everyone, times, strict=True)
    ]


def add_ratios(rows: list[dict]) -> None:
    """Each one's best over the exact kernels of its processor path (else of the first path), and NumPy's over it."""

    def best(kind: str, cpu: str) -> float:
        found = [r["best_ns"] for r in rows if r["kind"] == kind and r["threads"] == 1 and cpu in (r["cpu"], "")]
        return found[0] if found else float("nan")

    paths = {row["cpu"] for row in rows if row["kind"].startswith("hand")}
    for row in rows:
        cpu = row["cpu"] if row["cpu"] in paths else ""
        row["to_hand_step_by_step"] = row["best_ns"] / best("hand exact, step by step", cpu)
        row["to_hand_merged"] = row["best_ns"] / best("hand exact, merged", cpu)
        row["numpy_to_it"] = best("NumPy in place, step by step", "") / row["best_ns"]
        row["numpy_merged_to_it"] = best("NumPy in place, merged", "") / row["best_ns"]


HEADS = ("contestant", "cpu", "threads", "best ns", "median ns", "÷ hand", "÷ hand merged", "NumPy ÷", "NumPy merged ÷")


def table(rows: list[dict]) -> str:
    """The one table."""
    body = [
        (
            row["contestant"],
            row["cpu"],
            str(row["threads"]),
            f"{row['best_ns']:,.0f}",
            f"{row['median_ns']:,.0f}",
            *(f"{row[k]:.2f}" for k in ("to_hand_step_by_step", "to_hand_merged", "numpy_to_it", "numpy_merged_to_it")),
        )
        for row in rows
    ]
    widths = [max(len(line[i]) for line in [HEADS, *body]) for i in range(len(HEADS))]

    def line(cells: tuple[str, ...]) -> str:
        left = [cell.ljust(width) for cell, width in zip(cells[:2], widths[:2], strict=True)]
        return "  ".join(left + [cell.rjust(width) for cell, width in zip(cells[2:], widths[2:], strict=True)])

    return "\n".join([line(HEADS), "  ".join("-" * width for width in widths), *map(line, body)])


def processor() -> str:
    """The processor's model name."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            return next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="fewer scenarios and rounds: a check that all agree, not a claim"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--require-engine", action="store_true", help="fail where cashfall is not installed")
    parser.add_argument("--scenarios", type=int, help="default 100,000, or 4,099 if quick")
    parser.add_argument("--rounds", type=int, help="default 15, or 3 if quick")
    return parser.parse_args()


def main() -> None:
    args = options()
    n = args.scenarios or (4_099 if args.quick else 100_000)
    rounds = args.rounds or (3 if args.quick else 15)
    rent = rent_paths(n)
    rents = {False: rent, True: np.ascontiguousarray(rent.T)}
    missing: list[str] = []
    ours = optional(contestants.engine, args.require_engine, missing)
    everyone = [*ours, *contestants.hand_written(), *contestants.numpy_in_place(), *contestants.numba_compiled()]
    everyone += optional(contestants.reference, args.require_engine, missing)
    hard = {False: hard_paths(403)}
    exact = next(c for c in [*everyone[len(ours) :], *ours] if c.exact)
    expected, expected_hard = exact.run(rents_of(exact, rents)), exact.run(rents_of(exact, hard))
    for contestant in everyone:
        choose_settings(contestant, rents, 2 if args.quick else 4)
        check(contestant, rents, expected)
        if contestant.exact:
            check(contestant, hard, expected_hard)
    rows = measure(everyone, rents, rounds)
    add_ratios(rows)
    figures = around.figures(args.quick) if ours else {}
    per_step = steps.measure(args.quick) if ours else []
    machine = {"processor": processor(), "python": platform.python_version(), "numpy": np.__version__}
    if args.json:
        report = {"machine": machine, "scenarios": n, "rounds": rounds, "figures": figures, "per_step": per_step}
        report["table"] = [{k: None if v != v else v for k, v in row.items()} for row in rows]
        json.dump(report | {"missing": missing}, sys.stdout, indent=2, allow_nan=False)
        print()
        return
    in_lock_up = expected["dscr.n_breach_dates"].mean() / rent.shape[0]
    short = (np.maximum(expected["senior.interest_shortfall"], expected["senior.principal_shortfall"]) > 0).mean()
    print(f"{n:,} scenarios, {rounds} rounds, {machine['processor']}, NumPy {np.__version__}")
    print(f"{in_lock_up:.1%} of quarters in lock-up, {short:.1%} of scenarios short. Nanoseconds per scenario:\n")
    print(table(rows))
    for name, value in figures.items():
        print(f"{name}: {value:,.1f}")
    if per_step:
        print(f"\n{steps.DEAL.stem}: {per_step[0]['n_steps']:,.0f} steps a scenario, all metrics. Nanoseconds:\n")
        print(steps.table(per_step))
    for name in missing:
        print(f"not measured, {name}")


if __name__ == "__main__":
    main()
