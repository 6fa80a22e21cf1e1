"""The clauses of leases, by hand."""

from __future__ import annotations

from typing import Any

import pytest

import cashfall as cf
from differential import differences

Document = dict[str, Any]

YEARS = [f"20{year}-01-01" for year in range(26, 38)]
"""Twelve rents, 2026 to 2037."""


def deal(*, share: float = 1, dates: list[str] | None = None, **clauses: Any) -> Document:
    """A lease of 100.00 a year from 2025 to 2029; an event is a 1 among zeros."""
    lease = {
        "commencement": "2025-01-01",
        "end": "2029-01-01",
        "payment_dates": "yearly",
        "base_rent": {"per_date": 100},
        "issuer_share": share,
        **clauses,
    }
    flag = {"unit": "number", "default": 0, "maximum": 1}
    amount = {"unit": "amount", "default": 0, "maximum": 1_000_000}
    return {
        "deal": {"name": "let", "currency": "USD", "closing_date": "2025-01-01", "waterfall_dates": "yearly"},
        "schedules": {"yearly": {"dates": dates or YEARS}},
        "inputs": {
            "event": flag,
            "stays": flag | {"default": 1},
            "market": amount,
            "level": flag | {"default": 1, "maximum": 9},
        },
        "leases": {"tower": lease},
        "accounts": {"cash": {}},
        "equity": {"owner": {}},
        "waterfalls": {
            "collection": [{"collect": {"from": ["tower"], "to": "cash"}}],
            "normal": [{"distribute": {"to": "owner", "from": ["cash"]}}],
        },
    }


def run(document: Document, **inputs: Any) -> cf.Result:
    """A run with which the reference agrees."""
    plan = cf.Deal.from_dict(document).compile()
    n = len(plan.periods)
    paths = {name: path + [path[-1]] * (n - len(path)) for name, path in inputs.items()}
    paths = {name: [float(value) for value in path] for name, path in paths.items()}
    defaults = {info["name"]: [float(value) for value in info["default"]] for info in plan.inputs}
    assert differences(document, [{**defaults, **paths}]) == []
    return plan.run(paths)


def flow(result: cf.Result, quantity: str) -> list[float]:
    return [float(value) for value in result[f"tower.{quantity}"][:, 0]]


EVENT = "inputs.event == 1"
STAYS = "inputs.stays == 1"


