//! Leases and their clauses.

use super::{Checker, Kind};
use crate::basics::date::Date;
use crate::basics::units::Number;
use crate::deal::model::{BaseRent, IndexGrowth, InputUnit, Lease, RentEscalator, ResidualValueGuarantee};
use crate::deal::text::{Located, Name};

impl<'a> Checker<'a> {
    pub(super) fn lease(&mut self, name: &Name, lease: &'a Lease) {
        let path = &name.place.path;
        self.refer(&lease.payment_dates, &[Kind::Schedule]);
        if self.is_read(&format!("{path}.commencement")) && lease.end.value <= lease.commencement.value {
            let expected = format!("an end after the commencement, {}", lease.commencement.value);
            self.report_if_read(&lease.end.place, expected, lease.end.value.to_string());
        }
        if let (Some(dates), Some(closing)) = (self.dates_of(&lease.payment_dates), self.closing_date()) {
            let early = dates.iter().find(|date| **date > lease.commencement.value && **date < closing).copied();
            if let Some(early) = early.filter(|date| *date <= lease.end.value && self.is_read(path)) {
                let expected = format!("rent on or after the closing date, {closing}");
                self.report(&lease.payment_dates.place, expected, format!("{early} of `{}`", lease.payment_dates.text));
            }
        }
        match (&lease.base_rent, &lease.escalator) {
            (BaseRent::Input(input), escalator) => {
                self.factor_input(input, InputUnit::Amount);
                if escalator.is_some() {
                    let place = self.place(&format!("{path}.escalator"));
                    let way_out = "drop it: the input gives the rent of each date";
                    self.advise(&place, "no escalator with a base rent from an input", "an escalator", way_out);
                }
            }
            (BaseRent::PerDate(amount), escalator) if self.are_read(name, &["commencement", "end"]) => {
                let (start, end) = (lease.commencement.value, lease.end.value);
                let annual = match escalator {
                    Some(RentEscalator::Annual(annual)) => Some(*annual),
                    _ => None,
                };
                self.escalated(path, *amount, annual, &lease.payment_dates, start, end);
            }
            (BaseRent::PerDate(_), _) => {}
        }
        if let Some(factor) = &lease.factor {
            self.factor_input(factor, InputUnit::Number);
        }
        self.clauses(name, lease);
    }

    fn clauses(&mut self, name: &Name, lease: &'a Lease) {
        let path = &name.place.path;
        let is_input = matches!(lease.base_rent, BaseRent::Input(_));
        for renewal in lease.renewals.iter().filter(|_| is_input) {
            if let Some(step) = &renewal.step {
                let way_out = "drop it: the input gives the rent of each date";
                self.advise(
                    &step.place,
                    "no step with a base rent from an input",
                    crate::deal::decimal::written(step.value.0, 9),
                    way_out,
                );
            }
        }
        self.terms_of_lease(lease);
        if let Some(RentEscalator::Index(growth)) = &lease.escalator {
            self.index_growth(growth);
        }
        if lease.relet.is_some() && lease.sale.is_some() {
            let place = self.place(&format!("{path}.sale"));
            self.advise(&place, "`relet` or `sale`", "both", "drop one of them");
        }
        if lease.deposit.is_some() && !lease.has_end() {
            let place = self.place(&format!("{path}.deposit"));
            let expected = "a deposit beside `default`, which takes it";
            self.advise(&place, expected, "none", "add `default`, or drop the deposit");
        }
        if let Some(guarantee) = &lease.residual_value_guarantee {
            self.guarantee(guarantee);
        }
    }

    /// Each term has at least one rent that the term before it does not have.
    fn terms_of_lease(&mut self, lease: &Lease) {
        let Some(dates) = self.dates_of(&lease.payment_dates).map(<[Date]>::to_vec) else { return };
        let mut before = &lease.end;
        for renewal in &lease.renewals {
            let is_new = |date: &Date| *date > before.value && *date <= renewal.until.value;
            if self.is_read(&renewal.until.place.path) && !dates.iter().any(is_new) {
                let expected =
                    format!("a last day with a rent date after {}, when the term before it ends", before.value);
                self.report(&renewal.until.place, expected, renewal.until.value.to_string());
            }
            before = &renewal.until;
        }
    }

    fn index_growth(&mut self, growth: &IndexGrowth) {
        self.factor_input(&growth.input, InputUnit::Number);
        let crossed = |floor: &Located<Number>, cap: &Located<Number>| cap.value.0 < floor.value.0;
        if let (Some(floor), Some(cap)) = (&growth.floor, &growth.cap)
            && crossed(floor, cap)
        {
            let written = |number: &Located<Number>| crate::deal::decimal::written(number.value.0, 9);
            self.report(&cap.place, format!("a cap not below the floor, {}", written(floor)), written(cap));
        }
    }

    fn guarantee(&mut self, guarantee: &ResidualValueGuarantee) {
        self.increasing(guarantee.threshold.iter().map(|(date, _)| date));
        let greatest = guarantee.threshold.iter().map(|(_, amount)| amount.0).max().unwrap_or(0);
        if self.is_read(&guarantee.place.path) && guarantee.cap.value.0 > greatest {
            let money = |units: i64| crate::deal::decimal::written(units, self.deal.deal.decimals as u32);
            let expected = format!("a cap of at most the greatest threshold, {}", money(greatest));
            let found = money(guarantee.cap.value.0);
            self.advise(&guarantee.cap.place, expected, found, "lower the cap: it could never be paid");
        }
    }
}
