//! Movements of cash: the rows a ledger can have.

use super::model::{Payee, Payer};

/// Where in a date's order a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// In `collection`.
    Collection,
    /// In `closing`.
    Closing,
    /// At the top of every status' waterfall.
    Shared,
    /// In the waterfall of one status, by position.
    Status(usize),
    /// In `after`.
    After,
}

/// One movement that a step makes between two parties.
#[derive(Clone, Debug, PartialEq)]
pub struct Movement {
    /// Where the step stands.
    pub phase: Phase,
    /// The step's position in its waterfall.
    pub step: usize,
    /// The source's position in the step.
    pub source: usize,
    /// The payee's position in the step.
    pub payee: usize,
    /// Who pays.
    pub from: Party,
    /// Who receives.
    pub to: Party,
    /// The effect of a test that makes it, by position among all effects.
    pub effect: Option<usize>,
}

/// One end of a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// An account of the deal.
    Account(usize),
    /// Someone from whom cash is collected.
    Payer(Payer),
    /// Someone outside whom the deal pays.
    Payee(Payee),
    /// A ledger, to which an amount is written; no cash moves.
    Ledger(usize),
    /// A name under which a formula is recorded; no cash moves.
    Inspection(usize),
    /// The formula of such an amount.
    Formula,
    /// The interest due of a note.
    InterestDue(usize),
    /// The balance of a note.
    Balance(usize),
    /// The premium of a note.
    Premium(usize),
    /// What is written down.
    Loss,
}

/// The series that a movement records, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// What was asked for.
    Requested,
    /// What the source had to give, within the limits.
    Available,
    /// What moved.
    Amount,
    /// 0 where the step's condition did not hold; below 0 the code of a [`Hold`].
    Condition,
    /// What the step's cap still allowed; NaN without one.
    CapLeft,
}

impl Trace {
    /// How many series a movement records.
    pub const COUNT: usize = 5;
}

/// What kept cash back though the step's condition held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The acceleration of the debt.
    Acceleration,
    /// Cash that cured a test on the date.
    Cures,
    /// The effect of a test, by position among all effects.
    Effect(usize),
    /// A facility's own `draw_stop`.
    DrawStop(usize),
}

impl Hold {
    /// What stands for it in the place of a condition.
    pub fn code(self) -> i64 {
        let place = |index: usize| i64::try_from(index).unwrap_or(0);
        match self {
            Hold::Acceleration => -1,
            Hold::Cures => -2,
            Hold::Effect(position) => -3 - 2 * place(position),
            Hold::DrawStop(facility) => -4 - 2 * place(facility),
        }
    }

    /// What a recorded condition says, if it is such a code.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a code is a small whole number")]
    pub fn of(code: f64) -> Option<Hold> {
        match -code {
            code if code.is_nan() || code < 1.0 => None,
            1.0 => Some(Hold::Acceleration),
            2.0 => Some(Hold::Cures),
            code if code % 2.0 == 1.0 => Some(Hold::Effect((code as usize - 3) / 2)),
            code => Some(Hold::DrawStop((code as usize - 4) / 2)),
        }
    }
}
