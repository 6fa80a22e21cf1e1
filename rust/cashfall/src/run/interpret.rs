//! The interpreter: for each date, for each operation, one straight loop over the lanes of a block.
//!
//! One source serves every CPU: it is written over [`Lanes`] and run through [`crate::lanes::dispatch`].
//!
//! SAFETY of every block here: [`Interpreter::new`] has checked that each slot, parameter, group and series of the program exists
//! (`Program::check`), each slot's pointer leads to `L` values that live as long as the block and the tile, input
//! rows are only read, and the caller of [`Kernel::run`] guarantees the CPU's features.
#![allow(unsafe_code, reason = "slots are rows of one block, which operations may share: see SAFETY at each")]

use crate::basics::Rounding;
use crate::formula::Relation;
use crate::lanes::{
    Down, HalfEven, HalfUp, Kernel, Lanes, RoundingRule, in_range, mul_div, mul_div_constant, mul_div_unsigned,
};
use crate::plan::{Op, Program, Slot};

use super::apportion::apportion;
use super::block::{Block, Tile};
use super::output::Columns;
use super::scale_up::scale_up;
use super::test::{run_plain_test, run_test};

/// A program, a block's state, its inputs and where its records go: ready to walk through the dates.
pub struct Interpreter<'a, const L: usize> {
    program: &'a Program,
    pointers: Vec<*mut f64>,
    tile: &'a Tile,
    /// The block's first column within the tile.
    first_in_tile: usize,
    output: Columns<'a>,
}

impl<'a, const L: usize> Interpreter<'a, L> {
    /// Ready to run one block; `program` has been checked.
    pub fn new(
        program: &'a Program,
        block: &'a mut Block<L>,
        tile: &'a Tile,
        first_in_tile: usize,
        output: Columns<'a>,
    ) -> Self {
        block.reset();
        Interpreter { program, pointers: block.pointers(), tile, first_in_tile, output }
    }

    fn begin_date(&mut self, t: usize) {
        for input in 0..self.program.n_inputs {
            let row = &self.tile.row(input, t)[self.first_in_tile..self.first_in_tile + L];
            self.pointers[input] = row.as_ptr().cast_mut();
        }
    }
}

/// What an operation sees of the block on one date.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pointers: &'a [*mut f64],
    params: &'a [f64],
}

impl View<'_> {
    /// The values of a slot.
    #[inline(always)]
    pub(super) unsafe fn at(self, slot: Slot) -> Values {
        Values(unsafe { *self.pointers.get_unchecked(slot.index()) })
    }

    #[inline(always)]
    pub(super) unsafe fn param(self, index: u16) -> f64 {
        unsafe { *self.params.get_unchecked(usize::from(index)) }
    }
}

/// The values of a slot: looked up once per operation, since a store might change the table of pointers for all the compiler knows.
#[derive(Clone, Copy)]
pub(super) struct Values(*mut f64);

impl Values {
    #[inline(always)]
    pub(super) unsafe fn get<V: Lanes>(self, k: usize) -> V {
        unsafe { V::load(self.0.add(k)) }
    }

    #[inline(always)]
    pub(super) unsafe fn set<V: Lanes>(self, k: usize, value: V) {
        unsafe { value.store(self.0.add(k)) }
    }
}

/// `each!(V, k => body)`: the body for every vector of a block of `L` scenarios.
macro_rules! each {
    ($vector:ident, $k:ident => $body:expr) => {{
        let mut $k = 0;
        while $k < L {
            $body;
            $k += $vector::N;
        }
    }};
}
pub(super) use each;

/// `rounded!(rounding, R => body)`: the body with the rounding rule as a type.
macro_rules! rounded {
    ($rounding:expr, $rule:ident => $body:expr) => {
        match $rounding {
            Rounding::HalfUp => {
                type $rule = HalfUp;
                $body
            }
            Rounding::HalfEven => {
                type $rule = HalfEven;
                $body
            }
            Rounding::Down => {
                type $rule = Down;
                $body
            }
        }
    };
}

