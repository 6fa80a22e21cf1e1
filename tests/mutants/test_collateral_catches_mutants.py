"""Planted bugs in leases and contracts: a law catches each, or the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cashfall.testing import laws
from cashfall.testing.reference import contracts, leases
from planting import RULE, Case, Mutants, broken_by_sound_runs, is_caught, rule, using

N_SEEDS = 900
USED = ("'mood'",)
"""What deals say that use one of these rules."""


def cases() -> Iterator[Case]:
    return using(USED, range(N_SEEDS))


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
