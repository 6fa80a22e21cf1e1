"""What the command line writes, over a small fake of the package: figures, tables, JSON, errors and exit codes."""

from __future__ import annotations

import json
import math
import sys
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("click", reason="the command line needs the extra `cli`")
pytest.importorskip("rich", reason="the command line needs the extra `cli`")

from click import BadParameter
from click.testing import CliRunner

from cashfall.cli.app import app
from cashfall.cli.explain import period_index
from cashfall.cli.output import money, number, percent, ratio
from cashfall.cli.stress import chosen_input, paths

PERIODS = ["2025-10-21", "2025-11-30", "2026-02-28", "2026-05-30"]
FLOWS = {
    "hyperion.issuer_rent": [0.0, 112.0, 112.0, 1_112_000.5],
    "senior.interest_paid": [0.0, 10.0, 10.0, 10.0],
    "senior.principal_paid": [0.0, 90.0, 90.0, 999_820.0],
    "senior.balance": [1_000_000.0, 999_910.0, 999_820.0, 0.0],
    "senior.proceeds": [1_000_000.0, 0.0, 0.0, 0.0],
    "coverage.value": [math.nan, 1.12, 1.125, 1.1121],
    "sponsor.distributed": [0.0, 12.0, 12.0, 112_170.5],
}


class FakeCashfallError(Exception):
    pass


class FakeDealError(FakeCashfallError):
    problems = ({"path": "notes.senior", "line": 3, "column": 1, "expected": "x", "found": "y", "way_out": None},)


class FakeResult:
    def __init__(self, n_scenarios):
        self.n_scenarios = n_scenarios
        minimum = np.linspace(0.9, 1.2, n_scenarios)
        if n_scenarios > 1:
            minimum[-1] = np.nan
        self.metrics = {
            "coverage.minimum": minimum,
            "coverage.n_breach_dates": np.arange(n_scenarios) % 5.0,
            "senior.interest_shortfall": np.zeros(n_scenarios),
            "sponsor.distributed": np.full(n_scenarios, 1_234_567.0),
            "outcome": np.zeros(n_scenarios),
        }

    def __getitem__(self, name):
        return np.array(FLOWS[name]).reshape(-1, 1)

    def ledger(self, scenario=0):
        return [{"date": date, "step": "pay_principal senior", "amount": 90.0} for date in PERIODS]

    def explain(self, name, period, scenario=0):
        return f"{name} on {PERIODS[period]}"


class FakePlan:
    periods = PERIODS
    inputs = ({"name": "rent_factor", "unit": "number", "default": 1.0, "minimum": 0.0, "maximum": 1000.0},)
    outputs = tuple(FLOWS)
    metrics = tuple(FakeResult(1).metrics)
    fingerprint = "f1"

    def listing(self):
        return "plan listing"

    def run(self, inputs=None, *, threads=None, progress=False):
        n_scenarios = 1 if inputs is None else inputs["rent_factor"].shape[1]
        if callable(progress):
            progress(n_scenarios, n_scenarios)
        return FakeResult(n_scenarios)


def load(name):
    if name == "missing":
        raise FakeCashfallError("missing: expected a file or one of small, found neither")
    if name == "bad.toml":
        raise FakeDealError("bad.toml: 1 problem\nnotes.senior: expected x, found y (bad.toml:3:1)")
    deal = SimpleNamespace(name=name, title="A small deal", description="One note,\n  one [lease].", text="[deal]")
    deal.compile = FakePlan
    return deal


@pytest.fixture
def cashfall(monkeypatch):
    analytics = SimpleNamespace(
        yield_from_price=lambda result, note, price, settle: 0.06 - (price - 100.0) / 1000.0,
        wal=lambda result, note: 0.61,
    )
    fake = SimpleNamespace(
        CashfallError=FakeCashfallError,
        DealError=FakeDealError,
        analytics=analytics,
        load=load,
        deals=lambda: ["small"],
        schema=lambda kind: '{"type": "object"}' if kind == "json" else "class Deal(TypedDict): ...",
    )
    monkeypatch.setitem(sys.modules, "cashfall", fake)

    def invoke(*arguments):
        return CliRunner().invoke(app, arguments)

    return invoke


def test_figures():
    assert money(27_293_849_000.0) == "27,293,849,000.00"
    assert (money(-0.001), money(-1234.5), money(math.nan)) == ("0.00", "-1,234.50", "–")
    assert (ratio(1.12), percent(0.056827), number(1e5), ratio(math.inf)) == ("1.1200x", "5.6827%", "100,000", "∞")


