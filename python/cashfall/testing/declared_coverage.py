"""How much of the declared language generated deals exercise, measured.

    python -m cashfall.testing.declared_coverage --deals 300

Everything the schema declares beyond what an object must have (verbs, limits, measures, effects, optional keys, values
of choices) is an *element*. A generated deal exercises an element if taking it out of the document (a key or a step
removed, a choice replaced) changes a recorded flow of the reference; in a status, if on the first date on which the
cash of some account differs the deal is in that status. Where nothing can be taken out, the object must have a flow of
its own in that status.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cashfall import schema

from .generated import Deal, generate
from .reference import Outcome, Reference
from .scenario_paths import generate_scenarios, in_units

SEVERAL = 3
"""An element counts as covered once this many deals have exercised it."""

DESCRIPTIVE = ("title", "description", "name", "clause", "cusip", "currency")
"""Keys that say something to people only."""

TABLES = "Deal"
"""The document itself; its tables are covered by what stands in them."""

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Instance:
    """An element where a document has it; `without` is the smallest part that can be taken out, None if there is none;
    `replacement` another value of a choice.
    """

    element: str
    place: Path
    without: Path | None
    replacement: Any = None


PAYMENT_TERMS = ("ranking", "weights", "order", "limit", "support")
SHORT_FORMS = ("PayFee", "PayInterest", "PayPrincipal", "PayCost", "PayTax", "PayExcess", "RepayFacility", "Sweep")
"""Short forms of `pay` are the same step in every respect, so their terms are covered together."""


SHARED = {"day_count": "DayCount"}
"""Keys whose values mean the same wherever they stand: a value is an element of its own, and so is each key, which is
exercised where another value would change a flow.
"""


def element(definition: str, key: str) -> str:
    """The name of a declared key."""
    return f"{'Pay' if definition in SHORT_FORMS and key in PAYMENT_TERMS else definition}.{key}"


class Schema:
    """The declared language: its definitions by name."""

    def __init__(self) -> None:
        self.definitions: dict[str, Any] = json.loads(schema("json"))["$defs"]
        self.verbs = set(self.definitions["Verb"]["properties"])
        referred = set(re.findall(r"#/\$defs/(\w+)", json.dumps([self.definitions, {"$ref": "#/$defs/Deal"}])))
        self.definitions = {name: entry for name, entry in self.definitions.items() if name in referred}

    def declared(self) -> list[str]:
        """Every element."""
        found = []
        for name, definition in self.definitions.items():
            for key, prop in definition.get("properties", {}).items():
                if key in DESCRIPTIVE or name == TABLES:
                    continue
                if key not in definition.get("required", []) or key in SHARED:
                    found.append(element(name, key))
                values = [*prop.get("enum", ()), *((True,) if prop.get("type") == "boolean" else ())]
                owner = SHARED.get(key, element(name, key))
                found += [f"{owner}={value}" for value in values if value != prop.get("default", False)]
        return list(dict.fromkeys(found))

    def instances(self, deal: Mapping[str, Any]) -> Iterator[Instance]:
        """Every element of a document."""
        yield from self.walk("Deal", deal, (), None)

    def walk(self, name: str, node: Mapping[str, Any], place: Path, removable: Path | None) -> Iterator[Instance]:
        """The elements of one object, and of all below it."""
        definition = self.definitions[name]
        tagged = definition.get("maxProperties") == 1
        for key, value in node.items():
            prop, here = definition["properties"][key], (*place, key)
            optional = key not in definition.get("required", []) and not tagged
            without = (place if name == "Step" and key in self.verbs else here) if optional else removable
            others = [
                other for other in prop.get("enum", [not value] if isinstance(value, bool) else []) if other != value
            ]
            if key in SHARED:
                yield Instance(element(name, key), here, here, others[0])
            else:
                yield Instance(element(name, key), here, without)
            if others:
                yield Instance(f"{SHARED.get(key, element(name, key))}={value}", here, here, others[0])
            yield from self.below(prop, value, here, without)

    def below(self, prop: Mapping[str, Any], value: Any, place: Path, removable: Path | None) -> Iterator[Instance]:
        """What a property's value holds: an object, a table of objects, a list of objects."""
        for branch in (*prop.get("anyOf", ()), *prop.get("oneOf", ())):
            kind = branch.get("type", "object" if "$ref" in branch else "")
            if {"object": Mapping, "array": list}.get(kind, ()) and isinstance(
                value, {"object": Mapping, "array": list}[kind]
            ):
                yield from self.below(branch, value, place, removable)
        if "$ref" in prop and isinstance(value, Mapping):
            yield from self.walk(prop["$ref"].rpartition("/")[2], value, place, removable)
        elif isinstance(prop.get("additionalProperties"), Mapping) and isinstance(value, Mapping):
            for key, entry in value.items():
                yield from self.below(prop["additionalProperties"], entry, (*place, key), (*place, key))
        elif "items" in prop and isinstance(value, list):
            for index, entry in enumerate(value):
                yield from self.below(prop["items"], entry, (*place, index), (*place, index))


