"""Carry as a priority of payments: 100 in, 150 back after a year, 8% preferred, full catch-up, 20% carry.

Arithmetic of the usual fund agreement: the investor gets the capital and 8 of preferred return; the manager catches up
to 20% of the profit so far, a quarter of the preferred return; what is left is split 80 to 20. Of 150 that is 140 and
10.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest

import cashfall as cf
from cashfall.testing.scenario_paths import generate_scenarios
from differential import differences


def distribution(to: str, **limit: Any) -> dict[str, Any]:
    return {"distribute": {"to": to, "from": ["cash"]} | ({"limit": limit} if limit else {})}


FUND: dict[str, Any] = {
    "deal": {"name": "fund", "currency": "USD", "closing_date": "2025-01-01", "waterfall_dates": "exit"},
    "schedules": {"exit": {"dates": ["2026-01-01"]}},
    "inputs": {"contribution": {"unit": "amount", "default": 100}, "proceeds": {"unit": "number", "default": 1.5}},
    "cashflows": {"sale": {"direction": "in", "amounts": [["2026-01-01", 100]], "factor": "proceeds"}},
    "accounts": {"cash": {}},
    "equity": {"investor": {}, "manager": {}},
    "waterfalls": {
        "collection": [{"collect": {"from": ["sale"], "to": "cash"}}],
        "normal": [
            distribution("investor", cap="inputs.contribution"),
            distribution("investor", cap="0.08 * inputs.contribution"),
            distribution("manager", cap="0.25 * (0.08 * inputs.contribution)"),
            distribution("investor", share_of_due=0.8),
            distribution("manager"),
        ],
    },
}


@pytest.mark.parametrize(
    ("proceeds", "investor", "manager"),
    [
        (1.5, 140.0, 10.0),
        (1.1, 108.0, 2.0),
        (1.09, 108.0, 1.0),  # inside the catch-up
        (1.08, 108.0, 0.0),
        (0.9, 90.0, 0.0),
    ],
)
def test_carry(proceeds: float, investor: float, manager: float) -> None:
    result = cf.load(FUND).compile().run({"proceeds": proceeds})
    paid = [result.metrics[f"{owner}.distributed"][0] for owner in ("investor", "manager")]
    assert paid == [investor, manager]


def test_the_reference_agrees() -> None:
    document = copy.deepcopy(FUND)
    assert differences(document, generate_scenarios(document, 8, 1)) == []
