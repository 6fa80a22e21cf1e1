"""A stateful test over payment dates: the inputs of a deal are chosen date by date, and the laws hold at every stop.

    from cashfall.testing.stateful import payment_dates

    TestMyDeal = payment_dates(plan).TestCase

Each step chooses the inputs of the next date, or of the next few; all later dates keep their defaults. After each step
the run must agree with the run before it in everything up to the dates then chosen (the future does not change the
past), and every law that applies must hold. What fails shrinks to the fewest dates and inputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cashfall

from . import engine, lawbook
from .breach import Breach, LawError
from .plan_scenarios import Change, Scenario, arrays, draw_value
from .relations import has_foresight
from .strategies import DrawnChooser

if TYPE_CHECKING:
    from hypothesis.stateful import RuleBasedStateMachine


class Chronicle:
    """A run that grows date by date, checked at every stop."""

    def __init__(self, plan: cashfall.Plan) -> None:
        self.plan = plan
        self.changes: Scenario = ()
        self.n_chosen = 0
        self.run = self.compute()

    def compute(self) -> engine.EngineRun:
        """The run of what is chosen so far; defaults from there on."""
        inputs = arrays(self.plan, [self.changes])
        return engine.view(self.plan.run(inputs, record="*", unit="cents", threads=1))

    def choose(self, changes: Scenario, n_dates: int) -> None:
        """Choose the inputs of the next dates."""
        past, until = self.run, self.n_chosen
        self.changes += changes
        self.n_chosen = min(self.n_chosen + n_dates, len(self.plan.periods))
        self.run = self.compute()
        self.check_past(past, until)

    def check_past(self, past: engine.EngineRun, n_dates: int) -> None:
        """What was, up to the dates chosen before, is as it was."""
        if {past.outcome, self.run.outcome} != {"ok"} or has_foresight(past.document):
            return
        for name, values in past.flows.items():
            for index in range(n_dates):
                if values[index] != self.run.flows[name][index]:
                    what = f"{name}, before the inputs after {past.dates[n_dates - 1]} were chosen"
                    breach = Breach(past.dates[index], what, values[index], self.run.flows[name][index])
                    raise LawError("future_does_not_change_past", None, breach)


def payment_dates(plan: cashfall.Plan) -> type[RuleBasedStateMachine]:
    """A state machine for a plan; its `.TestCase` is a test."""
    from hypothesis import note
    from hypothesis import strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

    class PaymentDates(RuleBasedStateMachine):
        """Choose the inputs of a deal date by date."""

        def __init__(self) -> None:
            super().__init__()
            self.chronicle = Chronicle(plan)

        @precondition(lambda self: self.chronicle.n_chosen < len(plan.periods))
        @rule(data=st.data(), n_dates=st.integers(1, 12))
        def choose(self, data: Any, n_dates: int) -> None:
            """Each input keeps its default, or has one value on the next dates."""
            first = self.chronicle.n_chosen
            last, changes = min(first + n_dates, len(plan.periods)) - 1, []
            for info in plan.inputs:
                if data.draw(st.booleans(), label=f"change {info['name']}"):
                    value = draw_value(DrawnChooser(data.draw), info, first)
                    changes.append(Change(info["name"], first, last, value))
                    note(f"{info['name']} = {value} from {plan.periods[first]} to {plan.periods[last]}")
            self.chronicle.choose(tuple(changes), n_dates)

        @invariant()
        def every_law_holds(self) -> None:
            """Of the run as chosen so far."""
            lawbook.check_run(self.chronicle.run)

    return PaymentDates
