//! Steps that record and steps that waive.

use super::Checker;
use crate::deal::model::{Inspect, Verb, Waive};
use crate::deal::text::Name;
use crate::formula::{self, Unit};

impl<'a> Checker<'a> {
    /// That what is recorded under one name has one unit, and that each name can be recorded.
    pub(super) fn inspections(&mut self) {
        let mut known: Vec<(&'a Inspect, Unit)> = Vec::new();
        let mut seen: Vec<&'a Name> = Vec::new();
        for inspect in self.deal.inspections() {
            if !seen.iter().any(|name| name.place == inspect.name.place) {
                seen.push(&inspect.name);
                self.well_spelt(&inspect.name);
            }
            let Ok(expr) = formula::parse(&inspect.value, self.deal, None) else { continue };
            match known.iter().find(|(first, _)| first.name.text == inspect.name.text) {
                Some((first, unit)) if *unit != expr.unit => {
                    let expected = format!("{}, as at `{}`", unit.described(), first.value.place.path);
                    let found = format!("{} (`{}`)", expr.unit.described(), inspect.value.text);
                    let way_out = "record it under another name";
                    self.advise(&inspect.value.place, expected, found, way_out);
                }
                Some(_) => {}
                None => known.push((inspect, expr.unit)),
            }
        }
    }

    /// That a waiver has one end, and one that can come.
    pub(super) fn waivers(&mut self) {
        for (_, _, step) in self.all_steps() {
            let Verb::Waive(waive) = &step.verb else { continue };
            let path = Self::verb_path(step);
            if self.is_read(&path) {
                self.end_of_waiver(waive, &path);
            }
        }
    }

    fn end_of_waiver(&mut self, waive: &Waive, path: &str) {
        let Some(until) = &waive.until else { return };
        if waive.n_dates.is_some() {
            let place = self.place(&format!("{path}.n_dates"));
            self.advise(&place, "`n_dates` or `until`", "both", "drop one of them");
        }
        if let Some(closing) = self.closing_date()
            && until.value < closing
        {
            let expected = format!("a date on or after the closing date, {closing}");
            self.report(&until.place, expected, until.value.to_string());
        }
    }
}
