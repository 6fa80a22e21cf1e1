//! TOML text to the tree.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::Problem;
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
        let place = lines.place("", error.span().map_or(0, |span| span.start));
        Problem::new(
            &place,
            "valid TOML",
            format!("an error of syntax: {}", error.message().trim_end_matches(", expected nothing")),
        )
    };
    Err(errors.iter().map(problem).collect())
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
