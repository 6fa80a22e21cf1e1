"""Valid deals at the edges of the language, on which engine and reference must agree exactly, and what is refused."""

from __future__ import annotations

import copy
import datetime as dt
import json
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import cashfall as cf
from cashfall.testing.reference import InvalidDeal, Reference
from cashfall.testing.scenario_paths import generate_scenarios
from differential import differences

Document = dict[str, Any]


BASE: Document = {
    "deal": {"name": "nasty", "currency": "USD", "closing_date": "2025-01-01", "waterfall_dates": "quarterly"},
    "schedules": {"quarterly": {"regular": {"first": "2025-04-01", "last": "2027-01-01", "months": 3}}},
    "inputs": {"factor": {"unit": "number", "default": 1}},
    "cashflows": {
        "income": {
            "direction": "in",
            "amounts": [["2025-04-01", 500], ["2025-07-01", 300], ["2026-01-01", 901], ["2027-01-01", 10_000]],
            "factor": "factor",
        }
    },
    "accounts": {"cash": {}, "reserve": {"opening_balance": 10}},
    "notes": {
        "note": {
            "original_balance": 1_000,
            "dated_date": "2025-01-01",
            "maturity_date": "2027-01-01",
            "payment_dates": "quarterly",
            "day_count": "30/360_us",
            "coupon": {"fixed": {"rate": 0.0612345}},
            "amortisation": {"level": {"first_date": "2025-04-01"}},
        }
    },
    "equity": {"owner": {}},
    "waterfalls": {
        "collection": [{"collect": {"from": ["income"], "to": "cash"}}, {"accrue_interest": {"notes": ["note"]}}],
        "normal": [
            {"pay_interest": {"notes": ["note"], "from": ["cash"]}},
            {"pay_principal": {"notes": ["note"], "from": ["cash"]}},
            {"distribute": {"to": "owner", "from": ["cash"]}},
        ],
    },
}


def deal(**changes: Any) -> Document:
    """The base deal, with other values at paths whose points are written `__`; None takes a key away."""
    document = copy.deepcopy(BASE)
    for path, value in changes.items():
        *above, last = path.split("__")
        place: Any = document
        for key in above:
            place = place[int(key)] if key.isdigit() else place.setdefault(key, {})
        if value is None:
            del place[last]
        elif isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    return document


def capped(formula: str) -> Document:
    return deal(waterfalls__normal__2__distribute__limit={"cap": formula})


def agree(document: Document, n_scenarios: int = 4) -> None:
    assert differences(document, generate_scenarios(document, n_scenarios, 1)) == []


def refused(document: Document, *words: str) -> None:
    """Both sides refuse it; the engine as a wrong deal, and says so in these words."""
    with pytest.raises(cf.DealError) as error:
        cf.load(document).compile()
    for word in words:
        assert word in str(error.value)
    with pytest.raises(InvalidDeal):
        Reference(document)


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


# --- dates


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


# --- amounts


@pytest.mark.parametrize("rounding", ["half_up", "half_even", "down"])
@pytest.mark.parametrize("decimals", [0, 1, 4])
@pytest.mark.parametrize(
    "limit", [{"share_of_due": 0.333333333}, {"cap": "note.balance / 7"}, {"keep_balance": "note.balance / 11"}]
)
def test_limits_over_two_sources_pro_rata(rounding: str, decimals: int, limit: Document) -> None:
    document = deal(deal__rounding=rounding, deal__decimals=decimals, deal__currency="JPY")
    document["notes"]["second"] = document["notes"]["note"] | {"original_balance": 777, "rounding_unit": 7}
    notes = ["note", "second"]
    document["waterfalls"]["collection"][1]["accrue_interest"]["notes"] = notes
    for step in document["waterfalls"]["normal"]:
        for verb, fields in step.items():
            fields |= {"from": ["reserve", "cash"], "limit": limit}
            if verb != "distribute":
                fields |= {"notes": notes, "ranking": "pro_rata"}
    agree(document)


@pytest.mark.parametrize("unit", [0.01, 0.02, 500, 1_000])
def test_rounding_units(unit: float) -> None:
    agree(deal(notes__note__rounding_unit=unit))


