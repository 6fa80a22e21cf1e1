"""Compute contracts, by hand. Ten GPUs at 2.00 an hour: 175,200.00 a year, 175,680.00 in a leap year."""

from __future__ import annotations

from typing import Any

import pytest

import cashfall as cf
from differential import differences

Document = dict[str, Any]

YEARS = [f"20{year}-01-01" for year in range(27, 33)]
"""Six payment dates, 2027 to 2032."""


def deal(**terms: Any) -> Document:
    """A contract of three years from 2026-01-01."""
    contract = {
        "commencement": "2026-01-01",
        "end": "2029-01-01",
        "payment_dates": "yearly",
        "capacity": [["2026-01-01", 10]],
        "price": [["2026-01-01", 2]],
        **terms,
    }
    number = {"unit": "number", "default": 1, "maximum": 9}
    return {
        "deal": {"name": "compute", "currency": "USD", "closing_date": "2026-01-01", "waterfall_dates": "yearly"},
        "schedules": {"yearly": {"dates": YEARS}},
        "inputs": {"event": number | {"default": 0}, "use": number, "up": number, "spot": number},
        "contracts": {"msa": contract},
        "accounts": {"cash": {}},
        "equity": {"owner": {}},
        "waterfalls": {
            "collection": [{"collect": {"from": ["msa"], "to": "cash"}}],
            "normal": [{"distribute": {"to": "owner", "from": ["cash"]}}],
        },
    }


def run(document: Document, **inputs: list[float]) -> cf.Result:
    """A run with which the reference agrees."""
    plan = cf.Deal.from_dict(document).compile()
    n = len(plan.periods)
    defaults = {"event": 0.0, "use": 1.0, "up": 1.0, "spot": 1.0}
    paths = {name: [value] * n for name, value in defaults.items()}
    paths |= {name: [*map(float, path), *([float(path[-1])] * (n - len(path)))] for name, path in inputs.items()}
    assert differences(document, [paths]) == []
    return plan.run(paths)


def flow(result: cf.Result, quantity: str) -> list[float]:
    return [float(value) for value in result[f"msa.{quantity}"][:, 0]]


YEAR, LEAP = 175_200.0, 175_680.0


def test_what_is_contracted() -> None:
    result = run(deal())
    assert flow(result, "contracted") == [YEAR, YEAR, LEAP, 0, 0, 0]
    assert flow(result, "remaining") == [YEAR + LEAP, LEAP, 0, 0, 0, 0]
    assert flow(result, "fee") == flow(result, "revenue") == flow(result, "contracted")
    assert flow(result, "in_force") == [1, 1, 0, 0, 0, 0]
    assert result.metrics["msa.contracted"].tolist() == [2 * YEAR + LEAP]


def test_capacity_and_price_hold_from_the_beginning_of_a_period() -> None:
    steps = {"capacity": [["2026-01-01", 2.5], ["2027-06-01", 10]], "price": [["2026-01-01", 2.355], ["2028-01-01", 1]]}
    # 2.5 x 8,760 x 2.355 = 51,574.50; the step of June 2027 counts from 2028 on.
    assert flow(run(deal(**steps)), "contracted")[:3] == [51_574.5, 51_574.5, 87_840]


def test_take_or_pay() -> None:
    terms = {"utilization": "inputs.use", "take_or_pay": 0.7}
    result = run(deal(**terms), use=[0.9, 0.5, 1.2])
    assert flow(result, "used")[:3] == [0.9 * YEAR, 0.5 * YEAR, LEAP]
    assert flow(result, "billed")[:3] == [0.9 * YEAR, pytest.approx(0.7 * YEAR), LEAP]


@pytest.mark.parametrize(("up", "share"), [(1, 0), (0.99, 0), (0.989999999, 0.1), (0.95, 0.1), (0.94, 0.3), (0, 0.3)])
def test_credits(up: float, share: float) -> None:
    terms = {"availability": "inputs.up", "credits": [[0.95, 0.3], [0.99, 0.1]]}
    result = run(deal(**terms), up=[up])
    assert flow(result, "credit")[0] == share * YEAR
    assert flow(result, "fee")[0] == YEAR - share * YEAR


