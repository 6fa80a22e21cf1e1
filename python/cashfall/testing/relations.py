"""Named laws that compare two runs of a deal, as asserts on a `runner(document, inputs)` that gives a `laws.Run`.

    relations.check(plan, {"rent_factor": 0.9})   # every relation that applies, on every scenario given

Inputs are integers in their units per grid date, for every input of the deal. Some laws hold only where the terms make
them true: their `..._applies(document)` says where, and they return without a word elsewhere.

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

import bisect
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .breach import Breach, LawError
from .laws.order import is_steady
from .laws.run import Run, flow, table
from .reference.dates import as_date
from .reference.document import leaf_steps, leaf_waterfalls

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cashfall.plan import Plan

Inputs = Mapping[str, Sequence[int]]
Runner = Callable[[Mapping[str, Any], Inputs], Run]

AMOUNT_KEYS = ("original_balance", "opening_balance", "per_date", "rounding_unit", "commitment")
FORMULA_KEYS = (
    *("amount", "availability", "base", "begins_when", "buy", "cap", "cash_flow", "claim", "collateral", "condition"),
    *("contracted", "denominator", "draw_stop", "formula", "haircut", "insurance", "investment_grade", "keep_balance"),
    *("loss", "market_price", "minimum", "numerator", "of", "on_demand", "only_if", "original", "payment", "price"),
    *("quantity", "rate", "realised", "recovery", "remarketing", "rent", "reset_when", "share", "suspended_if"),
    *("utilization", "value", "when"),
)
"""The keys of a document whose values are formulas."""


def formulas(node: object, key: str = "") -> Iterator[str]:
    """Every formula text of a document."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from formulas(value, str(name))
    elif isinstance(node, list | tuple):
        for value in node:
            yield from formulas(value)
    elif isinstance(node, str) and key in FORMULA_KEYS:
        yield node


