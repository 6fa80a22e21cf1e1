//! The grid: every date on which anything may happen, in order.

use std::collections::BTreeSet;

use crate::basics::Date;
use crate::basics::Regular;
use crate::deal::Deal;
use crate::deal::model::{RegularSchedule, Schedule, Verb};
use crate::deal::walk::walk;

/// The dates of a deal and its schedules.
#[derive(Clone, Debug)]
pub struct Grid {
    /// The dates in order; a position in it is a grid index.
    pub dates: Vec<Date>,
    schedules: Vec<Vec<Date>>,
}

impl Grid {
    /// The union of the dates on which the deal's objects act.
    pub fn new(deal: &Deal) -> Grid {
        let schedules: Vec<Vec<Date>> = deal.schedules.iter().map(|(_, schedule)| dates_of(schedule)).collect();
        let of = |name: &str| deal.schedules.position(name).map_or(&[][..], |index| &schedules[index][..]);
        let mut dates: BTreeSet<Date> = of(&deal.deal.waterfall_dates.text).iter().copied().collect();
        if let Some(extra) = &deal.deal.extra_dates {
            dates.extend(of(&extra.text));
        }
        for (_, lease) in deal.leases.iter() {
            let has_clauses = lease.has_clauses();
            let within = |d: &&Date| **d > lease.commencement.value && (has_clauses || **d <= lease.end.value);
            dates.extend(of(&lease.payment_dates.text).iter().filter(within));
        }
        for (_, contract) in deal.contracts.iter() {
            let outlasts = contract.outlasts_its_end();
            let pays = |d: &&Date| **d > contract.commencement.value && (outlasts || **d <= contract.end.value);
            dates.extend(of(&contract.payment_dates.text).iter().filter(pays));
        }
        let fleets = deal.fleets.iter().map(|(_, fleet)| &fleet.payment_dates);
        for schedule in fleets.chain(deal.borrowing_bases.iter().map(|(_, base)| &base.payment_dates)) {
            dates.extend(of(&schedule.text));
        }
        for (_, cashflow) in deal.cashflows.iter() {
            dates.extend(cashflow.amounts.iter().flatten().map(|(date, _)| date.value));
            dates.extend(cashflow.dates.iter().flat_map(|schedule| of(&schedule.text)));
        }
        for (_, fee) in deal.fees.iter() {
            dates.extend(of(&fee.payment_dates.text));
        }
        let facilities = deal.facilities.iter().map(|(_, facility)| &facility.payment_dates);
        let swaps = deal.swaps.iter().map(|(_, swap)| &swap.payment_dates);
        let caps = deal.caps.iter().map(|(_, cap)| &cap.payment_dates);
        let earning = deal.accounts.iter().filter_map(|(_, account)| account.earns.as_ref());
        let earning = earning.map(|earns| &earns.payment_dates);
        for (_, asset) in deal.assets.iter() {
            let shares = asset.runoff.iter().chain(&asset.loss).map(|share| &share.payment_dates);
            for schedule in shares.chain(asset.r#yield.iter().map(|earns| &earns.payment_dates)) {
                dates.extend(of(&schedule.text));
            }
        }
        for schedule in facilities.chain(swaps).chain(caps).chain(earning) {
            dates.extend(of(&schedule.text));
        }
        for (name, note) in deal.notes.iter() {
            let pays = |d: &&Date| **d > note.dated_date.value && **d <= note.last_date();
            dates.extend(of(&note.payment_dates.text).iter().filter(pays));
            if note.dated_date.value > deal.deal.closing_date || is_collected(deal, &name.text) {
                dates.insert(note.dated_date.value);
            }
        }
        if deal.waterfalls.get("closing").is_some() {
            dates.insert(deal.deal.closing_date);
        }
        Grid { dates: dates.into_iter().collect(), schedules }
    }

    /// The number of dates.
    pub fn len(&self) -> usize {
        self.dates.len()
    }

    /// The dates of a schedule, by its position in the document.
    pub fn schedule(&self, index: usize) -> &[Date] {
        &self.schedules[index]
    }

    /// For each grid date, whether it is among `dates`.
    pub fn mark<'a>(&self, dates: impl IntoIterator<Item = &'a Date>) -> Vec<bool> {
        let wanted: BTreeSet<Date> = dates.into_iter().copied().collect();
        self.dates.iter().map(|date| wanted.contains(date)).collect()
    }

    /// The grid index of a date that is on the grid.
    pub fn index(&self, date: Date) -> Option<usize> {
        self.dates.binary_search(&date).ok()
    }
}

/// The dates of a valid schedule.
fn dates_of(schedule: &Schedule) -> Vec<Date> {
    match schedule {
        Schedule::Dates(dates) => dates.iter().map(|date| date.value).collect(),
        Schedule::Regular(regular) => self::regular(regular).dates().expect("validation has seen the schedule"),
    }
}

/// The rule of a regular schedule.
pub fn regular(schedule: &RegularSchedule) -> Regular {
    let (_, _, day) = schedule.first.value.ymd();
    let whole = |number: i64| u32::try_from(number).unwrap_or(0);
    Regular {
        first: schedule.first.value,
        last: schedule.last.value,
        months: whole(schedule.months),
        day: schedule.day.map_or(day, whole),
    }
}

/// Whether some step collects the proceeds of this note.
fn is_collected(deal: &Deal, note: &str) -> bool {
    let mut steps = walk(deal).into_iter().map(|walked| walked.step);
    steps.any(|step| matches!(&step.verb, Verb::Collect(collect) if collect.from.iter().any(|name| name.text == note)))
}
