"""Formulas and fees of other languages, said here with two words for one: rows of the coverage page."""

from __future__ import annotations

from collections.abc import Callable

from said_otherwise import ACCRUE, COLLECT, REST, SERVE, flows, inspected, note

# --- formulas


def test_the_factor_of_a_note() -> None:
    explicit = "{ explicit = { principal = [[2025-07-01, 100.00], [2026-01-01, 900.00]] } }"
    of = flows(
        note(amortisation=explicit).replace("maturity_date", "factor_decimals = 4\nmaturity_date"),
        COLLECT + ACCRUE + SERVE,
        '[[waterfalls.normal]]\ninspect = { name = "factor", value = "senior.factor" }\n',
        REST,
    )
    assert of("senior.factor") == of("inspect.factor") == [1.0, 0.9, 0.9, 0.0]


def test_the_weighted_rate_of_two_notes() -> None:
    """(1000 x 8% + 500 x 5%) / 1500 = 7%."""
    both = 'accrue_interest = { notes = ["senior", "junior"] }'
    rate = "divide(senior.rate * senior.balance + junior.rate * junior.balance, senior.balance + junior.balance, 0)"
    stepped = "{ steps = [[2025-01-01, 0.05]] }"
    of = flows(
        note(coupon="{ steps = [[2025-01-01, 0.08]] }") + note("junior", "500.00", stepped),
        COLLECT + f"[[waterfalls.collection]]\n{both}\n",
        f'[[waterfalls.normal]]\ninspect = {{ name = "weighted", value = "{rate}" }}\n',
        SERVE + SERVE.replace("senior", "junior") + REST,
    )
    assert of("inspect.weighted")[0] == 0.07


def test_a_number_of_borrowers() -> None:
    """A fee of 2.50 for each borrower, whose number the scenario brings."""
    of = flows(
        '[inputs.n_borrowers]\nunit = "number"\nmaximum = 100\n',
        "default_steps = [[2025-01-01, 12], [2025-07-01, 11]]\n",
        '[inputs.per_borrower]\nunit = "amount"\ndefault = 2.50\n',
        '[fees.servicing]\npayment_dates = "quarterly"\n',
        'amount = { share_of = { share = 1.0, quantity = "inputs.per_borrower * inputs.n_borrowers" } }\n',
        COLLECT + '[[waterfalls.collection]]\naccrue_fee = { fees = ["servicing"] }\n',
        '[[waterfalls.normal]]\npay_fee = { fees = ["servicing"], from = ["cash"] }\n' + REST,
    )
    assert of("servicing.paid") == [30.00, 27.50, 27.50, 27.50]


def test_which_notes_are_left() -> None:
    """The first, of 100.00 and 50.00, is short by 17.00 in April and repaid in July, the second at the end."""
    schedule = "{ explicit = { principal = [[2025-04-01, 100.00], [2025-07-01, 50.00]] } }"
    first = note(balance="150.00", coupon="{ fixed = { rate = 0.0 } }", amortisation=schedule)
    both = SERVE.replace('"senior"', '"senior", "junior"') + REST
    found = inspected(
        "senior.balance == 0",  # paid off
        "senior.balance > 0 and junior.balance > 0",  # outstanding
        "senior.balance > 0 or junior.balance > 0",  # any of them outstanding
        "senior.balance == 0 and junior.balance > 0",  # the most senior that is left
        "if(senior.balance > 0, 1, 0) + if(junior.balance > 0, 1, 0)",  # how many are left
        "senior.months_to_maturity == 0",  # past maturity
        "divide(all.balance, all.original_balance, 0)",  # the factor of all
        "senior.principal_due",  # behind the target balance
        "senior.scheduled_balance",  # the target balance
        before=first.replace("maturity_date = 2026-01-01", "maturity_date = 2025-07-01")
        + note("junior", "850.00")
        + '[groups.all]\nnotes = ["senior", "junior"]\n',
        steps=COLLECT + ACCRUE.replace('"senior"', '"senior", "junior"') + both,
    )
    assert found == [
        [0, 1, 1, 1],
        [1, 0, 0, 0],
        [1, 1, 1, 0],
        [0, 1, 1, 0],
        [2.0, 1.0, 1.0, 0.0],
        [0, 1, 1, 1],
        [0.917, 0.85, 0.85, 0.0],
        [17.00, 0.00, 0.00, 0.00],
        [50.00, 0.00, 0.00, 0.00],
    ]


