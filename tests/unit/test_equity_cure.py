"""Equity cures: what is needed to the cent, when it is called, how long it stays, and that it is kept that date."""

from __future__ import annotations

from typing import Any

import pytest

import cashfall as cf
from differential import differences

DATES = [f"20{year}-{month:02d}-15" for year in (25, 26) for month in (3, 6, 9, 12)]


def deal(cure: dict[str, Any], cash_flow: str = "inputs.flow", **test: Any) -> cf.Deal:
    """`inputs.flow` comes in and is held against debt service of 100,000.01 at 1.2; all cash is distributed."""
    document: dict[str, Any] = {
        "deal": {"name": "cure", "currency": "USD", "closing_date": "2025-01-15", "waterfall_dates": "quarterly"},
        "schedules": {"quarterly": {"dates": DATES}},
        "inputs": {name: {"unit": "amount", "default": 0} for name in ("flow", "sponsor", "service")},
        "leases": {
            "tower": {
                "commencement": "2025-01-15",
                "end": "2026-12-15",
                "payment_dates": "quarterly",
                "base_rent": {"input": "flow"},
            }
        },
        "accounts": {"cash": {}, "pocket": {}},
        "equity": {"owner": {}},
        "tests": {
            "cover": {
                "measure": {"ratio": {"numerator": cash_flow, "denominator": "inputs.service"}},
                "level": 1.2,
                "dates": "quarterly",
                "when_undefined": "hold",
                "equity_cure": {"input": "sponsor", "to": "cash", "apply": "deemed_cfads"} | cure,
            }
            | test,
        },
        "waterfalls": {
            "collection": [{"collect": {"from": ["tower"], "to": "cash"}}, {"run_tests": {"tests": ["cover"]}}],
            "normal": [{"distribute": {"to": "owner", "from": ["cash"]}}],
        },
    }
    return cf.Deal.from_dict(document)


def run(
    deal: cf.Deal, flow: list[float], sponsor: float | list[float], service: float | list[float] = 100_000.01
) -> cf.Result:
    """A run whose ledger re-adds to the balance of the account."""
    padded = lambda given: given + [given[-1]] * (8 - len(given)) if isinstance(given, list) else [given] * 8  # noqa: E731
    result = deal.compile().run({"flow": padded(flow), "sponsor": padded(sponsor), "service": padded(service)})
    balance = 0
    for period, found in enumerate(cents(result, "cash.balance")):
        rows = [row for row in result.ledger() if row["period"] == period]
        balance += sum(round(row["amount"] * 100) * ((row["to"] == "cash") - (row["from"] == "cash")) for row in rows)
        assert balance == found
    return result


def cents(result: cf.Result, name: str) -> list[int]:
    return [round(float(value) * 100) for value in result[name][:, 0]]


# 1.2 x 100,000.01 = 120,000.012: the least that passes is 120,000.02
LEAST = 12_000_002


def test_what_is_needed_is_found_to_the_cent() -> None:
    result = run(deal({}), [100_000, 120_000.01, 120_000.02, 0, 150_000], 1_000_000)
    assert cents(result, "cover.cure")[:5] == [LEAST - 10_000_000, 1, 0, LEAST, 0]
    assert result["cover.failing"][:, 0].sum() == 0
    assert result["cover.value"][0, 0] >= 1.2
    assert result.metrics["cover.n_cures"][0] == 3
    assert round(result.metrics["cover.cured"][0] * 100) == 2 * LEAST - 10_000_000 + 1


def test_part_of_a_cure_is_not_called() -> None:
    result = run(deal({}), [100_000], [20_000.02, 20_000.01, 0, 20_000.02])
    assert cents(result, "cover.cure")[:4] == [2_000_002, 0, 0, 2_000_002]
    assert result["cover.failing"][:4, 0].tolist() == [0, 1, 1, 0]


def test_cured_cash_is_not_distributed_that_date() -> None:
    result = run(deal({}), [100_000, 150_000], 50_000)
    assert cents(result, "owner.distributed")[:2] == [10_000_000, 15_000_000 + 2_000_002]
    assert cents(result, "cash.balance")[0] == 2_000_002
    paid = [row for row in result.ledger() if row["to"] == "owner" and row["period"] == 0]
    assert [row["bound_by"] for row in paid] == ["cures of the date"]


def test_what_a_cure_keeps_back_is_asked_of_the_next_source() -> None:
    document = deal({}).to_dict()
    document["accounts"]["pocket"] = {"opening_balance": 50_000}
    document["waterfalls"]["normal"] = [
        {"distribute": {"to": "owner", "from": ["cash", "pocket"], "limit": {"cap": "130000"}}}
    ]
    result = run(cf.Deal.from_dict(document), [100_000], 50_000)
    # 120,000.02 in cash, 20,000.02 of it cured; of the cap 30,000 are left for the pocket
    assert cents(result, "owner.distributed")[0] == 13_000_000
    assert cents(result, "pocket.balance")[0] == 2_000_000


