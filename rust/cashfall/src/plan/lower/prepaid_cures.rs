//! Equity cures that repay debt: how much of it, and the reading of what is left.

use crate::formula::{Object, Quantity, Relation};

use super::super::model::Payee;
use super::super::movement::{Movement, Party, Trace};
use super::super::op::{Direction, Op, Slot, Threshold};
use super::cures::Cured;
use super::values::Value;
use super::{Key, Lowering, quantity};

impl Lowering<'_> {
    /// Numerator and denominator after the debt is repaid that fails the reading.
    pub fn cured_by_prepayment(&mut self, cured: Cured<'_>, numerator: Slot, denominator: Slot) -> (Slot, Slot) {
        let test = cured.test;
        let model = &self.model.tests[test];
        let is_numerator = model.direction == Direction::AtMost;
        let needed = if is_numerator {
            self.excess_of_debt(test, numerator, denominator)
        } else {
            self.debt_above_cover(test, numerator, denominator)
        };
        let conditions = self.can_be_repaid(cured, needed, (!is_numerator).then_some(denominator));
        let amount = self.call(cured, needed, &conditions);
        let (before, after) = (if is_numerator { numerator } else { denominator }, self.temporary());
        self.push(Op::Subtract { to: after, a: before, b: amount });
        if model.window > 1 && (is_numerator || !model.ratio.is_stock) {
            let key = if is_numerator { Key::WindowNumerator(test, 0) } else { Key::WindowDenominator(test, 0) };
            let remembered = self.slot(key);
            self.push(Op::Subtract { to: remembered, a: remembered, b: amount });
        }
        self.repay(cured, amount);
        if is_numerator { (after, denominator) } else { (numerator, after) }
    }

    /// max(0, D - floor(N * 1e9 / threshold)), 0 where the threshold is not above 0.
    fn debt_above_cover(&mut self, test: usize, numerator: Slot, denominator: Slot) -> Slot {
        let (zero, opposite) = (self.in_slot(Value::Constant(0)), self.temporary());
        self.push(Op::Subtract { to: opposite, a: zero, b: numerator });
        let needed = self.by_threshold(test, |this, level| {
            let to = this.temporary();
            if level <= 0 {
                this.push(Op::Copy { to, from: zero });
                return to;
            }
            let Threshold { numerator: n, denominator: d } = Threshold::new(level);
            let less = this.scaled_up(opposite, d, n);
            this.push(Op::Add { to, a: denominator, b: less });
            to
        });
        self.where_curable(test, needed, denominator);
        needed
    }

    /// max(0, N - floor(threshold * D / 1e9)).
    fn excess_of_debt(&mut self, test: usize, numerator: Slot, denominator: Slot) -> Slot {
        let needed = self.by_threshold(test, |this, level| {
            let Threshold { numerator: n, denominator: d } = Threshold::new(level);
            let less = this.scaled_up(denominator, -n, d);
            let to = this.temporary();
            this.push(Op::Add { to, a: numerator, b: less });
            to
        });
        self.where_curable(test, needed, denominator);
        needed
    }

    /// Whether the notes have the balance that is needed, and whether debt is left to measure.
    fn can_be_repaid(&mut self, cured: Cured<'_>, needed: Slot, debt: Option<Slot>) -> Vec<Slot> {
        let mut balances = Value::Constant(0);
        for &note in &cured.cure.repays {
            let balance = self.read(quantity(Object::Note, note, Quantity::Balance));
            balances = self.plus(balances, balance);
        }
        let (b, enough) = (self.in_slot(balances), self.temporary());
        self.push(Op::Compare { to: enough, a: needed, b, relation: Relation::LessOrEqual });
        let mut conditions = vec![enough];
        if let Some(b) = debt {
            let leaves = self.temporary();
            self.push(Op::Compare { to: leaves, a: needed, b, relation: Relation::Less });
            conditions.push(leaves);
        }
        conditions
    }

    /// The cash goes to the notes in order, to each up to its balance.
    fn repay(&mut self, cured: Cured<'_>, amount: Slot) {
        let Cured { at: (phase, step), position, cure, .. } = cured;
        let (account, left) = (self.account(cure.to), self.temporary());
        self.push(Op::Copy { to: left, from: amount });
        for (place, &note) in cure.repays.iter().enumerate() {
            let payee = Payee::Balance(note);
            let balance = self.slot_of(quantity(Object::Note, note, Quantity::Balance));
            let paid = self.temporary();
            self.push(Op::Minimum { to: paid, a: left, b: balance });
            if self.demand.trace {
                let (from, to) = (Party::Account(cure.to), Party::Payee(payee));
                let movement = Movement { phase, step, source: position, payee: 1 + place, from, to, effect: None };
                for (trace, slot) in [(Trace::Requested, paid), (Trace::Available, account), (Trace::Amount, paid)] {
                    self.trace(&movement, trace, slot);
                }
            }
            for to in [left, account] {
                self.push(Op::Subtract { to, a: to, b: paid });
            }
            self.credit(payee, paid);
        }
    }
}
