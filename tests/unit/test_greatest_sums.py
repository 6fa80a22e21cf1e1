"""What many dates, legs, draws and notes add up to beyond 2^52 cents is told. 2^52 cents are 45,035,996,273,704.96.

Beside it `test_greatest_dues.py`: what falls due on one note.
"""

from __future__ import annotations

from typing import Any

import pytest

import cashfall as cf
from differential import differences
from small_deals import Document, overflows

FREE: Document = {"fixed": {"rate": 0}}
INDEX: Document = {"floating": {"index": "index"}}


def frame(dates: list[str], **tables: Any) -> Document:
    """A deal on these dates with an account."""
    return {
        "deal": {"name": "sums", "currency": "USD", "closing_date": "2025-01-01", "waterfall_dates": "all"},
        "schedules": {"all": {"dates": dates}},
        "accounts": {"cash": {}},
        **tables,
    }


def years(n: int) -> list[str]:
    return [f"{2026 + year}-01-01" for year in range(n)]


def days(n: int) -> list[str]:
    return [f"2025-01-{2 + day:02}" for day in range(n)]


def hedged(
    n_years: int, pay: Document, receive: Document, index: float = 300, notional: float = 100_000_000_000, **settle: Any
) -> Document:
    """A swap on an index of 30,000%, with nothing in the account."""
    number = {"unit": "number", "default": index, "maximum": index}
    swap = {
        "payment_dates": "all",
        "notional": {"schedule": [["2025-01-01", notional]]},
        "pay": {"rate": pay, "day_count": "30e/360"},
        "receive": {"rate": receive, "day_count": "30e/360"},
    }
    return frame(
        years(n_years),
        inputs={"index": number, "other": number | {"default": 0}},
        swaps={"hedge": swap},
        waterfalls={"normal": [{**settle, "settle_swap": {"swap": "hedge", "to": "cash", "from": ["cash"]}}]},
    )


def test_what_a_swap_brings() -> None:
    """30 trillions a year."""
    assert overflows(hedged(2, FREE, INDEX))
    assert not overflows(hedged(1, FREE, INDEX))


def test_what_a_swap_owes() -> None:
    assert overflows(hedged(2, INDEX, FREE))
    assert not overflows(hedged(1, INDEX, FREE))
    assert overflows(hedged(2, INDEX, {"floating": {"index": "other"}}))


def test_what_a_swap_is_to_receive() -> None:
    assert overflows(hedged(2, FREE, INDEX, when="period.index > 5"))


@pytest.mark.parametrize(
    ("terms", "index"), [({"margin": 0.9}, 450), ({"floor": 0.9}, 450.9), ({"margin": -0.9}, 450.9)]
)
def test_a_margin_or_a_floor_on_a_leg(terms: Document, index: float) -> None:
    """450.9 times 1e13 cents is beyond 2^52, 450.0 times is not."""
    leg = {"floating": {"index": "index", **terms}}
    assert overflows(hedged(1, leg, FREE, index=index)) == ("margin" not in terms or terms["margin"] > 0)


def test_the_half_cent_that_is_rounded_up() -> None:
    """1,416,003,655,831 x 6,361 / 2 = 2^52 - 1/2."""
    assert overflows(hedged(1, INDEX, FREE, index=3180.5, notional=14_160_036_558.31))


def line(commitment: float, dates: list[str], *steps: Document, **terms: Any) -> Document:
    pay = {"pay": {"dues": ["line.fee_due", "line.interest_due"], "from": ["cash"]}}
    own = {"commitment": commitment, "payment_dates": "all", "day_count": "act/360", **terms}
    return frame(dates, facilities={"line": own}, waterfalls={"normal": [*steps, pay]})


DRAW: Document = {"draw_facility": {"facility": "line", "to": "cash"}}
REPAY: Document = {"repay_facility": {"facilities": ["line"], "from": ["cash"]}}


def test_what_is_drawn_again_and_again() -> None:
    """Four draws of two trillions a day: 64 on eight days, 40 on five."""
    assert overflows(line(2_000_000_000_000, days(8), *[DRAW, REPAY] * 4))
    assert not overflows(line(2_000_000_000_000, days(5), *[DRAW, REPAY] * 4))


