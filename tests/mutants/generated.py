"""Every bug that cargo-mutants can plant in `plan/` and `run/`, tried against the tests in one build.

cargo-mutants builds the crate once per bug: 3,200 bugs take a night. Here each function is written out once per bug
that cargo-mutants lists for it (`written_out.py`), a number in the environment chooses which is live, and the crate is
built once. What the crate's own tests do not notice must be as `survivors.md` says: harmless, or noticed by the Python
test that it names.

    python tests/mutants/generated.py --corpus FOLDER [--only TEXT] [--from-list FILE] [--tests corpus errors ...]

prints each bug that nothing notices and no row accounts for, then how many were caught by what. Those that cannot be
written out (they stand in no function, in a function within another, or in one that returns an `impl Trait`) are given
to cargo-mutants itself, with the corpus as its test.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import compress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from survivors import LIST, Row, rows, unaccounted
from written_out import LIVE, ROOT, UNVIABLE, Bug, Crop, Tree, left_out, listed

TESTS = ["corpus", "lib", "deal", "claims", "steps", "formula", "listing", "errors"]
"""The first reads the corpus, and is tried last; `lib` are those inside of the crate."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")

SECONDS = 60
"""After so long a bug counts as noticed: the sound corpus takes seven, a Python test a few."""

FIRST = 8
"""So many deals that noticed other bugs of a file are tried before all of them."""

BYTES = 6 << 30
"""A bug that asks for more memory is stopped by it."""


def answer(
    command: Sequence[str | Path], bug: int, folder: Path, **environment: str
) -> subprocess.CompletedProcess[str] | None:
    """How a command ends while a bug is live; None where it hangs."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))

    try:
        return subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, LIVE: str(bug), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=SECONDS,
            preexec_fn=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None


class RustTests:
    """Tests of the crate, run while a bug is live."""

    def __init__(self, executables: list[Path], folder: Path, corpus: Path) -> None:
        self.executables = executables
        self.folder = folder
        self.corpus = corpus.resolve()
        self.recent: dict[str, list[str]] = defaultdict(list)

    def notice(self, bug: Bug) -> bool:
        """Whether one of them does."""
        if self.neighbours_notice(bug):
            return True
        for executable in reversed(self.executables):
            said = self.is_noticed(executable, bug.number, self.corpus)
            if said is not None:
                self.remember(bug.file, said)
                return True
        return False

    def neighbours_notice(self, bug: Bug) -> bool:
        """Whether the deals do that noticed other bugs of the file."""
        deals = self.recent[bug.file][:FIRST]
        with TemporaryDirectory() as folder:
            for deal in deals:
                (Path(folder) / deal).symlink_to(self.corpus / deal)
            return bool(deals) and self.is_noticed(self.executables[0], bug.number, Path(folder)) is not None

    def remember(self, file: str, said: str) -> None:
        """The deal that was read last is the one that noticed."""
        seen = [line for line in said.splitlines() if line.startswith(str(self.corpus))]
        if seen and Path(seen[-1]).name not in self.recent[file]:
            self.recent[file].insert(0, Path(seen[-1]).name)

    def is_noticed(self, executable: Path, number: int, corpus: Path) -> str | None:
        """What a test says that fails, hangs or dies while a bug is live; None if it passes."""
        folder = self.folder / "rust/cashfall"
        ended = answer([executable, "--quiet"], number, folder, CASHFALL_CORPUS=str(corpus), RUST_BACKTRACE="0")
        if ended is None:
            return "hangs"
        return ended.stdout if ended.returncode != 0 else None


class PythonTests:
    """Tests of the Python package, on an engine that has the bugs in it."""

    def __init__(self, tree: Tree) -> None:
        self.folder = tree.folder
        # A file that is in use is not written over but replaced.
        engine = tree.folder / "python/cashfall/_core.abi3.so"
        engine.unlink(missing_ok=True)
        engine.hardlink_to(tree.extension())

    def is_noticed(self, test: str, number: int) -> bool:
        """Whether a test fails, hangs or dies while a bug is live."""
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *test.split()]
        ended = answer(command, number, self.folder, PYTHONPATH=str(self.folder / "python"))
        if ended is not None and ended.returncode in (4, 5):
            raise SystemExit(f"there is no {test}, which survivors.md names")
        return ended is None or ended.returncode != 0


def each(items: Sequence[Item], of: Callable[[Item], Answer], what: str) -> list[Answer]:
    """An answer for each item, on all cores."""
    answers = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for given in pool.map(of, items):
            answers.append(given)
            if len(answers) % 100 == 0:
                print(f"  {what}: {len(answers)} of {len(items)}", file=sys.stderr)
    return answers


def survivors_of_rust(tree: Tree, names: list[str], corpus: Path) -> list[Bug]:
    """The bugs that the crate's own tests do not notice."""
    tests = RustTests(tree.tests(names), tree.folder, corpus)
    for executable in tests.executables:
        said = tests.is_noticed(executable, 0, tests.corpus)
        if said is not None:
            raise SystemExit(f"{executable.name} fails without any bug:\n{said}")
    live = list(tree.crop.live())
    noticed = each(live, tests.notice, "tried")
    return [bug for bug, is_noticed in zip(live, noticed, strict=True) if not is_noticed]


