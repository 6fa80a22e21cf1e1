//! Acceleration: what it names, that something begins it, and the effects of its kind.

use super::{Checker, Kind};
use crate::deal::acceleration::Acceleration;
use crate::deal::effect::Effect;
use crate::deal::model::Verb;
use crate::deal::place::Place;
use crate::deal::text::Name;

impl Checker<'_> {
    pub(super) fn acceleration(&mut self) {
        if let Some(terms) = &self.deal.acceleration {
            self.terms_of_acceleration(terms);
        } else if self.is_read("acceleration") {
            for (_, _, step) in self.all_steps() {
                if matches!(step.verb, Verb::Accelerate(_) | Verb::Rescind(_)) {
                    let place = self.place(&Self::verb_path(step));
                    self.without_acceleration(&place, step.verb.key());
                }
            }
        }
    }

    fn terms_of_acceleration(&mut self, terms: &Acceleration) {
        self.refer_all(&terms.notes, &[Kind::Note]);
        let swaps: Vec<Name> = terms.swaps.iter().map(|one| one.swap.clone()).collect();
        self.refer_all(&swaps, &[Kind::Swap]);
        if let Some(status) = &terms.status
            && self.status(status)
            && self.deal.deal.statuses.first().is_some_and(|first| first.text == status.text)
        {
            let found = format!("`{}`, in which the deal begins", status.text);
            self.advise(&status.place, "a status more severe than the first", found, "drop it, or name another");
        }
        let are_read = ["tests", "waterfalls", "blocks"].iter().all(|path| self.is_read(path));
        if are_read && self.hidden.is_empty() && !self.deal.is_accelerated() {
            let way_out = "add an `accelerate` step, or the effect `accelerate` to a test, or drop `acceleration`";
            self.advise(&terms.place, "a step or an effect that accelerates", "none", way_out);
        }
    }

    fn without_acceleration(&mut self, place: &Place, word: &str) {
        let way_out = "add `acceleration = { notes = [...] }`";
        self.advise(place, "`acceleration`, which says what falls due", format!("`{word}` without it"), way_out);
    }

    /// The effects of the same kind.
    pub(super) fn effect_on_debt(&mut self, test: &Name, effect: &Effect) {
        let has_terms = self.deal.acceleration.is_some() || !self.is_read("acceleration");
        match effect {
            Effect::Accelerate(effect) if !has_terms => self.without_acceleration(&effect.place, "accelerate"),
            Effect::Reinstate(effect) if !has_terms => self.without_acceleration(&effect.place, "reinstate"),
            Effect::DrawStop(stop) => self.draw_stop(stop),
            Effect::EarlyAmortization(early) => self.refer_all(&early.notes, &[Kind::Note]),
            Effect::RateStep(step) => {
                self.refer_all(&step.notes, &[Kind::Note]);
                step.notes.iter().for_each(|note| self.has_no_make_whole(note));
            }
            Effect::RunSteps(run) => {
                self.known_block(&run.block);
                self.run_by_one_step(test, &run.block);
            }
            _ => {}
        }
    }

    /// A make-whole discounts coupons that are known.
    fn has_no_make_whole(&mut self, note: &Name) {
        let call = self.deal.notes.get(&note.text).and_then(|note| note.call.as_ref());
        if call.is_some_and(|call| call.make_whole.is_some()) {
            let found = format!("`{}`, whose call makes whole", note.text);
            self.report(&note.place, "a note without `make_whole`, which needs a rate that is known", found);
        }
    }

    /// A block runs after the one step that runs its test.
    fn run_by_one_step(&mut self, test: &Name, block: &Name) {
        let runs =
            |verb: &Verb| matches!(verb, Verb::RunTests(run) if run.tests.iter().any(|name| name.text == test.text));
        let n_steps = self.all_steps().filter(|(_, _, step)| runs(&step.verb)).count();
        if n_steps > 1 {
            let found = format!("{n_steps} steps that run `{}`", test.text);
            self.report(&block.place, "one step that runs the test, after which the block's steps happen", found);
        }
    }
}
