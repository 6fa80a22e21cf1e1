//! A plan: a deal compiled for its dates, ready to run. Immutable, shareable between threads, fingerprinted.

mod acceleration;
mod assets;
mod balances;
mod call;
mod claims;
mod collateral;
mod coupon;
mod cures;
mod currencies;
mod effects;
mod evaluate;
mod facilities;
mod fees;
mod forward;
mod funding;
mod fuse;
mod grid;
mod groups;
mod inputs;
mod inside;
mod interest;
mod known;
mod listing;
mod lower;
mod measures;
mod model;
mod movement;
mod op;
mod outputs;
mod payments;
mod prefund;
mod program;
mod prune;
mod resolve;
mod schedule;
mod sizing;
mod steps;
mod tested;
mod waivers;
mod weights;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::basics::NUMBER_SCALE;
use crate::deal::{Deal, DealError};

pub use assets::{AssetModel, Purchase};
pub use cures::CureModel;
pub use currencies::{Conversion, Currencies};
pub(crate) use fees::month_and_day;
pub use lower::{Demand, Lowered, TOO_LARGE};
pub use model::{
    AccountModel, Action, EffectModel, InputModel, Limits, Measured, Model, NoteModel, Payee, Payer, Payment, Ratio,
    Shares, StepModel, SupportModel, TestModel,
};
pub use movement::{Hold, Movement, Party, Phase, Trace};
pub use op::{Direction, Factor, Group, Op, Param, PlainTest, ProRata, Series, Slot, TestSlots, Threshold, Undefined};
pub use outputs::{MetricKind, MetricSpec, OutputSpec, OutputUnit};
pub use program::{DateEntry, MetricSource, Program};
pub(crate) use weights::fixed_denominator;

/// A compiled deal.
#[derive(Debug)]
pub struct Plan {
    deal: Deal,
    model: Model,
    outputs: Vec<OutputSpec>,
    metrics: Vec<MetricSpec>,
    lowered: Mutex<HashMap<Demand, Arc<Lowered>>>,
}

impl Plan {
    /// Compile a valid deal.
    ///
    /// # Errors
    /// What only arithmetic can find: a schedule that does not repay, a factor out of range.
    pub fn compile(deal: &Deal, document: &str) -> Result<Plan, DealError> {
        let model = resolve::resolve_document(deal, document)?;
        let (outputs, metrics) = (outputs::outputs(deal, &model), outputs::metrics(deal, &model));
        Ok(Plan { deal: deal.clone(), model, outputs, metrics, lowered: Mutex::new(HashMap::new()) })
    }

    /// The document's objects.
    pub fn deal(&self) -> &Deal {
        &self.deal
    }

    /// The resolved deal.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Everything that can be recorded.
    pub fn outputs(&self) -> &[OutputSpec] {
        &self.outputs
    }

    /// Everything that can be measured per scenario.
    pub fn metrics(&self) -> &[MetricSpec] {
        &self.metrics
    }

    /// The demand for all outputs and metrics.
    pub fn everything(&self) -> Demand {
        Demand { outputs: (0..self.outputs.len()).collect(), metrics: (0..self.metrics.len()).collect(), trace: false }
    }

    /// The demand for all outputs, all metrics and every movement of cash.
    pub fn traced(&self) -> Demand {
        Demand { trace: true, ..self.everything() }
    }

    /// The program for a demand; made once and kept.
    pub fn lowered(&self, demand: &Demand) -> Arc<Lowered> {
        let mut known = self.lowered.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let lowered = known.entry(demand.clone()).or_insert_with(|| {
            let lowered = lower::lower(&self.model, &self.outputs, &self.metrics, demand);
            if !lowered.is_too_large {
                lowered.program.check();
            }
            Arc::new(lowered)
        });
        Arc::clone(lowered)
    }

    /// A readable listing of the plan.
    pub fn listing(&self) -> String {
        listing::listing(self)
    }

    /// The currency of an output or metric by name and unit, if it is an amount.
    pub fn currency(&self, name: &str, unit: OutputUnit) -> Option<String> {
        currencies::currency_of_figure(&self.deal, &self.model, name, unit)
    }

    /// The currency of an input, if it is an amount.
    pub fn currency_of_input(&self, name: &str) -> Option<&str> {
        let input = self.model.inputs.iter().find(|input| input.name == name && input.is_amount)?;
        Some(&self.model.currencies.names[self.deal.currency_of(&input.name)])
    }

    /// What a value of this unit is divided by on the way out.
    #[allow(clippy::cast_precision_loss, reason = "a power of ten up to 10^9")]
    pub fn scale(&self, unit: OutputUnit, minor_units: bool) -> f64 {
        match unit {
            OutputUnit::Amount if minor_units => 1.0,
            OutputUnit::Amount => 10_i64.pow(self.model.decimals) as f64,
            OutputUnit::Number => NUMBER_SCALE as f64,
            OutputUnit::Count | OutputUnit::Years => 1.0,
        }
    }
}
