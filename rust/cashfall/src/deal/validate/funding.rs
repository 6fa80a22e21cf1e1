//! Notes that are drawn, refinanced and extended.

use super::reading::is_earlier;
use super::{Checker, Kind};
use crate::deal::decimal::written;
use crate::deal::model::{Amortisation, ApplyTo, DrawStop, MissedPrincipal, Note, Refinance, Step, Verb};
use crate::deal::place::Place;
use crate::deal::text::Name;

impl<'a> Checker<'a> {
    pub(super) fn funding(&mut self) {
        for (name, note) in &self.deal.notes {
            if !self.is_read(&name.place.path) {
                continue;
            }
            self.is_repaid_whole(name, note);
            self.funding_terms(name, note);
            self.extension_terms(name, note);
        }
        self.drawn_after_accrual();
    }

    /// What a note with funding or extension excludes.
    fn is_repaid_whole(&mut self, name: &Name, note: &Note) {
        let word = match (&note.funding, &note.extension) {
            (Some(_), _) => "funding",
            (None, Some(_)) => "extension",
            (None, None) if matches!(note.amortisation.value, Amortisation::BalanceAtMost(_)) => "balance_at_most",
            (None, None) => return,
        };
        let is_whole = |amortisation: &Amortisation| {
            matches!(amortisation, Amortisation::Bullet(_) | Amortisation::Sweep(_) | Amortisation::BalanceAtMost(_))
        };
        if !is_whole(&note.amortisation.value) {
            let expected = format!("`bullet`, `sweep` or `balance_at_most`, as the note has `{word}`");
            let found = format!("`{}`", note.amortisation.value.key());
            self.report(&note.amortisation.place, expected, found);
        }
        let path = &name.place.path;
        let directs = [("apply_to", note.apply_to != ApplyTo::Direct)];
        let carries = [("missed_principal", note.missed_principal != MissedPrincipal::Carry)];
        for (key, _) in directs.into_iter().chain(carries).filter(|(_, stands)| *stands) {
            let place = self.place(&format!("{path}.{key}"));
            let way_out = "leave it out: nothing is scheduled before maturity";
            self.advise(&place, format!("no `{key}`, as the note has `{word}`"), format!("`{key}`"), way_out);
        }
    }

    fn funding_terms(&mut self, name: &Name, note: &Note) {
        let decimals = self.deal.deal.decimals as u32;
        let original = note.original_balance.value.0;
        let Some(funding) = &note.funding else {
            if original == 0 {
                let way_out = "a note that is drawn later has `funding`";
                self.advise(&note.original_balance.place, "an amount above 0", "0", way_out);
            }
            return;
        };
        if original > funding.maximum.value.0 {
            let expected = format!("a maximum not below the original balance, {}", written(original, decimals));
            self.report(&funding.maximum.place, expected, written(funding.maximum.value.0, decimals));
        }
        if let Some(until) = &funding.until
            && (until.value < note.dated_date.value || until.value > note.maturity_date.value)
        {
            let (dated, maturity) = (note.dated_date.value, note.maturity_date.value);
            let expected = format!("a date from the dated date, {dated}, to maturity, {maturity}");
            self.report(&until.place, expected, until.value.to_string());
        }
        if let Some(unit) = &note.rounding_unit {
            let found = "a `rounding_unit`";
            self.advise(&unit.place, "no `rounding_unit`, as the note has `funding`", found, "leave it out");
        }
        let draws = |verb: &Verb| verb.funded().is_some_and(|funded| funded.text == name.text);
        let way_out = "add a `fund_note` step, or drop `funding`";
        self.some_step(name, draws, "a `fund_note` step that draws it, or a `refinance` with it", way_out);
    }

