"""Every bug that cargo-mutants can plant in `plan/` and `run/`, tried against the crate's tests in one build.

cargo-mutants builds the crate once per bug: 3,200 bugs take a night. Here each function is written out once per bug
that cargo-mutants lists for it, a number in the environment chooses which is live, and the crate is built once.

    python tests/mutants/generated.py --corpus FOLDER [--only TEXT] [--from-list FILE] [--tests corpus errors ...]

prints each survivor, then how many were caught. Some cannot be written out: they stand in no function, in a function
within another, or in one that returns an `impl Trait`. Their names are left in a file for cargo-mutants itself.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[2]
LIVE = "CASHFALL_PLANTED"
"""The environment variable that holds the number of the live bug; 0 or none of it: the sound crate."""

CHOICE = f"""
/// The number of the bug that is live.
pub fn planted() -> u32 {{
    static LIVE: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *LIVE.get_or_init(|| std::env::var("{LIVE}").ok().and_then(|number| number.parse().ok()).unwrap_or(0))
}}
"""

TESTS = ["corpus", "lib", "deal", "claims", "steps", "formula", "listing", "errors"]
"""The first reads the corpus, and is tried last; `lib` are those inside of the crate."""

UNVIABLE = "does not compile"

SECONDS = 60
"""After so long a bug counts as noticed: the sound corpus takes seven."""

FIRST = 8
"""So many deals that noticed other bugs of a file are tried before all of them."""

BYTES = 6 << 30
"""A bug that asks for more memory is stopped by it."""


@dataclass(frozen=True)
class Span:
    """From one character of a file to another."""

    start: int
    end: int

    def __contains__(self, other: object) -> bool:
        return isinstance(other, Span) and self.start <= other.start and other.end <= self.end


NOWHERE = Span(0, 0)


@dataclass(frozen=True)
class Bug:
    """One line of cargo-mutants' list, numbered from 1."""

    number: int
    name: str
    file: str
    span: Span
    replacement: str
    function: Span


@dataclass
class Crop:
    """The bugs that are tried, and those that are not, with the reason."""

    bugs: dict[int, Bug]
    dropped: dict[int, str] = field(default_factory=dict)

    def live(self) -> Iterator[Bug]:
        return (bug for number, bug in self.bugs.items() if number not in self.dropped)


