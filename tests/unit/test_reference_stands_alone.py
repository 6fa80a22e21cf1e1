"""The reference shares no code with what it checks: it runs without the engine, without numpy, without `cashfall`."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "python" / "cashfall" / "testing" / "reference"
MODULES = sorted(FOLDER.glob("*.py"))

# The packages above it are empty here, as they would bring the engine with them; what must not be used cannot be found.
ALONE = """
import importlib, importlib.abc, sys, types

for name, folder in [("cashfall", sys.argv[1]), ("cashfall.testing", sys.argv[1] + "/testing")]:
    package = types.ModuleType(name)
    package.__path__ = [folder]
    sys.modules[name] = package


class Nothing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        is_own = name == "cashfall.testing.reference" or name.startswith("cashfall.testing.reference.")
        if name.partition(".")[0] not in sys.stdlib_module_names and not is_own:
            raise ImportError(f"{name} is not part of the reference")
        return None


sys.meta_path.insert(0, Nothing())
"""

RUN = """
from cashfall.testing.reference import run

deal = '''
[deal]
name = "alone"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "yearly"
[schedules.yearly]
regular = { first = 2026-01-01, last = 2027-01-01, months = 12 }
[cashflows.income]
direction = "in"
amounts = [[2026-01-01, 60.00], [2027-01-01, 1050.00]]
[notes.senior]
original_balance = 1000.00
dated_date = 2025-01-01
maturity_date = 2027-01-01
payment_dates = "yearly"
day_count = "30e/360"
coupon = { fixed = { rate = 0.05 } }
amortisation = { bullet = {} }
[accounts.cash]
[waterfalls]
collection = [{ collect = { from = ["income"], to = "cash" } }, { accrue_interest = { notes = ["senior"] } }]
normal = [{ pay = { dues = ["senior.interest_due", "senior.principal_due"], from = ["cash"] } }]
'''
flows = run(deal).flows
assert flows["senior.interest_paid"] == [5000, 5000], flows
assert flows["cash.balance"] == [1000, 1000], flows
"""


def run_alone(code: str) -> subprocess.CompletedProcess[str]:
    """The code in a process that finds the standard library and the reference, and nothing else."""
    command = [sys.executable, "-I", "-c", ALONE + code, str(ROOT / "python" / "cashfall")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_reference_runs_without_engine_and_numpy() -> None:
    """50.00 of interest a year on 1,000.00, and 10.00 that are left of the first date."""
    done = run_alone(RUN)
    assert done.returncode == 0, done.stderr


def test_every_module_of_it_can_be_imported_alone() -> None:
    names = [path.stem for path in MODULES if path.stem != "__init__"]
    done = run_alone(f"for name in {names}: importlib.import_module(f'cashfall.testing.reference.{{name}}')")
    assert done.returncode == 0, done.stderr
    assert len(names) > 40


@pytest.mark.parametrize("name", ["numpy", "cashfall._core", "cashfall.plan", "cashfall.testing.engine"])
def test_what_it_may_not_use_cannot_be_found_there(name: str) -> None:
    done = run_alone(f"import {name}")
    assert f"{name} is not part of the reference" in done.stderr


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_it_names_nothing_of_the_outside(path: Path) -> None:
    """The standard library or its own folder, also where an import stands in a function or under `TYPE_CHECKING`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level <= 1, f"{path.name}: from a folder above, {node.module}"
            names = [node.module or ""] if node.level == 0 else []
        for name in names:
            assert name.partition(".")[0] in sys.stdlib_module_names, f"{path.name}: {name}"
