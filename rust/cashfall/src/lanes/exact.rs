//! Products and quotients with one rounding, in floating point and exactly.
//!
//! `u = 2^-53` is the unit of rounding. For integers below 2^52 in magnitude, `T = a·b / c` is the true quotient and
//! `two_product` gives `a·b = p + e`, both integers, with `|e| <= u·a·b`. Every routine below has the same four parts: an
//! estimate `q`, an integer close to `T`; the exact remainder `r = a·b - q·c`; a comparison of `r` with `c`, which decides
//! on which side of a rounding boundary `T` lies; and a correction by one.
//!
//! SAFETY of every block here: only [`Lanes`] methods are called, under the caller's guarantee that the CPU has their
//! features.

use super::{LIMIT, Lanes};
use crate::basics::Rounding;

/// Quotients of [`mul_div_constant`] below this are exact.
pub const CONSTANT_QUOTIENT_LIMIT: f64 = 562_949_953_421_312.0; // 2^49

/// A rounding rule as a type, so that kernels are compiled for each.
///
/// On magnitudes, with `T = q + r/c`: how far to move from `q`.
#[allow(clippy::missing_safety_doc, reason = "the condition of Lanes: the CPU has the features of V")]
pub trait RoundingRule: Copy {
    /// The rule's value.
    const ROUNDING: Rounding;
    /// Subtracted from an estimate off by up to 3/4 before it is rounded, so that the result is `q - 1`, `q` or `q + 1`.
    const ESTIMATE_SHIFT: f64;
    /// Subtracted from an estimate off by less than 1/4 before it is rounded, so that the result is `q` or `q + 1`.
    const CLOSE_ESTIMATE_SHIFT: f64;

    /// Where the result is `q + 1`.
    unsafe fn is_above<V: Lanes>(q: V, r: V, c: V) -> V::Mask;
    /// Where the result is `q - 1`.
    unsafe fn is_below<V: Lanes>(q: V, r: V, c: V) -> V::Mask;
}

/// [`Rounding::HalfUp`].
#[derive(Copy, Clone)]
pub struct HalfUp;

/// [`Rounding::HalfEven`].
#[derive(Copy, Clone)]
pub struct HalfEven;

/// [`Rounding::Down`].
#[derive(Copy, Clone)]
pub struct Down;

impl RoundingRule for HalfUp {
    const ROUNDING: Rounding = Rounding::HalfUp;
    const ESTIMATE_SHIFT: f64 = 0.0;
    const CLOSE_ESTIMATE_SHIFT: f64 = 0.25;

    #[inline(always)]
    unsafe fn is_above<V: Lanes>(_q: V, r: V, c: V) -> V::Mask {
        unsafe { c.mul(V::splat(0.5)).less_equal(r) }
    }
    #[inline(always)]
    unsafe fn is_below<V: Lanes>(_q: V, r: V, c: V) -> V::Mask {
        unsafe { r.less(c.mul(V::splat(-0.5))) }
    }
}

impl RoundingRule for HalfEven {
    const ROUNDING: Rounding = Rounding::HalfEven;
    const ESTIMATE_SHIFT: f64 = 0.0;
    const CLOSE_ESTIMATE_SHIFT: f64 = 0.25;

    /// `2r > c`, or `2r = c` and `q` odd: as all are integers, `2r + odd > c`.
    #[inline(always)]
    unsafe fn is_above<V: Lanes>(q: V, r: V, c: V) -> V::Mask {
        unsafe { c.less(r.add(r).add(odd(q))) }
    }
    /// `2r < -c`, or `2r = -c` and `q` odd.
    #[inline(always)]
    unsafe fn is_below<V: Lanes>(q: V, r: V, c: V) -> V::Mask {
        unsafe { c.add(r.add(r)).less(odd(q)) }
    }
}

impl RoundingRule for Down {
    const ROUNDING: Rounding = Rounding::Down;
    const ESTIMATE_SHIFT: f64 = 0.5;
    const CLOSE_ESTIMATE_SHIFT: f64 = 0.75;

    #[inline(always)]
    unsafe fn is_above<V: Lanes>(_q: V, r: V, c: V) -> V::Mask {
        unsafe { c.less_equal(r) }
    }
    #[inline(always)]
    unsafe fn is_below<V: Lanes>(_q: V, r: V, _c: V) -> V::Mask {
        unsafe { r.less(V::splat(0.0)) }
    }
}

/// 1 for an odd integer from 0 to 2^52, 0 for an even one: the half of an odd integer rounds to a neighbour.
#[inline(always)]
unsafe fn odd<V: Lanes>(q: V) -> V {
    unsafe {
        let half = q.mul(V::splat(0.5)).round_estimate();
        let rest = q.sub(half.add(half));
        rest.mul(rest)
    }
}

