"""The stateful test over payment dates passes for a shipped deal, and notices what it is there to notice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

import cashfall as cf
from cashfall.testing import engine
from cashfall.testing.breach import LawError
from cashfall.testing.plan_scenarios import Change
from cashfall.testing.stateful import Chronicle, payment_dates

QUICK = settings(
    deadline=None, max_examples=4, stateful_step_count=5, database=None, suppress_health_check=list(HealthCheck)
)
PLAN = cf.load("yardstick").compile()
NAME = PLAN.inputs[0]["name"]


def test_a_shipped_deal_passes() -> None:
    run_state_machine_as_test(payment_dates(PLAN), settings=QUICK)


def test_a_machine_s_test_case_is_a_test() -> None:
    case = payment_dates(PLAN).TestCase
    assert hasattr(case, "runTest")


def test_what_is_chosen_is_what_is_run() -> None:
    chronicle = Chronicle(PLAN)
    chronicle.choose((Change(NAME, 0, 3, 1e8),), 4)
    chronicle.choose((), 2)
    assert chronicle.n_chosen == 6
    assert chronicle.run.flows[NAME_OF_RENT][0] == 10**10


NAME_OF_RENT = next(name for name in PLAN.outputs if name.endswith(".rent"))


def foresighted(genuine: Any) -> Any:
    """A view in which the first date's rent depends on the last date's input."""

    def view(result: cf.Result, scenario: int = 0) -> engine.EngineRun:
        run = genuine(result, scenario)
        last = result._inputs[0]
        values = list(run.flows[NAME_OF_RENT])
        values[0] = int(last[5, 0]) if last is not None else values[0]
        return replace(run, flows={**run.flows, NAME_OF_RENT: values})

    return view


def test_a_past_that_changes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "view", foresighted(engine.view))
    chronicle = Chronicle(PLAN)
    chronicle.choose((), 3)
    with pytest.raises(LawError, match=r"^future_does_not_change_past does not hold: .*: expected .*, found 777"):
        chronicle.choose((Change(NAME, 3, 8, 777.0),), 6)


def test_a_broken_law_is_noticed_at_the_next_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = engine.view
    monkeypatch.setattr(engine, "view", lambda *given: genuine(*given).with_flow("senior.interest_paid", 2, 1))
    with pytest.raises(LawError, match=r"^cash_is_conserved does not hold: "):
        run_state_machine_as_test(payment_dates(PLAN), settings=QUICK)
