//! Internal rates of return: all of them, or none, said plainly.
//!
//! The value of the flows as a function of growth g, `f(g) = sum of c_i g^(-t_i)`, has at most as many roots as `c` has
//! changes of sign (Descartes; for real exponents Laguerre). The proof is the method: for τ between the two times where
//! the signs change, the derivative of `g^τ f(g)` is `g^(τ-1)` times the sum of `(τ - t_i) c_i g^(-t_i)`, which has one change
//! less. Its roots divide the line into parts with at most one root of f each. Without a change of sign there is none.

use super::discount::{Discounting, UNIT_ROUNDOFF, magnitude};
use super::error::AnalyticsError;
use super::present_value::{dated, periodic};
use crate::basics::Date;

/// Growth over the whole time is kept within 2^±900, and growth per unit of time within 2^±30.
const LARGEST_EXPONENT: f64 = 900.0;
const LARGEST_UNIT_EXPONENT: f64 = 30.0;
const N_STEPS: usize = 200;

/// A rate at which the flows are worth zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateOfReturn {
    /// Effective per unit of time.
    pub rate: f64,
    /// How far the exact rate may lie: the rounding error of the value over its slope, plus two units in the last place.
    pub bound: f64,
}

/// The internal rates of return of some flows.
#[derive(Clone, Debug, PartialEq)]
pub enum InternalRate {
    /// No rate makes the flows worth zero: they never change sign, or the value stays on one side.
    None,
    /// Exactly one rate.
    One(RateOfReturn),
    /// Several rates, in rising order: no single one describes the flows.
    Several(Vec<RateOfReturn>),
}

/// The rates, effective a year, at which flows on dates are worth zero; time in actual days over 365.
///
/// # Guarantees
///
/// Every rate with growth in 2^±30 a year and 2^±900 over the whole time is found, except pairs closer than rounding can tell apart, which
/// count as one. The same bits everywhere.
///
/// # Errors
///
/// Different lengths, dates out of order, values that are not finite.
pub fn internal_rate_dated(dates: &[Date], amounts: &[f64]) -> Result<InternalRate, AnalyticsError> {
    Ok(internal_rate(&dated(dates, amounts)?))
}

/// The rates per period at which amounts one period apart are worth zero.
///
/// # Errors
///
/// Values that are not finite.
///
/// # Examples
///
/// ```
/// use cashfall::analytics::{internal_rate_periodic, InternalRate};
/// let two = internal_rate_periodic(&[-100.0, 230.0, -132.0]).unwrap(); // 10% and 20%
/// assert!(matches!(two, InternalRate::Several(rates) if rates.len() == 2));
/// assert_eq!(internal_rate_periodic(&[1.0, 2.0]).unwrap(), InternalRate::None);
/// ```
pub fn internal_rate_periodic(amounts: &[f64]) -> Result<InternalRate, AnalyticsError> {
    Ok(internal_rate(&periodic(amounts)?))
}

fn internal_rate(flows: &Discounting) -> InternalRate {
    let mut rates: Vec<_> = growths(flows).into_iter().map(|growth| rate_of_return(flows, growth)).collect();
    match rates.len() {
        0 => InternalRate::None,
        1 => InternalRate::One(rates.remove(0)),
        _ => InternalRate::Several(rates),
    }
}

/// The rate with the first-order bound on its error.
fn rate_of_return(flows: &Discounting, growth: f64) -> RateOfReturn {
    let at = flows.valuation(growth);
    let from_value = (magnitude(at.value) + flows.error_bound(at.magnitude)) / magnitude(at.derivative);
    RateOfReturn { rate: growth - 1.0, bound: from_value + 4.0 * UNIT_ROUNDOFF * growth }
}

/// All roots in rising order.
fn growths(flows: &Discounting) -> Vec<f64> {
    let times = flows.times();
    let Some(&duration) = times.last() else {
        return Vec::new();
    };
    let range = growth_range(duration);
    let mut levels = vec![flows.clone()];
    while let Some(turn) = first_sign_change(&levels[levels.len() - 1].amounts, &times) {
        levels.push(without_turn(&levels[levels.len() - 1], &times, turn, duration));
    }
    levels.iter().rev().skip(1).fold(Vec::new(), |turning_points, level| roots_between(level, &turning_points, range))
}

