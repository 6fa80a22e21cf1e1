"""Fleets, borrowing bases, cashflows by formula, and notes whose balance is limited, by hand."""

from __future__ import annotations

from typing import Any

import pytest

import cashfall as cf
from differential import differences

Document = dict[str, Any]

YEARS = [f"20{year}-01-01" for year in range(27, 33)]
"""Six payment dates, 2027 to 2032."""

HALF_YEARS = sorted([*(f"20{year}-07-01" for year in range(26, 32)), *YEARS[:-1]])
"""From July 2026 to July 2031; every second one is the first of a year."""

NUMBER: Document = {"unit": "number", "default": 1, "minimum": -9, "maximum": 1000}
AMOUNT: Document = {"unit": "amount", "default": 100, "minimum": -1000, "maximum": 1000}


def bare(**sections: Any) -> Document:
    """A deal with an income of 100.00 on each date, which is distributed."""
    return {
        "deal": {"name": "fleet", "currency": "USD", "closing_date": "2026-01-01", "waterfall_dates": "yearly"},
        "schedules": {"yearly": {"dates": YEARS}},
        "cashflows": {"income": {"direction": "in", "amount": "100", "dates": "yearly"}},
        "accounts": {"cash": {}},
        "equity": {"owner": {}},
        "waterfalls": {
            "collection": [{"collect": {"from": ["income"], "to": "cash"}}],
            "normal": [{"distribute": {"to": "owner", "from": ["cash"]}}],
        },
    } | sections


def run(document: Document, **inputs: list[float]) -> cf.Result:
    """A run with which the reference agrees; the last value of an input holds on."""
    plan = cf.Deal.from_dict(document).compile()
    n = len(plan.periods)
    paths = {info["name"]: list(info["default"]) for info in plan.inputs}
    paths |= {name: [*map(float, path), *([float(path[-1])] * (n - len(path)))] for name, path in inputs.items()}
    assert differences(document, [paths]) == []
    return plan.run(paths)


def flow(result: cf.Result, name: str) -> list[float]:
    return [float(value) for value in result[name][:, 0]]


def lot(purchased: str, units: int, cost: float, life: int) -> Document:
    return {"purchased": purchased, "units": units, "cost": cost, "life": life}


# Fleets.

BEFORE = lot("2025-01-01", 10, 7200, 72)
AT_CLOSING = lot("2026-01-01", 5, 3600, 36)
LATER = lot("2027-07-01", 2, 1200, 24)


def fleet(*lots: Document, schedule: list[str] = YEARS, **terms: Any) -> Document:
    """A deal with one fleet, which is collected if it is sold."""
    names = {"event": 0, "worth": 20.5, "tariff": 0.05, "use": 1, "haircut": 0.25}
    document = bare(
        schedules={"yearly": {"dates": schedule}},
        inputs={name: NUMBER | {"default": value} for name, value in names.items()},
        fleets={"cluster": {"payment_dates": "yearly", "lots": list(lots), **terms}},
    )
    if "sale" in terms:
        document["waterfalls"]["collection"][0]["collect"]["from"].append("cluster")
    return document


def test_lots_count_from_their_purchase_on() -> None:
    result = run(fleet(BEFORE, AT_CLOSING, LATER))
    assert flow(result, "cluster.held") == [1] * 6
    assert flow(result, "cluster.units") == [15, 17, 17, 17, 17, 17]
    assert flow(result, "cluster.cost") == [10_800, 12_000, 12_000, 12_000, 12_000, 12_000]
    # In January 2028 there are 36 months of 72, 12 of 36 and 18 of 24 left: 3,600 + 1,200 + 900.
    assert flow(result, "cluster.net_cost") == [4800 + 2400, 5700, 2400 + 300, 1200, 0, 0]


def test_capex_is_what_is_bought_since_the_date_before() -> None:
    on_the_date = lot("2029-01-01", 1, 70, 12)
    result = run(fleet(BEFORE, AT_CLOSING, LATER, on_the_date))
    # What was bought before the closing date is no capital expenditure of the deal.
    assert flow(result, "cluster.capex") == [3600, 1200, 70, 0, 0, 0]
    assert result.metrics["cluster.capex"].tolist() == [4870]


