//! Tests that look ahead: sums over later dates, of what no waterfall decides.
//!
//! A formula is lowered once for each later date, as if that date were the one being lowered; its values are made anew, in temporary
//! slots, from the inputs that the view shows.

use crate::basics::LIMIT;
use crate::deal::model::ForwardView;
use crate::formula::{Object, Quantity, QuantityRef};

use super::super::evaluate::{Quantities, has_solve};
use super::super::forward::ForwardModel;
use super::super::model::{FeeRule, Measured, TestModel};
use super::super::op::{Op, Slot};
use super::super::sizing::SizingCase;
use super::values::{Scheduled, Value};
use super::{Lowering, as_f64, limit};

/// Which inputs a formula sees on a later date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ahead {
    /// Those of the sizing case.
    Sizing,
    /// Those of the date of the test.
    Today,
    /// The scenario's own on the later date.
    Foresight,
}

impl Lowering<'_> {
    /// Numerator and denominator of a test that looks ahead.
    pub fn ratio_ahead(&mut self, test: &TestModel, forward: &ForwardModel) -> (Value, Value) {
        let ends = forward.ends(self.t);
        if !test.is_mean {
            let last = ends.last().copied().unwrap_or(self.t);
            return self.sums_ahead(test, forward, self.t + 1..=last);
        }
        let (first, second) = (self.temporary(), self.temporary());
        let mut sums = (Value::Constant(0), Value::Constant(0));
        let mut start = self.t;
        for &end in ends {
            let before = self.n_temporaries;
            let (numerator, denominator) = self.sums_ahead(test, forward, start + 1..=end);
            let (ratio, weight) = self.rounded_ratio(numerator, denominator);
            sums = (self.add_to(first, sums.0, ratio), self.add_to(second, sums.1, weight));
            self.n_temporaries = before;
            start = end;
        }
        sums
    }

    /// The sums of numerator and denominator over later dates.
    fn sums_ahead(
        &mut self,
        test: &TestModel,
        forward: &ForwardModel,
        dates: std::ops::RangeInclusive<usize>,
    ) -> (Value, Value) {
        let numerator = self.sum_ahead(&test.ratio.numerator, forward.view, dates.clone());
        (numerator, self.sum_ahead(&test.ratio.denominator, forward.view, dates))
    }

    fn sum_ahead(&mut self, part: &Measured, view: ForwardView, dates: std::ops::RangeInclusive<usize>) -> Value {
        let to = self.temporary();
        let mut sum = Value::Constant(0);
        for date in dates {
            let before = self.n_temporaries;
            let value = self.value_ahead(part, view, date);
            sum = self.add_to(to, sum, value);
            self.n_temporaries = before;
        }
        sum
    }

    /// sum + value, in range, in the slot that is kept for the sum; known as long as both are.
    fn add_to(&mut self, to: Slot, sum: Value, value: Value) -> Value {
        let bound = sum.bound() + value.bound();
        match (sum, value) {
            (Value::Constant(a), Value::Constant(b)) => return self.known(Some(a + b)),
            (Value::Slot(..), Value::Constant(0)) => return sum,
            (Value::Slot(a, _), Value::Constant(b)) | (Value::Constant(b), Value::Slot(a, _)) => {
                let value = self.param(as_f64(b));
                self.push(Op::AddConstant { to, a, value });
            }
            (Value::Slot(a, _), Value::Slot(b, _)) => self.push(Op::Add { to, a, b }),
        }
        self.checked(to, bound)
    }

    /// A value that is the same in every scenario; out of range, they all overflow.
    fn known(&mut self, value: Option<i64>) -> Value {
        match value.filter(|value| value.abs() < LIMIT) {
            Some(value) => Value::Constant(value),
            None => {
                let slot = self.in_slot(Value::Constant(LIMIT));
                self.check_range(slot, limit());
                Value::Constant(0)
            }
        }
    }

    /// What is summed, on a later date.
    fn value_ahead(&mut self, part: &Measured, view: ForwardView, date: usize) -> Value {
        let model = self.model;
        let scheduled = |notes: &[usize], quantity: Quantity| {
            let of = |&index: &usize| QuantityRef { object: Object::Note, index, quantity };
            notes.iter().map(|note| Scheduled { model, t: date }.now(of(note))).sum()
        };
        let (formula, inputs) = match (part, view) {
            (Measured::DebtService(notes), _) => {
                return self.known(Some(scheduled(notes, Quantity::ScheduledDebtService)));
            }
            (Measured::InterestAccrued(notes), _) => {
                return self.known(Some(scheduled(notes, Quantity::ScheduledInterest)));
            }
            // Not to converge is an outcome of the scenario, so what may not is made in every scenario.
            (Measured::Formula(formula), ForwardView::Scheduled) if has_solve(formula) => (formula, Ahead::Sizing),
            (Measured::Formula(formula), ForwardView::Scheduled) => {
                let value = SizingCase { model }.value(formula, date);
                return self.known(value);
            }
            (Measured::Formula(formula), ForwardView::Current) => (formula, Ahead::Today),
            (Measured::Formula(formula), ForwardView::Foresight) => (formula, Ahead::Foresight),
            _ => unreachable!("only sums of flows look ahead"),
        };
        self.ahead = Some(inputs);
        let (today, from) = (std::mem::take(&mut self.today), self.t);
        let value = self.on_date(date, |lowering| {
            let projected = lowering.project(formula, from);
            let value = lowering.formula(formula);
            lowering.move_on(&projected);
            value
        });
        self.today = today;
        self.ahead = None;
        value
    }

    /// What is lowered as if another date were the one being lowered.
    pub fn on_date(&mut self, date: usize, lower: impl FnOnce(&mut Self) -> Value) -> Value {
        let today = std::mem::replace(&mut self.t, date);
        let value = lower(self);
        self.t = today;
        value
    }

    /// A quantity that no waterfall decides, on a later date or one before that.
    pub fn read_ahead(&mut self, of: QuantityRef, inputs: Ahead) -> Value {
        match (of.object, of.quantity) {
            (Object::Input, _) => self.input_ahead(of.index, inputs),
            (object, _) if object.is_collateral() || object == Object::Cashflow => self.figure_ahead(of, inputs),
            (Object::Fee, _) => match &self.model.fees[of.index].amount {
                FeeRule::Fixed(amounts) => Value::Constant(amounts[self.t]),
                FeeRule::ShareOf { .. } | FeeRule::RateOf { .. } => Value::Constant(0),
            },
            _ => unreachable!("what looks ahead reads nothing that a waterfall decides"),
        }
    }

    fn input_ahead(&mut self, index: usize, inputs: Ahead) -> Value {
        let input = &self.model.inputs[index];
        let bound = as_f64(input.maximum.abs().max(input.minimum.abs()));
        let slot = Slot::input(index);
        match inputs {
            Ahead::Sizing => return Value::Constant(input.sizing[self.t]),
            Ahead::Today => return Value::Slot(slot, bound),
            Ahead::Foresight => {}
        }
        let to = self.temporary();
        let date = self.param(as_f64(i64::try_from(self.t).unwrap_or(0)));
        self.push(Op::Foresee { to, input: slot, date });
        Value::Slot(to, bound)
    }
}
