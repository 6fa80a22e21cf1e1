//! How the steps that run a test stand.

use crate::deal::model::Verb;
use crate::deal::walk::{Walked, is_of_status, walk};

use super::model::RunBy;
use super::resolve::Resolver;

impl Resolver<'_> {
    /// How the steps that run a test stand.
    pub fn run_by(&self, test: &str) -> RunBy {
        let runs = |one: &Walked| matches!(&one.step.verb, Verb::RunTests(run) if run.tests.iter().any(|name| name.text == test));
        let walked = walk(self.deal);
        let steps: Vec<&Walked> = walked.iter().filter(|one| runs(one)).collect();
        let n_statuses = self.deal.deal.statuses.len();
        match steps[..] {
            [one] if one.depth > 0 || one.waterfall == "closing" => RunBy::OneForSome,
            [one] if is_of_status(one.waterfall) && n_statuses > 1 => RunBy::OneForSome,
            [_] => RunBy::One,
            _ => RunBy::Several,
        }
    }
}
