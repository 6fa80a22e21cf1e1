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
/// `balance[t] = balance[t-1] + received[t] - paid[t]`, in integers, from the opening balance on.
#[allow(clippy::cast_possible_truncation)]
pub fn imbalances(scenario: &TracedScenario) -> Vec<Imbalance> {
    let model = scenario.plan.model();
    let n = model.dates.len();
    let mut moved = vec![vec![0_i64; n]; model.accounts.len()];
    for row in ledger(scenario) {
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
        for (period, recorded) in recorded.iter().enumerate() {
            readded += moved[index][period];
            if readded != *recorded as i64 || readded < 0 {
                found.push(Imbalance { account: account.name.clone(), period, readded, recorded: *recorded as i64 });
            }
        }
    }
    found
}
