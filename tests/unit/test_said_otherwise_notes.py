"""Notes, liquidity and hedges of other languages, said here with two words for one: rows of the coverage page."""

from __future__ import annotations

import pytest

from said_otherwise import ACCRUE, ALL, COLLECT, REST, SERVE, flows, note

# --- notes and rates


def test_planned_amortisation_with_a_support_note() -> None:
    """The planned note gets its schedule and no more; the support note takes what is over, and goes without first."""
    dates = ("2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01")
    schedule = ", ".join(f"[{date}, 75.00]" for date in dates)
    explicit = f"{{ explicit = {{ principal = [{schedule}] }} }}"
    planned = note("planned", "300.00", "{ fixed = { rate = 0.0 } }", amortisation=explicit)
    support = note("support", "200.00", "{ fixed = { rate = 0.0 } }", amortisation="{ sweep = {} }")
    of = flows(
        planned + support,
        COLLECT + '[[waterfalls.collection]]\naccrue_interest = { notes = ["planned", "support"] }\n',
        '[[waterfalls.normal]]\npay_interest = { notes = ["planned", "support"], from = ["cash"] }\n',
        '[[waterfalls.normal]]\npay_principal = { notes = ["planned"], from = ["cash"] }\n',
        '[[waterfalls.normal]]\nsweep = { notes = ["support", "planned"], from = ["cash"] }\n' + REST,
    )
    assert of("planned.principal_paid") == [75.00, 75.00, 50.00, 100.00]
    assert of("support.principal_paid") == [25.00, 125.00, 0.00, 50.00]


def test_an_interest_only_strip() -> None:
    """1.20% a year of what the note still is, to the holders of the strip; nothing once the note is repaid."""
    explicit = "{ explicit = { principal = [[2025-04-01, 50.00], [2026-01-01, 950.00]] } }"
    of = flows(
        note(amortisation=explicit),
        '[fees.class_io]\npayment_dates = "quarterly"\n',
        'amount = { rate_of = { rate = 0.012, quantity = "senior.balance", day_count = "30/360_us" } }\n',
        COLLECT + ACCRUE + '[[waterfalls.collection]]\naccrue_fee = { fees = ["class_io"] }\n',
        '[[waterfalls.normal]]\npay = { dues = ["senior.interest_due", "class_io.due"], from = ["cash"] }\n',
        '[[waterfalls.normal]]\npay_principal = { notes = ["senior"], from = ["cash"] }\n' + REST,
    )
    assert of("class_io.paid") == [3.00, 2.85, 2.85, 2.85]


def test_an_accreting_convertible() -> None:
    """2% in cash on 1,000, and 115% of it at maturity: what it has accreted to on a date is its price on that date."""
    prices = "[2025-04-01, 103.75], [2025-07-01, 107.50], [2025-10-01, 111.25], [2026-01-01, 115.00]"
    convertible = note(coupon="{ fixed = { rate = 0.02 } }")
    of = flows(
        convertible.replace("maturity_date", f"call = {{ schedule = [{prices}] }}\nmaturity_date"),
        "[schedules.maturity]\ndates = [2026-01-01]\n",
        COLLECT + ACCRUE,
        '[[waterfalls.normal]]\npay_interest = { notes = ["senior"], from = ["cash"] }\n',
        '[[waterfalls.normal]]\nprepay = { notes = ["senior"], from = ["cash"] }\ndates = "maturity"\n',
        '[[waterfalls.normal]]\npay_principal = { notes = ["senior"], from = ["cash"] }\n' + REST,
    )
    assert of("senior.interest_paid") == [5.00, 5.00, 5.00, 5.00]
    assert of("senior.principal_paid") == [0.00, 0.00, 0.00, 1000.00]
    assert of("senior.premium_paid") == [0.00, 0.00, 0.00, 150.00]


