"""The frequency of a note on listed dates, by which a yield compounds."""

from __future__ import annotations

import pytest

import cashfall as cf


@pytest.mark.parametrize(
    ("dates", "months", "days"),
    [
        (["2025-07-01", "2026-01-01", "2026-07-01", "2027-01-01"], 6, 720),
        (["2025-07-01", "2026-01-01", "2027-01-01"], 6, 720),  # 6 and 12 months
        (["2026-01-01"], 12, 360),
        (["2025-01-08", "2025-01-15"], 1, 14),  # less than half a month, but never less than one
    ],
)
def test_a_yield_compounds_at_the_frequency_of_listed_dates(dates: list[str], months: int, days: int) -> None:
    """A note without a coupon, at 8%: 100 / (1 + 8% m / 12) ^ (12 t / m)."""
    note = {
        "original_balance": 1_000,
        "dated_date": "2025-01-01",
        "maturity_date": dates[-1],
        "payment_dates": "listed",
        "day_count": "30/360_us",
        "coupon": {"fixed": {"rate": 0}},
        "amortisation": {"bullet": {}},
    }
    document = {
        "deal": {"name": "listed", "currency": "USD", "closing_date": "2025-01-01", "waterfall_dates": "listed"},
        "schedules": {"listed": {"dates": dates}},
        "accounts": {"cash": {"opening_balance": 1_000}},
        "notes": {"note": note},
        "waterfalls": {
            "collection": [{"accrue_interest": {"notes": ["note"]}}],
            "normal": [{"pay": {"dues": ["note.interest_due", "note.principal_due"], "from": ["cash"]}}],
        },
    }
    result = cf.Deal.from_dict(document).compile().run()
    price = cf.analytics.price_from_yield(result, "note", 0.08, "2025-01-01")
    assert price.clean == pytest.approx(100 * (1 + 0.08 * months / 12) ** (-12 * days / 360 / months), abs=1e-9)
