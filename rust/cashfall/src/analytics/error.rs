//! What a caller of the analytics can get wrong, and what has no answer.

use crate::basics::Date;
use std::fmt;

/// Why an analytic has no answer for these flows.
#[derive(Clone, Debug, PartialEq)]
pub enum AnalyticsError {
    /// Two arrays that describe the same flows differ in length.
    Lengths {
        /// What the second array holds.
        what: &'static str,
        /// Length of the first array.
        expected: usize,
        /// Length of the second array.
        found: usize,
    },
    /// Dates do not strictly increase.
    DatesOutOfOrder {
        /// The date that does not follow its predecessor.
        date: Date,
        /// Its position, from 0.
        index: usize,
    },
    /// A value is NaN or infinite.
    NotFinite {
        /// What the value is.
        what: &'static str,
        /// Its position, from 0.
        index: usize,
    },
    /// The note has no interest periods, or they do not follow each other.
    Periods,
    /// The settlement date is before the note's dated date.
    SettleBeforeDated {
        /// The settlement date asked for.
        settle: Date,
        /// The note's dated date.
        dated: Date,
    },
    /// Nothing is outstanding or nothing is paid after the date.
    NothingOutstanding {
        /// The settlement or reference date.
        date: Date,
    },
    /// One plus the yield over the payments a year is not above zero.
    YieldTooLow {
        /// The yield asked for.
        yield_rate: f64,
        /// The bound it has to exceed.
        above: f64,
    },
    /// No yield in the searched range gives this price.
    NoYield {
        /// The clean price asked for.
        price: f64,
    },
    /// The discount rate is not above -1.
    RateTooLow {
        /// The rate asked for.
        rate: f64,
    },
}

impl fmt::Display for AnalyticsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lengths { what, expected, found } => {
                write!(out, "{what}: expected {expected} values, one for each date, found {found}")
            }
            Self::DatesOutOfOrder { date, index } => {
                write!(out, "dates[{index}]: expected a date after its predecessor, found {date}")
            }
            Self::NotFinite { what, index } => write!(out, "{what}[{index}]: expected a finite value"),
            Self::Periods => write!(out, "note: expected interest periods that follow each other without gaps"),
            Self::SettleBeforeDated { settle, dated } => {
                write!(out, "settle: expected a date on or after the note's dated date {dated}, found {settle}")
            }
            Self::NothingOutstanding { date } => {
                write!(
                    out,
                    "settle: expected a date before the note is repaid, but after {date} nothing is outstanding or paid"
                )
            }
            Self::YieldTooLow { yield_rate, above } => {
                write!(out, "yield: expected a nominal yield above {above}, found {yield_rate}")
            }
            Self::NoYield { price } => {
                write!(
                    out,
                    "price: no yield gives a clean price of {price}; expected a price whose dirty price is above zero"
                )
            }
            Self::RateTooLow { rate } => write!(out, "rate: expected a finite rate above -1, found {rate}"),
        }
    }
}

impl std::error::Error for AnalyticsError {}
