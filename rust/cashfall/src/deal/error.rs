//! What is wrong with a deal document: every problem, each with its place.

use std::fmt;

use super::place::Place;

/// One thing wrong at one place of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// What the place asks for.
    pub expected: String,
    /// What stands there.
    pub found: String,
    /// What the author can do about it, where we can say more than `expected`.
    pub way_out: Option<String>,
}

impl Problem {
    /// A problem without a way out; add one with [`Problem::with_way_out`].
    pub fn new(place: &Place, expected: impl Into<String>, found: impl Into<String>) -> Problem {
        Problem { place: place.clone(), expected: expected.into(), found: found.into(), way_out: None }
    }

    /// The same problem with advice.
    pub fn with_way_out(mut self, way_out: impl Into<String>) -> Problem {
        self.way_out = Some(way_out.into());
        self
    }

    /// The same problem with advice if there is any.
    pub fn with_advice(mut self, way_out: Option<String>) -> Problem {
        self.way_out = way_out;
        self
    }

    fn write(&self, formatter: &mut fmt::Formatter<'_>, document: &str) -> fmt::Result {
        if !self.place.path.is_empty() {
            write!(formatter, "{}: ", self.place.path)?;
        }
        write!(formatter, "expected {}, found {}", self.expected, self.found)?;
        if let Some(way_out) = &self.way_out {
            write!(formatter, "; {way_out}")?;
        }
        match (self.place.line, self.place.column) {
            (0, 0) => Ok(()),
            (0, column) => write!(formatter, " (at character {column} of the formula)"),
            (line, column) => write!(formatter, " ({document}:{line}:{column})"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(formatter, "document")
    }
}

/// All problems found in a deal document, in the order of their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DealError {
    /// The document's file name, or `document`.
    pub document: String,
    /// The problems, sorted by line, column and path.
    pub problems: Vec<Problem>,
}

impl DealError {
    /// The error for `problems`, which it sorts; the same problem is said once.
    pub fn new(document: &str, mut problems: Vec<Problem>) -> DealError {
        problems.sort_by(|a, b| key(a).cmp(&key(b)));
        problems.dedup();
        DealError { document: document.to_owned(), problems }
    }
}

fn key(problem: &Problem) -> (u32, u32, &str, &str, &str) {
    let Place { path, line, column } = &problem.place;
    (*line, *column, path, &problem.expected, &problem.found)
}

impl fmt::Display for DealError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.problems.len() == 1 { "" } else { "s" };
        write!(formatter, "{}: {} problem{plural}", self.document, self.problems.len())?;
        for problem in &self.problems {
            formatter.write_str("\n")?;
            problem.write(formatter, &self.document)?;
        }
        Ok(())
    }
}

impl std::error::Error for DealError {}
