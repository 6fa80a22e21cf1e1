//! One form of a document whatever its syntax: JSON with sorted keys and exact decimals, for the fingerprint.

use std::fmt::Write;

use super::decimal::parts;
use super::tree::{Entry, Node, Value};

/// The canonical JSON of a tree.
pub(crate) fn canonical(tree: &Node) -> String {
    let mut text = String::new();
    write(tree, &mut text);
    text
}

fn write(node: &Node, text: &mut String) {
    match &node.value {
        Value::Table(entries) => {
            let mut sorted: Vec<&Entry> = entries.iter().collect();
            sorted.sort_by(|a, b| a.key.cmp(&b.key));
            joined(text, "{}", &sorted, |entry, text| {
                text.push_str(&json_string(&entry.key));
                text.push(':');
                write(&entry.node, text);
            });
        }
        Value::List(nodes) => joined(text, "[]", nodes, write),
        Value::Text { text: value, .. } | Value::Date(value) | Value::Time(value) => text.push_str(&json_string(value)),
        Value::Number(value) => text.push_str(&plain_number(value)),
        Value::Boolean(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Null => text.push_str("null"),
    }
}

fn joined<T>(text: &mut String, brackets: &str, items: &[T], each: impl Fn(&T, &mut String)) {
    text.push_str(&brackets[..1]);
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        each(item, text);
    }
    text.push_str(&brackets[1..]);
}

/// A decimal without exponent and without zeros that say nothing; one that is not a decimal, as a string.
fn plain_number(written: &str) -> String {
    let Some((negative, digits, power)) = parts(written) else {
        return json_string(written);
    };
    let sign = if negative { "-" } else { "" };
    if digits.is_empty() {
        return "0".to_owned();
    }
    if power.abs() > 100 {
        return format!("{sign}{digits}e{power}");
    }
    if power >= 0 {
        return format!("{sign}{digits}{}", "0".repeat(power as usize));
    }
    let decimals = power.unsigned_abs() as usize;
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    format!("{sign}{whole}.{fraction}")
}

/// A string in JSON.
pub(crate) fn json_string(value: &str) -> String {
    let mut text = String::from("\"");
    for letter in value.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            control if control < ' ' => write!(text, "\\u{:04x}", control as u32).expect("a string takes all"),
            other => text.push(other),
        }
    }
    text.push('"');
    text
}
