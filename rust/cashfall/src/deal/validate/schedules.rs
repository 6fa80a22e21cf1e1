//! Schedules: their dates, in order and on the calendar they promise.

use super::Checker;
use crate::basics::date::Date;
use crate::basics::schedule::{Regular, ScheduleError};
use crate::deal::error::Problem;
use crate::deal::model::{RegularSchedule, Schedule};
use crate::deal::text::{Located, Name};

impl<'a> Checker<'a> {
    /// Works out the dates of every schedule.
    pub(super) fn schedules(&mut self) {
        for (name, schedule) in &self.deal.schedules {
            let sound = match schedule {
                _ if !self.is_read(&name.place.path) => None,
                Schedule::Regular(regular) => self.regular(regular),
                Schedule::Dates(dates) => {
                    self.increasing(dates.iter()).then(|| dates.iter().map(|date| date.value).collect())
                }
            };
            self.dates.push(sound);
        }
    }

    fn regular(&mut self, schedule: &RegularSchedule) -> Option<Vec<Date>> {
        let (first, last) = (&schedule.first, &schedule.last);
        let day = schedule.day.map_or(first.value.ymd().2, |day| day as u32);
        let regular = Regular { first: first.value, last: last.value, months: schedule.months as u32, day };
        match regular.dates() {
            Ok(dates) => return Some(dates),
            Err(ScheduleError::First(date, due)) => {
                let way_out = "write `day` if the schedule keeps another day";
                self.advise(
                    &first.place,
                    format!("a first date on the schedule's day, {due}"),
                    date.to_string(),
                    way_out,
                );
            }
            Err(ScheduleError::Order(date, last_date)) => {
                self.report(&last.place, format!("a last date on or after the first, {date}"), last_date.to_string());
            }
            Err(ScheduleError::Last(date, before, after)) => {
                let expected = format!("a last date on the schedule, {before} or {after}");
                self.report(&last.place, expected, date.to_string());
            }
            Err(ScheduleError::Months(_) | ScheduleError::Day(_)) => {}
        }
        None
    }

    /// Whether dates strictly increase; the first that does not is a problem.
    pub(super) fn increasing<'b>(&mut self, dates: impl Iterator<Item = &'b Located<Date>>) -> bool {
        let mut last: Option<Date> = None;
        for date in dates {
            if let Some(last) = last.filter(|last| date.value <= *last) {
                self.report(&date.place, format!("a date after {last}"), date.value.to_string());
                return false;
            }
            last = Some(date.value);
        }
        true
    }

    /// That no date of a schedule lies before the closing date.
    pub(super) fn not_before_closing(&mut self, name: &Name) {
        let (Some(dates), Some(closing)) = (self.dates_of(name), self.closing_date()) else {
            return;
        };
        if let Some(early) = dates.iter().find(|date| **date < closing) {
            let found = format!("{early} of `{}`", name.text);
            self.problems.push(Problem::new(
                &name.place,
                format!("dates on or after the closing date, {closing}"),
                found,
            ));
        }
    }

    /// That a date is one of a schedule's.
    pub(super) fn on_schedule(&mut self, date: &Located<Date>, schedule: &Name, what: &str) -> bool {
        let Some(dates) = self.dates_of(schedule) else {
            return true;
        };
        let index = match dates.binary_search(&date.value) {
            Ok(_) => return true,
            Err(index) => index,
        };
        let near: Vec<String> =
            dates[index.saturating_sub(1)..dates.len().min(index + 1)].iter().map(Date::to_string).collect();
        let way_out = format!("the nearest {} {}", if near.len() == 1 { "is" } else { "are" }, near.join(" and "));
        let expected = format!("{what} that is a date of `{}`", schedule.text);
        self.advise(&date.place, expected, date.value.to_string(), way_out);
        false
    }
}
