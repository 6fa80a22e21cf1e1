//! Everything a document can get wrong that its types allow: names, dates, once-only rules, formulas.
//!
//! Each file holds the rules of one concept. A rule that rests on something that could not be read is skipped, so that
//! one mistake is told once.

mod acceleration;
mod assets;
mod blocks;
mod claims;
mod collateral;
mod coupons;
mod cures;
mod currencies;
mod emptied;
mod facilities;
mod fees;
mod fleets;
mod formulas;
mod forward;
mod funding;
mod inspect;
mod leases;
mod names;
mod note_terms;
mod notes;
mod objects;
mod once;
mod payments;
mod reading;
mod schedules;
mod statuses;
mod steps;
mod tested;
mod tests;

use std::collections::HashMap;

use super::error::Problem;
use super::model::{Deal, Step};
use super::place::Place;
use super::text::Name;
use super::tree::Node;
use super::walk::{MOST_STEPS, Walked, walk};
use crate::basics::date::Date;

pub(crate) use names::Kind;

/// Checks a decoded deal. `unread` are the paths that hold stand-ins.
pub(crate) fn validate(deal: &Deal, tree: &Node, unread: &[String]) -> Vec<Problem> {
    let walked = walk(deal);
    if let Some(last) = walked.get(MOST_STEPS) {
        return vec![too_many_steps(deal, last)];
    }
    let mut checker = Checker {
        deal,
        walked: &walked,
        tree,
        unread: unread.iter().map(String::as_str).collect(),
        kinds: HashMap::new(),
        hidden: Vec::new(),
        dates: Vec::new(),
        problems: Vec::new(),
    };
    checker.hidden_names();
    checker.namespace();
    checker.schedules();
    checker.terms();
    checker.objects();
    checker.contracts();
    checker.fleets();
    checker.claims();
    checker.fees();
    checker.facilities();
    checker.assets();
    checker.notes();
    checker.groups();
    checker.funding();
    checker.tests();
    checker.steps();
    checker.once();
    checker.emptied();
    checker.acceleration();
    checker.statuses();
    checker.inspections();
    checker.waivers();
    checker.currencies();
    checker.formulas();
    checker.told_once()
}

/// What is wrong with blocks that run blocks that run blocks.
fn too_many_steps(deal: &Deal, last: &Walked<'_>) -> Problem {
    let place = deal.waterfalls.iter().find(|(name, _)| name.text == last.waterfall).map(|(name, _)| &name.place);
    let expected =
        format!("at most {MOST_STEPS} steps in all waterfalls, those of blocks counted wherever they are run");
    Problem::new(place.expect("a waterfall that was walked"), expected, "more")
        .with_way_out("let blocks run fewer blocks")
}

struct Checker<'a> {
    deal: &'a Deal,
    /// Every step where a waterfall comes to it.
    walked: &'a [Walked<'a>],
    tree: &'a Node,
    /// The paths that hold stand-ins.
    unread: Vec<&'a str>,
    /// What each name of the deal is.
    kinds: HashMap<&'a str, Kind>,
    /// Names that may be objects in a part that could not be read.
    hidden: Vec<&'a str>,
    /// The dates of each schedule, in the order of `deal.schedules`, where they are sound.
    dates: Vec<Option<Vec<Date>>>,
    problems: Vec<Problem>,
}

impl<'a> Checker<'a> {
    fn report(&mut self, place: &Place, expected: impl Into<String>, found: impl Into<String>) {
        self.problems.push(Problem::new(place, expected, found));
    }

    fn advise(
        &mut self,
        place: &Place,
        expected: impl Into<String>,
        found: impl Into<String>,
        way_out: impl Into<String>,
    ) {
        self.problems.push(Problem::new(place, expected, found).with_way_out(way_out));
    }

    /// The place of a path, with the position it has in the document.
    fn place(&self, path: &str) -> Place {
        self.tree.place_of(path)
    }

    /// Whether all of a path could be read, and all that it stands in.
    fn is_read(&self, path: &str) -> bool {
        let touches =
            |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        !self.unread.iter().any(|unread| touches(unread, path) || touches(path, unread))
    }

    /// Whether all of these keys of an object could be read.
    fn are_read(&self, object: &Name, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.is_read(&format!("{}.{key}", object.place.path)))
    }

    /// The dates of a schedule, if the name is one and its dates are sound.
    fn dates_of(&self, name: &Name) -> Option<&[Date]> {
        let index = self.deal.schedules.position(&name.text)?;
        self.dates.get(index)?.as_deref()
    }

    /// The closing date, if it could be read.
    fn closing_date(&self) -> Option<Date> {
        self.is_read("deal.closing_date").then_some(self.deal.deal.closing_date)
    }

    /// All steps with the name of their waterfall and their number in it, those of blocks wherever they are run.
    fn all_steps(&self) -> impl Iterator<Item = (&'a str, usize, &'a Step)> + use<'a> {
        self.walked.iter().map(|walked| (walked.waterfall, walked.number, walked.step))
    }

    /// Every problem once: a block that several waterfalls run is checked in each.
    fn told_once(self) -> Vec<Problem> {
        let mut told: Vec<Problem> = Vec::new();
        for problem in self.problems {
            if !told.contains(&problem) {
                told.push(problem);
            }
        }
        told
    }
}