def test_a_group_with_a_schedule_of_its_own() -> None:
    """The target balance of the class: 1,440.00, 1,290.00 from July on, nothing at the end; pro rata by balance."""
    zero = "{ fixed = { rate = 0.0 } }"
    of = flows(
        note("one", "1000.00", zero, amortisation="{ sweep = {} }"),
        note("two", "500.00", zero, amortisation="{ sweep = {} }"),
        '[groups.class_a]\nnotes = ["one", "two"]\n',
        '[inputs.target]\nunit = "amount"\n',
        "default_steps = [[2025-01-01, 1440.00], [2025-07-01, 1290.00], [2026-01-01, 0]]\n",
        COLLECT + ACCRUE.replace("senior", "class_a"),
        '[[waterfalls.normal]]\npay_interest = { notes = ["class_a"], from = ["cash"] }\n',
        '[[waterfalls.normal]]\nsweep = { notes = ["class_a"], from = ["cash"], ranking = "pro_rata", ',
        'weights = "balance", limit = { cap = "class_a.balance - inputs.target" } }\n' + REST,
    )
    assert of("one.principal_paid") == [40.00, 100.00, 0.00, 860.00]
    assert of("two.principal_paid") == [20.00, 50.00, 0.00, 430.00]


def test_a_floater_that_is_reset_on_dates_of_its_own() -> None:
    """The index of July is held for two quarters, and that of April is not looked at: a ledger keeps it."""
    steps = "[[2025-01-01, 0.04], [2025-04-01, 0.06], [2025-07-01, 0.05], [2025-10-01, 0.09]]"
    of = flows(
        f'[inputs.index]\nunit = "number"\ndefault_steps = {steps}\nmaximum = 1\n',
        '[inputs.scale]\nunit = "amount"\ndefault = 1_000_000_000.00\nminimum = 1_000_000_000.00\n',
        "[ledgers.held]\nopening = 40_000_000.00\n[schedules.resets]\ndates = [2025-07-01]\n",
        note(coupon='{ formula = { rate = "divide(opening.held.balance, inputs.scale, 0)", all_in_cap = 0.5 } }'),
        ALL
        + '[[waterfalls.after]]\nbook = { ledger = "held", amount = "inputs.scale * inputs.index - held.balance" }\n',
        'dates = "resets"\n',
    )
    assert of("senior.rate") == [0.04, 0.04, 0.05, 0.05]
    assert of("senior.interest_paid") == [10.00, 10.00, 12.50, 12.50]


def test_interest_over_interest_at_a_multiple_of_a_floating_rate() -> None:
    """One and a half times the period's rate on what was unpaid: 12% on 100.00, 9% on 100.00 and on 200.00."""
    floating = '{ floating = { index = "index" } }'
    of = flows(
        '[inputs.index]\nunit = "number"\ndefault_steps = [[2025-01-01, 0.08], [2025-07-01, 0.06]]\nmaximum = 1\n',
        note(balance="10000.00", coupon=floating, amortisation="{ sweep = {} }"),
        '[fees.late]\npayment_dates = "quarterly"\namount = { rate_of = { rate = 0.1, day_count = "30/360_us", ',
        'quantity = "opening.senior.interest_due * (15 * senior.rate)" } }\n',
        COLLECT + ACCRUE + '[[waterfalls.collection]]\naccrue_fee = { fees = ["late"] }\n',
        '[[waterfalls.normal]]\npay = { dues = ["senior.interest_due", "late.due"], from = ["cash"] }\n',
        '[[waterfalls.normal]]\npay_principal = { notes = ["senior"], from = ["cash"] }\n',
    )
    assert of("senior.interest_accrued") == [200.00, 200.00, 150.00, 150.00]
    assert of("late.accrued") == [0.00, 3.00, 2.25, 4.50]
    assert of("late.paid") == [0.00, 0.00, 0.00, 9.75]


MONTHLY = "[schedules.monthly]\nregular = { first = 2025-01-01, last = 2026-01-01, months = 1 }\n"


