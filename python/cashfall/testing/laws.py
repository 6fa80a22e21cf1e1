"""Named laws that hold for every run of every deal, as asserts on one scenario's flows and ledger.

    laws.check(plan, plan.run(paths))     # every law that applies, on every scenario
    laws.of(plan)                         # which laws those are, and what each says

A law takes a `Run`: the reference's `Outcome` is one, and so is any view with the same attributes; `check(run)` asserts
every law of one run. They share no code with what computes a run beyond reading dates and decimals of the document. A
law is a list of asserts, each with a `Breach` that says date, what was expected and what was found. Laws that compare
two runs are in `cashfall.testing.relations`.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, overload

from .breach import Breach
from .reference.dates import as_date, in_month, read_schedule
from .reference.document import leaf_steps, leaf_waterfalls, verb_of
from .reference.numbers import SCALE, in_units, mul_div
from .seniority import stated_seniority_holds

if TYPE_CHECKING:
    from cashfall.plan import Plan
    from cashfall.result import Result

    from .lawbook import Law

Value = int | float | None


class Transfer(Protocol):
    """One line of the ledger, in minor units; lines of a step stand together, also those that asked and got nothing."""

    @property
    def index(self) -> int: ...
    @property
    def waterfall(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def verb(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def requested(self) -> int: ...
    @property
    def available(self) -> int: ...
    @property
    def amount(self) -> int: ...


class Run(Protocol):
    """One scenario of a deal: integers in their units by name and date, None for an undefined test value."""

    @property
    def document(self) -> Mapping[str, Any]: ...
    @property
    def dates(self) -> Sequence[dt.date]: ...
    @property
    def flows(self) -> Mapping[str, Sequence[Value]]: ...
    @property
    def ledger(self) -> Sequence[Transfer]: ...
    @property
    def outcome(self) -> str: ...


def table(run: Run, name: str) -> dict[str, Any]:
    """A table of the document, empty if absent."""
    return dict(run.document.get(name, {}))


LATEST: list[tuple[Mapping[str, Any], Mapping[str, Sequence[Mapping[str, Any]]]]] = []


def waterfalls(run: Run) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Every waterfall by its steps, as the ledger counts them; made once while the document stays the same."""
    if not LATEST or LATEST[0][0] is not run.document:
        LATEST[:] = [(run.document, leaf_waterfalls(run.document))]
    return LATEST[0][1]


def flow(run: Run, name: str) -> list[int]:
    """A flow of which every date has an integer."""
    values = run.flows[name]
    assert set(map(type, values)) <= {int}, Breach(None, name, "integers", "a value that is none")
    return list(values)  # type: ignore[arg-type]  # asserted above


def total(run: Run, names: Sequence[str]) -> list[int]:
    """The sum of flows, date by date."""
    return [sum(values) for values in zip([0] * len(run.dates), *(flow(run, name) for name in names), strict=True)]


def before(series: Sequence[int], initial: int) -> list[int]:
    """Each date's value at the close of the date before."""
    return [initial, *series[:-1]]


def scale_of(run: Run) -> int:
    """Minor units in one unit of the currency."""
    return int(10 ** int(run.document["deal"].get("decimals", 2)))


def opening_balance(run: Run, account: str) -> int:
    """An account's opening balance in minor units."""
    return in_units(table(run, "accounts")[account].get("opening_balance", 0), scale_of(run))


class Claim(NamedTuple):
    """What is owed to an outside payee: by the names of its flows, what it is paid, what stays owed, what accrues."""

    payee: str
    paid: str
    unpaid: Sequence[str]
    accrued: Sequence[str]


def claims(run: Run) -> Iterator[Claim]:
    """Every claim that grows by what accrues and shrinks by what is paid. The excess of a fee is part of the fee's."""
    for name in table(run, "fees"):
        excess = [f"{name}.excess_shortfall"] if f"{name}.excess_shortfall" in run.flows else []
        yield Claim(name, f"{name}.paid", [f"{name}.shortfall", *excess], [f"{name}.accrued"])
    for name in table(run, "taxes"):
        yield Claim(name, f"{name}.paid", [f"{name}.shortfall"], [f"{name}.accrued"])
    for name, entry in table(run, "cashflows").items():
        if entry["direction"] == "out":
            yield Claim(name, f"{name}.paid", [f"{name}.shortfall"], [f"{name}.amount"])
    for name in [*table(run, "notes"), *table(run, "facilities")]:
        accrued = [f"{name}.interest_accrued", f"{name}.unpaid_interest_accrued"]
        accrued = [part for part in accrued if part in run.flows]
        yield Claim(name, f"{name}.interest_paid", [f"{name}.interest_shortfall"], accrued)
    for name in table(run, "notes"):
        if f"{name}.additional_interest_paid" in run.flows:
            kind = f"{name}.additional_interest"
            yield Claim(name, f"{kind}_paid", [f"{kind}_shortfall"], [f"{kind}_accrued"])
    for name in table(run, "facilities"):
        yield Claim(name, f"{name}.fee_paid", [f"{name}.fee_shortfall"], [f"{name}.fee_accrued"])


def payers(run: Run) -> list[str]:
    """Every flow that is cash paid to outside payees."""
    found = [claim.paid for claim in claims(run) if not claim.paid.endswith("interest_paid")]
    found += [f"{name}.interest_paid" for name in [*table(run, "notes"), *table(run, "facilities")]]
    found += [f"{name}.excess_paid" for name in table(run, "fees") if f"{name}.excess_paid" in run.flows]
    found += [f"{name}.principal_paid" for name in table(run, "notes")]
    found += [f"{name}.premium_paid" for name in table(run, "notes") if f"{name}.premium_paid" in run.flows]
    found += [f"{name}.additional_interest_paid" for name in table(run, "notes")]
    found += [f"{name}.distributed" for name in table(run, "equity")]
    found += [f"{name}.repaid" for name in table(run, "facilities")]
    found += [f"{name}.{paid}" for name in table(run, "swaps") for paid in ("paid", "termination_paid")]
    optional = ("termination_paid", "additional_interest_paid")
    return [name for name in found if name in run.flows or not name.endswith(optional)]


