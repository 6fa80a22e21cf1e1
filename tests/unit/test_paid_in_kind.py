"""Interest in kind where a test fails or the borrower elects, whole or in part, at a premium: figures by hand."""

from __future__ import annotations

import copy
import tomllib
from typing import Any

import pytest

import cashfall as cf
from cashfall.testing.scenario_paths import generate_scenarios
from differential import differences

# 1,000.00 at 8%: 20.00 a quarter while nothing is capitalised. The cover is rent over the interest of the date.
DEAL = """
[deal]
name = "paid in kind"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "quarterly"

[schedules.quarterly]
regular = { first = 2025-04-01, last = 2026-01-01, months = 3 }

[inputs]
rent = { unit = "amount", default = 40.00 }
elected = { unit = "number", default = 0, maximum = 1 }
share = { unit = "number", default = 1, maximum = 1 }

[leases.tower]
commencement = 2025-01-01
end = 2026-01-01
payment_dates = "quarterly"
base_rent = { input = "rent" }

[notes.senior]
original_balance = 1000.00
dated_date = 2025-01-01
maturity_date = 2026-01-01
payment_dates = "quarterly"
day_count = "30/360_us"
coupon = { fixed = { rate = 0.08 } }
amortisation = { bullet = {} }

[accounts.cash]

[equity.owner]

[tests.cover]
measure = { icr = { cash_flow = "tower.rent", notes = ["senior"] } }
level = 1.5
dates = "quarterly"
when_undefined = "pass"

[waterfalls]
collection = [
  { collect = { from = ["tower"], to = "cash" } },
  { accrue_interest = { notes = ["senior"] } },
  { run_tests = { tests = ["cover"] } },
]
normal = [
  { capitalize_interest = { notes = ["senior"] } },
  { pay_interest = { notes = ["senior"], from = ["cash"] } },
  { pay_principal = { notes = ["senior"], from = ["cash"] } },
  { distribute = { to = "owner", from = ["cash"] } },
]
"""
RENT = [40.00, 29.99, 40.00, 2000.00]
BY_TEST, BY_ELECTION = "tests.cover.failing", "inputs.elected > 0.5"


def run(when: str, inputs: dict[str, list[float]], **terms: Any) -> cf.Result:
    """A run with these terms of the step; engine and reference agree on it and on random scenarios."""
    document = copy.deepcopy(tomllib.loads(DEAL))
    step = document["waterfalls"]["normal"][0]
    step["when"] = when
    step["capitalize_interest"] |= terms
    paths = {"elected": [0.0] * 4, "share": [1.0] * 4} | inputs
    assert differences(document, [paths, *generate_scenarios(document, 4, 1)]) == []
    return cf.Deal.from_dict(document).compile().run(paths)


def quarters(result: cf.Result, name: str) -> list[float]:
    return [float(value) for value in result[name][:, 0]]


@pytest.mark.parametrize(
    ("when", "inputs"),
    [
        # 29.99 / 20.00 is below 1.5; 40 over 20.00 and 20.40 is not
        (BY_TEST, {"rent": RENT}),
        (BY_ELECTION, {"rent": [40.00, 40.00, 40.00, 2000.00], "elected": [0.0, 1.0, 0.0, 0.5]}),
    ],
    ids=["test", "election"],
)
def test_a_whole_coupon_in_kind(when: str, inputs: dict[str, list[float]]) -> None:
    result = run(when, inputs)
    assert quarters(result, "senior.interest_accrued") == [20.00, 20.00, 20.40, 20.40]
    assert quarters(result, "senior.interest_capitalized") == [0.00, 20.00, 0.00, 0.00]
    assert quarters(result, "senior.interest_paid") == [20.00, 0.00, 20.40, 20.40]
    assert quarters(result, "senior.balance") == [1000.00, 1020.00, 1020.00, 0.00]
    assert quarters(result, "senior.principal_paid") == [0.00, 0.00, 0.00, 1020.00]
    assert quarters(result, "senior.interest_shortfall") == [0.00] * 4
    assert result.metrics["senior.loss"][0] == 0