def test_a_month_is_full_on_the_last_day_of_a_shorter_one() -> None:
    dates = ["2026-02-27", "2026-02-28", "2026-03-30", "2026-03-31", "2026-04-30", "2026-05-31"]
    result = run(fleet(lot("2026-01-31", 1, 100, 3), schedule=dates))
    assert flow(result, "cluster.net_cost") == [100, 66.67, 66.67, 33.33, 0, 0]


def test_each_lot_is_rounded() -> None:
    two = [lot("2026-01-01", 1, 100, 36), lot("2026-01-01", 1, 100, 36)]
    assert flow(run(fleet(*two)), "cluster.net_cost") == [133.34, 66.66, 0, 0, 0, 0]


def test_market_value() -> None:
    result = run(fleet(BEFORE, AT_CLOSING, LATER, market_price="inputs.worth"), worth=[20.5, 20.5, 0.333333333, 0, -1])
    # 15 and 17 machines; a third of a dollar each is 5.666..., and no price is below 0.
    assert flow(result, "cluster.market_value") == [307.5, 348.5, 5.67, 0, 0, 0]


POWER = {"kilowatts": 1.5, "effectiveness": 1.2, "price": "inputs.tariff"}


def test_power() -> None:
    result = run(fleet(lot("2025-01-01", 10, 1000, 60), LATER, power=POWER))
    # Ten machines take 10 x 8,760 x 1.8 kilowatt-hours a year, however long before the closing they were bought; two
    # take 2 x 184 x 24 x 1.8 from July 2027 on. The period that ends in 2029 has 366 days.
    assert flow(result, "cluster.power_cost") == [7884, 7884 + 794.88, 9486.72, 9460.8, 9460.8, 9460.8]
    assert result.metrics["cluster.power_cost"].tolist() == [7884 + 8678.88 + 9486.72 + 3 * 9460.8]


def test_power_without_effectiveness_and_of_what_is_bought_on_the_date() -> None:
    power = {"kilowatts": 1.5, "price": "inputs.tariff"}
    result = run(fleet(lot("2027-01-01", 10, 1000, 60), power=power))
    assert flow(result, "cluster.power_cost")[:2] == [0, 6570]


def test_utilization_is_a_share() -> None:
    power = POWER | {"utilization": "inputs.use"}
    result = run(fleet(lot("2026-01-01", 10, 1000, 60), power=power), use=[1, 1.5, 0.5, -0.5, 0.25])
    assert flow(result, "cluster.power_cost")[:5] == [7884, 7884, 3952.8, 0, 1971]


def test_no_price_of_power_is_below_0() -> None:
    result = run(fleet(BEFORE, power=POWER), tariff=[-0.05, 0.05])
    assert flow(result, "cluster.power_cost")[:2] == [0, 7884]


SALE: Document = {"when": "inputs.event == 1", "haircut": "inputs.haircut"}
"""Of 15 machines at 20.50 a quarter is lost: 230.625, in cents 230.63."""


def test_a_sale() -> None:
    terms: Document = {"market_price": "inputs.worth", "power": POWER, "sale": SALE}
    result = run(fleet(BEFORE, AT_CLOSING, LATER, **terms), event=[1, 0, 1])
    assert flow(result, "cluster.held") == [0] * 6
    assert flow(result, "cluster.sold") == flow(result, "cluster.proceeds") == [230.63, 0, 0, 0, 0, 0]
    # It is worth what it brings, and takes power up to the day on which it is sold.
    assert flow(result, "cluster.market_value") == [307.5, 0, 0, 0, 0, 0]
    assert flow(result, "cluster.power_cost") == [15 * 8760 * 1.8 * 0.05, 0, 0, 0, 0, 0]
    for quantity in ("units", "cost", "net_cost", "capex"):
        assert flow(result, f"cluster.{quantity}") == [0] * 6
    assert result.metrics["cluster.sold"].tolist() == result.metrics["cluster.proceeds"].tolist() == [230.63]