PAID_BY = {
    "pay_interest": "interest_paid",
    "pay_principal": "principal_paid",
    "sweep": "principal_paid",
    "capitalize_interest": "interest_capitalized",
    "write_up": "written_up",
    "prepay": "principal_paid",
    "pay_premium": "premium_paid",
    "pay_premium_due": "premium_paid",
    "pay_additional_interest": "additional_interest_paid",
    "distribute": "distributed",
    "pay_excess": "excess_paid",
    "pay_facility_interest": "interest_paid",
    "pay_facility_fee": "fee_paid",
    "repay_facility": "repaid",
    "pay_termination": "termination_paid",
}
"""What the payee of a verb records as paid, where it is not simply `paid`."""


PREPAYING = ("prepay", "pay_premium")
"""What lines of `prepay` steps pay: principal, and the premium of its price."""


def grouped(run: Run, *, by_source: bool) -> Iterator[list[Transfer]]:
    """The ledger's lines step by step, or source by source within a step."""

    def key(line: Transfer) -> tuple[object, ...]:
        return (line.index, line.waterfall, line.position, line.source if by_source else "")

    for _, lines in groupby(run.ledger, key):
        yield list(lines)


def broken_by(run: Run, line: Transfer, expected: object, found: object = None) -> Breach:
    """The breach of a law by one line of the ledger; found is the line's amount unless something else is said."""
    where = f"{line.waterfall}[{line.position}] {line.verb} from {line.source} to {line.target}"
    return Breach(run.dates[line.index], where, expected, line.amount if found is None else found)


def ranking(run: Run, line: Transfer) -> str:
    """The ranking of the step of a line."""
    return str(body_of(run, line).get("ranking", "sequential"))


def body_of(run: Run, line: Transfer) -> Mapping[str, Any]:
    """The fields of the step of a line; a line of a `pay` step has the verb of its due."""
    step = waterfalls(run)[line.waterfall][line.position]
    return dict(step[verb_of(step)])


# money


def cash_is_conserved(run: Run) -> None:
    """On every date the accounts together change by what is collected less what is paid out, to the cent."""
    accounts = list(table(run, "accounts"))
    collected = {
        name for steps in waterfalls(run).values() for step in steps for name in step.get("collect", {}).get("from", [])
    }
    incoming = [f"{name}.issuer_rent" for name in table(run, "leases")]
    incoming += [f"{name}.amount" for name, entry in table(run, "cashflows").items() if entry["direction"] == "in"]
    incoming += [f"{name}.proceeds" for name in table(run, "notes") if name in collected]
    incoming += [f"{name}.draws" for name in table(run, "facilities")]
    incoming += [f"{name}.received" for name in [*table(run, "swaps"), *table(run, "caps")]]
    incoming += [f"{name}.earned" for name, entry in table(run, "accounts").items() if "earns" in entry]
    incoming += [f"{name}.cure" for name, test in table(run, "tests").items() if "equity_cure" in test]
    outgoing = payers(run)
    held = sum(opening_balance(run, name) for name in accounts)
    totals = zip(
        run.dates,
        total(run, incoming),
        total(run, outgoing),
        total(run, [f"{name}.balance" for name in accounts]),
        strict=True,
    )
    for date, came_in, went_out, found in totals:
        held += came_in - went_out
        assert held == found, Breach(date, "held by all accounts", held, found)


def ledger_readds(run: Run) -> None:
    """Adding up the ledger gives every account's balance and every payee's receipts on every date."""
    moved: dict[tuple[int, str, str], int] = {}
    changes: dict[tuple[int, str], int] = {}
    for line in run.ledger:
        key = (line.index, line.target, PAID_BY.get(line.verb, "paid"))
        moved[key] = moved.get(key, 0) + line.amount
        for name, amount in ((line.source, -line.amount), (line.target, line.amount)):
            changes[line.index, name] = changes.get((line.index, name), 0) + amount
    moves_without_cash_readd(run, moved, changes)
    for paid in payers(run):
        name, _, kind = paid.partition(".")
        for index, (date, found) in enumerate(zip(run.dates, flow(run, paid), strict=True)):
            added = moved.get((index, name, kind), 0)
            assert added == found, Breach(date, f"{paid}, as the ledger adds up", added, found)
    for name in table(run, "accounts"):
        balance = opening_balance(run, name)
        for index, (date, found) in enumerate(zip(run.dates, flow(run, f"{name}.balance"), strict=True)):
            balance += changes.get((index, name), 0)
            assert balance == found, Breach(date, f"{name}.balance, as the ledger adds up", balance, found)


def moves_without_cash_readd(
    run: Run, moved: Mapping[tuple[int, str, str], int], changes: Mapping[tuple[int, str], int]
) -> None:
    """The rows of capitalisations, write-downs and write-ups give what notes record of them."""
    for name in table(run, "notes"):
        series = zip(run.dates, optional(run, f"{name}.interest_capitalized"), written(run, name), strict=True)
        for index, (date, gained, lost) in enumerate(series):
            added = moved.get((index, name, "interest_capitalized"), 0)
            assert added == gained, Breach(date, f"{name}.interest_capitalized, as the ledger adds up", added, gained)
            added = -changes.get((index, f"{name}.balance"), 0) - moved.get((index, name, "written_up"), 0)
            assert added == lost, Breach(date, f"{name}.written_down, as the ledger adds up", added, lost)


def no_account_is_overdrawn(run: Run) -> None:
    """No movement takes more than its source has, or more than it said was available."""
    balances = {name: opening_balance(run, name) for name in table(run, "accounts")}
    for line in run.ledger:
        assert 0 <= line.amount <= line.available, broken_by(run, line, f"0 to the {line.available} available")
        if line.source in balances:
            balances[line.source] -= line.amount
            held = balances[line.source]
            assert held >= 0, broken_by(run, line, f"at most {line.amount + held}, which {line.source} had")
        if line.target in balances:
            balances[line.target] += line.amount


