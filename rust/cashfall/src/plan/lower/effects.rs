//! What tests do while they are failing: they hold back distributions and raise targets.

use crate::basics::NUMBER_SCALE;
use crate::formula::{Object, Quantity, Relation};

use super::super::model::{EffectModel, Payee};
use super::super::movement::{Hold, Movement, Party, Trace};
use super::super::op::{Op, Slot};
use super::values::Value;
use super::{Lowering, quantity};

impl Lowering<'_> {
    /// Whether effects bear on a step that pays these.
    pub fn is_held_back(&self, payees: &[Payee]) -> bool {
        payees.iter().any(|payee| matches!(payee, Payee::Equity(_)))
            && (self.model.effects().any(|(_, effect)| effect.holds_back()) || self.model.acceleration.is_some())
    }

    /// Whom a step that pays these may repay besides.
    pub fn swept_with(&self, payees: &[Payee]) -> Vec<Payee> {
        if !self.is_held_back(payees) {
            return Vec::new();
        }
        self.model.effects().flat_map(|(_, effect)| effect.swept()).map(|note| Payee::Balance(*note)).collect()
    }

    /// What a source would distribute, `x`, becomes what it distributes; what is trapped and swept moves.
    pub fn hold_back(&mut self, movement: &Movement, payee: Payee, x: Slot, condition: Option<Slot>) {
        if !self.is_held_back(&[payee]) {
            return;
        }
        let held = self.demand.trace.then(|| {
            let held = self.in_slot(Value::Constant(1));
            condition.into_iter().for_each(|from| self.push(Op::Copy { to: held, from }));
            held
        });
        self.stop_distribution(x, held);
        let model = self.model;
        // An effect that moves cash acts on the distributions of its own currency.
        let Party::Account(source) = movement.from else { return };
        let own = model.currencies.accounts[source];
        let acts = |effect: &EffectModel| model.currencies.of_effect(effect).is_none_or(|currency| currency == own);
        let acting = || model.effects().enumerate().filter(|(_, (_, effect))| effect.holds_back() && acts(effect));
        let locks = |effect: &EffectModel| matches!(effect, EffectModel::LockUp);
        let first = acting().filter(|(_, (_, effect))| locks(effect));
        for (position, (test, effect)) in first.chain(acting().filter(|(_, (_, effect))| !locks(effect))) {
            let failing = self.acting(test);
            let before = self.temporary();
            self.push(Op::Copy { to: before, from: x });
            let own = Movement { payee: self.effect_row(position, None), effect: Some(position), ..movement.clone() };
            match effect {
                EffectModel::LockUp => {
                    let free = self.temporary();
                    self.push(Op::Not { to: free, flag: failing });
                    self.push(Op::Product { to: x, a: x, b: free });
                }
                EffectModel::CashTrap { share, to } => self.trap(&own, x, failing, *share, *to),
                EffectModel::Sweep { share, notes } => self.sweep(&own, x, failing, *share, notes),
                _ => {}
            }
            if let Some(held) = held {
                let code = Hold::Effect(position).code();
                let (took, code) = (self.temporary(), self.in_slot(Value::Constant(code)));
                self.push(Op::Compare { to: took, a: x, b: before, relation: Relation::Less });
                self.push(Op::Select { to: held, flag: took, a: code, b: held });
            }
        }
        if let Some(held) = held {
            self.trace(movement, Trace::Condition, held);
        }
    }

    /// `mul_div(x, share, 1e9)` where the test is failing, in a slot of its own.
    fn share_of(&mut self, x: Slot, failing: Slot, share: i64) -> Slot {
        let bound = self.account_bound();
        let value = self.scale(Value::Slot(x, bound), share, NUMBER_SCALE);
        let (a, y) = (self.in_slot(value), self.temporary());
        self.push(Op::Product { to: y, a, b: failing });
        y
    }

    fn trap(&mut self, own: &Movement, x: Slot, failing: Slot, share: i64, to: usize) {
        let y = self.share_of(x, failing, share);
        let movement = Movement { to: Party::Account(to), ..own.clone() };
        let Party::Account(source) = own.from else { return };
        if source != to {
            self.trace_effect(&movement, y, x, y);
            let (from, into) = (self.account(source), self.account(to));
            self.push(Op::Subtract { to: from, a: from, b: y });
            self.push(Op::Add { to: into, a: into, b: y });
            self.check_range(into, self.inflow_bound);
        }
        self.push(Op::Subtract { to: x, a: x, b: y });
    }

    fn sweep(&mut self, own: &Movement, x: Slot, failing: Slot, share: i64, notes: &[usize]) {
        let y = self.share_of(x, failing, share);
        let Party::Account(source) = own.from else { return };
        for (place, &note) in notes.iter().enumerate() {
            let payee = Payee::Balance(note);
            if self.model.notes[note].payment[self.t].is_none() {
                continue;
            }
            let (from, balance) = (self.account(source), self.slot_of(quantity(Object::Note, note, Quantity::Balance)));
            let paid = self.temporary();
            self.push(Op::Minimum { to: paid, a: y, b: balance });
            let row = self.effect_row(own.effect.unwrap_or(0), Some(place));
            let movement = Movement { payee: row, to: Party::Payee(payee), ..own.clone() };
            self.trace_effect(&movement, balance, y, paid);
            for to in [y, x, from] {
                self.push(Op::Subtract { to, a: to, b: paid });
            }
            self.credit(payee, paid);
        }
    }

    /// The place in a step's ledger of what an effect takes, after the step's own payee: a row for each note that it may
    /// repay, by its place in the effect's list, and one for the effect itself.
    fn effect_row(&self, position: usize, place: Option<usize>) -> usize {
        let n_notes = self.model.notes.len();
        (1 + position) * (n_notes + 1) + place.unwrap_or(n_notes)
    }

    fn trace_effect(&mut self, movement: &Movement, requested: Slot, available: Slot, amount: Slot) {
        if self.demand.trace {
            self.trace(movement, Trace::Requested, requested);
            self.trace(movement, Trace::Available, available);
            self.trace(movement, Trace::Amount, amount);
        }
    }

    /// The target that failing tests leave an account: the greatest of its own and theirs.
    pub fn raised_target(&mut self, account: usize, own: Value) -> Value {
        let model = self.model;
        let mut target = own;
        for (test, effect) in model.effects() {
            let EffectModel::SetReserve { account: of, target: formula } = effect else { continue };
            if *of != account {
                continue;
            }
            let value = self.formula(formula);
            let value = self.at_least_zero(value);
            let bound = if value.bound() > target.bound() { value.bound() } else { target.bound() };
            let failing = self.acting(test);
            let (a, b, to) = (self.in_slot(value), self.in_slot(target), self.temporary());
            self.push(Op::Product { to, a, b: failing });
            self.push(Op::Maximum { to, a: to, b });
            target = Value::Slot(to, bound);
        }
        target
    }
}
