"""Dictionaries to JSON without a change of any number: decimals keep their digits, dates become ISO text."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cashfall.errors import ArgumentError


def dumps(value: Any) -> str:
    """The JSON text of a document or a part of one."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {dumps(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(dumps(item) for item in value) + "]"
    if isinstance(value, datetime.date):
        return json.dumps(value.isoformat()[:10])
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ArgumentError(f"expected a finite number, found {value}")
        return format(value, "f")
    try:
        return json.dumps(value.item() if hasattr(value, "item") else value, allow_nan=False)
    except (TypeError, ValueError):
        raise ArgumentError(f"expected what a deal document can hold, found {value!r}") from None


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise ArgumentError(f"expected a text as key, found {key!r}")
    return json.dumps(key)