@pytest.mark.parametrize(("commitment", "index"), [(100_000_000_000, 1000), (14_160_036_558.31, 3180.5)])
def test_interest_on_what_is_drawn(commitment: float, index: float) -> None:
    """1e16 cents; and 2^52 - 1/2, rounded up."""
    never = {"when": "period.index > 5", **REPAY}
    document = line(commitment, years(2), DRAW, never, day_count="30e/360", interest=INDEX)
    document["inputs"] = {"index": {"unit": "number", "default": index, "maximum": index}}
    assert overflows(document)


def test_interest_on_what_is_drawn_at_closing() -> None:
    """2^52 - 1/2 cents, rounded up, fall due once."""
    document = line(
        14_160_036_558.31, years(1), REPAY | {"when": "period.index > 5"}, day_count="30e/360", interest=INDEX
    )
    document["waterfalls"]["closing"] = [DRAW]
    document["inputs"] = {"index": {"unit": "number", "default": 3180.5, "maximum": 3180.5}}
    assert overflows(document)


def test_the_days_of_what_is_undrawn() -> None:
    """720 days of 1e13 cents are beyond 2^52."""
    nothing = {"draw_facility": {"facility": "line", "to": "cash", "amount": "0"}}
    document = line(100_000_000_000, years(2), nothing, REPAY, day_count="30e/360", payment_dates="once")
    document["schedules"]["once"] = {"dates": years(2)[1:]}
    assert overflows(document)


def test_what_a_note_funds_again_and_again() -> None:
    """Four draws of two trillions a day: none at maturity."""
    note = {
        "original_balance": 0,
        "dated_date": "2025-01-01",
        "maturity_date": days(8)[-1],
        "payment_dates": "all",
        "day_count": "30e/360",
        "coupon": FREE,
        "amortisation": {"bullet": {}},
        "funding": {"maximum": 2_000_000_000_000, "revolving": True},
    }
    fund = {"fund_note": {"note": "loan", "to": "cash"}}
    sweep = {"sweep": {"notes": ["loan"], "from": ["cash"]}}
    pay = [{verb: {"notes": ["loan"], "from": ["cash"]}} for verb in ("pay_interest", "pay_principal")]
    waterfalls = {"collection": [{"accrue_interest": {"notes": ["loan"]}}], "normal": [*[fund, sweep] * 4, *pay]}
    assert overflows(frame(days(8), notes={"loan": note}, waterfalls=waterfalls))


def fee(dates: list[str], *steps: Document, **terms: Any) -> Document:
    own = {"payment_dates": "all", "amount": {"fixed": {"per_date": 1}}, **terms}
    pay = {"pay_fee": {"fees": ["agent"], "from": ["cash"]}}
    waterfalls = {"collection": [{"accrue_fee": {"fees": ["agent"]}}], "normal": [pay, *steps]}
    return frame(dates, fees={"agent": own}, waterfalls=waterfalls)


def test_the_room_of_a_cap_that_is_carried_forward() -> None:
    """20, 40, 60 trillions."""
    cap = {"annual": 20_000_000_000_000, "year_starts": "closing", "carry_forward": True}
    excess = {"pay_excess": {"fees": ["agent"], "from": ["cash"]}}
    assert overflows(fee(years(2), excess, cap=cap))
    assert not overflows(fee(years(1), excess, cap=cap))


def test_interest_on_an_unpaid_fee() -> None:
    """44 trillions grow by 0.25% a day: beyond 45.03 on the eleventh."""
    table = {"table": [["2025-01-02", 44_000_000_000_000], ["2025-01-03", 0.01]]}
    unpaid = {"rate": 0.9, "day_count": "act/360"}
    assert overflows(fee(days(12), amount=table, accrues_on_unpaid=unpaid))
    assert not overflows(fee(days(8), amount=table, accrues_on_unpaid=unpaid))


