//! The sizing case: the one scenario on which schedules are computed.

use crate::formula::{Expr, Object, QuantityRef};

use super::evaluate::{Quantities, evaluate};
use super::lower::{Scheduled, initial};
use super::model::{FeeRule, Model};

/// Quantities of the collateral under the sizing inputs.
pub struct SizingCase<'a> {
    /// The model; where schedules are sized, it has no notes yet.
    pub model: &'a Model,
}

struct At<'a> {
    model: &'a Model,
    t: usize,
}

impl SizingCase<'_> {
    /// A formula's value on a date; `None` if it leaves the range.
    pub fn value(&self, formula: &Expr, t: usize) -> Option<i64> {
        evaluate(formula, self.model.rounding, &At { model: self.model, t })
    }
}

impl Quantities for At<'_> {
    fn now(&self, quantity: QuantityRef) -> i64 {
        let index = quantity.index;
        match (quantity.object, quantity.quantity) {
            (Object::Input, _) => self.model.inputs[index].sizing[self.t],
            (Object::Period, _) => i64::try_from(self.t).unwrap_or(i64::MAX),
            (object, _) if object.is_collateral() || object == Object::Cashflow => {
                self.model.figure(quantity).map_or(0, |figure| figure.sized[self.t])
            }
            (Object::Note, _) if quantity.is_scheduled() => Scheduled { model: self.model, t: self.t }.now(quantity),
            (Object::Note, _) => self.model.known_terms[index].now(quantity.quantity, self.t),
            (Object::Fee, _) => match &self.model.fees[index].amount {
                FeeRule::Fixed(amounts) => amounts[self.t],
                FeeRule::ShareOf { .. } | FeeRule::RateOf { .. } => 0,
            },
            _ => 0,
        }
    }

    fn before(&self, of: QuantityRef, back: usize) -> Option<i64> {
        Some(At { model: self.model, t: self.t.checked_sub(back)? }.now(of))
    }

    fn initial(&self, of: QuantityRef) -> i64 {
        initial(self.model, of)
    }

    fn forward_sum(&self, _: QuantityRef, _: usize) -> i64 {
        0
    }
}
