"""The reference manual: every example runs, and every element of the language has an entry.

A page has a base deal, the first ``toml`` block. Each entry is a heading such as ``## `pay_fee` ``. A ``toml`` block in
it is a fragment laid over the base: three levels deep (section, object, key), what the fragment says replaces what the
base says. The ``text`` blocks after it are what happens. Their comment lines say how to run:

- ``# with income = 60, 100; rate = 0.05``: inputs, one value, or one for each date, the last one holding on;
- ``# on 2027-01-01``: only these dates are shown;
- ``# steps pay_fee agent, rest``: only these steps; else those of the waterfalls that the fragment states.

Then comes a head of columns: those of the ledger; or ``date`` and names of recorded quantities; or ``in all`` and names
of metrics. ``CASHFALL_PIN=1 pytest tests/unit/test_manual.py`` writes the blocks anew. Read every changed one against
its formula: a wrong engine would be pinned too.
"""

from __future__ import annotations

import json
import math
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import cashfall as cf
from cashfall.testing import laws
from cashfall.testing.reference import Reference
from cashfall.testing.scenario_paths import in_units

MANUAL = Path(__file__).parents[2] / "docs" / "reference" / "manual"
VERB_PAGES = sorted(path.name for path in MANUAL.glob("verbs-*.md"))
PARTS = ["Formula", "Clause", "Edge cases", "Example"]

# Elements of the schema, fields and choices, whose entry is still to be written: none.
WITHOUT_ENTRY: set[str] = set()

# Keys that say which object it is, and those of a note that every base deal shows.
IDENTITY = {"title", "cusip", "currency"}
BASICS = {
    "original_balance",
    "dated_date",
    "maturity_date",
    "payment_dates",
    "day_count",
    "coupon",
    "amortisation",
}

FLEETS = ["Fleet", "BorrowingBase", "BaseTest", "Cashflow"]
LISTED = {"payment_dates", "direction", "amounts", "factor"}
RENT = {"commencement", "end", "payment_dates", "base_rent", "factor", "issuer_share"}

ENTRY = re.compile(r"^## `(?P<name>[^`]+)`\n(?P<text>.*?)(?=^## |\Z)", re.M | re.S)
BLOCK = re.compile(r"^```(?P<language>toml|text)\n(?P<text>.*?)^```$", re.M | re.S)
OUTCOMES = ["ok", "overflow", "no_convergence"]
LEDGER = {"date", "step", "from -> to", "currency", "requested", "available", "amount", "shortfall", "bound by"}