def test_arithmetic() -> None:
    """On 100.00, 200.00, 50.00 and 2,000.00 of rent."""
    found = inspected(
        "rent.amount + 10.00 - 2 * 5.00",
        "(rent.amount + 50.00) / 2",  # average
        "max(0, rent.amount - 60.00 - 30.00)",  # excess
        "min(max(rent.amount, 70.00), 150.00)",  # floor and cap
        "abs(rent.amount - 120.00)",
        "divide(rent.amount, 50.00, 0)",  # ratio
        "(divide(rent.amount, 50.00, 0) + divide(rent.amount, 100.00, 0)) / 2",  # average of ratios
        "rent.amount < 60.00 or not (rent.amount < 150.00)",
        "(1 == 1) and not (1 == 2)",  # always, never
        steps=COLLECT + REST,
    )
    assert found == [
        [100.00, 200.00, 50.00, 2000.00],
        [75.00, 125.00, 50.00, 1025.00],
        [10.00, 110.00, 0.00, 1910.00],
        [100.00, 150.00, 70.00, 150.00],
        [20.00, 80.00, 70.00, 1880.00],
        [2.0, 4.0, 1.0, 40.0],
        [1.5, 3.0, 0.75, 30.0],
        [0, 1, 1, 1],
        [1, 1, 1, 1],
    ]


def test_sums_of_payments_and_numbers_of_dates() -> None:
    """Paid so far, paid on the date before, what an account gained, and dates counted on a ledger from July on."""
    found = inspected(
        "trailing_sum(senior.interest_paid, 100)",
        "trailing_sum(agency.paid, 2)",
        "agency.due",
        "lag(senior.interest_paid, 1, 0)",
        "lag(agency.paid, 1, 0)",
        "cash.balance - opening.cash.balance",
        "divide(counted.balance, 1.00, 0)",
        "period.index + 1",
        before=note(balance="4000.00")
        + "[ledgers.counted]\n"
        + '[fees.agency]\npayment_dates = "quarterly"\namount = { fixed = { per_date = 30.00 } }\n',
        steps=COLLECT
        + '[[waterfalls.collection]]\naccrue_fee = { fees = ["agency"] }\n'
        + ACCRUE
        + SERVE
        + '[[waterfalls.normal]]\npay_fee = { fees = ["agency"], from = ["cash"], limit = { cap = "25.00" } }\n'
        + '[[waterfalls.normal]]\nbook = { ledger = "counted", amount = "1.00" }\nwhen = "period.index >= 1"\n',
    )
    assert found == [
        [80.00, 160.00, 240.00, 320.00],
        [20.00, 45.00, 50.00, 25.00],
        [10.00, 15.00, 20.00, 50.00],
        [0.00, 80.00, 80.00, 80.00],
        [0.00, 20.00, 25.00, 25.00],
        [0.00, 95.00, -55.00, -40.00],
        [0.0, 1.0, 2.0, 3.0],
        [1, 2, 3, 4],
    ]


POOL = """
[assets.pool]
opening_balance = 1000.00
price = "1"
yield = { rate = { fixed = { rate = 0.12 } }, payment_dates = "quarterly", day_count = "30/360_us" }
runoff = { share = "0.1", payment_dates = "quarterly" }
loss = { share = "0.02", payment_dates = "quarterly" }

[cashflows.recoveries]
direction = "in"
amounts = [[2025-10-01, 5.00]]

[ledgers.recovered]

[inputs.original]
unit = "amount"
default = 1000.00
"""


def test_a_pool_is_read_as_an_asset() -> None:
    """Each quarter 3% are earned, then 2% are lost and 10% of the rest repaid; 5.00 are recovered in October."""
    found = inspected(
        "pool.balance",
        "opening.pool.balance",
        "trailing_sum(pool.lost, 100)",  # defaulted so far
        "recovered.balance",
        "trailing_sum(pool.lost, 100) - recovered.balance",  # net loss
        "pool.repaid + pool.earned",  # collected on the date
        "trailing_sum(pool.repaid, 100) + trailing_sum(pool.earned, 100)",  # collected so far
        "lag(pool.repaid, 1, 0) + lag(pool.earned, 1, 0)",  # collected on the date before
        "divide(pool.balance, inputs.original, 0)",  # factor
        "divide(trailing_sum(pool.lost, 100), inputs.original, 0)",  # default rate
        "lag(recovered.balance, 1, 0)",  # up to the date before
        "divide(trailing_sum(pool.lost, 100) - recovered.balance, inputs.original, 0)",  # net loss rate
        before=POOL,
        steps='[[waterfalls.collection]]\ncollect = { from = ["rent", "pool", "recoveries"], to = "cash" }\n'
        '[[waterfalls.normal]]\nbook = { ledger = "recovered", amount = "recoveries.amount" }\n' + REST,
    )
    assert found == [
        [882.00, 777.92, 686.12, 605.16],
        [1000.00, 882.00, 777.92, 686.12],
        [20.00, 37.64, 53.20, 66.92],
        [0.00, 0.00, 5.00, 5.00],
        [20.00, 37.64, 48.20, 61.92],
        [128.00, 112.90, 99.58, 87.82],
        [128.00, 240.90, 340.48, 428.30],
        [0.00, 128.00, 112.90, 99.58],
        [0.882, 0.77792, 0.68612, 0.60516],
        [0.02, 0.03764, 0.0532, 0.06692],
        [0.00, 0.00, 0.00, 5.00],
        [0.02, 0.03764, 0.0482, 0.06192],
    ]


