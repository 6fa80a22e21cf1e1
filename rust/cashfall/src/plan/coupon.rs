//! The rate of a note: where its index is read for each interest period, and what becomes of it.

use crate::basics::{Date, NUMBER_SCALE, Rounding};
use crate::deal::model::{Averaged, Coupon, Fixing, Floating, FloorPer, FormulaCoupon};
use crate::formula::Expr;

use super::grid::Grid;
use super::model::InputModel;

/// How the rate of each interest period is found.
#[derive(Clone, Debug, PartialEq)]
pub enum CouponModel {
    /// The rates are known: fixed or in steps.
    Known(Vec<i64>),
    /// The index is read on one grid date for each period.
    Floating {
        /// What becomes of the index.
        terms: AllIn,
        /// The grid date for each period.
        fixings: Vec<usize>,
    },
    /// The index is read on the observation dates of each period.
    Averaged {
        /// What becomes of the index.
        terms: AllIn,
        /// Whether observations compound.
        compounded: bool,
        /// Whether the floor bounds the period's result.
        floor_per_period: bool,
        /// For each period its observations: the grid date and the weight in days.
        observations: Vec<Vec<(usize, i64)>>,
        /// The days of a year: 360 or 365.
        base: i64,
    },
    /// The value of a formula.
    Formula(Box<FormulaRate>),
    /// The growth of an index level.
    IndexLevel {
        /// The input that holds the level.
        input: usize,
        /// The rate borne besides.
        margin: i64,
        /// For each period the grid dates of its first and last level.
        ends: Vec<(usize, usize)>,
    },
}

/// A rate by formula, all in 1e-9.
#[derive(Clone, Debug, PartialEq)]
pub struct FormulaRate {
    /// The formula.
    pub rate: Expr,
    /// Its text.
    pub text: String,
    /// The rate is a multiple of this.
    pub step: i64,
    /// The least rate.
    pub all_in_floor: i64,
    /// The greatest rate.
    pub all_in_cap: i64,
    /// The rate of the schedule.
    pub scheduled: i64,
}

impl FormulaRate {
    /// What becomes of the formula's value.
    pub fn new(coupon: &FormulaCoupon, rate: Expr) -> FormulaRate {
        FormulaRate {
            rate,
            text: coupon.rate.text.clone(),
            step: step(coupon.rate_decimals),
            all_in_floor: coupon.all_in_floor.0,
            all_in_cap: coupon.all_in_cap.0,
            scheduled: coupon.scheduled_rate.0,
        }
    }
}

/// What becomes of an index, all in 1e-9.
#[derive(Clone, Debug, PartialEq)]
pub struct AllIn {
    /// The input that holds the index.
    pub input: usize,
    /// Added to the index before its floor.
    pub credit_adjustment: i64,
    /// The least index.
    pub floor: Option<i64>,
    /// Added after the floor.
    pub margin: i64,
    /// The rate is a multiple of this.
    pub step: i64,
    /// The least rate.
    pub all_in_floor: i64,
    /// The greatest rate.
    pub all_in_cap: Option<i64>,
}

/// The value of an input on a grid date.
pub type Reading<'a> = &'a dyn Fn(usize, usize) -> i64;

impl AllIn {
    /// The index with its credit adjustment and floor.
    pub fn floored(&self, index: i64) -> i64 {
        let adjusted = index + self.credit_adjustment;
        self.floor.map_or(adjusted, |floor| if adjusted < floor { floor } else { adjusted })
    }

    /// The rate from a floored index.
    pub fn rate(&self, index: i64, rounding: Rounding) -> i64 {
        let rate = rounding.mul_div(index + self.margin, 1, self.step) * self.step;
        let rate = if rate < self.all_in_floor { self.all_in_floor } else { rate };
        self.all_in_cap.map_or(rate, |cap| if cap < rate { cap } else { rate })
    }

    /// The greatest rate that an index up to `index` in magnitude can give.
    #[allow(clippy::cast_precision_loss, reason = "a bound, of which the size matters")]
    pub fn greatest(&self, index: f64) -> f64 {
        let floor = self.floor.unwrap_or(0).abs() as f64;
        let adjusted = index + self.credit_adjustment.abs() as f64;
        let adjusted = if adjusted < floor { floor } else { adjusted };
        let rate = adjusted + self.margin.abs() as f64 + self.step as f64;
        let floor = self.all_in_floor as f64;
        let rate = if rate < floor { floor } else { rate };
        self.all_in_cap.map_or(rate, |cap| if (cap as f64) < rate { cap as f64 } else { rate })
    }
}

