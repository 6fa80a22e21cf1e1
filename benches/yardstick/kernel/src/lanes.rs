//! Vectors of scenarios: one trait over AVX2 and AVX-512, with the two roundings the deal needs.

use std::arch::x86_64::*;

/// Adding and subtracting this rounds to an integer (ties to even).
pub const TO_INTEGER: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52
/// Adding this keeps 1/64ths.
const TO_64THS: f64 = 105_553_116_266_496.0; // 1.5 * 2^46
/// Adding this keeps halves.
const TO_HALVES: f64 = 3_377_699_720_527_872.0; // 1.5 * 2^51

/// An exact fraction `numerator / divisor` and what it takes to multiply by it with one rounding.
///
/// `deal_table.py` makes these and proves, with exact fractions, that they round as the rule book says for every amount up to
/// the deal's maximum.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Share {
    pub numerator: f64,
    pub divisor: f64,
    /// `1 / divisor`, nearest.
    pub reciprocal: f64,
    /// `numerator / divisor`, nearest.
    pub factor: f64,
    /// `1 / (2 * divisor)`: lifts a tie, and moves nothing else across one.
    pub bias: f64,
    /// `factor` cut to a multiple of 1/64.
    pub factor_high: f64,
    /// `factor - factor_high`, rounded up.
    pub factor_low: f64,
}

/// A vector of scenarios.
///
/// Every method is `unsafe`: the caller runs on a processor that has the features.
#[allow(clippy::missing_safety_doc)]
pub trait Lanes: Copy {
    type Mask: Copy;
    const WIDTH: usize;
    unsafe fn splat(x: f64) -> Self;
    unsafe fn load(from: *const f64) -> Self;
    unsafe fn store(self, to: *mut f64);
    unsafe fn add(self, b: Self) -> Self;
    unsafe fn sub(self, b: Self) -> Self;
    unsafe fn mul(self, b: Self) -> Self;
    unsafe fn div(self, b: Self) -> Self;
    unsafe fn min(self, b: Self) -> Self;
    unsafe fn max(self, b: Self) -> Self;
    /// `self * b + c`, one rounding.
    unsafe fn mul_add(self, b: Self, c: Self) -> Self;
    /// `self * b - c`, one rounding.
    unsafe fn mul_sub(self, b: Self, c: Self) -> Self;
    /// `c - self * b`, one rounding.
    unsafe fn neg_mul_add(self, b: Self, c: Self) -> Self;
    unsafe fn absolute(self) -> Self;
    /// The magnitude of `self` with the sign of `sign`.
    unsafe fn with_sign_of(self, sign: Self) -> Self;
    unsafe fn less(self, b: Self) -> Self::Mask;
    unsafe fn less_or_equal(self, b: Self) -> Self::Mask;
    unsafe fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// `self + b` where the mask is set, `self` elsewhere.
    unsafe fn add_where(self, mask: Self::Mask, b: Self) -> Self;
    /// `self` where the mask is set, 0 elsewhere.
    unsafe fn keep_where(self, mask: Self::Mask) -> Self;
    unsafe fn all(mask: Self::Mask) -> bool;
    /// Currency units to cents, nearest, half away from zero; for `0 <= self < 2^51 / 100`.
    unsafe fn to_cents(self) -> Self;
    /// `TO_INTEGER + R(self * numerator / divisor)` for a large `self`: the caller takes the constant off where it costs least.
    unsafe fn times_raised(self, share: &Share) -> Self;

    /// `R(self * numerator / divisor) + plus` for a `self` small enough that a biased product suffices.
    #[inline(always)]
    unsafe fn times_small_plus(self, share: &Share, plus: f64) -> Self {
        unsafe {
            let biased = self.mul_add(Self::splat(share.factor), Self::splat(share.bias));
            biased.add(Self::splat(TO_INTEGER)).sub(Self::splat(TO_INTEGER - plus))
        }
    }
}

#[derive(Clone, Copy)]
pub struct Avx2(__m256d);

