"""The GPU securitisation: order of payments, disposals, and who loses what when hardware brings what was executed.

SOURCE: Compute Credit Index Research, one H100 on 2026-07-22: going concern 23,551, asked 22,500, executed 11,500.
Railcar indenture (lawinsider.com, railcar disposition distributions): a sold asset repays 105% of the note balance
allocated to it, class A first. The size, 1.1 billion with 19% subordination and a residual floor of 40%, is reported by
one blog post and unverified. Cents are the project's own arithmetic.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

import cashfall as cf
from stressed import column, metric, on, run, run_named

EXECUTED = 11_500 / 22_500
LOTS = ("lot_h100", "lot_lab", "lot_cloud")
FALLING = [("2027-12-01", 0.8), ("2028-12-01", 0.6), ("2029-12-01", 0.5), ("2030-12-01", 0.4)]
DEFAULT = [("2028-06-01", 1.0)]


@pytest.fixture(scope="module")
def base() -> cf.Result:
    return run("gpu-abs")


@pytest.fixture(scope="module")
def disproven() -> cf.Result:
    return run_named("gpu-abs", "thesis_disproven")


def first_short(result: cf.Result, note: str) -> str | None:
    owed = zip(column(result, f"{note}.interest_shortfall"), column(result, f"{note}.principal_shortfall"), strict=True)
    return next((date for date, dues in zip(result.periods, owed, strict=True) if any(dues)), None)


def to_residual(result: cf.Result) -> int:
    """Without the price of the hardware, which it gets at closing."""
    return sum(column(result, "residual.distributed")[1:])


def test_the_reported_size(base: cf.Result) -> None:
    sizes = [on(base, f"{note}.balance", "2026-11-25") for note in ("class_a", "class_b")]
    assert sum(sizes) == 110_000_000_000
    assert Fraction(sizes[1], sum(sizes)) == Fraction("0.19")


def test_hours_times_price_to_the_cent(base: cf.Result) -> None:
    """30 days of 12,288 H100 at 1.70, and of 18,432 B200 at 3.00."""
    assert on(base, "startups.fee", "2026-12-25") == 12_288 * 720 * 170
    assert on(base, "lab.fee", "2026-12-25") + on(base, "cloud.fee", "2026-12-25") == 18_432 * 720 * 300


def test_h100s_are_carried_at_a_going_concern(base: cf.Result) -> None:
    assert on(base, "lot_h100.balance", "2026-11-25") == 12_288 * 23_551 * 100


def test_base_case(base: cf.Result) -> None:
    assert column(base, "class_a.principal_paid")[1:61] == [1_485_000_000] * 60
    assert column(base, "class_b.principal_paid")[60] == 20_900_000_000
    assert (first_short(base, "class_a"), first_short(base, "class_b")) == (None, None)
    assert metric(base, "dscr.first_breach_index") == metric(base, "realisation.first_breach_index") == -1
    assert to_residual(base) == 107_638_232_150


def test_hardware_brings_forty_percent_after_five_years(base: cf.Result) -> None:
    for lot in LOTS:
        cost = on(base, f"{lot}.balance", "2031-10-25")
        assert on(base, f"{lot}.proceeds", "2031-11-25") * 10 == cost * 4


def test_executed_instead_of_asked() -> None:
    """Half of the floor less than 30% does not carry class B."""
    assert round(Fraction(11_500, 22_500), 4) == Fraction("0.5111")
    losses = []
    for floor in (0.4, 0.3, 0.2):
        result = run("gpu-abs", {"executed": EXECUTED, "residual_floor": floor})
        assert metric(result, "class_a.loss") == 0
        losses.append(round(metric(result, "class_b.loss") / 1e8, 3))
    assert losses == [0, 0, 55.675]


def test_a_disposal_repays_105_percent_of_the_allocated_balance() -> None:
    sale = run("gpu-abs", {"sell_h100": [("2028-11-25", 1.0)]})
    row = sale.periods.index("2028-11-25")
    notes = column(sale, "notes.balance")[row - 1]
    share = Fraction(28_939_468_800, 28_939_468_800 + 61_440_000_000 + 49_152_000_000)
    release = column(sale, "release.balance")[row]
    assert abs(release - Fraction("1.05") * notes * share) <= 100
    assert release == 16_517_132_141
    assert column(sale, "class_a.principal_paid")[row] == release
    assert column(sale, "class_b.principal_paid")[row] == 0
    assert column(sale, "lot_h100.proceeds")[row] > release


def test_a_disposal_for_less_waits() -> None:
    """At the executed value the lot does not bring 105% until the notes are small."""
    sale = run("gpu-abs", {"sell_h100": [("2028-11-25", 1.0)], "executed": EXECUTED})
    sold = [row for row, amount in enumerate(column(sale, "lot_h100.sold")) if amount]
    assert [sale.periods[row] for row in sold] == ["2031-08-25"]
    for row in range(sale.periods.index("2028-11-25"), sold[0]):
        price = EXECUTED * max(0.4, 1 - row * 0.013888889)
        assert column(sale, "release.balance")[row] > 28_939_468_800 * price


def test_falling_market() -> None:
    market = run_named("gpu-abs", "falling_market")
    assert (first_short(market, "class_a"), first_short(market, "class_b")) == ("2029-12-25", "2030-03-25")
    assert metric(market, "class_a.loss") == 0
    assert round(metric(market, "class_b.loss") / 1e8, 3) == 19.037
    assert round(to_residual(market) / 1e8, 3) == 336.256


def test_a_default_traps_cash_before_the_market_does() -> None:
    result = run("gpu-abs", {"market_price": FALLING, "default_lab": DEFAULT})
    assert on(result, "realisation.failing", "2028-07-25") == 1
    assert on(result, "lab.damages", "2028-06-25") == 8_095_334_400
    assert on(result, "lab.recovered", "2029-06-25") == 3_238_133_760
    assert metric(result, "notes.loss") == 0
    assert round(to_residual(result) / 1e8, 3) == 210.975


def test_slow_productivity() -> None:
    slow = run_named("gpu-abs", "slow_productivity")
    assert (first_short(slow, "class_a"), first_short(slow, "class_b")) == ("2029-12-25", "2030-03-25")
    assert metric(slow, "class_a.loss") == 0
    assert round(metric(slow, "class_b.loss") / 1e8, 3) == 140.345


def test_thesis_disproven(disproven: cf.Result) -> None:
    assert (first_short(disproven, "class_a"), first_short(disproven, "class_b")) == ("2028-06-25", "2029-03-25")
    losses = [round(metric(disproven, f"{note}.loss") / 1e8, 3) for note in ("class_a", "class_b")]
    assert losses == [148.631, 290.207]
    assert metric(disproven, "class_b.principal_paid") == 0


def test_hardware_is_sold_in_enforcement(disproven: cf.Result) -> None:
    """Class A interest goes unpaid and the hardware is sold, at the executed value; all of it goes to class A."""
    row = next(row for row, active in enumerate(column(disproven, "acceleration.active")) if active) + 1
    for lot in LOTS:
        cost = column(disproven, f"{lot}.balance")[row - 1]
        price = round(round(EXECUTED * 10**9) * (10**9 - row * 13_888_889) / 10**9)
        assert column(disproven, f"{lot}.proceeds")[row] == round(Fraction(cost * price, 10**9))
    assert all(column(disproven, f"{lot}.balance")[row] == 0 for lot in LOTS)
    assert not any(column(disproven, "residual.distributed")[row:])