def test_a_prepayment_is_credited_as_fees_can_take_it() -> None:
    prepayment = {"amount": 400_000, "date": "2027-01-01", "credited_from": "2028-01-01", "over": 2}
    result = run(deal(end="2031-01-01", prepayment=prepayment))
    # Half of it is more than a year's fee; so is what is left, and the rest is taken by the fee after.
    assert flow(result, "received") == [400_000, 0, 0, 0, 0, 0]
    assert flow(result, "credited")[:5] == [0, YEAR, LEAP, 400_000 - YEAR - LEAP, 0]
    assert flow(result, "fee")[:5] == [YEAR, 0, 0, YEAR - (400_000 - YEAR - LEAP), YEAR]
    assert flow(result, "proceeds")[0] == 400_000
    rows = [row for row in result.ledger() if row["period"] == 0 and row["to"] == "cash"]
    assert [(row["from"], row["amount"]) for row in rows] == [("msa", YEAR), ("msa.proceeds", 400_000)]


DEFAULT: Document = {"when": "inputs.event == 1", "on_demand": "3"}


@pytest.mark.parametrize(
    ("remarketing", "damages"),
    [
        ("0", YEAR),  # one year's use was worth 262,800.00, for which 175,200.00 were paid: 87,600.00 are less
        ("300_000", 50_880.0),  # 350,880.00 of fees are lost, of which the market brings 300,000.00
        ("400_000", 0.0),
    ],
)
def test_damages_are_the_lesser_of_loss_and_discount(remarketing: str, damages: float) -> None:
    default = DEFAULT | {"remarketing": remarketing, "recovery": "0.5", "after": 1}
    result = run(deal(default=default), event=[0, 1])
    expected = 0.5 * YEAR if damages == YEAR else damages
    assert flow(result, "damages")[1] == expected
    assert flow(result, "recovered")[:4] == [0, 0, expected / 2, 0]
    assert flow(result, "fee") == [YEAR, 0, 0, 0, 0, 0]


def test_what_was_received_ahead_counts_as_paid() -> None:
    prepayment = {"amount": 50_000, "date": "2027-01-01", "credited_from": "2029-01-01", "over": 1}
    result = run(deal(default=DEFAULT, prepayment=prepayment), event=[0, 1])
    assert flow(result, "damages")[1] == 37_600


def test_rollover() -> None:
    rollover = {"price": "inputs.spot", "utilization": "inputs.use", "after": 1}
    result = run(deal(rollover=rollover), spot=[1.5], use=[0.5])
    assert flow(result, "rollover_revenue") == [0, 0, 0, 0, 65_700, 65_700]
    # After a default in the first year, which pays nothing, one year of nothing.
    gone = run(deal(rollover=rollover, default=DEFAULT), spot=[1.5], use=[1], event=[1])
    assert flow(gone, "revenue") == [0, 0, 131_760, 131_400, 131_400, 131_400]


def test_the_class_of_the_customer() -> None:
    assert flow(run(deal()), "investment_grade") == [1] * 6
    result = run(deal(investment_grade="inputs.event == 0"), event=[0, 1, 0])
    assert flow(result, "investment_grade")[:3] == [1, 0, 1]


def test_realisation_is_measured() -> None:
    document = deal(utilization="inputs.use", take_or_pay=0)
    measure = {"contract_realisation": {"realised": "msa.revenue", "contracted": "msa.contracted"}}
    document["tests"] = {
        "realised": {"measure": measure, "level": 0.85, "dates": "yearly", "when_undefined": "pass", "window": 1}
    }
    document["waterfalls"]["collection"].append({"run_tests": {"tests": ["realised"]}})
    result = run(document, use=[0.85, 0.849, 1])
    assert result["realised.failing"][:3, 0].tolist() == [0, 1, 0]
