"""Valid deals at the edges of the language, on which engine and reference must agree exactly, and what is refused."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import cashfall as cf
from small_deals import Document, agree, capped, deal, refused

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


# --- what may be skipped, what stays apart


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
    with pytest.raises(cf.ArgumentError, match="expected values by input name, or names of scenarios, found list"):
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
