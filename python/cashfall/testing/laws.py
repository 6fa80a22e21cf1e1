"""Named laws that hold for every run of every deal, as asserts on one scenario's flows and ledger.

    laws.check(plan, plan.run(paths))     # every law that applies, on every scenario
    laws.of(plan)                         # which laws those are, and what each says

A law takes a `Run`: the reference's `Outcome` is one, and so is any view with the same attributes; `check(run)` asserts
every law of one run. They share no code with what computes a run beyond reading dates and decimals of the document. A
law is a list of asserts, each with a `Breach` that says date, what was expected and what was found. Laws that compare
two runs are in `cashfall.testing.relations`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, Protocol, overload

from .breach import Breach
from .reference.dates import as_date, read_schedule
from .reference.document import verb_of
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


def payers(run: Run) -> Iterator[tuple[str, str, str]]:
    """Every outside payee's (name, paid quantity, due quantity)."""
    for name in table(run, "fees"):
        yield name, "paid", "due"
    for name, entry in table(run, "cashflows").items():
        if entry["direction"] == "out":
            yield name, "paid", "due"
    for name in table(run, "notes"):
        yield name, "interest_paid", "interest_due"


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
    step = run.document["waterfalls"][line.waterfall][line.position]
    return dict(step[verb_of(step)])


# money


def cash_is_conserved(run: Run) -> None:
    """On every date the accounts together change by what is collected less what is paid out, to the cent."""
    accounts = list(table(run, "accounts"))
    collected = {
        name
        for steps in run.document["waterfalls"].values()
        for step in steps
        for name in step.get("collect", {}).get("from", [])
    }
    incoming = [f"{name}.issuer_rent" for name in table(run, "leases")]
    incoming += [f"{name}.amount" for name, entry in table(run, "cashflows").items() if entry["direction"] == "in"]
    incoming += [f"{name}.proceeds" for name in table(run, "notes") if name in collected]
    outgoing = [f"{name}.{paid}" for name, paid, _ in payers(run)]
    outgoing += [f"{name}.principal_paid" for name in table(run, "notes")]
    outgoing += [f"{name}.distributed" for name in table(run, "equity")]
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
        kind = {"pay_interest": "interest_paid", "pay_principal": "principal_paid", "sweep": "principal_paid"}.get(
            line.verb, "paid"
        )
        key = (line.index, line.target, "distributed" if line.verb == "distribute" else kind)
        moved[key] = moved.get(key, 0) + line.amount
        for name, amount in ((line.source, -line.amount), (line.target, line.amount)):
            changes[line.index, name] = changes.get((line.index, name), 0) + amount
    payees = [(name, paid) for name, paid, _ in payers(run)]
    payees += [(name, "principal_paid") for name in table(run, "notes")] + [
        (name, "distributed") for name in table(run, "equity")
    ]
    for name, paid in payees:
        for index, (date, found) in enumerate(zip(run.dates, flow(run, f"{name}.{paid}"), strict=True)):
            added = moved.get((index, name, paid), 0)
            assert added == found, Breach(date, f"{name}.{paid}, as the ledger adds up", added, found)
    for name in table(run, "accounts"):
        balance = opening_balance(run, name)
        for index, (date, found) in enumerate(zip(run.dates, flow(run, f"{name}.balance"), strict=True)):
            balance += changes.get((index, name), 0)
            assert balance == found, Breach(date, f"{name}.balance, as the ledger adds up", balance, found)


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
    for name, paid, due in payers(run):
        shortfalls = flow(run, f"{name}.{due.replace('due', 'shortfall')}")
        kind = "interest_accrued" if due == "interest_due" else "accrued" if name in table(run, "fees") else "amount"
        rows = zip(
            before(shortfalls, 0), flow(run, f"{name}.{kind}"), flow(run, f"{name}.{paid}"), shortfalls, strict=True
        )
        for date, (carried, accrued, amount, left) in zip(run.dates, rows, strict=True):
            owed = carried + accrued - amount
            assert owed == left >= 0, Breach(date, f"still owed to {name}", max(0, owed), left)
    scheduled_principal_is_not_exceeded(run)


def scheduled_principal_is_not_exceeded(run: Run) -> None:
    """`pay_principal` never brings a note below its scheduled balance."""
    paid: dict[tuple[int, str], int] = {}
    for line in run.ledger:
        if line.verb == "pay_principal":
            paid[line.index, line.target] = paid.get((line.index, line.target), 0) + line.amount
    parts = ("balance", "principal_paid", "scheduled_balance")
    series = {name: [flow(run, f"{name}.{part}") for part in parts] for name in {name for _, name in paid}}
    for (index, name), amount in paid.items():
        balance, repaid, scheduled = (values[index] for values in series[name])
        due = max(0, balance + repaid - scheduled)
        assert amount <= due, Breach(run.dates[index], f"scheduled principal paid to {name}", f"at most {due}", amount)


# order


