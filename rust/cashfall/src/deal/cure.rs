//! Equity cures: a sponsor's cash that lets a failing reading pass.

use super::bounds::*;
use super::declare::{self, choice, object};
use super::decode::{At, Context, Decode, Fields, decode_choice, expected_choice};
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::Name;

object! {
    /// A sponsor's cash that lets a failing reading pass.
    EquityCure {
        /// The amount input that says what the sponsor would give on a date.
        input: Name,
        /// The account that receives the cash.
        to: Name,
        /// What the cash counts as.
        apply: CureApplies,
        /// How many cures there may be in all.
        max_per_life: Option<i64> where AT_LEAST_ONE,
        /// How many cures there may be in a number of readings in a row.
        max_per_window: Option<CureWindow>,
        /// Whether no reading may be cured after one that was.
        no_consecutive: bool = false,
        /// For how many readings the cash counts, that of the cure included; with `deemed_cfads` only.
        stays_dates: Option<i64> where AT_LEAST_ONE,
        /// The notes that the cash repays, in order; with `prepay` only.
        notes: Vec<Name> = Vec::new(),
    }
}

object! {
    /// How many cures there may be in a number of readings in a row.
    CureWindow {
        /// The most cures.
        n: i64 where AT_LEAST_ONE,
        /// The readings in a row.
        dates: i64 where AT_LEAST_ONE,
    }
}

choice! {
    /// What a cure's cash counts as.
    CureApplies {
        /// Cash flow of this reading and, if it stays, of the next ones.
        DeemedCfads = "deemed_cfads",
        /// What the measure reads in the account: added to this reading, which was made before the cash came.
        Deposit = "deposit",
        /// Debt that is repaid at once, at par: the reading is taken of what is left.
        Prepay = "prepay",
    }
}
