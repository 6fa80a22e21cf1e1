"""Laws of ranking: who comes before whom, shares, weights, supports, what a step leaves unpaid.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from cashfall.testing.reference.coupons import read_coupon
from cashfall.testing.reference.dates import as_date
from cashfall.testing.reference.document import verb_of
from cashfall.testing.reference.numbers import SCALE, in_units
from cashfall.testing.seniority import stated_seniority_holds

from .money import giver
from .run import (
    PREPAYING,
    Run,
    Transfer,
    body_of,
    broken_by,
    flow,
    grouped,
    is_owed,
    kept_by_cures,
    opening_balance,
    ranking,
    table,
    waterfalls,
)
from .tests import distributes


def senior_before_junior(run: Run) -> None:
    """In a sequential step a payee gets cash from a source only if those before it got all they asked for, and across
    steps only if those that the deal's `seniority` puts before it are not owed.
    """
    stated_seniority_holds(run)
    for lines in grouped(run, by_source=True):
        # What an effect sweeps asks for a share, not for what is due: that has a law of its own.
        if ranking(run, lines[0]) == "pro_rata" or lines[0].verb == "collect" or distributes(run, lines[0]):
            continue
        if lines[0].verb in PREPAYING:  # a cent may be too little for one note and its premium, and buy another
            continue
        for senior, junior in pairwise(lines):
            if junior.amount and senior.amount != senior.requested:
                owed = senior.requested - senior.amount
                raise AssertionError(broken_by(run, junior, f"nothing while {senior.target} is owed {owed}"))


def pro_rata_is_fair(run: Run) -> None:
    """Every leading group of a pro-rata step gets its share to within a cent, and no source is left with cash that was
    due.

    The last part holds for steps without a limit. Where stray cents go to the first, the group may be off by a cent for
    each payee. Weights have a law of their own.
    """
    first = run.document["deal"].get("pro_rata_remainder", "cumulative") == "first"
    for lines in grouped(run, by_source=True):
        body = body_of(run, lines[0])
        if body.get("ranking", "sequential") != "pro_rata" or "weights" in body:
            continue
        asked, paid = sum(line.requested for line in lines), sum(line.amount for line in lines)
        if "limit" not in body:
            able = min(asked, lines[0].available)
            assert paid == able, broken_by(run, lines[0], f"{able} for all payees", paid)
        claims, got, slack = 0, 0, asked * (len(lines) if first else 1)
        for line in lines:
            claims, got = claims + line.requested, got + line.amount
            fair = Fraction(paid * claims, asked) if asked else 0
            assert abs(got * asked - paid * claims) < max(slack, 1), broken_by(run, line, f"{fair} to here", got)


def weights_are_kept(run: Run) -> None:
    """A payee that is left short got no less for its weight than any other, to within the roundings; weight 0 gets
    nothing.

    Each of at most n rounds is off by less than a cent for a payee, and n stray cents may go to one: 2n cents.
    """
    for lines in grouped(run, by_source=True):
        body = body_of(run, lines[0])
        if not isinstance(body.get("weights"), list):
            continue
        weights = dict(
            zip(due_names(run, lines[0]), (in_units(weight, SCALE) for weight in body["weights"]), strict=True)
        )
        rows = [(line, weights[line.verb, line.target]) for line in lines]
        slack = 2 * len(weights)
        for line, weight in rows:
            assert weight or not line.amount, broken_by(run, line, "nothing, at a weight of 0")
            short = weight and line.amount < line.requested
            for other, heavier in rows if short else ():
                fair = other.amount * weight <= (line.amount + slack) * heavier + slack * weight
                assert fair, broken_by(run, line, f"its weight in {other.amount} of {other.target}")


def due_names(run: Run, line: Transfer) -> list[tuple[str, str]]:
    """The payees of a line's step, as listed: the verb that is the short form of each due, and the name."""
    step = waterfalls(run)[line.waterfall][line.position]
    verb, body = verb_of(step), body_of(run, line)
    if verb != "pay":
        fields = ("fees", "notes", "cashflows", "taxes", "facilities")
        return [(verb, name) for field in fields for name in body.get(field, [])]
    return [short_form(run, *due.split(".", 1)) for due in body["dues"]]


SHORT_FORMS = {
    "interest_due": "pay_interest",
    "principal_due": "pay_principal",
    "balance": "sweep",
    "excess_due": "pay_excess",
    "drawn": "repay_facility",
    "fee_due": "pay_facility_fee",
    "termination_due": "pay_termination",
    "premium_due": "pay_premium_due",
    "additional_interest_due": "pay_additional_interest",
}
"""The verb by which the ledger knows what a `pay` step pays, where the quantity alone says it."""


def short_form(run: Run, name: str, quantity: str) -> tuple[str, str]:
    """The verb that is the short form of a due, and the payee."""
    if quantity == "due":
        verbs = {"fees": "pay_fee", "swaps": "settle_swap", "taxes": "pay_tax"}
        return next((verb for key, verb in verbs.items() if name in table(run, key)), "pay_cost"), name
    if quantity == "interest_due" and name in table(run, "facilities"):
        return "pay_facility_interest", name
    return SHORT_FORMS[quantity], name