@pytest.mark.parametrize(
    ("haircut", "sold"), [(0, 307.5), (-0.5, 307.5), (1, 0), (1.5, 0), (0.999, 0.31), (0.25, 230.63)]
)
def test_a_haircut_is_a_share(haircut: float, sold: float) -> None:
    document = fleet(BEFORE, AT_CLOSING, market_price="inputs.worth", sale=SALE)
    assert flow(run(document, event=[1], haircut=[haircut]), "cluster.sold")[0] == sold


def test_a_sale_without_haircut() -> None:
    document = fleet(BEFORE, AT_CLOSING, market_price="inputs.worth", sale={"when": "inputs.event == 1"})
    assert flow(run(document, event=[0, 1]), "cluster.sold") == [0, 307.5, 0, 0, 0, 0]


def test_a_sale_brings_cash_later_and_once() -> None:
    document = fleet(BEFORE, AT_CLOSING, LATER, market_price="inputs.worth", sale=SALE | {"after": 2})
    result = run(document, event=[0, 1, 0, 1], worth=[20, 10, 30])
    # 17 machines at 10.00, less a quarter, whatever they are worth when the cash comes in.
    assert flow(result, "cluster.units") == [15, 0, 0, 0, 0, 0]
    assert flow(result, "cluster.capex") == [3600, 0, 0, 0, 0, 0]
    assert flow(result, "cluster.sold") == [0, 127.5, 0, 0, 0, 0]
    assert flow(result, "cluster.proceeds") == [0, 0, 0, 127.5, 0, 0]
    rows = [row for row in result.ledger() if str(row["from"]).startswith("cluster") and row["amount"]]
    assert [(row["date"], row["from"], row["to"], row["amount"]) for row in rows] == [
        ("2030-01-01", "cluster", "cash", 127.5)
    ]
    assert flow(result, "owner.distributed") == [100, 100, 100, 227.5, 100, 100]


def test_cash_that_would_come_after_the_last_date_never_comes() -> None:
    document = fleet(BEFORE, AT_CLOSING, market_price="inputs.worth", sale=SALE | {"after": 1})
    result = run(document, event=[0, 0, 0, 0, 0, 1])
    assert flow(result, "cluster.sold")[5] == 230.63
    assert flow(result, "cluster.proceeds") == [0] * 6


def test_between_its_dates_states_stay_and_flows_are_0() -> None:
    document = fleet(BEFORE, AT_CLOSING, schedule=YEARS[::2], market_price="inputs.worth", power=POWER)
    document["deal"]["waterfall_dates"] = "every_year"
    document["schedules"]["every_year"] = {"dates": YEARS}
    result = run(document, worth=[10, 20, 30])
    assert flow(result, "cluster.market_value") == [150, 150, 450, 450, 450, 450]
    assert flow(result, "cluster.net_cost")[:4] == [7200, 7200, 2400, 2400]
    assert flow(result, "cluster.capex") == [3600, 0, 0, 0, 0, 0]
    # The period that ends in 2029 has two years: 731 days.
    assert flow(result, "cluster.power_cost")[:4] == [11_826, 0, 15 * 731 * 24 * 1.8 * 0.05, 0]


# Borrowing bases.


def borrowing(*tests: Document, schedule: str = "yearly") -> Document:
    """A deal with a borrowing base and a customer whose class is an input."""
    contract = {
        "commencement": "2026-01-01",
        "end": "2032-01-01",
        "payment_dates": "yearly",
        "capacity": [["2026-01-01", 1]],
        "price": [["2026-01-01", 1]],
        "investment_grade": "inputs.grade == 1",
    }
    names = {"grade": 1.0, "rate": 0.9, "haircut": 0.5}
    amounts = {"receivables": 100.0, "available": 100.0, "worth": 100.0}
    document = bare(
        inputs={name: NUMBER | {"default": value} for name, value in names.items()}
        | {name: AMOUNT | {"default": value} for name, value in amounts.items()},
        contracts={"msa": contract},
        borrowing_bases={"base": {"payment_dates": schedule, "lesser_of": list(tests)}},
    )
    document["waterfalls"]["collection"][0]["collect"]["from"].append("msa")
    return document


