"""The reference for readers and editors: every key has a hover text, and the coverage page counts itself rightly."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cashfall as cf
from cashfall.testing.generated import generate

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PAGE = REFERENCE / "coverage.md"
STATES = ["yes", "part", "no"]
ROW = re.compile(r"^\| (?P<item>[^|]+) \| (?P<state>yes|part|no) \| (?P<here>[^|]*)\|(?P<test>[^|]*)\|$", re.M)
AT_LEAST = 0.95


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


KINDS = {
    "leases": ["lease"],
    "contracts": ["contract"],
    "cashflows": ["cashflow"],
    "accounts": ["account"],
    "fees": ["fee"],
    "notes": ["note", "some notes ([notes](notes.md))", ""],
    "facilities": ["facility"],
    "swaps": ["swap"],
    "caps": ["cap"],
    "equity": ["equity"],
    "ledgers": ["ledger"],
    "assets": ["asset"],
    "taxes": ["tax"],
    "tests": ["test"],
}


def test_the_table_of_quantities_has_what_is_recorded() -> None:
    text = (REFERENCE / "language.md").read_text(encoding="utf-8").partition("| object | quantities |")[2]
    rows = dict(re.findall(r"^\| ([^|]*?) ?\| (.*) \|$", text, re.M))
    for kind, row in (("leases", "lease"), ("contracts", "contract")):
        spans = re.findall(r"`([^`\n]*)`", (REFERENCE / f"{kind}.md").read_text(encoding="utf-8"))
        rows[row] += " ".join(f"{word}`" for span in spans for word in re.findall(r"\w+", span))
    listed = {kind: set(re.findall(r"\w+`", " ".join(rows[row] for row in KINDS[kind]))) for kind in KINDS}
    seen: Counter[str] = Counter()
    for seed in range(80):
        document = generate(seed)
        outputs = [name.split(".") for name in cf.load(document).compile().outputs]
        for kind in KINDS:
            recorded = {
                f"{quantity}`" for name, *rest in outputs for quantity in rest if name in document.get(kind, {})
            }
            assert recorded <= listed[kind], (kind, seed)
            seen[kind] += bool(recorded)
    assert min(seen[kind] for kind in KINDS) > 0, seen


def sections() -> dict[str, list[re.Match[str]]]:
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]
    return {part.partition("\n")[0]: list(ROW.finditer(part)) for part in parts}


def names_its_test(text: str, link: str) -> bool:
    """The link leads to a function of that name, or to an entry of the manual, whose example is run."""
    file, _, entry = link.partition("#")
    content = (PAGE.parent / file).read_text(encoding="utf-8")
    if entry:
        return text == f"manual, `{entry}`" and file.startswith("manual/") and f"\n## `{entry}`\n" in content
    return re.search(rf"^ *(?:def|fn) {text}\(", content, re.M) is not None


def test_what_is_there_names_its_test() -> None:
    for row in [row for rows in sections().values() for row in rows]:
        links = re.findall(r"\[([^\]]+)\]\(([^)]+)\)", row["test"])
        assert bool(links) == (row["state"] != "no"), row["item"]
        assert not [text for text, link in links if not names_its_test(text, link)], row["item"]


def test_no_item_is_listed_twice() -> None:
    for title, rows in sections().items():
        items = [row["item"] for row in rows]
        assert len(set(items)) == len(items), title


def test_the_coverage_page_counts_its_rows() -> None:
    *tables, last = sections().items()
    page = PAGE.read_text(encoding="utf-8")
    text = page.partition("## Where we stand")[2]
    total: Counter[str] = Counter()
    assert last[0] == "Where we stand"
    for title, rows in tables:
        count = Counter(row["state"] for row in rows)
        n_rows = page.partition(f"## {title}\n")[2].partition("\n## ")[0].count("\n| ") - 1
        assert sum(count.values()) == n_rows, title
        total += count
        assert f"| {title} | {' | '.join(str(count[state]) for state in STATES)} |" in text
    assert f"| all | {' | '.join(str(total[state]) for state in STATES)} |" in text
    n_items, share = total.total(), total["yes"] / total.total()
    assert text.endswith(f"\n{total['yes']} of {n_items} items are yes: {100 * share:.1f}%.\n")
    assert share >= AT_LEAST
