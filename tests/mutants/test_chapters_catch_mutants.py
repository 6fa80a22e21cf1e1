"""Planted bugs in notes, fees, facilities, hedges, ledgers and taxes: a law catches each, or the rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from cashfall.testing import laws
from cashfall.testing.reference import (
    accounts,
    capitalisation,
    coupons,
    facilities,
    fee_caps,
    hedges,
    ledgers,
    note_targets,
    notes,
    prepayment,
    sizing,
    taxes,
    tests,
)
from planting import RULE, Case, Mutants, Patch, action, broken_by_sound_runs, is_caught, rule, sound

N_SEEDS = 300


def cases() -> Iterator[Case]:
    return map(sound, range(N_SEEDS))


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


# fees, facilities, hedges


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


def draw_without_reduction(original: Any, facility: Any, drawn: int, ever_drawn: int, date: Any) -> int:
    return int(original(facility, 0, 0, date))


def revolves_anyway(original: Any, facility: Any, drawn: int, ever_drawn: int, date: Any) -> int:
    return int(original(replace(facility, revolving=True), drawn, ever_drawn, date))


def available_for_ever(original: Any, facility: Any, drawn: int, ever_drawn: int, date: Any) -> int:
    return int(original(replace(facility, availability_end=None), drawn, ever_drawn, date))


def draws_through_a_stop(original: Any, scenario: Any, name: str, amount: int | None) -> int:
    room = int(scenario.values[f"{name}.available"])
    return room if amount is None else min(room, max(0, amount))


def fee_on_what_is_drawn(original: Any, scenario: Any, name: str, kind: str, accrued: int) -> None:
    original(scenario, name, kind, accrued if kind == "interest" else 2 * accrued)


def todays_balance(original: Any, scenario: Any, balance: Any, *rest: Any) -> int:
    return int(original(scenario, lambda values: balance(scenario.values), *rest))


def no_satisfaction(original: Any, scenario: Any, account: str) -> int:
    return int(accounts.target(scenario, account))


def legs_swapped(original: Any, scenario: Any, name: str, swap: Any) -> None:
    original(scenario, name, replace(swap, pay=swap.receive, receive=swap.pay))


def legs_gross(original: Any, scenario: Any, name: str, swap: Any) -> None:
    owed, receivable = scenario.values[f"{name}.due"], scenario.values[f"{name}.receivable"]
    original(scenario, name, swap)
    if (scenario.values[f"{name}.due"], scenario.values[f"{name}.receivable"]) != (owed, receivable):
        scenario.values[f"{name}.due"] = owed + max(0, scenario.values[f"{name}.pay_accrued"])
        scenario.values[f"{name}.receivable"] = receivable + max(0, scenario.values[f"{name}.receive_accrued"])


def terminated_and_alive(original: Any, scenario: Any, name: str, amount: int) -> None:
    original(scenario, name, amount)
    scenario.terminated.discard(name)


def floorless(original: Any, entry: Any, floor: int | None = 0) -> Any:
    return replace(original(entry, floor), floor=None)


# notes that miss, prepay and capitalise


def unpaid_interest_twice(original: Any, scenario: Any, note: Any, end: Any, rate: int, plain: int) -> int:
    return 2 * int(original(scenario, note, end, rate, plain))


def always_compounding(original: Any, plan: Any) -> Any:
    return {name: replace(terms, compounding=True) for name, terms in original(plan).items()}


def current_interest_first(original: Any, scenario: Any, name: str, amount: int) -> None:
    if name in scenario.plan.on_unpaid:
        values, key = scenario.values, f"{name}.unpaid_interest_due"
        values[key] = min(values[key], values[f"{name}.interest_due"])


def no_premium(original: Any, scenario: Any, names: Any, share: int, premium: int) -> Any:
    return original(scenario, names, share, 0)


def senior_written_down_first(original: Any, scenario: Any, names: Any, amount: int) -> Any:
    return original(scenario, names[::-1], amount)


def written_up_beyond(original: Any, scenario: Any, names: Any, amount: int) -> Any:
    for name in names[:1]:
        scenario.values[f"{name}.balance"] += max(0, amount)
        yield name, max(0, amount)


def prepaid_in_another_order(original: Any, scenario: Any, note: Any, target: Any) -> None:
    entry = scenario.plan.document["notes"][note.name]
    kept = dict(entry)
    swapped = {"inverse": "pro_rata", "pro_rata": "inverse"}
    if entry.get("apply_to") in swapped:
        entry["apply_to"] = swapped[entry["apply_to"]]
    original(scenario, note, target)
    entry.clear()
    entry.update(kept)


def missed_is_due_at_once(original: Any, scenario: Any, note: Any, target: Any) -> None:
    gap = scenario.values[f"{note.name}.balance"] - target.value
    if gap < 0:
        original(scenario, note, target)


def at_par(original: Any, note: Any) -> int:
    return int(note.original_balance)


# prepayment, and present values


def always_callable(original: Any, scenario: Any, name: str) -> int | None:
    price = original(scenario, name)
    return prepayment.PAR if price is None else int(price)


def never_callable_early(original: Any, scenario: Any, name: str) -> int | None:
    first = scenario.plan.calls[name].schedule[0][0] if name in scenario.plan.calls else dt.date.min
    return original(scenario, name) if scenario.plan.grid[scenario.index] >= first else None


def price_a_date_early(original: Any, scenario: Any, name: str) -> int | None:
    call = scenario.plan.calls.get(name)
    if call is None or call.make_whole:
        return original(scenario, name)  # type: ignore[no-any-return]  # the rule's own answer
    earlier = replace(call, schedule=[(date - dt.timedelta(days=40), price) for date, price in call.schedule])
    return with_calls(original, scenario, name, earlier)


def first_price_for_good(original: Any, scenario: Any, name: str) -> int | None:
    call = scenario.plan.calls.get(name)
    if call is None:
        return prepayment.PAR
    return with_calls(original, scenario, name, replace(call, schedule=call.schedule[:1]))


def with_calls(original: Any, scenario: Any, name: str, call: Any) -> int | None:
    calls = scenario.plan.calls
    scenario.plan.calls = {**calls, name: call}
    try:
        return original(scenario, name)  # type: ignore[no-any-return]  # the rule's own answer
    finally:
        scenario.plan.calls = calls


def below_par(original: Any, scenario: Any, note: Any, call: Any, discount: int) -> int:
    return int(original(scenario, note, call, discount + 100_000_000))


def dirty_price(original: Any, note: Any, end: Any, today: Any, market: Any) -> int:
    return 0


def a_cent_too_much(original: Any, cash: int, price: int, rounding: str) -> int:
    return int(original(cash, price, rounding)) + (price > prepayment.PAR)


def no_bound(original: Any, scenario: Any, step: Any) -> None:
    original(scenario, replace(step, amount=None))


def whole_life(original: Any, plan: Any, kind: str, terms: Any) -> list[int]:
    return list(original(plan, "plcr", terms))


def undiscounted(original: Any, plan: Any, kind: str, terms: Any) -> list[int]:
    return list(original(plan, kind, {**terms, "rate": 0}))


def a_date_late(original: Any, plan: Any, kind: str, terms: Any) -> list[int]:
    return [*list(original(plan, kind, terms))[1:], 0]


MUTANTS: Mutants = {
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
    "a draw that lowers nothing": (
        rule(facilities, "available", draw_without_reduction),
        laws.a_draw_lowers_what_is_available,
    ),
    "a term facility that revolves": (
        rule(facilities, "available", revolves_anyway),
        laws.a_draw_lowers_what_is_available,
    ),
    "available after its end": (
        rule(facilities, "available", available_for_ever),
        laws.a_draw_lowers_what_is_available,
    ),
    "draws in spite of a stop": (rule(facilities, "drawable", draws_through_a_stop), RULE),
    "the commitment fee twice": (rule(facilities, "add_due", fee_on_what_is_drawn), RULE),
    "weights of today's balance": (rule(facilities, "weighted_sum", todays_balance), RULE),
    "a reserve that ignores its letter of credit": (rule(accounts, "cash_target", no_satisfaction), RULE),
    "swap legs the wrong way": (rule(hedges, "accrue_swap", legs_swapped), RULE),
    "swap legs gross": (rule(hedges, "accrue_swap", legs_gross), laws.swap_legs_net),
    "a terminated swap lives on": (rule(hedges, "terminate", terminated_and_alive), RULE),
    "no floor under a facility's rate": (rule(facilities, "read_rate", floorless), RULE),
    "interest on unpaid interest twice": (rule(capitalisation, "interest_on_unpaid", unpaid_interest_twice), RULE),
    "simple interest compounds": (rule(capitalisation, "read_on_unpaid", always_compounding), RULE),
    "current interest before unpaid": (rule(capitalisation, "reduce_unpaid", current_interest_first), RULE),
    "no premium for capitalising": (rule(capitalisation, "capitalise", no_premium), RULE),
    "the senior written down first": (rule(capitalisation, "write_down", senior_written_down_first), RULE),
    "written up beyond what was written down": (
        rule(capitalisation, "write_up", written_up_beyond),
        laws.principal_sums,
    ),
    "prepayment in another order": (rule(note_targets, "close_gap", prepaid_in_another_order), RULE),
    "missed principal due at once": (rule(note_targets, "close_gap", missed_is_due_at_once), RULE),
    "issued at par": (rule(sizing.Note, "proceeds", at_par), RULE),
    "called before the first date": (
        rule(prepayment, "price_of", always_callable),
        laws.prepayments_cost_their_price,
    ),
    "no make-whole": (rule(prepayment, "price_of", never_callable_early), RULE),
    "the call price of a later date": (
        rule(prepayment, "price_of", price_a_date_early),
        laws.prepayments_cost_their_price,
    ),
    "the first call price for good": (
        rule(prepayment, "price_of", first_price_for_good),
        laws.prepayments_cost_their_price,
    ),
    "premiums forgotten": (
        rule(prepayment, "premium", lambda original, *arguments: 0),
        laws.prepayments_cost_their_price,
    ),
    "make-whole at a higher rate": (rule(prepayment, "whole_price", below_par), RULE),
    "make-whole with accrued interest": (rule(prepayment, "accrued_per_hundred", dirty_price), RULE),
    "no spread on the discount": (
        rule(prepayment, "read_discount", lambda original, terms: replace(original(terms), spread=0)),
        RULE,
    ),
    "prepaid a cent beyond the cash": (
        rule(prepayment, "affordable", a_cent_too_much),
        laws.no_account_is_overdrawn,
    ),
    "prepaid beyond the amount": (action("prepay", no_bound), RULE),
    "a loan's life for the project's": (rule(tests, "life_cover", whole_life), RULE),
    "life covers undiscounted": (rule(tests, "life_cover", undiscounted), RULE),
    "life covers a date late": (rule(tests, "life_cover", a_date_late), RULE),
    "a loss is taxed": (rule(taxes, "accrue", tax_of_the_absolute_base), RULE),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_caught(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patch, law = MUTANTS[mutant]
    patch(monkeypatch)
    assert any(is_caught(case, law) for case in cases()), f"nothing noticed: {mutant}"


def test_nothing_is_caught_without_a_mutant() -> None:
    assert list(broken_by_sound_runs(cases(), MUTANTS)) == []
