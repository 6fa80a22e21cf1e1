"""Tests inside waterfalls and steps into a status: engine and reference agree, on deals made for it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import cashfall as cf
from cashfall.testing.reference import Reference
from differential import differences

DATES = ["2025-04-15", "2025-07-15", "2025-10-15", "2026-01-15", "2026-04-15", "2026-07-15"]
LOW, HIGH = 1.0, 2.0


def covenant(level: float, effects: list[dict[str, Any]], **terms: Any) -> dict[str, Any]:
    """A test of `inputs.cover`."""
    measure = {"formula": {"value": "inputs.cover"}}
    own = {"measure": measure, "level": level, "dates": "quarterly", "when_undefined": "pass", "effects": effects}
    return {**own, **terms}


def deal(tests: dict[str, Any], waterfalls: dict[str, Any], **tables: Any) -> dict[str, Any]:
    """100.00 comes in on each date; the statuses are those that have a waterfall, in this order."""
    statuses = [name for name in ("normal", "lock_up", "enforced") if name in waterfalls]
    return {
        "deal": {
            "name": "statuses",
            "currency": "USD",
            "closing_date": "2025-01-15",
            "waterfall_dates": "quarterly",
            "statuses": statuses,
        },
        "schedules": {"quarterly": {"dates": DATES}},
        "inputs": {"cover": {"unit": "number", "default": 2}, "push": {"unit": "number", "default": 0}},
        "cashflows": {"rent": {"direction": "in", "amounts": [[date, 100] for date in DATES]}},
        "accounts": {"cash": {}, "trap": {}, "lender": {}},
        "equity": {"sponsor": {}},
        "tests": tests,
        "waterfalls": {"collection": [{"collect": {"from": ["rent"], "to": "cash"}}], **waterfalls},
        **tables,
    }


def agree(document: dict[str, Any], paths: list[dict[str, list[float]]]) -> None:
    """Engine and reference, in every flow and metric."""
    assert differences(document, paths) == []


def all_paths(*values: float, n_dates: int = 6) -> list[dict[str, list[float]]]:
    """Every path of high and low cover, beside a push of 0."""
    chosen = values or (LOW, HIGH)
    return [{"cover": list(path), "push": [0.0] * n_dates} for path in itertools.product(chosen, repeat=n_dates)]


TO_TRAP = {"transfer": {"from": ["cash"], "to": "trap"}}
TO_SPONSOR = {"distribute": {"to": "sponsor", "from": ["cash"]}}
TO_LENDER = {"transfer": {"from": ["cash"], "to": "lender", "limit": {"cap": "60"}}}
RUN = {"run_tests": {"tests": ["covenant"]}}


@pytest.mark.parametrize("by", ["ratio_of_sums", "mean_of_ratios"])
@pytest.mark.parametrize("window_start", ["wait", "partial", "annualise"])
@pytest.mark.parametrize("kind", ["flow", "stock"])
def test_a_window_is_each_scenarios_own(window_start: str, by: str, kind: str) -> None:
    """The test is read in one status only, so its window fills at another pace in each scenario."""
    measure = {"ratio": {"numerator": "inputs.cover", "denominator": "1", "denominator_kind": kind}}
    window = {"window": 3, "window_start": window_start, "by": by}
    tests = {
        "covenant": covenant(1.5, [], measure=measure, cure_after=2, **window),
        "gate": covenant(1.5, [{"set_status": "lock_up"}]),
    }
    waterfalls = {
        "collection": [{"collect": {"from": ["rent"], "to": "cash"}}, {"run_tests": {"tests": ["gate"]}}],
        "normal": [TO_SPONSOR],
        "lock_up": [RUN, {"when": "tests.covenant.failing", **TO_TRAP}, TO_SPONSOR],
    }
    agree(deal(tests, waterfalls), all_paths())


def test_the_first_step_that_a_scenario_comes_to_counts() -> None:
    """In an `if` before collection's cash is used, else in the waterfall; never twice."""
    tests = {"covenant": covenant(1.5, [{"set_status": "lock_up"}], enter_after=2)}
    first = {
        "if": {"condition": "inputs.cover < 1.5", "then": [RUN], "else": [{"inspect": {"name": "b", "value": "1"}}]}
    }
    collection = [{"collect": {"from": ["rent"], "to": "cash"}}, first]
    waterfalls = {"collection": collection, "normal": [RUN, TO_SPONSOR], "lock_up": [TO_TRAP, RUN]}
    agree(deal(tests, waterfalls), all_paths(LOW, HIGH, 1.5))


LEAVE = {
    "if": {
        "condition": "tests.covenant.failing",
        "then": [{"set_status": {"status": "enforced", "now": True}}, {"inspect": {"name": "stays", "value": "1"}}],
        "else": [{"inspect": {"name": "passes", "value": "1"}}],
    }
}


def leaving() -> dict[str, Any]:
    """The lender is paid 60; a test then fails, and what is left goes through the waterfall of enforcement."""
    waterfalls = {
        "normal": [TO_LENDER, RUN, LEAVE, TO_SPONSOR],
        "enforced": [TO_LENDER, TO_TRAP],
        "after": [{"when": "inputs.push > 0", "set_status": {"status": "normal"}}],
    }
    return deal({"covenant": covenant(1.5, [])}, waterfalls)


