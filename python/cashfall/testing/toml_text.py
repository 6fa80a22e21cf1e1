"""A small TOML writer for deal documents, made to be read."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def to_toml(deal: Mapping[str, Any]) -> str:
    """Print a deal document as TOML: one table an object, one array entry a step."""
    lines: list[str] = []
    for key, value in deal.items():
        if key in ("blocks", "waterfalls"):
            empty = [f"{name} = []" for name, steps in value.items() if not steps]
            lines += [f"[{key}]", *empty, ""] if empty else []
            for name, steps in value.items():
                for step in steps:
                    lines += [f"[[{key}.{name}]]", *pairs(step), ""]
        elif key in ("deal", "sizing_case", "schedules", "inputs", "accounts", "equity", "acceleration"):
            lines += [f"[{key}]", *pairs(value), ""]
        else:
            for name, entry in value.items():
                lines += [f"[{key}.{name}]", *pairs(entry), ""]
    return "\n".join(lines)


def pairs(entry: Mapping[str, Any]) -> list[str]:
    """A table's keys, one a line."""
    return [f"{key} = {text(value)}" for key, value in entry.items()]


def text(value: object) -> str:
    """A value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(pairs(value)) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(text(part) for part in value) + "]"
    assert isinstance(value, int | float), f"no TOML for {value!r}"
    return repr(value)


def plain(value: Decimal) -> str:
    """A decimal without exponent, as an integer where it is written as one."""
    return format(value, "f")
