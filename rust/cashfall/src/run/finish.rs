//! After the last date of a block: metrics are read off the slots, and what a scenario that stopped left behind is cleared.

use crate::basics::{NUMBER_SCALE, Rounding};
use crate::lanes::{Cpu, LIMIT, mul_div_slices};
use crate::plan::{Lowered, MetricSource, Program};

use super::block::Block;
use super::output::Columns;

/// Write the block's metrics, and blank the records of scenarios that stopped.
pub(super) fn finish<const L: usize>(
    cpu: Cpu,
    lowered: &Lowered,
    block: &Block<L>,
    columns: Columns,
    metric_scales: &[f64],
) {
    let stops = stops(&lowered.program, block);
    for (index, source) in lowered.program.metrics.iter().enumerate() {
        let mut values = read(source, cpu, lowered.program.rounding, block);
        for value in &mut values {
            *value /= metric_scales[index];
        }
        for (value, stop) in values.iter_mut().zip(&stops) {
            if let Some((_, outcome)) = stop {
                *value = if *source == MetricSource::Overflow { *outcome } else { f64::NAN };
            }
        }
        columns.write_metric(index, &values);
    }
    for (lane, stop) in stops.iter().enumerate().take(columns.n) {
        if let Some((t, _)) = stop {
            columns.clear_from(*t, lane, lowered.program.n_series);
        }
    }
}

/// The date on which each lane stopped, and its outcome: 1 overflow, 2 no convergence, which is marked half a date later.
fn stops<const L: usize>(program: &Program, block: &Block<L>) -> [Option<(usize, f64)>; L] {
    let mut stops = [None; L];
    if let Some(slot) = program.overflow {
        for (stop, value) in stops.iter_mut().zip(block.row(slot)) {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                clippy::cast_sign_loss,
                reason = "a date is a position on the grid"
            )]
            if value.is_finite() {
                let t = *value as usize;
                *stop = Some((t, if *value == t as f64 { 1.0 } else { 2.0 }));
            }
        }
    }
    stops
}

/// A metric of every lane, in units.
fn read<const L: usize>(source: &MetricSource, cpu: Cpu, rounding: Rounding, block: &Block<L>) -> [f64; L] {
    let mut values = [0.0; L];
    match source {
        MetricSource::Slot(slot) => values.copy_from_slice(block.row(*slot)),
        MetricSource::Sum(a, b) => {
            values.iter_mut().zip(block.row(*a).iter().zip(block.row(*b))).for_each(|(value, (a, b))| *value = a + b)
        }
        MetricSource::Less(from, slot) => {
            values.iter_mut().zip(block.row(*slot)).for_each(|(value, x)| *value = from - x)
        }
        MetricSource::Weighted(terms) => {
            for (weight, slot) in terms {
                values.iter_mut().zip(block.row(*slot)).for_each(|(value, flag)| *value += weight * flag);
            }
        }
        MetricSource::All(parts) => {
            for part in parts {
                let part = read(part, cpu, rounding, block);
                values.iter_mut().zip(part).for_each(|(value, part)| *value += part);
            }
        }
        MetricSource::Constant(value) => values.fill(*value),
        MetricSource::Average(sum, from, slot) => {
            for (value, (sum, x)) in values.iter_mut().zip(block.row(*sum).iter().zip(block.row(*slot))) {
                let total = from - x;
                *value = if total == 0.0 { f64::NAN } else { sum / total };
            }
        }
        MetricSource::Mean(sum, total) => {
            for (value, (sum, total)) in values.iter_mut().zip(block.row(*sum).iter().zip(block.row(*total))) {
                *value = if *total == 0.0 { f64::NAN } else { sum / total };
            }
        }
        MetricSource::Ratio(numerator, denominator) => {
            return ratios(cpu, rounding, block.row(*numerator), block.row(*denominator));
        }
        MetricSource::Overflow => {}
    }
    values
}

/// `R(numerator * 1e9 / denominator)`; NaN if no reading was taken, infinite if out of range.
#[allow(clippy::cast_precision_loss, reason = "the scale of a number, 10^9")]
fn ratios<const L: usize>(cpu: Cpu, rounding: Rounding, numerators: &[f64], denominators: &[f64]) -> [f64; L] {
    let mut divisors = [1.0; L];
    for (divisor, denominator) in divisors.iter_mut().zip(denominators) {
        *divisor = if *denominator == 0.0 { 1.0 } else { *denominator };
    }
    let mut ratios = [0.0; L];
    mul_div_slices(cpu, rounding, numerators, &[NUMBER_SCALE as f64; L], &divisors, &mut ratios);
    for (ratio, denominator) in ratios.iter_mut().zip(denominators) {
        if *denominator == 0.0 {
            *ratio = f64::NAN;
        } else if *ratio >= LIMIT || *ratio <= -LIMIT {
            *ratio = if *ratio > 0.0 { f64::INFINITY } else { f64::NEG_INFINITY };
        }
    }
    ratios
}
