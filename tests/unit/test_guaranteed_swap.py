"""A balance-guaranteed swap: its notional is what a note owes, day by day. Figures by hand, engine = reference."""

from __future__ import annotations

import tomllib

import cashfall as cf
from cashfall.testing.scenario_paths import generate_scenarios
from differential import differences

# 1,000.00, of which 100.00 and 400.00 fall due in April and July; what `swept` brings is repaid in the month it comes.
# The swap pays 4% in 30/360 and receives the index, fixed as a period begins, in actual/360.
DEAL = """
[deal]
name = "guaranteed swap"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "monthly"

[schedules]
monthly = { regular = { first = 2025-02-01, last = 2025-10-01, months = 1 } }
quarterly = { regular = { first = 2025-04-01, last = 2025-10-01, months = 3 } }

[inputs]
swept = { unit = "amount", default = 0 }
index = { unit = "number", default_steps = [[2025-01-01, 0.05], [2025-04-01, 0.03], [2025-07-01, 0.06]], maximum = 1 }

[leases.income]
commencement = 2025-01-01
end = 2025-10-01
payment_dates = "monthly"
base_rent = { per_date = 500.00 }

[notes.senior]
original_balance = 1000.00
dated_date = 2025-01-01
maturity_date = 2025-10-01
payment_dates = "quarterly"
day_count = "30/360_us"
coupon = { fixed = { rate = 0 } }
amortisation = { explicit = { principal = [[2025-04-01, 100.00], [2025-07-01, 400.00], [2025-10-01, 500.00]] } }

[swaps.hedge]
pay = { rate = { fixed = { rate = 0.04 } }, day_count = "30e/360" }
receive = { rate = { floating = { index = "index" } }, day_count = "act/360" }
notional = NOTIONAL
payment_dates = "quarterly"

[accounts.cash]

[equity.owner]

[waterfalls]
collection = [
  { collect = { from = ["income"], to = "cash" } },
  { accrue_interest = { notes = ["senior"] } },
]
normal = [
  { settle_swap = { swap = "hedge", to = "cash", from = ["cash"] } },
  { pay = { dues = ["senior.interest_due", "senior.principal_due"], from = ["cash"] } },
  { sweep = { notes = ["senior"], from = ["cash"], limit = { cap = "inputs.swept" } } },
  { distribute = { to = "owner", from = ["cash"] } },
]
"""
GUARANTEED = '{ note = "senior" }'
SCHEDULED = "{ schedule = [[2025-01-01, 1000.00], [2025-04-01, 900.00], [2025-07-01, 500.00]] }"


def run(notional: str, swept: list[float]) -> cf.Result:
    """A run; engine and reference agree on it and on random scenarios."""
    document = tomllib.loads(DEAL.replace("NOTIONAL", notional))
    index = [0.05] * 2 + [0.03] * 3 + [0.06] * 4
    assert differences(document, [{"swept": swept, "index": index}, *generate_scenarios(document, 4, 1)]) == []
    return cf.Deal.from_dict(document).compile().run({"swept": swept})


def quarters(result: cf.Result, name: str) -> list[float]:
    """The values of April, July and October; there are none in between."""
    values = [float(value) for value in result[name][:, 0]]
    assert not any(value for month, value in enumerate(values) if month % 3 != 2)
    return values[2::3]


# 300.00 are swept in March and 50.00 in September.
SWEPT = [0.00, 300.00, 0.00, 0.00, 0.00, 0.00, 0.00, 50.00, 0.00]


def test_the_notional_is_the_balance_also_inside_a_period() -> None:
    result = run(GUARANTEED, SWEPT)
    # What was swept counts as paid ahead: nothing is due in April, 200.00 are in July, when 500.00 should be left.
    assert [float(value) for value in result["senior.balance"][:, 0]] == [1000, 700, 700, 700, 700, 500, 500, 450, 0]
    # 4% in 30/360: 60 days of 1,000 and 30 of 700 are 81,000; 90 of 700; 60 of 500 and 30 of 450 are 43,500
    assert quarters(result, "hedge.pay_accrued") == [9.00, 7.00, 4.83]
    # actual/360: 59 days of 1,000 and 31 of 700 are 80,700 at 5%; 91 of 700 at 3%; 62 of 500 and 30 of 450 at 6%
    assert quarters(result, "hedge.receive_accrued") == [11.21, 5.31, 7.42]
    assert quarters(result, "hedge.received") == [2.21, 0.00, 2.59]
    assert quarters(result, "hedge.paid") == [0.00, 1.69, 0.00]


def test_as_scheduled_it_is_a_swap_with_the_schedule_as_notional() -> None:
    guaranteed, scheduled = run(GUARANTEED, [0.00] * 9), run(SCHEDULED, [0.00] * 9)
    # 90 days of 1,000, 900 and 500 at 4%; 90, 91 and 92 days at 5%, 3% and 6%
    assert quarters(guaranteed, "hedge.pay_accrued") == [10.00, 9.00, 5.00]
    assert quarters(guaranteed, "hedge.receive_accrued") == [12.50, 6.83, 7.67]
    for name in (name for name in scheduled if name.startswith("hedge.")):
        assert quarters(scheduled, name) == quarters(guaranteed, name), name


def test_the_schedule_stays_where_the_balance_falls() -> None:
    """What the guarantee is for: a scheduled notional is 300.00 too high once 300.00 are swept."""
    scheduled = run(SCHEDULED, SWEPT)
    assert quarters(scheduled, "hedge.pay_accrued") == [10.00, 9.00, 5.00]


def test_a_note_repaid_early_ends_the_swap() -> None:
    result = run(GUARANTEED, [0.00, 500.00, 500.00, *[0.00] * 6])
    # 81,000 became 60 days of 1,000 and 30 of 500: 75,000 at 4%; 59 and 31 days at 5%; then nothing
    assert quarters(result, "hedge.pay_accrued") == [8.33, 0.00, 0.00]
    assert quarters(result, "hedge.receive_accrued") == [10.35, 0.00, 0.00]