@dataclass
class Example:
    """A fragment over its page's base, and one block of what happens."""

    page: Path
    entry: str
    base: str
    fragment: str
    block: str
    options: dict[str, str] = field(default_factory=dict)
    head: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        lines = self.block.splitlines()
        while lines and lines[0].startswith("# "):
            option, _, value = lines.pop(0)[2:].partition(" ")
            assert option in ("with", "on", "steps"), f"{self}: expected `with`, `on` or `steps`, found {option!r}"
            self.options[option] = value
        self.head = re.split(r" {2,}", lines[0].strip())

    def __str__(self) -> str:
        return f"{self.page.name}: {self.entry}"

    def document(self) -> dict[str, Any]:
        return laid_over(tomllib.loads(self.base), tomllib.loads(self.fragment), 3)

    def listed(self, option: str) -> list[str]:
        return [item.strip() for item in self.options[option].split(",")] if option in self.options else []

    def text(self) -> str:
        """The block as it ought to be."""
        plan = cf.Deal.from_dict(self.document()).compile()
        inputs = self.inputs(plan)
        assert set(self.listed("on")) <= set(plan.periods), f"{self}: no such dates"
        result = plan.run(inputs)
        result.check()
        laws.check(plan, result)
        if not set(self.head) <= LEDGER:
            agree_with_reference(self.document(), inputs, result)
        comments = [line for line in self.block.splitlines() if line.startswith("# ")]
        return "\n".join([*comments, *aligned(self.head, list(self.rows(result)))]) + "\n"

    def inputs(self, plan: cf.Plan) -> dict[str, list[float]]:
        given = {}
        for item in filter(None, self.options.get("with", "").split(";")):
            name, _, values = item.partition("=")
            path = [float(value.replace("_", "")) for value in values.split(",")]
            given[name.strip()] = path + path[-1:] * (len(plan.periods) - len(path))
        return given

    def rows(self, result: cf.Result) -> Iterator[list[str]]:
        if self.head[0] == "in all":
            assert not self.listed("on"), f"{self}: metrics are of no date"
            units = result.plan._metric_units
            values = [(name, float(result.metrics[name][0])) for name in self.head[1:]]
            yield ["", *(OUTCOMES[int(x)] if name == "outcome" else shown(x, units[name]) for name, x in values)]
        elif set(self.head) <= LEDGER:
            yield from self.ledger_rows(result)
        else:
            yield from self.recorded_rows(result)

    def ledger_rows(self, result: cf.Result) -> Iterator[list[str]]:
        dates, steps = self.listed("on"), self.listed("steps")
        stated = tomllib.loads(self.fragment).get("waterfalls", {})
        assert stated or steps, f"{self}: the fragment has no waterfall, so the block needs `# steps`"
        ledger: list[dict[str, Any]] = [dict(row) for row in result.ledger()]
        assert set(steps) <= {row["step"] for row in ledger}, f"{self}: no such steps"
        for row in ledger:
            is_chosen = row["step"] in steps if steps else row["waterfall"] in stated
            if is_chosen and (not dates or row["date"] in dates):
                cells = row | {"from -> to": f"{row['from']} -> {row['to']}", "bound by": row["bound_by"]}
                values = [cells[name] for name in self.head]
                yield [value if isinstance(value, str) else shown(value, "amount") for value in values]

    def recorded_rows(self, result: cf.Result) -> Iterator[list[str]]:
        dates, units = self.listed("on"), result.plan._output_units
        statuses = self.document()["deal"].get("statuses", ["normal"])
        for t, date in enumerate(result.periods):
            if not dates or date in dates:
                values = [(name, float(result[name][t, 0])) for name in self.head[1:]]
                yield [date] + [
                    statuses[int(value)] if name == "status" else shown(value, units[name]) for name, value in values
                ]


def laid_over(base: dict[str, Any], fragment: dict[str, Any], levels: int) -> dict[str, Any]:
    """What the fragment says replaces what the base says, so many levels deep."""
    merged = dict(base)
    for key, value in fragment.items():
        deeper = levels > 1 and isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = laid_over(base[key], value, levels - 1) if deeper else value
    return merged


def agree_with_reference(document: dict[str, Any], inputs: dict[str, list[float]], result: cf.Result) -> None:
    """What was recorded is what the exact reference finds."""
    outcome = Reference(document).run(in_units(document, inputs))
    for name in result:
        scale = {"amount": 100, "number": 10**9}.get(result.plan._output_units[name], 1)
        found = [None if math.isnan(value) else round(value * scale) for value in result[name][:, 0].tolist()]
        assert found == [None if value != value else value for value in outcome.flows[name]], name


def shown(value: float, unit: str) -> str:
    if math.isnan(value):
        return "undefined"
    if unit == "amount":
        return f"{value:,.2f}"
    return f"{value:,.9f}".rstrip("0").rstrip(".") if math.isfinite(value) else str(value)


def aligned(head: list[str], rows: list[list[str]]) -> list[str]:
    """Columns two spaces apart, figures at the right."""
    figures = [any(re.fullmatch(r"-?[\d,]+(\.\d+)?", row[i]) for row in rows) for i in range(len(head))]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    return [
        "  ".join(
            cell.rjust(width) if figure else cell.ljust(width)
            for cell, width, figure in zip(row, widths, figures, strict=True)
        ).rstrip()
        for row in [head, *rows]
    ]


def pages() -> list[Path]:
    return sorted(path for path in MANUAL.glob("*.md") if path.name != "README.md")


def entries(page: Path) -> dict[str, str]:
    found = [(entry["name"], entry["text"]) for entry in ENTRY.finditer(page.read_text(encoding="utf-8"))]
    assert len(dict(found)) == len(found), f"{page.name}: an entry stands twice"
    return dict(found)


