"""Engine against reference, exactly: every recorded flow, every metric, every movement of cash.

`python tests/crosscheck/differential.py --deals 20000` runs more deals than CI does. With `--small` it stops at the
first deal that differs, and prints it with all left out that has nothing to do with the difference.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

import cashfall as cf
from cashfall.testing.dropping import smallest_deal
from cashfall.testing.engine import EngineRun, document_of, runner_of
from cashfall.testing.generated import generate
from cashfall.testing.laws import Transfer
from cashfall.testing.reference import Reference
from cashfall.testing.reference.outcome import Outcome
from cashfall.testing.scenario_paths import Paths, generate_scenarios, in_units
from cashfall.testing.toml_text import to_toml

N_SCENARIOS = 8


def same(engine: float, reference: float | int | None, scale: int) -> bool:
    """Equal: the engine gives integers, and numbers as the float nearest to an integer's billionths. The reference says
    None for what is undefined.
    """
    if reference is None or reference != reference:
        return math.isnan(engine)
    return engine == (reference if scale == 1 or math.isinf(reference) else reference / scale)


def generated(seed: int, n_scenarios: int) -> tuple[dict[str, Any], list[str]]:
    """A generated deal, and what the engine and the reference disagree on in its scenarios."""
    deal = generate(seed)
    reference = Reference(deal)
    try:
        return deal, differences(deal, generate_scenarios(deal, n_scenarios, seed, reference), reference)
    except cf.DealError as error:
        return deal, [str(error)]


def differences(deal: Mapping[str, Any], paths: Sequence[Paths], reference: Reference | None = None) -> list[str]:
    """What the engine and the reference disagree on, for all scenarios of a deal; empty if nothing."""
    reference = reference or Reference(deal)
    plan = cf.load(deal).compile()
    inputs = {
        info["name"]: np.array([path[info["name"]] for path in paths]).T
        for info in plan.inputs
        if info["name"] in paths[0]
    }
    if not inputs:
        paths = paths[:1]
    core = plan._core
    arrays, n_scenarios = plan._arrays(inputs)
    outputs, metrics = plan._all_outputs, plan._all_metrics
    records, values = core.run(arrays, n_scenarios, outputs, metrics, 1, None, True, None)
    flows = records.reshape(len(outputs), len(plan.periods), n_scenarios)
    figures = values.reshape(len(metrics), n_scenarios)
    found: list[str] = []
    for scenario in range(n_scenarios):
        outcome = reference.run(in_units(deal, paths[scenario]))
        found += compare(plan, outcome, flows[:, :, scenario], figures[:, scenario], f"scenario {scenario}: ")
        if scenario == 0:
            found += compare_ledgers(runner_of(plan)(document_of(plan.deal), in_units(deal, paths[0])), outcome)
    return found


def compare_ledgers(run: EngineRun, outcome: Outcome) -> list[str]:
    """Differences in what moved: date, step, verb, from, to, amount, line by line."""
    if outcome.outcome != "ok":
        return []
    moved = [[moved_by(line) for line in lines if line.amount] for lines in (run.ledger, outcome.ledger)]
    return [
        f"line {place} of the ledger: engine {found}, reference {expected}"
        for place, (found, expected) in enumerate(zip_longest(*moved))
        if found != expected
    ]


def moved_by(line: Transfer) -> tuple[object, ...]:
    """A line of the ledger without what only explains it."""
    return line.index, line.waterfall, line.position, line.verb, line.source, line.target, line.amount


def compare(plan: cf.Plan, outcome: Outcome, flows: Any, figures: Any, prefix: str) -> list[str]:
    """Differences of one scenario."""
    found = []
    if [date.isoformat() for date in outcome.dates] != plan.periods:
        return [f"{prefix}periods {plan.periods} != {outcome.dates}"]
    for position, name in enumerate(plan.outputs):
        scale = 10**9 if plan._output_units[name] == "number" else 1
        if scale == 1 and flows[position].tolist() == outcome.flows[name]:
            continue
        for t, (engine, expected) in enumerate(zip(flows[position].tolist(), outcome.flows[name], strict=True)):
            if not same(engine, expected, scale):
                found.append(f"{prefix}{name}[{t}]: engine {engine}, reference {expected}")
    for position, name in enumerate(plan.metrics):
        scale = 10**9 if plan._metric_units[name] == "number" else 1
        engine, expected = float(figures[position]), outcome.metrics[name]
        if not same(engine, expected, scale):
            found.append(f"{prefix}metric {name}: engine {engine}, reference {expected}")
    missing = set(outcome.flows) ^ set(plan.outputs)
    missing |= set(outcome.metrics) ^ set(plan.metrics)
    return found + [f"{prefix}only one side has {name}" for name in sorted(missing)]


def smallest(deal: Mapping[str, Any], n_scenarios: int, seed: int) -> tuple[Mapping[str, Any], list[str]]:
    """The smallest deal that still differs, on scenarios drawn for it by the same seed, and what differs."""

    def found(candidate: Mapping[str, Any]) -> list[str]:
        return differences(candidate, generate_scenarios(candidate, n_scenarios, seed))

    small = smallest_deal(deal, lambda candidate: bool(found(candidate)))
    return small, found(small)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=2_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--scenarios", type=int, default=N_SCENARIOS)
    parser.add_argument("--small", action="store_true", help="stop at the first deal that differs, and make it small")
    arguments = parser.parse_args()
    failed = 0
    for seed in range(arguments.first, arguments.first + arguments.deals):
        deal, found = generated(seed, arguments.scenarios)
        if found:
            failed += 1
            print(f"seed {seed}:", *found[:6], sep="\n  ")
            if arguments.small:
                small, found = smallest(deal, arguments.scenarios, seed)
                print("its smallest form differs in:", *found[:6], sep="\n  ", end=f"\n\n{to_toml(small)}\n")
                break
    print(f"{arguments.deals} deals x {arguments.scenarios} scenarios: {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
