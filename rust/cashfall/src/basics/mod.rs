//! Integer money, rounding, dates, day counts and schedules: what every other module counts with.
//!
//! Everything here is scalar and exact; nothing depends on a deal. The vector forms of products and quotients are in
//! [`crate::lanes`].

pub mod accrual;
pub mod date;
pub mod day_count;
pub mod pro_rata;
pub mod rounding;
pub mod schedule;
pub mod units;

pub use accrual::{Accrual, interest, interest_by_unit};
pub use date::Date;
pub use day_count::{DayCount, Fraction, Period};
pub use pro_rata::pro_rata;
pub use rounding::Rounding;
pub use schedule::{Regular, ScheduleError, full_months, full_years};
pub use units::{Amount, LIMIT, NUMBER_SCALE, Number, format_amount, greatest_common_divisor};
