//! Reserves that are funded for the highest requirement still to come.

use crate::deal::Problem;
use crate::deal::model::{Account, Prefund};
use crate::formula::Unit;

use super::evaluate::{evaluate, has_solve};
use super::lower::Scheduled;
use super::model::Model;
use super::resolve::Resolver;

impl Resolver<'_> {
    /// For each date the greatest value, at least 0, of a target on it and later, if its peak is funded.
    pub fn peaks(&mut self, account: &Account, model: &Model) -> Option<Vec<i64>> {
        let target = account.target.as_ref().filter(|target| target.prefund == Prefund::Peak)?;
        let formula = self.formula(&target.formula, Unit::Amount)?;
        let mut peaks = vec![0; model.dates.len()];
        let mut peak = 0;
        for (t, at) in peaks.iter_mut().enumerate().rev() {
            let Some(value) = evaluate(&formula, model.rounding, &Scheduled { model, t }) else {
                let (expected, found) = match has_solve(&formula) {
                    true => ("a target in range whose `solve` finds its fixed point on every date", "none"),
                    false => ("a target, and all that its formula makes, below 2^52 minor units on every date", "more"),
                };
                let found = format!("{found} on {}", model.dates[t]);
                self.problems.push(Problem::new(&target.formula.place, expected, found));
                return None;
            };
            peak = peak.max(value);
            *at = peak;
        }
        Some(peaks)
    }
}