impl<const L: usize> Kernel for &mut Interpreter<'_, L> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let program = self.program;
        for (t, date) in program.dates.iter().enumerate() {
            self.begin_date(t);
            let view = View { pointers: &self.pointers, params: &program.params[date.first_param..] };
            let ops = &program.shapes[date.shape][..];
            let mut at = 0;
            while let Some(op) = ops.get(at) {
                at += 1;
                match *op {
                    Op::SkipUnlessAny { flag: of, n } | Op::SkipIfNothingDue { due: of, n } => {
                        if unsafe { !any_above_zero::<V, L>(view, of) } {
                            at += usize::from(n);
                        }
                    }
                    Op::PayIntoOrSkip { from, due, total, n } => {
                        if unsafe { !pay_into::<V, L>(view.at(from), view.at(due), view.at(total)) } {
                            at += usize::from(n);
                        }
                    }
                    Op::InputAt { to, input, date } | Op::Foresee { to, input, date } => {
                        #[allow(
                            clippy::cast_possible_truncation,
                            clippy::cast_sign_loss,
                            reason = "a date is a position on the grid"
                        )]
                        let date = unsafe { view.param(date.0) } as usize;
                        let row = &self.tile.row(input.index(), date)[self.first_in_tile..self.first_in_tile + L];
                        let to = unsafe { &mut *self.pointers[to.index()].cast::<[f64; L]>() };
                        to.copy_from_slice(row);
                    }
                    Op::Lookup { to, at, table } => {
                        let table = &program.tables[usize::from(table.0)];
                        let at = unsafe { *self.pointers[at.index()].cast::<[f64; L]>() };
                        let to = unsafe { &mut *self.pointers[to.index()].cast::<[f64; L]>() };
                        for (to, at) in to.iter_mut().zip(at) {
                            *to = entry(table, at);
                        }
                    }
                    Op::Record { series, value } => {
                        let pointer = self.pointers[value.index()];
                        let row = unsafe { &*pointer.cast::<[f64; L]>() };
                        self.output.write(series.0 as usize, t, row);
                    }
                    _ => unsafe { execute::<V, L>(program, op, view, t) },
                }
            }
        }
    }
}

/// The value of a table at a position; 0 where it has none.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position at or above zero is a count")]
fn entry(table: &[f64], at: f64) -> f64 {
    if at < 0.0 { 0.0 } else { table.get(at as usize).copied().unwrap_or(0.0) }
}

/// Whether a flag or an amount, which is never negative, is above zero in some scenario.
#[inline(always)]
unsafe fn any_above_zero<V: Lanes, const L: usize>(view: View, slot: Slot) -> bool {
    unsafe {
        let zero = V::splat(0.0);
        let mut greatest = V::splat(0.0);
        let values = view.at(slot);
        each!(V, k => greatest = greatest.maximum(values.get::<V>(k)));
        V::any(zero.less(greatest))
    }
}

/// x = min(from, due), moved into total; whether anything is still due in some scenario.
#[inline(always)]
unsafe fn pay_into<V: Lanes, const L: usize>(from: Values, due: Values, total: Values) -> bool {
    unsafe {
        let mut greatest = V::splat(0.0);
        each!(V, k => {
            let (cash, owed) = (from.get::<V>(k), due.get::<V>(k));
            let paid = cash.minimum(owed);
            let left = owed.sub(paid);
            greatest = greatest.maximum(left);
            from.set(k, cash.sub(paid));
            due.set(k, left);
            total.set(k, total.get::<V>(k).add(paid));
        });
        V::any(V::splat(0.0).less(greatest))
    }
}

/// A due is paid from the first source, then from the second; what it paid.
#[inline(always)]
unsafe fn pay_from_two<V: Lanes>(first: &mut V, second: &mut V, owed: V) -> V {
    unsafe {
        let paid = first.minimum(owed);
        *first = first.sub(paid);
        let also = second.minimum(owed.sub(paid));
        *second = second.sub(also);
        paid.add(also)
    }
}

/// Interest, then principal down to the floor, each from the first source, then from the second.
struct Service<V> {
    sources: (Values, Values),
    due: Values,
    total: Values,
    balance: Values,
    floor: V,
}

