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
    /// 0 where the step's condition did not hold; -1 - i where the effect of a test at position i held cash back.
    Condition,
    /// What the step's cap still allowed; NaN without one.
    CapLeft,
}

impl Trace {
    /// How many series a movement records.
    pub const COUNT: usize = 5;
}
