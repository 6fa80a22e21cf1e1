//! Notes that are drawn after their dated date, refinanced and extended.

use super::bounds::*;
use super::declare::{self, object};
use super::decode::{At, Context, Decode, Fields};
use super::model::{Note, Verb};
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{FormulaText, Located, Name};
use crate::basics::date::Date;
use crate::basics::units::{Amount, Number};

object! {
    /// How a note is drawn after its dated date.
    Funding {
        /// The most that is drawn, the original balance included.
        maximum: Located<Amount> where POSITIVE,
        /// The last day on which it is drawn.
        until: Option<Located<Date>>,
        /// Whether what has been repaid can be drawn again.
        revolving: bool = false,
    }
}

object! {
    /// To which dates the maturity of a note can be extended.
    Extension {
        /// The maturity after each extension; payment dates, strictly increasing.
        maturity_dates: Vec<Located<Date>> where NOT_EMPTY,
        /// What is added to the rate from each extension on.
        extra: Number where RATE = Number(0),
    }
}

object! {
    /// Draws on a note.
    FundNote {
        /// The note.
        note: Name,
        /// The account that receives.
        to: Name,
        /// A formula that gives what is asked for; without it all that there is room for.
        amount: Option<FormulaText>,
    }
}

object! {
    /// Repays notes whole with a draw on another note, or does nothing.
    Refinance {
        /// The notes that are repaid.
        notes: Vec<Name> where NOT_EMPTY,
        /// The note that is drawn.
        with: Name,
        /// The account through which the cash goes.
        account: Name,
    }
}

object! {
    /// Extends the maturity of notes.
    Extend {
        /// The notes.
        notes: Vec<Name> where NOT_EMPTY,
    }
}

impl Verb {
    /// The note on which it draws.
    pub fn funded(&self) -> Option<&Name> {
        match self {
            Verb::FundNote(fund) => Some(&fund.note),
            Verb::Refinance(refinance) => Some(&refinance.with),
            _ => None,
        }
    }
}

impl Note {
    /// The last payment date: the maturity, or the last to which it can be extended.
    pub fn last_date(&self) -> Date {
        let extended = self.extension.as_ref().and_then(|extension| extension.maturity_dates.last());
        extended.map_or(self.maturity_date.value, |last| last.value)
    }

    /// The most that is lent on it.
    pub fn greatest_balance(&self) -> i64 {
        self.funding.as_ref().map_or(self.original_balance.value.0, |funding| funding.maximum.value.0)
    }
}
