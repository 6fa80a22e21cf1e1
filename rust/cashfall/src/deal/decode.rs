//! From the tree to the model: every type reads itself and reports all that is wrong with it.

use super::bounds::{ANY, Bounds};
use super::decimal::{DecimalError, number_written, scaled};
use super::error::Problem;
use super::nearest::{did_you_mean, listed, nearest};
use super::place::{Place, join};
use super::shape::{Shape, Shapes};
use super::text::{Decimal, FormulaText, Located, Name, Table};
use super::tree::{Entry, Node, Value};
use crate::basics::date::Date;
use crate::basics::day_count::DayCount;
use crate::basics::rounding::Rounding;
use crate::basics::units::{Amount, LIMIT, Number};

/// What decoding needs to know and what it finds.
#[derive(Debug)]
pub struct Context {
    /// How many decimals an amount has.
    pub decimals: u32,
    /// What is wrong so far.
    pub problems: Vec<Problem>,
    /// The paths whose values could not be read: stand-ins take their place.
    pub unread: Vec<String>,
}

impl Context {
    /// Reports a problem; the answer is the `None` of the value that could not be read.
    pub fn report<T>(&mut self, problem: Problem) -> Option<T> {
        self.unread.push(problem.place.path.clone());
        self.problems.push(problem);
        None
    }
}

/// A value of the tree with its path.
#[derive(Debug)]
pub struct At<'a> {
    /// The value.
    pub node: &'a Node,
    /// Its path from the root.
    pub path: String,
}

impl<'a> At<'a> {
    /// Its place.
    pub fn place(&self) -> Place {
        Place { path: self.path.clone(), line: self.node.line, column: self.node.column }
    }

