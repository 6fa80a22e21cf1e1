"""Assets: what a holding brings and loses, and what it costs to buy and fetches when sold, in hand-computed cents."""

from __future__ import annotations

import cashfall as cf

DEAL = """
[deal]
name = "warehouse"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "yearly"

[schedules.yearly]
dates = [2026-01-01, 2027-01-01]

[inputs]
price = { unit = "number", default = 0.95, minimum = -1 }
lost = { unit = "number", default = 0.1, minimum = -1 }

[accounts]
cash = { opening_balance = 300 }
more = { opening_balance = 50 }

[assets.loans]
opening_balance = 1000
price = "inputs.price"
yield = { rate = { fixed = { rate = 0.06 } }, payment_dates = "yearly", day_count = "30e/360" }
runoff = { share = "0.2", payment_dates = "yearly" }
loss = { share = "inputs.lost", payment_dates = "yearly" }

[[waterfalls.collection]]
collect = { from = ["loans"], to = "cash" }

[[waterfalls.normal]]
STEP
"""

NOTHING = 'inspect = { name = "nothing", value = "0" }'


def result(step: str, **inputs: float) -> cf.Result:
    return cf.Deal.from_toml(DEAL.replace("STEP", step)).compile().run(dict(inputs), record="*", unit="cents")


def figures(run: cf.Result, *names: str, period: int = 0) -> list[int]:
    return [int(run[name][period, 0]) for name in names]


def test_yield_then_loss_then_run_off() -> None:
    run = result(NOTHING)
    # 1,000.00 earns 60.00, loses 100.00, and 20 % of the 900.00 left are repaid.
    assert figures(run, "loans.earned", "loans.lost", "loans.repaid", "loans.balance") == [6000, 10000, 18000, 72000]
    assert figures(run, "cash.balance", "loans.receivable") == [54000, 0]
    assert figures(run, "loans.earned", "loans.lost", "loans.repaid", "loans.balance", period=1) == [
        4320,
        7200,
        12960,
        51840,
    ]
    metrics = {name: int(run.metrics[f"loans.{name}"][0]) for name in ("earned", "lost", "repaid", "closing_balance")}
    assert metrics == {"earned": 10320, "lost": 17200, "repaid": 30960, "closing_balance": 51840}
    assert run.plan._core.trace([None, None])[0] == []


def test_shares_outside_of_their_range() -> None:
    assert figures(result(NOTHING, lost=5.0), "loans.lost", "loans.repaid", "loans.balance") == [100000, 0, 0]
    assert figures(result(NOTHING, lost=-0.5), "loans.lost", "loans.balance") == [0, 80000]


def test_a_share_takes_all_there_is_though_the_product_is_out_of_range() -> None:
    """100,000,000,000.00 times a million."""
    text = DEAL.replace("STEP", NOTHING).replace("opening_balance = 1000\n", "opening_balance = 100000000000\n")
    text = text.replace('share = "inputs.lost"', 'share = "inputs.lost * 1000000"')
    run = cf.Deal.from_toml(text).compile().run({"lost": 1.0}, record="*", unit="cents")
    assert run.metrics["outcome"][0] == 0
    assert figures(run, "loans.lost", "loans.balance") == [10_000_000_000_000, 0]


def test_buying_spends_what_there_is_and_rounds_once() -> None:
    run = result('buy_asset = { asset = "loans", from = ["cash", "more"] }')
    # 540.00 and 50.00 buy 590.00 / 0.95 = 621.0526.
    assert figures(run, "loans.cost", "loans.bought", "loans.balance") == [59000, 62105, 72000 + 62105]
    assert figures(run, "cash.balance", "more.balance") == [0, 0]
    rows = [(row["from"], row["to"], row["amount"]) for row in run.ledger() if row["period"] == 0]
    assert rows == [("loans", "cash", 24000), ("cash", "loans", 54000), ("more", "loans", 5000)]


def test_buying_within_limits() -> None:
    step = (
        'buy_asset = { asset = "loans", from = ["cash"], amount = "100", limit = { share_of_due = 0.5, cap = "40" } }'
    )
    assert figures(result(step), "loans.cost", "loans.bought") == [4000, 4211]
    assert figures(result(step, price=-1.0), "loans.cost", "loans.bought") == [0, 0]


def test_selling() -> None:
    run = result('sell_asset = { asset = "loans", to = "more" }')
    assert figures(run, "loans.sold", "loans.proceeds", "loans.balance", "more.balance") == [72000, 68400, 0, 73400]
    run = result('sell_asset = { asset = "loans", to = "more", amount = "10.01" }')
    # 10.01 x 0.95 = 9.5095
    assert figures(run, "loans.sold", "loans.proceeds", "loans.balance") == [1001, 951, 70999]
    assert figures(result('sell_asset = { asset = "loans", to = "more" }', price=0.0), "loans.sold") == [0]
    assert run.plan._core.trace([None, None])[0] == []


def test_what_is_bought_and_sold_on_a_date_must_be_in_range() -> None:
    """At a price of 0.000000001, 30,000.00 buy 30,000,000,000,000.00."""
    buy = 'buy_asset = { asset = "loans", from = ["cash"], amount = "30000" }'
    sell = 'sell_asset = { asset = "loans", to = "cash" }'
    text = DEAL.replace("cash = { opening_balance = 300 }", "cash = { opening_balance = 40000 }")
    for times, outcome in ((1, 0), (2, 1)):
        steps = "\n[[waterfalls.normal]]\n".join([buy, sell] * times)
        run = cf.Deal.from_toml(text.replace("STEP", steps)).compile().run({"price": 1e-9})
        assert run.metrics["outcome"].tolist() == [outcome]