def test_a_scenario_leaves_with_the_cash_that_is_left() -> None:
    result = cf.Deal.from_dict(leaving()).compile().run({"cover": [HIGH, LOW, LOW, HIGH, HIGH, HIGH]})
    assert result["status"][:, 0].tolist() == [0, 1, 1, 1, 1, 1]
    assert result["sponsor.distributed"][:, 0].tolist() == [40, 0, 0, 0, 0, 0]
    # 60 and, from the top of the new waterfall, the 40 that are left; on later dates 60, and 40 are trapped
    assert result["lender.balance"][:, 0].tolist() == [60, 160, 220, 280, 340, 400]
    assert result["trap.balance"][:, 0].tolist() == [0, 0, 40, 80, 120, 160]
    assert result["inspect.stays"][:, 0].tolist() == [0] * 6
    assert result["inspect.passes"][:, 0].tolist() == [1, 0, 0, 0, 0, 0]
    told = result.explain("lender.balance", period=0)
    assert "normal / " in told
    assert "enforced / " not in told
    assert "enforced / " in result.explain("lender.balance", period=1)


def test_the_ledger_shows_both_waterfalls_in_their_order() -> None:
    result = cf.Deal.from_dict(leaving()).compile().run({"cover": [HIGH, LOW, LOW, HIGH, HIGH, HIGH]})
    second = [(row["waterfall"], row["to"], float(row["amount"])) for row in result.ledger() if row["period"] == 1]
    assert second == [
        ("collection", "cash", 100),
        ("normal", "lender", 60),
        ("enforced", "lender", 40),
    ]


def test_leaving_and_coming_back_agree() -> None:
    paths = [{**path, "push": [float(i % 2) for i in range(6)]} for path in all_paths()]
    agree(leaving(), paths)


def test_a_status_that_is_more_severe_than_the_one_named() -> None:
    """The step names `lock_up`; a test that fails sets `enforced`: there the scenario goes."""
    tests = {"covenant": covenant(1.5, [{"set_status": "enforced"}])}
    waterfalls = {
        "normal": [RUN, {"when": "inputs.push > 0", "set_status": {"status": "lock_up", "now": True}}, TO_SPONSOR],
        "lock_up": [TO_LENDER, TO_SPONSOR],
        "enforced": [{"when": "inputs.push == 0", "set_status": {"status": "normal"}}, TO_LENDER, TO_TRAP],
    }
    paths = [
        {"cover": list(cover), "push": [float(p) for p in push]}
        for cover in itertools.product((LOW, HIGH), repeat=6)
        for push in ((1, 0, 1, 0, 1, 0), (0, 0, 1, 1, 1, 0))
    ]
    agree(deal(tests, waterfalls), paths)


def test_blocks_and_a_closing_waterfall_agree() -> None:
    tests = {"covenant": covenant(1.5, [{"set_status": "lock_up"}])}
    waterfalls = {
        "closing": [{"transfer": {"from": ["trap"], "to": "cash", "limit": {"cap": "12.34"}}}],
        "normal": [{"run_steps": {"block": "measure"}}, TO_SPONSOR],
        "lock_up": [TO_LENDER, {"run_steps": {"block": "measure"}}, TO_TRAP],
    }
    inner = {"if": {"condition": "cash.balance > 50", "then": [TO_LENDER], "else": [TO_TRAP]}}
    blocks = {"measure": [RUN, {"if": {"condition": "inputs.cover < 1.5", "then": [inner]}}]}
    agree(deal(tests, waterfalls, blocks=blocks), all_paths(n_dates=7))


def test_the_reference_goes_through_a_waterfall_once() -> None:
    """The circle that compilation refuses is caught by the reference too."""
    document = leaving()
    document["waterfalls"]["enforced"].insert(0, {"set_status": {"status": "normal", "now": True}})
    with pytest.raises(cf.DealError, match="circle"):
        cf.Deal.from_dict(document)
    with pytest.raises(AssertionError, match="at most once"):
        Reference(document).run({"cover": [10**9] * 6, "push": [0] * 6})


@pytest.mark.parametrize("where", ["collection", "after", "normal"])
def test_one_step_in_an_if_reads_for_those_who_come_to_it(where: str) -> None:
    """Where `push` is 0 the test is not read: state, window and counters stay, and its value is undefined."""
    tests = {"covenant": covenant(1.5, [{"lock_up": {}}], window=2, window_start="partial", cure_after=2)}
    asked = {"if": {"condition": "inputs.push > 0", "then": [RUN]}}
    waterfalls: dict[str, Any] = {"normal": [TO_SPONSOR]}
    if where == "collection":
        waterfalls[where] = [{"collect": {"from": ["rent"], "to": "cash"}}, asked]
    else:
        waterfalls[where] = [asked, *waterfalls.get(where, [])]
    paths = [
        {**path, "push": [float(p) for p in push]}
        for path in all_paths()
        for push in ((1, 0, 1, 0, 1, 0), (0, 0, 1, 1, 0, 1))
    ]
    agree(deal(tests, waterfalls), paths)


def test_the_only_status_is_not_left() -> None:
    inside = [{"set_status": {"status": "normal", "now": True}}, {"inspect": {"name": "stays", "value": "1"}}]
    stay = {"if": {"condition": "inputs.cover > 0", "then": inside}}
    document = deal({"covenant": covenant(1.5, [])}, {"normal": [stay, TO_SPONSOR], "after": [RUN]})
    result = cf.Deal.from_dict(document).compile().run(record="*")
    assert result["inspect.stays"][:, 0].tolist() == [1] * 6


def test_every_waterfall_begins_with_the_same_test() -> None:
    """What it sets acts at the next waterfall."""
    tests = {"covenant": covenant(1.5, [{"set_status": "lock_up"}])}
    agree(deal(tests, {"normal": [RUN, TO_SPONSOR], "lock_up": [RUN, TO_TRAP]}), all_paths())
