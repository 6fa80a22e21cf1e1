//! Equity cures: what a reading needs to pass, whether the sponsor gives it, and what stays of it.

use crate::basics::LIMIT;
use crate::formula::{Object, Quantity, Relation};

use super::super::cures::CureModel;
use super::super::model::{Payee, Payer};
use super::super::movement::{Hold, Movement, Party, Phase, Trace};
use super::super::op::{Op, Slot, Threshold};
use super::values::Value;
use super::{Key, Lowering, as_f64, quantity};

/// A reading that may be cured: its test, and the step that takes it, with the position of the test in the step.
#[derive(Clone, Copy)]
pub struct Cured<'a> {
    pub at: (Phase, usize),
    pub position: usize,
    pub test: usize,
    pub cure: &'a CureModel,
}

impl Lowering<'_> {
    /// Numerator and denominator of the cured reading.
    pub fn cured(
        &mut self,
        at: (Phase, usize),
        position: usize,
        test: usize,
        cure: &CureModel,
        (numerator, denominator): (Slot, Slot),
    ) -> (Slot, Slot) {
        let cured = Cured { at, position, test, cure };
        // What is measured may be the balance of the account into which the cash comes, or of a note that it repays.
        let (numerator, denominator) = (self.as_it_is(numerator), self.as_it_is(denominator));
        if cure.repays.is_empty() {
            (self.cured_by_cash(cured, numerator, denominator), denominator)
        } else {
            self.cured_by_prepayment(cured, numerator, denominator)
        }
    }

    /// The value of a slot now, where steps cannot change it.
    pub fn as_it_is(&mut self, from: Slot) -> Slot {
        if self.temporaries.contains(&from) {
            return from;
        }
        let to = self.temporary();
        self.push(Op::Copy { to, from });
        to
    }

    /// The numerator with the cash that cures the reading, and with that of cures before which stays.
    fn cured_by_cash(&mut self, cured: Cured<'_>, numerator: Slot, denominator: Slot) -> Slot {
        let mut numerator = numerator;
        for back in 0..cured.cure.stays_dates - 1 {
            let b = self.slot(Key::PastCure(cured.test, back));
            let to = self.temporary();
            self.push(Op::Add { to, a: numerator, b });
            self.check_range(to, as_f64(LIMIT));
            numerator = to;
        }
        let needed = self.needed(cured.test, numerator, denominator);
        let amount = self.call(cured, needed, &[]);
        let to = self.temporary();
        self.push(Op::Add { to, a: numerator, b: amount });
        self.check_range(to, as_f64(LIMIT));
        to
    }

    /// What comes into the account: all that is needed where the sponsor gives it and these flags are 1, else 0.
    pub fn call(&mut self, cured: Cured<'_>, needed: Slot, conditions: &[Slot]) -> Slot {
        let Cured { at: (phase, step), position, test, cure } = cured;
        let given = self.read(quantity(Object::Input, cure.input, Quantity::Value));
        let given = self.in_slot(given);
        let called = self.temporary();
        self.push(Op::Compare { to: called, a: needed, b: given, relation: Relation::LessOrEqual });
        self.limit_cures(test, cure, called);
        let gate = self.gate;
        for &b in conditions.iter().chain(&gate) {
            self.push(Op::Product { to: called, a: called, b });
        }
        let amount = self.temporary();
        self.push(Op::Product { to: amount, a: needed, b: called });
        let bound = as_f64(self.model.inputs[cure.input].maximum);
        let kept = self.keep(quantity(Object::Test, test, Quantity::Cure), Value::Slot(amount, bound));
        let amount = self.in_slot(kept);
        let account = self.account(cure.to);
        self.push(Op::Add { to: account, a: account, b: amount });
        self.check_range(account, self.inflow_bound);
        if self.demand.trace {
            let (from, to) = (Party::Payer(Payer::Cure(test)), Party::Account(cure.to));
            let movement = Movement { phase, step, source: position, payee: 0, from, to, effect: None };
            for (trace, slot) in [(Trace::Requested, needed), (Trace::Available, given), (Trace::Amount, amount)] {
                self.trace(&movement, trace, slot);
            }
        }
        self.remember_cure(test, cure, amount);
        amount
    }

    /// max(0, the least numerator that passes - the numerator), 0 where nothing can be cured.
    fn needed(&mut self, test: usize, numerator: Slot, denominator: Slot) -> Slot {
        let least = self.by_threshold(test, |this, level| this.least(denominator, level));
        let needed = self.temporary();
        self.push(Op::Subtract { to: needed, a: least, b: numerator });
        self.where_curable(test, needed, denominator);
        needed
    }

    /// A value for each level, that of the level in force.
    pub fn by_threshold(&mut self, test: usize, value: impl Fn(&mut Self, i64) -> Slot) -> Slot {
        let model = &self.model.tests[test];
        let entering = value(self, model.level);
        if model.cure_level == model.level {
            return entering;
        }
        let cured = value(self, model.cure_level);
        let (flag, to) = (self.slot_of(quantity(Object::Test, test, Quantity::Failing)), self.temporary());
        self.push(Op::Select { to, flag, a: cured, b: entering });
        to
    }

    /// What is needed becomes 0 where it is below 0, where the measure is undefined, and where a test sticks.
    pub fn where_curable(&mut self, test: usize, needed: Slot, denominator: Slot) {
        let (zero, defined) = (self.in_slot(Value::Constant(0)), self.temporary());
        self.push(Op::Maximum { to: needed, a: needed, b: zero });
        self.push(Op::Compare { to: defined, a: denominator, b: zero, relation: Relation::Greater });
        self.push(Op::Product { to: needed, a: needed, b: defined });
        if self.model.tests[test].sticky {
            let (flag, holds) = (self.slot_of(quantity(Object::Test, test, Quantity::Failing)), self.temporary());
            self.push(Op::Not { to: holds, flag });
            self.push(Op::Product { to: needed, a: needed, b: holds });
        }
    }

    /// The least integer that is not below level x denominator.
    fn least(&mut self, denominator: Slot, level: i64) -> Slot {
        let Threshold { numerator: n, denominator: d } = Threshold::new(level);
        // Out of range it is more than any sponsor gives.
        self.scaled_up(denominator, n, d)
    }

    /// ceil(a * n / d), d above 0.
    pub fn scaled_up(&mut self, a: Slot, n: i64, d: i64) -> Slot {
        let first = self.param(as_f64(n));
        self.param(as_f64(d));
        let to = self.temporary();
        self.push(Op::ScaleUp { to, a, first });
        to
    }

    /// `called` becomes 0 where no cure is left.
    fn limit_cures(&mut self, test: usize, cure: &CureModel, called: Slot) {
        if let Some(most) = cure.max_per_life {
            let cures = self.slot(Key::Cures(test));
            self.only_below(called, cures, most);
        }
        if let Some((most, dates)) = cure.max_per_window {
            let sum = self.in_slot(Value::Constant(0));
            for back in 0..dates - 1 {
                let was_cured = self.was_cured(test, back);
                self.push(Op::Add { to: sum, a: sum, b: was_cured });
            }
            self.only_below(called, sum, most);
        }
        if cure.no_consecutive {
            let was_cured = self.was_cured(test, 0);
            self.only_below(called, was_cured, 1);
        }
    }

    fn only_below(&mut self, called: Slot, count: Slot, most: i64) {
        let (b, may) = (self.in_slot(Value::Constant(most)), self.temporary());
        self.push(Op::Compare { to: may, a: count, b, relation: Relation::Less });
        self.push(Op::Product { to: called, a: called, b: may });
    }

    /// Whether the reading so many before was cured.
    fn was_cured(&mut self, test: usize, back: usize) -> Slot {
        let a = self.slot(Key::PastCure(test, back));
        self.is_positive(a)
    }

    fn is_positive(&mut self, a: Slot) -> Slot {
        let (zero, to) = (self.in_slot(Value::Constant(0)), self.temporary());
        self.push(Op::Compare { to, a, b: zero, relation: Relation::Greater });
        to
    }

    fn remember_cure(&mut self, test: usize, cure: &CureModel, amount: Slot) {
        for back in (1..cure.depth()).rev() {
            let (to, from) = (self.slot(Key::PastCure(test, back)), self.slot(Key::PastCure(test, back - 1)));
            self.push(Op::Copy { to, from });
        }
        if cure.depth() > 0 {
            let to = self.slot(Key::PastCure(test, 0));
            self.push(Op::Copy { to, from: amount });
        }
        let (cures, is_cured) = (self.slot(Key::Cures(test)), self.is_positive(amount));
        self.push(Op::Add { to: cures, a: cures, b: is_cured });
        let total = self.slot(Key::Cured(test));
        self.push(Op::Add { to: total, a: total, b: amount });
        self.check_range(total, self.inflow_bound);
    }

    /// Whether a step to these payees may not spend what cures a test.
    pub fn keeps_cures(&self, payees: &[Payee]) -> bool {
        payees.iter().any(|payee| !payee.is_owed())
            && self.model.tests.iter().any(|test| test.keeps_cures_in().is_some())
    }

    /// What a source gives to whom it owes nothing is no more than its balance less the cures it received on the date.
    /// For the ledger, the condition with what was so kept.
    pub fn keep_cures_back(
        &mut self,
        movement: &Movement,
        source: usize,
        (payee, x): (Payee, Slot),
        condition: Option<Slot>,
    ) -> Option<Slot> {
        if payee.is_owed() {
            return condition;
        }
        let cures: Vec<Slot> = (0..self.model.tests.len())
            .filter(|&test| self.model.tests[test].keeps_cures_in() == Some(source))
            .filter_map(|test| match self.read(quantity(Object::Test, test, Quantity::Cure)) {
                Value::Slot(slot, _) => Some(slot),
                Value::Constant(_) => None,
            })
            .collect();
        if cures.is_empty() {
            return condition;
        }
        let (free, zero) = (self.temporary(), self.in_slot(Value::Constant(0)));
        let balance = self.account(source);
        self.push(Op::Copy { to: free, from: balance });
        for b in cures {
            self.push(Op::Subtract { to: free, a: free, b });
        }
        self.push(Op::Maximum { to: free, a: free, b: zero });
        let condition = if self.demand.trace {
            let keeps = self.temporary();
            self.push(Op::Compare { to: keeps, a: free, b: x, relation: Relation::Less });
            let held = self.unless_held(condition, keeps, Hold::Cures);
            held.iter().for_each(|held| self.trace(movement, Trace::Condition, *held));
            held
        } else {
            condition
        };
        self.push(Op::Minimum { to: x, a: x, b: free });
        condition
    }
}
