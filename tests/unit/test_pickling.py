"""Deals, plans and errors cross processes: they pickle, copy, and are raised again on the other side.

Trap: PyO3's `PanicException` is no `Exception` and does not pickle; a worker that raises it hangs or dies.
"""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

import cashfall as cf
from cashfall import errors

ERRORS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, Exception) and kind.__module__ == errors.__name__
]
WRONG = {"deal": {"name": "wrong", "currency": "usd"}}


def test_all_errors_are_known_here() -> None:
    assert {kind.__name__ for kind in ERRORS} >= {name for name in cf.__all__ if name.endswith("Error")}


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_errors_pickle_and_live_where_they_say(kind: type[Exception]) -> None:
    error = kind("notes.senior: expected this, found that")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)
    assert isinstance(error, cf.CashfallError)
    assert not isinstance(error, KeyboardInterrupt)


def test_a_raised_deal_error_pickles_with_its_problems() -> None:
    with pytest.raises(cf.DealError) as caught:
        cf.load(WRONG)
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert again.problems == caught.value.problems
    assert len(again.problems) > 1


@pytest.mark.parametrize("name", cf.deals())
@pytest.mark.parametrize(
    "through", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy, copy.copy], ids=["pickle", "deepcopy", "copy"]
)
def test_deals_and_plans_survive(name: str, through: object) -> None:
    deal = cf.load(name)
    plan = deal.compile()
    again_deal, again = through(deal), through(plan)  # type: ignore[operator]
    assert again_deal == deal
    assert hash(again_deal) == hash(deal)
    assert again.fingerprint == plan.fingerprint
    assert again.listing() == plan.listing()
    assert (again.periods, again.inputs, again.outputs) == (plan.periods, plan.inputs, plan.outputs)
    left, right = plan.run(), again.run()
    assert all(np.array_equal(left[flow], right[flow], equal_nan=True) for flow in plan.outputs)


def test_a_plan_of_another_engine_is_refused() -> None:
    plan = cf.load("beignet").compile()
    rebuild, (deal, _) = plan.__reduce__()  # type: ignore[misc]
    with pytest.raises(cf.DealError, match="expected the engine that pickled this plan"):
        rebuild(deal, "0" * 64)


def load_wrong(_: int) -> None:
    cf.load(WRONG)


def run_wrong(plan: cf.Plan) -> None:
    plan.run({"rent_factor": -1.0})


def minimum(task: tuple[cf.Plan, float]) -> float:
    plan, factor = task
    return float(plan.run({"rent_factor": factor}, threads=1).metrics["dscr.minimum"][0])


def test_spawned_workers_run_plans_and_raise_their_errors_here() -> None:
    plan = cf.load("beignet").compile()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        factors = [1.0, 0.9, 0.5]
        assert list(pool.map(minimum, [(plan, factor) for factor in factors])) == [
            minimum((plan, factor)) for factor in factors
        ]
        with pytest.raises(cf.DealError) as caught:
            pool.submit(load_wrong, 0).result()
        assert len(caught.value.problems) > 1
        with pytest.raises(cf.ScenarioError, match="found -1 at period 0, scenario 0"):
            pool.submit(run_wrong, plan).result()
