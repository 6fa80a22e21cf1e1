//! Lanes as plain arrays, for any target: loops that the compiler vectorises where it can.

use super::Lanes;

const WIDTH: usize = 2;

/// Whether the target multiplies and adds with one rounding in hardware.
const HAS_FMA: bool = cfg!(any(target_feature = "fma", target_arch = "aarch64"));

/// Two lanes without any CPU feature beyond the target's own.
#[derive(Copy, Clone)]
pub struct Baseline([f64; WIDTH]);

#[inline(always)]
fn map(a: Baseline, function: impl Fn(f64) -> f64) -> Baseline {
    Baseline(std::array::from_fn(|lane| function(a.0[lane])))
}

#[inline(always)]
fn zip(a: Baseline, b: Baseline, function: impl Fn(f64, f64) -> f64) -> Baseline {
    Baseline(std::array::from_fn(|lane| function(a.0[lane], b.0[lane])))
}

/// All ones where the test holds.
#[inline(always)]
fn test(a: Baseline, b: Baseline, function: impl Fn(f64, f64) -> bool) -> [u64; WIDTH] {
    std::array::from_fn(|lane| u64::from(function(a.0[lane], b.0[lane])).wrapping_neg())
}

/// Splits a value into a high and a low part of at most 26 significant bits each, exactly (Veltkamp).
#[inline(always)]
fn split(value: f64) -> (f64, f64) {
    let scaled = 134_217_729.0 * value; // 2^27 + 1
    let high = scaled - (scaled - value);
    (high, value - high)
}

/// The error of the rounded product `p` of `a` and `b`, exactly.
///
/// By one fused operation where the target has it, else by Dekker's product: the four partial products of the halves have
/// at most 52 bits each, and summed from the largest every sum is exact. It is exact unless a part overflows (a factor
/// above 2^996) or the error underflows (a product below 2^-968); integers below 2^53 and their quotients do neither.
#[inline(always)]
#[allow(clippy::disallowed_methods, reason = "only where mul_add is one instruction of the target")]
fn product_error(a: f64, b: f64, p: f64) -> f64 {
    if HAS_FMA {
        return a.mul_add(b, -p);
    }
    let ((a_high, a_low), (b_high, b_low)) = (split(a), split(b));
    ((a_high * b_high - p) + a_high * b_low + a_low * b_high) + a_low * b_low
}

/// From here on doubles have no fraction: adding it to a smaller value rounds that to an integer.
const SHIFT: f64 = 4_503_599_627_370_496.0; // 2^52

/// The nearest integer, ties to even.
#[inline(always)]
#[allow(clippy::disallowed_methods, reason = "abs and copysign only move the sign bit")]
fn round_even(value: f64) -> f64 {
    let magnitude = value.abs();
    let rounded = (magnitude + SHIFT) - SHIFT;
    let result = if magnitude < SHIFT { rounded } else { magnitude };
    result.copysign(value)
}

impl Lanes for Baseline {
    const N: usize = WIDTH;
    type Mask = [u64; WIDTH];

