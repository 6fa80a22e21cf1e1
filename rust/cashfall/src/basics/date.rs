//! Calendar dates as day numbers.

use std::fmt;

/// A date of the proleptic Gregorian calendar, counted in days from 1970-01-01.
///
/// Years run from 1 to 9999, so that a date always has the form `2025-10-21`.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

/// Days from 0000-03-01 to 1970-01-01. Years that begin in March end with the leap day.
const DAYS_BEFORE_1970: i32 = 719_468;
const DAYS_IN_4_YEARS: i32 = 4 * 365 + 1;
const DAYS_IN_CENTURY: i32 = 25 * DAYS_IN_4_YEARS - 1;
const DAYS_IN_400_YEARS: i32 = 4 * DAYS_IN_CENTURY + 1;

/// The months' names, for messages.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Whether the year has 366 days.
pub fn is_leap_year(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

impl Date {
    /// The earliest date, 0001-01-01.
    pub const MIN: Date = Date(-719_162);
    /// The latest date, 9999-12-31.
    pub const MAX: Date = Date(2_932_896);

    /// The date of a year (1 to 9999), month (1 to 12) and day, if there is one.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Date> {
        let exists = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=Date::last_day_of_month(year, month)).contains(&day);
        exists.then(|| Date::from_valid(year, month, day))
    }

    /// Days of whole years and of whole months since March, whose lengths 31, 30, 31, 30, 31 repeat: 153 days in five.
    fn from_valid(year: i32, month: u32, day: u32) -> Date {
        let since_march = (month as i32 + 9) % 12;
        let march_year = if month < 3 { year - 1 } else { year };
        let leap_days = march_year.div_euclid(4) - march_year.div_euclid(100) + march_year.div_euclid(400);
        let before_month = (153 * since_march + 2) / 5;
        Date(march_year * 365 + leap_days + before_month + day as i32 - 1 - DAYS_BEFORE_1970)
    }

    /// Year, month and day.
    pub fn ymd(self) -> (i32, u32, u32) {
        let days = self.0 + DAYS_BEFORE_1970;
        let (cycle, day) = (days.div_euclid(DAYS_IN_400_YEARS), days.rem_euclid(DAYS_IN_400_YEARS));
        // The last day of a cycle, and of its fourth year, is a leap day: it belongs to the year that ends with it.
        let century = (day / DAYS_IN_CENTURY).min(3);
        let day = day - century * DAYS_IN_CENTURY;
        let (fours, day) = (day / DAYS_IN_4_YEARS, day % DAYS_IN_4_YEARS);
        let single = (day / 365).min(3);
        let day = day - single * 365;
        let march_year = 400 * cycle + 100 * century + 4 * fours + single;
        let since_march = (5 * day + 2) / 153;
        let day = day - (153 * since_march + 2) / 5 + 1;
        let month = (since_march + 2) % 12 + 1;
        let year = if month < 3 { march_year + 1 } else { march_year };
        (year, month as u32, day as u32)
    }

    /// Reads `2025-10-21`.
    ///
    /// # Errors
    ///
    /// What was expected and what was found, as a phrase.
    pub fn parse(text: &str) -> Result<Date, String> {
        let form = || format!("expected a date like 2025-10-21, found {text:?}");
        let bytes = text.as_bytes();
        let shape = |(index, byte): (usize, &u8)| {
            if index == 4 || index == 7 { *byte == b'-' } else { byte.is_ascii_digit() }
        };
        if bytes.len() != 10 || !bytes.iter().enumerate().all(shape) {
            return Err(form());
        }
        let number = |digits: &[u8]| digits.iter().fold(0, |value, digit| 10 * value + u32::from(digit - b'0'));
        let (year, month, day) = (number(&bytes[..4]) as i32, number(&bytes[5..7]), number(&bytes[8..]));
        Date::from_ymd(year, month, day).ok_or_else(|| match (year, month) {
            (1.., 1..=12) => {
                let last = Date::last_day_of_month(year, month);
                format!("expected a day from 1 to {last} in {} {year}, found {text:?}", MONTHS[month as usize - 1])
            }
            (0, _) => format!("expected a year from 0001 to 9999, found {text:?}"),
            _ => format!("expected a month from 01 to 12, found {text:?}"),
        })
    }

    /// The date so many days later (earlier, if negative).
    ///
    /// # Panics
    ///
    /// If the result is outside the years 1 to 9999.
    #[must_use]
    pub fn add_days(self, days: i32) -> Date {
        let date = Date(self.0 + days);
        assert!((Date::MIN..=Date::MAX).contains(&date), "{self} and {days} days leaves the years 1 to 9999");
        date
    }

    /// Days since 1970-01-01; the difference of two is the number of days between the dates.
    pub fn days(self) -> i32 {
        self.0
    }

    /// The date `months` calendar months on (back, if negative), on `day`, or on the last day of a shorter month.
    ///
    /// # Panics
    ///
    /// If the result is outside the years 1 to 9999, or `day` is 0.
    #[must_use]
    pub fn add_months_clipped(self, months: i32, day: u32) -> Date {
        let (year, month, _) = self.ymd();
        let index = year * 12 + month as i32 - 1 + months;
        let (year, month) = (index.div_euclid(12), index.rem_euclid(12) as u32 + 1);
        let last = Date::last_day_of_month(year, month);
        let day = if day < last { day } else { last };
        Date::from_ymd(year, month, day).expect("a date within the years 1 to 9999")
    }

    /// The number of days in a month (1 to 12).
    pub fn last_day_of_month(year: i32, month: u32) -> u32 {
        match month {
            2 if is_leap_year(year) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// Whether this is 28 February of a common year or 29 February.
    pub fn is_last_of_february(self) -> bool {
        let (year, month, day) = self.ymd();
        month == 2 && day == Date::last_day_of_month(year, month)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(formatter, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
