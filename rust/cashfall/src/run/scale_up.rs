//! Quotients rounded up, exactly.
//!
//! SAFETY of every block here: as in [`super::interpret`].
#![allow(unsafe_code, reason = "slots are rows of one block: see SAFETY at each")]

use crate::lanes::{Down, Lanes, is_product_less, mul_div};

/// The least integer that is not below `a * n / d`, for integers below 2^52 in magnitude and `d` above zero.
///
/// Truncated towards zero, the quotient is that integer, or one below it where the product is not reached.
#[inline(always)]
pub(super) unsafe fn scale_up<V: Lanes>(a: V, n: V, d: V) -> V {
    unsafe {
        let quotient = mul_div::<V, Down>(a, n, d);
        let is_below = is_product_less::<V>(quotient, d, a, n);
        quotient.add(V::to_flag(is_below))
    }
}
