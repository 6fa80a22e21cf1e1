//! The interpreter: for each date, for each operation, one straight loop over the lanes of a block.
//!
//! One source serves every CPU: it is written over [`Lanes`] and run through [`crate::lanes::dispatch`].
//!
//! SAFETY of every block here: [`Interpreter::new`] has checked that each slot, parameter, group and series of the program exists
//! (`Program::check`), each slot's pointer leads to [`LANES`] values that live as long as the block and the tile, input
//! rows are only read, and the caller of [`Kernel::run`] guarantees the CPU's features.
#![allow(unsafe_code)]

use crate::basics::Rounding;
use crate::formula::Relation;
use crate::lanes::{Down, HalfEven, HalfUp, Kernel, Lanes, RoundingRule, mul_div, mul_div_constant, mul_div_unsigned, in_range};
use crate::plan::{Op, ProRata, Program, Slot};

use super::block::{Block, LANES, Tile};
use super::output::Columns;
use super::test::run_test;

/// A program, a block's state, its inputs and where its records go: ready to walk through the dates.
pub struct Interpreter<'a> {
    program: &'a Program,
    pointers: Vec<*mut f64>,
    tile: &'a Tile,
    /// The block's first column within the tile.
    first_in_tile: usize,
    output: Columns<'a>,
}

impl<'a> Interpreter<'a> {
    /// Ready to run one block; `program` has been checked.
    pub fn new(program: &'a Program, block: &'a mut Block, tile: &'a Tile, first_in_tile: usize, output: Columns<'a>) -> Self {
        block.reset();
        Interpreter { program, pointers: block.pointers(), tile, first_in_tile, output }
    }

