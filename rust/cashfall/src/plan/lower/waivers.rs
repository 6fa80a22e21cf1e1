//! Waivers: from when to when the effects of a test do not act; and what steps record.

use crate::formula::{Expr, Object, Quantity, QuantityRef, Relation};

use super::super::model::StepModel;
use super::super::movement::{Movement, Party, Phase, Trace};
use super::super::op::{Op, Slot};
use super::super::waivers::Waiver;
use super::values::Value;
use super::{Key, Lowering, as_f64, quantity};

impl Lowering<'_> {
    /// At the start of a date on which waivers may end: where they do, the effects act again.
    pub fn end_waivers(&mut self) {
        let (model, t) = (self.model, self.t);
        self.n_temporaries = 0;
        let mut ending: Vec<usize> = model.waivers().filter(|one| one.ends.contains(&t)).map(|one| one.test).collect();
        ending.sort_unstable();
        ending.dedup();
        for &test in &ending {
            let (a, to) = (self.slot(Key::WaivedUntil(test)), self.slot_of(waived(test)));
            let b = self.in_slot(Value::Constant(i64::try_from(t).unwrap_or(i64::MAX)));
            self.push(Op::Compare { to, a, b, relation: Relation::Greater });
        }
        if !ending.is_empty() {
            self.take_status();
        }
    }

    /// Tests are waived from here on.
    pub fn waive(&mut self, step: &StepModel, waivers: &[Waiver], gate: Option<Slot>) {
        let (_, gate) = self.condition(step, gate);
        let gate = gate.unwrap_or_else(|| self.in_slot(Value::Constant(1)));
        let t = self.t;
        let begun: Vec<&Waiver> = waivers.iter().filter(|waiver| waiver.ends[t] > t).collect();
        for waiver in &begun {
            let end = self.in_slot(Value::Constant(i64::try_from(waiver.ends[t]).unwrap_or(i64::MAX)));
            let (until, flag) = (self.slot(Key::WaivedUntil(waiver.test)), self.slot_of(waived(waiver.test)));
            let own = self.temporary();
            self.push(Op::Product { to: own, a: end, b: gate });
            self.push(Op::Maximum { to: until, a: until, b: own });
            self.push(Op::Maximum { to: flag, a: flag, b: gate });
        }
        if !begun.is_empty() {
            self.take_status();
        }
    }

    /// Where the effects of a test act: where it is failing and not waived.
    pub fn acting(&mut self, test: usize) -> Slot {
        let failing = self.slot_of(quantity(Object::Test, test, Quantity::Failing));
        if !self.model.is_waived(test) {
            return failing;
        }
        let (flag, to) = (self.slot_of(waived(test)), self.temporary());
        self.push(Op::Not { to, flag });
        self.push(Op::Product { to, a: to, b: failing });
        to
    }

    /// A formula is recorded under a name; it must be in range, recorded or not.
    pub fn inspect(&mut self, at: (Phase, usize), step: &StepModel, (of, value): (usize, &Expr), gate: Option<Slot>) {
        let (n_ops, n_params) = (self.ops.len(), self.params.len());
        let (condition, gate) = self.condition(step, gate);
        let value = self.where_it_acts(gate, |this| this.formula(value));
        let output = quantity(Object::Inspection, of, Quantity::Value);
        if !self.live.contains(&output) {
            if !self.ops[n_ops..].iter().any(Op::is_check) {
                self.ops.truncate(n_ops);
                self.params.truncate(n_params);
            }
            return;
        }
        let (to, from) = (self.slot_of(output), self.in_slot(value));
        self.push(gate.map_or(Op::Copy { to, from }, |flag| Op::Select { to, flag, a: from, b: to }));
        if self.demand.trace {
            self.trace_inspection(at, of, from, condition);
        }
    }

    fn trace_inspection(&mut self, (phase, step): (Phase, usize), of: usize, value: Slot, condition: Option<Slot>) {
        let (from, to) = (Party::Formula, Party::Inspection(of));
        let movement = Movement { phase, step, source: 0, payee: 0, from, to, effect: None };
        for trace in [Trace::Requested, Trace::Available, Trace::Amount] {
            self.trace(&movement, trace, value);
        }
        if let Some(condition) = condition {
            self.trace(&movement, Trace::Condition, condition);
        }
    }

    /// What has been recorded so far on the date.
    pub fn inspected(&mut self, of: QuantityRef) -> Value {
        if self.fresh.contains(&of) {
            Value::Slot(self.slot_of(of), as_f64(crate::basics::LIMIT))
        } else {
            Value::Constant(0)
        }
    }
}

fn waived(test: usize) -> QuantityRef {
    quantity(Object::Test, test, Quantity::Waived)
}