def test_a_rounding_unit_too_fine_for_its_note() -> None:
    document = deal(notes__note__original_balance=45_000_000_000_000, notes__note__rounding_unit=0.01)
    with pytest.raises(cf.DealError, match="denominator is below 2\\^52"):
        cf.load(document).compile()


@pytest.mark.parametrize("balance", [0.01, 0.03, 45_035_996_273_704.95])
def test_the_smallest_and_the_largest_note(balance: float) -> None:
    agree(deal(notes__note__original_balance=balance))


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


def test_cents_without_decimals() -> None:
    refused(
        deal(deal__decimals=0, accounts__cash={"opening_balance": 0.5}),
        "expected an amount without decimals, as `deal.decimals` is 0, found 0.5",
    )


def test_a_sculpting_cash_flow_below_zero_on_the_last_date() -> None:
    sculpted = {"first_date": "2025-04-01", "cash_flow": "if(period.index == 7, -1, 100)"}
    refused(deal(notes__note__amortisation={"sculpted": sculpted}), "-1.00 on 2027-01-01")


def test_a_sculpting_cash_flow_of_the_past() -> None:
    formula = "lag(income.amount, 1, 100) + trailing_sum(income.amount, 3) * inputs.factor + 100 * (1 / 3 + 2 / 3)"
    sculpted = {"first_date": "2025-04-01", "cash_flow": f"if(period.index < 9, 500, 0) + ({formula})"}
    agree(deal(notes__note__amortisation={"sculpted": sculpted}, notes__note__coupon__fixed__rate=0))


# --- formulas


@pytest.mark.parametrize(
    "formula",
    [
        "note.balance * (1 / 3 * 3)",  # 0.999999999
        "note.balance * (2 / 3)",
        "note.balance / (1 / 3)",
        "note.balance / -3",
        "-note.balance / 7",
        "- - 5",
        "1_000.2_5",
        "note . balance\n+\r\n\t1",
        "min(3)",
        "max(note.balance)",
        "clip(note.balance, 5, 2)",
        "divide(note.balance, period.index, 7)",
        "if(divide(period.index, period.index, 3) == 1, note.balance, 0)",
        "if((inputs.factor > 1) == not (note.balance > 5), 5, 6)",
        "if(not note.balance == 0 and inputs.factor >= 1 or 1, note.balance, 0)",
        "trailing_sum(note.balance, 10000)",
        "lag(note.balance, 10000, 3)",
        "lag(period.index, 1, 0) * note.balance",
        "opening.note.scheduled_balance",
        "45035996273704.95",
        "note.balance + 45035996273704.95",
        "if(note.balance < 0, note.balance + 45035996273704.95, 3)",
        "if(period.index < 9, 3, note.scheduled_balance + 45035996273704.95)",  # computed, though not chosen
        "divide(note.scheduled_balance, 1, note.scheduled_balance + 45035996273704.95)",
        "if(1 < 2 or note.scheduled_balance + 45035996273704.95 > 0, 3, 4)",
        "if(2 < 1 and note.scheduled_balance + 45035996273704.95 > 0, 3, 4)",
        "note.original_balance + 45035996272704.96",  # 2^52 cents
        "divide(note.scheduled_interest, 0 - note.scheduled_balance, 0) * note.balance",
        "-" * 60 + "note.balance",
        "(" * 60 + "note.balance" + ")" * 60,
        "min(" + ", ".join(f"note.balance + {i}" for i in range(1_000)) + ")",
        "+".join(["note.balance"] * 250),
    ],
)
def test_odd_formulas(formula: str) -> None:
    agree(capped(formula))


@pytest.mark.parametrize("rounding", ["half_up", "half_even", "down"])
@pytest.mark.parametrize("formula", ["note.scheduled_balance / 2", "(0 - note.original_balance) / 2"])
def test_halves_that_are_known_at_once(rounding: str, formula: str) -> None:
    """900.01 / 2 is a tie, and -1,000.00 / 2 is none."""
    principal = [["2025-04-01", 99.99], ["2027-01-01", 900.01]]
    document = deal(deal__rounding=rounding, notes__note__amortisation={"explicit": {"principal": principal}})
    document["waterfalls"]["normal"].insert(0, {"inspect": {"name": "half", "value": formula}})
    agree(document)