    #[inline(always)]
    unsafe fn load(pointer: *const f64) -> Self {
        // SAFETY: the caller gives `N` valid values.
        Self(unsafe { pointer.cast::<[f64; WIDTH]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, pointer: *mut f64) {
        // SAFETY: the caller gives room for `N` values.
        unsafe { pointer.cast::<[f64; WIDTH]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    unsafe fn splat(value: f64) -> Self {
        Self([value; WIDTH])
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        zip(self, other, |a, b| a + b)
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        zip(self, other, |a, b| a - b)
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        zip(self, other, |a, b| a * b)
    }
    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        zip(self, other, |a, b| a / b)
    }
    #[inline(always)]
    unsafe fn multiply_add(self, factor: Self, addend: Self) -> Self {
        zip(zip(self, factor, |a, b| a * b), addend, |p, c| p + c)
    }
    #[inline(always)]
    unsafe fn two_product(self, other: Self) -> (Self, Self) {
        let product = zip(self, other, |a, b| a * b);
        let error = std::array::from_fn(|lane| product_error(self.0[lane], other.0[lane], product.0[lane]));
        (product, Self(error))
    }
    /// `q·c = h + l`. As `|p - h| <= |p - q·c| + |l|` and `|l| <= |c| / 2` for `|q| <= 2^52`, both differences are
    /// integers up to 2^53 and so exact.
    #[inline(always)]
    unsafe fn residual(q: Self, c: Self, p: Self) -> Self {
        // SAFETY: `Baseline` needs no features.
        let (high, low) = unsafe { q.two_product(c) };
        zip(zip(p, high, |p, high| p - high), low, |rest, low| rest - low)
    }
    #[inline(always)]
    unsafe fn round_even(self) -> Self {
        map(self, round_even)
    }
    #[inline(always)]
    unsafe fn round_estimate(self) -> Self {
        map(self, |x| (if x > 0.0 { x } else { 0.0 } + SHIFT) - SHIFT)
    }
    #[inline(always)]
    #[allow(clippy::disallowed_methods, reason = "abs only clears the sign bit")]
    unsafe fn abs(self) -> Self {
        map(self, f64::abs)
    }
    #[inline(always)]
    #[allow(clippy::disallowed_methods, reason = "copysign only moves the sign bit")]
    unsafe fn copy_sign(self, sign: Self) -> Self {
        zip(self, sign, f64::copysign)
    }
    #[inline(always)]
    unsafe fn minimum(self, other: Self) -> Self {
        zip(self, other, |a, b| if a < b { a } else { b })
    }
    #[inline(always)]
    unsafe fn maximum(self, other: Self) -> Self {
        zip(self, other, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    unsafe fn less(self, other: Self) -> Self::Mask {
        test(self, other, |a, b| a < b)
    }
    #[inline(always)]
    unsafe fn less_equal(self, other: Self) -> Self::Mask {
        test(self, other, |a, b| a <= b)
    }
    #[inline(always)]
    #[allow(clippy::float_cmp, reason = "lanes carry integers")]
    unsafe fn equal(self, other: Self) -> Self::Mask {
        test(self, other, |a, b| a == b)
    }
    #[inline(always)]
    unsafe fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        Self(std::array::from_fn(|lane| {
            f64::from_bits((yes.0[lane].to_bits() & mask[lane]) | (no.0[lane].to_bits() & !mask[lane]))
        }))
    }
    #[inline(always)]
    unsafe fn mask_and(a: Self::Mask, b: Self::Mask) -> Self::Mask {
        std::array::from_fn(|lane| a[lane] & b[lane])
    }
    #[inline(always)]
    unsafe fn mask_or(a: Self::Mask, b: Self::Mask) -> Self::Mask {
        std::array::from_fn(|lane| a[lane] | b[lane])
    }
    #[inline(always)]
    unsafe fn mask_not(a: Self::Mask) -> Self::Mask {
        a.map(|lane| !lane)
    }
    #[inline(always)]
    unsafe fn any(mask: Self::Mask) -> bool {
        mask.into_iter().fold(0, |all, lane| all | lane) != 0
    }
    #[inline(always)]
    unsafe fn to_flag(mask: Self::Mask) -> Self {
        Self(mask.map(|lane| f64::from_bits(lane & 1.0f64.to_bits())))
    }
    #[inline(always)]
    #[allow(clippy::float_cmp, reason = "a flag is 0 or 1")]
    unsafe fn add_one_where(self, mask: Self::Mask) -> Self {
        unsafe { self.add(Self::to_flag(mask)) }
    }
    #[inline(always)]
    unsafe fn from_flag(flag: Self) -> Self::Mask {
        test(flag, Self([0.0; WIDTH]), |a, b| a != b)
    }
}
