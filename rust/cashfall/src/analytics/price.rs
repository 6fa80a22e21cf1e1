//! Price and yield of a note.

use super::discount::Discounting;
use super::error::AnalyticsError;
use super::flows::{CashFlows, NoteTerms};
use super::internal_rate::newton_in_bracket;
use crate::basics::Date;

/// Growth over a coupon period is searched from 2^-20 to 2^20.
const LARGEST_GROWTH: f64 = 1_048_576.0;

/// A price per 100 of the balance outstanding on the settlement date.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// Without accrued interest.
    pub clean: f64,
    /// Interest since the latest payment date (or the dated date).
    pub accrued: f64,
    /// `clean + accrued`: what the buyer pays.
    pub dirty: f64,
}

/// The balance after the payments up to and including `settle`, `original_balance` less the principal paid in date order.
#[must_use]
pub fn outstanding_balance(terms: &NoteTerms, flows: &CashFlows, settle: Date) -> f64 {
    let paid = &flows.principal()[..flows.first_after(settle)];
    paid.iter().fold(terms.original_balance, |balance, principal| balance - principal)
}

/// Interest accrued per 100 of balance at `settle`: `100 * rate * n / d`.
///
/// n/d is the day-count fraction from the latest payment date on or before `settle` (or the dated date); zero on a
/// payment date and after maturity. Interest in arrears is not part of it.
///
/// # Errors
///
/// A settlement date before the dated date, or unsound terms.
#[allow(clippy::cast_precision_loss, reason = "day counts are small")]
pub fn accrued_interest(terms: &NoteTerms, settle: Date) -> Result<f64, AnalyticsError> {
    terms.check_settle(settle)?;
    match terms.period_ending_from(settle) {
        Some(period) if period.start < settle && settle < period.end => {
            let elapsed = terms.years_within(period.start, settle);
            Ok(100.0 * terms.rate * elapsed.numerator as f64 / elapsed.denominator as f64)
        }
        _ => Ok(0.0),
    }
}

/// The price at a nominal yield compounded at the note's frequency.
///
/// `dirty = 100 / balance * sum of flow_i / (1 + y/m)^(m t_i)`, over the flows after `settle`, m the payments a year and
/// `t_i` the note's day-count years from `settle`, summed from payment date to payment date; `clean = dirty - accrued`.
///
/// # Shapes and units
///
/// `yield_rate` a year: 0.06581. Price per 100 of outstanding balance.
///
/// # Guarantees
///
/// One backward recurrence of `+ - * /` with correctly rounded powers: the same bits everywhere. The relative error of the
/// dirty price is below 3 (n + 3) 2^-53 for n payment dates still to come, where no flow is negative.
///
/// # Errors
///
/// `settle` before the dated date or when nothing is outstanding or paid after it; a yield of -m or less.
pub fn price_from_yield(
    terms: &NoteTerms,
    flows: &CashFlows,
    yield_rate: f64,
    settle: Date,
) -> Result<Price, AnalyticsError> {
    let accrued = accrued_interest(terms, settle)?;
    let (discounting, balance) = outstanding(terms, flows, settle)?;
    let months = f64::from(terms.months());
    let growth = 1.0 + yield_rate * months / 12.0;
    if !growth.is_normal() || growth <= 0.0 {
        return Err(AnalyticsError::YieldTooLow { yield_rate, above: -12.0 / months });
    }
    let dirty = 100.0 * discounting.value(growth) / balance;
    Ok(Price { clean: dirty - accrued, accrued, dirty })
}

/// The nominal yield, compounded at the note's frequency, at which the flows are worth a clean price.
///
/// The root of [`price_from_yield`] in `g = 1 + y/m`; unique, because the price falls as g rises. Newton's step where it
/// stays in the bracket, else the middle of the bracket; it stops when g moves by at most two units in the last place.
///
/// # Guarantees
///
/// The same bits everywhere; within the error of the price divided by its slope, about 2^-50 for notes of this kind.
///
/// # Errors
///
/// As [`price_from_yield`]; and where no g in 2^±20 gives the price: a dirty price of zero or less.
pub fn yield_from_price(terms: &NoteTerms, flows: &CashFlows, clean: f64, settle: Date) -> Result<f64, AnalyticsError> {
    let accrued = accrued_interest(terms, settle)?;
    let (discounting, balance) = outstanding(terms, flows, settle)?;
    let target = (clean + accrued) * balance / 100.0;
    let none = AnalyticsError::NoYield { price: clean };
    if !target.is_finite() || target <= 0.0 {
        return Err(none);
    }
    let bracket = bracket_growth(&discounting, target).ok_or(none)?;
    let growth = newton_in_bracket(bracket, |growth| {
        let at = discounting.valuation(growth);
        (at.value - target, at.derivative)
    });
    Ok((growth - 1.0) * 12.0 / f64::from(terms.months()))
}

/// The flows to come and the balance they are quoted on.
fn outstanding(terms: &NoteTerms, flows: &CashFlows, settle: Date) -> Result<(Discounting, f64), AnalyticsError> {
    let balance = outstanding_balance(terms, flows, settle);
    let discounting = terms.discounting(flows, settle);
    let pays = discounting.amounts.iter().any(|&amount| amount > 0.0);
    if balance > 0.0 && pays {
        Ok((discounting, balance))
    } else {
        Err(AnalyticsError::NothingOutstanding { date: settle })
    }
}

/// Two growths, a factor 2 apart or closer, whose values enclose the target.
fn bracket_growth(discounting: &Discounting, target: f64) -> Option<(f64, f64)> {
    let (mut low, mut high) = (1.0, 1.0);
    while discounting.value(low) < target {
        high = low;
        low /= 2.0;
        if low < 1.0 / LARGEST_GROWTH {
            return None;
        }
    }
    while discounting.value(high) > target {
        low = high;
        high *= 2.0;
        if high > LARGEST_GROWTH {
            return None;
        }
    }
    Some((low, high))
}
