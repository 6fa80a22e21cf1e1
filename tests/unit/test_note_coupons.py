"""Coupons that step or float, default rates and balances that change inside a period, against arithmetic by hand."""

from __future__ import annotations

import copy
import datetime as dt
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import cashfall as cf

Document = dict[str, Any]
SCALE = 10**9


def rounded(value: Fraction) -> int:
    """Half away from zero."""
    sign = -1 if value < 0 else 1
    return sign * int((2 * abs(value) + 1) // 2)


def deal(coupon: Document, **note: Any) -> Document:
    """A bullet of 1,000,000 with quarterly payments on a monthly grid, and cash enough."""
    return {
        "deal": {
            "name": "coupons",
            "currency": "USD",
            "closing_date": "2025-01-01",
            "waterfall_dates": "monthly",
        },
        "schedules": {
            "monthly": {"regular": {"first": "2025-01-01", "last": "2026-01-01", "months": 1}},
            "quarterly": {"regular": {"first": "2025-04-01", "last": "2026-01-01", "months": 3}},
        },
        "inputs": {
            "index": {
                "unit": "number",
                "default_steps": [["2025-01-01", 0.04], ["2025-03-01", 0.05], ["2025-07-01", 0.03]],
                "maximum": 2,
            },
            "swept": {"unit": "amount", "default": 0},
            "flag": {"unit": "number", "default": 0},
        },
        "cashflows": {"income": {"direction": "in", "amounts": [["2025-01-01", 2_000_000]]}},
        "accounts": {"cash": {}},
        "notes": {
            "note": {
                "original_balance": 1_000_000,
                "dated_date": "2025-01-01",
                "maturity_date": "2026-01-01",
                "payment_dates": "quarterly",
                "day_count": "act/360",
                "coupon": coupon,
                "amortisation": {"bullet": {}},
                **note,
            }
        },
        "equity": {"owner": {}},
        "waterfalls": {
            "collection": [{"collect": {"from": ["income"], "to": "cash"}}, {"accrue_interest": {"notes": ["note"]}}],
            "normal": [
                {"pay_interest": {"notes": ["note"], "from": ["cash"]}},
                {"pay_principal": {"notes": ["note"], "from": ["cash"]}},
            ],
        },
    }


def run(document: Document, inputs: Document | None = None) -> dict[str, list[int]]:
    plan = cf.Deal.from_dict(document).compile()
    names = [name for name in plan.outputs if name.startswith("note.")]
    result = plan.run(inputs or {}, record=["note.*"], unit="cents")
    return {name.removeprefix("note."): [int(value) for value in result[name][:, 0]] for name in names}


def days(start: str, end: str) -> int:
    return (dt.date.fromisoformat(end) - dt.date.fromisoformat(start)).days


QUARTERS = [
    ("2025-01-01", "2025-04-01"),
    ("2025-04-01", "2025-07-01"),
    ("2025-07-01", "2025-10-01"),
    ("2025-10-01", "2026-01-01"),
]
PAID = [3, 6, 9, 12]


def expected(rates: list[int], balance: int = 100_000_000) -> list[int]:
    return [
        rounded(Fraction(balance * rate * days(*quarter), SCALE * 360))
        for rate, quarter in zip(rates, QUARTERS, strict=True)
    ]


def accrued(flows: dict[str, list[int]]) -> list[int]:
    assert all(value == 0 for t, value in enumerate(flows["interest_accrued"]) if t not in PAID)
    return [flows["interest_accrued"][t] for t in PAID]


@pytest.mark.parametrize(
    ("terms", "percents"),
    [
        ({}, ["0.04", "0.05", "0.03", "0.03"]),
        ({"fixing": "in_arrears"}, ["0.05", "0.03", "0.03", "0.03"]),
        ({"fixing": "in_arrears", "lookback": 4}, ["0.04", "0.05", "0.05", "0.03"]),
        ({"margin": 0.02, "floor": 0.035}, ["0.06", "0.07", "0.055", "0.055"]),
        ({"margin": 0.02, "credit_adjustment": 0.001, "floor": 0.031}, ["0.061", "0.071", "0.051", "0.051"]),
        ({"all_in_floor": 0.035, "all_in_cap": 0.045}, ["0.04", "0.045", "0.035", "0.035"]),
        ({"margin": 0.0005, "rate_decimals": 3}, ["0.041", "0.051", "0.031", "0.031"]),
        ({"margin": -0.2}, ["0", "0", "0", "0"]),
    ],
)
def test_floating(terms: Document, percents: list[str]) -> None:
    flows = run(deal({"floating": {"index": "index", **terms}}))
    rates = [int(Fraction(percent) * SCALE) for percent in percents]
    assert accrued(flows) == expected(rates)


def test_steps() -> None:
    flows = run(deal({"steps": [["2025-01-01", 0.05], ["2025-06-01", 0.06]]}))
    assert accrued(flows) == expected([50_000_000, 50_000_000, 60_000_000, 60_000_000])


def test_default_rate() -> None:
    extra = {"default_rate": {"extra": 0.02, "when": "inputs.flag > 0.5"}}
    flags = np.zeros(13)
    flags[6] = 1
    flows = run(deal({"fixed": {"rate": 0.05}}, **extra), {"flag": flags})
    assert accrued(flows) == expected([50_000_000, 70_000_000, 50_000_000, 50_000_000])
    plan = cf.Deal.from_dict(deal({"fixed": {"rate": 0.05}}, **extra)).compile()
    assert (
        list(plan.run({"flag": flags}, record=["note.rate"])["note.rate"][:, 0])
        == [0] * 3 + [0.05] * 3 + [0.07] * 3 + [0.05] * 4
    )


def test_simple_and_compounded() -> None:
    index = [40, 40, 50, 50, 50, 50, 30, 30, 30, 30, 30, 30, 30]
    dates = [dt.date(2025, month, 1) for month in range(1, 13)] + [dt.date(2026, 1, 1)]
    weights = [(dates[t + 1] - dates[t]).days for t in range(12)]
    for lookback, shift, lockout in [
        (0, False, 0),
        (1, False, 0),
        (1, True, 0),
        (0, False, 1),
        (2, True, 2),
        (0, False, 5),
    ]:
        simple, compounded = [], []
        for first in (0, 3, 6, 9):
            observed = []
            for j in range(3):
                read = j if j + lockout < 3 else max(0, 2 - lockout)
                at, weighed = max(0, first + read - lookback), max(0, first + j - lookback)
                observed.append((index[at] * 10**6, weights[weighed if shift else first + j]))
            total = sum(weight for _, weight in observed)
            simple.append(rounded(Fraction(sum(r * w for r, w in observed), total)))
            factor = SCALE
            for rate, weight in observed:
                factor = rounded(Fraction(factor * (SCALE * 360 + rate * weight), SCALE * 360))
            compounded.append(rounded(Fraction((factor - SCALE) * 360, total)))
        terms = {"index": "index", "lookback": lookback, "observation_shift": shift, "lockout": lockout}
        assert accrued(run(deal({"simple_daily": terms}))) == expected(simple)
        assert accrued(run(deal({"compounded": terms}))) == expected(compounded)


def test_index_level() -> None:
    """Source: the SOFR Index of the Federal Reserve Bank of New York, 2025-01-17 and 2025-11-17."""
    document = deal({"index_level": {"index": "level", "margin": 0.01}})
    document["inputs"]["level"] = {
        "unit": "number",
        "default_steps": [["2025-01-01", "1.17720707"], ["2026-01-01", "1.22069127"]],
    }
    document["inputs"]["level"]["default_steps"] = [["2025-01-01", 1.17720707], ["2026-01-01", 1.22069127]]
    flows = run(document)
    growth = rounded(Fraction(100_000_000 * (1_220_691_270 - 1_177_207_070), 1_177_207_070))
    margin = expected([10_000_000] * 4)
    assert accrued(flows) == [*margin[:3], growth + margin[3]]
    assert (
        rounded(
            Fraction(122_069_127 - 117_720_707, 117_720_707) * Fraction(360, days("2025-01-17", "2025-11-17")) * 10**7
        )
        == 437_429
    )


def test_sweep_inside_a_period() -> None:
    document = deal({"fixed": {"rate": 0.05}})
    document["waterfalls"]["normal"].append(
        {"sweep": {"notes": ["note"], "from": ["cash"], "limit": {"cap": "inputs.swept"}}}
    )
    swept = np.zeros(13)
    swept[[1, 4, 5]] = [100_000.01, 33_333.33, 1]
    flows = run(document, {"swept": swept})
    balances = flows["balance"]
    assert balances[:6] == [100_000_000, 89_999_999, 89_999_999, 89_999_999, 86_666_666, 86_666_566]
    assert balances[-1] == 0
    dates = [dt.date(2025, month, 1) for month in range(1, 13)] + [dt.date(2026, 1, 1)]
    wanted = []
    for first in (0, 3, 6, 9):
        days_held = sum(balances[t] * (dates[t + 1] - dates[t]).days for t in range(first, first + 3))
        wanted.append(rounded(Fraction(days_held * 50_000_000, SCALE * 360)))
    assert accrued(flows) == wanted


@pytest.mark.parametrize("day_count", ["30/360_us", "30e/360_isda", "act/365f", "act/act_icma", "regular"])
@pytest.mark.parametrize("coupon", [{"fixed": {"rate": 0.0512345}}, {"floating": {"index": "index"}}])
def test_a_further_date_changes_no_cent(day_count: str, coupon: Document) -> None:
    plain = deal(coupon, day_count=day_count, rounding_unit=1000)
    split = copy.deepcopy(plain)
    split["waterfalls"]["normal"].append(
        {"sweep": {"notes": ["note"], "from": ["cash"], "limit": {"cap": "inputs.swept"}}}
    )
    assert accrued(run(plain)) == accrued(run(split))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"coupon": {"floating": {"index": "indx"}}}, "did you mean `index`"),
        ({"coupon": {"floating": {"index": "swept"}}}, "expected an input whose unit is number"),
        (
            {"coupon": {"floating": {"index": "index", "all_in_floor": 0.05, "all_in_cap": 0.04}}},
            "expected a cap not below the `all_in_floor`",
        ),
        ({"coupon": {"steps": [["2025-02-01", 0.05]]}}, "expected a first step on or before the dated date"),
        (
            {"coupon": {"index_level": {"index": "index"}}, "rounding_unit": 1000},
            "expected no `rounding_unit` beside an index level",
        ),
        (
            {"coupon": {"index_level": {"index": "index"}}, "amortisation": {"level": {"first_date": "2025-04-01"}}},
            "expected a schedule of stated amounts",
        ),
        (
            {"default_rate": {"extra": 0.02, "when": "note.interest_paid > 0"}},
            "expected a quantity that is set when it is read",
        ),
    ],
)
def test_what_is_refused(change: Document, message: str) -> None:
    document = deal({"fixed": {"rate": 0.05}})
    document["notes"]["note"].update(change)
    with pytest.raises(cf.DealError, match=message):
        cf.Deal.from_dict(document)


