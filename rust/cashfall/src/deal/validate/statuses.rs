//! Statuses: that steps name them.

use super::Checker;
use crate::deal::model::Verb;

impl Checker<'_> {
    pub(super) fn statuses(&mut self) {
        for (_, _, step) in self.all_steps() {
            if let Verb::SetStatus(set) = &step.verb {
                self.status(&set.status);
            }
        }
    }
}
