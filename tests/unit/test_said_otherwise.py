"""What other languages have a word for and this one says with two: rows of the coverage page, by their effect.

Each test has the figures worked out by hand; engine and reference agree on every one of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable

import pytest

import cashfall as cf
from cashfall.testing.scenario_paths import generate_scenarios
from differential import differences

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


def flows(*parts: str, deal: str = "") -> Callable[[str], list[float]]:
    """The base run of a deal as series of currency units; engine and reference agree on it and on random scenarios."""
    document = tomllib.loads(BASE.replace("{deal}", deal) + "".join(parts))
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


def test_interest_on_another_balance_and_at_another_rate() -> None:
    """While an event lasts the rate is half as high again; beside it 14% on 400.00, whatever the note still is."""
    rate = "0.08 * if(inputs.event > 0.5, 1.5, 1)"
    of = flows(
        '[inputs.event]\nunit = "number"\ndefault_steps = [[2025-01-01, 0], [2025-07-01, 1], [2026-01-01, 0]]\n',
        note(coupon=f'{{ formula = {{ rate = "{rate}", all_in_cap = 0.5 }} }}'),
        '[fees.other]\npayment_dates = "quarterly"\n',
        'amount = { rate_of = { rate = 0.14, quantity = "400.00", day_count = "30/360_us" } }\n',
        COLLECT + ACCRUE + '[[waterfalls.collection]]\naccrue_fee = { fees = ["other"] }\n',
        '[[waterfalls.normal]]\npay = { dues = ["senior.interest_due", "other.due"], from = ["cash"] }\n',
        '[[waterfalls.normal]]\npay_principal = { notes = ["senior"], from = ["cash"] }\n' + REST,
    )
    assert of("senior.interest_paid") == [20.00, 30.00, 30.00, 20.00]
    assert of("other.paid") == [14.00, 14.00, 14.00, 14.00]


def test_a_note_of_three_rates() -> None:
    """8% and 2% of its own and 1% as a fee, each paid where it ranks: the second after 25.00 for the owner."""
    terms = "anticipated_repayment = { date = 2025-01-01, extra = 0.02 }\nmaturity_date"
    of = flows(
        note().replace("maturity_date", terms),
        '[fees.third]\npayment_dates = "quarterly"\n',
        'amount = { rate_of = { rate = 0.01, quantity = "senior.balance", day_count = "30/360_us" } }\n',
        COLLECT + ACCRUE + '[[waterfalls.collection]]\naccrue_fee = { fees = ["third"] }\n',
        '[[waterfalls.normal]]\npay = { dues = ["senior.interest_due", "third.due"], from = ["cash"] }\n',
        '[[waterfalls.normal]]\ndistribute = { to = "owner", from = ["cash"], limit = { cap = "25.00" } }\n',
        '[[waterfalls.normal]]\npay_principal = { notes = ["senior"], from = ["cash"] }\n',
        '[[waterfalls.normal]]\npay = { dues = ["senior.additional_interest_due"], from = ["cash"] }\n' + REST,
    )
    assert of("senior.interest_paid") == [20.00, 20.00, 20.00, 20.00]
    assert of("third.paid") == [2.50, 2.50, 2.50, 2.50]
    assert of("senior.additional_interest_paid") == [5.00, 5.00, 2.50, 7.50]


def test_transfers_and_payments_are_booked() -> None:
    """What a step will move is booked before it, what a note was paid after it, a support by what it has lost."""
    of = flows(
        note(balance="10000.00"),
        "[accounts.other]\n[accounts.reserve]\nopening_balance = 120.00\n",
        "[ledgers.moved]\n[ledgers.interest]\n[ledgers.principal]\n[ledgers.drawn]\n",
        COLLECT + ACCRUE,
        '[[waterfalls.normal]]\nbook = { ledger = "moved", amount = "min(cash.balance, 30.00)" }\n',
        '[[waterfalls.normal]]\ntransfer = { from = ["cash"], to = "other", limit = { cap = "30.00" } }\n',
        '[[waterfalls.normal]]\npay_interest = { notes = ["senior"], from = ["cash"], support = ',
        '[{ from_account = "reserve" }] }\n',
        '[[waterfalls.normal]]\nbook = { ledger = "interest", amount = "senior.interest_paid" }\n',
        '[[waterfalls.normal]]\nbook = { ledger = "drawn", amount = "opening.reserve.balance - reserve.balance" }\n',
        '[[waterfalls.normal]]\npay_principal = { notes = ["senior"], from = ["cash"] }\n',
        '[[waterfalls.normal]]\nbook = { ledger = "principal", amount = "senior.principal_paid" }\n',
    )
    assert of("other.balance") == of("moved.balance") == [30.00, 60.00, 90.00, 120.00]
    assert of("interest.balance") == [190.00, 360.00, 380.00, 800.00]
    assert of("principal.balance") == [0.00, 0.00, 0.00, 1550.00]
    assert of("drawn.balance") == [120.00, 120.00, 120.00, 120.00]


def test_a_ledger_is_booked_up_to_an_amount_and_has_two_sides() -> None:
    of = flows(
        "[ledgers.reached]\n[ledgers.debits]\n[ledgers.credits]\n",
        COLLECT,
        '[[waterfalls.normal]]\nbook = { ledger = "reached", amount = "rent.amount - reached.balance" }\n',
        '[[waterfalls.normal]]\nbook = { ledger = "debits", amount = "rent.amount" }\n',
        '[[waterfalls.normal]]\nbook = { ledger = "credits", amount = "min(rent.amount, 60.00)" }\n',
        '[[waterfalls.normal]]\ninspect = { name = "net", value = "debits.balance - credits.balance" }\n' + REST,
    )
    assert of("reached.balance") == [100.00, 200.00, 50.00, 2000.00]
    assert of("debits.balance") == [100.00, 300.00, 350.00, 2350.00]
    assert of("inspect.net") == [40.00, 180.00, 180.00, 2120.00]


def test_transfers_from_several_accounts_each_with_its_limit() -> None:
    """A step empties two accounts into a third; where each has a limit of its own there is a step for each."""
    of = flows(
        "[accounts.one]\nopening_balance = 10.00\n[accounts.two]\nopening_balance = 20.00\n[accounts.third]\n",
        COLLECT,
        '[[waterfalls.normal]]\ntransfer = { from = ["cash"], to = "third", limit = { cap = "30.00" } }\n',
        '[[waterfalls.normal]]\ntransfer = { from = ["one"], to = "third", limit = { keep_balance = "4.00" } }\n',
        '[[waterfalls.after]]\ntransfer = { from = ["one", "two"], to = "third", limit = { cap = "7.00" } }\n',
    )
    assert of("third.balance") == [43.00, 80.00, 117.00, 150.00]
    assert of("one.balance") == [0.00, 0.00, 0.00, 0.00]
    assert of("two.balance") == [17.00, 10.00, 3.00, 0.00]


def test_interest_over_interest_is_paid_alone() -> None:
    """12% on the 100.00 that April left unpaid is 3.00: paid first, before 50.00 to the owner and other interest."""
    due = "interest_on_unpaid = { rate = 0.12 }\nmaturity_date"
    of = flows(
        note(balance="10000.00", amortisation="{ sweep = {} }").replace("maturity_date", due),
        COLLECT + ACCRUE,
        '[[waterfalls.normal]]\npay_interest = { notes = ["senior"], from = ["cash"], ',
        'limit = { cap = "senior.unpaid_interest_due" } }\n',
        '[[waterfalls.normal]]\ndistribute = { to = "owner", from = ["cash"], limit = { cap = "50.00" } }\n',
        'when = "period.index == 1"\n' + SERVE,
    )
    # 3% of 100.00, of 153.00 and of 307.59
    assert of("senior.unpaid_interest_accrued") == [0.00, 3.00, 4.59, 9.23]
    assert of("senior.interest_paid") == [100.00, 150.00, 50.00, 516.82]
    assert of("owner.distributed") == [0.00, 50.00, 0.00, 0.00]


def test_losses_on_ledgers_of_two_classes_and_a_write_down() -> None:
    """A loss of 260.00: 200.00 on the ledger of the junior class, 60.00 on that of the senior; and a write-down."""
    zero = "{ fixed = { rate = 0.0 } }"
    of = flows(
        '[inputs.loss]\nunit = "amount"\ndefault_steps = [[2025-01-01, 0], [2025-07-01, 260.00], [2025-10-01, 0]]\n',
        note("senior", "1000.00", zero) + note("junior", "200.00", zero),
        "[ledgers.of_junior]\n[ledgers.of_senior]\n[ledgers.written]\n",
        COLLECT + ACCRUE.replace('"senior"', '"senior", "junior"'),
        '[[waterfalls.normal]]\nbook = { ledger = "written", amount = ',
        '"min(inputs.loss, senior.balance + junior.balance)" }\n',
        '[[waterfalls.normal]]\nbook = { ledger = "of_senior", amount = ',
        '"max(0, inputs.loss - max(0, junior.balance - of_junior.balance))" }\n',
        '[[waterfalls.normal]]\nbook = { ledger = "of_junior", amount = ',
        '"min(inputs.loss, max(0, junior.balance - of_junior.balance))" }\n',
        '[[waterfalls.normal]]\nwrite_down = { notes = ["senior", "junior"], amount = "inputs.loss" }\n',
        SERVE.replace('"senior"', '"senior", "junior"') + REST,
    )
    assert of("of_junior.balance") == [0.00, 200.00, 200.00, 200.00]
    assert of("of_senior.balance") == [0.00, 60.00, 60.00, 60.00]
    assert of("written.balance") == [0.00, 260.00, 260.00, 260.00]
    assert of("senior.balance") == [1000.00, 940.00, 940.00, 0.00]
    assert of("junior.balance") == [200.00, 0.00, 0.00, 0.00]


@pytest.mark.parametrize(
    ("order", "paid"),
    [
        ("listed", (20.00, 25.00, 0.00)),
        ("reverse", (0.00, 35.00, 10.00)),
        ("by_name", (0.00, 40.00, 5.00)),
        ("by_rate", (5.00, 40.00, 0.00)),
        ("by_maturity", (20.00, 15.00, 10.00)),
    ],
)
def test_orders(order: str, paid: tuple[float, ...]) -> None:
    """Interest of 20.00, 40.00 and 10.00 a quarter, and 45.00 for it."""
    terms = {"zeta": (0.08, "2025-10-01"), "alpha": (0.16, "2026-01-01"), "mid": (0.04, "2025-07-01")}
    names = '"zeta", "alpha", "mid"'
    of = flows(
        *(
            note(name, "1000.00", f"{{ fixed = {{ rate = {rate} }} }}").replace("2026-01-01", end)
            for name, (rate, end) in terms.items()
        ),
        COLLECT + ACCRUE.replace('"senior"', names),
        f'[[waterfalls.normal]]\npay_interest = {{ notes = [{names}], from = ["cash"], order = "{order}", ',
        'limit = { cap = "45.00" } }\n',
        f'[[waterfalls.normal]]\npay_principal = {{ notes = [{names}], from = ["cash"] }}\n',
    )
    assert tuple(of(f"{name}.interest_paid")[0] for name in terms) == paid


# --- limits and targets


def test_limits_by_what_remains_and_by_a_multiple() -> None:
    """The second note is repaid until it is a quarter of both: (500.00 - 25% of 1,500.00) / 75% are 166.67."""
    zero = "{ fixed = { rate = 0.0 } }"
    of = flows(
        note("one", "1000.00", zero, amortisation="{ sweep = {} }"),
        note("two", "500.00", zero, amortisation="{ sweep = {} }"),
        '[groups.all]\nnotes = ["one", "two"]\n',
        COLLECT + ACCRUE.replace("senior", "all"),
        '[[waterfalls.normal]]\npay_interest = { notes = ["all"], from = ["cash"] }\n',
        '[[waterfalls.normal]]\nsweep = { notes = ["two"], from = ["cash"], limit = { cap = ',
        '"(two.balance - 0.25 * all.balance) / 0.75" } }\n',
        '[[waterfalls.normal]]\ndistribute = { to = "owner", from = ["cash"], limit = { cap = ',
        '"1.5 * (0.1 * rent.amount)" } }\n',
        '[[waterfalls.normal]]\npay_principal = { notes = ["all"], from = ["cash"] }\n',
    )
    assert of("two.balance") == [400.00, 333.33, 333.33, 0.00]
    assert of("owner.distributed") == [0.00, 30.00, 7.50, 300.00]


def test_targets_of_reserves() -> None:
    """The greater of 5% of the note and 30.00, half of it once the note is below 800.00, and never above 45.00."""
    target = "min(45.00, if(senior.balance < 800.00, 0.5, 1) * max(0.05 * senior.balance, 30.00))"
    schedule = "{ explicit = { principal = [[2025-07-01, 200.00], [2025-10-01, 100.00], [2026-01-01, 700.00]] } }"
    found = inspected(
        "reserve.target",
        "max(0, reserve.target - reserve.balance)",
        "max(0, reserve.balance - reserve.target)",
        before=note(coupon="{ fixed = { rate = 0.0 } }", amortisation=schedule)
        + f'[accounts.reserve]\nopening_balance = 40.00\ntarget = {{ formula = "{target}" }}\n',
        steps=COLLECT + ACCRUE + SERVE + REST,
    )
    assert found == [
        [45.00, 40.00, 18.75, 15.00],
        [5.00, 0.00, 0.00, 0.00],
        [0.00, 0.00, 21.25, 25.00],
    ]


# --- waterfalls


def test_a_waterfall_for_every_status_that_has_none_and_one_for_the_call() -> None:
    """Below 800.00 of the pool all is sold, once: 729.00 at 0.90 are 656.10. Afterwards nothing is paid any more."""
    of = flows(
        note(balance="500.00", amortisation="{ sweep = {} }"),
        '[assets.pool]\nopening_balance = 1000.00\nprice = "0.9"\n',
        'runoff = { share = "0.1", payment_dates = "quarterly" }\n',
        "[blocks]\nordinary = [\n",
        '{ pay_interest = { notes = ["senior"], from = ["cash"] } },\n',
        '{ sweep = { notes = ["senior"], from = ["cash"] } },\n]\n',
        '[[waterfalls.collection]]\ncollect = { from = ["rent", "pool"], to = "cash" }\n' + ACCRUE,
        '[[waterfalls.collection]]\nset_status = { status = "called" }\n',
        'when = "status.normal and pool.balance < 800.00"\n',
        '[[waterfalls.normal]]\nrun_steps = { block = "ordinary" }\n',
        '[[waterfalls.called]]\nsell_asset = { asset = "pool", to = "cash" }\n',
        '[[waterfalls.called]]\nrun_steps = { block = "ordinary" }\n',
        '[[waterfalls.called]]\ndistribute = { to = "owner", from = ["cash"] }\n',
        '[[waterfalls.called]]\nset_status = { status = "ended" }\n',
        '[[waterfalls.ended]]\nrun_steps = { block = "ordinary" }\n',
        deal='statuses = ["normal", "called", "ended"]\n',
    )
    assert of("status") == [0, 0, 1, 2]
    assert of("senior.balance") == [310.00, 26.20, 0.00, 0.00]
    assert of("pool.proceeds") == [0.00, 0.00, 656.10, 0.00]
    assert of("owner.distributed") == [0.00, 0.00, 760.38, 0.00]
    assert of("cash.balance") == [0.00, 0.00, 0.00, 2000.00]


def test_collections_by_source() -> None:
    """Each source is a cash flow of its own, and goes to the account that takes it."""
    of = flows(
        '[cashflows.recoveries]\ndirection = "in"\namounts = [[2025-07-01, 7.00], [2025-10-01, 3.00]]\n',
        "[accounts.principal]\n" + COLLECT,
        '[[waterfalls.collection]]\ncollect = { from = ["recoveries"], to = "principal" }\n' + REST,
    )
    assert of("owner.distributed") == [100.00, 200.00, 50.00, 2000.00]
    assert of("principal.balance") == [0.00, 7.00, 10.00, 10.00]


REVOLVING = '[assets.pool]\nprice = "0.8"\n'
BUY = 'buy_asset = { asset = "pool", from = ["cash"], limit = { cap = "40.00" } }'


def test_assets_are_bought_while_the_deal_revolves() -> None:
    """Until October 40.00 a date buy 50.00 of the pool; from then on all is distributed."""
    of = flows(
        REVOLVING + COLLECT,
        '[[waterfalls.collection]]\nset_status = { status = "amortizing" }\nwhen = "period.index == 2"\n',
        f"[[waterfalls.revolving]]\n{BUY}\n"
        + REST.replace("normal", "revolving")
        + REST.replace("normal", "amortizing"),
        deal='statuses = ["revolving", "amortizing"]\n',
    )
    assert of("pool.balance") == [50.00, 100.00, 100.00, 100.00]
    assert of("owner.distributed") == [60.00, 160.00, 50.00, 2000.00]


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


def inspected(*formulas: str, before: str = "", steps: str = "", deal: str = "") -> list[list[float]]:
    """What formulas give after the steps, on every date."""
    inspect = "".join(
        f'[[waterfalls.after]]\ninspect = {{ name = "x{i}", value = "{text}" }}\n' for i, text in enumerate(formulas)
    )
    of = flows(before, steps, inspect, deal=deal)
    return [of(f"inspect.x{i}") for i in range(len(formulas))]


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
