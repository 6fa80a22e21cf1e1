//! The figures of collateral.

use crate::formula::{Expr, Object, Quantity, QuantityRef, Unit};

use super::super::collateral::FigureModel;
use super::super::evaluate::quantities_read;
use super::super::model::Model;
use super::super::op::Op;
use super::forward::Ahead;
use super::values::Value;
use super::{Key, Lowering, as_f64, limit, quantity};

impl Lowering<'_> {
    /// Values before the first date.
    pub fn prepare_figures(&mut self) {
        for figure in self.model.figures.iter().filter(|figure| figure.is_kept) {
            let slot = self.slot_of(figure.of);
            if figure.initial != 0 {
                self.initial.push((slot, as_f64(figure.initial)));
            }
        }
    }

    /// A figure of today, at the start of its date.
    pub fn make(&mut self, figure: &FigureModel) {
        if !figure.on[self.t] {
            return;
        }
        self.n_temporaries = 0;
        let value = self.formula(&figure.value);
        let kept = if figure.is_kept { self.store(figure.of, value) } else { self.keep(figure.of, value) };
        if self.metrics.totals.contains(&figure.of) && kept != Value::Constant(0) {
            let (to, b) = (self.slot(Key::Total(figure.of)), self.in_slot(kept));
            self.push(Op::Add { to, a: to, b });
        }
    }

    /// Into the slot in which a figure is kept from date to date.
    fn store(&mut self, of: QuantityRef, value: Value) -> Value {
        let to = self.slot_of(of);
        match value {
            Value::Constant(value) => {
                let value = self.param(as_f64(value));
                self.push(Op::Constant { to, value });
            }
            Value::Slot(from, _) => self.push(Op::Copy { to, from }),
        }
        let kept = Value::Slot(to, value.bound());
        self.today.insert(of, kept);
        kept
    }

    /// A figure that is not made today.
    pub fn figure_between_dates(&mut self, of: QuantityRef) -> Value {
        match self.model.figure(of) {
            Some(figure) if figure.is_kept => Value::Slot(self.slot_of(of), self.figure_bound(of)),
            _ => Value::Constant(0),
        }
    }

    /// The greatest magnitude that a figure can have had.
    pub fn figure_bound(&self, of: QuantityRef) -> f64 {
        match of.quantity.unit_of_collateral() {
            Unit::Flag => 1.0,
            Unit::Count if of.quantity == Quantity::Units => limit() - 1.0,
            Unit::Count => as_f64(i64::try_from(self.model.dates.len()).unwrap_or(i64::MAX)) + 10_000.0,
            Unit::Amount | Unit::Number => limit() - 1.0,
        }
    }

    /// What a cost adds to its due.
    pub fn cost(&mut self, index: usize) {
        if self.model.cashflows[index].is_out {
            let amount = self.read(quantity(Object::Cashflow, index, Quantity::Amount));
            self.add_to_due(quantity(Object::Cashflow, index, Quantity::Due), amount);
        }
    }

    // --- on later dates ---

    /// A figure on a later date, or one before that.
    pub fn figure_ahead(&mut self, of: QuantityRef, inputs: Ahead) -> Value {
        match self.model.figure(of) {
            Some(figure) if inputs == Ahead::Sizing => Value::Constant(figure.sized[self.t]),
            Some(figure) if figure.is_kept => self.projected(of),
            Some(figure) if figure.on[self.t] => self.formula(&figure.value),
            _ => Value::Constant(0),
        }
    }

    /// Make the figures on a later date that a formula leads to, where some of them are kept from date to date; `from` is today.
    pub fn project(&mut self, formula: &Expr, from: usize) -> Vec<QuantityRef> {
        if self.ahead == Some(Ahead::Sizing) {
            return Vec::new();
        }
        let model = self.model;
        let wanted = reached(model, formula);
        if !wanted.iter().any(|figure| figure.is_kept) {
            return Vec::new();
        }
        let is_first = self.t == from + 1;
        let kept = || wanted.iter().filter(|figure| figure.is_kept).map(|figure| figure.of);
        if is_first {
            for of in kept() {
                let (to, from) = (self.slot(Key::Ahead(of)), self.slot_of(of));
                self.push(Op::Copy { to, from });
            }
        }
        let t = self.t;
        for figure in wanted.iter().filter(|figure| figure.on[t]) {
            let value = self.formula(&figure.value);
            self.today.insert(figure.of, value);
        }
        kept().collect()
    }

    /// What is kept goes on to the next date.
    pub fn move_on(&mut self, projected: &[QuantityRef]) {
        for of in projected {
            if let Some(value) = self.today.remove(of) {
                let (to, from) = (self.slot(Key::Ahead(*of)), self.in_slot(value));
                self.push(Op::Copy { to, from });
            }
        }
        self.today.clear();
    }

    /// What is kept, as it stood on the date before the one that is looked at.
    pub fn projected(&mut self, of: QuantityRef) -> Value {
        let bound = self.figure_bound(of);
        Value::Slot(self.slot(Key::Ahead(of)), bound)
    }
}

/// The figures that a formula reads, and those that they are made of, in the order in which they are made.
fn reached<'a>(model: &'a Model, formula: &Expr) -> Vec<&'a FigureModel> {
    let mut read = Vec::new();
    quantities_read(formula, &mut read);
    let mut known = 0;
    while known < read.len() {
        if let Some(figure) = model.figure(read[known]) {
            let mut parts = Vec::new();
            quantities_read(&figure.value, &mut parts);
            parts.retain(|part| !read.contains(part));
            read.extend(parts);
        }
        known += 1;
    }
    model.figures.iter().filter(|figure| read.contains(&figure.of)).collect()
}
