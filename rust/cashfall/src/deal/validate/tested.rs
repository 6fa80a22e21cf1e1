//! Where tests are run: no step in vain, and those with a cure at one place.

use super::Checker;
use crate::deal::model::Verb;
use crate::deal::text::Name;
use crate::deal::walk::Walked;

impl<'a> Checker<'a> {
    /// That every step that runs a test may be the first on a date to do so.
    pub(super) fn tested_in_vain(&mut self) {
        let steps: Vec<(&'a Walked<'a>, &'a Name)> = self.tested().collect();
        for (at, (walked, test)) in steps.iter().enumerate() {
            let comes_before = |earlier: &Walked| {
                earlier.depth == 0
                    && (earlier.waterfall == walked.waterfall
                        || earlier.waterfall == "collection" && walked.waterfall != "collection")
            };
            let same = |(earlier, other): &&(&'a Walked<'a>, &'a Name)| {
                other.text == test.text && comes_before(earlier) && !std::ptr::eq(*earlier, *walked)
            };
            let in_collection = |walked: &Walked| walked.waterfall == "collection";
            let earlier = steps[..at].iter().find(same).or_else(|| {
                steps[at + 1..].iter().filter(|(later, _)| in_collection(later) && !in_collection(walked)).find(same)
            });
            if let Some((earlier, _)) = earlier {
                let found = format!("`{}` again, after `{}`", test.text, earlier.step.place.path);
                self.advise(&test.place, "a test that no earlier step has run for certain", found, "drop one of them");
            }
        }
        self.cured_at_one_place(&steps);
    }

    /// Every step with every test that it runs.
    fn tested(&self) -> impl Iterator<Item = (&'a Walked<'a>, &'a Name)> + use<'a> {
        let walked = self.walked.iter();
        let tests = walked
            .filter_map(|one| if let Verb::RunTests(run) = &one.step.verb { Some((one, &run.tests)) } else { None });
        tests.flat_map(|(one, tests)| tests.iter().map(move |test| (one, test)))
    }

    /// A test with a cure is run by one step, wherever the scenario is.
    fn cured_at_one_place(&mut self, steps: &[(&'a Walked<'a>, &'a Name)]) {
        let deal = self.deal;
        let has_cure = |test: &Name| deal.tests.get(&test.text).is_some_and(|test| test.equity_cure.is_some());
        for (at, (walked, test)) in steps.iter().enumerate().filter(|(_, (_, test))| has_cure(test)) {
            let is_again = steps[..at].iter().any(|(_, other)| other.text == test.text);
            let found = match walked.waterfall {
                _ if is_again => format!("`{}` again", test.text),
                _ if walked.depth > 0 => format!("`{}` in an `if`", test.text),
                "collection" | "after" => continue,
                waterfall => format!("`{}` in `{waterfall}`", test.text),
            };
            let expected = "a test without `equity_cure`, or one step that runs it in `collection` or `after`";
            self.report(&test.place, expected, found);
        }
    }
}