def no_payee_gets_more_than_due(run: Run) -> None:
    """Nobody receives more than was asked, and what was owed less what was paid is what stays owed."""
    for line in run.ledger:
        assert 0 <= line.amount <= line.requested, broken_by(run, line, f"0 to the {line.requested} requested")
    for claim in claims(run):
        unpaid = total(run, claim.unpaid)
        excess = [f"{claim.payee}.excess_paid"] if len(claim.unpaid) > 1 else []
        paid = total(run, [claim.paid, *excess])
        lifted = [0] * len(run.dates)
        if claim.paid == f"{claim.payee}.interest_paid":
            lifted = optional(run, f"{claim.payee}.interest_capitalized")
        rows = zip(before(unpaid, 0), total(run, claim.accrued), paid, unpaid, strict=True)
        for index, (date, (carried, accrued, amount, left)) in enumerate(zip(run.dates, rows, strict=True)):
            gone = carried + accrued - amount - left
            if lifted[index]:
                gone -= capitalised(run, claim.payee, index, gone)
            assert gone == 0 <= left, Breach(date, f"still owed to {claim.payee}", max(0, left + gone), left)
    scheduled_principal_is_not_exceeded(run)


def capitalised(run: Run, note: str, index: int, gone: int) -> int:
    """What capitalisations took of the interest due on a date: what is gone, if it gives what the balance gained.

    A premium is rounded in every row: where rows have different premiums, or are several, it is known to within a cent
    for each.
    """
    rows = [
        line for line in run.ledger if line.verb == "capitalize_interest" and (line.index, line.target) == (index, note)
    ]
    gained = sum(line.amount for line in rows)
    premiums = {in_units(body_of(run, line).get("pik_premium", 0), SCALE) for line in rows}
    rate = rate_on(run, note, table(run, "notes")[note], index)
    if premiums == {0} or not rate:
        return gained
    rounding = str(run.document["deal"].get("rounding", "half_up"))
    with_premium = [gone + mul_div(gone, premium, rate, rounding) for premium in premiums]
    slack = len(rows) if len(rows) > 1 else 0
    assert min(with_premium) - slack <= gained <= max(with_premium) + slack, Breach(
        run.dates[index], f"{note}.interest_capitalized", with_premium[0], gained
    )
    return gone


def scheduled_principal_is_not_exceeded(run: Run) -> None:
    """`pay_principal` never brings a note below its scheduled balance, but where all of it may fall due early."""
    paid: dict[tuple[int, str], int] = {}
    for line in run.ledger:
        if line.verb == "pay_principal":
            paid[line.index, line.target] = paid.get((line.index, line.target), 0) + line.amount
    for (index, name), amount in paid.items():
        scheduled = f"{name}.target" if f"{name}.target" in run.flows else f"{name}.scheduled_balance"
        held = flow(run, f"{name}.balance")[index] + flow(run, f"{name}.principal_paid")[index]
        held += max(0, written(run, name)[index])
        due = held if falls_due_at_once(run, name, index) else max(0, held - flow(run, scheduled)[index])
        assert amount <= due, Breach(run.dates[index], f"scheduled principal paid to {name}", f"at most {due}", amount)


def falls_due_at_once(run: Run, note: str, index: int) -> bool:
    """Whether a note's balance may be due on a date: accelerated, or by a test that has it amortise early, before or
    after what happens on the date.
    """
    if note in run.document.get("acceleration", {}).get("notes", []):
        active = flow(run, "acceleration.active")
        if any(active[max(0, index - 1) : index + 1]) or not may_only_begin(run):
            return True
    for name, test in table(run, "tests").items():
        early = [
            effect["early_amortization"]["notes"]
            for effect in test.get("effects", [])
            if "early_amortization" in effect
        ]
        if any(note in notes for notes in early) and any(flow(run, f"{name}.failing")[max(0, index - 1) : index + 1]):
            return True
    return False


def may_fall_due_at_once(run: Run, note: str) -> bool:
    """Whether acceleration or a test can make all of a note due."""
    effects = [effect for test in table(run, "tests").values() for effect in test.get("effects", [])]
    early = [name for effect in effects for name in effect.get("early_amortization", {}).get("notes", [])]
    return note in [*run.document.get("acceleration", {}).get("notes", []), *early]


def may_only_begin(run: Run) -> bool:
    """Whether nothing rescinds an acceleration, which else may begin and end within a date."""
    rescinds = any("rescind" in step for steps in waterfalls(run).values() for step in steps)
    effects = [effect for test in table(run, "tests").values() for effect in test.get("effects", [])]
    return not rescinds and not any("reinstate" in effect for effect in effects)


def giver(support: Mapping[str, Any]) -> str:
    """The account or facility of a support."""
    return str(support.get("from_account", support.get("from_facility")))


# order


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
        return sorted(listed, key=lambda payee: -notes[payee[1]]["coupon"]["fixed"]["rate"])
    if order == "by_maturity":
        return sorted(listed, key=lambda payee: as_date(notes[payee[1]]["maturity_date"]))
    return listed


def steps_pay_what_they_can(run: Run) -> None:
    """A step without a limit leaves a request unpaid only when its sources and supports are empty.

    Weights of 0 and the conditions of supports are exceptions; what effects of tests hold back has a law of its own.
    """
    balances = {name: opening_balance(run, name) for name in table(run, "accounts")}
    for lines in grouped(run, by_source=True):
        add_up(balances, lines)
        body = body_of(run, lines[0])
        outside = lines[0].source not in balances
        if "limit" in body or "weights" in body or outside or distributes(run, lines[0]):
            continue
        if lines[0].verb in PREPAYING:
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
    """A support pays only once the sources of a step have nothing left; where limits keep cash, it may."""
    balances = {name: opening_balance(run, name) for name in table(run, "accounts")}
    for lines in grouped(run, by_source=True):
        body = body_of(run, lines[0])
        helping = any(giver(entry) == lines[0].source for entry in body.get("support", []))
        if helping and "limit" not in body and "weights" not in body and any(line.amount for line in lines):
            left = sum(balances[name] for name in body["from"])
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


