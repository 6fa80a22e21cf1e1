"""`laws.check`, `laws.of` and `relations.check`: the public face of the laws, and what they say when one is broken."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import cashfall as cf
from cashfall.testing import engine, lawbook, laws, relations
from cashfall.testing.breach import Breach, LawError, breach_of


@pytest.fixture(scope="module")
def plan() -> cf.Plan:
    return cf.load("beignet").compile()


@pytest.fixture(scope="module")
def paths(plan: cf.Plan) -> dict[str, Any]:
    return {"rent_factor": np.random.default_rng(3).uniform(0.5, 1.2, (len(plan.periods), 3))}


def test_of_lists_what_applies(plan: cf.Plan) -> None:
    names = [law.name for law in laws.of(plan)]
    assert names[:2] == ["cash_is_conserved", "ledger_readds"]
    assert "pro_rata_is_fair" not in names, "no step of the deal is pro rata"
    assert "test_fires_and_cures_by_its_rule" in names
    assert [law.name for law in laws.of(plan) if law.compares_runs] == ["future_does_not_change_past"]
    assert str(laws.of(plan)[0]) == (
        "cash_is_conserved: On every date the accounts together change by what is collected less what is paid out, to "
        "the cent."
    )


@pytest.mark.parametrize("options", [{}, {"record": "senior.*"}, {"record": "*"}, {"record": "*", "unit": "cents"}])
def test_check_takes_any_result(plan: cf.Plan, paths: dict[str, Any], options: dict[str, Any]) -> None:
    result = plan.run(paths, **options)
    assert laws.check(plan, result) == 3
    assert laws.check(plan, result, scenarios=[2, 0]) == 2


def test_check_refuses_what_is_not_of_the_plan(plan: cf.Plan, paths: dict[str, Any]) -> None:
    other = cf.load("yardstick").compile()
    with pytest.raises(cf.ArgumentError, match=r"expected a result of <cashfall.Plan 'yardstick'"):
        laws.check(other, plan.run(paths))
    with pytest.raises(cf.ArgumentError, match="scenarios: expected 0 to 2, found 3"):
        laws.check(plan, plan.run(paths), scenarios=[3])
    result = plan.run(paths)
    paths["rent_factor"][:, 0] *= 0.5
    with pytest.raises(cf.ScenarioError, match="the arrays were changed since"):
        laws.check(plan, result)


def test_a_broken_law_says_everything(plan: cf.Plan, paths: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A run with a cent too much of interest, as if the engine had paid it in the second scenario."""
    genuine = engine.views

    def corrupted(result: cf.Result, scenarios: Any) -> Any:
        for position, run in enumerate(genuine(result, scenarios)):
            yield run.with_flow("senior.interest_paid", 40, 1) if position == 1 else run

    monkeypatch.setattr(engine, "views", corrupted)
    with pytest.raises(LawError) as caught:
        laws.check(plan, plan.run(paths))
    error = caught.value
    assert (error.law, error.scenario, str(error.date)) == ("cash_is_conserved", 1, plan.periods[40])
    assert error.what == "held by all accounts"
    assert error.expected == error.found - 1  # type: ignore[operator]
    assert str(error) == (
        f"cash_is_conserved does not hold in scenario 1: 2035-08-30: held by all accounts: expected {error.expected}, "
        f"found {error.found}"
    )
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.breach) == (str(error), error.breach)


@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__)
def test_every_law_has_a_statement(law: Callable[[laws.Run], None]) -> None:
    assert lawbook.statement(law).endswith(".")


def test_an_assert_with_a_text_is_a_breach_too() -> None:
    breach = breach_of(AssertionError("2030-01-31: senior was paid too early"))
    assert breach == Breach(breach.date, "senior was paid too early", "that the law holds", "that it does not")
    assert str(breach.date) == "2030-01-31"
    assert breach_of(AssertionError()).what == "nothing was said"


def test_relations_hold_for_shipped_deals(plan: cf.Plan, paths: dict[str, Any]) -> None:
    assert relations.check(plan, paths) == 3
    assert relations.check(plan) == 1
    yardstick = cf.load("yardstick").compile()
    assert relations.check(yardstick, {yardstick.inputs[0]["name"]: [[0.9, 1.3]]}) == 2


def test_a_broken_relation_is_named(plan: cf.Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that pays by what the inputs will be at the end."""
    genuine = engine.view

    def foresighted(result: cf.Result, scenario: int = 0) -> engine.EngineRun:
        run = genuine(result, scenario)
        return run.with_flow("senior.interest_paid", 0, int(1e9 * result._inputs[0][-1, 0]))  # type: ignore[index]

    monkeypatch.setattr(engine, "view", foresighted)
    with pytest.raises(LawError, match=r"^future_does_not_change_past does not hold in scenario 0: 2025-10-21: senior"):
        relations.check(plan)
