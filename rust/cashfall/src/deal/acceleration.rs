//! Acceleration: what falls due at once, and the verbs and effects that begin and end it.

use super::bounds::*;
use super::declare::{self, object};
use super::decode::{At, Context, Decode, Fields};
use super::effect::Effect;
use super::model::{Deal, Verb};
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{FormulaText, Name};
use super::walk::walk;
use crate::basics::units::Number;

object! {
    /// What it means that the debt is accelerated.
    Acceleration {
        /// The notes whose balances fall due at once.
        notes: Vec<Name> where NOT_EMPTY,
        /// The status that the deal has at least.
        status: Option<Name>,
        /// Whether the premium of the notes' call prices falls due.
        premium: bool = false,
        /// The swaps that are terminated.
        swaps: Vec<Unwinding> = Vec::new(),
    }
}

object! {
    /// A swap that is terminated where acceleration begins.
    Unwinding {
        /// The swap.
        swap: Name,
        /// A formula that gives what the deal owes then; below zero it is owed to the deal.
        amount: FormulaText,
    }
}

object! {
    /// Accelerates the debt, as `acceleration` says.
    Accelerate {}
}

object! {
    /// Rescinds the acceleration, unless a test that accelerates is failing and not waived.
    Rescind {}
}

object! {
    /// Rescinds the acceleration where the test stops failing.
    Reinstate {}
}

object! {
    /// Nothing is drawn from facilities and on notes.
    DrawStop {
        /// The facilities.
        facilities: Vec<Name> = Vec::new(),
        /// The notes, which have `funding`.
        notes: Vec<Name> = Vec::new(),
    }
}

object! {
    /// The balances of notes are due on their payment dates.
    EarlyAmortization {
        /// The notes.
        notes: Vec<Name> where NOT_EMPTY,
    }
}

object! {
    /// Notes bear more.
    RateStep {
        /// The notes.
        notes: Vec<Name> where NOT_EMPTY,
        /// What is added to their rates.
        extra: Number where RATE,
    }
}

impl Deal {
    /// Whether a premium may fall due on a note.
    pub fn has_premium_due(&self, note: &str) -> bool {
        self.acceleration
            .as_ref()
            .is_some_and(|terms| terms.premium && terms.notes.iter().any(|name| name.text == note))
    }

    /// Whether some step or effect accelerates.
    pub fn is_accelerated(&self) -> bool {
        let effects = || self.tests.iter().flat_map(|(_, test)| &test.effects);
        walk(self).iter().any(|walked| matches!(walked.step.verb, Verb::Accelerate(_)))
            || effects().any(|effect| matches!(effect, Effect::Accelerate(_)))
    }
}
