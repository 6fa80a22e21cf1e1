"""Steps of generated deals in an order that makes sense: nobody is paid after everything has been distributed."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, cast

from .reference.document import leaf_steps, verb_of

Step = MutableMapping[str, Any]


def pay_before_distributing(deal: dict[str, Any]) -> None:
    """Move each step that would find its accounts empty before the distribution that has emptied them.

    Where it distributes too, reads what was distributed, or stands in one block with the distribution, that one leaves
    something.
    """
    for steps in deal["waterfalls"].values():
        while (late := first_late(deal, steps)) is not None:
            distribution, before, after = late
            distributes = any("distribute" in part for part, _ in leaf_steps(deal, [steps[after]]))
            if before == after or distributes:
                distribution["distribute"]["limit"] = {"share_of_due": 0.9}
            else:
                steps.insert(before, steps.pop(after))


def first_late(deal: dict[str, Any], steps: list[Step]) -> tuple[Step, int, int] | None:
    """The first step all of whose sources have been distributed: the last distribution, its place, the late one's."""
    emptied: dict[str, tuple[Step, int]] = {}
    for place, step in enumerate(steps):
        for part, in_branch in leaf_steps(deal, [step]):
            body = part[verb_of(part)]
            names = sources(cast(Step, part))
            if names and all(name in emptied for name in names) and "support" not in body:
                distribution, before = max((emptied[name] for name in names), key=lambda found: found[1])
                return distribution, before, place
            for key in ("to", "account"):
                emptied.pop(str(body.get(key)), None)
            if "distribute" in part and not in_branch and not {"when", "dates"} & part.keys() and "limit" not in body:
                emptied |= dict.fromkeys(names, (cast(Step, part), place))
    return None


def sources(step: Step) -> list[str]:
    """The accounts that pay."""
    verb = verb_of(step)
    if verb in ("release_reserve", "release_trap"):
        return [step[verb]["account"]]
    found = [] if verb == "collect" else step[verb].get("from", [])
    return [found] if isinstance(found, str) else list(found)