    fn extension_terms(&mut self, name: &Name, note: &Note) {
        let Some(extension) = &note.extension else { return };
        if self.increasing(extension.maturity_dates.iter()) {
            let maturity = note.maturity_date.value;
            for date in &extension.maturity_dates {
                if date.value <= maturity {
                    let expected = format!("a date after maturity, {maturity}");
                    self.report(&date.place, expected, date.value.to_string());
                } else {
                    self.on_schedule(date, &note.payment_dates, "a maturity date");
                }
            }
        }
        if let Some(whole) = note.call.as_ref().and_then(|call| call.make_whole.as_ref())
            && extension.extra.0 > 0
        {
            let expected = "no `make_whole`, as the `extra` of the extension depends on the scenario";
            self.report(&whole.place, expected, "`make_whole`");
        }
        let extends = |verb: &Verb| matches!(verb, Verb::Extend(one) if one.notes.iter().any(|n| n.text == name.text));
        self.some_step(name, extends, "an `extend` step that extends it", "add an `extend` step, or drop `extension`");
    }

    /// That some step does something to an object.
    fn some_step(&mut self, name: &Name, does: impl Fn(&Verb) -> bool, step: &str, way_out: &str) {
        let is_known = self.is_read("waterfalls") && self.hidden.is_empty();
        if is_known && !self.all_steps().any(|(_, _, step)| does(&step.verb)) {
            self.advise(&name.place, step, "none", way_out);
        }
    }

    /// What these verbs act on.
    pub(super) fn funding_step(&mut self, step: &Step) {
        match &step.verb {
            Verb::FundNote(fund) => self.is_funded(&fund.note),
            Verb::Refinance(refinance) => self.refinance(refinance),
            Verb::Extend(extend) => extend.notes.iter().for_each(|note| self.is_extended(note)),
            _ => {}
        }
    }

    fn refinance(&mut self, refinance: &Refinance) {
        if self.refer(&refinance.with, &[Kind::Note]).is_some() {
            self.is_funded(&refinance.with);
        }
        if refinance.notes.iter().any(|note| note.text == refinance.with.text) {
            let found = format!("`{}`, which is repaid", refinance.with.text);
            self.report(&refinance.with.place, "a note other than those that are repaid", found);
        }
    }

    fn is_funded(&mut self, name: &Name) {
        let Some(note) = self.deal.notes.get(&name.text) else { return };
        if note.funding.is_none() && self.is_read(&format!("notes.{}", name.text)) {
            let way_out = format!("add `notes.{}.funding`", name.text);
            self.advise(&name.place, "a note with `funding`", format!("`{}`", name.text), way_out);
        }
    }

    fn is_extended(&mut self, name: &Name) {
        let Some(note) = self.deal.notes.get(&name.text) else { return };
        if note.extension.is_none() && self.is_read(&format!("notes.{}", name.text)) {
            let way_out = format!("add `notes.{}.extension`", name.text);
            self.advise(&name.place, "a note with `extension`", format!("`{}`", name.text), way_out);
        }
    }

    /// A draw bears interest from its date on: it comes after the accrual of the period before.
    fn drawn_after_accrual(&mut self) {
        let accrues = |verb: &Verb, note: &Name| matches!(verb, Verb::AccrueInterest(accrue) if accrue.notes.iter().any(|name| name.text == note.text));
        let all: Vec<_> = self.all_steps().collect();
        for (waterfall, number, step) in &all {
            let Some(note) = step.verb.funded() else { continue };
            let mut accruals = all.iter().filter(|(_, _, step)| accrues(&step.verb, note));
            if accruals.any(|(of, at, _)| !is_earlier((of, *at), (waterfall, *number))) {
                let place = self.place(&Self::verb_path(step));
                let found = format!("a draw on `{}` before it", note.text);
                let way_out = "move the step: the draw would bear interest for the period before it";
                self.advise(&place, "a step after the `accrue_interest` of the note", found, way_out);
            }
        }
    }

    /// What a draw stop names.
    pub(super) fn draw_stop(&mut self, stop: &DrawStop) {
        self.refer_all(&stop.facilities, &[Kind::Facility]);
        self.refer_all(&stop.notes, &[Kind::Note]);
        stop.notes.iter().for_each(|note| self.is_funded(note));
        if stop.facilities.is_empty() && stop.notes.is_empty() && self.is_read(&stop.place.path) {
            let place: Place = stop.place.clone();
            self.report(&place, "`facilities`, `notes` or both", "neither");
        }
    }
}