@pytest.mark.parametrize(
    ("path", "floor", "rate", "interest"),
    [
        ((0.03, 0.005, 0.01), 'floor = 0.02, floor_per = "observation"', 0.043788889, 10.95),
        ((0.03, 0.005, 0.01), 'floor = 0.02, floor_per = "period"', 0.04, 10.00),
        ((0.03, 0.005, 0.01), "all_in_floor = 0.04", 0.04, 10.00),
        ((-0.031, 0.03, 0.03), 'floor = -0.01, floor_per = "observation"', 0.036877778, 9.22),
    ],
)
def test_an_all_in_floor_for_every_observation(
    path: tuple[float, ...], floor: str, rate: float, interest: float
) -> None:
    """No observation below 4% all in is none of the index below 2%, where the margin is 2%.

    3.1% for 31 days, 0.6% for 28 and 1.1% for 31, the adjustment of 0.1% included: with the floor on each
    (3.1 x 31 + 2 x 28 + 2 x 31) / 90 = 2.3788889%, without it 1.6333333%. And for 1% all in, where the index falls to
    -3%: (-1 x 31 + 3.1 x 28 + 3.1 x 31) / 90 = 1.6877778%.
    """
    steps = ", ".join(f"[2025-{month:02}-01, {value}]" for month, value in enumerate(path, 1))
    terms = f'index = "index", margin = 0.02, credit_adjustment = 0.001, {floor}'
    of = flows(
        MONTHLY,
        f'[inputs.index]\nunit = "number"\ndefault_steps = [{steps}]\nminimum = -1\nmaximum = 1\n',
        note(coupon=f"{{ simple_daily = {{ {terms} }} }}") + ALL,
        deal='extra_dates = "monthly"\n',
    )
    assert of("senior.rate")[3] == rate
    assert of("senior.interest_accrued")[3] == interest


# --- liquidity providers


SHORT = note(balance="10000.00", amortisation="{ sweep = {} }")
LINE = '[facilities.line]\npayment_dates = "quarterly"\nday_count = "30/360_us"\ncommitment = {terms}\n'
NEED = "max(0, senior.interest_due - cash.balance)"
REPAY = """
[[waterfalls.normal]]
pay_interest = { notes = ["senior"], from = ["cash"] }
[[waterfalls.normal]]
repay_facility = { facilities = ["line"], from = ["cash"] }
"""


def test_an_unlimited_provider_and_its_compensation() -> None:
    """Whatever is short comes from the line; when it is repaid, a tenth of what is left is the provider's."""
    of = flows(
        SHORT,
        LINE.format(terms="1_000_000_000.00") + "[equity.provider]\n" + COLLECT + ACCRUE,
        '[[waterfalls.normal]]\npay_interest = { notes = ["senior"], from = ["cash"], support = ',
        '[{ from_facility = "line" }] }\n',
        '[[waterfalls.normal]]\nrepay_facility = { facilities = ["line"], from = ["cash"] }\n',
        '[[waterfalls.normal]]\ndistribute = { to = "provider", from = ["cash"], limit = { share_of_due = 0.1 } }\n',
        '[[waterfalls.normal]]\npay_principal = { notes = ["senior"], from = ["cash"] }\n',
    )
    assert of("line.draws") == [100.00, 0.00, 150.00, 0.00]
    assert of("line.repaid") == [0.00, 0.00, 0.00, 250.00]
    assert of("provider.distributed") == [0.00, 0.00, 0.00, 155.00]


def test_a_line_whose_quota_is_reset() -> None:
    """60.00 may be drawn in the first half of the year and 60.00 in the second: a ledger counts from each reset."""
    of = flows(
        SHORT,
        LINE.format(terms="1_000_000.00\nrevolving = false"),
        '[ledgers.used]\nreset_when = "period.index == 2"\n' + COLLECT + ACCRUE,
        '[[waterfalls.normal]]\ndraw_facility = { facility = "line", to = "cash", amount = ',
        f'"min({NEED}, 60.00 - used.balance)" }}\n',
        '[[waterfalls.normal]]\nbook = { ledger = "used", amount = "line.draws" }\n' + REPAY,
        '[[waterfalls.normal]]\npay_principal = { notes = ["senior"], from = ["cash"] }\n',
    )
    assert of("line.draws") == [60.00, 0.00, 60.00, 0.00]
    assert of("senior.interest_shortfall") == [40.00, 40.00, 130.00, 0.00]
    assert of("line.repaid") == [0.00, 0.00, 0.00, 120.00]


