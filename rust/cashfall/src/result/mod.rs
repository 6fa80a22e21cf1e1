//! Results of one scenario in words and rows: the ledger of every movement of cash, and the explanation of a figure.

mod conservation;
mod explain;
mod ledger;

use crate::plan::{Lowered, Plan};
use crate::run::{RunError, RunOptions, RunOutput, run};
use crate::scenario::Scenarios;

pub use conservation::{Imbalance, imbalances};
pub use explain::explain;
pub use ledger::{BoundBy, LedgerRow, ledger};

/// One scenario, run with every output, metric and movement recorded, in minor units.
#[derive(Debug)]
pub struct TracedScenario<'a> {
    /// The plan.
    pub plan: &'a Plan,
    lowered: std::sync::Arc<Lowered>,
    output: RunOutput,
}

impl<'a> TracedScenario<'a> {
    /// Run one scenario and record everything; of `scenarios` there is one.
    ///
    /// # Errors
    /// As [`run`].
    pub fn new(plan: &'a Plan, scenarios: &Scenarios) -> Result<TracedScenario<'a>, RunError> {
        let lowered = plan.lowered(&plan.traced());
        let options = RunOptions { threads: 1, minor_units: true, ..RunOptions::default() };
        let output = run(plan, &lowered, scenarios, options, &mut |_| true)?;
        Ok(TracedScenario { plan, lowered, output })
    }

    /// A recorded series, in units.
    pub fn series(&self, series: usize) -> &[f64] {
        let n = self.plan.model().dates.len();
        &self.output.records[series * n..(series + 1) * n]
    }

    /// An output by name, in units.
    pub fn output(&self, name: &str) -> Option<&[f64]> {
        self.plan.outputs().iter().position(|spec| spec.name == name).map(|index| self.series(index))
    }

    /// A metric by name.
    pub fn metric(&self, name: &str) -> Option<f64> {
        self.plan.metrics().iter().position(|spec| spec.name == name).map(|index| self.output.metrics[index])
    }

    /// Every metric, in the plan's order.
    pub fn metrics(&self) -> &[f64] {
        &self.output.metrics
    }
}
