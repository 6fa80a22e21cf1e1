"""Generated deals with what the reference says of them, one text file each, for tests that have no Python.

`python tests/crosscheck/corpus.py FOLDER --deals 300` writes the files; `CASHFALL_CORPUS=FOLDER cargo test -p cashfall
--test corpus` runs the engine on them and compares every figure. It is the oracle of `make mutants`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import cashfall as cf
from cashfall.testing.generated import generate
from cashfall.testing.reference import Reference
from cashfall.testing.scenario_paths import generate_scenarios, in_units

N_SCENARIOS = 3


def plain(value: Any) -> Any:
    """A document's value as JSON has it: dates and decimals as texts are read exactly."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


def as_double(value: float | int | None, unit: str) -> str:
    """What the engine must answer: an integer of its unit, or the double nearest to so many billionths."""
    if value is None or value != value:
        return "nan"
    return repr(float(value) if unit != "number" or value in (float("inf"), float("-inf")) else value / 10**9)


def lines(seed: int) -> Iterator[str]:
    """The deal, the inputs of its scenarios, and per scenario every flow and metric."""
    deal = generate(seed)
    reference, plan = Reference(deal), cf.load(deal).compile()
    paths = generate_scenarios(deal, N_SCENARIOS, seed, reference)
    yield f"deal {json.dumps(plain(deal))}"
    for scenario, path in enumerate(paths):
        outcome = reference.run(in_units(deal, path))
        for name, values in path.items():
            yield figures("input", scenario, name, map(repr, values))
        for name in plan.outputs:
            unit = plan._output_units[name]
            yield figures("flow", scenario, name, (as_double(value, unit) for value in outcome.flows[name]))
        for name in plan.metrics:
            yield figures("metric", scenario, name, [as_double(outcome.metrics[name], plan._metric_units[name])])


def figures(kind: str, scenario: int, name: str, values: Iterable[str]) -> str:
    """One line: kind, scenario, name, values."""
    return " ".join([kind, str(scenario), name, *values])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--deals", type=int, default=300)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for seed in range(arguments.first, arguments.first + arguments.deals):
        (arguments.folder / f"{seed}.txt").write_text("\n".join(lines(seed)) + "\n", encoding="utf-8")
    print(f"{arguments.deals} deals in {arguments.folder}")


if __name__ == "__main__":
    main()
