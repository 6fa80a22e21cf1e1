"""What tests measure: each measure and each way to average on a deal small enough to do by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

import cashfall as cf

RENT = [30_000, 10_000, 25_000, 50_000]


def deal(measure: dict[str, Any], at: str = "after", **test: Any) -> cf.Deal:
    """A note of 1,000,000 at 5% with quarters of 12,500, repaid by 50,000 on the second; `rent` comes in."""
    dates = ["2025-04-15", "2025-07-15", "2025-10-15", "2026-01-15"]
    run_tests = {"run_tests": {"tests": ["covenant"]}}
    document = {
        "deal": {"name": "measures", "currency": "USD", "closing_date": "2025-01-15", "waterfall_dates": "quarterly"},
        "schedules": {"quarterly": {"dates": dates}},
        "inputs": {"rent": {"unit": "amount", "default": 0}, "factor": {"unit": "number", "default": 1}},
        "sizing_case": {"rent": 10_000},
        "leases": {
            "tower": {
                "commencement": "2025-01-15",
                "end": "2026-01-15",
                "payment_dates": "quarterly",
                "base_rent": {"input": "rent"},
            }
        },
        "accounts": {"cash": {"opening_balance": 100_000}},
        "notes": {
            "senior": {
                "original_balance": 1_000_000,
                "dated_date": "2025-01-15",
                "maturity_date": "2026-01-15",
                "payment_dates": "quarterly",
                "day_count": "30/360_us",
                "coupon": {"fixed": {"rate": 0.05}},
                "amortisation": {"explicit": {"principal": [[dates[1], 50_000], [dates[3], 950_000]]}},
            }
        },
        "equity": {"sponsor": {}},
        "tests": {
            "covenant": {"measure": measure, "level": 1, "dates": "quarterly", "when_undefined": "pass"} | test,
        },
        "waterfalls": {
            "collection": [
                {"collect": {"from": ["tower"], "to": "cash"}},
                {"accrue_interest": {"notes": ["senior"]}},
                *([run_tests] if at == "collection" else []),
            ],
            "normal": [
                {"pay_interest": {"notes": ["senior"], "from": ["cash"]}},
                {"pay_principal": {"notes": ["senior"], "from": ["cash"]}},
            ],
            "after": [run_tests] if at == "after" else [],
        },
    }
    return cf.Deal.from_dict(document)


def values(measure: dict[str, Any], at: str = "after", **test: Any) -> list[float]:
    result = deal(measure, at, **test).compile().run({"rent": RENT}, record=["covenant.*"])
    return [float(value) for value in result["covenant.value"][:, 0]]


NOTES = ["senior"]


@pytest.mark.parametrize(
    ("measure", "at", "expected"),
    [
        # 30,000 / 12,500; then 62,500 of debt service; then 950,000 at 5% a quarter: 11,875
        ({"dscr": {"cash_flow": "tower.rent", "notes": NOTES}}, "collection", [2.4, 0.16, 2.105263158, 0.051981806]),
        ({"icr": {"cash_flow": "tower.rent", "notes": NOTES}}, "after", [2.4, 0.8, 2.105263158, 4.210526316]),
        ({"ic": {"cash_flow": "tower.rent", "notes": NOTES}}, "after", [2.4, 0.8, 2.105263158, 4.210526316]),
        ({"ic": {"cash_flow": "tower.rent", "notes": NOTES}}, "collection", [2.4, 0.8, 2.105263158, 4.210526316]),
        # 100,000 + 30,000 - 12,500 = 117,500; + 10,000 - 62,500; + 25,000 - 11,875; then all pays principal
        ({"oc": {"collateral": "cash.balance * 10", "notes": NOTES}}, "after", [1.175, 0.684210526, 0.822368421, 0]),
        ({"ltv": {"value": "2000000", "notes": NOTES}}, "after", [0.5, 0.475, 0.475, 0.416875]),
        (
            {"debt_yield": {"cash_flow": "tower.rent * 4", "notes": NOTES}},
            "collection",
            [0.12, 0.04, 0.105263158, None],
        ),
        ({"borrowing_base": {"base": "500000", "notes": NOTES}}, "collection", [0.5, 0.5, 0.526315789, 0.526315789]),
        ({"min_liquidity": {"amount": "cash.balance", "minimum": "100000"}}, "after", [1.175, 0.65, 0.78125, 0]),
        ({"cumulative_loss": {"loss": "tower.rent", "original": "50000"}}, "after", [0.6, 0.2, 0.5, 1]),
        ({"contract_realisation": {"realised": "tower.rent", "contracted": "50000"}}, "after", [0.6, 0.2, 0.5, 1]),
        ({"formula": {"value": "inputs.factor / 3"}}, "after", [0.333333333] * 4),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_every_measure(measure: dict[str, Any], at: str, expected: list[float | None]) -> None:
    found = values(measure, at)
    for value, wanted in zip(found, expected, strict=True):
        assert wanted is None or value == wanted, found


def test_liquidity_is_compared_to_the_cent() -> None:
    measure = {"min_liquidity": {"amount": "inputs.rent", "minimum": "25000000.00"}}
    paths = [24_999_999.99, 25_000_000, 25_000_000.01, 0]
    result = deal(measure).compile().run({"rent": paths}, record=["covenant.failing"])
    assert result["covenant.failing"][:, 0].tolist() == [1, 0, 0, 1]


def test_the_usual_side_of_a_measure() -> None:
    measure = {"ltv": {"value": "1", "notes": NOTES}}
    assert "covenant.maximum" in deal(measure).compile().metrics
    assert "covenant.minimum" in deal(measure, requires="at_least").compile().metrics


ICR = {"icr": {"cash_flow": "tower.rent", "notes": NOTES}}


def test_windows_divide_sums_or_average_ratios() -> None:
    sums = values(ICR, window=3, window_start="partial")
    assert sums == [2.4, 1.6, 1.762711864, 2.344827586]
    means = values(ICR, window=3, window_start="partial", by="mean_of_ratios")
    assert means == [2.4, 1.6, 1.768421053, 2.371929825]
    assert values(ICR, window=3, window_start="annualise", by="mean_of_ratios") == means
    waiting = values(ICR, window=3, by="mean_of_ratios")
    assert all(math.isnan(value) for value in waiting[:2])
    assert waiting[2:] == means[2:]


def test_a_year_of_cash_flow_over_todays_debt() -> None:
    measure = {"debt_yield": {"cash_flow": "tower.rent", "notes": NOTES}}
    assert values(measure, "collection", window=2, window_start="annualise") == [0.06, 0.04, 0.036842105, 0.078947368]


def test_a_date_without_a_denominator_does_not_count_in_a_mean() -> None:
    measure = {"ratio": {"numerator": "tower.rent", "denominator": "if(tower.rent > 20000, 20000, 0)"}}
    assert values(measure, window=2, window_start="partial", by="mean_of_ratios") == [1.5, 1.5, 1.25, 1.875]
    none = {"ratio": {"numerator": "tower.rent", "denominator": "0 * cash.balance"}}
    assert all(math.isnan(value) for value in values(none, window=2, window_start="partial", by="mean_of_ratios"))


def test_three_coverages_that_average_to_the_level_do_not_trip() -> None:
    """1.30, 1.36 and 1.39 average to 1.35 exactly."""
    measure = {"formula": {"value": "inputs.factor"}}
    for by in ("ratio_of_sums", "mean_of_ratios"):
        plan = deal(measure, window=3, level=1.35, by=by).compile()
        result = plan.run({"factor": [1.30, 1.36, 1.39, 1.29999999]}, record=["covenant.*"])
        assert result["covenant.failing"][:, 0].tolist() == [0, 0, 0, 1]
        assert result["covenant.value"][2:, 0].tolist() == [1.35, 1.349999997]


@pytest.mark.parametrize("name", ["llcr", "plcr"])
def test_a_life_cover_discounts_the_cash_flow_of_the_sizing_case(name: str) -> None:
    """10,000.00 a quarter at 2%: 9,803.92, 19,415.61 and 28,838.83, whatever the scenario's rent."""
    terms = {"cash_flow": "tower.rent", "notes": NOTES, "rate": 0.08, "day_count": "30/360_us"}
    assert values({name: terms}, "collection") == [0.02883883, 0.01941561, 0.010319916, 0]