impl<V: Lanes> Service<V> {
    /// Pay; then hold the second source at the target; `peaks` keep the largest interest and principal left unpaid.
    #[inline(always)]
    unsafe fn run<const L: usize>(self, target: Option<V>, peaks: Option<(Values, Values)>) {
        let Service { sources, due, total, balance, floor } = self;
        unsafe {
            let zero = V::splat(0.0);
            each!(V, k => {
                let (mut cash, mut reserve) = (sources.0.get::<V>(k), sources.1.get::<V>(k));
                let (owed, outstanding) = (due.get::<V>(k), balance.get::<V>(k));
                let interest = pay_from_two(&mut cash, &mut reserve, owed);
                let owed = owed.sub(interest);
                due.set(k, owed);
                total.set(k, total.get::<V>(k).add(interest));
                let principal = pay_from_two(&mut cash, &mut reserve, outstanding.sub(floor).maximum(zero));
                let outstanding = outstanding.sub(principal);
                balance.set(k, outstanding);
                let held = match target {
                    Some(target) => cash.minimum(target.sub(reserve)),
                    None => zero,
                };
                sources.0.set(k, cash.sub(held));
                sources.1.set(k, reserve.add(held));
                if let Some((interest, principal)) = peaks {
                    interest.set(k, interest.get::<V>(k).maximum(owed));
                    principal.set(k, principal.get::<V>(k).maximum(outstanding.sub(floor)));
                }
            });
        }
    }
}

/// One due, then another, each after what is added to it and to the cash.
#[inline(always)]
unsafe fn pay_two<V: Lanes, const L: usize>(
    from: Values,
    collected: Option<Values>,
    dues: (Values, Values),
    plus: Option<V>,
) {
    unsafe {
        each!(V, k => {
            let (mut cash, owed, mut also) = (from.get::<V>(k), dues.0.get::<V>(k), dues.1.get::<V>(k));
            if let Some(collected) = collected {
                cash = cash.add(collected.get(k));
            }
            if let Some(plus) = plus {
                also = also.add(plus);
            }
            let paid = cash.minimum(owed);
            let cash = cash.sub(paid);
            dues.0.set(k, owed.sub(paid));
            let paid = cash.minimum(also);
            from.set(k, cash.sub(paid));
            dues.1.set(k, also.sub(paid));
        });
    }
}

