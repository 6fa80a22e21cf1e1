//! Steps that exchange cash of one currency for cash of another.

use crate::basics::NUMBER_SCALE;
use crate::formula::Relation;

use super::super::currencies::Conversion;
use super::super::model::{Payee, StepModel};
use super::super::movement::{Movement, Party, Phase, Trace};
use super::super::op::{Op, Slot};
use super::terms::Terms;
use super::values::Value;
use super::{Lowering, as_f64, limit};

impl Lowering<'_> {
    pub fn convert(&mut self, at: (Phase, usize), step: &StepModel, conversion: &Conversion, gate: Option<Slot>) {
        let payment = &conversion.payment;
        let terms = self.terms(step, payment, gate);
        let (rate, bought) = self.where_it_acts(terms.gate, |this| {
            let rate = this.price(&conversion.rate);
            let bought = conversion.buy.as_ref().map(|buy| this.own_amount(buy));
            (rate, bought.map(|bought| this.share_of_request(bought, payment.limits.share_of_due)))
        });
        let gate = self.where_positive(rate, terms.gate);
        let request =
            self.where_it_acts(Some(gate), |this| this.request_to_convert(conversion, &terms, (rate, bought)));
        let rest = self.temporary();
        self.push(Op::Product { to: rest, a: request, b: gate });
        let moved = self.pay_request(at, payment, rest, &terms);
        let gained = self.temporary();
        let divisor = self.param(as_f64(NUMBER_SCALE));
        self.push(Op::MulDiv { to: gained, a: moved, b: rate, divisor });
        if let Some(bought) = bought {
            self.all_that_was_asked(gained, bought, (moved, rest));
        }
        self.where_it_acts(Some(gate), |this| this.check_range(gained, limit()));
        let to = self.account(conversion.to);
        self.push(Op::Add { to, a: to, b: gained });
        self.check_range(to, self.inflow_bound);
        self.trace_gain(at, payment.from.len(), conversion.to, gained);
    }

    /// What is asked for in the old currency.
    fn request_to_convert(
        &mut self,
        conversion: &Conversion,
        terms: &Terms,
        (rate, bought): (Slot, Option<Slot>),
    ) -> Slot {
        if let Some(bought) = bought {
            return self.divided(bought, rate);
        }
        let limits = &conversion.payment.limits;
        let all = self.all_there(&conversion.payment, terms);
        let all = self.in_slot(all);
        let request = self.share_of_request(all, limits.share_of_due);
        if !limits.to_target {
            return request;
        }
        let gap = self.gap(conversion.to);
        let gap = self.in_slot(gap);
        let (b, to) = (self.divided(gap, rate), self.temporary());
        self.push(Op::Minimum { to, a: request, b });
        to
    }

    pub fn share_of_request(&mut self, request: Slot, share: Option<i64>) -> Slot {
        let Some(share) = share else { return request };
        let shared = self.scale(Value::Slot(request, limit()), share, NUMBER_SCALE);
        self.in_slot(shared)
    }

    /// Where the whole request has moved, what was asked for is gained to the cent.
    fn all_that_was_asked(&mut self, gained: Slot, bought: Slot, (moved, rest): (Slot, Slot)) {
        let (zero, whole, some) = (self.in_slot(Value::Constant(0)), self.temporary(), self.temporary());
        self.push(Op::Compare { to: whole, a: rest, b: zero, relation: Relation::Equal });
        self.push(Op::Compare { to: some, a: moved, b: zero, relation: Relation::Greater });
        self.push(Op::Product { to: whole, a: whole, b: some });
        self.push(Op::Select { to: gained, flag: whole, a: bought, b: gained });
    }

    /// The row of what is gained, after those of the sources.
    fn trace_gain(&mut self, (phase, step): (Phase, usize), source: usize, to: usize, gained: Slot) {
        if !self.demand.trace {
            return;
        }
        let (from, to) = (Party::Payee(Payee::Conversion), Party::Account(to));
        let movement = Movement { phase, step, source, payee: 0, from, to, effect: None };
        for trace in [Trace::Requested, Trace::Available, Trace::Amount] {
            self.trace(&movement, trace, gained);
        }
    }

    // --- what buying and selling at a price have in common ---

    /// A price or rate, 0 where it is below.
    pub fn price(&mut self, formula: &crate::formula::Expr) -> Slot {
        let value = self.formula(formula);
        let value = self.at_least_zero(value);
        self.in_slot(value)
    }

    /// Where a price is above 0, and the step acts.
    pub fn where_positive(&mut self, price: Slot, gate: Option<Slot>) -> Slot {
        let (zero, flag) = (self.in_slot(Value::Constant(0)), self.temporary());
        self.push(Op::Compare { to: flag, a: price, b: zero, relation: Relation::Greater });
        self.both(gate, Some(flag)).unwrap_or(flag)
    }

    /// `mul_div(amount, 1e9, price)`, 0 where the price is 0.
    pub fn divided(&mut self, amount: Slot, price: Slot) -> Slot {
        let (scale, if_zero, to) =
            (self.param(as_f64(NUMBER_SCALE)), self.in_slot(Value::Constant(0)), self.temporary());
        self.push(Op::Divide { to, a: amount, b: price, scale, if_zero });
        self.check_range(to, limit());
        to
    }
}
