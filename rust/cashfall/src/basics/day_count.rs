//! Day-count conventions, as exact ratios of integers.
//!
//! A convention counts the days of a period, the end date not included, as a share of a year. Documents disagree about
//! what "30/360" means, so every convention here has one name and one source.

use super::date::{Date, is_leap_year};
use super::units::greatest_common_divisor;
use num_bigint::BigInt;

/// A share of a year, in lowest terms; the denominator is positive.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash)]
pub struct Fraction {
    /// Above the line.
    pub numerator: i64,
    /// Below the line, positive.
    pub denominator: i64,
}

impl Fraction {
    /// Nothing.
    pub const ZERO: Fraction = Fraction { numerator: 0, denominator: 1 };

    /// The ratio in lowest terms.
    ///
    /// # Panics
    ///
    /// If the denominator is not positive, or the reduced terms leave `i64`.
    pub fn new(numerator: i128, denominator: i128) -> Fraction {
        assert!(denominator > 0, "a positive denominator");
        let divisor = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs()) as i128;
        let term = |value: i128| i64::try_from(value / divisor).expect("a day-count fraction of modest terms");
        Fraction { numerator: term(numerator), denominator: term(denominator) }
    }

    /// The exact sum.
    #[must_use]
    pub fn plus(self, other: Fraction) -> Fraction {
        let (n, d) = (i128::from(self.numerator), i128::from(self.denominator));
        let (other_n, other_d) = (i128::from(other.numerator), i128::from(other.denominator));
        Fraction::new(n * other_d + other_n * d, d * other_d)
    }

    /// Both terms, for exact arithmetic of any size.
    pub fn to_big(self) -> (BigInt, BigInt) {
        (self.numerator.into(), self.denominator.into())
    }
}

/// An interest period and its place in a schedule.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Period {
    /// The first day that counts.
    pub start: Date,
    /// The first day that no longer counts.
    pub end: Date,
    /// Start of the regular period that this one is, or is a stub of.
    pub regular_start: Date,
    /// End of the regular period that this one is, or is a stub of.
    pub regular_end: Date,
    /// Months in a regular period: 3 for quarterly payments.
    pub months: u32,
    /// The day of the month on which regular periods end, if the schedule says it; else it is taken from the regular dates.
    pub roll_day: Option<u32>,
    /// The note's maturity date.
    pub maturity: Date,
}

/// A day-count convention.
///
/// The 30/360 conventions count `360·(Y2 − Y1) + 30·(M2 − M1) + (D2 − D1)` days over 360 and differ in `D1` and `D2`.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash)]
pub enum DayCount {
    /// `30/360_bond_basis`: `D1 = 31` becomes 30; then `D2 = 31` becomes 30 if `D1` is 30. February has no rule.
    ///
    /// Source: 2006 ISDA Definitions, section 4.16(f), "30/360", "360/360" or "Bond Basis".
    Thirty360BondBasis,
    /// `30/360_us`: as bond basis, but a start on the last day of February counts as day 30, and if the end is a last day
    /// of February too, so does the end.
    ///
    /// Source: Securities Industry Association, Standard Securities Calculation Methods (Mayle), vol. 1, 30/360 with the
    /// end-of-month rule.
    Thirty360Us,
    /// `30e/360`: day 31 becomes 30 at either end. February has no rule.
    ///
    /// Source: 2006 ISDA Definitions, section 4.16(g), "30E/360" or "Eurobond Basis".
    Thirty360E,
    /// `30e/360_isda`: the last day of any month counts as day 30, except that a last day of February that is both the
    /// end date and the maturity date keeps its number.
    ///
    /// Source: 2006 ISDA Definitions, section 4.16(h), "30E/360 (ISDA)".
    Thirty360EIsda,
    /// `act/360`: actual days over 360.
    ///
    /// Source: 2006 ISDA Definitions, section 4.16(e), "Actual/360".
    Act360,
    /// `act/365f`: actual days over 365, in leap years too.
    ///
    /// Source: 2006 ISDA Definitions, section 4.16(d), "Actual/365 (Fixed)".
    Act365F,
    /// `act/act_isda`: days that fall in leap years over 366 plus the other days over 365.
    ///
    /// Source: 2006 ISDA Definitions, section 4.16(b), "Actual/Actual" or "Actual/Actual (ISDA)".
    ActActIsda,
    /// `act/act_icma`: actual days over the days of the regular period times the periods in a year; a stub longer than one
    /// regular period is counted piece by piece, in notional regular periods.
    ///
    /// Source: ICMA Rule Book, Rule 251; 2006 ISDA Definitions, section 4.16(c).
    ActActIcma,
    /// `regular`: every whole period counts its months over 12, whatever its days; a stub counts as under `act/act_icma`.
    ///
    /// Source: term-sheet usage ("equal instalments of interest"); no market document defines it.
    Regular,
}

impl DayCount {
    /// Every convention, in the order of [`NAMES`](DayCount::NAMES).
    pub const ALL: [DayCount; 9] = [
        DayCount::Thirty360BondBasis,
        DayCount::Thirty360Us,
        DayCount::Thirty360E,
        DayCount::Thirty360EIsda,
        DayCount::Act360,
        DayCount::Act365F,
        DayCount::ActActIsda,
        DayCount::ActActIcma,
        DayCount::Regular,
    ];

