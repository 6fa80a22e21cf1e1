"""Waterfalls and steps: who is paid when, from what, up to where (rule book, steps.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import accounts, collateral, fees, notes, tests
from .document import variant, verb_of
from .numbers import SCALE, divide, in_units, made, mul_div
from .payments import Payment

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario

PAYMENTS: dict[str, Payment] = {**fees.PAYMENTS, **collateral.PAYMENTS, **notes.PAYMENTS, **accounts.PAYMENTS}
"""The verbs that pay outside payees."""


@dataclass(frozen=True)
class Step:
    """A step: its verb's fields, and its formulas compiled."""

    waterfall: str
    position: int
    verb: str
    name: str
    clause: str | None
    fields: Mapping[str, Any]
    payees: Sequence[str]
    sources: Sequence[str]
    ranking: str
    when: Evaluate | None
    positions: frozenset[int] | None
    cap: Evaluate | None
    keep_balance: Evaluate | None
    share_of_due: int | None


@dataclass(frozen=True, slots=True)
class Movement:
    """One source asked for one payee's request; `source` and `target` are accounts, or the outside party's name.

    Units: minor units. `requested` is what the payee still asked for when this source was reached, `available` the cash
    of the source at that moment, before any cap. `position` is the step's place in its waterfall.
    """

    index: int
    waterfall: str
    position: int
    step: str
    clause: str | None
    verb: str
    source: str
    target: str
    requested: int
    available: int
    amount: int


def read_step(plan: Plan, waterfall: str, position: int, step: Mapping[str, Any]) -> Step:
    """A step's fields, its payees and sources in the order they are listed."""
    verb = verb_of(step)
    fields = step[verb]
    kind, limit = variant(fields["limit"]) if "limit" in fields else ("", "")
    payees = step_payees(verb, fields)
    sources = [fields["account"]] if verb.startswith("release_") else fields.get("from", [])
    formula = plan.formulas.compile
    return Step(
        waterfall=waterfall,
        position=position,
        verb=verb,
        name=step.get("name", f"{verb} {', '.join(payees)}"),
        clause=step.get("clause"),
        fields=fields,
        payees=payees,
        sources=sources,
        ranking=fields.get("ranking", "sequential"),
        when=formula(step["when"], "flag") if "when" in step else None,
        positions=plan.positions_of(step["dates"]) if "dates" in step else None,
        cap=formula(str(limit), "amount") if kind == "cap" else None,
        keep_balance=formula(str(limit), "amount") if kind == "keep_balance" else None,
        share_of_due=in_units(limit, SCALE) if kind == "share_of_due" else None,
    )


def step_payees(verb: str, fields: Mapping[str, Any]) -> list[str]:
    """Who a step pays, or what it acts on."""
    for field in ("fees", "notes", "cashflows", "tests"):
        if field in fields:
            return list(fields[field])
    return [fields["account"] if verb == "fill_reserve" else fields["to"]]


# the rules


def available_cash(balance: int, kept: int) -> int:
    """steps.md, paying: "its balance (less `keep_balance`)"; never below zero."""
    return max(0, balance - kept)


def limited_requests(requests: Sequence[int], share: int | None, rounding: str) -> list[int]:
    """steps.md, `share_of_due`: "each request becomes `mul_div(request, share, 1e9)`"."""
    return [request if share is None else mul_div(request, share, SCALE, rounding) for request in requests]


def pay_in_order(cash: int, requests: Sequence[int]) -> list[int]:
    """steps.md, sequential: "each gets `min(available, remaining request)`", in listed order."""
    paid = []
    for request in requests:
        paid.append(min(cash, request))
        cash -= paid[-1]
    return paid


def pay_pro_rata(cash: int, requests: Sequence[int], rounding: str) -> list[int]:
    """steps.md, pro rata: "payee i gets `R(A*C_i/D) - R(A*C_{i-1}/D)`; D = 0 pays nothing", A = min(cash, D)."""
    total, running, paid = sum(requests), 0, []
    cash = min(cash, total)
    for request in requests:
        before, running = running, running + request
        paid.append(divide(cash * running, total, rounding) - divide(cash * before, total, rounding) if total else 0)
    return paid


# a date


