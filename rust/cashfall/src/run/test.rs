//! One reading of a test: comparison, state, counters and what is kept of the ratio.
//!
//! SAFETY of every block here: as in [`super::interpret`].
#![allow(unsafe_code)]

use crate::basics::NUMBER_SCALE;
use crate::lanes::{LIMIT, Lanes, RoundingRule, compare_products, mul_div};
use crate::plan::{Direction, TestSlots, Undefined};

use super::block::LANES;
use super::interpret::{View, each};

#[inline(always)]
pub(super) unsafe fn run_test<V: Lanes, R: RoundingRule>(test: &TestSlots, view: View, t: usize) {
    unsafe {
        match (test.counter, test.level == test.cure_level && !test.sticky) {
            (None, true) => each!(V, k => simple_reading::<V, R>(test, view, k, t)),
            _ => each!(V, k => reading::<V, R>(test, view, k, t)),
        }
    }
}

/// One result is enough both ways and there is one level: the state is the result.
#[inline(always)]
unsafe fn simple_reading<V: Lanes, R: RoundingRule>(test: &TestSlots, view: View, k: usize, t: usize) {
    unsafe {
        let (numerator, denominator) = (view.load::<V>(test.numerator, k), view.load::<V>(test.denominator, k));
        let undefined = denominator.less_equal(V::splat(0.0));
        let passed = passes(test, numerator, denominator, V::splat(test.level as f64));
        let failed = V::mask_not(passed);
        let failing = match test.undefined {
            Undefined::Pass => V::mask_and(failed, V::mask_not(undefined)),
            Undefined::Fail => V::mask_or(failed, undefined),
            Undefined::Hold => {
                let before = V::from_flag(view.load(test.failing, k));
                V::mask_or(V::mask_and(undefined, before), V::mask_and(failed, V::mask_not(undefined)))
            }
        };
        view.store(test.failing, k, V::to_flag(failing));
        keep::<V, R>(test, view, k, t, numerator, denominator, undefined, failing);
    }
}

/// The whole state machine.
#[inline(always)]
unsafe fn reading<V: Lanes, R: RoundingRule>(test: &TestSlots, view: View, k: usize, t: usize) {
    unsafe {
        let (numerator, denominator) = (view.load::<V>(test.numerator, k), view.load::<V>(test.denominator, k));
        let undefined = denominator.less_equal(V::splat(0.0));
        let before = V::from_flag(view.load(test.failing, k));
        let threshold = V::select(before, V::splat(test.cure_level as f64), V::splat(test.level as f64));
        let passed = passes(test, numerator, denominator, threshold);
        let (passed, held) = match test.undefined {
            Undefined::Pass => (V::mask_or(passed, undefined), V::mask_and(undefined, V::mask_not(undefined))),
            Undefined::Fail => (V::mask_and(passed, V::mask_not(undefined)), V::mask_and(undefined, V::mask_not(undefined))),
            Undefined::Hold => (passed, undefined),
        };
        let cures = if test.sticky { V::mask_and(before, V::mask_not(before)) } else { V::mask_and(before, passed) };
        let enters = V::mask_and(V::mask_not(before), V::mask_not(passed));
        let changes = V::mask_and(V::mask_or(cures, enters), V::mask_not(held));
        let (flips, counter) = match test.counter {
            None => (changes, None),
            Some(slot) => {
                let (zero, known) = (V::splat(0.0), view.load::<V>(slot, k));
                let counted = V::select(changes, known.add(V::splat(1.0)), zero);
                let needed = V::select(before, V::splat(test.cure_after as f64), V::splat(test.enter_after as f64));
                let flips = V::mask_and(changes, needed.less_equal(counted));
                let counted = V::select(flips, zero, counted);
                (flips, Some((slot, V::select(held, known, counted))))
            }
        };
        if let Some((slot, counter)) = counter {
            view.store(slot, k, counter);
        }
        let failing = V::mask_or(V::mask_and(before, V::mask_not(flips)), V::mask_and(flips, V::mask_not(before)));
        view.store(test.failing, k, V::to_flag(failing));
        keep::<V, R>(test, view, k, t, numerator, denominator, undefined, failing);
    }
}

/// Exact: at least passes when numerator * 1e9 >= threshold * denominator.
#[inline(always)]
unsafe fn passes<V: Lanes>(test: &TestSlots, numerator: V, denominator: V, threshold: V) -> V::Mask {
    unsafe {
        let (less, equal) = compare_products(numerator, V::splat(NUMBER_SCALE as f64), threshold, denominator);
        match test.direction {
            Direction::AtLeast => V::mask_not(less),
            Direction::AtMost => V::mask_or(less, equal),
        }
    }
}

/// The recorded value, the worst ratio and the breach dates, as far as they are wanted.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
unsafe fn keep<V: Lanes, R: RoundingRule>(test: &TestSlots, view: View, k: usize, t: usize, numerator: V, denominator: V, undefined: V::Mask, failing: V::Mask) {
    unsafe {
        if let Some((worst_numerator, worst_denominator)) = test.worst {
            let (n, d) = (view.load::<V>(worst_numerator, k), view.load::<V>(worst_denominator, k));
            let (less, equal) = compare_products(numerator, d, n, denominator);
            let worse = match test.direction {
                Direction::AtLeast => less,
                Direction::AtMost => V::mask_not(V::mask_or(less, equal)),
            };
            let worse = V::mask_and(worse, V::mask_not(undefined));
            view.store(worst_numerator, k, V::select(worse, numerator, n));
            view.store(worst_denominator, k, V::select(worse, denominator, d));
        }
        if let Some(slot) = test.n_breach_dates {
            view.store(slot, k, view.load::<V>(slot, k).add(V::to_flag(failing)));
        }
        if let Some(slot) = test.first_breach {
            let known = view.load::<V>(slot, k);
            let first = V::mask_and(failing, known.less(V::splat(0.0)));
            view.store(slot, k, V::select(first, V::splat(t as f64), known));
        }
        if let Some(slot) = test.value {
            view.store(slot, k, ratio::<V, R>(numerator, denominator, undefined));
        }
    }
}

/// `mul_div(numerator, 1e9, denominator)`: infinite with its sign if out of range, NaN if undefined.
#[inline(always)]
unsafe fn ratio<V: Lanes, R: RoundingRule>(numerator: V, denominator: V, undefined: V::Mask) -> V {
    unsafe {
        let value = mul_div::<V, R>(numerator, V::splat(NUMBER_SCALE as f64), denominator.maximum(V::splat(1.0)));
        let too_great = V::splat(LIMIT).less_equal(value.abs());
        let infinite = V::splat(f64::INFINITY).copy_sign(value);
        V::select(undefined, V::splat(f64::NAN), V::select(too_great, infinite, value))
    }
}
