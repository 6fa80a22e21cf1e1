"""Every shipped deal: engine and reference agree, and the ledger re-adds, in the base case and in stress.

SOURCE: the deal documents themselves; the two sides share no code.
"""

from __future__ import annotations

import numpy as np
import pytest

import cashfall as cf
from cashfall.testing import engine, laws
from cashfall.testing.reference import Reference, quantise


@pytest.mark.parametrize("name", cf.deals())
def test_reference_agrees_in_every_figure(name: str) -> None:
    """Statuses, test values and metrics too, in the base case and in stress."""
    deal = cf.load(name)
    plan = deal.compile()
    default = np.array(plan.inputs[0]["default"])
    factors = (1.0, 0.9375, 0.875, 0.5, 0.0, 1.5)
    paths = np.stack([default * factor for factor in factors], axis=1)
    result = plan.run({plan.inputs[0]["name"]: paths}, record="*", unit="cents")
    reference = Reference(deal.text)
    scale = 100 if plan.inputs[0]["unit"] == "amount" else 10**9
    for scenario in range(len(factors)):
        outcome = reference.run({plan.inputs[0]["name"]: [quantise(value, scale) for value in paths[:, scenario]]})
        for flow in plan.outputs:
            if plan._output_units[flow] != "number":
                assert result[flow][:, scenario].tolist() == outcome.flows[flow], (flow, scenario)
            else:
                ratios = [np.nan if value is None else value / 1e9 for value in outcome.flows[flow]]
                np.testing.assert_array_equal(result[flow][:, scenario], ratios)


@pytest.mark.parametrize("name", cf.deals())
def test_ledger_readds_to_every_balance(name: str) -> None:
    """Conservation, from nothing but the rows of the ledger and the opening balances: zero cents of difference."""
    plan = cf.load(name).compile()
    accounts = plan.deal.to_dict()["accounts"]
    default = np.array(plan.inputs[0]["default"])[:, None]
    result = plan.run({plan.inputs[0]["name"]: default * [1.0, 0.91, 0.4]}, record="*.balance", unit="cents")
    for scenario in range(3):
        result.check(scenario)
        balances = {account: round(terms.get("opening_balance", 0) * 100) for account, terms in accounts.items()}
        ledger = result.ledger(scenario)
        for period in range(len(plan.periods)):
            for row in ledger:
                if row["period"] == period:
                    for party, amount in ((row["from"], -row["amount"]), (row["to"], row["amount"])):
                        if party in balances:
                            balances[party] += int(amount)
                            assert balances[party] >= 0
            found = {account: result[f"{account}.balance"][period, scenario] for account in accounts}
            assert found == balances


@pytest.mark.parametrize("name", cf.deals())
def test_every_law_holds(name: str) -> None:
    plan = cf.load(name).compile()
    default = np.array(plan.inputs[0]["default"])[:, None]
    result = plan.run({plan.inputs[0]["name"]: default * [1.0, 0.91, 0.4]}, record="*", unit="cents")
    for scenario in range(3):
        laws.check(engine.view(result, scenario))