# notes


def principal_sums(run: Run) -> None:
    """Schedules repay exactly; a balance changes by what is issued and paid; what is paid and what is left make the
    original.
    """
    for name, entry in table(run, "notes").items():
        original = in_units(entry["original_balance"], scale_of(run))
        scheduled = sum(flow(run, f"{name}.scheduled_principal"))
        assert scheduled == original, Breach(None, f"{name}: what its schedule repays", original, scheduled)
        left = flow(run, f"{name}.scheduled_balance")[-1]
        assert left == 0, Breach(run.dates[-1], f"{name}.scheduled_balance at the end", 0, left)
        dated, paid = as_date(entry["dated_date"]), flow(run, f"{name}.principal_paid")
        balance = original if dated < run.dates[0] else 0
        lifted = [a - b for a, b in zip(optional(run, f"{name}.interest_capitalized"), written(run, name), strict=True)]
        for date, amount, more, found in zip(run.dates, paid, lifted, flow(run, f"{name}.balance"), strict=True):
            balance += (original if date == dated else 0) + more - amount
            assert balance == found >= 0, Breach(date, f"{name}.balance", max(0, balance), found)
        left = sum(paid) + balance - sum(lifted)
        assert left == original, Breach(None, f"{name}: paid and left", original, left)


def prepayments_cost_their_price(run: Run) -> None:
    """What is prepaid costs its note's scheduled call price, to within the rounding; at no price there is no premium,
    and a note that may not be called is not prepaid.
    """
    notes = table(run, "notes")
    for principal, premium in pairwise([*run.ledger, None]):
        if principal is None or principal.verb != "prepay":
            continue
        follows = premium is not None and premium.verb == "pay_premium" and premium.target == principal.target
        paid = premium.amount if premium is not None and follows else 0
        call = notes[principal.target].get("call", {"schedule": [[dt.date.min, 100]]})
        date = run.dates[principal.index]
        prices = [in_units(price, SCALE) for since, price in call["schedule"] if as_date(since) <= date]
        assert prices or "make_whole" in call, broken_by(run, principal, "nothing before the first call date")
        if prices:
            exact = Fraction(principal.amount * (prices[-1] - 100 * SCALE), 100 * SCALE)
            assert abs(paid - exact) < 1, broken_by(run, principal, f"a premium of {exact}", paid)
        assert paid == 0 or principal.amount, broken_by(run, principal, "no premium without principal", paid)


def optional(run: Run, name: str) -> list[int]:
    """A flow, or zeros where the deal has none."""
    return flow(run, name) if name in run.flows else [0] * len(run.dates)


def written(run: Run, note: str) -> list[int]:
    """What a note was written down on each date, negative where it was written up."""
    balances = optional(run, f"{note}.written_down")
    return [later - earlier for earlier, later in zip(before(balances, 0), balances, strict=True)]


def rates_keep_their_bounds(run: Run) -> None:
    """An all-in rate lies between its floors and its cap and has no more decimals than it may; only a default rate adds
    to it.
    """
    for name, entry in table(run, "notes").items():
        kind, terms = next(iter(entry["coupon"].items()))
        if kind not in ("floating", "simple_daily", "compounded"):
            continue
        unit = int(10 ** (9 - int(terms.get("rate_decimals", 9))))
        rounding = str(run.document["deal"].get("rounding", "half_up"))
        low, high = in_units(terms.get("all_in_floor", 0), SCALE), in_units(terms.get("all_in_cap", 1 << 20), SCALE)
        if "floor" in terms and (kind == "floating" or terms.get("floor_per") == "period"):
            floor = in_units(terms["floor"], SCALE) + in_units(terms.get("margin", 0), SCALE)
            low = min(high, max(low, mul_div(floor, 1, unit, rounding) * unit))
        extras = possible_extras(run, name, entry)
        accrues = [date for date in run.dates if as_date(entry["dated_date"]) < date <= as_date(entry["maturity_date"])]
        paying = set(read_schedule(run.document["schedules"][entry["payment_dates"]]).dates) & set(accrues)
        for date, rate in zip(run.dates, flow(run, f"{name}.rate"), strict=True):
            possible = [rate - extra for extra in extras]
            within = any(low <= base <= high and (base % unit == 0 or base in (low, high)) for base in possible)
            assert date not in paying or within, Breach(date, f"{name}.rate", f"{low} to {high} by {unit}", rate)


def interest_follows_the_balance(run: Run) -> None:
    """Interest is the rate on the balance of every day of its period, rounded once; nothing earns interest on interest.

    For notes that count actual days, where no step pays principal before interest accrues.
    """
    for name, entry in table(run, "notes").items():
        days_a_year = {"act/360": 360, "act/365f": 365}.get(entry["day_count"])
        if days_a_year is None or "rounding_unit" in entry or "index_level" in entry["coupon"]:
            continue
        if any(line.waterfall == "collection" and line.target == name for line in run.ledger):
            continue
        original, dated = in_units(entry["original_balance"], scale_of(run)), as_date(entry["dated_date"])
        payments = set(read_schedule(run.document["schedules"][entry["payment_dates"]]).dates)
        balance, since, weighted = original if dated < run.dates[0] else 0, dated, 0
        for index, date in enumerate(run.dates):
            weighted += balance * (date - since).days
            since = max(date, since)
            balance = flow(run, f"{name}.balance")[index]
            if date not in payments or not dated < date <= as_date(entry["maturity_date"]):
                continue
            accrued = flow(run, f"{name}.interest_accrued")[index]
            rounding = str(run.document["deal"].get("rounding", "half_up"))
            found = mul_div(weighted, rate_on(run, name, entry, index), SCALE * days_a_year, rounding)
            assert accrued == found, Breach(date, f"{name}.interest_accrued on its balance", found, accrued)
            weighted = 0