def test_a_sculpting_cash_flow_divided_by_what_is_below_zero() -> None:
    sculpted = {"first_date": "2025-04-01", "cash_flow": "(income.amount + 500) * (1 - divide(inputs.factor, -8, 0))"}
    agree(deal(notes__note__amortisation={"sculpted": sculpted}))


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("45035996273704.96", "an amount below 45,035,996,273,704.96"),
        ("note.balance * 0.0000000001", "at most 9 decimals"),
        ("note.balance * (0.0000000001 * 10)", "at most 9 decimals"),
        ("1 / 3 * 3", "at most 2 decimals"),
        ("note.balance / 0", "a divisor other than 0"),
        ("if(2, note.balance, 0)", "a flag: 0 or 1"),
        ("if(period.index / 2 == 1, note.balance, 0)", "an amount or a number before `/`"),
        ("note.balance * note.balance", "at most one amount in a product"),
        ("period.index", "expected an amount, found a count"),
    ],
)
def test_formulas_that_both_refuse(formula: str, words: str) -> None:
    refused(capped(formula), words)


@pytest.mark.parametrize("formula", ["(" * 5_000 + "1" + ")" * 5_000, "-" * 5_000 + "1", "+".join(["1"] * 5_000)])
def test_bottomless_formulas(formula: str) -> None:
    with pytest.raises(cf.DealError, match="expected at most"):
        cf.load(capped(formula))


def test_targets_that_read_each_other_often() -> None:
    """As many ways through them as 2 to the power of their number: they are checked once each."""
    formulas = {f"a{i}": f"a{i + 1}.target + a{i + 1}.target" for i in range(40)} | {"a40": "note.balance"}
    document = deal()
    document["accounts"] |= {name: {"target": {"formula": formula}} for name, formula in formulas.items()}
    cf.load(document)
    document["accounts"]["a40"]["target"]["formula"] = "a0.target"
    with pytest.raises(cf.DealError, match="41 problems"):
        cf.load(document)


# --- many


def test_three_hundred_notes_pro_rata() -> None:
    document = deal()
    one = document["notes"].pop("note")
    document["notes"] = {f"n{i}": one | {"original_balance": 1_000 + i} for i in range(300)}
    notes = list(document["notes"])
    document["waterfalls"]["collection"][1]["accrue_interest"]["notes"] = notes
    shared = {"notes": notes, "from": ["cash", "reserve"], "ranking": "pro_rata"}
    document["waterfalls"]["normal"][:2] = [{"pay_interest": shared}, {"pay_principal": shared}, {"sweep": shared}]
    agree(document, 2)


def test_a_distribution_that_is_locked_up_reads_its_limits() -> None:
    document = capped("note.balance + 45035996273704.95")
    terms = {"level": 10**6, "dates": "quarterly", "when_undefined": "fail", "effects": [{"lock_up": {}}]}
    document["tests"] = {"locked": terms | {"measure": {"dscr": {"cash_flow": "income.amount", "notes": ["note"]}}}}
    document["waterfalls"]["collection"].append({"run_tests": {"tests": ["locked"]}})
    agree(document)


def test_a_branch_without_steps_on_a_date_hinders_none_that_follow() -> None:
    document = deal(deal__statuses=["normal", "worse"], schedules__last={"dates": ["2027-01-01"]})
    once = {"dates": "last", "distribute": {"to": "owner", "from": ["cash"]}}
    branch = {"if": {"condition": "note.balance > cash.balance", "then": [once]}}
    document["waterfalls"] |= {"worse": [*document["waterfalls"]["normal"][:2], branch]}
    document["waterfalls"]["after"] = [{"run_tests": {"tests": ["late"]}}]
    document["waterfalls"]["collection"].append({"run_tests": {"tests": ["early"]}})
    terms = {"level": 1, "dates": "quarterly", "when_undefined": "pass"}
    early = {"dscr": {"cash_flow": "income.amount", "notes": ["note"]}}
    late = {"debt_yield": {"cash_flow": "reserve.balance", "notes": ["note"]}}
    document["tests"] = {
        "early": terms | {"measure": early, "effects": [{"set_status": "worse"}]},
        "late": terms | {"measure": late},
    }
    agree(document)