    /// The names that a deal document uses.
    pub const NAMES: [&str; 9] = [
        "30/360_bond_basis",
        "30/360_us",
        "30e/360",
        "30e/360_isda",
        "act/360",
        "act/365f",
        "act/act_isda",
        "act/act_icma",
        "regular",
    ];

    /// The name that a deal document uses.
    pub fn name(self) -> &'static str {
        DayCount::NAMES[self as usize]
    }

    /// The convention of that name.
    pub fn from_name(name: &str) -> Option<DayCount> {
        DayCount::ALL.into_iter().find(|day_count| day_count.name() == name)
    }

    /// The share of a year that a period counts.
    pub fn fraction(self, period: &Period) -> Fraction {
        let whole = period.start == period.regular_start && period.end == period.regular_end;
        match self.between(period.start, period.end, period.maturity) {
            Some(fraction) => fraction,
            None if self == DayCount::Regular && whole => Fraction::new(i128::from(period.months), 12),
            None => icma(period),
        }
    }

    /// The share of a year between two dates, `start <= end`; none for the conventions that need a schedule, `act/act_icma` and
    /// `regular`. The maturity date matters to `30e/360_isda` only.
    pub fn between(self, start: Date, end: Date, maturity: Date) -> Option<Fraction> {
        let actual = i128::from(end.days() - start.days());
        let fraction = match self {
            DayCount::Thirty360BondBasis | DayCount::Thirty360Us | DayCount::Thirty360E | DayCount::Thirty360EIsda => {
                Fraction::new(self.thirty_360_days(start, end, maturity), 360)
            }
            DayCount::Act360 => Fraction::new(actual, 360),
            DayCount::Act365F => Fraction::new(actual, 365),
            DayCount::ActActIsda => {
                let leap = i128::from(leap_year_days_before(end) - leap_year_days_before(start));
                Fraction::new(leap * 365 + (actual - leap) * 366, 365 * 366)
            }
            DayCount::ActActIcma | DayCount::Regular => return None,
        };
        Some(fraction)
    }

    /// Days between two dates under one of the 30/360 conventions.
    fn thirty_360_days(self, start: Date, end: Date, maturity: Date) -> i128 {
        let ((year_1, month_1, day_1), (year_2, month_2, day_2)) = (start.ymd(), end.ymd());
        let at_most_30 = |day: u32| if day == 31 { 30 } else { day };
        let (first, last) = match self {
            DayCount::Thirty360BondBasis => {
                let first = at_most_30(day_1);
                (first, if first == 30 { at_most_30(day_2) } else { day_2 })
            }
            DayCount::Thirty360Us => {
                let february = start.is_last_of_february();
                let first = if february { 30 } else { at_most_30(day_1) };
                let last = if first == 30 { at_most_30(day_2) } else { day_2 };
                (first, if february && end.is_last_of_february() { 30 } else { last })
            }
            DayCount::Thirty360EIsda => {
                let first = if start.is_last_of_february() { 30 } else { at_most_30(day_1) };
                let february = end.is_last_of_february() && end != maturity;
                (first, if february { 30 } else { at_most_30(day_2) })
            }
            _ => (at_most_30(day_1), at_most_30(day_2)),
        };
        let months = i128::from(year_2 - year_1) * 12 + i128::from(month_2) - i128::from(month_1);
        30 * months + i128::from(last) - i128::from(first)
    }
}

/// How many days before a date fall in leap years, counted from the year 1.
fn leap_year_days_before(date: Date) -> i32 {
    let (year, ..) = date.ymd();
    let before = year - 1;
    let leap_years = before / 4 - before / 100 + before / 400;
    let new_year = Date::from_ymd(year, 1, 1).expect("the first of January");
    let this_year = if is_leap_year(year) { date.days() - new_year.days() } else { 0 };
    366 * leap_years + this_year
}

/// The day on which the notional periods around a regular one begin and end: month ends if both its dates are month ends,
/// else the later day of the two, which the other one's month clips.
fn roll_day(period: &Period) -> u32 {
    let dates = [period.regular_start, period.regular_end].map(Date::ymd);
    if dates.iter().all(|&(year, month, day)| day == Date::last_day_of_month(year, month)) {
        return 31;
    }
    if dates[0].2 > dates[1].2 { dates[0].2 } else { dates[1].2 }
}

/// Walks the notional regular periods, from the given one back and forth, that a period touches.
fn icma(period: &Period) -> Fraction {
    let (anchor, months, day) =
        (period.regular_end, period.months as i32, period.roll_day.unwrap_or_else(|| roll_day(period)));
    let boundary = |n: i32| match n {
        0 => period.regular_end,
        -1 => period.regular_start,
        _ => anchor.add_months_clipped(n * months, day),
    };
    let mut n = 0;
    while boundary(n) < period.end {
        n += 1;
    }
    let mut total = Fraction::ZERO;
    loop {
        let (from, to) = (boundary(n - 1), boundary(n));
        let first = if period.start > from { period.start } else { from };
        let last = if period.end < to { period.end } else { to };
        if first < last {
            let days = i128::from(last.days() - first.days()) * i128::from(months);
            total = total.plus(Fraction::new(days, 12 * i128::from(to.days() - from.days())));
        }
        if from <= period.start {
            return total;
        }
        n -= 1;
    }
}