def test_deemed_cash_stays_for_its_readings() -> None:
    result = run(deal({"stays_dates": 3}), [100_000], 50_000)
    # the cure counts at its reading and the two after it
    assert cents(result, "cover.cure") == [2_000_002, 0, 0, 2_000_002, 0, 0, 2_000_002, 0]
    assert result["cover.failing"][:, 0].sum() == 0


def test_a_window_of_sums_is_cured_after_the_window() -> None:
    result = run(deal({"stays_dates": 2}, window=2), [100_000, 100_000, 130_000, 100_000], 1_000_000, 100_000)
    # no reading on the first date; 240,000 - 200,000; then 230,000 + 40,000 deemed; then 240,000 - 230,000
    assert cents(result, "cover.cure")[:4] == [0, 4_000_000, 0, 1_000_000]


@pytest.mark.parametrize(
    ("limits", "cured"),
    [
        ({"max_per_life": 3}, [1, 1, 1, 0, 0, 0, 0, 0]),
        ({"no_consecutive": True}, [1, 0, 1, 0, 1, 0, 1, 0]),
        ({"max_per_window": {"n": 2, "dates": 4}}, [1, 1, 0, 0, 1, 1, 0, 0]),
        ({"max_per_window": {"n": 1, "dates": 1}}, [1] * 8),
        ({"max_per_window": {"n": 2, "dates": 4}, "no_consecutive": True, "max_per_life": 3}, [1, 0, 1, 0, 1, 0, 0, 0]),
    ],
)
def test_limits(limits: dict[str, Any], cured: list[int]) -> None:
    result = run(deal(limits), [100_000], 50_000)
    assert (result["cover.cure"][:, 0] > 0).astype(int).tolist() == cured
    assert result["cover.failing"][:, 0].tolist() == [1 - cure for cure in cured]


def test_the_threshold_is_the_one_in_force() -> None:
    result = run(deal({}, cure_level=1.5), [100_000], [0, 20_000.02, 50_000.02, 20_000.02])
    assert cents(result, "cover.cure")[:4] == [0, 0, 15_000_002 - 10_000_000, 2_000_002]
    assert result["cover.failing"][:4, 0].tolist() == [1, 1, 0, 0]


def test_nothing_cures_the_undefined_or_what_sticks() -> None:
    undefined = run(deal({}), [100_000], 1_000_000, [0, 100_000])
    assert cents(undefined, "cover.cure")[:2] == [0, 2_000_000]
    sticky = run(deal({}, sticky=True), [100_000], [0, 1_000_000])
    assert cents(sticky, "cover.cure") == [0] * 8
    assert sticky["cover.failing"][:, 0].tolist() == [1] * 8


def test_a_cured_reading_is_a_pass_in_the_count() -> None:
    result = run(deal({}, enter_after=2), [100_000], [0, 20_000.02, 0, 0])
    assert result["cover.failing"][:4, 0].tolist() == [0, 0, 0, 1]


def test_a_deposit_is_found_by_a_measure_that_reads_the_account() -> None:
    own = deal({"apply": "deposit", "to": "pocket"}, cash_flow="pocket.balance")
    result = run(own, [0], 200_000)
    assert cents(result, "cover.cure") == [LEAST, 0, 0, 0, 0, 0, 0, 0]
    assert cents(result, "pocket.balance") == [LEAST] * 8


def test_the_ledger_says_what_was_given_and_why_not() -> None:
    result = run(deal({"max_per_life": 1}), [100_000], [0, 50_000, 50_000])
    rows = [row for row in result.ledger() if row["from"] == "equity_cure of cover"]
    shown = [(row["period"], row["to"], row["requested"], row["amount"], row["bound_by"]) for row in rows[:3]]
    assert shown == [
        (0, "cash", 20000.02, 0.0, "inputs.sponsor"),
        (1, "cash", 20000.02, 20000.02, "request"),
        (2, "cash", 20000.02, 0.0, "no cure is left"),
    ]
    assert "no cure is left" in str(result.explain("cover.failing", period=2))