def rate_on(run: Run, name: str, entry: Mapping[str, Any], index: int) -> int:
    """The rate of the period that ends on a date: recorded, or that of a fixed coupon."""
    if f"{name}.rate" in run.flows:
        return flow(run, f"{name}.rate")[index]
    return in_units(entry["coupon"]["fixed"]["rate"], SCALE)


def possible_extras(run: Run, note: str, entry: Mapping[str, Any]) -> set[int]:
    """What a default rate and the rate steps of tests may add to a note's rate, alone and together."""
    effects = [effect for test in table(run, "tests").values() for effect in test.get("effects", [])]
    steps = [effect["rate_step"] for effect in effects if note in effect.get("rate_step", {}).get("notes", [])]
    found = {0}
    for terms in [entry.get("default_rate", {"extra": 0}), *steps]:
        found |= {extra + in_units(terms["extra"], SCALE) for extra in found}
    return found


# ledgers

SETTLED = re.compile(r"(-?)([a-z0-9_]+\.(?:issuer_rent|rent|amount|interest_accrued|scheduled_[a-z_]+))")
"""Amounts that are settled when collection ends, so that the record shows what was booked of them."""


def ledgers_add_up(run: Run) -> None:
    """A ledger never lies below its floor, one of a maximum never falls, and one that books only what is on record
    is the sum, or the maximum, of it.
    """
    for name, entry in table(run, "ledgers").items():
        if "reset_when" in entry:
            continue
        maximum = entry.get("kind", "cumulative") == "maximum_to_date"
        floor = in_units(entry["floor"], scale_of(run)) if "floor" in entry else None
        opening = in_units(entry.get("opening", 0), scale_of(run))
        balances = flow(run, f"{name}.balance")
        for date, earlier, later in zip(run.dates, before(balances, opening), balances, strict=True):
            assert floor is None or later >= floor, Breach(date, f"{name}.balance", f"at least {floor}", later)
            assert not maximum or later >= earlier, Breach(date, f"{name}.balance", f"at least {earlier}", later)
        balance = opening
        for index, date in enumerate(run.dates):
            booked = bookings(run, name, index)
            if booked is None:
                break
            for amount in booked:
                balance = max(balance, amount) if maximum else balance + amount
                balance = balance if floor is None else max(balance, floor)
            assert balance == balances[index], Breach(date, f"{name}.balance by its bookings", balance, balances[index])


def bookings(run: Run, ledger: str, index: int) -> list[int] | None:
    """What the steps of a date book in a ledger, in order; None where the record does not show one of them."""
    written = run.document["waterfalls"]
    if leaves_waterfalls(run):
        return None
    steps = list(written.get("collection", []))
    if run.dates[index] == as_date(run.document["deal"]["closing_date"]):
        steps += written.get("closing", [])
    if run.dates[index] in read_schedule(run.document["schedules"][run.document["deal"]["waterfall_dates"]]).dates:
        statuses = list(run.document["deal"].get("statuses", ["normal"]))
        steps += written[statuses[flow(run, "status")[index]]]
    found = []
    for step, in_branch in leaf_steps(run.document, [*steps, *written.get("after", [])]):
        if step.get("book", {}).get("ledger") != ledger:
            continue
        amount = SETTLED.fullmatch(step["book"]["amount"])
        if amount is None or "when" in step or in_branch:
            return None
        if "dates" in step and run.dates[index] not in read_schedule(run.document["schedules"][step["dates"]]).dates:
            continue
        found.append(flow(run, amount[2])[index] * (-1 if amount[1] else 1))
    return found


# fees, facilities, hedges


def fee_caps_hold(run: Run) -> None:
    """In a cap year no more of the fees under a cap becomes due than the cap allows, with what earlier years left."""
    caps = [(entry["cap"], list(entry["fees"])) for entry in table(run, "fee_caps").values()]
    caps += [(entry["cap"], [name]) for name, entry in table(run, "fees").items() if "cap" in entry]
    for terms, fees in caps:
        if "suspended_if" not in terms:
            cap_holds(run, terms, fees)


def cap_holds(run: Run, terms: Mapping[str, Any], fees: Sequence[str]) -> None:
    """One cap: what became due of its fees, year by year; in a stub year at most the whole cap."""
    closing = as_date(run.document["deal"]["closing_date"])
    starts = str(terms["year_starts"])
    month, day = (closing.month, closing.day) if starts == "closing" else (int(starts[:2]), int(starts[3:]))
    annual = in_units(terms["annual"], scale_of(run))
    due_by_year: dict[int, int] = {}
    for name in fees:
        excess, paid = flow(run, f"{name}.excess_shortfall"), flow(run, f"{name}.excess_paid")
        rows = zip(run.dates, flow(run, f"{name}.accrued"), before(excess, 0), excess, paid, strict=True)
        for date, accrued, carried, left, amount in rows:
            year = date.year - (date < in_month(date.year, month, day))
            due_by_year[year] = due_by_year.get(year, 0) + accrued - (left + amount - carried)
    first, so_far = closing.year - (closing < in_month(closing.year, month, day)), 0
    for year, due in sorted(due_by_year.items()):
        so_far += due
        allowed = annual * (year - first + 1) if terms.get("carry_forward") else annual
        found = so_far if terms.get("carry_forward") else due
        assert found <= allowed, Breach(None, f"{fees} in the cap year from {year}", f"at most {allowed}", found)


def a_draw_lowers_what_is_available(run: Run) -> None:
    """What is drawn is the sum of draws less repayments, and what is available is what the commitment leaves."""
    for name, entry in table(run, "facilities").items():
        commitment, end = (
            in_units(entry["commitment"], scale_of(run)),
            as_date(entry.get("availability_end", dt.date.max)),
        )
        drawn, ever = 0, 0
        parts = (flow(run, f"{name}.{part}") for part in ("draws", "repaid", "drawn", "available"))
        for date, draws, repaid, left, available in zip(run.dates, *parts, strict=True):
            drawn, ever = drawn + draws - repaid, ever + draws
            assert drawn == left >= 0, Breach(date, f"{name}.drawn", drawn, left)
            used = drawn if entry.get("revolving", True) else ever
            expected = max(0, commitment - used) if date <= end else 0
            assert available == expected, Breach(date, f"{name}.available", expected, available)
            assert date <= end or not draws, Breach(date, f"{name}.draws after its availability", 0, draws)
            assert used <= commitment, Breach(date, f"{name} in use", f"at most {commitment}", used)


