//! Fees: interest on what is unpaid, and caps that hold back what falls due.

use crate::basics::NUMBER_SCALE;
use crate::formula::{Expr, Object, Quantity};

use super::super::model::{FeeRule, Model};
use super::super::op::Op;
use super::super::weights::Weights;
use super::values::Value;
use super::{Key, Lowering, as_f64, quantity};

/// A balance whose weighted sum is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weighted {
    /// What is due of a fee.
    UnpaidFee(usize),
    /// What is drawn on a facility.
    Drawn(usize),
    /// What is available of a facility.
    Undrawn(usize),
    /// The notional of a swap, for one leg.
    Leg(usize, usize),
    /// The notional of a cap.
    Cap(usize),
    /// The balance of an account.
    Balance(usize),
    /// The balance of an asset.
    Asset(usize),
}

/// The formulas of fees.
pub fn formulas_of_fees(model: &Model) -> Vec<&Expr> {
    let mut formulas: Vec<&Expr> = model.fee_caps.iter().filter_map(|cap| cap.suspended.as_ref()).collect();
    for fee in &model.fees {
        if let FeeRule::ShareOf { quantity, .. } | FeeRule::RateOf { quantity, .. } = &fee.amount {
            formulas.push(quantity);
        }
    }
    formulas
}

impl Lowering<'_> {
    /// Before the first date: the room of the first cap years.
    pub fn prepare_fees(&mut self) {
        for (index, cap) in self.model.fee_caps.iter().enumerate() {
            let slot = self.slot(Key::CapRoom(index));
            self.initial.push((slot, as_f64(cap.first_room)));
        }
    }

    /// At the start of a date: unpaid fees are weighed, and cap years begin.
    pub fn begin_fees(&mut self) {
        let (model, t) = (self.model, self.t);
        for (index, fee) in model.fees.iter().enumerate() {
            if let Some(unpaid) = &fee.unpaid {
                let due = self.read(quantity(Object::Fee, index, Quantity::Due));
                self.weigh(Weighted::UnpaidFee(index), due, &unpaid.weights);
            }
        }
        for (index, cap) in model.fee_caps.iter().enumerate().filter(|(_, cap)| cap.n_begun[t] > 0) {
            self.n_temporaries = 0;
            let to = self.slot(Key::CapRoom(index));
            if cap.carry_forward {
                let value = self.param(as_f64(cap.annual) * as_f64(cap.n_begun[t]));
                self.push(Op::AddConstant { to, a: to, value });
                let bound = self.room_bound(index);
                self.check_range(to, bound);
            } else {
                let value = self.param(as_f64(cap.annual));
                self.push(Op::Constant { to, value });
            }
        }
    }

    /// The most room that a cap can have.
    pub fn room_bound(&self, cap: usize) -> f64 {
        let cap = &self.model.fee_caps[cap];
        as_f64(cap.first_room) + as_f64(cap.annual) * (as_f64(cap.n_begun.iter().sum()) + 1.0)
    }

    /// Add a balance to its weighted sum, by the weight of the date.
    pub fn weigh(&mut self, of: Weighted, balance: Value, weights: &Weights) {
        let weight = weights.of[self.t];
        if weight == 0 || balance == Value::Constant(0) {
            return;
        }
        self.n_temporaries = 0;
        let bound = self.weighted_bounds.entry(of).or_insert(0.0);
        *bound += balance.bound() * as_f64(weight);
        let bound = *bound;
        let (a, b) = (self.in_slot(balance), self.in_slot(Value::Constant(weight)));
        let (term, to) = (self.temporary(), self.slot(Key::Weighted(of)));
        self.push(Op::Product { to: term, a, b });
        self.push(Op::Add { to, a: to, b: term });
        self.check_range(to, bound);
    }

    /// Where a period ends, a sum that bears nothing begins again at zero too.
    pub fn begin_sum(&mut self, of: Weighted, weights: &Weights) {
        if weights.ends[self.t] && self.weighted_bounds.remove(&of).is_some() {
            let (to, value) = (self.slot(Key::Weighted(of)), self.param(0.0));
            self.push(Op::Constant { to, value });
        }
    }

    /// R(weighted sum * rate / (1e9 * denominator)); the sum begins again at zero.
    pub fn accrue_weighted(&mut self, of: Weighted, rate: Value, weights: &Weights) -> Value {
        let Some(bound) = self.weighted_bounds.remove(&of).filter(|bound| *bound > 0.0) else {
            return Value::Constant(0);
        };
        let sum = self.slot(Key::Weighted(of));
        let b = self.in_slot(rate);
        let denominator = as_f64(NUMBER_SCALE) * as_f64(weights.denominator);
        let (divisor, zero) = (self.param(denominator), self.param(0.0));
        let to = self.temporary();
        self.push(Op::MulDiv { to, a: sum, b, divisor });
        let accrued = self.checked(to, bound * rate.bound() / denominator + 1.0);
        self.push(Op::Constant { to: sum, value: zero });
        accrued
    }

    /// What accrues on a payment date, with interest on what is unpaid.
    pub fn fee_accrual(&mut self, fee: usize) -> Value {
        let model = self.model;
        let accrued = match &model.fees[fee].amount {
            FeeRule::Fixed(amounts) => Value::Constant(amounts[self.t]),
            FeeRule::ShareOf { share, quantity } => {
                let value = self.formula(quantity);
                let value = self.at_least_zero(value);
                self.scale(value, *share, NUMBER_SCALE)
            }
            FeeRule::RateOf { factors, quantity } => {
                let value = self.formula(quantity);
                let value = self.at_least_zero(value);
                self.scale(value, factors[self.t].numerator, factors[self.t].denominator)
            }
        };
        let Some(unpaid) = &model.fees[fee].unpaid else { return accrued };
        let interest = self.accrue_weighted(Weighted::UnpaidFee(fee), Value::Constant(unpaid.rate), &unpaid.weights);
        self.plus(accrued, interest)
    }

    /// What has accrued becomes due, as far as the cap has room; the rest is the excess.
    pub fn fee_due(&mut self, fee: usize, accrued: Value) {
        let model = self.model;
        let due = quantity(Object::Fee, fee, Quantity::Due);
        let Some(cap) = model.fees[fee].cap else { return self.add_to_due(due, accrued) };
        let (a, b, within) = (self.in_slot(accrued), self.slot(Key::CapRoom(cap)), self.temporary());
        self.push(Op::Minimum { to: within, a, b });
        let used = match &model.fee_caps[cap].suspended {
            None => within,
            Some(flag) => {
                let flag = self.formula(flag);
                let (flag, zero, used) = (self.in_slot(flag), self.in_slot(Value::Constant(0)), self.temporary());
                self.push(Op::Select { to: used, flag, a: zero, b: within });
                self.push(Op::Select { to: within, flag, a, b: within });
                used
            }
        };
        let excess = self.temporary();
        self.push(Op::Subtract { to: excess, a, b: within });
        self.push(Op::Subtract { to: b, a: b, b: used });
        self.add_to_due(due, Value::Slot(within, accrued.bound()));
        self.add_to_due(quantity(Object::Fee, fee, Quantity::ExcessDue), Value::Slot(excess, accrued.bound()));
    }
}
