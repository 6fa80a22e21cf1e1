"""Tests that look ahead: which dates are summed, and which inputs each view sees."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cashfall as cf

DATES = [f"2025-{month:02d}-15" for month in range(1, 13)]
QUARTERS = DATES[2::3]
"""15 March, June, September and December: positions 2, 5, 8 and 11."""


def deal(measure: dict[str, Any], n: int, view: str, **test: Any) -> cf.Deal:
    """Monthly rents of `inputs.flow` at a factor; a fee, a grant, and a note with 5.00 of principal a quarter."""
    document: dict[str, Any] = {
        "deal": {"name": "ahead", "currency": "USD", "closing_date": "2024-12-15", "waterfall_dates": "monthly"},
        "schedules": {"monthly": {"dates": DATES}, "quarterly": {"dates": QUARTERS}},
        "inputs": {
            "flow": {"unit": "amount", "default": 10},
            "factor": {"unit": "number", "default": 1, "maximum": 3},
        },
        "sizing_case": {"flow": 7},
        "leases": {
            "tower": {
                "commencement": "2024-12-15",
                "end": "2025-12-15",
                "payment_dates": "monthly",
                "base_rent": {"input": "flow"},
                "factor": "factor",
                "issuer_share": 0.5,
            }
        },
        "cashflows": {"grant": {"direction": "in", "amounts": [["2025-05-15", 100]]}},
        "accounts": {"cash": {"opening_balance": 1_000}},
        "equity": {"owner": {}},
        "fees": {"agency": {"payment_dates": "quarterly", "amount": {"fixed": {"per_date": 1}}}},
        "notes": {
            "loan": {
                "original_balance": 20,
                "dated_date": "2024-12-15",
                "maturity_date": "2025-12-15",
                "payment_dates": "quarterly",
                "day_count": "30/360_us",
                "coupon": {"fixed": {"rate": 0.04}},
                "amortisation": {"explicit": {"principal": [[date, 5] for date in QUARTERS]}},
            }
        },
        "tests": {
            "cover": {
                "measure": measure,
                "level": 1,
                "dates": "quarterly",
                "when_undefined": "hold",
                "forward": {"n": n, "view": view},
            }
            | test,
        },
        "waterfalls": {
            "collection": [
                {"collect": {"from": ["tower", "grant"], "to": "cash"}},
                {"accrue_fee": {"fees": ["agency"]}},
                {"accrue_interest": {"notes": ["loan"]}},
                {"run_tests": {"tests": ["cover"]}},
            ],
            "normal": [
                {"pay": {"dues": ["agency.due", "loan.interest_due", "loan.principal_due"], "from": ["cash"]}},
                {"distribute": {"to": "owner", "from": ["cash"]}},
            ],
        },
    }
    return cf.Deal.from_dict(document)


DSCR = {"dscr": {"cash_flow": "tower.rent - agency.accrued", "notes": ["loan"]}}
PATH = np.array([[float(month) for month in range(1, 13)]]).T


def values(deal: cf.Deal, **inputs: Any) -> list[float]:
    """What the test reads on its dates."""
    return [float(deal.compile().run(inputs)["cover.value"][position, 0]) for position in (2, 5, 8, 11)]


def ratio(numerator: float, denominator: float) -> float:
    """To the last of nine decimals."""
    return round(numerator * 1e9 / denominator) / 1e9


def test_scheduled_sums_the_sizing_case() -> None:
    # Interest of 0.20, 0.15, 0.10 and 0.05; rents of 7.00 a month and a fee of 1.00 a quarter.
    found = values(deal(DSCR, 2, "scheduled"), flow=PATH)
    assert found[:3] == [ratio(40, 10.25), ratio(40, 10.15), ratio(20, 5.05)]
    assert np.isnan(found[3])


def test_current_holds_the_inputs_of_the_date() -> None:
    found = values(deal(DSCR, 1, "current"), flow=PATH)
    assert found[:3] == [ratio(8, 5.15), ratio(17, 5.10), ratio(26, 5.05)]
    assert np.isnan(found[3])


def test_foresight_sees_the_path_of_the_scenario() -> None:
    found = values(deal(DSCR, 1, "foresight"), flow=PATH)
    assert found[:3] == [ratio(14, 5.15), ratio(23, 5.10), ratio(32, 5.05)]
    assert np.isnan(found[3])


def test_a_factor_is_seen_in_the_same_view() -> None:
    factor = np.array([[1.0] * 3 + [2.0] * 9]).T
    icr = {"icr": {"cash_flow": "tower.issuer_rent", "notes": ["loan"]}}
    assert values(deal(icr, 1, "current"), factor=factor)[:2] == [ratio(15, 0.15), ratio(30, 0.10)]
    assert values(deal(icr, 1, "foresight"), factor=factor)[:2] == [ratio(30, 0.15), ratio(30, 0.10)]
    assert values(deal(icr, 1, "scheduled"), factor=factor)[:2] == [ratio(10.5, 0.15), ratio(10.5, 0.10)]


def test_the_tables_are_those_of_the_later_date() -> None:
    realised = {"contract_realisation": {"realised": "grant.amount", "contracted": "loan.scheduled_principal"}}
    assert values(deal(realised, 2, "current"))[:3] == [10.0, 0.0, 0.0]


def test_the_mean_of_stretches() -> None:
    # Stretches of rent 2 * 3 - 1 against 5.15, 5.10 and 5.05.
    flow = np.full((12, 1), 2.0)
    found = values(deal(DSCR, 3, "foresight", by="mean_of_ratios"), flow=flow)
    total = sum(round(ratio(5, service) * 1e9) for service in (5.15, 5.10, 5.05))
    assert found[0] == round(total / 3) / 1e9


def test_a_past_is_looked_at_from_the_later_date() -> None:
    lagged = {"ratio": {"numerator": "lag(inputs.flow, 4, 50) + trailing_sum(tower.rent, 2)", "denominator": "1"}}
    # On 15 March: April looks back at 50, May, June at January and February; rents of March to June in pairs.
    flow = PATH
    numerator = (50 + 1 + 2) + (3 + 4) + (4 + 5) + (5 + 6)
    assert values(deal(lagged, 1, "foresight"), flow=flow)[0] == ratio(numerator, 3)


def test_a_window_looks_over_dates_that_are_not_measured() -> None:
    holiday = [{"from": "2025-04-01", "to": "2025-10-01"}]
    found = values(deal(DSCR, 2, "current", holiday=holiday), flow=PATH)
    assert found[0] == ratio(16, 10.25)
    assert np.isnan(found[1:]).all()


def test_only_foresight_reads_the_future() -> None:
    base, later = np.full((12, 1), 2.0), np.full((12, 1), 2.0)
    later[6:] = 9.0
    for view, differs in (("scheduled", False), ("current", False), ("foresight", True)):
        two = [values(deal(DSCR, 2, view), flow=path)[0] for path in (base, later)]
        assert (two[0] != two[1]) is differs


def test_it_is_told_in_listing_and_paragraph() -> None:
    from cashfall.cli.terms import paragraph

    plan = deal(DSCR, 2, "foresight").compile()
    assert "test cover looks 2 test dates ahead, view foresight" in plan.listing()
    assert "(foresight)" in plan.listing()
    assert "it looks ahead to 2025-09-15, view foresight" in plan.run().explain("cover.value", period=2)
    assert "Test cover: dscr over the next 2 test dates (foresight) at least 1" in paragraph(plan)


@pytest.mark.parametrize("view", ["current", "foresight"])
@pytest.mark.parametrize("factor", [40_000, 300])
def test_a_scenario_that_leaves_the_range_ahead_overflows_where_it_looks(view: str, factor: int) -> None:
    """At 40,000 each later date is out of range, at 300 two of them together."""
    huge = {"ratio": {"numerator": f"tower.rent * {factor} * 1000", "denominator": "1"}}
    flow = np.full((12, 2), 1.0)
    flow[4:, 1] = 100_000_000.0
    result = deal(huge, 1, view).compile().run({"flow": flow}, record=["loan.balance"])
    assert result.metrics["outcome"].tolist() == [0, 1]
    first = {"current": 5, "foresight": 2}[view]
    assert (result["loan.balance"][:, 1] == 0.0).tolist().index(True) == first


def test_terms_of_a_note_are_known_ahead() -> None:
    icr = {"icr": {"cash_flow": "0.01 * loan.original_balance * loan.months_to_maturity", "notes": ["loan"]}}
    # The months of 15 April, May and June to 15 December: 0.20 for each of 8 + 7 + 6.
    for view in ("scheduled", "current", "foresight"):
        assert values(deal(icr, 1, view))[0] == ratio(4.2, 0.15)


def test_a_group_is_looked_at_ahead() -> None:
    measure = {"contract_realisation": {"realised": "tower.rent", "contracted": "loan.scheduled_debt_service"}}
    terms = deal(measure, 1, "current").to_dict()
    terms["groups"] = {"debt": {"notes": ["loan"]}}
    terms["tests"]["cover"]["measure"]["contract_realisation"]["contracted"] = "debt.scheduled_debt_service"
    assert values(cf.Deal.from_dict(terms))[:3] == values(deal(measure, 1, "current"))[:3]


@pytest.mark.parametrize(("view", "cash"), [("scheduled", 42.0), ("current", 18.0), ("foresight", 30.0)])
def test_a_fixed_point_ahead(view: str, cash: float) -> None:
    # x = flow + x / 2 is twice the flow: of 7.00, of 3.00 on 15 March, and of 4.00, 5.00 and 6.00.
    terms = {"numerator": "solve(x, inputs.flow + 0.5 * x, 0, 60)", "denominator": "1"}
    assert values(deal({"ratio": terms}, 1, view), flow=PATH)[0] == cash / 3
    terms["numerator"] = "solve(x, inputs.flow + 0.5 * x, 0, 3)"
    result = deal({"ratio": terms}, 1, view).compile().run({"flow": PATH}, record=["loan.interest_due"])
    assert result.metrics["outcome"].tolist() == [2]
    assert np.flatnonzero(result["loan.interest_due"][:, 0]).size == 0


def test_a_deal_too_large_for_its_last_date_is_told_so() -> None:
    """The dates before it, which look ahead to it, are not checked for a program that was given up."""
    document = deal(DSCR, 2, "foresight").to_dict()
    document["schedules"]["last"] = {"dates": DATES[-1:]}
    longest = "min(" + ", ".join(f"inputs.flow + {i}" for i in range(10_000)) + ")"
    step = {"dates": "last", "distribute": {"to": "owner", "from": ["cash"], "limit": {"cap": longest}}}
    document["waterfalls"]["normal"][1:1] = [step] * 4
    with pytest.raises(cf.RunError, match="at most 60,000 operations"):
        cf.Deal.from_dict(document).compile().run(record=[], metrics=["outcome", "cover.minimum"])


def test_a_known_sum_of_two_to_the_52_is_out_of_range() -> None:
    # The first cent is paid from the opening 1,000.00, so that what is due stays in range.
    document = deal(DSCR, 1, "current").to_dict()
    document["tests"]["cover"]["measure"] = {"ratio": {"numerator": "cost.amount", "denominator": "1"}}
    amounts = [["2025-04-15", 0.01], ["2025-05-15", 45_035_996_273_704.95]]
    document["cashflows"]["cost"] = {"direction": "out", "amounts": amounts}
    document["waterfalls"]["normal"].insert(0, {"pay": {"dues": ["cost.due"], "from": ["cash"]}})
    assert cf.Deal.from_dict(document).compile().run().metrics["outcome"].tolist() == [1]
    amounts[1][1] = 45_035_996_273_704.94
    assert cf.Deal.from_dict(document).compile().run().metrics["outcome"].tolist() == [0]


def test_what_is_known_ahead_is_not_computed_date_by_date() -> None:
    """Else nine dates of thousands of operations would be too many."""
    longest = "min(" + ", ".join(f"inputs.flow + {i}" for i in range(1_000)) + ")"
    document = deal({"ratio": {"numerator": longest, "denominator": "1"}}, 4, "scheduled").to_dict()
    document["tests"]["again"] = document["tests"]["cover"]
    document["waterfalls"]["collection"][3] = {"run_tests": {"tests": ["cover", "again"]}}
    assert cf.Deal.from_dict(document).compile().run()["cover.value"][2, 0] == 7
