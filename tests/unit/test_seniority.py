"""A deal's stated seniority: the law that holds it against what was paid, on the reference and on planted orders."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from cashfall.testing import laws, seniority, strategies
from cashfall.testing.breach import breach_of
from cashfall.testing.reference import Outcome, Reference

RANKS = [["senior"], ["mezzanine"], ["junior"], ["sponsor"]]


def ranked(deal: dict[str, Any], ranks: list[list[str]]) -> dict[str, Any]:
    known = {*deal["notes"], *deal.get("fees", {}), *deal["equity"]}
    kept = [[name for name in names if name in known] for names in ranks]
    return {**deal, "deal": {**deal["deal"], "seniority": [names for names in kept if names]}}


def run(deal: dict[str, Any], seed: int) -> Outcome:
    return Reference(deal).run(strategies.in_units(deal, strategies.generate_scenarios(deal, 1, seed)[0]))


def sequential(seed: int) -> dict[str, Any]:
    """A plain generated deal without a pro-rata step."""
    deal = strategies.generate(seed, plain=True)
    for steps in deal["waterfalls"].values():
        for step in steps:
            for body in step.values():
                if isinstance(body, dict):
                    body.pop("ranking", None)
    return deal


def test_plain_sequential_deals_keep_their_order() -> None:
    n_short = 0
    for seed in range(150):
        outcome = run(ranked(sequential(seed), RANKS), seed)
        if outcome.outcome == "ok":
            seniority.stated_seniority_holds(outcome)
            n_short += any(outcome.flows["senior.interest_shortfall"])
    assert n_short > 10, "otherwise nothing was tried"


def test_the_opposite_order_is_noticed() -> None:
    n_noticed = n_tried = 0
    for seed in range(150):
        deal = sequential(seed)
        if len(deal["notes"]) < 2:
            continue
        outcome = run(ranked(deal, RANKS[2::-1]), seed)
        junior_first = any(outcome.flows["senior.interest_paid"]) and any(
            a and b for a, b in zip(outcome.flows["senior.interest_paid"], last_note(outcome), strict=True)
        )
        n_tried += junior_first
        n_noticed += fails(outcome)
    assert n_noticed >= n_tried > 10


def last_note(outcome: Outcome) -> list[Any]:
    name = list(outcome.document["notes"])[-1]
    return list(outcome.flows[f"{name}.interest_shortfall"])


def fails(outcome: Outcome) -> bool:
    try:
        seniority.stated_seniority_holds(outcome)
    except AssertionError:
        return True
    return False


DEAL: dict[str, Any] = {
    "deal": {"name": "d", "currency": "USD", "closing_date": "2025-01-15", "waterfall_dates": "dates"},
    "schedules": {"dates": {"dates": ["2025-04-15"]}},
    "accounts": {"cash": {"opening_balance": 12}, "other": {"opening_balance": 5}},
    "notes": {
        name: {
            "original_balance": 1000,
            "dated_date": "2025-01-15",
            "maturity_date": "2025-04-15",
            "payment_dates": "dates",
            "day_count": "30e/360",
            "coupon": {"fixed": {"rate": "0.04"}},
            "amortisation": {"bullet": {}},
        }
        for name in ("senior", "junior")
    },
    "equity": {"owner": {}},
    "waterfalls": {"collection": [{"accrue_interest": {"notes": ["senior", "junior"]}}]},
}


def pays(*steps: dict[str, Any], ranks: list[list[str]] = [["senior"], ["junior"], ["owner"]]) -> Outcome:  # noqa: B006
    deal = copy.deepcopy(DEAL)
    deal["deal"]["seniority"] = ranks
    deal["waterfalls"]["normal"] = list(steps)
    for note in deal["notes"].values():
        note["coupon"]["fixed"]["rate"] = 0.04
    return Reference(deal).run({})


def interest(note: str, *accounts: str) -> dict[str, Any]:
    return {"pay_interest": {"notes": [note], "from": list(accounts)}}


def test_a_junior_paid_first_is_named() -> None:
    outcome = pays(interest("junior", "cash"), interest("senior", "cash"))
    with pytest.raises(AssertionError) as caught:
        laws.senior_before_junior(outcome)
    assert str(breach_of(caught.value)) == (
        "2025-04-15: normal[0] pay_interest from cash to junior: expected nothing while senior is owed 800 of interest "
        "or fees, found 1000"
    )


@pytest.mark.parametrize(
    ("steps", "holds"),
    [
        ((interest("senior", "cash"), interest("junior", "cash")), True),
        ((interest("junior", "other"), interest("senior", "cash")), True),  # cash that the senior never reaches
        ((interest("junior", "other"), interest("senior", "cash", "other")), True),  # nobody is owed in the end
        (
            (interest("senior", "cash"), {"distribute": {"to": "owner", "from": ["cash"]}}),
            True,
        ),  # it reaches no principal
        (
            (
                interest("senior", "cash"),
                {"distribute": {"to": "owner", "from": ["cash"]}},
                {"pay_principal": {"notes": ["senior"], "from": ["cash"]}},
            ),
            False,
        ),
        (
            (
                interest("senior", "cash"),
                interest("junior", "cash"),  # interest does not wait for principal
                {"pay_principal": {"notes": ["senior"], "from": ["cash"]}},
            ),
            True,
        ),
    ],
)
def test_who_waits_for_whom(steps: tuple[dict[str, Any], ...], holds: bool) -> None:
    assert fails(pays(*steps)) is not holds


def test_those_of_one_rank_are_equal() -> None:
    steps = (interest("junior", "cash"), interest("senior", "cash"))
    assert not fails(pays(*steps, ranks=[["senior", "junior"]]))


def test_presumed_is_the_order_of_the_notes() -> None:
    deal = copy.deepcopy(DEAL)
    deal["waterfalls"]["normal"] = [interest("senior", "cash")]
    assert seniority.presumed(deal, ["senior", "junior"]) == [["senior"], ["junior"]]
    together = {"pay_interest": {"notes": ["senior", "junior"], "from": ["cash"], "ranking": "pro_rata"}}
    deal["waterfalls"]["normal"] = [together]
    assert seniority.presumed(deal, ["senior", "junior"]) == [["senior", "junior"]]