    fn begin_date(&mut self, t: usize) {
        for input in 0..self.program.n_inputs {
            let row = &self.tile.row(input, t)[self.first_in_tile..self.first_in_tile + LANES];
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
    #[inline(always)]
    pub(super) unsafe fn load<V: Lanes>(self, slot: Slot, k: usize) -> V {
        unsafe { V::load(self.pointers.get_unchecked(slot.index()).add(k)) }
    }

    #[inline(always)]
    pub(super) unsafe fn store<V: Lanes>(self, slot: Slot, k: usize, value: V) {
        unsafe { value.store(self.pointers.get_unchecked(slot.index()).add(k)) }
    }

    #[inline(always)]
    unsafe fn param(self, index: u16) -> f64 {
        unsafe { *self.params.get_unchecked(usize::from(index)) }
    }
}

/// `each!(V, k => body)`: the body for every vector of the block.
macro_rules! each {
    ($vector:ident, $k:ident => $body:expr) => {{
        let mut $k = 0;
        while $k < LANES {
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

impl Kernel for &mut Interpreter<'_> {
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
                        if unsafe { !any_not_zero::<V>(view, of) } {
                            at += usize::from(n);
                        }
                    }
                    Op::Record { series, value } => {
                        let pointer = self.pointers[value.index()];
                        let row = unsafe { std::slice::from_raw_parts(pointer, LANES) };
                        self.output.write(usize::from(series.0), t, row);
                    }
                    _ => unsafe { execute::<V>(program, op, view, t) },
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn any_not_zero<V: Lanes>(view: View, slot: Slot) -> bool {
    unsafe {
        let zero = V::splat(0.0);
        let mut greatest = V::splat(0.0);
        each!(V, k => greatest = greatest.maximum(view.load::<V>(slot, k).abs()));
        V::any(zero.less(greatest))
    }
}

/// One operation over the block.
#[inline(always)]
unsafe fn execute<V: Lanes>(program: &Program, op: &Op, view: View, t: usize) {
    unsafe {
        match *op {
            Op::Constant { to, value } => {
                let value = V::splat(view.param(value.0));
                each!(V, k => view.store(to, k, value));
            }
            Op::Copy { to, from } => each!(V, k => view.store(to, k, view.load::<V>(from, k))),
            Op::Add { to, a, b } => each!(V, k => view.store(to, k, view.load::<V>(a, k).add(view.load(b, k)))),
            Op::AddConstant { to, a, value } => {
                let value = V::splat(view.param(value.0));
                each!(V, k => view.store(to, k, view.load::<V>(a, k).add(value)));
            }
            Op::Subtract { to, a, b } => each!(V, k => view.store(to, k, view.load::<V>(a, k).sub(view.load(b, k)))),
            Op::Minimum { to, a, b } => each!(V, k => view.store(to, k, view.load::<V>(a, k).minimum(view.load(b, k)))),
            Op::Maximum { to, a, b } => each!(V, k => view.store(to, k, view.load::<V>(a, k).maximum(view.load(b, k)))),
            Op::Absolute { to, a } => each!(V, k => view.store(to, k, view.load::<V>(a, k).abs())),
            Op::Product { to, a, b } => {
                // Adding zero turns a negative zero into +0.
                let zero = V::splat(0.0);
                each!(V, k => view.store(to, k, view.load::<V>(a, k).mul(view.load(b, k)).add(zero)));
            }
            Op::Scale { to, a, factor } => {
                let (n, d) = (V::splat(view.param(factor.first.0)), V::splat(view.param(factor.first.0 + 1)));
                let inverse = V::splat(view.param(factor.first.0 + 2));
                rounded!(program.rounding, R => if factor.small {
                    each!(V, k => view.store(to, k, mul_div_constant::<V, R>(view.load(a, k), n, d, inverse)));
                } else {
                    each!(V, k => view.store(to, k, mul_div_unsigned::<V, R>(view.load(a, k), n, d)));
                });
            }
            Op::Accrue { balance, due, accrued, factor } => {
                let (n, d) = (V::splat(view.param(factor.first.0)), V::splat(view.param(factor.first.0 + 1)));
                let inverse = V::splat(view.param(factor.first.0 + 2));
                rounded!(program.rounding, R => if factor.small {
                    each!(V, k => {
                        let interest = mul_div_constant::<V, R>(view.load(balance, k), n, d, inverse);
                        view.store(accrued, k, interest);
                        view.store(due, k, view.load::<V>(due, k).add(interest));
                    });
                } else {
                    each!(V, k => {
                        let interest = mul_div_unsigned::<V, R>(view.load(balance, k), n, d);
                        view.store(accrued, k, interest);
                        view.store(due, k, view.load::<V>(due, k).add(interest));
                    });
                });
            }
            Op::MulDiv { to, a, b, divisor } => {
                let c = V::splat(view.param(divisor.0));
                rounded!(program.rounding, R => each!(V, k => view.store(to, k, mul_div::<V, R>(view.load(a, k), view.load(b, k), c))));
            }
            Op::Divide { to, a, b, scale, if_zero } => {
                let scale = V::splat(view.param(scale.0));
                rounded!(program.rounding, R => each!(V, k => {
                    let quotient = divide::<V, R>(view.load(a, k), scale, view.load(b, k), view.load(if_zero, k));
                    view.store(to, k, quotient);
                }));
            }
            Op::Compare { to, a, b, relation } => compare::<V>(view, to, a, b, relation),
            Op::Select { to, flag, a, b } => each!(V, k => {
                let flag = V::from_flag(view.load(flag, k));
                view.store(to, k, V::select(flag, view.load::<V>(a, k), view.load(b, k)));
            }),
            Op::Not { to, flag } => {
                let one = V::splat(1.0);
                each!(V, k => view.store(to, k, one.sub(view.load(flag, k))));
            }
            Op::Excess { to, a, floor } => {
                let (floor, zero) = (V::splat(view.param(floor.0)), V::splat(0.0));
                each!(V, k => view.store(to, k, view.load::<V>(a, k).sub(floor).maximum(zero)));
            }
            Op::CheckRange { value } => {
                let (overflow, t) = (program.overflow.unwrap_unchecked(), V::splat(t as f64));
                each!(V, k => mark_overflow::<V>(view, overflow, k, V::mask_not(in_range(view.load::<V>(value, k))), t));
            }
            Op::CheckRangeIf { value, flag } => {
                let (overflow, t) = (program.overflow.unwrap_unchecked(), V::splat(t as f64));
                each!(V, k => {
                    let outside = V::mask_not(in_range(view.load::<V>(value, k)));
                    mark_overflow::<V>(view, overflow, k, V::mask_and(outside, V::from_flag(view.load(flag, k))), t);
                });
            }
            Op::Pay { from, due } => each!(V, k => {
                let (cash, owed) = (view.load::<V>(from, k), view.load::<V>(due, k));
                let paid = cash.minimum(owed);
                view.store(from, k, cash.sub(paid));
                view.store(due, k, owed.sub(paid));
            }),
            Op::PayInto { from, due, total } => each!(V, k => {
                let (cash, owed) = (view.load::<V>(from, k), view.load::<V>(due, k));
                let paid = cash.minimum(owed);
                view.store(from, k, cash.sub(paid));
                view.store(due, k, owed.sub(paid));
                view.store(total, k, view.load::<V>(total, k).add(paid));
            }),
            Op::PayDown { from, balance, floor } => {
                let (floor, zero) = (V::splat(view.param(floor.0)), V::splat(0.0));
                each!(V, k => {
                    let (cash, outstanding) = (view.load::<V>(from, k), view.load::<V>(balance, k));
                    let paid = cash.minimum(outstanding.sub(floor).maximum(zero));
                    view.store(from, k, cash.sub(paid));
                    view.store(balance, k, outstanding.sub(paid));
                });
            }
            Op::PayDownInto { from, balance, floor, flow } => {
                let (floor, zero) = (V::splat(view.param(floor.0)), V::splat(0.0));
                each!(V, k => {
                    let (cash, outstanding) = (view.load::<V>(from, k), view.load::<V>(balance, k));
                    let paid = cash.minimum(outstanding.sub(floor).maximum(zero));
                    view.store(from, k, cash.sub(paid));
                    view.store(balance, k, outstanding.sub(paid));
                    view.store(flow, k, view.load::<V>(flow, k).add(paid));
                });
            }
            Op::Fill { from, to, target } => {
                let (target, zero) = (V::splat(view.param(target.0)), V::splat(0.0));
                each!(V, k => {
                    let (cash, held) = (view.load::<V>(from, k), view.load::<V>(to, k));
                    let moved = cash.minimum(target.sub(held).maximum(zero));
                    view.store(from, k, cash.sub(moved));
                    view.store(to, k, held.add(moved));
                });
            }
            Op::Release { from, to, target } => {
                let (target, zero) = (V::splat(view.param(target.0)), V::splat(0.0));
                each!(V, k => {
                    let held = view.load::<V>(from, k);
                    let moved = held.sub(target).maximum(zero);
                    view.store(from, k, held.sub(moved));
                    view.store(to, k, view.load::<V>(to, k).add(moved));
                });
            }
            Op::MoveAll { from, to } => {
                let zero = V::splat(0.0);
                each!(V, k => {
                    view.store(to, k, view.load::<V>(to, k).add(view.load(from, k)));
                    view.store(from, k, zero);
                });
            }
            Op::MoveAllIf { from, to, flag } => each!(V, k => {
                let cash = view.load::<V>(from, k);
                let moved = cash.mul(view.load(flag, k));
                view.store(from, k, cash.sub(moved));
                view.store(to, k, view.load::<V>(to, k).add(moved));
            }),
            Op::ProRata { group } => {
                let pro_rata = &program.pro_ratas[usize::from(group.0)];
                rounded!(program.rounding, R => each!(V, k => apportion::<V, R>(pro_rata, view, k)));
            }
            Op::RunTest { group } => {
                let test = &program.tests[usize::from(group.0)];
                rounded!(program.rounding, R => run_test::<V, R>(test, view, t));
            }
            Op::Peak { peak, a } => each!(V, k => view.store(peak, k, view.load::<V>(peak, k).maximum(view.load(a, k)))),
            Op::PeakExcess { peak, balance, floor } => {
                let floor = V::splat(view.param(floor.0));
                each!(V, k => view.store(peak, k, view.load::<V>(peak, k).maximum(view.load::<V>(balance, k).sub(floor))));
            }
            Op::WeightByYears { sum, amount, years } => {
                let years = V::splat(view.param(years.0));
                each!(V, k => view.store(sum, k, view.load::<V>(sum, k).add(view.load::<V>(amount, k).mul(years))));
            }
            Op::Record { .. } | Op::SkipUnlessAny { .. } | Op::SkipIfNothingDue { .. } => {}
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
unsafe fn compare<V: Lanes>(view: View, to: Slot, a: Slot, b: Slot, relation: Relation) {
    unsafe {
        each!(V, k => {
            let (a, b) = (view.load::<V>(a, k), view.load::<V>(b, k));
            let holds = match relation {
                Relation::Less => a.less(b),
                Relation::LessOrEqual => a.less_equal(b),
                Relation::Greater => b.less(a),
                Relation::GreaterOrEqual => b.less_equal(a),
                Relation::Equal => a.equal(b),
                Relation::NotEqual => V::mask_not(a.equal(b)),
            };
            view.store(to, k, V::to_flag(holds));
        });
    }
}

/// The first date on which a scenario left the range stays.
#[inline(always)]
unsafe fn mark_overflow<V: Lanes>(view: View, overflow: Slot, k: usize, outside: V::Mask, t: V) {
    unsafe {
        let known = view.load::<V>(overflow, k);
        view.store(overflow, k, V::select(outside, known.minimum(t), known));
    }
}

/// `paid_i = R(A*C_i/D) - R(A*C_(i-1)/D)`, A = min(available, D).
#[inline(always)]
unsafe fn apportion<V: Lanes, R: RoundingRule>(pro_rata: &ProRata, view: View, k: usize) {
    unsafe {
        let mut total = V::splat(0.0);
        for request in &pro_rata.requests {
            total = total.add(view.load(*request, k));
        }
        let amount = view.load::<V>(pro_rata.available, k).minimum(total);
        let divisor = total.maximum(V::splat(1.0));
        let (mut running, mut before) = (V::splat(0.0), V::splat(0.0));
        for (request, paid) in pro_rata.requests.iter().zip(&pro_rata.paid) {
            running = running.add(view.load(*request, k));
            let up_to = mul_div_unsigned::<V, R>(amount, running, divisor);
            view.store(*paid, k, up_to.sub(before));
            before = up_to;
        }
    }
}
