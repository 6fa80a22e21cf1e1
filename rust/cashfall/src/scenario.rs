//! Scenario inputs: views of the caller's arrays, checked and quantised on the way in.

use std::fmt;

use crate::lanes::{Cpu, prefetch, quantise, quantise_within};
use crate::plan::{InputModel, Plan};

/// A two-dimensional view of an input's values: time down, scenarios across. A stride of 0 repeats a value.
#[derive(Clone, Copy, Debug)]
pub struct InputView<'a> {
    /// The memory that holds the values.
    pub data: &'a [f64],
    /// Where the value of the first period and scenario is.
    pub offset: usize,
    /// How far the next period is.
    pub period_stride: isize,
    /// How far the next scenario is.
    pub scenario_stride: isize,
}

impl<'a> InputView<'a> {
    /// The same value everywhere.
    pub fn scalar(value: &'a f64) -> InputView<'a> {
        InputView { data: std::slice::from_ref(value), offset: 0, period_stride: 0, scenario_stride: 0 }
    }

    /// One value per period, the same in every scenario.
    pub fn by_period(data: &'a [f64]) -> InputView<'a> {
        InputView { data, offset: 0, period_stride: 1, scenario_stride: 0 }
    }

    /// One value per scenario, the same in every period.
    pub fn by_scenario(data: &'a [f64]) -> InputView<'a> {
        InputView { data, offset: 0, period_stride: 0, scenario_stride: 1 }
    }

    /// `(n_periods, n_scenarios)` in C order.
    pub fn rows(data: &'a [f64], n_scenarios: usize) -> InputView<'a> {
        InputView {
            data,
            offset: 0,
            period_stride: isize::try_from(n_scenarios).unwrap_or(isize::MAX),
            scenario_stride: 1,
        }
    }

    /// Whether every scenario has the same values.
    pub fn is_broadcast(&self) -> bool {
        self.scenario_stride == 0
    }

    /// The values of a period from scenario `first` on, where they lie side by side.
    fn contiguous(&self, period: usize, first: usize, n: usize) -> Option<&'a [f64]> {
        let offset = self.period_stride * isize::try_from(period).ok()? + isize::try_from(first).ok()?;
        let start = self.offset.wrapping_add_signed(offset);
        if self.scenario_stride == 1 { self.data.get(start..start + n) } else { None }
    }

    /// Copy the values of a period, from scenario `first` on.
    fn copy(&self, period: usize, first: usize, out: &mut [f64]) {
        let at = |period: usize, scenario: usize| {
            let offset = self.period_stride * isize::try_from(period).unwrap_or(0)
                + self.scenario_stride * isize::try_from(scenario).unwrap_or(0);
            self.offset.wrapping_add_signed(offset)
        };
        let start = at(period, first);
        match self.scenario_stride {
            0 => out.fill(self.data[start]),
            1 => out.copy_from_slice(&self.data[start..start + out.len()]),
            _ => out.iter_mut().enumerate().for_each(|(i, value)| *value = self.data[at(period, first + i)]),
        }
    }
}

/// The inputs of a run: one entry per input of the plan, `None` for its default.
#[derive(Clone, Debug)]
pub struct Scenarios<'a> {
    /// How many scenarios there are.
    pub n_scenarios: usize,
    /// The views, in the plan's order.
    pub views: Vec<Option<InputView<'a>>>,
}

impl Scenarios<'_> {
    /// One scenario with every input at its default.
    pub fn base(plan: &Plan) -> Scenarios<'static> {
        Scenarios { n_scenarios: 1, views: vec![None; plan.model().inputs.len()] }
    }
}

/// What is wrong with a run's inputs.
#[derive(Clone, Debug, PartialEq)]
pub enum ScenarioError {
    /// A value is NaN or infinite.
    NotFinite {
        /// The input.
        input: String,
        /// The period.
        period: usize,
        /// The scenario.
        scenario: usize,
        /// The value.
        value: f64,
    },
    /// A value is outside the range that the deal declares.
    OutOfRange {
        /// The input.
        input: String,
        /// The period.
        period: usize,
        /// The scenario.
        scenario: usize,
        /// The value.
        value: f64,
        /// The least value allowed.
        minimum: f64,
        /// The greatest value allowed.
        maximum: f64,
    },
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScenarioError::NotFinite { input, period, scenario, value } => {
                write!(f, "inputs.{input}: expected a number, found {value} at period {period}, scenario {scenario}")
            }
            ScenarioError::OutOfRange { input, period, scenario, value, minimum, maximum } => write!(
                f,
                "inputs.{input}: expected a value from {minimum} to {maximum}, found {value} at period {period}, scenario {scenario}; \
                 the range is inputs.{input}.minimum and .maximum of the deal"
            ),
        }
    }
}

impl std::error::Error for ScenarioError {}

/// How many rows ahead of the one that is read are asked for.
const ROWS_AHEAD: usize = 3;

/// Copies one input's rows into units, checking every value.
pub(crate) struct InputReader<'a> {
    pub model: &'a InputModel,
    pub view: InputView<'a>,
    pub scale: f64,
    pub cpu: Cpu,
}

impl InputReader<'_> {
    /// Fill `row` with the values of a period from scenario `first` on, in units.
    pub fn read(&self, period: usize, first: usize, raw: &mut [f64], row: &mut [f64]) -> Result<(), ScenarioError> {
        let raw = match self.view.contiguous(period, first, row.len()) {
            Some(values) => {
                // The next rows lie far away: the processor does not guess them.
                if let Some(ahead) = self.view.contiguous(period + ROWS_AHEAD, first, row.len()) {
                    prefetch(ahead);
                }
                values
            }
            None => {
                self.view.copy(period, first, raw);
                &*raw
            }
        };
        #[allow(clippy::cast_precision_loss, reason = "a valid range is below 2^52")]
        let (minimum, maximum) = (self.model.minimum as f64, self.model.maximum as f64);
        if quantise_within(self.cpu, raw, self.scale, minimum, maximum, row) {
            return Ok(());
        }
        // The comparison is false for NaN too.
        let is_good = |value: &f64| (minimum..=maximum).contains(&quantise(*value, self.scale));
        let at = raw.iter().position(|value| !is_good(value)).unwrap_or(0);
        let (input, scenario, value) = (self.model.name.clone(), first + at, raw[at]);
        Err(if value.is_finite() {
            ScenarioError::OutOfRange {
                input,
                period,
                scenario,
                value,
                minimum: minimum / self.scale,
                maximum: maximum / self.scale,
            }
        } else {
            ScenarioError::NotFinite { input, period, scenario, value }
        })
    }
}
