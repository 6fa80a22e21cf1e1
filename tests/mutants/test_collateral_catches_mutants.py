"""Planted bugs in leases, contracts, fleets, borrowing bases, cashflows by formula and limits of notes: a law catches
each, or the rule.
"""

from __future__ import annotations

import copy
import datetime as dt
import tomllib
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

import pytest

from cashfall.testing import laws
from cashfall.testing.reference import balance_limits, collateral, contracts, fleets, funding, leases
from cashfall.testing.reference.dates import full_months
from cashfall.testing.reference.numbers import SCALE, divide
from planting import RULE, Case, Mutants, broken_by_sound_runs, is_caught, made, rule, using

N_SEEDS = 900
USED = ("'mood'", "'fleets'", "'borrowing_bases'", "'balance_at_most'")
"""What deals say that use one of these rules."""

LENT = tomllib.loads(
    """
    [deal]
    name = "lent"
    currency = "USD"
    closing_date = 2024-12-15
    waterfall_dates = "monthly"
    [schedules]
    monthly = { regular = { first = 2025-01-15, last = 2025-12-15, months = 1 } }
    quarterly = { regular = { first = 2025-03-15, last = 2025-12-15, months = 3 } }
    [inputs]
    mood = { unit = "number", default = 1 }
    earned = { unit = "amount", default = 150 }
    [fleets.cluster]
    payment_dates = "quarterly"
    market_price = "30 * inputs.mood"
    sale = { when = "inputs.mood < 0.2", haircut = "0.1", after = 1 }
    lots = [
        { purchased = 2024-08-15, units = 10, cost = 1000, life = 7 },
        { purchased = 2025-05-01, units = 10, cost = 500, life = 36 },
    ]
    [cashflows.fees]
    direction = "in"
    amount = "inputs.earned - 100"
    dates = "quarterly"
    [borrowing_bases.base]
    payment_dates = "quarterly"
    lesser_of = [
        { advance = [{ of = "cluster.net_cost - 100", rate = "inputs.mood" }] },
        { market = { of = "cluster.market_value", haircut = "0.25" } },
    ]
    [accounts.cash]
    [equity.owner]
    [notes.loan]
    original_balance = 500
    funding = { maximum = 800 }
    dated_date = 2024-12-15
    maturity_date = 2025-12-15
    payment_dates = "quarterly"
    day_count = "30/360_us"
    coupon = { fixed = { rate = 0.04 } }
    amortisation = { balance_at_most = { formula = "base.amount" } }
    [tests.cover]
    measure = { dscr = { cash_flow = "fees.amount", notes = ["loan"] } }
    level = 1.25
    dates = "quarterly"
    when_undefined = "hold"
    [[waterfalls.collection]]
    collect = { from = ["fees", "cluster"], to = "cash" }
    [[waterfalls.collection]]
    accrue_interest = { notes = ["loan"] }
    [[waterfalls.collection]]
    run_tests = { tests = ["cover"] }
    [[waterfalls.normal]]
    fund_note = { note = "loan", to = "cash", amount = "10" }
    [[waterfalls.normal]]
    pay_interest = { notes = ["loan"], from = ["cash"] }
    [[waterfalls.normal]]
    pay_principal = { notes = ["loan"], from = ["cash"] }
    [[waterfalls.normal]]
    distribute = { to = "owner", from = ["cash"] }
    """,
    parse_float=Decimal,
)
"""A loan within a borrowing base, which limits of generated deals do not read; the base moves more rarely than cash."""


def cases() -> Iterator[Case]:
    earned = [50.0, 50.0, 150.0, 150.0, 50.0, 50.0, 180.0, 170.0, 160.0, 120.0, 120.0, 120.0]
    falling = [1.0, 1.0, 1.2, 1.0, 1.0, 0.9, 0.9, 0.7, 0.6, 0.4, 0.3, 0.1]
    yield made(LENT, {"earned": earned, "mood": falling})
    yield made(LENT, {"earned": earned, "mood": [1.0, 1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.5]})
    yield from using(USED, range(N_SEEDS))


def then(change: Callable[[Any], None]) -> Callable[..., None]:
    """A rule of a date, and afterwards a change."""

    def mutant(original: Any, date: Any, *terms: Any) -> None:
        original(date, *terms)
        change(date)

    return mutant


def sets(part: str, value: Callable[[Any], int]) -> Callable[..., None]:
    """A figure that is something else, where the object has it."""

    def change(date: Any) -> None:
        if part in date.now:
            date.now[part] = int(value(date))

    return then(change)


def lease(name: str, mutant: Callable[..., Any]) -> Any:
    return rule(leases.Date, name, mutant)


