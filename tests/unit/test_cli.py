"""The commands on the shipped deals: what they print, as text and as JSON, and their exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("click", reason="the command line needs the extra `cli`")
pytest.importorskip("rich", reason="the command line needs the extra `cli`")

from click.testing import CliRunner, Result

import cashfall
from cashfall.cli.app import app

# SOURCE: the base case itself, held to the published facts in tests/golden.
BEIGNET_LINES = [
    "Beignet Investor LLC 6.581% 2049, sculpted to 1.12x",
    "year rent interest principal balance dscr distributions",
    "2025 0 194,589,222 0 27,293,849,000 – 0",
    "2026 0 1,796,208,203 0 27,293,849,000 – 0",
    "2029 1,197,018,012 1,794,804,295 172,065,888 27,121,783,112 1.1200x 128,251,930",
    "2048 3,372,423,279 214,023,162 2,797,069,051 1,482,793,564 1.1200x 333,450,122",
    "2049 1,701,824,968 36,693,015 1,482,793,564 0 1.1200x 1,701,824,968",
    "senior: yields 6.5813% at 100.00, settled 2025-10-21",
    "senior: average life 16.954 years from 2025-10-21",
    "senior: yields 5.7234% at 109.00, settled 2025-10-31",
]


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Beignet with a coupon of 658%, a misspelt note and a misspelt key."""
    text = cashfall.load("beignet").text
    for right, wrong in [
        ("rate = 0.06581", "rate = 6.581"),
        ('accrue_interest = { notes = ["senior"] }', 'accrue_interest = { notes = ["senoir"] }'),
        ("first_date = 2029-08-30                ", "fist_date = 2029-08-30                 "),
    ]:
        assert right in text
        text = text.replace(right, wrong)
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_run_prints_the_base_case_to_the_unit():
    answer = invoke("run", "beignet", "--scenarios", "0")
    assert answer.exit_code == 0, answer.output
    assert [line for line in BEIGNET_LINES if line not in lines(answer.stdout)] == []
    assert "Stress" not in answer.stdout
    assert answer.stderr == ""


def test_run_says_what_the_deal_is():
    paragraph = " ".join(invoke("run", "beignet", "--scenarios", "0").stdout.split("Base case")[0].split())
    assert paragraph.endswith(
        "96 dates from 2025-10-21 to 2049-05-30, amounts in USD. Lease hyperion: rent from 2029-05-30 to 2033-05-30, "
        "of which the issuer has 80%. Note senior: 27,293,849,000.00 at 6.581%, 30e/360_isda, sculpted, "
        "due 2049-05-30. Test dscr: dscr at least 1.05, cured at 1.1, else lock_up. "
        "Waterfalls: normal (8 steps), lock_up (7 steps), "
        "wind_down (7 steps)."
    )


def test_run_of_the_level_deal():
    printed = lines(invoke("run", "beignet-level", "--scenarios", "0").stdout)
    assert "senior: yields 5.6827% at 109.00, settled 2025-10-31" in printed
    assert "senior: average life 15.849 years from 2025-10-21" in printed


def test_run_as_json_is_exact():
    answer = json.loads(invoke("run", "beignet", "--scenarios", "100", "--json").stdout)
    years = {row["year"]: row for row in answer["base_case"]}
    assert years[2025]["interest"] == 194_589_221.96
    # Fifteen interest-only coupons: to 2029-05-30, of which two of the year 2029.
    coupons = sum(years[year]["interest"] for year in range(2025, 2029)) + 2 * years[2026]["interest"] / 4
    assert round(coupons, 2) == 6_481_317_931.34
    assert round(sum(row["principal"] for row in years.values()), 2) == 27_293_849_000.00
    assert years[2049]["balance"] == 0.0
    assert years[2028]["tests"] == {"dscr": None}
    assert years[2030]["tests"]["dscr"] >= 1.12
    assert years[2049]["tests"]["dscr"] == 1.119999999
    assert [quote["price"] for quote in answer["prices"]] == [100.0, 109.0]
    assert answer["fingerprint"] == cashfall.load("beignet").compile().fingerprint


def test_a_price_and_a_settlement_date_can_be_asked_for():
    answer = invoke("run", "beignet", "--scenarios", "0", "--price", "97", "--settle", "2026-07-27")
    assert "senior: yields 6.9004% at 97.00, settled 2026-07-27" in lines(answer.stdout)
    late = invoke("run", "beignet", "--scenarios", "0", "--settle", "2051-01-01")
    assert (late.exit_code, late.stdout) == (1, "")
    assert late.stderr.startswith("Error: settle: expected a date before the note is repaid")