def test_statuses_many_of_them_never_reached() -> None:
    document = deal(deal__statuses=["normal", *(f"s{i}" for i in range(20))])
    document["waterfalls"] |= {f"s{i}": document["waterfalls"]["normal"][i % 3 :] for i in range(20)}
    document["tests"] = {
        f"t{i}": {
            "measure": {"dscr": {"cash_flow": f"income.amount * {i}", "notes": ["note"]}},
            "level": 1,
            "dates": "quarterly",
            "when_undefined": "pass",
            "effects": [{"set_status": f"s{19 - i}"}],
        }
        for i in range(20)
    }
    document["waterfalls"]["collection"].append({"run_tests": {"tests": list(document["tests"])}})
    agree(document)


# --- what a dictionary may hold


def test_what_a_dictionary_may_hold() -> None:
    plain = cf.load(deal(schedules__extra={"dates": ["2025-05-01", "2025-06-01"]}))
    for dates in (
        [dt.date(2025, 5, 1), dt.datetime(2025, 6, 1)],
        np.array(["2025-05-01", "2025-06-01"]),
        np.array(["2025-05-01", "2025-06-01"], dtype="M8[ns]"),
        [np.datetime64("2025-05-01"), np.datetime64("2025-06-01", "s")],
        ("2025-05-01", "2025-06-01"),
    ):
        assert cf.load(deal(schedules__extra={"dates": dates})) == plain
    for rate in (Decimal("0.0612345"), Decimal("612345E-7"), np.float64(0.0612345)):
        assert cf.load(deal(notes__note__coupon__fixed__rate=rate)) == cf.load(deal())


@pytest.mark.parametrize(
    "value",
    [
        Decimal("sNaN"),
        Decimal("NaN"),
        float("inf"),
        pytest.param(10**5_000, id="10^5000"),
        Decimal("1E+1000000"),
        dt.datetime(2025, 5, 1, 13),
        True,
    ],
)
def test_what_a_number_may_not_be(value: Any) -> None:
    with pytest.raises(cf.DealError, match=r"deal\.decimals: expected a whole number from 0 to 4"):
        cf.load(deal(deal__decimals=value))


def test_a_time_of_day_is_no_date() -> None:
    with pytest.raises(cf.DealError, match="expected a date"):
        cf.load(deal(deal__closing_date=dt.datetime(2025, 1, 1, 13, 5)))


def test_a_document_that_holds_itself() -> None:
    document = deal()
    document["deal"]["title"] = document
    with pytest.raises(cf.ArgumentError, match="nests without end"):
        cf.load(document)


def test_marks_ends_of_lines_and_letters_of_all_kinds() -> None:
    text = "[deal]\nname='x'\ntitle='Ünïcode ☃ 𝒳'\ncurrency='USD'\nclosing_date=2025-01-01\nwaterfall_dates='q'\n"
    text += "[schedules]\nq.dates = [2025-04-01]\n[waterfalls]\nnormal = []\n"
    one = cf.Deal.from_toml(text)
    assert one.title == "Ünïcode ☃ 𝒳"
    json_text = json.dumps(one.to_dict())
    for other in (
        cf.Deal.from_toml(text.replace("\n", "\r\n")),
        cf.Deal.from_toml("\ufeff" + text),
        cf.Deal.from_json(json_text),
        cf.Deal.from_json("\ufeff" + json_text),
    ):
        assert other == one


# --- arguments of a run


def test_odd_arguments() -> None:
    plan = cf.load(deal()).compile()
    with pytest.raises(cf.ScenarioError, match="rows of unequal lengths"):
        plan.run({"factor": [[1, 2], [3]]})
    with pytest.raises(cf.ArgumentError, match="expected values by input name, found list"):
        plan.run([1.0])  # type: ignore[arg-type]
    for record in (3, [3]):
        with pytest.raises(cf.ArgumentError, match="record: expected names"):
            plan.run(record=record)  # type: ignore[arg-type]
    result = plan.run(threads=2**70)
    for period in ("2025-04-01", 1.5, -1, 8):
        with pytest.raises(cf.ArgumentError, match="period: expected 0 to 7"):
            result.explain("note.balance", period)  # type: ignore[arg-type]
    assert result.explain("note.balance", np.int64(7)) == result.explain("note.balance", 7)  # type: ignore[arg-type]
    with pytest.raises(cf.ArgumentError, match="scenario: expected 0 to 0"):
        result.ledger(0.0)  # type: ignore[arg-type]


