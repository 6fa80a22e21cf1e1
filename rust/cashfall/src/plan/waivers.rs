//! Resolving waivers: when each ends.

use crate::deal::Name;
use crate::deal::model::Waive;

use super::model::{Action, Model};
use super::resolve::Resolver;

/// A waiver of one test by a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiver {
    /// The test.
    pub test: usize,
    /// For each grid date on which the step may happen, the position at whose start the waiver ends; not above it: it never begins.
    pub ends: Vec<usize>,
}

impl Resolver<'_> {
    /// The waivers that a step gives.
    pub fn waivers(&self, waive: &Waive) -> Vec<Waiver> {
        let position = |name: &Name| self.deal.tests.position(&name.text);
        let tests = waive.tests.iter().filter_map(position);
        tests.map(|test| Waiver { test, ends: self.ends_of_waiver(waive, test) }).collect()
    }

    fn ends_of_waiver(&self, waive: &Waive, test: usize) -> Vec<usize> {
        let n = self.grid.len();
        if let Some(until) = &waive.until {
            return vec![self.grid.dates.partition_point(|date| *date <= until.value); n];
        }
        let on = self.marks(&self.deal.tests[test].dates);
        let n_dates = usize::try_from(waive.n_dates.unwrap_or(1)).unwrap_or(usize::MAX);
        let nth_after = |t: usize| (t + 1..n).filter(|&later| on[later]).nth(n_dates - 1);
        (0..n).map(|t| nth_after(t).unwrap_or(n)).collect()
    }
}

impl Model {
    /// Every waiver that some step gives.
    pub fn waivers(&self) -> impl Iterator<Item = &Waiver> {
        self.steps()
            .filter_map(|step| if let Action::Waive(waivers) = &step.action { Some(waivers) } else { None })
            .flatten()
    }

    /// Whether some step waives a test.
    pub fn is_waived(&self, test: usize) -> bool {
        self.waivers().any(|waiver| waiver.test == test)
    }
}
