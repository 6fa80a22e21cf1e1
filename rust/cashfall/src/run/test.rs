//! One reading of a test: comparison, state, counters and what is kept of the ratio, each in a loop of its own.
//!
//! SAFETY of every block here: as in [`super::interpret`].
#![allow(unsafe_code, reason = "slots are rows of one block: see SAFETY at each")]

use crate::basics::NUMBER_SCALE;
use crate::lanes::{LIMIT, Lanes, RoundingRule, compare_products, is_product_less, mul_div};
use crate::plan::{Direction, Param, PlainTest, Slot, TestSlots, Threshold, Undefined};

use super::interpret::{Values, View, each};

#[inline(always)]
pub(super) unsafe fn run_test<V: Lanes, R: RoundingRule, const L: usize>(test: &TestSlots, view: View, t: usize) {
    unsafe {
        let (numerator, denominator, failing) =
            (view.at(test.numerator), view.at(test.denominator), view.at(test.failing));
        let level = Ratio::<V>::new(test.level);
        match test.counter {
            None if test.level == test.cure_level
                && !test.sticky
                && test.small_products
                && test.undefined == Undefined::Pass =>
            {
                each!(V, k => plain_reading::<V>(test.direction, numerator.get(k), denominator.get(k), failing, k, level));
            }
            None if test.level == test.cure_level && !test.sticky => {
                each!(V, k => simple_reading::<V>(test, numerator.get(k), denominator.get(k), failing, k, level));
            }
            counter => {
                let (cure, counter) = (Ratio::<V>::new(test.cure_level), counter.map(|slot| view.at(slot)));
                each!(V, k => reading::<V>(test, numerator.get(k), denominator.get(k), failing, k, (level, cure), counter));
            }
        }
        if let Some((worst_numerator, worst_denominator)) = test.worst {
            keep_worst::<V, L>(
                test.direction,
                numerator,
                denominator,
                view.at(worst_numerator),
                view.at(worst_denominator),
            );
        }
        keep_breaches::<V, L>(test, view, failing, t);
        if let Some(slot) = test.value {
            keep_value::<V, R, L>(view, slot, numerator, denominator);
        }
    }
}

/// A plain test with its measure: the state, the worst ratio and the breaches in one loop.
#[inline(always)]
pub(super) unsafe fn run_plain_test<V: Lanes, const L: usize>(test: &PlainTest, view: View, t: usize) {
    unsafe {
        match test.direction {
            Direction::AtLeast => plain_test_of::<V, L, true>(test, view),
            Direction::AtMost => plain_test_of::<V, L, false>(test, view),
        }
        if let Some(slot) = test.first_breach {
            keep_first_breach::<V, L>(view.at(slot), view.at(test.failing), t);
        }
    }
}

#[inline(always)]
unsafe fn plain_test_of<V: Lanes, const L: usize, const AT_LEAST: bool>(test: &PlainTest, view: View) {
    unsafe {
        let unused = view.at(test.failing);
        match (test.less.map(|slot| view.at(slot)), test.passing.map(|slot| view.at(slot))) {
            (Some(less), Some(passing)) => plain_loop::<V, L, AT_LEAST, true, true>(test, view, less, passing),
            (Some(less), None) => plain_loop::<V, L, AT_LEAST, true, false>(test, view, less, unused),
            (None, Some(passing)) => plain_loop::<V, L, AT_LEAST, false, true>(test, view, unused, passing),
            (None, None) => plain_loop::<V, L, AT_LEAST, false, false>(test, view, unused, unused),
        }
    }
}

#[inline(always)]
unsafe fn plain_loop<V: Lanes, const L: usize, const AT_LEAST: bool, const NET: bool, const BOTH: bool>(
    test: &PlainTest,
    view: View,
    less: Values,
    passing: Values,
) {
    unsafe {
        let constant = |param: Option<Param>| param.map_or(0.0, |param| view.param(param.0));
        let (first, b, failing) = (view.at(test.numerator), view.at(test.denominator), view.at(test.failing));
        let (plus, b_plus) = (V::splat(constant(test.numerator_plus)), V::splat(constant(test.denominator_plus)));
        let (worst_n, worst_d, count) = (view.at(test.worst.0), view.at(test.worst.1), view.at(test.n_breach_dates));
        let (level, zero) = (Ratio::<V>::new(test.level), V::splat(0.0));
        each!(V, k => {
            let a = first.get::<V>(k);
            let numerator = if NET { a.sub(less.get(k)).add(plus) } else { a.add(plus) };
            let denominator = b.get::<V>(k).add(b_plus);
            let (left, right) = (numerator.mul(level.denominator), level.numerator.mul(denominator));
            let failed = if AT_LEAST { left.less(right) } else { right.less(left) };
            let defined = zero.less(denominator);
            let flag = V::to_flag(V::mask_and(failed, defined));
            failing.set(k, flag);
            if BOTH {
                passing.set(k, V::splat(1.0).sub(flag));
            }
            count.set(k, count.get::<V>(k).add(flag));
            let (n, d) = (worst_n.get::<V>(k), worst_d.get::<V>(k));
            let worse = V::mask_and(is_worse::<V, AT_LEAST>(numerator, denominator, n, d), defined);
            worst_n.set(k, V::select(worse, numerator, n));
            worst_d.set(k, V::select(worse, denominator, d));
        });
    }
}

