//! The engine against figures of the independent reference that are on file, deal by deal, to the bit.
//!
//! SOURCE: `tests/crosscheck/corpus.py` writes the files: generated deals, scenarios, and what the pure-Python reference says of them.
//! `CASHFALL_CORPUS=folder` reads others than those beside this test; `make mutants` does, with hundreds of deals.

use std::collections::HashMap;
use std::path::PathBuf;

use cashfall::deal::Document;
use cashfall::lanes::Cpu;
use cashfall::plan::{Demand, Plan};
use cashfall::run::{RunOptions, RunOutput, run};
use cashfall::scenario::{InputView, Scenarios};

/// Enough scenarios for a run on workers, in several tiles of which the last is not full.
const CROWD: usize = 700;

/// Figures by name and scenario.
type Figures = HashMap<String, Vec<Vec<f64>>>;

/// A file of the corpus: a deal, the inputs of its scenarios, and what the reference says of each.
#[derive(Default)]
struct Case {
    deal: String,
    n_scenarios: usize,
    inputs: Figures,
    flows: Figures,
    metrics: Figures,
}

impl Case {
    fn read(text: &str) -> Case {
        let mut case = Case::default();
        for line in text.lines() {
            let (kind, rest) = line.split_once(' ').expect("a kind of line");
            let figures = match kind {
                "deal" => {
                    case.deal = rest.to_owned();
                    continue;
                }
                "input" => &mut case.inputs,
                "flow" => &mut case.flows,
                "metric" => &mut case.metrics,
                _ => panic!("{kind} is no kind of line"),
            };
            let mut words = rest.split(' ');
            let scenario: usize = words.next().and_then(|word| word.parse().ok()).expect("a scenario");
            let of_name = figures.entry(words.next().expect("a name").to_owned()).or_default();
            assert_eq!(of_name.len(), scenario, "scenarios in order");
            of_name.push(words.map(|word| word.parse().expect("a figure")).collect());
            case.n_scenarios = scenario + 1;
        }
        case
    }

    /// The engine's answer to so many scenarios, which are those of the file again and again.
    fn run(&self, plan: &Plan, demand: &Demand, n_scenarios: usize) -> RunOutput {
        let inputs: Vec<Vec<f64>> = of_inputs(plan, |name, n_periods| {
            let paths: Vec<&[f64]> = self.inputs[name].iter().cycle().take(n_scenarios).map(Vec::as_slice).collect();
            (0..n_periods).flat_map(|t| paths.iter().map(move |path| path[t])).collect()
        });
        let views = inputs.iter().map(|values| Some(InputView::rows(values, n_scenarios))).collect();
        answer(plan, demand, &Scenarios { n_scenarios, views })
    }

    /// The answer to the first scenario given once for all of a few.
    fn run_shared(&self, plan: &Plan, demand: &Demand) -> RunOutput {
        let inputs = of_inputs(plan, |name, _| self.inputs[name][0].clone());
        let shared = |data| Some(InputView { data, offset: 0, period_stride: 1, scenario_stride: 0 });
        let views = inputs.iter().map(|values| shared(values.as_slice())).collect();
        answer(plan, demand, &Scenarios { n_scenarios: 3, views })
    }

    /// Where the metrics of a run are not those on file, given which scenario of the file each of its scenarios is.
    fn metrics_differ(&self, plan: &Plan, output: &RunOutput, of: impl Fn(usize) -> usize) -> Vec<String> {
        let mut found = Vec::new();
        for (values, metric) in output.metrics.chunks(output.n_scenarios).zip(plan.metrics()) {
            let on_file = &self.metrics[&metric.name];
            for (scenario, &value) in values.iter().enumerate() {
                let expected = on_file[of(scenario)][0];
                if !equal(value, expected) {
                    found.push(format!("metric {} [{scenario}]: {value}, expected {expected}", metric.name));
                }
            }
        }
        found
    }
}

/// For each input its values, period by period.
fn of_inputs(plan: &Plan, values: impl Fn(&str, usize) -> Vec<f64>) -> Vec<Vec<f64>> {
    plan.model().inputs.iter().map(|input| values(&input.name, plan.model().dates.len())).collect()
}

fn answer(plan: &Plan, demand: &Demand, scenarios: &Scenarios<'_>) -> RunOutput {
    let options = RunOptions { threads: 2, cpu: Cpu::detect(), minor_units: true };
    run(plan, &plan.lowered(demand), scenarios, options, &mut |_| true).expect("a run")
}

fn equal(found: f64, expected: f64) -> bool {
    found == expected || (found.is_nan() && expected.is_nan())
}

/// What the engine and the reference disagree on.
fn differences(case: &Case) -> Vec<String> {
    let deal = Document::from_json(&case.deal, "", false).and_then(|document| document.deal()).expect("a good deal");
    let plan = Plan::compile(&deal, "").expect("a plan");
    let n = case.n_scenarios;
    let everything = case.run(&plan, &plan.traced(), n);
    let n_periods = plan.model().dates.len();
    let mut found = Vec::new();
    for (kind, n_known, on_file) in
        [("flow", plan.outputs().len(), case.flows.len()), ("metric", plan.metrics().len(), case.metrics.len())]
    {
        if on_file != n_known {
            found.push(format!("{n_known} figures of kind {kind}, expected {on_file}"));
        }
    }
    for (series, output) in plan.outputs().iter().enumerate() {
        for (scenario, on_file) in case.flows[&output.name].iter().enumerate() {
            for (t, &expected) in on_file.iter().enumerate() {
                let value = everything.records[(series * n_periods + t) * n + scenario];
                if !equal(value, expected) {
                    found.push(format!("{} [{t}, {scenario}]: {value}, expected {expected}", output.name));
                }
            }
        }
    }
    let metrics_only = Demand { outputs: Vec::new(), ..plan.everything() };
    found.extend(case.metrics_differ(&plan, &everything, |scenario| scenario));
    found.extend(case.metrics_differ(&plan, &case.run(&plan, &metrics_only, CROWD), |scenario| scenario % n));
    found.extend(case.metrics_differ(&plan, &case.run_shared(&plan, &metrics_only), |_| 0));
    found
}

#[test]
fn the_engine_gives_the_figures_on_file() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let folder = std::env::var_os("CASHFALL_CORPUS").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).expect("the corpus").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no files in {}", folder.display());
    for file in files {
        println!("{}", file.display());
        let text = std::fs::read_to_string(&file).expect("a text");
        let found = differences(&Case::read(&text));
        assert!(found.is_empty(), "{}", found[..found.len().min(20)].join("\n"));
    }
}
