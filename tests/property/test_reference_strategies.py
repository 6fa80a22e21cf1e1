"""The strategies give valid deals, the same from seeds as from Hypothesis, and their TOML says the same as the dict."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cashfall.testing import strategies
from cashfall.testing.generated import Deal
from cashfall.testing.reference import Reference
from cashfall.testing.reference.outcome import OUTCOMES
from cashfall.testing.scenario_paths import Paths

RELAXED = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))


@RELAXED
@given(strategies.deals_with_scenarios(2))
def test_drawn_deals_run(case: tuple[Deal, list[Paths]]) -> None:
    deal, scenarios = case
    reference = Reference(deal)
    for paths in scenarios:
        assert reference.run(strategies.in_units(deal, paths)).outcome in OUTCOMES


@RELAXED
@given(st.integers(0, 10_000))
def test_seeded_deals_repeat_and_print(seed: int) -> None:
    deal = strategies.generate(seed)
    assert deal == strategies.generate(seed)
    inputs = strategies.in_units(deal, strategies.generate_scenarios(deal, 1, seed)[0])
    printed, plain = Reference(strategies.to_toml(deal)).run(inputs), Reference(deal).run(inputs)
    assert printed.flows == plain.flows
    assert repr(printed.metrics) == repr(plain.metrics)
    assert printed.ledger == plain.ledger
