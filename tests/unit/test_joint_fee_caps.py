"""Two fees under one annual cap, with a whole stub, room carried over and suspension at once. Figures by hand."""

from __future__ import annotations

import tomllib

import pytest

import cashfall as cf
from cashfall.testing.scenario_paths import generate_scenarios
from differential import differences

# 30.00 and 30.00 a quarter; 100.00 a year for both, in years that begin in July.
DEAL = """
[deal]
name = "joint fee caps"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "quarterly"

[schedules.quarterly]
regular = { first = 2025-04-01, last = 2027-01-01, months = 3 }

[inputs.event]
unit = "number"
default = 0
maximum = 1

[inputs.rent]
unit = "amount"
default = 500.00

[leases.income]
commencement = 2025-01-01
end = 2027-01-01
payment_dates = "quarterly"
base_rent = { input = "rent" }

[fees]
agent = { payment_dates = "quarterly", amount = { fixed = { per_date = 30.00 } } }
trustee = { payment_dates = "quarterly", amount = { fixed = { per_date = 30.00 } } }

[fee_caps.administrative]
fees = ["agent", "trustee"]
cap = { annual = 100.00, year_starts = "07-01"TERMS }

[accounts.cash]

[equity.owner]

[waterfalls]
collection = [
  { collect = { from = ["income"], to = "cash" } },
  { accrue_fee = { fees = ["agent", "trustee"] } },
]
normal = [
  { pay_fee = { fees = ["agent", "trustee"], from = ["cash"] } },
  { pay_excess = { fees = ["agent", "trustee"], from = ["cash"] } },
  { distribute = { to = "owner", from = ["cash"] } },
]
"""
# An event lasts on the dates of April and October 2026.
EVENT = [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0]
FULL, CARRIED, SUSPENDED = 'stub = "full"', "carry_forward = true", 'suspended_if = "inputs.event == 1"'


def run(*terms: str, rent: float = 500.00) -> cf.Result:
    """A run; engine and reference agree on it and on random scenarios."""
    document = tomllib.loads(DEAL.replace("TERMS", "".join(f", {term}" for term in terms)))
    paths = {"event": EVENT, "rent": [rent] * 8}
    assert differences(document, [paths, *generate_scenarios(document, 8, 1)]) == []
    return cf.Deal.from_dict(document).compile().run(paths)


def quarters(result: cf.Result, name: str) -> list[float]:
    return [float(value) for value in result[name][:, 0]]


def test_stub_carry_forward_and_suspension_together() -> None:
    result = run(FULL, CARRIED, SUSPENDED)
    # Room: a whole 100 for the stub to July, of which April leaves 40. July: 40 + 100, of which 80; October leaves 20,
    # which the agent gets in January. April 2026 is suspended and needs no room. July: 100, of which 40 are left.
    # October is suspended and leaves them. January: 30 and 10.
    assert quarters(result, "agent.cap_room") == [40, 80, 20, 0, 0, 40, 40, 0]
    assert quarters(result, "trustee.cap_room") == quarters(result, "agent.cap_room")
    assert quarters(result, "agent.paid") == [30, 30, 30, 20, 30, 30, 30, 30]
    assert quarters(result, "trustee.paid") == [30, 30, 30, 0, 30, 30, 30, 10]
    assert quarters(result, "agent.excess_paid") == [0, 0, 0, 10, 0, 0, 0, 0]
    assert quarters(result, "trustee.excess_paid") == [0, 0, 0, 30, 0, 0, 0, 20]
    assert result.metrics["agent.excess_paid"][0] == 10
    assert result.metrics["trustee.excess_paid"][0] == 50


@pytest.mark.parametrize(
    ("terms", "agent", "trustee"),
    [
        # The stub has 181 of 365 days: 49.59 of room, of which the trustee gets 19.59 and nothing is left to carry.
        ([CARRIED, SUSPENDED], [30, 30, 30, 0, 30, 30, 30, 30], [19.59, 30, 10, 0, 30, 30, 30, 10]),
        # Room that is left in July is lost: 100, 40 in October and nothing.
        ([FULL, SUSPENDED], [30, 30, 30, 0, 30, 30, 30, 30], [30, 30, 10, 0, 30, 30, 30, 10]),
        # An event is no reason: nothing in April, and October takes the 40 that July leaves.
        ([FULL, CARRIED], [30, 30, 30, 20, 0, 30, 30, 0], [30, 30, 30, 0, 0, 30, 10, 0]),
    ],
    ids=["prorated", "not carried", "not suspended"],
)
def test_each_of_the_terms_makes_the_difference(terms: list[str], agent: list[float], trustee: list[float]) -> None:
    result = run(*terms)
    assert quarters(result, "agent.paid") == agent
    assert quarters(result, "trustee.paid") == trustee
    for fee, paid in (("agent", agent), ("trustee", trustee)):
        excess = quarters(result, f"{fee}.excess_paid")
        assert [round(100 * part) for part in excess] == [3000 - round(100 * part) for part in paid]


def test_room_goes_with_what_falls_due_not_with_what_is_paid() -> None:
    """Of 45.00 a quarter the trustee is paid 15.00. What stays unpaid needs no room a second time."""
    result = run(FULL, CARRIED, SUSPENDED, rent=45.00)
    assert quarters(result, "agent.cap_room") == [40, 80, 20, 0, 0, 40, 40, 0]
    assert quarters(result, "trustee.shortfall")[:4] == [15, 30, 45, 20]  # January leaves it 25 of 45


def test_the_first_room_is_open_before_the_first_date() -> None:
    document = tomllib.loads(DEAL.replace("TERMS", f", {FULL}, {CARRIED}"))
    document["waterfalls"]["normal"].append({"inspect": {"name": "room", "value": "opening.agent.cap_room"}})
    paths = {"event": [0.0] * 8, "rent": [500.0] * 8}
    assert differences(document, [paths]) == []
    assert quarters(cf.Deal.from_dict(document).compile().run(paths, record="*"), "inspect.room")[:2] == [100, 40]


def test_several_years_begin_at_once() -> None:
    document = tomllib.loads(DEAL.replace("TERMS", ", carry_forward = true"))
    document["schedules"]["quarterly"] = {"dates": ["2025-06-01", "2028-06-01"]}
    document["leases"]["income"]["end"] = "2028-06-01"
    document["fee_caps"]["administrative"]["cap"]["year_starts"] = "closing"
    assert differences(document, generate_scenarios(document, 4, 1)) == []
    # 100 less 60; three more years, less 60.
    found = cf.Deal.from_dict(document).compile().run()
    assert quarters(found, "agent.cap_room") == [40.0, 280.0]
