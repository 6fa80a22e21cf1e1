"""Whether the order in which a deal pays agrees with the seniority that it states (`deal.seniority`).

PYTEST_DONT_REWRITE: what an assert holds is a `Breach`, of which rewriting would keep the text only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from .breach import Breach
from .reference.document import leaf_waterfalls

if TYPE_CHECKING:
    from .laws import Run, Transfer

Claim = tuple[int, set[str]]
Kinds = dict[tuple[str, int, str], set[str]]

CURRENT, PRINCIPAL = "current", "principal"
SHORT_FORMS = {"pay_fee": ("fees", "due"), "pay_interest": ("notes", "interest_due")}
SHORT_FORMS |= {"pay_principal": ("notes", "principal_due"), "sweep": ("notes", "balance")}
KIND = {"due": CURRENT, "interest_due": CURRENT, "principal_due": PRINCIPAL, "balance": PRINCIPAL}


def presumed(document: Mapping[str, Any], notes: Sequence[str]) -> list[list[str]]:
    """The seniority of a deal that states none: its notes in the order of the document, equal where a step pays them
    pro rata.
    """
    together = [
        {payee for payee, _ in dues(step)}
        for steps in leaf_waterfalls(document).values()
        for step in steps
        if any(isinstance(body, Mapping) and body.get("ranking") == "pro_rata" for body in step.values())
    ]
    ranks: list[list[str]] = []
    for note in notes:
        if ranks and any(note in payees and payees & set(ranks[-1]) for payees in together):
            ranks[-1].append(note)
        else:
            ranks.append([note])
    return ranks


def dues(step: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The payees of a step and what it pays them: `due`, `interest_due`, `principal_due`, `balance`."""
    for verb, (field, quantity) in SHORT_FORMS.items():
        for name in step.get(verb, {}).get(field, []):
            yield name, quantity
    for due in step.get("pay", {}).get("dues", []):
        name, _, quantity = due.partition(".")
        yield name, quantity
    if "distribute" in step:
        yield step["distribute"]["to"], "balance"


def kinds_by_step(document: Mapping[str, Any]) -> Kinds:
    """What each step pays each of its payees, by waterfall, position and payee: a current due, principal, or both."""
    found: Kinds = {}
    for waterfall, steps in leaf_waterfalls(document).items():
        for position, step in enumerate(steps):
            # What facilities and swaps are owed has no rank.
            for payee, quantity in ((payee, due) for payee, due in dues(step) if due in KIND):
                found.setdefault((waterfall, position, payee), set()).add(KIND[quantity])
    return found


def kinds_of(kinds: Kinds, line: Transfer) -> set[str]:
    """What a line of the ledger pays, by its verb; of a step of any dues what it pays this payee, maybe both."""
    if line.verb in SHORT_FORMS:
        return {KIND[SHORT_FORMS[line.verb][1]]}
    return kinds.get((line.waterfall, line.position, line.target), set())


def claims(run: Run, kinds_paid: Kinds, ranked: Collection[str]) -> dict[tuple[int, str, str], Claim]:
    """What each payee asked for on each date and did not get, and the accounts it asked; a sweep claims nothing."""
    found: dict[tuple[int, str, str], Claim] = {}
    for line in run.ledger:
        asks = line.target in ranked and line.verb not in ("sweep", "distribute")
        kinds = kinds_of(kinds_paid, line) if asks else set()
        if kinds:
            key = (line.index, line.target, PRINCIPAL if PRINCIPAL in kinds else CURRENT)
            _, asked = found.get(key, (0, set()))
            found[key] = (line.requested - line.amount, asked | {line.source})
    return found


def stated_seniority_holds(run: Run) -> None:
    """No payee takes cash from an account of which one that ranks before it asked on that date and stays unpaid.

    A fee or interest waits for the fees and interest of those before it; principal and distributions wait for their
    principal too.
    """
    ranks: Sequence[Sequence[str]] = run.document["deal"].get("seniority", [])
    if len(ranks) < 2:
        return
    kinds = kinds_by_step(run.document)
    rank_of = {name: rank for rank, names in enumerate(ranks) for name in names}
    unpaid = {key: claim for key, claim in claims(run, kinds, rank_of).items() if claim[0]}
    for line in run.ledger:
        if not line.amount or not rank_of.get(line.target):
            continue
        waits_for = (CURRENT,) if CURRENT in kinds_of(kinds, line) else (CURRENT, PRINCIPAL)
        seniors = [name for name, rank in rank_of.items() if rank < rank_of[line.target]]
        for senior, kind in product(seniors, waits_for):
            owed, asked = unpaid.get((line.index, senior, kind), (0, set()))
            if owed and line.source in asked:
                where = f"{line.waterfall}[{line.position}] {line.verb} from {line.source} to {line.target}"
                what = "principal" if kind == PRINCIPAL else "interest or fees"
                expected = f"nothing while {senior} is owed {owed} of {what}"
                raise AssertionError(Breach(run.dates[line.index], where, expected, line.amount))
