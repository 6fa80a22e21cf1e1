//! The door between currency units and minor units.

use super::Lanes;

/// The integer nearest to the exact product `x · scale`, a half away from zero; `scale` is a power of ten up to 1e9.
///
/// 1.005 with a scale of 100 gives 100, because the double 1.005 lies below 1.005. NaN and infinities give NaN; a product
/// out of range gives some value out of range; zero is +0.
pub fn quantise(x: f64, scale: f64) -> f64 {
    let mut out = [0.0];
    super::quantise_slices(super::Cpu::Baseline, &[x], scale, &mut out);
    out[0]
}

/// Currency units for minor units, correctly rounded: `cents / scale`.
pub fn to_currency(cents: f64, scale: f64) -> f64 {
    cents / scale
}

/// [`quantise`] in lanes.
///
/// # Proof
///
/// `|x|·scale = p + e`, `q = rint(p)`, `d = p - q`, exact as a difference of neighbours and at most 1/2 in magnitude. The result
/// is `q + 1` where `d + e >= 1/2`, tested as `e >= 1/2 - d`, and `q - 1` where `e < -1/2 - d`. These bounds are exact for `p >= 1/4`
/// (multiples of `ulp(p)` below 1, or by Sterbenz); for a smaller `p` they are above 1/4 and below -1/2 and `e` is tiny. From 2^52 on
/// `q = p` and the result is out of range, as `p` is.
///
/// # Safety
///
/// The CPU must have the features of `V`.
#[inline(always)]
pub unsafe fn quantise_lanes<V: Lanes>(x: V, scale: V) -> V {
    // SAFETY: the caller's guarantee.
    unsafe {
        let (p, e) = x.abs().two_product(scale);
        let q = p.round_even();
        let d = p.sub(q);
        let above = V::to_flag(V::splat(0.5).sub(d).less_equal(e));
        let below = V::to_flag(e.less(V::splat(-0.5).sub(d)));
        let nothing_or_nan = x.sub(x);
        q.add(above.sub(below)).copy_sign(x).add(nothing_or_nan)
    }
}

/// [`to_currency`] in lanes.
///
/// # Safety
///
/// The CPU must have the features of `V`.
#[inline(always)]
pub unsafe fn to_currency_lanes<V: Lanes>(cents: V, scale: V) -> V {
    // SAFETY: the caller's guarantee.
    unsafe { cents.div(scale) }
}
