"""Each law fails on a planted bug, and passes without it on the same deals: nobody weakens a law unnoticed.

A mutant replaces one rule of the reference. The law named beside it must catch it within `N_SEEDS` generated deals.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cashfall.testing import laws, relations
from cashfall.testing.generated import generate
from cashfall.testing.reference import (
    Outcome,
    Reference,
    acceleration,
    accounts,
    collateral,
    cures,
    effects,
    fees,
    notes,
    paying,
    sizing,
    steps,
    tests,
)
from cashfall.testing.reference.scenario import Scenario
from cashfall.testing.scenario_paths import generate_scenarios, in_units

N_SEEDS = 800
Law = Callable[[dict[str, Any], dict[str, list[int]], int], None]
Patch = Callable[[pytest.MonkeyPatch], None]


def runner(document: Any, inputs: Any) -> Outcome:
    return Reference(document).run(inputs)


# laws as checks of (deal, inputs, seed)


def single(law: Callable[[laws.Run], None]) -> Law:
    def check(deal: dict[str, Any], inputs: dict[str, list[int]], seed: int) -> None:
        outcome = runner(deal, inputs)
        if outcome.outcome == "ok":
            law(outcome)

    check.__name__ = law.__name__
    return check


def future_does_not_change_past(deal: dict[str, Any], inputs: dict[str, list[int]], seed: int) -> None:
    n_dates = len(Reference(deal).plan.grid)
    relations.future_does_not_change_past(runner, deal, inputs, seed % n_dates)


def splitting_a_period_changes_no_cent(deal: dict[str, Any], inputs: dict[str, list[int]], seed: int) -> None:
    grid = Reference(deal).plan.grid
    extra = [grid[0] + dt.timedelta(days=11), grid[seed % len(grid)] + dt.timedelta(days=1)]
    relations.splitting_a_period_changes_no_cent(runner, deal, inputs, extra)


def scaling_doubles(deal: dict[str, Any], inputs: dict[str, list[int]], seed: int) -> None:
    relations.scaling_doubles(runner, deal, inputs)


def more_cash_never_hurts_senior(deal: dict[str, Any], inputs: dict[str, list[int]], seed: int) -> None:
    for lease in deal.get("leases", {}).values():
        if "factor" in lease:
            relations.more_cash_never_hurts_senior(runner, deal, inputs, lease["factor"])


# mutants


def rule(chapter: ModuleType, name: str, mutant: Callable[..., Any]) -> Patch:
    return lambda patch: patch.setattr(chapter, name, mutant)


def method(name: str, mutant: Callable[..., Any]) -> Patch:
    return lambda patch: patch.setattr(Scenario, name, mutant)


def last_payee_first(cash: int, requests: Sequence[int]) -> list[int]:
    return ORDER(cash, requests[::-1])[::-1]


def a_cent_too_many(cash: int, requests: Sequence[int]) -> list[int]:
    return [
        min(cash, request + 1) if cash > request else paid
        for request, paid in zip(requests, ORDER(cash, requests), strict=True)
    ]


def a_cent_held_back(cash: int, requests: Sequence[int]) -> list[int]:
    return ORDER(max(0, cash - 1), requests)


def nothing_when_rich(cash: int, requests: Sequence[int]) -> list[int]:
    return [0 for _ in requests] if cash > 2 * sum(requests) else ORDER(cash, requests)


def floors_of_shares(cash: int, requests: Sequence[int], rounding: str) -> list[int]:
    total = sum(requests)
    return [min(cash, total) * request // total if total else 0 for request in requests]


def equal_shares(cash: int, requests: Sequence[int], rounding: str) -> list[int]:
    total = min(cash, sum(requests))
    paid = [min(total // len(requests), request) for request in requests]
    return [paid[0] + min(total - sum(paid), requests[0] - paid[0]), *paid[1:]]


def lost_cent(self: Scenario, step: Any, source: str, payee: Any, amounts: Any, support: bool = False) -> None:
    MOVE(self, step, source, payee, amounts, support)
    if amounts[-1] > 3 and step.verb != "collect" and self.values.get(f"{source}.balance", 0) > 0:
        self.values[f"{source}.balance"] -= 1


def unwritten_line(self: Scenario, step: Any, *rest: Any) -> None:
    MOVE(self, step, *rest)
    if step.verb == "sweep" and self.ledger:
        self.ledger.pop()


def equal_weights(cash: int, asked: Any, weights: Any, rounding: str, first: bool) -> list[int]:
    return WEIGHTED(cash, asked, [int(weight > 0) for weight in weights], rounding, first)


def supports_first(scenario: Scenario, step: Any) -> None:
    helpers = [support.name for support in step.supports if not support.is_facility]
    others = [support for support in step.supports if support.is_facility]
    PAY(scenario, replace(step, sources=[*helpers, *step.sources], supports=others))


def credited(verb: str, credit: Callable[[Scenario, str, int], None]) -> Patch:
    return lambda patch: patch.setitem(steps.PAYMENTS, verb, replace(steps.PAYMENTS[verb], credit=credit))


def balance_untouched(self: Scenario, payee: str, amount: int) -> None:
    self.values[f"{payee}.principal_paid"] += amount


def forgiven_interest(self: Scenario) -> None:
    START(self)
    for name in self.plan.notes:
        self.values[f"{name}.interest_due"] = 0


def tomorrows_rent(scenario: Scenario) -> None:
    tomorrow = min(scenario.index + 1, len(scenario.plan.grid) - 1)
    later = {f"inputs.{name}": path[tomorrow] for name, path in scenario.paths.items()}
    today = {path: scenario.values[path] for path in later}
    scenario.values.update(later)
    COLLECTED(scenario)
    scenario.values.update(today)


def interest_since_the_last_grid_date(self: Scenario, name: str) -> None:
    ACCRUE(self, name)
    accrued = self.values[f"{name}.interest_accrued"]
    if self.index and accrued:
        gap = (self.plan.grid[self.index] - self.plan.grid[self.index - 1]).days
        self.values[f"{name}.interest_due"] -= accrued - accrued * min(gap, 25) // 25
        self.values[f"{name}.interest_accrued"] = accrued * min(gap, 25) // 25


def fee_floor(self: Scenario, name: str) -> None:
    FEE(self, name)
    short = max(0, 500_000 - self.values[f"{name}.accrued"]) if self.values[f"{name}.accrued"] else 0
    self.values[f"{name}.accrued"] += short
    self.values[f"{name}.due"] += short


def hold_forgets(state: tests.TestState, passed: bool, enter: int, cure: int, sticky: bool) -> tuple[bool, int]:
    failing, counter = NEXT(state, passed, enter, cure, sticky)
    return failing, 0 if not failing and counter == 1 else counter


def size_short(note: sizing.Note, cash_flow: Any, market: Any) -> list[sizing.Instalment]:
    *rows, final = SIZE(note, cash_flow, market)
    return [*rows, sizing.Instalment(final.date, final.interest, final.principal - 1, final.balance + 1)]


ORDER, MOVE, NEXT, SIZE = paying.pay_in_order, steps.move, tests.next_state, sizing.size
WEIGHTED, PAY = paying.pay_by_weights, steps.pay
START, COLLECTED = Scenario.start_of_date, collateral.start_of_date
ACCRUE, FEE = notes.accrue_interest, fees.accrue_fee

MUTANTS: dict[str, tuple[Patch, Law]] = {
    "junior before senior": (rule(paying, "pay_in_order", last_payee_first), single(laws.senior_before_junior)),
    "a cent above the request": (
        rule(paying, "pay_in_order", a_cent_too_many),
        single(laws.no_payee_gets_more_than_due),
    ),
    "a cent held back": (rule(paying, "pay_in_order", a_cent_held_back), single(laws.steps_pay_what_they_can)),
    "pro rata loses the remainder": (rule(paying, "pay_pro_rata", floors_of_shares), single(laws.pro_rata_is_fair)),
    "pro rata by heads": (rule(paying, "pay_pro_rata", equal_shares), single(laws.pro_rata_is_fair)),
    "weights as flags": (rule(paying, "pay_by_weights", equal_weights), single(laws.weights_are_kept)),
    "payees as listed": (
        rule(steps, "payee_order", lambda plan, payees, order: list(range(len(payees)))),
        single(laws.payees_stand_in_order),
    ),
    "supports before sources": (rule(steps, "pay", supports_first), single(laws.supports_come_last)),
    "a lock-up that locks nothing": (
        rule(effects, "is_locked_up", lambda scenario: False),
        single(laws.distributions_obey_effects),
    ),
    "nothing trapped": (
        rule(steps, "hold_back", lambda scenario, step, source, amount, available: 0),
        single(laws.distributions_obey_effects),
    ),
    "a cure a cent short": (
        rule(
            cures,
            "needed",
            lambda numerator, denominator, threshold: max(0, threshold * denominator // 10**9 - numerator),
        ),
        single(laws.cures_keep_their_limits),
    ),
    "pays with cash it lacks": (
        rule(paying, "available_cash", lambda balance, kept: balance + 5),
        single(laws.no_account_is_overdrawn),
    ),
    "keeps cash without a limit": (
        rule(paying, "available_cash", lambda balance, kept: balance // 2),
        single(laws.steps_pay_what_they_can),
    ),
    "fills above target": (
        rule(accounts, "gap", lambda balance, target: max(0, target - balance) + 1),
        single(laws.fill_never_lifts_above_target),
    ),
    "principal ahead of schedule": (
        rule(notes, "principal_due", lambda balance, scheduled: balance),
        single(laws.no_payee_gets_more_than_due),
    ),
    "a lost cent": (rule(steps, "move", lost_cent), single(laws.cash_is_conserved)),
    "a line not written": (rule(steps, "move", unwritten_line), single(laws.ledger_readds)),
    "interest booked as principal": (credited("pay_interest", notes.credit_principal), single(laws.ledger_readds)),
    "a sweep that repays nothing": (credited("sweep", balance_untouched), single(laws.principal_sums)),
    "unpaid interest forgiven": (method("start_of_date", forgiven_interest), single(laws.no_payee_gets_more_than_due)),
    "a schedule short of a cent": (
        lambda patch: patch.setattr(sizing, "size", size_short),
        single(laws.principal_sums),
    ),
    "sticky ignored": (
        rule(tests, "next_state", lambda state, passed, enter, cure, sticky: NEXT(state, passed, enter, cure, False)),
        single(laws.test_fires_and_cures_by_its_rule),
    ),
    "fires a date early": (
        rule(
            tests,
            "next_state",
            lambda state, passed, enter, cure, sticky: NEXT(state, passed, max(1, enter - 1), cure, sticky),
        ),
        single(laws.test_fires_and_cures_by_its_rule),
    ),
    "cures a date late": (
        rule(
            tests, "next_state", lambda state, passed, enter, cure, sticky: NEXT(state, passed, enter, cure + 1, sticky)
        ),
        single(laws.test_fires_and_cures_by_its_rule),
    ),
    "counter forgets": (rule(tests, "next_state", hold_forgets), single(laws.test_fires_and_cures_by_its_rule)),
    "cures at the entry level": (
        rule(tests, "threshold", lambda failing, sticky, level, cure_level: level),
        single(laws.test_fires_and_cures_by_its_rule),
    ),
    "draws go on under acceleration": (
        rule(acceleration, "stops_draws", lambda scenario, facility: False),
        single(laws.accelerated_debt_comes_first),
    ),
    "at most read as at least": (
        rule(tests, "passes", lambda numerator, denominator, bound, at_least: numerator * 10**9 >= bound * denominator),
        single(laws.test_fires_and_cures_by_its_rule),
    ),
    "a window one date too long": (
        rule(tests, "window_sum", lambda series, window: sum(series[-window - 1 :])),
        single(laws.test_measures_its_window),
    ),
    "annualise left out": (
        rule(tests, "annualised", lambda total, window, measured, rounding: total + 1),
        single(laws.test_measures_its_window),
    ),
    "the mildest status": (
        rule(tests, "status_of", lambda severities: min(severities, default=0)),
        single(laws.status_follows_its_tests),
    ),
    "peeks at tomorrow": (rule(collateral, "start_of_date", tomorrows_rent), future_does_not_change_past),
    "accrues since the last grid date": (
        rule(notes, "accrue_interest", interest_since_the_last_grid_date),
        splitting_a_period_changes_no_cent,
    ),
    "cures are moved on": (
        rule(steps, "beyond_cures", lambda scenario, source: scenario.values[f"{source}.balance"]),
        single(laws.cures_pay_only_what_is_due),
    ),
    "a fee with a floor": (rule(fees, "accrue_fee", fee_floor), scaling_doubles),
    "stingy when rich": (rule(paying, "pay_in_order", nothing_when_rich), more_cash_never_hurts_senior),
}


def first_that_breaks(law: Law, n_seeds: int) -> int | None:
    """The first generated deal, whole or plain, that breaks the law."""
    for seed in range(n_seeds):
        for plain in (False, True):
            deal = generate(seed, plain)
            inputs = in_units(deal, generate_scenarios(deal, 1, seed)[0])
            try:
                law(deal, inputs, seed)
            except AssertionError:
                return seed
    return None


@pytest.mark.parametrize("mutant", MUTANTS)
def test_law_catches_the_mutant_and_passes_without_it(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patch, law = MUTANTS[mutant]
    with monkeypatch.context() as planted:
        if mutant == "a schedule short of a cent":
            planted.setattr("cashfall.testing.generated.Reference", lambda deal: None)
        patch(planted)
        found = first_that_breaks(law, N_SEEDS)
    assert found is not None, f"no law noticed: {mutant}"
    assert first_that_breaks(law, found + 1) is None


def test_every_law_has_a_mutant() -> None:
    """Here, or in one of the files beside this one."""
    written = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [law.__name__ for law in laws.LAWS if f"laws.{law.__name__}" not in written] == []