def contract(name: str, mutant: Callable[..., Any]) -> Any:
    return rule(contracts.Date, name, mutant)


def fleet(name: str, mutant: Callable[..., Any]) -> Any:
    return rule(fleets.Fleet, name, mutant)


def fleet_date(name: str, mutant: Callable[..., Any]) -> Any:
    return rule(fleets.Date, name, mutant)


def base(name: str, mutant: Callable[..., Any]) -> Any:
    return rule(fleets.BorrowingBase, name, mutant)


# fleets


def parts(self: fleets.Fleet, date: dt.date) -> Iterator[tuple[int, int, int]]:
    """What each lot costs, the months that are left of it, and its life."""
    for purchased, lot in self.there(date):
        life = int(lot["life"])
        yield self.cost(lot), life - full_months(purchased, date), life


def without_end(original: Any, self: fleets.Fleet, date: dt.date) -> int:
    rounding = self.plan.rounding
    return sum(divide(cost * left, life, rounding) for cost, left, life in parts(self, date))


def never_written_off(original: Any, self: fleets.Fleet, date: dt.date) -> int:
    rounding = self.plan.rounding
    return sum(divide(cost * max(1, left), life, rounding) for cost, left, life in parts(self, date))


def rounded_together(original: Any, self: fleets.Fleet, date: dt.date) -> int:
    whole = sum((Fraction(cost * max(0, left), life) for cost, left, life in parts(self, date)), Fraction(0))
    return divide(whole.numerator, whole.denominator, self.plan.rounding)


def opened(self: fleets.Fleet) -> fleets.Fleet:
    """The fleet, if everything is bought from closing on."""
    found = copy.copy(self)
    found.lots = [(max(purchased, self.plan.closing_date), lot) for purchased, lot in self.lots]
    return found


def as_if_always_there(original: Any, self: fleets.Fleet, date: dt.date) -> int:
    found = copy.copy(self)
    found.lots = [(dt.date.min, lot) for _, lot in self.there(date)]
    return int(original(found, date))


def unclipped(term: str) -> Callable[..., int]:
    """A share that is what its formula says."""

    def mutant(original: Any, date: Any, path: str, default: int) -> int:
        is_it = path == term and path in date.fleet.formulas
        return int(date.value(path) if is_it else original(date, path, default))

    return mutant


def worth_something(original: Any, date: fleets.Date) -> dict[str, int]:
    was, now = date.opening["market_value"], original(date)
    if not date.opening["held"] and "market_value" in now:
        now["market_value"] = was
    return dict(now)


def held_again(original: Any, date: fleets.Date) -> dict[str, int]:
    date.opening["held"] = 1
    return dict(original(date))


def early(original: Any, date: fleets.Date, is_sold: bool) -> None:
    sale = date.entry["sale"]
    date.entry = {**date.entry, "sale": {**sale, "after": max(0, int(sale.get("after", 0)) - 1)}}
    original(date, is_sold)


def again(original: Any, date: fleets.Date, is_sold: bool) -> None:
    original(date, is_sold)
    if date.now["n_ended"] > int(date.entry["sale"].get("after", 0)):
        date.now["proceeds"] = date.now["awaited"]


# borrowing bases


def greatest(original: Any, self: fleets.BorrowingBase, moment: Any) -> dict[str, int]:
    found = dict(original(self, moment))
    if moment.index in self.positions:
        found[f"{self.name}.amount"] = max(test(moment) for test in self.tests)
    return found


def last_binds(original: Any, self: fleets.BorrowingBase, moment: Any) -> dict[str, int]:
    found = dict(original(self, moment))
    if moment.index in self.positions:
        allowed = [test(moment) for test in self.tests]
        found[f"{self.name}.binding"] = max(place for place, n in enumerate(allowed, start=1) if n == min(allowed))
    return found


def with_negatives(original: Any, self: fleets.BorrowingBase, moment: Any, of: Any, rate: Any) -> int:
    amount = of(moment)
    sign = -1 if amount < 0 else 1
    return sign * int(original(self, moment, lambda _: abs(amount), rate))


def on_every_date(original: Any, self: fleets.BorrowingBase, moment: Any) -> dict[str, int]:
    always = copy.copy(self)
    always.positions = frozenset(range(len(self.plan.grid)))
    return dict(original(always, moment))


# cashflows by formula


def with_negative_amounts(original: Any, plan: Any, cashflow: Any, moment: Any, values: Any) -> int:
    if cashflow.formula is None or moment.index not in cashflow.positions:
        return int(original(plan, cashflow, moment, values))
    return collateral.scaled(cashflow.formula(moment), cashflow.factor, values, plan.rounding)


