//! The one tree that TOML and JSON become: tables, lists and scalars, each with its position, numbers as written.

use super::place::{Place, join};

/// A value of a document with its position; line 0 where it has none.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The line it starts on, from 1.
    pub line: u32,
    /// The column it starts at in characters, from 1.
    pub column: u32,
}

/// A value of a document.
#[derive(Clone, Debug)]
pub enum Value {
    /// Values by key, in the order of the document.
    Table(Vec<Entry>),
    /// A list of values.
    List(Vec<Node>),
    /// A string.
    Text {
        /// The string, escapes resolved.
        text: String,
        /// Line and column of its first character, where the document writes it without escapes.
        start: Option<(u32, u32)>,
    },
    /// A number as written, without underscores.
    Number(String),
    /// A flag.
    Boolean(bool),
    /// A date, as TOML writes it without quotes.
    Date(String),
    /// A time, or a date with a time: nothing here takes one.
    Time(String),
    /// JSON's null: nothing here takes one.
    Null,
}

/// A key of a table with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The line of the key.
    pub line: u32,
    /// The column of the key.
    pub column: u32,
    /// The value.
    pub node: Node,
}

impl Node {
    /// A value without a position.
    pub fn unplaced(value: Value) -> Node {
        Node { value, line: 0, column: 0 }
    }

    /// The entries, if it is a table.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Table(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key, if it is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// What messages call it: a scalar as written, or its kind.
    pub fn described(&self) -> String {
        match &self.value {
            Value::Table(entries) if entries.is_empty() => "an empty table".to_owned(),
            Value::Table(_) => "a table".to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Text { text, .. } => quoted(text),
            Value::Number(text) | Value::Date(text) | Value::Time(text) => text.clone(),
            Value::Boolean(flag) => flag.to_string(),
            Value::Null => "null".to_owned(),
        }
    }

    /// The place of a path: its own position, or that of the nearest part above it that has one.
    pub fn place_of(&self, path: &str) -> Place {
        let (mut node, mut line, mut column) = (self, self.line, self.column);
        for segment in segments(path).unwrap_or_default() {
            match node.child(&segment) {
                Some(child) => (node, line, column) = (child, child.line, child.column),
                None => break,
            }
        }
        Place { path: path.to_owned(), line, column }
    }

    /// The value one segment further down.
    pub fn child(&self, segment: &Segment) -> Option<&Node> {
        match (&self.value, segment) {
            (Value::Table(_), Segment::Key(key)) => self.get(key),
            (Value::List(nodes), Segment::Index(index)) => nodes.get(*index),
            _ => None,
        }
    }

    /// Removes every position: for documents whose text no person wrote.
    pub fn without_positions(mut self) -> Node {
        self.forget();
        self
    }

    fn forget(&mut self) {
        (self.line, self.column) = (0, 0);
        match &mut self.value {
            Value::Table(entries) => entries.iter_mut().for_each(|entry| {
                (entry.line, entry.column) = (0, 0);
                entry.node.forget();
            }),
            Value::List(nodes) => nodes.iter_mut().for_each(Node::forget),
            Value::Text { start, .. } => *start = None,
            _ => {}
        }
    }
}

/// A string in quotes, shortened if it is long.
pub(crate) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("\"{short}{more}\"")
}

/// One part of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// A key of a table.
    Key(String),
    /// A position in a list, from 0.
    Index(usize),
}

impl Segment {
    /// The path one segment further down.
    pub fn below(&self, path: &str) -> String {
        match self {
            Segment::Key(key) => join(path, key),
            Segment::Index(index) => format!("{path}[{index}]"),
        }
    }
}

/// The parts of a path such as `waterfalls.normal[2].pay_fee.limit`; nothing if it is not a path.
pub fn segments(path: &str) -> Option<Vec<Segment>> {
    let mut segments = Vec::new();
    for part in path.split('.') {
        let (key, indices) = part.split_at(part.find('[').unwrap_or(part.len()));
        if key.is_empty() {
            return None;
        }
        segments.push(Segment::Key(key.to_owned()));
        for index in indices.split_terminator(']') {
            segments.push(Segment::Index(index.strip_prefix('[')?.parse().ok()?));
        }
    }
    Some(segments)
}

/// Where each line of a text starts, to turn bytes into lines and columns.
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Lines { text, starts }
    }

    /// Line and column, both from 1, the column in characters.
    pub(crate) fn position(&self, offset: usize) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        let in_line = self.text.get(start..offset).map_or(0, |part| part.chars().count());
        (line as u32, in_line as u32 + 1)
    }

    pub(crate) fn place(&self, path: &str, offset: usize) -> Place {
        let (line, column) = self.position(offset);
        Place { path: path.to_owned(), line, column }
    }

    pub(crate) fn node(&self, value: Value, offset: usize) -> Node {
        let (line, column) = self.position(offset);
        Node { value, line, column }
    }

    /// A string's value: where its first character stands, if the document writes it without escapes.
    pub(crate) fn text(&self, text: String, span: std::ops::Range<usize>) -> Value {
        let written = self.text.get(span.clone()).unwrap_or("");
        let start = written.find(&text).filter(|_| !text.is_empty()).map(|at| self.position(span.start + at));
        Value::Text { text, start }
    }
}
