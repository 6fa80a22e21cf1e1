//! The start and the close of a date: what comes in, what accrues, what is recorded.

use crate::basics::NUMBER_SCALE;
use crate::formula::{Object, Quantity, QuantityRef};

use super::super::model::{Action, Model, Payee, Payer};
use super::super::movement::{Movement, Party, Phase, Trace};
use super::super::op::{Op, Slot};
use super::claims::flows_of_action;
use super::facilities::hedge_inflow_bound;
use super::values::Value;
use super::{Key, Lowering, all_steps, as_f64, limit, quantity};

impl Lowering<'_> {
    /// Before collection: notes that are dated today, costs that fall due today, rents, and flows set back to zero.
    pub fn begin_date(&mut self) {
        self.n_temporaries = 0;
        let model = self.model;
        for (index, note) in model.notes.iter().enumerate() {
            if note.starts_at == Some(self.t) {
                let to = self.slot_of(quantity(Object::Note, index, Quantity::Balance));
                let value = self.param(as_f64(note.original));
                self.push(Op::Constant { to, value });
            }
        }
        self.clear_flows();
        self.begin_targets();
        for figure in &model.figures {
            self.make(figure);
        }
        for index in 0..model.cashflows.len() {
            self.cost(index);
        }
        self.begin_fees();
        self.begin_facilities();
        self.begin_assets();
        self.end_waivers();
        self.begin_tests();
        self.reset_ledgers();
    }

    /// Set to zero every flow that is read and that a step of today may add to.
    fn clear_flows(&mut self) {
        let model = self.model;
        let t = self.t;
        for step in all_steps(model).filter(|step| step.happens(t)) {
            let payees = step.action.payment().map_or(&[][..], |payment| &payment.payees);
            let swept = self.swept_with(payees);
            let flows = payees.iter().chain(&swept).filter_map(|payee| flow_of(*payee));
            let flows: Vec<_> = flows.chain(flows_of_action(&step.action)).collect();
            for flow in flows {
                if self.live.contains(&flow) && self.fresh.insert(flow) {
                    let to = self.slot_of(flow);
                    let value = self.param(0.0);
                    self.push(Op::Constant { to, value });
                }
            }
        }
    }

    /// Remember a value of today in a slot of its own, since temporaries do not outlive a step, and steps may change
    /// what it was made of: all but the inputs that rents and cashflows are made of.
    pub fn keep(&mut self, of: QuantityRef, value: Value) -> Value {
        let is_settled = of.object.is_collateral() || of.object == Object::Cashflow;
        let kept = match value {
            Value::Slot(slot, bound) if self.temporaries.contains(&slot) => {
                let to = self.slot_of(of);
                self.retarget(slot, to);
                Value::Slot(to, bound)
            }
            Value::Slot(from, bound) if !is_settled => {
                let to = self.slot_of(of);
                if to != from {
                    self.push(Op::Copy { to, from });
                }
                Value::Slot(to, bound)
            }
            _ => value,
        };
        self.today.insert(of, kept);
        kept
    }

    /// Let the operations that have just made `from` write to `to` instead.
    fn retarget(&mut self, from: Slot, to: Slot) {
        let mut last = self.ops.len();
        while last > 0 && matches!(self.ops[last - 1], Op::CheckRange { value } if value == from) {
            last -= 1;
            self.ops[last] = Op::CheckRange { value: to };
        }
        let target = match self.ops.get_mut(last.wrapping_sub(1)) {
            Some(Op::Scale { to, .. } | Op::MulDiv { to, .. } | Op::Add { to, .. } | Op::Excess { to, .. }) => to,
            _ => return self.push(Op::Copy { to, from }),
        };
        if *target == from {
            *target = to;
        } else {
            self.push(Op::Copy { to, from });
        }
    }

    /// due += amount
    pub fn add_to_due(&mut self, due: QuantityRef, amount: Value) {
        if amount == Value::Constant(0) {
            return;
        }
        let bound = self.raise_due_bound(due, amount.bound());
        let slot = self.slot_of(due);
        match amount {
            Value::Constant(amount) => {
                let value = self.param(as_f64(amount));
                self.push(Op::AddConstant { to: slot, a: slot, value });
            }
            Value::Slot(b, _) => self.push(Op::Add { to: slot, a: slot, b }),
        }
        self.check_range(slot, bound);
    }

    /// The most that can be due after another accrual.
    pub fn raise_due_bound(&mut self, due: QuantityRef, amount: f64) -> f64 {
        let bound = self.due_bounds.entry(due).or_insert(0.0);
        *bound += amount;
        *bound
    }

    // --- steps of collection ---

    pub fn collect(&mut self, phase: Phase, step: usize, from: &[Payer], to: usize) {
        let account = self.slot_of(quantity(Object::Account, to, Quantity::Balance));
        for (source, payer) in from.iter().enumerate() {
            let amount = self.read(source_of(*payer));
            if amount == Value::Constant(0) {
                continue;
            }
            match amount {
                Value::Constant(amount) => {
                    let value = self.param(as_f64(amount));
                    self.push(Op::AddConstant { to: account, a: account, value });
                }
                Value::Slot(b, _) => self.push(Op::Add { to: account, a: account, b }),
            }
            self.check_range(account, self.inflow_bound);
            if self.demand.trace {
                let slot = self.in_slot(amount);
                let movement = Movement {
                    phase,
                    step,
                    source,
                    payee: 0,
                    from: Party::Payer(*payer),
                    to: Party::Account(to),
                    effect: None,
                };
                for trace in [Trace::Requested, Trace::Available, Trace::Amount] {
                    self.trace(&movement, trace, slot);
                }
            }
            self.clear_receivable(*payer);
        }
    }

    pub fn accrue_fee(&mut self, fee: usize) {
        if !self.model.fees[fee].on[self.t] {
            return;
        }
        let accrued = self.fee_accrual(fee);
        let accrued = self.keep(quantity(Object::Fee, fee, Quantity::Accrued), accrued);
        self.fee_due(fee, accrued);
    }

    pub fn accrue_interest(&mut self, note: usize) {
        if self.accrues_in_lanes(note) {
            return self.accrue_in_lanes(note);
        }
        let model = &self.model.notes[note];
        let Some(payment) = model.payment[self.t] else { return };
        let rule = &model.rule;
        let n_units = rule.n_units.unwrap_or(1);
        let factor = rule.factors[payment];
        let original = as_f64(model.original);
        let bound = original * as_f64(factor.numerator) / as_f64(factor.denominator) + 1.0 + as_f64(n_units);
        let of = quantity(Object::Note, note, Quantity::InterestAccrued);
        let due = quantity(Object::Note, note, Quantity::InterestDue);
        let due_bound = self.raise_due_bound(due, bound);
        let balance = self.slot_of(quantity(Object::Note, note, Quantity::Balance));
        let (accrued, due) = (self.slot_of(of), self.slot_of(due));
        if n_units == 1 {
            let factor = self.factor(factor.numerator, factor.denominator, original);
            self.push(Op::Accrue { balance, due, accrued, factor });
        } else {
            let factor = self.factor(factor.numerator, factor.denominator * n_units, original);
            self.push(Op::Scale { to: accrued, a: balance, factor });
            let units = self.in_slot(Value::Constant(n_units));
            self.push(Op::Product { to: accrued, a: accrued, b: units });
            self.push(Op::Add { to: due, a: due, b: accrued });
        }
        self.check_range(accrued, bound);
        self.check_range(due, due_bound);
        self.today.insert(of, Value::Slot(accrued, bound));
    }

    // --- recording ---

    /// Dues, as they stand after collection and before the waterfall, and the status that chooses it.
    pub fn record_after_collection(&mut self) {
        self.check_groups();
        self.n_temporaries = 0;
        for index in self.demand.outputs.clone() {
            match self.outputs[index].of {
                Some(of) if of.quantity.is_due() => {
                    let value = self.read(of);
                    self.record(of, value);
                }
                Some(_) => {}
                None if self.model.leaves_at_once && self.model.waterfall_on[self.t] => {}
                None => {
                    let value = self.status_value();
                    self.record_status(index, value);
                }
            }
        }
    }

    /// Where scenarios leave waterfalls at once, the status is that of the last.
    pub fn record_last_status(&mut self) {
        for index in self.demand.outputs.clone() {
            if self.outputs[index].of.is_none() && self.model.leaves_at_once {
                self.n_temporaries = 0;
                let value = self.last_status();
                self.record_status(index, value);
            }
        }
    }

    fn record_status(&mut self, index: usize, value: Value) {
        let position = self.demand.outputs.iter().position(|i| *i == index).expect("the output is demanded");
        if value != Value::Constant(0) {
            let value = self.in_slot(value);
            let series = super::Series(u32::try_from(position).expect("fewer than 2^32 series"));
            self.push(Op::Record { series, value });
        }
    }

    /// At the close: totals, peaks, everything recorded, and the past moves on.
    pub fn close_date(&mut self) {
        self.close_metrics();
        self.check_targets();
        for index in self.demand.outputs.clone() {
            self.n_temporaries = 0;
            let Some(of) = self.outputs[index].of else { continue };
            match of.quantity {
                quantity if quantity.is_due() => {}
                Quantity::Value if of.object == Object::Test => {}
                quantity if quantity.shortfall_of().is_some() => {
                    let value = self.read(due_of(of));
                    self.record(of, value);
                }
                _ => {
                    let value = self.read(of);
                    self.record(of, value);
                }
            }
        }
        self.shift_histories();
        self.close_unpaid_parts();
        self.close_targets();
    }

    /// A target that can leave the range is made at every close, recorded or not.
    fn check_targets(&mut self) {
        for account in 0..self.model.accounts.len() {
            let (n_ops, n_params) = (self.ops.len(), self.params.len());
            self.n_temporaries = 0;
            self.target(account);
            if !self.ops[n_ops..].iter().any(Op::is_check) {
                self.ops.truncate(n_ops);
                self.params.truncate(n_params);
            }
        }
    }

    fn record(&mut self, of: QuantityRef, value: Value) {
        let Some(series) = self.series(of) else { return };
        if value != Value::Constant(0) {
            let value = self.in_slot(value);
            self.push(Op::Record { series, value });
        }
    }

    /// Record a movement's series on this date.
    pub fn trace(&mut self, movement: &Movement, trace: Trace, value: Slot) {
        let key = (movement.phase, movement.step, movement.source, movement.payee);
        let index = *self.movement_index.entry(key).or_insert_with(|| {
            self.movements.push(movement.clone());
            self.movements.len() - 1
        });
        let value = if trace == Trace::Requested { self.where_entered(movement.phase, value) } else { value };
        let series = self.demand.outputs.len() + Trace::COUNT * index + trace as usize;
        let series = super::Series(u32::try_from(series).expect("fewer than 2^32 series"));
        self.push(Op::Record { series, value });
    }

    /// The status as a position among the deal's statuses.
    pub fn status_value(&mut self) -> Value {
        self.position_of(|lowering, status| lowering.status_flag(status))
    }

    /// The position of the status whose flag is 1.
    pub fn position_of(&mut self, flag_of: impl Fn(&mut Self, usize) -> Option<Slot>) -> Value {
        let n = self.model.statuses.len();
        let mut value = Value::Constant(0);
        for status in 1..n {
            let Some(flag) = flag_of(self, status) else { continue };
            let term = if status == 1 {
                flag
            } else {
                let count = self.in_slot(Value::Constant(i64::try_from(status).unwrap_or(0)));
                let to = self.temporary();
                self.push(Op::Product { to, a: flag, b: count });
                to
            };
            value = match value {
                Value::Constant(_) => Value::Slot(term, as_f64(9)),
                Value::Slot(a, bound) => {
                    let to = self.temporary();
                    self.push(Op::Add { to, a, b: term });
                    Value::Slot(to, bound)
                }
            };
        }
        value
    }

    /// The flag of a status; none where the deal has only one.
    pub fn status_flag(&mut self, status: usize) -> Option<Slot> {
        (self.model.statuses.len() > 1).then(|| self.slot(Key::StatusIs(status)))
    }
}

