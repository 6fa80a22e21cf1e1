//! The Python `TypedDict`s of deal documents, from the declarations.

use super::bounds::ANY;
use super::canonical::json_string;
use super::decode::Decode;
use super::model::Deal;
use super::shape::{Declaration, Field, Kind, Shape, Shapes};

const HEAD: &str = "\"\"\"The types of a deal given as a dict. Written by `cashfall schema`; do not edit.\"\"\"\n\n\
import datetime\nfrom decimal import Decimal\nfrom typing import Literal, NotRequired, Required, TypedDict\n\n\
Date = str | datetime.date\n\"\"\"A date, or its ISO text.\"\"\"\n\n\
Number = float | Decimal\n\"\"\"An amount or a ratio; both types are read by their decimal digits.\"\"\"\n\n\
Formula = str\n\"\"\"A formula, such as `senior.interest_due + senior.principal_due`.\"\"\"\n";

/// Keys that a class body cannot hold.
const KEYWORDS: [&str; 7] = ["else", "from", "if", "in", "or", "with", "yield"];

/// Python source with a `TypedDict` for every declared object, each after those it needs.
pub fn typed_dicts() -> String {
    let mut shapes = Shapes::default();
    Deal::shape(&ANY, &mut shapes);
    let needed = |declaration: &&Declaration| declaration.name != "Verb";
    let mut written = Vec::new();
    let classes: Vec<String> = shapes
        .declarations
        .iter()
        .filter(needed)
        .map(|declaration| {
            let text = typed_dict(declaration, &shapes, &written);
            written.push(declaration.name);
            text
        })
        .collect();
    format!("{HEAD}\n\n{}", classes.join("\n\n"))
}

/// The type of one object; `written` are those that stand before it.
fn typed_dict(declaration: &Declaration, shapes: &Shapes, written: &[&str]) -> String {
    let fields: Vec<Field> = match &declaration.kind {
        Kind::Object(fields, Some(flattened)) => [fields, shapes.fields(flattened)].concat(),
        Kind::Object(fields, None) | Kind::Tagged(fields) => fields.clone(),
    };
    let one = match &declaration.kind {
        Kind::Tagged(_) => " Exactly one key.",
        Kind::Object(_, Some(_)) => " Exactly one verb.",
        Kind::Object(_, None) => "",
    };
    let name = declaration.name;
    if fields.iter().any(|field| KEYWORDS.contains(&field.name)) {
        return functional(name, &format!("{}{one}", declaration.doc), &fields, written);
    }
    let mut text = format!("class {name}(TypedDict, total=False):\n    \"\"\"{}{one}\"\"\"\n", declaration.doc);
    for field in &fields {
        text.push_str(&format!("\n    {}: {}\n    \"\"\"{}\"\"\"\n", field.name, presence(field, written), field.doc));
    }
    text
}

fn functional(name: &str, doc: &str, fields: &[Field], written: &[&str]) -> String {
    let mut text = format!("{name} = TypedDict(\n    \"{name}\",\n    {{\n");
    for field in fields {
        text.push_str(&format!("        # {}\n        \"{}\": {},\n", field.doc, field.name, presence(field, written)));
    }
    text.push_str(&format!("    }},\n    total=False,\n)\n\"\"\"{doc}\"\"\"\n"));
    text
}

fn presence(field: &Field, written: &[&str]) -> String {
    let word = if field.required { "Required" } else { "NotRequired" };
    format!("{word}[{}]", annotation(&field.shape, written))
}

fn annotation(shape: &Shape, written: &[&str]) -> String {
    match shape {
        Shape::Text(_) => "str".to_owned(),
        Shape::Formula => "Formula".to_owned(),
        Shape::Date => "Date".to_owned(),
        Shape::Amount(_) | Shape::Number(_) => "Number".to_owned(),
        Shape::Integer(_) => "int".to_owned(),
        Shape::Boolean => "bool".to_owned(),
        Shape::Words(words) => {
            let words: Vec<String> = words.iter().map(|word| json_string(word)).collect();
            format!("Literal[{}]", words.join(", "))
        }
        Shape::List(element, _) => format!("list[{}]", annotation(element, written)),
        Shape::Pair(first, second) => pair(&annotation(first, written), &annotation(second, written)),
        Shape::Map(element) => format!("dict[str, {}]", annotation(element, written)),
        Shape::Declared(name) if written.contains(name) => (*name).to_owned(),
        // An object that holds itself is named before it stands there.
        Shape::Declared(name) => format!("\"{name}\""),
        Shape::Either(one, other) => format!("{} | {}", annotation(one, written), annotation(other, written)),
    }
}

/// A pair may be written as a tuple or as a list.
fn pair(first: &str, second: &str) -> String {
    format!("tuple[{first}, {second}] | list[{first} | {second}]")
}