/// A threshold in lanes.
#[derive(Clone, Copy)]
struct Ratio<V> {
    numerator: V,
    denominator: V,
}

impl<V: Lanes> Ratio<V> {
    #[inline(always)]
    unsafe fn new(threshold: Threshold) -> Self {
        unsafe {
            Ratio {
                numerator: V::splat(threshold.numerator as f64),
                denominator: V::splat(threshold.denominator as f64),
            }
        }
    }
}

/// The commonest kind: plain products are exact, and an undefined ratio passes.
#[inline(always)]
unsafe fn plain_reading<V: Lanes>(
    direction: Direction,
    numerator: V,
    denominator: V,
    state: Values,
    k: usize,
    level: Ratio<V>,
) {
    unsafe {
        let (left, right) = (numerator.mul(level.denominator), level.numerator.mul(denominator));
        let failed = match direction {
            Direction::AtLeast => left.less(right),
            Direction::AtMost => right.less(left),
        };
        state.set(k, V::to_flag(V::mask_and(failed, V::splat(0.0).less(denominator))));
    }
}

/// One result is enough both ways and there is one level: the state is the result.
#[inline(always)]
unsafe fn simple_reading<V: Lanes>(
    test: &TestSlots,
    numerator: V,
    denominator: V,
    state: Values,
    k: usize,
    level: Ratio<V>,
) {
    unsafe {
        let undefined = denominator.less_equal(V::splat(0.0));
        let failed = V::mask_not(passes(test, numerator, denominator, level));
        let failing = match test.undefined {
            Undefined::Pass => V::mask_and(failed, V::mask_not(undefined)),
            Undefined::Fail => V::mask_or(failed, undefined),
            Undefined::Hold => {
                let before = V::from_flag(state.get(k));
                V::mask_or(V::mask_and(undefined, before), V::mask_and(failed, V::mask_not(undefined)))
            }
        };
        state.set(k, V::to_flag(failing));
    }
}

/// The whole state machine.
#[inline(always)]
unsafe fn reading<V: Lanes>(
    test: &TestSlots,
    numerator: V,
    denominator: V,
    state: Values,
    k: usize,
    levels: (Ratio<V>, Ratio<V>),
    counter: Option<Values>,
) {
    unsafe {
        let undefined = denominator.less_equal(V::splat(0.0));
        let none = V::mask_and(undefined, V::mask_not(undefined));
        let before = V::from_flag(state.get(k));
        let threshold = Ratio {
            numerator: V::select(before, levels.1.numerator, levels.0.numerator),
            denominator: V::select(before, levels.1.denominator, levels.0.denominator),
        };
        let passed = passes(test, numerator, denominator, threshold);
        let (passed, held) = match test.undefined {
            Undefined::Pass => (V::mask_or(passed, undefined), none),
            Undefined::Fail => (V::mask_and(passed, V::mask_not(undefined)), none),
            Undefined::Hold => (passed, undefined),
        };
        let cures = if test.sticky { none } else { V::mask_and(before, passed) };
        let enters = V::mask_and(V::mask_not(before), V::mask_not(passed));
        let towards = V::mask_and(V::mask_or(cures, enters), V::mask_not(held));
        let flips = match counter {
            None => towards,
            Some(counter) => count::<V>(test, counter, k, before, towards, held),
        };
        let failing = V::mask_or(V::mask_and(before, V::mask_not(flips)), V::mask_and(flips, V::mask_not(before)));
        state.set(k, V::to_flag(failing));
    }
}

