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

    /// The engine's answer to all scenarios at once.
    fn run(&self, plan: &Plan, demand: &Demand) -> RunOutput {
        let inputs = plan.model().inputs.iter().map(|input| self.input(&input.name, plan.model().dates.len()));
        let inputs: Vec<Vec<f64>> = inputs.collect();
        let views = inputs.iter().map(|values| Some(InputView::rows(values, self.n_scenarios))).collect();
        let scenarios = Scenarios { n_scenarios: self.n_scenarios, views };
        let options = RunOptions { threads: 1, cpu: Cpu::detect(), minor_units: true };
        run(plan, &plan.lowered(demand), &scenarios, options, &mut |_| true).expect("a run")
    }

    /// An input's values, time down and scenarios across.
    fn input(&self, name: &str, n_periods: usize) -> Vec<f64> {
        let paths: Vec<&[f64]> = (0..self.n_scenarios).map(|scenario| self.of("input", scenario, name)).collect();
        (0..n_periods).flat_map(|t| paths.iter().map(move |path| path[t])).collect()
    }
}

fn equal(found: f64, expected: f64) -> bool {
    found == expected || (found.is_nan() && expected.is_nan())
}

/// What the engine and the reference disagree on.
fn differences(case: &Case) -> Vec<String> {
    let deal = Document::from_json(&case.deal, "", false).and_then(|document| document.deal()).expect("a good deal");
    let plan = Plan::compile(&deal, "").expect("a plan");
    let everything = case.run(&plan, &plan.traced());
    let metrics_only = case.run(&plan, &Demand { outputs: Vec::new(), ..plan.everything() });
    let (n_periods, n) = (plan.model().dates.len(), case.n_scenarios);
    let mut found = Vec::new();
    for scenario in 0..n {
        for (series, output) in plan.outputs().iter().enumerate() {
            for (t, &expected) in case.of("flow", scenario, &output.name).iter().enumerate() {
                let value = everything.records[(series * n_periods + t) * n + scenario];
                if !equal(value, expected) {
                    found.push(format!("{} [{t}, {scenario}]: {value}, expected {expected}", output.name));
                }
            }
        }
        for (position, metric) in plan.metrics().iter().enumerate() {
            let expected = case.of("metric", scenario, &metric.name)[0];
            for output in [&everything, &metrics_only] {
                let value = output.metrics[position * n + scenario];
                if !equal(value, expected) {
                    found.push(format!("metric {} [{scenario}]: {value}, expected {expected}", metric.name));
                }
            }
        }
    }
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
        let text = std::fs::read_to_string(&file).expect("a text");
        let found = differences(&Case::read(&text));
        assert!(found.is_empty(), "{}:\n{}", file.display(), found[..found.len().min(20)].join("\n"));
    }
}
