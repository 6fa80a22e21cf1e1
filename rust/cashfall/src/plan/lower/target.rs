//! The target of a note whose schedule each scenario moves: what is capitalised, missed or paid ahead.

use crate::deal::model::ApplyTo;
use crate::formula::{Object, Quantity, Relation};

use super::super::model::TargetRule;
use super::super::op::{Op, Slot};
use super::values::Value;
use super::{Key, Lowering, as_f64, limit, quantity};

impl Lowering<'_> {
    /// The greatest balance that a note can have.
    pub fn balance_bound(&self, note: usize) -> f64 {
        let note = &self.model.notes[note];
        if note.is_unbounded() { limit() } else { as_f64(note.greatest_balance()) }
    }

    /// The slots of scale, shift and target as they are before the first date.
    pub fn prepare_targets(&mut self) {
        for (note, model) in self.model.notes.iter().enumerate() {
            let Some(rule) = model.target else { continue };
            let target = self.target_of_note(note);
            self.initial.push((target, as_f64(model.original)));
            if rule.apply_to == ApplyTo::ProRata {
                for key in [Key::TargetScale(note), Key::TargetBase(note)] {
                    let slot = self.slot(key);
                    self.initial.push((slot, 1.0));
                }
            }
        }
    }

    pub fn target_of_note(&mut self, note: usize) -> Slot {
        self.slot_of(quantity(Object::Note, note, Quantity::Target))
    }

    /// Whether a date comes before the maturity of a note.
    fn is_before_maturity(&self, note: usize) -> bool {
        self.model.notes[note].payment[self.t + 1..].iter().any(Option::is_some)
    }

    /// At the start of a payment date the target follows the schedule.
    pub fn begin_targets(&mut self) {
        for note in 0..self.model.notes.len() {
            let model = &self.model.notes[note];
            let (Some(rule), Some(_)) = (model.target, model.payment[self.t]) else { continue };
            let scheduled = as_f64(model.scheduled_balance[self.t]);
            let to = self.target_of_note(note);
            if !self.is_before_maturity(note) {
                let value = self.param(0.0);
                self.push(Op::Constant { to, value });
                continue;
            }
            let shift = self.slot(Key::TargetShift(note));
            if rule.apply_to == ApplyTo::ProRata {
                let (a, b) = (self.slot(Key::TargetScale(note)), self.slot(Key::TargetBase(note)));
                let (scale, if_zero) = (self.param(scheduled), self.in_slot(Value::Constant(0)));
                self.push(Op::Divide { to, a, b, scale, if_zero });
                self.push(Op::Add { to, a: to, b: shift });
            } else {
                let value = self.param(scheduled);
                self.push(Op::AddConstant { to, a: shift, value });
            }
            let floor = self.param(0.0);
            self.push(Op::Excess { to, a: to, floor });
        }
    }

    /// What is capitalised falls due at maturity.
    pub fn shift_target(&mut self, note: usize, by: Slot) {
        let Some(TargetRule { shifts: true, .. }) = self.model.notes[note].target else { return };
        if self.is_before_maturity(note) {
            for to in [self.slot(Key::TargetShift(note)), self.target_of_note(note)] {
                self.push(Op::Add { to, a: to, b: by });
                self.check_range(to, limit());
            }
        }
    }

    /// What lifts a balance with a limit lifts the limit until the next payment date.
    pub fn lift_limit(&mut self, note: usize, by: Slot) {
        if self.model.notes[note].is_limited() {
            let to = self.target_of_note(note);
            self.push(Op::Add { to, a: to, b: by });
            self.check_range(to, limit());
        }
    }

    /// After the close: what was missed or paid ahead moves the target to the balance.
    pub fn close_targets(&mut self) {
        self.n_temporaries = 0;
        for note in 0..self.model.notes.len() {
            let model = &self.model.notes[note];
            let Some(rule) = model.target else { continue };
            if !model.exists(self.t) || !self.is_before_maturity(note) {
                continue;
            }
            match rule.apply_to {
                ApplyTo::Direct => {}
                ApplyTo::Inverse => self.move_target(note, -1),
                ApplyTo::ProRata => self.scale_target(note),
            }
            if rule.at_maturity && model.payment[self.t].is_some() {
                self.move_target(note, 1);
            }
        }
    }

    /// The shift takes the gap between balance and target where the gap has this sign.
    fn move_target(&mut self, note: usize, sign: i64) {
        let balance = self.slot_of(quantity(Object::Note, note, Quantity::Balance));
        let (target, shift) = (self.target_of_note(note), self.slot(Key::TargetShift(note)));
        let (gap, floor) = (self.temporary(), self.param(0.0));
        let (a, b) = if sign > 0 { (balance, target) } else { (target, balance) };
        self.push(Op::Subtract { to: gap, a, b });
        self.push(Op::Excess { to: gap, a: gap, floor });
        for to in [shift, target] {
            self.push(if sign > 0 { Op::Add { to, a: to, b: gap } } else { Op::Subtract { to, a: to, b: gap } });
        }
    }

    /// Where the balance is below the target, all instalments shrink in proportion.
    fn scale_target(&mut self, note: usize) {
        let scheduled = self.model.notes[note].scheduled_balance[self.t];
        let balance = self.slot_of(quantity(Object::Note, note, Quantity::Balance));
        let (target, shift) = (self.target_of_note(note), self.slot(Key::TargetShift(note)));
        let (zero, flag) = (self.in_slot(Value::Constant(0)), self.temporary());
        self.push(Op::Compare { to: flag, a: balance, b: target, relation: Relation::Less });
        if scheduled == 0 {
            self.push(Op::Select { to: shift, flag, a: balance, b: shift });
        } else {
            let (scale, base) = (self.slot(Key::TargetScale(note)), self.slot(Key::TargetBase(note)));
            let divisor = self.in_slot(Value::Constant(scheduled));
            self.push(Op::Select { to: scale, flag, a: balance, b: scale });
            self.push(Op::Select { to: base, flag, a: divisor, b: base });
            self.push(Op::Select { to: shift, flag, a: zero, b: shift });
        }
        self.push(Op::Select { to: target, flag, a: balance, b: target });
    }
}
