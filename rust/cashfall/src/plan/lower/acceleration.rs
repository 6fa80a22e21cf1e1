//! Acceleration: where it begins and ends, and what it and the effects of its kind do.

use crate::formula::{Object, Quantity, QuantityRef};

use super::super::model::{EffectModel, StepModel};
use super::super::movement::Hold;
use super::super::op::{Op, Slot};
use super::values::Value;
use super::{Key, Lowering, as_f64, quantity};

const ACTIVE: QuantityRef = QuantityRef { object: Object::Acceleration, index: 0, quantity: Quantity::Active };

/// What is drawn on.
#[derive(Clone, Copy)]
pub enum Drawn {
    Facility(usize),
    Note(usize),
}

impl Lowering<'_> {
    /// Where the debt is accelerated, if it can be.
    pub fn accelerated(&mut self) -> Option<Slot> {
        self.model.acceleration.is_some().then(|| self.slot_of(ACTIVE))
    }

    pub fn accelerate(&mut self, step: &StepModel, gate: Option<Slot>) {
        let (_, gate) = self.condition(step, gate);
        let flag = gate.unwrap_or_else(|| self.in_slot(Value::Constant(1)));
        self.begin_acceleration(flag);
        self.take_status();
    }

    /// Wherever a test accelerates and is failing and not waived.
    pub fn accelerate_by_tests(&mut self) {
        if let Some(flag) = self.defaulted() {
            self.begin_acceleration(flag);
        }
    }

    /// Where some test that accelerates acts.
    fn defaulted(&mut self) -> Option<Slot> {
        let tests = self.model.tests_that(|effect| matches!(effect, EffectModel::Accelerate));
        self.any_acting(&tests)
    }

    /// Where any of these tests acts.
    pub fn any_acting(&mut self, tests: &[usize]) -> Option<Slot> {
        let flags: Vec<Slot> = tests.iter().map(|&test| self.acting(test)).collect();
        let (&first, others) = flags.split_first()?;
        Some(others.iter().fold(first, |a, &b| {
            let to = self.temporary();
            self.push(Op::Maximum { to, a, b });
            to
        }))
    }

    /// Where the flag is 1 and the debt was not accelerated before, premiums fall due and swaps end.
    fn begin_acceleration(&mut self, flag: Slot) {
        let model = self.model;
        let (Some(terms), Some(active)) = (&model.acceleration, self.accelerated()) else { return };
        let begins = self.temporary();
        self.push(Op::Not { to: begins, flag: active });
        self.push(Op::Product { to: begins, a: begins, b: flag });
        self.push(Op::Maximum { to: active, a: active, b: flag });
        if terms.premium {
            for &note in &terms.notes {
                let premium = self.where_it_acts(Some(begins), |this| this.premium_on_balance(note));
                let premium = self.only_where(premium, Some(begins));
                self.add_to_due(premium_due(note), premium);
            }
        }
        for (swap, amount) in &terms.swaps {
            self.terminate_where(*swap, amount, Some(begins));
        }
    }

    /// R(balance * (price - 100) / 100)
    fn premium_on_balance(&mut self, note: usize) -> Value {
        if !self.model.notes[note].exists(self.t) {
            return Value::Constant(0);
        }
        let Some(price) = self.call_price(note) else { return Value::Constant(0) };
        let balance = self.read(quantity(Object::Note, note, Quantity::Balance));
        self.premium_of(balance, price)
    }

    pub fn rescind(&mut self, step: &StepModel, gate: Option<Slot>) {
        let (_, gate) = self.condition(step, gate);
        let flag = gate.unwrap_or_else(|| self.in_slot(Value::Constant(1)));
        self.end_acceleration(flag);
        self.take_status();
    }

    /// Where the flag is 1 and no test that accelerates acts, the debt is no longer accelerated and no premium is due.
    fn end_acceleration(&mut self, flag: Slot) {
        let model = self.model;
        let (Some(terms), Some(active)) = (&model.acceleration, self.accelerated()) else { return };
        let stays = self.temporary();
        self.push(Op::Not { to: stays, flag });
        if let Some(b) = self.defaulted() {
            self.push(Op::Maximum { to: stays, a: stays, b });
        }
        self.push(Op::Product { to: active, a: active, b: stays });
        for note in terms.notes.iter().filter(|_| terms.premium) {
            if self.read(premium_due(*note)) != Value::Constant(0) {
                let to = self.slot_of(premium_due(*note));
                self.push(Op::Product { to, a: to, b: stays });
            }
        }
    }

    /// Before tests are read: which of those that reinstate are failing.
    pub fn before_reinstating(&mut self, tests: &[usize]) -> Vec<usize> {
        let all = self.model.tests_that(|effect| matches!(effect, EffectModel::Reinstate));
        let read = |test: &usize| tests.contains(test) && self.model.tests[*test].measured[self.t].is_some();
        let reinstating: Vec<usize> = all.into_iter().filter(read).collect();
        for &test in &reinstating {
            let from = self.slot_of(quantity(Object::Test, test, Quantity::Failing));
            let to = self.slot(Key::WasFailing(test));
            self.push(Op::Copy { to, from });
        }
        reinstating
    }

    /// After tests are read: where one of these has stopped failing, the acceleration is rescinded.
    pub fn reinstate(&mut self, tests: &[usize]) {
        self.n_temporaries = 0;
        for &test in tests {
            let failing = self.slot_of(quantity(Object::Test, test, Quantity::Failing));
            let (was, cured) = (self.slot(Key::WasFailing(test)), self.temporary());
            self.push(Op::Not { to: cured, flag: failing });
            self.push(Op::Product { to: cured, a: cured, b: was });
            self.end_acceleration(cured);
        }
    }

    /// Where acceleration brings the deal into a status.
    pub fn accelerated_into(&mut self, status: usize) -> Option<Slot> {
        let is_of = self.model.acceleration.as_ref().is_some_and(|terms| terms.status == Some(status));
        if is_of { self.accelerated() } else { None }
    }

    /// Nothing is distributed while the debt is accelerated.
    pub fn stop_distribution(&mut self, x: Slot, held: Option<Slot>) {
        let Some(active) = self.accelerated() else { return };
        let free = self.temporary();
        self.push(Op::Not { to: free, flag: active });
        if let Some(held) = held {
            let (code, took) = (self.in_slot(Value::Constant(Hold::Acceleration.code())), self.temporary());
            let zero = self.in_slot(Value::Constant(0));
            self.push(Op::Compare { to: took, a: zero, b: x, relation: crate::formula::Relation::Less });
            self.push(Op::Product { to: took, a: took, b: active });
            self.push(Op::Select { to: held, flag: took, a: code, b: held });
        }
        self.push(Op::Product { to: x, a: x, b: free });
    }

    // --- what is due ---

    /// What is due by the schedule, or all of the balance.
    pub fn principal_due(&mut self, note: usize) -> Value {
        let due = self.due_by_schedule(note);
        let balance = self.read(quantity(Object::Note, note, Quantity::Balance));
        self.all_or(note, balance, due)
    }

    /// All of a balance where it falls due early, else what is due by the schedule.
    pub fn all_or(&mut self, note: usize, balance: Value, due: Value) -> Value {
        if !self.model.may_fall_due(note) || !self.model.notes[note].exists(self.t) {
            return due;
        }
        let early = self.model.notes[note].early.clone();
        let early = self.any_acting(&early);
        let is_accelerated = self.model.is_accelerated(note);
        let active = if is_accelerated { self.accelerated() } else { None };
        let flag = match (early, active) {
            (Some(a), Some(b)) => {
                let to = self.temporary();
                self.push(Op::Maximum { to, a, b });
                to
            }
            (early, active) => early.or(active).expect("a note that may fall due"),
        };
        let (a, b, to) = (self.in_slot(balance), self.in_slot(due), self.temporary());
        self.push(Op::Select { to, flag, a, b });
        let bound = if balance.bound() > due.bound() { balance.bound() } else { due.bound() };
        Value::Slot(to, bound)
    }

    /// What a step asks for: nothing off the payment dates of the note, unless the debt is accelerated.
    pub fn principal_request(&mut self, note: usize) -> Value {
        if self.model.notes[note].payment[self.t].is_some() {
            return self.principal_due(note);
        }
        let is_accelerated = self.model.is_accelerated(note);
        match self.accelerated().filter(|_| is_accelerated) {
            Some(active) => {
                let balance = self.read(quantity(Object::Note, note, Quantity::Balance));
                self.only_where(balance, Some(active))
            }
            None => Value::Constant(0),
        }
    }

    /// The rate with what failing tests add.
    pub fn with_rate_steps(&mut self, note: usize, rate: Value) -> Value {
        let rate = self.with_extensions(note, rate);
        let steps = self.model.notes[note].rate_steps.clone();
        steps.into_iter().fold(rate, |rate, (test, extra)| {
            let flag = self.acting(test);
            let extra = Value::Slot(self.times_count(flag, extra), as_f64(extra));
            self.plus(rate, extra)
        })
    }

    /// Where draws are stopped on a facility, or on a note, by effects of tests and by the acceleration.
    pub fn draw_stops(&mut self, of: Drawn) -> Vec<(Slot, Hold)> {
        let model = self.model;
        let stops = |effect: &EffectModel| match (effect, of) {
            (EffectModel::DrawStop { facilities, .. }, Drawn::Facility(facility)) => facilities.contains(&facility),
            (EffectModel::DrawStop { notes, .. }, Drawn::Note(note)) => notes.contains(&note),
            _ => false,
        };
        let stopping = model.effects().enumerate().filter(|(_, (_, effect))| stops(effect));
        let mut found: Vec<(Slot, Hold)> =
            stopping.map(|(position, (test, _))| (self.acting(test), Hold::Effect(position))).collect();
        let is_reached = match of {
            Drawn::Facility(_) => true,
            Drawn::Note(note) => model.is_accelerated(note),
        };
        found.extend(self.accelerated().filter(|_| is_reached).map(|active| (active, Hold::Acceleration)));
        found
    }
}

fn premium_due(note: usize) -> QuantityRef {
    quantity(Object::Note, note, Quantity::PremiumDue)
}