def of_every_date(original: Any, plan: Any, cashflow: Any, moment: Any, values: Any) -> int:
    if cashflow.formula is None:
        return int(original(plan, cashflow, moment, values))
    return collateral.scaled(max(0, cashflow.formula(moment)), cashflow.factor, values, plan.rounding)


# limits


def of_the_date_before(original: Any, plan: Any, name: str, moment: Any) -> dict[str, int]:
    was, now = moment.closings[moment.index - 1] if moment.index else moment.initial, moment.values
    paths = [f"{base}.amount" for base in plan.borrowing_bases]
    moment.values = type(now)({**now, **{path: was[path] for path in paths}})
    found = dict(original(plan, name, moment))
    moment.values = now
    return found


def between_payment_dates(original: Any, plan: Any, name: str, moment: Any) -> dict[str, int]:
    limit = max(0, plan.limits[name](moment))
    return {**original(plan, name, moment), f"{name}.target": limit}


def as_drawn(original: Any, plan: Any) -> dict[str, int]:
    drawn = {f"{name}.target": plan.notes[name].original_balance for name in balance_limits.limited(plan)}
    return {**original(plan), **drawn}


def newly(original: Any, values: Any, name: str, balance: int) -> int:
    """What is above a limit, without what was when the date began."""
    return max(0, int(original(values, name, balance) - values[f"{name}.overdue"]))


def beyond_maturity(original: Any, scenario: Any, name: str, balance: int) -> int:
    if name in scenario.plan.limits:
        return balance_limits.above(scenario.values, name, balance)
    return int(original(scenario, name, balance))


