"""Which laws apply to a deal, and the checking of a result by all of them: behind `laws.check` and `laws.of`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cashfall.errors import ArgumentError
from cashfall.plan import Plan
from cashfall.result import Result

from . import engine, laws, relations
from .breach import Breach, LawError
from .reference.document import leaf_waterfalls
from .reference.leases import has_clauses

Document = Mapping[str, Any]

AT_ONCE = 64  # scenarios whose every flow is held at the same time


@dataclass(frozen=True)
class Law:
    """A law by its name, what it says, and whether it looks at one run or compares two."""

    name: str
    statement: str
    compares_runs: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {self.statement}"


def statement(function: Callable[..., Any]) -> str:
    """What a law says: the first paragraph of its description, on one line."""
    return " ".join((inspect.getdoc(function) or "").partition("\n\n")[0].split())


def bodies(document: Document) -> Iterator[Mapping[str, Any]]:
    """The body of every step's verb."""
    for steps in leaf_waterfalls(document).values():
        for step in steps:
            yield next(value for value in step.values() if isinstance(value, Mapping))


def has_verb(document: Document, verb: str) -> bool:
    """Whether any step has the verb."""
    return any(verb in step for steps in leaf_waterfalls(document).values() for step in steps)


def has_term(document: Document, key: str) -> bool:
    """Whether any note has the term."""
    return any(key in note for note in document.get("notes", {}).values())


def has_several_payees(document: Document) -> bool:
    """Whether any step pays more than one payee."""
    fields = ("dues", "notes", "fees", "cashflows", "taxes", "swaps", "facilities")
    return any("from" in body and len(body.get(field, [])) > 1 for body in bodies(document) for field in fields)


APPLIES: Mapping[Callable[[laws.Run], None], Callable[[Document], bool]] = {
    laws.no_payee_gets_more_than_due: lambda document: any(document.get(key) for key in ("notes", "fees", "cashflows")),
    laws.senior_before_junior: lambda document: "seniority" in document["deal"] or has_several_payees(document),
    laws.pro_rata_is_fair: lambda document: any(body.get("ranking") == "pro_rata" for body in bodies(document)),
    laws.weights_are_kept: lambda document: any("weights" in body for body in bodies(document)),
    laws.payees_stand_in_order: has_several_payees,
    laws.supports_come_last: lambda document: any("support" in body for body in bodies(document)),
    laws.steps_pay_what_they_can: lambda document: any("limit" not in body for body in bodies(document)),
    laws.fill_never_lifts_above_target: lambda document: has_verb(document, "fill_reserve"),
    laws.principal_sums: lambda document: bool(document.get("notes")),
    laws.prepayments_cost_their_price: lambda document: has_verb(document, "prepay"),
    laws.rates_keep_their_bounds: lambda document: any(
        note["coupon"].keys() & {"floating", "simple_daily", "compounded", "formula"}
        for note in document.get("notes", {}).values()
    ),
    laws.interest_follows_the_balance: lambda document: any(
        note["day_count"] in ("act/360", "act/365f") for note in document.get("notes", {}).values()
    ),
    laws.fee_caps_hold: lambda document: (
        bool(document.get("fee_caps")) or any("cap" in fee for fee in document.get("fees", {}).values())
    ),
    laws.a_draw_lowers_what_is_available: lambda document: bool(document.get("facilities")),
    laws.a_draw_on_a_note_keeps_within_its_room: lambda document: has_term(document, "funding"),
    laws.a_refinancing_repays_whole_notes: lambda document: has_verb(document, "refinance"),
    laws.notes_are_extended_in_time: lambda document: has_term(document, "extension"),
    laws.groups_add_up: lambda document: bool(document.get("groups")),
    laws.swap_legs_net: lambda document: bool(document.get("swaps")),
    laws.ledgers_add_up: lambda document: bool(document.get("ledgers")),
    laws.test_fires_and_cures_by_its_rule: lambda document: bool(document.get("tests")),
    laws.test_measures_its_window: lambda document: any(
        "dscr" in test["measure"] for test in document.get("tests", {}).values()
    ),
    laws.status_follows_its_tests: lambda document: bool(document.get("tests")),
    laws.a_prefunded_target_never_rises: lambda document: any(
        account.get("target", {}).get("prefund") == "peak" for account in document.get("accounts", {}).values()
    ),
    laws.conversions_keep_their_rate: lambda document: has_verb(document, "convert"),
    laws.assets_add_up: lambda document: bool(document.get("assets")),
    laws.leases_add_up: lambda document: any(map(has_clauses, document.get("leases", {}).values())),
    laws.deposits_and_guarantees_are_settled_once: lambda document: any(
        lease.keys() & {"deposit", "residual_value_guarantee"} for lease in document.get("leases", {}).values()
    ),
    laws.contracts_add_up: lambda document: bool(document.get("contracts")),
    laws.fleets_keep_their_value: lambda document: bool(document.get("fleets")),
    laws.borrowing_bases_are_the_least: lambda document: bool(document.get("borrowing_bases")),
    laws.what_is_above_a_limit_is_due: lambda document: any(
        "balance_at_most" in note["amortisation"] for note in document.get("notes", {}).values()
    ),
    laws.foresight_is_what_comes: lambda document: any(
        test.get("forward", {}).get("view") == "foresight" for test in document.get("tests", {}).values()
    ),
}
"""Where a law has something to look at; a law that is not named here always has."""


