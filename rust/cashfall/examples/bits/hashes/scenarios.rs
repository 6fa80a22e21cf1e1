//! Inputs of a few thousand scenarios, the same on every machine: made of integers, and of `+ - * /` on doubles.

use cashfall::plan::{InputModel, Plan};

use super::generator::Random;

/// The values of every input, each `(n_periods, n_scenarios)` in C order.
pub fn inputs(plan: &Plan, n_scenarios: usize) -> Vec<Vec<f64>> {
    let mut random = Random::new(103);
    let decimals = plan.model().decimals;
    let scale = |input: &InputModel| if input.is_amount { 10_i64.pow(decimals) as f64 } else { 1e9 };
    plan.model().inputs.iter().map(|input| values(input, scale(input), n_scenarios, &mut random)).collect()
}

fn values(input: &InputModel, scale: f64, n_scenarios: usize, random: &mut Random) -> Vec<f64> {
    let mut level = vec![1.0; n_scenarios];
    let mut values = Vec::with_capacity(input.default.len() * n_scenarios);
    for &default in &input.default {
        for (scenario, level) in level.iter_mut().enumerate() {
            *level *= 1.0 + step(scenario) * (uniform(random) + uniform(random) - 1.0);
            let units = units(scenario, default as f64 * *level, input, random);
            values.push(within(units, input) / scale);
        }
    }
    values
}

/// How far a scenario's level wanders in a period.
fn step(scenario: usize) -> f64 {
    [0.0, 0.04, 0.04, 0.04, 0.04, 0.15, 0.4, 0.04][scenario % 8]
}

/// One scenario in eight stays at the default, one has no cash now and then, one has values anywhere in the range, one has halves of a unit.
fn units(scenario: usize, around_default: f64, input: &InputModel, random: &mut Random) -> f64 {
    match scenario % 8 {
        3 if random.below(8) == 0 => 0.0,
        4 => {
            let width = input.maximum - input.minimum;
            (input.minimum + random.below(width) / (1 + random.any_size() % 1024)) as f64
        }
        7 => (around_default as i64) as f64 + 0.5,
        _ => around_default,
    }
}

fn within(units: f64, input: &InputModel) -> f64 {
    let (minimum, maximum) = (input.minimum as f64, input.maximum as f64);
    let units = if units < minimum { minimum } else { units };
    if units > maximum { maximum } else { units }
}

/// From 0 to 1.
fn uniform(random: &mut Random) -> f64 {
    (random.bits() >> 11) as f64 / (1_u64 << 53) as f64
}