def grouped(n_years: int, **more: Any) -> Document:
    """Two notes of 20 trillions at 15%: three trillions a year each."""
    note = {
        "original_balance": 20_000_000_000_000,
        "dated_date": "2025-01-01",
        "maturity_date": years(n_years)[-1],
        "payment_dates": "all",
        "day_count": "30e/360",
        "coupon": {"fixed": {"rate": 0.15}},
        "amortisation": {"bullet": {}},
    }
    both = ["first", "second"]
    pay = [{verb: {"notes": both, "from": ["cash"]}} for verb in ("pay_interest", "pay_principal")]
    return frame(
        years(n_years),
        notes=dict.fromkeys(both, note),
        groups={"both": {"notes": both}},
        waterfalls={"collection": [{"accrue_interest": {"notes": both}}], "normal": pay},
        **more,
    )


def test_what_the_notes_of_a_group_owe_together() -> None:
    assert overflows(grouped(8))
    assert not overflows(grouped(7))
    alone = grouped(8)
    del alone["groups"]
    assert not overflows(alone)


@pytest.mark.parametrize(("n_years", "outcome"), [(8, True), (7, False)])
def test_what_the_notes_of_a_group_are_paid_together(n_years: int, outcome: bool) -> None:
    income = {"direction": "in", "amounts": [[date, 6_000_000_000_000] for date in years(10)[:n_years]]}
    document = grouped(10, cashflows={"income": income})
    document["waterfalls"]["collection"][:0] = [{"collect": {"from": ["income"], "to": "cash"}}]
    document["waterfalls"]["normal"].pop()  # what falls due at maturity is not asked for
    document["waterfalls"]["normal"].append({"pay_principal": {"notes": ["first", "second"], "from": ["cash"]}})
    assert overflows(document) == outcome


def test_what_a_group_owes_between_collection_and_payment() -> None:
    """60 trillions are due, of which 30 are there."""
    document = grouped(
        1, inputs={"index": {"unit": "number", "default": 300, "maximum": 300}}, sizing_case={"index": 0}
    )
    for note in document["notes"].values():
        note |= {"original_balance": 100_000_000_000, "coupon": INDEX}
    document["accounts"]["cash"] = {"opening_balance": 30_000_000_000_000}
    assert overflows(document)


def test_a_trailing_sum_of_what_is_known_adds_up_date_by_date() -> None:
    """What adds up to -40 trillions passes 80 on the way."""
    document = frame(
        years(4),
        inputs={
            "swing": {
                "unit": "amount",
                "minimum": -45_000_000_000_000,
                "maximum": 45_000_000_000_000,
                "default_steps": [
                    ["2025-01-01", -40_000_000_000_000],
                    ["2027-01-01", 40_000_000_000_000],
                    ["2028-01-01", 40_000_000_000_000],
                    ["2029-01-01", 0],
                ],
            }
        },
        waterfalls={"normal": []},
    )
    lease = {"commencement": "2025-01-01", "end": "2029-01-01", "payment_dates": "all", "base_rent": {"per_date": 1}}
    document["leases"] = {"tower": lease}
    document["waterfalls"]["collection"] = [
        {"collect": {"from": ["tower"], "to": "cash"}},
        {"run_tests": {"tests": ["cover"]}},
    ]
    ratio = {"ratio": {"numerator": "trailing_sum(inputs.swing, 3)", "denominator": "1"}}
    document["tests"] = {
        "cover": {
            "measure": ratio,
            "level": 1,
            "dates": "all",
            "when_undefined": "pass",
            "forward": {"n": 1, "view": "scheduled"},
        }
    }
    assert overflows(document)


def test_a_share_of_a_gap_that_is_greater_than_all_cash() -> None:
    """0.35 times 4,143,671,636,604,907 is 1,450,285,072,811,717.45."""
    fill = {"fill_reserve": {"account": "reserve", "from": ["cash"], "limit": {"share_of_due": 0.35}}}
    document = frame(years(1), waterfalls={"normal": [fill]})
    document["accounts"] = {
        "cash": {"opening_balance": 16_000_000_000_000},
        "reserve": {"target": {"formula": "41436716366049.07"}},
    }
    assert differences(document, [{}]) == []
    result = cf.Deal.from_dict(document).compile().run(record="*", unit="cents")
    assert result["reserve.balance"][0, 0] == 1_450_285_072_811_717