/// `R(a·b / c)` for non-negative `a`, `b` and positive `c`, integers below 2^52.
///
/// Where the true quotient is 2^52 or more the result is 2^52 or more, so that a range check sees it.
///
/// # Proof
///
/// `x = p/c` rounded, `q = rint(x - s)` with the rule's shift `s` (0, or 1/2 for `Down`); a negative `x - s`, which
/// means `T < 1`, may also give 0, and 0 is as close.
///
/// *Estimate.* For `T < 2^52`: `|T - p/c| = |e|/c <= u·T < 1/2`. Rounding the quotient adds at most 1/4, as `p/c <= 2^52`
/// up to its own rounding, and `x <= 2^52`. Subtracting `s` is exact where `x >= 1/2` (both are multiples of `ulp(x)`),
/// and within u/2 otherwise, where `e = 0`. `rint` adds at most 1/2. Hence `T - q` lies in `[s - 5/4, s + 5/4]`.
///
/// *Remainder.* `|p - q·c| <= (s + 3/4)·c <= 5/4·c`, an integer below 2^53, so `residual` is exact;
/// `|r| = |T - q|·c <= 7/4·c < 2^53`, so adding `e` is exact.
///
/// *Correction.* `HalfUp`, `HalfEven`: with `|r/c| <= 5/4` the nearest integer to `q + r/c` is `q - 1`, `q` or `q + 1`,
/// chosen by comparing `r` with `±c/2`, halves being exact in binary. `Down`: with `r/c` in `[-3/4, 7/4]` the floor of
/// `q + r/c` is `q - 1` for `r < 0`, `q + 1` for `r >= c`, else `q`.
///
/// *Beyond the range.* For `T >= 2^52`, rounding being monotone, `p >= 2^52·c`, `x >= 2^52` and `q >= 2^52` (for `Down`,
/// 2^52 - 1/2 is a tie that goes to the even 2^52). If `q >= 2^52 + 1` a step down stays in the clear. If `q = 2^52`, then
/// `q·c` is exact and `r = c·(T - q) >= 0`: no step down.
///
/// # Safety
///
/// The CPU must have the features of `V`.
#[inline(always)]
pub unsafe fn mul_div_unsigned<V: Lanes, R: RoundingRule>(a: V, b: V, c: V) -> V {
    unsafe {
        let (p, e) = a.two_product(b);
        let q = p.div(c).sub(V::splat(R::ESTIMATE_SHIFT)).round_estimate();
        let r = V::residual(q, c, p).add(e);
        let above = V::to_flag(R::is_above(q, r, c));
        let below = V::to_flag(R::is_below(q, r, c));
        q.add(above.sub(below))
    }
}

/// `R(a·b / c)` for `a`, `b` of any sign and positive `c`, integers below 2^52 in magnitude. Zero is +0.
///
/// Where the true quotient is 2^52 or more in magnitude, so is the result.
///
/// # Safety
///
/// The CPU must have the features of `V`.
#[inline(always)]
pub unsafe fn mul_div<V: Lanes, R: RoundingRule>(a: V, b: V, c: V) -> V {
    unsafe {
        let magnitude = mul_div_unsigned::<V, R>(a.abs(), b.abs(), c);
        with_sign_of_product(magnitude, a, b)
    }
}

/// The magnitude with the sign of `a·b`; zero becomes +0, as `-0 + 0 = +0`.
#[inline(always)]
unsafe fn with_sign_of_product<V: Lanes>(magnitude: V, a: V, b: V) -> V {
    unsafe {
        let one = V::splat(1.0);
        let sign = one.copy_sign(a).mul(one.copy_sign(b));
        magnitude.mul(sign).add(V::splat(0.0))
    }
}

/// The nearest integer for `|x| < 2^51`, a half to the even neighbour, zero as +0; greater values stay above 2^50.
#[inline(always)]
unsafe fn nearest<V: Lanes>(x: V) -> V {
    unsafe {
        let shift = V::splat(6_755_399_441_055_744.0); // 1.5 · 2^52: sums with it are integers
        x.add(shift).sub(shift)
    }
}

