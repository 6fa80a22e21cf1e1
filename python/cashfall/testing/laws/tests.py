"""Laws of tests: their windows, states, statuses and effects, and of equity cures.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

from cashfall.testing.breach import Breach
from cashfall.testing.reference.dates import as_date, read_schedule
from cashfall.testing.reference.numbers import SCALE, in_units, mul_div

from .money import may_fall_due_at_once
from .run import (
    Run,
    Transfer,
    Value,
    before,
    broken_by,
    currency_of,
    flow,
    grouped,
    is_owed,
    kept_by_cures,
    opening_balance,
    table,
    waterfalls,
)


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
        or "forward" in test
        or "equity_cure" in test
        or any(may_fall_due_at_once(run, note) or changes_in_collection(run, note) for note in terms["notes"])
        or not any(name in step.get("run_tests", {}).get("tests", []) for step in collection)
    ):
        return None
    service = [0] * len(run.dates)
    for note in terms["notes"]:
        accrued = flow(run, f"{note}.interest_accrued")
        service = [sum(parts) for parts in zip(service, accrued, newly_due(run, note), strict=True)]
    return flow(run, terms["cash_flow"]), service


def newly_due(run: Run, note: str) -> list[int]:
    """The principal that falls due on each date: what is scheduled of it, or has come to be above a limit."""
    due = flow(run, f"{note}.principal_due")
    if "balance_at_most" not in table(run, "notes")[note]["amortisation"]:
        return [min(pair) for pair in zip(flow(run, f"{note}.scheduled_principal"), due, strict=True)]
    pairs = zip(flow(run, f"{note}.balance"), flow(run, f"{note}.target"), strict=True)
    overdue = before([max(0, balance - target) for balance, target in pairs], 0)
    return [max(0, now - was) for now, was in zip(due, overdue, strict=True)]


def changes_in_collection(run: Run, note: str) -> bool:
    """Whether what is due of a note may change in a collection after it was measured there: by a cure, an extension."""
    cures = [test["equity_cure"] for test in table(run, "tests").values() if "equity_cure" in test]
    return "extension" in table(run, "notes")[note] or any(note in cure.get("notes", []) for cure in cures)


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
        effects = [(kind, terms) for kind, terms in acting if kind in HOLDING and bears_on(run, terms, lines[0])]
        if any(kind == "lock_up" for kind, _ in effects):
            assert not any(line.amount for line in lines), broken_by(run, lines[0], "nothing in a lock-up")
        elif all(terms.get("to") != lines[0].source for _, terms in effects):
            shares_are_held_back(run, lines, effects)


def bears_on(run: Run, terms: Mapping[str, Any], line: Transfer) -> bool:
    """Whether an effect is in the currency of what a line distributes; a lock-up is in every one."""
    held = terms.get("to") or next(iter(terms.get("notes", [])), line.source)
    return currency_of(run, held) == currency_of(run, line.source)


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
    notes = [name for name in run.document["acceleration"]["notes"] if "funding" in table(run, "notes")[name]]
    flows += [f"{name}.funded" for name in notes]
    for name in flows:
        for (index, amount), was_active in zip(enumerate(flow(run, name)[1:], 1), active, strict=False):
            assert not (was_active and amount), Breach(run.dates[index], name, 0, amount)


def cures_keep_their_limits(run: Run) -> None:
    """A cure is no more than the sponsor would give, makes the test pass, and comes no more often than it may."""
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
            good = value is not None and (value >= level if is_at_least(test) else value <= level)
            side = "at least" if is_at_least(test) else "at most"
            assert good or not amount, Breach(date, f"{name}.value after a cure", f"{side} {level}", value)
        if "first_date" not in test and "holiday" not in test:
            cures_keep_apart(run, name, test, amounts)


def cures_pay_only_what_is_due(run: Run) -> None:
    """On its date the cash of a cure is not distributed, nor moved to another account, nor exchanged."""
    balances = {name: opening_balance(run, name) for name in table(run, "accounts")}
    kept, cured = kept_by_cures(run), dict[tuple[int, str], int]()
    for line in run.ledger:
        cures = cured.get((line.index, line.source), 0)
        if cures and not is_owed(run, line):
            free = max(0, balances[line.source] - cures)
            assert line.amount <= free, broken_by(run, line, f"at most {free} beside the {cures} that cure")
        for name, amount in ((line.source, -line.amount), (line.target, line.amount)):
            if name in balances:
                balances[name] += amount
        if line.source.startswith("equity_cure of ") and line.target in kept:
            cured[line.index, line.target] = cured.get((line.index, line.target), 0) + line.amount


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