def test_a_stress_counts_and_measures():
    answer = invoke("run", "beignet", "--scenarios", "2000", "--threads", "1")
    printed = lines(answer.stdout)
    assert "Stress: 2,000 random walks of rent_factor, volatility 5.0% a year, seed 1" in printed
    assert "amounts in millions of USD 1% 5% 25% 50% 75% 95% 99%" in printed
    for metric in ("dscr: minimum", "dscr: dates in breach", "senior: principal shortfall", "sponsor: distributions"):
        assert any(line.startswith(metric) for line in printed), metric
    assert printed[-1].startswith("2,000 scenarios in ")
    assert printed[-1].endswith(" scenarios per second")
    assert max(len(line) for line in answer.stdout.splitlines()) <= 100


def test_a_narrow_terminal_cuts_no_figure(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    printed = lines(invoke("run", "beignet", "--scenarios", "100").stdout)
    assert [line for line in BEIGNET_LINES[1:] if line not in printed] == []
    assert not any("…" in line for line in printed)


def test_a_stress_without_volatility_is_the_base_case():
    stress = json.loads(invoke("run", "beignet", "--scenarios", "70", "--volatility", "0", "--json").stdout)["stress"]
    base = cashfall.load("beignet").compile().run().metrics
    assert stress["n_overflow"] == 0
    for row in stress["metrics"]:
        assert set(row["quantiles"].values()) == {base[row["metric"]][0]}, row["metric"]


def test_deals_are_listed():
    assert "beignet-level Beignet Investor LLC 6.581% 2049, level debt service" in lines(invoke("deals").stdout)
    assert [deal["name"] for deal in json.loads(invoke("deals", "--json").stdout)] == cashfall.deals()


def test_check_of_a_sound_deal():
    assert invoke("check", "beignet").stdout == "beignet: no problems\n"
    assert json.loads(invoke("check", "beignet", "--json").stdout) == {
        "deal": "beignet",
        "valid": True,
        "problems": [],
    }


def test_check_lists_every_problem_on_stderr(broken):
    answer = invoke("check", str(broken))
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr.startswith("broken.toml: ")
    assert "expected a rate below 1.0 (6.5% is 0.065), found 6.581 (broken.toml:212:29)" in answer.stderr
    assert "found `senoir`; did you mean `senior`?" in answer.stderr
    assert "found `fist_date`; did you mean `first_date`?" in answer.stderr
    problems = json.loads(invoke("check", str(broken), "--json").stdout)["problems"]
    assert [problem["line"] for problem in problems] == sorted(problem["line"] for problem in problems)
    assert len(problems) == len(answer.stderr.splitlines()) - 1


@pytest.mark.parametrize("command", ["run", "show"])
def test_a_broken_deal_runs_nothing(command, broken):
    answer = invoke(command, str(broken))
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr.startswith("Error: broken.toml: ")


def test_a_missing_deal_is_one_message(tmp_path):
    misspelt, absent = invoke("run", "beinget"), invoke("run", str(tmp_path / "none.toml"))
    assert (misspelt.exit_code, misspelt.stdout) == (1, "")
    assert misspelt.stderr.endswith("found 'beinget'; did you mean 'beignet'?\n")
    assert (absent.exit_code, absent.stderr) == (1, f"Error: {tmp_path / 'none.toml'}: No such file or directory\n")


def test_show_is_the_document_as_written():
    assert invoke("show", "beignet").stdout == cashfall.load("beignet").text
    assert json.loads(invoke("show", "beignet", "--json").stdout)["document"] == cashfall.load("beignet").to_dict()


def test_show_of_the_plan():
    plan = cashfall.load("beignet").compile()
    assert invoke("show", "beignet", "--plan").stdout == plan.listing().rstrip("\n") + "\n"
    shown = json.loads(invoke("show", "beignet", "--plan", "--json").stdout)
    assert (shown["periods"], shown["outputs"], shown["metrics"]) == (plan.periods, plan.outputs, plan.metrics)


def test_explain_names_the_step_and_what_bound_it():
    by_date = invoke("explain", "beignet", "senior.principal_paid", "--period", "2035-08-30")
    assert by_date.exit_code == 0, by_date.output
    assert by_date.stdout.startswith("senior.principal_paid on 2035-08-30 (period 40): 200,374,239.30\n")
    assert "pay_principal senior" in by_date.stdout
    assert invoke("explain", "beignet", "senior.principal_paid", "--period", "40").stdout == by_date.stdout


def test_explain_as_json_gives_the_movements_of_the_date():
    answer = json.loads(invoke("explain", "beignet", "senior.principal_paid", "--period", "40", "--json").stdout)
    assert (answer["date"], answer["value"]) == ("2035-08-30", 200_374_239.30)
    paid = {(row["step"], row["from"], row["to"]): row["amount"] for row in answer["movements"] if row["amount"]}
    assert paid == {
        ("collect revenue", "hyperion", "revenue"): 668_848_576.69,
        ("pay_interest senior", "revenue", "senior.interest"): 396_811_989.80,
        ("pay_principal senior", "revenue", "senior.principal"): 200_374_239.30,
        ("distribute sponsor", "revenue", "sponsor"): 71_662_347.59,
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("senior.principle_paid", "--period", "2"), "did you mean senior.principal_paid?"),
        (("senior.balance", "--period", "96"), "expected 0 to 95, or a date of the grid from 2025-10-21 to 2049-05-30"),
        (("senior.balance", "--period", "2035-08-31"), "found 2035-08-31"),
    ],
)
def test_explain_refuses_what_is_not_there(arguments, message):
    answer = invoke("explain", "beignet", *arguments)
    assert answer.exit_code == 2
    assert message in " ".join(answer.stderr.split())


