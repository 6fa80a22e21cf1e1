//! Weights of grid dates: what turns a balance that changes inside a period into one accrual that rounds once.

use crate::basics::{Date, DayCount};

/// The denominator of a day count that has one for all periods.
pub fn fixed_denominator(day_count: DayCount) -> Option<i64> {
    match day_count {
        DayCount::Act365F => Some(365),
        DayCount::Act360
        | DayCount::Thirty360BondBasis
        | DayCount::Thirty360Us
        | DayCount::Thirty360E
        | DayCount::Thirty360EIsda => Some(360),
        DayCount::ActActIsda | DayCount::ActActIcma | DayCount::Regular => None,
    }
}

/// The weights of the grid dates over consecutive periods.
#[derive(Clone, Debug)]
pub struct Weights {
    /// For each grid date, the days by which the balance before it counts.
    pub of: Vec<i64>,
    /// For each grid date, whether a period ends there.
    pub ends: Vec<bool>,
    /// The denominator of the day count.
    pub denominator: i64,
}

impl Weights {
    /// The weights on a grid of periods from `start` to each of `ends`; days after `until` do not count.
    pub fn new(day_count: DayCount, grid: &[Date], start: Date, ends: &[Date], until: Option<Date>) -> Weights {
        let denominator = fixed_denominator(day_count).expect("validation has seen the day count");
        let maturity = ends.last().copied().unwrap_or(start);
        let days = |from: Date, to: Date| {
            let to = until.map_or(to, |until| if until < to { until } else { to });
            if to <= from {
                return 0;
            }
            let fraction = day_count.between(from, to, maturity).expect("a day count without a schedule");
            fraction.numerator * (denominator / fraction.denominator)
        };
        let mut weights = Weights { of: Vec::new(), ends: Vec::new(), denominator };
        let (mut begin, mut counted) = (start, 0);
        for &date in grid {
            let is_within = date <= maturity && date > begin;
            let n = if is_within { days(begin, date) } else { 0 };
            weights.of.push(if is_within { n - counted } else { 0 });
            counted = n;
            let ends_here = ends.binary_search(&date).is_ok();
            weights.ends.push(ends_here);
            if ends_here {
                (begin, counted) = (date, 0);
            }
        }
        weights
    }
}