def run_waterfall(scenario: Scenario, name: str) -> None:
    """The steps in order: "A step whose `when` is 0 moves nothing", one off its dates does not happen."""
    for step in scenario.plan.waterfalls.get(name, []):
        if step.positions is not None and scenario.index not in step.positions:
            continue
        if step.when is None or step.when(scenario):
            run_step(scenario, step)


def run_step(scenario: Scenario, step: Step) -> None:
    """One step by its verb."""
    if step.verb in ACTIONS:
        ACTIONS[step.verb](scenario, step)
    else:
        pay(scenario, step)


def collect(scenario: Scenario, step: Step) -> None:
    """steps.md, collect: "all of: issuer_rent, amount, proceeds"."""
    for name in step.fields["from"]:
        if name in scenario.plan.notes:
            amount = scenario.values[f"{name}.proceeds"]
        else:
            amount = scenario.values[f"{name}.{'issuer_rent' if name in scenario.plan.rents else 'amount'}"]
        move(scenario, step, name, step.fields["to"], amount, amount, amount)


def accrue_fees(scenario: Scenario, step: Step) -> None:
    """steps.md, accrue_fee."""
    for name in step.payees:
        fees.accrue_fee(scenario, name)


def accrue_interest(scenario: Scenario, step: Step) -> None:
    """steps.md, accrue_interest."""
    for name in step.payees:
        notes.accrue_interest(scenario, name)


def run_tests(scenario: Scenario, step: Step) -> None:
    """steps.md, run_tests."""
    tests.run_tests(scenario, step.payees)


ACTIONS: dict[str, Callable[[Scenario, Step], None]] = {
    "collect": collect,
    "accrue_fee": accrue_fees,
    "accrue_interest": accrue_interest,
    "run_tests": run_tests,
}
"""The verbs that do not pay from accounts."""


def requests(scenario: Scenario, step: Step, cash: Sequence[int]) -> list[int]:
    """What a step asks for, before its limit; transfers, distributions and trap releases ask for all there is."""
    if step.verb == "fill_reserve":
        return [accounts.gap_of(scenario, step.fields["account"])]
    if step.verb == "release_reserve":
        return [accounts.excess_of(scenario, step.sources[0])]
    if step.verb in ("transfer", "distribute", "release_trap"):
        return [made(sum(cash))]
    return [PAYMENTS[step.verb].request(scenario, name) for name in step.payees]


def pay(scenario: Scenario, step: Step) -> None:
    """steps.md, Paying: "Requests, caps and kept amounts are read once, when the step begins"; sources are used in
    order.
    """
    rounding = scenario.plan.rounding
    kept = max(0, step.keep_balance(scenario)) if step.keep_balance else 0
    rest = max(0, step.cap(scenario)) if step.cap else None
    cash = [available_cash(scenario.values[f"{source}.balance"], kept) for source in step.sources]
    remaining = limited_requests(requests(scenario, step, cash), step.share_of_due, rounding)
    for source, available in zip(step.sources, cash, strict=True):
        usable = available if rest is None else min(available, rest)
        pro_rata = step.ranking == "pro_rata"
        amounts = pay_pro_rata(usable, remaining, rounding) if pro_rata else pay_in_order(usable, remaining)
        left = available
        for payee, requested, amount in zip(step.payees, remaining, amounts, strict=True):
            move(scenario, step, source, payee, requested, left, amount)
            left -= amount
        remaining = [requested - amount for requested, amount in zip(remaining, amounts, strict=True)]
        if rest is not None:
            rest -= sum(amounts)


def move(scenario: Scenario, step: Step, source: str, target: str, requested: int, available: int, amount: int) -> None:
    """Move cash, credit the payee, and write the ledger: what was requested, even if nothing was there to pay it."""
    if not requested and not amount:
        return
    values = scenario.values
    if step.verb != "collect":
        values[f"{source}.balance"] -= amount
    if target in scenario.plan.opening_balances:
        values[f"{target}.balance"] = made(values[f"{target}.balance"] + amount)
    else:
        PAYMENTS[step.verb].credit(scenario, target, amount)
    entry = (scenario.index, step.waterfall, step.position, step.name, step.clause, step.verb)
    scenario.ledger.append(Movement(*entry, source, target, requested, available, amount))
