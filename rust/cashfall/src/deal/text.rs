//! The scalar types of a deal document: names, formulas, decimals, values with their place, and tables by name.

use std::ops::{Deref, Index};

use super::place::Place;

/// The key of an object, or a reference to one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// The text of a formula.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormulaText {
    /// The formula.
    pub text: String,
    /// Where its string stands (its opening quote).
    pub place: Place,
    /// Line and column of the formula's first character, where the document writes it without escapes.
    pub start: Option<(u32, u32)>,
}

impl FormulaText {
    /// The place of the byte `offset` of the text: as exact as the document allows.
    pub fn place_at(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let n_lines = before.matches('\n').count() as u32;
        let in_line = before.rsplit('\n').next().unwrap_or("").chars().count() as u32;
        let (line, column) = match (self.start, self.place.line) {
            (Some((line, _)), _) if n_lines > 0 => (line + n_lines, in_line + 1),
            (Some((line, column)), _) => (line, column + in_line),
            (None, 0) => (0, before.chars().count() as u32 + 1),
            (None, line) => (line, self.place.column),
        };
        Place { path: self.place.path.clone(), line, column }
    }
}

/// An exact decimal, as the document writes it; its unit is known only where it is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decimal {
    /// The decimal, without underscores.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// A value with its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

impl<T> Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Objects by name, in the order of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<T>(pub Vec<(Name, T)>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table(Vec::new())
    }
}

impl<T> Table<T> {
    /// The object of that name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.position(name).map(|index| &self.0[index].1)
    }

    /// The position of the object of that name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(key, _)| key.text == name)
    }

    /// The name of the object at a position.
    pub fn name(&self, index: usize) -> &Name {
        &self.0[index].0
    }

    /// Names and objects in order.
    pub fn iter(&self) -> std::slice::Iter<'_, (Name, T)> {
        self.0.iter()
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Index<usize> for Table<T> {
    type Output = T;

    fn index(&self, index: usize) -> &T {
        &self.0[index].1
    }
}

impl<'a, T> IntoIterator for &'a Table<T> {
    type Item = &'a (Name, T);
    type IntoIter = std::slice::Iter<'a, (Name, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
