"""A deal in one paragraph, from its document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cashfall import Plan
from cashfall.cli.output import money

__all__ = ["paragraph"]


def paragraph(plan: Plan) -> str:
    """What the deal is, what it earns, owes and tests, in sentences."""
    document = plan.deal.to_dict()
    return " ".join(sentence for sentence in _sentences(document, plan) if sentence)


def _sentences(document: Mapping[str, Any], plan: Plan) -> Iterator[str]:
    terms = document["deal"]
    if plan.deal.description:
        yield " ".join(plan.deal.description.split()).rstrip(".") + "."
    yield f"{len(plan.periods)} dates from {plan.periods[0]} to {plan.periods[-1]}, amounts in {terms['currency']}."
    for name, lease in document.get("leases", {}).items():
        yield f"Lease {name}: rent from {lease['commencement']} to {lease['end']}{_share(lease)}."
    decimals = terms.get("decimals", 2)
    for name, note in document.get("notes", {}).items():
        yield f"Note {name}: {_note(note, decimals)}."
    for name, group in document.get("groups", {}).items():
        yield f"Group {name}: {', '.join(group['notes'])}."
    for name, test in document.get("tests", {}).items():
        yield f"Test {name}: {_test(test)}."
    statuses = terms.get("statuses", ["normal"])
    yield (
        "Waterfalls: "
        + ", ".join(f"{status} ({len(document['waterfalls'][status])} steps)" for status in statuses)
        + "."
    )


def _share(lease: Mapping[str, Any]) -> str:
    share = lease.get("issuer_share", 1)
    return "" if share == 1 else f", of which the issuer has {_rate(share)}"


def _note(note: Mapping[str, Any], decimals: int) -> str:
    kind = next(iter(note["amortisation"]))
    [(word, terms)] = note["coupon"].items()
    coupon = _rate(terms["rate"]) if word == "fixed" else f"a coupon by {word}"
    balance = money(note["original_balance"], decimals)
    return f"{balance} at {coupon}, {note['day_count']}, {kind}, due {note['maturity_date']}"


def _test(test: Mapping[str, Any]) -> str:
    bound = test.get("requires", "at_least").replace("_", " ")
    cure = f", cured at {test['cure_level']}" if "cure_level" in test else ""
    statuses = [effect["set_status"] for effect in test.get("effects", []) if "set_status" in effect]
    return f"{next(iter(test['measure']))}{_ahead(test)} {bound} {test['level']}{cure}" + (
        f", else {', '.join(statuses)}" if statuses else ""
    )


def _ahead(test: Mapping[str, Any]) -> str:
    """` over the next 4 test dates (foresight)`; nothing for a test that does not look ahead."""
    if "forward" not in test:
        return ""
    n, view = test["forward"]["n"], test["forward"]["view"]
    return f" over the next {f'{n} test dates' if n > 1 else 'test date'} ({view})"


def _rate(rate: float) -> str:
    """`6.581%` of 0.06581, with the digits it has."""
    return f"{100.0 * rate:.9g}%"
