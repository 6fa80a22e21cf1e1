//! Several vectors as one: each operation is done on all of them in turn, so that their chains of dependence overlap.

use crate::lanes::{Lanes, Share};

/// `V` vectors side by side.
#[derive(Clone, Copy)]
pub struct Bundle<L, const V: usize>([L; V]);

/// Applies one operation to every vector of a bundle.
macro_rules! each {
    ($first:ident, |$i:ident| $value:expr) => {{
        let mut result = $first;
        for $i in 0..V {
            result.0[$i] = $value;
        }
        result
    }};
}

macro_rules! pairwise {
    ($($name:ident)*) => {$(
        #[inline(always)]
        unsafe fn $name(self, b: Self) -> Self {
            unsafe { each!(self, |i| self.0[i].$name(b.0[i])) }
        }
    )*};
}

macro_rules! fused {
    ($($name:ident)*) => {$(
        #[inline(always)]
        unsafe fn $name(self, b: Self, c: Self) -> Self {
            unsafe { each!(self, |i| self.0[i].$name(b.0[i], c.0[i])) }
        }
    )*};
}

macro_rules! compared {
    ($($name:ident)*) => {$(
        #[inline(always)]
        unsafe fn $name(self, b: Self) -> Self::Mask {
            unsafe {
                let mut masks = [self.0[0].$name(b.0[0]); V];
                for (i, mask) in masks.iter_mut().enumerate() {
                    *mask = self.0[i].$name(b.0[i]);
                }
                masks
            }
        }
    )*};
}

impl<L: Lanes, const V: usize> Lanes for Bundle<L, V> {
    type Mask = [L::Mask; V];
    const WIDTH: usize = V * L::WIDTH;
    pairwise! { add sub mul div min max with_sign_of }
    fused! { mul_add mul_sub neg_mul_add }
    compared! { less less_or_equal }
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self {
        unsafe { Self([L::splat(x); V]) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f64) -> Self {
        unsafe {
            let loaded = Self([L::load(from); V]);
            each!(loaded, |i| L::load(from.add(i * L::WIDTH)))
        }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f64) {
        for i in 0..V {
            unsafe { self.0[i].store(to.add(i * L::WIDTH)) }
        }
    }
    #[inline(always)]
    unsafe fn absolute(self) -> Self {
        unsafe { each!(self, |i| self.0[i].absolute()) }
    }
    #[inline(always)]
    unsafe fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        unsafe { each!(no, |i| L::select(mask[i], yes.0[i], no.0[i])) }
    }
    #[inline(always)]
    unsafe fn add_where(self, mask: Self::Mask, b: Self) -> Self {
        unsafe { each!(self, |i| self.0[i].add_where(mask[i], b.0[i])) }
    }
    #[inline(always)]
    unsafe fn keep_where(self, mask: Self::Mask) -> Self {
        unsafe { each!(self, |i| self.0[i].keep_where(mask[i])) }
    }
    #[inline(always)]
    unsafe fn all(mask: Self::Mask) -> bool {
        mask.iter().fold(true, |all, &one| all & unsafe { L::all(one) })
    }
    #[inline(always)]
    unsafe fn to_cents(self) -> Self {
        unsafe { each!(self, |i| self.0[i].to_cents()) }
    }
    #[inline(always)]
    unsafe fn times_raised(self, share: &Share) -> Self {
        unsafe { each!(self, |i| self.0[i].times_raised(share)) }
    }
    #[inline(always)]
    unsafe fn times_small_plus(self, share: &Share, plus: f64) -> Self {
        unsafe { each!(self, |i| self.0[i].times_small_plus(share, plus)) }
    }
}
