"""What tests do while they fail (rule book, tests.md, effects)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import waivers
from .document import variant
from .numbers import SCALE, in_units

if TYPE_CHECKING:
    from .formulas import Evaluate
    from .plan import Plan
    from .scenario import Scenario


@dataclass(frozen=True)
class Effect:
    """One effect of a test: its kind, and of its fields what the kind has."""

    kind: str
    status: int = 0
    share: int = SCALE
    account: str = ""
    notes: Sequence[str] = ()
    facilities: Sequence[str] = ()
    extra: int = 0
    block: str = ""
    formula: Evaluate | None = None


def read_effect(plan: Plan, entry: Mapping[str, Any]) -> Effect:
    """tests.md, effects, the table."""
    kind, terms = variant(entry)
    if kind == "set_status":
        return Effect(kind, status=plan.statuses.index(terms))
    return Effect(
        kind,
        share=in_units(terms.get("share", 1), SCALE),
        account=terms.get("to", terms.get("account", "")),
        notes=terms.get("notes", ()),
        facilities=terms.get("facilities", ()),
        extra=in_units(terms.get("extra", 0), SCALE),
        block=terms.get("block", ""),
        formula=plan.formulas.compile(terms["formula"], "amount") if "formula" in terms else None,
    )


def currency_of(plan: Plan, effect: Effect) -> str:
    """currencies.md: "that of the account or of the notes (which share one)"."""
    return plan.currency_of(effect.account or effect.notes[0])


def acts(scenario: Scenario, test: str) -> bool:
    """tests.md: "Each effect acts while its test is failing and not waived"."""
    return scenario.states[test].failing and not waivers.is_waived(scenario, test)


def acting(scenario: Scenario, *kinds: str) -> Iterator[Effect]:
    """tests.md: "all effects act, in the order in which the tests are declared and then in the order of each test's
    list".
    """
    for name, test in scenario.plan.tests.items():
        if acts(scenario, name):
            yield from (effect for effect in test.effects if effect.kind in kinds)


def is_locked_up(scenario: Scenario) -> bool:
    """tests.md, lock_up: "`distribute` steps move nothing"."""
    return any(True for _ in acting(scenario, "lock_up"))


def least_target(scenario: Scenario, account: str) -> int:
    """tests.md, targets: the greatest of "max(0, the formula) of each failing test", "in range, whether the test is
    failing or not".
    """
    least = 0
    for name, test in scenario.plan.tests.items():
        for effect in test.effects:
            if effect.kind == "set_reserve" and effect.account == account and effect.formula:
                wanted = effect.formula(scenario)
                least = max(least, wanted if acts(scenario, name) else 0)
    return least
