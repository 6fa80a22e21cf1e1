//! Safe forms over slices, for tests, doors and tools; the engine's block loop calls the lanes itself.

use super::{
    Cpu, Down, HalfEven, HalfUp, Kernel, Lanes, RoundingRule, compare_products, dispatch, is_product_less, mul_div,
    mul_div_constant, mul_div_constant_signed, quantise_lanes,
};
use crate::basics::Rounding;

/// No vector here is wider.
const WIDEST: usize = 8;

/// One operation on up to four vectors.
trait Operation: Copy {
    unsafe fn apply<V: Lanes>(self, inputs: [V; 4]) -> V;
}

/// Applies an operation to four slices, the last vector padded with ones.
struct OverSlices<'a, O> {
    operation: O,
    inputs: [&'a [f64]; 4],
    out: &'a mut [f64],
}

impl<O: Operation> Kernel for OverSlices<'_, O> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let OverSlices { operation, inputs, out } = self;
        let length = out.len();
        assert!(inputs.iter().all(|input| input.len() == length), "slices of one length");
        let whole = length - length % V::N;
        for start in (0..whole).step_by(V::N) {
            // SAFETY: `start + V::N <= whole`, within all slices; the features are the caller's guarantee.
            unsafe {
                apply_at::<V, O>(operation, inputs.map(|input| input.as_ptr().add(start)), out.as_mut_ptr().add(start))
            };
        }
        let mut padded = [[1.0; WIDEST]; 4];
        for (buffer, input) in padded.iter_mut().zip(inputs) {
            buffer[..length - whole].copy_from_slice(&input[whole..]);
        }
        let mut last = [0.0; WIDEST];
        // SAFETY: the buffers hold at least `V::N` values; the features are the caller's guarantee.
        unsafe { apply_at::<V, O>(operation, [0, 1, 2, 3].map(|input| padded[input].as_ptr()), last.as_mut_ptr()) };
        out[whole..].copy_from_slice(&last[..length - whole]);
    }
}

/// Loads, applies, stores.
#[inline(always)]
unsafe fn apply_at<V: Lanes, O: Operation>(operation: O, inputs: [*const f64; 4], out: *mut f64) {
    let [a, b, c, d] = inputs;
    // SAFETY: the caller's guarantees.
    unsafe { operation.apply([V::load(a), V::load(b), V::load(c), V::load(d)]).store(out) }
}

/// Names an operation for a rounding rule and runs it: the one place where the rule becomes a type.
macro_rules! dispatch_by_rule {
    ($cpu:expr, $rounding:expr, |$rule:ident| $operation:expr, $inputs:expr, $out:expr) => {
        match $rounding {
            Rounding::HalfUp => {
                let $rule = HalfUp;
                dispatch($cpu, OverSlices { operation: $operation, inputs: $inputs, out: $out })
            }
            Rounding::HalfEven => {
                let $rule = HalfEven;
                dispatch($cpu, OverSlices { operation: $operation, inputs: $inputs, out: $out })
            }
            Rounding::Down => {
                let $rule = Down;
                dispatch($cpu, OverSlices { operation: $operation, inputs: $inputs, out: $out })
            }
        }
    };
}

#[derive(Copy, Clone)]
struct MulDiv<R>(R);

impl<R: RoundingRule> Operation for MulDiv<R> {
    #[inline(always)]
    unsafe fn apply<V: Lanes>(self, [a, b, c, _]: [V; 4]) -> V {
        // SAFETY: the caller's guarantee.
        unsafe { mul_div::<V, R>(a, b, c) }
    }
}

/// [`mul_div`] over slices: `out[i] = R(a[i]·b[i] / c[i])`.
///
/// # Panics
///
/// If the slices differ in length, or this machine cannot run `cpu`.
pub fn mul_div_slices(cpu: Cpu, rounding: Rounding, a: &[f64], b: &[f64], c: &[f64], out: &mut [f64]) {
    dispatch_by_rule!(cpu, rounding, |rule| MulDiv(rule), [a, b, c, c], out);
}

/// The constants of a product with a reciprocal.
#[derive(Copy, Clone)]
struct MulDivConstant<R> {
    _rule: R,
    b: f64,
    c: f64,
}

impl<R: RoundingRule> Operation for MulDivConstant<R> {
    #[inline(always)]
    unsafe fn apply<V: Lanes>(self, [a, ..]: [V; 4]) -> V {
        // SAFETY: the caller's guarantee.
        unsafe { mul_div_constant::<V, R>(a, V::splat(self.b), V::splat(self.c), V::splat(1.0 / self.c)) }
    }
}

