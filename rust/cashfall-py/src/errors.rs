//! Errors of the core become exceptions of `cashfall.errors`, which are plain Python classes and so pickle.

use cashfall::analytics::AnalyticsError;
use cashfall::deal::DealError;
use cashfall::run::RunError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// An exception of `cashfall.errors` by name.
fn exception<'py>(py: Python<'py>, name: &str, arguments: impl pyo3::call::PyCallArgs<'py>) -> PyErr {
    let made =
        py.import("cashfall.errors").and_then(|errors| errors.getattr(name)).and_then(|class| class.call1(arguments));
    match made {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}

/// All problems of a document.
pub fn deal_error(py: Python<'_>, error: &DealError) -> PyErr {
    let problems = error.problems.iter().map(|problem| {
        let row = PyDict::new(py);
        row.set_item("path", &problem.place.path)?;
        row.set_item("line", (problem.place.line > 0).then_some(problem.place.line))?;
        row.set_item("column", (problem.place.line > 0).then_some(problem.place.column))?;
        row.set_item("expected", &problem.expected)?;
        row.set_item("found", &problem.found)?;
        row.set_item("way_out", &problem.way_out)?;
        Ok(row)
    });
    let problems: PyResult<Vec<_>> = problems.collect();
    match problems.and_then(|problems| PyList::new(py, problems)) {
        Ok(problems) => exception(py, "DealError", (error.to_string(), problems.unbind())),
        Err(error) => error,
    }
}

/// Why a run gave no result.
pub fn run_error(py: Python<'_>, error: &RunError) -> PyErr {
    let name = match error {
        RunError::Scenario(_) => "ScenarioError",
        RunError::Worker(_) => "InternalError",
        RunError::Cancelled | RunError::TooComplex | RunError::TooLarge { .. } => "RunError",
    };
    exception(py, name, (error.to_string(),))
}

/// What analytics cannot compute.
pub fn analytics_error(py: Python<'_>, error: &AnalyticsError) -> PyErr {
    exception(py, "AnalyticsError", (error.to_string(),))
}

/// A defect of the engine.
pub fn internal_error(py: Python<'_>, panic: &(dyn std::any::Any + Send)) -> PyErr {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_string());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown".to_string());
    exception(py, "InternalError", (format!("the engine failed: {text}; please report this with the deal document"),))
}

/// A value error of the caller's arguments.
pub fn argument_error(py: Python<'_>, message: String) -> PyErr {
    exception(py, "ArgumentError", (message,))
}