def test_a_schedule_out_of_range() -> None:
    refused(
        deal(notes__note__original_balance=45_035_996_273_704.95, notes__note__amortisation={"bullet": {}}),
        "below 2^52 minor units on every date",
    )


def test_targets_nested_out_of_hand() -> None:
    targets = {f"a{i}": {"target": {"formula": f"a{i + 1}.target + a{i + 1}.target"}} for i in range(20)}
    document = deal()
    document["accounts"] |= targets | {"a20": {"target": {"formula": "100"}}}
    document["waterfalls"]["normal"].insert(0, {"fill_reserve": {"account": "a0", "from": ["cash"]}})
    with pytest.raises(cf.RunError, match="expected a deal whose dates take at most 60,000 operations"):
        cf.load(document).compile().run()
    # What is skipped where nothing is due comes after the operation that is one too many.
    document["waterfalls"]["normal"][1]["pay_interest"]["from"] = ["cash", "reserve"]
    with pytest.raises(cf.RunError, match="expected a deal whose dates take at most 60,000 operations"):
        cf.load(document).compile().run(record=[], metrics=["outcome"])


def test_moves_of_three_statuses_that_share_accounts() -> None:
    """Operations of different statuses stay apart when neighbours are fused."""
    steps = [
        {"release_trap": {"account": "cash", "to": "trap"}},
        {"release_trap": {"account": "trap", "to": "reserve"}},
        {"release_trap": {"account": "reserve", "to": "cash"}},
    ]
    document = deal(accounts__trap={})
    document["deal"]["statuses"] = ["normal", "lock_up", "distress"]
    document["waterfalls"]["collection"].append({"run_tests": {"tests": ["low", "lower"]}})
    document["tests"] = {
        name: {
            "measure": {"ratio": {"numerator": "cash.balance", "denominator": "300 + trap.balance - trap.balance"}},
            "level": level,
            "dates": "quarterly",
            "when_undefined": "pass",
            "effects": [{"set_status": status}],
        }
        for name, level, status in (("low", 1.5, "lock_up"), ("lower", 0.7, "distress"))
    }
    for first in range(3):
        for n_steps in (1, 2, 3):
            rolled = steps[first:] + steps[:first]
            document["waterfalls"] |= {"lock_up": rolled[:n_steps], "distress": rolled[1:]}
            document["waterfalls"]["normal"] = [*deal()["waterfalls"]["normal"][:2], *rolled[:first]]
            agree(document)


SKIP_FIRST = """
[deal]
name = "skip first"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "yearly"
statuses = ["normal", "late"]
[schedules.yearly]
dates = [2026-01-01, 2027-01-01, 2028-01-01]
[accounts.cash]
opening_balance = 100
[equity.owner]
[waterfalls]
normal = []
late = [{ distribute = { to = "owner", from = ["cash"] } }]
after = [{ when = "period.index == 1", set_status = { status = "late" } }]
"""


def test_a_date_that_begins_with_what_may_be_skipped() -> None:
    """Nothing comes in, the first status has no steps, nothing is recorded: the second's waterfall begins the date."""
    result = cf.Deal.from_toml(SKIP_FIRST).compile().run(record=[])
    assert result.metrics["owner.distributed"][0] == 100
    assert result.metrics["status"][0] == 1


@pytest.mark.parametrize("metrics", ["*", ["outcome"], ["owner.distributed", "outcome"]])
@pytest.mark.parametrize("reserve", [{}, {"opening_balance": 10}])
def test_a_total_out_of_range_is_told_whatever_is_measured(metrics: Any, reserve: Document) -> None:
    """Each balance stays in range; 6e15 cents are distributed in all."""
    huge = [["2025-04-01", 30_000_000_000_000], ["2025-07-01", 30_000_000_000_000]]
    document = deal(cashflows__income__amounts=huge, accounts__reserve=reserve)
    agree(document)
    assert cf.load(document).compile().run(metrics=metrics).metrics["outcome"].tolist() == [1]


@pytest.mark.parametrize("cents", [3_000_000_000_000_003, 2_251_799_813_685_251, 4_000_000_000_000_007])
def test_the_greatest_amounts_times_one_are_exact(cents: int) -> None:
    document = deal(cashflows__income__amounts=[["2025-04-01", Decimal(cents).scaleb(-2)]])
    result = cf.load(document).compile().run(unit="cents", record="income.amount")
    assert result["income.amount"][0, 0] == cents