def base_of(page: Path) -> str:
    first = BLOCK.search(page.read_text(encoding="utf-8"))
    assert first is not None, f"{page.name}: expected a base deal"
    assert first["language"] == "toml", f"{page.name}: expected a base deal first"
    return first["text"]


def examples() -> list[Example]:
    found = []
    for page in pages():
        base = base_of(page)
        for name, text in entries(page).items():
            fragment = ""
            for block in BLOCK.finditer(text):
                if block["language"] == "toml":
                    fragment = block["text"]
                else:
                    found.append(Example(page, name, base, fragment, block["text"]))
    return found


@pytest.mark.parametrize("example", examples(), ids=str)
def test_the_example_is_what_happens(example: Example) -> None:
    if os.environ.get("CASHFALL_PIN"):
        pin(example, example.text())
    else:
        assert example.block == example.text()


def pin(example: Example, block: str) -> None:
    """Write the block in the place of the first such block after its fragment."""
    text = example.page.read_text(encoding="utf-8")
    place = text.index(f"## `{example.entry}`\n")
    place = text.index(f"```toml\n{example.fragment}```", place)
    place = text.index(f"```text\n{example.block}```", place)
    after = text[place:].replace(example.block, block, 1)
    example.page.write_text(text[:place] + after, encoding="utf-8")


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_the_base_deal_runs(page: Path) -> None:
    plan = cf.Deal.from_dict(tomllib.loads(base_of(page))).compile()
    laws.check(plan, plan.run())


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_entry_has_the_same_form(page: Path) -> None:
    for name, text in entries(page).items():
        assert re.match(r"\n[A-Z][^\n]*\.\n", text), f"{page.name}: {name}: expected a summary in one line"
        parts = re.findall(r"^\*\*([^*]+)\.\*\*", text, re.M)
        assert parts == PARTS, f"{page.name}: {name}: {parts}"
        blocks = [block["language"] for block in BLOCK.finditer(text)]
        assert blocks[:1] == ["toml"], f"{page.name}: {name}: expected an example"
        assert blocks[-1:] == ["text"], f"{page.name}: {name}: expected what happens"


def schema() -> dict[str, Any]:
    definitions: dict[str, Any] = json.loads(cf.schema())["$defs"]
    return definitions


def elements() -> dict[str, set[str]]:
    """The elements of the schema by kind, each kind with its pages."""
    definitions = schema()
    terms = {"ranking", "weights", "order"}
    assert terms < set(definitions["Pay"]["properties"])
    assert not set(definitions["Pay"]["properties"]) - terms - {"dues", "from", "limit", "support"}
    step = set(definitions["Step"]["properties"]) - set(definitions["Verb"]["properties"]) - {"name", "clause"}
    return {
        "verbs": set(definitions["Verb"]["properties"]) | step,
        "limits": set(definitions["Limit"]["properties"]),
        "supports": set(definitions["Support"]["properties"]) | terms | {"pro_rata_remainder"},
        "measures": set(definitions["Measure"]["properties"]),
        "effects": set(definitions["Effect"]["properties"]),
        "test-terms": set(definitions["Test"]["properties"]) - {"measure", "effects"},
        "leases": set(definitions["Lease"]["properties"]) - IDENTITY - RENT,
        "contracts": set(definitions["Contract"]["properties"]) - IDENTITY - RENT,
        "fleets": {name for holder in FLEETS for name in definitions[holder]["properties"]} - IDENTITY - LISTED,
        "formulas": functions() | {"opening"},
        "coupons": set(definitions["Coupon"]["properties"]),
        "amortisation": set(definitions["Amortisation"]["properties"]),
        "note-terms": (set(definitions["Note"]["properties"]) | {"groups"}) - IDENTITY - BASICS,
        "fees": set(definitions["FeeAmount"]["properties"])
        | (set(definitions["Fee"]["properties"]) - IDENTITY - {"amount", "payment_dates"}),
        "accounts": set(definitions["Target"]["properties"])
        | (set(definitions["Account"]["properties"]) - IDENTITY - {"opening_balance", "target"}),
    }