    /// The value of an entry of this table.
    pub fn entry(&self, entry: &'a Entry) -> At<'a> {
        At { node: &entry.node, path: join(&self.path, &entry.key) }
    }

    /// The place of the key of an entry of this table.
    pub fn key(&self, entry: &Entry) -> Place {
        Place { path: join(&self.path, &entry.key), line: entry.line, column: entry.column }
    }

    /// An element of this list.
    pub fn element(&self, index: usize, node: &'a Node) -> At<'a> {
        At { node, path: format!("{}[{index}]", self.path) }
    }

    /// The problem that this value is not what was expected.
    pub fn unlike(&self, expected: impl Into<String>) -> Problem {
        let problem = Problem::new(&self.place(), expected, self.node.described());
        match &self.node.value {
            Value::Null => problem.with_way_out("leave the key out to take its default"),
            Value::Number(text) if scaled(text, 9) == Err(DecimalError::NotADecimal) => {
                problem.with_way_out("numbers are finite decimals")
            }
            _ => problem,
        }
    }
}

/// A type that stands in a deal document.
pub trait Decode: Sized {
    /// What messages say this type expects.
    fn expected(bounds: &Bounds) -> String;
    /// The value, or nothing after its problems have been reported.
    fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self>;
    /// Stands in for a value that could not be read, so that the rest is read too.
    fn placeholder() -> Self;
    /// The value of a key that is not there, if the type allows that.
    fn absent() -> Option<Self> {
        None
    }
    /// The type's schema.
    fn shape(bounds: &Bounds, shapes: &mut Shapes) -> Shape;
    /// A default as JSON, for the schema.
    fn written(&self) -> Option<String> {
        None
    }
}

/// The entries of a table that is read as an object: unknown keys are reported, and known ones handed out.
pub(crate) struct Fields<'a, 'b> {
    at: &'b At<'a>,
    entries: &'a [Entry],
    misspelt: Vec<String>,
}

impl<'a, 'b> Fields<'a, 'b> {
    pub(crate) fn open(at: &'b At<'a>, keys: &[&str], context: &mut Context) -> Option<Self> {
        let Value::Table(entries) = &at.node.value else {
            return context.report(match keys {
                [] => at.unlike("an empty table").with_advice(written_empty(at)),
                _ => at.unlike("a table"),
            });
        };
        let mut misspelt = Vec::new();
        for entry in entries.iter().filter(|entry| !keys.contains(&entry.key.as_str())) {
            let free = keys.iter().filter(|key| !entries.iter().any(|other| other.key == **key)).copied();
            let missing = nearest(&entry.key, free);
            misspelt.extend(missing.map(str::to_owned));
            let meant = missing.or_else(|| nearest(&entry.key, keys.iter().copied()));
            let expected = match (keys, meant) {
                ([], _) => "no key".to_owned(),
                ([only], None) => format!("the key `{only}`"),
                (_, Some(_)) => "a known key".to_owned(),
                (_, None) => format!("a key among {}", listed(keys, "and")),
            };
            let way_out = match keys {
                [] => written_empty(at),
                _ => meant.map(|key| format!("did you mean `{key}`?")),
            };
            let problem = Problem::new(&at.key(entry), expected, format!("`{}`", entry.key));
            context.problems.push(problem.with_advice(way_out));
        }
        Some(Fields { at, entries, misspelt })
    }

    pub(crate) fn take<T: Decode>(
        &self,
        key: &str,
        bounds: &Bounds,
        default: Option<fn() -> T>,
        context: &mut Context,
    ) -> T {
        if let Some(entry) = self.entries.iter().find(|entry| entry.key == key) {
            return T::decode(&self.at.entry(entry), bounds, context).unwrap_or_else(T::placeholder);
        }
        default.map(|value| value()).or_else(T::absent).unwrap_or_else(|| {
            let place = self.at.place().child(key);
            context.unread.push(place.path.clone());
            if !self.misspelt.iter().any(|meant| meant == key) {
                let problem = Problem::new(&place, T::expected(bounds), "nothing");
                let owner = if self.at.path.is_empty() { "the document" } else { &format!("`{}`", self.at.path) };
                context.problems.push(problem.with_way_out(format!("add `{key}` to {owner}")));
            }
            T::placeholder()
        })
    }

    /// The one entry whose key is a verb.
    pub(crate) fn one_of<T: Tagged>(&self, context: &mut Context) -> Option<T> {
        let keys = T::keys();
        let verbs: Vec<&Entry> = self.entries.iter().filter(|entry| keys.contains(&entry.key.as_str())).collect();
        match verbs.as_slice() {
            [verb] => {
                self.advise_inside::<T>(&verb.key, context);
                T::decode_entry(&self.at.entry(verb), &verb.key, context)
            }
            [] if self.misspelt.iter().any(|meant| keys.contains(&meant.as_str())) => {
                context.unread.push(self.at.path.clone());
                None
            }
            [] => context.report(Problem::new(
                &self.at.place(),
                format!("one {} among {}", T::WORD, listed(keys, "and")),
                "none of them",
            )),
            several => {
                let found: Vec<&str> = several.iter().map(|entry| entry.key.as_str()).collect();
                let among = if keys.len() > 6 { String::new() } else { format!(" among {}", listed(keys, "and")) };
                let expected = format!("one {}{among}", T::WORD);
                let problem = Problem::new(&self.at.place(), expected, listed(&found, "and"));
                context.report(problem.with_way_out(T::OF_SEVERAL))
            }
        }
    }
}

impl Fields<'_, '_> {
    /// Tells for keys that were written beside a verb, but belong inside it.
    fn advise_inside<T: Tagged>(&self, verb: &str, context: &mut Context) {
        let inside = |problem: &&mut Problem| problem.way_out.is_none() && problem.found.starts_with('`');
        for problem in context.problems.iter_mut().filter(inside) {
            let key = self.entries.iter().find(|entry| problem.place.path == join(&self.at.path, &entry.key));
            if key.is_some_and(|entry| T::keys_inside(verb).contains(&entry.key.as_str())) {
                problem.expected = "a key of the step".to_owned();
                problem.way_out = Some(format!("write it inside `{verb}`"));
            }
        }
    }
}

/// How a document writes a table that has no keys.
fn written_empty(at: &At<'_>) -> Option<String> {
    let key = at.path.rsplit('.').next().filter(|key| !key.is_empty() && !key.contains('['))?;
    Some(format!("write `{key} = {{}}`"))
}

/// An enum that a table with one key stands for.
pub(crate) trait Tagged: Decode {
    /// What messages call one of its keys where they stand among the keys of an object.
    const WORD: &'static str;
    /// The way out where several of its keys stand among those of an object.
    const OF_SEVERAL: &'static str;

    fn keys() -> &'static [&'static str];

    /// The keys of the table under one of its keys.
    fn keys_inside(key: &str) -> Vec<&'static str> {
        let mut shapes = Shapes::default();
        Self::shape(&ANY, &mut shapes);
        let Some(Shape::Declared(name)) = shapes.alternative(key) else {
            return Vec::new();
        };
        shapes.fields(name).iter().map(|field| field.name).collect()
    }

