//! Units, rounding, dates, day counts, schedules, pro rata and accruals.

mod accrual;
mod date;
mod day_count;
mod pro_rata;
mod rounding;
mod schedule;

use cashfall::basics::Date;

/// A date from its text.
pub fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Uniform below `bound`.
    pub fn below(&mut self, bound: i64) -> i64 {
        ((u128::from(self.bits()) * bound as u128) >> 64) as i64
    }
}