def functions() -> set[str]:
    """The functions of formulas, as the engine lists them to who asks for another."""
    document = tomllib.loads(base_of(MANUAL / "formulas.md"))
    document["waterfalls"]["normal"] = [{"inspect": {"name": "x", "value": "no_such_function(1)"}}]
    with pytest.raises(cf.DealError) as error:
        cf.Deal.from_dict(document)
    listed = re.search(r"expected a function among ([^;]*), found", str(error.value))
    assert listed is not None, error.value
    return set(re.findall(r"`(\w+)`", listed[1]))


def pages_of(kind: str) -> list[str]:
    return VERB_PAGES if kind == "verbs" else [f"{kind}.md"]


@pytest.mark.parametrize("kind", elements())
def test_every_element_has_an_entry_and_every_entry_an_element(kind: str) -> None:
    found = [name for page in pages_of(kind) for name in entries(MANUAL / page)]
    assert len(found) == len(set(found))
    assert not {f"{kind}.{name}" for name in elements()[kind] - set(found)} - WITHOUT_ENTRY
    assert not set(found) - elements()[kind]


HOLDERS = {
    "verbs": "Verb",
    "measures": "Measure",
    "effects": "Effect",
    "test-terms": "Test",
    "coupons": "Coupon",
    "amortisation": "Amortisation",
    "note-terms": "Note",
    "fees": "FeeAmount",
    "accounts": "Account",
    "leases": "Lease",
    "contracts": "Contract",
}
FIELDS = [*HOLDERS.items(), *(("fleets", holder) for holder in FLEETS)]


@pytest.mark.parametrize(("kind", "holder"), FIELDS)
def test_an_entry_names_every_field(kind: str, holder: str) -> None:
    definitions = schema()
    texts = {name: text for page in pages_of(kind) for name, text in entries(MANUAL / page).items()}
    for name, node in definitions[holder]["properties"].items():
        if name not in elements()[kind]:
            continue
        fields = definitions.get(node.get("$ref", "").rpartition("/")[2], {}).get("properties", {})
        common = {"from", "ranking", "weights", "order", "limit", "support"}
        for key in fields.keys() - (common if kind == "verbs" else set()):
            same_as = [texts[other] for other in re.findall(r"fields are those of `(\w+)`", texts.get(name, ""))]
            if not {f"{kind}.{name}", f"{kind}.{name}.{key}"} & WITHOUT_ENTRY:
                assert re.search(rf"\b{key}\b", "".join([texts[name], *same_as])), (
                    f"{kind}: {name} does not speak of {key}"
                )


CHOICES = [("supports", "Pay"), ("test-terms", "Test"), ("note-terms", "Note"), ("accounts", "Target")]


@pytest.mark.parametrize(("kind", "holder"), CHOICES)
def test_an_entry_names_every_choice(kind: str, holder: str) -> None:
    texts = entries(MANUAL / f"{kind}.md")
    for name, node in schema()[holder]["properties"].items():
        for choice in node.get("enum", []) if name in texts else []:
            is_there = f"`{choice}`" in texts[name]
            assert is_there or f"{kind}.{name}.{choice}" in WITHOUT_ENTRY, (name, choice)


def test_the_index_has_every_entry() -> None:
    index = (MANUAL / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\[`([^`]+)`\]\(([\w-]+\.md)#([^)]+)\)", index)
    assert all(name == anchor for name, _, anchor in links)
    assert sorted((page, name) for name, page, _ in links) == sorted(
        (page.name, name) for page in pages() for name in entries(page)
    )


def test_links_between_pages_arrive() -> None:
    for page in MANUAL.glob("*.md"):
        for target, anchor in re.findall(r"\]\(([\w./-]+\.md)?(#[\w-]+)?\)", page.read_text(encoding="utf-8")):
            file = page.parent / target if target else page
            assert file.exists(), f"{page.name}: {target}"
            heads = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.M)
            anchors = {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}
            assert not anchor or anchor[1:] in anchors, f"{page.name}: {target}{anchor}"