def future_does_not_change_past(runner: Runner, document: Mapping[str, Any], inputs: Inputs, after: int) -> None:
    """Inputs after the grid position `after` change no flow and no movement up to it, but by a test with foresight."""
    if has_foresight(document):
        return
    base = runner(document, inputs)
    changed = {
        name: [*path[: after + 1], *(value // 2 for value in path[after + 1 :])] for name, path in inputs.items()
    }
    other = runner(document, changed)
    if {base.outcome, other.outcome} != {"ok"}:
        return
    for name, values in base.flows.items():
        until = f"as with other inputs after {base.dates[after]}"
        for index, (value, again) in enumerate(zip(values[: after + 1], other.flows[name], strict=False)):
            assert value == again, Breach(base.dates[index], f"{name}, {until}", again, value)
    past = [[line for line in run.ledger if line.index <= after] for run in (base, other)]
    assert past[0] == past[1], Breach(base.dates[after], "ledger to here", until, "another ledger")


def has_foresight(document: Mapping[str, Any]) -> bool:
    """Whether a test knows the scenario's future."""
    return any(test.get("forward", {}).get("view") == "foresight" for test in document.get("tests", {}).values())


def sums_grid_dates(document: Mapping[str, Any]) -> bool:
    """Whether a value of every grid date counts: in a reserve's peak, or in a test of the dates to come."""
    peaks = any(entry.get("target", {}).get("prefund") == "peak" for entry in document["accounts"].values())
    return peaks or any("forward" in test for test in document.get("tests", {}).values())


def splitting_applies(document: Mapping[str, Any]) -> bool:
    """Nothing may count grid dates or compound over them, and outside the waterfall dates steps may only collect,
    accrue and test.
    """
    if sums_grid_dates(document):
        return False
    coupons = [note["coupon"] for note in document["notes"].values()]
    terms = [body for coupon in coupons for body in coupon.values() if isinstance(body, Mapping)]
    if any("compounded" in coupon for coupon in coupons) or any(
        body.keys() & {"lookback", "lockout"} for body in terms
    ):
        return False
    if any(re.search(r"\b(lag|trailing_sum|opening|period)\b", text) for text in formulas(document)):
        return False
    waterfalls = leaf_waterfalls(document)
    steps = [*waterfalls.get("collection", []), *waterfalls.get("after", [])]
    quiet = ("collect", "accrue_fee", "accrue_interest", "run_tests")
    return all(step.get("when") == NEVER or any(verb in step for verb in quiet) for step in steps)


def splitting_a_period_changes_no_cent(
    runner: Runner, document: Mapping[str, Any], inputs: Inputs, extra: Sequence[dt.date]
) -> None:
    """More dates on the grid, on which nothing is paid, change no flow on the dates there were. `extra` lie after the
    first.
    """
    if not splitting_applies(document):
        return
    base = runner(document, inputs)
    schedules = dict(document["schedules"])
    name = document["deal"].get("extra_dates", "extra_dates_of_the_law")
    dates = set(extra) | {as_date(date) for date in schedules.get(name, {"dates": []}).get("dates", [])}
    schedules[name] = {"dates": sorted(dates)}
    split = {**document, "schedules": schedules, "deal": {**document["deal"], "extra_dates": name}}
    grid = sorted({*base.dates, *dates})
    places = [max(0, bisect.bisect_right(base.dates, date) - 1) for date in grid]
    other = runner(split, {key: [path[place] for place in places] for key, path in inputs.items()})
    if {base.outcome, other.outcome} != {"ok"}:
        return
    for key, values in base.flows.items():
        for date, value in zip(base.dates, values, strict=True):
            found, gained = other.flows[key][grid.index(date)], ", ".join(str(day) for day in sorted(dates))
            assert value == found, Breach(date, f"{key} where the grid gains {gained}", value, found)


def doubled(node: object, units: Mapping[str, str], key: str = "") -> Any:
    """A document with every amount twice as large."""
    if isinstance(node, Mapping):
        found = {name: doubled(value, units, str(name)) for name, value in node.items()}
        if key in ("per_year", "cap"):
            found |= {name: node[name] * 2 for name in ("amount", "annual") if name in node}
        if key == "funding":
            found["maximum"] = node["maximum"] * 2
        if key == "notional" and "schedule" in node:
            found["schedule"] = [[date, value * 2] for date, value in node["schedule"]]
        if node.get("unit") == "amount":
            found |= {name: node[name] * 2 for name in ("default", "minimum") if name in node}
            found["maximum"] = node.get("maximum", 100_000_000_000) * 2
            found |= (
                {"default_steps": [[d, v * 2] for d, v in node["default_steps"]]} if "default_steps" in node else {}
            )
        return found
    if key in ("amounts", "principal", "target_balance", "table") and isinstance(node, list):
        return [[date, value * 2] for date, value in node]
    if isinstance(node, list | tuple):
        return [doubled(value, units) for value in node]
    return node * 2 if key in AMOUNT_KEYS and isinstance(node, int | float | Decimal) else node


def has_conditions(document: Mapping[str, Any]) -> bool:
    """Whether a step or a block of steps happens under a condition only."""
    return any(
        step.get("when", NEVER) != NEVER or in_branch
        for steps in document["waterfalls"].values()
        for step, in_branch in leaf_steps(document, steps)
    )


def exchanges(document: Mapping[str, Any]) -> bool:
    """Whether cash is exchanged at a price: for another currency, or for an asset."""
    steps = [step for written in leaf_waterfalls(document).values() for step in written]
    return any(step.keys() & {"convert", "buy_asset", "sell_asset"} for step in steps)


def scaling_applies(document: Mapping[str, Any]) -> bool:
    """No condition, no formula but sums of quantities and shares of them, cut off at zero or not, no rounding unit:
    those may take a side or a size of their own. No ledger, which may add up the roundings of every date.
    """
    if any("suspended_if" in cap for cap in annual_caps(document)):
        return False
    if any("equity_cure" in test for test in document.get("tests", {}).values()):
        return False
    if document.get("ledgers") or any("rounding_unit" in note for note in document["notes"].values()):
        return False
    if has_conditions(document) or exchanges(document):
        return False
    texts = [re.sub(r"(trailing_sum|forward_sum)\(([a-z0-9_.]+), \d+\)", r"\2", text) for text in formulas(document)]
    return all(re.fullmatch(rf"{SUM}|max\(0, {SUM}\)|{NEVER}", text) for text in texts)


TERM = r"(0\.\d+ \* )?(\([a-z][a-z0-9_.]*\)|[a-z][a-z0-9_.]*)"
"""A quantity, or a share of it."""

NEVER = "0 > 1"
"""The condition of a step that never happens, which stands in for one that a deal needs."""

SUM = rf"-?{TERM}( [+-] {TERM})*"


def annual_caps(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The caps of fees, joint or their own."""
    holders = [*document.get("fees", {}).values(), *document.get("fee_caps", {}).values()]
    return [holder["cap"] for holder in holders if "cap" in holder]


def scaling_doubles(runner: Runner, document: Mapping[str, Any], inputs: Inputs) -> None:
    """Doubling every amount doubles every flow to within the roundings, where no test changes side.

    A rounding moves a value by at most one cent, in either run, and a doubled one by two: three cents. Every accrual
    and every line of a pro-rata or share payment rounds, and a step passes a difference on at most once to what it pays
    and once to what it leaves: so six cents for each object and line up to a date bound every flow of it, times the
    largest factor that multiplies an escalated (rounded) amount.
    """
    if not scaling_applies(document):
        return
    units = {name: entry["unit"] for name, entry in dict(document.get("inputs", {})).items()}
    base = runner(document, inputs)
    larger = {name: [value * 2 for value in path] if units[name] == "amount" else path for name, path in inputs.items()}
    other = runner(doubled(document, units), larger)
    tests = list(table(base, "tests"))
    if {base.outcome, other.outcome} != {"ok"} or any(
        base.flows[f"{t}.failing"] != other.flows[f"{t}.failing"] for t in tests
    ):
        return
    factors = [value for name, path in inputs.items() if units[name] == "number" for value in path]
    largest_factor = 1 + max(factors, default=0) // 10**9
    n_objects = sum(len(table(base, name)) for name in ("leases", "cashflows", "fees", "notes", "accounts", "taxes"))
    for name in base.flows:
        if name == "status" or name.endswith((".rate", ".factor")) or name.partition(".")[0] in tests:
            continue
        for index, (small, large) in enumerate(zip(flow(base, name), flow(other, name), strict=True)):
            n_lines = sum(line.index <= index for run in (base, other) for line in run.ledger)
            bound = 6 * (n_lines + n_objects * (index + 1)) * largest_factor
            near = f"{2 * small} to within {bound}"
            assert abs(large - 2 * small) <= bound, Breach(
                base.dates[index], f"{name} in the doubled deal", near, large
            )


def more_cash_applies(document: Mapping[str, Any], senior: str) -> bool:
    """Where more rent cannot make anything ahead of the senior note larger, nor send cash elsewhere first.

    No test sets a status, no step has a limit or a condition, fees are fixed, no note has a default rate or one by
    formula, is drawn or extended, nothing is taxed, targets do not depend on payments or rent, the senior note stands
    first wherever notes are paid until it is paid, and no transfer or distribution stands before it or in `collection`.
    """
    if any(test.get("effects") for test in dict(document.get("tests", {})).values()):
        return False
    if any("share_of" in fee["amount"] for fee in dict(document.get("fees", {})).values()):
        return False
    terms = [key for note in document["notes"].values() for key in (*note, *note["coupon"])]
    if document.get("taxes") or {"default_rate", "funding", "extension", "formula"} & set(terms):
        return False
    targets = [entry["target"]["formula"] for entry in document["accounts"].values() if "target" in entry]
    if not all(is_steady(text) and not re.search(r"rent|inputs", text) for text in targets):
        return False
    if has_conditions(document) or exchanges(document) or document["waterfalls"].keys() & {"closing", "after"}:
        return False
    steps = leaf_waterfalls(document)["normal"]
    bodies = [(step, next(body for body in step.values() if isinstance(body, Mapping))) for step in steps]
    if any("dates" in step or "limit" in body for step, body in bodies):
        return False
    paid_last = max((place for place, (_, body) in enumerate(bodies) if senior in body.get("notes", [])), default=-1)
    early = [step for place, (step, _) in enumerate(bodies) if place < paid_last]
    if any("transfer" in step or "distribute" in step or "fill_reserve" in step for step in early):
        return False
    return all(body["notes"][0] == senior for _, body in bodies[: paid_last + 1] if "notes" in body)


def more_cash_never_hurts_senior(
    runner: Runner, document: Mapping[str, Any], inputs: Inputs, factor: str, senior: str = "senior"
) -> None:
    """With a higher rent factor the senior note is owed no more on any date, up to a cent for each pro-rata step so
    far.

    What is owed is balance plus unpaid interest; interest on a cent stays within that cent over the life of a generated
    deal.
    """
    if not more_cash_applies(document, senior):
        return
    base = runner(document, inputs)
    maximum = 1_000 * 10**9
    richer = runner(
        document, {**inputs, factor: [min(value + value // 3 + 10**7, maximum) for value in inputs[factor]]}
    )
    if {base.outcome, richer.outcome} != {"ok"}:
        return
    steps = [
        body for step in leaf_waterfalls(document)["normal"] for body in step.values() if isinstance(body, Mapping)
    ]
    n_pro_rata = sum(body.get("ranking") == "pro_rata" for body in steps)
    owed = [
        [a + b for a, b in zip(flow(run, f"{senior}.balance"), flow(run, f"{senior}.interest_shortfall"), strict=True)]
        for run in (base, richer)
    ]
    for index, (poorer, better) in enumerate(zip(*owed, strict=True)):
        bound = 2 * n_pro_rata * (index + 1)
        owed_at_most = f"at most {poorer + bound}"
        assert better <= poorer + bound, Breach(
            base.dates[index], f"owed to {senior} with more rent", owed_at_most, better
        )


# all of them, for a plan


@dataclass(frozen=True)
class Relation:
    """A law of two runs: where it applies, and how to try it on a scenario; `choice` varies what is left open."""

    law: Callable[..., None]
    applies: Callable[[Mapping[str, Any]], bool]
    attempt: Callable[[Runner, Mapping[str, Any], Inputs, int], None]

    @property
    def name(self) -> str:
        """The law's name."""
        return self.law.__name__


def try_future(runner: Runner, document: Mapping[str, Any], inputs: Inputs, choice: int) -> None:
    """Change the inputs after one date."""
    n_dates = len(next(iter(inputs.values()), ()))
    if n_dates:
        future_does_not_change_past(runner, document, inputs, choice * 7 % n_dates)


def try_splitting(runner: Runner, document: Mapping[str, Any], inputs: Inputs, choice: int) -> None:
    """Split two periods."""
    dates = list(runner(document, inputs).dates)
    places = (choice * 7 % len(dates), choice * 11 % len(dates))
    extra = [dates[place] + dt.timedelta(days=1 + choice % 20) for place in places]
    splitting_a_period_changes_no_cent(runner, document, inputs, extra)


def try_scaling(runner: Runner, document: Mapping[str, Any], inputs: Inputs, choice: int) -> None:
    """Double the deal."""
    scaling_doubles(runner, document, inputs)


def first_notes(document: Mapping[str, Any]) -> list[str]:
    """The note that stands first where notes are paid in the first status."""
    statuses = document["deal"].get("statuses", ["normal"])
    steps = leaf_waterfalls(document)[statuses[0]]
    paid = [
        body["notes"][0] for step in steps for body in step.values() if isinstance(body, Mapping) and "notes" in body
    ]
    return paid[:1]


def rent_factors(document: Mapping[str, Any]) -> list[str]:
    """The inputs by which rents are multiplied."""
    return sorted({lease["factor"] for lease in document.get("leases", {}).values() if "factor" in lease})


def more_cash_somewhere(document: Mapping[str, Any]) -> bool:
    """Whether there is a rent factor and a note that more of it can never hurt."""
    in_normal = "normal" in document["waterfalls"] and bool(rent_factors(document))
    return in_normal and any(more_cash_applies(document, senior) for senior in first_notes(document))


def try_more_cash(runner: Runner, document: Mapping[str, Any], inputs: Inputs, choice: int) -> None:
    """Raise each rent factor."""
    for senior in first_notes(document):
        for factor in rent_factors(document):
            more_cash_never_hurts_senior(runner, document, inputs, factor, senior)


RELATIONS: tuple[Relation, ...] = (
    Relation(
        future_does_not_change_past,
        lambda document: bool(document.get("inputs")) and not has_foresight(document),
        try_future,
    ),
    Relation(splitting_a_period_changes_no_cent, splitting_applies, try_splitting),
    Relation(scaling_doubles, scaling_applies, try_scaling),
    Relation(more_cash_never_hurts_senior, more_cash_somewhere, try_more_cash),
)
"""Every law of two runs."""


def applicable(document: Mapping[str, Any]) -> list[Relation]:
    """The relations that the terms of a deal make true."""
    return [relation for relation in RELATIONS if relation.applies(document)]


def check(plan: Plan, inputs: Mapping[str, ArrayLike] | None = None) -> int:
    """Assert every relation that applies to a plan, on every scenario of the inputs (as `Plan.run` takes them).

    Each scenario is run a few times; returns their number.

    Raises
    ------
    LawError
        An `AssertionError` that names the law, the scenario, the date, what was expected and what was found.
    """
    from . import engine

    document, runner = engine.document_of(plan.deal), engine.runner_of(plan)
    scenarios = engine.scenarios_in_units(plan, inputs or {})
    for scenario, paths in enumerate(scenarios):
        for relation in applicable(document):
            check_relation(relation, runner, document, paths, scenario)
    return len(scenarios)


def check_relation(
    relation: Relation, runner: Runner, document: Mapping[str, Any], inputs: Inputs, scenario: int
) -> None:
    """Assert one relation on one scenario, and name it where it does not hold."""
    try:
        relation.attempt(runner, document, inputs, scenario)
    except AssertionError as error:
        raise LawError.of(relation.name, scenario, error) from None
