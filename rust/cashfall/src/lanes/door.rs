//! Values on their way in: quantised and checked in one pass.

use super::{Cpu, Kernel, Lanes, dispatch, quantise_lanes};

/// Quantise `x` by `scale` into `out`, as [`quantise`](super::quantise); whether every result is from `minimum` to `maximum`.
///
/// NaN is never within.
///
/// # Panics
///
/// If the slices differ in length, or this machine cannot run `cpu`.
pub fn quantise_within(cpu: Cpu, x: &[f64], scale: f64, minimum: f64, maximum: f64, out: &mut [f64]) -> bool {
    assert_eq!(x.len(), out.len(), "as many values out as in");
    dispatch(cpu, QuantiseWithin { x, scale, minimum, maximum, out })
}

struct QuantiseWithin<'a> {
    x: &'a [f64],
    scale: f64,
    minimum: f64,
    maximum: f64,
    out: &'a mut [f64],
}

impl Kernel for QuantiseWithin<'_> {
    type Output = bool;

    #[inline(always)]
    unsafe fn run<V: Lanes>(self) -> bool {
        // SAFETY: the caller's guarantee; every load and store is of V::N values within the slices or the buffer.
        unsafe {
            let (scale, minimum, maximum) = (V::splat(self.scale), V::splat(self.minimum), V::splat(self.maximum));
            let mut within = minimum.less_equal(minimum);
            let whole = self.x.len() - self.x.len() % V::N;
            let mut k = 0;
            while k < whole {
                let value = quantise_lanes(V::load(self.x.as_ptr().add(k)), scale);
                value.store(self.out.as_mut_ptr().add(k));
                within = V::mask_and(within, V::mask_and(minimum.less_equal(value), value.less_equal(maximum)));
                k += V::N;
            }
            if whole < self.x.len() {
                let mut rest = [self.x[whole]; 8];
                rest[..self.x.len() - whole].copy_from_slice(&self.x[whole..]);
                let value = quantise_lanes(V::load(rest.as_ptr()), scale);
                value.store(rest.as_mut_ptr());
                self.out[whole..].copy_from_slice(&rest[..self.x.len() - whole]);
                within = V::mask_and(within, V::mask_and(minimum.less_equal(value), value.less_equal(maximum)));
            }
            !V::any(V::mask_not(within))
        }
    }
}
