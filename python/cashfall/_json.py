"""Dictionaries to JSON without a change of any number: decimals keep their digits, dates become ISO text."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cashfall.errors import ArgumentError


def dumps(value: Any, path: str = "") -> str:
    """The JSON text of a document or a part of one; `path` is where it stands.

    JSON has no NaN and no infinity. They become texts, so that the engine refuses them with their place, among all else
    that is wrong.
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(_entry(key, item, path) for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(dumps(item, f"{path}[{index}]") for index, item in enumerate(value)) + "]"
    if isinstance(value, datetime.date):
        return json.dumps(value.isoformat()[:10])
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return json.dumps(str(value).lower())
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str | int | float) or value is None:
        return json.dumps(value)
    raise ArgumentError(f"{path or 'document'}: expected what a deal document can hold, found {value!r}")


def _entry(key: Any, item: Any, path: str) -> str:
    if not isinstance(key, str):
        raise ArgumentError(f"{path or 'document'}: expected a text as key, found {key!r}")
    return f"{json.dumps(key)}: {dumps(item, f'{path}.{key}' if path else key)}"
