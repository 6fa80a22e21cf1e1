//! Objects beside accounts, fees and notes: ledgers and taxes, and the verbs that use them.

use super::bounds::*;
use super::declare::{self, choice, object};
use super::decode::{At, Context, Decode, Fields, decode_choice, expected_choice};
use super::model::{Limit, Ranking};
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{FormulaText, Located, Name};
use crate::basics::units::{Amount, Number};

choice! {
    /// What a ledger makes of an amount that is booked.
    LedgerKind {
        /// It adds the amount to the balance.
        Cumulative = "cumulative",
        /// It keeps the greatest amount booked.
        MaximumToDate = "maximum_to_date",
    }
}

object! {
    /// A count of amounts that holds no cash: `book` writes to it, formulas read it.
    Ledger {
        /// The name people read.
        title: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// What it makes of an amount that is booked.
        kind: LedgerKind = LedgerKind::Cumulative,
        /// The balance before the first date; it may be negative.
        opening: Amount = Amount(0),
        /// The balance below which a booking does not bring it; only for `cumulative`.
        floor: Option<Located<Amount>>,
        /// A flag formula; at the start of a date on which it is 1 the balance becomes the opening one.
        reset_when: Option<FormulaText>,
    }
}

object! {
    /// A tax on what a formula says.
    Tax {
        /// The name people read.
        title: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// The rate.
        rate: Number where RATE,
        /// A formula that gives the amount to be taxed; below zero there is no tax.
        base: FormulaText,
    }
}

object! {
    /// Writes an amount to a ledger.
    Book {
        /// The ledger.
        ledger: Name,
        /// A formula that gives the amount.
        amount: FormulaText,
    }
}

object! {
    /// Computes taxes, and pays what is due.
    PayTax {
        /// The taxes.
        taxes: Vec<Name> where NOT_EMPTY,
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// How the taxes rank.
        ranking: Ranking = Ranking::Sequential,
        /// What the step may not exceed.
        limit: Option<Limit>,
    }
}
