"""A principal deficiency ledger from loss to cure, as the rule book writes it, with figures by hand."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import cashfall as cf
from cashfall.testing.scenario_paths import generate_scenarios
from differential import differences

ROOT = Path(__file__).parents[2]

# A pool of 1,500.00 at 10% (a quarter: 2.5%), of which a tenth is repaid each quarter, at last all of it;
# 1,000.00 at 4% (a quarter: 1%), 500.00 at 8% (a quarter: 2%).
DEAL = """
[deal]
name = "principal deficiency"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "quarterly"

[schedules.quarterly]
regular = { first = 2025-04-01, last = 2026-01-01, months = 3 }

[inputs]
rate = { unit = "number", default = 0.10, maximum = 1 }
loss = { unit = "number", default = 0, maximum = 1 }
runoff = { unit = "number", default_steps = [[2025-01-01, 0.1], [2026-01-01, 1]], maximum = 1 }

[assets.pool]
opening_balance = 1500.00
price = "1"
loss = { share = "inputs.loss", payment_dates = "quarterly" }
runoff = { share = "inputs.runoff", payment_dates = "quarterly" }

[assets.pool.yield]
rate = { floating = { index = "rate", fixing = "in_arrears" } }
payment_dates = "quarterly"
day_count = "30e/360"

[notes.senior]
original_balance = 1000.00
dated_date = 2025-01-01
maturity_date = 2026-01-01
payment_dates = "quarterly"
day_count = "30/360_us"
coupon = { fixed = { rate = 0.04 } }
amortisation = { sweep = {} }

[notes.junior]
original_balance = 500.00
dated_date = 2025-01-01
maturity_date = 2026-01-01
payment_dates = "quarterly"
day_count = "30/360_us"
coupon = { fixed = { rate = 0.08 } }
amortisation = { sweep = {} }

[accounts]
interest_account = {}
principal_account = {}

[equity.owner]

[[waterfalls.collection]]
collect = { from = ["pool"], to = "interest_account" }

[[waterfalls.collection]]
transfer = { from = ["interest_account"], to = "principal_account", limit = { cap = "pool.repaid" } }

[[waterfalls.collection]]
accrue_interest = { notes = ["senior", "junior"] }

[[waterfalls.normal]]
pay_interest = { notes = ["senior"], from = ["interest_account"], support = [{ from_account = "principal_account" }] }

[[waterfalls.normal]]
book = { ledger = "deficiency", amount = "LENT" }

[[waterfalls.normal]]
pay_interest = { notes = ["junior"], from = ["interest_account"] }

DEFICIENCY
[[waterfalls.normal]]
distribute = { to = "owner", from = ["interest_account"] }