def test_a_line_of_a_formula_less_its_own_interest_and_a_fee_that_floats() -> None:
    """2% of the note, 200.00, less what is drawn and the interest on it; the premium is the index on what is left."""
    left = "0.02 * senior.balance - line.drawn"
    of = flows(
        '[inputs.index]\nunit = "number"\ndefault_steps = [[2025-01-01, 0.04], [2025-10-01, 0.08]]\nmaximum = 1\n',
        SHORT,
        LINE.format(terms="1_000_000.00\ninterest = { fixed = { rate = 0.10 } }"),
        '[fees.premium]\npayment_dates = "quarterly"\namount = { rate_of = { rate = 0.1, day_count = "30/360_us", ',
        f'quantity = "({left}) * (10 * inputs.index)" }} }}\n',
        COLLECT + ACCRUE + '[[waterfalls.collection]]\naccrue_fee = { fees = ["premium"] }\n',
        '[[waterfalls.normal]]\ndraw_facility = { facility = "line", to = "cash", amount = ',
        f'"min({NEED}, {left} - line.interest_due)" }}\n' + REPAY,
        '[[waterfalls.normal]]\npay = { dues = ["line.interest_due", "premium.due"], from = ["cash"] }\n',
        '[[waterfalls.normal]]\npay_principal = { notes = ["senior"], from = ["cash"] }\n',
    )
    assert of("line.draws") == [100.00, 0.00, 95.00, 0.00]
    assert of("line.interest_accrued") == [0.00, 2.50, 2.50, 4.88]
    assert of("premium.accrued") == [2.00, 1.00, 2.00, 0.10]
    assert of("premium.paid") == [0.00, 0.00, 0.00, 5.10]


# --- hedges


def test_a_cap_whose_strike_follows_a_curve() -> None:
    """3% until July, 5% from then on: two caps, each with its notional in its own time."""
    cap = '[caps.{name}]\nindex = "index"\nstrike = {strike}\nday_count = "30/360_us"\npayment_dates = "quarterly"\n'
    early = "notional = { schedule = [[2025-01-01, 10_000.00], [2025-07-01, 0]] }\n"
    late = "notional = { schedule = [[2025-07-01, 10_000.00], [2026-01-01, 0]] }\n"
    of = flows(
        '[inputs.index]\nunit = "number"\ndefault_steps = [[2025-01-01, 0.04], [2025-07-01, 0.07]]\nmaximum = 1\n',
        cap.format(name="early", strike=0.03) + early + cap.format(name="late", strike=0.05) + late + COLLECT,
        '[[waterfalls.normal]]\nsettle_cap = { cap = "early", to = "cash" }\n',
        '[[waterfalls.normal]]\ninspect = { name = "net", value = "late.receivable" }\n',
        '[[waterfalls.normal]]\nsettle_cap = { cap = "late", to = "cash" }\n' + REST,
    )
    assert of("inspect.net") == [0.00, 0.00, 50.00, 50.00]
    assert of("early.received") == [25.00, 25.00, 0.00, 0.00]
    assert of("late.received") == [0.00, 0.00, 50.00, 50.00]
    assert of("owner.distributed") == [125.00, 225.00, 100.00, 2050.00]