/// [`mul_div_constant`] over slices: `out[i] = R(a[i]·b / c)` for values of no sign, exact where below 2^49.
///
/// # Panics
///
/// If the slices differ in length, or this machine cannot run `cpu`.
pub fn mul_div_constant_slices(cpu: Cpu, rounding: Rounding, a: &[f64], b: f64, c: f64, out: &mut [f64]) {
    dispatch_by_rule!(cpu, rounding, |rule| MulDivConstant { _rule: rule, b, c }, [a; 4], out);
}

/// The same, for any sign and size.
#[derive(Copy, Clone)]
struct MulDivConstantSigned<R>(MulDivConstant<R>);

impl<R: RoundingRule> Operation for MulDivConstantSigned<R> {
    #[inline(always)]
    unsafe fn apply<V: Lanes>(self, [a, ..]: [V; 4]) -> V {
        let MulDivConstant { b, c, .. } = self.0;
        // SAFETY: the caller's guarantee.
        unsafe { mul_div_constant_signed::<V, R>(a, V::splat(b), V::splat(c), V::splat(1.0 / c)) }
    }
}

/// [`mul_div_constant_signed`] over slices: `out[i] = R(a[i]·b / c)`.
///
/// # Panics
///
/// If the slices differ in length, or this machine cannot run `cpu`.
pub fn mul_div_constant_signed_slices(cpu: Cpu, rounding: Rounding, a: &[f64], b: f64, c: f64, out: &mut [f64]) {
    dispatch_by_rule!(cpu, rounding, |rule| MulDivConstantSigned(MulDivConstant { _rule: rule, b, c }), [a; 4], out);
}

/// [`compare_products`] as a value: -1, 0 or 1.
#[derive(Copy, Clone)]
struct Compare;

impl Operation for Compare {
    #[inline(always)]
    unsafe fn apply<V: Lanes>(self, [a, b, c, d]: [V; 4]) -> V {
        // SAFETY: the caller's guarantee.
        unsafe {
            let (less, equal) = compare_products(a, b, c, d);
            V::select(less, V::splat(-1.0), V::select(equal, V::splat(0.0), V::splat(1.0)))
        }
    }
}

/// Compares `a[i]·b[i]` with `c[i]·d[i]` exactly: -1 for less, 0 for equal, 1 for greater.
///
/// # Panics
///
/// If the slices differ in length, or this machine cannot run `cpu`.
pub fn compare_products_slices(cpu: Cpu, a: &[f64], b: &[f64], c: &[f64], d: &[f64], out: &mut [f64]) {
    dispatch(cpu, OverSlices { operation: Compare, inputs: [a, b, c, d], out });
}

/// [`is_product_less`] as a value: 1 or 0.
#[derive(Copy, Clone)]
struct IsLess;

impl Operation for IsLess {
    #[inline(always)]
    unsafe fn apply<V: Lanes>(self, [a, b, c, d]: [V; 4]) -> V {
        // SAFETY: the caller's guarantee.
        unsafe { V::to_flag(is_product_less(a, b, c, d)) }
    }
}

/// Whether `a[i]·b[i] < c[i]·d[i]`, exactly: 1 or 0.
///
/// # Panics
///
/// If the slices differ in length, or this machine cannot run `cpu`.
pub fn is_product_less_slices(cpu: Cpu, a: &[f64], b: &[f64], c: &[f64], d: &[f64], out: &mut [f64]) {
    dispatch(cpu, OverSlices { operation: IsLess, inputs: [a, b, c, d], out });
}

/// [`quantise_lanes`] as an operation.
#[derive(Copy, Clone)]
struct Quantise(f64);

impl Operation for Quantise {
    #[inline(always)]
    unsafe fn apply<V: Lanes>(self, [a, ..]: [V; 4]) -> V {
        // SAFETY: the caller's guarantee.
        unsafe { quantise_lanes(a, V::splat(self.0)) }
    }
}

/// [`quantise`](super::quantise) over slices.
///
/// # Panics
///
/// If the slices differ in length, or this machine cannot run `cpu`.
pub fn quantise_slices(cpu: Cpu, x: &[f64], scale: f64, out: &mut [f64]) {
    dispatch(cpu, OverSlices { operation: Quantise(scale), inputs: [x; 4], out });
}