/// The smallest and largest growth that keep every discounted flow inside binary64.
fn growth_range(duration: f64) -> (f64, f64) {
    let mut largest = 2.0;
    let mut exponent = 1.0;
    while exponent < LARGEST_UNIT_EXPONENT && (exponent + 1.0) * duration <= LARGEST_EXPONENT {
        exponent += 1.0;
        largest *= 2.0;
    }
    (1.0 / largest, largest)
}

/// A time between the first two amounts of opposite sign.
fn first_sign_change(amounts: &[f64], times: &[f64]) -> Option<f64> {
    let nonzero = |&(amount, _): &(f64, f64)| amount != 0.0;
    let mut flows = amounts.iter().copied().zip(times.iter().copied()).filter(nonzero);
    let (mut amount, mut time) = flows.next()?;
    for (next_amount, next_time) in flows {
        if (amount > 0.0) != (next_amount > 0.0) && next_time > time {
            return Some(time + (next_time - time) / 2.0);
        }
        (amount, time) = (next_amount, next_time);
    }
    None
}

/// The amounts times `(turn - t_i)`, scaled to a largest magnitude of one.
fn without_turn(flows: &Discounting, times: &[f64], turn: f64, duration: f64) -> Discounting {
    let turned = flows.amounts.iter().zip(times).map(|(amount, time)| amount * ((turn - time) / duration));
    let amounts: Vec<f64> = turned.collect();
    let larger = |largest, &amount| {
        if magnitude(amount) > largest { magnitude(amount) } else { largest }
    };
    let largest = amounts.iter().fold(0.0, larger);
    flows.with_amounts(amounts.iter().map(|amount| amount / largest).collect())
}

/// The roots of one level, given the points where it may turn.
fn roots_between(flows: &Discounting, turning_points: &[f64], (smallest, largest): (f64, f64)) -> Vec<f64> {
    let mut roots = Vec::new();
    let mut left = (smallest, sign(flows, smallest));
    for point in turning_points.iter().copied().chain([largest]) {
        let right = (point, sign(flows, point));
        if left.1 * right.1 < 0 {
            roots.push(newton_in_bracket((left.0, right.0), |growth| {
                let at = flows.valuation(growth);
                (at.value, at.derivative)
            }));
        } else if right.1 == 0 && point < largest {
            roots.push(point);
        }
        left = right;
    }
    roots
}

/// The sign of the value; 0 where rounding cannot tell it.
fn sign(flows: &Discounting, growth: f64) -> i32 {
    let at = flows.valuation(growth);
    let bound = flows.error_bound(at.magnitude);
    i32::from(at.value > bound) - i32::from(at.value < -bound)
}

/// The root of a function with opposite signs at the ends: Newton's step inside the bracket, else its middle.
///
/// Stops when the point moves by at most two units in the last place, or the function is zero, or after 200 steps.
pub(super) fn newton_in_bracket(bracket: (f64, f64), function: impl Fn(f64) -> (f64, f64)) -> f64 {
    let (mut low, mut high) = bracket;
    let rises = function(high).0 > function(low).0;
    let mut point = middle(low, high);
    for _ in 0..N_STEPS {
        let (value, slope) = function(point);
        if value == 0.0 {
            return point;
        }
        if (value > 0.0) == rises {
            high = point
        } else {
            low = point
        }
        let newton = point - value / slope;
        let next = if low <= newton && newton <= high { newton } else { middle(low, high) };
        if magnitude(next - point) <= 2.0 * f64::EPSILON * point {
            return next;
        }
        point = next;
    }
    point
}

/// The middle of two positive numbers: of their exponents where they are far apart, else of the numbers.
fn middle(low: f64, high: f64) -> f64 {
    if high > 4.0 * low {
        f64::from_bits(u64::midpoint(low.to_bits(), high.to_bits()))
    } else {
        low + (high - low) / 2.0
    }
}
