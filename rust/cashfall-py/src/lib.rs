//! The extension module `cashfall._core`: converts, calls the crate, converts back. It holds no financial rule.

mod analytics;
mod convert;
mod errors;

use std::panic::{AssertUnwindSafe, catch_unwind};

use cashfall::deal;
use cashfall::lanes::Cpu;
use cashfall::plan::{self, Demand};
use cashfall::result::{TracedScenario, explain, imbalances, ledger};
use cashfall::run::{Progress, RunOptions, RunOutput, run};
use cashfall::scenario::Scenarios;
use numpy::{PyArray1, PyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use errors::{argument_error, deal_error, internal_error, run_error};

/// A deal document whose syntax is sound.
#[pyclass(module = "cashfall._core", frozen)]
struct Document {
    document: deal::Document,
}

#[pymethods]
impl Document {
    #[staticmethod]
    fn from_toml(py: Python<'_>, text: &str, name: &str) -> PyResult<Document> {
        deal::Document::from_toml(text, name)
            .map(|document| Document { document })
            .map_err(|error| deal_error(py, &error))
    }

    #[staticmethod]
    fn from_json(py: Python<'_>, text: &str, name: &str, positions: bool) -> PyResult<Document> {
        deal::Document::from_json(text, name, positions)
            .map(|document| Document { document })
            .map_err(|error| deal_error(py, &error))
    }

    /// Check the whole document; all problems at once.
    fn check(&self, py: Python<'_>) -> PyResult<()> {
        self.document.deal().map(drop).map_err(|error| deal_error(py, &error))
    }

    fn canonical_json(&self) -> String {
        self.document.canonical_json()
    }

    fn replace(&self, py: Python<'_>, path: &str, json: &str) -> PyResult<Document> {
        self.document.replace(path, json).map(|document| Document { document }).map_err(|error| deal_error(py, &error))
    }

    fn compile(&self, py: Python<'_>) -> PyResult<Plan> {
        let compiled = py.detach(|| {
            catch_unwind(AssertUnwindSafe(|| {
                let deal = self.document.deal()?;
                plan::Plan::compile(&deal, &self.document.name)
            }))
        });
        match compiled {
            Ok(Ok(plan)) => Ok(Plan { plan }),
            Ok(Err(error)) => Err(deal_error(py, &error)),
            Err(panic) => Err(internal_error(py, &*panic)),
        }
    }
}

/// A compiled deal.
#[pyclass(module = "cashfall._core", frozen)]
struct Plan {
    plan: plan::Plan,
}

/// Records `(n_series, n_periods, n_scenarios)` and metrics `(n_metrics, n_scenarios)`, flat.
type Arrays<'py> = (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>);

#[pymethods]
impl Plan {
    fn listing(&self) -> String {
        self.plan.listing()
    }

    fn periods(&self) -> Vec<String> {
        self.plan.model().dates.iter().map(ToString::to_string).collect()
    }

    fn inputs<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        convert::inputs(py, &self.plan)
    }

    fn scenarios<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        convert::named_scenarios(py, &self.plan)
    }

    fn outputs(&self) -> Vec<(String, &'static str)> {
        convert::outputs(self.plan.outputs())
    }

    fn metrics(&self) -> Vec<(String, &'static str)> {
        convert::metrics(self.plan.metrics())
    }

    /// The currency of each output and metric that is an amount.
    fn currencies(&self) -> Vec<(String, String)> {
        convert::currencies(&self.plan)
    }

    fn notes(&self) -> Vec<String> {
        self.plan.model().notes.iter().map(|note| note.name.clone()).collect()
    }

    fn statuses(&self) -> Vec<String> {
        self.plan.model().statuses.clone()
    }

    fn decimals(&self) -> u32 {
        self.plan.model().decimals
    }

    /// Run scenarios: one array per input (or None for its default), positions of outputs and metrics.
    #[pyo3(signature = (inputs, n_scenarios, outputs, metrics, threads, cpu, minor_units, progress=None))]
    #[allow(clippy::too_many_arguments, reason = "one per option of the Python method, which names them")]
    fn run<'py>(
        &self,
        py: Python<'py>,
        inputs: Vec<Option<Bound<'py, PyArray2<f64>>>>,
        n_scenarios: usize,
        outputs: Vec<usize>,
        metrics: Vec<usize>,
        threads: usize,
        cpu: Option<&str>,
        minor_units: bool,
        progress: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Arrays<'py>> {
        self.check_positions(py, &inputs, n_scenarios, &outputs, &metrics)?;
        let scenarios = scenarios(py, &inputs, n_scenarios)?;
        let options = RunOptions { threads, cpu: chosen_cpu(py, cpu)?, minor_units };
        let demand = Demand { outputs, metrics, trace: false };
        let progress = progress.map(Bound::unbind);
        let output = self.run_watched(py, &demand, &scenarios, options, progress.as_ref())?;
        Ok((PyArray1::from_vec(py, output.records), PyArray1::from_vec(py, output.metrics)))
    }

    /// The ledger of one scenario.
    fn ledger<'py>(
        &self,
        py: Python<'py>,
        inputs: Vec<Option<Bound<'py, PyArray2<f64>>>>,
    ) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let scenario = self.traced(py, &inputs)?;
        ledger(&scenario).iter().map(|row| convert::ledger_row(py, row)).collect()
    }

    /// The explanation of one figure of one scenario, or None if there is no such figure.
    fn explain<'py>(
        &self,
        py: Python<'py>,
        inputs: Vec<Option<Bound<'py, PyArray2<f64>>>>,
        name: &str,
        period: usize,
    ) -> PyResult<Option<String>> {
        let scenario = self.traced(py, &inputs)?;
        Ok(explain(&scenario, name, period))
    }

    /// Accounts and dates whose balance the ledger does not explain, and the scenario's metrics in minor units.
    #[allow(clippy::type_complexity, reason = "a Python tuple, unpacked by its only caller")]
    fn trace<'py>(
        &self,
        py: Python<'py>,
        inputs: Vec<Option<Bound<'py, PyArray2<f64>>>>,
    ) -> PyResult<(Vec<(String, usize, i64, i64)>, Vec<f64>)> {
        let scenario = self.traced(py, &inputs)?;
        let found = imbalances(&scenario).into_iter().map(|i| (i.account, i.period, i.readded, i.recorded)).collect();
        Ok((found, scenario.metrics().to_vec()))
    }
}

