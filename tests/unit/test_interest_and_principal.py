"""An order of payments for interest and one for principal, as the rule book writes it: figures by hand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cashfall as cf
from cashfall.testing.scenario_paths import generate_scenarios
from differential import differences

ROOT = Path(__file__).parents[2]

# A trustee of 5.00 a quarter, 1,000.00 at 8% (a quarter: 2%), 500.00 at 12% (a quarter: 3%).
DEAL = """
[deal]
name = "interest and principal"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "quarterly"

[schedules.quarterly]
regular = { first = 2025-04-01, last = 2026-01-01, months = 3 }

[inputs]
interest = { unit = "amount", default = 45.00 }
principal = { unit = "amount", default = 100.00 }

[leases.interest_received]
commencement = 2025-01-01
end = 2026-01-01
payment_dates = "quarterly"
base_rent = { input = "interest" }

[leases.principal_received]
commencement = 2025-01-01
end = 2026-01-01
payment_dates = "quarterly"
base_rent = { input = "principal" }

[fees.trustee]
payment_dates = "quarterly"
amount = { fixed = { per_date = 5.00 } }

[notes.senior]
original_balance = 1000.00
dated_date = 2025-01-01
maturity_date = 2026-01-01
payment_dates = "quarterly"
day_count = "30/360_us"
coupon = { fixed = { rate = 0.08 } }
amortisation = { sweep = {} }

[notes.junior]
original_balance = 500.00
dated_date = 2025-01-01
maturity_date = 2026-01-01
payment_dates = "quarterly"
day_count = "30/360_us"
coupon = { fixed = { rate = 0.12 } }
amortisation = { sweep = {} }

[accounts]
interest_account = {}
principal_account = {}

[equity.owner]
"""
COLLECTION = """
collection = [
  { collect = { from = ["interest_received"], to = "interest_account" } },
  { collect = { from = ["principal_received"], to = "principal_account" } },
  { accrue_fee = { fees = ["trustee"] } },
  { accrue_interest = { notes = ["senior", "junior"] } },
]
"""
SUPPORT = ', support = [{ from_account = "principal_account" }]'
LEND = """
normal = [
  { transfer = { from = ["principal_account"], to = "interest_account", limit = { cap = "SHORTFALL" } } },
"""


def page() -> str:
    """What docs/reference/steps.md says such a deal looks like."""
    text = (ROOT / "docs" / "reference" / "steps.md").read_text(encoding="utf-8")
    match = re.search(r"\*\*Interest and principal apart\.\*\*.*?^```toml\n(.*?)^```$", text, re.M | re.S)
    assert match
    return match[1] + COLLECTION


def by_transfer() -> str:
    """The same with a transfer of the shortfall in front, as the sentence after the block has it."""
    text = (ROOT / "docs" / "reference" / "steps.md").read_text(encoding="utf-8")
    match = re.search(r"if its `cap` is the shortfall: `\"(.*?)\"`", text)
    assert match
    return page().replace(SUPPORT, "").replace("\nnormal = [", LEND.replace("SHORTFALL", match[1]))


def run(waterfalls: str, interest: Sequence[float], principal: Sequence[float]) -> cf.Result:
    """A run; engine and reference agree on it, line by line, and on random scenarios."""
    document: dict[str, Any] = tomllib.loads(DEAL + waterfalls)
    received = {"interest": list(interest), "principal": list(principal)}
    assert differences(document, [received, *generate_scenarios(document, 4, 1)]) == []
    return cf.Deal.from_dict(document).compile().run(received)


def quarters(result: cf.Result, name: str) -> list[float]:
    return [float(value) for value in result[name][:, 0]]


INTEREST, PRINCIPAL = [45.00, 18.00, 60.00, 40.00], [100.00, 100.00, 100.00, 1300.00]


def test_principal_covers_senior_interest_and_nothing_else() -> None:
    result = run(page(), INTEREST, PRINCIPAL)
    # 45 - 5 - 20 - 15 = 5 are over. Then 18 - 5 = 13 towards 18.00 on 900: principal gives 5.00, junior gets nothing.
    # Then 60 - 5 - 16.10 on 805 - 30 of junior interest = 8.90. Then 40 - 5 - 14.10 on 705 - 15 = 5.90.
    assert quarters(result, "trustee.paid") == [5.00, 5.00, 5.00, 5.00]
    assert quarters(result, "senior.interest_paid") == [20.00, 18.00, 16.10, 14.10]
    assert quarters(result, "junior.interest_paid") == [15.00, 0.00, 30.00, 15.00]
    assert quarters(result, "junior.interest_shortfall") == [0.00, 15.00, 0.00, 0.00]
    # 100, 100 - 5.00, 100, then 705 and 500 of 1,300
    assert quarters(result, "senior.principal_paid") == [100.00, 95.00, 100.00, 705.00]
    assert quarters(result, "junior.principal_paid") == [0.00, 0.00, 0.00, 500.00]
    assert quarters(result, "owner.distributed") == [5.00, 0.00, 8.90, 100.90]  # 5.90 and 95.00
    for account in ("interest_account", "principal_account"):
        assert quarters(result, f"{account}.balance") == [0.00] * 4


def test_the_ledger_says_that_principal_was_a_support() -> None:
    result = run(page(), INTEREST, PRINCIPAL)
    rows = [row for row in result.ledger() if row["period"] == 1 and row["from"] == "principal_account"]
    shown = [(row["to"], row["requested"], row["amount"], row["bound_by"]) for row in rows if row["amount"]]
    assert shown == [
        ("senior.interest", 5.00, 5.00, "support: request"),
        ("senior.principal", 900.00, 95.00, "cash in principal_account"),
    ]


def test_principal_that_is_too_little_leaves_a_shortfall() -> None:
    """5 - 5 of interest and 12.34 of principal towards 20.00."""
    result = run(page(), [5.00, 60.00, 60.00, 60.00], [12.34, 100.00, 100.00, 1300.00])
    assert quarters(result, "senior.interest_paid")[0] == 12.34
    assert quarters(result, "senior.interest_shortfall")[0] == 7.66
    assert quarters(result, "senior.principal_paid")[0] == 0.00


def test_a_transfer_of_the_shortfall_does_the_same() -> None:
    lent, supported = run(by_transfer(), INTEREST, PRINCIPAL), run(page(), INTEREST, PRINCIPAL)
    for name in supported:
        assert quarters(lent, name) == quarters(supported, name), name


def test_only_the_transfer_covers_the_trustee_too() -> None:
    """No interest at all: as a support principal pays 20.00 of senior interest, as a transfer 5.00 and 20.00."""
    nothing = [0.00, 60.00, 60.00, 60.00]
    supported, lent = run(page(), nothing, PRINCIPAL), run(by_transfer(), nothing, PRINCIPAL)
    assert quarters(supported, "trustee.paid")[0] == 0.00
    assert quarters(supported, "senior.principal_paid")[0] == 80.00
    assert quarters(lent, "trustee.paid")[0] == 5.00
    assert quarters(lent, "senior.principal_paid")[0] == 75.00