def test_a_swap_of_two_floating_rates_settled_on_dates_of_its_own() -> None:
    """It begins in April: 1% on 10,000.00, then -0.50%; what two quarters bring is settled in one."""
    leg = '{ rate = { floating = { index = "INDEX" } }, day_count = "30/360_us" }'
    of = flows(
        "[schedules.halves]\ndates = [2025-07-01, 2026-01-01]\n",
        '[inputs.one]\nunit = "number"\ndefault_steps = [[2025-01-01, 0.03], [2025-07-01, 0.045]]\nmaximum = 1\n',
        '[inputs.other]\nunit = "number"\ndefault = 0.04\nmaximum = 1\n',
        '[swaps.basis]\npayment_dates = "quarterly"\nnotional = { schedule = [[2025-04-01, 10_000.00]] }\n',
        f"pay = {leg.replace('INDEX', 'one')}\n",
        f"receive = {leg.replace('INDEX', 'other')}\n" + COLLECT,
        '[[waterfalls.normal]]\nsettle_swap = { swap = "basis", to = "cash", from = ["cash"] }\ndates = "halves"\n'
        + REST,
        '[[waterfalls.after]]\ninspect = { name = "net", value = "basis.receivable - basis.due" }\n',
    )
    assert of("basis.due") == [0.00, 0.00, 12.50, 25.00]
    assert of("inspect.net") == [0.00, 0.00, -12.50, 0.00]
    assert of("basis.received") == [0.00, 25.00, 0.00, 0.00]
    assert of("basis.paid") == [0.00, 0.00, 0.00, 25.00]


def test_a_swap_is_received_first_and_paid_last() -> None:
    """25.00 come in first; 50.00 are paid after 40.00 for the owner, as far as there is cash."""
    of = flows(
        '[inputs.index]\nunit = "number"\ndefault_steps = [[2025-01-01, 0.05], [2025-07-01, 0.02]]\nmaximum = 1\n',
        '[swaps.hedge]\npayment_dates = "quarterly"\nnotional = { schedule = [[2025-01-01, 10_000.00]] }\n',
        'pay = { rate = { fixed = { rate = 0.04 } }, day_count = "30/360_us" }\n',
        'receive = { rate = { floating = { index = "index" } }, day_count = "30/360_us" }\n' + COLLECT,
        '[[waterfalls.normal]]\nsettle_swap = { swap = "hedge", to = "cash", from = ["cash"], ',
        'limit = { cap = "0" } }\n',
        '[[waterfalls.normal]]\ndistribute = { to = "owner", from = ["cash"], limit = { cap = "40.00" } }\n',
        '[[waterfalls.normal]]\npay = { dues = ["hedge.due"], from = ["cash"] }\n' + REST,
    )
    assert of("hedge.received") == [25.00, 25.00, 0.00, 0.00]
    assert of("hedge.paid") == [0.00, 0.00, 10.00, 90.00]
    assert of("owner.distributed") == [125.00, 225.00, 40.00, 1910.00]


def test_a_swap_on_the_balance_of_a_note() -> None:
    """5% for 4% on 1,000.00 until July and on 600.00 from then on: the note's balance in each quarter."""
    explicit = "{ explicit = { principal = [[2025-07-01, 400.00], [2026-01-01, 600.00]] } }"
    legs = [
        f'{side} = {{ rate = {{ fixed = {{ rate = {rate} }} }}, day_count = "30/360_us" }}\n'
        for side, rate in (("pay", 0.04), ("receive", 0.05))
    ]
    of = flows(
        "[accounts.other]\nopening_balance = 400.00\n",
        note(amortisation=explicit),
        '[swaps.hedge]\npayment_dates = "quarterly"\nnotional = { note = "senior" }\n' + "".join(legs),
        COLLECT + ACCRUE + '[[waterfalls.normal]]\nsettle_swap = { swap = "hedge", to = "cash", from = ["cash"] }\n',
        SERVE.replace('from = ["cash"]', 'from = ["cash", "other"]') + REST,
    )
    assert of("senior.balance") == [1000.00, 600.00, 600.00, 0.00]
    assert of("hedge.received") == [2.50, 2.50, 1.50, 1.50]
