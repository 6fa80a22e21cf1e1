"""The reference for readers and editors: every key has a hover text, and the coverage page counts itself rightly."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cashfall as cf

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "coverage.md"
STATES = ["yes", "part", "rule", "not yet", "no"]
ROW = re.compile(
    r"^\| (?P<item>[^|]+) \| (?P<state>yes|part|rule|not yet|no) \| (?P<here>[^|]*)\|(?P<test>[^|]*)\|$", re.M
)


def described(node: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every key of the schema with its hover text."""
    if isinstance(node, dict):
        for key, value in node.get("properties", {}).items():
            yield f"{path}.{key}", value.get("description", "")
        for key, value in node.items():
            yield from described(value, f"{path}/{key}")
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from described(value, f"{path}[{position}]")


def test_every_key_has_a_hover_text() -> None:
    schema = json.loads(cf.schema())
    texts = dict(described(schema, ""))
    assert len(texts) > 150
    assert not [key for key, text in texts.items() if not re.match(r"[A-Z].*[.)]$", text, re.S)]
    assert not [name for name, entry in schema["$defs"].items() if not entry.get("description")]


def sections() -> dict[str, list[re.Match[str]]]:
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]
    return {part.partition("\n")[0]: list(ROW.finditer(part)) for part in parts}


def test_what_is_there_names_its_test() -> None:
    for row in [row for rows in sections().values() for row in rows]:
        links = re.findall(r"\]\(([^)]+)\)", row["test"])
        assert bool(links) == (row["state"] in ("yes", "part")) or row["state"] == "no", row["item"]
        for link in links:
            assert (PAGE.parent / link).exists(), row["item"]


def test_the_coverage_page_counts_its_rows() -> None:
    *tables, last = sections().items()
    text = PAGE.read_text(encoding="utf-8").partition("## Where we stand")[2]
    total: Counter[str] = Counter()
    assert last[0] == "Where we stand"
    for title, rows in tables:
        count = Counter(row["state"] for row in rows)
        n_rows = PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0].count("\n| ") - 1
        assert sum(count.values()) == n_rows, title
        total += count
        assert f"| {title} | {' | '.join(str(count[state]) for state in STATES)} |" in text
    assert f"| all | {' | '.join(str(total[state]) for state in STATES)} |" in text
