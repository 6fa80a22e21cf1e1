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

/// A file of the corpus: a deal, and by kind, scenario and name the figures of its scenarios.
struct Case {
    deal: String,
    n_scenarios: usize,
    figures: HashMap<(String, usize, String), Vec<f64>>,
}

impl Case {
    fn read(text: &str) -> Case {
        let mut case = Case { deal: String::new(), n_scenarios: 0, figures: HashMap::new() };
        for line in text.lines() {
            let (kind, rest) = line.split_once(' ').expect("a kind of line");
            if kind == "deal" {
                case.deal = rest.to_owned();
                continue;
            }
            let mut words = rest.split(' ');
            let scenario = words.next().and_then(|word| word.parse().ok()).expect("a scenario");
            let name = words.next().expect("a name").to_owned();
            let values = words.map(|word| word.parse().expect("a figure")).collect();
            case.n_scenarios = scenario + 1;
            case.figures.insert((kind.to_owned(), scenario, name), values);
        }
        case
    }

    fn of(&self, kind: &str, scenario: usize, name: &str) -> &[f64] {
        &self.figures[&(kind.to_owned(), scenario, name.to_owned())]
    }

    /// The engine's answer to so many scenarios, which are those of the file again and again.
    fn run(&self, plan: &Plan, demand: &Demand, n_scenarios: usize) -> RunOutput {
        let inputs: Vec<Vec<f64>> = self.inputs(plan, |name, n_periods| {
            let paths: Vec<&[f64]> = (0..n_scenarios).map(|k| self.of("input", k % self.n_scenarios, name)).collect();
            (0..n_periods).flat_map(|t| paths.iter().map(move |path| path[t])).collect()
        });
        let views = inputs.iter().map(|values| Some(InputView::rows(values, n_scenarios))).collect();
        answer(plan, demand, &Scenarios { n_scenarios, views })
    }

    /// The answer to the first scenario given once for all of a few.
    fn run_shared(&self, plan: &Plan, demand: &Demand) -> RunOutput {
        let inputs = self.inputs(plan, |name, _| self.of("input", 0, name).to_vec());
        let shared = |data| Some(InputView { data, offset: 0, period_stride: 1, scenario_stride: 0 });
        let views = inputs.iter().map(|values| shared(values.as_slice())).collect();
        answer(plan, demand, &Scenarios { n_scenarios: 3, views })
    }

    fn inputs(&self, plan: &Plan, values: impl Fn(&str, usize) -> Vec<f64>) -> Vec<Vec<f64>> {
        plan.model().inputs.iter().map(|input| values(&input.name, plan.model().dates.len())).collect()
    }

    /// Where the metrics of a run are not those on file, given which scenario of the file each of its scenarios is.
    fn metrics_differ(&self, plan: &Plan, output: &RunOutput, of: impl Fn(usize) -> usize) -> Vec<String> {
        let mut found = Vec::new();
        for (values, metric) in output.metrics.chunks(output.n_scenarios).zip(plan.metrics()) {
            for (scenario, &value) in values.iter().enumerate() {
                let expected = self.of("metric", of(scenario), &metric.name)[0];
                if !equal(value, expected) {
                    found.push(format!("metric {} [{scenario}]: {value}, expected {expected}", metric.name));
                }
            }
        }
        found
    }
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
    for (kind, n_known) in [("flow", plan.outputs().len()), ("metric", plan.metrics().len())] {
        let on_file = case.figures.keys().filter(|(other, scenario, _)| other == kind && *scenario == 0).count();
        if on_file != n_known {
            found.push(format!("{n_known} figures of kind {kind}, expected {on_file}"));
        }
    }
    for (series, output) in plan.outputs().iter().enumerate() {
        for scenario in 0..n {
            for (t, &expected) in case.of("flow", scenario, &output.name).iter().enumerate() {
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
