"""What other languages have a word for and this one says with two: rows of the coverage page, by their effect.

Each test has the figures worked out by hand; engine and reference agree on every one of them.
"""

from __future__ import annotations

import runpy
import tomllib
from collections.abc import Callable
from pathlib import Path

import cashfall as cf
from cashfall.testing.scenario_paths import generate_scenarios

DIFFERENTIAL = Path(__file__).parents[1] / "crosscheck" / "differential.py"
differences = runpy.run_path(str(DIFFERENTIAL))["differences"]

BASE = """
[deal]
name = "said otherwise"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "quarterly"
{deal}
[schedules.quarterly]
regular = { first = 2025-04-01, last = 2026-01-01, months = 3 }

[inputs.factor]
unit = "number"
default = 1.0

[cashflows.rent]
direction = "in"
amounts = [[2025-04-01, 100.00], [2025-07-01, 200.00], [2025-10-01, 50.00], [2026-01-01, 2000.00]]
factor = "factor"

[accounts.cash]

[equity.owner]
"""

NOTE = """
[notes.{name}]
original_balance = {balance}
dated_date = 2025-01-01
maturity_date = 2026-01-01
payment_dates = "quarterly"
day_count = "30/360_us"
coupon = {coupon}
amortisation = {amortisation}
"""

COLLECT = '[[waterfalls.collection]]\ncollect = { from = ["rent"], to = "cash" }\n'
ACCRUE = '[[waterfalls.collection]]\naccrue_interest = { notes = ["senior"] }\n'
SERVE = """
[[waterfalls.normal]]
pay_interest = { notes = ["senior"], from = ["cash"] }
[[waterfalls.normal]]
pay_principal = { notes = ["senior"], from = ["cash"] }
"""
REST = '[[waterfalls.normal]]\ndistribute = { to = "owner", from = ["cash"] }\n'
ALL = COLLECT + ACCRUE + SERVE + REST


def note(
    name: str = "senior", balance: str = "1000.00", coupon: str = "{ fixed = { rate = 0.08 } }", **terms: str
) -> str:
    amortisation = terms.get("amortisation", "{ bullet = {} }")
    return NOTE.format(name=name, balance=balance, coupon=coupon, amortisation=amortisation)


def flows(*parts: str) -> Callable[[str], list[float]]:
    """The base run of a deal as series of currency units; engine and reference agree on it and on random scenarios."""
    text = "".join(parts)
    statuses = 'statuses = ["normal", "closed"]\n' if "closed" in text else ""
    document = tomllib.loads(BASE.replace("{deal}", statuses) + text)
    assert differences(document, generate_scenarios(document, 4, 1)) == []
    result = cf.load(document).compile().run()
    return lambda name: [float(value) for value in result[name][:, 0]]


# --- actions


def test_what_is_left_goes_to_the_servicer_and_to_the_holders_of_a_class() -> None:
    """A residual fee and residual interest are distributions to whoever has the residual claim."""
    of = flows(
        note(),
        "[equity.servicer]\n[equity.class_x]\n",
        COLLECT + ACCRUE + SERVE,
        '[[waterfalls.normal]]\ndistribute = { to = "servicer", from = ["cash"], limit = { share_of_due = 0.25 } }\n',
        '[[waterfalls.normal]]\ndistribute = { to = "class_x", from = ["cash"] }\n',
    )
    assert of("servicer.distributed") == [20.00, 45.00, 7.50, 245.00]
    assert of("class_x.distributed") == [60.00, 135.00, 22.50, 735.00]


def test_collections_by_share_to_several_accounts() -> None:
    of = flows(
        "[accounts.interest]\n[accounts.principal]\n",
        COLLECT,
        '[[waterfalls.collection]]\ntransfer = { from = ["cash"], to = "interest", limit = { share_of_due = 0.3 } }\n',
        '[[waterfalls.collection]]\ntransfer = { from = ["cash"], to = "principal" }\n',
        '[[waterfalls.normal]]\ndistribute = { to = "owner", from = ["interest"] }\n',
    )
    assert of("owner.distributed") == [30.00, 60.00, 15.00, 600.00]
    assert of("principal.balance") == [70.00, 210.00, 245.00, 1645.00]


# --- triggers