    fn decode_entry(at: &At<'_>, key: &str, context: &mut Context) -> Option<Self>;
}

pub(crate) fn expected_tagged<T: Tagged>() -> String {
    let keys = T::keys();
    let one = if keys.len() == 1 { "the key" } else { "one key among" };
    format!("a table with {one} {}", listed(keys, "and"))
}

pub(crate) fn decode_tagged<T: Tagged>(at: &At<'_>, context: &mut Context) -> Option<T> {
    let keys = T::keys();
    match &at.node.value {
        Value::Table(entries) => match entries.as_slice() {
            [entry] if keys.contains(&entry.key.as_str()) => T::decode_entry(&at.entry(entry), &entry.key, context),
            [entry] => {
                let problem = Problem::new(&at.key(entry), expected_tagged::<T>(), format!("`{}`", entry.key));
                context.report(problem.with_advice(did_you_mean(&entry.key, keys.iter().copied())))
            }
            [] => context.report(at.unlike(expected_tagged::<T>())),
            several => {
                let found: Vec<&str> = several.iter().map(|entry| entry.key.as_str()).collect();
                context.report(Problem::new(&at.place(), expected_tagged::<T>(), listed(&found, "and")))
            }
        },
        Value::Text { text, .. } if keys.contains(&text.as_str()) => {
            let way_out = format!("write `{{ {text} = {{ … }} }}`");
            context.report(at.unlike(expected_tagged::<T>()).with_way_out(way_out))
        }
        _ => context.report(at.unlike(expected_tagged::<T>())),
    }
}

/// The position of a word among the words of a choice.
pub(crate) fn decode_choice(at: &At<'_>, words: &[&str], context: &mut Context) -> Option<usize> {
    let expected = expected_choice(words);
    match &at.node.value {
        Value::Text { text, .. } => words.iter().position(|word| word == text).or_else(|| {
            let advice = did_you_mean(text, words.iter().copied());
            context.report(at.unlike(expected).with_advice(advice))
        }),
        _ => context.report(at.unlike(expected)),
    }
}

pub(crate) fn expected_choice(words: &[&str]) -> String {
    if words.len() == 1 { format!("the word `{}`", words[0]) } else { format!("one of {}", listed(words, "and")) }
}

macro_rules! named_choice {
    ($type:ty, $names:expr) => {
        impl Decode for $type {
            fn expected(_: &Bounds) -> String {
                expected_choice(&$names)
            }

            fn decode(at: &At<'_>, _: &Bounds, context: &mut Context) -> Option<Self> {
                decode_choice(at, &$names, context).and_then(|index| <$type>::from_name($names[index]))
            }

            fn placeholder() -> Self {
                <$type>::from_name($names[0]).expect("the type's own names")
            }

            fn shape(_: &Bounds, _: &mut Shapes) -> Shape {
                Shape::Words($names.to_vec())
            }

            fn written(&self) -> Option<String> {
                $names.iter().find(|name| <$type>::from_name(name) == Some(*self)).map(|name| format!("\"{name}\""))
            }
        }
    };
}

named_choice!(DayCount, DayCount::NAMES);
named_choice!(Rounding, ["half_up", "half_even", "down"]);

/// The problem that a value is no number: it may be one in quotes.
fn no_number(at: &At<'_>, expected: impl Into<String>) -> Problem {
    let is_quoted = matches!(&at.node.value, Value::Text { text, .. } if super::decimal::parts(text).is_some());
    let problem = at.unlike(expected);
    if is_quoted { problem.with_way_out("write it without quotes") } else { problem }
}

/// An integer of a unit with that many decimals, within bounds.
fn decode_scaled(at: &At<'_>, decimals: u32, type_name: &str, bounds: &Bounds, context: &mut Context) -> Option<i64> {
    let expected = if bounds.expected.is_empty() { type_name } else { bounds.expected };
    let Value::Number(text) = &at.node.value else {
        return context.report(no_number(at, expected));
    };
    match scaled(text, decimals) {
        Ok(value) if (bounds.accepts)(value) => Some(value),
        Err(DecimalError::TooManyDecimals(0)) if type_name == "an amount" => {
            context.report(at.unlike("an amount without decimals, as `deal.decimals` is 0"))
        }
        Err(DecimalError::TooManyDecimals(n)) if n > 0 => {
            context.report(at.unlike(format!("{type_name} with {}", DecimalError::TooManyDecimals(n))))
        }
        Err(error @ DecimalError::OutOfRange(_)) if text.starts_with('-') || (bounds.accepts)(LIMIT - 1) => {
            context.report(at.unlike(format!("{type_name} with {error}")))
        }
        Ok(value) if value < 0 && !bounds.negative.is_empty() => context.report(at.unlike(bounds.negative)),
        _ => context.report(at.unlike(expected)),
    }
}

fn expected_or(bounds: &Bounds, type_name: &str) -> String {
    if bounds.expected.is_empty() { type_name.to_owned() } else { bounds.expected.to_owned() }
}

macro_rules! scaled_type {
    ($type:ty, $name:literal, $decimals:expr, $wrap:expr, $shape:path, $written:expr) => {
        impl Decode for $type {
            fn expected(bounds: &Bounds) -> String {
                expected_or(bounds, $name)
            }

            fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self> {
                let decimals = $decimals(&*context);
                decode_scaled(at, decimals, $name, bounds, context).map($wrap)
            }

            fn placeholder() -> Self {
                $wrap(1)
            }

            fn shape(bounds: &Bounds, _: &mut Shapes) -> Shape {
                $shape(bounds.keywords)
            }

            fn written(&self) -> Option<String> {
                $written(self)
            }
        }
    };
}

scaled_type!(Amount, "an amount", |context: &Context| context.decimals, Amount, Shape::Amount, |amount: &Amount| {
    (amount.0 == 0).then(|| "0".to_owned())
});
scaled_type!(Number, "a number", |_: &Context| 9, Number, Shape::Number, |number: &Number| Some(number_written(
    number.0
)));
scaled_type!(i64, "a whole number", |_: &Context| 0, std::convert::identity, Shape::Integer, |n: &i64| Some(
    n.to_string()
));

impl Decode for String {
    fn expected(bounds: &Bounds) -> String {
        expected_or(bounds, "a string")
    }

    fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self> {
        match &at.node.value {
            Value::Text { text, .. } if (bounds.accepts_text)(text) => Some(text.clone()),
            _ => context.report(at.unlike(Self::expected(bounds))),
        }
    }

    fn placeholder() -> Self {
        String::new()
    }

    fn shape(bounds: &Bounds, _: &mut Shapes) -> Shape {
        Shape::Text(bounds.keywords)
    }
}

impl Decode for bool {
    fn expected(_: &Bounds) -> String {
        "true or false".to_owned()
    }

    fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self> {
        match at.node.value {
            Value::Boolean(flag) => Some(flag),
            _ => context.report(at.unlike(Self::expected(bounds))),
        }
    }

    fn placeholder() -> Self {
        false
    }

    fn shape(_: &Bounds, _: &mut Shapes) -> Shape {
        Shape::Boolean
    }

    fn written(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Decode for Date {
    fn expected(_: &Bounds) -> String {
        "a date such as 2025-10-21".to_owned()
    }

    fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self> {
        let text = match &at.node.value {
            Value::Date(text) | Value::Text { text, .. } => text,
            _ => return context.report(at.unlike(Self::expected(bounds))),
        };
        match Date::parse(text) {
            Ok(date) if (1900..2300).contains(&date.ymd().0) => Some(date),
            Ok(_) => context.report(at.unlike("a date from 1900 to 2299")),
            Err(_) => context.report(at.unlike(Self::expected(bounds))),
        }
    }

    fn placeholder() -> Self {
        Date::from_ymd(2000, 1, 1).expect("a date")
    }

    fn shape(_: &Bounds, _: &mut Shapes) -> Shape {
        Shape::Date
    }
}

impl Decode for Name {
    fn expected(_: &Bounds) -> String {
        "a name".to_owned()
    }

    fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self> {
        match &at.node.value {
            Value::Text { text, .. } if !text.is_empty() => Some(Name { text: text.clone(), place: at.place() }),
            _ => context.report(at.unlike(Self::expected(bounds))),
        }
    }

    fn placeholder() -> Self {
        Name::default()
    }

    fn shape(_: &Bounds, _: &mut Shapes) -> Shape {
        Shape::Text(&[])
    }

    fn written(&self) -> Option<String> {
        Some(format!("\"{}\"", self.text))
    }
}

impl Decode for FormulaText {
    fn expected(_: &Bounds) -> String {
        "a formula in quotes".to_owned()
    }

    fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self> {
        match &at.node.value {
            Value::Text { text, start } if !text.trim().is_empty() => {
                Some(FormulaText { text: text.clone(), place: at.place(), start: *start })
            }
            Value::Number(text) => {
                context.report(at.unlike(Self::expected(bounds)).with_way_out(format!("write `\"{text}\"`")))
            }
            Value::Text { .. } => context.report(at.unlike("a formula that is not empty")),
            _ => context.report(at.unlike(Self::expected(bounds))),
        }
    }

    fn placeholder() -> Self {
        FormulaText::default()
    }

    fn shape(_: &Bounds, _: &mut Shapes) -> Shape {
        Shape::Formula
    }
}

impl Decode for Decimal {
    fn expected(_: &Bounds) -> String {
        "a decimal".to_owned()
    }

    fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self> {
        match &at.node.value {
            Value::Number(text) => Some(Decimal { text: text.clone(), place: at.place() }),
            _ => context.report(no_number(at, Self::expected(bounds))),
        }
    }

    fn placeholder() -> Self {
        Decimal { text: "1".to_owned(), place: Place::default() }
    }

    fn shape(_: &Bounds, _: &mut Shapes) -> Shape {
        Shape::Number(&[])
    }
}

impl<T: Decode> Decode for Located<T> {
    fn expected(bounds: &Bounds) -> String {
        T::expected(bounds)
    }

    fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self> {
        T::decode(at, bounds, context).map(|value| Located { value, place: at.place() })
    }

    fn placeholder() -> Self {
        Located { value: T::placeholder(), place: Place::default() }
    }

    fn shape(bounds: &Bounds, shapes: &mut Shapes) -> Shape {
        T::shape(bounds, shapes)
    }
}

impl<T: Decode> Decode for Option<T> {
    fn expected(bounds: &Bounds) -> String {
        T::expected(bounds)
    }

    fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self> {
        T::decode(at, bounds, context).map(Some)
    }

    fn placeholder() -> Self {
        None
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn shape(bounds: &Bounds, shapes: &mut Shapes) -> Shape {
        T::shape(bounds, shapes)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn expected(bounds: &Bounds) -> String {
        if bounds.not_empty { "a list with at least one element".to_owned() } else { "a list".to_owned() }
    }

    fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self> {
        match &at.node.value {
            Value::List(nodes) if nodes.is_empty() && bounds.not_empty => {
                context.report(Problem::new(&at.place(), Self::expected(bounds), "an empty list"))
            }
            Value::List(nodes) => {
                let elements = nodes.iter().enumerate();
                Some(elements.filter_map(|(i, node)| T::decode(&at.element(i, node), bounds, context)).collect())
            }
            Value::Text { text, .. } => {
                context.report(at.unlike(Self::expected(bounds)).with_way_out(format!("write `[\"{text}\"]`")))
            }
            _ => context.report(at.unlike(Self::expected(bounds))),
        }
    }

    fn placeholder() -> Self {
        Vec::new()
    }

    fn shape(bounds: &Bounds, shapes: &mut Shapes) -> Shape {
        Shape::List(Box::new(T::shape(bounds, shapes)), bounds.not_empty)
    }

    fn written(&self) -> Option<String> {
        let elements: Option<Vec<String>> = self.iter().map(T::written).collect();
        elements.map(|elements| format!("[{}]", elements.join(", ")))
    }
}

impl<A: Decode, B: Decode> Decode for (A, B) {
    fn expected(bounds: &Bounds) -> String {
        format!("a pair of {} and {}", A::expected(&ANY), B::expected(bounds))
    }

    fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self> {
        let Value::List(nodes) = &at.node.value else {
            return context.report(at.unlike(Self::expected(bounds)));
        };
        let [first, second] = nodes.as_slice() else {
            let found = format!("a list of {}", nodes.len());
            return context.report(Problem::new(&at.place(), Self::expected(bounds), found));
        };
        let first = A::decode(&at.element(0, first), &ANY, context);
        let second = B::decode(&at.element(1, second), bounds, context);
        first.zip(second)
    }

    fn placeholder() -> Self {
        (A::placeholder(), B::placeholder())
    }

    fn shape(bounds: &Bounds, shapes: &mut Shapes) -> Shape {
        Shape::Pair(Box::new(A::shape(&ANY, shapes)), Box::new(B::shape(bounds, shapes)))
    }
}

impl<T: Decode> Decode for Table<T> {
    fn expected(_: &Bounds) -> String {
        "a table of names".to_owned()
    }

    fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self> {
        let Value::Table(entries) = &at.node.value else {
            return context.report(at.unlike(Self::expected(bounds)));
        };
        let named = |entry: &Entry| {
            let name = Name { text: entry.key.clone(), place: at.key(entry) };
            (name, T::decode(&at.entry(entry), bounds, context).unwrap_or_else(T::placeholder))
        };
        Some(Table(entries.iter().map(named).collect()))
    }

    fn placeholder() -> Self {
        Table::default()
    }

    fn shape(bounds: &Bounds, shapes: &mut Shapes) -> Shape {
        Shape::Map(Box::new(T::shape(bounds, shapes)))
    }

    fn written(&self) -> Option<String> {
        self.is_empty().then(|| "{}".to_owned())
    }
}
