//! JSON text to the tree.

use std::collections::HashSet;

use jsonc_parser::ast;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::error::Problem;
use super::place::join;
use super::tree::{Entry, Lines, Node, Value};

/// Strict JSON, but for `NaN` and infinities, which Python writes: the decoder refuses them where they stand.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: true,
    allow_extended_string_escapes: false,
};

/// The tree of a JSON text, or its error of syntax; a key that stands twice is an error too.
pub(crate) fn read(text: &str) -> Result<Node, Vec<Problem>> {
    let mut reader = Reader { lines: Lines::new(text), problems: Vec::new() };
    let fault = |offset: usize, found: String| {
        vec![Problem::new(&Lines::new(text).place("", offset), "valid JSON", format!("an error of syntax: {found}"))]
    };
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT)
        .map_err(|error| fault(error.range().start, error.kind().to_string()))?;
    let value = parsed.value.ok_or_else(|| fault(0, "no text".to_owned()))?;
    let node = reader.node(&value, "");
    if reader.problems.is_empty() { Ok(node) } else { Err(reader.problems) }
}

struct Reader<'a> {
    lines: Lines<'a>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn node(&mut self, value: &ast::Value<'_>, path: &str) -> Node {
        use jsonc_parser::common::Ranged;
        let range = value.range();
        let converted = match value {
            ast::Value::StringLit(text) => self.lines.text(text.value.to_string(), range.start..range.end),
            ast::Value::NumberLit(number) => Value::Number(number.value.to_owned()),
            ast::Value::BooleanLit(flag) => Value::Boolean(flag.value),
            ast::Value::NullKeyword(_) => Value::Null,
            ast::Value::Array(array) => Value::List(
                array.elements.iter().enumerate().map(|(i, node)| self.node(node, &format!("{path}[{i}]"))).collect(),
            ),
            ast::Value::Object(object) => Value::Table(self.entries(object, path)),
        };
        self.lines.node(converted, range.start)
    }

    fn entries(&mut self, object: &ast::Object<'_>, path: &str) -> Vec<Entry> {
        let mut seen = HashSet::new();
        let mut entries = Vec::with_capacity(object.properties.len());
        for property in &object.properties {
            let key = property.name.as_str().to_owned();
            let below = join(path, &key);
            let (line, column) = self.lines.position(property.range.start);
            if !seen.insert(key.clone()) {
                let place = self.lines.place(&below, property.range.start);
                self.problems.push(Problem::new(&place, "each key once", format!("`{key}` again")));
            }
            entries.push(Entry { node: self.node(&property.value, &below), key, line, column });
        }
        entries
    }
}
