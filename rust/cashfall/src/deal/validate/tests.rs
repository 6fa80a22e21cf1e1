//! Tests: dates, levels and effects. Their formulas are checked with all others.

use super::{Checker, Kind};
use crate::basics::DayCount;
use crate::deal::decimal::number_written;
use crate::deal::error::Problem;
use crate::deal::model::{Effect, LifeCover, Requires, Test, Verb};
use crate::deal::nearest::did_you_mean;
use crate::deal::place::Place;
use crate::deal::text::Name;

impl<'a> Checker<'a> {
    pub(super) fn tests(&mut self) {
        for (name, test) in &self.deal.tests {
            self.refer(&test.dates, &[Kind::Schedule]);
            self.test_dates(test);
            self.refer_all(test.measure.notes(), &[Kind::Note]);
            if let Some((cover, _)) = test.measure.life_cover() {
                self.discounting(cover);
            }
            self.forward_window(name, test);
            if self.are_read(name, &["requires", "level", "cure_level", "measure"]) {
                self.cure_level(name, test);
            }
            for holiday in &test.holiday {
                if holiday.to < holiday.from && self.is_read(&holiday.place.path) {
                    let place = self.place(&format!("{}.to", holiday.place.path));
                    self.report(
                        &place,
                        format!("a last day on or after the first, {}", holiday.from),
                        holiday.to.to_string(),
                    );
                }
            }
            for effect in &test.effects {
                self.effect(effect);
                self.effect_on_debt(name, effect);
            }
            if let Some(cure) = &test.equity_cure {
                self.cure(name, test, cure);
            }
        }
    }

    /// That the time between any two dates can be counted.
    fn discounting(&mut self, cover: &LifeCover) {
        let (DayCount::ActActIcma | DayCount::Regular) = cover.day_count.value else { return };
        let expected = "a day count that needs no regular schedule";
        let found = format!("`{}`", cover.day_count.value.name());
        self.advise(&cover.day_count.place, expected, found, "choose another, such as `act/365f`");
    }

    fn effect(&mut self, effect: &Effect) {
        match effect {
            Effect::SetStatus(status) => drop(self.status(status)),
            Effect::LockUp(lock_up) => self.distributes(&lock_up.place),
            Effect::CashTrap(trap) => {
                self.refer(&trap.to, &[Kind::Account]);
                self.distributes(&trap.place);
            }
            Effect::Sweep(sweep) => {
                self.refer_all(&sweep.notes, &[Kind::Note]);
                self.distributes(&sweep.place);
            }
            Effect::SetReserve(set) if self.refer(&set.account, &[Kind::Account]).is_some() => {
                self.reserve(&set.account);
            }
            _ => {}
        }
    }

    /// That there is a distribution on which an effect can bear.
    fn distributes(&mut self, place: &Place) {
        let is_known = self.is_read("waterfalls") && self.hidden.is_empty();
        if is_known && !self.all_steps().any(|(_, _, step)| matches!(step.verb, Verb::Distribute(_))) {
            let way_out = "drop it, or add the step that distributes";
            self.advise(place, "a `distribute` step on which the effect bears", "none", way_out);
        }
    }

    /// That a name is that of a status.
    pub(super) fn status(&mut self, status: &Name) -> bool {
        let statuses = &self.deal.deal.statuses;
        if status.text.is_empty()
            || statuses.iter().any(|known| known.text == status.text)
            || !self.is_read("deal.statuses")
        {
            return true;
        }
        let advice = did_you_mean(&status.text, statuses.iter().map(|known| known.text.as_str()))
            .unwrap_or_else(|| format!("add `{}` to `deal.statuses`", status.text));
        self.advise(&status.place, "a status of the deal", format!("`{}`", status.text), advice);
        false
    }

    fn test_dates(&mut self, test: &Test) {
        let waterfall_dates = &self.deal.deal.waterfall_dates;
        let (Some(dates), Some(all)) = (self.dates_of(&test.dates), self.dates_of(waterfall_dates)) else {
            return;
        };
        let problem = match dates.iter().find(|date| all.binary_search(date).is_err()) {
            Some(stray) => {
                let expected = format!("dates that are all waterfall dates, those of `{}`", waterfall_dates.text);
                Problem::new(&test.dates.place, expected, format!("{stray} of `{}`", test.dates.text))
            }
            None => match (&test.first_date, dates.last()) {
                (Some(first), Some(last)) if first.value > *last && self.is_read(&first.place.path) => {
                    let expected = format!("a date not after the last test date, {last}");
                    Problem::new(&first.place, expected, first.value.to_string())
                }
                _ => return,
            },
        };
        self.problems.push(problem);
    }

    fn cure_level(&mut self, name: &Name, test: &Test) {
        let Some(cure) = test.cure_level else { return };
        let requires = test.requires.unwrap_or(test.measure.usual_side());
        let (wrong, side) = match requires {
            Requires::AtLeast => (cure < test.level, "below"),
            Requires::AtMost => (cure > test.level, "above"),
        };
        if wrong {
            let place = self.place(&format!("{}.cure_level", name.place.path));
            let expected = format!("a cure level not {side} the level, {}", number_written(test.level.0));
            let way_out = format!("a test that requires {} is cured at its level or on the safe side", requires.name());
            self.advise(&place, expected, number_written(cure.0), way_out);
        }
    }
}
