"""Groups: a name for several notes, in lists and in formulas (rule book, groups.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import acceleration, anticipated
from .numbers import made

if TYPE_CHECKING:
    from .plan import Plan
    from .scenario import Scenario

RECORDED = ("balance", "interest_due", "interest_paid", "principal_due", "principal_paid")
SHORTFALLS = ("interest_shortfall", "principal_shortfall")
LISTS = ("notes", "dues", "from", "seniority")
"""The keys of a document whose lists may name notes."""


def written_out(document: Mapping[str, Any]) -> dict[str, Any]:
    """groups.md: "a document with a group means what it means with its notes written out"; the same document with every
    list of notes so.
    """
    members = {name: list(entry["notes"]) for name, entry in document.get("groups", {}).items()}
    if not members:
        return dict(document)
    premiums = [note for name in acceleration.with_premium_due(document) for note in members.get(name, [name])]
    lists = Lists(members, premiums, anticipated.with_additional_interest(document))
    return {key: value if key == "groups" else lists.of(value, key) for key, value in document.items()}


@dataclass(frozen=True)
class Lists:
    """groups.md, in lists: "the name of a group stands for its notes, in their listed order and in the group's place";
    dues that only some notes have "stand for those of its notes that have such a due".
    """

    members: Mapping[str, Sequence[str]]
    with_premium: Sequence[str]
    with_additional: Sequence[str]

    def of(self, node: Any, key: str) -> Any:
        """A part of a document without groups in its lists of notes and of dues."""
        if isinstance(node, Mapping):
            return {name: self.of(value, name) for name, value in node.items()}
        if not isinstance(node, list | tuple):
            return node
        found = []
        for element in node:
            name, dot, due = element.partition(".") if isinstance(element, str) else ("", "", "")
            if key in LISTS and name in self.members:
                found += [f"{note}{dot}{due}" for note in self.members[name] if self.has(note, due)]
            else:
                found.append(self.of(element, key))
        return found

    def has(self, note: str, due: str) -> bool:
        """Whether a note can have the due at all."""
        some = {"premium_due": self.with_premium, "additional_interest_due": self.with_additional}
        return due not in some or note in some[due]


def members_of(plan: Plan) -> dict[str, list[str]]:
    """The notes of each group, as listed."""
    return {name: list(entry["notes"]) for name, entry in plan.table("groups").items()}


def units(plan: Plan, of_objects: Mapping[str, str]) -> dict[str, str]:
    """groups.md, in formulas: "for every quantity of notes that is an amount"."""
    amounts = [path.partition(".") for path, unit in of_objects.items() if unit == "amount"]
    return {
        f"{name}.{quantity}": "amount"
        for name, notes in members_of(plan).items()
        for note, _, quantity in amounts
        if note in notes
    }


def derived(plan: Plan) -> dict[str, Callable[[Scenario, str], int]]:
    """groups.md: every quantity "is the sum over its notes", as they stand when it is read."""
    return {f"{name}.{part}": sum_of(plan, name, part) for name, part in quantities(plan)}


def quantities(plan: Plan) -> list[tuple[str, str]]:
    """Each group with each of its quantities."""
    paths = [path.partition(".") for path in plan.formulas.units if path.partition(".")[0] in plan.table("groups")]
    return [(name, quantity) for name, _, quantity in paths]


def holders(plan: Plan, name: str, quantity: str) -> list[str]:
    """groups.md: "Quantities that only some notes have count for those that have them"; the paths that are summed."""
    return [path for note in members_of(plan)[name] if (path := f"{note}.{quantity}") in plan.formulas.units]


def sum_of(plan: Plan, name: str, quantity: str) -> Callable[[Scenario, str], int]:
    """One quantity of a group."""
    paths = holders(plan, name, quantity)
    return lambda scenario, _: sum(scenario.value(path) for path in paths)


def sums(plan: Plan, values: Mapping[str, int]) -> dict[str, int]:
    """The quantities of groups whose notes all have theirs among some values."""
    parts = {f"{name}.{part}": holders(plan, name, part) for name, part in quantities(plan)}
    return {path: sum(map(values.__getitem__, found)) for path, found in parts.items() if values.keys() >= set(found)}


def initial(plan: Plan, values: Mapping[str, int]) -> dict[str, int]:
    """The sums of the values before the first date."""
    return {
        f"{name}.{part}": sum(values[path] for path in holders(plan, name, part)) for name, part in quantities(plan)
    }


# a date


def start_of_date(scenario: Scenario) -> None:
    """A group has nothing of its own."""


def dues(scenario: Scenario) -> dict[str, int]:
    """What the notes of each group are due in all. groups.md, range: "after collection ... the group's `balance` and
    `interest_due` must be in range".
    """
    check_range(scenario)
    names = [f"{name}.{part}_due" for name in members_of(scenario.plan) for part in ("interest", "principal")]
    return {name: scenario.value(name) for name in names}


def close_of_date(scenario: Scenario) -> None:
    """groups.md, range: balance, interest due and running totals "must be in range, recorded or not"."""
    check_range(scenario)
    for notes in members_of(scenario.plan).values():
        for part in ("interest_paid", "principal_paid"):
            made(sum(scenario.totals[f"{note}.{part}"] for note in notes))


def check_range(scenario: Scenario) -> None:
    """What the notes of each group have and owe together."""
    for name in members_of(scenario.plan):
        made(scenario.value(f"{name}.balance"))
        made(scenario.value(f"{name}.interest_due"))


def recorded(plan: Plan) -> list[str]:
    """groups.md: "sums of its notes'"."""
    return [f"{name}.{part}" for name in members_of(plan) for part in (*RECORDED, *SHORTFALLS)]


def metrics(scenario: Scenario, flows: Mapping[str, Sequence[Any]]) -> Mapping[str, int | float]:
    """groups.md: sums of totals and losses, and "the largest sum at the close of any date"."""
    found: dict[str, int | float] = {}
    for name, notes in members_of(scenario.plan).items():
        for part in ("interest_paid", "principal_paid"):
            found[f"{name}.{part}"] = sum(scenario.totals[f"{note}.{part}"] for note in notes)
        lost = [f"{note}.{part}" for note in notes for part in ("balance", "interest_due", "written_down")]
        found[f"{name}.loss"] = sum(scenario.values.get(part, 0) for part in lost)
        found |= {f"{name}.{part}": max(flows[f"{name}.{part}"]) for part in SHORTFALLS}
    return found