def test_too_many_operations_in_all() -> None:
    """Some 4,000 on each of 10,000 dates: given up after half of the dates."""
    document = day_by_day()
    long = "min(" + ", ".join(f"cash.balance + {i}" for i in range(1_000)) + ")"
    document["waterfalls"]["normal"][0]["distribute"]["limit"] = {"cap": long, "keep_balance": long}
    with pytest.raises(cf.RunError, match="use fewer dates"):
        cf.load(document).compile().run(record=[], metrics=["outcome"])


def test_a_date_of_too_many_payments() -> None:
    """400 payees of four operations in each of 60 steps."""
    document = deal()
    one = document["notes"].pop("note")
    notes = [f"n{i}" for i in range(400)]
    document["notes"] = dict.fromkeys(notes, one)
    document["waterfalls"]["collection"][1]["accrue_interest"]["notes"] = notes
    shared = {"notes": notes, "from": ["cash"], "ranking": "pro_rata"}
    rest = document["waterfalls"]["normal"][2]
    document["waterfalls"]["normal"] = [{"pay_interest": shared}] * 60 + [{"pay_principal": shared}, rest]
    with pytest.raises(cf.RunError, match="at most 60,000 operations"):
        cf.load(document).compile().run(record=[], metrics=["outcome"])


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_ledger_out_of_range(sign: str) -> None:
    """3e15, then 6e15 cents."""
    document = deal(ledgers__l={})
    document["waterfalls"]["normal"].insert(0, {"book": {"ledger": "l", "amount": f"{sign}30000000000000"}})
    agree(document)
    assert cf.load(document).compile().run().metrics["outcome"].tolist() == [1]


def test_the_limits_of_a_step_without_payees_must_be_in_range() -> None:
    """No principal is due before 2027; the cap is out of range on the first date, and all is zero."""
    limit = {"cap": "note.balance + 45035996273704.95"}
    bullet = {"bullet": {}}
    document = deal(notes__note__amortisation=bullet, waterfalls__normal__1__pay_principal__limit=limit)
    agree(document)
    assert cf.load(document).compile().run(record="*")["note.balance"].max() == 0


def test_a_second_source_pays_those_whom_the_first_left_unpaid() -> None:
    """15.31 each: 20.00 of cash pay one and 4.69 of the other, the reserve the 10.62 that are left."""
    document = deal(
        accounts__cash={"opening_balance": 20},
        accounts__reserve={"opening_balance": 100},
        cashflows__income__amounts=[["2027-01-01", 10_000]],
    )
    document["notes"]["second"] = document["notes"]["note"]
    both = ["note", "second"]
    document["waterfalls"]["collection"][1]["accrue_interest"]["notes"] = both
    document["waterfalls"]["normal"][:2] = [
        {"pay_interest": {"notes": both, "from": ["cash", "reserve"]}},
        {"pay_principal": {"notes": both, "from": ["cash"]}},
    ]
    agree(document)
    assert cf.load(document).compile().run(record="*")["second.interest_paid"][0, 0] == 15.31


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


def test_a_payment_inside_a_long_stub() -> None:
    """To 15 May 48/90/4 + 46/92/4 of a year by notional periods, not 94/232 of the stub by days."""
    document = deal(
        deal__extra_dates="between",
        schedules__between={"dates": ["2025-05-15"]},
        schedules__quarterly={"regular": {"first": "2025-09-30", "last": "2026-06-30", "months": 3}},
        accounts__cash={"opening_balance": 500_000},
        cashflows__income__amounts=[["2026-06-30", 900_000]],
        notes__note__original_balance=1_000_000,
        notes__note__dated_date="2025-02-10",
        notes__note__maturity_date="2026-06-30",
        notes__note__day_count="regular",
        notes__note__amortisation={"sweep": {}},
    )
    document["waterfalls"]["after"] = [{"sweep": {"notes": ["note"], "from": ["cash"]}}]
    agree(document)


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


def test_two_balances_of_half_the_range_each() -> None:
    agree(
        deal(
            accounts__cash={"opening_balance": 22_517_998_138_000},
            waterfalls__normal__2__distribute__limit={"cap": "cash.balance + cash.balance"},
        )
    )