impl Plan {
    fn check_positions(
        &self,
        py: Python<'_>,
        inputs: &[Option<Bound<'_, PyArray2<f64>>>],
        n_scenarios: usize,
        outputs: &[usize],
        metrics: &[usize],
    ) -> PyResult<()> {
        let model = self.plan.model();
        let shape = [model.dates.len(), n_scenarios];
        let inputs_fit =
            inputs.len() == model.inputs.len() && inputs.iter().flatten().all(|array| array.shape() == shape);
        let known = outputs.iter().all(|i| *i < self.plan.outputs().len())
            && metrics.iter().all(|i| *i < self.plan.metrics().len());
        if inputs_fit && known {
            Ok(())
        } else {
            Err(argument_error(py, "inputs, outputs or metrics do not fit the plan".to_string()))
        }
    }

    fn traced<'py>(
        &self,
        py: Python<'py>,
        inputs: &[Option<Bound<'py, PyArray2<f64>>>],
    ) -> PyResult<TracedScenario<'_>> {
        self.check_positions(py, inputs, 1, &[], &[])?;
        let scenarios = scenarios(py, inputs, 1)?;
        match catch_unwind(AssertUnwindSafe(|| TracedScenario::new(&self.plan, &scenarios))) {
            Ok(scenario) => scenario.map_err(|error| run_error(py, &error)),
            Err(panic) => Err(internal_error(py, &*panic)),
        }
    }

    /// Run without the GIL; look for signals and report progress on the way.
    fn run_watched(
        &self,
        py: Python<'_>,
        demand: &Demand,
        scenarios: &Scenarios,
        options: RunOptions,
        progress: Option<&Py<PyAny>>,
    ) -> PyResult<RunOutput> {
        let mut interruption: Option<PyErr> = None;
        let result = py.detach(|| {
            let mut watch = |state: Progress| {
                let answer = Python::attach(|py| {
                    py.check_signals()?;
                    progress.map_or(Ok(()), |progress| progress.call1(py, (state.done, state.total)).map(drop))
                });
                answer.map_err(|error| interruption = Some(error)).is_ok()
            };
            catch_unwind(AssertUnwindSafe(|| {
                let lowered = self.plan.lowered(demand);
                run(&self.plan, &lowered, scenarios, options, &mut watch)
            }))
        });
        match (result, interruption) {
            (_, Some(error)) => Err(error),
            (Ok(Ok(output)), None) => Ok(output),
            (Ok(Err(error)), None) => Err(run_error(py, &error)),
            (Err(panic), None) => Err(internal_error(py, &*panic)),
        }
    }
}

fn scenarios<'a>(
    py: Python<'_>,
    inputs: &'a [Option<Bound<'_, PyArray2<f64>>>],
    n_scenarios: usize,
) -> PyResult<Scenarios<'a>> {
    let mut views = Vec::new();
    for input in inputs {
        views.push(match input {
            Some(array) if array.len() > 0 => Some(
                convert::view(array)
                    .ok_or_else(|| argument_error(py, "expected an aligned float64 array".to_string()))?,
            ),
            _ => None,
        });
    }
    Ok(Scenarios { n_scenarios, views })
}

fn chosen_cpu(py: Python<'_>, name: Option<&str>) -> PyResult<Cpu> {
    let Some(name) = name else { return Ok(Cpu::detect()) };
    let cpu = Cpu::from_name(name).filter(|cpu| cpu.is_available());
    cpu.ok_or_else(|| {
        let available: Vec<&str> = Cpu::available().into_iter().map(Cpu::name).collect();
        argument_error(py, format!("cpu: expected one of {}, found {name}", available.join(", ")))
    })
}

/// The CPU features that this machine can run, the widest first.
#[pyfunction]
fn available_cpus() -> Vec<&'static str> {
    Cpu::available().into_iter().map(Cpu::name).collect()
}

/// The JSON Schema of deal documents.
#[pyfunction]
fn json_schema() -> String {
    cashfall::deal::json_schema()
}

/// The Python source of the document's `TypedDict`s.
#[pyfunction]
fn typed_dicts() -> String {
    cashfall::deal::typed_dicts()
}

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Document>()?;
    module.add_class::<Plan>()?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(available_cpus, module)?)?;
    module.add_function(wrap_pyfunction!(json_schema, module)?)?;
    module.add_function(wrap_pyfunction!(typed_dicts, module)?)?;
    analytics::register(module)
}