MUTANTS: Mutants = {
    "rent from the first date on": (lease("clock", sets("n_rents", lambda date: date.opening["n_rents"] + 1)), RULE),
    "a tenant that comes back": (
        lease("ends", sets("occupied", lambda date: 1)),
        laws.leases_add_up,
    ),
    "a property empty for good, once bought": (
        lease(
            "ends", then(lambda date: setattr(date, "becomes_vacant", date.now["occupied"] < date.opening["occupied"]))
        ),
        RULE,
    ),
    "rent is due on a default": (
        lease(
            "income",
            sets("rent", lambda date: date.now["rent"] + date.now["scheduled_rent"] * date.now.get("defaulted", 0)),
        ),
        laws.leases_add_up,
    ),
    "deferred for nothing": (
        lease("deferral", sets("deferred", lambda date: date.opening["deferred"])),
        laws.leases_add_up,
    ),
    "repaid at once": (
        lease("deferral", sets("repaid", lambda date: date.opening["deferred"])),
        laws.leases_add_up,
    ),
    "a deposit that is held after it is settled": (
        lease("claims", sets("deposit", lambda date: date.opening["deposit"])),
        laws.deposits_and_guarantees_are_settled_once,
    ),
    "a deposit that a claim cannot touch": (lease("claims", sets("deposit_applied", lambda date: 0)), RULE),
    "vacant from the day of the end": (
        lease("vacancy", sets("n_vacant", lambda date: date.now["n_vacant"] + (not date.now["occupied"]))),
        RULE,
    ),
    "recovered twice": (lease("payments", sets("recovered", lambda date: 2 * date.now["recovered"])), RULE),
    "sold twice": (
        lease("sale", sets("sold", lambda date: date.value("sale.value") if date.now["vacant"] else 0)),
        RULE,
    ),
    "a guarantee without its cap": (
        lease("guarantee", sets("guarantee_paid", lambda date: date.now["guarantee_paid"] and 10**9)),
        laws.deposits_and_guarantees_are_settled_once,
    ),
    "a guarantee of each date": (
        lease("guarantee", sets("guarantee_paid", lambda date: date.now["guaranteed"])),
        laws.deposits_and_guarantees_are_settled_once,
    ),
    "the issuer has it all": (lease("shared", lambda original, date, amount: amount), laws.leases_add_up),
    "proceeds without the sale": (
        lease("proceeds", sets("proceeds", lambda date: date.now["proceeds"] - date.now.get("sold", 0))),
        laws.leases_add_up,
    ),
    "an index that is not reviewed": (
        lease("indexed", sets("base_rent", lambda date: date.opening["base_rent"])),
        RULE,
    ),
    "paid by use alone": (
        contract("fee", lambda original, date: original(without(date, "take_or_pay", 0))),
        RULE,
    ),
    "the worst credit": (
        contract("credit_share", lambda original, date, availability: original(date, 0)),
        RULE,
    ),
    "a prepayment that lasts": (
        contract("prepaid", sets("prepaid", lambda date: date.opening["prepaid"] + date.now["received"])),
        laws.contracts_add_up,
    ),
    "credited all at once": (
        contract("prepaid", sets("credited", lambda date: min(date.now["billed"], date.opening["prepaid"]))),
        laws.contracts_add_up,
    ),
    "damages that are all that was to come": (
        contract("damages", sets("damages", lambda date: date.now["contracted"] + date.now["remaining"])),
        RULE,
    ),
    "a contract in force again": (contract("force", sets("in_force", lambda date: 1)), RULE),
    "no rollover": (contract("income", sets("revenue", lambda date: date.now["fee"])), laws.contracts_add_up),
    "written off by the calendar year": (
        rule(fleets, "full_months", lambda original, first, last: 12 * (last.year - first.year)),
        RULE,
    ),
    "written off below nothing": (fleet("net_cost", without_end), laws.fleets_keep_their_value),
    "never written off": (fleet("net_cost", never_written_off), RULE),
    "lots are rounded together": (fleet("net_cost", rounded_together), RULE),
    "capex is counted twice": (
        fleet("capex", lambda original, self, date: 2 * original(self, date)),
        laws.fleets_keep_their_value,
    ),
    "what was there before is capex": (
        fleet("capex", lambda original, self, date: original(opened(self), date)),
        laws.fleets_keep_their_value,
    ),
    "a lot is there from the day after": (
        fleet("there", lambda original, self, date: original(self, date - dt.timedelta(days=1))),
        laws.fleets_keep_their_value,
    ),
    "power from the start of the period": (fleet("energy", as_if_always_there), RULE),
    "a site that uses less than nothing": (
        fleet_date("share", unclipped("power.utilization")),
        laws.fleets_keep_their_value,
    ),
    "worth something after the sale": (fleet_date("all", worth_something), RULE),
    "no haircut": (
        fleet_date("share", lambda original, date, path, default: original(date, "none", default)),
        RULE,
    ),
    "sold again each date": (fleet_date("all", held_again), laws.fleets_keep_their_value),
    "proceeds a date early": (fleet_date("sale", early), laws.fleets_keep_their_value),
    "proceeds that come again": (fleet_date("sale", again), laws.fleets_keep_their_value),
    "the greatest of the tests": (base("of_date", greatest), laws.borrowing_bases_are_the_least),
    "the last of the least binds": (base("of_date", last_binds), laws.borrowing_bases_are_the_least),
    "a rate below 0": (
        rule(fleets, "share", lambda original, value: min(value, SCALE)),
        laws.borrowing_bases_are_the_least,
    ),
    "a rate above 1": (rule(fleets, "share", lambda original, value: max(value, 0)), RULE),
    "collateral below 0": (base("lent", with_negatives), laws.borrowing_bases_are_the_least),
    "a base of every date": (base("of_date", on_every_date), laws.borrowing_bases_are_the_least),
    "a cashflow below 0": (rule(collateral, "amount_of_date", with_negative_amounts), RULE),
    "a cashflow of every date": (rule(collateral, "amount_of_date", of_every_date), RULE),
    "a limit read before the collateral": (
        rule(balance_limits, "of_date", of_the_date_before),
        laws.what_is_above_a_limit_is_due,
    ),
    "a limit between payment dates": (
        rule(balance_limits, "of_date", between_payment_dates),
        laws.what_is_above_a_limit_is_due,
    ),
    "a limit that begins as what is drawn": (
        rule(balance_limits, "initial", as_drawn),
        laws.what_is_above_a_limit_is_due,
    ),
    "due once, and then forgotten": (
        rule(balance_limits, "above", newly),
        laws.what_is_above_a_limit_is_due,
    ),
    "a limit after maturity": (rule(funding, "scheduled_due", beyond_maturity), laws.what_is_above_a_limit_is_due),
    "overdue again in the coverage": (
        rule(balance_limits, "newly_due", lambda original, scenario, name, due: due),
        laws.test_measures_its_window,
    ),
}


def without(date: Any, term: str, value: object) -> Any:
    """The date of a contract with another term."""
    date.entry = {**date.entry, term: value}
    return date


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_caught(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patch, law = MUTANTS[mutant]
    patch(monkeypatch)
    assert any(is_caught(case, law) for case in cases()), f"nothing noticed: {mutant}"


def test_nothing_is_caught_without_a_mutant() -> None:
    assert list(broken_by_sound_runs(cases(), MUTANTS)) == []


def test_every_law_holds_without_a_mutant() -> None:
    for case in islice(cases(), 100):
        laws.check(case.expected)