def offsets(text: str) -> list[int]:
    """Where each line begins."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def listed(only: str) -> Crop:
    """What cargo-mutants would plant."""
    answer = subprocess.run(
        ["cargo", "mutants", "--list", "--json"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    starts: dict[str, list[int]] = {}
    bugs = {}
    for number, entry in enumerate(json.loads(answer.stdout), start=1):
        file = entry["file"]
        lines = starts.setdefault(file, offsets((ROOT / file).read_text()))

        def span(place: dict[str, dict[str, int]], lines: list[int] = lines) -> Span:
            start, end = (lines[place[at]["line"] - 1] + place[at]["column"] - 1 for at in ("start", "end"))
            return Span(start, end)

        if only in entry["name"]:
            function = span(entry["function"]["span"]) if entry["function"] else NOWHERE
            bugs[number] = Bug(number, entry["name"], file, span(entry["span"]), entry["replacement"], function)
    return Crop(bugs)


TOKEN = re.compile(r'//[^\n]*|"(?:[^"\\]|\\.)*"|[(\[{)\]}]')


def body(text: str, function: Span) -> Span:
    """What stands between the braces of a function: they are the first outside of all brackets of its head."""
    depth = 0
    for token in TOKEN.finditer(text, function.start, function.end):
        match token.group()[0]:
            case "{" if depth == 0:
                return Span(token.end(), function.end - 1)
            case "(" | "[" | "{":
                depth += 1
            case ")" | "]" | "}":
                depth -= 1
    raise ValueError(f"no body in {text[function.start : function.end]!r}")


def written_out(text: str, bugs: Iterable[Bug]) -> tuple[str, dict[int, int]]:
    """A file with its functions written out per bug, and by line the number of the bug that stands there; for what is
    common to the bugs of a function, the negative of the first one's number.
    """
    by_function: dict[Span, list[Bug]] = defaultdict(list)
    for bug in bugs:
        by_function[bug.function].append(bug)
    pieces, owners, last, line = [], {}, 0, 1

    def put(piece: str, owner: int | None = None) -> None:
        nonlocal line
        pieces.append(piece)
        n_lines = piece.count("\n")
        if owner is not None:
            owners.update(dict.fromkeys(range(line, line + n_lines), owner))
        line += n_lines

    for function, planted in sorted(by_function.items(), key=lambda item: item[0].start):
        inside = body(text, function)
        put(text[last : inside.start])
        put("\nmatch crate::planted() {\n", -min(bug.number for bug in planted))
        for bug in planted:
            wrong = text[inside.start : bug.span.start] + bug.replacement + text[bug.span.end : inside.end]
            put(f"{bug.number} => {{\n{wrong}\n}}\n", bug.number)
        put(f"_ => {{{text[inside.start : inside.end]}}}\n}}\n", -min(bug.number for bug in planted))
        last = inside.end
    put(text[last:])
    return "".join(pieces), owners


class Tree:
    """A copy of the checkout with the bugs in it."""

    def __init__(self, folder: Path, crop: Crop) -> None:
        self.folder = folder
        self.crop = crop
        self.owners: dict[str, dict[int, int]] = {}
        names = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
        for name in names.splitlines():
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, folder / name)
        library = folder / "rust/cashfall/src/lib.rs"
        library.write_text(library.read_text() + CHOICE)

    def write(self, files: Iterable[str]) -> None:
        by_file: dict[str, list[Bug]] = {file: [] for file in files}
        for bug in self.crop.live():
            if bug.file in by_file:
                by_file[bug.file].append(bug)
        for file, bugs in by_file.items():
            text, self.owners[file] = written_out((ROOT / file).read_text(), bugs)
            (self.folder / file).write_text(text)

    def cargo(self, *arguments: str) -> list[dict[str, Any]]:
        """What a command of cargo says, message by message."""
        environment = {**os.environ, "RUSTFLAGS": "--cap-lints=allow", "CARGO_TARGET_DIR": str(self.folder / "target")}
        command = ["cargo", *arguments, "--locked", "--package", "cashfall", "--message-format", "json"]
        answer = subprocess.run(
            command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, text=True, check=False
        )
        return [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("{")]

    def settle(self) -> None:
        """Drop what does not compile, until all does."""
        self.write({bug.file for bug in self.crop.bugs.values()})
        while wrong := self.wrong():
            self.crop.dropped.update(wrong)
            self.write({self.crop.bugs[number].file for number in wrong})
            print(f"  {len(self.crop.dropped)} do not compile", file=sys.stderr)

    def wrong(self) -> dict[int, str]:
        """The bugs that the compiler complains about: all of a function, where it complains about what they share."""
        wrong = {}
        for message in self.cargo("check", "--lib"):
            said = message.get("message")
            if said is None or said["level"] != "error":
                continue
            owners = [
                self.owners[place["file_name"]].get(line)
                for place in said["spans"]
                if place["is_primary"] and place["file_name"] in self.owners
                for line in range(place["line_start"], place["line_end"] + 1)
            ]
            number = next((owner for owner in owners if owner is not None), None)
            if number is None:
                if said["spans"]:
                    raise SystemExit(said["rendered"])
            elif number > 0:
                wrong[number] = UNVIABLE
            else:
                function, file = self.crop.bugs[-number].function, self.crop.bugs[-number].file
                rest = [bug.number for bug in self.crop.live() if (bug.file, bug.function) == (file, function)]
                wrong.update(dict.fromkeys(rest, "cannot be written out"))
        return wrong

    def tests(self, names: list[str]) -> list[Path]:
        """The executables of tests, in the order of their names."""
        chosen = [word for name in names for word in (["--lib"] if name == "lib" else ["--test", name])]
        made = {}
        for message in self.cargo("test", "--no-run", *chosen):
            if message.get("executable"):
                is_lib = "lib" in message["target"]["kind"]
                made["lib" if is_lib else message["target"]["name"]] = Path(message["executable"])
        return [made[name] for name in names]


class Trial:
    """Tests of the crate, run while a bug is live."""

    def __init__(self, executables: list[Path], folder: Path, corpus: Path) -> None:
        self.executables = executables
        self.folder = folder
        self.corpus = corpus.resolve()
        self.recent: dict[str, list[str]] = defaultdict(list)

    def survives(self, bug: Bug) -> bool:
        """Whether nothing notices a bug."""
        if self.neighbours_notice(bug):
            return False
        for executable in reversed(self.executables):
            said = self.is_noticed(executable, bug.number, self.corpus)
            if said is not None:
                self.remember(bug.file, said)
                return False
        return True

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
        environment = {**os.environ, LIVE: str(number), "CASHFALL_CORPUS": str(corpus), "RUST_BACKTRACE": "0"}

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))

        try:
            answer = subprocess.run(
                [executable, "--quiet"],
                cwd=self.folder / "rust/cashfall",
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
                text=True,
                timeout=SECONDS,
                preexec_fn=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "hangs"
        return answer.stdout if answer.returncode != 0 else None


def left_out(crop: Crop) -> dict[int, str]:
    """Bugs of constants, and of functions that stand in others."""
    by_file: dict[str, set[Span]] = defaultdict(set)
    for bug in crop.bugs.values():
        by_file[bug.file].add(bug.function)
    reasons = {}
    for bug in crop.bugs.values():
        if bug.function == NOWHERE:
            reasons[bug.number] = "stands in no function"
        elif any(bug.function in outer and bug.function != outer for outer in by_file[bug.file]):
            reasons[bug.number] = "stands in another function"
    return reasons


def read_arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(description="Every bug that cargo-mutants can plant, in one build.")
    reader.add_argument("--corpus", type=Path, required=True, help="a folder of tests/crosscheck/corpus.py")
    reader.add_argument("--work", type=Path, default=ROOT / "target/planted", help="where the crate is built")
    reader.add_argument("--only", default="", help="part of the names of bugs to try")
    reader.add_argument("--from-list", type=Path, help="a file of names of bugs to try, such as the survivors of a run")
    reader.add_argument("--tests", nargs="+", default=TESTS, help="tests of the crate that may notice")
    return reader.parse_args()


def tried(trial: Trial, bugs: list[Bug]) -> list[Bug]:
    """The survivors, told as they are found."""
    survivors = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for n_done, (bug, is_left) in enumerate(zip(bugs, pool.map(trial.survives, bugs), strict=True), start=1):
            if is_left:
                survivors.append(bug)
                print(bug.name, flush=True)
            if n_done % 100 == 0:
                print(f"  {n_done} of {len(bugs)} tried, {len(survivors)} survive", file=sys.stderr)
    return survivors


def main() -> None:
    chosen = read_arguments()
    crop = listed(chosen.only)
    if chosen.from_list:
        names = set(chosen.from_list.read_text().splitlines())
        crop = Crop({number: bug for number, bug in crop.bugs.items() if bug.name in names})
    crop.dropped.update(left_out(crop))
    tree = Tree(chosen.work, crop)
    tree.settle()
    trial = Trial(tree.tests(chosen.tests), chosen.work, chosen.corpus)
    for executable in trial.executables:
        said = trial.is_noticed(executable, 0, trial.corpus)
        if said is not None:
            raise SystemExit(f"{executable.name} fails without any bug:\n{said}")
    live = list(crop.live())
    survivors = tried(trial, live)
    left = [crop.bugs[number].name for number, reason in crop.dropped.items() if reason != UNVIABLE]
    (chosen.work / "left.txt").write_text("".join(f"{name}\n" for name in left))
    print(f"{len(crop.bugs)} bugs, of which {len(crop.dropped) - len(left)} do not compile", file=sys.stderr)
    print(f"{len(left)} are left to cargo-mutants: {chosen.work / 'left.txt'}", file=sys.stderr)
    print(f"{len(live)} tried: {len(live) - len(survivors)} caught, {len(survivors)} survive", file=sys.stderr)


if __name__ == "__main__":
    main()