def test_at_the_level_nothing_is_capitalised() -> None:
    """30.00 / 20.00 is 1.5 exactly."""
    result = run(BY_TEST, {"rent": [30.00, 30.00, 30.00, 2000.00]})
    assert quarters(result, "senior.interest_capitalized") == [0.00] * 4


@pytest.mark.parametrize(
    ("share", "terms"),
    [
        ([0.5] * 4, {"share": "inputs.share"}),
        ([1.0] * 4, {"share": "0.5"}),
        ([0.5] * 4, {"share": "lag(inputs.share, 1, 1)"}),
    ],
)
@pytest.mark.parametrize("when", [BY_TEST, BY_ELECTION], ids=["test", "election"])
def test_half_a_coupon_in_kind(when: str, share: list[float], terms: dict[str, str]) -> None:
    """10.00 of 20.00; then 2% of 1,010.00 is 20.20."""
    result = run(when, {"rent": RENT, "elected": [0.0, 1.0, 0.0, 0.0], "share": share}, **terms)
    assert quarters(result, "senior.interest_capitalized") == [0.00, 10.00, 0.00, 0.00]
    assert quarters(result, "senior.interest_paid") == [20.00, 10.00, 20.20, 20.20]
    assert quarters(result, "senior.principal_paid") == [0.00, 0.00, 0.00, 1010.00]


@pytest.mark.parametrize("when", [BY_TEST, BY_ELECTION], ids=["test", "election"])
def test_what_is_in_kind_bears_a_premium(when: str) -> None:
    """At 2% above 8%, 20.00 become 25.00; then 2% of 1,025.00 is 20.50."""
    result = run(when, {"rent": RENT, "elected": [0.0, 1.0, 0.0, 0.0]}, pik_premium=0.02)
    assert quarters(result, "senior.interest_capitalized") == [0.00, 25.00, 0.00, 0.00]
    assert quarters(result, "senior.interest_paid") == [20.00, 0.00, 20.50, 20.50]
    assert quarters(result, "senior.principal_paid") == [0.00, 0.00, 0.00, 1025.00]


def test_a_test_takes_the_whole_and_an_election_a_part() -> None:
    result = run(
        f"{BY_TEST} or {BY_ELECTION}",
        {"rent": RENT, "elected": [0.0, 0.0, 1.0, 0.0], "share": [0.5] * 4},
        share=f"if({BY_TEST}, 1, inputs.share)",
        pik_premium=0.02,
    )
    # The test fails: 20.00 and 5.00. The election: half of 20.50 is 10.25, and 10.25 * 2 / 8 = 2.5625 is 2.56.
    assert quarters(result, "senior.interest_capitalized") == [0.00, 25.00, 12.81, 0.00]
    assert quarters(result, "senior.interest_paid") == [20.00, 0.00, 10.25, 20.76]  # 2% of 1,037.81 is 20.7562
    assert quarters(result, "senior.principal_paid") == [0.00, 0.00, 0.00, 1037.81]
    assert quarters(result, "owner.distributed")[:3] == [20.00, 29.99, 29.75]


def test_the_ledger_shows_what_was_added() -> None:
    result = run(BY_TEST, {"rent": RENT}, pik_premium=0.02)
    rows = [row for row in result.ledger() if row["from"] == "senior.interest_due"]
    assert [(row["period"], row["to"], row["amount"]) for row in rows if row["amount"]] == [(1, "senior.balance", 25.0)]


def test_what_is_capitalised_is_of_its_date() -> None:
    document = copy.deepcopy(tomllib.loads(DEAL))
    document["schedules"]["once"] = {"dates": ["2025-07-01"]}
    document["waterfalls"]["normal"][0]["dates"] = "once"
    result = cf.Deal.from_dict(document).compile().run({"rent": RENT}, record="*")
    assert quarters(result, "senior.interest_capitalized") == [0.00, 20.00, 0.00, 0.00]
