//! What steps record under names of their own.

use super::model::{Deal, Inspect, Verb};
use super::text::Name;
use super::walk::walk;

impl Deal {
    /// Every `inspect`, in the order in which the waterfalls come to them.
    pub fn inspections(&self) -> Vec<&Inspect> {
        let steps = walk(self).into_iter().map(|walked| &walked.step.verb);
        steps.filter_map(|verb| if let Verb::Inspect(inspect) = verb { Some(inspect) } else { None }).collect()
    }

    /// The names under which steps record, each once.
    pub fn inspected(&self) -> Vec<&Name> {
        let mut names: Vec<&Name> = Vec::new();
        for inspect in self.inspections() {
            if !names.iter().any(|name| name.text == inspect.name.text) {
                names.push(&inspect.name);
            }
        }
        names
    }

    /// Whether some step waives this test.
    pub fn is_waived(&self, test: &str) -> bool {
        let waives =
            |verb: &Verb| matches!(verb, Verb::Waive(waive) if waive.tests.iter().any(|name| name.text == test));
        walk(self).iter().any(|walked| waives(&walked.step.verb))
    }
}
