//! Regular schedules of dates.

use super::date::Date;
use std::fmt;

/// Dates at equal distances in months, all on one day of the month or on the last day of a shorter month.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Regular {
    /// The first date.
    pub first: Date,
    /// The last date.
    pub last: Date,
    /// Months from one date to the next, at least 1.
    pub months: u32,
    /// The day of the month, 1 to 31.
    pub day: u32,
}

/// Why there is no such schedule.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ScheduleError {
    /// The distance is not from 1 to 1,200 months.
    Months(u32),
    /// The day is not from 1 to 31.
    Day(u32),
    /// The last date lies before the first.
    Order(Date, Date),
    /// The first date is not on the schedule's day: the date, and the one of its month that is.
    First(Date, Date),
    /// The last date is not on the schedule: the date, and the schedule's nearest dates before and after it.
    Last(Date, Date, Date),
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScheduleError::Months(months) => write!(formatter, "expected months from 1 to 1200, found {months}"),
            ScheduleError::Day(day) => write!(formatter, "expected a day from 1 to 31, found {day}"),
            ScheduleError::Order(first, last) => {
                write!(formatter, "expected a last date on or after the first, {first}, found {last}")
            }
            ScheduleError::First(first, due) => {
                write!(formatter, "expected a first date on the schedule's day, {due}, found {first}")
            }
            ScheduleError::Last(last, before, after) => {
                write!(formatter, "expected a last date on the schedule, {before} or {after}, found {last}")
            }
        }
    }
}

impl std::error::Error for ScheduleError {}

impl Regular {
    /// All dates, strictly increasing. Each is counted from the first, so that a clipped day does not stick.
    ///
    /// # Errors
    ///
    /// If the numbers are out of bounds, or the first or last date is not a date of the schedule.
    pub fn dates(&self) -> Result<Vec<Date>, ScheduleError> {
        let &Regular { first, last, months, day } = self;
        if !(1..=1200).contains(&months) {
            return Err(ScheduleError::Months(months));
        }
        if !(1..=31).contains(&day) {
            return Err(ScheduleError::Day(day));
        }
        if last < first {
            return Err(ScheduleError::Order(first, last));
        }
        if self.date(0) != first {
            return Err(ScheduleError::First(first, self.date(0)));
        }
        let mut dates = Vec::new();
        let mut date = first;
        while date < last {
            dates.push(date);
            date = self.date(dates.len() as i32);
        }
        if date != last {
            return Err(ScheduleError::Last(last, dates[dates.len() - 1], date));
        }
        dates.push(last);
        Ok(dates)
    }

    /// The n-th date from the first, counted from 0; dates before the first have negative numbers.
    pub fn date(&self, n: i32) -> Date {
        self.first.add_months_clipped(n * self.months as i32, self.day)
    }
}

/// Full years from one date to another; 0 if `to` is earlier.
///
/// Full months divided by 12, rounded down; a day that is clipped by a short month counts as reached on that month's last
/// day: from 2024-02-29 a year is full on 2025-02-28.
pub fn full_years(from: Date, to: Date) -> u32 {
    full_months(from, to) / 12
}

/// Whole months from one date to another, 0 where that is not later; a day that a short month has not is reached on its last.
pub fn full_months(from: Date, to: Date) -> u32 {
    let ((year_1, month_1, day_1), (year_2, month_2, day_2)) = (from.ymd(), to.ymd());
    let last = Date::last_day_of_month(year_2, month_2);
    let reached = day_2 >= day_1 || day_2 == last;
    let months = (year_2 - year_1) * 12 + month_2 as i32 - month_1 as i32 - i32::from(!reached);
    u32::try_from(months).unwrap_or(0)
}
