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

/// [`quantise_lanes`] where x >= 0; for x < 0 some value.
///
/// # Proof
///
/// `x·scale = p + e`, `q = rint(p - 1/4)`, `r = (p - q) + e`. For 0 <= p < 2^51, `p - 1/4` rounds to within 1/8, so that p - q lies
/// in [-3/8, 7/8]: exact, as both are multiples of ulp(p) or p is below 1. With |e| <= 1/8 the true product is within
/// (-1/2, 1 + 1/2) of q: it is q, or q + 1 where r >= 1/2. From 2^51 on p is a multiple of 1/2 and e at most 1/4, and the same holds
/// with p - q in [-1/4, 3/4]. A value of 2^52 or more stays out of range.
///
/// # Safety
///
/// The CPU must have the features of `V`.
#[inline(always)]
unsafe fn quantise_not_negative<V: Lanes>(x: V, scale: V) -> V {
    // SAFETY: the caller's guarantee.
    unsafe {
        let (p, e) = x.two_product(scale);
        let q = p.sub(V::splat(0.25)).round_even();
        let r = p.sub(q).add(e);
        // Adding zero turns a negative zero into +0.
        q.add(V::to_flag(V::splat(0.5).less_equal(r)))
    }
}

/// The least and the greatest value seen in each lane, and whether any was not finite.
///
/// Quantising is monotone, so the ends tell whether every result is in range.
#[derive(Clone, Copy)]
struct Seen<V> {
    least: V,
    greatest: V,
    /// Zero, or NaN for good once a value was not finite.
    zeros: V,
}

impl<V: Lanes> Seen<V> {
    #[inline(always)]
    unsafe fn see(&mut self, x: V) {
        // SAFETY: the caller's guarantee.
        unsafe {
            self.least = self.least.minimum(x);
            self.greatest = self.greatest.maximum(x);
            self.zeros = self.zeros.add(x.mul(V::splat(0.0)));
        }
    }

    #[inline(always)]
    unsafe fn is_within(self, scale: V, minimum: V, maximum: V) -> bool {
        // SAFETY: the caller's guarantee.
        unsafe {
            let (least, greatest) = (quantise_lanes(self.least, scale), quantise_lanes(self.greatest, scale));
            let within = V::mask_and(minimum.less_equal(least), greatest.less_equal(maximum));
            let is_finite = self.zeros.equal(V::splat(0.0));
            !V::any(V::mask_not(V::mask_and(within, is_finite)))
        }
    }
}

/// Ask for values that will be read soon to be brought into the cache. It changes no result.
pub fn prefetch(values: &[f64]) {
    #[cfg(target_arch = "x86_64")]
    for line in values.chunks(8) {
        // SAFETY: a prefetch touches nothing; every x86-64 CPU has it.
        unsafe { std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(line.as_ptr().cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = values;
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
            let Some(first) = self.x.first() else { return true };
            let first = V::splat(*first);
            let mut seen = Seen { least: first, greatest: first, zeros: V::splat(0.0) };
            let whole = self.x.len() - self.x.len() % V::N;
            let quantised = |x: V| {
                if self.minimum >= 0.0 { quantise_not_negative(x, scale) } else { quantise_lanes(x, scale) }
            };
            let mut k = 0;
            while k < whole {
                let x = V::load(self.x.as_ptr().add(k));
                seen.see(x);
                quantised(x).store(self.out.as_mut_ptr().add(k));
                k += V::N;
            }
            if whole < self.x.len() {
                let mut rest = [self.x[whole]; 8];
                rest[..self.x.len() - whole].copy_from_slice(&self.x[whole..]);
                let x = V::load(rest.as_ptr());
                seen.see(x);
                quantised(x).store(rest.as_mut_ptr());
                self.out[whole..].copy_from_slice(&rest[..self.x.len() - whole]);
            }
            seen.is_within(scale, minimum, maximum)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::quantise_within;
    use crate::lanes::{Cpu, quantise};

    #[test]
    fn agrees_with_quantise_on_values_ties_and_edges() {
        let mut state = 7_u64;
        let mut values = vec![
            0.0,
            -0.0,
            0.005,
            0.015,
            1.005,
            2.675,
            1e-300,
            45_035_996_273_704.95,
            22_517_998_136_852.475,
            f64::MIN_POSITIVE,
        ];
        for _ in 0..200_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let cents = (state >> (11 + (state & 31))) as f64;
            values.push(cents / 100.0);
            values.push((cents + 0.5) / 100.0);
            values.push(f64::from_bits((cents / 100.0).to_bits() + 1));
        }
        for cpu in Cpu::available() {
            let mut out = vec![0.0; values.len()];
            quantise_within(cpu, &values, 100.0, 0.0, 1e15, &mut out);
            for (x, found) in values.iter().zip(&out) {
                let expected = quantise(*x, 100.0);
                assert!(
                    expected.to_bits() == found.to_bits() || expected >= crate::lanes::LIMIT,
                    "{x:e}: {found} for {expected} on {cpu:?}"
                );
            }
        }
    }

    #[test]
    fn finds_what_is_not_within() {
        for cpu in Cpu::available() {
            for bad in [f64::NAN, -0.005, -0.01, -1e9, 100.01, f64::INFINITY, f64::NEG_INFINITY] {
                for at in 0..11 {
                    let mut x = [50.0; 11];
                    x[at] = bad;
                    assert!(
                        !quantise_within(cpu, &x, 100.0, 0.0, 10_000.0, &mut [0.0; 11]),
                        "{bad} at {at} on {cpu:?}"
                    );
                }
            }
            assert!(quantise_within(cpu, &[0.0, 100.0, 3.0], 100.0, 0.0, 10_000.0, &mut [0.0; 3]));
        }
    }
}
