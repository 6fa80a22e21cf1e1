//! Fusing neighbouring operations of a date where one loop can do the work of two. No result changes.

use super::op::{Group, Op, Operands, Param, PlainTest, ProRata, Slot, TestSlots};

/// What fusing must know besides the operations of the date.
pub struct Context<'a> {
    /// Slots whose values do not outlive a step.
    pub temporaries: &'a [Slot],
    /// Pro rata apportionments.
    pub pro_ratas: &'a [ProRata],
    /// Tests.
    pub tests: &'a [TestSlots],
    /// Plain tests, to which fusing adds.
    pub plain_tests: &'a mut Vec<PlainTest>,
}

/// Two operations are brought together if fewer than this many stand between them.
const REACH: usize = 8;

/// Fuse until nothing more fits.
pub fn fuse(mut ops: Vec<Op>, params: &[f64], context: &mut Context) -> Vec<Op> {
    let mut at = 0;
    let mut skips: Vec<usize> = (0..ops.len()).filter(|at| n_skipped(&ops[*at]).is_some()).collect();
    while at < ops.len() {
        if fuse_near(&mut ops, &mut skips, at, params, context) {
            at = at.saturating_sub(REACH);
        } else {
            at += 1;
        }
    }
    ops
}

/// Fuse an operation with the next one that it can be brought together with, if there is one; `skips` are the positions
/// of operations that may pass over others.
fn fuse_near(ops: &mut Vec<Op>, skips: &mut Vec<usize>, at: usize, params: &[f64], context: &mut Context) -> bool {
    for other in (at + 1..ops.len()).take(REACH) {
        let (first, second) = (ops[at], ops[other]);
        if is_parted(ops, skips, at, other) {
            return false;
        }
        let (between, after) = (&ops[at + 1..other], &ops[other + 1..]);
        let Some(fused) = fused(&first, &second, (between, after), params, context) else {
            continue;
        };
        // Either the second moves up to the first, or the first down to the second.
        let to = if between.iter().all(|op| commute(op, &second, context)) {
            at
        } else if between.iter().all(|op| commute(&first, op, context)) {
            other - 1
        } else {
            continue;
        };
        let op = match fused {
            Fused::Op(op) => op,
            Fused::Test(plain) => plain_test(plain, context),
        };
        ops.remove(other);
        ops.remove(at);
        ops.insert(to, op);
        shorten_skips(ops, skips, at);
        // No skip stands between the two, which would have had to change places with it.
        skips.retain(|skip| *skip != at && *skip != other);
        skips.iter_mut().filter(|skip| **skip > other).for_each(|skip| *skip -= 1);
        if n_skipped(&op).is_some() {
            let place = skips.partition_point(|skip| *skip < to);
            skips.insert(place, to);
        }
        return true;
    }
    false
}

/// Whether a skip parts two operations: one is run where the other is not, or one decides that.
fn is_parted(ops: &[Op], skips: &[usize], at: usize, other: usize) -> bool {
    let passes_over_first_only =
        |skip: &usize| n_skipped(&ops[*skip]).is_some_and(|n| skip + n >= at && skip + n < other);
    let is_apart = other > at + 1 && (n_skipped(&ops[at]).is_some() || n_skipped(&ops[other]).is_some());
    is_apart || skips.iter().take_while(|skip| **skip < at).any(passes_over_first_only)
}

/// How many operations a skip may pass over.
pub(super) fn n_skipped(op: &Op) -> Option<usize> {
    match op {
        Op::SkipUnlessAny { n, .. } | Op::SkipIfNothingDue { n, .. } | Op::PayIntoOrSkip { n, .. } => {
            Some(usize::from(*n))
        }
        _ => None,
    }
}

/// Whether two neighbours may change places: neither writes what the other touches.
fn commute(a: &Op, b: &Op, context: &Context) -> bool {
    let stays = |op: &Op| n_skipped(op).is_some() || matches!(op, Op::Record { .. });
    if stays(a) || stays(b) {
        return false;
    }
    let (a, b) = (touched(a, context), touched(b, context));
    let clear = |written: &[Slot], slots: &[Slot]| !written.iter().any(|slot| slots.contains(slot));
    clear(&a.written, &b.slots) && clear(&b.written, &a.slots)
}

/// The slots of an operation with those of its group.
pub(super) fn touched(op: &Op, context: &Context) -> Operands {
    let mut operands = op.operands();
    let group = match op {
        Op::ProRata { group } => context.pro_ratas[usize::from(group.0)].slots(),
        Op::RunTest { group } => context.tests[usize::from(group.0)].slots(),
        Op::RunPlainTest { group } => context.plain_tests[usize::from(group.0)].slots(),
        _ => return operands,
    };
    operands.written.extend(&group);
    operands.slots.extend(group);
    operands
}

