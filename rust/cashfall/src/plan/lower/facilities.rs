//! Facilities, swaps and caps: what accrues at the start of a date, and the steps that draw, settle and terminate.

use crate::formula::{Expr, Object, Quantity, QuantityRef, Relation};

use super::super::facilities::{NotionalModel, RateModel};
use super::super::funding::FundingModel;
use super::super::model::{Model, NoteModel, Payer, Payment, StepModel};
use super::super::movement::{Hold, Movement, Party, Phase, Trace};
use super::super::op::{Op, Slot};
use super::super::weights::Weights;
use super::acceleration::Drawn;
use super::fees::Weighted;
use super::values::Value;
use super::{Key, Lowering, as_f64, limit, quantity};

use crate::basics::NUMBER_SCALE;

/// The formulas of facilities.
pub fn formulas_of_facilities(model: &Model) -> Vec<&Expr> {
    model.facilities.iter().filter_map(|facility| facility.draw_stop.as_ref()).collect()
}

/// The most that comes in from outside through facilities, swaps and caps.
pub fn hedge_inflow_bound(model: &Model) -> f64 {
    let n_dates = as_f64(i64::try_from(model.dates.len()).unwrap_or(i64::MAX));
    let n_steps = as_f64(i64::try_from(super::all_steps(model).count()).unwrap_or(i64::MAX));
    let drawn: f64 = model
        .facilities
        .iter()
        .map(|facility| as_f64(facility.commitment) * if facility.revolving { n_dates * n_steps } else { 1.0 })
        .sum();
    let is_hedged = !model.swaps.is_empty() || !model.caps.is_empty();
    let earns = model.accounts.iter().any(|account| account.earns.is_some());
    let on_notes = |note: &NoteModel| {
        let times = |funding: &FundingModel| if funding.revolving { n_dates * n_steps } else { 1.0 };
        note.funding.as_ref().map_or(0.0, |funding| as_f64(funding.maximum) * times(funding))
    };
    let drawn = drawn + model.notes.iter().map(on_notes).sum::<f64>();
    if is_hedged || earns { f64::INFINITY } else { drawn }
}

