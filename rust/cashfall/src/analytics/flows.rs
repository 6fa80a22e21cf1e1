//! What a holder is paid, and the terms of a note that price and average life need.

use super::discount::Discounting;
use super::error::AnalyticsError;
use crate::basics::{Date, DayCount, Fraction, Period};

/// Interest and principal paid to the holders of one note, by date.
///
/// Amounts are in any one unit (cents, dollars): prices, yields and lives do not depend on it.
#[derive(Clone, Debug, PartialEq)]
pub struct CashFlows {
    dates: Vec<Date>,
    interest: Vec<f64>,
    principal: Vec<f64>,
}

/// The terms of a note.
#[derive(Clone, Debug, PartialEq)]
pub struct NoteTerms {
    /// Counts accrued interest and time.
    pub day_count: DayCount,
    /// The fixed coupon rate a year: 0.06581.
    pub rate: f64,
    /// In the unit of the flows.
    pub original_balance: f64,
    /// From the dated date to the maturity date, without gaps; each ends on a payment date.
    pub periods: Vec<Period>,
}

impl CashFlows {
    /// Flows on strictly increasing dates.
    ///
    /// # Errors
    ///
    /// Arrays of different length, dates out of order, values that are not finite.
    pub fn new(dates: Vec<Date>, interest: Vec<f64>, principal: Vec<f64>) -> Result<Self, AnalyticsError> {
        check_flows(&dates, &interest, "interest")?;
        check_flows(&dates, &principal, "principal")?;
        Ok(Self { dates, interest, principal })
    }

    /// The dates of the flows.
    #[must_use]
    pub fn dates(&self) -> &[Date] {
        &self.dates
    }

    /// Interest paid on each date.
    #[must_use]
    pub fn interest(&self) -> &[f64] {
        &self.interest
    }

    /// Principal paid on each date.
    #[must_use]
    pub fn principal(&self) -> &[f64] {
        &self.principal
    }

    /// The position of the first flow after `date`.
    pub(super) fn first_after(&self, date: Date) -> usize {
        self.dates.partition_point(|&d| d <= date)
    }
}

/// One finite amount for each of strictly increasing dates.
pub(super) fn check_flows(dates: &[Date], amounts: &[f64], what: &'static str) -> Result<(), AnalyticsError> {
    if amounts.len() != dates.len() {
        return Err(AnalyticsError::Lengths { what, expected: dates.len(), found: amounts.len() });
    }
    if let Some(index) = dates.windows(2).position(|pair| pair[1] <= pair[0]) {
        return Err(AnalyticsError::DatesOutOfOrder { date: dates[index + 1], index: index + 1 });
    }
    match amounts.iter().position(|amount| !amount.is_finite()) {
        Some(index) => Err(AnalyticsError::NotFinite { what, index }),
        None => Ok(()),
    }
}

impl NoteTerms {
    /// The date from which interest accrues.
    #[must_use]
    pub fn dated_date(&self) -> Date {
        self.periods[0].start
    }

    /// The last payment date.
    #[must_use]
    pub fn maturity_date(&self) -> Date {
        self.periods[self.periods.len() - 1].end
    }

    /// Months between payment dates.
    #[must_use]
    pub fn months(&self) -> u32 {
        self.periods[self.periods.len() - 1].months
    }

    /// Periods are there, follow each other, and the numbers make sense.
    pub(super) fn check(&self) -> Result<(), AnalyticsError> {
        let connected = self.periods.windows(2).all(|pair| pair[0].end == pair[1].start);
        let ordered = self.periods.iter().all(|period| period.start < period.end && period.months > 0);
        if self.periods.is_empty() || !connected || !ordered {
            return Err(AnalyticsError::Periods);
        }
        if !self.rate.is_finite() {
            return Err(AnalyticsError::NotFinite { what: "rate", index: 0 });
        }
        if !self.original_balance.is_finite() {
            return Err(AnalyticsError::NotFinite { what: "original_balance", index: 0 });
        }
        Ok(())
    }

    /// As [`NoteTerms::check`], and `settle` is not before the dated date.
    pub(super) fn check_settle(&self, settle: Date) -> Result<(), AnalyticsError> {
        self.check()?;
        let dated = self.dated_date();
        if settle < dated { Err(AnalyticsError::SettleBeforeDated { settle, dated }) } else { Ok(()) }
    }

    /// The interest period that holds `date`, its end included; none after maturity.
    pub(super) fn period_ending_from(&self, date: Date) -> Option<&Period> {
        self.periods.get(self.periods.partition_point(|period| period.end < date))
    }

    /// Years from `start` to `end`, both in one interest period or both from maturity on.
    ///
    /// After maturity a convention that needs a schedule counts actual days over 365.
    pub(super) fn years_within(&self, start: Date, end: Date) -> Fraction {
        let maturity = self.maturity_date();
        match self.period_ending_from(end) {
            None => between_or_act_365(self.day_count, start, end, maturity),
            Some(period) => self.day_count.fraction(&Period { start, end, maturity, ..*period }),
        }
    }

    /// The flows after `settle`, with the coupon periods between them as exact ratios.
    ///
    /// Time runs in steps: from `settle` to the next payment date, then from payment date to payment date, each counted by
    /// the note's day count. Payment dates without a flow take part, with nothing.
    pub(super) fn discounting(&self, flows: &CashFlows, settle: Date) -> Discounting {
        let first = flows.first_after(settle);
        let mut discounting = Discounting::default();
        let mut previous = settle;
        let mut append = |date: Date, amount: f64| {
            let years = self.years_within(previous, date);
            let periods =
                Fraction { numerator: 12 * years.numerator, denominator: i64::from(self.months()) * years.denominator };
            discounting.push(&periods, amount);
            previous = date;
        };
        let mut payment_dates = self.periods.iter().map(|period| period.end).filter(|&end| end > settle).peekable();
        for index in first..flows.dates.len() {
            let date = flows.dates[index];
            while let Some(payment_date) = payment_dates.next_if(|&end| end < date) {
                append(payment_date, 0.0);
            }
            let _ = payment_dates.next_if(|&end| end == date);
            append(date, flows.interest[index] + flows.principal[index]);
        }
        discounting
    }
}

/// Days from `start` to `end`.
pub(super) fn days_between(start: Date, end: Date) -> i64 {
    i64::from(end.days()) - i64::from(start.days())
}

fn between_or_act_365(day_count: DayCount, start: Date, end: Date, maturity: Date) -> Fraction {
    let actual = Fraction { numerator: days_between(start, end), denominator: 365 };
    day_count.between(start, end, maturity).unwrap_or(actual)
}
