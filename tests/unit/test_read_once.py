"""What a step reads it reads once, when it begins, also where the step itself changes what it has read.

Each deal names a bare quantity (no arithmetic makes a copy of it) that the step, or a later one, moves.
"""

from __future__ import annotations

from typing import Any

import pytest

import cashfall as cf
from cashfall.testing.reference import Reference
from differential import differences

HEAD = """
[deal]
name = "read once"
currency = "USD"
closing_date = 2025-01-15
waterfall_dates = "q"
[schedules]
q = { dates = [2025-04-15, 2025-07-15, 2025-10-15, 2026-01-15] }
long = { dates = [2027-01-15, 2029-01-15] }
[inputs]
sponsor = { unit = "amount", default = 1000 }
[equity.own]
"""


def run(text: str) -> cf.Result:
    """A run whose ledger agrees with it, of a deal on which engine and reference agree."""
    deal = cf.Deal.from_toml(HEAD + text)
    document = deal.to_dict()
    assert differences(document, [{"sponsor": [1_000.0] * len(deal.compile().periods)}], Reference(document)) == []
    result = deal.compile().run(record="*")
    result.check()
    return result


def amounts(result: cf.Result, name: str) -> list[float]:
    return [float(value) for value in result[name][:, 0]]


def note(name: str, balance: float, dates: str = "q") -> str:
    maturity = "2029-01-15" if dates == "long" else "2026-01-15"
    return f"""
    [notes.{name}]
    original_balance = {balance}
    dated_date = 2025-01-15
    maturity_date = {maturity}
    payment_dates = "{dates}"
    day_count = "30/360_bond_basis"
    coupon = {{ fixed = {{ rate = 0 }} }}
    amortisation = {{ bullet = {{}} }}
    """


@pytest.mark.parametrize("quantity", ["cash.balance", "trailing_sum(cash.balance, 1)", "min(cash.balance)"])
def test_what_a_fee_accrues_does_not_follow_what_it_was_a_share_of(quantity: str) -> None:
    result = run(f"""
    [accounts.cash]
    opening_balance = 1000
    [fees.f]
    payment_dates = "q"
    amount = {{ share_of = {{ share = 1, quantity = "{quantity}" }} }}
    [waterfalls]
    collection = [{{ accrue_fee = {{ fees = ["f"] }} }}]
    normal = [
      {{ pay_fee = {{ fees = ["f"], from = ["cash"], limit = {{ cap = "100" }} }} }},
      {{ distribute = {{ to = "own", from = ["cash"], limit = {{ cap = "f.accrued * 0.1" }} }} }},
    ]
    """)
    assert amounts(result, "f.accrued")[:2] == [1_000, 800]
    assert amounts(result, "own.distributed")[:2] == [100, 80]


@pytest.mark.parametrize(
    ("target", "filled"), [("200 - a.balance", [100, 197, 200, 200]), ("r.balance + 10", [13, 23, 33, 43])]
)
def test_a_reserve_is_filled_to_one_target_from_all_sources(target: str, filled: list[float]) -> None:
    result = run(f"""
    [accounts.a]
    opening_balance = 100
    [accounts.b]
    opening_balance = 100
    [accounts.r]
    opening_balance = 3
    target = {{ formula = "{target}" }}
    [schedules.last]
    dates = [2026-01-15]
    [waterfalls]
    normal = [{{ fill_reserve = {{ account = "r", from = ["a", "b"] }} }}]
    after = [{{ dates = "last", distribute = {{ to = "own", from = ["a", "b"] }} }}]
    """)
    assert amounts(result, "r.balance") == filled