ADVANCE: Document = {"advance": [{"of": "inputs.receivables", "rate": "inputs.rate"}]}
COVERAGE: Document = {"coverage": {"of": "inputs.available", "ratio": 1.5}}
MARKET: Document = {"market": {"of": "inputs.worth", "haircut": "inputs.haircut"}}


def test_an_advance_is_the_sum_over_classes() -> None:
    second = {"of": "inputs.worth", "rate": "0.333333333"}
    result = run(borrowing({"advance": [*ADVANCE["advance"], second]}), worth=[100, 100, -100], rate=[0.9, 0.5])
    # Each class is rounded, and counts at least as 0.
    assert flow(result, "base.amount") == [90 + 33.33, 50 + 33.33, 50, 50, 50, 50]
    assert flow(result, "base.binding") == [1] * 6


def test_coverage() -> None:
    result = run(borrowing(COVERAGE), available=[150, 100, -20])
    assert flow(result, "base.amount")[:3] == [100, 66.67, 0]


def test_market() -> None:
    result = run(borrowing(MARKET), haircut=[0.5, 0.05], worth=[100, 100, 100, -1])
    assert flow(result, "base.amount")[:4] == [50, 95, 95, 0]


@pytest.mark.parametrize(("share", "lent"), [(-0.1, 0), (0, 0), (0.9, 90), (1, 100), (1.1, 100)])
def test_shares_are_from_0_to_1(share: float, lent: float) -> None:
    assert flow(run(borrowing(ADVANCE), rate=[share]), "base.amount")[0] == lent
    assert flow(run(borrowing(MARKET), haircut=[share]), "base.amount")[0] == 100 - lent


def test_the_least_binds() -> None:
    document = borrowing(ADVANCE, COVERAGE, MARKET)
    result = run(document, receivables=[50, 200, 200, 50], available=[100, 60, 100, 67.5], worth=[100, 100, 80, 90])
    assert flow(result, "base.amount") == [45, 40, 40, 45, 45, 45]
    # Where several are the least, the first of them binds.
    assert flow(result, "base.binding") == [1, 2, 3, 1, 1, 1]


def test_a_base_stays_between_its_dates() -> None:
    document = borrowing(COVERAGE, MARKET, schedule="later")
    document["schedules"]["later"] = {"dates": YEARS[1::2]}
    result = run(document, available=[15, 30, 45, 150, 60])
    assert flow(result, "base.amount") == [0, 20, 20, 50, 50, 40]
    assert flow(result, "base.binding") == [0, 1, 1, 2, 2, 1]


def test_the_class_of_the_customer_sets_the_rate() -> None:
    rate = "if(msa.investment_grade, inputs.rate, 0.6)"
    result = run(borrowing({"advance": [{"of": "inputs.receivables", "rate": rate}]}), grade=[1, 0, 1])
    assert flow(result, "base.amount")[:3] == [90, 60, 90]


@pytest.mark.parametrize(("grade", "lent"), [(1, [900, 750, 600, 450, 300, 150]), (0, [600, 500, 400, 300, 200, 100])])
def test_advance_on_net_cost_of_six_years(grade: float, lent: list[float]) -> None:
    # Per 1,000.00 of cost at months 0, 12, ..., 60: CoreWeave filings as extracted by Compute Credit Index Research.
    rate = "if(msa.investment_grade, 0.9, 0.6)"
    document = borrowing({"advance": [{"of": "cluster.net_cost", "rate": rate}]})
    document["fleets"] = {"cluster": {"payment_dates": "yearly", "lots": [lot("2027-01-01", 1, 1000, 72)]}}
    result = run(document, grade=[grade])
    assert flow(result, "cluster.net_cost") == [1000, 833.33, 666.67, 500, 333.33, 166.67]
    assert flow(result, "base.amount") == lent


