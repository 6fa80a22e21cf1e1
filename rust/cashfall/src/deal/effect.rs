//! What happens while a test is failing.

use super::acceleration::{Accelerate, DrawStop, EarlyAmortization, RateStep, Reinstate};
use super::bounds::*;
use super::declare::{self, object, tagged};
use super::decode::{At, Context, Decode, Fields, Tagged, decode_tagged, expected_tagged};
use super::model::{RunSteps, View};
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{FormulaText, Name};
use crate::basics::units::{NUMBER_SCALE, Number};

tagged! {
    /// What happens while a test fails.
    Effect {
        /// The deal takes this status, unless a more severe one is set.
        SetStatus(Name) = "set_status",
        /// Nothing is distributed.
        LockUp(LockUp) = "lock_up",
        /// A share of what would be distributed goes into an account.
        CashTrap(CashTrap) = "cash_trap",
        /// A share of what would be distributed repays notes.
        Sweep(SweepEffect) = "sweep",
        /// An account's target is at least a formula.
        SetReserve(SetReserve) = "set_reserve",
        /// The debt is accelerated.
        Accelerate(Accelerate) = "accelerate",
        /// Where the test stops failing, the acceleration is rescinded.
        Reinstate(Reinstate) = "reinstate",
        /// Nothing is drawn from facilities and on notes.
        DrawStop(DrawStop) = "draw_stop",
        /// The balances of notes are due on their payment dates.
        EarlyAmortization(EarlyAmortization) = "early_amortization",
        /// Notes bear more.
        RateStep(RateStep) = "rate_step",
        /// The steps of a block happen after the step that runs the test.
        RunSteps(RunSteps) = "run_steps",
    }
}

impl Effect {
    /// The block whose steps it runs.
    pub fn block(&self) -> Option<&Name> {
        if let Effect::RunSteps(run) = self { Some(&run.block) } else { None }
    }

    /// The status that it sets.
    pub fn status(&self) -> Option<&Name> {
        if let Effect::SetStatus(name) = self { Some(name) } else { None }
    }
}

object! {
    /// Nothing is distributed.
    LockUp {}
}

object! {
    /// A share of what would be distributed goes into an account.
    CashTrap {
        /// The share.
        share: Number where SHARE = Number(NUMBER_SCALE),
        /// The account.
        to: Name,
    }
}

object! {
    /// A share of what would be distributed repays notes, in order, on their payment dates.
    SweepEffect {
        /// The share.
        share: Number where SHARE = Number(NUMBER_SCALE),
        /// The notes.
        notes: Vec<Name> where NOT_EMPTY,
    }
}

object! {
    /// An account's target is at least a formula.
    SetReserve {
        /// The account, which has a target.
        account: Name,
        /// A formula that gives an amount.
        formula: FormulaText,
        /// What a formula that looks forward looks at.
        view: Option<View>,
    }
}
