//! Notes: dates in order, on payment dates, and a schedule that repays.

use super::{Checker, Kind};
use crate::basics::LIMIT;
use crate::basics::date::Date;
use crate::basics::day_count::DayCount;
use crate::deal::decimal::written;
use crate::deal::model::{Amortisation, Explicit, Note, Schedule};
use crate::deal::place::Place;
use crate::deal::text::{Located, Name};

impl<'a> Checker<'a> {
    pub(super) fn notes(&mut self) {
        for (name, note) in &self.deal.notes {
            self.refer(&note.payment_dates, &[Kind::Schedule]);
            if self.are_read(name, &["dated_date", "maturity_date", "original_balance", "amortisation"]) {
                self.note_dates(note);
            }
            if self.are_read(name, &["coupon"]) {
                self.coupon(name, note);
            }
            if self.are_read(name, &["payment_dates", "day_count"]) {
                let place = self.place(&format!("{}.day_count", name.place.path));
                self.day_count(note.day_count, &place, &note.payment_dates);
            }
            if self.are_read(name, &["call", "coupon", "dated_date", "maturity_date"]) {
                self.call(note);
            }
            if self.are_read(name, &["interest_on_unpaid", "default_rate"]) {
                self.interest_on_unpaid(note);
                self.anticipated_repayment(note);
            }
            if self.are_read(name, &["original_balance", "rounding_unit"]) {
                self.note_amounts(note);
            }
        }
    }

    /// Groups of notes, which are sums in range.
    pub(super) fn groups(&mut self) {
        for (name, group) in &self.deal.groups {
            self.refer_each(&group.notes, &[Kind::Note]);
            let notes = group.notes.iter().filter_map(|note| self.deal.notes.get(&note.text));
            let sum: i128 = notes.map(|note| i128::from(note.greatest_balance())).sum();
            if sum >= i128::from(LIMIT) {
                let decimals = self.deal.deal.decimals as u32;
                let expected = format!("notes whose original balances sum to less than {}", written(LIMIT, decimals));
                let found = i64::try_from(sum).map_or_else(|_| "more".to_owned(), |sum| written(sum, decimals));
                self.advise(&name.place, expected, found, "leave notes out");
            }
        }
    }

    fn note_dates(&mut self, note: &Note) {
        let (dated, maturity) = (note.dated_date.value, &note.maturity_date);
        if maturity.value <= dated {
            self.report(
                &maturity.place,
                format!("a maturity after the dated date, {dated}"),
                maturity.value.to_string(),
            );
            return;
        }
        if !self.on_schedule(maturity, &note.payment_dates, "a maturity date") {
            return;
        }
        if let (Some(dates), Some(closing)) = (self.dates_of(&note.payment_dates), self.closing_date()) {
            let early = dates.iter().find(|date| **date > dated && **date < closing).copied();
            if let Some(early) = early {
                let found = format!("{early} of `{}`", note.payment_dates.text);
                let expected = format!("payment dates on or after the closing date, {closing}");
                self.report(&note.payment_dates.place, expected, found);
            }
        }
        self.amortisation(note, &note.amortisation);
    }

    pub(super) fn amortisation(&mut self, note: &Note, amortisation: &Located<Amortisation>) {
        match &amortisation.value {
            Amortisation::TargetBalance(targets) => self.target_balances(note, targets),
            Amortisation::PercentOfOriginal(shares) => self.shares_of_original(note, shares),
            Amortisation::GreatestOf(several) => self.greatest_of(note, several),
            Amortisation::Level(level) => self.first_date(note, &level.first_date),
            Amortisation::Sculpted(sculpted) => self.first_date(note, &sculpted.first_date),
            Amortisation::Explicit(explicit) => self.explicit(note, &amortisation.place, explicit),
            Amortisation::Bullet(_) | Amortisation::Sweep(_) | Amortisation::BalanceAtMost(_) => {}
        }
    }

    /// Two day counts look at the regular period that a period is, or is a stub of: only a regular schedule has one.
    pub(super) fn day_count(&mut self, day_count: DayCount, place: &Place, payment_dates: &Name) {
        let needs_regular = matches!(day_count, DayCount::ActActIcma | DayCount::Regular);
        let schedule = self.deal.schedules.get(&payment_dates.text);
        if needs_regular && matches!(schedule, Some(Schedule::Dates(_))) {
            let expected = format!("a day count that needs no regular schedule, as `{}` is none", payment_dates.text);
            let way_out = "make the schedule `regular`, or choose another day count";
            self.advise(place, expected, format!("`{}`", day_count.name()), way_out);
        }
    }

    fn first_date(&mut self, note: &Note, first: &Located<Date>) {
        if self.in_term(note, first) {
            self.on_schedule(first, &note.payment_dates, "a first date");
        }
    }

    /// Whether a date lies after the dated date and not after maturity.
    pub(super) fn in_term(&mut self, note: &Note, date: &Located<Date>) -> bool {
        let (dated, maturity) = (note.dated_date.value, note.maturity_date.value);
        let inside = date.value > dated && date.value <= maturity;
        if !inside {
            let expected = format!("a date after the dated date, {dated}, and not after maturity, {maturity}");
            self.report(&date.place, expected, date.value.to_string());
        }
        inside
    }

    fn explicit(&mut self, note: &Note, at: &Place, explicit: &Explicit) {
        if !self.increasing(explicit.principal.iter().map(|(date, _)| date)) {
            return;
        }
        for (date, _) in &explicit.principal {
            if self.in_term(note, date) {
                self.on_schedule(date, &note.payment_dates, "a date of principal");
            }
        }
        let sum: i128 = explicit.principal.iter().map(|(_, amount)| i128::from(amount.0)).sum();
        let balance = i128::from(note.original_balance.value.0);
        // A balance of 0 is told by itself.
        if sum != balance && balance > 0 {
            let decimals = self.deal.deal.decimals as u32;
            let text = |value: i128| i64::try_from(value).map_or_else(|_| "more".to_owned(), |v| written(v, decimals));
            let way_out = match balance - sum {
                missing if missing > 0 => format!("principal of {} is missing", text(missing)),
                excess => format!("principal is {} too much", text(-excess)),
            };
            let place = self.place(&format!("{}.explicit.principal", at.path));
            let expected = format!("a schedule that repays the original balance, {}", text(balance));
            self.advise(&place, expected, format!("a sum of {}", text(sum)), way_out);
        }
    }

    fn note_amounts(&mut self, note: &Note) {
        let Some(unit) = &note.rounding_unit else { return };
        if note.original_balance.value.0 % unit.value.0 != 0 {
            let decimals = self.deal.deal.decimals as u32;
            let expected = format!(
                "a unit that divides the original balance, {}",
                written(note.original_balance.value.0, decimals)
            );
            self.report(&unit.place, expected, written(unit.value.0, decimals));
        }
    }

    /// The dated date of a note whose proceeds a step collects.
    pub(super) fn collected_note(&mut self, name: &Name) {
        let (Some(note), Some(closing)) = (self.deal.notes.get(&name.text), self.closing_date()) else {
            return;
        };
        if note.dated_date.value < closing {
            let expected =
                format!("a dated date on or after the closing date, {closing}, as its proceeds are collected");
            self.report_if_read(&note.dated_date.place, expected, note.dated_date.value.to_string());
        }
    }
}
