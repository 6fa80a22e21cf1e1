"""Runs of shipped deals in scenarios that are said as dated steps; the reference agrees in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cashfall as cf
from differential import differences

Steps = float | Sequence[tuple[str, float]]
Scenario = Mapping[str, Steps]


def run(name: str, scenario: Scenario | None = None) -> cf.Result:
    """A shipped deal in one scenario, in cents, with everything recorded."""
    return run_deal(cf.load(name), scenario)


def run_deal(deal: cf.Deal, scenario: Scenario | None = None) -> cf.Result:
    """A deal in one scenario: each input named holds each value from its date until the next, or throughout."""
    plan = deal.compile()
    defaults = {info["name"]: list(info["default"]) for info in plan.inputs}
    given = {name: path(plan.periods, defaults[name], steps) for name, steps in (scenario or {}).items()}
    assert differences(deal.to_dict(), [{**defaults, **given}]) == []
    return plan.run(given, record="*", unit="cents")


def run_named(name: str, scenario: str) -> cf.Result:
    """A shipped deal in a scenario of its document."""
    deal = cf.load(name)
    plan = deal.compile()
    defaults = {info["name"]: list(info["default"]) for info in plan.inputs}
    told = next(info["inputs"] for info in plan.scenarios if info["name"] == scenario)
    assert differences(deal.to_dict(), [{**defaults, **told}]) == []
    return plan.run(scenario, record="*", unit="cents")


def path(dates: Sequence[str], default: Sequence[float], steps: Steps) -> list[float]:
    if isinstance(steps, int | float):
        return [float(steps)] * len(dates)
    values = list(default)
    for since, value in steps:
        values = [value if date >= since else before for date, before in zip(dates, values, strict=True)]
    return values


def on(result: cf.Result, name: str, date: str) -> int:
    """A flow on a date, in cents."""
    return int(result[name][result.periods.index(date), 0])


def column(result: cf.Result, name: str) -> list[int]:
    return [int(value) for value in result[name][:, 0]]


def metric(result: cf.Result, name: str) -> float:
    return float(result.metrics[name][0])
