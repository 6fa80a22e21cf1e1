"""Several currencies: amounts keep theirs, and only `convert` brings cash from one into another."""

from __future__ import annotations

import pytest

import cashfall as cf

DEAL = """
[deal]
name = "two_currencies"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "yearly"

[schedules.yearly]
dates = [2026-01-01, 2027-01-01]

[inputs]
fx = { unit = "number", default = 1.1, minimum = -10, maximum = 1000000 }
wanted = { unit = "amount", default = 0, minimum = -100, currency = "USD" }

[cashflows.rent]
direction = "in"
currency = "EUR"
amounts = [[2026-01-01, 100.00], [2027-01-01, 0.01]]

[accounts]
euros = { currency = "EUR" }
more_euros = { currency = "EUR", opening_balance = 7.77 }
dollars = { target = { formula = "100" } }

[equity.sponsor]

[[waterfalls.collection]]
collect = { from = ["rent"], to = "euros" }

[[waterfalls.normal]]
STEP

[[waterfalls.after]]
distribute = { to = "sponsor", from = ["dollars"], limit = { cap = "0" } }
"""


def result(step: str, **inputs: float) -> cf.Result:
    """The deal with one step between collection and `after`, in cents."""
    return cf.Deal.from_toml(DEAL.replace("STEP", step)).compile().run(dict(inputs), record="*", unit="cents")


def balances(run: cf.Result, period: int = 0) -> list[int]:
    return [int(run[f"{name}.balance"][period, 0]) for name in ("euros", "more_euros", "dollars")]


def test_all_there_is_is_sold_and_the_proceeds_round_once() -> None:
    run = result('convert = { from = ["euros", "more_euros"], to = "dollars", rate = "inputs.fx" }', fx=1.105)
    # 107.77 x 1.105 = 119.08585; each source by itself would give 110.50 + 8.58585.
    assert balances(run) == [0, 0, 11909]
    # 0.01 x 1.105 rounds to 0.01.
    assert balances(run, 1) == [0, 0, 11910]


def test_what_is_bought_comes_to_the_cent() -> None:
    step = 'convert = { from = ["euros", "more_euros"], to = "dollars", rate = "inputs.fx", buy = "inputs.wanted" }'
    # 115.00 / 1.1 = 104.5454..: 100.00 and 4.55; 104.55 x 1.1 = 115.005 would round to 115.01.
    assert balances(result(step, wanted=115.0)) == [0, 322, 11500]
    # 200.00 / 1.1 = 181.82 is more than the 107.77 there are: 107.77 x 1.1 = 118.547.
    assert balances(result(step, wanted=200.0)) == [0, 0, 11855]
    assert balances(result(step, wanted=-5.0)) == [10000, 777, 0]


@pytest.mark.parametrize("rate", [0.0, -1.0])
def test_where_the_rate_is_not_above_zero_nothing_moves(rate: float) -> None:
    step = 'convert = { from = ["euros"], to = "dollars", rate = "inputs.fx", buy = "inputs.wanted" }'
    run = result(step, fx=rate, wanted=10.0)
    assert balances(run) == [10000, 777, 0]
    assert run.metrics["outcome"].tolist() == [0]


def test_a_price_below_half_a_cent_buys_nothing() -> None:
    # 0.01 at 1,000 for one costs 0.00001, which rounds to 0: nothing is paid and nothing comes.
    step = 'convert = { from = ["euros"], to = "dollars", rate = "inputs.fx", buy = "inputs.wanted" }'
    assert balances(result(step, fx=1000.0, wanted=0.01)) == [10000, 777, 0]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ('cap = "40"', [6000, 777, 4400]),
        ('keep_balance = "5"', [500, 500, 10755]),  # 95.00 and 2.77: 97.77 x 1.1 = 107.547
        ("share_of_due = 0.5", [4611, 777, 5928]),  # 53.885 rounds to 53.89, x 1.1 = 59.279
        ("to_target = true", [909, 777, 10000]),  # 100.00 / 1.1 = 90.909..
    ],
)
def test_limits_are_those_of_a_transfer(limit: str, expected: list[int]) -> None:
    sources = '["euros", "more_euros"]'
    run = result(f'convert = {{ from = {sources}, to = "dollars", rate = "inputs.fx", limit = {{ {limit} }} }}')
    assert balances(run) == expected


def test_a_share_of_what_is_bought() -> None:
    terms = 'rate = "inputs.fx", buy = "inputs.wanted", limit = { share_of_due = 0.5 }'
    step = f'convert = {{ from = ["euros"], to = "dollars", {terms} }}'
    # Half of 99.99 is 50.00 (half away from zero): 45.45 euros.
    assert balances(result(step, wanted=99.99)) == [5455, 777, 5000]


def test_a_gain_that_leaves_the_range_overflows() -> None:
    deal = DEAL.replace("100.00]", "99999999999]").replace(
        "STEP", 'convert = { from = ["euros"], to = "dollars", rate = "inputs.fx" }'
    )
    plan = cf.Deal.from_toml(deal).compile()
    assert plan.run({"fx": [[1.0, 1000.0, 1.0]]}).metrics["outcome"].tolist() == [0, 1, 0]


