"""Published figures of neocloud and data-centre debt, each shown by a small deal that reproduces it.

The deals have the terms that the figure needs and no others. What cannot be said this way, and why, is listed in
docs/deals/golden-numbers.md. SOURCE: with each test. "Compute Credit Index Research" are extractions of filed credit
terms, single values quoted with attribution.
"""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import cashfall as cf
from stressed import Scenario, column, metric, on, run_deal

Document = dict[str, Any]
MILLION = 10**8
"""A million dollars in cents."""


def deal(closing: str, dates: list[str], **parts: Any) -> Document:
    """A deal of a payment date list, with one account."""
    return {
        "deal": {"name": "published", "currency": "USD", "closing_date": closing, "waterfall_dates": "dates"},
        "schedules": {"dates": {"dates": dates}},
        "accounts": {"cash": {}},
        **parts,
    }


def note(balance: float, dated: str, maturity: str, **terms: Any) -> Document:
    return {
        "original_balance": balance,
        "dated_date": dated,
        "maturity_date": maturity,
        "payment_dates": "dates",
        "day_count": "30/360_bond_basis",
        "coupon": {"fixed": {"rate": 0.05}},
        "amortisation": {"bullet": {}},
        **terms,
    }


def income(*amounts: tuple[str, float]) -> Document:
    return {"income": {"direction": "in", "amounts": [list(each) for each in amounts]}}


def number(default: float, maximum: float = 10) -> Document:
    return {"unit": "number", "default": default, "maximum": maximum}


def paying(notes: list[str], source: str = "income", *, tests: list[str] | None = None) -> Document:
    """Collect, accrue, test, pay interest and principal pro rata."""
    collection: list[Document] = [
        {"collect": {"from": [source], "to": "cash"}},
        {"accrue_interest": {"notes": notes}},
    ]
    if tests:
        collection.append({"run_tests": {"tests": tests}})
    pro_rata = {"notes": notes, "from": ["cash"], "ranking": "pro_rata"}
    return {"collection": collection, "normal": [{"pay_interest": pro_rata}, {"pay_principal": pro_rata}]}


def run(document: Document, scenario: Scenario | None = None) -> cf.Result:
    """A run with which the reference agrees."""
    return run_deal(cf.Deal.from_dict(document), scenario)


