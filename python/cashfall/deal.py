"""Deal documents: loading, changing and compiling them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from cashfall import _core
from cashfall.document import Deal as DealDocument
from cashfall.errors import ArgumentError
from cashfall.plan import Plan

_SHIPPED = Path(__file__).parent / "deals"

#: The most tables and lists in one another that a document from a dictionary may have.
_MOST_LEVELS = 128


class _Source(NamedTuple):
    """What a deal was made from. A pickled deal keeps it: the canonical form would sort its tables by name."""

    syntax: Literal["toml", "json", "dict"]
    text: str
    changes: tuple[tuple[str, str], ...] = ()


class Deal:
    """A deal document: data, in the language of `docs/reference/language.md`.

    A deal is made by `load`, or by `Deal.from_toml`, `Deal.from_json` and `Deal.from_dict`. It is immutable; `replace`
    makes a changed copy. `compile` makes the plan that runs.

    Raises
    ------
    DealError
        If the document is not valid; the error lists every problem with its place and the way out.
    """

    __slots__ = ("_document", "_source", "document_name")

    document_name: str

    def __init__(self, source: _Source, document_name: str) -> None:
        document = _read(source, document_name)
        document.check()
        self._document = document
        self._source = source
        self.document_name = document_name

    @classmethod
    def from_toml(cls, text: str, name: str = "document") -> Deal:
        """The deal of a TOML text; `name` is what messages call it."""
        return cls(_Source("toml", text), name)

    @classmethod
    def from_json(cls, text: str, name: str = "document") -> Deal:
        """The deal of a JSON text; `name` is what messages call it."""
        return cls(_Source("json", text), name)

    @classmethod
    def from_dict(cls, document: DealDocument | Mapping[str, Any], name: str = "document") -> Deal:
        """The deal of a dictionary, whose dates may be `datetime.date` or ISO text and whose numbers may be `Decimal`.

        Annotate it as `cashfall.document.Deal` to have a type checker look at its keys.
        """
        return cls(_Source("dict", _to_json(document)), name)

    @property
    def name(self) -> str:
        """The deal's short name."""
        return str(self._terms["name"])

    @property
    def title(self) -> str | None:
        """The deal's full name."""
        return self._terms.get("title")

    @property
    def description(self) -> str | None:
        """What the deal is, in a paragraph."""
        return self._terms.get("description")

    @property
    def text(self) -> str:
        """The document as it was written; in its canonical form if it was made from a dictionary or by `replace`."""
        written = self._source.syntax != "dict" and not self._source.changes
        return self._source.text if written else self.canonical_json()

    @property
    def _terms(self) -> dict[str, Any]:
        return dict(self.to_dict()["deal"])

    def to_dict(self) -> dict[str, Any]:
        """The document as a dictionary; dates are ISO text."""
        return dict(json.loads(self.canonical_json()))

    def canonical_json(self) -> str:
        """The document in one form, whatever its syntax and order: what the fingerprint is taken of."""
        return self._document.canonical_json()

    def replace(self, changes: Mapping[str, Any]) -> Deal:
        """A copy with other values at paths such as `notes.senior.coupon.fixed.rate`.

        Examples
        --------
        >>> import cashfall as cf
        >>> dearer = cf.load("beignet").replace({"notes.senior.coupon.fixed.rate": 0.07})
        >>> dearer.to_dict()["notes"]["senior"]["coupon"]["fixed"]["rate"]
        0.07
        """
        added = tuple((path, _to_json(value)) for path, value in changes.items())
        return Deal(self._source._replace(changes=self._source.changes + added), self.document_name)

    def compile(self) -> Plan:
        """The plan of this deal: names resolved, schedules sized, steps turned into operations."""
        return Plan._of(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Deal) and self.canonical_json() == other.canonical_json()

    def __hash__(self) -> int:
        return hash(self.canonical_json())

    def __repr__(self) -> str:
        return f"<cashfall.Deal {self.name!r}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Deal, (self._source, self.document_name)


def _read(source: _Source, name: str) -> _core.Document:
    if source.syntax == "toml":
        document = _core.Document.from_toml(source.text, name)
    else:
        document = _core.Document.from_json(source.text, name, source.syntax == "json")
    for path, json_text in source.changes:
        document = document.replace(path, json_text)
    return document


def _to_json(value: Any) -> str:
    from cashfall._json import dumps

    levels = _levels(value)
    if levels is None:
        raise ArgumentError("expected a deal document, found one that nests without end: it holds itself")
    if levels > _MOST_LEVELS:
        raise ArgumentError(
            f"expected a deal document of at most {_MOST_LEVELS} tables and lists in one another, found {levels}"
        )
    return dumps(value)


def _levels(value: Any) -> int | None:
    """How many tables and lists stand in one another at most; None if one of them holds itself."""
    most = 0
    around: dict[int, Iterator[Any]] = {0: iter([value])}
    while around:
        last = next(reversed(around))
        below = next(around[last], around)
        if below is around:
            del around[last]
        elif isinstance(below, Mapping | list | tuple):
            if id(below) in around:
                return None
            around[id(below)] = iter(below.values() if isinstance(below, Mapping) else below)
            most = max(most, len(around) - 1)
    return most


def deals() -> list[str]:
    """The names of the deals that come with cashfall."""
    return sorted(path.stem for path in _SHIPPED.glob("*.toml"))


def load(source: str | os.PathLike[str] | DealDocument | Mapping[str, Any]) -> Deal:
    """A shipped deal by name, a deal document by path (`.toml` or `.json`), or a deal from a dictionary.

    Raises
    ------
    DealError
        If the document is not valid.
    FileNotFoundError
        If there is no shipped deal and no file of that name.
    ArgumentError
        If it is none of these.

    Examples
    --------
    >>> import cashfall as cf
    >>> cf.load("beignet").name
    'beignet'
    """
    if isinstance(source, Mapping):
        return Deal.from_dict(source)
    if not isinstance(source, str | os.PathLike):
        raise ArgumentError(
            "expected the name of a shipped deal, a path ending in .toml or .json, or a deal document as a dictionary, "
            f"found {source!r}"
        )
    path = Path(source)
    if path.suffix not in (".toml", ".json"):
        path = _SHIPPED / f"{source}.toml"
        if not path.exists():
            raise FileNotFoundError(_unknown_deal(str(source)))
    text = path.read_text(encoding="utf-8")
    return Deal.from_json(text, path.name) if path.suffix == ".json" else Deal.from_toml(text, path.name)


def _unknown_deal(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, deals(), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"expected a shipped deal ({', '.join(deals())}) or a path ending in .toml or .json, found {name!r}{hint}"


def schema(kind: Literal["json", "typed_dict"] = "json") -> str:
    """The JSON Schema of deal documents, or the Python source of their `TypedDict`s, from the engine's declarations."""
    if kind == "json":
        return _core.json_schema()
    if kind == "typed_dict":
        return _core.typed_dicts()
    raise ArgumentError(f"kind: expected 'json' or 'typed_dict', found {kind!r}")