/// What a payer gives on a date.
fn source_of(payer: Payer) -> QuantityRef {
    match payer {
        Payer::Lease(index) => quantity(Object::Lease, index, Quantity::IssuerRent),
        Payer::Property(index) => quantity(Object::Lease, index, Quantity::IssuerProceeds),
        Payer::Contract(index) => quantity(Object::Contract, index, Quantity::Revenue),
        Payer::Customer(index) => quantity(Object::Contract, index, Quantity::Proceeds),
        Payer::Fleet(index) => quantity(Object::Fleet, index, Quantity::Proceeds),
        Payer::Cashflow(index) => quantity(Object::Cashflow, index, Quantity::Amount),
        Payer::Note(index) => quantity(Object::Note, index, Quantity::Proceeds),
        Payer::Interest(index) => quantity(Object::Account, index, Quantity::Earned),
        Payer::Cure(index) => quantity(Object::Test, index, Quantity::Cure),
        Payer::Facility(index) => quantity(Object::Facility, index, Quantity::Draws),
        Payer::Swap(index) => quantity(Object::Swap, index, Quantity::Receivable),
        Payer::Asset(index) => quantity(Object::Asset, index, Quantity::Receivable),
        Payer::Cap(index) => quantity(Object::RateCap, index, Quantity::Receivable),
    }
}

