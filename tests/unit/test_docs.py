"""The documents' code is run: Python and console sessions, and the deal files they write.

In README.md and docs/, a ``<!-- file: name -->`` comment before a block writes the block to that file. ``python``
blocks are executed in order; ``pycon`` blocks are doctests with the same names; in ``console`` blocks each line after
``$ cashfall`` or ``$ pytest`` must be printed, in that order (a line ``...`` stands for any number of lines).
"""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("click", reason="the command line needs the extra `cli`")
pytest.importorskip("rich", reason="the command line needs the extra `cli`")

from click.testing import CliRunner

from cashfall.cli.app import app

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"(?:<!-- file: (?P<file>\S+) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_code_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        if block["file"]:
            (tmp_path / block["file"]).write_text(block["text"], encoding="utf-8")
        if block["language"] == "python":
            exec(compile(block["text"], str(page), "exec"), names)
        elif block["language"] == "pycon":
            run_doctest(block["text"], names, page)
        elif block["language"] == "console":
            run_console(block["text"])


def run_doctest(text: str, names: dict[str, Any], page: Path) -> None:
    test = doctest.DocTestParser().get_doctest(text, names, page.name, str(page), 0)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=report.append, clear_globs=False)
    names.update(test.globs)
    assert not report, "".join(report)


def run_console(text: str) -> None:
    for session in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, expected = session.partition("\n")
        words = shlex.split(command, comments=True)
        if words[0] not in ("cashfall", "pytest"):
            continue
        printed = lines(CliRunner().invoke(app, words[1:]).output if words[0] == "cashfall" else pytest_prints(words))
        position = 0
        for line in lines(expected):
            if line == "...":
                continue
            assert line in printed[position:], f"{command}: expected {line!r} in\n" + "\n".join(printed[position:])
            position = printed.index(line, position) + 1


def pytest_prints(words: list[str]) -> str:
    """What a session of pytest prints, run in the page's folder, without the shares of tests done."""
    session = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, check=False)
    return re.sub(r" +\[ *\d+%\]$", "", session.stdout + session.stderr, flags=re.M)


def lines(text: str) -> list[str]:
    squeezed = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in squeezed if line and set(line) != {"─"}]
