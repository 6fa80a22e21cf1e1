//! Interest that the balances of accounts earn.

use crate::formula::{Object, Quantity};

use super::super::op::Op;
use super::fees::Weighted;
use super::{Key, Lowering, quantity};

impl Lowering<'_> {
    /// At the start of a date: balances are weighed, and what ends a period is earned.
    pub fn begin_earning(&mut self) {
        let model = self.model;
        for (index, account) in model.accounts.iter().enumerate() {
            let Some(earns) = &account.earns else { continue };
            let of = Weighted::Balance(index);
            let balance = self.read(quantity(Object::Account, index, Quantity::Balance));
            self.weigh(of, balance, &earns.weights);
            if earns.weights.ends[self.t] {
                self.n_temporaries = 0;
                let rate = self.rate_of_period(of, &earns.rate);
                let earned = self.accrue_weighted(of, rate, &earns.weights);
                let of = quantity(Object::Account, index, Quantity::Earned);
                let earned = self.keep(of, earned);
                if self.metrics.totals.contains(&of) {
                    let (to, b) = (self.slot(Key::Total(of)), self.in_slot(earned));
                    self.push(Op::Add { to, a: to, b });
                }
            }
            self.fix_rate(of, &earns.rate, earns.weights.ends[self.t]);
        }
    }
}