/// The flow that a payment to this payee adds to.
pub fn flow_of(payee: Payee) -> Option<QuantityRef> {
    match payee {
        Payee::Fee(index) => Some(quantity(Object::Fee, index, Quantity::Paid)),
        Payee::Interest(index) => Some(quantity(Object::Note, index, Quantity::InterestPaid)),
        Payee::Principal(index) | Payee::Balance(index) => Some(quantity(Object::Note, index, Quantity::PrincipalPaid)),
        Payee::Cost(index) => Some(quantity(Object::Cashflow, index, Quantity::Paid)),
        Payee::Equity(index) => Some(quantity(Object::Equity, index, Quantity::Distributed)),
        Payee::Asset(index) => Some(quantity(Object::Asset, index, Quantity::Cost)),
        Payee::Claim(claim) => Some(claim.paid()),
        Payee::Reserve(_) | Payee::Account(_) | Payee::Conversion => None,
    }
}

/// The due whose closing value a shortfall is.
fn due_of(shortfall: QuantityRef) -> QuantityRef {
    let due = shortfall.quantity.shortfall_of().unwrap_or(Quantity::Due);
    QuantityRef { quantity: due, ..shortfall }
}

/// The most that can ever come in: opening balances, and every collection at its inputs' greatest values.
pub fn inflow_bound(model: &Model) -> f64 {
    let greatest = |input: usize| as_f64(model.inputs[input].maximum.abs().max(model.inputs[input].minimum.abs()));
    let scaled = |amount: f64, factor: Option<usize>| {
        factor.map_or(amount, |input| amount * greatest(input) / as_f64(NUMBER_SCALE) + 1.0)
    };
    let mut bound: f64 = model.accounts.iter().map(|account| as_f64(account.opening_balance)).sum();
    let has_formula = model.cashflows.iter().any(|cashflow| cashflow.formula.is_some());
    let has_clauses = model.leases.iter().any(|lease| lease.clauses.is_some());
    if !model.contracts.is_empty() || !model.fleets.is_empty() || has_formula || has_clauses {
        return f64::INFINITY;
    }
    for lease in &model.leases {
        for base in lease.base.iter().flatten() {
            bound += scaled(lease.input.map_or(as_f64(*base), greatest), lease.factor) + 1.0;
        }
    }
    for cashflow in model.cashflows.iter().filter(|cashflow| !cashflow.is_out) {
        bound += cashflow.amounts.iter().map(|amount| scaled(as_f64(*amount), cashflow.factor)).sum::<f64>();
    }
    bound += model.notes.iter().filter(|note| note.starts_at.is_some()).map(|note| as_f64(note.proceeds)).sum::<f64>();
    for test in &model.tests {
        let n_readings = i64::try_from(test.measured.iter().flatten().count()).unwrap_or(i64::MAX);
        bound += test.cure.as_ref().map_or(0.0, |cure| greatest(cure.input) * as_f64(n_readings));
    }
    if !model.assets.is_empty() || model.steps().any(|step| matches!(step.action, Action::Convert(_))) {
        return f64::INFINITY;
    }
    bound += hedge_inflow_bound(model);
    if bound < limit() { bound * 1.000_001 } else { bound }
}