@pytest.mark.parametrize(
    ("measure", "requires", "level", "cure", "value"),
    [
        ('oc = { collateral = "a.balance", notes = ["a", "b"] }', "at_least", 0.6, 180.0, 0.6),
        ('ltv = { value = "b.balance", notes = ["b"] }', "at_most", 0.5, 250.0, 0.5),
    ],
)
def test_a_cure_by_prepayment_leaves_the_other_side_as_it_was(
    measure: str, requires: str, level: float, cure: float, value: float
) -> None:
    repaid = "a" if "oc" in measure else "b"
    result = run(
        note("a", 500)
        + note("b", 500)
        + f"""
    [accounts.cash]
    opening_balance = 20
    [accounts.gift]
    [tests.t]
    measure = {{ {measure} }}
    requires = "{requires}"
    level = {level}
    dates = "q"
    when_undefined = "pass"
    equity_cure = {{ input = "sponsor", to = "gift", apply = "prepay", notes = ["{repaid}"], max_per_life = 1 }}
    [waterfalls]
    collection = [{{ accrue_interest = {{ notes = ["a", "b"] }} }}]
    normal = [
      {{ pay_interest = {{ notes = ["a", "b"], from = ["cash"] }} }},
      {{ sweep = {{ notes = ["a"], from = ["cash"] }} }},
      {{ pay_principal = {{ notes = ["a", "b"], from = ["cash"] }} }},
      {{ distribute = {{ to = "own", from = ["gift"] }} }},
    ]
    after = [{{ run_tests = {{ tests = ["t"] }} }}]
    """
    )
    # 480 / 0.6 = 800 of the 980 that are owed; a loan of 500 to a value of 500
    assert amounts(result, "t.cure")[0] == cure
    assert amounts(result, "t.value")[0] == value
    assert amounts(result, "t.failing")[0] == 0


def test_additional_interest_does_not_follow_the_balance() -> None:
    result = run(
        note("a", 500, "long")
        + """
    anticipated_repayment = { date = 2025-01-15, extra = 0.5 }
    [accounts.cash]
    opening_balance = 100
    [waterfalls]
    collection = [{ accrue_interest = { notes = ["a"] } }]
    normal = [
      { pay_interest = { notes = ["a"], from = ["cash"] } },
      { sweep = { notes = ["a"], from = ["cash"] } },
      { pay = { dues = ["a.additional_interest_due"], from = ["cash"] } },
      { distribute = { to = "own", from = ["cash"] } },
    ]
    """
    ).plan.deal.replace({"deal.waterfall_dates": "long"})
    paid = result.compile().run(record="*")
    # half a year's rate over two years: once the balance of 500, before 100 of it is repaid
    assert amounts(paid, "a.additional_interest_accrued")[0] == 500
    assert amounts(paid, "a.balance")[0] == 400


def test_the_ledger_tells_what_a_draw_and_a_booking_asked_for() -> None:
    result = run("""
    [accounts.r]
    opening_balance = 30
    [facilities.f]
    commitment = 10000
    payment_dates = "q"
    day_count = "30/360_bond_basis"
    [ledgers.l]
    opening = 14
    [waterfalls]
    normal = [
      { draw_facility = { facility = "f", to = "r", amount = "r.balance" } },
      { book = { ledger = "l", amount = "l.balance" } },
      { repay_facility = { facilities = ["f"], from = ["r"], limit = { cap = "0" } } },
      { distribute = { to = "own", from = ["r"], limit = { cap = "0" } } },
    ]
    """)
    draw = next(row for row in result.ledger() if row["step"] == "draw_facility f")
    assert (draw["requested"], draw["amount"], draw["bound_by"]) == (30, 30, "request")
    assert "booked 14.00, which moved the balance by 14.00" in result.explain("l.balance", 0)


