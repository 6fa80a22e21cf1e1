//! Groups of notes: sums of what their notes are, owe and are paid.

use crate::formula::{Object, Quantity, QuantityRef};

use super::super::groups::GroupModel;
use super::super::op::Op;
use super::values::Value;
use super::{Key, Lowering, limit, quantity};

impl Lowering<'_> {
    /// What a quantity is read from: itself, or for a group the same quantity of its notes.
    pub fn parts(&self, of: QuantityRef) -> Vec<QuantityRef> {
        match of.object {
            Object::Group => self.model.groups[of.index].parts(of.quantity).collect(),
            _ => vec![of],
        }
    }

    /// The sum of a quantity over the notes of a group.
    pub fn sum_of_group(&mut self, of: QuantityRef) -> Value {
        let parts = self.parts(of);
        let first = Value::Constant(0);
        parts.into_iter().fold(first, |sum, part| {
            let value = self.read(part);
            match (sum, value) {
                (Value::Constant(0), value) => value,
                (sum, Value::Constant(0)) => sum,
                (Value::Constant(a), Value::Constant(b)) => Value::Constant(a + b),
                (sum, value) => {
                    let (a, b) = (self.in_slot(sum), self.in_slot(value));
                    let to = self.temporary();
                    self.push(Op::Add { to, a, b });
                    Value::Slot(to, sum.bound() + value.bound())
                }
            }
        })
    }

    /// Factors that are recorded must be in range, whether anybody asks for them or not.
    pub fn check_factors(&mut self) {
        for note in 0..self.model.notes.len() {
            if self.model.notes[note].records_factor && self.model.notes[note].exists(self.t) {
                let (n_ops, n_params) = (self.ops.len(), self.params.len());
                self.n_temporaries = 0;
                self.note_factor(note);
                if !self.ops[n_ops..].iter().any(Op::is_check) {
                    self.ops.truncate(n_ops);
                    self.params.truncate(n_params);
                }
            }
        }
    }

    /// What the notes of a group have and owe together must be in range, read or not.
    pub fn check_groups(&mut self) {
        for group in 0..self.model.groups.len() {
            for part in [Quantity::Balance, Quantity::InterestDue] {
                let (n_ops, n_params) = (self.ops.len(), self.params.len());
                self.n_temporaries = 0;
                match self.sum_of_group(quantity(Object::Group, group, part)) {
                    Value::Slot(sum, bound) if bound >= limit() => self.check_range(sum, bound),
                    _ => {
                        self.ops.truncate(n_ops);
                        self.params.truncate(n_params);
                    }
                }
            }
        }
    }

    /// At the close: the largest shortfalls, and that running totals are in range.
    pub fn close_groups(&mut self) {
        self.check_factors();
        self.check_groups();
        let model = self.model;
        for (index, group) in model.groups.iter().enumerate() {
            for due in [Quantity::InterestDue, Quantity::PrincipalDue] {
                self.n_temporaries = 0;
                let of = quantity(Object::Group, index, due);
                if !self.metrics.peaks.contains(&of) {
                    continue;
                }
                if let Value::Slot(a, _) = self.sum_of_group(of) {
                    let peak = self.slot(Key::Peak(of));
                    self.push(Op::Peak { peak, a });
                }
            }
            if self.inflow_bound >= limit() {
                self.check_totals(group);
            }
        }
    }

    /// Principal cannot leave the range but of notes whose balances move without cash.
    fn check_totals(&mut self, group: &GroupModel) {
        for paid in [Quantity::InterestPaid, Quantity::PrincipalPaid] {
            let totals: Vec<_> = group.parts(paid).filter(|of| self.metrics.totals.contains(of)).collect();
            self.n_temporaries = 0;
            let Some((first, others)) = totals.split_first().filter(|(_, others)| !others.is_empty()) else { continue };
            let mut sum = self.slot(Key::Total(*first));
            for other in others {
                let (b, to) = (self.slot(Key::Total(*other)), self.temporary());
                self.push(Op::Add { to, a: sum, b });
                sum = to;
            }
            self.check_range(sum, limit());
        }
    }
}
