//! Making the figures of one object, in their order.

use crate::formula::{Object, Quantity, QuantityRef, Unit};

use super::FigureModel;
use super::terms::{Term, constant, now, opening};

/// The figures of an object that are made so far, and the terms of which they are made.
pub struct Maker<'a, T> {
    /// The terms.
    pub terms: &'a T,
    /// The kind of the object.
    pub object: Object,
    /// Its position.
    pub index: usize,
    /// The dates on which its figures are made.
    pub on: &'a [bool],
    /// The figures.
    pub made: Vec<FigureModel>,
}

impl<T> Maker<'_, T> {
    fn of(&self, quantity: Quantity) -> QuantityRef {
        QuantityRef { object: self.object, index: self.index, quantity }
    }

    /// A figure of the object as it stands now.
    pub fn now(&self, quantity: Quantity) -> Term {
        now(self.of(quantity), quantity.unit_of_collateral())
    }

    /// A figure of the object as it stood when the date began.
    pub fn opening(&self, quantity: Quantity) -> Term {
        opening(self.of(quantity), quantity.unit_of_collateral())
    }

    /// Whether the object has a figure.
    pub fn has(&self, quantity: Quantity) -> bool {
        self.made.iter().any(|figure| figure.of.quantity == quantity)
    }

    /// A figure of the date, or 0 where the object does not have it.
    pub fn perhaps(&self, quantity: Quantity) -> Term {
        if self.has(quantity) { self.now(quantity) } else { constant(quantity.unit_of_collateral(), 0) }
    }

    /// A term and those of these figures that the object has.
    pub fn sum(&self, quantities: &[Quantity], first: Term) -> Term {
        let had = quantities.iter().filter(|quantity| self.has(**quantity));
        had.fold(first, |sum, quantity| sum + self.now(*quantity))
    }

    /// A flow: 0 on other dates.
    pub fn flow(&mut self, quantity: Quantity, value: Term) {
        let figure = FigureModel::flow(self.of(quantity), self.on.to_vec(), value);
        self.made.push(figure);
    }

    /// What stays as it is on other dates.
    pub fn keep(&mut self, quantity: Quantity, initial: i64, value: Term) {
        let figure = FigureModel::flow(self.of(quantity), self.on.to_vec(), value);
        self.made.push(FigureModel { is_kept: true, initial, ..figure });
    }
}

/// No cash.
pub fn nothing() -> Term {
    constant(Unit::Amount, 0)
}
