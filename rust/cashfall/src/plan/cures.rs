//! Resolving equity cures.

use crate::deal::model::{CureApplies, EquityCure, Test};

use super::resolve::Resolver;

/// An equity cure, resolved.
#[derive(Clone, Debug)]
pub struct CureModel {
    /// The amount input that says what the sponsor would give.
    pub input: usize,
    /// The account that receives.
    pub to: usize,
    /// How many cures there may be in all.
    pub max_per_life: Option<i64>,
    /// How many cures there may be in how many readings in a row.
    pub max_per_window: Option<(i64, usize)>,
    /// Whether no reading may be cured after one that was.
    pub no_consecutive: bool,
    /// For how many readings the cash counts.
    pub stays_dates: usize,
    /// The notes that it repays, in order; none if it is cash flow.
    pub repays: Vec<usize>,
}

/// A note that a cure may repay.
#[derive(Clone, Debug, PartialEq)]
pub struct RepaidByCure {
    /// The note.
    pub note: usize,
    /// For each grid date, whether the test is measured that the cure is of.
    pub on: Vec<bool>,
}

impl CureModel {
    /// How many readings back the cures must be known.
    pub fn depth(&self) -> usize {
        let window = self.max_per_window.map_or(0, |(_, dates)| dates - 1);
        (self.stays_dates - 1).max(window).max(usize::from(self.no_consecutive))
    }
}

impl Resolver<'_> {
    /// The notes that a cure repays.
    fn repaid_by(&self, cure: &EquityCure) -> Vec<usize> {
        cure.notes.iter().filter_map(|note| self.deal.notes.position(&note.text)).collect()
    }

    /// The notes that a cure of one of these tests may repay, once for each test.
    pub fn repaid_by_tests(&self, tests: &[usize]) -> Vec<RepaidByCure> {
        let mut repaid = Vec::new();
        for test in tests.iter().map(|&test| &self.deal.tests[test]) {
            let on: Vec<bool> = self.measured(test).iter().map(Option::is_some).collect();
            let notes = test.equity_cure.iter().flat_map(|cure| self.repaid_by(cure));
            repaid.extend(notes.map(|note| RepaidByCure { note, on: on.clone() }));
        }
        repaid
    }

    /// A test's equity cure.
    pub fn cure(&self, test: &Test) -> Option<CureModel> {
        let cure: &EquityCure = test.equity_cure.as_ref()?;
        let count = |n: i64| usize::try_from(n).unwrap_or(1);
        Some(CureModel {
            input: self.deal.inputs.position(&cure.input.text)?,
            to: self.deal.accounts.position(&cure.to.text)?,
            max_per_life: cure.max_per_life,
            max_per_window: cure.max_per_window.as_ref().map(|window| (window.n, count(window.dates))),
            no_consecutive: cure.no_consecutive,
            stays_dates: match cure.apply {
                CureApplies::DeemedCfads => count(cure.stays_dates.unwrap_or(1)),
                CureApplies::Deposit | CureApplies::Prepay => 1,
            },
            repays: self.repaid_by(cure),
        })
    }
}
