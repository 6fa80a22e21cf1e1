//! The units that values are counted in.

use std::ops::Rem;

/// Every value of a waterfall is an integer whose magnitude is below this limit, so that an `f64` lane holds it exactly.
pub const LIMIT: i64 = 1 << 52;

/// A [`Number`] counts parts of one over this scale.
pub const NUMBER_SCALE: i64 = 1_000_000_000;

/// Money in minor units (cents) of the deal's currency.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Amount(pub i64);

/// A ratio, share, rate or index value in units of 1e-9: 6.581% is 65,810,000.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Number(pub i64);

/// The greatest whole number that divides both, of which neither is below 0.
pub fn greatest_common_divisor<T: Copy + Default + PartialEq + Rem<Output = T>>(a: T, b: T) -> T {
    if b == T::default() { a } else { greatest_common_divisor(b, a % b) }
}

/// An amount as people read it: `1,234,567.89`.
pub fn format_amount(units: i64, decimals: u32) -> String {
    let scale = 10_u64.pow(decimals);
    let (whole, rest) = (units.unsigned_abs() / scale, units.unsigned_abs() % scale);
    let digits = whole.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or("")).collect();
    let sign = if units < 0 { "-" } else { "" };
    let fraction = if decimals == 0 { String::new() } else { format!(".{rest:0width$}", width = decimals as usize) };
    format!("{sign}{}{fraction}", groups.join(","))
}