def changed(node: Any, place: Path, replacement: Any) -> Any:
    """A copy of a document with one part replaced, or left out if the replacement is None."""
    key, rest = place[0], place[1:]
    if isinstance(node, Mapping):
        if not rest and replacement is None:
            return {name: value for name, value in node.items() if name != key}
        return {**node, key: changed(node[key], rest, replacement) if rest else replacement}
    assert isinstance(key, int)
    if not rest and replacement is None:
        return [*node[:key], *node[key + 1 :]]
    return [*node[:key], changed(node[key], rest, replacement) if rest else replacement, *node[key + 1 :]]


def statuses_of(deal: Deal, outcome: Outcome) -> list[str]:
    """The status of each date, by name."""
    names = deal["deal"].get("statuses", ["normal"])
    return [names[int(status or 0)] for status in outcome.flows["status"]]


def first_difference(base: Outcome, other: Outcome, names: Iterable[str]) -> int | None:
    """The first date on which some of these flows differ."""
    nothing = [None] * len(base.dates)
    pairs = [(base.flows.get(name, nothing), other.flows.get(name, nothing)) for name in names]
    dates = range(len(base.dates))
    return next((index for index in dates if any((a[index] or 0) != (b[index] or 0) for a, b in pairs)), None)


def where_it_matters(
    deal: Deal, base: Outcome, instance: Instance, inputs: dict[str, list[int]]
) -> tuple[bool, set[str]]:
    """Whether a flow changes without the instance, and in which status cash first does."""
    statuses = statuses_of(deal, base)
    if instance.without is not None:
        try:
            reference = Reference(changed(deal, instance.without, instance.replacement))
            other = reference.run({name: path for name, path in inputs.items() if name in reference.plan.inputs})
        except (ValueError, LookupError, AssertionError, TypeError, AttributeError, ArithmeticError):
            other = None  # nothing can be left out: the deal would be none
        if other is not None and other.outcome == "ok" and other.dates == base.dates:
            moved = first_difference(base, other, [f"{name}.balance" for name in deal["accounts"]])
            matters = first_difference(base, other, base.flows.keys() | other.flows.keys()) is not None
            return matters, set() if moved is None else {statuses[moved]}
    owner = instance.place[1] if len(instance.place) > 1 else ""
    own = [values for name, values in base.flows.items() if name.startswith(f"{owner}.")]
    if not own and instance.place[0] not in ("leases", "accounts", "fees", "notes", "tests"):
        return True, set(statuses)
    found = {status for index, status in enumerate(statuses) if any(values[index] for values in own)}
    return bool(found), found


@dataclass(frozen=True)
class Exercised:
    """How many deals exercise each element, in each status and in any."""

    by_status: Counter[tuple[str, str]]
    by_element: Counter[str]


def measure(
    n_deals: int, first: int = 0, wanted: Callable[[Exercised], set[tuple[str, str]]] | None = None
) -> Exercised:
    """How many deals exercise each element in each status, and in any.

    With `wanted` only the elements in statuses that it still names are tried, and no more deals once it names none.
    """
    language, exercised = Schema(), Exercised(Counter(), Counter())
    for seed in range(first, first + n_deals):
        open_still = wanted and wanted(exercised)
        if open_still == set():
            break
        deal = generate(seed)
        inputs = in_units(deal, generate_scenarios(deal, 1, seed)[0])
        base = Reference(deal).run(inputs)
        if base.outcome != "ok":
            continue
        found: dict[str, set[str]] = {}
        mattering: set[str] = set()
        statuses = set(statuses_of(deal, base))
        for instance in language.instances(deal):
            already = found.setdefault(instance.element, set())
            unknown = statuses - already
            if open_still is None or any((instance.element, status) in open_still for status in unknown):
                matters, where = where_it_matters(deal, base, instance, inputs) if unknown else (False, set[str]())
                already |= where
                mattering |= {instance.element} if matters else set()
        exercised.by_status.update((element, status) for element, where in found.items() for status in where)
        exercised.by_element.update(mattering)
    return exercised


def main() -> None:
    """Print a line for each element: in how many deals, by status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=300)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    exercised = measure(arguments.deals, arguments.first)
    statuses = sorted({status for _, status in exercised.by_status})
    print(f"{'element':44} {'deals':>6} " + " ".join(f"{status:>12}" for status in statuses))
    for element in Schema().declared():
        figures = " ".join(f"{exercised.by_status[element, status]:>12}" for status in statuses)
        print(f"{element:44} {exercised.by_element[element]:>6} {figures}")


if __name__ == "__main__":
    main()
