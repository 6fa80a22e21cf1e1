"""Planted bugs in the chapters on notes, fees, ledgers and taxes: a law catches each, or the rule does.

A mutant replaces one rule of the reference. Beside it stands the law that must fail, or `RULE`: then some flow or
metric must differ from the unchanged reference, as it would from the engine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest

from cashfall.testing import laws
from cashfall.testing.generated import generate
from cashfall.testing.reference import Outcome, Reference, coupons, fee_caps, ledgers, notes, sizing, taxes
from cashfall.testing.scenario_paths import generate_scenarios, in_units

N_SEEDS = 300
RULE = "the rule itself"
Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Case:
    """A deal and a scenario of it, with what the unchanged reference gives."""

    deal: dict[str, Any]
    inputs: dict[str, list[int]]
    expected: Outcome


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    found = []
    for seed in range(N_SEEDS):
        deal = generate(seed)
        inputs = in_units(deal, generate_scenarios(deal, 1, seed)[0])
        found.append(Case(deal, inputs, Reference(deal).run(inputs)))
    return found


def rule(module: Any, name: str, mutant: Callable[..., Any]) -> Patch:
    """Put a mutant, which takes the rule itself first, in the place of a rule."""
    original = getattr(module, name)
    return lambda patch: patch.setattr(module, name, lambda *arguments: mutant(original, *arguments))


# notes


def changed_terms(**terms: Any) -> Patch:
    """Read every coupon with some terms changed."""
    return rule(sizing, "accrual", lambda original, coupon, *rest: original(replace(coupon, **terms), *rest))


def rounded_up(original: Any, coupon: coupons.Coupon, index: int, rounding: str) -> int:
    unit = int(10 ** (9 - coupon.rate_decimals))
    return int(original(coupon, -(-(index + coupon.margin) // unit) * unit - coupon.margin, rounding))


def fixings_swapped(original: Any, coupon: coupons.Coupon, *rest: Any) -> int:
    return int(original(replace(coupon, in_arrears=not coupon.in_arrears), *rest))


def looks_forward(original: Any, market: coupons.Market, index: str, position: int) -> int:
    path = market.paths[index]
    return int(path[min(position + 1, len(path) - 1)])


def lockout_one_short(original: Any, found: Sequence[tuple[int, int]], lockout: int) -> list[tuple[int, int]]:
    return list(original(found, max(0, lockout - 1)))


def simply_averaged(original: Any, found: Sequence[tuple[int, int]], base_days: int, rounding: str) -> int:
    return coupons.simple_index(found, rounding)


def steps_by_the_end(original: Any, coupon: coupons.Coupon, start: Any, end: Any, market: Any) -> coupons.Accrual:
    return original(coupon, end, end, market) if coupon.kind == "steps" else original(coupon, start, end, market)


def interest_on_interest(original: Any, scenario: Any, name: str) -> None:
    owed = scenario.values[f"{name}.interest_due"]
    scenario.values[f"{name}.balance"] += owed
    original(scenario, name)
    scenario.values[f"{name}.balance"] -= owed


def only_the_last_balance(original: Any, scenario: Any, name: str) -> None:
    weighted = scenario.weighted.pop(name, Fraction(0))
    note, date = scenario.plan.notes[name], scenario.plan.grid[scenario.index]
    if weighted and date in note.fractions:
        before = note.part(date, date) - notes.elapsed(scenario, note, date)
        scenario.weighted[name] = scenario.values[f"{name}.balance"] * before
    elif weighted:
        scenario.weighted[name] = weighted
    original(scenario, name)


def never_in_default(original: Any, scenario: Any, name: str, earned: coupons.Accrual) -> coupons.Accrual:
    return earned


def level_may_fall(original: Any, coupon: coupons.Coupon, start: Any, end: Any, market: coupons.Market) -> Fraction:
    low, high = (market.value(coupon.index, market.position(date) - coupon.lookback) for date in (start, end))
    return Fraction(high - low, low) if low > 0 else Fraction(0)


# ledgers and taxes


def no_floor(original: Any, ledger: ledgers.Ledger, balance: int, amount: int) -> int:
    return int(original(replace(ledger, floor=None), balance, amount))


def the_latest(original: Any, ledger: ledgers.Ledger, balance: int, amount: int) -> int:
    return amount if ledger.maximum else int(original(ledger, balance, amount))


def magnitude(original: Any, ledger: ledgers.Ledger, balance: int, amount: int) -> int:
    return int(original(ledger, balance, abs(amount)))


def reset_to_zero(original: Any, scenario: Any) -> None:
    for name, ledger in scenario.plan.ledgers.items():
        if ledger.reset_when and ledger.reset_when(scenario):
            scenario.values[f"{name}.balance"] = max(0, ledger.floor or 0)


def never_reset(original: Any, scenario: Any) -> None:
    return None


def unpaid_tax_forgotten(original: Any, scenario: Any, name: str) -> None:
    scenario.values[f"{name}.due"] = 0
    original(scenario, name)


def tax_of_the_absolute_base(original: Any, scenario: Any, name: str) -> None:
    tax = scenario.plan.taxes[name]
    scenario.plan.taxes[name] = replace(tax, base=lambda moment: abs(tax.base(moment)))
    original(scenario, name)
    scenario.plan.taxes[name] = tax


# fees


def no_cap(original: Any, scenario: Any, name: str, accrued: int) -> int:
    return accrued


def room_lost(original: Any, scenario: Any, name: str, accrued: int) -> int:
    due = int(original(scenario, name, accrued))
    scenario.rooms[name] = max(0, scenario.rooms[name] - 1)
    return due


def carried_over_unasked(original: Any, scenario: Any) -> None:
    caps = scenario.plan.fee_caps
    scenario.plan.fee_caps = {name: replace(cap, carry_forward=True) for name, cap in caps.items()}
    original(scenario)
    scenario.plan.fee_caps = caps


def a_day_late(original: Any, cap: Any, after: Any, until: Any) -> Any:
    return original(cap, after - dt.timedelta(days=1), until - dt.timedelta(days=1))


def whole_stub(original: Any, annual: int, closing: Any, month: int, day: int, stub: str, rounding: str) -> int:
    return int(original(annual, closing, month, day, "full", rounding))


MUTANTS: dict[str, tuple[Patch, Callable[[laws.Run], None] | str]] = {
    "the floor on the wrong side": (
        rule(coupons, "adjusted", lambda original, coupon, index: min(coupon.floor or index, index)),
        laws.rates_keep_their_bounds,
    ),
    "no cap": (changed_terms(all_in_cap=None), laws.rates_keep_their_bounds),
    "no rounding of the rate": (changed_terms(rate_decimals=9), laws.rates_keep_their_bounds),
    "the rate rounded up": (rule(coupons, "all_in_rate", rounded_up), RULE),
    "the margin forgotten": (changed_terms(margin=0), RULE),
    "the adjustment after the floor": (changed_terms(credit_adjustment=0), RULE),
    "fixed in arrears for in advance": (rule(coupons, "fixing", fixings_swapped), RULE),
    "no lookback": (changed_terms(lookback=0), RULE),
    "looks forward": (rule(coupons.Market, "value", looks_forward), RULE),
    "no observation shift": (changed_terms(observation_shift=False), RULE),
    "a lockout one short": (rule(coupons, "locked_out", lockout_one_short), RULE),
    "floor per period for per day": (changed_terms(floor_per_observation=False), RULE),
    "compounding left out": (rule(coupons, "compounded_index", simply_averaged), RULE),
    "360 days for 365": (changed_terms(base_days=360), RULE),
    "the step of the period's end": (rule(sizing, "accrual", steps_by_the_end), RULE),
    "interest on unpaid interest": (
        rule(notes, "accrue_interest", interest_on_interest),
        laws.interest_follows_the_balance,
    ),
    "interest on the last balance": (
        rule(notes, "accrue_interest", only_the_last_balance),
        RULE,
    ),
    "never in default": (rule(notes, "with_default_rate", never_in_default), RULE),
    "an index level that falls": (rule(coupons, "level_growth", level_may_fall), RULE),
    "a ledger below its floor": (rule(ledgers, "booked", no_floor), laws.ledgers_add_up),
    "the latest for the maximum": (rule(ledgers, "booked", the_latest), laws.ledgers_add_up),
    "bookings without their sign": (rule(ledgers, "booked", magnitude), laws.ledgers_add_up),
    "reset to zero": (rule(ledgers, "start_of_date", reset_to_zero), RULE),
    "never reset": (rule(ledgers, "start_of_date", never_reset), RULE),
    "unpaid tax forgotten": (rule(taxes, "accrue", unpaid_tax_forgotten), laws.no_payee_gets_more_than_due),
    "no fee cap": (rule(fee_caps, "allowed", no_cap), laws.fee_caps_hold),
    "a cap's room lost by a cent": (rule(fee_caps, "allowed", room_lost), RULE),
    "room carried over unasked": (rule(fee_caps, "begin_years", carried_over_unasked), laws.fee_caps_hold),
    "cap years off by a day": (rule(fee_caps.AnnualCap, "beginnings", a_day_late), RULE),
    "a stub year with a whole cap": (rule(fee_caps, "first_room", whole_stub), RULE),
    "a loss is taxed": (rule(taxes, "accrue", tax_of_the_absolute_base), RULE),
}


def is_caught(case: Case, law: Callable[[laws.Run], None] | str) -> bool:
    """Whether the mutant shows in a case."""
    found = Reference(case.deal).run(case.inputs)
    if law is RULE:
        return found.flows != case.expected.flows
    if found.outcome != "ok":
        return False
    assert callable(law)
    try:
        law(found)
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_caught(mutant: str, cases: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    patch, law = MUTANTS[mutant]
    patch(monkeypatch)
    assert any(is_caught(case, law) for case in cases), f"nothing noticed: {mutant}"


def test_nothing_is_caught_without_a_mutant(cases: list[Case]) -> None:
    for case in cases:
        for law in {law for _, law in MUTANTS.values()}:
            assert not is_caught(case, law)