def test_a_base_reads_a_fleet_that_is_sold() -> None:
    document = fleet(BEFORE, AT_CLOSING, market_price="inputs.worth", sale=SALE | {"after": 1})
    market = {"market": {"of": "cluster.market_value", "haircut": "0.2"}}
    advance = {"advance": [{"of": "cluster.net_cost", "rate": "0.5"}]}
    document["borrowing_bases"] = {"base": {"payment_dates": "yearly", "lesser_of": [advance, market]}}
    result = run(document, event=[0, 1])
    assert flow(result, "base.amount") == [246, 0, 0, 0, 0, 0]
    assert flow(result, "base.binding") == [2, 1, 1, 1, 1, 1]


# Cashflows by formula.


def test_a_cashflow_by_formula() -> None:
    document = bare(inputs={"rain": AMOUNT, "factor": NUMBER | {"minimum": 0}})
    document["cashflows"] |= {
        "income": {"direction": "in", "amount": "inputs.rain - 20", "dates": "yearly", "factor": "factor"},
        "costs": {"direction": "out", "amount": "0.5 * income.amount", "dates": "later"},
    }
    document["schedules"]["later"] = {"dates": YEARS[1:]}
    document["waterfalls"]["normal"].insert(0, {"pay_cost": {"cashflows": ["costs"], "from": ["cash"]}})
    result = run(document, rain=[100, 100, 19.99, 20.01, 100], factor=[1, 0.25, 9, 1, 0.25])
    # A formula below 0 counts as 0, before the factor.
    assert flow(result, "income.amount") == [80, 20, 0, 0.01, 20, 20]
    assert flow(result, "costs.amount") == [0, 10, 0, 0.01, 10, 10]
    assert flow(result, "costs.paid") == [0, 10, 0, 0.01, 10, 10]
    assert flow(result, "owner.distributed") == [80, 10, 0, 0, 10, 10]


def test_a_negative_formula_is_0_with_a_factor_too() -> None:
    document = bare(inputs={"rain": AMOUNT, "factor": NUMBER | {"minimum": 0}})
    document["cashflows"]["income"] |= {"amount": "inputs.rain", "factor": "factor"}
    result = run(document, rain=[-50, 50], factor=[2])
    assert flow(result, "income.amount")[:2] == [0, 100]


def test_power_is_paid_by_a_cashflow() -> None:
    document = fleet(BEFORE, power=POWER)
    document["cashflows"]["income"]["amount"] = "8000"
    document["cashflows"]["bill"] = {"direction": "out", "amount": "cluster.power_cost", "dates": "yearly"}
    document["waterfalls"]["normal"].insert(0, {"pay_cost": {"cashflows": ["bill"], "from": ["cash"]}})
    result = run(document, tariff=[0.05, 0.06, 0.04])
    assert flow(result, "bill.amount")[:3] == [7884, 9460.8, 6324.48]
    # 1,460.80 of the second bill are paid a year later.
    assert flow(result, "bill.paid")[:3] == [7884, 8000, 6324.48 + 1460.8]
    assert flow(result, "bill.shortfall")[:3] == [0, 1460.8, 0]


# Notes whose balance is limited. Of eleven half-years the dates 1, 3, 5, 7 and 9 are payment dates.


def loan(base: str = "base.amount", **terms: Any) -> Document:
    """A loan of 100.00 at 10% from 2026 to 2030, against what a market would bring."""
    note = {
        "original_balance": 100,
        "dated_date": "2026-01-01",
        "maturity_date": "2030-01-01",
        "payment_dates": "yearly",
        "day_count": "30/360_us",
        "coupon": {"fixed": {"rate": 0.1}},
        "amortisation": {"balance_at_most": {"formula": base}},
        **terms,
    }
    document = bare(
        schedules={"half_yearly": {"dates": HALF_YEARS}, "yearly": {"dates": YEARS[:-1]}},
        inputs={"received": AMOUNT, "worth": AMOUNT, "event": NUMBER | {"default": 0}},
        cashflows={"income": {"direction": "in", "amount": "inputs.received", "dates": "half_yearly"}},
        borrowing_bases={
            "base": {
                "payment_dates": "half_yearly",
                "lesser_of": [{"market": {"of": "inputs.worth", "haircut": "0"}}],
            }
        },
        notes={"loan": note},
        tests={
            "cover": {
                "measure": {"dscr": {"cash_flow": "income.amount", "notes": ["loan"]}},
                "level": 1,
                "dates": "payments",
                "when_undefined": "pass",
            }
        },
    )
    document["schedules"]["payments"] = {"dates": YEARS[:4]}
    document["deal"]["waterfall_dates"] = "half_yearly"
    document["waterfalls"] = {
        "collection": [
            {"collect": {"from": ["income"], "to": "cash"}},
            {"accrue_interest": {"notes": ["loan"]}},
            {"run_tests": {"tests": ["cover"]}},
        ],
        "normal": [
            {"pay_interest": {"notes": ["loan"], "from": ["cash"]}},
            {"pay_principal": {"notes": ["loan"], "from": ["cash"]}},
            {"distribute": {"to": "owner", "from": ["cash"]}},
        ],
    }
    return document


