//! Interest that a scenario's inputs or a balance that changes inside a period make: rates and stretches in lanes.

use crate::basics::NUMBER_SCALE;
use crate::formula::{Object, Quantity};

use super::super::coupon::{AllIn, CouponModel};
use super::super::op::{Op, Slot};
use super::values::Value;
use super::{Key, Lowering, as_f64, limit, quantity};

impl Lowering<'_> {
    /// Whether the interest of a note is more than its balance times a known factor.
    pub fn accrues_in_lanes(&self, note: usize) -> bool {
        let note = &self.model.notes[note];
        note.known_rates().is_none()
            || note.inside.is_some()
            || note.unpaid.is_some()
            || note.capitalizes
            || note.additional.is_some()
            || note.whole.is_some()
    }

    /// The accrual of a note on this date: a stretch inside a period, or all of it on a payment date.
    pub fn accrue_in_lanes(&mut self, note: usize) {
        let model = &self.model.notes[note];
        let stretched = model.inside.as_ref().map(|inside| inside.weights[self.t]);
        if let Some(weight) = stretched {
            self.add_stretch(note, weight);
        }
        let Some(payment) = model.payment[self.t] else { return };
        // A formula reads what was due before anything accrues.
        let coupon_rate = self.coupon_rate(note, payment);
        self.accrue_additional(note, payment);
        let interest = self.period_interest(note, payment, coupon_rate);
        self.make_due(note, interest);
        if stretched.is_some() {
            let (to, value) = (self.slot(Key::BalanceDays(note)), self.param(0.0));
            self.push(Op::Constant { to, value });
        }
    }

    /// After the anticipated repayment date: additional interest, due for itself.
    fn accrue_additional(&mut self, note: usize, payment: usize) {
        let model = &self.model.notes[note];
        let Some((extra, _)) = model.additional.filter(|(_, first)| payment >= *first) else { return };
        let divisor = NUMBER_SCALE * model.fractions[payment].denominator;
        let (base, days, bound) = self.accrual_base(note, payment);
        let accrued = self.interest_on(Value::Slot(base, bound), Value::Constant(extra), days, divisor);
        let accrued = self.keep(quantity(Object::Note, note, Quantity::AdditionalInterestAccrued), accrued);
        self.add_to_due(quantity(Object::Note, note, Quantity::AdditionalInterestDue), accrued);
    }

    /// S += balance * days
    fn add_stretch(&mut self, note: usize, weight: i64) {
        if weight == 0 {
            return;
        }
        let balance = self.slot_of(quantity(Object::Note, note, Quantity::Balance));
        let days = self.in_slot(Value::Constant(weight));
        let (sum, product) = (self.slot(Key::BalanceDays(note)), self.temporary());
        self.push(Op::Product { to: product, a: balance, b: days });
        self.push(Op::Add { to: sum, a: sum, b: product });
        self.check_range(sum, if self.model.notes[note].is_unbounded() { limit() } else { 0.0 });
    }

    /// The balance, or the sum of balance times days, with the days that it still has to be multiplied by and its bound.
    fn accrual_base(&mut self, note: usize, payment: usize) -> (Slot, i64, f64) {
        let model = &self.model.notes[note];
        let days = model.fractions[payment].numerator;
        let greatest = self.balance_bound(note);
        if model.inside.is_some() {
            (self.slot(Key::BalanceDays(note)), 1, greatest * as_f64(days))
        } else {
            (self.slot_of(quantity(Object::Note, note, Quantity::Balance)), days, greatest)
        }
    }

    fn period_interest(&mut self, note: usize, payment: usize, coupon_rate: Value) -> Value {
        let rate = self.with_default_rate(note, coupon_rate);
        self.set_rate(note, rate);
        self.accrue_on_unpaid(note, payment, (rate, coupon_rate));
        let by_rate = self.interest_by_rate(note, payment, rate);
        match &self.model.notes[note].coupon {
            CouponModel::IndexLevel { .. } => {
                let growth = self.interest_by_growth(note, payment);
                self.plus(growth, by_rate)
            }
            _ => by_rate,
        }
    }

    /// n_units * R(base * rate * days / (1e9 * d * n_units))
    fn interest_by_rate(&mut self, note: usize, payment: usize, rate: Value) -> Value {
        let model = &self.model.notes[note];
        let n_units = model.rule.n_units.unwrap_or(1);
        let fraction = model.fractions[payment];
        let divisor = NUMBER_SCALE * fraction.denominator * n_units;
        let (base, days, bound) = self.accrual_base(note, payment);
        let interest = self.interest_on(Value::Slot(base, bound), rate, days, divisor);
        if n_units == 1 {
            return interest;
        }
        let (a, to) = (self.in_slot(interest), self.temporary());
        let b = self.in_slot(Value::Constant(n_units));
        self.push(Op::Product { to, a, b });
        self.checked(to, interest.bound() * as_f64(n_units))
    }

    /// R(base * rate * days / divisor)
    pub fn interest_on(&mut self, base: Value, rate: Value, days: i64, divisor: i64) -> Value {
        match rate {
            Value::Constant(0) => Value::Constant(0),
            Value::Constant(rate) => {
                let (numerator, divisor) = lowest_terms(rate * days, divisor);
                self.scale(base, numerator, divisor)
            }
            Value::Slot(rate, greatest) => {
                let (a, b) = (self.in_slot(base), self.times_count(rate, days));
                let (to, divisor_param) = (self.temporary(), self.param(as_f64(divisor)));
                self.push(Op::MulDiv { to, a, b, divisor: divisor_param });
                self.checked(to, base.bound() * greatest * as_f64(days) / as_f64(divisor) + 1.0)
            }
        }
    }

    /// R(base * max(0, L_e - L_s) / (L_s * days)), the days only where the base is a sum over them.
    fn interest_by_growth(&mut self, note: usize, payment: usize) -> Value {
        let model = &self.model.notes[note];
        let CouponModel::IndexLevel { input, ends, .. } = &model.coupon else { return Value::Constant(0) };
        let (input, (first, last)) = (*input, ends[payment]);
        let (first, last) = (self.input_on(input, first), self.input_on(input, last));
        let (base, _, bound) = self.accrual_base(note, payment);
        let divisor =
            if model.inside.is_some() { self.times_count(first, model.fractions[payment].numerator) } else { first };
        let (growth, floor, to) = (self.temporary(), self.param(0.0), self.temporary());
        self.push(Op::Subtract { to: growth, a: last, b: first });
        self.push(Op::Excess { to: growth, a: growth, floor });
        self.push(Op::MulDivBy { to, a: base, b: growth, divisor });
        let greatest = as_f64(self.model.inputs[input].maximum.abs());
        self.checked(to, bound * greatest + 1.0)
    }

    // --- the rate ---

    /// The rate with what is added in default.
    fn with_default_rate(&mut self, note: usize, rate: Value) -> Value {
        let rate = self.with_rate_steps(note, rate);
        let Some((extra, when)) = &self.model.notes[note].default_rate else { return rate };
        let flag = self.formula(when);
        let extra = match flag {
            Value::Constant(flag) => Value::Constant(flag * extra),
            Value::Slot(flag, _) => Value::Slot(self.times_count(flag, *extra), as_f64(*extra)),
        };
        self.plus(rate, extra)
    }

    fn coupon_rate(&mut self, note: usize, payment: usize) -> Value {
        let model = self.model;
        match &model.notes[note].coupon {
            CouponModel::Known(rates) => Value::Constant(rates[payment]),
            CouponModel::IndexLevel { margin, .. } => Value::Constant(*margin),
            CouponModel::Formula(formula) => {
                let value = self.formula(&formula.rate);
                let rate = self.in_slot(value);
                let bounds = (formula.step, formula.all_in_floor, Some(formula.all_in_cap));
                self.within(rate, bounds, note, payment)
            }
            CouponModel::Floating { terms, fixings } => {
                let index = self.input_on(terms.input, fixings[payment]);
                let index = self.floored(terms, index);
                self.all_in(terms, index, note, payment)
            }
            CouponModel::Averaged { terms, compounded, floor_per_period, observations, base } => {
                let observed: Vec<(Slot, i64)> = observations[payment]
                    .iter()
                    .map(|(position, weight)| {
                        let index = self.input_on(terms.input, *position);
                        (if *floor_per_period { index } else { self.floored(terms, index) }, *weight)
                    })
                    .collect();
                let mean = if *compounded { self.compounded(&observed, *base) } else { self.mean(&observed) };
                let mean = if *floor_per_period { self.floored(terms, mean) } else { mean };
                self.all_in(terms, mean, note, payment)
            }
        }
    }

    /// The input's value on a grid date that is not after this one.
    fn input_on(&mut self, input: usize, position: usize) -> Slot {
        let slot = Slot::input(input);
        if position == self.t {
            return slot;
        }
        let to = self.temporary();
        let date = self.param(as_f64(i64::try_from(position).unwrap_or(0)));
        self.push(Op::InputAt { to, input: slot, date });
        to
    }

    /// max(index + adjustment, floor)
    fn floored(&mut self, terms: &AllIn, index: Slot) -> Slot {
        let adjusted = self.plus_constant(index, terms.credit_adjustment);
        terms.floor.map_or(adjusted, |floor| self.at_least(adjusted, floor))
    }

    /// The floored index plus margin, rounded, within floor and cap of the rate.
    fn all_in(&mut self, terms: &AllIn, index: Slot, note: usize, payment: usize) -> Value {
        let rate = self.plus_constant(index, terms.margin);
        self.within(rate, (terms.step, terms.all_in_floor, terms.all_in_cap), note, payment)
    }

    /// A rate rounded to a multiple of the step, then within floor and cap.
    fn within(&mut self, rate: Slot, bounds: (i64, i64, Option<i64>), note: usize, payment: usize) -> Value {
        let (mut rate, (step, floor, cap)) = (rate, bounds);
        if step != 1 {
            let (to, divisor) = (self.temporary(), self.param(as_f64(step)));
            let one = self.in_slot(Value::Constant(1));
            self.push(Op::MulDiv { to, a: rate, b: one, divisor });
            rate = self.times_count(to, step);
        }
        rate = self.at_least(rate, floor);
        if let Some(cap) = cap {
            let (to, b) = (self.temporary(), self.in_slot(Value::Constant(cap)));
            self.push(Op::Minimum { to, a: rate, b });
            rate = to;
        }
        let greatest = self.model.notes[note].coupon.greatest_rate(payment, &self.model.inputs);
        Value::Slot(rate, greatest)
    }

    /// R(sum of index times weight / sum of weights)
    fn mean(&mut self, observed: &[(Slot, i64)]) -> Slot {
        let total: i64 = observed.iter().map(|(_, weight)| weight).sum();
        let mut sum = None;
        for (index, weight) in observed {
            let b = self.times_count(*index, *weight);
            sum = Some(match sum {
                None => b,
                Some(a) => {
                    let to = self.temporary();
                    self.push(Op::Add { to, a, b });
                    to
                }
            });
        }
        let (a, b) = (sum.expect("a period has an observation"), self.in_slot(Value::Constant(1)));
        let (to, divisor) = (self.temporary(), self.param(as_f64(total)));
        self.push(Op::MulDiv { to, a, b, divisor });
        to
    }

    /// Observations compounded one by one, each product rounded, and the factor's growth as a rate a year.
    fn compounded(&mut self, observed: &[(Slot, i64)], base: i64) -> Slot {
        let scale = NUMBER_SCALE * base;
        let factor = self.in_slot(Value::Constant(NUMBER_SCALE));
        for (index, weight) in observed {
            let before = self.n_temporaries;
            let product = self.times_count(*index, *weight);
            let (growth, value) = (self.temporary(), self.param(as_f64(scale)));
            self.push(Op::AddConstant { to: growth, a: product, value });
            let divisor = self.param(as_f64(scale));
            self.push(Op::MulDiv { to: factor, a: factor, b: growth, divisor });
            self.check_range(factor, limit());
            self.n_temporaries = before;
        }
        let total: i64 = observed.iter().map(|(_, weight)| weight).sum();
        let grown = self.plus_constant(factor, -NUMBER_SCALE);
        let (to, b, divisor) = (self.temporary(), self.in_slot(Value::Constant(base)), self.param(as_f64(total)));
        self.push(Op::MulDiv { to, a: grown, b, divisor });
        to
    }

    /// The rate is kept until the next accrual.
    fn set_rate(&mut self, note: usize, rate: Value) {
        let of = quantity(Object::Note, note, Quantity::Rate);
        if !self.live.contains(&of) {
            return;
        }
        let to = self.slot_of(of);
        match rate {
            Value::Constant(rate) => {
                let value = self.param(as_f64(rate));
                self.push(Op::Constant { to, value });
            }
            Value::Slot(from, _) => self.push(Op::Copy { to, from }),
        }
    }

    // --- what is due ---

    /// `interest_accrued` of the date, added to `interest_due`.
    fn make_due(&mut self, note: usize, interest: Value) {
        let of = quantity(Object::Note, note, Quantity::InterestAccrued);
        let to = self.slot_of(of);
        match interest {
            Value::Slot(from, _) => self.push(Op::Copy { to, from }),
            Value::Constant(interest) => {
                let value = self.param(as_f64(interest));
                self.push(Op::Constant { to, value });
            }
        }
        let accrued = Value::Slot(to, interest.bound());
        self.today.insert(of, accrued);
        self.add_to_due(quantity(Object::Note, note, Quantity::InterestDue), accrued);
    }

    // --- small arithmetic ---

    fn plus_constant(&mut self, a: Slot, value: i64) -> Slot {
        if value == 0 {
            return a;
        }
        let (to, value) = (self.temporary(), self.param(as_f64(value)));
        self.push(Op::AddConstant { to, a, value });
        to
    }

    fn at_least(&mut self, a: Slot, floor: i64) -> Slot {
        let b = self.in_slot(Value::Constant(floor));
        let to = self.temporary();
        self.push(Op::Maximum { to, a, b });
        to
    }

    pub fn times_count(&mut self, a: Slot, count: i64) -> Slot {
        if count == 1 {
            return a;
        }
        let b = self.in_slot(Value::Constant(count));
        let to = self.temporary();
        self.push(Op::Product { to, a, b });
        to
    }
}

fn lowest_terms(numerator: i64, denominator: i64) -> (i64, i64) {
    let (mut a, mut b) = (numerator, denominator);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (numerator / a, denominator / a)
}
