//! After the last date of a block: metrics are read off the slots, and what an overflow left behind is cleared.

use crate::basics::{NUMBER_SCALE, Rounding};
use crate::lanes::{Cpu, LIMIT, mul_div_slices};
use crate::plan::{Lowered, MetricSource, Program};

use super::block::{Block, LANES};
use super::output::Columns;

/// Write the block's metrics, and blank the records of scenarios that overflowed.
pub(super) fn finish(cpu: Cpu, lowered: &Lowered, block: &Block, columns: Columns, metric_scales: &[f64]) {
    let overflowed = overflow_dates(&lowered.program, block);
    for (index, source) in lowered.program.metrics.iter().enumerate() {
        let mut values = [0.0; LANES];
        let ratios = if let MetricSource::Ratio(n, d) = source { ratios(cpu, lowered.program.rounding, block.row(*n), block.row(*d)) } else { values };
        for (lane, value) in values.iter_mut().enumerate() {
            *value = match source {
                MetricSource::Overflow => f64::from(u8::from(overflowed[lane].is_some())),
                _ if overflowed[lane].is_some() => f64::NAN,
                MetricSource::Ratio(..) => ratios[lane] / metric_scales[index],
                _ => read(source, block, lane) / metric_scales[index],
            };
        }
        columns.write_metric(index, &values);
    }
    for (lane, date) in overflowed.iter().enumerate().take(columns.n) {
        if let Some(t) = date {
            columns.clear_from(*t, lane, lowered.program.n_series);
        }
    }
}

/// The date on which each lane overflowed.
fn overflow_dates(program: &Program, block: &Block) -> [Option<usize>; LANES] {
    let mut dates = [None; LANES];
    if let Some(slot) = program.overflow {
        for (date, value) in dates.iter_mut().zip(block.row(slot)) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            if value.is_finite() {
                *date = Some(*value as usize);
            }
        }
    }
    dates
}

fn read(source: &MetricSource, block: &Block, lane: usize) -> f64 {
    match source {
        MetricSource::Slot(slot) => block.row(*slot)[lane],
        MetricSource::Sum(a, b) => block.row(*a)[lane] + block.row(*b)[lane],
        MetricSource::Less(from, slot) => from - block.row(*slot)[lane],
        MetricSource::Weighted(terms) => terms.iter().map(|(weight, slot)| weight * block.row(*slot)[lane]).sum(),
        MetricSource::Constant(value) => *value,
        MetricSource::Average(sum, from, slot) => {
            let total = from - block.row(*slot)[lane];
            if total == 0.0 { f64::NAN } else { block.row(*sum)[lane] / total }
        }
        MetricSource::Ratio(..) | MetricSource::Overflow => 0.0,
    }
}

/// `R(numerator * 1e9 / denominator)`; NaN if no reading was taken, infinite if out of range.
#[allow(clippy::cast_precision_loss)]
fn ratios(cpu: Cpu, rounding: Rounding, numerators: &[f64; LANES], denominators: &[f64; LANES]) -> [f64; LANES] {
    let mut divisors = *denominators;
    for divisor in &mut divisors {
        *divisor = if *divisor == 0.0 { 1.0 } else { *divisor };
    }
    let mut ratios = [0.0; LANES];
    mul_div_slices(cpu, rounding, numerators, &[NUMBER_SCALE as f64; LANES], &divisors, &mut ratios);
    for (ratio, denominator) in ratios.iter_mut().zip(denominators) {
        if *denominator == 0.0 {
            *ratio = f64::NAN;
        } else if *ratio >= LIMIT || *ratio <= -LIMIT {
            *ratio = if *ratio > 0.0 { f64::INFINITY } else { f64::NEG_INFINITY };
        }
    }
    ratios
}