/// `R(a·b / c)` by the reciprocal `inverse_c = 1.0 / c`, for non-negative `a`, `b` and positive `c`, integers below 2^52,
/// where the quotient is below 2^49: one interest accrual costs no division.
///
/// The caller sees to the bound, for instance by `b / c <= 1/8`. A result below 2^49 is exact in any case: where the true
/// quotient is 2^49 or more, so is the result (see [`mul_div_constant_full_range`]).
///
/// # Proof
///
/// `x = p·inverse_c - s`, `q = rint(x)`, with the rule's shift `s` (1/4, or 3/4 for `Down`).
///
/// *Estimate.* `p`, the reciprocal and their product are each off by a factor within `1 ± u`, so for `T < 2^49`
/// `|p·inverse_c - T| < 3.01·u·T < 0.189`; where `multiply_add` rounds once instead of twice it is off by less.
/// Subtracting `s` is exact or off by less than 2^-54 (both terms are multiples of the ulp). So `T - q` lies in
/// `[s - 0.69, s + 0.69]`: `(-0.45, 0.95)` for the nearest rules, `(0.05, 1.45)` for `Down`.
///
/// *Remainder.* Exact as in [`mul_div_unsigned`]: `|e| <= u·T·c < c/16`, `|p - q·c| < 1.6·c`, `|r| < 1.5·c`.
///
/// *Correction.* Never downwards. Nearest rules: `r/c` is in `(-0.45, 0.95)`, so the nearest integer is `q`, or `q + 1` from
/// `r >= c/2` on (a tie by the rule). `Down`: `r/c` is in `(0.05, 1.45)`, so the floor is `q`, or `q + 1` from `r >= c` on. For
/// `T = 0` under `Down`, `q = -1` and `r = c` give 0.
///
/// *Beyond.* The proof needs no more than `3.01·u·T < 1/4`, so it holds up to `T = 2^49.4`; from there on `q > T - 3.01·u·T -
/// 5/4 > 2^49`, and a correction only adds.
///
/// # Safety
///
/// The CPU must have the features of `V`.
#[inline(always)]
pub unsafe fn mul_div_constant<V: Lanes, R: RoundingRule>(a: V, b: V, c: V, inverse_c: V) -> V {
    unsafe {
        let (p, e) = a.two_product(b);
        let q = p.multiply_add(inverse_c, V::splat(-R::CLOSE_ESTIMATE_SHIFT));
        let q = nearest(q);
        let r = V::residual(q, c, p).add(e);
        q.add_one_where(R::is_above(q, r, c))
    }
}

/// As [`mul_div_constant`], for quotients of any size: where a lane leaves its bound the block divides after all.
///
/// # Safety
///
/// The CPU must have the features of `V`.
#[inline(always)]
pub unsafe fn mul_div_constant_full_range<V: Lanes, R: RoundingRule>(a: V, b: V, c: V, inverse_c: V) -> V {
    unsafe {
        let result = mul_div_constant::<V, R>(a, b, c, inverse_c);
        let exact = result.less(V::splat(CONSTANT_QUOTIENT_LIMIT));
        if V::any(V::mask_not(exact)) { mul_div_unsigned::<V, R>(a, b, c) } else { result }
    }
}

/// As [`mul_div_constant_full_range`], for `a` and `b` of any sign. Zero is +0.
///
/// # Safety
///
/// The CPU must have the features of `V`.
#[inline(always)]
pub unsafe fn mul_div_constant_signed<V: Lanes, R: RoundingRule>(a: V, b: V, c: V, inverse_c: V) -> V {
    unsafe {
        let magnitude = mul_div_constant_full_range::<V, R>(a.abs(), b.abs(), c, inverse_c);
        with_sign_of_product(magnitude, a, b)
    }
}

/// Compares `a·b` with `c·d` exactly, for integers of any sign below 2^52 in magnitude: where less, and where equal.
///
/// Rounding is monotone, so different rounded products are in the order of the products; equal ones leave the order to
/// their exact errors.
///
/// # Safety
///
/// The CPU must have the features of `V`.
#[inline(always)]
pub unsafe fn compare_products<V: Lanes>(a: V, b: V, c: V, d: V) -> (V::Mask, V::Mask) {
    unsafe {
        let (left, left_error) = a.two_product(b);
        let (right, right_error) = c.two_product(d);
        let same = left.equal(right);
        let less = V::mask_or(left.less(right), V::mask_and(same, left_error.less(right_error)));
        (less, V::mask_and(same, left_error.equal(right_error)))
    }
}

/// Where `a·b < c·d`, for integers of any sign below 2^52 in magnitude.
///
/// # Proof
///
/// With `p` the rounded `c·d`, `right = p - c·d` is an integer of at most 2^51 in magnitude and exact. `x = p - a·b` is an integer
/// too. Where `|x| <= 2^53`, `left = x` exactly: with a fused residual by one rounding, with two roundings since `p` and the
/// rounded `a·b` are then within a factor of two of each other, or both below 2^53. Where `|x| > 2^53`, `left` keeps the sign of `x`
/// and a magnitude above 2^52. So `right < left` as `p - c·d < p - a·b`.
///
/// # Safety
///
/// The CPU must have the features of `V`.
#[inline(always)]
pub unsafe fn is_product_less<V: Lanes>(a: V, b: V, c: V, d: V) -> V::Mask {
    unsafe {
        let p = c.mul(d);
        let (left, right) = (V::residual(a, b, p), V::residual(c, d, p));
        right.less(left)
    }
}

/// Where `|x| < 2^52`; NaN is not.
///
/// # Safety
///
/// The CPU must have the features of `V`.
#[inline(always)]
pub unsafe fn in_range<V: Lanes>(x: V) -> V::Mask {
    unsafe { x.abs().less(V::splat(LIMIT)) }
}
