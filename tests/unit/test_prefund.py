"""Reserves that are funded for the highest requirement still to come."""

from __future__ import annotations

from typing import Any

import pytest

import cashfall as cf

DATES = [f"{year}-01-15" for year in range(2026, 2031)]
PRINCIPAL = [10, 40, 20, 25, 5]


def deal(target: dict[str, Any], **tests: Any) -> cf.Deal:
    """A note that repays 10, 40, 20, 25 and 5 at no interest, from cash that suffices."""
    document: dict[str, Any] = {
        "deal": {"name": "prefund", "currency": "USD", "closing_date": "2025-01-15", "waterfall_dates": "yearly"},
        "schedules": {"yearly": {"dates": DATES}},
        "accounts": {"cash": {"opening_balance": 1_000}, "reserve": {"target": target}},
        "equity": {"owner": {}},
        "notes": {
            "loan": {
                "original_balance": 100,
                "dated_date": "2025-01-15",
                "maturity_date": DATES[-1],
                "payment_dates": "yearly",
                "day_count": "30/360_us",
                "coupon": {"fixed": {"rate": 0}},
                "amortisation": {"explicit": {"principal": [list(row) for row in zip(DATES, PRINCIPAL, strict=True)]}},
            }
        },
        "waterfalls": {
            "collection": [{"accrue_interest": {"notes": ["loan"]}}],
            "normal": [
                {"pay": {"dues": ["loan.interest_due", "loan.principal_due"], "from": ["cash"]}},
                {"fill_reserve": {"account": "reserve", "from": ["cash"]}},
                {"release_reserve": {"account": "reserve", "to": "cash"}},
            ],
        },
    }
    return cf.Deal.from_dict(document)


def reserve(target: dict[str, Any]) -> tuple[list[float], list[float]]:
    result = deal(target).compile().run()
    return result["reserve.target"][:, 0].tolist(), result["reserve.balance"][:, 0].tolist()


FORWARD = {"formula": "forward_sum(loan.scheduled_principal, 1)", "view": "scheduled"}


def test_the_path_is_the_next_payment() -> None:
    assert reserve(FORWARD) == ([40.0, 20.0, 25.0, 5.0, 0.0],) * 2
    assert reserve(FORWARD | {"prefund": "path"}) == reserve(FORWARD)


def test_the_peak_is_the_greatest_still_to_come() -> None:
    assert reserve(FORWARD | {"prefund": "peak"}) == ([40.0, 25.0, 25.0, 5.0, 0.0],) * 2


def test_the_date_of_the_peak_is_told() -> None:
    result = deal(FORWARD | {"prefund": "peak"}).compile().run()
    # On the third date 25.00 is the principal of the fourth.
    told = result.explain("reserve.target", period=1)
    assert "the highest requirement still to come, that of 2028-01-15" in told


def test_below_zero_counts_as_zero() -> None:
    terms = {"formula": "loan.scheduled_principal - 20", "prefund": "peak"}
    # -10, 20, 0, 5, -15
    assert reserve(terms)[0] == [20.0, 20.0, 5.0, 5.0, 0.0]


def test_a_value_out_of_range_does_not_compile() -> None:
    terms = {"formula": "loan.scheduled_principal * 1000000 * 4000000", "prefund": "peak"}
    with pytest.raises(cf.DealError, match="on every date, found more on 2029-01-15"):
        deal(terms).compile()


def test_a_fixed_point_that_is_not_found_does_not_compile() -> None:
    terms = {"formula": "solve(x, loan.scheduled_principal + 0.5 * x, 0, 60)", "prefund": "peak"}
    assert reserve(terms)[0] == [80.0, 80.0, 50.0, 50.0, 10.0]
    terms["formula"] = "solve(x, loan.scheduled_principal + 0.5 * x, 0, 3)"
    with pytest.raises(cf.DealError, match="finds its fixed point on every date, found none on 2030-01-15"):
        deal(terms).compile()
