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
    if hasattr(value, "tolist"):  # NumPy's arrays and scalars; a date of any resolution as one of days
        value = (value.astype("M8[D]") if value.dtype.kind == "M" else value).tolist()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(dumps(item, f"{path}[{index}]") for index, item in enumerate(value)) + "]"
    if isinstance(value, datetime.datetime) and value.time() != datetime.time():
        return json.dumps(value.isoformat())
    if isinstance(value, datetime.date):
        return json.dumps(value.isoformat()[:10])
    if (isinstance(value, float) and not math.isfinite(value)) or (
        isinstance(value, Decimal) and not value.is_finite()
    ):
        return json.dumps(str(value).lower())
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return format(Decimal(value), "f")  # Python refuses to write an int of very many digits
    if isinstance(value, str | bool | float) or value is None:
        return json.dumps(value)
    raise ArgumentError(f"{path or 'document'}: expected what a deal document can hold, found {value!r}")


def _entry(key: Any, item: Any, path: str) -> str:
    if not isinstance(key, str):
        raise ArgumentError(f"{path or 'document'}: expected a text as key, found {key!r}")
    return f"{json.dumps(key)}: {dumps(item, f'{path}.{key}' if path else key)}"
