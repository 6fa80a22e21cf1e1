//! Present values of dated and of periodic flows at an annual or periodic effective rate.

use super::discount::Discounting;
use super::error::AnalyticsError;
use super::flows::{check_flows, days_between};
use crate::basics::{Date, Fraction};

/// The value on the first date of flows on dates: `sum of amount_i / (1 + rate)^(days_i / 365)`.
///
/// `days_i` counts actual days from the first date; `rate` is effective a year.
///
/// # Errors
///
/// Different lengths, dates out of order, values that are not finite, a rate of -1 or less.
pub fn present_value_dated(dates: &[Date], amounts: &[f64], rate: f64) -> Result<f64, AnalyticsError> {
    Ok(dated(dates, amounts)?.value(growth(rate)?))
}

/// The value at the time of the first amount of amounts one period apart: `sum of amount_i / (1 + rate)^i`, i from 0.
///
/// # Errors
///
/// Values that are not finite, a rate of -1 or less.
pub fn present_value_periodic(amounts: &[f64], rate: f64) -> Result<f64, AnalyticsError> {
    Ok(periodic(amounts)?.value(growth(rate)?))
}

fn growth(rate: f64) -> Result<f64, AnalyticsError> {
    let growth = 1.0 + rate;
    if growth.is_normal() && growth > 0.0 { Ok(growth) } else { Err(AnalyticsError::RateTooLow { rate }) }
}

/// Flows on dates, time in years of 365 days.
pub(super) fn dated(dates: &[Date], amounts: &[f64]) -> Result<Discounting, AnalyticsError> {
    check_flows(dates, amounts, "amounts")?;
    let mut discounting = Discounting::default();
    for (index, &amount) in amounts.iter().enumerate() {
        let days = if index == 0 { 0 } else { days_between(dates[index - 1], dates[index]) };
        discounting.push(&Fraction { numerator: days, denominator: 365 }, amount);
    }
    Ok(discounting)
}

/// Flows one unit of time apart, the first at time 0.
pub(super) fn periodic(amounts: &[f64]) -> Result<Discounting, AnalyticsError> {
    if let Some(index) = amounts.iter().position(|amount| !amount.is_finite()) {
        return Err(AnalyticsError::NotFinite { what: "amounts", index });
    }
    let mut discounting = Discounting::default();
    for (index, &amount) in amounts.iter().enumerate() {
        discounting.push(&Fraction { numerator: i64::from(index > 0), denominator: 1 }, amount);
    }
    Ok(discounting)
}
