//! Assets: what they bring and lose at the start of a date, and the steps that buy and sell them.

use crate::basics::NUMBER_SCALE;
use crate::formula::{Expr, Object, Quantity, QuantityRef};

use super::super::assets::Purchase;
use super::super::model::{Payer, StepModel};
use super::super::movement::{Movement, Party, Phase, Trace};
use super::super::op::{Op, Slot};
use super::fees::Weighted;
use super::values::Value;
use super::{Key, Lowering, as_f64, limit, quantity};

impl Lowering<'_> {
    /// Opening balances.
    pub fn prepare_assets(&mut self) {
        for (index, asset) in self.model.assets.iter().enumerate() {
            let slot = self.slot_of(balance_of(index));
            if asset.opening_balance != 0 {
                self.initial.push((slot, as_f64(asset.opening_balance)));
            }
        }
    }

    /// At the start of a date: yields, then losses and run-off, whose shares are read before any of them acts.
    pub fn begin_assets(&mut self) {
        let model = self.model;
        (0..model.assets.len()).for_each(|index| self.begin_yield(index));
        self.n_temporaries = 0;
        let mut shares = Vec::new();
        for (index, asset) in model.assets.iter().enumerate() {
            for (share, of) in [(&asset.loss, Quantity::Lost), (&asset.runoff, Quantity::Repaid)] {
                if let Some(share) = share.as_ref().filter(|share| share.on[self.t]) {
                    let value = self.price(&share.share);
                    shares.push((index, of, value));
                }
            }
        }
        for (index, of, share) in shares {
            self.take_share(index, of, share);
        }
    }

    fn begin_yield(&mut self, index: usize) {
        let Some(earns) = &self.model.assets[index].earns else { return };
        let of = Weighted::Asset(index);
        let balance = self.read(balance_of(index));
        self.weigh(of, balance, &earns.weights);
        if earns.weights.ends[self.t] {
            self.n_temporaries = 0;
            let rate = self.rate_of_period(of, &earns.rate);
            let earned = self.accrue_weighted(of, rate, &earns.weights);
            let earned = self.keep_and_add(quantity(Object::Asset, index, Quantity::Earned), earned);
            self.add_to_receivable(quantity(Object::Asset, index, Quantity::Receivable), earned);
        }
        self.fix_rate(of, &earns.rate, earns.weights.ends[self.t]);
    }

    /// A flow of the date, kept, and added to its total if that is measured.
    fn keep_and_add(&mut self, of: QuantityRef, value: Value) -> Value {
        let kept = self.keep(of, value);
        if self.metrics.totals.contains(&of) && kept != Value::Constant(0) {
            let (to, b) = (self.slot(Key::Total(of)), self.in_slot(kept));
            self.push(Op::Add { to, a: to, b });
        }
        kept
    }

    /// `min(balance, max(0, mul_div(balance, share, 1e9)))` leaves the balance; what is repaid becomes receivable.
    fn take_share(&mut self, index: usize, of: Quantity, share: Slot) {
        let balance = self.slot_of(balance_of(index));
        // A share above 1 takes all there is, however great the product would be.
        let (whole, part) = (self.in_slot(Value::Constant(NUMBER_SCALE)), self.temporary());
        self.push(Op::Minimum { to: part, a: share, b: whole });
        let (to, divisor) = (self.slot_of(quantity(Object::Asset, index, of)), self.param(as_f64(NUMBER_SCALE)));
        self.push(Op::MulDiv { to, a: balance, b: part, divisor });
        let taken = self.keep_and_add(quantity(Object::Asset, index, of), Value::Slot(to, limit() - 1.0));
        self.push(Op::Subtract { to: balance, a: balance, b: to });
        if of == Quantity::Repaid {
            self.add_to_receivable(quantity(Object::Asset, index, Quantity::Receivable), taken);
        }
    }

    /// All that is receivable is collected.
    pub fn clear_receivable(&mut self, payer: Payer) {
        if let Payer::Asset(index) = payer {
            let (to, value) = (self.slot_of(quantity(Object::Asset, index, Quantity::Receivable)), self.param(0.0));
            self.push(Op::Constant { to, value });
        }
    }

    pub fn buy(&mut self, at: (Phase, usize), step: &StepModel, purchase: &Purchase, gate: Option<Slot>) {
        let (asset, payment) = (purchase.asset, &purchase.payment);
        let terms = self.terms(step, payment, gate);
        let model = self.model;
        let (price, asked) = self.where_it_acts(terms.gate, |this| {
            let price = this.price(&model.assets[asset].price);
            let asked = match &purchase.amount {
                Some(amount) => this.own_amount(amount),
                None => {
                    let all = this.all_there(payment, &terms);
                    this.in_slot(all)
                }
            };
            (price, this.share_of_request(asked, payment.limits.share_of_due))
        });
        let gate = self.where_positive(price, terms.gate);
        let rest = self.temporary();
        self.push(Op::Product { to: rest, a: asked, b: gate });
        let moved = self.pay_request(at, payment, rest, &terms);
        let face = self.where_it_acts(Some(gate), |this| this.divided(moved, price));
        let balance = self.slot_of(balance_of(asset));
        self.push(Op::Add { to: balance, a: balance, b: face });
        self.check_range(balance, limit());
        self.add_to_flow(quantity(Object::Asset, asset, Quantity::Bought), face);
        self.check_flow(quantity(Object::Asset, asset, Quantity::Bought));
    }

    pub fn sell(
        &mut self,
        at: (Phase, usize),
        step: &StepModel,
        (asset, to, amount): (usize, usize, Option<&Expr>),
        gate: Option<Slot>,
    ) {
        let (condition, gate) = self.condition(step, gate);
        let model = self.model;
        let balance = self.slot_of(balance_of(asset));
        let (price, asked) = self.where_it_acts(gate, |this| {
            (this.price(&model.assets[asset].price), amount.map_or(balance, |amount| this.own_amount(amount)))
        });
        let gate = self.where_positive(price, gate);
        let (sold, gained, divisor) = (self.temporary(), self.temporary(), self.param(as_f64(NUMBER_SCALE)));
        self.push(Op::Minimum { to: sold, a: asked, b: balance });
        self.push(Op::Product { to: sold, a: sold, b: gate });
        self.push(Op::MulDiv { to: gained, a: sold, b: price, divisor });
        self.where_it_acts(Some(gate), |this| this.check_range(gained, limit()));
        self.push(Op::Subtract { to: balance, a: balance, b: sold });
        self.add_to_flow(quantity(Object::Asset, asset, Quantity::Sold), sold);
        self.check_flow(quantity(Object::Asset, asset, Quantity::Sold));
        let flow = quantity(Object::Asset, asset, Quantity::Proceeds);
        self.receive(flow, to, gained);
        self.trace_sale(at, (asset, to), gained, condition);
    }

    /// A flow of several steps of a date must be in range.
    fn check_flow(&mut self, flow: QuantityRef) {
        let slot = self.slot_of(flow);
        self.check_range(slot, limit());
    }

    fn trace_sale(
        &mut self,
        (phase, step): (Phase, usize),
        (asset, to): (usize, usize),
        gained: Slot,
        condition: Option<Slot>,
    ) {
        if !self.demand.trace {
            return;
        }
        let (from, to) = (Party::Payer(Payer::Asset(asset)), Party::Account(to));
        let movement = Movement { phase, step, source: 0, payee: 0, from, to, effect: None };
        for trace in [Trace::Requested, Trace::Available, Trace::Amount] {
            self.trace(&movement, trace, gained);
        }
        if let Some(condition) = condition {
            self.trace(&movement, Trace::Condition, condition);
        }
    }
}

fn balance_of(asset: usize) -> QuantityRef {
    quantity(Object::Asset, asset, Quantity::Balance)
}
