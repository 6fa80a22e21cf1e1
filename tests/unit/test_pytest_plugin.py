"""`pytest --cashfall-deal`: which tests it makes, what it reports, and that it costs nothing where it is not used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import cashfall as cf
import cashfall.testing.trial  # sessions in this process must find NumPy imported: it cannot be twice
from cashfall.testing import laws

pytest_plugins = ["pytester"]

GOOD = """
[deal]
name = "two_notes"
currency = "EUR"
closing_date = 2026-01-15
waterfall_dates = "quarterly"
seniority = [["senior"], ["junior"], ["owner"]]

[schedules.quarterly]
regular = { first = 2026-04-15, last = 2027-01-15, months = 3 }

[inputs.rent_factor]
unit = "number"
default = 1.0
maximum = 2

[leases.hall]
commencement = 2026-01-15
end = 2027-01-15
payment_dates = "quarterly"
base_rent = { per_date = 700.00 }
factor = "rent_factor"

[accounts.cash]

[notes.senior]
original_balance = 1000.00
dated_date = 2026-01-15
maturity_date = 2027-01-15
payment_dates = "quarterly"
day_count = "30e/360"
coupon = { fixed = { rate = 0.04 } }
amortisation = { level = { first_date = 2026-04-15 } }

[notes.junior]
original_balance = 1000.00
dated_date = 2026-01-15
maturity_date = 2027-01-15
payment_dates = "quarterly"
day_count = "30e/360"
coupon = { fixed = { rate = 0.08 } }
amortisation = { level = { first_date = 2026-04-15 } }

[equity.owner]

[waterfalls]
collection = [
  { collect = { from = ["hall"], to = "cash" } },
  { accrue_interest = { notes = ["senior", "junior"] } },
]
normal = [
  { pay_interest = { notes = ["senior"], from = ["cash"] } },
  { pay_principal = { notes = ["senior"], from = ["cash"] } },
  { pay_interest = { notes = ["junior"], from = ["cash"] } },
  { pay_principal = { notes = ["junior"], from = ["cash"] } },
  { distribute = { to = "owner", from = ["cash"] } },
]
"""
N_LAWS = len(laws.of(cf.Deal.from_toml(GOOD).compile()))
HEAD, _, STEPS = GOOD.partition("normal = [")
JUNIOR_FIRST = HEAD + "normal = [" + STEPS.replace("senior", "?").replace("junior", "senior").replace("?", "junior")
UNSTATED = JUNIOR_FIRST.replace('seniority = [["senior"], ["junior"], ["owner"]]\n', "")


def deal(pytester: pytest.Pytester, text: str, name: str = "deal.toml") -> Path:
    return pytester.makefile(".toml", **{name.removesuffix(".toml"): text})


def test_a_sound_deal_passes_law_by_law(pytester: pytest.Pytester) -> None:
    deal(pytester, GOOD)
    result = pytester.runpytest_inprocess("--cashfall-deal", "deal.toml", "--cashfall-examples", "60", "-v")
    result.assert_outcomes(passed=N_LAWS)
    result.stdout.fnmatch_lines(["deal.toml::cash_is_conserved PASSED*", "*::more_cash_never_hurts_senior PASSED*"])


def test_a_wrong_deal_is_reported_by_the_law_with_its_smallest_scenario(pytester: pytest.Pytester) -> None:
    deal(pytester, JUNIOR_FIRST)
    result = pytester.runpytest_inprocess("--cashfall-deal", "deal.toml", "--cashfall-examples", "60")
    result.assert_outcomes(passed=result.parseoutcomes()["passed"], failed=1)
    result.stdout.fnmatch_lines(
        [
            "senior_before_junior does not hold for deal.toml",
            "  In a sequential step a payee gets cash *",
            "  date      2026-*",
            "  what      normal?1? pay_principal from cash to junior",
            "  expected  nothing while senior is owed * of principal",
            "  found     *",
            "  smallest scenario (from example * of 60, seed 0):",
            "    rent_factor = 0.* on 202*",
            "    normal?1? pay_principal: cash to junior: asked *",
            '    plan = cashfall.load("deal.toml").compile()',
            "    rent_factor = np.array(defaults['rent_factor'])",
            "    result = plan.run({'rent_factor': rent_factor?:, None?})",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_without_a_stated_seniority_the_order_of_the_notes_is_presumed(pytester: pytest.Pytester) -> None:
    deal(pytester, UNSTATED)
    options = ["--cashfall-deal", "deal.toml", "--cashfall-examples", "60"]
    result = pytester.runpytest_inprocess(*options)
    result.stdout.fnmatch_lines(
        [
            "  The deal states no seniority, so the order of its notes was taken: senior, junior.",
            "  If that is not meant, state `seniority` in [[]deal[]], or pass --cashfall-seniority.",
        ]
    )
    meant = pytester.runpytest_inprocess(*options, "--cashfall-seniority", "senior=junior")
    assert meant.ret == 0
    wrong = pytester.runpytest_inprocess(*options, "--cashfall-seniority", "senior,junor")
    wrong.stdout.fnmatch_lines(["*--cashfall-seniority: expected a note, a fee or equity of the deal, found 'junor'*"])


def test_the_project_s_own_deals_are_tested_every_time(pytester: pytest.Pytester) -> None:
    deal(pytester, GOOD)
    pytester.makeini("[pytest]\ncashfall_deals = *.toml\n")
    pytester.makepyfile("def test_other(): pass")
    every = pytester.runpytest_inprocess("--cashfall-examples", "5")
    every.assert_outcomes(passed=N_LAWS + 1)
    alone = pytester.runpytest_inprocess("--cashfall-examples", "5", "--cashfall-deal", "deal.toml")
    alone.assert_outcomes(passed=N_LAWS)


def test_a_deal_that_is_not_valid_is_told_with_all_its_problems(pytester: pytest.Pytester) -> None:
    deal(pytester, GOOD.replace("rate = 0.04", "rate = 4.0").replace('currency = "EUR"', 'currency = "eur"'))
    result = pytester.runpytest_inprocess("--cashfall-deal", "deal.toml")
    result.stdout.fnmatch_lines(["deal.toml: 2 problems", "deal.currency: *", "notes.senior.coupon.fixed.rate: *"])
    assert result.ret == pytest.ExitCode.INTERRUPTED


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--cashfall-deal", "nothing"], "*expected a file or the name of a shipped deal, found 'nothing'*"),
        (["--cashfall-deal", "yardstick", "--cashfall-examples", "0"], "*expected at least 1, found 0*"),
    ],
)
def test_wrong_options_are_refused(pytester: pytest.Pytester, options: list[str], message: str) -> None:
    result = pytester.runpytest_inprocess(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


def test_a_shipped_deal_goes_by_its_name(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess("--cashfall-deal", "yardstick", "--cashfall-examples", "3", "-v")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["yardstick::cash_is_conserved PASSED*"])


def test_the_plugin_brings_neither_cashfall_nor_hypothesis() -> None:
    code = """
import sys
import cashfall_plugins.hypothesis_entry, cashfall_plugins.pytest_plugin
cashfall_plugins.hypothesis_entry.register()
assert not {"cashfall", "hypothesis", "numpy"} & sys.modules.keys(), sorted(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