def test_a_rate_that_outgrows_exact_products_is_refused() -> None:
    document = deal({"floating": {"index": "index"}}, day_count="act/act_isda")
    document["inputs"]["index"]["maximum"] = 1000
    document["notes"]["note"]["dated_date"] = "2024-12-15"
    with pytest.raises(cf.DealError, match="expected a rate that times the days of a period is below 2"):
        cf.Deal.from_dict(document).compile()


@pytest.mark.parametrize("levels", [(1.2, 1.1), (0, 1.1)])
def test_an_index_level_that_falls_or_begins_at_nothing_bears_no_interest(levels: tuple[float, float]) -> None:
    document = deal({"index_level": {"index": "level"}})
    steps = [["2025-01-01", levels[0]], ["2025-07-01", levels[1]]]
    document["inputs"]["level"] = {"unit": "number", "default_steps": steps}
    assert set(run(document)["scheduled_interest"]) == {0}
    assert set(run(document)["interest_accrued"]) == {0}


@pytest.mark.parametrize("index", [100, 1_000])
def test_what_compounds_beyond_all_numbers_ends_at_its_cap(index: int) -> None:
    """10,000% or 100,000% a year, month by month, on the case for which the note is sized."""
    document = deal({"compounded": {"index": "index", "all_in_cap": 0.1}}, payment_dates="yearly")
    document["schedules"]["yearly"] = {"dates": ["2026-01-01"]}
    document["inputs"]["index"]["maximum"] = 1_000
    document["sizing_case"] = {"index": index}
    assert run(document)["scheduled_interest"][12] == rounded(Fraction(100_000_000 * 365, 10 * 360))