def swap_legs_net(run: Run) -> None:
    """Of the two legs only the difference is owed, by the one or the other."""
    for name in table(run, "swaps"):
        ends = f"{name}.termination_due" in run.flows
        owed, receivable = 0, 0
        parts = ("pay_accrued", "receive_accrued", "paid", "received", "shortfall", "receivable")
        series = (flow(run, f"{name}.{part}") for part in parts)
        for date, pay, receive, paid, received, short, left in zip(run.dates, *series, strict=True):
            owed += max(0, pay - receive) - paid
            receivable += max(0, receive - pay) - received
            assert owed == short >= 0, Breach(date, f"{name}.shortfall", owed, short)
            assert ends or receivable == left, Breach(date, f"{name}.receivable", receivable, left)
        if ends:
            what_ended_is_owed_once(run, name)


def what_ended_is_owed_once(run: Run, swap: str) -> None:
    """What a termination costs falls due once, and is owed until it is paid."""
    series = zip(flow(run, f"{swap}.termination_shortfall"), flow(run, f"{swap}.termination_paid"), strict=True)
    owed, n_rises = 0, 0
    for date, (left, paid) in zip(run.dates, series, strict=True):
        more = left - (owed - paid)
        n_rises, owed = n_rises + (more > 0), left
        assert more >= 0, Breach(date, f"{swap}.termination_shortfall", left - more, left)
        assert n_rises <= 1, Breach(date, f"{swap}.termination_shortfall, a second time", left - more, left)


# tests


def measured_dates(run: Run, test: Mapping[str, Any]) -> set[dt.date]:
    """The dates a test is measured on."""
    dates = set(read_schedule(run.document["schedules"][test["dates"]]).dates)
    if "first_date" in test:
        dates = {date for date in dates if date >= as_date(test["first_date"])}
    for holiday in test.get("holiday", []):
        dates = {date for date in dates if not as_date(holiday["from"]) <= date <= as_date(holiday["to"])}
    return dates


def test_fires_and_cures_by_its_rule(run: Run) -> None:
    """`failing` follows from the recorded values, counted date by date; a value equal to its threshold may be either
    side.
    """
    for name, test in table(run, "tests").items():
        dates, by_some = measured_dates(run, test), read_by_some(run, name)
        possible, n_measured, window = {(0, 0)}, 0, int(test.get("window", 1))
        for date, value, failing in zip(
            run.dates, run.flows[f"{name}.value"], run.flows[f"{name}.failing"], strict=True
        ):
            if by_some and date in dates:
                read = {after for state in possible for after in successors(test, state, value)}
                possible = read if value is not None else possible | read
            elif date in dates:
                n_measured += 1
                if n_measured >= window or test.get("window_start", "wait") != "wait":
                    possible = {after for state in possible for after in successors(test, state, value)}
                else:
                    assert value is None, Breach(date, f"{name}.value while its window fills", None, value)
            else:
                assert value is None, Breach(date, f"{name}.value where it is not measured", None, value)
            possible = {state for state in possible if state[0] == failing}
            assert possible, Breach(date, f"{name}.failing at the value {value}", 1 - int(failing or 0), failing)


def is_at_least(test: Mapping[str, Any]) -> bool:
    """Which side passes: what the test says, or what its measure means."""
    measures = test["measure"].keys()
    return bool(test.get("requires", "at_most" if measures & {"ltv", "cumulative_loss"} else "at_least") == "at_least")


@lru_cache(maxsize=1024)
def threshold(level: Decimal | float) -> int:
    """A level in 1e-9."""
    return in_units(level, SCALE)


def successors(test: Mapping[str, Any], state: tuple[int, int], value: Value) -> set[tuple[int, int]]:
    """The states (failing, counter) that a value may lead to."""
    failing, counter = state
    sticky = bool(test.get("sticky", False))
    if value is None:
        if test["when_undefined"] == "hold":
            return {state}
        verdicts = {test["when_undefined"] == "pass"}
    else:
        key = "cure_level" if failing and not sticky and "cure_level" in test else "level"
        bound = threshold(test[key])
        better = value > bound if is_at_least(test) else value < bound
        verdicts = {True, False} if value == bound else {better}
    found = set()
    for passed in verdicts:
        if failing and sticky:
            found.add(state)
            continue
        count = counter + 1 if passed == bool(failing) else 0
        needed = int(test.get("cure_after" if failing else "enter_after", 1))
        found.add((1 - failing, 0) if count >= needed else (failing, count))
    return found


def test_measures_its_window(run: Run) -> None:
    """A recorded value is the ratio of the window's sums, for a dscr of one recorded flow that is tested in
    collection.
    """
    for name, test in table(run, "tests").items():
        pair = dscr_series(run, name, test)
        if pair is None:
            continue
        dates, window, start = measured_dates(run, test), int(test.get("window", 1)), test.get("window_start", "wait")
        measured: list[int] = []
        for index, date in enumerate(run.dates):
            if date not in dates:
                continue
            measured.append(index)
            if len(measured) < window and start == "wait":
                continue
            chosen, rounding = measured[-window:], str(run.document["deal"].get("rounding", "half_up"))
            sums = [sum(series[position] for position in chosen) for series in pair]
            if len(chosen) < window and start == "annualise":
                sums = [mul_div(total, window, len(chosen), rounding) for total in sums]
            expected = None if sums[1] <= 0 else mul_div(sums[0], SCALE, sums[1], rounding)
            if expected is None or abs(expected) < 1 << 52:
                value = run.flows[f"{name}.value"][index]
                assert value == expected, Breach(date, f"{name}.value, as its window gives", expected, value)