impl Lanes for Avx2 {
    type Mask = __m256d;
    const WIDTH: usize = 4;
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        unsafe { Self(_mm256_set1_pd(x)) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        unsafe { Self(_mm256_loadu_pd(from)) }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f64) {
        unsafe { _mm256_storeu_pd(to, self.0) }
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        unsafe { Self(_mm256_add_pd(self.0, b.0)) }
    }
    #[inline(always)]
    unsafe fn sub(self, b: Self) -> Self {
        unsafe { Self(_mm256_sub_pd(self.0, b.0)) }
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        unsafe { Self(_mm256_mul_pd(self.0, b.0)) }
    }
    #[inline(always)]
    unsafe fn div(self, b: Self) -> Self {
        unsafe { Self(_mm256_div_pd(self.0, b.0)) }
    }
    #[inline(always)]
    unsafe fn min(self, b: Self) -> Self {
        unsafe { Self(_mm256_min_pd(self.0, b.0)) }
    }
    #[inline(always)]
    unsafe fn max(self, b: Self) -> Self {
        unsafe { Self(_mm256_max_pd(self.0, b.0)) }
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        unsafe { Self(_mm256_fmadd_pd(self.0, b.0, c.0)) }
    }
    #[inline(always)]
    unsafe fn mul_sub(self, b: Self, c: Self) -> Self {
        unsafe { Self(_mm256_fmsub_pd(self.0, b.0, c.0)) }
    }
    #[inline(always)]
    unsafe fn neg_mul_add(self, b: Self, c: Self) -> Self {
        unsafe { Self(_mm256_fnmadd_pd(self.0, b.0, c.0)) }
    }
    #[inline(always)]
    unsafe fn absolute(self) -> Self {
        unsafe { Self(_mm256_andnot_pd(_mm256_set1_pd(-0.0), self.0)) }
    }
    #[inline(always)]
    unsafe fn with_sign_of(self, sign: Self) -> Self {
        unsafe {
            Self(_mm256_or_pd(
                self.absolute().0,
                _mm256_and_pd(_mm256_set1_pd(-0.0), sign.0),
            ))
        }
    }
    #[inline(always)]
    unsafe fn less(self, b: Self) -> Self::Mask {
        unsafe { _mm256_cmp_pd::<_CMP_LT_OQ>(self.0, b.0) }
    }
    #[inline(always)]
    unsafe fn less_or_equal(self, b: Self) -> Self::Mask {
        unsafe { _mm256_cmp_pd::<_CMP_LE_OQ>(self.0, b.0) }
    }
    #[inline(always)]
    unsafe fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        unsafe { Self(_mm256_blendv_pd(no.0, yes.0, mask)) }
    }
    #[inline(always)]
    unsafe fn add_where(self, mask: Self::Mask, b: Self) -> Self {
        unsafe { Self(_mm256_add_pd(self.0, _mm256_and_pd(mask, b.0))) }
    }
    #[inline(always)]
    unsafe fn keep_where(self, mask: Self::Mask) -> Self {
        unsafe { Self(_mm256_and_pd(mask, self.0)) }
    }
    #[inline(always)]
    unsafe fn all(mask: Self::Mask) -> bool {
        unsafe { _mm256_movemask_pd(mask) == 15 }
    }
    /// A candidate `n` that is the answer or one below it, then the sign of `100 x - (n + 1/2)`, which a fused product gives.
    #[inline(always)]
    unsafe fn to_cents(self) -> Self {
        unsafe {
            let hundred = Self::splat(100.0);
            let half = Self::splat(0.5);
            let near = self.mul_sub(hundred, half).add(Self::splat(TO_INTEGER));
            let middle = near.sub(Self::splat(TO_INTEGER)).add(half);
            let above = self.mul_sub(hundred, middle);
            let sign = _mm256_and_pd(_mm256_set1_pd(-0.0), above.0);
            middle.add(Self(_mm256_or_pd(half.0, sign)))
        }
    }
    /// `self = h * divisor + l`, then `h * numerator + R(l * numerator / divisor)`; `l` may be negative, the bias lifts ties upwards.
    #[inline(always)]
    unsafe fn times_raised(self, share: &Share) -> Self {
        unsafe {
            let magic = Self::splat(TO_INTEGER);
            let high = self.mul_add(Self::splat(share.reciprocal), magic).sub(magic);
            let low = high.neg_mul_add(Self::splat(share.divisor), self);
            let rounded = low
                .mul_add(Self::splat(share.factor), Self::splat(share.bias))
                .add(magic);
            high.mul_add(Self::splat(share.numerator), rounded)
        }
    }
}

#[derive(Clone, Copy)]
pub struct Avx512(__m512d);

const DOWN: i32 = _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC;
const UP: i32 = _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC;

