//! Four lanes in AVX2 registers with FMA; masks are all ones or all zeros.
//!
//! SAFETY of every block here: the intrinsics need only the CPU features, which the caller guarantees by the contract of
//! [`Lanes`]; `load` and `store` also need `N` valid values, by the same contract, and are the unaligned forms.

use super::Lanes;
use std::arch::x86_64::*;

/// Four lanes of AVX2 with FMA.
#[derive(Copy, Clone)]
pub struct Avx2(__m256d);

impl Lanes for Avx2 {
    const N: usize = 4;
    type Mask = __m256d;

    #[inline(always)]
    unsafe fn load(pointer: *const f64) -> Self {
        Self(unsafe { _mm256_loadu_pd(pointer) })
    }
    #[inline(always)]
    unsafe fn store(self, pointer: *mut f64) {
        unsafe { _mm256_storeu_pd(pointer, self.0) }
    }
    #[inline(always)]
    unsafe fn splat(value: f64) -> Self {
        Self(unsafe { _mm256_set1_pd(value) })
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        Self(unsafe { _mm256_add_pd(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        Self(unsafe { _mm256_sub_pd(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        Self(unsafe { _mm256_mul_pd(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        Self(unsafe { _mm256_div_pd(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn multiply_add(self, factor: Self, addend: Self) -> Self {
        Self(unsafe { _mm256_fmadd_pd(self.0, factor.0, addend.0) })
    }
    #[inline(always)]
    unsafe fn two_product(self, other: Self) -> (Self, Self) {
        unsafe {
            let product = _mm256_mul_pd(self.0, other.0);
            (Self(product), Self(_mm256_fmsub_pd(self.0, other.0, product)))
        }
    }
    #[inline(always)]
    unsafe fn residual(q: Self, c: Self, p: Self) -> Self {
        Self(unsafe { _mm256_fnmadd_pd(q.0, c.0, p.0) })
    }
    #[inline(always)]
    unsafe fn round_even(self) -> Self {
        Self(unsafe { _mm256_round_pd::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(self.0) })
    }
    #[inline(always)]
    unsafe fn round_estimate(self) -> Self {
        unsafe { self.round_even() }
    }
    #[inline(always)]
    unsafe fn abs(self) -> Self {
        Self(unsafe { _mm256_andnot_pd(_mm256_set1_pd(-0.0), self.0) })
    }
    #[inline(always)]
    unsafe fn copy_sign(self, sign: Self) -> Self {
        unsafe {
            let bit = _mm256_set1_pd(-0.0);
            Self(_mm256_or_pd(_mm256_andnot_pd(bit, self.0), _mm256_and_pd(bit, sign.0)))
        }
    }
    #[inline(always)]
    unsafe fn minimum(self, other: Self) -> Self {
        Self(unsafe { _mm256_min_pd(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn maximum(self, other: Self) -> Self {
        Self(unsafe { _mm256_max_pd(self.0, other.0) })
    }
    #[inline(always)]
    unsafe fn less(self, other: Self) -> Self::Mask {
        unsafe { _mm256_cmp_pd::<_CMP_LT_OQ>(self.0, other.0) }
    }
    #[inline(always)]
    unsafe fn less_equal(self, other: Self) -> Self::Mask {
        unsafe { _mm256_cmp_pd::<_CMP_LE_OQ>(self.0, other.0) }
    }
    #[inline(always)]
    unsafe fn equal(self, other: Self) -> Self::Mask {
        unsafe { _mm256_cmp_pd::<_CMP_EQ_OQ>(self.0, other.0) }
    }
    #[inline(always)]
    unsafe fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        Self(unsafe { _mm256_blendv_pd(no.0, yes.0, mask) })
    }
    #[inline(always)]
    unsafe fn mask_and(a: Self::Mask, b: Self::Mask) -> Self::Mask {
        unsafe { _mm256_and_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn mask_or(a: Self::Mask, b: Self::Mask) -> Self::Mask {
        unsafe { _mm256_or_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn mask_not(a: Self::Mask) -> Self::Mask {
        unsafe { _mm256_xor_pd(a, _mm256_castsi256_pd(_mm256_set1_epi64x(-1))) }
    }
    #[inline(always)]
    unsafe fn any(mask: Self::Mask) -> bool {
        unsafe { _mm256_movemask_pd(mask) != 0 }
    }
    #[inline(always)]
    unsafe fn to_flag(mask: Self::Mask) -> Self {
        Self(unsafe { _mm256_and_pd(mask, _mm256_set1_pd(1.0)) })
    }
    #[inline(always)]
    unsafe fn add_one_where(self, mask: Self::Mask) -> Self {
        unsafe { self.add(Self::to_flag(mask)) }
    }
    #[inline(always)]
    unsafe fn from_flag(flag: Self) -> Self::Mask {
        unsafe { _mm256_cmp_pd::<_CMP_NEQ_UQ>(flag.0, _mm256_setzero_pd()) }
    }
}
