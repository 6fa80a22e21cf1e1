"""The parts of the command line: figures, paths, inputs, positions on the grid, and what it says without its extra."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

pytest.importorskip("click", reason="the command line needs the extra `cli`")
pytest.importorskip("rich", reason="the command line needs the extra `cli`")

from click import BadParameter

import cashfall
from cashfall.cli.explain import period_index
from cashfall.cli.output import money, number, percent, ratio
from cashfall.cli.stress import chosen_input, paths, timed_run

INFO = {"name": "x", "unit": "number", "default": [1.0] * 5, "minimum": 0.0, "maximum": 1000.0, "description": None}
DATES = ["2025-01-01", "2026-01-01", "2027-01-01", "2028-01-01", "2029-01-01"]


def test_figures():
    assert money(27_293_849_000.0) == "27,293,849,000.00"
    assert (money(-0.001), money(-1234.5), money(math.nan)) == ("0.00", "-1,234.50", "–")
    assert (ratio(1.12), percent(0.056827), number(1e5), ratio(math.inf)) == ("1.1200x", "5.6827%", "100,000", "∞")


def test_paths_are_reproducible_and_have_mean_one():
    first, again = (paths(INFO, DATES, 100_000, 0.1, 7) for _ in range(2))
    assert first.shape == (5, 100_000)
    assert np.array_equal(first, again)
    assert np.array_equal(first[0], np.ones(100_000))
    # After four years the standard error of the mean is sqrt((exp(0.04) - 1) / 100,000) = 0.00064; five of them.
    assert abs(first[-1].mean() - 1.0) < 0.0032


def test_paths_follow_the_default_and_keep_to_the_range():
    steps = dict(INFO, default=[1.0, 2.0, 3.0, 4.0, 5.0], maximum=3.5)
    assert np.array_equal(paths(steps, DATES, 2, 0.0, 7)[:, 0], [1.0, 2.0, 3.0, 3.5, 3.5])


def test_the_first_number_is_stressed_unless_another_is_named():
    assert chosen_input(cashfall.load("beignet").compile(), None)["name"] == "rent_factor"
    assert chosen_input(cashfall.load("yardstick").compile(), None)["name"] == "rent"
    with pytest.raises(
        BadParameter,
        match=r"expected an input of the deal \(rent_factor, renewals, tenant_defaults, sale_value\), found rent",
    ):
        chosen_input(cashfall.load("beignet").compile(), "rent")


def test_a_timed_run_keeps_metrics_and_no_flows():
    plan = cashfall.load("beignet").compile()
    result, seconds = timed_run(plan, {"rent_factor": np.ones((96, 1500))}, 1)
    assert (result.n_scenarios, len(result)) == (1500, 0)
    assert len(result.metrics) == len(plan.metrics)
    assert seconds > 0


def test_period_index_names_the_range():
    assert (period_index(DATES, "3"), period_index(DATES, "2027-01-01")) == (3, 2)
    expected = "expected 0 to 4, or a date of the grid from 2025-01-01 to 2029-01-01, found 5"
    with pytest.raises(BadParameter, match=expected):
        period_index(DATES, "5")


def test_main_says_what_to_install(monkeypatch, capsys):
    from cashfall.cli import main

    monkeypatch.setitem(sys.modules, "click", None)
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().err.endswith("is not installed: pip install 'cashfall[cli]'\n")
