"""Reserves that are funded for the highest requirement still to come (rule book, accounts.md, prefund)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .known import scheduled_moments

if TYPE_CHECKING:
    from .plan import Plan


def read_peaks(plan: Plan) -> dict[str, list[int]]:
    """accounts.md, prefund, `peak`: by account the target on every date."""
    accounts = plan.table("accounts").items()
    peaked = [name for name, entry in accounts if entry.get("target", {}).get("prefund", "path") == "peak"]
    paths = {name: [plan.targets[name](moment) for moment in scheduled_moments(plan)] for name in peaked}
    return {name: [highest_from(path, index) for index in range(len(path))] for name, path in paths.items()}


def highest_from(path: list[int], index: int) -> int:
    """accounts.md, prefund: "the greatest of the formula's values on this and all later grid dates"."""
    return max(path[index:])