/// The operations of the date that come after two that are fused: first those between them.
type Rest<'a> = (&'a [Op], &'a [Op]);

/// What two operations become.
enum Fused {
    Op(Op),
    Test(PlainTest),
}

/// What does what two neighbours do.
fn fused(first: &Op, second: &Op, rest: Rest, params: &[f64], context: &Context) -> Option<Fused> {
    match (*first, *second) {
        (Op::RunPlainTest { group }, Op::Not { to, flag }) => {
            let plain = &context.plain_tests[usize::from(group.0)];
            let is_its_own = plain.failing == flag && plain.passing.is_none();
            is_its_own.then(|| Fused::Test(PlainTest { passing: Some(to), ..plain.clone() }))
        }
        (_, Op::RunTest { .. } | Op::RunPlainTest { .. }) => {
            with_measure(first, second, rest, context).map(Fused::Test)
        }
        _ => one_of_two(first, second, rest, params, context).filter(writes_apart).map(Fused::Op),
    }
}

/// Whether no slot is written twice: an operation computes all that it writes from what it finds.
fn writes_apart(op: &Op) -> bool {
    let written = op.operands().written;
    written.iter().enumerate().all(|(place, slot)| !written[..place].contains(slot))
}

/// The one operation that does what two neighbours do, if it can be used (see [`writes_apart`]).
fn one_of_two(first: &Op, second: &Op, rest: Rest, params: &[f64], context: &Context) -> Option<Op> {
    let equal = |a: Param, b: Param| params[usize::from(a.0)] == params[usize::from(b.0)];
    match (*first, *second) {
        (Op::Scale { to, a: balance, factor }, Op::Add { to: due, a, b }) if due == a && b == to => {
            Some(Op::Accrue { balance, due, accrued: to, factor })
        }
        (Op::Fill { from, to, target }, Op::Release { from: reserve, to: cash, target: above })
            if from == cash && to == reserve && equal(target, above) =>
        {
            Some(Op::Hold { cash, reserve, target })
        }
        (Op::Subtract { to: between, a, b }, Op::AddConstant { to, a: c, value })
            if between == c
                && context.temporaries.contains(&between)
                && (to == between || !reads(rest, between, context)) =>
        {
            Some(Op::Net { to, a, b, value })
        }
        (Op::PayInto { from, due, total }, Op::SkipIfNothingDue { due: same, n }) if due == same => {
            Some(Op::PayIntoOrSkip { from, due, total, n })
        }
        (Op::PayDown { from: first, balance, floor }, Op::PayDown { from: second, balance: same, floor: again })
            if balance == same && equal(floor, again) =>
        {
            Some(Op::PayDownFromTwo { first, second, balance, floor })
        }
        (Op::SkipUnlessAny { flag, n: 1 }, Op::MoveAllIf { flag: same, .. }) if flag == same => Some(*second),
        (Op::PayIntoOrSkip { from: first, due, total, n: 1 }, Op::PayInto { from: second, due: same, total: into })
            if due == same && total == into =>
        {
            Some(Op::PayIntoFromTwo { first, second, due, total })
        }
        (
            Op::PayIntoFromTwo { first, second, due, total },
            Op::PayDownFromTwo { first: from, second: then, balance, floor },
        ) if first == from && second == then => {
            Some(Op::ServiceFromTwo { first, second, due, total, balance, floor, target: None, peaks: None })
        }
        (
            Op::ServiceFromTwo { first, second, due, total, balance, floor, target: None, peaks },
            Op::Hold { cash, reserve, target },
        ) if cash == first && reserve == second => {
            Some(Op::ServiceFromTwo { first, second, due, total, balance, floor, target: Some(target), peaks })
        }
        (Op::Peak { peak, a }, Op::PeakExcess { peak: peak_excess, balance, floor }) => {
            Some(Op::PeakOfBoth { peak, a, peak_excess, balance, floor })
        }
        (
            Op::ServiceFromTwo { first, second, due, total, balance, floor, target, peaks: None },
            Op::PeakOfBoth { peak, a, peak_excess, balance: of, floor: above },
        ) if a == due && of == balance && equal(floor, above) => {
            let peaks = Some((peak, peak_excess));
            Some(Op::ServiceFromTwo { first, second, due, total, balance, floor, target, peaks })
        }
        (Op::SkipIfNothingDue { due, n: 1 }, Op::Pay { due: same, .. }) if due == same => Some(*second),
        (Op::Pay { from, due: first }, Op::Pay { from: same, due: second }) if from == same => {
            Some(Op::PayTwo { from, collected: None, first, second, plus: None })
        }
        (Op::Add { to, a, b }, Op::PayTwo { from, collected: None, first, second, plus })
            if to == from && a == from && ![from, first, second].contains(&b) =>
        {
            Some(Op::PayTwo { from, collected: Some(b), first, second, plus })
        }
        (Op::AddConstant { to, a, value }, Op::PayTwo { from, collected, first, second, plus: None })
            if to == second && a == second && collected != Some(second) =>
        {
            Some(Op::PayTwo { from, collected, first, second, plus: Some(value) })
        }
        (Op::MoveAllIf { from, to: via, flag }, Op::MoveAllIf { from: same, to, flag: again })
            if via == same && flag == again =>
        {
            Some(Op::MoveAllOnIf { from, via, to, flag })
        }
        (Op::MoveAllOnIf { from, via, to, flag: on }, Op::MoveAllIf { from: then, to: home, flag: back })
            if then == via && home == from =>
        {
            Some(Op::MoveAllOnOrBack { from, via, to, on, back })
        }
        _ => None,
    }
}

