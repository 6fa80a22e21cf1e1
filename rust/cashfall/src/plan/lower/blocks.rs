//! Going through the steps of a waterfall: conditional blocks, and steps that set the status.

use super::super::model::{Action, StepModel};
use super::super::movement::Phase;
use super::super::op::{Op, Slot};
use super::values::Value;
use super::{Key, Lowering};

/// Where the steps of a branch happen.
#[derive(Clone, Copy, PartialEq)]
enum Branch {
    /// In no scenario.
    Nowhere,
    /// Wherever the block itself is come to.
    Always,
    /// Where the flag is 1.
    Where(Slot),
}

/// A block whose end has not come.
struct Open {
    /// Where the block is come to.
    outer: Option<Slot>,
    /// Where the steps of `then` happen.
    then: Branch,
    /// The skip that passes over the branch, by its position among the operations.
    skip: Option<usize>,
    /// Whether steps of the branch are lowered at all.
    is_dead: bool,
}

impl Lowering<'_> {
    /// Go through steps from the one at `first`; they happen where the gate is 1.
    pub fn steps(&mut self, phase: Phase, steps: &[StepModel], first: usize, gate: Option<Slot>) {
        let mut blocks: Vec<Open> = Vec::new();
        let mut gate = gate;
        for (index, step) in steps.iter().enumerate().skip(first) {
            let is_dead = blocks.last().is_some_and(|block| block.is_dead);
            match &step.action {
                Action::If(_) if is_dead => {
                    blocks.push(Open { outer: gate, then: Branch::Nowhere, skip: None, is_dead });
                }
                Action::If(condition) => {
                    self.gate = gate;
                    let happens = step.happens(self.t);
                    let then =
                        if happens { self.block_condition(condition, gate, blocks.len()) } else { Branch::Nowhere };
                    let block = self.branch(gate, then, then);
                    gate = inside(gate, then);
                    blocks.push(block);
                }
                Action::Else => {
                    let block = blocks.pop().expect("an `else` follows an `if`");
                    self.close_branch(&block);
                    let is_dead = blocks.last().is_some_and(|block| block.is_dead);
                    let otherwise = if is_dead { Branch::Nowhere } else { self.otherwise(&block, blocks.len()) };
                    gate = inside(block.outer, otherwise);
                    let block = self.branch(block.outer, block.then, otherwise);
                    blocks.push(block);
                }
                Action::End => {
                    let block = blocks.pop().expect("an end follows an `if`");
                    self.close_branch(&block);
                    gate = block.outer;
                }
                _ if is_dead => {}
                Action::SetStatus { status, now } => {
                    self.gate = gate;
                    self.n_temporaries = 0;
                    if step.happens(self.t) {
                        self.keep_condition(step);
                        self.set_status(step, *status, gate);
                        if let (true, Phase::Status(from), Some(flag)) = (*now, phase, gate) {
                            self.n_temporaries = 0;
                            let stays = self.leave(step, from, flag);
                            self.close_gates(&blocks, flag, stays);
                        }
                        self.condition_read = None;
                    }
                }
                _ => {
                    self.gate = gate;
                    self.step(phase, index, step, gate);
                }
            }
        }
        self.gate = None;
    }

    /// Where the steps of `then` happen: the condition as it stands when the block begins.
    fn block_condition(&mut self, condition: &crate::formula::Expr, outer: Option<Slot>, depth: usize) -> Branch {
        self.n_temporaries = 0;
        match self.formula(condition) {
            Value::Constant(0) => Branch::Nowhere,
            Value::Constant(_) => Branch::Always,
            Value::Slot(a, _) => {
                let to = self.slot(Key::Block(depth));
                self.push(outer.map_or(Op::Copy { to, from: a }, |b| Op::Product { to, a, b }));
                Branch::Where(to)
            }
        }
    }

    /// Where the steps of `else` happen.
    fn otherwise(&mut self, block: &Open, depth: usize) -> Branch {
        match block.then {
            Branch::Nowhere => Branch::Always,
            Branch::Always => Branch::Nowhere,
            Branch::Where(then) => {
                let to = self.slot(Key::BlockElse(depth));
                self.push(block.outer.map_or(Op::Not { to, flag: then }, |a| Op::Subtract { to, a, b: then }));
                Branch::Where(to)
            }
        }
    }

    /// Begin a branch, which is passed over where no scenario of a block of lanes comes to it.
    fn branch(&mut self, outer: Option<Slot>, then: Branch, branch: Branch) -> Open {
        let skip = if let Branch::Where(flag) = branch {
            self.push(Op::SkipUnlessAny { flag, n: 0 });
            Some(self.ops.len() - 1)
        } else {
            None
        };
        Open { outer, then, skip, is_dead: branch == Branch::Nowhere }
    }

    /// Scenarios that have left come to no further step: not of the waterfall, not of its open blocks.
    fn close_gates(&mut self, blocks: &[Open], gate: Slot, stays: Slot) {
        let mut gates: Vec<Slot> = vec![gate];
        for block in blocks {
            gates.extend(block.outer);
            gates.extend(if let Branch::Where(then) = block.then { Some(then) } else { None });
        }
        gates.sort_unstable_by_key(|slot| slot.index());
        gates.dedup();
        for to in gates {
            self.push(Op::Product { to, a: to, b: stays });
        }
    }

    fn close_branch(&mut self, block: &Open) {
        if let Some(skip) = block.skip {
            self.close_skip(skip);
        }
    }
}

/// The gate inside a branch.
fn inside(outer: Option<Slot>, branch: Branch) -> Option<Slot> {
    if let Branch::Where(flag) = branch { Some(flag) } else { outer }
}