def test_the_excess_over_the_base_falls_due_on_payment_dates() -> None:
    result = run(loan(), worth=[100, 100, 70, 70, 60, 90])
    assert flow(result, "base.amount")[:6] == [100, 100, 70, 70, 60, 90]
    # The target stays between payment dates, so the fall to 60.00 in July 2028 is never asked for.
    assert flow(result, "loan.target")[:8] == [100, 100, 100, 70, 70, 90, 90, 90]
    assert flow(result, "loan.principal_due") == [0, 0, 0, 30, 0, 0, 0, 70, 0, 0, 0]
    assert flow(result, "loan.principal_paid") == [0, 0, 0, 30, 0, 0, 0, 70, 0, 0, 0]
    # `due` is before the payments of a date, and so is the balance; 10% of what was left for the year.
    assert flow(result, "loan.interest_accrued")[:8] == [0, 10, 0, 10, 0, 7, 0, 7]
    assert result.metrics["loan.loss"].tolist() == [0]


def test_a_base_of_0_repays_all() -> None:
    result = run(loan("inputs.worth - 50"), worth=[100, 20])
    assert flow(result, "loan.target")[:2] == [100, 0]
    assert flow(result, "loan.principal_paid")[:2] == [0, 90]  # 100.00 of cash, of which 10.00 are interest
    assert flow(result, "loan.principal_shortfall")[:2] == [0, 10]


def test_the_schedule_is_all_at_maturity() -> None:
    result = run(loan(), worth=[70])
    assert flow(result, "loan.scheduled_principal")[:8] == [0] * 7 + [100]
    assert flow(result, "loan.scheduled_balance")[:8] == [100] * 7 + [0]


def test_what_is_missed_falls_due_again_and_covers_count_it_once() -> None:
    result = run(loan(), worth=[100, 100, 70], received=[100, 100, 100, 25, 100])
    # What was missed is still above the target in July 2028, and no step asks for it before the next payment date.
    assert flow(result, "loan.principal_due")[:8] == [0, 0, 0, 30, 15, 15, 0, 70]
    assert flow(result, "loan.principal_paid")[:8] == [0, 0, 0, 15, 0, 15, 0, 70]
    assert flow(result, "loan.principal_shortfall")[3] == 15
    assert result.metrics["loan.principal_shortfall"].tolist() == [15]
    # 100 / 10, 25 / (10 + 30), 100 / 8.50 (the 15.00 were counted in the year before), 100 / (7 + 70).
    cover = flow(result, "cover.value")
    assert [cover[t] for t in (1, 3, 5, 7)] == [10, 0.625, 11.764705882, 1.298701299]


def test_a_cover_counts_what_newly_fell_due() -> None:
    result = run(loan(), worth=[100, 100, 70, 70, 60], received=[100, 100, 100, 25, 100])
    assert flow(result, "loan.principal_due")[5] == 25
    # Of 25.00 that are due 15.00 were overdue: 100 / (8.50 + 10).
    assert flow(result, "cover.value")[5] == 5.405405405


def test_a_base_that_rises_cures_what_was_missed() -> None:
    result = run(loan(), worth=[100, 100, 70, 70, 90], received=[100, 100, 100, 25, 100])
    assert flow(result, "loan.principal_due")[3:8] == [30, 15, 0, 0, 85]
    assert flow(result, "loan.principal_shortfall")[3:6] == [15, 15, 0]


