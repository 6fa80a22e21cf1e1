"""Planted bugs in single rules of steps and tests: on generated deals the sound reference gives another outcome.

These are the bugs an engine could have. That each shows on generated deals means that engine and reference, compared
on such deals, would not agree with it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cashfall.testing.reference import (
    InvalidDeal,
    acceleration,
    accounts,
    anticipated,
    cures,
    earnings,
    effects,
    paying,
    plan,
    steps,
    tests,
)
from planting import Case, Patch, action, differs, made, replaced, sound

N_SEEDS = 2_000


HELD = tomllib.loads(
    """
    [deal]
    name = "held"
    currency = "USD"
    closing_date = 2025-01-01
    waterfall_dates = "quarterly"
    [schedules]
    quarterly = { regular = { first = 2025-04-01, last = 2026-01-01, months = 3 } }
    [cashflows.income]
    direction = "in"
    amounts = [[2025-04-01, 1], [2025-07-01, 1], [2025-10-01, 1], [2026-01-01, 1]]
    [accounts.cash]
    [equity.owner]
    [tests.cover]
    measure = { ratio = { numerator = "income.amount", denominator = "if(period.index == 1, 0, income.amount)" } }
    level = 2
    enter_after = 2
    dates = "quarterly"
    when_undefined = "hold"
    [[waterfalls.collection]]
    collect = { from = ["income"], to = "cash" }
    [[waterfalls.collection]]
    run_tests = { tests = ["cover"] }
    [[waterfalls.normal]]
    distribute = { to = "owner", from = ["cash"] }
    """,
    parse_float=Decimal,
)
"""A failure, a date over nothing that holds the count, a failure: generated tests seldom hold in between."""


def cases() -> Iterator[Case]:
    """The deal above, then generated ones."""
    yield made(HELD, {})
    yield from map(sound, range(N_SEEDS))


def is_caught() -> bool:
    """Whether the reference, as it is now, gives another outcome than the sound one on a generated deal, or none."""
    return any(map(shows, cases()))


def shows(case: Case) -> bool:
    try:
        return differs(case)
    except (ArithmeticError, LookupError, AssertionError, InvalidDeal):
        return True


def steps_with(change: Callable[[steps.Step], dict[str, Any]]) -> Patch:
    """Read every step with other terms than it states."""

    def read(*arguments: Any) -> steps.Step:
        step = READ_STEP(*arguments)
        return replace(step, **change(step))

    return replaced(steps, "read_step", read)


def judged_with(change: Callable[[tests.Test], dict[str, Any]]) -> Patch:
    """Read every test with other terms than it states."""

    def read(*arguments: Any) -> tests.Test:
        test = READ_TEST(*arguments)
        return replace(test, **change(test))

    return replaced(tests, "read_test", read)


def ordered(change: Callable[[plan.Plan, Sequence[steps.Payee], str], list[int]]) -> Patch:
    """Put payees in another order."""
    return replaced(steps, "payee_order", change)


READ_STEP, READ_TEST, ORDER, KEPT = steps.read_step, tests.read_test, steps.payee_order, steps.kept_cash
LIMITED, APPORTION, PAY, SUPPORTING = steps.requests_within_limits, steps.apportion, steps.pay, steps.supporting_cash
WEIGHTS, PRO_RATA, FIRST, IN_ORDER = (
    paying.pay_by_weights,
    paying.pay_pro_rata,
    paying.pay_pro_rata_first,
    paying.pay_in_order,
)
NEXT, WINDOWED, RUN_TEST, RUN_TESTS = tests.next_state, tests.windowed, tests.run_test, tests.run_tests
MEASURES = tests.MEASURES
HOLD, READ_EFFECT, ACTING = steps.hold_back, tests.read_effect, effects.acting


# payments


def worst_rate_first(p: Any, payees: Any, order: str) -> list[int]:
    found = ORDER(p, payees, order)
    return found[::-1] if order == "by_rate" else found


def latest_maturity_first(p: Any, payees: Any, order: str) -> list[int]:
    return ORDER(p, payees, order)[::-1] if order == "by_maturity" else ORDER(p, payees, order)


def names_backwards(p: Any, payees: Any, order: str) -> list[int]:
    return ORDER(p, payees, order)[::-1] if order == "by_name" else ORDER(p, payees, order)


def reverse_ignored(p: Any, payees: Any, order: str) -> list[int]:
    return ORDER(p, payees, "listed" if order == "reverse" else order)


def one_round(cash: int, asked: Any, weights: Any, rounding: str, first: bool) -> list[int]:
    sharing = [weight if request else 0 for weight, request in zip(weights, asked, strict=True)]
    offered = paying.shares(cash, sharing, sum(sharing), rounding)
    return [min(share, request) for share, request in zip(offered, asked, strict=True)]


def excess_in_order(cash: int, asked: Any, weights: Any, rounding: str, first: bool) -> list[int]:
    got = one_round(cash, asked, weights, rounding, first)
    rest = IN_ORDER(cash - sum(got), [request - paid for request, paid in zip(asked, got, strict=True)])
    return [a + b for a, b in zip(got, rest, strict=True)]


def equal_weights(cash: int, asked: Any, weights: Any, rounding: str, first: bool) -> list[int]:
    return WEIGHTS(cash, asked, [int(weight > 0) for weight in weights], rounding, first)


def nothing_excluded(cash: int, asked: Any, weights: Any, rounding: str, first: bool) -> list[int]:
    return WEIGHTS(cash, asked, [max(1, weight) for weight in weights], rounding, first)


def paid_payees_share_on(cash: int, asked: Any, weights: Any, rounding: str, first: bool) -> list[int]:
    left, rest = cash, list(asked)
    for _ in asked:
        offered = paying.shares(left, weights, sum(weights), rounding)
        got = [min(share, request) for share, request in zip(offered, rest, strict=True)]
        left, rest = left - sum(got), [request - paid for request, paid in zip(rest, got, strict=True)]
    return [request - unpaid for request, unpaid in zip(asked, rest, strict=True)]


def remainder_lost(cash: int, asked: Any) -> list[int]:
    return paying.floors(min(cash, sum(asked)), asked, sum(asked))


def remainder_to_the_last(cash: int, asked: Any) -> list[int]:
    return FIRST(cash, asked[::-1])[::-1]


def cumulatively(cash: int, asked: Any) -> list[int]:
    return PRO_RATA(cash, asked, "half_up")


def supports_first(scenario: Any, step: steps.Step) -> None:
    if not step.supports or any(support.is_facility for support in step.supports):
        return PAY(scenario, step)
    helpers = [support.name for support in step.supports]
    ahead = replace(step, sources=helpers, supports=[steps.Support(source, False, None) for source in step.sources])
    return PAY(scenario, ahead)


def only_if_ignored(scenario: Any, support: steps.Support) -> int:
    return SUPPORTING(scenario, replace(support, only_if=None))


def only_the_first_support(scenario: Any, step: steps.Step) -> None:
    PAY(scenario, replace(step, supports=step.supports[:1]))


def supports_beyond_the_cap(scenario: Any, step: steps.Step) -> None:
    if not (step.cap and step.supports) or any(support.is_facility for support in step.supports):
        return PAY(scenario, step)
    PAY(scenario, replace(step, supports=[]))
    helpers = [support.name for support in step.supports if SUPPORTING(scenario, support)]
    return PAY(scenario, replace(step, sources=helpers, supports=[], cap=None))


def cap_per_source(scenario: Any, step: steps.Step) -> None:
    if not step.cap or len(step.sources) < 2 or step.verb not in steps.PAYMENTS:
        return PAY(scenario, step)
    for source in step.sources:
        PAY(scenario, replace(step, sources=[source], supports=[]))
    return None


def keeps_the_lesser(scenario: Any, step: steps.Step, source: str) -> int:
    kept = KEPT(scenario, replace(step, above_target=False), source)
    target = accounts.target(scenario, source) if step.above_target else kept
    return min(kept, target) if step.keep_balance else target


def keeps_the_sum(scenario: Any, step: steps.Step, source: str) -> int:
    kept = KEPT(scenario, replace(step, above_target=False), source)
    return kept + (accounts.target(scenario, source) if step.above_target else 0)


def gap_before_the_share(scenario: Any, step: steps.Step, cash: Any) -> list[int]:
    if not step.to_target or step.share_of_due is None:
        return LIMITED(scenario, step, cash)
    found = LIMITED(scenario, replace(step, share_of_due=None), cash)
    return paying.limited_requests(found, step.share_of_due, scenario.plan.rounding)


def last_source_first(scenario: Any, step: steps.Step) -> None:
    PAY(scenario, replace(step, sources=step.sources[::-1]))


def a_masked_step_pays(scenario: Any, step: steps.Step) -> bool:
    return step.positions is None or scenario.index in step.positions


# blocks and statuses


def branches_with(change: Callable[[steps.Branch], dict[str, Any]]) -> Patch:
    """Read every `if` otherwise than it is written."""

    def read(*arguments: Any) -> list[steps.Step | steps.Branch]:
        found = READ_STEPS(*arguments)
        return [replace(step, **change(step)) if isinstance(step, steps.Branch) else step for step in found]

    return replaced(steps, "read_steps", read)


def blocks_backwards(p: Any, waterfall: str, written: Any, places: Any) -> Any:
    found = READ_STEPS(p, waterfall, written, places)
    return found[::-1] if any(written is steps for steps in p.table("blocks").values()) else found


def condition_read_for_each_step(scenario: Any, written: Any) -> None:
    for step in written:
        if isinstance(step, steps.Branch):
            for inner in step.then:
                RUN_STEPS(scenario, [inner] if step.condition(scenario) else [])
            for inner in step.otherwise:
                RUN_STEPS(scenario, [] if step.condition(scenario) else [inner])
        else:
            RUN_STEPS(scenario, [step])


def both_branches(scenario: Any, written: Any) -> None:
    for step in written:
        if isinstance(step, steps.Branch):
            steps.run_steps(scenario, [*step.then, *step.otherwise])
        else:
            RUN_STEPS(scenario, [step])


def steps_only_up(original: Any, scenario: Any, step: steps.Step) -> None:
    before = scenario.stepped
    original(scenario, step)
    scenario.stepped = max(before, scenario.stepped)
    tests.take_status(scenario)


def steps_over_tests(original: Any, scenario: Any, step: steps.Step) -> None:
    original(scenario, step)
    scenario.status = scenario.stepped


def step_forgotten_by_tests(scenario: Any, names: Sequence[str], receive: Any) -> None:
    RUN_TESTS(scenario, names, receive)
    scenario.stepped = 0
    tests.take_status(scenario)


def status_waits_for_tests(original: Any, scenario: Any, step: steps.Step) -> None:
    before = scenario.status
    original(scenario, step)
    scenario.status = before


READ_STEPS, RUN_STEPS = steps.read_steps, steps.run_steps


# acceleration, early amortisation, earnings, additional interest


def premium_twice(scenario: Any, name: str) -> int:
    return 2 * PREMIUM(scenario, name)


def rescinds_in_default(scenario: Any) -> None:
    if acceleration.terms_of(scenario.plan):
        scenario.values[acceleration.ACTIVE] = 0


def premium_outlives_rescission(scenario: Any) -> None:
    kept = {name: scenario.values[f"{name}.premium_due"] for name in acceleration.with_premium(scenario.plan)}
    RESCIND(scenario)
    scenario.values |= {f"{name}.premium_due": due for name, due in kept.items()}


def rates_of_the_first_test(scenario: Any, note: str) -> int:
    acting = effects.acting(scenario, "rate_step")
    return next((effect.extra for effect in acting if note in effect.notes), 0) // 2


PREMIUM, RESCIND, EARNED, ADDITIONAL = (
    acceleration.premium,
    acceleration.rescind,
    earnings.earned,
    anticipated.accrue,
)

ON_DEBT: dict[str, Patch] = {
    "acceleration makes nothing due": replaced(acceleration, "is_accelerated", lambda scenario, note: False),
    "acceleration leaves the order": replaced(acceleration, "status", lambda scenario: 0),
    "accelerated premiums twice": replaced(acceleration, "premium", premium_twice),
    "rescinded while in default": replaced(acceleration, "rescind", rescinds_in_default),
    "a premium outlives rescission": replaced(acceleration, "rescind", premium_outlives_rescission),
    "nothing is ever rescinded": replaced(acceleration, "rescind", lambda scenario: None),
    "tests do not accelerate": replaced(acceleration, "by_tests", lambda scenario: None),
    "draws go on": replaced(acceleration, "stops_draws", lambda scenario, facility: False),
    "half of a rate step": replaced(acceleration, "added_rate", rates_of_the_first_test),
    "balances earn a cent more": replaced(
        earnings, "earned", lambda scenario, name, terms: EARNED(scenario, name, terms) + 1
    ),
    "no additional interest": replaced(anticipated, "accrue", lambda scenario, name, start, weighted: None),
    "additional interest from the start": replaced(
        anticipated,
        "accrue",
        lambda scenario, name, start, weighted: ADDITIONAL(scenario, name, scenario.plan.grid[-1], weighted),
    ),
    "clean-up calls are never made": replaced(steps, "repay_whole", lambda scenario, step: None),
    "a facility supports nothing": replaced(steps, "supporting_cash", lambda scenario, support: 0),
}


def sweeps_as_scheduled(p: Any, due: str) -> steps.Payee:
    verb, name = READ_DUE(p, due)
    return ("pay_principal" if verb == "sweep" else verb), name


READ_DUE = steps.read_due


# tests


def mean_counts_undefined_dates(numerator: int, denominator: int, rounding: str) -> tuple[int, int]:
    pair = RATIO(numerator, denominator, rounding)
    return pair[0], 10**9


RATIO = tests.ratio_of_date


def window_a_date_early(scenario: Any, test: tests.Test, receive: Any) -> None:
    RUN_TEST(scenario, replace(test, window_start="partial") if window_nearly_full(scenario, test) else test, receive)


def window_nearly_full(scenario: Any, test: tests.Test) -> bool:
    return test.window_start == "wait" and scenario.states[test.name].n_measured == test.window - 2


def stock_summed(test: tests.Test, state: tests.TestState, rounding: str) -> tuple[int, int]:
    return WINDOWED(replace(test, stock=False), state, rounding)


def annualise_as_partial(test: tests.Test, state: tests.TestState, rounding: str) -> tuple[int, int]:
    return WINDOWED(replace(test, window_start="partial"), state, rounding)


def hold_resets(scenario: Any, test: tests.Test, receive: Any) -> None:
    RUN_TEST(scenario, test, receive)
    state = scenario.states[test.name]
    if test.when_undefined == "hold" and test.name not in scenario.measured:
        state.counter = 0


def counts_failures_in_all(state: Any, passed: bool, enter: int, cure: int, sticky: bool) -> tuple[bool, int]:
    failing, counter = NEXT(state, passed, enter, cure, sticky)
    return failing, state.counter if not state.failing and not failing and passed else counter


def counts_passes_in_all(state: Any, passed: bool, enter: int, cure: int, sticky: bool) -> tuple[bool, int]:
    failing, counter = NEXT(state, passed, enter, cure, sticky)
    return failing, state.counter if state.failing and failing and not passed else counter


def status_a_date_late(scenario: Any, names: Sequence[str], receive: Any) -> None:
    before = scenario.status
    RUN_TESTS(scenario, names, receive)
    scenario.status, scenario.late_status = getattr(scenario, "late_status", before), scenario.status


def status_never_milder(scenario: Any, names: Sequence[str], receive: Any) -> None:
    before = scenario.status
    RUN_TESTS(scenario, names, receive)
    scenario.status = max(before, scenario.status)


def holidays_worked(entry: Any, schedules: Any) -> Any:
    return DATES({key: value for key, value in entry.items() if key != "holiday"}, schedules)


def first_date_too_late(entry: Any, schedules: Any) -> Any:
    found = DATES(entry, schedules)
    return found[1:] if "first_date" in entry else found


def holiday_ends_open(entry: Any, schedules: Any) -> Any:
    holidays = [{**holiday, "to": holiday["from"]} for holiday in entry.get("holiday", [])]
    return sorted(
        {*DATES(entry, schedules), *(holiday["to"] for holiday in holidays)} & set(holidays_worked(entry, schedules))
    )


DATES = tests.measured_dates


def effects_with(change: Callable[[effects.Effect], dict[str, Any]]) -> Patch:
    """Read every effect with other terms than it states."""

    def read(*arguments: Any) -> effects.Effect:
        effect = READ_EFFECT(*arguments)
        return replace(effect, **change(effect))

    return replaced(tests, "read_effect", read)


def acting_backwards(scenario: Any, *kinds: str) -> Any:
    return iter([*ACTING(scenario, *kinds)][::-1])


def acting_though_cured(scenario: Any, *kinds: str) -> Any:
    for name, test in scenario.plan.tests.items():
        if any(closing[f"tests.{name}.failing"] for closing in scenario.closings) or scenario.states[name].failing:
            yield from (effect for effect in test.effects if effect.kind in kinds)


def least_target_always(scenario: Any, account: str) -> int:
    reserves = [effect for test in scenario.plan.tests.values() for effect in test.effects if effect.account == account]
    return max([0, *(effect.formula(scenario) for effect in reserves if effect.formula)])


def trap_outside_the_cap(scenario: Any, step: steps.Step, source: str, amount: int, available: int) -> int:
    more = available - amount
    held = HOLD(scenario, step, source, amount, available)
    return held - min(held, more) if step.cap else held


def cures_with(change: Callable[[cures.Cure], dict[str, Any]]) -> Patch:
    """Read every equity cure with other terms than it states."""

    def read(entry: Any) -> cures.Cure | None:
        cure = cures.read_cure(entry)
        return cure and replace(cure, **change(cure))

    return replaced(tests, "read_cure", read)


def needs_a_cent_less(numerator: int, denominator: int, threshold: int) -> int:
    return max(0, NEEDED(numerator, denominator, threshold) - 1)


def part_of_a_cure(cure: cures.Cure, amount: int, offered: int, before: Sequence[int]) -> bool:
    return CALLED(cure, amount, max(amount, offered), before)


NEEDED, CALLED = cures.needed, cures.is_called


def measure(kind: str, above: Any, below: Any) -> Patch:
    """Another numerator or denominator."""
    return replaced(tests, "MEASURES", {**MEASURES, kind: (above, below)})


def service_after_payments(scenario: Any, name: str) -> int:
    due = tests.notes.principal_due_of(scenario, name)
    return int(scenario.values[f"{name}.interest_accrued"]) + due


MUTANTS: dict[str, Patch] = ON_DEBT | {
    "by rate, the lowest first": ordered(worst_rate_first),
    "by maturity, the latest first": ordered(latest_maturity_first),
    "by name, backwards": ordered(names_backwards),
    "reverse order ignored": ordered(reverse_ignored),
    "weights stay as listed when payees move": steps_with(lambda step: {"weights": unmoved(step)}),
    "what one cannot take is lost": replaced(paying, "pay_by_weights", one_round),
    "what one cannot take goes in order": replaced(paying, "pay_by_weights", excess_in_order),
    "weights as flags": replaced(paying, "pay_by_weights", equal_weights),
    "a weight of 0 is paid": replaced(paying, "pay_by_weights", nothing_excluded),
    "paid payees keep their share": replaced(paying, "pay_by_weights", paid_payees_share_on),
    "weights ignored": steps_with(lambda step: {"weights": None}),
    "stray cents are lost": replaced(paying, "pay_pro_rata_first", remainder_lost),
    "stray cents to the last": replaced(paying, "pay_pro_rata_first", remainder_to_the_last),
    "stray cents cumulatively": replaced(
        paying, "pay_pro_rata_first", lambda cash, asked: PRO_RATA(cash, asked, "half_up")
    ),
    "supports before sources": replaced(steps, "pay", supports_first),
    "supports without their condition": replaced(steps, "supporting_cash", only_if_ignored),
    "one support only": replaced(steps, "pay", only_the_first_support),
    "supports beyond the cap": replaced(steps, "pay", supports_beyond_the_cap),
    "no supports": steps_with(lambda step: {"supports": []}),
    "a cap for each source": replaced(steps, "pay", cap_per_source),
    "no cap": steps_with(lambda step: {"cap": None}),
    "no share of due": steps_with(lambda step: {"share_of_due": None}),
    "the lesser is kept": replaced(steps, "kept_cash", keeps_the_lesser),
    "both are kept": replaced(steps, "kept_cash", keeps_the_sum),
    "targets of sources are paid out": steps_with(lambda step: {"above_target": False}),
    "transfers beyond the target": steps_with(lambda step: {"to_target": False}),
    "the gap before the share": replaced(steps, "requests_within_limits", gap_before_the_share),
    "the last source first": replaced(steps, "pay", last_source_first),
    "a second source never used": steps_with(lambda step: {"sources": step.sources[:1]}),
    "pro rata paid in order": steps_with(lambda step: {"ranking": "sequential"}),
    "masked steps pay": replaced(steps, "happens", a_masked_step_pays),
    "else is never taken": branches_with(lambda branch: {"otherwise": []}),
    "both branches happen": replaced(steps, "run_steps", both_branches),
    "the condition of a branch read for each step": replaced(steps, "run_steps", condition_read_for_each_step),
    "branches the wrong way": branches_with(lambda branch: {"then": branch.otherwise, "otherwise": branch.then}),
    "blocks run backwards": replaced(steps, "read_steps", blocks_backwards),
    "closing never happens": replaced(steps, "is_closing_date", lambda scenario: False),
    "closing on every date": replaced(steps, "is_closing_date", lambda scenario: True),
    "a status is stepped into for good": action("set_status", steps_only_up),
    "a step overrules failing tests": action("set_status", steps_over_tests),
    "tests forget what was stepped into": replaced(tests, "run_tests", step_forgotten_by_tests),
    "a step waits for the next tests": action("set_status", status_waits_for_tests),
    "steps on all dates": steps_with(lambda step: {"positions": None}),
    "a balance due paid as scheduled": replaced(steps, "read_due", sweeps_as_scheduled),
    "means count undefined dates": replaced(tests, "ratio_of_date", mean_counts_undefined_dates),
    "means are ratios of sums": judged_with(lambda test: {"mean_of_ratios": False}),
    "a window tested a date early": replaced(tests, "run_test", window_a_date_early),
    "a window one date short": judged_with(lambda test: {"window": max(1, test.window - 1)}),
    "a stock summed": replaced(tests, "windowed", stock_summed),
    "annualise as partial": replaced(tests, "windowed", annualise_as_partial),
    "hold resets the counter": replaced(tests, "run_test", hold_resets),
    "failures need not be in a row": replaced(tests, "next_state", counts_failures_in_all),
    "passes need not be in a row": replaced(tests, "next_state", counts_passes_in_all),
    "status a date late": replaced(tests, "run_tests", status_a_date_late),
    "a status is never left": replaced(tests, "run_tests", status_never_milder),
    "tested on holidays": replaced(tests, "measured_dates", holidays_worked),
    "the first date is left out": replaced(tests, "measured_dates", first_date_too_late),
    "a holiday without its last day": replaced(tests, "measured_dates", holiday_ends_open),
    "a lock-up that locks nothing": replaced(effects, "is_locked_up", lambda scenario: False),
    "traps ignored": effects_with(lambda effect: {"share": 0} if effect.kind == "cash_trap" else {}),
    "a trap takes all": effects_with(lambda effect: {"share": 10**9} if effect.kind == "cash_trap" else {}),
    "effects sweep nothing": effects_with(lambda effect: {"notes": ()}),
    "an effect sweeps all it finds": effects_with(lambda effect: {"share": 10**9} if effect.kind == "sweep" else {}),
    "an effect sweeps the last note first": effects_with(lambda effect: {"notes": effect.notes[::-1]}),
    "effects of the last test first": replaced(effects, "acting", acting_backwards),
    "effects outlive the cure": replaced(effects, "acting", acting_though_cured),
    "what is trapped leaves the cap free": replaced(steps, "hold_back", trap_outside_the_cap),
    "a raised reserve ignored": replaced(accounts, "least_target", lambda scenario, account: 0),
    "a reserve raised before any breach": replaced(accounts, "least_target", least_target_always),
    "a cure a cent short": replaced(cures, "needed", needs_a_cent_less),
    "a cure beyond what is offered": replaced(cures, "is_called", part_of_a_cure),
    "cures without end": cures_with(lambda cure: {"max_per_life": None}),
    "one cure more than allowed": cures_with(
        lambda cure: {"max_per_life": cure.max_per_life and cure.max_per_life + 1}
    ),
    "cures without a window": cures_with(lambda cure: {"max_per_window": None}),
    "a window of cures one date short": cures_with(
        lambda cure: {"max_per_window": cure.max_per_window and (cure.max_per_window[0], cure.max_per_window[1] - 1)}
    ),
    "consecutive cures": cures_with(lambda cure: {"no_consecutive": False}),
    "deemed cash is forgotten": cures_with(lambda cure: {"stays_dates": 1}),
    "deemed cash stays a date too long": cures_with(lambda cure: {"stays_dates": cure.stays_dates + 1}),
    "a deposit stays deemed": cures_with(lambda cure: {"deemed": True, "stays_dates": 2}),
    "cures are distributed": replaced(
        steps, "beyond_cures", lambda scenario, source: scenario.values[f"{source}.balance"]
    ),
    "undefined always passes": judged_with(lambda test: {"when_undefined": "pass"}),
    "sticky cures": judged_with(lambda test: {"sticky": False}),
    "debt service with arrears": measure("dscr", "cash_flow", service_after_payments),
    "interest cover of a loan with arrears": measure("icr", "cash_flow", tests.payable_interest),
    "interest coverage of accruals": measure("ic", "cash_flow", tests.accrued_interest),
    "loan to value upside down": measure("ltv", "value", tests.outstanding),
    "debt yield on interest": measure("debt_yield", "cash_flow", tests.accrued_interest),
    "losses over losses": measure("cumulative_loss", "original", "loss"),
    "at most read as at least": judged_with(lambda test: {"at_least": True}),
    "enters a date late": judged_with(lambda test: {"enter_after": test.enter_after + 1}),
    "cures a date early": judged_with(lambda test: {"cure_after": max(1, test.cure_after - 1)}),
    "cures at the level it entered": judged_with(lambda test: {"cure_level": test.level}),
}


def unmoved(step: steps.Step) -> Any:
    """The weights in listed order, whatever the order of the payees."""
    listed = step.fields.get("weights")
    return [int(weight * 10**9) for weight in listed] if isinstance(listed, list) else step.weights


def test_the_sound_reference_is_not_caught() -> None:
    assert not is_caught()


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_reference_catches_the_mutant(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[mutant](monkeypatch)
    assert is_caught(), f"generated deals do not show: {mutant}"
