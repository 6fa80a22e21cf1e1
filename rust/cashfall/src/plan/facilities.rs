//! Facilities, swaps and caps on the grid.

use crate::basics::{Date, DayCount};
use crate::deal::Name;
use crate::deal::model::{Earns, Facility, FloatingRate, HedgeRate, IndexFixing, Notional, RateCap, Swap, SwapLeg};
use crate::formula::{Expr, Unit};

use super::resolve::Resolver;
use super::weights::{Weights, fixed_denominator};

/// A rate a year.
#[derive(Clone, Debug)]
pub enum RateModel {
    /// One rate, in 1e-9.
    Fixed(i64),
    /// An input and a margin.
    Floating {
        /// The input.
        index: usize,
        /// The margin, in 1e-9.
        margin: i64,
        /// The least that the rate can be, in 1e-9.
        floor: Option<i64>,
        /// Whether the index is that of the beginning of the period.
        in_advance: bool,
    },
}

/// A facility.
#[derive(Clone, Debug)]
pub struct FacilityModel {
    /// Its name.
    pub name: String,
    /// The most that can be drawn.
    pub commitment: i64,
    /// For each grid date, whether it is available.
    pub is_available: Vec<bool>,
    /// The rate on what is drawn.
    pub interest: Option<RateModel>,
    /// The rate on what is available, in 1e-9.
    pub fee_rate: Option<i64>,
    /// The weights of what is drawn.
    pub weights: Weights,
    /// The weights of what is available.
    pub fee_weights: Weights,
    /// Whether what is repaid can be drawn again.
    pub revolving: bool,
    /// The flag that stops draws.
    pub draw_stop: Option<Expr>,
}

/// What the balance of an account earns.
#[derive(Clone, Debug)]
pub struct EarnsModel {
    /// The rate.
    pub rate: RateModel,
    /// The weights of the balance.
    pub weights: Weights,
}

/// The amount on which a hedge is computed.
#[derive(Clone, Debug)]
pub enum NotionalModel {
    /// For each grid date on which a period ends, the weighted sum of the schedule, one for each leg.
    Sums(Vec<Vec<i64>>),
    /// The balance of a note.
    Note(usize),
}

/// A swap.
#[derive(Clone, Debug)]
pub struct SwapModel {
    /// Its name.
    pub name: String,
    /// What the deal pays, then what it receives: the rate, and the weights of the notional.
    pub legs: [(RateModel, Weights); 2],
    /// The amount on which both are computed.
    pub notional: NotionalModel,
    /// Whether a step terminates it.
    pub is_terminated: bool,
}

/// A cap.
#[derive(Clone, Debug)]
pub struct CapModel {
    /// Its name.
    pub name: String,
    /// The rate above which it pays: an index less the strike, not below zero.
    pub rate: RateModel,
    /// The weights of the notional.
    pub weights: Weights,
    /// The amount on which it is computed.
    pub notional: NotionalModel,
}