/// A plain test with the operation that makes its numerator or denominator.
fn with_measure(first: &Op, test: &Op, rest: Rest, context: &Context) -> Option<PlainTest> {
    let mut plain = match *test {
        Op::RunTest { group } => PlainTest::of(&context.tests[usize::from(group.0)])?,
        Op::RunPlainTest { group } => context.plain_tests[usize::from(group.0)].clone(),
        _ => return None,
    };
    let made = *first.operands().written.first()?;
    let is_read_once = plain.slots().iter().filter(|slot| **slot == made).count() == 1;
    if !context.temporaries.contains(&made) || reads(rest, made, context) || !is_read_once {
        return None;
    }
    match *first {
        Op::AddConstant { a, value, .. } if made == plain.denominator && plain.denominator_plus.is_none() => {
            (plain.denominator, plain.denominator_plus) = (a, Some(value));
        }
        Op::AddConstant { a, value, .. }
            if made == plain.numerator && plain.numerator_plus.is_none() && plain.less.is_none() =>
        {
            (plain.numerator, plain.numerator_plus) = (a, Some(value));
        }
        Op::Net { a, b, value, .. }
            if made == plain.numerator && plain.numerator_plus.is_none() && plain.less.is_none() =>
        {
            (plain.numerator, plain.less, plain.numerator_plus) = (a, Some(b), Some(value));
        }
        Op::Subtract { a, b, .. } if made == plain.numerator && plain.less.is_none() => {
            (plain.numerator, plain.less) = (a, Some(b));
        }
        _ => return None,
    }
    Some(plain)
}

/// The operation of a plain test, which is added to the table if it is new.
fn plain_test(plain: PlainTest, context: &mut Context) -> Op {
    let known = context.plain_tests.iter().position(|known| *known == plain);
    let index = known.unwrap_or_else(|| {
        context.plain_tests.push(plain);
        context.plain_tests.len() - 1
    });
    Op::RunPlainTest { group: Group(u16::try_from(index).expect("fewer than 65,536 tests")) }
}

/// Whether the slot is read before it is written again.
fn reads(rest: Rest, slot: Slot, context: &Context) -> bool {
    for op in rest.0.iter().chain(rest.1) {
        let n_touched = touched(op, context).slots.iter().filter(|touched| **touched == slot).count();
        if n_touched > 0 {
            let only_writes = matches!(
                op,
                Op::Constant { .. }
                    | Op::Copy { .. }
                    | Op::Add { .. }
                    | Op::AddConstant { .. }
                    | Op::Subtract { .. }
                    | Op::Excess { .. }
            );
            return !(only_writes && n_touched == 1 && op.operands().written.contains(&slot));
        }
    }
    false
}

/// A skip that passed over the fused pair now passes over one operation less.
fn shorten_skips(ops: &mut [Op], skips: &[usize], fused_at: usize) {
    for &at in skips.iter().take_while(|skip| **skip < fused_at) {
        let op = &mut ops[at];
        if let Op::SkipUnlessAny { n, .. } | Op::SkipIfNothingDue { n, .. } | Op::PayIntoOrSkip { n, .. } = op
            && at + usize::from(*n) > fused_at
        {
            *n -= 1;
        }
    }
}

#[cfg(test)]
mod tests;
