"""Planted bugs in groups, rates by formula and what formulas know of notes: a law catches each, or the rule."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cashfall.testing import laws
from cashfall.testing.reference import (
    anticipated,
    coupons,
    cures,
    funding,
    groups,
    known,
    notes,
    statuses,
    steps,
    tests,
)
from planting import RULE, Case, Mutants, Patch, broken_by_sound_runs, is_caught, made, rule, using

N_SEEDS = 300
USED = (
    "'groups'",
    "status.",
    "months_to_maturity",
    "'formula': {'rate'",
    "'by_dated_date'",
    "'anticipated_repay",
    "'apply': 'prepay'",
    "'funding'",
    "'extension'",
)
"""What deals say that use one of these rules."""

RARE = ("status.", "'apply': 'prepay'", "'refinance'")
"""What too few of them use."""


REPAID = tomllib.loads(
    """
    [deal]
    name = "repaid"
    currency = "USD"
    closing_date = 2024-12-15
    waterfall_dates = "quarterly"
    [schedules]
    quarterly = { regular = { first = 2025-03-15, last = 2025-12-15, months = 3 } }
    [inputs]
    pool = { unit = "amount" }
    sponsor = { unit = "amount" }
    [accounts]
    cash = { opening_balance = 2000 }
    gift = {}
    [equity.owner]
    [notes.junior]
    original_balance = 900
    dated_date = 2024-12-15
    maturity_date = 2025-12-15
    payment_dates = "quarterly"
    day_count = "30/360_us"
    coupon = { fixed = { rate = 0.04 } }
    amortisation = { bullet = {} }
    [tests.cover]
    measure = { oc = { collateral = "inputs.pool", notes = ["junior"] } }
    level = 1.25
    window = 2
    dates = "quarterly"
    when_undefined = "hold"
    equity_cure = { input = "sponsor", to = "gift", apply = "prepay", notes = ["junior"] }
    [[waterfalls.collection]]
    accrue_interest = { notes = ["junior"] }
    [[waterfalls.collection]]
    run_tests = { tests = ["cover"] }
    [[waterfalls.normal]]
    pay_interest = { notes = ["junior"], from = ["cash"] }
    [[waterfalls.normal]]
    distribute = { to = "owner", from = ["gift"] }
    """,
    parse_float=Decimal,
)
"""Cured twice by prepayment within a window: generated deals hardly ever are."""


def cases() -> Iterator[Case]:
    yield made(REPAID, {"pool": [1_000.0, 1_000.0, 950.0, 700.0], "sponsor": [1_000.0] * 4})
    yield from using(USED, range(N_SEEDS))
    yield from using(RARE, range(N_SEEDS, 3 * N_SEEDS))


# groups


def without_the_last(original: Any, plan: Any, name: str, quantity: str) -> list[str]:
    found = list(original(plan, name, quantity))
    return found[:-1] if len(found) > 1 else found


def backwards(original: Any, lists: groups.Lists, node: Any, key: str) -> Any:
    if isinstance(node, list) and key == "notes":
        members = {name: notes[::-1] for name, notes in lists.members.items()}
        return original(groups.Lists(members, lists.with_premium, lists.with_additional), node, key)
    return original(lists, node, key)


def largest_apart(original: Any, scenario: Any, flows: Mapping[str, Any]) -> Mapping[str, Any]:
    found = dict(original(scenario, flows))
    for name, members in groups.members_of(scenario.plan).items():
        for part in groups.SHORTFALLS:
            found[f"{name}.{part}"] = sum(max(flows[f"{note}.{part}"]) for note in members)
    return found


def lost_without_interest(original: Any, scenario: Any, flows: Mapping[str, Any]) -> Mapping[str, Any]:
    losses = {f"{name}.loss": scenario.value(f"{name}.balance") for name in groups.members_of(scenario.plan)}
    return {**original(scenario, flows), **losses}


# rates and what is known


def uncapped(original: Any, coupon: coupons.Coupon, value: int, rounding: str) -> int:
    return int(original(replace(coupon, all_in_cap=None), value, rounding))


def not_rounded(original: Any, coupon: coupons.Coupon, value: int, rounding: str) -> int:
    return int(original(replace(coupon, rate_decimals=9), value, rounding))


def scheduled_always(original: Any, plan: Any) -> dict[str, Any]:
    return {name: scheduled_rate(plan.notes[name].coupon.scheduled_rate) for name in original(plan)}


def scheduled_rate(rate: int) -> Callable[[Any], int]:
    return lambda scenario: rate


def years_for_months(original: Any, start: dt.date, end: dt.date) -> int:
    return int(original(start, end)) // 12


def status_of_the_waterfall(original: Any, position: int) -> Callable[[Any, str], int]:
    return lambda scenario, _: int(scenario.waterfall_status == position)


def youngest_first(original: Any, plan: Any, payees: Any, order: str) -> list[int]:
    found = list(original(plan, payees, order))
    return found[::-1] if order == "by_dated_date" else found


def never_from_the_start(original: Any, scenario: Any, name: str, start: dt.date, weighted: Any) -> None:
    if start > scenario.plan.notes[name].dated_date:
        original(scenario, name, start, weighted)


# cures by prepayment


def a_cent_less(original: Any, numerator: int, denominator: int, bound: int, at_least: bool) -> int:
    return max(0, int(original(numerator, denominator, bound, at_least)) - 1)


def as_income(original: Any, numerator: int, denominator: int, bound: int, at_least: bool) -> int:
    return (
        cures.needed(numerator, denominator, bound) if at_least else int(original(numerator, denominator, bound, False))
    )


def forgotten_by_the_window(original: Any, scenario: Any, test: Any, *rest: Any) -> Any:
    found, state = original(scenario, test, *rest), scenario.states[test.name]
    remembered = state.denominators if test.at_least else state.numerators
    remembered[-1] += state.cures[-1]
    return found


def with_cures(change: Callable[[Any], dict[str, Any]]) -> Patch:
    """Read every equity cure with other terms than it states."""

    def read(original: Any, entry: Any) -> Any:
        cure = original(entry)
        return cure and replace(cure, **change(cure))

    return rule(tests, "read_cure", read)


# draws, extensions


def all_that_was_drawn_returns(original: Any, scenario: Any, name: str) -> int:
    terms = scenario.plan.funding
    scenario.plan.funding = {key: replace(entry, revolving=not entry.revolving) for key, entry in terms.items()}
    try:
        return int(original(scenario, name))
    finally:
        scenario.plan.funding = terms


def drawn_without_end(original: Any, scenario: Any, name: str) -> int:
    terms = scenario.plan.funding
    scenario.plan.funding = {key: replace(entry, until=None) for key, entry in terms.items()}
    try:
        return int(original(scenario, name))
    finally:
        scenario.plan.funding = terms


def never_extended(original: Any, scenario: Any, name: str) -> None:
    pass


def extended_late(original: Any, scenario: Any, name: str) -> None:
    scenario.values[f"{name}.extended"] = len(scenario.plan.extensions[name].maturity_dates)


def refinanced_at_par(original: Any, scenario: Any, step: Any) -> Any:
    owed = original(scenario, step)
    return owed and {name: (principal, 0) for name, (principal, _) in owed.items()}


def refinanced_by_halves(original: Any, scenario: Any, step: Any) -> Any:
    owed = original(scenario, step)
    return owed and {name: (principal // 2, premium) for name, (principal, premium) in owed.items()}


MUTANTS: Mutants = {
    "a group without its last note": (rule(groups, "holders", without_the_last), laws.groups_add_up),
    "the notes of a group backwards": (rule(groups.Lists, "of", backwards), RULE),
    "the largest shortfalls of a group's notes": (rule(groups, "metrics", largest_apart), RULE),
    "a group loses no interest": (rule(groups, "metrics", lost_without_interest), RULE),
    "a rate by formula without its cap": (rule(notes, "formula_rate", uncapped), laws.rates_keep_their_bounds),
    "a rate by formula is not rounded": (rule(notes, "formula_rate", not_rounded), laws.rates_keep_their_bounds),
    "a rate by formula is that of the schedule": (rule(notes, "read_rate_formulas", scheduled_always), RULE),
    "years for months": (rule(known, "full_months", years_for_months), RULE),
    "the status is that of the waterfall": (rule(statuses, "is_status", status_of_the_waterfall), RULE),
    "by dated date, the youngest first": (rule(steps, "payee_order", youngest_first), laws.payees_stand_in_order),
    "a cure by prepayment a cent short": (rule(cures, "needed_of_debt", a_cent_less), laws.cures_keep_their_limits),
    "debt is cured as income is": (rule(cures, "needed_of_debt", as_income), RULE),
    "the window forgets what was repaid": (rule(tests, "cured_by_prepayment", forgotten_by_the_window), RULE),
    "the last note of a cure first": (with_cures(lambda cure: {"prepaid": cure.prepaid[::-1]}), RULE),
    "a note revolves, or does not": (
        rule(funding, "room_of", all_that_was_drawn_returns),
        laws.a_draw_on_a_note_keeps_within_its_room,
    ),
    "a note drawn after its last day": (
        rule(funding, "room_of", drawn_without_end),
        laws.a_draw_on_a_note_keeps_within_its_room,
    ),
    "extended as often as it can be": (rule(funding, "extend", extended_late), laws.notes_are_extended_in_time),
    "never extended": (rule(funding, "extend", never_extended), RULE),
    "an extension costs nothing": (rule(funding, "added_rate", lambda original, scenario, name: 0), RULE),
    "refinanced by halves": (rule(steps, "whole_prices", refinanced_by_halves), laws.a_refinancing_repays_whole_notes),
    "refinanced without premiums": (rule(steps, "whole_prices", refinanced_at_par), RULE),
    "no second rate from the dated date": (rule(anticipated, "accrue", never_from_the_start), RULE),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_caught(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patch, law = MUTANTS[mutant]
    patch(monkeypatch)
    assert any(is_caught(case, law) for case in cases()), f"nothing noticed: {mutant}"


def test_nothing_is_caught_without_a_mutant() -> None:
    assert list(broken_by_sound_runs(cases(), MUTANTS)) == []