def dscr_series(run: Run, name: str, test: Mapping[str, Any]) -> tuple[list[int], list[int]] | None:
    """Cash flow and debt service by date, if the flows record them as they are measured."""
    terms = test["measure"].get("dscr")
    collection = waterfalls(run).get("collection", [])
    simple = terms is not None and re.fullmatch(r"[a-z0-9_]+\.(issuer_rent|rent|amount)", terms["cash_flow"])
    if (
        not simple
        or test.get("by") == "mean_of_ratios"
        or "equity_cure" in test
        or any(may_fall_due_at_once(run, note) for note in terms["notes"])
        or not any(name in step.get("run_tests", {}).get("tests", []) for step in collection)
    ):
        return None
    service = [0] * len(run.dates)
    for note in terms["notes"]:
        parts = (flow(run, f"{note}.{part}") for part in ("interest_accrued", "scheduled_principal", "principal_due"))
        service = [total + a + min(b, c) for total, a, b, c in zip(service, *parts, strict=True)]
    return flow(run, terms["cash_flow"]), service


def waived_late(run: Run) -> bool:
    """Whether a waiver may begin after a date's waterfall has been chosen: the records do not say when."""
    written = waterfalls(run).items()
    return any("waive" in step for name, steps in written if name != "collection" for step in steps)


def leaves_waterfalls(run: Run) -> bool:
    """Whether a step leaves the waterfall of a status for another at once."""
    steps = [step for written in waterfalls(run).values() for step in written]
    return any(step.get("set_status", {}).get("now", False) for step in steps)


def status_may_change_inside(run: Run) -> bool:
    """Whether the status changes where the records do not say: inside a waterfall, or by an acceleration."""
    inside = [step for name, steps in waterfalls(run).items() if name not in ("collection", "after") for step in steps]
    by_test = any("run_tests" in step for step in inside)
    return by_test or leaves_waterfalls(run) or "acceleration" in run.document


def read_by_some(run: Run, name: str) -> bool:
    """Whether a test runs inside the waterfall of a status: some scenarios do not read it on a date."""
    inside = [step for key, steps in waterfalls(run).items() if key not in ("collection", "after") for step in steps]
    return any(name in step.get("run_tests", {}).get("tests", []) for step in inside)


def acting_states(run: Run, name: str) -> list[int]:
    """Where a test is failing and not waived, at the close of each date."""
    waived = run.flows.get(f"{name}.waived") or [0] * len(run.dates)
    return [int(state and not off) for state, off in zip(flow(run, f"{name}.failing"), waived, strict=True)]


def late_state(run: Run, name: str, index: int) -> int:
    """Where a test that runs after the waterfall acts when it begins: it failed before, and is not waived now."""
    waived = run.flows.get(f"{name}.waived")
    return int(bool(flow(run, f"{name}.failing")[index - 1]) and not (waived and waived[index]))


def status_follows_its_tests(run: Run) -> None:
    """The waterfall used on a date is that of the most severe status of a test failing when it begins, or of a more
    severe one that a `set_status` step names.
    """
    statuses, tests = list(run.document["deal"].get("statuses", ["normal"])), table(run, "tests")
    collection = waterfalls(run).get("collection", [])
    early = {name for step in collection for name in step.get("run_tests", {}).get("tests", [])}
    if waived_late(run) or status_may_change_inside(run):
        return
    states_of = {name: acting_states(run, name) for name in tests}
    used = flow(run, "status")
    steps = [step for written in waterfalls(run).values() for step in written]
    stepped = {statuses.index(step["set_status"]["status"]) for step in steps if "set_status" in step}
    for index, date in enumerate(run.dates):
        severities = [0]
        for name, test in tests.items():
            if states_of[name][index] if name in early else index and late_state(run, name, index):
                named = [effect for effect in test.get("effects", []) if "set_status" in effect]
                severities += [statuses.index(effect["set_status"]) for effect in named]
        expected, found = max(severities), used[index]
        possible = found == expected or (found > expected and found in stepped)
        assert possible, Breach(date, f"position of the status among {statuses}", expected, found)
    for line in run.ledger:
        status = statuses[used[line.index]]
        assert line.waterfall in ("collection", "closing", "after", status), broken_by(
            run, line, f"a step of {status}", "another"
        )


HOLDING = ("lock_up", "cash_trap", "sweep")
"""The effects of tests that hold distributions back."""


def distributes(run: Run, line: Transfer) -> bool:
    """Whether a line is of a `distribute` step."""
    return "distribute" in waterfalls(run)[line.waterfall][line.position]


def distributions_obey_effects(run: Run) -> None:
    """While a test fails nothing is distributed under its lock-up, and its traps and sweeps take their share first.

    For steps after collection, by tests that have run in it; a step that pays several sweeps is left out, and so is one
    whose trap is its own source.
    """
    tests = table(run, "tests")
    collection = waterfalls(run).get("collection", [])
    early = {name for step in collection for name in step.get("run_tests", {}).get("tests", [])}
    if any(effect.keys() & set(HOLDING) for name in tests.keys() - early for effect in tests[name].get("effects", [])):
        return
    if waived_late(run) or "acceleration" in run.document:
        return
    states = {name: acting_states(run, name) for name in tests}
    for lines in grouped(run, by_source=True):
        if not distributes(run, lines[0]) or lines[0].waterfall == "collection":
            continue
        failing = [test for name, test in tests.items() if states[name][lines[0].index]]
        acting = [next(iter(effect.items())) for test in failing for effect in test.get("effects", [])]
        effects = [(kind, terms) for kind, terms in acting if kind in HOLDING]
        if any(kind == "lock_up" for kind, _ in effects):
            assert not any(line.amount for line in lines), broken_by(run, lines[0], "nothing in a lock-up")
        elif all(terms.get("to") != lines[0].source for _, terms in effects):
            shares_are_held_back(run, lines, effects)


