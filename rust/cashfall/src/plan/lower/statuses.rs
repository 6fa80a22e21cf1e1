//! The waterfalls of the statuses: which scenarios go through which, in which order.

use super::super::model::{Action, Model, StepModel};
use super::super::movement::Phase;
use super::super::op::{Op, Slot};
use super::values::Value;
use super::{Key, Lowering, all_steps};

impl Lowering<'_> {
    /// The waterfalls of all statuses: what they share at the top runs once for every scenario, the rest by status.
    pub fn status_waterfalls(&mut self) {
        let model = self.model;
        self.steps(Phase::Shared, &model.waterfalls[0][..self.n_shared], 0, None);
        let changes = model.statuses.len() > 1 && model.waterfalls.iter().flatten().any(takes_status);
        for status in (0..model.waterfalls.len()).filter(|_| changes) {
            // A status that is taken on the way acts at the next waterfall.
            if let Some(from) = self.status_flag(status) {
                let to = self.slot(Key::Runs(status));
                self.push(Op::Copy { to, from });
            }
        }
        for &status in &model.order {
            let steps = &model.waterfalls[status];
            if steps.len() == self.n_shared {
                continue;
            }
            let flag = if changes { Some(self.slot(Key::Runs(status))) } else { self.status_flag(status) };
            self.enter(status, flag);
            let skip = self.ops.len();
            // The first status is the usual one: looking whether no scenario is in it would hardly ever pay.
            let may_skip = flag.filter(|_| status > 0);
            if let Some(flag) = may_skip {
                self.push(Op::SkipUnlessAny { flag, n: 0 });
            }
            self.steps(Phase::Status(status), steps, self.n_shared, flag);
            if may_skip.is_some() {
                self.close_skip(skip);
            }
        }
    }

    /// Note for the ledger which scenarios go through a waterfall: the flag itself falls where they leave it.
    fn enter(&mut self, status: usize, flag: Option<Slot>) {
        if let Some(from) = flag.filter(|_| self.model.leaves_at_once && self.demand.trace) {
            let to = self.slot(Key::Entered(status));
            self.push(Op::Copy { to, from });
        }
    }

    /// What a movement asked for, with nothing where the scenario does not go through its waterfall.
    pub fn where_entered(&mut self, phase: Phase, value: Slot) -> Slot {
        let Phase::Status(status) = phase else { return value };
        if !self.model.leaves_at_once {
            return value;
        }
        let flag = self.slot(Key::Entered(status));
        let (to, none, param) = (self.temporary(), self.temporary(), self.param(f64::NAN));
        self.push(Op::Constant { to: none, value: param });
        self.push(Op::Select { to, flag, a: value, b: none });
        to
    }

    /// Keep the condition of a step that takes the status, which the condition may read.
    pub fn keep_condition(&mut self, step: &StepModel) {
        if !self.reads_status {
            return;
        }
        if let Some(from) = self.step_condition(step) {
            let to = self.slot(Key::Happens);
            self.push(Op::Copy { to, from });
            self.condition_read = Some(to);
        }
    }

    /// The scenario steps into a status, and the deal's status is taken.
    pub fn set_status(&mut self, step: &StepModel, status: usize, gate: Option<Slot>) {
        let (_, gate) = self.condition(step, gate);
        let others: Vec<usize> =
            (1..self.model.statuses.len()).filter(|&other| other != status && steps_into(self.model, other)).collect();
        let flag = gate.unwrap_or_else(|| self.in_slot(Value::Constant(1)));
        let not = self.temporary();
        self.push(Op::Not { to: not, flag });
        for other in others {
            let to = self.slot(Key::SteppedInto(other));
            self.push(Op::Product { to, a: to, b: not });
        }
        if status > 0 {
            let to = self.slot(Key::SteppedInto(status));
            self.push(Op::Maximum { to, a: to, b: flag });
        }
        self.take_status();
    }

    /// After a step that acts at once: scenarios whose status is not that of their waterfall leave it; where they stay.
    pub fn leave(&mut self, step: &StepModel, from: usize, gate: Slot) -> Slot {
        let (_, both) = self.condition(step, Some(gate));
        let flag = both.expect("a gate");
        let own = self.slot(Key::StatusIs(from));
        let stays = self.slot(Key::Stays);
        // Where the step does not happen, or has taken the status of the waterfall itself.
        self.push(Op::Not { to: stays, flag });
        self.push(Op::Maximum { to: stays, a: stays, b: own });
        let after = self.model.order.iter().skip_while(|status| **status != from).skip(1);
        for &to in after.clone() {
            let (runs, is_of) = (self.slot(Key::Runs(to)), self.slot(Key::StatusIs(to)));
            let (left, goes) = (self.temporary(), self.temporary());
            self.push(Op::Not { to: left, flag: stays });
            self.push(Op::Product { to: goes, a: left, b: is_of });
            self.push(Op::Maximum { to: runs, a: runs, b: goes });
        }
        stays
    }

    /// The status of the waterfall in which a scenario was last.
    pub fn last_status(&mut self) -> Value {
        self.position_of(|lowering, status| Some(lowering.slot(Key::Runs(status))))
    }
}

/// How many steps at the top all status waterfalls have in common, whole blocks only, up to one that takes the status.
pub fn n_shared_steps(waterfalls: &[Vec<StepModel>]) -> usize {
    let shortest = waterfalls.iter().map(Vec::len).min().unwrap_or(0);
    let is_shared = |i: &usize| {
        let step = &waterfalls[0][*i];
        waterfalls.iter().all(|steps| steps[*i] == *step) && (waterfalls.len() == 1 || !takes_status(step))
    };
    let (mut depth, mut n_whole) = (0, 0);
    for i in (0..shortest).take_while(is_shared) {
        match waterfalls[0][i].action {
            Action::If(_) => depth += 1,
            Action::End => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            n_whole = i + 1;
        }
    }
    n_whole
}

/// Whether the status is taken at a step.
fn takes_status(step: &StepModel) -> bool {
    matches!(step.action, Action::SetStatus { .. } | Action::Waive(_) | Action::RunTests { .. })
        || matches!(step.action, Action::Accelerate | Action::Rescind)
}

/// Whether some step sets this status.
pub fn steps_into(model: &Model, status: usize) -> bool {
    all_steps(model).any(|step| matches!(step.action, Action::SetStatus { status: set, .. } if set == status))
}
