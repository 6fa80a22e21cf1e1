"""Bad input through Python: messages whole, all problems at once, for TOML, JSON and dictionaries; nothing half-run.

The core's own tests pin the other messages, hundreds of them; here is what a user of the package sees.
"""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cashfall as cf
from cashfall._json import dumps

GOOD = """\
[deal]
name = "small"
currency = "USD"
closing_date = 2025-01-15
waterfall_dates = "half_years"

[schedules]
half_years = { regular = { first = 2025-07-15, last = 2027-01-15, months = 6 } }

[inputs]
rent_factor = { unit = "number", default = 1.0, maximum = 2 }

[leases.tower]
commencement = 2025-01-15
end = 2027-01-15
payment_dates = "half_years"
base_rent = { per_date = 120_000.00 }
factor = "rent_factor"

[accounts]
revenue = {}
reserve = { target = { formula = "senior.interest_due" } }

[notes.senior]
original_balance = 200_000.00
dated_date = 2025-01-15
maturity_date = 2027-01-15
payment_dates = "half_years"
day_count = "30e/360"
coupon = { fixed = { rate = 0.065 } }
amortisation = { explicit = { principal = [[2026-01-15, 100_000], [2027-01-15, 100_000]] } }

[equity.sponsor]

[waterfalls]
collection = [
  { collect = { from = ["tower"], to = "revenue" } },
  { accrue_interest = { notes = ["senior"] } },
]
normal = [
  { pay_interest = { notes = ["senior"], from = ["revenue", "reserve"] } },
  { pay_principal = { notes = ["senior"], from = ["revenue", "reserve"] } },
  { fill_reserve = { account = "reserve", from = ["revenue"] } },
  { distribute = { to = "sponsor", from = ["revenue"], limit = { keep_balance = "1000" } } },
]
"""

Edit = tuple[str, str]
PRINCIPAL = "[[2026-01-15, 100_000], [2027-01-15, 100_000]]"
BACKWARDS = "[[2027-01-15, 100_000], [2026-01-15, 100_000]]"

CASES: dict[str, tuple[list[Edit], list[str]]] = {
    "unknown key": (
        [('payment_dates = "half_years"\nday_count', 'payment_date = "half_years"\nday_count')],
        [
            "notes.senior.payment_date: expected a known key, found `payment_date`; did you mean `payment_dates`? "
            "(small.toml:28:1)"
        ],
    ),
    "misspelt note in a step": (
        [('accrue_interest = { notes = ["senior"]', 'accrue_interest = { notes = ["senoir"]')],
        [
            "notes.senior: expected an `accrue_interest` step that makes its interest due, found none; add it to "
            "the `notes` of an `accrue_interest` step (small.toml:24:8)",
            "waterfalls.collection[1].accrue_interest.notes[0]: expected a note, found `senoir`; did you mean "
            "`senior`? (small.toml:38:34)",
        ],
    ),
    "reserve without target": (
        [('reserve = { target = { formula = "senior.interest_due" } }', "reserve = {}")],
        [
            "waterfalls.normal[2].fill_reserve.account: expected an account with a target, found `reserve`, a reserve "
            "without target; add `accounts.reserve.target` (small.toml:43:32)"
        ],
    ),
    "schedule that does not repay": (
        [("[2027-01-15, 100_000]", "[2027-01-15, 90_000]")],
        [
            "notes.senior.amortisation.explicit.principal: expected a schedule that repays the original balance, "
            "200,000.00, found a sum of 190,000.00; principal of 10,000.00 is missing (small.toml:31:43)"
        ],
    ),
    "negative rent": (
        [("per_date = 120_000.00", "per_date = -120_000.00")],
        [
            "leases.tower.base_rent.per_date: expected an amount that is not negative, found -120000.00 "
            "(small.toml:17:26)"
        ],
    ),
    "rent that is no number": (
        [("per_date = 120_000.00", "per_date = nan")],
        [
            "leases.tower.base_rent.per_date: expected an amount that is not negative, found nan; numbers are finite "
            "decimals (small.toml:17:26)"
        ],
    ),
    "dates out of order": (
        [(PRINCIPAL, BACKWARDS)],
        [
            "notes.senior.amortisation.explicit.principal[1][0]: expected a date after 2027-01-15, found 2026-01-15 "
            "(small.toml:31:68)"
        ],
    ),
    "percent given as 6.5": (
        [("rate = 0.065", "rate = 6.5")],
        ["notes.senior.coupon.fixed.rate: expected a rate below 1.0 (6.5% is 0.065), found 6.5 (small.toml:30:29)"],
    ),
    "unit mismatch in a formula": (
        [('keep_balance = "1000"', 'keep_balance = "revenue.balance + inputs.rent_factor"')],
        [
            "waterfalls.normal[3].distribute.limit.keep_balance: expected equal units on both sides of `+`, found an "
            "amount (`revenue.balance`) and a number (`inputs.rent_factor`); multiply `inputs.rent_factor` by an "
            "amount (small.toml:44:98)"
        ],
    ),
    "several at once": (
        [
            ("rate = 0.065", "rate = 6.5"),
            ("original_balance = 200_000.00", "orignal_balance = 200_000.00"),
            ('to = "sponsor"', 'to = "sponsr"'),
            ('factor = "rent_factor"', 'factor = "rent_facto"'),
        ],
        [
            "leases.tower.factor: expected an input, found `rent_facto`; did you mean `rent_factor`? "
            "(small.toml:18:10)",
            "notes.senior.orignal_balance: expected a known key, found `orignal_balance`; did you mean "
            "`original_balance`? (small.toml:25:1)",
            "notes.senior.coupon.fixed.rate: expected a rate below 1.0 (6.5% is 0.065), found 6.5 (small.toml:30:29)",
            "waterfalls.normal[3].distribute.to: expected equity, found `sponsr`; did you mean `sponsor`? "
            "(small.toml:44:25)",
        ],
    ),
}
NOT_IN_JSON = {"rent that is no number"}


