"""Support from a facility and interest on the balances of accounts: figures by hand, and engine and reference agree."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import cashfall as cf
from differential import differences

DATES = ["2025-04-15", "2025-07-15", "2025-10-15", "2026-01-15"]


def deal(support: list[dict[str, Any]], **facility: Any) -> dict[str, Any]:
    """Notes that pay 26.66 a date, rent of 25.00 times a factor, and a line of 60.00, repaid before equity is paid."""
    return {
        "deal": {
            "name": "support",
            "currency": "USD",
            "closing_date": "2025-01-15",
            "waterfall_dates": "quarterly",
            "rounding": "half_even",
        },
        "schedules": {"quarterly": {"dates": DATES}, "halves": {"dates": DATES[1::2]}},
        "inputs": {
            "rent_factor": {"unit": "number", "default": 1, "maximum": 100},
            "index": {"unit": "number", "default": 0.03, "minimum": -1, "maximum": 1},
        },
        "cashflows": {"rent": {"direction": "in", "factor": "rent_factor", "amounts": [[date, 25] for date in DATES]}},
        "accounts": {"cash": {}, "spare": {"opening_balance": 9}, "reserve": {"target": {"formula": "30"}}},
        "facilities": {"line": {"commitment": 60, "payment_dates": "quarterly", "day_count": "act/360", **facility}},
        "notes": {
            name: {
                "original_balance": balance,
                "dated_date": "2025-01-15",
                "maturity_date": DATES[-1],
                "payment_dates": "quarterly",
                "day_count": "30/360_us",
                "coupon": {"fixed": {"rate": 0.08}},
                "amortisation": {"bullet": {}},
            }
            for name, balance in (("senior", 1000), ("junior", 333))
        },
        "equity": {"sponsor": {}},
        "waterfalls": {
            "collection": [
                {"collect": {"from": ["rent"], "to": "cash"}},
                {"accrue_interest": {"notes": ["senior", "junior"]}},
            ],
            "normal": [
                {
                    "pay_interest": {
                        "notes": ["senior", "junior"],
                        "from": ["cash"],
                        "ranking": "pro_rata",
                        "support": support,
                    }
                },
                {
                    "fill_reserve": {
                        "account": "reserve",
                        "from": ["cash"],
                        "support": support[-1:],
                        "limit": {"cap": "12"},
                    }
                },
                {"pay_principal": {"notes": ["senior", "junior"], "from": ["cash", "reserve"]}},
                {"repay_facility": {"facilities": ["line"], "from": ["cash"]}},
                {"distribute": {"to": "sponsor", "from": ["cash"]}},
            ],
        },
    }


LINE = {"from_facility": "line"}
FACTORS = (0.0, 0.5, 1.0, 3.0)


def agree(document: dict[str, Any]) -> None:
    """Engine and reference, in every flow and metric."""
    indices = ([0.03, -0.5, 0.1, 0.2], [0.03] * 4)
    paths = [
        {"rent_factor": list(factors), "index": index}
        for factors in itertools.product(FACTORS, repeat=4)
        for index in indices
    ]
    paths = [{name: path[name] for name in document["inputs"]} for path in paths]
    assert differences(document, paths) == []


def test_a_facility_pays_what_the_sources_leave_unpaid() -> None:
    document = deal([{"from_account": "spare"}, LINE])
    document["waterfalls"]["normal"].pop(1)
    result = cf.Deal.from_dict(document).compile().run({"rent_factor": [0, 0, 0, 0]})
    assert result["senior.interest_paid"][:, 0].tolist() == [20, 20, 11.76, 0]
    # 26.66 a date, 9.00 from the spare account
    assert result["line.draws"][:, 0].tolist() == [17.66, 26.66, 15.68, 0]
    assert result["line.available"][:, 0].tolist() == [42.34, 15.68, 0, 0]
    rows = [row for row in result.ledger() if row["from"] == "line"]
    assert [float(row["amount"]) for row in rows[:2]] == [13.25, 4.41]
    assert (rows[0]["to"], rows[0]["bound_by"]) == ("senior.interest", "support: request")


def test_it_is_repaid_and_drawn_again() -> None:
    result = cf.Deal.from_dict(deal([LINE])).compile().run({"rent_factor": [0, 3, 0, 0]})
    assert result["line.drawn"][:, 0].tolist() == [38.66, 2.32, 34.98, 60]
    assert result["line.repaid"][:, 0].tolist() == [0, 36.34, 0, 0]


@pytest.mark.parametrize("revolving", [True, False])
@pytest.mark.parametrize("support", [[LINE], [{"from_account": "spare"}, LINE], [LINE, {"from_account": "spare"}]])
def test_engine_and_reference_agree(support: list[dict[str, Any]], revolving: bool) -> None:
    interest = {"interest": {"fixed": {"rate": 0.07}}, "commitment_fee": 0.005}
    document = deal(support, revolving=revolving, availability_end="2025-12-31", **interest)
    dues = {"pay": {"dues": ["line.fee_due", "line.interest_due"], "from": ["cash"]}}
    document["waterfalls"]["normal"].insert(0, dues)
    agree(document)


def test_a_condition_and_a_stop_hold_the_facility_back() -> None:
    document = deal([{"from_facility": "line", "only_if": "period.index != 1"}], draw_stop="period.index == 2")
    agree(document)
    result = cf.Deal.from_dict(document).compile().run({"rent_factor": [0, 0, 0, 0]})
    assert [draw > 0 for draw in result["line.draws"][:, 0]] == [True, False, False, True]


def test_acceleration_stops_support() -> None:
    document = deal([LINE])
    document["acceleration"] = {"notes": ["senior"]}
    document["waterfalls"]["after"] = [{"when": "period.index == 1", "accelerate": {}}]
    agree(document)


EARNS = {"rate": {"fixed": {"rate": 0.05}}, "payment_dates": "halves", "day_count": "act/365f"}


def earning(terms: dict[str, Any], to: str) -> dict[str, Any]:
    document = deal([LINE])
    document["accounts"]["spare"] = {"opening_balance": 10_000, "earns": terms}
    document["waterfalls"]["collection"].insert(0, {"collect": {"from": ["spare"], "to": to}})
    return document


def test_interest_on_a_balance_is_rounded_once_and_follows_the_balance() -> None:
    document = earning(EARNS, "cash")
    move = {"dates": "quarterly", "when": "period.index == 0", "transfer": {"from": ["spare"], "to": "cash"}}
    document["waterfalls"]["after"] = [move | {"transfer": {**move["transfer"], "limit": {"cap": "4000"}}}]
    result = cf.Deal.from_dict(document).compile().run()
    # 90 days on 10,000.00 and 91 on 6,000.00, at 5% of 365; then 184 days on 6,000.00
    first = round((10_000 * 90 + 6_000 * 91) * 0.05 / 365, 2)
    assert result["spare.earned"][:, 0].tolist() == [0, first, 0, round(6_000 * 184 * 0.05 / 365, 2)]
    row = next(row for row in result.ledger() if row["from"] == "interest on spare")
    assert (row["to"], row["waterfall"], float(row["amount"])) == ("cash", "collection", first)
    assert float(result.metrics["spare.earned"][0]) == round(sum(result["spare.earned"][:, 0]), 2)


FLOATING = {
    "rate": {"floating": {"index": "index", "margin": -0.001}},
    "payment_dates": "quarterly",
    "day_count": "30e/360",
}
ARREARS = {**FLOATING, "rate": {"floating": {"index": "index", "fixing": "in_arrears", "floor": 0.01}}}


@pytest.mark.parametrize("terms", [EARNS, FLOATING, ARREARS])
@pytest.mark.parametrize("to", ["spare", "cash"])
def test_what_is_earned_agrees(terms: dict[str, Any], to: str) -> None:
    document = earning(terms, to)
    document["waterfalls"]["normal"][0]["pay_interest"]["support"] = [{"from_account": "spare"}]
    document["waterfalls"]["normal"][1:1] = [
        {"when": "spare.earned > 0", "inspect": {"name": "earned", "value": "spare.earned"}}
    ]
    agree(document)