/// Count a result towards a change of state; where there are enough of them in a row.
#[inline(always)]
unsafe fn count<V: Lanes>(
    test: &TestSlots,
    counter: Values,
    k: usize,
    before: V::Mask,
    towards: V::Mask,
    held: V::Mask,
) -> V::Mask {
    unsafe {
        let (zero, known) = (V::splat(0.0), counter.get::<V>(k));
        let counted = V::select(towards, known.add(V::splat(1.0)), zero);
        let needed = V::select(before, V::splat(test.cure_after as f64), V::splat(test.enter_after as f64));
        let flips = V::mask_and(towards, needed.less_equal(counted));
        counter.set(k, V::select(held, known, V::select(flips, zero, counted)));
        flips
    }
}

/// Exact: at least passes when numerator / denominator >= threshold, by cross products.
#[inline(always)]
unsafe fn passes<V: Lanes>(test: &TestSlots, numerator: V, denominator: V, threshold: Ratio<V>) -> V::Mask {
    unsafe {
        if test.small_products {
            let (left, right) = (numerator.mul(threshold.denominator), threshold.numerator.mul(denominator));
            return match test.direction {
                Direction::AtLeast => right.less_equal(left),
                Direction::AtMost => left.less_equal(right),
            };
        }
        let (less, equal) = compare_products(numerator, threshold.denominator, threshold.numerator, denominator);
        match test.direction {
            Direction::AtLeast => V::mask_not(less),
            Direction::AtMost => V::mask_or(less, equal),
        }
    }
}

/// Where n / d is worse than the worst so far: below it where the test passes at or above its level.
#[inline(always)]
unsafe fn is_worse<V: Lanes, const AT_LEAST: bool>(n: V, d: V, worst_n: V, worst_d: V) -> V::Mask {
    unsafe { if AT_LEAST { is_product_less(n, worst_d, worst_n, d) } else { is_product_less(worst_n, d, n, worst_d) } }
}

/// Numerator and denominator of the worst ratio so far.
#[inline(always)]
unsafe fn keep_worst<V: Lanes, const L: usize>(
    direction: Direction,
    numerator: Values,
    denominator: Values,
    worst_numerator: Values,
    worst_denominator: Values,
) {
    unsafe {
        each!(V, k => {
            let (n, d) = (numerator.get::<V>(k), denominator.get::<V>(k));
            let (worst_n, worst_d) = (worst_numerator.get::<V>(k), worst_denominator.get::<V>(k));
            let worse = match direction {
                Direction::AtLeast => is_worse::<V, true>(n, d, worst_n, worst_d),
                Direction::AtMost => is_worse::<V, false>(n, d, worst_n, worst_d),
            };
            let worse = V::mask_and(worse, V::splat(0.0).less(d));
            worst_numerator.set(k, V::select(worse, n, worst_n));
            worst_denominator.set(k, V::select(worse, d, worst_d));
        });
    }
}

/// How often, and from when on, the test was failing.
#[inline(always)]
unsafe fn keep_breaches<V: Lanes, const L: usize>(test: &TestSlots, view: View, failing: Values, t: usize) {
    unsafe {
        if let Some(slot) = test.n_breach_dates {
            let n = view.at(slot);
            each!(V, k => n.set(k, n.get::<V>(k).add(failing.get(k))));
        }
        if let Some(slot) = test.first_breach {
            keep_first_breach::<V, L>(view.at(slot), failing, t);
        }
    }
}

/// The grid position of the first date on which the test was failing.
#[inline(always)]
unsafe fn keep_first_breach<V: Lanes, const L: usize>(first: Values, failing: Values, t: usize) {
    unsafe {
        let t = V::splat(t as f64);
        each!(V, k => {
            let known = first.get::<V>(k);
            let begins = V::mask_and(V::from_flag(failing.get(k)), known.less(V::splat(0.0)));
            first.set(k, V::select(begins, t, known));
        });
    }
}

/// `mul_div(numerator, 1e9, denominator)`: infinite with its sign if out of range, NaN if undefined.
#[inline(always)]
unsafe fn keep_value<V: Lanes, R: RoundingRule, const L: usize>(
    view: View,
    slot: Slot,
    numerator: Values,
    denominator: Values,
) {
    unsafe {
        let value = view.at(slot);
        each!(V, k => {
            let (n, d) = (numerator.get::<V>(k), denominator.get::<V>(k));
            let ratio = mul_div::<V, R>(n, V::splat(NUMBER_SCALE as f64), d.maximum(V::splat(1.0)));
            let too_great = V::splat(LIMIT).less_equal(ratio.abs());
            let ratio = V::select(too_great, V::splat(f64::INFINITY).copy_sign(ratio), ratio);
            value.set(k, V::select(d.less_equal(V::splat(0.0)), V::splat(f64::NAN), ratio));
        });
    }
}
