//! TOML text to the tree.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::Problem;
use super::place::join;
use super::tree::{Entry, Lines, Node, Value};

/// The tree of a TOML text, or every error of syntax.
pub(crate) fn read(text: &str) -> Result<Node, Vec<Problem>> {
    let lines = Lines::new(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        let value = Value::Table(entries(table.get_ref(), &lines));
        return Ok(Node { value, line: 1, column: 1 });
    }
    let problem = |error: &toml::de::Error| {
        if let (true, Some(span)) = (error.message().contains("duplicate key"), error.span()) {
            return key_again(text, table.get_ref(), span, &lines);
        }
        let place = lines.place("", error.span().map_or(0, |span| span.start));
        Problem::new(
            &place,
            "valid TOML",
            format!("an error of syntax: {}", error.message().trim_end_matches(", expected nothing")),
        )
    };
    Err(errors.iter().map(problem).collect())
}

/// The problem that a key stands twice in one table.
fn key_again(text: &str, table: &DeTable<'_>, span: Range<usize>, lines: &Lines<'_>) -> Problem {
    let written = |part: &str| part.replace(['"', '\'', ' '], "");
    let before = &text[..span.start];
    let begin = before.rfind(['{', ',', '[', '\n']).map_or(0, |at| at + 1);
    let dotted = written(&text[begin..span.end]);
    let is_header = before[..begin].ends_with('[');
    let mut enclosing = (0, String::new());
    if !is_header {
        enclosing_table(text, table, "", span.start, &mut enclosing);
    }
    let place = lines.place(&join(&enclosing.1, &dotted), span.start);
    Problem::new(&place, "each key once", format!("`{}` again", written(&text[span])))
}

/// Finds the path of the table in which a position stands: that which begins last before it, and has not ended.
fn enclosing_table(text: &str, table: &DeTable<'_>, path: &str, at: usize, found: &mut (usize, String)) {
    for (key, value) in table.iter() {
        enclosing_value(text, value, &join(path, key.get_ref()), at, found);
    }
}

fn enclosing_value(text: &str, value: &Spanned<DeValue<'_>>, path: &str, at: usize, found: &mut (usize, String)) {
    let span = value.span();
    match value.get_ref() {
        DeValue::Table(table) => {
            let begins_with = |mark: char| text[span.start..].starts_with(mark);
            let is_around = begins_with('[') || begins_with('{') && at < span.end;
            if is_around && span.start <= at && span.start >= found.0 {
                *found = (span.start, path.to_owned());
            }
            enclosing_table(text, table, path, at, found);
        }
        DeValue::Array(nodes) => {
            let elements = nodes.iter().enumerate();
            elements.for_each(|(i, node)| enclosing_value(text, node, &format!("{path}[{i}]"), at, found));
        }
        _ => {}
    }
}

fn entries(table: &DeTable<'_>, lines: &Lines<'_>) -> Vec<Entry> {
    let mut sorted: Vec<_> = table.iter().collect();
    sorted.sort_by_key(|(key, _)| key.span().start);
    let entry = |(key, value): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
        let (line, column) = lines.position(key.span().start);
        Entry { key: key.get_ref().to_string(), line, column, node: node(value, lines) }
    };
    sorted.into_iter().map(entry).collect()
}

fn node(value: &Spanned<DeValue<'_>>, lines: &Lines<'_>) -> Node {
    let span = value.span();
    let converted = match value.get_ref() {
        DeValue::String(text) => lines.text(text.to_string(), span.clone()),
        DeValue::Integer(integer) => Value::Number(integer.to_string().replace('_', "")),
        DeValue::Float(float) => Value::Number(float.as_str().replace('_', "")),
        DeValue::Boolean(flag) => Value::Boolean(*flag),
        DeValue::Datetime(moment) if moment.time.is_none() && moment.date.is_some() => Value::Date(moment.to_string()),
        DeValue::Datetime(moment) => Value::Time(moment.to_string()),
        DeValue::Array(nodes) => Value::List(nodes.iter().map(|value| node(value, lines)).collect()),
        DeValue::Table(table) => Value::Table(entries(table, lines)),
    };
    lines.node(converted, span.start)
}
