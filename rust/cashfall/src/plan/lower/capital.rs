//! Balances that change without cash: interest capitalised, write-downs and write-ups; and interest on unpaid interest.

use crate::basics::NUMBER_SCALE;
use crate::formula::{Expr, Object, Quantity};

use super::super::model::{StepModel, UnpaidRateModel};
use super::super::movement::{Movement, Party, Phase, Trace};
use super::super::op::{Op, Slot};
use super::values::Value;
use super::{Lowering, as_f64, limit, quantity};

/// The condition of a step and everything that must hold for it to act.
struct Gate {
    condition: Option<Slot>,
    all: Option<Slot>,
}

/// A step's position in the order of a date.
type At = (Phase, usize);

impl Lowering<'_> {
    fn gate_of(&mut self, step: &StepModel, gate: Option<Slot>) -> Gate {
        let condition = self.step_condition(step);
        Gate { condition, all: self.both(gate, condition) }
    }

    /// The value where the step acts, else 0.
    fn gated(&mut self, a: Slot, gate: &Gate) -> Slot {
        let Some(b) = gate.all else { return a };
        let to = self.temporary();
        self.push(Op::Product { to, a, b });
        to
    }

    // --- capitalisation ---

    pub fn capitalize(
        &mut self,
        at: At,
        step: &StepModel,
        (notes, share, premium): (&[usize], Option<&Expr>, i64),
        gate: Option<Slot>,
    ) {
        let gate = self.gate_of(step, gate);
        let outer = std::mem::replace(&mut self.gate, gate.all);
        let share = share.map(|share| {
            let value = self.formula(share);
            self.share_of_one(value)
        });
        for (payee, &note) in notes.iter().enumerate() {
            self.capitalize_note(at, payee, (note, share, premium), &gate);
        }
        self.gate = outer;
    }

    /// The value, at least 0 and at most 1.
    fn share_of_one(&mut self, value: Value) -> Value {
        match self.at_least_zero(value) {
            Value::Constant(share) => Value::Constant(share.min(NUMBER_SCALE)),
            Value::Slot(a, _) => {
                let (to, b) = (self.temporary(), self.in_slot(Value::Constant(NUMBER_SCALE)));
                self.push(Op::Minimum { to, a, b });
                Value::Slot(to, as_f64(NUMBER_SCALE))
            }
        }
    }

    fn capitalize_note(&mut self, at: At, payee: usize, terms: (usize, Option<Value>, i64), gate: &Gate) {
        let (note, share, premium) = terms;
        let of = quantity(Object::Note, note, Quantity::InterestDue);
        let due = self.read(of);
        if due == Value::Constant(0) {
            return;
        }
        let taken = share.map_or(due, |share| self.times_number(due, share));
        let a = self.in_slot(taken);
        let taken = self.gated(a, gate);
        let added = self.with_premium(note, Value::Slot(taken, due.bound()), premium);
        let (added_slot, kept) = (self.in_slot(added), self.temporary());
        // The premium may be nothing: what is added then is what is taken, and both outlive the due.
        self.push(Op::Copy { to: kept, from: added_slot });
        self.take_unpaid_part(note, taken);
        let due = self.slot_of(of);
        self.push(Op::Subtract { to: due, a: due, b: taken });
        let balance = self.slot_of(quantity(Object::Note, note, Quantity::Balance));
        self.push(Op::Add { to: balance, a: balance, b: kept });
        self.check_range(balance, limit());
        self.shift_target(note, kept);
        self.lift_limit(note, kept);
        let flow = quantity(Object::Note, note, Quantity::InterestCapitalized);
        if self.fresh.contains(&flow) {
            let to = self.slot_of(flow);
            self.push(Op::Add { to, a: to, b: kept });
            self.check_range(to, limit());
        }
        self.trace_without_cash(at, payee, (Party::InterestDue(note), Party::Balance(note)), kept, gate);
    }

    /// x + R(x * premium / rate)
    fn with_premium(&mut self, note: usize, taken: Value, premium: i64) -> Value {
        if premium == 0 {
            return taken;
        }
        let more = match self.read(quantity(Object::Note, note, Quantity::Rate)) {
            Value::Constant(0) => return taken,
            Value::Constant(rate) => self.scale(taken, premium, rate),
            Value::Slot(b, _) => {
                let (a, scale, if_zero) =
                    (self.in_slot(taken), self.param(as_f64(premium)), self.in_slot(Value::Constant(0)));
                let to = self.temporary();
                self.push(Op::Divide { to, a, b, scale, if_zero });
                self.checked(to, limit())
            }
        };
        self.plus(taken, more)
    }

    // --- write-downs ---

    pub fn write(
        &mut self,
        at: At,
        step: &StepModel,
        (notes, amount, up): (&[usize], &Expr, bool),
        gate: Option<Slot>,
    ) {
        let gate = self.gate_of(step, gate);
        let outer = std::mem::replace(&mut self.gate, gate.all);
        let own = self.own_amount(amount);
        self.gate = outer;
        let rest = self.gated(own, &gate);
        for (payee, &note) in notes.iter().enumerate() {
            if !self.model.notes[note].exists(self.t) {
                continue;
            }
            let balance = self.slot_of(quantity(Object::Note, note, Quantity::Balance));
            let written = self.slot_of(quantity(Object::Note, note, Quantity::WrittenDown));
            let (from, to) = if up { (written, balance) } else { (balance, written) };
            let moved = self.temporary();
            self.push(Op::Minimum { to: moved, a: rest, b: from });
            self.push(Op::Subtract { to: rest, a: rest, b: moved });
            self.push(Op::Subtract { to: from, a: from, b: moved });
            self.push(Op::Add { to, a: to, b: moved });
            self.check_range(to, if self.model.notes[note].is_unbounded() { limit() } else { 0.0 });
            if up {
                self.lift_limit(note, moved);
            }
            let parties = (Party::Balance(note), Party::Loss);
            let parties = if up { (parties.1, parties.0) } else { parties };
            self.trace_without_cash(at, payee, parties, moved, &gate);
        }
    }

    fn trace_without_cash(&mut self, at: At, payee: usize, (from, to): (Party, Party), moved: Slot, gate: &Gate) {
        if !self.demand.trace {
            return;
        }
        let movement = Movement { phase: at.0, step: at.1, source: 0, payee, from, to, effect: None };
        for trace in [Trace::Requested, Trace::Available, Trace::Amount] {
            self.trace(&movement, trace, moved);
        }
        if let Some(condition) = gate.condition {
            self.trace(&movement, Trace::Condition, condition);
        }
    }

    // --- interest on unpaid interest ---

    /// The part of the interest due that is interest on interest: what stood before the date's payments, less these.
    pub fn unpaid_part(&mut self, note: usize) -> Value {
        if self.model.notes[note].unpaid.is_none() || !self.due_bounds.contains_key(&unpaid_due(note)) {
            return Value::Constant(0);
        }
        let (a, bound) = (self.slot_of(unpaid_due(note)), self.due_bounds[&unpaid_due(note)]);
        match self.read(quantity(Object::Note, note, Quantity::InterestPaid)) {
            Value::Constant(_) => Value::Slot(a, bound),
            Value::Slot(b, _) => {
                let (to, floor) = (self.temporary(), self.param(0.0));
                self.push(Op::Subtract { to, a, b });
                self.push(Op::Excess { to, a: to, floor });
                Value::Slot(to, bound)
            }
        }
    }

    /// Keep the part so that it is what it is now once the date's payments are taken off.
    fn keep_unpaid_part(&mut self, note: usize, part: Slot) {
        let to = self.slot_of(unpaid_due(note));
        match self.read(quantity(Object::Note, note, Quantity::InterestPaid)) {
            Value::Constant(_) => self.push(Op::Copy { to, from: part }),
            Value::Slot(b, _) => self.push(Op::Add { to, a: part, b }),
        }
    }

    /// What is capitalised reduces interest on interest first.
    fn take_unpaid_part(&mut self, note: usize, taken: Slot) {
        let Value::Slot(part, _) = self.unpaid_part(note) else { return };
        let (to, floor) = (self.temporary(), self.param(0.0));
        self.push(Op::Subtract { to, a: part, b: taken });
        self.push(Op::Excess { to, a: to, floor });
        self.keep_unpaid_part(note, to);
    }

    /// After the close the date's payments have been taken off.
    pub fn close_unpaid_parts(&mut self) {
        self.n_temporaries = 0;
        for note in 0..self.model.notes.len() {
            if let Value::Slot(from, _) = self.unpaid_part(note) {
                let to = self.slot_of(unpaid_due(note));
                if from != to {
                    self.push(Op::Copy { to, from });
                }
            }
        }
    }

    /// Interest on what is due of earlier interest, added to both dues.
    pub fn accrue_on_unpaid(&mut self, note: usize, payment: usize, rates: (Value, Value)) {
        let Some(unpaid) = self.model.notes[note].unpaid else { return };
        let due = self.read(quantity(Object::Note, note, Quantity::InterestDue));
        if due == Value::Constant(0) {
            return;
        }
        let part = self.unpaid_part(note);
        let base = match (unpaid.compounding, part) {
            (true, _) | (_, Value::Constant(_)) => due,
            (false, Value::Slot(b, _)) => {
                let (a, to) = (self.in_slot(due), self.temporary());
                self.push(Op::Subtract { to, a, b });
                Value::Slot(to, due.bound())
            }
        };
        let (rate, coupon_rate) = rates;
        let rate = match unpaid.rate {
            UnpaidRateModel::Note => rate,
            UnpaidRateModel::Plus(extra) => self.plus(coupon_rate, Value::Constant(extra)),
            UnpaidRateModel::Own(rate) => Value::Constant(rate),
        };
        let fraction = self.model.notes[note].fractions[payment];
        let interest = self.interest_on(base, rate, fraction.numerator, NUMBER_SCALE * fraction.denominator);
        if interest == Value::Constant(0) {
            return;
        }
        self.add_unpaid(note, part, interest);
    }

    fn add_unpaid(&mut self, note: usize, part: Value, interest: Value) {
        let of = quantity(Object::Note, note, Quantity::UnpaidInterestAccrued);
        let (from, to) = (self.in_slot(interest), self.slot_of(of));
        self.push(Op::Copy { to, from });
        let accrued = Value::Slot(to, interest.bound());
        self.today.insert(of, accrued);
        let bound = self.raise_due_bound(unpaid_due(note), interest.bound());
        let sum = self.plus(part, accrued);
        let sum = self.in_slot(sum);
        self.keep_unpaid_part(note, sum);
        let kept = self.slot_of(unpaid_due(note));
        self.check_range(kept, bound);
        self.add_to_due(quantity(Object::Note, note, Quantity::InterestDue), accrued);
    }
}

fn unpaid_due(note: usize) -> crate::formula::QuantityRef {
    quantity(Object::Note, note, Quantity::UnpaidInterestDue)
}