def test_schema_is_the_packages_own():
    assert json.loads(invoke("schema").stdout) == json.loads(cashfall.schema())
    assert invoke("schema", "--typed-dict").stdout == cashfall.schema("typed_dict")
    assert json.loads(invoke("schema", "--typed-dict", "--json").stdout)["typed_dict"] == cashfall.schema("typed_dict")


def test_the_package_imports_without_the_extra():
    code = "import sys, cashfall; sys.exit(any(name in sys.modules for name in ('click', 'rich', 'hypothesis')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


ODD = """
[deal]
name = "odd"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "yearly"

[schedules.yearly]
dates = [2026-01-01, 2027-01-01]

[inputs]
factor = { unit = "number", default = 1.0 }
fx = { unit = "number", default = 2.0 }

[cashflows.rent]
direction = "in"
currency = "EUR"
amounts = [[2026-01-01, 200.00], [2027-01-01, 200.00]]
factor = "factor"

[accounts]
euros = { currency = "EUR" }
dollars = {}

[groups.class_a]
notes = ["senior", "junior"]

[notes.senior]
original_balance = 100.00
dated_date = 2025-01-01
maturity_date = 2027-01-01
payment_dates = "yearly"
day_count = "30/360_us"
coupon = { fixed = { rate = 0.10 } }
amortisation = { bullet = {} }

[notes.junior]
original_balance = 50.00
dated_date = 2025-01-01
maturity_date = 2027-01-01
payment_dates = "yearly"
day_count = "30/360_us"
coupon = { fixed = { rate = 0.20 } }
amortisation = { bullet = {} }

[facilities.line]
commitment = 30.00
payment_dates = "yearly"
day_count = "30/360_us"
interest = { fixed = { rate = 0.10 } }

[equity]
owner = {}
partner = { currency = "EUR" }

[waterfalls]
collection = [
  { collect = { from = ["rent"], to = "euros" } },
  { accrue_interest = { notes = ["class_a"] } },
]
normal = [
  { convert = { from = ["euros"], to = "dollars", rate = "inputs.fx", buy = "100.00" } },
  { draw_facility = { facility = "line", to = "dollars", amount = "if(period.index == 0, 10.00, 0)" } },
  { pay_interest = { notes = ["class_a"], from = ["dollars"] } },
  { pay_principal = { notes = ["class_a"], from = ["dollars"] } },
  { pay = { dues = ["line.interest_due", "line.drawn"], from = ["dollars"] }, when = "period.index == 1" },
  { distribute = { to = "owner", from = ["dollars"] }, when = "period.index == 1" },
  { distribute = { to = "partner", from = ["euros"] } },
]
"""


def test_run_sums_notes_once_and_currencies_apart(tmp_path: Path):
    """A group does not count its notes again, a facility is no note, and euros are not added to dollars."""
    path = tmp_path / "odd.toml"
    path.write_text(ODD, encoding="utf-8")
    answer = invoke("run", str(path), "--json", "--scenarios", "10", "--input", "factor")
    assert answer.exit_code == 0, answer.output
    years = json.loads(answer.output)["base_case"]
    assert [year["interest"] for year in years] == [20.00, 20.00]
    assert [year["balance"] for year in years] == [150.00, 0.00]
    assert [year["distributions"] for year in years] == [0.00, 9.00]
    text = invoke("run", str(path), "--scenarios", "10", "--input", "factor").output
    assert "in whole USD, without what is in EUR" in text
    assert "partner: " in text
    assert ", EUR" in text
    assert "senior: yields 10.0000% at 100.00" in text  # a year apart, so compounded once a year
