//! Facilities, swaps and caps.

use super::{Checker, Kind};
use crate::deal::model::{Earns, HedgeRate, Notional};
use crate::deal::text::Name;

impl<'a> Checker<'a> {
    pub(super) fn facilities(&mut self) {
        let deal = self.deal;
        for (name, facility) in &deal.facilities {
            if self.is_read(&name.place.path) {
                self.hedge_dates(&facility.payment_dates);
                self.fixed_denominator(&facility.day_count);
                facility.interest.iter().for_each(|rate| self.hedge_rate(rate));
            }
        }
        for (name, swap) in &deal.swaps {
            if self.is_read(&name.place.path) {
                self.hedge_dates(&swap.payment_dates);
                for leg in [&swap.pay, &swap.receive] {
                    self.fixed_denominator(&leg.day_count);
                    self.hedge_rate(&leg.rate);
                }
                self.notional(&swap.notional);
            }
        }
        for (name, cap) in &deal.caps {
            if self.is_read(&name.place.path) {
                self.hedge_dates(&cap.payment_dates);
                self.fixed_denominator(&cap.day_count);
                self.index(&cap.index);
                self.notional(&cap.notional);
            }
        }
        for (_, account) in &deal.accounts {
            account.target.iter().for_each(|target| self.refer_all(&target.satisfied_by, &[Kind::Facility]));
            account.earns.iter().for_each(|earns| self.earning(earns));
        }
    }

    /// What a balance earns.
    pub(super) fn earning(&mut self, earns: &Earns) {
        self.hedge_dates(&earns.payment_dates);
        self.fixed_denominator(&earns.day_count);
        self.hedge_rate(&earns.rate);
    }

    pub(super) fn hedge_dates(&mut self, dates: &Name) {
        self.refer(dates, &[Kind::Schedule]);
        self.not_before_closing(dates);
    }

    fn hedge_rate(&mut self, rate: &HedgeRate) {
        if let HedgeRate::Floating(floating) = rate {
            self.index(&floating.index);
        }
    }

    fn notional(&mut self, notional: &Notional) {
        match notional {
            Notional::Schedule(schedule) => drop(self.increasing(schedule.iter().map(|(date, _)| date))),
            Notional::Note(note) => drop(self.refer(note, &[Kind::Note])),
        }
    }
}
