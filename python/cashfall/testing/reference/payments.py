"""How a verb that pays outside payees finds them, what they ask for, and what a payment does to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .scenario import Scenario


@dataclass(frozen=True)
class Payment:
    """One row of the table of verbs in steps.md.

    `field` is the step's field that lists the payees, which is also the table they stand in; `due` the quantity by
    which a `pay` step names what this verb pays.
    """

    field: str
    request: Callable[[Scenario, str], int]
    credit: Callable[[Scenario, str, int], None]
    due: str = ""