impl Resolver<'_> {
    pub(super) fn facility(&mut self, name: &Name, facility: &Facility) -> FacilityModel {
        let weights = self.weights(facility.day_count.value, &facility.payment_dates, None);
        let fee_weights = self.weights(facility.day_count.value, &facility.payment_dates, facility.availability_end);
        let end = facility.availability_end;
        FacilityModel {
            name: name.text.clone(),
            commitment: facility.commitment.0,
            is_available: self.grid.dates.iter().map(|date| end.is_none_or(|end| *date <= end)).collect(),
            interest: facility.interest.as_ref().map(|rate| not_negative(self.rate(rate, Some(0)))),
            fee_rate: facility.commitment_fee.map(|rate| rate.0),
            weights,
            fee_weights,
            revolving: facility.revolving,
            draw_stop: facility.draw_stop.as_ref().and_then(|flag| self.formula(flag, Unit::Flag)),
        }
    }

    pub(super) fn earns(&self, earns: &Earns) -> EarnsModel {
        EarnsModel {
            rate: not_negative(self.rate(&earns.rate, Some(0))),
            weights: self.weights(earns.day_count.value, &earns.payment_dates, None),
        }
    }

    pub(super) fn swap(&mut self, name: &Name, swap: &Swap) -> SwapModel {
        let leg =
            |leg: &SwapLeg| (self.rate(&leg.rate, None), self.weights(leg.day_count.value, &swap.payment_dates, None));
        let legs = [leg(&swap.pay), leg(&swap.receive)];
        let day_counts = [swap.pay.day_count.value, swap.receive.day_count.value];
        SwapModel {
            name: name.text.clone(),
            legs,
            notional: self.notional(&swap.notional, &day_counts, &swap.payment_dates),
            is_terminated: self.deal.is_terminated(&name.text),
        }
    }

    pub(super) fn rate_cap(&mut self, name: &Name, cap: &RateCap) -> CapModel {
        let floating = RateModel::Floating {
            index: self.deal.inputs.position(&cap.index.text).unwrap_or(0),
            margin: -cap.strike.0,
            floor: Some(0),
            in_advance: cap.fixing == IndexFixing::InAdvance,
        };
        CapModel {
            name: name.text.clone(),
            rate: floating,
            weights: self.weights(cap.day_count.value, &cap.payment_dates, None),
            notional: self.notional(&cap.notional, &[cap.day_count.value], &cap.payment_dates),
        }
    }

    pub(super) fn weights(&self, day_count: DayCount, payment_dates: &Name, until: Option<Date>) -> Weights {
        let closing = self.deal.deal.closing_date;
        Weights::new(day_count, &self.grid.dates, closing, self.dates(payment_dates), until)
    }

    fn rate(&self, rate: &HedgeRate, least: Option<i64>) -> RateModel {
        match rate {
            HedgeRate::Fixed(fixed) => RateModel::Fixed(fixed.rate.0),
            HedgeRate::Floating(FloatingRate { index, margin, floor, fixing, .. }) => RateModel::Floating {
                index: self.deal.inputs.position(&index.text).unwrap_or(0),
                margin: margin.0,
                floor: floor.map(|floor| floor.0).or(least),
                in_advance: *fixing == IndexFixing::InAdvance,
            },
        }
    }

    fn notional(&self, notional: &Notional, day_counts: &[DayCount], payment_dates: &Name) -> NotionalModel {
        let schedule = match notional {
            Notional::Note(note) => return NotionalModel::Note(self.deal.notes.position(&note.text).unwrap_or(0)),
            Notional::Schedule(schedule) => schedule,
        };
        let ends = self.dates(payment_dates);
        let sums = day_counts.iter().map(|day_count| {
            let mut of_dates = vec![0; self.grid.len()];
            let mut begin = self.deal.deal.closing_date;
            for &end in ends.iter().filter(|end| **end > self.deal.deal.closing_date) {
                let rows: Vec<(Date, i64)> = schedule.iter().map(|(date, amount)| (date.value, amount.0)).collect();
                of_dates[self.grid.index(end).expect("payment dates are on the grid")] =
                    weighted_sum(*day_count, begin, end, &rows, ends[ends.len() - 1]);
                begin = end;
            }
            of_dates
        });
        NotionalModel::Sums(sums.collect())
    }
}

/// The rate of a facility is not below zero.
fn not_negative(rate: RateModel) -> RateModel {
    match rate {
        RateModel::Fixed(rate) => RateModel::Fixed(rate.max(0)),
        RateModel::Floating { index, margin, floor, in_advance } => {
            RateModel::Floating { index, margin, floor: floor.map(|floor| floor.max(0)), in_advance }
        }
    }
}

/// The weighted sum over a period of amounts that each hold from their date until the next.
fn weighted_sum(day_count: DayCount, begin: Date, end: Date, rows: &[(Date, i64)], maturity: Date) -> i64 {
    let denominator = fixed_denominator(day_count).expect("validation has seen the day count");
    let days = |to: Date| {
        let fraction = day_count.between(begin, to, maturity).expect("a day count without a schedule");
        fraction.numerator * (denominator / fraction.denominator)
    };
    let amount_on = |date: Date| rows.iter().rev().find(|(from, _)| *from <= date).map_or(0, |(_, amount)| *amount);
    let changes = rows.iter().map(|(date, _)| *date).filter(|date| *date > begin && *date < end);
    let (mut from, mut counted, mut sum) = (begin, 0, 0_i64);
    for to in changes.chain([end]) {
        let n = days(to);
        sum = sum.saturating_add(amount_on(from).saturating_mul(n - counted));
        (from, counted) = (to, n);
    }
    sum
}