def applicable(document: Document) -> list[Callable[[laws.Run], None]]:
    """The laws of one run that have something to look at in a deal."""
    return [law for law in laws.LAWS if law not in APPLIES or APPLIES[law](document)]


def of(plan: Plan) -> list[Law]:
    """See `laws.of`."""
    document = engine.document_of(plan.deal)
    found = [Law(law.__name__, statement(law)) for law in applicable(document)]
    found += [
        Law(relation.name, statement(relation.law), compares_runs=True) for relation in relations.applicable(document)
    ]
    return found


AFTER = {"overflow": "the overflow", "no_convergence": "a solve without a fixed point"}
"""What leaves zeros behind, by outcome."""


def check_run(run: laws.Run, scenario: int | None = None) -> None:
    """Assert every law of a single run. A run that went wrong on a date has nothing left to check but its zeros."""
    if run.outcome != "ok":
        for name, values in run.flows.items():
            if values[-1] != 0:
                breach = Breach(run.dates[-1], f"{name} after {AFTER[run.outcome]}", 0, values[-1])
                raise LawError("an_overflow_leaves_zeros", scenario, breach)
        return
    for law in laws.LAWS:
        check_law(law, run, scenario)


def check_law(law: Callable[[laws.Run], None], run: laws.Run, scenario: int | None = None) -> None:
    """Assert one law of a run, and name it where it does not hold."""
    if not __debug__:
        raise ArgumentError("expected asserts to be on, found Python run with -O: the laws are asserts")
    try:
        law(run)
    except AssertionError as error:
        raise LawError.of(law.__name__, scenario, error) from None


def check_result(plan: Plan, result: Result, scenarios: Iterable[int] | None = None) -> int:
    """See `laws.check`."""
    if result.plan is not plan and result.plan.fingerprint != plan.fingerprint:
        raise ArgumentError(f"expected a result of {plan!r}, found one of {result.plan!r}")
    chosen = list(range(result.n_scenarios) if scenarios is None else scenarios)
    for wrong in [scenario for scenario in chosen if not 0 <= scenario < result.n_scenarios]:
        raise ArgumentError(f"scenarios: expected 0 to {result.n_scenarios - 1}, found {wrong!r}")
    for scenario, run in runs(result, chosen):
        check_run(run, scenario)
    return len(chosen)


def runs(result: Result, chosen: list[int]) -> Iterator[tuple[int, engine.EngineRun]]:
    """The chosen scenarios as the laws see them; those of a result that lacks flows or cents are run again."""
    if result.unit == "cents" and len(result) == len(result.plan.outputs):
        yield from zip(chosen, engine.views(result, chosen), strict=True)
        return
    for start in range(0, len(chosen), AT_ONCE):
        part = chosen[start : start + AT_ONCE]
        again = rerun(result, part)
        yield from zip(part, engine.views(again, range(len(part))), strict=True)


def rerun(result: Result, chosen: list[int]) -> Result:
    """Some scenarios of a result, run again with everything recorded, in cents."""
    plan = result.plan
    for scenario in chosen:
        result._traced(scenario)  # refuses inputs that were changed since the run
    given = zip([info["name"] for info in plan.inputs], result._inputs, strict=True)
    inputs = {name: np.ascontiguousarray(array[:, chosen]) for name, array in given if array is not None}
    return plan.run(inputs, record="*", unit="cents", threads=1)
