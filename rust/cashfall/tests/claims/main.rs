//! Ledgers, taxes, fees, facilities and hedges on small deals, date by date in cents.

mod fees;
mod hedges;
mod ledgers;

use cashfall::deal::Deal;
use cashfall::plan::Plan;
use cashfall::result::{TracedScenario, explain, imbalances};
use cashfall::scenario::{InputView, Scenarios};

/// The terms of a deal with four yearly dates, an account and equity; what a test needs is added.
const TERMS: &str = r#"
deal = { name = "small", currency = "USD", closing_date = 2025-01-01, waterfall_dates = "yearly", statuses = ["normal", "stressed"] }

[schedules]
yearly = { dates = [2026-01-01, 2027-01-01, 2028-01-01, 2029-01-01] }

[equity]
owner = {}
"#;

/// The plan of the terms and what is added to them.
fn plan_of(more: &str) -> Plan {
    let mut text = format!("{TERMS}{more}");
    if !more.contains("stressed = [") {
        text = text.replace(", statuses = [\"normal\", \"stressed\"]", "");
    }
    let deal = Deal::from_toml(&text, "small.toml").unwrap_or_else(|error| panic!("{error}"));
    Plan::compile(&deal, "small.toml").unwrap_or_else(|error| panic!("{error}"))
}

/// One scenario, traced: cash is conserved in it, and a run for the outputs alone says the same.
fn run<'a>(plan: &'a Plan, inputs: &[(&str, &[f64])]) -> TracedScenario<'a> {
    let mut scenarios = Scenarios::base(plan);
    for (name, values) in inputs {
        let index = plan.model().inputs.iter().position(|input| input.name == *name).expect("an input");
        scenarios.views[index] = Some(InputView::by_period(values));
    }
    let scenario = TracedScenario::new(plan, &scenarios).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(imbalances(&scenario), []);
    let lowered = plan.lowered(&plan.everything());
    let options = cashfall::run::RunOptions { threads: 1, minor_units: true, ..Default::default() };
    let plain = cashfall::run::run(plan, &lowered, &scenarios, options, &mut |_| true).expect("a run");
    let n = plan.model().dates.len();
    for (index, output) in plan.outputs().iter().enumerate() {
        let (a, b) = (&plain.records[index * n..(index + 1) * n], scenario.series(index));
        assert!(a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits()), "{}: {a:?} {b:?}", output.name);
    }
    scenario
}

fn output(scenario: &TracedScenario, name: &str) -> Vec<f64> {
    scenario.output(name).unwrap_or_else(|| panic!("no output {name}")).to_vec()
}

fn explained(scenario: &TracedScenario, name: &str, period: usize) -> String {
    explain(scenario, name, period).expect("an explanation")
}
