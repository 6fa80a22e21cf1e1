//! Fees: tables, day counts of interest on what is unpaid, and caps.

use super::{Checker, Kind};
use crate::basics::day_count::DayCount;
use crate::deal::model::{AnnualCap, FeeAmount, PerYear, RateOf};
use crate::deal::text::{Located, Name};
use crate::plan::{fixed_denominator, month_and_day};

impl<'a> Checker<'a> {
    pub(super) fn fees(&mut self) {
        let deal = self.deal;
        for (name, fee) in &deal.fees {
            if !self.is_read(&name.place.path) {
                continue;
            }
            match &fee.amount {
                FeeAmount::Table(table) => {
                    self.increasing(table.iter().map(|(date, _)| date));
                }
                FeeAmount::PerYear(PerYear { day_count, .. }) | FeeAmount::RateOf(RateOf { day_count, .. }) => {
                    self.day_count(day_count.value, &day_count.place, &fee.payment_dates);
                }
                FeeAmount::Fixed(_) | FeeAmount::ShareOf(_) => {}
            }
            if let Some(unpaid) = &fee.accrues_on_unpaid {
                self.fixed_denominator(&unpaid.day_count);
            }
            fee.cap.iter().for_each(|cap| self.annual_cap(cap));
        }
        for (index, (name, joint)) in deal.fee_caps.iter().enumerate() {
            if self.is_read(&name.place.path) {
                self.annual_cap(&joint.cap);
                self.refer_all(&joint.fees, &[Kind::Fee]);
                joint.fees.iter().for_each(|fee| self.capped_once(fee, index));
            }
        }
    }

    /// That days are counted over one denominator, so that a balance may change inside a period.
    pub(super) fn fixed_denominator(&mut self, day_count: &Located<DayCount>) {
        if fixed_denominator(day_count.value).is_none() {
            let expected = "a day count of fixed denominator: `act/360`, `act/365f` or one of 30/360";
            self.report(&day_count.place, expected, format!("`{}`", day_count.value.name()));
        }
    }

    fn annual_cap(&mut self, cap: &AnnualCap) {
        let starts = &cap.year_starts;
        if starts.text != "closing" && month_and_day(&starts.text).is_none() {
            let expected = "`closing`, or a month and day that every year has, such as `01-01`";
            self.report(&starts.place, expected, format!("`{}`", starts.text));
        }
    }

    /// That a fee has no cap but the joint one at this position.
    fn capped_once(&mut self, fee: &Name, index: usize) {
        let deal = self.deal;
        let own = deal.fees.get(&fee.text).is_some_and(|fee| fee.cap.is_some());
        let other = deal.fee_caps.iter().take(index).find(|(_, joint)| joint.fees.iter().any(|f| f.text == fee.text));
        let found = match other {
            Some((name, _)) => format!("`{}`, which is under `fee_caps.{}` too", fee.text, name.text),
            None if own => format!("`{}`, which has a cap of its own", fee.text),
            None => return,
        };
        self.advise(&fee.place, "a fee without another cap", found, "drop one of the caps");
    }
}
