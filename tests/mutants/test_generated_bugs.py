"""How generated bugs are written out, all of a function beside each other."""

from __future__ import annotations

from survivors import LIST, rows, unaccounted
from written_out import NOWHERE, ROOT, Bug, Crop, Kind, Span, body, kind_of, left_out, written_out

FILE = """/// Less ( or more.
#[allow(lint, reason = "a { in a text")]
fn less(a: [i64; 2], b: &str) -> Option<i64> {
    if a[0] < a[1] { None } else { Some(a[0]) }
}

fn more() -> bool {
    true
}
"""
LESS = Span(0, FILE.index("\n\nfn more"))
KIND = Kind("less.rs", "less", "replace < with >")
MORE = Span(FILE.index("fn more"), len(FILE) - 1)


def bug(number: int, wrong: str, replacement: str, function: Span) -> Bug:
    start = FILE.index(wrong, function.start)
    return Bug(number, f"bug {number}", "less.rs", Span(start, start + len(wrong)), replacement, function, KIND)


BUGS = [bug(4, "a[0] < ", "a[0] > ", LESS), bug(7, "a[0] <", "a[1] <", LESS), bug(9, "true", "false", MORE)]


def test_the_body_of_a_function_is_what_its_last_braces_hold() -> None:
    inside = body(FILE, LESS)
    assert FILE[inside.start : inside.end].strip() == "if a[0] < a[1] { None } else { Some(a[0]) }"


def test_each_bug_of_a_function_has_a_branch_and_so_has_the_sound_one() -> None:
    text, owners = written_out(FILE, BUGS)
    lines = text.splitlines()
    assert text.count("match crate::planted() {") == 2
    assert [line.strip() for line in lines if "a[0] >" in line] == ["if a[0] > a[1] { None } else { Some(a[0]) }"]
    assert {owners[place] for place, line in enumerate(lines, start=1) if "a[0] >" in line} == {4}
    assert {owners[place] for place, line in enumerate(lines, start=1) if "a[1] < a[1]" in line} == {7}
    assert [owners.get(place) for place, line in enumerate(lines, start=1) if "a[0] < a[1]" in line] == [-4]
    assert text.count("false") == text.count("    true\n") == 1
    assert written_out(FILE, []) == (FILE, {})


def test_what_cannot_be_written_out_is_named() -> None:
    inner = Span(MORE.start + 20, MORE.start + 22)
    bugs = [
        *BUGS,
        Bug(10, "bug 10", "less.rs", inner, "", inner, KIND),
        Bug(11, "bug 11", "less.rs", NOWHERE, "", NOWHERE, KIND),
    ]
    reasons = left_out(Crop({each.number: each for each in bugs}))
    assert reasons == {10: "stands in another function", 11: "stands in no function"}


def test_what_is_said_of_survivors() -> None:
    text = """
| place | function | bugs | why |
|---|---|---|---|
| `less.rs` | `less` | `replace < with >`, `replace \\|\\| with &&` (2 times) | the branches are equal |
| `less.rs` | `more` | `replace body with false` | `tests/unit/test_more.py::test_more`: it reads `more` |
"""
    said = rows(text)
    assert [(row.kind.function, row.kind.change, row.n, row.test) for row in said] == [
        ("less", "replace < with >", 1, None),
        ("less", "replace || with &&", 2, None),
        ("more", "replace body with false", 1, "tests/unit/test_more.py::test_more"),
    ]
    assert unaccounted(BUGS[:1], said) == []
    assert unaccounted(BUGS, said) == BUGS[1:]


def test_the_kind_of_a_bug_is_its_name_without_lines() -> None:
    entry = {
        "file": "rust/cashfall/src/plan/fees.rs",
        "function": {"function_name": "CapYears::beginning"},
        "genre": "BinaryOperator",
        "name": "rust/cashfall/src/plan/fees.rs:213:54: replace < with <= in CapYears::beginning",
        "replacement": "<=",
    }
    assert kind_of(entry) == Kind("plan/fees.rs", "CapYears::beginning", "replace < with <=")
    whole = {**entry, "genre": "FnValue", "replacement": "vec![1]"}
    assert kind_of(whole).change == "replace body with vec![1]"
    assert kind_of({**entry, "function": None}).function == ""


def test_the_tests_that_are_said_to_notice_are_there() -> None:
    for row in rows(LIST.read_text(encoding="utf-8")):
        if row.test is not None:
            file, _, name = row.test.split()[0].partition("::")
            text = (ROOT / file).read_text(encoding="utf-8")
            assert f"def {name}(" in text, row.test
