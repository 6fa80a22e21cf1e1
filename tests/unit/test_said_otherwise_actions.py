"""Actions, limits and waterfalls of other languages, said here with two words for one: rows of the coverage page."""

from __future__ import annotations

import pytest

from said_otherwise import ACCRUE, BUY, COLLECT, REST, REVOLVING, SERVE, flows, inspected, note

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
