"""What `survivors.md` says of the bugs that the crate's own tests do not notice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from written_out import Bug, Kind

LIST = Path(__file__).with_name("survivors.md")


@dataclass(frozen=True)
class Row:
    """Bugs of one kind: so many that are harmless, or those that a Python test notices."""

    kind: Kind
    n: int
    test: str | None


CELL = re.compile(r"(?<!\\)\|")
CODE = re.compile(r"`([^`]+)`")
CHANGE = re.compile(r"`(?P<change>[^`]+)`(?: \((?P<n>\d+) times\))?")


def rows(text: str) -> list[Row]:
    """The rows of the tables, one for each kind of bug that they name."""
    return [row for line in text.splitlines() if line.startswith("| `") for row in rows_of(line)]


def rows_of(line: str) -> Iterator[Row]:
    """`| file | function | bugs | test: what it sees, or why they are harmless |`."""
    _, file, function, bugs, why, _ = (cell.strip().replace("\\|", "|") for cell in CELL.split(line))
    test = CODE.match(why)
    for found in CHANGE.finditer(bugs):
        kind = Kind(file.strip("`"), function.strip("`"), found["change"])
        yield Row(kind, int(found["n"] or 1), test[1] if test and test[1].startswith("tests/") else None)


def unaccounted(survivors: Iterable[Bug], said: Iterable[Row]) -> list[Bug]:
    """Survivors beyond those that are said to be harmless."""
    harmless = Counter[Kind]()
    for row in said:
        if row.test is None:
            harmless[row.kind] += row.n
    new = []
    for bug in survivors:
        harmless[bug.kind] -= 1
        if harmless[bug.kind] < 0:
            new.append(bug)
    return new
