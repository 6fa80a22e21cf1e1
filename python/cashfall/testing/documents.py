"""Generated documents that print as TOML, and parts of them: what is drawn can be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cashfall.deal import Deal

from .toml_text import to_toml


class Document(dict[str, Any]):
    """A deal document, a dict that prints as TOML."""

    def __repr__(self) -> str:
        return to_toml(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(f"'''\n{to_toml(self)}'''")


class DrawnDeal(Deal):
    """A deal that prints as its document, in full; in all else a `cashfall.Deal`."""

    __slots__ = ()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(f"cashfall.Deal.from_toml('''\n{self.text}''')")


class Part(dict[str, Any]):
    """One object or step of a deal document, with its name and the document in which it is valid; it prints as TOML."""

    def __init__(self, document: Mapping[str, Any], table: str, name: str, entry: Mapping[str, Any]) -> None:
        super().__init__(entry)
        self.document = document
        self.table = table
        self.name = name

    def __repr__(self) -> str:
        only = {self.name: [dict(self)] if self.table == "waterfalls" else dict(self)}
        return to_toml({self.table: only}).strip()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(f"'''\n{self!r}\n'''")


def objects(document: Mapping[str, Any], table: str) -> list[Part]:
    """The objects of a table of a document."""
    return [Part(document, table, name, entry) for name, entry in document.get(table, {}).items()]


def steps(document: Mapping[str, Any]) -> list[Part]:
    """The steps of a document, each under its waterfall's name."""
    return [
        Part(document, "waterfalls", name, step) for name, steps in document["waterfalls"].items() for step in steps
    ]
