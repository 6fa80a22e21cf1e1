//! Tests that look ahead: how far, and with which inputs.

use super::bounds::*;
use super::declare::{self, choice, object};
use super::decode::{At, Context, Decode, Fields, decode_choice, expected_choice};
use super::measure::Measure;
use super::model::DenominatorKind;
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};

object! {
    /// A window on what is to come.
    ForwardWindow {
        /// Over how many following test dates sums are taken.
        n: i64 where AT_LEAST_ONE,
        /// Which inputs the formulas see.
        view: ForwardView,
    }
}

choice! {
    /// Which inputs a formula sees that looks ahead.
    ForwardView {
        /// Those of the sizing case.
        Scheduled = "scheduled",
        /// The scenario's values of today, on every later date.
        Current = "current",
        /// The scenario's own future.
        Foresight = "foresight",
    }
}

impl Measure {
    /// Whether its sums can be taken over dates to come.
    pub fn looks_ahead(&self) -> bool {
        match self {
            Measure::Dscr(_) | Measure::Icr(_) | Measure::ContractRealisation(_) => true,
            Measure::Ratio(ratio) => ratio.denominator_kind == DenominatorKind::Flow,
            _ => false,
        }
    }

    /// Whether its formulas may read schedules of notes ahead: those of the others are set against such a schedule.
    pub fn reads_schedules_ahead(&self) -> bool {
        matches!(self, Measure::ContractRealisation(_) | Measure::Ratio(_))
    }
}
