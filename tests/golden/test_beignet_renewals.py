"""Beignet when Meta leaves: renewals, residual value guarantee, sale, and who comes first.

SOURCE: an initial term of four years, extendable to twenty (Meta 10-K FY2025); a guarantee of the residual value in the
first 16 years, with a threshold that opens at about 28,000m, Beignet's 80% (Meta 10-Q Q3-2025; Blue Owl trust 10-Q
Q3-2025). The path of the threshold, cap, timing and ranking are the project's own, so what the notes recover is
this project's arithmetic.
"""

from __future__ import annotations

import numpy as np
import pytest

import cashfall as cf
from cashfall.stress import losses
from cashfall.testing import engine, laws
from differential import differences

FIRST = {"issuer_first": {"claim": "opening.senior.balance * 1.0164525 + opening.senior.interest_due"}}
RANKINGS = ("pro rata", "issuer first")
OPTIONS = ("2033-05-30", "2037-05-30", "2041-05-30", "2045-05-30")
VALUES = (8_000e6, 20_000e6)

BALANCES = (2_541_856_845_697, 2_230_147_693_102, 1_743_159_614_654, 1_022_270_843_335)
GUARANTEES = {8_000e6: (18_146, 14_953, 9_963, 2_574), 20_000e6: (6_146, 2_953, 0, 0)}
RECOVERIES = {8_000e6: ("82.04", "83.01", "84.98", "90.94"), 20_000e6: ("80.79", "81.60", "92.95", "100.00")}
LOSSES = {
    8_000e6: (456_585_612_046, 378_820_691_426, 261_804_223_290, 92_668_395_803),
    20_000e6: (488_174_412_046, 410_409_491_426, 122_874_842_382, 0),
}


def deal(ranking: str) -> cf.Deal:
    shipped = cf.load("beignet")
    return shipped if ranking == "pro rata" else shipped.replace({"leases.hyperion.residual_ranking": FIRST})


def leaves(ranking: str, value: float) -> cf.Result:
    """Meta leaves at each of the four option dates, one scenario each."""
    plan = deal(ranking).compile()
    return plan.run({"renewals": [0.0, 1.0, 2.0, 3.0], "sale_value": [value] * 4}, record="*", unit="cents")


@pytest.mark.parametrize("ranking", RANKINGS)
def test_with_all_renewals_nothing_of_it_moves_a_cent(ranking: str) -> None:
    """`test_beignet` has the cents of the base case; here they do not depend on what the campus is worth."""
    plan = deal(ranking).compile()
    base = cf.load("beignet").compile().run(record="*", unit="cents")
    result = plan.run({"sale_value": [0.0, 8_000e6, 100_000e6]}, record="*", unit="cents")
    for flow in plan.outputs:
        for scenario in range(3):
            np.testing.assert_array_equal(result[flow][:, scenario], base[flow][:, 0], err_msg=flow)
    assert not base["status"].any()


def test_one_lease_of_twenty_years_gives_the_same_rent() -> None:
    document = cf.load("beignet").to_dict()
    del document["scenarios"]
    lease = document["leases"]["hyperion"]
    clauses = ("renewals", "default", "sale", "residual_ranking", "residual_value_guarantee")
    for clause in clauses:
        del lease[clause]
    lease["end"] = "2049-05-30"
    del document["waterfalls"]["wind_down"]
    document["waterfalls"]["collection"].pop()
    document["deal"]["statuses"].remove("wind_down")
    for name in ("renewals", "tenant_defaults", "sale_value"):
        del document["inputs"][name]
        document["sizing_case"].pop(name, None)
    plan = cf.Deal.from_dict(document).compile()
    paths = {"rent_factor": [1.0, 0.9, 0.5, 0.0]}
    plain = plan.run(paths, record="*", unit="cents")
    shipped = cf.load("beignet").compile().run(paths, record="*", unit="cents")
    for flow in plan.outputs:
        np.testing.assert_array_equal(plain[flow], shipped[flow], err_msg=flow)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("ranking", RANKINGS)
