//! The interest rate of a note: fixed, in steps, or from an index.

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

tagged! {
    /// The interest rate of a note.
    Coupon {
        /// One rate for the whole term.
        Fixed(FixedCoupon) = "fixed",
        /// Pairs of date and rate: each holds for interest periods that begin on or after its date, until the next.
        Steps(Vec<(Located<Date>, Number)> where RATE_LIST) = "steps",
        /// An index that is fixed once for each interest period.
        Floating(Floating) = "floating",
        /// The mean of an index over the observations of an interest period, weighted by days.
        SimpleDaily(Averaged) = "simple_daily",
        /// An index compounded over the observations of an interest period.
        Compounded(Averaged) = "compounded",
        /// The growth of an index level from the beginning to the end of an interest period.
        IndexLevel(IndexLevel) = "index_level",
        /// The value of a formula where interest accrues.
        Formula(FormulaCoupon) = "formula",
    }
}

impl Coupon {
    /// What notes are ordered by: the rate, the first of several, or the margin over an index, in 1e-9.
    pub fn ranking_rate(&self) -> i64 {
        match self {
            Coupon::Fixed(fixed) => fixed.rate.0,
            Coupon::Steps(steps) => steps.first().map_or(0, |(_, rate)| rate.0),
            Coupon::Floating(floating) => floating.margin.0,
            Coupon::SimpleDaily(averaged) | Coupon::Compounded(averaged) => averaged.margin.0,
            Coupon::IndexLevel(level) => level.margin.0,
            Coupon::Formula(_) => 0,
        }
    }
}

object! {
    /// One rate for the whole term.
    FixedCoupon {
        /// The rate a year.
        rate: Number where RATE,
    }
}

object! {
    /// An index that is fixed once for each interest period.
    Floating {
        /// The number input that holds the index.
        index: Name,
        /// What is added to the index.
        margin: Number where MARGIN = Number(0),
        /// What is added to the index before its floor.
        credit_adjustment: Number where MARGIN = Number(0),
        /// The least index, with its credit adjustment.
        floor: Option<Number> where MARGIN,
        /// The least rate.
        all_in_floor: Number where RATE = Number(0),
        /// The greatest rate.
        all_in_cap: Option<Number> where RATE,
        /// To how many decimals the rate is rounded, as a number: 7 is five decimals of a percent.
        rate_decimals: i64 where RATE_DECIMALS = 9,
        /// Whether the index is fixed at the beginning of the period or on its payment date.
        fixing: Fixing = Fixing::InAdvance,
        /// How many grid dates earlier the index is read.
        lookback: i64 where COUNT = 0,
    }
}

choice! {
    /// When the index of an interest period is fixed.
    Fixing {
        /// At the beginning of the period.
        InAdvance = "in_advance",
        /// On the payment date.
        InArrears = "in_arrears",
    }
}

object! {
    /// An index over the observations of an interest period: the grid dates in it.
    Averaged {
        /// The number input that holds the index.
        index: Name,
        /// What is added to the index.
        margin: Number where MARGIN = Number(0),
        /// What is added to the index before its floor.
        credit_adjustment: Number where MARGIN = Number(0),
        /// The least index, with its credit adjustment.
        floor: Option<Number> where MARGIN,
        /// Whether the floor bounds each observation or the period's result.
        floor_per: FloorPer = FloorPer::Observation,
        /// The least rate.
        all_in_floor: Number where RATE = Number(0),
        /// The greatest rate.
        all_in_cap: Option<Number> where RATE,
        /// To how many decimals the rate is rounded, as a number: 7 is five decimals of a percent.
        rate_decimals: i64 where RATE_DECIMALS = 9,
        /// How many grid dates earlier the index of an observation is read.
        lookback: i64 where COUNT = 0,
        /// Whether an observation's weight too is that of the earlier date.
        observation_shift: bool = false,
        /// How many of the last observations take the index of the one before them.
        lockout: i64 where COUNT = 0,
    }
}

choice! {
    /// What the floor of an index bounds.
    FloorPer {
        /// Each observation.
        Observation = "observation",
        /// The result over the period.
        Period = "period",
    }
}

object! {
    /// The growth of an index level from the beginning to the end of an interest period.
    IndexLevel {
        /// The number input that holds the level.
        index: Name,
        /// The rate a year that is borne besides.
        margin: Number where RATE = Number(0),
        /// How many grid dates earlier the levels are read.
        lookback: i64 where COUNT = 0,
    }
}

object! {
    /// The value of a formula where interest accrues.
    FormulaCoupon {
        /// A formula that gives a number: the rate a year.
        rate: FormulaText,
        /// The least rate.
        all_in_floor: Number where RATE = Number(0),
        /// The greatest rate.
        all_in_cap: Number where RATE,
        /// To how many decimals the rate is rounded, as a number: 7 is five decimals of a percent.
        rate_decimals: i64 where RATE_DECIMALS = 9,
        /// The rate with which scheduled interest is made.
        scheduled_rate: Number where RATE = Number(0),
    }
}

object! {
    /// What is added to the rate while a flag holds.
    DefaultRate {
        /// The rate a year that is added.
        extra: Number where RATE,
        /// A flag formula, read when interest accrues.
        when: FormulaText,
    }
}