def test_a_delay_moves_the_whole_contract() -> None:
    renewals = [{"until": "2031-01-01", "when": STAYS, "step": 0.1}]
    result = run(deal(begins_when=EVENT, renewals=renewals, free_rents=1), event=[0, 0, 0, 1, 0])
    # Three years late: rents 1 to 4, the first free, then two of 110.00; the option is decided on 2032-01-01.
    assert flow(result, "n_rents") == [0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert flow(result, "rent") == [0, 0, 0, 0, 100, 100, 100, 110, 110, 0, 0, 0]
    assert flow(result, "expired") == [0] * 8 + [1, 0, 0, 0]
    goes = run(deal(begins_when=EVENT, renewals=renewals), event=[1], stays=[1, 1, 1, 0])
    assert flow(goes, "rent") == [100] * 4 + [0] * 8


def test_an_option_is_decided_on_the_last_date_of_the_term_before_it() -> None:
    renewals = [{"until": "2031-01-01", "when": STAYS}, {"until": "2034-01-01", "when": STAYS}]
    on_the_day = [1, 1, 1, 1, 0, 0, 0, 0]
    assert sum(flow(run(deal(renewals=renewals), stays=on_the_day), "rent")) == 600
    assert sum(flow(run(deal(renewals=renewals), stays=[0, 0, 0, 1, 0, 1, 0]), "rent")) == 900
    assert sum(flow(run(deal(renewals=renewals), stays=[1, 1, 1, 0, 1]), "rent")) == 400


def test_growth_and_steps() -> None:
    renewals = [{"until": "2031-01-01", "when": STAYS, "step": 0.5}]
    result = run(deal(renewals=renewals, escalator={"annual": 0.1}, factor="level"), level=[1, 1, 2, 1])
    # The first rent of the renewal grows by both: 133.10 x 1.1 = 146.41, x 1.5 = 219.615.
    assert flow(result, "rent")[:7] == [100, 110, 242, 133.1, 219.62, 241.58, 0]


def test_an_index() -> None:
    level = [2, 2.1, 2, 3, 3.03]
    growth = {"index": {"input": "level"}}
    assert flow(run(deal(escalator=growth), level=level), "rent")[:4] == [100, 105, 100, 150]
    bounded = {"index": {"input": "level", "floor": 0, "cap": 0.2}}
    result = run(deal(escalator=bounded), level=level)
    assert flow(result, "rent")[:4] == [100, 105, 105, 126]
    assert flow(result, "index_level")[:5] == [2, 2.1, 2, 3, 3]


def test_deferred_rent_is_paid_in_instalments() -> None:
    deferral = {"when": EVENT, "most": 2, "over": 3}
    result = run(deal(end="2032-01-01", deferral=deferral), event=[0, 1, 1, 1, 0])
    # The fourth may not be deferred any more. 200.00 / 3 = 66.67, then 133.33 / 2 = 66.665, then the rest.
    assert flow(result, "deferred")[:7] == [0, 100, 200, 133.33, 66.66, 0, 0]
    assert flow(result, "rent")[:7] == [100, 0, 0, 166.67, 166.67, 166.66, 100]
    # A lease that ends first pays all of it then.
    short = run(deal(deferral=deferral), event=[0, 0, 1, 0])
    assert flow(short, "rent")[:5] == [100, 100, 0, 200, 0]
    # On the last date nothing is deferred.
    assert flow(run(deal(deferral=deferral), event=[0, 0, 0, 1]), "rent")[:4] == [100] * 4


def test_default_claim_deposit_and_recovery() -> None:
    default = {"when": EVENT, "claim_rents": 5, "recovery": "0.4", "after": 2}
    result = run(deal(share=0.5, default=default, deposit=120), event=[0, 1, 0])
    # Rents 2, 3 and 4 are claimed: 300.00, of which the deposit covers 120.00; 40% of 180.00 two years later.
    assert flow(result, "rent") == [100] + [0] * 11
    assert flow(result, "claimed")[:3] == [0, 300, 0]
    assert flow(result, "deposit_applied")[:3] == [0, 120, 0]
    assert flow(result, "claim")[:3] == [0, 180, 180]
    assert flow(result, "proceeds")[:5] == [0, 120, 0, 72, 0]
    assert flow(result, "issuer_proceeds")[:5] == [0, 60, 0, 36, 0]
    assert flow(result, "deposit_returned") == [0] * 12
    assert result.metrics["tower.recovered"].tolist() == [72]
    # What was deferred is claimed too.
    both = run(deal(default=default, deferral={"when": EVENT, "most": 1, "over": 1}) | {}, event=[0, 0, 0])
    assert flow(both, "claimed") == [0] * 12


@pytest.mark.parametrize("share", ["1.5", "-0.5"])
def test_a_recovery_is_a_share(share: str) -> None:
    default = {"when": EVENT, "claim_rents": 1, "recovery": share}
    recovered = flow(run(deal(default=default), event=[1]), "recovered")
    assert recovered[0] == (100 if share == "1.5" else 0)


def test_a_deposit_is_returned_once() -> None:
    result = run(deal(default={"when": EVENT}, deposit=120), event=[0])
    assert flow(result, "deposit") == [120] * 3 + [0] * 9
    assert flow(result, "deposit_returned") == [0, 0, 0, 120] + [0] * 8
    # A claim of nothing: all of it is returned on the default.
    assert flow(run(deal(default={"when": EVENT}, deposit=120), event=[0, 1]), "deposit_returned")[1] == 120


def test_the_first_end_counts() -> None:
    clauses: Document = {
        "purchase": {"when": EVENT, "price": "700"},
        "termination": {"when": EVENT, "payment": "50"},
        "casualty": {"when": EVENT, "insurance": "600"},
    }
    order = [("purchase", "purchase_paid", 700), ("termination", "termination_paid", 50), ("casualty", "insured", 600)]
    for clause, paid, amount in order:
        result = run(deal(**clauses), event=[0, 1, 1])
        # The rent of the date is paid.
        assert flow(result, "rent")[:4] == [100, 100, 0, 0]
        assert flow(result, paid)[:4] == [0, amount, 0, 0]
        assert flow(result, "proceeds") == flow(result, paid)
        del clauses[clause]
    failing = deal(default={"when": EVENT}, purchase={"when": EVENT, "price": "700"})
    assert flow(run(failing, event=[0, 1]), "proceeds") == [0] * 12


def test_an_empty_property_is_let_again() -> None:
    relet = {"after": 2, "rent": "inputs.market"}
    result = run(deal(relet=relet), market=[80] * 8 + [70])
    assert flow(result, "n_vacant") == [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert flow(result, "rent") == [100] * 4 + [0, 0, 80, 80, 70, 70, 70, 70]
    bought = deal(relet=relet, purchase={"when": EVENT, "price": "1"})
    assert flow(run(bought, event=[0, 1], market=[80]), "rent") == [100, 100] + [0] * 10


GUARANTEE: Document = {
    "threshold": [["2025-01-01", 900], ["2030-01-01", 600]],
    "until": "2033-01-01",
    "cap": 500,
    "value": "inputs.market",
    "after": 1,
}


@pytest.mark.parametrize(
    ("until", "value", "paid"),
    [
        ("2029-01-01", 350, 500),  # 900 - 350 is more than the cap
        ("2029-01-01", 450, 450),
        ("2029-01-01", 950, 0),
        ("2031-01-01", 450, 150),  # the threshold has stepped down to 600
        ("2033-01-01", 450, 150),
        ("2034-01-01", 450, 0),  # after the last day of the guarantee
    ],
)
def test_a_residual_value_guarantee(until: str, value: float, paid: float) -> None:
    document = deal(end=until, residual_value_guarantee=GUARANTEE, sale={"after": 3, "value": "inputs.market - 20"})
    result = run(document, market=[value])
    ends = YEARS.index(until)
    assert flow(result, "guarantee_paid")[ends : ends + 3] == [0, paid, 0]
    # It looks at the value on that day, whatever the sale brings.
    assert sum(flow(result, "sold")) == (value - 20 if ends + 3 < len(YEARS) else 0)
    assert sum(flow(result, "proceeds")) == paid + sum(flow(result, "sold"))


def test_who_has_the_residual() -> None:
    terms: Document = {"residual_value_guarantee": GUARANTEE, "sale": {"after": 1, "value": "inputs.market"}}
    pro_rata = run(deal(share=0.8, **terms), market=[450])
    assert flow(pro_rata, "issuer_proceeds")[4] == 720
    for claim, received in (("800", 800), ("1000", 900), ("-1", 0)):
        ranking = {"issuer_first": {"claim": claim}}
        first = run(deal(share=0.8, residual_ranking=ranking, **terms), market=[450])
        assert flow(first, "issuer_proceeds")[4] == received
    rows = [row for row in pro_rata.ledger() if row["period"] == 4 and row["to"] == "cash" and row["amount"]]
    assert [(row["from"], row["amount"]) for row in rows] == [("tower.proceeds", 720)]
    assert "guarantee_paid: 450.00" in pro_rata.explain("tower.issuer_proceeds", period=4)


def test_a_guarantee_is_called_on_default_and_termination_not_on_a_purchase() -> None:
    for clause, called in (
        ({"default": {"when": EVENT}}, 450),
        ({"termination": {"when": EVENT, "payment": "0"}}, 450),
        ({"purchase": {"when": EVENT, "price": "0"}}, 0),
        ({"casualty": {"when": EVENT, "insurance": "0"}}, 0),
    ):
        result = run(deal(residual_value_guarantee=GUARANTEE, **clause), event=[0, 1], market=[450])
        assert sum(flow(result, "guarantee_paid")) == called


def test_costs_of_an_empty_property_read_the_lease() -> None:
    document = deal(relet={"after": 9, "rent": "1"})
    document["waterfalls"]["normal"].insert(
        0, {"when": "tower.vacant", "inspect": {"name": "x", "value": "tower.n_vacant"}}
    )
    assert run(document)["inspect.x"][:, 0].tolist()[3:6] == [0, 1, 2]


def sculpted(**clauses: Any) -> Document:
    """A note that is sculpted on the rent of six years, and a test that looks ahead."""
    document = deal(renewals=[{"until": "2031-01-01", "when": STAYS}], share=0.8, **clauses)
    document["notes"] = {
        "senior": {
            "original_balance": 300,
            "dated_date": "2025-01-01",
            "maturity_date": "2031-01-01",
            "payment_dates": "yearly",
            "day_count": "30e/360",
            "coupon": {"fixed": {"rate": 0.05}},
            "amortisation": {"sculpted": {"first_date": "2026-01-01", "cash_flow": "tower.issuer_rent"}},
        }
    }
    document["waterfalls"]["collection"].append({"accrue_interest": {"notes": ["senior"]}})
    dues = {"dues": ["senior.interest_due", "senior.principal_due"], "from": ["cash"]}
    document["waterfalls"]["normal"].insert(0, {"pay": dues})
    return document


def test_a_schedule_is_sized_on_rent_whatever_the_receipts_read() -> None:
    clauses = {
        "sale": {"value": "inputs.market"},
        "residual_ranking": {"issuer_first": {"claim": "opening.senior.balance"}},
    }
    document = sculpted(**clauses)
    result = run(document)
    service = result["senior.scheduled_debt_service"][:6, 0]
    assert max(service) - min(service) < 0.05
    assert result["senior.balance"][5, 0] == 0
    # The tenant goes after four years: the sale repays what is left, no more.
    gone = run(document, stays=[0], market=[1000])
    assert flow(gone, "issuer_proceeds")[3] == gone["senior.balance"][2, 0]
    document["notes"]["senior"]["amortisation"]["sculpted"]["cash_flow"] = "tower.issuer_rent + tower.issuer_proceeds"
    with pytest.raises(cf.DealError, match="quantity known in advance"):
        cf.Deal.from_dict(document)


@pytest.mark.parametrize(("view", "value"), [("scheduled", 3), ("current", 3), ("foresight", 1)])
def test_a_test_looks_ahead_on_the_lease_as_it_stands(view: str, value: float) -> None:
    document = sculpted()
    measure = {"ratio": {"numerator": "tower.rent", "denominator": "100"}}
    document["tests"] = {
        "ahead": {
            "measure": measure,
            "level": 1,
            "dates": "yearly",
            "when_undefined": "hold",
            "forward": {"n": 3, "view": view},
        }
    }
    document["waterfalls"]["collection"].append({"run_tests": {"tests": ["ahead"]}})
    # On 2028-01-01 there are three rents ahead, if the tenant stays a year later: only foresight knows that it goes.
    result = run(document, stays=[1, 1, 1, 0])
    assert result["ahead.value"][2, 0] * 3 == pytest.approx(value)
    # On 2029-01-01 it has gone.
    assert result["ahead.value"][3, 0] == (pytest.approx(2 / 3) if view == "scheduled" else 0)
