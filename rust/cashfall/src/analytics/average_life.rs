//! The weighted average life of a note.

use super::error::AnalyticsError;
use super::flows::{CashFlows, NoteTerms};
use crate::basics::Date;

/// The average time to the repayment of principal: `sum of principal_i * t_i / sum of principal_i`, flows after `from`.
///
/// `t_i` is the note's day-count fraction n/d from `from` to the date, one quotient. `act/act_icma` and `regular` need the
/// schedule: there the fractions of the periods on the way are summed in date order. Sums run in date order.
///
/// # Shapes and units
///
/// Years. NaN if no principal is paid.
///
/// # Errors
///
/// `from` before the dated date, or unsound terms.
#[allow(clippy::cast_precision_loss, reason = "day counts are small")]
pub fn average_life(terms: &NoteTerms, flows: &CashFlows, from: Date) -> Result<f64, AnalyticsError> {
    terms.check_settle(from)?;
    let maturity = terms.maturity_date();
    let (mut weighted, mut total) = (0.0, 0.0);
    for index in flows.first_after(from)..flows.dates().len() {
        let date = flows.dates()[index];
        let years = match terms.day_count.between(from, date, maturity) {
            Some(fraction) => fraction.numerator as f64 / fraction.denominator as f64,
            None => years_by_period(terms, from, date),
        };
        weighted += flows.principal()[index] * years;
        total += flows.principal()[index];
    }
    Ok(if total > 0.0 { weighted / total } else { f64::NAN })
}

/// The fractions of the interest periods between two dates, summed in date order.
#[allow(clippy::cast_precision_loss, reason = "day counts are small")]
fn years_by_period(terms: &NoteTerms, from: Date, to: Date) -> f64 {
    let inner = terms.periods.iter().map(|period| period.end).filter(|&end| from < end && end < to);
    let (mut years, mut previous) = (0.0, from);
    for date in inner.chain([to]) {
        let fraction = terms.years_within(previous, date);
        years += fraction.numerator as f64 / fraction.denominator as f64;
        previous = date;
    }
    years
}
