//! Nanoseconds per scenario of the yardstick deal, best of several runs on one thread, for each CPU path.
//!
//! `cargo run --release --example speed -- python/cashfall/deals/yardstick.toml`. The figures that count come from
//! `make bench`, which compares in one run; this is for profiling.

use std::time::Instant;

use cashfall::lanes::Cpu;
use cashfall::plan::{Demand, Plan};
use cashfall::run::{RunOptions, run};
use cashfall::scenario::{InputView, Scenarios};

const WANTED: [&str; 8] = [
    "senior.interest_paid",
    "senior.principal_paid",
    "senior.interest_shortfall",
    "senior.principal_shortfall",
    "senior.loss",
    "dscr.minimum",
    "dscr.n_breach_dates",
    "sponsor.distributed",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("expected the path of the yardstick deal")?;
    let n_scenarios: usize = std::env::args().nth(2).map_or(Ok(10_000), |n| n.parse())?;
    let deal = cashfall::deal::Deal::from_toml(&std::fs::read_to_string(&path)?, &path)?;
    let plan = Plan::compile(&deal, &path)?;
    let metrics =
        WANTED.iter().filter_map(|name| plan.metrics().iter().position(|metric| metric.name == *name)).collect();
    let lowered = plan.lowered(&Demand { outputs: Vec::new(), metrics, trace: false });
    let rents = rents(&plan, n_scenarios);
    let scenarios = Scenarios { n_scenarios, views: vec![Some(InputView::rows(&rents, n_scenarios))] };
    let only = std::env::args().nth(3);
    for cpu in Cpu::available().into_iter().filter(|cpu| only.as_ref().is_none_or(|name| name == cpu.name())) {
        let options = RunOptions { threads: 1, cpu, minor_units: false };
        let mut best = f64::INFINITY;
        for _ in 0..2_000_000 / n_scenarios {
            let started = Instant::now();
            run(&plan, &lowered, &scenarios, options, &mut |_| true)?;
            let seconds = started.elapsed().as_secs_f64();
            best = if seconds < best { seconds } else { best };
        }
        println!("{:8} {:8.1} ns per scenario", cpu.name(), best * 1e9 / n_scenarios as f64);
    }
    Ok(())
}

/// Rents that wander around their default, from a small generator of its own.
fn rents(plan: &Plan, n_scenarios: usize) -> Vec<f64> {
    let mut state = 1_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let default = &plan.model().inputs[0].default;
    let mut level = vec![1.0; n_scenarios];
    let mut rents = Vec::with_capacity(default.len() * n_scenarios);
    for base in default {
        for level in &mut level {
            *level *= 1.0 + 0.12 * (uniform() + uniform() - 1.0);
            rents.push(*base as f64 / 100.0 * *level);
        }
    }
    rents
}
