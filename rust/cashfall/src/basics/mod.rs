//! Integer money, rounding, dates, day counts and schedules: what every other module counts with.

pub mod rounding;
pub mod units;

pub use rounding::Rounding;
pub use units::{Amount, LIMIT, NUMBER_SCALE, Number};