def test_meta_leaves(ranking: str, value: float) -> None:
    result = leaves(ranking, value)
    for option in range(4):
        day = result.periods.index(OPTIONS[option])
        assert result["hyperion.expired"][:, option].nonzero()[0].tolist() == [day]
        assert result["senior.balance"][day, option] == BALANCES[option]
        # The guarantee pays two quarters later, the sale four.
        guarantee, sold = result["hyperion.guarantee_paid"][:, option], result["hyperion.sold"][:, option]
        assert guarantee[day + 2] == guarantee.sum() == GUARANTEES[value][option] * 10**8
        assert sold[day + 4] == sold.sum() == value * 100
        loss = int(result.metrics["senior.loss"][option])
        paid = result["senior.principal_paid"][:, option].nonzero()[0]
        assert paid[-1] == day + 4
        if ranking == "pro rata":
            assert loss == LOSSES[value][option]
            assert f"{100 * (1 - loss / BALANCES[option]):.2f}" == RECOVERIES[value][option]
            residual = guarantee.sum() + sold.sum()
            assert result.metrics["hyperion.issuer_proceeds"][option] == residual * 0.8
        else:
            assert loss == 0


def test_at_cost_the_notes_are_repaid_from_2037_on() -> None:
    """28,787.5m, what the joint venture paid in, is the default: 80% of it is 23,030m, less than the notes of 2033."""
    result = cf.load("beignet").compile().run({"renewals": [0.0, 1.0, 2.0, 3.0]}, unit="cents")
    assert result.metrics["senior.loss"].tolist() == [291_139_552_348, 0, 0, 0]
    assert result.metrics["hyperion.guarantee_paid"].tolist() == [0, 0, 0, 0]


def test_threshold_follows_the_notes_to_the_million() -> None:
    document = cf.load("beignet").to_dict()
    guarantee = document["leases"]["hyperion"]["residual_value_guarantee"]
    base = cf.load("beignet").compile().run(unit="cents")
    for date, amount in guarantee["threshold"]:
        cents = int(base["senior.scheduled_balance"][base.periods.index(str(date)), 0])
        assert round(amount) == round(28_000 * cents / 2_729_384_900_000) * 10**6
    assert guarantee["cap"] == (46_030 - 2_920 - 12_310 - 2_800) * 1e6


@pytest.mark.parametrize("ranking", RANKINGS)
def test_engine_is_the_reference_and_the_laws_hold(ranking: str) -> None:
    document = deal(ranking)
    n = len(document.compile().periods)
    paths = [
        {
            "rent_factor": [factor] * n,
            "renewals": [renewals] * n,
            "tenant_defaults": [0.0] * default + [1.0] * (n - default),
            "sale_value": [value] * n,
        }
        for factor, renewals, default, value in (
            (1.0, 4.0, n, 0.0),
            (1.0, 0.0, n, 8_000e6),
            (0.9, 1.0, n, 20_000e6),
            (1.0, 2.0, n, 28_787.5e6),
            (1.5, 3.0, n, 100_000e6),
            (1.0, 4.0, 3, 8_000e6),
            (0.9, 4.0, 40, 8_000e6),
            (1.0, 4.0, 90, 500e6),
        )
    ]
    assert differences(document.to_dict(), paths) == []
    arrays = {name: np.array([path[name] for path in paths]).T for name in paths[0]}
    result = document.compile().run(arrays, record="*", unit="cents")
    for scenario in range(len(paths)):
        laws.check(engine.view(result, scenario))


def test_who_loses_in_the_two_stories() -> None:
    plan = cf.load("beignet").compile()
    lost = {(row["scenario"], row["layer"]): (row["lost"], row["short_from"]) for row in losses(plan)}
    assert not any(lost["base", layer][0] for layer in ("senior", "sponsor", "hyperion: guarantee"))
    assert lost["slow_productivity", "senior"] == (4104094914.26, "2038-05-30")
    assert lost["slow_productivity", "sponsor"] == (5261486377.09, "2037-05-30")
    assert lost["slow_productivity", "hyperion: guarantee"] == (2953000000.0, "2037-11-30")
    assert lost["thesis_disproven", "senior"] == (4565856120.46, "2034-05-30")
    assert lost["thesis_disproven", "sponsor"] == (6304862652.89, "2033-05-30")
    assert lost["thesis_disproven", "hyperion: guarantee"] == (18146000000.0, "2033-11-30")