def survivors_of_python(tree: Tree, bugs: list[Bug], said: Iterable[Row]) -> list[Bug]:
    """Those that the Python tests which the list names do not notice either."""
    by_kind = defaultdict(list)
    for row in said:
        if row.test:
            by_kind[row.kind].append(row.test)
    tests = PythonTests(tree)
    named = sorted({test for bug in bugs for test in by_kind[bug.kind]})
    fails = each(named, lambda test: tests.is_noticed(test, 0), "sound")
    if any(fails):
        raise SystemExit("\n".join(["fail without any bug:", *compress(named, fails)]))
    noticed = each(bugs, lambda bug: any(tests.is_noticed(test, bug.number) for test in by_kind[bug.kind]), "Python")
    return [bug for bug, is_noticed in zip(bugs, noticed, strict=True) if not is_noticed]


def missed_by_cargo(names: list[str], corpus: Path, folder: Path) -> list[str]:
    """Which of these bugs the corpus does not notice, one build each."""
    if not names:
        return []
    pattern = "|".join(f"^{re.escape(name)}$" for name in names)
    command = ["cargo", "mutants", "--re", pattern, "--output", str(folder), "--no-shuffle", "--colors", "never"]
    environment = {**os.environ, "CASHFALL_CORPUS": str(corpus.resolve())}
    subprocess.run(command, cwd=ROOT, env=environment, check=False, stdout=sys.stderr)
    # It tries deleted fields whatever the pattern says; these have been tried here.
    missed = (folder / "mutants.out/missed.txt").read_text().splitlines()
    return [name for name in missed if name in names]


def read_arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(description="Every bug that cargo-mutants can plant, in one build.")
    reader.add_argument("--corpus", type=Path, required=True, help="a folder of tests/crosscheck/corpus.py")
    reader.add_argument("--work", type=Path, default=ROOT / "target/planted", help="where the crate is built")
    reader.add_argument("--only", default="", help="part of the names of bugs to try")
    reader.add_argument("--from-list", type=Path, help="a file of names of bugs to try, such as the survivors of a run")
    reader.add_argument("--tests", nargs="+", default=TESTS, help="tests of the crate that may notice")
    return reader.parse_args()


def main() -> None:
    chosen = read_arguments()
    crop = listed(chosen.only)
    if chosen.from_list:
        names = set(chosen.from_list.read_text().splitlines())
        crop = Crop({number: bug for number, bug in crop.bugs.items() if bug.name in names})
    crop.dropped.update(left_out(crop))
    tree = Tree(chosen.work, crop)
    tree.settle()
    by_rust = survivors_of_rust(tree, chosen.tests, chosen.corpus)
    (chosen.work / "survivors.txt").write_text("".join(f"{bug.name}\n" for bug in by_rust))
    said = rows(LIST.read_text(encoding="utf-8"))
    by_python = survivors_of_python(tree, by_rust, said)
    left = [crop.bugs[number].name for number, reason in crop.dropped.items() if reason != UNVIABLE]
    missed = set(missed_by_cargo(left, chosen.corpus, chosen.work))
    survivors = [*by_python, *(bug for bug in crop.bugs.values() if bug.name in missed)]
    new = unaccounted(survivors, said)
    for bug in new:
        print(bug.name)
    n_tried = len(list(crop.live()))
    summary = [
        f"{len(crop.bugs)} bugs: {len(crop.dropped) - len(left)} do not compile, {len(left)} tried by cargo-mutants",
        f"{n_tried} tried here: the crate's tests catch {n_tried - len(by_rust)}",
        f"the Python tests that survivors.md names catch {len(by_rust) - len(by_python)} more",
        f"{len(survivors) - len(new)} survive and are harmless, {len(new)} survive and are not accounted for",
    ]
    print("\n".join(summary), file=sys.stderr)
    sys.exit(1 if new else 0)


if __name__ == "__main__":
    main()
