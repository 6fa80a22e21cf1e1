//! Terms of notes beyond coupon and schedule, and the verbs that change a balance without cash.

use super::bounds::*;
use super::declare::{self, choice, object, tagged};
use super::decode::{
    At, Context, Decode, Fields, Tagged, decode_choice, decode_tagged, expected_choice, expected_tagged,
};
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{FormulaText, Located, Name};
use crate::basics::date::Date;
use crate::basics::units::Number;

object! {
    /// Additional interest from a date on.
    AnticipatedRepayment {
        /// The anticipated repayment date.
        date: Located<Date>,
        /// The additional rate a year.
        extra: Number where RATE,
    }
}

object! {
    /// What unpaid interest bears.
    InterestOnUnpaid {
        /// Whether interest on unpaid interest bears interest itself.
        compounding: bool = false,
        => rate: UnpaidRate,
    }
}

tagged! {
    /// The rate that unpaid interest bears.
    UnpaidRate as "rate", of several "keep one of them" {
        /// Nothing.
        None(Empty) = "none",
        /// The note's rate.
        Note(Empty) = "note",
        /// The note's rate with what its default rate adds, whether or not its flag holds.
        Default(Empty) = "default",
        /// A rate of its own.
        Rate(Number where RATE) = "rate",
    }
}

object! {
    /// Nothing more to say.
    Empty {}
}

choice! {
    /// When principal that was missed falls due.
    MissedPrincipal {
        /// It stays due; what is capitalised falls due at maturity.
        Carry = "carry",
        /// It stays due, and so does all that lifts the balance above the schedule.
        TargetBalance = "target_balance",
        /// At maturity.
        AtMaturity = "at_maturity",
    }
}

choice! {
    /// Which instalments principal paid ahead reduces.
    ApplyTo {
        /// The next ones.
        Direct = "direct",
        /// The last ones.
        Inverse = "inverse",
        /// All in proportion.
        ProRata = "pro_rata",
    }
}

object! {
    /// Adds interest that is due to the balance.
    CapitalizeInterest {
        /// The notes.
        notes: Vec<Name> where NOT_EMPTY,
        /// A formula that gives the share of the interest due, from 0 to 1; without it all.
        share: Option<FormulaText>,
        /// The rate a year that capitalised interest bears besides the note's.
        pik_premium: Number where RATE = Number(0),
    }
}

object! {
    /// Writes balances down, beginning with the last note.
    WriteDown {
        /// The notes, from the most senior down.
        notes: Vec<Name> where NOT_EMPTY,
        /// A formula that gives the amount in all.
        amount: FormulaText,
    }
}

object! {
    /// Writes balances up again, beginning with the first note, to no more than they were written down.
    WriteUp {
        /// The notes, from the most senior down.
        notes: Vec<Name> where NOT_EMPTY,
        /// A formula that gives the amount in all.
        amount: FormulaText,
    }
}

object! {
    /// At what prices a note may be prepaid.
    Call {
        /// Pairs of date and price per 100, which holds until the next.
        schedule: Vec<(Located<Date>, Number)> where CALL_PRICES,
        /// The price before the first of these dates: a present value.
        make_whole: Option<MakeWhole>,
    }
}

object! {
    /// The rate at which coupons and the first call price are discounted.
    MakeWhole {
        /// A stated rate a year.
        rate: Option<Number> where RATE,
        /// The number input that holds the rate.
        index: Option<Name>,
        /// What is added to the index.
        spread: Number where MARGIN = Number(0),
    }
}

object! {
    /// Pays principal ahead at call prices.
    Prepay {
        /// The notes.
        notes: Vec<Name> where NOT_EMPTY,
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// A formula that bounds the principal in all.
        amount: Option<FormulaText>,
        /// Whether all of the notes is repaid or nothing, as in a clean-up call.
        whole: bool = false,
    }
}
