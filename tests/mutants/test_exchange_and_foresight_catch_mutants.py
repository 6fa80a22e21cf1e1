"""Planted bugs in what looks ahead, what depends on itself, and what is exchanged: a law catches each, or the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from cashfall.testing import laws
from cashfall.testing.reference import (
    assets,
    conversion,
    effects,
    formulas,
    forward,
    prefunding,
    steps,
)
from cashfall.testing.reference.numbers import SCALE
from cashfall.testing.reference.scenario import Scenario
from planting import RULE, Case, Mutants, action, broken_by_sound_runs, is_caught, rule, using

N_SEEDS = 500
USED = (
    "'prefund'",
    "'forward'",
    "solve(",
    "'assets'",
    "'EUR'",
)
"""What deals say that use one of these rules."""


def cases() -> Iterator[Case]:
    return using(USED, range(N_SEEDS))


# what looks ahead


def today_too(original: Any, terms: forward.Forward, today: int) -> list[range]:
    return [range(stretch.start - (place == 0), stretch.stop) for place, stretch in enumerate(original(terms, today))]


def a_date_short(original: Any, terms: forward.Forward, today: int) -> list[range]:
    return list(original(replace(terms, n=max(1, terms.n - 1)), today))


def in_one_stretch(original: Any, terms: forward.Forward, today: int) -> list[range]:
    found = original(terms, today)
    return [range(found[0].start, found[-1].stop)] if found else []


def seen_as(view: str, other: str) -> Callable[..., Any]:
    return lambda original, scenario, named: original(scenario, other if named == view else named)


# what depends on itself


def solved_once(original: Any, moment: Any, name: str, formula: Any, value: int, n: int) -> int:
    return int(formula(formulas.Trying(moment, name, value)))


# what is exchanged


def run_off_first(original: Any, scenario: Scenario) -> None:
    assets_of = scenario.plan.assets
    swapped = {name: replace(asset, loss=asset.runoff, runoff=asset.loss) for name, asset in assets_of.items()}
    scenario.plan.assets = swapped
    original(scenario)
    scenario.plan.assets = assets_of
    for name in assets_of:
        lost, repaid = (scenario.values[f"{name}.{part}"] for part in ("lost", "repaid"))
        scenario.values[f"{name}.lost"], scenario.values[f"{name}.repaid"] = repaid, lost
        scenario.values[f"{name}.receivable"] += lost - repaid


def losses_are_collected(original: Any, scenario: Scenario, name: str, share: int) -> None:
    original(scenario, name, share)
    scenario.values[f"{name}.receivable"] += scenario.values[f"{name}.lost"]


def left_receivable(original: Any, scenario: Scenario, name: str) -> int:
    return int(scenario.values[f"{name}.receivable"])


def bought_at_par(original: Any, scenario: Scenario, name: str, cost: int, price: int) -> None:
    original(scenario, name, cost, SCALE)


def sold_beyond(original: Any, scenario: Scenario, name: str, wanted: int | None, price: int) -> int:
    values = scenario.values
    short = max(0, (wanted or 0) - values[f"{name}.balance"])
    values[f"{name}.balance"] += short
    proceeds = original(scenario, name, wanted, price)
    values[f"{name}.balance"] -= short
    return int(proceeds)


def inverse_rate(original: Any, scenario: Scenario, paid: int, requested: int, rate: int, wanted: int | None) -> int:
    return int(original(scenario, paid, requested, max(1, SCALE * SCALE // rate), wanted))


def never_exact(original: Any, scenario: Scenario, paid: int, requested: int, rate: int, wanted: int | None) -> int:
    return int(original(scenario, paid, requested, rate, None))


def limited_by_old_currency(original: Any, scenario: Scenario, step: Any, rate: int, wanted: int | None) -> Any:
    within = original(scenario, step, rate, wanted)
    found = original(scenario, step, SCALE, wanted)
    return found if step.to_target and rate > 0 else within


def without_rate(original: Any, compiler: Any, amount: Any, rate: Any) -> Any:
    return original(compiler, amount, lambda moment: SCALE)


def comes_back_first(original: Any, scenario: Scenario, step: Any) -> None:
    start = len(scenario.ledger)
    original(scenario, step)
    scenario.ledger[start:] = scenario.ledger[start:][::-1]


def request_ignored(original: Any, scenario: Scenario, step: Any, cash: Sequence[int]) -> list[int]:
    return [sum(cash)] if step.verb == "buy_asset" else list(original(scenario, step, cash))


MUTANTS: Mutants = {
    "a peak that is today's value": (
        rule(prefunding, "highest_from", lambda original, path, index: path[index]),
        laws.a_prefunded_target_never_rises,
    ),
    "a peak of the past too": (rule(prefunding, "highest_from", lambda original, path, index: max(path)), RULE),
    "a peak that leaves out today": (
        rule(prefunding, "highest_from", lambda original, path, index: max(path[index + 1 :] or path[index:])),
        RULE,
    ),
    "today counts as to come": (rule(forward, "stretches", today_too), laws.foresight_is_what_comes),
    "a date to come is missed": (rule(forward, "stretches", a_date_short), laws.foresight_is_what_comes),
    "ratios of the whole window": (rule(forward, "stretches", in_one_stretch), RULE),
    "today's inputs in the place of the sizing case": (
        rule(forward, "viewed_paths", seen_as("scheduled", "current")),
        RULE,
    ),
    "the future for today": (rule(forward, "viewed_paths", seen_as("current", "foresight")), RULE),
    "what is solved for is tried once": (rule(formulas, "settled", solved_once), RULE),
    "no fixed point goes unnoticed": (rule(Scenario, "is_unsettled", lambda original, scenario, name: None), RULE),
    "run-off before losses": (rule(assets, "start_of_date", run_off_first), RULE),
    "losses are collected": (rule(assets, "lose", losses_are_collected), laws.assets_add_up),
    "collected again and again": (rule(assets, "collect", left_receivable), laws.assets_add_up),
    "bought at par": (rule(assets, "buy", bought_at_par), RULE),
    "sold beyond the balance": (rule(assets, "sell", sold_beyond), laws.assets_add_up),
    "all there is buys": (rule(steps, "requests", request_ignored), RULE),
    "exchanged at the inverse rate": (rule(conversion, "gained", inverse_rate), laws.conversions_keep_their_rate),
    "what is bought is off by its rounding": (rule(conversion, "gained", never_exact), RULE),
    "a target of the other currency": (rule(conversion, "limited", limited_by_old_currency), RULE),
    "what comes back comes first": (action("convert", comes_back_first), laws.conversions_keep_their_rate),
    "formulas convert one to one": (rule(formulas.Compiler, "converted", without_rate), RULE),
    "traps take any currency": (rule(effects, "currency_of", lambda original, plan, effect: "EUR"), RULE),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_caught(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patch, law = MUTANTS[mutant]
    patch(monkeypatch)
    assert any(is_caught(case, law) for case in cases()), f"nothing noticed: {mutant}"


def test_nothing_is_caught_without_a_mutant() -> None:
    assert list(broken_by_sound_runs(cases(), MUTANTS)) == []
