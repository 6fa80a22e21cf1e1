"""What grows beyond 2^52 cents is told, however it grows: checks are left out only where nothing can grow so far.

Cash never pays anything here, so that all interest stays due. 2^52 cents are 45,035,996,273,704.96.
"""

from __future__ import annotations

from typing import Any

import pytest

from small_deals import Document, overflows


def unpaid(n_years: int, original_balance: float, coupon: Document, *steps: Document, **note: Any) -> Document:
    """A bullet of which nothing is ever paid."""
    years = [f"{2026 + year}-01-01" for year in range(n_years)]
    return {
        "deal": {"name": "unpaid", "currency": "USD", "closing_date": "2025-01-01", "waterfall_dates": "yearly"},
        "schedules": {"yearly": {"dates": years}},
        "inputs": {"index": {"unit": "number", "default": 0, "maximum": 0.01}},
        "accounts": {"cash": {}},
        "notes": {
            "note": {
                "original_balance": original_balance,
                "dated_date": "2025-01-01",
                "maturity_date": years[-1],
                "payment_dates": "yearly",
                "day_count": "30e/360",
                "coupon": coupon,
                "amortisation": {"bullet": {}},
                **note,
            }
        },
        "waterfalls": {
            "collection": [{"accrue_interest": {"notes": ["note"]}}],
            "normal": [
                *steps,
                {"pay_interest": {"notes": ["note"], "from": ["cash"]}},
                {"pay_principal": {"notes": ["note"], "from": ["cash"]}},
            ],
        },
    }


@pytest.mark.parametrize("floor", ["floor", "all_in_floor"])
def test_a_floor_above_all_of_the_index(floor: str) -> None:
    """18 trillions of interest a year."""
    coupon = {"floating": {"index": "index", floor: 0.9}}
    assert overflows(unpaid(3, 20_000_000_000_000, coupon))
    assert not overflows(unpaid(2, 20_000_000_000_000, coupon))
    assert overflows(unpaid(3, 20_000_000_000_000, coupon, rounding_unit=2_000_000_000))
    assert not overflows(unpaid(2, 20_000_000_000_000, coupon, rounding_unit=2_000_000_000))


def test_a_rate_that_grows_with_each_extension() -> None:
    """0, 4, 8, ... 20 trillions of interest: 40 on the fifth date, 60 on the sixth."""

    def extended(n_years: int) -> Document:
        extend, free = {"extend": {"notes": ["note"]}}, {"fixed": {"rate": 0}}
        document = unpaid(n_years, 40_000_000_000_000, free, extend, maturity_date="2026-01-01")
        later = document["schedules"]["yearly"]["dates"][1:]
        document["notes"]["note"]["extension"] = {"maturity_dates": later, "extra": 0.1}
        return document

    assert overflows(extended(10))
    assert not overflows(extended(5))


def test_a_balance_that_grows_by_its_interest() -> None:
    """After five years 24.76 trillions, then 22.28 of interest a year: 44.57 after two of them, 66.85 after three."""
    in_kind = {"when": "period.index < 5", "capitalize_interest": {"notes": ["note"]}}
    coupon = {"fixed": {"rate": 0.9}}
    assert overflows(unpaid(8, 1_000_000_000_000, coupon, in_kind))
    assert not overflows(unpaid(7, 1_000_000_000_000, coupon, in_kind))


def test_interest_at_a_fixed_rate() -> None:
    """Half of 2^52 - 1 cents, rounded up, twice; and 33.75 trillions, twice."""
    principal = [["2026-01-01", 20_000_000_000_000], ["2027-01-01", 25_035_996_273_704.95]]
    terms = {"amortisation": {"explicit": {"principal": principal}}}
    assert overflows(unpaid(2, 45_035_996_273_704.95, {"fixed": {"rate": 0.5}}, **terms))
    thirds = [11_000_000_000_000, 19_000_000_000_000, 15_000_000_000_000]
    principal = [[f"{2026 + year}-01-01", amount] for year, amount in enumerate(thirds)]
    terms = {"amortisation": {"explicit": {"principal": principal}}}
    assert overflows(unpaid(3, 45_000_000_000_000, {"fixed": {"rate": 0.75}}, **terms))


@pytest.mark.parametrize(("balance", "index"), [(100_000_000_000, 1000), (14_160_036_558.31, 3180.5)])
@pytest.mark.parametrize(("inside", "day_count"), [(False, "30e/360"), (True, "30e/360"), (False, "act/360")])
def test_interest_above_all_principal(balance: float, index: float, inside: bool, day_count: str) -> None:
    """1e16 cents; and 2^52 - 1/2, rounded up. Inside of a period a sweep finds no cash."""
    document = unpaid(1, balance, {"floating": {"index": "index"}}, day_count=day_count)
    document["inputs"]["index"] = {"unit": "number", "default": index, "maximum": index}
    document["sizing_case"] = {"index": 0}
    if inside:
        document["schedules"]["mid"] = {"dates": ["2025-07-01"]}
        document["deal"]["extra_dates"] = "mid"
        document["waterfalls"]["after"] = [{"sweep": {"notes": ["note"], "from": ["cash"]}}]
    assert overflows(document)


def test_growth_of_a_level_that_begins_near_nothing() -> None:
    """1e11 cents times 1e12 on the second date."""
    document = unpaid(2, 1_000_000_000, {"index_level": {"index": "level"}})
    steps = [["2025-01-01", 0.000000001], ["2027-01-01", 1000]]
    document["inputs"]["level"] = {"unit": "number", "default_steps": steps}
    document["sizing_case"] = {"level": 1}
    assert overflows(document)