def test_a_condition_against_a_curve() -> None:
    """The level moves with time: an input whose default is a curve, on the other side of the ratio."""
    of = flows(
        '[inputs.curve]\nunit = "amount"\n',
        "default_steps = [[2025-01-01, 90.00], [2025-07-01, 250.00], [2026-01-01, 10.00]]\n",
        '[tests.collections]\nmeasure = { ratio = { numerator = "rent.amount", denominator = "inputs.curve" } }\n',
        'level = 1.0\ndates = "quarterly"\nwhen_undefined = "fail"\n',
        COLLECT,
        '[[waterfalls.collection]]\nrun_tests = { tests = ["collections"] }\n',
        REST,
    )
    assert of("collections.failing") == [0, 1, 1, 0]
    assert of("collections.value")[1] == 0.8


def test_a_test_before_collections() -> None:
    """The first step of `collection` sees the accounts as they closed on the date before."""
    of = flows(
        '[tests.cash_left]\nmeasure = { min_liquidity = { amount = "cash.balance", minimum = "60.00" } }\n',
        'level = 1.0\ndates = "quarterly"\nwhen_undefined = "fail"\n',
        '[[waterfalls.collection]]\nrun_tests = { tests = ["cash_left"] }\n',
        COLLECT,
        '[[waterfalls.normal]]\ndistribute = { to = "owner", from = ["cash"], limit = { keep_balance = "75.00" } }\n',
    )
    assert of("cash.balance") == [75.00, 75.00, 75.00, 75.00]
    assert of("cash_left.value") == [0.0, 1.25, 1.25, 1.25]
    assert of("cash_left.failing") == [1, 0, 0, 0]


STOP = """
[tests.cover]
measure = { dscr = { cash_flow = "rent.amount", notes = ["senior"] } }
level = 3.0
dates = "quarterly"
when_undefined = "pass"
"""
RUN = '[[waterfalls.normal]]\nrun_tests = { tests = ["cover"] }\n'


def test_a_test_starts_a_fee() -> None:
    """While it fails a special servicer is paid: the fee's share reads the state with which the date begins."""
    of = flows(
        note(),
        STOP,
        '[fees.special]\npayment_dates = "quarterly"\n',
        'amount = { share_of = { share = 0.1, quantity = "if(opening.tests.cover.failing, rent.amount, 0)" } }\n',
        COLLECT + ACCRUE + '[[waterfalls.collection]]\naccrue_fee = { fees = ["special"] }\n',
        RUN + '[[waterfalls.normal]]\npay_fee = { fees = ["special"], from = ["cash"] }\n' + SERVE + REST,
    )
    assert of("cover.failing") == [0, 0, 1, 1]  # on the last date the note itself falls due
    assert of("special.paid") == [0.00, 0.00, 0.00, 200.00]


def test_a_test_closes_the_deal() -> None:
    """A status without steps, for good: rent still comes in, and nothing is paid any more."""
    of = flows(
        note(),
        STOP + 'sticky = true\neffects = [{ set_status = "closed" }]\n',
        "[waterfalls]\nclosed = []\n",
        ALL,
        '[[waterfalls.after]]\nrun_tests = { tests = ["cover"] }\n',
    )
    assert of("status") == [0, 0, 0, 1]
    assert of("owner.distributed") == [80.00, 180.00, 30.00, 0.00]
    assert of("cash.balance") == [0.00, 0.00, 0.00, 2000.00]


def test_a_test_fired_by_hand() -> None:
    """Whoever gives the scenario decides: the test measures a number input."""
    of = flows(
        '[inputs.event]\nunit = "number"\nminimum = 0\nmaximum = 1\n',
        "default_steps = [[2025-01-01, 0], [2025-07-01, 1], [2025-10-01, 0]]\n",
        '[tests.declared]\nmeasure = { formula = { value = "inputs.event" } }\nrequires = "at_most"\nlevel = 0.5\n',
        'dates = "quarterly"\nwhen_undefined = "pass"\neffects = [{ lock_up = {} }]\n',
        COLLECT,
        '[[waterfalls.collection]]\nrun_tests = { tests = ["declared"] }\n',
        REST,
    )
    assert of("owner.distributed") == [100.00, 0.00, 250.00, 2000.00]


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


# --- notes


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