/// One operation over the block.
#[inline(always)]
unsafe fn execute<V: Lanes, const L: usize>(program: &Program, op: &Op, view: View, t: usize) {
    unsafe {
        match *op {
            Op::Constant { to, value } => {
                let to = view.at(to);
                let value = V::splat(view.param(value.0));
                each!(V, k => to.set(k, value));
            }
            Op::Copy { to, from } => {
                let (to, from) = (view.at(to), view.at(from));
                each!(V, k => to.set(k, from.get::<V>(k)));
            }
            Op::Add { to, a, b } => {
                let (to, a, b) = (view.at(to), view.at(a), view.at(b));
                each!(V, k => to.set(k, a.get::<V>(k).add(b.get(k))));
            }
            Op::AddConstant { to, a, value } => {
                let (to, a) = (view.at(to), view.at(a));
                let value = V::splat(view.param(value.0));
                each!(V, k => to.set(k, a.get::<V>(k).add(value)));
            }
            Op::Subtract { to, a, b } => {
                let (to, a, b) = (view.at(to), view.at(a), view.at(b));
                each!(V, k => to.set(k, a.get::<V>(k).sub(b.get(k))));
            }
            Op::Minimum { to, a, b } => {
                let (to, a, b) = (view.at(to), view.at(a), view.at(b));
                each!(V, k => to.set(k, a.get::<V>(k).minimum(b.get(k))));
            }
            Op::Maximum { to, a, b } => {
                let (to, a, b) = (view.at(to), view.at(a), view.at(b));
                each!(V, k => to.set(k, a.get::<V>(k).maximum(b.get(k))));
            }
            Op::Absolute { to, a } => {
                let (to, a) = (view.at(to), view.at(a));
                each!(V, k => to.set(k, a.get::<V>(k).abs()));
            }
            Op::Product { to, a, b } => {
                let (to, a, b) = (view.at(to), view.at(a), view.at(b));
                // Adding zero turns a negative zero into +0.
                let zero = V::splat(0.0);
                each!(V, k => to.set(k, a.get::<V>(k).mul(b.get(k)).add(zero)));
            }
            Op::Scale { to, a, factor } => {
                let (to, a) = (view.at(to), view.at(a));
                let (n, d) = (V::splat(view.param(factor.first.0)), V::splat(view.param(factor.first.0 + 1)));
                let inverse = V::splat(view.param(factor.first.0 + 2));
                rounded!(program.rounding, R => if factor.small {
                    each!(V, k => to.set(k, mul_div_constant::<V, R>(a.get(k), n, d, inverse)));
                } else {
                    each!(V, k => to.set(k, mul_div_unsigned::<V, R>(a.get(k), n, d)));
                });
            }
            Op::Accrue { balance, due, accrued, factor } => {
                let (balance, due, accrued) = (view.at(balance), view.at(due), view.at(accrued));
                let (n, d) = (V::splat(view.param(factor.first.0)), V::splat(view.param(factor.first.0 + 1)));
                let inverse = V::splat(view.param(factor.first.0 + 2));
                rounded!(program.rounding, R => if factor.small {
                    each!(V, k => {
                        let interest = mul_div_constant::<V, R>(balance.get(k), n, d, inverse);
                        accrued.set(k, interest);
                        due.set(k, due.get::<V>(k).add(interest));
                    });
                } else {
                    each!(V, k => {
                        let interest = mul_div_unsigned::<V, R>(balance.get(k), n, d);
                        accrued.set(k, interest);
                        due.set(k, due.get::<V>(k).add(interest));
                    });
                });
            }
            Op::MulDiv { to, a, b, divisor } => {
                let (to, a, b) = (view.at(to), view.at(a), view.at(b));
                let c = V::splat(view.param(divisor.0));
                rounded!(program.rounding, R => each!(V, k => to.set(k, mul_div::<V, R>(a.get(k), b.get(k), c))));
            }
            Op::ScaleUp { to, a, first } => {
                let (n, d) = (V::splat(view.param(first.0)), V::splat(view.param(first.0 + 1)));
                let (to, a) = (view.at(to), view.at(a));
                each!(V, k => to.set(k, scale_up::<V>(a.get(k), n, d)));
            }
            Op::Divide { to, a, b, scale, if_zero } => {
                let (to, a, b, if_zero) = (view.at(to), view.at(a), view.at(b), view.at(if_zero));
                let scale = V::splat(view.param(scale.0));
                rounded!(program.rounding, R => each!(V, k => {
                    let quotient = divide::<V, R>(a.get(k), scale, b.get(k), if_zero.get(k));
                    to.set(k, quotient);
                }));
            }
            Op::Compare { to, a, b, relation } => compare::<V, L>(view, to, a, b, relation),
            Op::Select { to, flag, a, b } => {
                let (to, flag, a, b) = (view.at(to), view.at(flag), view.at(a), view.at(b));
                each!(V, k => {
                    let flag = V::from_flag(flag.get(k));
                    to.set(k, V::select(flag, a.get::<V>(k), b.get(k)));
                });
            }
            Op::Not { to, flag } => {
                let (to, flag) = (view.at(to), view.at(flag));
                let one = V::splat(1.0);
                each!(V, k => to.set(k, one.sub(flag.get(k))));
            }
            Op::Excess { to, a, floor } => {
                let (to, a) = (view.at(to), view.at(a));
                let (floor, zero) = (V::splat(view.param(floor.0)), V::splat(0.0));
                each!(V, k => to.set(k, a.get::<V>(k).sub(floor).maximum(zero)));
            }
            Op::CheckRange { value } => {
                let value = view.at(value);
                let (overflow, t) = (view.at(program.overflow.unwrap_unchecked()), V::splat(t as f64));
                each!(V, k => mark_overflow::<V>(overflow, k, V::mask_not(in_range(value.get::<V>(k))), t));
            }
            Op::CheckRangeIf { value, flag } => {
                let (value, flag) = (view.at(value), view.at(flag));
                let (overflow, t) = (view.at(program.overflow.unwrap_unchecked()), V::splat(t as f64));
                each!(V, k => {
                    let outside = V::mask_not(in_range(value.get::<V>(k)));
                    mark_overflow::<V>(overflow, k, V::mask_and(outside, V::from_flag(flag.get(k))), t);
                });
            }
            Op::CheckSolved { differs } => {
                let differs = view.at(differs);
                // Half a date later: an overflow on the same date comes first.
                let (stopped, t) = (view.at(program.overflow.unwrap_unchecked()), V::splat(t as f64 + 0.5));
                each!(V, k => mark_overflow::<V>(stopped, k, V::from_flag(differs.get(k)), t));
            }
            Op::Pay { from, due } => {
                let (from, due) = (view.at(from), view.at(due));
                each!(V, k => {
                    let (cash, owed) = (from.get::<V>(k), due.get::<V>(k));
                    let paid = cash.minimum(owed);
                    from.set(k, cash.sub(paid));
                    due.set(k, owed.sub(paid));
                });
            }
            Op::PayInto { from, due, total } => {
                let (from, due, total) = (view.at(from), view.at(due), view.at(total));
                each!(V, k => {
                    let (cash, owed) = (from.get::<V>(k), due.get::<V>(k));
                    let paid = cash.minimum(owed);
                    from.set(k, cash.sub(paid));
                    due.set(k, owed.sub(paid));
                    total.set(k, total.get::<V>(k).add(paid));
                });
            }
            Op::PayDown { from, balance, floor } => {
                let (from, balance) = (view.at(from), view.at(balance));
                let (floor, zero) = (V::splat(view.param(floor.0)), V::splat(0.0));
                each!(V, k => {
                    let (cash, outstanding) = (from.get::<V>(k), balance.get::<V>(k));
                    let paid = cash.minimum(outstanding.sub(floor).maximum(zero));
                    from.set(k, cash.sub(paid));
                    balance.set(k, outstanding.sub(paid));
                });
            }
            Op::PayDownInto { from, balance, floor, flow } => {
                let (from, balance, flow) = (view.at(from), view.at(balance), view.at(flow));
                let (floor, zero) = (V::splat(view.param(floor.0)), V::splat(0.0));
                each!(V, k => {
                    let (cash, outstanding) = (from.get::<V>(k), balance.get::<V>(k));
                    let paid = cash.minimum(outstanding.sub(floor).maximum(zero));
                    from.set(k, cash.sub(paid));
                    balance.set(k, outstanding.sub(paid));
                    flow.set(k, flow.get::<V>(k).add(paid));
                });
            }
            Op::Fill { from, to, target } => {
                let (from, to) = (view.at(from), view.at(to));
                let (target, zero) = (V::splat(view.param(target.0)), V::splat(0.0));
                each!(V, k => {
                    let (cash, held) = (from.get::<V>(k), to.get::<V>(k));
                    let moved = cash.minimum(target.sub(held).maximum(zero));
                    from.set(k, cash.sub(moved));
                    to.set(k, held.add(moved));
                });
            }
            Op::Hold { cash, reserve, target } => {
                let (cash, reserve) = (view.at(cash), view.at(reserve));
                let target = V::splat(view.param(target.0));
                each!(V, k => {
                    let (free, held) = (cash.get::<V>(k), reserve.get::<V>(k));
                    let moved = free.minimum(target.sub(held));
                    cash.set(k, free.sub(moved));
                    reserve.set(k, held.add(moved));
                });
            }
            Op::Net { to, a, b, value } => {
                let (to, a, b) = (view.at(to), view.at(a), view.at(b));
                let value = V::splat(view.param(value.0));
                each!(V, k => to.set(k, a.get::<V>(k).sub(b.get(k)).add(value)));
            }
            Op::PayDownFromTwo { first, second, balance, floor } => {
                let (first, second, balance) = (view.at(first), view.at(second), view.at(balance));
                let (floor, zero) = (V::splat(view.param(floor.0)), V::splat(0.0));
                each!(V, k => {
                    let (mut cash, mut more) = (first.get::<V>(k), second.get::<V>(k));
                    let outstanding = balance.get::<V>(k);
                    let paid = pay_from_two(&mut cash, &mut more, outstanding.sub(floor).maximum(zero));
                    first.set(k, cash);
                    second.set(k, more);
                    balance.set(k, outstanding.sub(paid));
                });
            }
            Op::PayIntoFromTwo { first, second, due, total } => {
                let (first, second, due, total) = (view.at(first), view.at(second), view.at(due), view.at(total));
                each!(V, k => {
                    let (mut cash, mut more) = (first.get::<V>(k), second.get::<V>(k));
                    let owed = due.get::<V>(k);
                    let paid = pay_from_two(&mut cash, &mut more, owed);
                    first.set(k, cash);
                    second.set(k, more);
                    due.set(k, owed.sub(paid));
                    total.set(k, total.get::<V>(k).add(paid));
                });
            }
            Op::ServiceFromTwo { first, second, due, total, balance, floor, target, peaks } => {
                let service = Service {
                    sources: (view.at(first), view.at(second)),
                    due: view.at(due),
                    total: view.at(total),
                    balance: view.at(balance),
                    floor: V::splat(view.param(floor.0)),
                };
                let target = target.map(|target| V::splat(view.param(target.0)));
                let peaks = peaks.map(|(interest, principal)| (view.at(interest), view.at(principal)));
                match (target, peaks) {
                    (None, None) => service.run::<L>(None, None),
                    (None, Some(peaks)) => service.run::<L>(None, Some(peaks)),
                    (Some(target), None) => service.run::<L>(Some(target), None),
                    (Some(target), Some(peaks)) => service.run::<L>(Some(target), Some(peaks)),
                }
            }
            Op::Release { from, to, target } => {
                let (from, to) = (view.at(from), view.at(to));
                let (target, zero) = (V::splat(view.param(target.0)), V::splat(0.0));
                each!(V, k => {
                    let held = from.get::<V>(k);
                    let moved = held.sub(target).maximum(zero);
                    from.set(k, held.sub(moved));
                    to.set(k, to.get::<V>(k).add(moved));
                });
            }
            Op::MoveAll { from, to } => {
                let (from, to) = (view.at(from), view.at(to));
                let zero = V::splat(0.0);
                each!(V, k => {
                    to.set(k, to.get::<V>(k).add(from.get(k)));
                    from.set(k, zero);
                });
            }
            Op::MoveAllIf { from, to, flag } => {
                let (from, to, flag) = (view.at(from), view.at(to), view.at(flag));
                each!(V, k => {
                    let cash = from.get::<V>(k);
                    let moved = cash.mul(flag.get(k));
                    from.set(k, cash.sub(moved));
                    to.set(k, to.get::<V>(k).add(moved));
                });
            }
            Op::ProRata { group } => {
                let pro_rata = &program.pro_ratas[usize::from(group.0)];
                rounded!(program.rounding, R => apportion::<V, R, L>(pro_rata, view));
            }
            Op::PayTwo { from, collected, first, second, plus } => {
                let (from, dues) = (view.at(from), (view.at(first), view.at(second)));
                let plus = plus.map(|plus| V::splat(view.param(plus.0)));
                match (collected.map(|slot| view.at(slot)), plus) {
                    (None, None) => pay_two::<V, L>(from, None, dues, None),
                    (None, Some(plus)) => pay_two::<V, L>(from, None, dues, Some(plus)),
                    (Some(collected), None) => pay_two::<V, L>(from, Some(collected), dues, None),
                    (Some(collected), Some(plus)) => pay_two::<V, L>(from, Some(collected), dues, Some(plus)),
                }
            }
            Op::MoveAllOnIf { from, via, to, flag } => {
                let (from, via, to, flag) = (view.at(from), view.at(via), view.at(to), view.at(flag));
                each!(V, k => {
                    let (held, flag) = (from.get::<V>(k), flag.get::<V>(k));
                    let moved = held.mul(flag);
                    let between = via.get::<V>(k).add(moved);
                    let on = between.mul(flag);
                    from.set(k, held.sub(moved));
                    via.set(k, between.sub(on));
                    to.set(k, to.get::<V>(k).add(on));
                });
            }
            Op::MoveAllOnOrBack { from, via, to, on, back } => {
                let (from, via, to, on, back) = (view.at(from), view.at(via), view.at(to), view.at(on), view.at(back));
                each!(V, k => {
                    let (held, on) = (from.get::<V>(k), on.get::<V>(k));
                    let moved = held.mul(on);
                    let between = via.get::<V>(k).add(moved);
                    let onward = between.mul(on);
                    let rest = between.sub(onward);
                    let returned = rest.mul(back.get(k));
                    from.set(k, held.sub(moved).add(returned));
                    via.set(k, rest.sub(returned));
                    to.set(k, to.get::<V>(k).add(onward));
                });
            }
            Op::RunPlainTest { group } => {
                run_plain_test::<V, L>(&program.plain_tests[usize::from(group.0)], view, t);
            }
            Op::RunTest { group } => {
                let test = &program.tests[usize::from(group.0)];
                rounded!(program.rounding, R => run_test::<V, R, L>(test, view, t));
            }
            Op::Peak { peak, a } => {
                let (peak, a) = (view.at(peak), view.at(a));
                each!(V, k => peak.set(k, peak.get::<V>(k).maximum(a.get(k))));
            }
            Op::PeakExcess { peak, balance, floor } => {
                let (peak, balance) = (view.at(peak), view.at(balance));
                let floor = V::splat(view.param(floor.0));
                each!(V, k => peak.set(k, peak.get::<V>(k).maximum(balance.get::<V>(k).sub(floor))));
            }
            Op::PeakOfBoth { peak, a, peak_excess, balance, floor } => {
                let (peak, a) = (view.at(peak), view.at(a));
                let (peak_excess, balance) = (view.at(peak_excess), view.at(balance));
                let floor = V::splat(view.param(floor.0));
                each!(V, k => {
                    peak.set(k, peak.get::<V>(k).maximum(a.get(k)));
                    peak_excess.set(k, peak_excess.get::<V>(k).maximum(balance.get::<V>(k).sub(floor)));
                });
            }
            Op::WeightByYears { sum, amount, years } => {
                let (sum, amount) = (view.at(sum), view.at(amount));
                let years = V::splat(view.param(years.0));
                each!(V, k => sum.set(k, sum.get::<V>(k).add(amount.get::<V>(k).mul(years))));
            }
            Op::MulDivBy { to, a, b, divisor } => {
                let (to, a, b, divisor) = (view.at(to), view.at(a), view.at(b), view.at(divisor));
                let (zero, one) = (V::splat(0.0), V::splat(1.0));
                rounded!(program.rounding, R => each!(V, k => {
                    let c = divisor.get::<V>(k);
                    let quotient = mul_div::<V, R>(a.get(k), b.get(k), c.maximum(one));
                    to.set(k, V::select(zero.less(c), quotient, zero));
                }));
            }
            Op::InputAt { .. } | Op::Foresee { .. } | Op::Lookup { .. } => {}
            Op::Record { .. } | Op::SkipUnlessAny { .. } | Op::SkipIfNothingDue { .. } | Op::PayIntoOrSkip { .. } => {}
        }
    }
}

