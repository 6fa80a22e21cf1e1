"""A deal document as plain data: TOML or JSON text, a path, or a dict. It is assumed to be valid."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

Document = dict[str, Any]


def load(document: str | Mapping[str, Any]) -> Document:
    """Read a document; decimals keep their text."""
    if not isinstance(document, str):
        return dict(document)
    text = document
    if "\n" not in text and text.endswith((".toml", ".json")):
        text = Path(text).read_text(encoding="utf-8")
    read = json.loads if text.lstrip().startswith("{") else tomllib.loads
    return dict(read(text, parse_float=Decimal))


def variant(entry: Mapping[str, Any] | str) -> tuple[str, Any]:
    """The tag and the content of an externally tagged choice such as `{ fixed = { ... } }`."""
    assert isinstance(entry, Mapping) and len(entry) == 1, f"expected one tag, found {entry!r}"
    return next(iter(entry.items()))


VERBS = (
    "collect",
    "accrue_fee",
    "accrue_interest",
    "pay",
    "pay_fee",
    "pay_interest",
    "pay_principal",
    "pay_cost",
    "sweep",
    "fill_reserve",
    "release_reserve",
    "release_trap",
    "transfer",
    "convert",
    "buy_asset",
    "sell_asset",
    "distribute",
    "run_tests",
    "book",
    "pay_tax",
    "pay_excess",
    "draw_facility",
    "repay_facility",
    "settle_swap",
    "terminate_swap",
    "settle_cap",
    "capitalize_interest",
    "write_down",
    "write_up",
    "prepay",
    "fund_note",
    "refinance",
    "extend",
    "set_status",
    "accelerate",
    "rescind",
    "waive",
    "inspect",
    "if",
    "run_steps",
)


def verb_of(step: Mapping[str, Any]) -> str:
    """A step has exactly one verb."""
    verbs = [verb for verb in VERBS if verb in step]
    assert len(verbs) == 1, f"expected one verb, found {verbs}"
    return verbs[0]


def leaf_steps(
    document: Mapping[str, Any], steps: Sequence[Mapping[str, Any]], in_branch: bool = False
) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """steps.md, position: the steps "in the order in which they stand, those of blocks in their place; `if` and
    `run_steps` do not count"; and whether each stands in a branch of an `if`.
    """
    for step in steps:
        if "run_steps" in step:
            yield from leaf_steps(document, document["blocks"][step["run_steps"]["block"]], in_branch)
        elif "if" in step:
            yield from leaf_steps(document, step["if"]["then"], True)
            yield from leaf_steps(document, step["if"].get("else", []), True)
        else:
            yield step, in_branch
            for block in blocks_after(document, step):
                yield from leaf_steps(document, document["blocks"][block], True)


def blocks_after(document: Mapping[str, Any], step: Mapping[str, Any]) -> list[str]:
    """acceleration.md, run_steps: "the steps of the block happen after the `run_tests` step"."""
    tests = [document["tests"][name] for name in step.get("run_tests", {}).get("tests", [])]
    written = [effect for test in tests for effect in test.get("effects", [])]
    return [effect["run_steps"]["block"] for effect in written if "run_steps" in effect]


def leaf_waterfalls(document: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """Every waterfall by its steps, as the ledger counts them."""
    waterfalls = document["waterfalls"].items()
    return {name: [step for step, _ in leaf_steps(document, steps)] for name, steps in waterfalls}
