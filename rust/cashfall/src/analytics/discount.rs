//! Discounting: flows, the times between them as exact ratios, and one backward recurrence.

use super::power::Base;
use crate::basics::Fraction;

/// The size of a value.
pub(super) fn magnitude(value: f64) -> f64 {
    if value < 0.0 { -value } else { value }
}

/// Half a unit in the last place of 1.
pub(super) const UNIT_ROUNDOFF: f64 = f64::EPSILON / 2.0;

/// Flows, each a `gap` of time units after the one before it (the first: after the reference time).
///
/// The value at growth `g` per unit of time is `V_0` of
/// `V_i = (c_i + V_{i+1}) / g^gap_i`, `V_{n+1} = 0`, from the last flow to the first: one power per distinct gap, then
/// one sum and one quotient per flow, each rounded once.
#[derive(Clone, Debug, Default)]
pub(super) struct Discounting {
    pub amounts: Vec<f64>,
    /// Distinct gaps as reduced ratios.
    gaps: Vec<(i64, i64)>,
    /// For each flow the position of its gap in `gaps`.
    gap_index: Vec<usize>,
}

/// A value, its derivative to the growth, and the value of all magnitudes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Valuation {
    pub value: f64,
    pub derivative: f64,
    pub magnitude: f64,
}

impl Discounting {
    pub fn push(&mut self, gap: &Fraction, amount: f64) {
        let reduced = (gap.numerator, gap.denominator);
        let known = self.gaps.iter().rposition(|&other| other == reduced);
        let index = known.unwrap_or_else(|| {
            self.gaps.push(reduced);
            self.gaps.len() - 1
        });
        self.gap_index.push(index);
        self.amounts.push(amount);
    }

    pub fn len(&self) -> usize {
        self.amounts.len()
    }

    /// The same times with other amounts.
    pub fn with_amounts(&self, amounts: Vec<f64>) -> Self {
        Self { amounts, ..self.clone() }
    }

    /// The gap before each flow, in units of time.
    fn gap_lengths(&self) -> Vec<f64> {
        self.gaps.iter().map(|&gap| ratio(gap)).collect()
    }

    /// The time of each flow from the reference time: sums of gaps, in order.
    pub fn times(&self) -> Vec<f64> {
        let lengths = self.gap_lengths();
        let advance = |time: &mut f64, &index: &usize| {
            *time += lengths[index];
            Some(*time)
        };
        self.gap_index.iter().scan(0.0, advance).collect()
    }

    /// The growth over each distinct gap.
    fn growth_factors(&self, growth: f64) -> Vec<f64> {
        let base = Base::new(growth);
        self.gaps.iter().map(|&(numerator, denominator)| base.power(numerator, denominator)).collect()
    }

    /// The value at `growth` per unit of time.
    pub fn value(&self, growth: f64) -> f64 {
        let factors = self.growth_factors(growth);
        let flows = self.amounts.iter().zip(&self.gap_index).rev();
        flows.fold(0.0, |value, (amount, &gap)| (amount + value) / factors[gap])
    }

    /// The value with what a root finder needs: derivative and the scale of rounding errors.
    pub fn valuation(&self, growth: f64) -> Valuation {
        let (factors, lengths) = (self.growth_factors(growth), self.gap_lengths());
        let mut at = Valuation { value: 0.0, derivative: 0.0, magnitude: 0.0 };
        for (amount, &gap) in self.amounts.iter().zip(&self.gap_index).rev() {
            let factor = factors[gap];
            at.value = (amount + at.value) / factor;
            at.derivative = at.derivative / factor - lengths[gap] * at.value / growth;
            at.magnitude = (magnitude(*amount) + at.magnitude) / factor;
        }
        at
    }

    /// A bound for the rounding error of a value: per flow one power (0.51 units of roundoff), sum and quotient.
    #[allow(clippy::cast_precision_loss, reason = "a count of flows")]
    pub fn error_bound(&self, magnitude: f64) -> f64 {
        3.0 * (self.len() as f64 + 1.0) * UNIT_ROUNDOFF * magnitude
    }
}

#[allow(clippy::cast_precision_loss, reason = "below 2^53 by the range of dates")]
fn ratio((numerator, denominator): (i64, i64)) -> f64 {
    numerator as f64 / denominator as f64
}