@pytest.mark.parametrize("record", [[], ["covenant.*"]])
@pytest.mark.parametrize(("terms", "n_breaches"), [({"sticky": True}, 3), ({"cure_level": 2}, 2)])
def test_a_test_fails_as_long_whatever_is_recorded(record: list[str], terms: dict[str, Any], n_breaches: int) -> None:
    """30,000 less 100 pass, 10,000 less 100 fail; 25,000 do not cure to twice the 20,000, 50,000 do."""
    measure = {"min_liquidity": {"amount": "tower.rent - 100", "minimum": "20000"}}
    result = deal(measure, "collection", **terms).compile().run({"rent": RENT}, record=record)
    assert result.metrics["covenant.n_breach_dates"][0] == n_breaches


@pytest.mark.parametrize("conditional", [False, True])
@pytest.mark.parametrize(
    ("level", "window", "maximum", "rent", "value"),
    [
        # 109,890,109 x 123,456,789 is one more than 1e9 x 13,566,680
        (0.109890109, 1, 10_000_000, [135_666.80] * 4, [1_234_567.89] * 4),
        # 970,000,001 x 30,000,001, the sum of four, is one more than 1e9 x 29,100,001
        (0.970000001, 4, 90_000, [72_750, 72_750, 72_750, 72_750.01], [75_000, 75_000, 75_000, 75_000.01]),
    ],
)
def test_a_ratio_that_floats_cannot_tell_from_its_level(
    conditional: bool, level: float, window: int, maximum: float, rent: list[float], value: list[float]
) -> None:
    """Below the level by one unit in 1e16, which binary64 rounds away."""
    ratio = {"ratio": {"numerator": "inputs.rent", "denominator": "inputs.value"}}
    terms = deal({"formula": {"value": "1"}}, level=level, window=window).to_dict()
    terms["tests"]["covenant"]["measure"] = ratio
    terms["inputs"] |= {
        "rent": {"unit": "amount", "default": 0, "maximum": maximum},
        "value": {"unit": "amount", "default": 1, "maximum": maximum},
    }
    if conditional:
        steps = terms["waterfalls"]["after"]
        terms["waterfalls"]["after"] = [{"if": {"condition": "inputs.rent > 0", "then": steps}}]
    plan = cf.Deal.from_dict(terms).compile()
    result = plan.run({"rent": rent, "value": value}, record=["covenant.failing"])
    assert result["covenant.failing"][3, 0] == 1


def test_a_mean_is_not_annualised() -> None:
    """2,000,000,001 / 2 is a tie, to even 1.000000000; scaled by 3 / 2 it would be 1.000000001."""
    measure = {"formula": {"value": "inputs.factor"}}
    terms = deal(measure, window=3, window_start="annualise", by="mean_of_ratios").to_dict()
    terms["deal"]["rounding"] = "half_even"
    plan = cf.Deal.from_dict(terms).compile()
    result = plan.run({"factor": [1, 1.000000001, 1, 1]}, record=["covenant.value"])
    assert result["covenant.value"][1, 0] == 1
