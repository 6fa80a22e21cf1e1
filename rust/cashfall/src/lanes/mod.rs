//! Lanes: vectors of `f64` that carry integers, and the exact arithmetic on them.
//!
//! This is the only module that touches `std::arch`. One generic source, written over the trait [`Lanes`], is
//! instantiated for three vectors: [`Avx512`] (8 lanes), [`Avx2`] with FMA (4 lanes) and [`Baseline`] (plain loops which
//! the compiler turns into SSE2, NEON or scalar code). All give the same bits: every operation here is either correctly
//! rounded by IEEE 754 or feeds an estimate whose error the exact remainder removes.
//!
//! | where | what |
//! |---|---|
//! | `cpu` | which of the three to run, and [`dispatch`] |
//! | `vector` | the trait [`Lanes`]; its implementations in `avx512`, `avx2`, `baseline` |
//! | `exact` | `mul_div` in three roundings, exact comparison of products, range |
//! | `door` | quantise and check in one pass |
//! | `quantise` | from currency units to minor units and back |
//! | `slices` | safe forms over slices |

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod baseline;
mod cpu;
mod door;
mod exact;
mod quantise;
mod slices;
mod vector;

#[cfg(target_arch = "x86_64")]
pub use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
pub use avx512::Avx512;
pub use baseline::Baseline;
pub use cpu::{Cpu, Kernel, dispatch};
pub use door::{prefetch, quantise_within};
pub use exact::{
    CONSTANT_QUOTIENT_LIMIT, Down, HalfEven, HalfUp, RoundingRule, compare_products, in_range, is_product_less,
    mul_div, mul_div_constant, mul_div_constant_full_range, mul_div_constant_signed, mul_div_unsigned,
};
pub use quantise::{quantise, quantise_lanes, to_currency, to_currency_lanes};
pub use slices::{
    compare_products_slices, is_product_less_slices, mul_div_constant_signed_slices, mul_div_constant_slices,
    mul_div_slices, quantise_slices,
};
pub use vector::{LIMIT, Lanes};
