"""What goes beyond 2^52 cents, 45,035,996,273,704.96, is refused or told; what just fits is exact."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import cashfall as cf
from differential import differences
from small_deals import Document, agree, capped, deal, refused

# --- notes


def test_a_rounding_unit_too_fine_for_its_note() -> None:
    document = deal(notes__note__original_balance=45_000_000_000_000, notes__note__rounding_unit=0.01)
    with pytest.raises(cf.DealError, match="denominator is below 2\\^52"):
        cf.load(document).compile()


@pytest.mark.parametrize("balance", [0.01, 0.03, 45_035_996_273_704.95])
def test_the_smallest_and_the_largest_note(balance: float) -> None:
    agree(deal(notes__note__original_balance=balance))


def test_a_schedule_out_of_range() -> None:
    refused(
        deal(notes__note__original_balance=45_035_996_273_704.95, notes__note__amortisation={"bullet": {}}),
        "below 2^52 minor units on every date",
    )


@pytest.mark.parametrize("balance", [22_517_998_136_852.47, 22_517_998_136_852.48, 40_000_000_000_000])
def test_requests_that_are_out_of_range_together(balance: float) -> None:
    """2^52 - 2, 2^52 and 8e15 cents."""
    document = deal(
        notes__note__original_balance=balance,
        notes__note__coupon__fixed__rate=0,
        notes__note__amortisation={"sweep": {}},
    )
    document["notes"]["second"] = document["notes"]["note"]
    both = ["note", "second"]
    document["waterfalls"]["collection"][1]["accrue_interest"]["notes"] = both
    document["waterfalls"]["normal"][:2] = [
        {"pay_interest": {"notes": both, "from": ["cash"]}},
        {"sweep": {"notes": both, "from": ["cash"], "ranking": "pro_rata"}},
    ]
    agree(document)
    assert cf.load(document).compile().run().metrics["outcome"][0] == (balance > 22_517_998_136_852.475)


def test_proceeds_of_notes_that_are_dated_later() -> None:
    """60 trillions come into cash on 15 May."""
    document = deal(
        notes__note__original_balance=30_000_000_000_000,
        notes__note__dated_date="2025-05-15",
        notes__note__coupon__fixed__rate=0,
        notes__note__amortisation={"bullet": {}},
    )
    document["notes"]["second"] = document["notes"]["note"]
    both = ["note", "second"]
    document["waterfalls"]["collection"][0]["collect"]["from"] = ["income", *both]
    document["waterfalls"]["collection"][1]["accrue_interest"]["notes"] = both
    for step, verb in zip(document["waterfalls"]["normal"], ("pay_interest", "pay_principal"), strict=False):
        step[verb]["notes"] = both
    agree(document)
    assert cf.load(document).compile().run().metrics["outcome"].tolist() == [1]


# --- accounts, totals, ledgers


@pytest.mark.parametrize("limit", [None, {"cap": "5"}, {"keep_balance": "20000000000000"}, {"share_of_due": 0.5}])
@pytest.mark.parametrize("verb", ["distribute", "transfer"])
@pytest.mark.parametrize("when", ["inputs.factor > 1", "note.balance < 0", "1 == 1"])
def test_sources_that_hold_more_than_the_range_together(limit: Document | None, verb: str, when: str) -> None:
    step = {"to": "owner" if verb == "distribute" else "third", "from": ["cash", "reserve"]}
    document = deal(
        accounts__cash={"opening_balance": 45_000_000_000_000},
        accounts__reserve={"opening_balance": 45_000_000_000_000},
        accounts__third={},
        waterfalls__normal__2={"when": when, verb: step | ({"limit": limit} if limit else {})},
    )
    agree(document)


def test_two_balances_of_half_the_range_each() -> None:
    agree(
        deal(
            accounts__cash={"opening_balance": 22_517_998_138_000},
            waterfalls__normal__2__distribute__limit={"cap": "cash.balance + cash.balance"},
        )
    )


@pytest.mark.parametrize("metrics", ["*", ["outcome"], ["owner.distributed", "outcome"]])
@pytest.mark.parametrize("reserve", [{}, {"opening_balance": 10}])
def test_a_total_out_of_range_is_told_whatever_is_measured(metrics: Any, reserve: Document) -> None:
    """Each balance stays in range; 6e15 cents are distributed in all."""
    huge = [["2025-04-01", 30_000_000_000_000], ["2025-07-01", 30_000_000_000_000]]
    document = deal(cashflows__income__amounts=huge, accounts__reserve=reserve)
    agree(document)
    assert cf.load(document).compile().run(metrics=metrics).metrics["outcome"].tolist() == [1]


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_ledger_out_of_range(sign: str) -> None:
    """3e15, then 6e15 cents."""
    document = deal(ledgers__l={})
    document["waterfalls"]["normal"].insert(0, {"book": {"ledger": "l", "amount": f"{sign}30000000000000"}})
    agree(document)
    assert cf.load(document).compile().run().metrics["outcome"].tolist() == [1]


# --- amounts that are given and what becomes of them


@pytest.mark.parametrize("cents", [3_000_000_000_000_003, 2_251_799_813_685_251, 4_000_000_000_000_007])
def test_the_greatest_amounts_times_one_are_exact(cents: int) -> None:
    document = deal(cashflows__income__amounts=[["2025-04-01", Decimal(cents).scaleb(-2)]])
    result = cf.load(document).compile().run(unit="cents", record="income.amount")
    assert result["income.amount"][0, 0] == cents


@pytest.mark.parametrize("table", ["leases", "fees"])
@pytest.mark.parametrize(("annual", "fits"), [(-0.999999999, True), (0.05, True), (0.1, False), (0.99, False)])
def test_growth_over_centuries(table: str, annual: float, fits: bool) -> None:
    document = deal(schedules__yearly={"regular": {"first": "2026-01-01", "last": "2295-01-01", "months": 12}})
    growing = {"payment_dates": "yearly"}
    if table == "leases":
        terms = {"commencement": "2025-01-01", "end": "2295-01-01", "base_rent": {"per_date": 1_000}}
        document["leases"] = {"growing": growing | terms | {"escalator": {"annual": annual}}}
        document["waterfalls"]["collection"][0]["collect"]["from"].append("growing")
    else:
        document["fees"] = {
            "growing": growing | {"amount": {"fixed": {"per_date": 1_000, "escalator": {"annual": annual}}}}
        }
        document["waterfalls"]["collection"].append({"accrue_fee": {"fees": ["growing"]}})
        document["waterfalls"]["normal"].insert(0, {"pay_fee": {"fees": ["growing"], "from": ["cash"]}})
    if fits:
        agree(document, 2)
    else:
        refused(document, "expected growth that keeps the amount below 45,035,996,273,704.96")


@pytest.mark.parametrize("place", ["formula", "cost", "rent"])
@pytest.mark.parametrize(("amount", "number"), [(22_517_998_136_852.48, 2), (14_160_036_558.31, 3_180.5)])
def test_products_just_out_of_range(place: str, amount: float, number: float) -> None:
    """2^51 cents times 2 are 2^52; 1,416,003,655,831 cents times 3,180.5 are 2^52 - 1/2, rounded 2^52."""
    document = deal(
        inputs__large={"unit": "amount", "default": amount, "maximum": amount},
        inputs__much={"unit": "number", "default": number, "maximum": number},
    )
    normal = document["waterfalls"]["normal"]
    if place == "formula":
        normal.insert(0, {"inspect": {"name": "it", "value": f"inputs.large * {number}"}})
    if place == "cost":
        cost = {"direction": "out", "amounts": [["2025-04-01", amount]], "factor": "much"}
        document["cashflows"]["cost"] = cost
        normal.insert(0, {"pay_cost": {"cashflows": ["cost"], "from": ["cash"]}})
    if place == "rent":
        document["leases"] = {"tower": tower("large", "much")}
        document["waterfalls"]["collection"][0]["collect"]["from"].append("tower")
    paths = {"factor": [1.0] * 8, "large": [amount] * 8, "much": [float(number)] * 8}
    assert differences(document, [paths]) == []
    assert cf.load(document).compile().run().metrics["outcome"].tolist() == [1]


def tower(rent: str, factor: str) -> Document:
    """A lease of which a thousandth is collected."""
    return {
        "commencement": "2025-01-01",
        "end": "2027-01-01",
        "payment_dates": "quarterly",
        "base_rent": {"input": rent},
        "factor": factor,
        "issuer_share": 0.001,
    }


def test_a_rent_out_of_range_of_which_little_is_collected() -> None:
    """1e16 cents of rent, 1e13 collected."""
    document = deal(
        inputs__base={"unit": "amount", "default": 100_000_000_000},
        inputs__growth={"unit": "number", "default": 1_000},
    )
    document["leases"] = {"tower": tower("base", "growth")}
    document["waterfalls"]["collection"][0]["collect"]["from"].append("tower")
    agree(document)
    assert cf.load(document).compile().run().metrics["outcome"].tolist() == [1]


def test_a_sum_of_what_was_where_nothing_is_today() -> None:
    """No rent in October, 3e15 cents each on the two dates before."""
    document = deal(schedules__two={"dates": ["2025-04-01", "2025-07-01"]}, schedules__third={"dates": ["2025-10-01"]})
    document["leases"] = {
        "tower": {
            "commencement": "2025-01-01",
            "end": "2025-07-01",
            "payment_dates": "two",
            "base_rent": {"per_date": 30_000_000_000_000},
            "issuer_share": 0.001,
        }
    }
    document["waterfalls"]["collection"][0]["collect"]["from"].append("tower")
    inspect = {"dates": "third", "inspect": {"name": "sum", "value": "trailing_sum(tower.rent, 3)"}}
    document["waterfalls"]["normal"].insert(0, inspect)
    agree(document)
    assert cf.load(document).compile().run().metrics["outcome"].tolist() == [1]


# --- formulas and limits


@pytest.mark.parametrize(
    "formula",
    [
        "if(note.balance >= 0, 12_000_000_000_000, note.balance) * period.index",
        "divide(note.balance * 1000, inputs.factor * 0.000000001, 7)",
        "divide(note.balance * 55, inputs.factor * 0.000000001, 45035996273704.95)",
    ],
)
def test_formulas_that_leave_the_range(formula: str) -> None:
    document = capped(formula)
    assert differences(document, [{"factor": [1.0] * 8}]) == []
    assert cf.load(document).compile().run().metrics["outcome"].tolist() == [1]


def test_the_limits_of_a_step_without_payees_must_be_in_range() -> None:
    """No principal is due before 2027; the cap is out of range on the first date, and all is zero."""
    limit = {"cap": "note.balance + 45035996273704.95"}
    bullet = {"bullet": {}}
    document = deal(notes__note__amortisation=bullet, waterfalls__normal__1__pay_principal__limit=limit)
    agree(document)
    assert cf.load(document).compile().run(record="*")["note.balance"].max() == 0


def test_a_distribution_that_is_locked_up_reads_its_limits() -> None:
    document = capped("note.balance + 45035996273704.95")
    terms = {"level": 10**6, "dates": "quarterly", "when_undefined": "fail", "effects": [{"lock_up": {}}]}
    document["tests"] = {"locked": terms | {"measure": {"dscr": {"cash_flow": "income.amount", "notes": ["note"]}}}}
    document["waterfalls"]["collection"].append({"run_tests": {"tests": ["locked"]}})
    agree(document)


def test_the_balances_of_notes_that_are_measured_add_up() -> None:
    bullet: Document = {"bullet": {}}
    large = 45_035_996_273_704.95
    document = deal(
        notes__note__original_balance=large, notes__note__coupon__fixed__rate=0, notes__note__amortisation=bullet
    )
    document["notes"]["cent"] = document["notes"]["note"] | {"original_balance": 0.01}
    for step in (*document["waterfalls"]["collection"], *document["waterfalls"]["normal"]):
        for terms in step.values():
            if "notes" in terms:
                terms["notes"] = ["note", "cent"]
    oc = {"collateral": "cash.balance", "notes": ["note", "cent"]}
    document["tests"] = {"cover": {"measure": {"oc": oc}, "level": 1, "dates": "quarterly", "when_undefined": "pass"}}
    document["waterfalls"]["collection"].append({"run_tests": {"tests": ["cover"]}})
    agree(document)
    assert cf.Deal.from_dict(document).compile().run().metrics["outcome"].tolist() == [1]
    document["notes"]["note"]["original_balance"] = 45_035_996_273_704.94
    assert cf.Deal.from_dict(document).compile().run().metrics["outcome"].tolist() == [0]