impl CouponModel {
    /// The formula that gives the rate.
    pub fn formula(&self) -> Option<&Expr> {
        if let CouponModel::Formula(formula) = self { Some(&formula.rate) } else { None }
    }

    /// The rate of a period as a scenario's inputs give it; the margin for an index level.
    pub fn rate(&self, period: usize, value: Reading, rounding: Rounding) -> i64 {
        match self {
            CouponModel::Known(rates) => rates[period],
            CouponModel::Floating { terms, fixings } => {
                terms.rate(terms.floored(value(terms.input, fixings[period])), rounding)
            }
            CouponModel::Averaged { terms, compounded, floor_per_period, observations, base } => {
                let index = |position: usize| {
                    let index = value(terms.input, position);
                    if *floor_per_period { index } else { terms.floored(index) }
                };
                let observed: Vec<(i64, i64)> =
                    observations[period].iter().map(|(position, weight)| (index(*position), *weight)).collect();
                let mean = mean(&observed, *compounded, *base, rounding);
                terms.rate(if *floor_per_period { terms.floored(mean) } else { mean }, rounding)
            }
            CouponModel::IndexLevel { margin, .. } => *margin,
            CouponModel::Formula(formula) => formula.scheduled,
        }
    }

    /// The growth of the index level over a period as numerator and denominator; nothing for other coupons.
    pub fn growth(&self, period: usize, value: Reading) -> Option<(i64, i64)> {
        let CouponModel::IndexLevel { input, ends, .. } = self else { return None };
        let (first, last) = (value(*input, ends[period].0), value(*input, ends[period].1));
        Some(if first <= 0 || last <= first { (0, 1) } else { (last - first, first) })
    }

    /// The greatest rate of a period that the ranges of the inputs allow, in 1e-9.
    #[allow(clippy::cast_precision_loss, reason = "a bound, of which the size matters")]
    pub fn greatest_rate(&self, period: usize, inputs: &[InputModel]) -> f64 {
        let greatest = |input: usize| inputs[input].maximum.abs().max(inputs[input].minimum.abs()) as f64;
        match self {
            CouponModel::Known(rates) => rates[period] as f64,
            CouponModel::Floating { terms, .. } => terms.greatest(greatest(terms.input)),
            CouponModel::Averaged { terms, compounded, observations, base, .. } => {
                let index = greatest(terms.input) + terms.credit_adjustment.abs() as f64;
                let mean = if *compounded { compounded_bound(&observations[period], index, *base) } else { index };
                terms.greatest(mean + 1.0)
            }
            CouponModel::IndexLevel { margin, .. } => *margin as f64,
            CouponModel::Formula(formula) => formula.all_in_cap.max(formula.scheduled) as f64,
        }
    }
}

/// The mean rate of observations of index and weight.
fn mean(observed: &[(i64, i64)], compounded: bool, base: i64, rounding: Rounding) -> i64 {
    let total: i64 = observed.iter().map(|(_, weight)| weight).sum();
    if !compounded {
        let sum: i128 = observed.iter().map(|(index, weight)| i128::from(*index) * i128::from(*weight)).sum();
        return signed_quotient(sum, i128::from(total), rounding);
    }
    let scale = i128::from(NUMBER_SCALE) * i128::from(base);
    let factor = observed.iter().fold(i128::from(NUMBER_SCALE), |factor, (index, weight)| {
        let growth = scale + i128::from(*index) * i128::from(*weight);
        i128::from(signed_quotient(factor.saturating_mul(growth), scale, rounding))
    });
    signed_quotient((factor - i128::from(NUMBER_SCALE)) * i128::from(base), i128::from(total), rounding)
}

fn signed_quotient(numerator: i128, denominator: i128, rounding: Rounding) -> i64 {
    i64::try_from(rounding.divide(numerator, denominator)).unwrap_or(i64::MAX / 4)
}

/// The greatest annual rate of observations compounded at the greatest index.
#[allow(clippy::cast_precision_loss, reason = "a bound, of which the size matters")]
fn compounded_bound(observations: &[(usize, i64)], index: f64, base: i64) -> f64 {
    let (scale, base) = (NUMBER_SCALE as f64, base as f64);
    let factor = observations
        .iter()
        .fold(scale, |factor, (_, weight)| factor * (1.0 + index * *weight as f64 / scale / base) + 1.0);
    let total: i64 = observations.iter().map(|(_, weight)| weight).sum();
    (factor - scale) * base / total as f64
}

