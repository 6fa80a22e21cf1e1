"""Interest on unpaid interest, capitalisation, targets, write-downs and schedules by balance, by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import cashfall as cf
from differential import differences

Document = dict[str, Any]
QUARTERS = 8


def rounded(value: Fraction) -> int:
    """Half away from zero."""
    return int((2 * value + 1) // 2)


def deal(*steps: Document, income: float = 2_000_000, **note: Any) -> Document:
    """A note of 1,000,000 at 8%, eight equal quarters of interest, cash in an account, what the steps say."""
    return {
        "deal": {"name": "balances", "currency": "USD", "closing_date": "2025-01-01", "waterfall_dates": "quarterly"},
        "schedules": {"quarterly": {"regular": {"first": "2025-04-01", "last": "2027-01-01", "months": 3}}},
        "inputs": {
            "income": {"unit": "amount", "default": income},
            "share": {"unit": "number", "default": 0, "maximum": 2},
            "amount": {"unit": "amount", "default": 0},
            "up": {"unit": "amount", "default": 0},
        },
        "leases": {
            "cash_in": {
                "commencement": "2025-01-01",
                "end": "2027-01-01",
                "payment_dates": "quarterly",
                "base_rent": {"input": "income"},
            }
        },
        "accounts": {"cash": {}},
        "notes": {
            "note": {
                "original_balance": 1_000_000,
                "dated_date": "2025-01-01",
                "maturity_date": "2027-01-01",
                "payment_dates": "quarterly",
                "day_count": "30/360_us",
                "coupon": {"fixed": {"rate": 0.08}},
                "amortisation": {"bullet": {}},
                **note,
            }
        },
        "equity": {"owner": {}},
        "waterfalls": {
            "collection": [{"collect": {"from": ["cash_in"], "to": "cash"}}, {"accrue_interest": {"notes": ["note"]}}],
            "normal": list(steps) or [PAY_INTEREST, PAY_PRINCIPAL, REST],
        },
    }


PAY_INTEREST = {"pay_interest": {"notes": ["note"], "from": ["cash"]}}
PAY_PRINCIPAL = {"pay_principal": {"notes": ["note"], "from": ["cash"]}}
REST = {"distribute": {"to": "owner", "from": ["cash"]}}
SWEEP = {"sweep": {"notes": ["note"], "from": ["cash"], "limit": {"cap": "inputs.amount"}}}
FIFTHS = [[f"{2025 + (quarter * 3) // 12}-{(quarter * 3) % 12 + 1:02}-01", 125_000] for quarter in range(1, 9)]
LINEAR = {"explicit": {"principal": FIFTHS}}


def run(document: Document, **inputs: Any) -> dict[str, list[int]]:
    plan = cf.Deal.from_dict(document).compile()
    names = [name for name in plan.outputs if name.startswith("note.")]
    result = plan.run(inputs, record=["note.*"], unit="cents")
    ledger = plan.run(inputs).ledger()
    assert ledger is not None
    flows = {
        name.removeprefix("note."): [round(float(value) * SCALES.get(name, 1)) for value in result[name][:, 0]]
        for name in names
    }
    metrics = {
        name.removeprefix("note."): float(result.metrics[name][0])
        for name in result.metrics
        if name.startswith("note.")
    }
    return flows | {"metrics": metrics}  # type: ignore[dict-item]


SCALES = {"note.factor": 10**9, "note.rate": 10**9}


def at(values: dict[int, float]) -> Any:
    path = np.zeros(QUARTERS)
    for period, value in values.items():
        path[period] = value
    return path


def test_target_balance() -> None:
    flows = run(deal(amortisation={"target_balance": [["2025-07-01", 600_000], ["2026-10-01", 100_000.01]]}))
    assert flows["scheduled_balance"] == [100_000_000] + [60_000_000] * 5 + [10_000_001, 0]
    assert flows["balance"] == flows["scheduled_balance"]


def test_percent_of_original() -> None:
    flows = run(deal(amortisation={"percent_of_original": [["2025-07-01", 0.333333333], ["2026-01-01", 0.5]]}))
    assert flows["scheduled_principal"] == [0, 33_333_333, 0, 50_000_000, 0, 0, 0, 16_666_667]


def test_greatest_of() -> None:
    several = [
        {"percent_of_original": [["2025-07-01", 0.3]]},
        {"target_balance": [["2025-04-01", 900_000], ["2026-04-01", 500_000]]},
    ]
    flows = run(deal(amortisation={"greatest_of": several}))
    assert flows["scheduled_balance"] == [
        90_000_000,
        70_000_000,
        70_000_000,
        70_000_000,
        50_000_000,
        50_000_000,
        50_000_000,
        0,
    ]
    interest = [2_000_000, 1_800_000, 1_400_000, 1_400_000, 1_400_000, 1_000_000, 1_000_000, 1_000_000]
    assert flows["scheduled_interest"] == interest


def test_issue_price_and_factor() -> None:
    document = deal(
        amortisation={"percent_of_original": [["2025-07-01", 0.123456789]]}, issue_price=0.98765, factor_decimals=4
    )
    document["notes"]["note"] |= {"dated_date": "2025-04-01"}
    document["waterfalls"]["collection"][0]["collect"]["from"].append("note")
    flows = run(document)
    assert flows["proceeds"][0] == 98_765_000
    assert flows["factor"] == [10**9, 876_500_000, *[876_500_000] * 5, 0]


@pytest.mark.parametrize("compounding", [False, True])
def test_interest_on_unpaid(compounding: bool) -> None:
    flows = run(
        deal(interest_on_unpaid={"rate": 0.1, "compounding": compounding}),
        income=at({0: 5_000, 1: 0, 2: 0, 3: 30_000, 4: 500_000, 5: 500_000, 6: 500_000, 7: 1_500_000}),
    )
    cash = [500_000, 0, 0, 3_000_000, 50_000_000]
    due = part = 0
    for period, paid in enumerate(cash):
        base = due if compounding else due - part
        extra = rounded(Fraction(base * 25, 1000))
        assert flows["unpaid_interest_accrued"][period] == extra
        due, part = due + extra + 2_000_000, part + extra
        assert (flows["interest_due"][period], flows["unpaid_interest_due"][period]) == (due, part)
        due, part = due - min(due, paid), part - min(part, paid)
        assert flows["interest_shortfall"][period] == due
    assert due == 0
    assert flows["unpaid_interest_accrued"][5:] == [0, 0, 0]
    assert flows["interest_accrued"] == [2_000_000] * 8


def test_interest_on_unpaid_at_the_default_rate() -> None:
    terms = {"default_rate": {"extra": 0.04, "when": "inputs.share > 1"}, "interest_on_unpaid": {"default": {}}}
    flows = run(deal(**terms), income=at({1: 3_000_000}))
    assert flows["unpaid_interest_accrued"][:3] == [0, 60_000, 0]


@pytest.mark.parametrize("missed", ["carry", "target_balance"])
def test_capitalisation(missed: str) -> None:
    pik = {"capitalize_interest": {"notes": ["note"], "share": "inputs.share", "pik_premium": 0.01}}
    flows = run(deal(pik, PAY_INTEREST, PAY_PRINCIPAL, REST, missed_principal=missed), share=at({0: 0.5, 2: 2}))
    assert flows["interest_capitalized"][0] == 1_000_000 + 125_000
    assert flows["interest_paid"][0] == 1_000_000
    if missed == "carry":
        assert flows["balance"][:2] == [101_125_000, 101_125_000]
        assert flows["interest_accrued"][1] == 2_022_500
        assert flows["target"][:3] == [101_125_000, 101_125_000, 101_125_000 + 2_022_500 + 252_813]
        assert flows["balance"][6:] == [103_400_313, 0]
        assert flows["metrics"]["principal_paid"] == 103_400_313
    else:
        assert flows["balance"][:2] == [100_000_000, 100_000_000]
        assert flows["principal_paid"][0] == 1_125_000
        assert "target" not in flows
    assert flows["metrics"]["loss"] == 0


def test_capitalised_interest_pays_interest_on_interest_first() -> None:
    pik = {"capitalize_interest": {"notes": ["note"], "share": "inputs.share"}}
    flows = run(
        deal(PAY_INTEREST, pik, PAY_PRINCIPAL, interest_on_unpaid={"note": {}}),
        income=at({1: 100, 7: 9_000_000}),
        share=at({1: 0.005, 2: 0.25}),
    )
    assert flows["unpaid_interest_accrued"][1] == 40_000
    assert flows["unpaid_interest_due"][1] == 40_000
    left = 40_000 - 10_000
    due = 4_040_000 - 10_000
    taken = rounded(Fraction(due * 5, 1000))
    part = max(0, left - taken)
    extra = rounded(Fraction((due - taken - part) * 2, 100))
    assert flows["unpaid_interest_accrued"][2] == extra
    assert flows["unpaid_interest_due"][2] == part + extra


@pytest.mark.parametrize("apply_to", ["direct", "inverse", "pro_rata"])
def test_principal_paid_ahead(apply_to: str) -> None:
    flows = run(
        deal(PAY_INTEREST, PAY_PRINCIPAL, SWEEP, REST, amortisation=LINEAR, apply_to=apply_to),
        amount=at({1: 200_000, 3: 33_333.33}),
    )
    start = [87_500_000, 55_000_000]
    rest = {
        "direct": [55_000_000, 46_666_667, 37_500_000, 25_000_000, 12_500_000, 0],
        "inverse": [42_500_000, 26_666_667, 14_166_667, 1_666_667, 0, 0],
        "pro_rata": [45_833_333, 33_333_334, 25_000_001, 16_666_667, 8_333_334, 0],
    }
    assert flows["balance"] == start + rest[apply_to]


def test_missed_principal_at_maturity() -> None:
    flows = run(
        deal(amortisation=LINEAR, missed_principal="at_maturity"),
        income=at({0: 60_000, 1: 200_000, 2: 0, 3: 900_000, 4: 900_000, 5: 900_000, 6: 900_000, 7: 900_000}),
    )
    paid = [4_000_000, 12_500_000, 0, 12_500_000, 12_500_000, 12_500_000, 12_500_000, 33_500_000]
    assert flows["principal_paid"] == paid
    assert flows["principal_shortfall"] == [8_500_000, 0, 12_500_000, 0, 0, 0, 0, 0]
    assert flows["metrics"]["principal_shortfall"] == 12_500_000


def test_write_down_and_up() -> None:
    down = {"write_down": {"notes": ["note"], "amount": "inputs.amount"}}
    up = {"write_up": {"notes": ["note"], "amount": "inputs.up"}, "when": "inputs.up > 10"}
    flows = run(
        deal(PAY_INTEREST, PAY_PRINCIPAL, down, up, REST),
        amount=at({0: 300_000, 1: 900_000}),
        up=at({2: 400_000, 3: 5}),
    )
    assert flows["balance"] == [70_000_000, 0, 40_000_000, 40_000_000, 40_000_000, 40_000_000, 40_000_000, 0]
    assert flows["written_down"] == [30_000_000, 100_000_000, *[60_000_000] * 6]
    assert flows["interest_accrued"] == [2_000_000, 1_400_000, 0, *[800_000] * 5]
    assert flows["metrics"] | {"wal": 2} == {
        "interest_paid": 7_400_000,
        "principal_paid": 40_000_000,
        "interest_shortfall": 0,
        "principal_shortfall": 0,
        "loss": 60_000_000,
        "wal": 2,
    }


def parent_notes(**call: Any) -> Document:
    """The 9% parent notes: 1,750 million, semi-annual; callable at 104.5 from 2027-02-01."""
    document = deal(
        {"prepay": {"notes": ["note"], "from": ["cash"], "amount": "inputs.amount"}},
        PAY_INTEREST,
        PAY_PRINCIPAL,
        call={"schedule": [["2027-02-01", 104.5], ["2028-02-01", 102.25], ["2029-02-01", 100]], **call},
    )
    document["deal"] |= {"closing_date": "2025-07-25", "waterfall_dates": "half_years"}
    document["schedules"] = {
        "half_years": {"regular": {"first": "2026-02-01", "last": "2031-02-01", "months": 6}},
    }
    document["leases"]["cash_in"] |= {"commencement": "2025-07-25", "end": "2031-02-01", "payment_dates": "half_years"}
    document["notes"]["note"] |= {
        "original_balance": 1_750_000_000,
        "dated_date": "2025-07-25",
        "maturity_date": "2031-02-01",
        "payment_dates": "half_years",
        "coupon": {"fixed": {"rate": 0.09}},
    }
    document["inputs"]["treasury"] = {"unit": "number", "default": 0.04, "maximum": 1}
    return document


def half_years(values: dict[int, float]) -> Any:
    path = np.zeros(11)
    for period, value in values.items():
        path[period] = value
    return path


@pytest.mark.parametrize("make_whole", [{"rate": 0.045}, {"index": "treasury", "spread": 0.005}], ids=["rate", "index"])
def test_make_whole(make_whole: Document) -> None:
    """Source: the 9.00% notes due 2031 of a neocloud parent; the price is published to five decimals."""
    income = half_years({0: 2_500_000_000})
    flows = run(parent_notes(make_whole=make_whole), income=income, amount=half_years({0: 1_750_000_000}))
    assert flows["interest_accrued"][0] == 8_137_500_000
    assert flows["principal_paid"][0] == 175_000_000_000
    assert round(flows["premium_paid"][0] / 10**5) == 151_492
    assert flows["metrics"]["premium_paid"] == flows["premium_paid"][0]


def test_calls_at_scheduled_prices() -> None:
    flows = run(
        parent_notes(),
        income=half_years({0: 1_000_000_000, 5: 300_000_000.07, 6: 3_000_000_000}),
        amount=half_years({0: 1_000_000, 2: 100_000_000.01, 4: 100_000_000, 5: 2_000_000_000, 6: 5_000_000_000}),
    )
    assert flows["principal_paid"][:5] == [0, 0, 10_000_000_001, 0, 10_000_000_000]
    assert flows["premium_paid"][:5] == [0, 0, 450_000_000, 0, 225_000_000]
    # Not all cash can be principal: the premium is paid from it too.
    interest = [8_137_500_000, 7_875_000_000, 7_875_000_000]
    assert flows["interest_paid"][:2] == interest[:2]
    cash = 100_000_000_000 + 30_000_000_007 - sum(flows["interest_paid"][:5]) - sum(flows["principal_paid"][:5])
    cash -= sum(flows["premium_paid"][:5])
    principal, premium = flows["principal_paid"][5], flows["premium_paid"][5]
    assert premium == rounded(Fraction(principal * 225, 10_000))
    assert principal + premium <= cash
    assert principal + 1 + rounded(Fraction((principal + 1) * 225, 10_000)) > cash
    assert flows["balance"][6] == 0
    assert flows["premium_paid"][7:] == [0] * 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"amortisation": {"target_balance": [["2025-04-01", 2_000_000]]}},
            "expected a balance not above the one before",
        ),
        (
            {"amortisation": {"target_balance": [["2025-04-02", 1]]}},
            "expected a date of principal that is a date of `quarterly`",
        ),
        (
            {"amortisation": {"percent_of_original": [["2025-04-01", 0.6], ["2025-07-01", 0.5]]}},
            "expected shares that sum to at most 1",
        ),
        ({"amortisation": {"greatest_of": [{"bullet": {}}]}}, "expected two schedules or more"),
        (
            {"amortisation": {"greatest_of": [{"bullet": {}}, {"greatest_of": [{"bullet": {}}]}]}},
            "expected a schedule of its own",
        ),
        ({"interest_on_unpaid": {"default": {}}}, "expected a note with a `default_rate`"),
        ({"interest_on_unpaid": {"compounding": True}}, "expected"),
        ({"call": {"schedule": [["2025-04-01", 1.045]]}}, "expected a price per 100 from 100 to 200"),
        (
            {"call": {"schedule": [["2025-04-01", 104]], "make_whole": {}}},
            "expected either `rate` or `index`, found neither",
        ),
        (
            {"call": {"schedule": [["2025-04-02", 104]], "make_whole": {"rate": 0.05}}},
            "expected a first call date that is a date",
        ),
        (
            {
                "call": {"schedule": [["2025-04-01", 104]], "make_whole": {"rate": 0.05}},
                "coupon": {"floating": {"index": "share"}},
            },
            "expected a `fixed` or `steps` coupon without default rate beside a make-whole price",
        ),
        ({"issue_price": 98}, "expected a price above 0 and at most 2"),
    ],
)
def test_what_is_refused(change: Document, message: str) -> None:
    with pytest.raises(cf.DealError, match=message):
        cf.Deal.from_dict(deal(**change))


def test_a_make_whole_price_inside_a_period_is_less_what_has_accrued() -> None:
    """(102.20 + 10) / (1 + 0.02 / 2) = 111.089108911 half a year before; 5 of it have accrued: 106.089108911."""
    document = deal()
    document["deal"] |= {"closing_date": "2026-01-01"}
    document["schedules"] = {
        "quarterly": {"dates": ["2026-07-01", "2027-01-01"]},
        "yearly": {"dates": ["2027-01-01"]},
    }
    del document["leases"], document["inputs"]
    document["accounts"]["cash"] = {"opening_balance": 5_000}
    document["notes"]["note"] |= {
        "original_balance": 1_000,
        "dated_date": "2026-01-01",
        "payment_dates": "yearly",
        "day_count": "30e/360",
        "coupon": {"fixed": {"rate": 0.10}},
        "call": {"schedule": [["2027-01-01", 102.20]], "make_whole": {"rate": 0.02}},
    }
    document["waterfalls"] = {
        "collection": [{"accrue_interest": {"notes": ["note"]}}],
        "normal": [
            {"when": "period.index == 0", "prepay": {"notes": ["note"], "from": ["cash"], "amount": "100"}},
            {"pay": {"dues": ["note.interest_due", "note.principal_due"], "from": ["cash"]}},
            REST,
        ],
    }
    assert differences(document, [{}]) == []
    result = cf.Deal.from_dict(document).compile().run(record="*", unit="cents")
    assert result["note.principal_paid"][0, 0] == 100_00
    assert result["note.premium_paid"][0, 0] == 6_09


def test_what_is_written_down_below_the_schedule_is_not_due_in_a_coverage() -> None:
    """25,000.00 are left where the schedule has 750,000.00: 500.00 of interest are due and no principal."""
    down = {"write_down": {"notes": ["note"], "amount": "inputs.amount"}}
    document = deal(PAY_INTEREST, PAY_PRINCIPAL, down, REST, amortisation=LINEAR)
    measure = {"dscr": {"cash_flow": "cash_in.rent", "notes": ["note"]}}
    document["tests"] = {"cover": {"measure": measure, "level": 1, "dates": "quarterly", "when_undefined": "pass"}}
    document["waterfalls"]["collection"].append({"run_tests": {"tests": ["cover"]}})
    result = cf.Deal.from_dict(document).compile().run({"amount": [850_000] + [0] * 7}, record=["cover.value"])
    assert result["cover.value"][1, 0] == 4_000


def test_what_is_paid_of_interest_on_interest_is_off_at_once() -> None:
    """500.00 on the 20,000.00 that April left, of which 100.00 are paid."""
    inspect = {"inspect": {"name": "left", "value": "note.unpaid_interest_due"}}
    document = deal(PAY_INTEREST, inspect, PAY_PRINCIPAL, REST, interest_on_unpaid={"rate": 0.1})
    given = {"income": [0, 100, 0, 0, 0, 0, 0, 2_000_000]}
    result = cf.Deal.from_dict(document).compile().run(given, record="*")
    assert result["inspect.left"][1, 0] == 400
