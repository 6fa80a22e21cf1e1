//! The schema of the deal language as data, gathered from the declarations.

/// JSON Schema keywords with their values as JSON.
pub(crate) type Keywords = &'static [(&'static str, &'static str)];

/// The type of a value.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A string.
    Text(Keywords),
    /// A formula.
    Formula,
    /// A date.
    Date,
    /// A decimal in units of the currency.
    Amount(Keywords),
    /// A decimal.
    Number(Keywords),
    /// A whole number.
    Integer(Keywords),
    /// A flag.
    Boolean,
    /// One of some words.
    Words(Vec<&'static str>),
    /// A list; whether it must have an element.
    List(Box<Shape>, bool),
    /// A list of two.
    Pair(Box<Shape>, Box<Shape>),
    /// A table from names.
    Map(Box<Shape>),
    /// A declared object, by its name.
    Declared(&'static str),
    /// One of two types.
    Either(Box<Shape>, Box<Shape>),
}

/// A declared object.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub doc: String,
    /// Its keys.
    pub kind: Kind,
}

/// What a table of a declared object looks like.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Its fields, and one key of the named tagged object, if that is flattened into it.
    Object(Vec<Field>, Option<&'static str>),
    /// Exactly one of these keys.
    Tagged(Vec<Field>),
}

/// A key of a declared object.
#[derive(Clone, Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What it means.
    pub doc: String,
    /// Whether it must be there.
    pub required: bool,
    /// Its default as JSON.
    pub default: Option<String>,
    /// Its type.
    pub shape: Shape,
}

/// All declared objects reached so far, each after those it needs.
#[derive(Debug, Default)]
pub struct Shapes {
    /// The objects.
    pub declarations: Vec<Declaration>,
    seen: Vec<&'static str>,
}

impl Shapes {
    /// Adds an object unless it is there.
    pub fn declare(&mut self, name: &'static str, docs: &[&str], kind: impl FnOnce(&mut Shapes) -> Kind) -> Shape {
        if !self.seen.contains(&name) {
            self.seen.push(name);
            let kind = kind(self);
            self.declarations.push(Declaration { name, doc: joined(docs), kind });
        }
        Shape::Declared(name)
    }

    /// The keys of the object of that name.
    pub fn fields(&self, name: &str) -> &[Field] {
        let declaration = self.declarations.iter().find(|declaration| declaration.name == name);
        match declaration.map(|declaration| &declaration.kind) {
            Some(Kind::Tagged(fields) | Kind::Object(fields, _)) => fields,
            None => &[],
        }
    }

    /// The type under a key of the object declared last, which is the one that was asked for.
    pub fn alternative(&self, key: &str) -> Option<&Shape> {
        let fields = self.fields(self.declarations.last()?.name);
        fields.iter().find(|field| field.name == key).map(|field| &field.shape)
    }
}

/// The lines of a doc comment as one text.
pub(crate) fn joined(docs: &[&str]) -> String {
    docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}
