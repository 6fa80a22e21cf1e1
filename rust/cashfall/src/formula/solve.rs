//! `solve(name, formula, start, n)`: a fixed point, for what depends on itself.

use super::expr::{Expr, ExprKind, Unit};
use super::lex::{Token, TokenKind};
use super::parse::{FUNCTIONS, Syntax, SyntaxKind};
use super::units::{Typed, Typer};
use crate::deal::Problem;

/// The most rounds that a `solve` may take.
const MOST_ROUNDS: usize = 100;

/// The most rounds of `solve`s in one another: each is gone through on every date, or at compile.
const MOST_ROUNDS_IN_ALL: usize = 1_000;

/// Words that mean something else in a formula.
const RESERVED: [&str; 10] =
    ["opening", "tests", "inputs", "period", "inspect", "acceleration", "status", "and", "or", "not"];

impl<'a> Typer<'a> {
    /// The position and unit of a word that a `solve` around it stands for.
    pub(super) fn unknown(&self, words: &[Token<'_>]) -> Option<(usize, Option<Unit>)> {
        let [word] = words else { return None };
        let level = self.unknowns.iter().rposition(|(name, _)| name == word.text)?;
        Some((level, self.unknowns[level].1))
    }

    /// The unit of a `solve`: that of its start, where that is a literal what its formula has by itself.
    pub(super) fn unit_of_solve(&self, arguments: &[Syntax<'_>]) -> Option<Unit> {
        let [name, body, start, _] = arguments else { return None };
        self.unit_of(start).or_else(|| self.inside(name, None).unit_of(body))
    }

    /// What types the formula of a `solve`, with the word that its first argument is.
    fn inside(&self, name: &Syntax<'_>, unit: Option<Unit>) -> Typer<'a> {
        let word = self.formula.text[name.start..name.end].to_owned();
        let unknowns = self.unknowns.iter().cloned().chain([(word, unit)]).collect();
        Typer { formula: self.formula, deal: self.deal, unknowns }
    }

    /// Whether a part reads a word whose unit is yet to be found.
    pub(super) fn is_undecided(&self, syntax: &Syntax<'_>) -> bool {
        match &syntax.kind {
            SyntaxKind::Literal(_) => false,
            SyntaxKind::Path(words) => matches!(self.unknown(words), Some((_, None))),
            SyntaxKind::Negate(of) | SyntaxKind::Not(of) => self.is_undecided(of),
            SyntaxKind::Binary(_, left, right) => self.is_undecided(left) || self.is_undecided(right),
            SyntaxKind::Call(_, arguments) => arguments.iter().any(|argument| self.is_undecided(argument)),
        }
    }

    pub(super) fn solve(&self, syntax: &Syntax<'_>, arguments: &[Syntax<'_>], wanted: Option<Unit>) -> Typed {
        let unit = self.unit_of_solve(arguments).or(wanted);
        let start = self.typed(&arguments[2], unit);
        let name = self.new_name(&arguments[0]);
        let n = self.rounds(&arguments[3]);
        let mut problems: Vec<Problem> =
            [name.as_ref().err(), n.as_ref().err()].into_iter().flatten().cloned().collect();
        problems.extend(self.too_many_rounds(syntax));
        let unit = start.as_ref().map_or(unit.unwrap_or(Unit::Number), |start| start.unit);
        let what = "the formula of `solve`, the unit of its start";
        let body = self.inside(&arguments[0], Some(unit)).of_unit(&arguments[1], unit, what);
        match (start, name, body, n) {
            (Ok(start), Ok(_), Ok(body), Ok(n)) if problems.is_empty() => {
                let kind = ExprKind::Solve { start: Box::new(start), body: Box::new(body), n };
                Ok(Expr { kind, unit, start: syntax.start, end: syntax.end })
            }
            (start, _, body, _) => {
                problems.extend([start.err(), body.err()].into_iter().flatten().flatten());
                Err(problems)
            }
        }
    }

    /// That `solve`s in one another do not go on and on; told by the outermost.
    fn too_many_rounds(&self, syntax: &Syntax<'_>) -> Option<Problem> {
        let rounds = self.rounds_of(syntax);
        (self.unknowns.is_empty() && rounds > MOST_ROUNDS_IN_ALL).then(|| {
            let expected = format!("at most {MOST_ROUNDS_IN_ALL} rounds of `solve`s in one another");
            let problem = self.problem(syntax.start, expected, format!("{rounds}"));
            problem.with_way_out("give them fewer rounds, or make one `solve` of them")
        })
    }

    fn rounds_of(&self, syntax: &Syntax<'_>) -> usize {
        match &syntax.kind {
            SyntaxKind::Literal(_) | SyntaxKind::Path(_) => 1,
            SyntaxKind::Negate(of) | SyntaxKind::Not(of) => self.rounds_of(of),
            SyntaxKind::Binary(_, left, right) => self.rounds_of(left).max(self.rounds_of(right)),
            SyntaxKind::Call(function, arguments) => {
                let inside = arguments.iter().map(|argument| self.rounds_of(argument)).max().unwrap_or(1);
                let own = match (function.text, arguments.as_slice()) {
                    ("solve", [_, _, _, n]) => self.rounds(n).unwrap_or(1),
                    _ => 1,
                };
                inside.saturating_mul(own)
            }
        }
    }

    /// A word that means nothing yet.
    fn new_name(&self, argument: &Syntax<'_>) -> Result<(), Problem> {
        let expected = "a new name as the first argument of `solve`";
        let found = &self.formula.text[argument.start..argument.end];
        let SyntaxKind::Path(words) = &argument.kind else {
            return Err(self.problem(argument.start, expected, format!("`{found}`")));
        };
        let well_spelt = |word: &str| {
            let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            word.starts_with(|first: char| first.is_ascii_lowercase()) && word.bytes().all(is_part)
        };
        let what = match words.as_slice() {
            [word] if word.kind == TokenKind::Word && well_spelt(word.text) => self.known_as(word.text),
            _ => Some("which is no plain word"),
        };
        match what {
            None => Ok(()),
            Some(what) => {
                let problem = self.problem(argument.start, expected, format!("`{found}`, {what}"));
                Err(problem.with_way_out("choose another word in small letters"))
            }
        }
    }

    /// What a word means already.
    fn known_as(&self, word: &str) -> Option<&'static str> {
        if self.unknowns.iter().any(|(name, _)| name == word) {
            Some("which the `solve` around it uses")
        } else if RESERVED.contains(&word) || FUNCTIONS.contains(&word) {
            Some("which formulas use")
        } else if self.deal.has_object(word) {
            Some("which is a name of the deal")
        } else {
            None
        }
    }

    fn rounds(&self, argument: &Syntax<'_>) -> Result<usize, Problem> {
        self.whole(argument).ok().filter(|n| *n <= MOST_ROUNDS).ok_or_else(|| {
            let found = &self.formula.text[argument.start..argument.end];
            let expected = format!("a whole number of rounds from 1 to {MOST_ROUNDS}");
            self.problem(argument.start, expected, format!("`{found}`"))
        })
    }

    /// That only formulas of the date use the name of a `solve`.
    pub(super) fn unknown_in_time(&self, name: Token<'_>, argument: &Syntax<'_>) -> Option<Problem> {
        let SyntaxKind::Path(words) = &argument.kind else { return None };
        self.unknown(words)?;
        let expected = format!("a quantity of an object in `{}`", name.text);
        let found = format!("`{}`, which a `solve` stands for", words[0].text);
        Some(self.problem(argument.start, expected, found).with_way_out("it has no value on other dates"))
    }
}
