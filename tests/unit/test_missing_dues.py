"""Dues that an object does not have: the engine and the reference both refuse to pay them."""

from __future__ import annotations

from typing import Any

import pytest

import cashfall as cf
from cashfall.testing.reference import InvalidDeal, Reference

CAP = {"annual": 10, "year_starts": "closing"}
LEG = {"rate": {"fixed": {"rate": 0.03}}, "day_count": "30/360_us"}


def document(*steps: dict[str, Any], swap: bool = False) -> dict[str, Any]:
    """A note, a fee and perhaps a swap, paid as they must be, and then these steps."""
    written: dict[str, Any] = {
        "deal": {"name": "dues", "currency": "USD", "closing_date": "2025-01-01", "waterfall_dates": "yearly"},
        "schedules": {"yearly": {"dates": ["2026-01-01", "2027-01-01"]}},
        "accounts": {"cash": {"opening_balance": 1_000}},
        "equity": {"owner": {}},
        "fees": {"agency": {"payment_dates": "yearly", "amount": {"fixed": {"per_date": 25}}}},
        "notes": {
            "loan": {
                "original_balance": 100,
                "dated_date": "2025-01-01",
                "maturity_date": "2027-01-01",
                "payment_dates": "yearly",
                "day_count": "30/360_us",
                "coupon": {"fixed": {"rate": 0.05}},
                "amortisation": {"bullet": {}},
            }
        },
        "waterfalls": {
            "collection": [{"accrue_fee": {"fees": ["agency"]}}, {"accrue_interest": {"notes": ["loan"]}}],
            "normal": [
                {"pay": {"dues": ["agency.due", "loan.interest_due", "loan.principal_due"], "from": ["cash"]}},
                *steps,
                {"distribute": {"to": "owner", "from": ["cash"]}},
            ],
        },
    }
    if swap:
        written["swaps"] = {
            "hedge": {"pay": LEG, "receive": LEG, "notional": {"note": "loan"}, "payment_dates": "yearly"}
        }
        written["waterfalls"]["normal"].append({"settle_swap": {"swap": "hedge", "to": "cash", "from": ["cash"]}})
    return written


def pay(due: str) -> dict[str, Any]:
    return {"pay": {"dues": [due], "from": ["cash"]}}


@pytest.mark.parametrize(
    ("step", "way_out"),
    [
        (pay("agency.excess_due"), "add `fees.agency.cap`, or drop the due"),
        ({"pay_excess": {"fees": ["agency"], "from": ["cash"]}}, "add `fees.agency.cap`, or drop the fee here"),
        (pay("loan.additional_interest_due"), "add `notes.loan.anticipated_repayment`, or drop the due"),
        (pay("loan.premium_due"), "add `acceleration` with `premium = true` for `loan`, or drop the due"),
        (pay("hedge.termination_due"), "add a `terminate_swap` step for `hedge`, or drop the due"),
    ],
)
def test_a_due_that_its_object_does_not_have(step: dict[str, Any], way_out: str) -> None:
    written = document(step, swap="hedge" in str(step))
    with pytest.raises(cf.DealError, match="expected") as error:
        cf.Deal.from_dict(written)
    assert way_out in str(error.value)
    with pytest.raises(InvalidDeal, match="has no"):
        Reference(written)


def test_with_what_it_lacks_it_is_paid() -> None:
    written = document(pay("agency.excess_due"))
    written["fees"]["agency"]["cap"] = CAP
    assert cf.Deal.from_dict(written).compile().run()["agency.excess_paid"][0, 0] == 15.0
    Reference(written)
