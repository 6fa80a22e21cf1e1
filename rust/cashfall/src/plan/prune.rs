//! Leaving out operations of a date whose result nobody reads. No result changes.

use std::collections::HashSet;

use super::fuse::{Context, n_skipped, touched};
use super::op::{Op, Slot};

/// Leave out every operation that only writes a slot which is written again, or forgotten, before it is read.
///
/// Temporaries are forgotten at the end of the date; all other slots are read on the next.
pub fn prune(ops: Vec<Op>, context: &Context) -> Vec<Op> {
    let mut is_kept = kept(&ops, context);
    // The operations that stay, counted from the end: what a skip would pass over is known before it is come to.
    let mut n_kept = vec![0; ops.len() + 1];
    for at in (0..ops.len()).rev() {
        if let Op::SkipUnlessAny { n, .. } | Op::SkipIfNothingDue { n, .. } = ops[at] {
            is_kept[at] &= n_kept[at + 1] > n_kept[at + 1 + usize::from(n)];
        }
        n_kept[at] = n_kept[at + 1] + usize::from(is_kept[at]);
    }
    let mut pruned = Vec::with_capacity(ops.len());
    for (at, mut op) in ops.into_iter().enumerate().filter(|(at, _)| is_kept[*at]) {
        if let Op::SkipUnlessAny { n, .. } | Op::SkipIfNothingDue { n, .. } = &mut op {
            let passed = n_kept[at + 1] - n_kept[at + 1 + usize::from(*n)];
            *n = u16::try_from(passed).expect("no more than the skip passed over before");
        }
        pruned.push(op);
    }
    pruned
}

/// Which operations matter: a walk from the end of the date with the slots that will still be read.
fn kept(ops: &[Op], context: &Context) -> Vec<bool> {
    let forgotten: HashSet<Slot> = context.temporaries.iter().copied().collect();
    // Slots that differ from what is live at the end of the date: temporaries that will be read, others that will not.
    let (mut read, mut overwritten) = (HashSet::new(), HashSet::new());
    let mut kept = vec![true; ops.len()];
    let skipped = skipped(ops);
    for (at, op) in ops.iter().enumerate().rev() {
        let Some((to, reads)) = only_write(op) else {
            for slot in touched(op, context).slots {
                read.insert(slot);
                overwritten.remove(&slot);
            }
            continue;
        };
        let is_live = if forgotten.contains(&to) { read.contains(&to) } else { !overwritten.contains(&to) };
        kept[at] = is_live;
        if !is_live {
            continue;
        }
        if !skipped[at] {
            read.remove(&to);
            overwritten.insert(to);
        }
        for slot in reads {
            read.insert(slot);
            overwritten.remove(&slot);
        }
    }
    kept
}

/// Which operations may be passed over by a skip: what they write may keep the value of before.
fn skipped(ops: &[Op]) -> Vec<bool> {
    let mut skipped = vec![false; ops.len()];
    for (at, op) in ops.iter().enumerate() {
        if let Some(n) = n_skipped(op) {
            skipped[at + 1..=at + n].fill(true);
        }
    }
    skipped
}

/// The slot and what is read, of an operation that does nothing but write one slot anew.
fn only_write(op: &Op) -> Option<(Slot, Vec<Slot>)> {
    let is_pure = matches!(
        op,
        Op::Constant { .. }
            | Op::Copy { .. }
            | Op::Add { .. }
            | Op::AddConstant { .. }
            | Op::Subtract { .. }
            | Op::Minimum { .. }
            | Op::Maximum { .. }
            | Op::Absolute { .. }
            | Op::Lookup { .. }
            | Op::Product { .. }
            | Op::Scale { .. }
            | Op::MulDiv { .. }
            | Op::ScaleUp { .. }
            | Op::Divide { .. }
            | Op::Compare { .. }
            | Op::Select { .. }
            | Op::Not { .. }
            | Op::Excess { .. }
    );
    let operands = is_pure.then(|| op.operands())?;
    let [to] = operands.written[..] else { return None };
    Some((to, operands.slots[1..].to_vec()))
}
