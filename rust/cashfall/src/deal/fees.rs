//! What fees may say beside a fixed amount or a share: rates a year, tables, interest on what is unpaid, and caps.

use super::bounds::*;
use super::declare::{self, choice, object};
use super::decode::{At, Context, Decode, Fields, decode_choice, expected_choice};
use super::model::{Deal, Limit, Order, Ranking, Support};
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{FormulaText, Located, Name};
use super::weights::Weights;
use crate::basics::day_count::DayCount;
use crate::basics::units::{Amount, Number};

object! {
    /// An amount a year, prorated by day count.
    PerYear {
        /// The amount of a year.
        amount: Amount where NOT_NEGATIVE,
        /// How a period's fraction of a year is counted.
        day_count: Located<DayCount>,
    }
}

object! {
    /// A rate a year on a quantity, prorated by day count; below zero the quantity counts as zero.
    RateOf {
        /// The rate a year.
        rate: Number where RATE,
        /// A formula that gives an amount.
        quantity: FormulaText,
        /// How a period's fraction of a year is counted.
        day_count: Located<DayCount>,
    }
}

object! {
    /// Interest on what was due and unpaid.
    UnpaidInterest {
        /// The rate a year.
        rate: Number where RATE,
        /// How days are counted; the denominator must be fixed.
        day_count: Located<DayCount>,
    }
}

choice! {
    /// What the first cap year may hold where it is shorter than a year.
    Stub {
        /// A share of the annual amount, by days.
        Prorated = "prorated",
        /// The annual amount.
        Full = "full",
    }
}

object! {
    /// The most that falls due in a cap year; the rest is a due of its own.
    AnnualCap {
        /// The amount of a cap year.
        annual: Amount where NOT_NEGATIVE,
        /// Where cap years begin: `closing`, or a month and day such as `01-01`.
        year_starts: Name,
        /// What the first cap year may hold where it is shorter than a year.
        stub: Stub = Stub::Prorated,
        /// Whether what is left of a cap year is added to the next.
        carry_forward: bool = false,
        /// A flag formula; where it is 1 the cap holds nothing back and is not used up.
        suspended_if: Option<FormulaText>,
    }
}

object! {
    /// One annual cap for several fees.
    FeeCap {
        /// The fees that share it.
        fees: Vec<Name> where NOT_EMPTY,
        /// The cap.
        cap: AnnualCap,
    }
}

object! {
    /// Pays what a cap on fees has held back.
    PayExcess {
        /// The fees.
        fees: Vec<Name> where NOT_EMPTY,
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// How the fees rank.
        ranking: Ranking = Ranking::Sequential,
        /// By what the fees share, with `ranking = "pro_rata"`; without it by what is due.
        weights: Option<Weights>,
        /// In which order the fees stand.
        order: Order = Order::Listed,
        /// What the step may not exceed.
        limit: Option<Limit>,
        /// Who pays what the sources leave unpaid, in order.
        support: Vec<Support> = Vec::new(),
    }
}

impl Deal {
    /// Whether a fee has a cap, its own or a joint one.
    pub fn is_capped(&self, fee: &str) -> bool {
        let joint = self.fee_caps.iter().any(|(_, joint)| joint.fees.iter().any(|name| name.text == fee));
        joint || self.fees.get(fee).is_some_and(|fee| fee.cap.is_some())
    }
}
