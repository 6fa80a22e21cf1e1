//! Prepayment at call prices: principal ahead, and the premium on it.

use crate::basics::NUMBER_SCALE;
use crate::formula::{Expr, Object, Quantity, QuantityRef, Relation};

use super::super::call::{CallPrice, Discount, PAR};
use super::super::model::{Payee, StepModel};
use super::super::movement::{Movement, Party, Phase, Trace};
use super::super::op::{Op, Slot};
use super::values::Value;
use super::{Key, Lowering, as_f64, limit, quantity};

/// A note that a step prepays: what may still be paid on it, and its price per 100.
pub struct Prepaid {
    note: usize,
    payee: usize,
    rest: Slot,
    price: Value,
}

/// What holds for every payment of a step.
pub struct Terms {
    pub at: (Phase, usize),
    pub left: Option<Slot>,
    pub condition: Option<Slot>,
    pub whole: bool,
}

impl Lowering<'_> {
    pub fn prepay(
        &mut self,
        at: (Phase, usize),
        step: &StepModel,
        (notes, from, amount, whole): (&[usize], &[usize], Option<&Expr>, bool),
        gate: Option<Slot>,
    ) {
        let (condition, gate) = self.condition(step, gate);
        let left = amount.map(|amount| self.where_it_acts(gate, |this| this.own_amount(amount)));
        let terms = Terms { at, left, condition, whole };
        let prepaid: Vec<Prepaid> =
            notes.iter().enumerate().filter_map(|(payee, &note)| self.prepaid(note, payee, gate)).collect();
        if whole {
            let cash = self.account(from[0]);
            self.all_or_nothing(notes, &prepaid, cash);
        }
        for (source, &account) in from.iter().enumerate() {
            for note in &prepaid {
                self.prepay_note(&terms, note, (source, account));
            }
        }
    }

    /// What is read of a note when the step begins; nothing if it may not be called.
    pub fn prepaid(&mut self, note: usize, payee: usize, gate: Option<Slot>) -> Option<Prepaid> {
        if !self.model.notes[note].exists(self.t) {
            return None;
        }
        let price = self.call_price(note)?;
        let (balance, rest) = (self.slot_of(quantity(Object::Note, note, Quantity::Balance)), self.temporary());
        self.push(gate.map_or(Op::Copy { to: rest, from: balance }, |b| Op::Product { to: rest, a: balance, b }));
        Some(Prepaid { note, payee, rest, price })
    }

    pub fn call_price(&mut self, note: usize) -> Option<Value> {
        let model = self.model;
        match &model.notes[note].call[self.t] {
            CallPrice::None => None,
            CallPrice::Known(price) => Some(Value::Constant(*price)),
            CallPrice::Discounted { index, spread, flows } => {
                let index = Slot::input(*index);
                let (rate, floor) = (self.temporary(), self.param(as_f64(-spread)));
                self.push(Op::Excess { to: rate, a: index, floor });
                Some(self.discounted(flows, rate))
            }
        }
    }

    /// The backward recursion, each step rounded; less accrued interest, at least 100.
    fn discounted(&mut self, flows: &Discount, rate: Slot) -> Value {
        let zero = self.in_slot(Value::Constant(0));
        let value = self.in_slot(Value::Constant(flows.last));
        for (coupon, fraction) in flows.legs.iter().rev() {
            let before = self.n_temporaries;
            let scale = NUMBER_SCALE * fraction.denominator;
            let days = self.times_count(rate, fraction.numerator);
            let (divisor, whole) = (self.temporary(), self.param(as_f64(scale)));
            self.push(Op::AddConstant { to: divisor, a: days, value: whole });
            let coupon = self.param(as_f64(*coupon));
            self.push(Op::AddConstant { to: value, a: value, value: coupon });
            let scale = self.param(as_f64(scale));
            self.push(Op::Divide { to: value, a: value, b: divisor, scale, if_zero: zero });
            self.n_temporaries = before;
        }
        let (less, par) = (self.param(as_f64(-flows.accrued)), self.in_slot(Value::Constant(PAR)));
        self.push(Op::AddConstant { to: value, a: value, value: less });
        self.push(Op::Maximum { to: value, a: value, b: par });
        Value::Slot(value, limit())
    }

    /// A clean-up call: what is asked for becomes 0 where there is not cash for all of it, or a note may not be called.
    /// What all of it comes to.
    pub fn all_or_nothing(&mut self, notes: &[usize], prepaid: &[Prepaid], cash: Slot) -> Slot {
        let needed = self.in_slot(Value::Constant(0));
        for note in prepaid {
            let bound = self.balance_bound(note.note);
            let premium = self.premium_of(Value::Slot(note.rest, bound), note.price);
            for b in [note.rest, self.in_slot(premium)] {
                self.push(Op::Add { to: needed, a: needed, b });
                self.check_range(needed, limit());
            }
        }
        let can = self.temporary();
        self.push(Op::Compare { to: can, a: needed, b: cash, relation: Relation::LessOrEqual });
        let zero = self.in_slot(Value::Constant(0));
        for &note in notes.iter().filter(|note| !prepaid.iter().any(|one| one.note == **note)) {
            let (a, repaid) = (self.slot_of(quantity(Object::Note, note, Quantity::Balance)), self.temporary());
            self.push(Op::Compare { to: repaid, a, b: zero, relation: Relation::Equal });
            self.push(Op::Product { to: can, a: can, b: repaid });
        }
        for note in prepaid {
            self.push(Op::Product { to: note.rest, a: note.rest, b: can });
        }
        self.push(Op::Product { to: needed, a: needed, b: can });
        needed
    }

    /// R(x * (price - 100) / 100) of a value at or above zero.
    pub fn premium_of(&mut self, principal: Value, price: Value) -> Value {
        match price {
            Value::Constant(PAR) => Value::Constant(0),
            Value::Constant(price) => self.scale(principal, price - PAR, PAR),
            Value::Slot(a, _) => {
                let (over, less) = (self.temporary(), self.param(as_f64(-PAR)));
                self.push(Op::AddConstant { to: over, a, value: less });
                let (a, to, divisor) = (self.in_slot(principal), self.temporary(), self.param(as_f64(PAR)));
                self.push(Op::MulDiv { to, a, b: over, divisor });
                self.checked(to, limit())
            }
        }
    }

    /// The same of what an account can pay.
    fn premium(&mut self, principal: Slot, price: Value) -> Value {
        let bound = self.account_bound();
        self.premium_of(Value::Slot(principal, bound), price)
    }

    /// The most principal that cash can pay with its premium.
    fn affordable(&mut self, cash: Slot, price: Value) -> Slot {
        let bound = self.account_bound();
        let principal = match price {
            Value::Constant(PAR) => return cash,
            Value::Constant(price) => self.scale(Value::Slot(cash, bound), PAR, price),
            Value::Slot(b, _) => {
                let (scale, if_zero) = (self.param(as_f64(PAR)), self.in_slot(Value::Constant(0)));
                let to = self.temporary();
                self.push(Op::Divide { to, a: cash, b, scale, if_zero });
                Value::Slot(to, bound)
            }
        };
        let a = self.in_slot(principal);
        let premium = self.premium(a, price);
        let b = self.in_slot(premium);
        let (sum, over, to) = (self.temporary(), self.temporary(), self.temporary());
        self.push(Op::Add { to: sum, a, b });
        self.push(Op::Compare { to: over, a: sum, b: cash, relation: Relation::Greater });
        self.push(Op::Subtract { to, a, b: over });
        to
    }

    pub fn prepay_note(&mut self, terms: &Terms, prepaid: &Prepaid, (source, account): (usize, usize)) {
        let before = self.n_temporaries;
        let Prepaid { note, rest, price, .. } = *prepaid;
        let from = self.account(account);
        let request = self.temporary();
        match terms.left {
            Some(b) => self.push(Op::Minimum { to: request, a: rest, b }),
            None => self.push(Op::Copy { to: request, from: rest }),
        }
        let paid = self.temporary();
        if terms.whole {
            self.push(Op::Copy { to: paid, from: request });
        } else {
            let a = self.affordable(from, price);
            self.push(Op::Minimum { to: paid, a, b: request });
        }
        let bound = self.balance_bound(note);
        let premium = self.premium_of(Value::Slot(paid, bound), price);
        self.trace_prepayment(terms, prepaid, (source, account), (request, paid, premium));
        let balance = self.slot_of(quantity(Object::Note, note, Quantity::Balance));
        for to in [Some(from), Some(rest), terms.left, Some(balance)].into_iter().flatten() {
            self.push(Op::Subtract { to, a: to, b: paid });
        }
        if let Some(to) = self.sink(Payee::Balance(note)) {
            self.push(Op::Add { to, a: to, b: paid });
        }
        if let Value::Slot(b, _) = premium {
            self.push(Op::Subtract { to: from, a: from, b });
            if let Some(to) = self.sink_of(premium_paid(note)) {
                self.push(Op::Add { to, a: to, b });
            }
        }
        self.n_temporaries = before;
    }

    /// The principal's row, then that of its premium.
    fn trace_prepayment(
        &mut self,
        terms: &Terms,
        prepaid: &Prepaid,
        (source, account): (usize, usize),
        (request, paid, premium): (Slot, Slot, Value),
    ) {
        if !self.demand.trace {
            return;
        }
        let (from, rest) = (self.account(account), self.temporary());
        self.push(Op::Subtract { to: rest, a: from, b: paid });
        let asked = self.premium(request, prepaid.price);
        let rows = [
            (Party::Payee(Payee::Balance(prepaid.note)), [request, from, paid]),
            (Party::Premium(prepaid.note), [self.in_slot(asked), rest, self.in_slot(premium)]),
        ];
        for (row, (to, values)) in rows.into_iter().enumerate() {
            let (phase, step) = terms.at;
            let payee = 2 * prepaid.payee + row;
            let movement = Movement { phase, step, source, payee, from: Party::Account(account), to, effect: None };
            for (trace, value) in [Trace::Requested, Trace::Available, Trace::Amount].into_iter().zip(values) {
                self.trace(&movement, trace, value);
            }
            if let Some(condition) = terms.condition {
                self.trace(&movement, Trace::Condition, condition);
            }
        }
    }

    /// Where a flow is added up: today's if it is read, else the total if it is measured.
    fn sink_of(&mut self, flow: QuantityRef) -> Option<Slot> {
        if self.live.contains(&flow) {
            Some(self.slot_of(flow))
        } else {
            self.metrics.totals.contains(&flow).then(|| self.slot(Key::Total(flow)))
        }
    }
}

pub fn premium_paid(note: usize) -> QuantityRef {
    quantity(Object::Note, note, Quantity::PremiumPaid)
}
