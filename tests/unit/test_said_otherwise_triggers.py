"""Triggers of other languages, said here with two words for one: rows of the coverage page."""

from __future__ import annotations

import pytest

from said_otherwise import ACCRUE, ALL, BUY, COLLECT, REST, REVOLVING, SERVE, flows, note


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
        deal='statuses = ["normal", "closed"]\n',
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


DECLARED = '[inputs.event]\nunit = "number"\ndefault_steps = [[2025-01-01, 0], [2025-07-01, 1], [2025-10-01, 0]]\n'


@pytest.mark.parametrize(("sticky", "failing"), [("true", [1, 1, 1, 1]), ("false", [1, 0, 1, 0])])
def test_a_test_that_has_fired_before_the_deal_begins(sticky: str, failing: list[int]) -> None:
    """On the first date the measure fails whatever there is: for good, or until the test is cured."""
    of = flows(
        '[inputs.event]\nunit = "number"\n',
        "default_steps = [[2025-01-01, 0], [2025-10-01, 1], [2026-01-01, 0]]\n",
        '[tests.declared]\nmeasure = { formula = { value = "if(period.index == 0, 1, inputs.event)" } }\n',
        f'requires = "at_most"\nlevel = 0.5\nsticky = {sticky}\n',
        'dates = "quarterly"\nwhen_undefined = "pass"\neffects = [{ lock_up = {} }]\n',
        '[[waterfalls.collection]]\nrun_tests = { tests = ["declared"] }\n' + COLLECT + REST,
    )
    cash = {"true": [100.00, 300.00, 350.00, 2350.00], "false": [100.00, 0.00, 50.00, 0.00]}
    assert of("declared.failing") == failing
    assert of("cash.balance") == cash[sticky]


def test_a_test_buys_assets_and_issues_a_note() -> None:
    """On the one date of the event 500.00 of a new note are issued, and 40.00 of the cash buy 50.00 of the pool."""
    of = flows(
        DECLARED + REVOLVING,
        note(balance="0").replace("maturity_date", "funding = { maximum = 500.00 }\nmaturity_date"),
        '[tests.declared]\nmeasure = { formula = { value = "inputs.event" } }\nrequires = "at_most"\nlevel = 0.5\n',
        'dates = "quarterly"\nwhen_undefined = "pass"\neffects = [{ run_steps = { block = "expand" } }]\n',
        f'[blocks]\nexpand = [\n{{ fund_note = {{ note = "senior", to = "cash" }} }},\n{{ {BUY} }},\n]\n',
        COLLECT + ACCRUE + '[[waterfalls.collection]]\nrun_tests = { tests = ["declared"] }\n' + SERVE + REST,
    )
    assert of("senior.funded") == [0.00, 500.00, 0.00, 0.00]
    assert of("pool.balance") == [0.00, 50.00, 50.00, 50.00]
    assert of("senior.interest_paid") == [0.00, 0.00, 10.00, 10.00]
    assert of("owner.distributed") == [100.00, 660.00, 40.00, 1490.00]


def test_a_test_that_another_test_starts() -> None:
    """The second watches collections only once the first has fired; 50.00 come too early for it, 200.00 do not."""
    of = flows(
        '[tests.first]\nmeasure = { formula = { value = "if(rent.amount > 99.99, 0, 1)" } }\n',
        'level = 1\ndates = "quarterly"\nwhen_undefined = "pass"\nsticky = true\n',
        '[tests.second]\nmeasure = { min_liquidity = { amount = "if(opening.tests.first.failing, rent.amount, 500.00)"',
        ', minimum = "500.00" } }\nlevel = 1\ndates = "quarterly"\nwhen_undefined = "pass"\n',
        "effects = [{ lock_up = {} }]\n" + COLLECT,
        '[[waterfalls.collection]]\nrun_tests = { tests = ["first", "second"] }\n' + REST,
    )
    assert of("first.failing") == [1, 1, 1, 1]
    assert of("second.failing") == [0, 1, 1, 0]
    assert of("owner.distributed") == [100.00, 0.00, 0.00, 2250.00]


def test_a_condition_against_a_curve_by_period_and_a_span_of_periods() -> None:
    """90.00, 250.00, 250.00 and 10.00 by number; in the second and third period 20.00 are put aside."""
    curve = "if(period.index == 0, 90.00, if(period.index <= 2, 250.00, 10.00))"
    of = flows(
        "[accounts.aside]\n",
        f'[tests.collections]\nmeasure = {{ min_liquidity = {{ amount = "rent.amount", minimum = "{curve}" }} }}\n',
        'level = 1.0\ndates = "quarterly"\nwhen_undefined = "fail"\n' + COLLECT,
        '[[waterfalls.collection]]\nrun_tests = { tests = ["collections"] }\n',
        '[[waterfalls.normal]]\ntransfer = { from = ["cash"], to = "aside", limit = { cap = "20.00" } }\n',
        'when = "period.index >= 1 and period.index <= 2"\n' + REST,
    )
    assert of("collections.failing") == [0, 1, 1, 0]
    assert of("aside.balance") == [0.00, 20.00, 40.00, 40.00]


def test_a_test_changes_a_coupon() -> None:
    """From 8% to the index and 2%, as the state stands with which the payment date begins."""
    rate = "if(opening.tests.declared.failing, inputs.index + 0.02, 0.08)"
    of = flows(
        DECLARED + '[inputs.index]\nunit = "number"\ndefault = 0.07\n',
        note(coupon=f'{{ formula = {{ rate = "{rate}", all_in_cap = 0.5 }} }}'),
        '[tests.declared]\nmeasure = { formula = { value = "inputs.event" } }\nrequires = "at_most"\nlevel = 0.5\n',
        'dates = "quarterly"\nwhen_undefined = "pass"\n',
        ALL + '[[waterfalls.after]]\nrun_tests = { tests = ["declared"] }\n',
    )
    assert of("senior.rate") == [0.08, 0.08, 0.09, 0.08]
    assert of("senior.interest_paid") == [20.00, 20.00, 22.50, 20.00]


def test_a_sweep_lowers_the_debt_service_that_is_covered() -> None:
    """On the first date 20.00 are due of 100.00; 0.4 of the rest repay all of a and 2.00 of b, which leaves 8.00 due on
    the second: 100 / 20, then 200 / 8.
    """
    dates = ["2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01"]
    even = "{ explicit = { principal = [" + ", ".join(f"[{date}, 10.00]" for date in dates) + "] } }"
    both = '["a", "b"]'
    of = flows(
        *(note(name, "40.00", "{ fixed = { rate = 0 } }", amortisation=even) for name in ("a", "b")),
        f'[tests.cover]\nmeasure = {{ dscr = {{ cash_flow = "rent.amount", notes = {both} }} }}\nlevel = 6\n',
        f'dates = "quarterly"\nwhen_undefined = "pass"\neffects = [{{ sweep = {{ share = 0.4, notes = {both} }} }}]\n',
        COLLECT + ACCRUE.replace('["senior"]', both),
        '[[waterfalls.collection]]\nrun_tests = { tests = ["cover"] }\n' + SERVE.replace('["senior"]', both) + REST,
    )
    assert of("cover.value")[:2] == [5.0, 25.0]
