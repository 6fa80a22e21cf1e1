"""A small deal that tests change at will, and what is asked of any: that engine and reference agree, or refuse it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import cashfall as cf
from cashfall.testing.reference import InvalidDeal, Reference
from cashfall.testing.scenario_paths import generate_scenarios
from differential import differences

Document = dict[str, Any]

BASE: Document = {
    "deal": {"name": "nasty", "currency": "USD", "closing_date": "2025-01-01", "waterfall_dates": "quarterly"},
    "schedules": {"quarterly": {"regular": {"first": "2025-04-01", "last": "2027-01-01", "months": 3}}},
    "inputs": {"factor": {"unit": "number", "default": 1}},
    "cashflows": {
        "income": {
            "direction": "in",
            "amounts": [["2025-04-01", 500], ["2025-07-01", 300], ["2026-01-01", 901], ["2027-01-01", 10_000]],
            "factor": "factor",
        }
    },
    "accounts": {"cash": {}, "reserve": {"opening_balance": 10}},
    "notes": {
        "note": {
            "original_balance": 1_000,
            "dated_date": "2025-01-01",
            "maturity_date": "2027-01-01",
            "payment_dates": "quarterly",
            "day_count": "30/360_us",
            "coupon": {"fixed": {"rate": 0.0612345}},
            "amortisation": {"level": {"first_date": "2025-04-01"}},
        }
    },
    "equity": {"owner": {}},
    "waterfalls": {
        "collection": [{"collect": {"from": ["income"], "to": "cash"}}, {"accrue_interest": {"notes": ["note"]}}],
        "normal": [
            {"pay_interest": {"notes": ["note"], "from": ["cash"]}},
            {"pay_principal": {"notes": ["note"], "from": ["cash"]}},
            {"distribute": {"to": "owner", "from": ["cash"]}},
        ],
    },
}


def deal(**changes: Any) -> Document:
    """The base deal, with other values at paths whose points are written `__`; None takes a key away."""
    document = copy.deepcopy(BASE)
    for path, value in changes.items():
        *above, last = path.split("__")
        place: Any = document
        for key in above:
            place = place[int(key)] if key.isdigit() else place.setdefault(key, {})
        if value is None:
            del place[last]
        elif isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    return document


def capped(formula: str) -> Document:
    return deal(waterfalls__normal__2__distribute__limit={"cap": formula})


def agree(document: Document, n_scenarios: int = 4) -> None:
    """Engine and reference do, in random scenarios."""
    found = differences(document, generate_scenarios(document, n_scenarios, 1))
    assert found == [], found


def refused(document: Document, *words: str) -> None:
    """Both sides refuse it; the engine as a wrong deal, and says so in these words."""
    with pytest.raises(cf.DealError) as error:
        cf.load(document).compile()
    for word in words:
        assert word in str(error.value), error.value
    with pytest.raises(InvalidDeal):
        Reference(document)


def overflows(document: Document) -> bool:
    """Whether the base case does, as engine and reference agree."""
    agree(document, 2)
    return bool(cf.Deal.from_dict(document).compile().run().metrics["outcome"][0] == 1)