def test_run_prints_base_case_prices_and_stress(cashfall):
    answer = cashfall("run", "small", "--scenarios", "1000", "--price", "109", "--settle", "2025-10-31")
    assert answer.exit_code == 0, answer.output
    lines = [" ".join(line.split()) for line in answer.stdout.splitlines()]
    assert "One note, one [lease]." in lines
    assert "year rent interest principal balance coverage distributions" in lines
    assert "2025 112 10 90 999,910 1.1200x 12" in lines
    assert "2026 1,112,112 20 999,910 0 1.1121x 112,182" in lines
    assert "senior: yields 6.0000% at 100.00, settled 2025-10-21" in lines
    assert "senior: yields 5.1000% at 109.00, settled 2025-10-31" in lines
    assert "senior: average life 0.610 years" in lines
    assert "Stress: 1,000 paths of rent_factor, volatility 5.0000% on each date, seed 1" in lines
    assert "coverage: dates in breach 0 0 1 2 3 4 4" in lines
    assert any(line.startswith("coverage: minimum (1 undefined) 0.9027x") for line in lines)
    assert "sponsor: distributions" + " 1,234,567" * 7 in lines
    assert lines[-1].startswith("1,000 scenarios in ")
    assert lines[-1].endswith("scenarios per second")


def test_run_as_json(cashfall):
    answer = json.loads(cashfall("run", "small", "--scenarios", "100", "--json").stdout)
    assert [row["year"] for row in answer["base_case"]] == [2025, 2026]
    assert answer["base_case"][1]["tests"] == {"coverage": 1.1121}
    assert answer["prices"] == [
        {"note": "senior", "price": 100.0, "settle": "2025-10-21", "yield_rate": 0.06, "average_life_years": 0.61}
    ]
    assert answer["stress"]["n_scenarios"] == 100
    assert answer["stress"]["metrics"][0]["quantiles"]["99%"] > answer["stress"]["metrics"][0]["quantiles"]["1%"]


def test_a_stress_can_be_left_out(cashfall):
    assert "Stress" not in cashfall("run", "small", "--scenarios", "0").stdout
    assert json.loads(cashfall("run", "small", "--scenarios", "0", "--json").stdout)["stress"] is None


def test_paths_are_reproducible_and_have_mean_one():
    entry = FakePlan.inputs[0]
    first, again = (paths(entry, 4, 50_000, 0.2, 7) for _ in range(2))
    assert first.shape == (4, 50_000)
    assert np.array_equal(first, again)
    # Standard error of the mean: sqrt(exp(0.04) - 1) / sqrt(200,000) = 0.00045; five of them.
    assert abs(first.mean() - 1.0) < 0.00226
    steps = dict(entry, default=[1.0, 2.0, 3.0, 4.0], maximum=3.5)
    assert np.array_equal(paths(steps, 4, 2, 0.0, 7)[:, 0], [1.0, 2.0, 3.0, 3.5])


def test_an_unknown_input_is_refused():
    with pytest.raises(BadParameter, match=r"expected an input of the deal \(rent_factor\), found rent"):
        chosen_input(FakePlan(), "rent")


def test_check(cashfall):
    good, bad = cashfall("check", "small"), cashfall("check", "bad.toml")
    assert (good.exit_code, good.stdout) == (0, "small: no problems\n")
    assert (bad.exit_code, bad.stdout) == (1, "")
    assert bad.stderr == "bad.toml: 1 problem\nnotes.senior: expected x, found y (bad.toml:3:1)\n"
    as_json = cashfall("check", "bad.toml", "--json")
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["problems"][0]["path"] == "notes.senior"


def test_user_errors_are_one_message_on_stderr(cashfall):
    answer = cashfall("run", "missing")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr == "Error: missing: expected a file or one of small, found neither\n"


def test_explain(cashfall):
    answer = cashfall("explain", "small", "senior.principal_paid", "--period", "2026-02-28")
    assert answer.stdout == "senior.principal_paid on 2026-02-28\n"
    as_json = json.loads(cashfall("explain", "small", "senior.principal_paid", "--period", "2", "--json").stdout)
    assert (as_json["value"], as_json["date"], len(as_json["movements"])) == (90.0, "2026-02-28", 1)
    misspelt = cashfall("explain", "small", "senior.principle_paid", "--period", "2")
    assert misspelt.exit_code == 2
    assert "did you mean senior.principal_paid?" in " ".join(misspelt.stderr.split())


def test_period_index_names_the_range():
    assert period_index(PERIODS, "3") == 3
    with pytest.raises(
        BadParameter, match="expected 0 to 3, or a date of the grid from 2025-10-21 to 2026-05-30, found 4"
    ):
        period_index(PERIODS, "4")


def test_deals_show_and_schema(cashfall):
    assert "A small deal" in cashfall("deals").stdout
    assert json.loads(cashfall("deals", "--json").stdout)[0]["name"] == "small"
    assert cashfall("show", "small").stdout == "[deal]\n"
    assert cashfall("show", "small", "--plan").stdout == "plan listing\n"
    assert json.loads(cashfall("show", "small", "--plan", "--json").stdout)["periods"] == PERIODS
    assert json.loads(cashfall("schema").stdout) == {"type": "object"}
    assert cashfall("schema", "--typed-dict").stdout == "class Deal(TypedDict): ...\n"
    assert "TypedDict" in json.loads(cashfall("schema", "--typed-dict", "--json").stdout)["typed_dict"]


def test_main_says_what_to_install(monkeypatch, capsys):
    from cashfall.cli import main

    monkeypatch.setitem(sys.modules, "click", None)
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().err.endswith("is not installed: pip install 'cashfall[cli]'\n")
