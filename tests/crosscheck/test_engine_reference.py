"""The engine equals the reference, exactly: 2,000 generated deals with 8 scenarios each.

A longer run: `python tests/crosscheck/differential.py --deals 20000`.
"""

from __future__ import annotations

import pytest

from differential import generated

N_SCENARIOS = 8


def assert_equal_on(seeds: range) -> None:
    found = {seed: said[:3] for seed in seeds if (said := generated(seed, N_SCENARIOS)[1])}
    assert found == {}


@pytest.mark.parametrize("first", range(0, 2_000, 50))
def test_two_thousand_deals(first: int) -> None:
    assert_equal_on(range(first, first + 50))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1_000_000, 1_020_000, 500))
def test_twenty_thousand_deals(first: int) -> None:
    assert_equal_on(range(first, first + 500))
