"""How generated bugs are written out, all of a function beside each other."""

from __future__ import annotations

from generated import NOWHERE, Bug, Crop, Span, body, left_out, written_out

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
MORE = Span(FILE.index("fn more"), len(FILE) - 1)


def bug(number: int, wrong: str, replacement: str, function: Span) -> Bug:
    start = FILE.index(wrong, function.start)
    return Bug(number, f"bug {number}", "less.rs", Span(start, start + len(wrong)), replacement, function)


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
    bugs = [*BUGS, Bug(10, "bug 10", "less.rs", inner, "", inner), Bug(11, "bug 11", "less.rs", NOWHERE, "", NOWHERE)]
    reasons = left_out(Crop({each.number: each for each in bugs}))
    assert reasons == {10: "stands in another function", 11: "stands in no function"}