def payees_stand_in_order(run: Run) -> None:
    """The payees of a step are asked in the order that the step states."""
    for lines in grouped(run, by_source=True):
        wanted = in_order(run, str(body_of(run, lines[0]).get("order", "listed")), due_names(run, lines[0]))
        found = [(line.verb, line.target) for line in lines if line.verb != "pay_premium"]
        there = [payee for payee in wanted if payee in found]
        # Steps that pay nobody, as write-downs, have no order here.
        assert len(wanted) < 2 or not there or found == there, broken_by(run, lines[0], f"payees {there}", found)


def in_order(run: Run, order: str, listed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Payees in a step's order; ties stay as listed."""
    notes = table(run, "notes")
    if order == "reverse":
        return listed[::-1]
    if order == "by_name":
        return sorted(listed, key=lambda payee: payee[1])
    if order == "by_rate":
        return sorted(listed, key=lambda payee: -read_coupon(notes[payee[1]]["coupon"], "").ranking_rate())
    if order == "by_maturity":
        return sorted(listed, key=lambda payee: as_date(notes[payee[1]]["maturity_date"]))
    if order == "by_dated_date":
        return sorted(listed, key=lambda payee: as_date(notes[payee[1]]["dated_date"]))
    return listed


def steps_pay_what_they_can(run: Run) -> None:
    """A step without a limit leaves a request unpaid only when its sources and supports are empty.

    Weights of 0 and the conditions of supports are exceptions; what tests and cures hold back has laws of its own.
    """
    kept = kept_by_cures(run)
    balances = {name: opening_balance(run, name) for name in table(run, "accounts")}
    for lines in grouped(run, by_source=True):
        add_up(balances, lines)
        body = body_of(run, lines[0])
        outside = lines[0].source not in balances
        if "limit" in body or "weights" in body or outside or distributes(run, lines[0]):
            continue
        if lines[0].verb in PREPAYING or (lines[0].source in kept and not is_owed(run, lines[0])):
            continue
        if any(giver(entry) == lines[0].source and "only_if" in entry for entry in body.get("support", [])):
            continue
        unpaid, left = sum(line.requested - line.amount for line in lines), balances[lines[0].source]
        assert not (unpaid and left), broken_by(run, lines[0], f"{min(unpaid, left)} more, which was left", "less")


def add_up(balances: dict[str, int], lines: Sequence[Transfer]) -> None:
    """Follow the accounts through some lines of the ledger."""
    for line in lines:
        for name, amount in ((line.source, -line.amount), (line.target, line.amount)):
            if name in balances:
                balances[name] += amount


def supports_come_last(run: Run) -> None:
    """A support pays only once the sources of a step have nothing left; where limits or cures keep cash, it may."""
    kept = kept_by_cures(run)
    balances = {name: opening_balance(run, name) for name in table(run, "accounts")}
    for lines in grouped(run, by_source=True):
        body = body_of(run, lines[0])
        helping = any(giver(entry) == lines[0].source for entry in body.get("support", []))
        if helping and "limit" not in body and "weights" not in body and any(line.amount for line in lines):
            keeping = set() if is_owed(run, lines[0]) else kept
            left = sum(balances[name] for name in body["from"] if name not in keeping)
            assert not left, broken_by(run, lines[0], f"nothing while sources hold {left}")
        add_up(balances, lines)


STEADY = re.compile(r"scheduled_|\.rent$|issuer_rent$|^inputs\.|^period\.")


def fill_never_lifts_above_target(run: Run) -> None:
    """A fill stops at the target; checked against the recorded target where no payment can move it within the date."""
    balances = {name: opening_balance(run, name) for name in table(run, "accounts")}
    effects = [effect for test in table(run, "tests").values() for effect in test.get("effects", [])]
    raised = {effect["set_reserve"]["account"] for effect in effects if "set_reserve" in effect}
    steady = {
        name
        for name, entry in table(run, "accounts").items()
        if "target" in entry and is_steady(entry["target"]["formula"]) and name not in raised
    }
    targets = {name: flow(run, f"{name}.target") for name in steady}
    for line in run.ledger:
        for name, amount in ((line.source, -line.amount), (line.target, line.amount)):
            if name in balances:
                balances[name] += amount
        if line.verb == "fill_reserve" and line.amount:
            assert line.amount <= line.requested, broken_by(run, line, f"at most the gap of {line.requested}")
            if line.target in steady:
                target = targets[line.target][line.index]
                held = balances[line.target]
                assert held <= target, broken_by(run, line, f"{line.target} at most at its target {target}", held)


def is_steady(formula: str) -> bool:
    """Whether every quantity of a formula stays what it is within a date."""
    return all(STEADY.search(name) for name in re.findall(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+", formula))
