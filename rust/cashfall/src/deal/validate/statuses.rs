//! Statuses: that steps name them, that something sets each, and that no date goes in circles.

use super::Checker;
use crate::deal::model::Verb;
use crate::deal::statuses::{order, set_by_something, steps_that_set, ways};
use crate::deal::walk::is_of_status;

impl Checker<'_> {
    pub(super) fn statuses(&mut self) {
        let mut names_are_known = true;
        for (one, set) in steps_that_set(self.walked) {
            names_are_known &= self.status(&set.status);
            if set.now && !is_of_status(one.waterfall) {
                let place = self.place(&format!("{}.now", Self::verb_path(one.step)));
                let way_out = "drop it: the status acts at the next waterfall of a status";
                self.advise(
                    &place,
                    "`now` in the waterfall of a status",
                    format!("`now` in `{}`", one.waterfall),
                    way_out,
                );
            }
        }
        names_are_known &= self.deal.tests.iter().flat_map(|(_, test)| &test.effects).all(|effect| {
            let named = effect.status();
            named.is_none_or(|name| self.deal.deal.statuses.iter().any(|status| status.text == name.text))
        });
        let are_read = ["deal.statuses", "tests", "waterfalls", "blocks"].iter().all(|path| self.is_read(path));
        if are_read && names_are_known && self.hidden.is_empty() {
            self.are_reached();
            self.circles();
        }
    }

    /// Whether the status at a position may have a waterfall of its own, and stands there for the first time.
    pub(super) fn is_sound_status(&self, position: usize) -> bool {
        let (before, from) = self.deal.deal.statuses.split_at(position);
        is_of_status(&from[0].text) && !before.iter().any(|other| other.text == from[0].text)
    }

    /// That something sets every status but the first.
    fn are_reached(&mut self) {
        let is_set = set_by_something(self.deal, self.walked);
        let statuses = &self.deal.deal.statuses;
        let unreached = (1..statuses.len()).filter(|i| !is_set[*i] && self.is_sound_status(*i));
        for status in unreached.map(|i| &statuses[i]).collect::<Vec<_>>() {
            let found = format!("`{}`, which nothing sets", status.text);
            let way_out = "let an effect of a test or a `set_status` step set it, or drop it with its waterfall";
            self.advise(&status.place, "a status that can be reached", found, way_out);
        }
    }

    /// That steps that act at once do not lead from one waterfall back to it.
    fn circles(&mut self) {
        let ways = ways(self.deal, self.walked);
        let Err(circle) = order(&ways) else { return };
        let statuses = &self.deal.deal.statuses;
        for walked in self.walked {
            let Verb::SetStatus(set) = &walked.step.verb else { continue };
            let from = statuses.iter().position(|status| status.text == walked.waterfall);
            let Some(from) = from.filter(|from| set.now && circle.contains(from)) else { continue };
            let on = ways[from].iter().filter(|to| circle.contains(to));
            let on: Vec<String> = on.map(|to| format!("`{}`", statuses[*to].text)).collect();
            let place = self.place(&format!("{}.now", Self::verb_path(walked.step)));
            let found =
                format!("a way from `{}` to {}, from where others lead back", statuses[from].text, on.join(" and "));
            self.advise(&place, "waterfalls that do not lead in a circle on one date", found, "drop one `now`");
        }
    }
}
