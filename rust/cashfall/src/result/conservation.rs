//! The engine's own check that cash is conserved: the ledger re-adds to every balance, to the cent.

use crate::plan::Party;

use super::{TracedScenario, ledger};

/// A balance that the ledger does not explain: a defect of the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imbalance {
    /// The account.
    pub account: String,
    /// The grid position.
    pub period: usize,
    /// The balance that the ledger adds up to, in minor units.
    pub readded: i64,
    /// The balance that was recorded.
    pub recorded: i64,
}

/// Every account and date on which the ledger and the recorded balance differ; empty for a sound run.
///
/// `balance[t] = balance[t-1] + received[t] - paid[t]`, in integers, from the opening balance on, up to an overflow.
#[allow(clippy::cast_possible_truncation, reason = "lanes carry integers below 2^52")]
pub fn imbalances(scenario: &TracedScenario) -> Vec<Imbalance> {
    let model = scenario.plan.model();
    let n = recorded_dates(scenario);
    let mut moved = vec![vec![0_i64; n]; model.accounts.len()];
    for row in ledger(scenario).into_iter().filter(|row| row.period < n) {
        if let Party::Account(account) = row.to {
            moved[account][row.period] += row.amount;
        }
        if let Party::Account(account) = row.from {
            moved[account][row.period] -= row.amount;
        }
    }
    let mut found = Vec::new();
    for (index, account) in model.accounts.iter().enumerate() {
        let recorded = scenario.output(&format!("{}.balance", account.name)).unwrap_or(&[]);
        let mut readded = account.opening_balance;
        for (period, recorded) in recorded.iter().take(n).enumerate() {
            readded += moved[index][period];
            if readded != *recorded as i64 || readded < 0 {
                found.push(Imbalance { account: account.name.clone(), period, readded, recorded: *recorded as i64 });
            }
        }
    }
    found
}

/// How many dates have figures: all of them, or those before the scenario stopped, after which everything is zero.
pub(super) fn recorded_dates(scenario: &TracedScenario) -> usize {
    let n = scenario.plan.model().dates.len();
    if scenario.metric("outcome") == Some(0.0) {
        return n;
    }
    let blank =
        |period: &usize| (0..scenario.plan.outputs().len()).all(|series| scenario.series(series)[*period] == 0.0);
    n - (0..n).rev().take_while(blank).count()
}