[[waterfalls.normal]]
sweep = { notes = ["senior", "junior"], from = ["principal_account"] }
"""


def document() -> str:
    """The deal with the steps of docs/reference/ledgers.md in it."""
    page = (ROOT / "docs" / "reference" / "ledgers.md").read_text(encoding="utf-8")
    deficiency = re.search(r"^```toml\n(\[ledgers\.deficiency\]\n.*?)^```$", page, re.M | re.S)
    lent = re.search(r"is booked like a loss: `\"(.*?)\"`", page)
    assert deficiency
    assert lent
    return DEAL.replace("DEFICIENCY", deficiency[1]).replace("LENT", lent[1])


def run(**inputs: list[float]) -> cf.Result:
    """A run on which engine and reference agree, as on random ones. The notes always equal what is left of the pool."""
    deal = tomllib.loads(document())
    paths = {"rate": [0.1] * 4, "loss": [0.0] * 4, "runoff": [0.1, 0.1, 0.1, 1.0]} | inputs
    assert differences(deal, [paths, *generate_scenarios(deal, 8, 1)]) == []
    result = cf.Deal.from_dict(deal).compile().run(paths)
    notes = result["senior.balance"] + result["junior.balance"]
    assert [round(value * 100) for value in notes[:, 0]] == [round(v * 100) for v in result["pool.balance"][:, 0]]
    assert result["deficiency.balance"].tolist() == result["junior.written_down"].tolist()
    return result


def quarters(result: cf.Result, name: str) -> list[float]:
    return [float(value) for value in result[name][:, 0]]


def test_without_a_loss_nothing_is_booked() -> None:
    """37.50 pay 10.00 and 10.00, 17.50 go to the owner, and 150.00 of principal are left as they are."""
    result = run()
    assert quarters(result, "deficiency.balance") == [0.00] * 4
    assert quarters(result, "owner.distributed")[0] == 17.50
    assert quarters(result, "senior.balance")[0] == 850.00
    assert result.metrics["junior.loss"][0] == 0


def test_interest_cures_part_of_a_loss() -> None:
    result = run(loss=[0.0, 0.04, 0.0, 0.0])
    # Of 1,350.00 are lost 54.00; of the rest 129.60, 116.64 and at last 1,049.76 are repaid.
    assert quarters(result, "pool.lost") == [0.00, 54.00, 0.00, 0.00]
    assert quarters(result, "pool.balance") == [1350.00, 1166.40, 1049.76, 0.00]
    # Interest comes in with 37.50, 33.75, 29.16 and 26.24, and pays the seniors' 1% and the juniors' 2%:
    assert quarters(result, "senior.interest_paid") == [10.00, 8.50, 7.05, 5.76]  # of 1,000, 850, 705.15 and 575.63
    assert quarters(result, "junior.interest_paid") == [10.00, 10.00, 9.23, 9.48]  # of 500, 500, 461.25 and 474.13
    # What is left of it cures: 15.25 of 54.00, 12.88 of 38.75, 11.00 of 25.87. The owner gets nothing meanwhile.
    assert quarters(result, "deficiency.balance") == [0.00, 38.75, 25.87, 14.87]
    assert quarters(result, "owner.distributed") == [17.50, 0.00, 0.00, 0.00]
    # The juniors bear what is not cured: 38.75 written down, then 12.88 and 11.00 written up.
    assert quarters(result, "junior.balance") == [500.00, 461.25, 474.13, 0.00]
    assert quarters(result, "senior.balance") == [850.00, 705.15, 575.63, 0.00]
    # 15.25 + 129.60, 12.88 + 116.64, 11.00 + 564.63: the cure and what the pool repays
    assert quarters(result, "senior.principal_paid") == [150.00, 144.85, 129.52, 575.63]
    assert quarters(result, "junior.principal_paid") == [0.00, 0.00, 0.00, 485.13]
    assert result.metrics["junior.loss"][0] == 14.87
    assert result.metrics["senior.loss"][0] == 0


def test_interest_cures_all_of_a_smaller_loss() -> None:
    result = run(loss=[0.0, 0.02, 0.0, 0.0])
    # 27.00 are lost, 15.25 cured; then 29.77 - 7.02 - 9.77 = 12.98 cure the other 11.75, and 1.23 are over.
    assert quarters(result, "deficiency.balance") == [0.00, 11.75, 0.00, 0.00]
    assert quarters(result, "junior.balance") == [500.00, 488.25, 500.00, 0.00]
    assert quarters(result, "senior.balance") == [850.00, 702.45, 571.63, 0.00]
    assert quarters(result, "owner.distributed")[:3] == [17.50, 0.00, 1.23]
    assert result.metrics["junior.loss"][0] == 0


def test_principal_that_paid_senior_interest_is_made_good() -> None:
    """For a quarter no interest comes in: 8.50 of 135.00 of principal pay the seniors' interest, none the juniors'."""
    result = run(rate=[0.1, 0.0, 0.1, 0.1])
    assert quarters(result, "senior.interest_paid")[1] == 8.50
    assert quarters(result, "junior.interest_paid")[:3] == [10.00, 0.00, 19.83]  # 10.00, and 9.83 on 491.50
    assert quarters(result, "senior.balance")[:2] == [850.00, 723.50]
    # 30.38 (2.5% of 1,215.00) - 7.24 (1% of 723.50) - 19.83 = 3.31
    assert quarters(result, "deficiency.balance")[:3] == [0.00, 8.50, 5.19]
    assert quarters(result, "junior.balance")[:3] == [500.00, 491.50, 494.81]


def test_the_explanation_of_the_ledger_names_the_bookings() -> None:
    result = run(loss=[0.0, 0.04, 0.0, 0.0])
    text = str(result.explain("deficiency.balance", period=1))
    assert "booked 54.00" in text
    assert "booked -15.25" in text
