//! What tests measure: numerators and denominators.

use crate::basics::NUMBER_SCALE;
use crate::formula::{Object, Quantity, Relation};

use super::super::model::{Measured, TestModel};
use super::super::op::Op;
use super::values::Value;
use super::{Lowering, as_f64, quantity};

impl Lowering<'_> {
    /// What a test measures on this date, before any window on what has been.
    pub fn ratio_of(&mut self, test: &TestModel) -> (Value, Value) {
        if let Some(forward) = &test.forward {
            return self.ratio_ahead(test, forward);
        }
        let numerator = self.measured(&test.ratio.numerator);
        let denominator = self.measured(&test.ratio.denominator);
        if test.is_mean { self.rounded_ratio(numerator, denominator) } else { (numerator, denominator) }
    }

    /// A numerator or denominator as it stands now.
    pub fn measured(&mut self, part: &Measured) -> Value {
        match part {
            Measured::Formula(formula) => self.formula(formula),
            Measured::Known(amounts) => Value::Constant(amounts[self.t]),
            Measured::One => Value::Constant(NUMBER_SCALE),
            Measured::DebtService(notes) => self.sum_over(notes, |lowering, note, sum| {
                let sum = lowering.plus_quantity(sum, note, Quantity::InterestAccrued);
                let principal = lowering.scheduled_principal_due(note);
                lowering.plus(sum, principal)
            }),
            Measured::InterestAccrued(notes) => {
                self.sum_over(notes, |lowering, note, sum| lowering.plus_quantity(sum, note, Quantity::InterestAccrued))
            }
            Measured::InterestDue(notes) => self.sum_over(notes, |lowering, note, sum| {
                let sum = lowering.plus_quantity(sum, note, Quantity::InterestDue);
                lowering.plus_quantity(sum, note, Quantity::InterestPaid)
            }),
            Measured::Balances(notes) => {
                self.sum_over(notes, |lowering, note, sum| lowering.plus_quantity(sum, note, Quantity::Balance))
            }
        }
    }

    /// A date's ratio as a number over 1, each 0 where the denominator is not above 0: their sums are those of a mean.
    pub fn rounded_ratio(&mut self, numerator: Value, denominator: Value) -> (Value, Value) {
        let bound = numerator.bound() * as_f64(NUMBER_SCALE) + 1.0;
        let (a, b) = (self.in_slot(numerator), self.in_slot(denominator));
        let (zero, least) = (self.in_slot(Value::Constant(0)), self.in_slot(Value::Constant(1)));
        let (defined, divisor, to) = (self.temporary(), self.temporary(), self.temporary());
        self.push(Op::Compare { to: defined, a: b, b: zero, relation: Relation::Greater });
        self.push(Op::Maximum { to: divisor, a: b, b: least });
        let scale = self.param(as_f64(NUMBER_SCALE));
        self.push(Op::Divide { to, a, b: divisor, scale, if_zero: zero });
        self.push(Op::Select { to, flag: defined, a: to, b: zero });
        let ratio = self.checked(to, bound);
        let one = self.in_slot(Value::Constant(NUMBER_SCALE));
        let weight = self.temporary();
        self.push(Op::Product { to: weight, a: defined, b: one });
        (ratio, Value::Slot(weight, as_f64(NUMBER_SCALE)))
    }

    fn sum_over(&mut self, notes: &[usize], add: impl Fn(&mut Self, usize, Value) -> Value) -> Value {
        notes.iter().fold(Value::Constant(0), |sum, &note| add(self, note, sum))
    }

    fn plus_quantity(&mut self, sum: Value, note: usize, of: Quantity) -> Value {
        let value = self.read(quantity(Object::Note, note, of));
        self.plus(sum, value)
    }

    /// min(scheduled principal, principal due); without sweeps what is scheduled is always due.
    /// Of a note with a limit, what has newly fallen due.
    fn scheduled_principal_due(&mut self, note: usize) -> Value {
        if self.model.notes[note].is_limited() {
            let due = self.principal_due_before_payments(note);
            let overdue = self.read(quantity(Object::Note, note, Quantity::Overdue));
            return self.excess_over(due, overdue);
        }
        let scheduled = self.model.notes[note].scheduled_principal[self.t];
        if scheduled == 0 || !self.swept.contains(&note) {
            return Value::Constant(scheduled);
        }
        let due = self.principal_due_before_payments(note);
        let (a, b) = (self.in_slot(due), self.in_slot(Value::Constant(scheduled)));
        let to = self.temporary();
        self.push(Op::Minimum { to, a, b });
        Value::Slot(to, as_f64(scheduled))
    }

    /// max(0, balance + principal paid today - scheduled balance).
    fn principal_due_before_payments(&mut self, note: usize) -> Value {
        let due = self.due_by_schedule_before_payments(note);
        let balance = self.read(quantity(Object::Note, note, Quantity::Balance));
        let paid = self.read(quantity(Object::Note, note, Quantity::PrincipalPaid));
        let before = self.plus(balance, paid);
        self.all_or(note, before, due)
    }

    fn due_by_schedule_before_payments(&mut self, note: usize) -> Value {
        let balance = self.read(quantity(Object::Note, note, Quantity::Balance));
        let paid = self.read(quantity(Object::Note, note, Quantity::PrincipalPaid));
        let before = self.plus(balance, paid);
        if self.model.notes[note].whole.is_some() {
            return self.due_whole(note, before);
        }
        let a = self.in_slot(before);
        if self.model.notes[note].target.is_some() {
            let (b, to, floor) = (self.target_of_note(note), self.temporary(), self.param(0.0));
            self.push(Op::Subtract { to, a, b });
            self.push(Op::Excess { to, a: to, floor });
            return Value::Slot(to, self.balance_bound(note));
        }
        let (to, floor) = (self.temporary(), self.param(as_f64(self.model.notes[note].scheduled_balance[self.t])));
        self.push(Op::Excess { to, a, floor });
        Value::Slot(to, self.balance_bound(note))
    }

    pub fn plus(&mut self, a: Value, b: Value) -> Value {
        let bound = a.bound() + b.bound();
        let (slot, other) = match (a, b) {
            (Value::Constant(a), Value::Constant(b)) => return Value::Constant(a + b),
            (Value::Constant(0), other) | (other, Value::Constant(0)) => return other,
            (Value::Slot(slot, _), other) | (other, Value::Slot(slot, _)) => (slot, other),
        };
        let to = self.temporary();
        match other {
            Value::Constant(value) => {
                let value = self.param(as_f64(value));
                self.push(Op::AddConstant { to, a: slot, value });
            }
            Value::Slot(b, _) => self.push(Op::Add { to, a: slot, b }),
        }
        self.checked(to, bound)
    }
}
