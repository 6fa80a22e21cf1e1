//! Fusing neighbouring operations of a date where one loop can do the work of two. No result changes.

use super::op::{Group, Op, Param, PlainTest, ProRata, Slot, TestSlots};

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

/// Fuse until nothing more fits.
pub fn fuse(mut ops: Vec<Op>, params: &[f64], context: &mut Context) -> Vec<Op> {
    let mut at = 0;
    while at + 1 < ops.len() {
        match fused(&ops[at], &ops[at + 1], &ops[at + 2..], params, context) {
            Some(op) => {
                ops[at] = op;
                ops.remove(at + 1);
                shorten_skips(&mut ops, at);
                at = at.saturating_sub(1);
            }
            None => at += 1,
        }
    }
    ops
}

/// The one operation that does what two neighbours do.
fn fused(first: &Op, second: &Op, rest: &[Op], params: &[f64], context: &mut Context) -> Option<Op> {
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
            if balance == same && first != second && equal(floor, again) =>
        {
            Some(Op::PayDownFromTwo { first, second, balance, floor })
        }
        (Op::SkipUnlessAny { flag, n: 1 }, Op::MoveAllIf { flag: same, .. }) if flag == same => Some(*second),
        (Op::PayIntoOrSkip { from: first, due, total, n: 1 }, Op::PayInto { from: second, due: same, total: into })
            if due == same && total == into && first != second =>
        {
            Some(Op::PayIntoFromTwo { first, second, due, total })
        }
        (
            Op::PayIntoFromTwo { first, second, due, total },
            Op::PayDownFromTwo { first: from, second: then, balance, floor },
        ) if first == from && second == then => Some(Op::ServiceFromTwo { first, second, due, total, balance, floor }),
        (Op::ServiceFromTwo { first, second, due, total, balance, floor }, Op::Hold { cash, reserve, target })
            if cash == first && reserve == second =>
        {
            Some(Op::ServiceAndHold { first, second, due, total, balance, floor, target })
        }
        (Op::SkipIfNothingDue { due, n: 1 }, Op::Pay { due: same, .. }) if due == same => Some(*second),
        (Op::Pay { from, due: first }, Op::Pay { from: same, due: second }) if from == same && first != second => {
            Some(Op::PayTwo { from, first, second })
        }
        (Op::MoveAllIf { from, to: via, flag }, Op::MoveAllIf { from: same, to, flag: again })
            if via == same && flag == again && from != to =>
        {
            Some(Op::MoveAllOnIf { from, via, to, flag })
        }
        (Op::MoveAllOnIf { from, via, to, flag: on }, Op::MoveAllIf { from: then, to: home, flag: back })
            if then == via && home == from && to != from =>
        {
            Some(Op::MoveAllOnOrBack { from, via, to, on, back })
        }
        (Op::RunPlainTest { group }, Op::Not { to, flag }) => {
            let plain = &context.plain_tests[usize::from(group.0)];
            if plain.failing != flag || plain.passing.is_some() {
                return None;
            }
            let plain = PlainTest { passing: Some(to), ..plain.clone() };
            Some(plain_test(plain, context))
        }
        (_, Op::RunTest { .. } | Op::RunPlainTest { .. }) => with_measure(first, second, rest, context),
        _ => None,
    }
}

/// A plain test with the operation that makes its numerator or denominator.
fn with_measure(first: &Op, test: &Op, rest: &[Op], context: &mut Context) -> Option<Op> {
    let mut plain = match *test {
        Op::RunTest { group } => PlainTest::of(&context.tests[usize::from(group.0)])?,
        Op::RunPlainTest { group } => context.plain_tests[usize::from(group.0)].clone(),
        _ => return None,
    };
    let made = *first.operands().written.first()?;
    if !context.temporaries.contains(&made) || reads(rest, made, context) || plain.numerator == plain.denominator {
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
    Some(plain_test(plain, context))
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
fn reads(ops: &[Op], slot: Slot, context: &Context) -> bool {
    for op in ops {
        let operands = op.operands();
        let n_written = operands.written.iter().filter(|written| **written == slot).count();
        let n_touched = operands.slots.iter().filter(|touched| **touched == slot).count();
        let in_group = match op {
            Op::ProRata { group } => {
                let pro_rata = &context.pro_ratas[usize::from(group.0)];
                pro_rata.available == slot || pro_rata.requests.contains(&slot) || pro_rata.paid.contains(&slot)
            }
            Op::RunTest { group } => context.tests[usize::from(group.0)].slots().contains(&slot),
            Op::RunPlainTest { group } => context.plain_tests[usize::from(group.0)].slots().contains(&slot),
            _ => false,
        };
        let updates = !matches!(
            op,
            Op::Constant { .. }
                | Op::Copy { .. }
                | Op::Add { .. }
                | Op::AddConstant { .. }
                | Op::Subtract { .. }
                | Op::Excess { .. }
        );
        if in_group || n_touched > n_written || (n_written > 0 && updates) {
            return true;
        }
        if n_written > 0 {
            return false;
        }
    }
    false
}

/// A skip that passed over the fused pair now passes over one operation less.
fn shorten_skips(ops: &mut [Op], fused_at: usize) {
    for (at, op) in ops.iter_mut().enumerate().take(fused_at) {
        if let Op::SkipUnlessAny { n, .. } | Op::SkipIfNothingDue { n, .. } | Op::PayIntoOrSkip { n, .. } = op
            && at + usize::from(*n) > fused_at
        {
            *n -= 1;
        }
    }
}
