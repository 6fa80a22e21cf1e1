"""Making a deal smaller: leave out one object, step or optional key after the other, as long as the deal stays valid.

Hypothesis draws what to leave out, so that what it finds shrinks to a deal of which nothing can be left out;
`smallest_deal` does the same for a deal from anywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import cashfall

from .reference import InvalidDeal, Reference

Path = tuple[str | int, ...]
Document = dict[str, Any]

# What others refer to comes after what refers to it, so that a second pass finds little left.
TABLES = (
    "blocks",
    "tests",
    "taxes",
    "ledgers",
    "swaps",
    "caps",
    "facilities",
    "fees",
    "cashflows",
    "groups",
    "notes",
    "borrowing_bases",
    "fleets",
    "contracts",
    "leases",
    "accounts",
    "inputs",
    "equity",
    "schedules",
)


def droppable(document: Mapping[str, Any]) -> Iterator[Path]:
    """Everything that a deal might do without: steps, objects, their keys and the elements of their lists."""
    yield from whole(document)
    yield from details(document)


def whole(document: Mapping[str, Any]) -> Iterator[Path]:
    """Waterfalls, steps, objects and terms of the deal."""
    for name, steps in document["waterfalls"].items():
        yield "waterfalls", name
        for position in reversed(range(len(steps))):
            yield "waterfalls", name, position
    for table in TABLES:
        for name in reversed(list(document.get(table, {}))):
            yield table, name
    if "acceleration" in document:
        yield ("acceleration",)
    for table in ("deal", "sizing_case", "acceleration"):
        for key in reversed(list(document.get(table, {}))):
            yield table, key


def details(document: Mapping[str, Any]) -> Iterator[Path]:
    """The keys of steps and objects, and the elements of their lists."""
    for table in (*TABLES, "waterfalls"):
        for name, entry in document.get(table, {}).items():
            yield from (path for path in inner(entry, (table, name)) if len(path) > (3 if table == "waterfalls" else 2))


def inner(node: object, path: Path) -> Iterator[Path]:
    """The keys and elements under a node, the deepest and last first."""
    if isinstance(node, Mapping):
        for key in reversed(list(node)):
            yield from inner(node[key], (*path, key))
            yield *path, key
    elif isinstance(node, list) and not any(isinstance(element, list) for element in node):
        for position in reversed(range(len(node))):
            yield from inner(node[position], (*path, position))
            yield *path, position


def without(document: Mapping[str, Any], path: Path) -> Document | None:
    """A copy without what stands at a path, nor the names that lists have for it, nor steps left without any; None if
    there is no such path.
    """
    found: Document = copied(document)
    node: Any = found
    try:
        for key in path[:-1]:
            node = node[key]
        del node[path[-1]]
    except (KeyError, IndexError, TypeError):
        return None
    if len(path) == 2 and path[0] in TABLES:
        forget(found, str(path[1]))
    if len(path) == 2 and path[0] == "waterfalls":
        forget_status(found, str(path[1]))
    if path == ("acceleration",):
        forget_acceleration(found)
    forget_blocks(found)
    for table in [table for table in (*TABLES, "sizing_case") if table != "accounts"]:
        if not found.get(table, True):
            del found[table]
    return found


def copied(node: Any) -> Any:
    """A copy in which no two places share a list, as `copy.deepcopy` would keep it."""
    if isinstance(node, Mapping):
        return {key: copied(value) for key, value in node.items()}
    return [copied(value) for value in node] if isinstance(node, list | tuple) else node


def forget(document: Document, name: str) -> None:
    """Take a name out of every list, and steps whose payees are gone out of their waterfalls."""
    for table in ("waterfalls", "blocks"):
        for waterfall, steps in document.get(table, {}).items():
            document[table][waterfall] = spared(steps, name)
    for group in list(document.get("groups", {})):
        if strike(document["groups"][group], name):
            del document["groups"][group]
            forget(document, group)
    for account in document.get("accounts", {}).values():
        if strike(account.get("target", {}).get("satisfied_by", []), name):
            del account["target"]["satisfied_by"]
    for test in list(document.get("tests", {})):
        if strike(document["tests"][test], name):
            del document["tests"][test]
            forget(document, test)


def spared(steps: list[Document], name: str) -> list[Document]:
    """The steps that remain of some when a name goes, also inside the branches of `if`."""
    kept = []
    for step in steps:
        if "if" in step:
            for branch in {"then", "else"} & step["if"].keys():
                step["if"][branch] = spared(step["if"][branch], name)
            if step["if"]["then"] or step["if"].get("else"):
                kept.append(step)
        elif not strike(step, name):
            kept.append(step)
    return kept


def forget_status(document: Document, status: str) -> None:
    """Take a status out of the deal's terms and out of the effects of tests."""
    if status in document["deal"].get("statuses", []):
        document["deal"]["statuses"].remove(status)
    for test in document.get("tests", {}).values():
        test["effects"] = [effect for effect in test.get("effects", []) if effect != {"set_status": status}]


