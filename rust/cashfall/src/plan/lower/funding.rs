//! Notes that are drawn, refinanced and extended.

use crate::formula::{Expr, Object, Quantity, QuantityRef, Relation};

use super::super::model::{Payer, StepModel};
use super::super::movement::Phase;
use super::super::op::{Op, Slot};
use super::acceleration::Drawn;
use super::facilities::receipt;
use super::prepay::Terms;
use super::values::Value;
use super::{Key, Lowering, as_f64, limit, quantity};

impl Lowering<'_> {
    /// Where a note that is repaid whole is mature.
    pub fn matured(&mut self, note: usize) -> Value {
        let Some(whole) = &self.model.notes[note].whole else { return Value::Constant(0) };
        let below = whole.matured_below(self.t);
        if below == 0 || below == whole.maturities.len() {
            return Value::Constant(i64::from(below > 0));
        }
        let flag = self.times_extended(note, Relation::Less, below);
        Value::Slot(flag, 1.0)
    }

    /// What is due of a balance: all of it at maturity, before it nothing, or what is above the limit.
    pub fn due_whole(&mut self, note: usize, balance: Value) -> Value {
        match (self.matured(note), self.model.notes[note].is_limited()) {
            (Value::Constant(0), false) => Value::Constant(0),
            (Value::Constant(0), true) => self.above_limit(note, balance),
            (Value::Constant(_), _) => balance,
            (Value::Slot(flag, _), false) => self.only_where(balance, Some(flag)),
            (Value::Slot(flag, _), true) => {
                let above = self.above_limit(note, balance);
                let (a, b, to) = (self.in_slot(balance), self.in_slot(above), self.temporary());
                self.push(Op::Select { to, flag, a, b });
                Value::Slot(to, balance.bound())
            }
        }
    }

    /// What of a balance is above its limit.
    fn above_limit(&mut self, note: usize, balance: Value) -> Value {
        let target = self.read(quantity(Object::Note, note, Quantity::Target));
        self.excess_over(balance, target)
    }

    /// max(0, a - b) of what is not below 0.
    pub fn excess_over(&mut self, a: Value, b: Value) -> Value {
        let bound = a.bound();
        let (a, b, to, floor) = (self.in_slot(a), self.in_slot(b), self.temporary(), self.param(0.0));
        self.push(Op::Subtract { to, a, b });
        self.push(Op::Excess { to, a: to, floor });
        Value::Slot(to, bound)
    }

    /// How the number of extensions of a note compares.
    fn times_extended(&mut self, note: usize, relation: Relation, n: usize) -> Slot {
        let a = self.slot_of(extended(note));
        let (b, to) = (self.in_slot(Value::Constant(i64::try_from(n).unwrap_or(0))), self.temporary());
        self.push(Op::Compare { to, a, b, relation });
        to
    }

    /// The rate with what extensions add.
    pub fn with_extensions(&mut self, note: usize, rate: Value) -> Value {
        let Some(whole) = self.model.notes[note].whole.as_ref().filter(|whole| whole.extra > 0) else { return rate };
        let (slot, most) = (self.slot_of(extended(note)), as_f64(whole.most_added()));
        let extra = Value::Slot(self.times_count(slot, whole.extra), most);
        self.plus(rate, extra)
    }

    pub fn extend(&mut self, step: &StepModel, notes: &[usize], gate: Option<Slot>) {
        let (_, gate) = self.condition(step, gate);
        for &note in notes {
            let Some(whole) = &self.model.notes[note].whole else { continue };
            let (least, n) = (whole.maturities.partition_point(|maturity| *maturity < self.t), whole.n_extensions());
            if least >= n {
                continue;
            }
            let mut flag = self.times_extended(note, Relation::Less, n);
            if least > 0 {
                let reached = self.times_extended(note, Relation::GreaterOrEqual, least);
                self.push(Op::Product { to: flag, a: flag, b: reached });
            }
            flag = self.both(Some(flag), gate).expect("a flag");
            let to = self.slot_of(extended(note));
            self.push(Op::Add { to, a: to, b: flag });
        }
    }

    // --- draws ---

    /// What can be drawn on a note by its terms.
    pub fn room_of(&mut self, note: usize) -> Value {
        let model = self.model;
        let Some(funding) = model.notes[note].funding.as_ref().filter(|funding| funding.open[self.t]) else {
            return Value::Constant(0);
        };
        let free = if funding.revolving { funding.maximum } else { funding.maximum - model.notes[note].original };
        let used = match funding.revolving {
            true => self.slot_of(quantity(Object::Note, note, Quantity::Balance)),
            false => self.slot(Key::Funded(note)),
        };
        let (a, to, floor) = (self.in_slot(Value::Constant(free)), self.temporary(), self.param(0.0));
        self.push(Op::Subtract { to, a, b: used });
        self.push(Op::Excess { to, a: to, floor });
        let room = Value::Slot(to, as_f64(funding.maximum));
        let room = match self.matured(note) {
            Value::Constant(0) => room,
            Value::Constant(_) => return Value::Constant(0),
            Value::Slot(flag, _) => self.unless(flag, room),
        };
        match self.accelerated().filter(|_| model.is_accelerated(note)) {
            Some(active) => self.unless(active, room),
            None => room,
        }
    }

    /// The value where the flag is 0, else 0.
    pub fn unless(&mut self, flag: Slot, value: Value) -> Value {
        let free = self.temporary();
        self.push(Op::Not { to: free, flag });
        self.only_where(value, Some(free))
    }

    /// What can be drawn on a note now, where nothing stops draws, in a slot of its own; the condition with what does.
    fn drawable_of_note(&mut self, note: usize, condition: Option<Slot>) -> (Slot, Option<Slot>) {
        let room = self.room_of(note);
        let stops = self.draw_stops(Drawn::Note(note));
        let (room, condition) = self.unless_stopped(room, condition, &stops);
        (self.in_slot(room), condition)
    }

    pub fn fund(
        &mut self,
        at: (Phase, usize),
        step: &StepModel,
        (note, to): (usize, usize),
        amount: Option<&Expr>,
        gate: Option<Slot>,
    ) {
        let (condition, gate) = self.condition(step, gate);
        let (room, held) = self.drawable_of_note(note, condition);
        let asked = self.where_it_acts(gate, |this| match amount {
            Some(amount) => this.own_amount(amount),
            None => room,
        });
        let asked = self.only_where(Value::Slot(asked, limit()), gate);
        let (asked, drawn) = (self.in_slot(asked), self.temporary());
        self.push(Op::Minimum { to: drawn, a: room, b: asked });
        self.draw_on_note(at, (note, to), [asked, room, drawn], held);
    }

    /// The balance and the account grow by the last of what was asked for, what there was, and what is drawn.
    fn draw_on_note(
        &mut self,
        at: (Phase, usize),
        (note, to): (usize, usize),
        values: [Slot; 3],
        condition: Option<Slot>,
    ) {
        let drawn = values[2];
        let balance = self.slot_of(quantity(Object::Note, note, Quantity::Balance));
        self.push(Op::Add { to: balance, a: balance, b: drawn });
        self.check_range(balance, self.balance_bound(note));
        self.lift_limit(note, drawn);
        if self.model.notes[note].funding.as_ref().is_some_and(|funding| !funding.revolving) {
            let to = self.slot(Key::Funded(note));
            self.push(Op::Add { to, a: to, b: drawn });
        }
        self.receive(funded(note), to, drawn);
        self.trace_receipt(&receipt(at, Payer::Note(note), to), values, condition);
    }

    /// Notes are repaid whole with a draw on another, where that has room for all that is needed.
    pub fn refinance(
        &mut self,
        at: (Phase, usize),
        step: &StepModel,
        (notes, with, account): (&[usize], usize, usize),
        gate: Option<Slot>,
    ) {
        let (condition, gate) = self.condition(step, gate);
        let (room, held) = self.drawable_of_note(with, condition);
        let prepaid: Vec<_> =
            notes.iter().enumerate().filter_map(|(payee, &note)| self.prepaid(note, payee, gate)).collect();
        let needed = self.all_or_nothing(notes, &prepaid, room);
        self.draw_on_note(at, (with, account), [needed, room, needed], held);
        let terms = Terms { at, left: None, condition, whole: true };
        for note in &prepaid {
            self.prepay_note(&terms, note, (0, account));
        }
    }
}

fn extended(note: usize) -> QuantityRef {
    quantity(Object::Note, note, Quantity::Extended)
}

/// Today's draws on a note.
pub fn funded(note: usize) -> QuantityRef {
    quantity(Object::Note, note, Quantity::Funded)
}
