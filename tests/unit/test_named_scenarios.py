"""Named scenarios: values by name, side by side, and who loses what in them."""

from __future__ import annotations

from typing import Any

import pytest

import cashfall as cf
from cashfall.stress import losses


def deal() -> dict[str, Any]:
    return {
        "deal": {"name": "told", "currency": "USD", "closing_date": "2026-01-01", "waterfall_dates": "yearly"},
        "schedules": {"yearly": {"regular": {"first": "2027-01-01", "last": "2029-01-01", "months": 12}}},
        "inputs": {
            "income": {"unit": "amount", "default": 100},
            "rate": {"unit": "number", "default_steps": [["2027-01-01", 0.05], ["2029-01-01", 0.06]], "maximum": 1},
        },
        "scenarios": {
            "dry": {"title": "No income from 2028 on", "inputs": {"income": [["2028-01-01", 0]]}},
            "dear": {
                "title": "Dear money",
                "inputs": {"rate": 0.5, "income": [["2027-06-01", 120.5], ["2029-01-01", 0]]},
            },
        },
        "leases": {
            "tower": {
                "commencement": "2026-01-01",
                "end": "2029-01-01",
                "payment_dates": "yearly",
                "base_rent": {"input": "income"},
            }
        },
        "accounts": {"cash": {}},
        "fees": {"agent": {"amount": {"fixed": {"per_date": 10}}, "payment_dates": "yearly"}},
        "equity": {"owner": {}},
        "waterfalls": {
            "collection": [
                {"collect": {"from": ["tower"], "to": "cash"}},
                {"inspect": {"name": "rate", "value": "inputs.rate"}},
                {"accrue_fee": {"fees": ["agent"]}},
            ],
            "normal": [
                {"pay_fee": {"fees": ["agent"], "from": ["cash"]}},
                {"distribute": {"to": "owner", "from": ["cash"]}},
            ],
        },
    }


def test_scenarios_run_by_name_alone_and_side_by_side() -> None:
    plan = cf.Deal.from_dict(deal()).compile()
    assert [(told["name"], told["title"]) for told in plan.scenarios] == [
        ("dry", "No income from 2028 on"),
        ("dear", "Dear money"),
    ]
    dry = plan.run("dry")
    assert dry["tower.rent"][:, 0].tolist() == [100, 0, 0]
    assert dry["inspect.rate"][:, 0].tolist() == [0.05, 0.05, 0.06]
    both = plan.run(["dear", "dry"], record="*")
    assert both["tower.rent"].T.tolist() == [[100, 120.5, 0], [100, 0, 0]]
    assert both["inspect.rate"].T.tolist() == [[0.5, 0.5, 0.5], [0.05, 0.05, 0.06]]
    assert plan.run("dear").metrics["owner.distributed"][0] == both.metrics["owner.distributed"][0]


def test_what_is_lost_and_from_when() -> None:
    rows = losses(cf.Deal.from_dict(deal()).compile(), ["dry"])
    found = [
        (row["scenario"], row["layer"], row["kind"], row["received"], row["lost"], row["short_from"]) for row in rows
    ]
    assert found == [
        ("base", "agent", "cost", 30.0, 0.0, None),
        ("base", "owner", "equity", 270.0, 0.0, None),
        ("dry", "agent", "cost", 10.0, 20.0, "2028-01-01"),
        ("dry", "owner", "equity", 90.0, 180.0, "2028-01-01"),
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("wet", "expected a scenario of this plan (dry, dear), found 'wet'"),
        (["dry", "deer"], "found 'deer'; did you mean 'dear'?"),
    ],
)
def test_an_unknown_scenario_is_named(given: object, message: str) -> None:
    with pytest.raises(cf.ScenarioError) as error:
        cf.Deal.from_dict(deal()).compile().run(given)  # type: ignore[arg-type]
    assert message in str(error.value)


@pytest.mark.parametrize("given", [[], 3, [3], ("dry", None)])
def test_what_is_no_name_is_refused(given: object) -> None:
    with pytest.raises(cf.ArgumentError, match="names of scenarios"):
        cf.Deal.from_dict(deal()).compile().run(given)  # type: ignore[arg-type]


def test_a_deal_without_scenarios_has_a_base_case() -> None:
    document = deal()
    del document["scenarios"]
    assert {row["scenario"] for row in losses(cf.Deal.from_dict(document).compile())} == {"base"}