/// b == 0 ? `if_zero` : R(a * scale / b), any signs.
#[inline(always)]
unsafe fn divide<V: Lanes, R: RoundingRule>(a: V, scale: V, b: V, if_zero: V) -> V {
    unsafe {
        let zero = V::splat(0.0);
        let is_zero = b.equal(zero);
        let divisor = V::select(is_zero, V::splat(1.0), b.abs());
        let signed = V::select(b.less(zero), zero.sub(a), a);
        V::select(is_zero, if_zero, mul_div::<V, R>(signed, scale, divisor))
    }
}

#[inline(always)]
unsafe fn compare<V: Lanes, const L: usize>(view: View, to: Slot, a: Slot, b: Slot, relation: Relation) {
    unsafe {
        let (to, a, b) = (view.at(to), view.at(a), view.at(b));
        each!(V, k => {
            let (a, b) = (a.get::<V>(k), b.get::<V>(k));
            let holds = match relation {
                Relation::Less => a.less(b),
                Relation::LessOrEqual => a.less_equal(b),
                Relation::Greater => b.less(a),
                Relation::GreaterOrEqual => b.less_equal(a),
                Relation::Equal => a.equal(b),
                Relation::NotEqual => V::mask_not(a.equal(b)),
            };
            to.set(k, V::to_flag(holds));
        });
    }
}

/// The first date on which a scenario left the range stays.
#[inline(always)]
unsafe fn mark_overflow<V: Lanes>(overflow: Values, k: usize, outside: V::Mask, t: V) {
    unsafe {
        let known = overflow.get::<V>(k);
        overflow.set(k, V::select(outside, known.minimum(t), known));
    }
}