def test_the_weighted_rate_of_a_pool_of_two_assets() -> None:
    """12% on 300.00 and 6% on 600.00 are 8%; margins of 3% and 0% are 1%."""
    weighted = "divide({a} * first.balance + {b} * second.balance, first.balance + second.balance, 0)"
    asset = '[assets.{name}]\nopening_balance = {balance}\nprice = "1"\n'
    assets = asset.format(name="first", balance=300.00) + asset.format(name="second", balance=600.00)
    rate, spread = weighted.format(a="0.12", b="0.06"), weighted.format(a="0.03", b="0.00")
    assert inspected(rate, spread, before=assets, steps=COLLECT + REST) == [[0.08] * 4, [0.01] * 4]


def test_what_is_needed_for_a_target_rate_of_return() -> None:
    """A ledger grows at 8% a year by days and falls by what is paid: in the end 1,000.00 have earned 8%."""
    days = (90, 91, 92, 92)
    dates = ("2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01")
    growth = ", ".join(f"[{date}, {1.08 ** (n / 365) - 1:.9f}]" for date, n in zip(dates, days, strict=True))
    of = flows(
        f'[inputs.growth]\nunit = "number"\ndefault_steps = [{growth}]\n',
        "[equity.investor]\n[ledgers.hurdle]\nopening = 1000.00\n" + COLLECT,
        '[[waterfalls.normal]]\nbook = { ledger = "hurdle", amount = "hurdle.balance * inputs.growth" }\n',
        '[[waterfalls.normal]]\ndistribute = { to = "investor", from = ["cash"], ',
        'limit = { cap = "hurdle.balance" } }\n',
        '[[waterfalls.normal]]\nbook = { ledger = "hurdle", amount = "-investor.distributed" }\n' + REST,
    )
    paid = of("investor.distributed")
    # 1,019.16 less 100.00, 936.97 less 200.00, 751.41 less 50.00, and 715.15
    assert paid == [100.00, 200.00, 50.00, 715.15]
    assert abs(sum(x / 1.08 ** (sum(days[: i + 1]) / 365) for i, x in enumerate(paid)) - 1000) < 0.02


# --- fees


def fee(terms: str) -> Callable[[str], list[float]]:
    return flows(
        "[schedules.window]\ndates = [2025-07-01, 2025-10-01]\n[schedules.once]\ndates = [2025-07-01]\n",
        f"[fees.agency]\n{terms}\n",
        COLLECT + '[[waterfalls.collection]]\naccrue_fee = { fees = ["agency"] }\n',
        '[[waterfalls.normal]]\npay_fee = { fees = ["agency"], from = ["cash"] }\n' + REST,
    )


def test_a_fee_of_one_date_and_a_fee_with_beginning_and_end() -> None:
    assert fee('payment_dates = "once"\namount = { fixed = { per_date = 7.00 } }')("agency.paid") == [0, 7.00, 0, 0]
    assert fee('payment_dates = "window"\namount = { fixed = { per_date = 7.00 } }')("agency.paid") == [
        0,
        7.00,
        7.00,
        0,
    ]


def test_a_fee_by_a_table_of_what_is_collected() -> None:
    """Below 60: 1.00; below 150: 2.00; else 3.00."""
    table = "if(rent.amount < 60, 1.00, if(rent.amount < 150, 2.00, 3.00))"
    of = fee(f'payment_dates = "quarterly"\namount = {{ share_of = {{ share = 1.0, quantity = "{table}" }} }}')
    assert of("agency.paid") == [2.00, 3.00, 1.00, 3.00]


def test_a_fee_of_what_is_above_a_target_and_a_fee_by_the_number_of_the_period() -> None:
    terms = 'payment_dates = "quarterly"\namount = {{ share_of = {{ share = 1.0, quantity = "{quantity}" }} }}'
    above = fee(terms.format(quantity="max(0, rent.amount - 120.00)"))
    assert above("agency.paid") == [0.00, 80.00, 0.00, 1880.00]
    flow = "if(period.index == 0, 5.00, if(period.index == 1, 0.00, 7.00))"
    by_period = fee(terms.format(quantity=flow))
    assert by_period("agency.paid") == [5.00, 0.00, 7.00, 7.00]


def test_a_fee_at_a_rate_of_a_formula() -> None:
    """0.50% a year of 1,000.00, twice that from July on."""
    quantity = "10 * inputs.base * if(period.index >= 1, 0.01, 0.005)"
    terms = f'{{ rate_of = {{ rate = 0.1, day_count = "30/360_us", quantity = "{quantity}" }} }}'
    base = '[inputs.base]\nunit = "amount"\ndefault = 1000.00\n'
    of = fee(f'payment_dates = "quarterly"\namount = {terms}\n{base}')
    assert of("agency.paid") == [1.25, 2.50, 2.50, 2.50]