def edited(edits: list[Edit]) -> str:
    text = GOOD
    for before, after in edits:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def as_dict(text: str) -> dict[str, Any]:
    return dict(tomllib.loads(text, parse_float=Decimal))


def as_json(text: str) -> str:
    return dumps(as_dict(text))


def whole(lines: list[str], name: str) -> str:
    return "\n".join([f"{name}: {len(lines)} problem{'s' * (len(lines) > 1)}", *lines])


def without_place(message: str) -> str:
    return re.sub(r" \(\S+:\d+:\d+\)$", "", message)


def refused(load: Callable[[], object]) -> cf.DealError:
    with pytest.raises(cf.DealError) as caught:
        load()
    return caught.value


def test_the_good_deal_is_good() -> None:
    results = [deal.compile().run(unit="cents") for deal in (cf.Deal.from_toml(GOOD), cf.load(as_dict(GOOD)))]
    assert results[0].metrics["senior.loss"][0] == results[1].metrics["senior.loss"][0] == 0


@pytest.mark.parametrize("case", CASES)
def test_toml(case: str) -> None:
    edits, lines = CASES[case]
    error = refused(lambda: cf.Deal.from_toml(edited(edits), "small.toml"))
    assert str(error) == whole(lines, "small.toml")
    places = [(problem["line"], problem["column"]) for problem in error.problems]
    assert [f"(small.toml:{line}:{column})" for line, column in places] == [line.rpartition(" ")[2] for line in lines]


@pytest.mark.parametrize("case", CASES.keys() - NOT_IN_JSON)
def test_json_says_the_same_at_its_own_places(case: str) -> None:
    edits, lines = CASES[case]
    text = as_json(edited(edits)).replace(", ", ",\n")
    error = refused(lambda: cf.Deal.from_json(text, "small.json"))
    said = str(error).split("\n")
    assert {without_place(line) for line in said[1:]} == {without_place(line) for line in lines}
    for problem in error.problems:
        assert problem["line"] is not None
        row = text.split("\n")[problem["line"] - 1]
        assert problem["column"] is not None
        assert 1 <= problem["column"] <= len(row)


@pytest.mark.parametrize("case", CASES.keys() - NOT_IN_JSON)
def test_a_dictionary_gives_paths_without_lines(case: str) -> None:
    edits, lines = CASES[case]
    error = refused(lambda: cf.load(as_dict(edited(edits))))
    said = str(error).replace(" (at character 17 of the formula)", "")
    assert {*said.split("\n")[1:]} == {without_place(line) for line in lines}
    assert all(problem["line"] is None and problem["column"] is None for problem in error.problems)
    assert {problem["path"] for problem in error.problems} == {line.partition(":")[0] for line in lines}