/// The beginning and the payment date of a period: the last grid date on or before the one, none if there is none, and the other.
type Ends = (Option<usize>, usize);

/// Where a coupon reads its index in each period of a note.
pub fn coupon_model(
    coupon: &Coupon,
    grid: &Grid,
    periods: &[(Date, Date)],
    base: i64,
    input: &dyn Fn(&str) -> usize,
) -> CouponModel {
    let ends: Vec<Ends> = periods
        .iter()
        .map(|(start, end)| {
            let begun = grid.dates.partition_point(|date| date <= start);
            (begun.checked_sub(1), grid.index(*end).expect("payment dates are on the grid"))
        })
        .collect();
    let back = |position: usize, lookback: i64| position.saturating_sub(usize::try_from(lookback).unwrap_or(0));
    match coupon {
        Coupon::Fixed(fixed) => CouponModel::Known(vec![fixed.rate.0; periods.len()]),
        Coupon::Steps(steps) => {
            let rate =
                |start: Date| steps[steps.partition_point(|(from, _)| from.value <= start).saturating_sub(1)].1.0;
            CouponModel::Known(periods.iter().map(|(start, _)| rate(*start)).collect())
        }
        Coupon::Floating(floating) => {
            let at = |(begun, end): &Ends| match floating.fixing {
                Fixing::InAdvance => begun.unwrap_or(0),
                Fixing::InArrears => *end,
            };
            let fixings = ends.iter().map(|ends| back(at(ends), floating.lookback)).collect();
            CouponModel::Floating { terms: floating_terms(floating, input), fixings }
        }
        Coupon::SimpleDaily(averaged) | Coupon::Compounded(averaged) => CouponModel::Averaged {
            terms: averaged_terms(averaged, input),
            compounded: matches!(coupon, Coupon::Compounded(_)),
            floor_per_period: averaged.floor_per == FloorPer::Period,
            observations: ends.iter().map(|ends| observations(averaged, &grid.dates, *ends)).collect(),
            base,
        },
        Coupon::Formula(_) => unreachable!("a formula is resolved first"),
        Coupon::IndexLevel(level) => CouponModel::IndexLevel {
            input: input(&level.index.text),
            margin: level.margin.0,
            ends: ends
                .iter()
                .map(|(begun, end)| (back(begun.unwrap_or(0), level.lookback), back(*end, level.lookback)))
                .collect(),
        },
    }
}

/// The observations of a period: for each grid date in it, where the index is read and how many days it counts.
fn observations(averaged: &Averaged, dates: &[Date], (begun, end): Ends) -> Vec<(usize, i64)> {
    if end == 0 {
        return vec![(0, 1)];
    }
    let first = begun.unwrap_or(0);
    let count = |setting: i64| usize::try_from(setting).unwrap_or(0);
    let (lookback, n) = (count(averaged.lookback), end - first);
    let weight = |position: usize| i64::from(dates[position + 1].days() - dates[position].days());
    (0..n)
        .map(|j| {
            let read =
                if j + count(averaged.lockout) >= n { (n - 1).saturating_sub(count(averaged.lockout)) } else { j };
            let read_at = (first + read).saturating_sub(lookback);
            let weighed_at = if averaged.observation_shift { (first + j).saturating_sub(lookback) } else { first + j };
            (read_at, weight(weighed_at))
        })
        .collect()
}

fn step(decimals: i64) -> i64 {
    10_i64.pow(u32::try_from(9 - decimals).unwrap_or(0))
}

fn floating_terms(floating: &Floating, input: &dyn Fn(&str) -> usize) -> AllIn {
    AllIn {
        input: input(&floating.index.text),
        credit_adjustment: floating.credit_adjustment.0,
        floor: floating.floor.map(|floor| floor.0),
        margin: floating.margin.0,
        step: step(floating.rate_decimals),
        all_in_floor: floating.all_in_floor.0,
        all_in_cap: floating.all_in_cap.map(|cap| cap.0),
    }
}

fn averaged_terms(averaged: &Averaged, input: &dyn Fn(&str) -> usize) -> AllIn {
    AllIn {
        input: input(&averaged.index.text),
        credit_adjustment: averaged.credit_adjustment.0,
        floor: averaged.floor.map(|floor| floor.0),
        margin: averaged.margin.0,
        step: step(averaged.rate_decimals),
        all_in_floor: averaged.all_in_floor.0,
        all_in_cap: averaged.all_in_cap.map(|cap| cap.0),
    }
}