@pytest.mark.parametrize("by", ["ratio", "min_liquidity"])
def test_cash_that_cures_does_not_count_twice_where_the_account_is_measured(by: str) -> None:
    """The measure reads the account into which the cure comes: it is read once, before."""
    document = deal({}).to_dict()
    measures = {
        "ratio": {"numerator": "cash.balance", "denominator": "inputs.service"},
        "min_liquidity": {"amount": "cash.balance", "minimum": "inputs.service"},
    }
    document["tests"]["cover"]["measure"] = {by: measures[by]}
    result = run(cf.Deal.from_dict(document), [100_000], 50_000)
    # 120,000.02 / 100,000.01: what is kept back of the first date covers the second
    assert cents(result, "cover.cure")[:2] == [2_000_002, 0]
    assert result["cover.value"][0, 0] == 1.20000008


def test_a_denominator_that_reads_the_account_is_read_before_the_cure() -> None:
    document = deal({}).to_dict()
    document["tests"]["cover"]["measure"] = {"ratio": {"numerator": "inputs.flow", "denominator": "cash.balance"}}
    result = run(cf.Deal.from_dict(document), [100_000], 50_000)
    assert cents(result, "cover.cure")[0] == 2_000_000
    assert result["cover.value"][0, 0] == 1.2
    assert result["cover.failing"][0, 0] == 0


POCKETED = {"distribute": {"to": "owner", "from": ["pocket", "cash"]}}


@pytest.mark.parametrize(
    ("step", "goes"),
    [
        ({"transfer": {"from": ["cash"], "to": "pocket"}}, 10_000_000),
        ({"release_trap": {"account": "cash", "to": "pocket"}}, 10_000_000),
        ({"release_reserve": {"account": "cash", "to": "pocket"}}, 10_000_000),
        ({"fill_reserve": {"account": "pocket", "from": ["cash"]}}, 10_000_000),
        ({"fill_reserve": {"account": "pocket", "from": ["gift"], "support": [{"from_account": "cash"}]}}, 10_000_000),
        ({"buy_asset": {"asset": "paper", "from": ["cash"]}}, 10_000_000),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
)
def test_a_cure_is_not_distributed_by_a_detour(step: dict[str, Any], goes: int) -> None:
    """100,000 of income and 20,000.02 of a cure: the income may go where it likes, the cure may not."""
    document = deal({}).to_dict()
    document["accounts"] |= {"pocket": {"target": {"formula": "1000000"}}, "gift": {}}
    document["accounts"]["cash"]["target"] = {"formula": "0"}
    document["assets"] = {"paper": {"price": "1"}}
    waterfall = [step, {"sell_asset": {"asset": "paper", "to": "pocket"}}, POCKETED]
    document["waterfalls"]["normal"] = waterfall
    result = run(cf.Deal.from_dict(document), [100_000, 150_000], 50_000)
    assert cents(result, "cover.cure")[:2] == [2_000_002, 0]
    assert cents(result, "owner.distributed")[0] == goes
    assert cents(result, "cash.balance")[0] == 2_000_002
    assert cents(result, "owner.distributed")[1] == 15_000_000 + 2_000_002


def test_a_cure_pays_what_is_due() -> None:
    document = deal({}).to_dict()
    document["fees"] = {
        "agent": {"payment_dates": "quarterly", "amount": {"fixed": {"per_date": 110_000}}},
    }
    document["waterfalls"]["collection"].insert(1, {"accrue_fee": {"fees": ["agent"]}})
    document["waterfalls"]["normal"].insert(0, {"pay_fee": {"fees": ["agent"], "from": ["cash"]}})
    result = run(cf.Deal.from_dict(document), [100_000, 150_000], 50_000)
    # 10,000 of the cure pays the fee; the 10,000.02 that are left stay, as the cure keeps back all it brought
    assert cents(result, "agent.paid")[0] == 11_000_000
    assert cents(result, "owner.distributed")[0] == 0
    assert cents(result, "cash.balance")[0] == 1_000_002


def test_a_cure_is_the_same_where_nothing_is_recorded() -> None:
    given = {"flow": [100_000.0] * 8, "sponsor": [50_000.0] * 8, "service": [100_000.01] * 8}
    result = deal({}).compile().run(given, record=[])
    assert result.metrics["cover.n_cures"][0] == 8
    assert round(result.metrics["cover.cured"][0] * 100) == 8 * 2_000_002


def test_what_sponsors_bring_counts_towards_the_range() -> None:
    # Each date needs 1.2 x 25 = 30 trillions, which stay in the pocket: 60 of them are beyond 2^52 cents.
    document = deal({"to": "pocket"}).to_dict()
    document["inputs"]["flow"]["maximum"] = 100
    document["inputs"]["sponsor"]["maximum"] = document["inputs"]["service"]["maximum"] = 30_000_000_000_000
    path = {"flow": [0.0] * 8, "sponsor": [30e12] * 8, "service": [25e12] * 8}
    assert differences(document, [path]) == []
    assert cf.Deal.from_dict(document).compile().run(path).metrics["outcome"].tolist() == [1]