def ends_of_months(first: str, months: int, step: int = 1) -> list[str]:
    year, month = int(first[:4]), int(first[5:7]) - 1
    ends = []
    for at in range(month, month + months * step, step):
        after = dt.date(year + (at + 1) // 12, (at + 1) % 12 + 1, 1)
        ends.append((after - dt.timedelta(days=1)).isoformat())
    return ends


# delayed-draw term loans


def test_ddtl_1_amortises_by_five_percent_a_quarter() -> None:
    """CoreWeave DDTL 1.0, 2,300 drawn: balances of lenders' filings, via Compute Credit Index Research. The schedule is
    not public; 12.5% had been repaid by the end of 2024, and the balances since then fall by 115 a quarter.
    """
    quarters = ends_of_months("2024-12-31", 14, 3)
    shares = [[quarters[0], 0.125], *([date, 0.05] for date in quarters[1:-1])]
    terms = {"amortisation": {"percent_of_original": shares}, "coupon": {"fixed": {"rate": 0.1331}}}
    document = deal(
        "2024-06-30",
        quarters,
        cashflows=income(*((date, 700e6) for date in quarters)),
        notes={"loan": note(2_300e6, "2024-06-30", quarters[-1], **terms)},
        waterfalls=paying(["loan"]),
    )
    result = run(document)
    published = {"2024-12-31": 2012.5, "2025-06-30": 1782.5, "2025-12-31": 1552.5, "2026-03-31": 1437.5}
    assert {date: on(result, "loan.balance", date) / MILLION for date in published} == published
    assert set(column(result, "loan.principal_paid")[1:-1]) == {115 * MILLION}


@pytest.mark.parametrize(
    ("reference", "margin", "coupon"),
    [
        (0.0369, 0.096196, 0.1331),
        (0.0369, 0.0962, 0.1331),
        (0.0367, 0.06, 0.0967),
        (0.0370, 0.06, 0.0970),
        (0.0366, 0.06, 0.0966),
        (0.0368, 0.0425, 0.0793),
    ],
)
def test_a_filed_coupon_is_reference_plus_margin(reference: float, margin: float, coupon: float) -> None:
    """Coupons that lenders filed for 2026-03-31 (via Compute Credit Index Research) and the margins of DDTL 1.0, 2.0
    and 2.1, in percent to two decimals.
    """
    rate = {"floating": {"index": "sofr", "margin": margin, "floor": 0, "rate_decimals": 4}}
    document = deal(
        "2026-03-31",
        ["2026-06-30"],
        inputs={"sofr": number(reference, 1)},
        cashflows=income(("2026-06-30", 2e6)),
        notes={"loan": note(1e6, "2026-03-31", "2026-06-30", coupon=rate, day_count="act/360")},
        waterfalls=paying(["loan"]),
    )
    assert float(run(document)["loan.rate"][0, 0]) == coupon


def test_lenders_of_one_loan_have_one_pool_factor() -> None:
    """CoreWeave DDTL 2.0, first quarter of 2026 (two funds' filings, via Compute Credit Index Research, in
    thousands): 17,468 left of 19,885, and 23,289 of 26,511. What repays the first to its balance repays the second to
    its own: 0.87845 and 0.87847, to 0.00005.
    """
    held = {"first": 19_885e3, "second": 26_511e3, "others": 5_040e6 - 19_885e3 - 26_511e3}
    paid = round(Fraction(5_040 * 10**6) * Fraction(19_885 - 17_468, 19_885), 2)
    sweep = {"notes": list(held), "from": ["cash"], "ranking": "pro_rata"}
    dates = ["2026-03-31", "2029-05-16"]
    document = deal(
        "2025-12-31",
        dates,
        cashflows=income((dates[0], float(paid)), (dates[1], 6_000e6)),
        notes={
            lender: note(
                amount,
                "2025-12-31",
                dates[1],
                factor_decimals=5,
                coupon={"steps": [["2025-12-31", 0], [dates[0], 0.0967]]},
            )
            for lender, amount in held.items()
        },
        waterfalls={
            "collection": [{"collect": {"from": ["income"], "to": "cash"}}, {"accrue_interest": {"notes": list(held)}}],
            "normal": [{"pay_interest": sweep}, {"sweep": sweep}],
        },
    )
    result = run(document)
    balances = [on(result, f"{lender}.balance", dates[0]) for lender in ("first", "second")]
    assert [round(balance / 100_000) for balance in balances] == [17_468, 23_289]
    factors = [float(result[f"{lender}.factor"][0, 0]) for lender in held]
    assert factors == [0.87845] * 3
    assert all(abs(0.87845 - published) <= 0.00005 for published in (17_468 / 19_885, 23_289 / 26_511))


@pytest.mark.parametrize(
    ("commitment", "advance", "cost"), [(8_500, 0.90, 9_444.4), (3_100, 0.7142, 4_340.5), (2_600, 0.80, 3_250.0)]
)
def test_the_cost_that_a_full_draw_implies(commitment: float, advance: float, cost: float) -> None:
    """CoreWeave DDTL 4.0, 5.0 and 3.0 (filed agreements, via Compute Credit Index Research): a draw is the advance rate
    times cost, so the whole commitment is drawn on this cost, and not on 0.1 million less.
    """
    dates = ["2026-12-31", "2031-12-31"]
    terms = {"funding": {"maximum": commitment * 1e6}, "amortisation": {"sweep": {}}}
    document = deal(
        "2026-11-30",
        dates,
        inputs={"cost": {"unit": "amount", "default": 0}},
        cashflows=income((dates[1], 12_000e6)),
        notes={"loan": note(0, "2026-11-30", dates[1], **terms)},
        waterfalls=paying(["loan"]),
    )
    draw = {"note": "loan", "to": "cash", "amount": f"{advance} * inputs.cost"}
    document["waterfalls"]["normal"].append({"fund_note": draw})
    exact = float(round(Fraction(str(commitment)) / Fraction(str(advance)) * 10**6, 2))
    assert round(exact / 1e6, 1) == cost
    assert metric(run(document, {"cost": exact}), "loan.funded") == commitment * MILLION
    assert metric(run(document, {"cost": exact - 100_000}), "loan.funded") < commitment * MILLION


@pytest.mark.parametrize(
    ("advance", "caps"), [(0.90, [900, 750, 600, 450, 300, 150, 0]), (0.60, [600, 500, 400, 300, 200, 100, 0])]
)
def test_the_cap_of_ddtl_2(advance: float, caps: list[int]) -> None:
    """90% (investment grade) or 60% of cost, net of straight-line depreciation over six years (DDTL 2.0, via Compute
    Credit Index Research): what is above it on a date is paid down, and a test of the base finds it cured to the cent.
    """
    years = [f"{2024 + year}-06-30" for year in range(1, 7)]
    base = f"{advance} * (fleet.balance * (5 - period.index) / 6)"
    loan = note(advance * 1_000e6, "2024-06-30", years[-1], amortisation={"sweep": {}})
    measure = {"borrowing_base": {"base": base, "notes": ["loan"]}}
    within = {"measure": measure, "level": 1, "dates": "dates", "when_undefined": "pass"}
    document = deal(
        "2024-06-30",
        years,
        assets={"fleet": {"opening_balance": 1_000e6, "price": "1"}},
        cashflows=income(*((date, 300e6) for date in years)),
        notes={"loan": loan},
        tests={"within": within},
        waterfalls=paying(["loan"]),
    )
    paydown = {"notes": ["loan"], "from": ["cash"], "limit": {"cap": f"loan.balance - {base}"}}
    document["waterfalls"]["normal"] = [
        {"pay_interest": {"notes": ["loan"], "from": ["cash"]}},
        {"sweep": paydown},
        {"run_tests": {"tests": ["within"]}},
        {"pay_principal": {"notes": ["loan"], "from": ["cash"]}},
        {"sell_asset": {"asset": "fleet", "to": "cash", "amount": "0"}},
    ]
    result = run(document)
    assert [each / MILLION for each in column(result, "loan.balance")] == caps[1:]
    assert [float(value) for value in result["within.value"][:5, 0]] == [1.0] * 5
    assert metric(result, "within.first_breach_index") == -1


# DDTL 4.0: sculpted to 1.20 times, monthly, 57 months to 2032-03-31

MONTHS = ends_of_months("2027-07-31", 57)


def ddtl_4(rents: list[float] | None = None, reserve: float = 0) -> Document:
    """8,500 drawn by 2027-06-30, at 5.9%; cash flow is 1.2 times level debt service, or `rents`."""
    principal, rate = 850_000_000_000, 0.059 / 12
    level = principal * rate / (1 - (1 + rate) ** -57)
    flows = rents or [round(1.2 * level) / 100] * 57
    measure = {"dscr": {"cash_flow": "income.amount", "notes": ["loan"]}}
    common = {"measure": measure, "dates": "dates", "when_undefined": "pass", "window_start": "partial"}
    sculpted = {"sculpted": {"first_date": MONTHS[0], "cash_flow": "income.amount"}}
    # The reserve holds so much at first, and is not filled again.
    document = deal(
        "2027-06-30",
        MONTHS,
        inputs={"factor": number(1)},
        sizing_case={"factor": 1},
        cashflows={"income": income(*zip(MONTHS, flows, strict=True))["income"] | {"factor": "factor"}},
        notes={
            "loan": note(
                8_500e6,
                "2027-06-30",
                MONTHS[-1],
                coupon={"fixed": {"rate": 0.059}},
                amortisation=sculpted,
                day_count="30e/360_isda",
            )
        },
        tests={"each": {**common, "level": 1}, "trailing": {**common, "level": 1.15, "window": 3}},
        equity={"holdco": {}},
        waterfalls=paying(["loan"], tests=["each", "trailing"]),
    )
    document["accounts"]["reserve"] = {"opening_balance": reserve}
    for step in document["waterfalls"]["normal"]:
        for terms in step.values():
            terms["from"] = ["cash", "reserve"]
    document["waterfalls"]["normal"].append({"distribute": {"to": "holdco", "from": ["cash"]}})
    return document


def whole(result: cf.Result) -> bool:
    return metric(result, "loan.interest_shortfall") == metric(result, "loan.principal_shortfall") == 0


RISING = [200e6 + 1.5e6 * month for month in range(57)]


@pytest.mark.parametrize("rents", [None, RISING], ids=["flat", "rising"])
def test_ddtl_4_has_its_coverage_on_every_date(rents: list[float] | None) -> None:
    """Principal is cash flow / k - interest for one k; flat cash is chosen so that k is 1.20 (DDTL 4.0 agreement; Fitch
    2026: sculpted to 1.20). The last instalment clears what cents are left. Repaid on 2032-03-31.
    """
    result = run(ddtl_4(rents))
    values = [float(value) for value in result["each.value"][:, 0]]
    assert max(values) - min(values) < 1e-7
    if rents is None:
        assert all(value >= 1.2 - 1e-7 for value in values)
    assert metric(result, "loan.principal_paid") == 850_000_000_000
    assert on(result, "loan.balance", "2032-03-31") == 0
    assert metric(result, "loan.loss") == 0


@pytest.mark.parametrize(("cut", "is_whole"), [(0.075, True), (0.1666, True), (0.1667, False)])
def test_ddtl_4_without_reserve_bears_a_sixth(cut: float, is_whole: bool) -> None:
    """1 - 1.11/1.20 = 7.5%, to Moody's severe stress (2026-03-31: over 1.11), misses nothing; a sixth is the limit."""
    assert whole(run(ddtl_4(), {"factor": 1 - cut})) == is_whole


@pytest.mark.parametrize(("cut", "trips"), [(0.0416, False), (0.041666, False), (0.041668, True), (0.0417, True)])
def test_ddtl_4_trips_at_115(cut: float, trips: bool) -> None:
    """1 - 1.15/1.20: trailing three months (DDTL 4.0 agreement). From the third month on all three are cut."""
    result = run(ddtl_4(), {"factor": 1 - cut})
    assert bool(on(result, "trailing.failing", "2027-09-30")) == trips
    assert whole(result)


@pytest.mark.parametrize(("cut", "is_whole"), [(0.2105, True), (0.2106, False)])
def test_ddtl_4_with_three_months_in_reserve(cut: float, is_whole: bool) -> None:
    """57 months of 1.2 (1 - x) and a reserve of exactly 3 pay 57: x = 1 - 54/68.4 = 21.0526%."""
    base = run(ddtl_4())
    service = column(base, "loan.scheduled_debt_service")[0]
    assert whole(run(ddtl_4(reserve=3 * service / 100), {"factor": 1 - cut})) == is_whole


# references with fallback spreads, coupons


@pytest.mark.parametrize(
    ("index", "spread", "published"),
    [
        (0.0395, 0.0000644, 0.0395644),
        (0.0410489, 0.0011448, 0.0421937),
        (0.0423746, 0.0026161, 0.0449907),
        (0.0431607, 0.0042826, 0.0474433),
    ],
)
def test_sofr_with_a_fallback_spread(index: float, spread: float, published: float) -> None:
    """SOFR of 2025-11-14 and its averages over 30, 90 and 180 days to 2025-11-17 (sofrrate.com), with the credit
    adjustment of the tenor, to five decimals of a percent.
    """
    rate = {"floating": {"index": "sofr", "credit_adjustment": spread, "rate_decimals": 7}}
    document = deal(
        "2025-11-17",
        ["2026-02-17"],
        inputs={"sofr": number(index, 1)},
        cashflows=income(("2026-02-17", 2e6)),
        notes={"loan": note(1e6, "2025-11-17", "2026-02-17", coupon=rate, day_count="act/360")},
        waterfalls=paying(["loan"]),
    )
    assert float(run(document)["loan.rate"][0, 0]) == published


def test_a_year_of_the_convertible_notes() -> None:
    """1.75% on 2,587.5 (CoreWeave 8-K of December 2025, via Compute Credit Index Research): 45.28125 a year."""
    dates = ["2026-06-01", "2026-12-01", "2031-12-01"]
    document = deal(
        "2025-12-01",
        dates,
        cashflows=income((dates[0], 100e6), (dates[2], 3_000e6)),
        notes={"convertible": note(2_587.5e6, "2025-12-01", dates[2], coupon={"fixed": {"rate": 0.0175}})},
        waterfalls=paying(["convertible"]),
    )
    assert column(run(document), "convertible.interest_paid")[:2] == [2_264_062_500] * 2
    assert 45.28125 * MILLION == 2 * 2_264_062_500


# loan to value, drawn share, rent yield


@pytest.mark.parametrize(("debt", "value", "percent"), [(12.5, 20.0, "62.5"), (3.5, 5.4, "64.8"), (35.0, 35.8, "97.8")])
def test_debt_of_chip_lease_vehicles(debt: float, value: float, percent: str) -> None:
    """xAI / Valor, 12.5 of 20 (press) and the first piece, 3.5 of 5.4 (Apollo release, via Compute Credit Index
    Research); the TPU vehicle, 6 + 24.5 + 4.5 beside 0.8 of equity, 2.2% (press). In billions.
    """
    dates = ["2026-12-31", "2030-12-31"]
    measure = {"ltv": {"value": f"{value * 1e9:.2f}", "notes": ["loan"]}}
    document = deal(
        "2025-12-31",
        dates,
        cashflows=income((dates[1], 60e9)),
        notes={"loan": note(debt * 1e9, "2025-12-31", dates[1])},
        tests={"leverage": {"measure": measure, "level": 1, "dates": "dates", "when_undefined": "pass"}},
        waterfalls=paying(["loan"], tests=["leverage"]),
    )
    found = float(run(document)["leverage.value"][0, 0])
    assert f"{100 * found:.1f}" == percent


def test_abilene_drawn_and_covered() -> None:
    """Abilene DC 1 LLC (audited accounts 2025): 2,025.861 drawn of 2,288 is 88.54%; 244.728 of rent on 2,288 is 10.70%,
    which covers interest only on the whole commitment 1.20 times at 8.91%, and not at 8.92%.
    """
    dates = ["2025-12-31", "2026-12-31"]

    def run_at(rate: float) -> cf.Result:
        terms = {
            "funding": {"maximum": 2_288e6},
            "amortisation": {"sweep": {}},
            "factor_decimals": 4,
            "coupon": {"fixed": {"rate": rate}},
        }
        tests: Document = {"dates": "dates", "when_undefined": "pass", "first_date": dates[1]}
        document = deal(
            "2024-12-31",
            [*dates, "2040-12-31"],
            cashflows=income((dates[1], 244.728e6), ("2040-12-31", 6_000e6)),
            notes={"loan": note(0, "2024-12-31", "2040-12-31", **terms)},
            tests={
                "yield": tests
                | {"measure": {"debt_yield": {"cash_flow": "income.amount", "notes": ["loan"]}}, "level": 0.1},
                "cover": tests | {"measure": {"icr": {"cash_flow": "income.amount", "notes": ["loan"]}}, "level": 1.2},
            },
            equity={"owner": {}},
            waterfalls=paying(["loan"], tests=["yield", "cover"]),
        )
        # The rest follows on the same date, so that the year 2026 bears interest on all of it.
        document["waterfalls"]["after"] = [
            {"when": "period.index == 0", "fund_note": {"note": "loan", "to": "cash", "amount": "2_025_861_000.00"}},
            {"when": "period.index == 0", "inspect": {"name": "drawn", "value": "loan.factor"}},
            {"when": "period.index == 0", "fund_note": {"note": "loan", "to": "cash"}},
            {"when": "period.index == 0", "distribute": {"to": "owner", "from": ["cash"]}},
        ]
        return run(document)

    result = run_at(0.0891)
    assert float(result["inspect.drawn"][0, 0]) == 0.8854
    assert f"{100 * float(result['yield.value'][1, 0]):.2f}" == "10.70"
    assert float(result["cover.value"][1, 0]) >= 1.2
    assert float(run_at(0.0892)["cover.value"][1, 0]) < 1.2


@pytest.mark.parametrize(("recapitalised", "total", "own"), [(1, 40.0, [7.5, 22.5]), (0, 20.0, [7.5, 7.5])])
def test_the_call_on_a_staged_commitment(recapitalised: float, total: float, own: list[float]) -> None:
    """SoftBank's commitment to OpenAI (SoftBank releases, relayed): up to 40, of which 10 syndicated; 10 in April
    2025, up to 30 by December, but 20 in all without a recapitalisation; 22.5 of its own were paid on 2025-12-26. In
    billions.
    """
    dates = ["2025-04-15", "2025-12-26", "2035-12-26"]
    parts = {"softbank": (30, "0.75"), "syndicate": (10, "0.25")}
    called = "if(period.index == 0 or inputs.recapitalised == 1, inputs.call, 10_000_000_000.00)"
    call = {"unit": "amount", "default_steps": [[dates[0], 10e9], [dates[1], 30e9]]}
    document = deal(
        "2025-03-31",
        dates,
        inputs={"recapitalised": number(1, 1), "call": call},
        cashflows=income((dates[2], 100e9)),
        notes={
            name: note(
                0,
                "2025-03-31",
                dates[2],
                coupon={"fixed": {"rate": 0}},
                funding={"maximum": maximum * 1e9, "until": dates[1]},
            )
            for name, (maximum, _) in parts.items()
        },
        equity={"company": {}},
        waterfalls=paying(list(parts)),
    )
    document["waterfalls"]["normal"] += [
        *(
            {"fund_note": {"note": name, "to": "cash", "amount": f"{share} * {called}"}}
            for name, (_, share) in parts.items()
        ),
        {"when": "period.index <= 1", "distribute": {"to": "company", "from": ["cash"]}},
    ]
    result = run(document, {"recapitalised": recapitalised})
    assert [each / (1_000 * MILLION) for each in column(result, "softbank.funded")[:2]] == own
    assert sum(metric(result, f"{name}.funded") for name in parts) == total * 1_000 * MILLION


# the trap


@pytest.mark.parametrize(("coverage", "trapped"), [(1.34, True), (1.349999, True), (1.35, False), (1.36, False)])
def test_the_trap_of_centersquare(coverage: float, trapped: bool) -> None:
    """Centersquare 2025-3/4 (Asset Securitization Report): a three-month average coverage under 1.35 times traps
    all excess cash until it is cured. Debt service is 100,000.00 a month.
    """
    months = ends_of_months("2026-01-31", 8)
    measure = {"dscr": {"cash_flow": "income.amount", "notes": ["loan"]}}
    trap = {
        "measure": measure,
        "level": 1.35,
        "window": 3,
        "dates": "dates",
        "when_undefined": "pass",
        "effects": [{"cash_trap": {"to": "trap"}}],
    }
    loan = note(24e6, "2025-12-31", months[-1], coupon={"fixed": {"rate": 0.05}}, day_count="30e/360_isda")
    document = deal(
        "2025-12-31",
        months,
        inputs={"factor": number(1, 9)},
        cashflows={"income": income(*((date, 100_000.0) for date in months))["income"] | {"factor": "factor"}},
        notes={"loan": loan},
        tests={"three_months": trap},
        equity={"owner": {}},
        waterfalls=paying(["loan"], tests=["three_months"]),
    )
    document["accounts"]["trap"] = {}
    document["waterfalls"]["normal"] += [
        {"when": "not tests.three_months.failing", "release_trap": {"account": "trap", "to": "cash"}},
        {"distribute": {"to": "owner", "from": ["cash"]}},
    ]
    # Two months at 1.50 before the window is full, then three that bring the average to the coverage, then 1.50 again.
    third = 3 * coverage - 3.0
    result = run(document, {"factor": [("2025-12-31", 1.5), (months[2], third), (months[3], 1.5)]})
    residual = round((third - 1) * 10_000_000)
    assert float(result["three_months.value"][2, 0]) == round(coverage, 9)
    assert column(result, "trap.balance")[2] == (residual if trapped else 0)
    assert column(result, "owner.distributed")[2] == (0 if trapped else residual)
    # The average is the same while the low month is in it, and cured on the fourth date.
    released = column(result, "owner.distributed")[5]
    assert released == (residual + 3 * 5_000_000 if trapped else 5_000_000)
    assert column(result, "trap.balance")[5] == 0


# the list


def test_every_figure_of_the_list_names_tests_that_exist() -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs/deals/golden-numbers.md").read_text(encoding="utf-8")
    links = re.findall(r"\[(test_\w+)\]\(\.\./\.\./(tests/\S+\.py)\)", page)
    assert len(links) > 20
    for test, file in links:
        assert f"def {test}(" in (root / file).read_text(encoding="utf-8"), test
