"""The committed `TypedDict`s are those the engine declares, and the stub tells the truth about the extension module."""

from __future__ import annotations

import re
import subprocess
import sys
import types
import typing
from pathlib import Path

import pytest

import cashfall as cf
from cashfall import document
from cashfall.testing import relations


def test_the_file_is_what_the_engine_generates() -> None:
    """After a change: `cashfall schema --typed-dict > python/cashfall/document.py`."""
    text = Path(document.__file__).read_text(encoding="utf-8")
    assert text.rstrip("\n") == cf.schema("typed_dict").rstrip("\n")


def test_the_laws_know_every_key_that_holds_a_formula() -> None:
    text = Path(document.__file__).read_text(encoding="utf-8")
    keys = re.findall(r"^ +\"?(\w+)\"?: (?:Not)?Required\[Formula\],?$", text, re.MULTILINE)
    assert sorted(set(keys)) == sorted(relations.FORMULA_KEYS)


def keys_fit(value: object, kind: object) -> bool:
    """Whether a value of a shipped document fits a type of the file, tables and keys only."""
    if typing.is_typeddict(kind):
        hints = typing.get_type_hints(kind)
        assert isinstance(value, dict)
        assert value.keys() <= hints.keys(), (kind, value.keys() - hints.keys())
        assert kind.__required_keys__ <= value.keys(), kind  # type: ignore[attr-defined]
        return all(keys_fit(item, hints[key]) for key, item in value.items())
    arguments = typing.get_args(kind)
    if isinstance(kind, types.UnionType):
        return True
    if typing.get_origin(kind) is dict:
        assert isinstance(value, dict)
        return all(keys_fit(item, arguments[1]) for item in value.values())
    if typing.get_origin(kind) is list:
        assert isinstance(value, list)
        return all(keys_fit(item, arguments[0]) for item in value)
    return True


@pytest.mark.parametrize("name", cf.deals())
def test_shipped_deals_fit_the_types(name: str) -> None:
    assert keys_fit(cf.load(name).to_dict(), document.Deal)


def test_stubtest() -> None:
    pytest.importorskip("mypy", reason="un-skipped by the extra `dev`")
    run = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "cashfall._core"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
