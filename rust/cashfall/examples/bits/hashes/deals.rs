//! Everything that runs of a deal give: every movement of cash and every series for some scenarios, metrics for thousands.

use std::error::Error;
use std::ops::Range;
use std::path::Path;

use cashfall::basics::Rounding;
use cashfall::deal::Document;
use cashfall::lanes::Cpu;
use cashfall::plan::{Demand, Lowered, Phase, Plan};
use cashfall::run::{RunOptions, RunOutput, run};
use cashfall::scenario::{InputView, Scenarios};

use super::analytics::analytics;
use super::hash::Hash;
use super::scenarios;

const N_SCENARIOS: usize = 3_001;
const N_RECORDED: usize = 100;

/// Sizes of batches, taken in turn: narrow blocks and wide ones, full and not, and more than a tile.
const BATCHES: [usize; 10] = [1, 8, 7, 64, 9, 63, 130, 513, 65, 512];

/// See [`cashfall::plan::Trace`].
const N_SERIES_OF_A_MOVEMENT: usize = 5;

/// The lines of a deal: as written but with each rounding rule, and with inputs that may be so large that scenarios overflow.
pub fn deal(cpu: Cpu, path: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let document = Document::from_toml(&std::fs::read_to_string(path)?, path)?;
    let name = Path::new(path).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut lines = Vec::new();
    for rounding in Rounding::ALL {
        let document = document.replace("deal.rounding", &format!("\"{}\"", rounding.name()))?;
        lines.push(format!("{name} {} {}", rounding.name(), line(cpu, &document)?));
    }
    lines.push(format!("{name} overflow {}", line(cpu, &with_wide_inputs(&document)?)?));
    Ok(lines)
}

/// Every input with a wide range, but those, such as an index, whose range the deal holds within bounds.
fn with_wide_inputs(document: &Document) -> Result<Document, Box<dyn Error>> {
    let mut wide = document.clone();
    for (name, input) in &document.deal()?.inputs {
        let maximum = if input.unit.name() == "amount" { "40000000000000" } else { "4000000" };
        let wider = wide.replace(&format!("inputs.{}.maximum", name.text), maximum)?;
        if Plan::compile(&wider.deal()?, "").is_ok() {
            wide = wider;
        }
    }
    Ok(wide)
}

fn line(cpu: Cpu, document: &Document) -> Result<String, Box<dyn Error>> {
    let plan = Plan::compile(&document.deal()?, "")?;
    let inputs = scenarios::inputs(&plan, N_SCENARIOS);
    let recorded = Batch { plan: &plan, lowered: &plan.lowered(&plan.traced()), inputs: &inputs, cpu };
    let metrics = Demand { outputs: Vec::new(), ..plan.everything() };
    let measured = Batch { lowered: &plan.lowered(&metrics), ..recorded };
    Ok(format!(
        "flows={} metrics={} analytics={} overflows={}",
        recorded.hash(N_RECORDED)?,
        measured.hash(N_SCENARIOS)?,
        analytics(&plan, &recorded.run(0..N_RECORDED, 1)?),
        measured.n_overflows()?
    ))
}

#[derive(Clone, Copy)]
struct Batch<'a> {
    plan: &'a Plan,
    lowered: &'a Lowered,
    inputs: &'a [Vec<f64>],
    cpu: Cpu,
}

impl Batch<'_> {
    /// One hash over the first scenarios, the same in one batch on two threads and in batches of many sizes.
    fn hash(&self, n_scenarios: usize) -> Result<Hash, Box<dyn Error>> {
        let mut whole = Hash::new();
        self.push(&mut whole, &self.run(0..n_scenarios, 2)?);
        let mut in_batches = Hash::new();
        let mut first = 0;
        for size in BATCHES.into_iter().cycle() {
            let end = if first + size < n_scenarios { first + size } else { n_scenarios };
            self.push(&mut in_batches, &self.run(first..end, 1)?);
            first = end;
            if first == n_scenarios {
                break;
            }
        }
        assert_eq!(whole, in_batches, "the split into batches changes no bit on {}", self.cpu.name());
        Ok(whole)
    }

    fn n_overflows(&self) -> Result<usize, Box<dyn Error>> {
        let outcome = self.plan.metrics().iter().position(|metric| metric.name == "outcome").unwrap_or(0);
        let metrics = self.run(0..N_SCENARIOS, 1)?.metrics;
        Ok(metrics[outcome * N_SCENARIOS..][..N_SCENARIOS].iter().filter(|&&outcome| outcome > 0.0).count())
    }

    fn run(&self, scenarios: Range<usize>, threads: usize) -> Result<RunOutput, Box<dyn Error>> {
        let view = |data| Some(InputView { offset: scenarios.start, ..InputView::rows(data, N_SCENARIOS) });
        let views = self.inputs.iter().map(|data| view(data.as_slice())).collect();
        let scenarios = Scenarios { n_scenarios: scenarios.len(), views };
        let options = RunOptions { threads, cpu: self.cpu, minor_units: false };
        Ok(run(self.plan, self.lowered, &scenarios, options, &mut |_| true)?)
    }

    /// Scenario by scenario, so that the split into batches does not matter.
    fn push(&self, hash: &mut Hash, output: &RunOutput) {
        let (n_periods, n) = (self.plan.model().dates.len(), output.n_scenarios);
        let meaning = Meaning::new(self.plan, self.lowered);
        for scenario in 0..n {
            let record = |series: usize, t: usize| output.records[(series * n_periods + t) * n + scenario];
            for series in 0..self.lowered.program.n_series {
                // A step that no scenario of a block comes to is skipped and asks for nothing, which is NaN; else for 0.
                let known = |value: f64| if value.is_nan() && meaning.is_movement(series) { 0.0 } else { value };
                for t in (0..n_periods).filter(|&t| meaning.holds(series, record(meaning.status, t))) {
                    hash.value(known(record(series, t)));
                }
            }
            output.metrics.chunks(n).for_each(|values| hash.value(values[scenario]));
        }
    }
}

/// Which values of the records tell of their scenario: what a movement records in the waterfall of another status than the scenario's is
/// left over from its neighbours, or nothing, and means nothing.
struct Meaning {
    /// For each series the status in whose waterfall it is recorded, if it is in one.
    phases: Vec<Option<f64>>,
    /// The series that holds the status.
    status: usize,
    /// How many series come before those of movements.
    n_outputs: usize,
}

impl Meaning {
    fn new(plan: &Plan, lowered: &Lowered) -> Meaning {
        let movements = lowered.movements.iter().flat_map(|movement| [movement.phase; N_SERIES_OF_A_MOVEMENT]);
        let phases = movements.map(|phase| if let Phase::Status(status) = phase { Some(status as f64) } else { None });
        let outputs = lowered.demand.outputs.iter();
        let n_outputs = outputs.len();
        let status = outputs.clone().position(|&output| plan.outputs()[output].name == "status").unwrap_or(0);
        Meaning { phases: outputs.map(|_| None).chain(phases).collect(), status, n_outputs }
    }

    /// Whether a series is of a movement of cash.
    fn is_movement(&self, series: usize) -> bool {
        series >= self.n_outputs
    }

    /// Whether the status on a date lets the series mean something.
    fn holds(&self, series: usize, status: f64) -> bool {
        self.phases[series].is_none_or(|phase| phase.to_bits() == status.to_bits())
    }
}