impl Lanes for Avx512 {
    type Mask = __mmask8;
    const WIDTH: usize = 8;
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        unsafe { Self(_mm512_set1_pd(x)) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        unsafe { Self(_mm512_loadu_pd(from)) }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f64) {
        unsafe { _mm512_storeu_pd(to, self.0) }
    }
    #[inline(always)]
    unsafe fn add(self, b: Self) -> Self {
        unsafe { Self(_mm512_add_pd(self.0, b.0)) }
    }
    #[inline(always)]
    unsafe fn sub(self, b: Self) -> Self {
        unsafe { Self(_mm512_sub_pd(self.0, b.0)) }
    }
    #[inline(always)]
    unsafe fn mul(self, b: Self) -> Self {
        unsafe { Self(_mm512_mul_pd(self.0, b.0)) }
    }
    #[inline(always)]
    unsafe fn div(self, b: Self) -> Self {
        unsafe { Self(_mm512_div_pd(self.0, b.0)) }
    }
    #[inline(always)]
    unsafe fn min(self, b: Self) -> Self {
        unsafe { Self(_mm512_min_pd(self.0, b.0)) }
    }
    #[inline(always)]
    unsafe fn max(self, b: Self) -> Self {
        unsafe { Self(_mm512_max_pd(self.0, b.0)) }
    }
    #[inline(always)]
    unsafe fn mul_add(self, b: Self, c: Self) -> Self {
        unsafe { Self(_mm512_fmadd_pd(self.0, b.0, c.0)) }
    }
    #[inline(always)]
    unsafe fn mul_sub(self, b: Self, c: Self) -> Self {
        unsafe { Self(_mm512_fmsub_pd(self.0, b.0, c.0)) }
    }
    #[inline(always)]
    unsafe fn neg_mul_add(self, b: Self, c: Self) -> Self {
        unsafe { Self(_mm512_fnmadd_pd(self.0, b.0, c.0)) }
    }
    #[inline(always)]
    unsafe fn absolute(self) -> Self {
        unsafe { Self(_mm512_abs_pd(self.0)) }
    }
    #[inline(always)]
    unsafe fn with_sign_of(self, sign: Self) -> Self {
        unsafe {
            let bits = _mm512_castpd_si512(sign.0);
            let minus = _mm512_castpd_si512(_mm512_set1_pd(-0.0));
            let own = _mm512_castpd_si512(self.0);
            // minus ? sign : own, bit by bit
            Self(_mm512_castsi512_pd(_mm512_ternarylogic_epi64::<0b1100_1010>(
                minus, bits, own,
            )))
        }
    }
    #[inline(always)]
    unsafe fn less(self, b: Self) -> Self::Mask {
        unsafe { _mm512_cmp_pd_mask::<_CMP_LT_OQ>(self.0, b.0) }
    }
    #[inline(always)]
    unsafe fn less_or_equal(self, b: Self) -> Self::Mask {
        unsafe { _mm512_cmp_pd_mask::<_CMP_LE_OQ>(self.0, b.0) }
    }
    #[inline(always)]
    unsafe fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        unsafe { Self(_mm512_mask_mov_pd(no.0, mask, yes.0)) }
    }
    #[inline(always)]
    unsafe fn add_where(self, mask: Self::Mask, b: Self) -> Self {
        unsafe { Self(_mm512_mask_add_pd(self.0, mask, self.0, b.0)) }
    }
    #[inline(always)]
    unsafe fn keep_where(self, mask: Self::Mask) -> Self {
        unsafe { Self(_mm512_maskz_mov_pd(mask, self.0)) }
    }
    #[inline(always)]
    unsafe fn all(mask: Self::Mask) -> bool {
        mask == 255
    }
    /// Rounded down to halves while exact, then up to an integer.
    #[inline(always)]
    unsafe fn to_cents(self) -> Self {
        unsafe {
            let halves = _mm512_fmadd_round_pd::<DOWN>(self.0, _mm512_set1_pd(100.0), _mm512_set1_pd(TO_HALVES));
            let whole = _mm512_add_round_pd::<UP>(halves, _mm512_set1_pd(TO_INTEGER - TO_HALVES));
            Self(whole).sub(Self::splat(TO_INTEGER))
        }
    }
    /// The high part of the product is exact in 64ths; the low part is then added rounding down to 64ths, and the sum (with
    /// its half) rounded down to an integer.
    #[inline(always)]
    unsafe fn times_raised(self, share: &Share) -> Self {
        unsafe {
            let high = self.mul_add(Self::splat(share.factor_high), Self::splat(TO_64THS + 0.5));
            let sum = _mm512_fmadd_round_pd::<DOWN>(self.0, _mm512_set1_pd(share.factor_low), high.0);
            Self(_mm512_add_round_pd::<DOWN>(sum, _mm512_set1_pd(TO_INTEGER - TO_64THS)))
        }
    }
}
