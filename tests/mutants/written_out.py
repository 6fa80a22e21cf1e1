"""The bugs that cargo-mutants lists, and a copy of the crate that has them all.

In it each function is written out once per bug, and a number in the environment chooses which bug is live.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

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

UNVIABLE = "does not compile"


@dataclass(frozen=True)
class Span:
    """From one character of a file to another."""

    start: int
    end: int

    def __contains__(self, other: object) -> bool:
        return isinstance(other, Span) and self.start <= other.start and other.end <= self.end


NOWHERE = Span(0, 0)


class Kind(NamedTuple):
    """What bugs are told apart by where line numbers would not last."""

    file: str
    function: str
    change: str


@dataclass(frozen=True)
class Bug:
    """One line of cargo-mutants' list, numbered from 1."""

    number: int
    name: str
    file: str
    span: Span
    replacement: str
    function: Span
    kind: Kind


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


def kind_of(entry: dict[str, Any]) -> Kind:
    """The kind of a bug of the list."""
    function = entry["function"]["function_name"] if entry["function"] else ""
    if entry["genre"] == "FnValue":
        change = f"replace body with {entry['replacement']}"
    else:
        change = entry["name"].split(": ", 1)[1].removesuffix(f" in {function}")
    return Kind(entry["file"].removeprefix("rust/cashfall/src/"), function, change)


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
            place, wrong = span(entry["span"]), entry["replacement"]
            bugs[number] = Bug(number, entry["name"], file, place, wrong, function, kind_of(entry))
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
        listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listing, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
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

    def cargo(self, *arguments: str, package: str = "cashfall") -> list[dict[str, Any]]:
        """What a command of cargo says, message by message."""
        environment = {**os.environ, "RUSTFLAGS": "--cap-lints=allow", "CARGO_TARGET_DIR": str(self.folder / "target")}
        command = ["cargo", *arguments, "--locked", "--package", package, "--message-format", "json"]
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

    def extension(self) -> Path:
        """The engine of the Python package."""
        messages = self.cargo("build", "--profile", "test", package="cashfall-py")
        made = [message for message in messages if message.get("target", {}).get("name") == "_core"]
        return Path(made[-1]["filenames"][0])


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