impl Lowering<'_> {
    /// At the start of a date: balances are weighed, what ends a period accrues, and rates of the next are read.
    pub fn begin_facilities(&mut self) {
        let model = self.model;
        for (index, facility) in model.facilities.iter().enumerate() {
            let drawn = self.read(quantity(Object::Facility, index, Quantity::Drawn));
            self.weigh(Weighted::Drawn(index), drawn, &facility.weights);
            if facility.fee_weights.of[self.t] != 0 {
                self.n_temporaries = 0;
                let free = self.undrawn(index);
                let kept = self.slot(Key::Undrawn);
                let from = self.in_slot(free);
                self.push(Op::Copy { to: kept, from });
                self.weigh(Weighted::Undrawn(index), Value::Slot(kept, free.bound()), &facility.fee_weights);
            }
            self.begin_facility(index);
            self.begin_sum(Weighted::Drawn(index), &facility.weights);
            self.begin_sum(Weighted::Undrawn(index), &facility.fee_weights);
        }
        self.begin_earning();
        for index in 0..model.swaps.len() {
            self.begin_swap(index);
        }
        for index in 0..model.caps.len() {
            self.begin_cap(index);
        }
    }

    fn begin_facility(&mut self, index: usize) {
        let facility = &self.model.facilities[index];
        if let Some(rate) = &facility.interest {
            if facility.weights.ends[self.t] {
                self.n_temporaries = 0;
                let value = self.rate_of_period(Weighted::Drawn(index), rate);
                let accrued = self.accrue_weighted(Weighted::Drawn(index), value, &facility.weights);
                let due = quantity(Object::Facility, index, Quantity::InterestDue);
                self.accrue_to(quantity(Object::Facility, index, Quantity::InterestAccrued), due, accrued);
            }
            self.fix_rate(Weighted::Drawn(index), rate, facility.weights.ends[self.t]);
        }
        if let Some(rate) = facility.fee_rate
            && facility.weights.ends[self.t]
        {
            self.n_temporaries = 0;
            let of = Weighted::Undrawn(index);
            let accrued = self.accrue_weighted(of, Value::Constant(rate), &facility.fee_weights);
            let due = quantity(Object::Facility, index, Quantity::FeeDue);
            self.accrue_to(quantity(Object::Facility, index, Quantity::FeeAccrued), due, accrued);
        }
    }

    fn accrue_to(&mut self, of: QuantityRef, due: QuantityRef, accrued: Value) {
        let accrued = self.keep(of, accrued);
        self.add_to_due(due, accrued);
    }

    /// The rate of the period that ends today.
    pub fn rate_of_period(&mut self, of: Weighted, rate: &RateModel) -> Value {
        match rate {
            RateModel::Fixed(rate) => Value::Constant(*rate),
            RateModel::Floating { in_advance: true, .. } if self.slots.contains_key(&Key::Rate(of)) => {
                let bound = self.rate_bound(rate);
                Value::Slot(self.slot(Key::Rate(of)), bound)
            }
            RateModel::Floating { .. } => self.rate_now(rate),
        }
    }

    /// Read the rate of the period that begins today.
    pub fn fix_rate(&mut self, of: Weighted, rate: &RateModel, ends: bool) {
        if matches!(rate, RateModel::Floating { in_advance: true, .. }) && (ends || self.t == 0) {
            self.n_temporaries = 0;
            let value = self.rate_now(rate);
            let (to, from) = (self.slot(Key::Rate(of)), self.in_slot(value));
            self.signed_pasts.insert(to);
            self.push(Op::Copy { to, from });
        }
    }

    fn rate_bound(&self, rate: &RateModel) -> f64 {
        match rate {
            RateModel::Fixed(rate) => as_f64(rate.abs()),
            RateModel::Floating { index, margin, floor, .. } => {
                let input = &self.model.inputs[*index];
                as_f64(input.maximum.abs().max(input.minimum.abs()))
                    + as_f64(margin.abs())
                    + as_f64(floor.unwrap_or(0).abs())
            }
        }
    }

    /// The index of today with its margin, not below the floor.
    fn rate_now(&mut self, rate: &RateModel) -> Value {
        let (index, margin, floor) = match rate {
            RateModel::Fixed(rate) => return Value::Constant(*rate),
            RateModel::Floating { index, margin, floor, .. } => (index, margin, floor),
        };
        let index = self.read(quantity(Object::Input, *index, Quantity::Value));
        let (a, to, value) = (self.in_slot(index), self.temporary(), self.param(as_f64(*margin)));
        self.push(Op::AddConstant { to, a, value });
        if let Some(floor) = floor {
            let b = self.in_slot(Value::Constant(*floor));
            self.push(Op::Maximum { to, a: to, b });
        }
        Value::Slot(to, self.rate_bound(rate))
    }

    /// The weighted sum of a notional over the period that ends today, at its rate.
    fn leg(
        &mut self,
        of: Weighted,
        leg: usize,
        rate: &RateModel,
        weights: &Weights,
        notional: &NotionalModel,
    ) -> Value {
        let rate = self.rate_of_period(of, rate);
        match notional {
            NotionalModel::Note(_) => self.accrue_weighted(of, rate, weights),
            NotionalModel::Sums(sums) => {
                let sum = sums[leg][self.t];
                let denominator = NUMBER_SCALE * weights.denominator;
                match rate {
                    Value::Constant(rate) => Value::Constant(self.model.rounding.mul_div(sum, rate, denominator)),
                    Value::Slot(a, bound) => {
                        let b = self.in_slot(Value::Constant(sum));
                        let (divisor, to) = (self.param(as_f64(denominator)), self.temporary());
                        self.push(Op::MulDiv { to, a, b, divisor });
                        self.checked(to, bound * as_f64(sum) / as_f64(denominator) + 1.0)
                    }
                }
            }
        }
    }

    fn weigh_notional(&mut self, of: Weighted, notional: &NotionalModel, weights: &Weights) {
        if let NotionalModel::Note(note) = notional {
            let balance = self.note_at_start(*note);
            self.weigh(of, balance, weights);
        }
    }

    /// A note's balance as it closed on the date before.
    fn note_at_start(&mut self, note: usize) -> Value {
        // A note that comes into being today had none.
        if self.model.notes[note].starts_at.is_some_and(|start| self.t <= start) {
            return Value::Constant(0);
        }
        self.read(quantity(Object::Note, note, Quantity::Balance))
    }

    fn begin_swap(&mut self, index: usize) {
        let swap = &self.model.swaps[index];
        for (leg, (_, weights)) in swap.legs.iter().enumerate() {
            self.weigh_notional(Weighted::Leg(index, leg), &swap.notional, weights);
        }
        let ends = swap.legs[0].1.ends[self.t];
        if ends {
            self.n_temporaries = 0;
            let mut legs = [Value::Constant(0); 2];
            for (leg, (rate, weights)) in swap.legs.iter().enumerate() {
                let value = self.leg(Weighted::Leg(index, leg), leg, rate, weights, &swap.notional);
                let quantities = [Quantity::PayAccrued, Quantity::ReceiveAccrued];
                let value = self.while_it_lasts(index, value);
                legs[leg] = self.keep_signed(quantity(Object::Swap, index, quantities[leg]), value);
            }
            self.net(index, legs);
        }
        for (leg, (rate, _)) in swap.legs.iter().enumerate() {
            self.fix_rate(Weighted::Leg(index, leg), rate, ends);
        }
    }

    /// A value in a slot of its own that may be below zero.
    fn keep_signed(&mut self, of: QuantityRef, value: Value) -> Value {
        let kept = self.keep(of, value);
        if let Value::Slot(slot, _) = kept {
            self.signed_pasts.insert(slot);
        }
        kept
    }

    /// The value until the swap is terminated, then 0.
    fn while_it_lasts(&mut self, swap: usize, value: Value) -> Value {
        if !self.model.swaps[swap].is_terminated {
            return value;
        }
        let (terminated, flag) = (self.slot(Key::Terminated(swap)), self.temporary());
        self.push(Op::Not { to: flag, flag: terminated });
        self.only_where(value, Some(flag))
    }

    /// Received less paid becomes receivable, or due.
    fn net(&mut self, index: usize, [pay, receive]: [Value; 2]) {
        let bound = pay.bound() + receive.bound();
        let (a, b) = (self.in_slot(receive), self.in_slot(pay));
        let (net, gain, loss, zero) = (self.temporary(), self.temporary(), self.temporary(), self.param(0.0));
        self.push(Op::Subtract { to: net, a, b });
        self.check_range(net, bound);
        self.push(Op::Excess { to: gain, a: net, floor: zero });
        self.push(Op::Subtract { to: loss, a: gain, b: net });
        self.add_to_receivable(quantity(Object::Swap, index, Quantity::Receivable), Value::Slot(gain, bound));
        self.add_to_due(quantity(Object::Swap, index, Quantity::Due), Value::Slot(loss, bound));
    }

    pub fn add_to_receivable(&mut self, of: QuantityRef, amount: Value) {
        let (to, b) = (self.slot_of(of), self.in_slot(amount));
        self.push(Op::Add { to, a: to, b });
        self.check_range(to, limit() + amount.bound());
    }

    fn begin_cap(&mut self, index: usize) {
        let cap = &self.model.caps[index];
        let of = Weighted::Cap(index);
        self.weigh_notional(of, &cap.notional, &cap.weights);
        let ends = cap.weights.ends[self.t];
        if ends {
            self.n_temporaries = 0;
            let value = self.leg(of, 0, &cap.rate, &cap.weights, &cap.notional);
            let value = self.keep(quantity(Object::RateCap, index, Quantity::Accrued), value);
            self.add_to_receivable(quantity(Object::RateCap, index, Quantity::Receivable), value);
        }
        self.fix_rate(of, &cap.rate, ends);
    }

    /// What is not drawn, on a date on which it counts.
    fn undrawn(&mut self, index: usize) -> Value {
        let facility = &self.model.facilities[index];
        let key = if facility.revolving {
            self.slot_of(quantity(Object::Facility, index, Quantity::Drawn))
        } else {
            self.slot(Key::Used(index))
        };
        let commitment = facility.commitment;
        let (a, to) = (self.in_slot(Value::Constant(commitment)), self.temporary());
        self.push(Op::Subtract { to, a, b: key });
        Value::Slot(to, as_f64(commitment))
    }

    /// What can be drawn today.
    pub fn available_of(&mut self, index: usize) -> Value {
        if self.model.facilities[index].is_available[self.t] { self.undrawn(index) } else { Value::Constant(0) }
    }

    pub fn draw(
        &mut self,
        at: (Phase, usize),
        step: &StepModel,
        (facility, to): (usize, usize),
        amount: Option<&Expr>,
        gate: Option<Slot>,
    ) {
        let (condition, gate) = self.condition(step, gate);
        let (asked, available, condition) = self.where_it_acts(gate, |this| {
            let (available, condition) = this.drawable(facility, condition);
            let asked = match amount {
                Some(amount) => {
                    let asked = this.formula(amount);
                    this.at_least_zero(asked)
                }
                None => available,
            };
            (asked, available, condition)
        });
        let asked = self.only_where(asked, gate);
        let (mut a, mut b, drawn) = (self.in_slot(available), self.in_slot(asked), self.temporary());
        if self.demand.trace {
            // The draw may change what it asked for.
            (a, b) = (self.as_it_is(a), self.as_it_is(b));
        }
        self.push(Op::Minimum { to: drawn, a, b });
        self.add_to_drawn(facility, drawn);
        self.receive(quantity(Object::Facility, facility, Quantity::Draws), to, drawn);
        let movement = receipt(at, Payer::Facility(facility), to);
        self.trace_receipt(&movement, [b, a, drawn], condition);
    }

    /// What can be drawn now, where nothing stops draws; the condition with what stops them.
    pub fn drawable(&mut self, facility: usize, condition: Option<Slot>) -> (Value, Option<Slot>) {
        let model = self.model;
        let available = self.available_of(facility);
        let mut stops = self.draw_stops(Drawn::Facility(facility));
        if let Some(stop) = &model.facilities[facility].draw_stop {
            let stop = self.formula(stop);
            stops.push((self.in_slot(stop), Hold::DrawStop(facility)));
        }
        self.unless_stopped(available, condition, &stops)
    }

    /// The value where nothing stops draws, and the condition with what does.
    pub fn unless_stopped(
        &mut self,
        value: Value,
        condition: Option<Slot>,
        stops: &[(Slot, Hold)],
    ) -> (Value, Option<Slot>) {
        stops.iter().fold((value, condition), |(value, condition), &(flag, hold)| {
            (self.unless(flag, value), self.unless_held(condition, flag, hold))
        })
    }

    /// For the ledger: the condition, or where it holds and the flag is 1 the code of what holds cash back.
    pub fn unless_held(&mut self, condition: Option<Slot>, flag: Slot, hold: Hold) -> Option<Slot> {
        if !self.demand.trace {
            return condition;
        }
        let (zero, code, to) =
            (self.in_slot(Value::Constant(0)), self.in_slot(Value::Constant(hold.code())), self.temporary());
        let b = condition.unwrap_or_else(|| self.in_slot(Value::Constant(1)));
        let held = self.temporary();
        self.push(Op::Compare { to: held, a: b, b: zero, relation: Relation::Greater });
        self.push(Op::Product { to: held, a: held, b: flag });
        self.push(Op::Select { to, flag: held, a: code, b });
        Some(to)
    }

    fn add_to_drawn(&mut self, facility: usize, drawn: Slot) {
        let state = Key::Quantity(quantity(Object::Facility, facility, Quantity::Drawn));
        for key in [Some(state), self.used_key(facility)].into_iter().flatten() {
            let to = self.slot(key);
            self.push(Op::Add { to, a: to, b: drawn });
        }
    }

    /// What a facility gives to a payee is drawn.
    pub fn draw_for(&mut self, facility: usize, paid: Slot) {
        self.add_to_drawn(facility, paid);
        self.add_to_flow(quantity(Object::Facility, facility, Quantity::Draws), paid);
    }

    fn used_key(&self, facility: usize) -> Option<Key> {
        (!self.model.facilities[facility].revolving).then_some(Key::Used(facility))
    }

    /// Cash from outside into an account, added to a flow.
    pub fn receive(&mut self, flow: QuantityRef, account: usize, amount: Slot) {
        let to = self.account(account);
        self.push(Op::Add { to, a: to, b: amount });
        self.check_range(to, self.inflow_bound);
        self.add_to_flow(flow, amount);
    }

    /// Added to today's flow if it is read, else to the total if it is measured.
    pub fn add_to_flow(&mut self, flow: QuantityRef, amount: Slot) {
        if self.live.contains(&flow) {
            let to = self.slot_of(flow);
            self.push(Op::Add { to, a: to, b: amount });
        } else if self.metrics.totals.contains(&flow) {
            let to = self.slot(Key::Total(flow));
            self.push(Op::Add { to, a: to, b: amount });
        }
    }

    /// Record what was asked for, what there was, and what came.
    pub fn trace_receipt(&mut self, movement: &Movement, values: [Slot; 3], condition: Option<Slot>) {
        if !self.demand.trace {
            return;
        }
        for (trace, value) in [Trace::Requested, Trace::Available, Trace::Amount].into_iter().zip(values) {
            self.trace(movement, trace, value);
        }
        if let Some(condition) = condition {
            self.trace(movement, Trace::Condition, condition);
        }
    }

    /// All that is receivable comes into the account.
    pub fn settle(&mut self, at: (Phase, usize), step: &StepModel, payer: Payer, to: usize, gate: Option<Slot>) {
        let (object, index) = match payer {
            Payer::Swap(index) => (Object::Swap, index),
            Payer::Cap(index) => (Object::RateCap, index),
            _ => unreachable!("only swaps and caps are settled"),
        };
        let (condition, gate) = self.condition(step, gate);
        let receivable = self.slot_of(quantity(object, index, Quantity::Receivable));
        let amount = self.only_where(Value::Slot(receivable, limit() - 1.0), gate);
        let (from, moved) = (self.in_slot(amount), self.temporary());
        self.push(Op::Copy { to: moved, from });
        self.push(Op::Subtract { to: receivable, a: receivable, b: moved });
        self.receive(quantity(object, index, Quantity::Received), to, moved);
        self.trace_receipt(&receipt(at, payer, to), [moved; 3], condition);
    }

    pub fn settle_swap(
        &mut self,
        at: (Phase, usize),
        step: &StepModel,
        (swap, to): (usize, usize),
        payment: &Payment,
        gate: Option<Slot>,
    ) {
        // What is received may change what the condition reads.
        self.condition_read = self.step_condition(step);
        self.settle(at, step, Payer::Swap(swap), to, gate);
        self.pay(at, step, payment, gate);
        self.condition_read = None;
    }

    /// What is owed on a swap that ends becomes due, or receivable; only once.
    pub fn terminate(&mut self, step: &StepModel, swap: usize, amount: &Expr, gate: Option<Slot>) {
        let (_, gate) = self.condition(step, gate);
        self.terminate_where(swap, amount, gate);
    }

    /// A swap ends where the flag is 1, unless it has ended before.
    pub fn terminate_where(&mut self, swap: usize, amount: &Expr, gate: Option<Slot>) {
        let (terminated, flag) = (self.slot(Key::Terminated(swap)), self.temporary());
        self.push(Op::Not { to: flag, flag: terminated });
        let acts = self.both(gate, Some(flag));
        let amount = self.where_it_acts(acts, |this| this.formula(amount));
        let bound = amount.bound();
        let (net, zero) = (self.only_where(amount, acts), self.param(0.0));
        let net = self.in_slot(net);
        let (owed, gain) = (self.temporary(), self.temporary());
        self.push(Op::Excess { to: owed, a: net, floor: zero });
        self.push(Op::Subtract { to: gain, a: owed, b: net });
        self.add_to_due(quantity(Object::Swap, swap, Quantity::TerminationDue), Value::Slot(owed, bound));
        self.add_to_receivable(quantity(Object::Swap, swap, Quantity::Receivable), Value::Slot(gain, bound));
        let now = acts.expect("a flag");
        self.push(Op::Maximum { to: terminated, a: terminated, b: now });
    }
}

pub fn receipt((phase, step): (Phase, usize), payer: Payer, to: usize) -> Movement {
    let (from, to) = (Party::Payer(payer), Party::Account(to));
    Movement { phase, step, source: 0, payee: usize::MAX, from, to, effect: None }
}
