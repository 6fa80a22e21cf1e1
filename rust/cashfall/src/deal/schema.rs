//! The JSON Schema of deal documents, from the declarations.

use super::bounds::ANY;
use super::canonical::json_string;
use super::decode::Decode;
use super::model::Deal;
use super::shape::{Declaration, Field, Kind, Shape, Shapes};

/// The JSON Schema (draft 2020-12) of a deal document.
pub fn json_schema() -> String {
    let mut shapes = Shapes::default();
    Deal::shape(&ANY, &mut shapes);
    let definitions: Vec<String> = shapes
        .declarations
        .iter()
        .map(|declaration| format!("    {}: {}", json_string(declaration.name), declared(declaration, &shapes)))
        .collect();
    format!(
        "{{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"title\": \"cashfall deal\",\n  \
         \"$ref\": \"#/$defs/Deal\",\n  \"$defs\": {{\n{}\n  }}\n}}\n",
        definitions.join(",\n")
    )
}

fn declared(declaration: &Declaration, shapes: &Shapes) -> String {
    let (fields, rest) = match &declaration.kind {
        Kind::Object(fields, None) => (fields.clone(), required(fields)),
        Kind::Object(fields, Some(flattened)) => {
            let verbs = shapes.fields(flattened);
            let one: Vec<String> = verbs.iter().map(|verb| format!("{{\"required\": [\"{}\"]}}", verb.name)).collect();
            let rest = format!("{}, \"oneOf\": [{}]", required(fields), one.join(", "));
            ([fields.clone(), verbs.to_vec()].concat(), rest)
        }
        Kind::Tagged(fields) => (fields.clone(), ", \"minProperties\": 1, \"maxProperties\": 1".to_owned()),
    };
    let properties: Vec<String> = fields.iter().map(property).collect();
    format!(
        "{{\"type\": \"object\", \"description\": {}, \"properties\": {{{}}}, \"additionalProperties\": false{rest}}}",
        json_string(&declaration.doc),
        properties.join(", ")
    )
}

fn required(fields: &[Field]) -> String {
    let names: Vec<String> =
        fields.iter().filter(|field| field.required).map(|field| json_string(field.name)).collect();
    if names.is_empty() { String::new() } else { format!(", \"required\": [{}]", names.join(", ")) }
}

fn property(field: &Field) -> String {
    let default = field.default.as_ref().map_or_else(String::new, |value| format!(", \"default\": {value}"));
    let description = json_string(&field.doc);
    format!("{}: {{\"description\": {description}, {}{default}}}", json_string(field.name), keywords(&field.shape))
}

fn keywords(shape: &Shape) -> String {
    let with = |start: &str, more: &[(&str, &str)]| {
        let more: Vec<String> = more.iter().map(|(key, value)| format!(", \"{key}\": {value}")).collect();
        format!("{start}{}", more.concat())
    };
    match shape {
        Shape::Text(more) => with("\"type\": \"string\"", more),
        Shape::Formula => "\"type\": \"string\", \"minLength\": 1".to_owned(),
        Shape::Date => "\"type\": \"string\", \"format\": \"date\"".to_owned(),
        Shape::Amount(more) | Shape::Number(more) => with("\"type\": \"number\"", more),
        Shape::Integer(more) => with("\"type\": \"integer\"", more),
        Shape::Boolean => "\"type\": \"boolean\"".to_owned(),
        Shape::Words(words) => {
            let words: Vec<String> = words.iter().map(|word| json_string(word)).collect();
            format!("\"enum\": [{}]", words.join(", "))
        }
        Shape::List(element, not_empty) => {
            let least = if *not_empty { ", \"minItems\": 1" } else { "" };
            format!("\"type\": \"array\", \"items\": {{{}}}{least}", keywords(element))
        }
        Shape::Pair(first, second) => format!(
            "\"type\": \"array\", \"prefixItems\": [{{{}}}, {{{}}}], \"minItems\": 2, \"maxItems\": 2",
            keywords(first),
            keywords(second)
        ),
        Shape::Map(element) => format!(
            "\"type\": \"object\", \"propertyNames\": {{\"pattern\": \"^[a-z][a-z0-9_]*$\"}}, \"additionalProperties\": {{{}}}",
            keywords(element)
        ),
        Shape::Declared(name) => format!("\"$ref\": \"#/$defs/{name}\""),
        Shape::Either(one, other) => format!("\"anyOf\": [{{{}}}, {{{}}}]", keywords(one), keywords(other)),
    }
}