def senior_before_junior(run: Run) -> None:
    """In a sequential step a payee gets cash from a source only if those before it got all they asked for, and across
    steps only if those that the deal's `seniority` puts before it are not owed.
    """
    stated_seniority_holds(run)
    for lines in grouped(run, by_source=True):
        if ranking(run, lines[0]) == "pro_rata" or lines[0].verb == "collect":
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
    step = run.document["waterfalls"][line.waterfall][line.position]
    verb, body = verb_of(step), body_of(run, line)
    if verb != "pay":
        return [(verb, name) for field in ("fees", "notes", "cashflows", "taxes") for name in body.get(field, [])]
    short = {"interest_due": "pay_interest", "principal_due": "pay_principal", "balance": "sweep"}
    found = []
    for due in body["dues"]:
        name, _, quantity = due.partition(".")
        paid = "pay_fee" if name in table(run, "fees") else "pay_cost"
        found.append((short.get(quantity, paid), name))
    return found


def payees_stand_in_order(run: Run) -> None:
    """The payees of a step are asked in the order that the step states."""
    for lines in grouped(run, by_source=True):
        wanted = in_order(run, str(body_of(run, lines[0]).get("order", "listed")), due_names(run, lines[0]))
        found = [(line.verb, line.target) for line in lines]
        there = [payee for payee in wanted if payee in found]
        assert len(wanted) < 2 or found == there, broken_by(run, lines[0], f"payees {there}", found)


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

    Weights of 0 and the conditions of supports are exceptions.
    """
    balances = {name: opening_balance(run, name) for name in table(run, "accounts")}
    for lines in grouped(run, by_source=True):
        add_up(balances, lines)
        body = body_of(run, lines[0])
        if "limit" in body or "weights" in body or lines[0].verb == "collect":
            continue
        if any(entry["from_account"] == lines[0].source and "only_if" in entry for entry in body.get("support", [])):
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
        helping = any(entry["from_account"] == lines[0].source for entry in body.get("support", []))
        if helping and "limit" not in body and "weights" not in body and any(line.amount for line in lines):
            left = sum(balances[name] for name in body["from"])
            assert not left, broken_by(run, lines[0], f"nothing while sources hold {left}")
        add_up(balances, lines)


STEADY = re.compile(r"scheduled_|\.rent$|issuer_rent$|^inputs\.|^period\.")


def fill_never_lifts_above_target(run: Run) -> None:
    """A fill stops at the target; checked against the recorded target where no payment can move it within the date."""
    balances = {name: opening_balance(run, name) for name in table(run, "accounts")}
    steady = {
        name
        for name, entry in table(run, "accounts").items()
        if "target" in entry and is_steady(entry["target"]["formula"])
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
        for date, amount, found in zip(run.dates, paid, flow(run, f"{name}.balance"), strict=True):
            balance += (original if date == dated else 0) - amount
            assert balance == found >= 0, Breach(date, f"{name}.balance", max(0, balance), found)
        assert sum(paid) + balance == original, Breach(None, f"{name}: paid and left", original, sum(paid) + balance)


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
        dates = measured_dates(run, test)
        possible, n_measured, window = {(0, 0)}, 0, int(test.get("window", 1))
        for date, value, failing in zip(
            run.dates, run.flows[f"{name}.value"], run.flows[f"{name}.failing"], strict=True
        ):
            if date in dates:
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
    collection = run.document["waterfalls"].get("collection", [])
    simple = terms is not None and re.fullmatch(r"[a-z0-9_]+\.(issuer_rent|rent|amount)", terms["cash_flow"])
    if (
        not simple
        or test.get("by") == "mean_of_ratios"
        or not any(name in step.get("run_tests", {}).get("tests", []) for step in collection)
    ):
        return None
    service = [0] * len(run.dates)
    for note in terms["notes"]:
        parts = (flow(run, f"{note}.{part}") for part in ("interest_accrued", "scheduled_principal", "principal_due"))
        service = [total + a + min(b, c) for total, a, b, c in zip(service, *parts, strict=True)]
    return flow(run, terms["cash_flow"]), service


def status_follows_its_tests(run: Run) -> None:
    """The waterfall used on a date is that of the most severe status of a test failing when it begins."""
    statuses, tests = list(run.document["deal"].get("statuses", ["normal"])), table(run, "tests")
    collection = run.document["waterfalls"].get("collection", [])
    early = {name for step in collection for name in step.get("run_tests", {}).get("tests", [])}
    states_of = {name: flow(run, f"{name}.failing") for name in tests}
    used = flow(run, "status")
    for index, date in enumerate(run.dates):
        severities = [0]
        for name, test in tests.items():
            states = states_of[name]
            if states[index] if name in early else index and states[index - 1]:
                severities += [statuses.index(effect["set_status"]) for effect in test.get("effects", [])]
        expected, found = max(severities), used[index]
        assert found == expected, Breach(date, f"position of the status among {statuses}", expected, found)
    for line in run.ledger:
        status = statuses[used[line.index]]
        assert line.waterfall in ("collection", "after", status), broken_by(run, line, f"a step of {status}", "another")


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
    test_fires_and_cures_by_its_rule,
    test_measures_its_window,
    status_follows_its_tests,
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