def test_the_ledger_shows_both_sides_each_in_its_currency() -> None:
    step = (
        'convert = { from = ["euros", "more_euros"], to = "dollars", rate = "inputs.fx", limit = { cap = "105" } }\n'
        'name = "exchange"'
    )
    run = result(step)
    rows = [row for row in run.ledger() if row["step"] == "exchange" and row["period"] == 0]
    shown = [(row["from"], row["to"], row["currency"], row["amount"], row["bound_by"]) for row in rows]
    assert shown == [
        ("euros", "conversion", "EUR", 10000, "cash in euros"),
        ("more_euros", "conversion", "EUR", 500, "cap: 105"),
        ("conversion", "dollars", "USD", 11550, "request"),
    ]
    assert run.plan._core.trace([None, None])[0] == []  # every balance is re-added from the ledger
    assert "moved 115.50 USD" in run.explain("dollars.balance", 0)
    assert run.explain("euros.balance", 0).startswith("euros.balance on 2026-01-01 (period 0): 0.00 EUR")


def test_a_plan_says_the_currency_of_every_amount() -> None:
    plan = result('convert = { from = ["euros"], to = "dollars", rate = "1" }\nwhen = "1 > 2"').plan
    assert [info["currency"] for info in plan.inputs] == [None, "USD"]
    assert plan.currencies["rent.amount"] == "EUR"
    assert plan.currencies["dollars.closing_balance"] == "USD"
    assert "status" not in plan.currencies
    assert "currencies USD, EUR" in plan.listing()


def test_amounts_of_two_currencies_meet_through_convert_only() -> None:
    step = 'inspect = { name = "worth", value = "dollars.balance + convert(euros.balance + 1, inputs.fx, usd)" }'
    run = result(step, fx=1.25)
    assert run["inspect.worth"][:, 0].tolist() == [12625, 12626]
    assert run.plan.currencies["inspect.worth"] == "USD"
    with pytest.raises(cf.DealError, match=r"found an amount in USD .* and an amount in EUR"):
        result('inspect = { name = "worth", value = "dollars.balance + euros.balance" }')


TRAP = """
[tests.cover]
measure = { formula = { value = "0" } }
level = 1
dates = "yearly"
when_undefined = "fail"
effects = [{ cash_trap = { to = "trap", share = 0.5 } }]

[[waterfalls.collection]]
run_tests = { tests = ["cover"] }

[[waterfalls.normal]]
distribute = { to = "euro_sponsor", from = ["euros"] }
"""


def test_a_trap_acts_on_distributions_of_its_own_currency() -> None:
    def paid(trap: str) -> list[int]:
        text = DEAL.replace("[[waterfalls.normal]]\nSTEP\n", "").replace(', limit = { cap = "0" }', "")
        text = text.replace("[accounts]", f"[accounts]\ntrap = {{ {trap} }}").replace(
            "dollars = {", "dollars = { opening_balance = 50,"
        )
        text = text.replace("[equity.sponsor]", '[equity.sponsor]\n[equity.euro_sponsor]\ncurrency = "EUR"')
        run = cf.Deal.from_toml(text + TRAP).compile().run(record="*", unit="cents")
        return [int(run[f"{name}.distributed"][0, 0]) for name in ("sponsor", "euro_sponsor")]

    assert paid('currency = "EUR"') == [5000, 5000]
    assert paid("") == [2500, 10000]


LOAN = """
[notes.loan]
currency = "EUR"
original_balance = 100
dated_date = 2025-01-01
maturity_date = 2027-01-01
payment_dates = "yearly"
day_count = "30e/360"
coupon = { fixed = { rate = 0.10 } }
amortisation = { bullet = {} }

[equity.sponsor]
"""

BOOKED = """
capitalize_interest = { notes = ["loan"] }

[[waterfalls.normal]]
write_down = { notes = ["loan"], amount = "5" }

[[waterfalls.normal]]
write_up = { notes = ["loan"], amount = "1" }

[[waterfalls.normal]]
pay = { dues = ["loan.interest_due", "loan.principal_due"], from = ["euros"] }

[[waterfalls.collection]]
accrue_interest = { notes = ["loan"] }
"""


def test_rows_that_move_no_cash_have_their_currency() -> None:
    text = DEAL.replace("[equity.sponsor]", LOAN).replace("STEP", BOOKED)
    rows = cf.Deal.from_toml(text).compile().run(record="*", unit="cents").ledger()
    found = {(row["from"], row["to"], row["currency"]) for row in rows if row["period"] == 0}
    assert found >= {
        ("loan.interest_due", "loan.balance", "EUR"),
        ("loan.balance", "loss", "EUR"),
        ("loss", "loan.balance", "EUR"),
    }


def test_proceeds_count_towards_the_range() -> None:
    # 20 and 20 trillions of dollars stay in range, 30 and 30 do not.
    document = DEAL.replace("100.00]", "10_000_000_000_000]").replace("01, 0.01]", "01, 10_000_000_000_000]")
    step = 'convert = { from = ["euros"], to = "dollars", rate = "inputs.fx" }'
    plan = cf.Deal.from_toml(document.replace("STEP", step)).compile()
    assert plan.run({"fx": [[2.0, 3.0]]}).metrics["outcome"].tolist() == [0, 1]