@pytest.mark.parametrize("record", ["*", None, ["a.balance"]])
@pytest.mark.parametrize(
    ("balance", "factor", "outcome"),
    [(0.01, "factor_decimals = 9", 1), (0.02, "factor_decimals = 0", 1), (0.01, "", 0)],
)
def test_the_outcome_does_not_depend_on_what_is_recorded(
    record: Any, balance: float, factor: str, outcome: int
) -> None:
    """A cent grows to 10,000,000,000.00: its factor, a million million, is out of range, if it is asked for."""
    text = note("a", balance).replace("fixed = { rate = 0 }", 'index_level = { index = "cpi", margin = 0 }')
    deal = cf.Deal.from_toml(
        HEAD
        + text
        + f"\n    {factor}\n"
        + """
    [inputs.cpi]
    unit = "number"
    default_steps = [[2025-01-15, 0.000000001], [2025-07-15, 1000]]
    [accounts.cash]
    opening_balance = 1
    [waterfalls]
    collection = [{ accrue_interest = { notes = ["a"] } }]
    normal = [
      { capitalize_interest = { notes = ["a"] } },
      { pay_interest = { notes = ["a"], from = ["cash"] } },
      { pay_principal = { notes = ["a"], from = ["cash"] } },
    ]
    """
    )
    result = deal.compile().run(record=record)
    assert result.metrics["outcome"].tolist() == [outcome]
    expected = Reference(deal.to_dict()).run({"cpi": [1, 10**12, 10**12, 10**12]}).outcome
    assert expected == ("overflow" if outcome else "ok")


STOPPED = """
    [accounts.cash]
    opening_balance = 10
    [facilities.line]
    commitment = 500
    payment_dates = "q"
    day_count = "30/360_bond_basis"
    {stop}
    [fees.f]
    payment_dates = "q"
    amount = {{ fixed = {{ per_date = 20 }} }}
    [tests.t]
    measure = {{ formula = {{ value = "0.5" }} }}
    level = 1
    dates = "q"
    when_undefined = "pass"
    effects = [{effects}]
    [waterfalls]
    collection = [
      {{ accrue_fee = {{ fees = ["f"] }} }},
      {{ accrue_interest = {{ notes = ["a"] }} }},
      {{ run_tests = {{ tests = ["t"] }} }},
    ]
    normal = [
      {{ draw_facility = {{ facility = "line", to = "cash", amount = "5" }} }},
      {{ pay_fee = {{ fees = ["f"], from = ["cash"], support = [{{ from_facility = "line" }}] }} }},
      {{ pay = {{ dues = ["a.interest_due", "a.principal_due"], from = ["cash"], limit = {{ cap = "0" }} }} }},
      {{ pay = {{ dues = ["line.drawn", "line.interest_due", "line.fee_due"], from = ["cash"] }} }},
      {{ distribute = {{ to = "own", from = ["cash"] }} }},
    ]
    {acceleration}
"""


@pytest.mark.parametrize(
    ("stop", "effects", "acceleration", "by"),
    [
        ("", '{ draw_stop = { facilities = ["line"] } }', "", "draw_stop of t"),
        ('draw_stop = "period.index < 4"', "", "", "draw_stop of line"),
        ("", "{ accelerate = {} }", '[acceleration]\nnotes = ["a"]', "acceleration"),
    ],
)
def test_the_ledger_tells_what_stopped_a_draw(stop: str, effects: str, acceleration: str, by: str) -> None:
    text = note("a", 500) + STOPPED.format(stop=stop, effects=effects, acceleration=acceleration)
    first = [row for row in run(text).ledger() if row["period"] == 0 and row["from"] == "line"]
    assert [(row["amount"], row["bound_by"]) for row in first] == [(0, by), (0, f"support: {by}")]


@pytest.mark.parametrize("record", ["*", None, [], ["own.distributed"]])
@pytest.mark.parametrize(("kept", "outcome"), [("100000000", 1), ("0", 0)])
def test_a_target_must_be_in_range_at_the_close_and_only_there(kept: str, outcome: int, record: Any) -> None:
    """100,000,000.00 times 4,000,000 is out of range."""
    deal = cf.Deal.from_toml(
        HEAD
        + f"""
[accounts.cash]
opening_balance = 100_000_000
[accounts.r]
target = {{ formula = "cash.balance * 4000000" }}
[waterfalls]
normal = [{{ distribute = {{ to = "own", from = ["cash"], limit = {{ keep_balance = "{kept}" }} }} }}]
"""
    )
    assert differences(deal.to_dict(), [{"sponsor": [1_000.0] * 4}]) == []
    assert deal.compile().run(record=record).metrics["outcome"].tolist() == [outcome]
