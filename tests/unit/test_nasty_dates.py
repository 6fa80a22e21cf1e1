"""Dates at the edges of the language: nothing but dates, one, ten thousand, off the payment dates, in stubs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

import cashfall as cf
from small_deals import BASE, Document, agree, deal, refused


def without_note(**changes: Any) -> Document:
    document = deal(**changes)
    del document["notes"]
    document["waterfalls"] = {
        "collection": document["waterfalls"]["collection"][:1],
        "normal": document["waterfalls"]["normal"][2:],
    }
    return document


def day_by_day() -> Document:
    """10,000 dates, on each of which 1.00 comes in."""
    days = [(dt.date(2025, 1, 1) + dt.timedelta(days=i)).isoformat() for i in range(10_000)]
    return without_note(schedules__quarterly={"dates": days}, cashflows__income__amounts=[[day, 1] for day in days])


def test_a_deal_of_nothing_but_dates() -> None:
    agree({"deal": BASE["deal"], "schedules": BASE["schedules"], "waterfalls": {"normal": []}})


def test_waterfalls_without_steps() -> None:
    document = without_note()
    document["waterfalls"]["normal"] = []
    agree(document)


def test_a_period_of_no_days_counts_none() -> None:
    """Though 30e/360_isda has -2 days from a last of February to itself, where that is the last date."""
    document = without_note(deal__closing_date="2025-02-28", schedules__closing={"dates": ["2025-02-28"]})
    per_year = {"per_year": {"amount": 1_800, "day_count": "30e/360_isda"}}
    document["fees"] = {"agent": {"payment_dates": "closing", "amount": per_year}}
    leg = {"day_count": "30e/360_isda"}
    document["swaps"] = {
        "hedge": {
            "payment_dates": "closing",
            "notional": {"schedule": [["2025-02-28", 1_000_000]]},
            "pay": leg | {"rate": {"fixed": {"rate": 0.04}}},
            "receive": leg | {"rate": {"fixed": {"rate": 0.03}}},
        }
    }
    document["waterfalls"]["collection"].append({"accrue_fee": {"fees": ["agent"]}})
    document["waterfalls"]["normal"][:0] = [
        {"settle_swap": {"swap": "hedge", "to": "cash", "from": ["cash"]}},
        {"pay_fee": {"fees": ["agent"], "from": ["cash"]}},
    ]
    agree(document)
    result = cf.load(document).compile().run(record="*")
    assert result["agent.accrued"].max() == 0
    assert result["hedge.pay_accrued"].max() == result["hedge.receive_accrued"].max() == 0


@pytest.mark.parametrize("date", ["2025-01-01", "2025-04-01", "2299-12-31"])
def test_one_date(date: str) -> None:
    agree(
        without_note(
            schedules__quarterly={"dates": [date]},
            cashflows__income__amounts=[[date, 7]],
            deal__extra_dates="quarterly",
        )
    )


@pytest.mark.parametrize(
    "waterfall_dates", [["2028-01-01", "2029-01-01"], ["2025-05-02", "2026-07-01"], ["2025-01-01"]]
)
@pytest.mark.parametrize("everything_in", ["normal", "after"])
def test_waterfall_dates_off_the_payment_dates(waterfall_dates: list[str], everything_in: str) -> None:
    document = deal(deal__waterfall_dates="other", schedules__other={"dates": waterfall_dates})
    steps = document["waterfalls"].pop("normal")
    document["waterfalls"] |= {"normal": [], everything_in: steps}
    agree(document)


@pytest.mark.parametrize(("dated", "first"), [("2025-05-15", "2025-07-01"), ("2025-04-01", "2025-07-01")])
@pytest.mark.parametrize("collected", [True, False])
def test_a_note_dated_after_closing(dated: str, first: str, collected: bool) -> None:
    document = deal(notes__note__dated_date=dated, notes__note__amortisation={"level": {"first_date": first}})
    if collected:
        document["waterfalls"]["collection"][0]["collect"]["from"].append("note")
    agree(document)


STUBS = ["2023-02-28", "2023-12-31", "2024-01-30", "2024-12-30", "2025-01-01", "2025-02-13", "2025-03-31"]


@pytest.mark.parametrize("dated", STUBS)
@pytest.mark.parametrize("day", [1, 28, 31])
@pytest.mark.parametrize("day_count", ["act/act_icma", "regular"])
def test_stubs_on_regular_schedules(day_count: str, day: int, dated: str) -> None:
    first, last = {1: ("2025-04-01", "2026-01-01"), 28: ("2025-05-28", "2026-02-28")}.get(
        day, ("2025-05-31", "2026-02-28")
    )
    document = deal(
        deal__closing_date="2023-01-01",
        schedules__quarterly={"regular": {"first": first, "last": last, "months": 3, "day": day}},
        cashflows__income__amounts=[[first, 50], [last, 100]],
        notes__note__dated_date=dated,
        notes__note__maturity_date=last,
        notes__note__day_count=day_count,
        notes__note__amortisation={"bullet": {}},
    )
    agree(document, 2)


def test_a_long_stub_before_two_ends_of_short_months() -> None:
    agree(
        deal(
            schedules__quarterly={"regular": {"first": "2025-09-30", "last": "2026-06-30", "months": 3}},
            cashflows__income__amounts=[["2025-09-30", 500]],
            notes__note__original_balance=1_000_000,
            notes__note__dated_date="2025-02-10",
            notes__note__maturity_date="2026-06-30",
            notes__note__day_count="act/act_icma",
            notes__note__amortisation={"bullet": {}},
        )
    )


def test_a_payment_inside_a_long_stub() -> None:
    """To 15 May 48/90/4 + 46/92/4 of a year by notional periods, not 94/232 of the stub by days."""
    document = deal(
        deal__extra_dates="between",
        schedules__between={"dates": ["2025-05-15"]},
        schedules__quarterly={"regular": {"first": "2025-09-30", "last": "2026-06-30", "months": 3}},
        cashflows__income__amounts=[["2025-05-15", 500_000], ["2026-06-30", 900_000]],
        notes__note__original_balance=1_000_000,
        notes__note__dated_date="2025-02-10",
        notes__note__maturity_date="2026-06-30",
        notes__note__day_count="regular",
        notes__note__amortisation={"sweep": {}},
    )
    document["waterfalls"]["after"] = [{"sweep": {"notes": ["note"], "from": ["cash"]}}]
    agree(document)


@pytest.mark.parametrize("day_count", ["act/act_icma", "regular"])
def test_a_day_count_without_its_regular_schedule(day_count: str) -> None:
    refused(
        deal(
            schedules__quarterly={"dates": ["2025-04-01", "2025-09-01", "2027-01-01"]},
            notes__note__day_count=day_count,
        ),
        "notes.note.day_count: expected a day count that needs no regular schedule",
    )


def test_ten_thousand_dates() -> None:
    document = day_by_day()
    result = cf.load(document).compile().run()
    assert float(result.metrics["owner.distributed"][0]) == 10_000
    result.check()


def test_of_two_bad_values_the_first_is_named_though_it_is_found_last() -> None:
    """Scenario 256 is found bad at once by one worker, scenario 0 on the last of 10,000 dates by another."""
    document = day_by_day()
    array = np.ones((10_000, 512))
    array[9_999, 0] = array[0, 256] = np.nan
    with pytest.raises(cf.ScenarioError) as caught:
        cf.load(document).compile().run({"factor": array}, threads=2)
    assert str(caught.value) == "inputs.factor: expected a number, found NaN at period 9999, scenario 0"


def test_too_many_operations_in_all() -> None:
    """Some 4,000 on each of 10,000 dates: given up after half of the dates."""
    document = day_by_day()
    long = "min(" + ", ".join(f"cash.balance + {i}" for i in range(1_000)) + ")"
    document["waterfalls"]["normal"][0]["distribute"]["limit"] = {"cap": long, "keep_balance": long}
    with pytest.raises(cf.RunError, match="use fewer dates"):
        cf.load(document).compile().run(record=[], metrics=["outcome"])