def accelerated_debt_comes_first(run: Run) -> None:
    """Once the debt is accelerated nothing is distributed and nothing is drawn, where nothing can rescind it."""
    effects = [effect for test in table(run, "tests").values() for effect in test.get("effects", [])]
    steps = [step for written in waterfalls(run).values() for step in written]
    may_end = any("rescind" in step for step in steps) or any("reinstate" in effect for effect in effects)
    if "acceleration" not in run.document or may_end:
        return
    active = flow(run, "acceleration.active")
    flows = [f"{name}.distributed" for name in table(run, "equity")]
    flows += [f"{name}.draws" for name in table(run, "facilities")]
    for name in flows:
        for (index, amount), was_active in zip(enumerate(flow(run, name)[1:], 1), active, strict=False):
            assert not (was_active and amount), Breach(run.dates[index], name, 0, amount)


def cures_keep_their_limits(run: Run) -> None:
    """A cure is no more than the sponsor would give, makes the test pass, comes no more often than it may, and is not
    distributed on its date.
    """
    for name, test in table(run, "tests").items():
        if "equity_cure" not in test:
            continue
        terms, level = test["equity_cure"], in_units(test["level"], SCALE)
        amounts = flow(run, f"{name}.cure")
        lines = [line for line in run.ledger if line.source == f"equity_cure of {name}" and line.amount]
        assert [line.amount for line in lines] == [amount for amount in amounts if amount], Breach(
            None, f"{name}.cure", "what the ledger brings in", sum(amounts)
        )
        most = int(terms.get("max_per_life", len(amounts)))
        assert len(lines) <= most, Breach(None, f"cures of {name}", f"at most {most}", len(lines))
        for line in lines:
            assert line.amount == line.requested <= line.available, broken_by(run, line, f"at most {line.available}")
        for date, amount, value in zip(run.dates, amounts, run.flows[f"{name}.value"], strict=True):
            passed = not amount or (value is not None and value >= level)
            assert passed, Breach(date, f"{name}.value after a cure", f"at least {level}", value)
        if "first_date" not in test and "holiday" not in test:
            cures_keep_apart(run, name, test, amounts)


def cures_keep_apart(run: Run, name: str, test: Mapping[str, Any], amounts: Sequence[int]) -> None:
    """The limits that count readings: those in a row, and those in a window of dates."""
    terms, dates = test["equity_cure"], measured_dates(run, test)
    called = [amount > 0 for date, amount in zip(run.dates, amounts, strict=True) if date in dates]
    if terms.get("no_consecutive", False):
        assert not any(a and b for a, b in pairwise(called)), Breach(None, f"cures of {name}", "none in a row", called)
    window = terms.get("max_per_window", {"n": len(called), "dates": 1})
    for end in range(len(called)):
        found = sum(called[max(0, end + 1 - int(window["dates"])) : end + 1])
        within = f"at most {window['n']} in {window['dates']} readings"
        assert found <= int(window["n"]), Breach(None, f"cures of {name}", within, found)


def shares_are_held_back(run: Run, lines: Sequence[Transfer], effects: Sequence[tuple[str, Any]]) -> None:
    """The shares of traps and of one sweep, in their order, of what one source would have distributed."""
    if sum(kind == "sweep" for kind, _ in effects) > 1:
        return
    rounding = str(run.document["deal"].get("rounding", "half_up"))
    swept = sum(line.amount for line in lines if line.target in table(run, "notes"))
    left, trapped = sum(line.amount for line in lines), dict.fromkeys(table(run, "accounts"), 0)
    for kind, terms in effects:
        share = mul_div(left, in_units(terms.get("share", 1), SCALE), SCALE, rounding)
        assert kind == "cash_trap" or swept <= share, broken_by(run, lines[0], f"at most {share} swept", swept)
        if kind == "cash_trap":
            trapped[terms["to"]] += share
        left -= share if kind == "cash_trap" else swept
    for line in lines:
        if line.target in trapped:
            trapped[line.target] -= line.amount
        elif line.target in table(run, "equity"):
            assert line.amount == left, broken_by(run, line, left)
    assert not any(trapped.values()), broken_by(run, lines[0], "the share of each trap", trapped)


LAWS: tuple[Callable[[Run], None], ...] = (
    cash_is_conserved,
    ledger_readds,
    no_account_is_overdrawn,
    no_payee_gets_more_than_due,
    senior_before_junior,
    pro_rata_is_fair,
    weights_are_kept,
    payees_stand_in_order,
    supports_come_last,
    steps_pay_what_they_can,
    fill_never_lifts_above_target,
    principal_sums,
    prepayments_cost_their_price,
    rates_keep_their_bounds,
    interest_follows_the_balance,
    ledgers_add_up,
    fee_caps_hold,
    a_draw_lowers_what_is_available,
    swap_legs_net,
    test_fires_and_cures_by_its_rule,
    test_measures_its_window,
    status_follows_its_tests,
    distributions_obey_effects,
    accelerated_debt_comes_first,
    cures_keep_their_limits,
)
"""Every law of a single run."""


@overload
def check(run: Run, /) -> int: ...
@overload
def check(plan: Plan, /, result: Result, scenarios: Iterable[int] | None = None) -> int: ...


def check(subject: Any, /, result: Any = None, scenarios: Iterable[int] | None = None) -> int:
    """Assert every law that applies, on every scenario of a plan's result, or on the chosen ones.

    The result may be in either unit and may have recorded anything; what the laws read is run again where it did not.
    A result with `record="*"` and `unit="cents"` is checked as it stands, without another run. Returns the number of
    scenarios checked. `check(run)` asserts the laws on one `Run`, such as the reference's.

    Raises
    ------
    LawError
        An `AssertionError` that names the law, the scenario, the date, what was expected and what was found.
    """
    from . import lawbook

    if result is not None:
        return lawbook.check_result(subject, result, scenarios)
    lawbook.check_run(subject)
    return 1


def of(plan: Plan) -> list[Law]:
    """The laws that apply to a plan's deal, of one run and of two; each has a name and a statement."""
    from . import lawbook

    return lawbook.of(plan)