def test_at_maturity_everything_is_due_whatever_the_base() -> None:
    result = run(loan(), worth=[500])
    assert flow(result, "loan.target")[7] == 500
    assert flow(result, "loan.principal_due")[7] == 100
    assert flow(result, "loan.principal_shortfall")[7] == 10


def test_an_extended_note_keeps_to_its_base() -> None:
    document = loan(extension={"maturity_dates": ["2031-01-01"]})
    step = {"when": "inputs.event == 1", "extend": {"notes": ["loan"]}}
    document["waterfalls"]["collection"].insert(0, step)
    worth = [100.0] * 7 + [60]
    extended = run(document, worth=worth, event=[0, 0, 0, 0, 0, 0, 0, 1, 0])
    assert flow(extended, "loan.principal_due") == [0, 0, 0, 0, 0, 0, 0, 40, 0, 60, 0]
    assert flow(extended, "loan.principal_paid") == [0, 0, 0, 0, 0, 0, 0, 40, 0, 60, 0]
    as_it_was = run(document, worth=worth, received=[200])
    assert flow(as_it_was, "loan.principal_paid") == [0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0]


def test_draws_keep_below_the_base() -> None:
    document = loan(original_balance=0, funding={"maximum": 110, "revolving": True})
    draw = {"fund_note": {"note": "loan", "to": "cash", "amount": "base.amount - loan.balance"}}
    document["waterfalls"]["normal"].insert(2, draw)
    result = run(document, worth=[80, 80, 120, 90, 100])
    # The target begins as the maximum. 110.00 of a base of 120.00, then 20.00 too much, then 10.00 more; draws lift it.
    assert flow(result, "loan.target")[:6] == [190, 80, 110, 90, 100, 100]
    assert not any(flow(result, "loan.principal_shortfall")[:6])
    assert flow(result, "loan.funded")[:6] == [80, 0, 30, 0, 10, 0]
    assert flow(result, "loan.principal_paid")[:6] == [0, 0, 0, 20, 0, 0]
    assert flow(result, "loan.room")[:6] == [30, 30, 0, 20, 10, 10]


def test_what_is_drawn_is_neither_overdue_nor_short() -> None:
    document = loan(original_balance=0, funding={"maximum": 200})
    draw = {"fund_note": {"note": "loan", "to": "cash", "amount": "base.amount - loan.balance"}}
    document["waterfalls"]["normal"].append(draw)
    result = run(document, worth=[60, 60, 120, 90], received=[100])
    assert flow(result, "loan.balance")[:4] == [60, 60, 120, 90]
    assert not any(flow(result, "loan.principal_shortfall")[:6])
    # 30.00 fall due on 2028-01-01, beside 9.00 of interest.
    assert flow(result, "cover.value")[3] == 2.564102564


def test_a_share_of_what_was_drawn() -> None:
    document = loan(
        "inputs.outstanding * opening.drawn.balance",
        original_balance=0,
        funding={"maximum": 200, "until": "2027-12-31"},
    )
    steps = [["2026-01-01", 1], ["2028-01-01", 0.75], ["2029-01-01", 0.5]]
    document["inputs"]["outstanding"] = {"unit": "number", "default_steps": steps, "maximum": 1}
    document["ledgers"] = {"drawn": {}}
    document["waterfalls"]["normal"] += [
        {"fund_note": {"note": "loan", "to": "cash", "amount": "inputs.worth"}},
        {"book": {"ledger": "drawn", "amount": "loan.funded"}},
    ]
    result = run(document, worth=[60, 0, 40, 0])
    assert flow(result, "drawn.balance")[:4] == [60, 60, 100, 100]
    assert flow(result, "loan.target")[:6] == [260, 60, 100, 75, 75, 50]
    assert not any(flow(result, "loan.principal_shortfall")[:6])
    assert flow(result, "loan.principal_due")[:8] == [0, 0, 0, 25, 0, 25, 0, 50]
    assert flow(result, "loan.principal_paid")[:8] == [0, 0, 0, 25, 0, 25, 0, 50]
