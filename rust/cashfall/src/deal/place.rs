//! Where in a document a value stands.

use std::fmt;

/// A place in a deal document: a path, and where the document is a text also a line and a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// The path from the root, such as `notes.senior.coupon.fixed.rate` or `waterfalls.normal[3].pay_interest.from[0]`.
    pub path: String,
    /// The line, from 1; 0 where the document has no lines (a dict) or the value was set by `replace`.
    pub line: u32,
    /// The column in characters, from 1. On line 0: 0, or for a place inside a formula the character in it, from 1.
    pub column: u32,
}

impl Place {
    /// A place that has a path only.
    pub fn of_path(path: impl Into<String>) -> Place {
        Place { path: path.into(), line: 0, column: 0 }
    }

    /// The same position under a longer path.
    pub fn child(&self, key: &str) -> Place {
        Place { path: join(&self.path, key), ..self.clone() }
    }
}

/// The path of a key below `path`.
pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.path)
    }
}
