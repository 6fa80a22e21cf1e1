"""Tests as state machines (rule book, tests.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import acceleration, balance_limits, cures, notes
from .cures import Cure, read_cure
from .dates import CONVENTIONS, Schedule, as_date
from .document import variant
from .effects import Effect, acting, read_effect
from .formulas import is_amount
from .forward import Forward, read_forward, stretch_sums
from .known import incoming_moments, sizing_paths
from .numbers import SCALE, InvalidDeal, in_range, in_units, made, made_sum, mul_div
from .present_value import discounted

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario


@dataclass(frozen=True)
class Test:
    """A test's terms; `numerator` and `denominator` are functions of a scenario, `stock` denominators are today's."""

    name: str
    numerator: Part
    denominator: Part
    stock: bool
    mean_of_ratios: bool
    at_least: bool
    level: int
    cure_level: int
    enter_after: int
    cure_after: int
    window: int
    window_start: str
    positions: frozenset[int]
    when_undefined: str
    sticky: bool
    effects: Sequence[Effect]
    cure: Cure | None
    forward: Forward | None


Part = Callable[[Any], int]
"""A numerator or a denominator: a formula, or a sum over notes."""


@dataclass
class TestState:
    """What a test remembers from date to date; the series have one entry a measured date, `cures` one a reading."""

    failing: bool = False
    counter: int = 0
    cures: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    numerators: list[int] = field(default_factory=list)
    denominators: list[int] = field(default_factory=list)

    @property
    def n_measured(self) -> int:
        return len(self.numerators)


def units(plan: Plan) -> dict[str, str]:
    """Section 4: "`tests.x.failing`"."""
    return {f"tests.{name}.failing": "flag" for name in plan.table("tests")}


def measured_dates(entry: Mapping[str, Any], schedules: Mapping[str, Schedule]) -> list[dt.date]:
    """tests.md: "on dates in `dates` from `first_date` on and outside every holiday"."""
    first = as_date(entry.get("first_date", dt.date.min))
    holidays = [(as_date(holiday["from"]), as_date(holiday["to"])) for holiday in entry.get("holiday", [])]
    dates = [date for date in schedules[entry["dates"]].dates if date >= first]
    return [date for date in dates if not any(start <= date <= end for start, end in holidays)]


def read_test(plan: Plan, name: str, entry: Mapping[str, Any]) -> Test:
    """tests.md, the fields and their defaults."""
    kind, terms = variant(entry["measure"])
    numerator, denominator = read_measure(plan, kind, terms)
    level = in_units(entry["level"], SCALE)
    default = "at_most" if kind in ("ltv", "cumulative_loss") else "at_least"
    return Test(
        name=name,
        numerator=numerator,
        denominator=denominator,
        stock=kind == "debt_yield" or terms.get("denominator_kind", "flow") == "stock",
        mean_of_ratios=entry.get("by", "ratio_of_sums") == "mean_of_ratios",
        at_least=entry.get("requires", default) == "at_least",
        level=level,
        cure_level=in_units(entry["cure_level"], SCALE) if "cure_level" in entry else level,
        enter_after=int(entry.get("enter_after", 1)),
        cure_after=int(entry.get("cure_after", 1)),
        window=int(entry.get("window", 1)),
        window_start=entry.get("window_start", "wait"),
        positions=frozenset(plan.position[date] for date in measured_dates(entry, plan.schedules)),
        when_undefined=entry["when_undefined"],
        sticky=bool(entry.get("sticky", False)),
        effects=[read_effect(plan, effect) for effect in entry.get("effects", [])],
        cure=read_cure(entry.get("equity_cure")),
        forward=read_forward(plan, entry, (numerator, denominator)),
    )


# measures


def read_measure(plan: Plan, kind: str, terms: Mapping[str, Any]) -> tuple[Part, Part]:
    """tests.md, table of measures: numerator and denominator."""
    if kind == "formula":
        return plan.formulas.compile(terms["value"], "number"), lambda scenario: SCALE
    if kind == "ratio":
        unit = ratio_unit(plan, terms)
        return plan.formulas.compile(terms["numerator"], unit), plan.formulas.compile(terms["denominator"], unit)
    if kind in ("llcr", "plcr"):
        covered = life_cover(plan, kind, terms)
        return lambda scenario: covered[scenario.index], measure_part(plan, outstanding, terms)
    above, below = MEASURES[kind]
    return measure_part(plan, above, terms), measure_part(plan, below, terms)


def life_cover(plan: Plan, kind: str, terms: Mapping[str, Any]) -> list[int]:
    """tests.md, present values: "With T the last date counted, `PV_T = 0` (and 0 later)", before it `PV_t =
    mul_div(PV_{t+1} + CF_{t+1}, 1e9 * d, 1e9 * d + rate * n)`, on the sizing case.
    """
    formula, rate = plan.formulas.compile(terms["cash_flow"], "amount"), in_units(terms["rate"], SCALE)
    moments = incoming_moments(plan, sizing_paths(plan))
    last = plan.grid[-1] if kind == "plcr" else max(plan.notes[name].payment_dates[-1] for name in terms["notes"])
    found, value = [0] * len(plan.grid), 0
    for index in range(plan.position[last] - 1, -1, -1):
        date, after = plan.grid[index], plan.grid[index + 1]
        fraction = CONVENTIONS[terms["day_count"]](date, after, after)
        value = made(discounted(made(value + formula(moments[after])), rate, fraction, plan.rounding))
        found[index] = value
    return found


def measure_part(plan: Plan, part: str | NoteSum, terms: Mapping[str, Any]) -> Part:
    """F(field), or a sum over the listed notes."""
    if isinstance(part, str):
        return plan.formulas.compile(terms[part], "amount")
    return lambda scenario: made(sum(part(scenario, name) for name in terms["notes"]))


def scheduled_service(scenario: Scenario, name: str) -> int:
    """tests.md, dscr: "`interest_accrued + min(scheduled_principal, principal_due)`, with the principal due before this
    date's payments".
    """
    values = scenario.values
    before = values[f"{name}.balance"] + values[f"{name}.principal_paid"]
    due = notes.due_of(scenario, name, before)
    if name in scenario.plan.limits:
        return values[f"{name}.interest_accrued"] + balance_limits.newly_due(scenario, name, due)
    return values[f"{name}.interest_accrued"] + min(values[f"{name}.scheduled_principal"], due)


def accrued_interest(scenario: Scenario, name: str) -> int:
    """tests.md, icr: "sum of `interest_accrued`"."""
    return scenario.values[f"{name}.interest_accrued"]


def payable_interest(scenario: Scenario, name: str) -> int:
    """tests.md, ic: "sum of `interest_due + interest_paid`"."""
    return scenario.values[f"{name}.interest_due"] + scenario.values[f"{name}.interest_paid"]


def outstanding(scenario: Scenario, name: str) -> int:
    """tests.md, oc, ltv, debt_yield, borrowing_base: "sum of `balance`"."""
    return scenario.values[f"{name}.balance"]


NoteSum = Callable[[Any, str], int]

MEASURES: dict[str, tuple[str | NoteSum, str | NoteSum]] = {
    "dscr": ("cash_flow", scheduled_service),
    "icr": ("cash_flow", accrued_interest),
    "ic": ("cash_flow", payable_interest),
    "oc": ("collateral", outstanding),
    "ltv": (outstanding, "value"),
    "debt_yield": ("cash_flow", outstanding),
    "cumulative_loss": ("loss", "original"),
    "min_liquidity": ("amount", "minimum"),
    "contract_realisation": ("realised", "contracted"),
    "borrowing_base": ("base", outstanding),
}
"""Numerator and denominator of each measure: the field of its formula, or what is summed over the notes."""


def ratio_unit(plan: Plan, terms: Mapping[str, Any]) -> str:
    """tests.md: "both formulas give amounts, or both numbers; a literal denominator is what the numerator is"."""
    unit = plan.formulas.unit_of(terms["numerator"])
    found = {unit, plan.formulas.unit_of(terms["denominator"], unit)}
    if len(found) != 1 or not (found == {"number"} or is_amount(*found)):
        raise InvalidDeal(f"the two formulas of a ratio give {sorted(found)}")
    return found.pop()


def ratio_of_date(numerator: int, denominator: int, rounding: str) -> tuple[int, int]:
    """tests.md 1: "the number `mul_div(n, 1e9, d)`, which must be in range, and the number 1, or 0 and 0 where d <=
    0".
    """
    return (made(mul_div(numerator, SCALE, denominator, rounding)), SCALE) if denominator > 0 else (0, 0)


# the rules


def window_sum(series: Sequence[int], window: int) -> int:
    """tests.md 1: "sums over the last w measured dates, this one included", from the latest back."""
    return made_sum(series[-window:][::-1])


def annualised(total: int, window: int, measured: int, rounding: str) -> int:
    """tests.md 1: "each sum S becomes `mul_div(S, w, k)`"."""
    return mul_div(total, window, measured, rounding)


def threshold(failing: bool, sticky: bool, level: int, cure_level: int) -> int:
    """tests.md 4: "Not failing: the threshold is `level` ... Failing: unless `sticky`, the threshold is
    `cure_level`".
    """
    return cure_level if failing and not sticky else level


def passes(numerator: int, denominator: int, bound: int, at_least: bool) -> bool:
    """tests.md 3: "at_least passes when `numerator * 1e9 >= threshold * denominator`; at_most when `<=`"."""
    left, right = numerator * SCALE, bound * denominator
    return left >= right if at_least else left <= right


def measured_value(numerator: int, denominator: int, rounding: str) -> int | float:
    """tests.md 3: "`mul_div(numerator, 1e9, denominator)`, or infinity of its sign if that is out of range"."""
    value = mul_div(numerator, SCALE, denominator, rounding)
    if in_range(value):
        return value
    return float("inf") if value > 0 else float("-inf")


def next_state(state: TestState, passed: bool, enter_after: int, cure_after: int, sticky: bool) -> tuple[bool, int]:
    """tests.md 4: the new `failing` and counter after a defined pass or fail."""
    if not state.failing:
        counter = 0 if passed else state.counter + 1
        return (True, 0) if counter >= enter_after else (False, counter)
    if sticky:
        return True, state.counter
    counter = state.counter + 1 if passed else 0
    return (False, 0) if counter >= cure_after else (True, counter)


def status_of(failing_effects: Sequence[int]) -> int:
    """tests.md 5: "the most severe status named by an effect of a failing test, or the first status"."""
    return max(failing_effects, default=0)


# a date


def start_of_date(scenario: Scenario) -> None:
    """No value until the test is measured, and no cure until it is read."""
    scenario.measured = {}
    scenario.read_today = set()
    scenario.cured = dict.fromkeys(scenario.plan.opening_balances, 0)
    for name, test in scenario.plan.tests.items():
        if test.cure:
            scenario.values[f"{name}.cure"] = 0


Receive = Callable[[str, str, tuple[int, int, int]], None]
"""How cash comes in from outside, or goes on to a note: the payer, the payee, and what is requested, available and
paid.
"""


def run_tests(scenario: Scenario, names: Sequence[str], receive: Receive) -> None:
    """steps.md, `run_tests`: "at most once on a date: at the first step that names it and that the scenario comes to";
    the status follows "after every `run_tests`".
    """
    reinstating = [name for name in names if scenario.states[name].failing and reinstates(scenario, name)]
    for name in names:
        if scenario.index in scenario.plan.tests[name].positions and name not in scenario.read_today:
            scenario.read_today.add(name)
            run_test(scenario, scenario.plan.tests[name], receive)
    for name in reinstating:
        if not scenario.states[name].failing:
            acceleration.rescind(scenario)
    take_status(scenario)


def reinstates(scenario: Scenario, name: str) -> bool:
    """acceleration.md, reinstate: "where a `run_tests` step finds the test no longer failing"."""
    return any(effect.kind == "reinstate" for effect in scenario.plan.tests[name].effects)


def take_status(scenario: Scenario) -> None:
    """steps.md, status: "the more severe of these", what was stepped into, what failing tests name, and that of the
    acceleration; taken after every step that may change it.
    """
    acceleration.by_tests(scenario)
    named = status_of([effect.status for effect in acting(scenario, "set_status")])
    scenario.status = max(scenario.stepped, named, acceleration.status(scenario))


def run_test(scenario: Scenario, test: Test, receive: Receive) -> None:
    """tests.md 1 to 4: measure, window, undefined, comparison, state."""
    state, rounding = scenario.states[test.name], scenario.plan.rounding
    if test.forward:
        pairs = stretch_sums(scenario, test.forward)
    else:
        pairs = [(test.numerator(scenario), test.denominator(scenario))]
    if test.mean_of_ratios:
        pairs = [ratio_of_date(*pair, rounding) for pair in pairs]
    pair = made_sum(above for above, _ in pairs), made_sum(below for _, below in pairs)
    state.positions.append(scenario.index)
    state.numerators.append(pair[0])
    state.denominators.append(pair[1])
    numerator, denominator = windowed(test, state, rounding)
    if state.n_measured < test.window and test.window_start == "wait":
        return
    bound = threshold(state.failing, test.sticky, test.level, test.cure_level)
    if test.cure and test.cure.prepaid:
        reading = (numerator, denominator, bound)
        numerator, denominator = cured_by_prepayment(scenario, test, test.cure, reading, receive)
    elif test.cure:
        numerator = cured_numerator(scenario, test, test.cure, (numerator, denominator, bound), receive)
    if denominator <= 0:
        if test.when_undefined == "hold":
            return
        passed = test.when_undefined == "pass"
    else:
        scenario.measured[test.name] = measured_value(numerator, denominator, rounding)
        passed = passes(numerator, denominator, bound, test.at_least)
    state.failing, state.counter = next_state(state, passed, test.enter_after, test.cure_after, test.sticky)
    scenario.values[f"tests.{test.name}.failing"] = int(state.failing)


def cured_numerator(scenario: Scenario, test: Test, cure: Cure, reading: tuple[int, int, int], receive: Receive) -> int:
    """tests.md, equity cure 1 to 4: deemed cash, need, call, payment; the numerator that is then read."""
    state = scenario.states[test.name]
    numerator, denominator, bound = reading
    numerator = made(numerator + cures.deemed_cash(cure, state.cures))
    wanted = 0 if state.failing and test.sticky else cures.needed(numerator, denominator, bound)
    offered = scenario.values[f"inputs.{cure.input}"]
    amount = wanted if cures.is_called(cure, wanted, offered, state.cures) else 0
    receive(f"equity_cure of {test.name}", cure.account, (wanted, offered, amount))
    state.cures.append(amount)
    scenario.cured[cure.account] += amount
    scenario.values[f"{test.name}.cure"] = amount
    return made(numerator + amount)


def cured_by_prepayment(
    scenario: Scenario, test: Test, cure: Cure, reading: tuple[int, int, int], receive: Receive
) -> tuple[int, int]:
    """tests.md, cure by prepayment: need, call, payment; the numerator and the denominator that are then read."""
    state = scenario.states[test.name]
    numerator, denominator, bound = reading
    wanted = 0 if state.failing and test.sticky else cures.needed_of_debt(numerator, denominator, bound, test.at_least)
    offered = scenario.values[f"inputs.{cure.input}"]
    owed = {name: scenario.values[f"{name}.balance"] for name in cure.prepaid}
    enough = wanted <= sum(owed.values()) and (wanted < denominator or not test.at_least)
    amount = wanted if enough and cures.is_called(cure, wanted, offered, state.cures) else 0
    receive(f"equity_cure of {test.name}", cure.account, (wanted, offered, amount))
    left = amount
    for name, balance in owed.items():
        receive(cure.account, name, (min(left, balance), left, min(left, balance)))
        left -= min(left, balance)
    state.cures.append(amount)
    scenario.values[f"{test.name}.cure"] = amount
    if not test.at_least:
        state.numerators[-1] -= amount
        return numerator - amount, denominator
    state.denominators[-1] -= amount
    return numerator, denominator - amount


def windowed(test: Test, state: TestState, rounding: str) -> tuple[int, int]:
    """tests.md 1: the window's sums; a stock denominator is today's. Means of ratios sum both."""
    pair = []
    for series, stock in ((state.numerators, False), (state.denominators, test.stock)):
        if stock and not test.mean_of_ratios:
            pair.append(series[-1])
            continue
        total = window_sum(series, test.window)
        if state.n_measured < test.window and test.window_start == "annualise" and not test.mean_of_ratios:
            total = made(annualised(total, test.window, state.n_measured, rounding))
        pair.append(total)
    return pair[0], pair[1]


def dues(scenario: Scenario) -> dict[str, int]:
    """Tests owe nothing."""
    return {}


def recorded(plan: Plan) -> list[str]:
    """Section 5: "`x.value` and `x.failing` of tests"; of tests with an equity cure `x.cure`."""
    found = [f"{name}.{part}" for name in plan.tests for part in ("value", "failing")]
    return found + [f"{name}.cure" for name, test in plan.tests.items() if test.cure]


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """Section 5: the extreme of the defined values tested, the first breach, and measured dates that end failing."""
    found: dict[str, int | float] = {}
    for name, test in scenario.plan.tests.items():
        if test.cure:
            found[f"{name}.n_cures"] = cures.n_called(flows[f"{name}.cure"])
            found[f"{name}.cured"] = sum(flows[f"{name}.cure"])
        values = [value for value in flows[f"{name}.value"] if value is not None]
        failing = flows[f"{name}.failing"]
        extreme = min if test.at_least else max
        found[f"{name}.{'minimum' if test.at_least else 'maximum'}"] = extreme(values, default=float("nan"))
        found[f"{name}.first_breach_index"] = failing.index(1) if 1 in failing else -1
        found[f"{name}.n_breach_dates"] = sum(failing[index] == 1 for index in scenario.states[name].positions)
    return found