@pytest.mark.parametrize("bad", [float("nan"), np.float64("nan"), Decimal("NaN"), float("inf")])
def test_no_number_in_a_dictionary_is_named_with_all_else(bad: Any) -> None:
    document = as_dict(edited([("rate = 0.065", "rate = 6.5")]))
    document["leases"]["tower"]["base_rent"]["per_date"] = bad
    assert str(refused(lambda: cf.load(document))) == whole(
        [
            f'leases.tower.base_rent.per_date: expected an amount that is not negative, found "{str(bad).lower()}"',
            "notes.senior.coupon.fixed.rate: expected a rate below 1.0 (6.5% is 0.065), found 6.5",
        ],
        "document",
    )


def test_dictionaries_take_dates_and_numbers_of_many_types() -> None:
    document = as_dict(GOOD)
    assert isinstance(document["deal"]["closing_date"], datetime.date)
    plain = json.loads(as_json(GOOD))
    document["leases"]["tower"]["base_rent"]["per_date"] = np.float64(120_000)
    document["schedules"]["half_years"]["regular"]["months"] = np.int64(6)
    assert cf.load(document) == cf.load(plain) == cf.Deal.from_toml(GOOD)


def test_what_no_document_can_hold() -> None:
    with pytest.raises(cf.ArgumentError) as caught:
        cf.load({"deal": {"name": object}})
    assert str(caught.value) == "deal.name: expected what a deal document can hold, found <class 'object'>"
    with pytest.raises(cf.ArgumentError) as caught:
        cf.load({"deal": {1: "small"}})
    assert str(caught.value) == "deal: expected a text as key, found 1"


@pytest.mark.parametrize(
    ("load", "text", "message"),
    [
        (
            cf.Deal.from_toml,
            '[deal]\nname = "a"\nname = "b"',
            "x: 1 problem\ndeal.name: expected each key once, found `name` again (x:3:1)",
        ),
        (
            cf.Deal.from_json,
            '{"deal": {"name": "a", "name": "b"}}',
            "x: 1 problem\ndeal.name: expected each key once, found `name` again (x:1:24)",
        ),
    ],
)
def test_a_key_given_twice(load: Callable[[str, str], object], text: str, message: str) -> None:
    assert str(refused(lambda: load(text, "x"))) == message


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "notes.senor.coupon.fixed.rate",
            0.07,
            "notes.senor: expected a key that is there, found `senor`; did you mean `senior`?",
        ),
        (
            "notes.senior.coupon.fixed.rate",
            7,
            "notes.senior.coupon.fixed.rate: expected a rate below 1.0 (6.5% is 0.065), found 7",
        ),
        (
            "notes.senior.coupon.fixed.rat",
            0.07,
            "notes.senior.coupon.fixed.rat: expected a known key, found `rat`; did you mean `rate`?",
        ),
    ],
)
def test_replace(path: str, value: Any, message: str) -> None:
    deal = cf.Deal.from_toml(GOOD, "small.toml")
    assert str(refused(lambda: deal.replace({path: value}))) == f"small.toml: 1 problem\n{message}"
    assert deal == cf.Deal.from_toml(GOOD)


def test_files_and_names(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(edited([("rate = 0.065", "rate = 6.5")]), encoding="utf-8")
    assert str(refused(lambda: cf.load(path))) == whole(CASES["percent given as 6.5"][1], "small.toml")
    with pytest.raises(FileNotFoundError) as caught:
        cf.load("beigne")
    assert str(caught.value) == (
        f"expected a shipped deal ({', '.join(cf.deals())}) or a path ending in .toml or .json, found 'beigne'; "
        "did you mean 'beignet'?"
    )


def test_nothing_is_half_run() -> None:
    """One bad value among many scenarios: no result; and the plan runs on as before."""
    plan = cf.Deal.from_toml(GOOD).compile()
    before = plan.run().metrics["sponsor.distributed"][0]
    factors = np.ones((len(plan.periods), 3_000))
    factors[-1, -1] = np.nan
    result = None
    with pytest.raises(cf.ScenarioError) as caught:
        result = plan.run({"rent_factor": factors})
    place = f"period {len(plan.periods) - 1}, scenario 2999"
    assert str(caught.value) == f"inputs.rent_factor: expected a number, found NaN at {place}"
    assert result is None
    assert plan.run().metrics["sponsor.distributed"][0] == before
