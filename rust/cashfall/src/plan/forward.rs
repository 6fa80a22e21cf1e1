//! Resolving windows of tests on what is to come.

use crate::deal::model::{ForwardView, Test};

use super::resolve::Resolver;

/// A window on what is to come, on the grid.
#[derive(Clone, Debug)]
pub struct ForwardModel {
    /// Which inputs the formulas see.
    pub view: ForwardView,
    /// Over how many following test dates sums are taken.
    pub n: usize,
    /// The positions of the test's dates, whether they are measured or not.
    pub dates: Vec<usize>,
}

impl ForwardModel {
    /// Where the stretches end over which sums are taken on a date.
    pub fn ends(&self, t: usize) -> &[usize] {
        let first = self.dates.partition_point(|&date| date <= t);
        let last = first.saturating_add(self.n).min(self.dates.len());
        &self.dates[first..last]
    }
}

impl Resolver<'_> {
    /// The window of a test on what is to come, if it has one.
    pub fn forward(&self, test: &Test) -> Option<ForwardModel> {
        let forward = test.forward.as_ref()?;
        let marks = self.marks(&test.dates);
        let dates = marks.iter().enumerate().filter(|(_, is_date)| **is_date).map(|(t, _)| t).collect();
        Some(ForwardModel { view: forward.view, n: usize::try_from(forward.n).unwrap_or(usize::MAX), dates })
    }
}