def forget_acceleration(document: Document) -> None:
    """Take what begins and ends an acceleration, and what it makes due, out of tests and waterfalls."""
    for test in document.get("tests", {}).values():
        test["effects"] = [
            effect for effect in test.get("effects", []) if not effect.keys() & {"accelerate", "reinstate"}
        ]
    terminated = "terminate_swap" in str(document["waterfalls"])
    made_due = ("premium_due",) if terminated else ("premium_due", "termination_due")
    for waterfall, steps in document["waterfalls"].items():
        for step in steps:
            if "pay" in step:
                step["pay"]["dues"] = [due for due in step["pay"]["dues"] if not due.endswith(made_due)]
        document["waterfalls"][waterfall] = [
            step
            for step in steps
            if not step.keys() & {"accelerate", "rescind"} and step.get("pay", {"dues": 1})["dues"]
        ]


def forget_blocks(document: Document) -> None:
    """Blocks that nobody runs go."""
    text = str([document["waterfalls"], document.get("tests", {}), document.get("blocks", {})])
    for name in [name for name in document.get("blocks", {}) if f"'block': '{name}'" not in text]:
        del document["blocks"][name]
    if not document.get("blocks", True):
        del document["blocks"]


def strike_weights(body: Any, name: str) -> None:
    """Take the weight of a payee out of a step's list of weights."""
    weights = body.get("weights")
    for field in ("dues", "notes", "fees", "cashflows", "facilities"):
        payees = body.get(field)
        if isinstance(weights, list) and isinstance(payees, list) and len(payees) == len(weights):
            gone = [payee == name or str(payee).startswith(f"{name}.") for payee in payees]
            weights[:] = [weight for weight, is_gone in zip(weights, gone, strict=True) if not is_gone]


def strike(node: Any, name: str) -> bool:
    """Take a name out of the lists under a node; whether one became empty or the name stands elsewhere."""
    spoilt = False
    if isinstance(node, Mapping):
        strike_weights(node, name)
        for value in node.values():
            spoilt |= value == name or strike(value, name)
    elif isinstance(node, list):
        kept = [element for element in node if element != name and not str(element).startswith(f"{name}.")]
        spoilt = len(kept) < len(node) and not kept
        node[:] = kept
        for element in kept:
            spoilt |= strike(element, name)
    return spoilt


def is_valid(document: Mapping[str, Any]) -> bool:
    """Whether the engine compiles a document and the reference takes it. What was asked lately is remembered: a search
    for a smaller deal asks the same again and again.
    """
    key = hashlib.blake2b(repr(document).encode(), digest_size=16).digest()
    if key not in KNOWN:
        if len(KNOWN) >= MOST_KNOWN:
            del KNOWN[next(iter(KNOWN))]
        KNOWN[key] = compiles(document)
    return KNOWN[key]


KNOWN: dict[bytes, bool] = {}
MOST_KNOWN = 100_000


def compiles(document: Mapping[str, Any]) -> bool:
    """Whether a document is valid, found out."""
    try:
        cashfall.load(document).compile()
        Reference(document)
    except (cashfall.DealError, InvalidDeal):
        return False
    return True


def dropped(document: Document, wanted: Callable[[Path], bool]) -> Document:
    """A document without all that is wanted gone and can go: what is whole first, then details of what is left."""
    for stage in (whole, details):
        for path in list(stage(document)):
            smaller = without(document, path)
            if smaller is not None and wanted(path) and is_valid(smaller):
                document = smaller
    return document


def smallest_deal(document: Mapping[str, Any], fails: Callable[[Document], bool]) -> Document:
    """The smallest valid deal that still fails: nothing can be left out of it. `fails` may raise; that is a failure of
    its own, and passes through.
    """
    found: Document = dict(document)
    progress = True
    while progress:
        progress = False
        for path in list(droppable(found)):
            smaller = without(found, path)
            if smaller is not None and is_valid(smaller) and fails(smaller):
                found, progress = smaller, True
    return found
