//! What is known of a note before any schedule is sized.

use crate::basics::{Date, full_months};
use crate::deal::Deal;
use crate::formula::Quantity;

/// The terms of a note that formulas read and no scenario changes.
#[derive(Clone, Debug)]
pub struct KnownTerms {
    /// The original balance.
    pub original: i64,
    /// Whole months to the maturity date from the closing date.
    pub months_at_closing: i64,
    /// The same from each grid date.
    pub months: Vec<i64>,
}

impl KnownTerms {
    /// One of them on a grid date.
    pub fn now(&self, quantity: Quantity, t: usize) -> i64 {
        if quantity == Quantity::MonthsToMaturity { self.months[t] } else { self.original }
    }

    /// One of them before the first grid date.
    pub fn initial(&self, quantity: Quantity) -> i64 {
        if quantity == Quantity::MonthsToMaturity { self.months_at_closing } else { self.original }
    }
}

/// Those of every note.
pub fn known_terms(deal: &Deal, dates: &[Date]) -> Vec<KnownTerms> {
    let terms = deal.notes.iter().map(|(_, note)| {
        let months = |from: Date| i64::from(full_months(from, note.maturity_date.value));
        KnownTerms {
            original: note.original_balance.value.0,
            months_at_closing: months(deal.deal.closing_date),
            months: dates.iter().copied().map(months).collect(),
        }
    });
    terms.collect()
}
