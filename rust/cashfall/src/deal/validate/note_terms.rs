//! Schedules by balance and by share, the greatest of several, and what unpaid interest bears.

use super::Checker;
use crate::basics::date::Date;
use crate::basics::units::{Amount, NUMBER_SCALE, Number};
use crate::deal::decimal::written;
use crate::deal::model::{Amortisation, Coupon, Note, UnpaidRate};
use crate::deal::text::Located;

impl<'a> Checker<'a> {
    /// Dates in order, within the term and on the schedule.
    fn dates_of_principal<T>(&mut self, note: &Note, list: &[(Located<Date>, T)]) -> bool {
        let sound = self.increasing(list.iter().map(|(date, _)| date));
        for (date, _) in list.iter().filter(|_| sound) {
            if self.in_term(note, date) {
                self.on_schedule(date, &note.payment_dates, "a date of principal");
            }
        }
        sound
    }

    pub(super) fn target_balances(&mut self, note: &Note, targets: &[(Located<Date>, Amount)]) {
        if !self.dates_of_principal(note, targets) {
            return;
        }
        let mut before = note.original_balance.value;
        for (date, balance) in targets {
            if balance.0 > before.0 {
                let decimals = self.deal.deal.decimals as u32;
                let expected = format!("a balance not above the one before, {}", written(before.0, decimals));
                return self.report(&date.place, expected, written(balance.0, decimals));
            }
            before = *balance;
        }
    }

    pub(super) fn shares_of_original(&mut self, note: &Note, shares: &[(Located<Date>, Number)]) {
        if !self.dates_of_principal(note, shares) {
            return;
        }
        let sum: i64 = shares.iter().map(|(_, share)| share.0).sum();
        if let (Some((last, _)), true) = (shares.last(), sum > NUMBER_SCALE) {
            self.report(&last.place, "shares that sum to at most 1", format!("a sum of {}", written(sum, 9)));
        }
    }

    pub(super) fn greatest_of(&mut self, note: &Note, several: &[Located<Amortisation>]) {
        if let [only] = several {
            self.report(&only.place, "two schedules or more", "one");
        }
        for one in several {
            match one.value {
                Amortisation::GreatestOf(_) => {
                    self.advise(&one.place, "a schedule of its own", "`greatest_of`", "list its schedules here");
                }
                Amortisation::BalanceAtMost(_) => {
                    let way_out = "let it be the whole amortisation, and write the least of several limits as a `min`";
                    self.advise(&one.place, "a schedule", "`balance_at_most`, which has none", way_out);
                }
                _ => self.amortisation(note, one),
            }
        }
    }

    /// Call prices in order, and a make-whole price of known coupons.
    pub(super) fn call(&mut self, note: &'a Note) {
        let Some(call) = &note.call else { return };
        let sound = self.increasing(call.schedule.iter().map(|(date, _)| date));
        let Some(whole) = &call.make_whole else { return };
        if let (Some((first, _)), true) = (call.schedule.first(), sound)
            && self.in_term(note, first)
        {
            self.on_schedule(first, &note.payment_dates, "a first call date");
        }
        match (&whole.rate, &whole.index) {
            (None, Some(index)) => self.index(index),
            (Some(_), None) => {}
            (rate, _) => {
                let (found, way_out) = match rate {
                    Some(_) => ("both", "keep one of them"),
                    None => ("neither", "add one of them"),
                };
                self.advise(&whole.place, "either `rate` or `index`", found, way_out);
            }
        }
        let is_known = matches!(note.coupon.value, Coupon::Fixed(_) | Coupon::Steps(_));
        let expected = "a `fixed` or `steps` coupon without default rate beside a make-whole price";
        if !is_known {
            let found = format!("`{}`", note.coupon.value.key());
            self.advise(&whole.place, expected, found, "make the coupon one of these, or drop `make_whole`");
        } else if note.default_rate.is_some() {
            self.advise(&whole.place, expected, "`default_rate`", "drop it, or drop `make_whole`");
        }
    }

    /// That additional interest begins within the term.
    pub(super) fn anticipated_repayment(&mut self, note: &Note) {
        let Some(terms) = &note.anticipated_repayment else { return };
        let (dated, maturity) = (note.dated_date.value, note.maturity_date.value);
        if terms.date.value < dated || terms.date.value >= maturity {
            let expected = format!("a date not before the dated date, {dated}, and before maturity, {maturity}");
            self.report(&terms.date.place, expected, terms.date.value.to_string());
        }
    }

    pub(super) fn interest_on_unpaid(&mut self, note: &Note) {
        let Some(unpaid) = &note.interest_on_unpaid else { return };
        if matches!(unpaid.rate, UnpaidRate::Default(_)) && note.default_rate.is_none() {
            let way_out = "add `default_rate`, or write `note = {}` or `rate = ...`";
            self.advise(&unpaid.place, "a note with a `default_rate`", "none", way_out);
        }
    }
}
