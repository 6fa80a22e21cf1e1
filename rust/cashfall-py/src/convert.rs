//! NumPy arrays become views; plan specs become dictionaries.

use cashfall::plan::{InputModel, MetricSpec, OutputSpec, Plan};
use cashfall::result::LedgerRow;
use cashfall::scenario::InputView;
use numpy::{PyArray2, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A view of a two-dimensional float64 array of any strides, without a copy.
///
/// The array's memory is only read, value by value; every value is checked after it has been copied, so that a thread
/// which writes to the array meanwhile can change a number but nothing else.
pub fn view<'a>(array: &'a Bound<'_, PyArray2<f64>>) -> Option<InputView<'a>> {
    const SIZE: isize = size_of::<f64>() as isize;
    let (shape, strides) = (array.shape(), array.strides());
    if shape.contains(&0)
        || array.data().align_offset(align_of::<f64>()) != 0
        || strides.iter().any(|stride| stride % SIZE != 0)
    {
        return None;
    }
    let strides = [strides[0] / SIZE, strides[1] / SIZE];
    let reach = |axis: usize| strides[axis] * (shape[axis] as isize - 1);
    let lowest = reach(0).min(0) + reach(1).min(0);
    let highest = reach(0).max(0) + reach(1).max(0);
    // SAFETY: these are the lowest and highest elements that shape and strides of a live, aligned array lead to.
    let data = unsafe { std::slice::from_raw_parts(array.data().offset(lowest), (highest - lowest + 1) as usize) };
    Some(InputView { data, offset: lowest.unsigned_abs(), period_stride: strides[0], scenario_stride: strides[1] })
}

/// The inputs of a plan: name, unit, default, range.
pub fn inputs<'py>(py: Python<'py>, plan: &Plan) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let specs = plan.model().inputs.iter().map(|input| {
        let scale = scale_of(plan, input);
        let row = PyDict::new(py);
        row.set_item("name", &input.name)?;
        row.set_item("unit", if input.is_amount { "amount" } else { "number" })?;
        row.set_item("currency", plan.currency_of_input(&input.name))?;
        row.set_item("default", path(&input.default, scale))?;
        row.set_item("minimum", input.minimum as f64 / scale)?;
        row.set_item("maximum", input.maximum as f64 / scale)?;
        row.set_item("description", &input.description)?;
        Ok(row)
    });
    specs.collect()
}

/// The named scenarios of a plan: name, title, description, the inputs that they set.
pub fn named_scenarios<'py>(py: Python<'py>, plan: &Plan) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let rows = plan.model().scenarios.iter().map(|scenario| {
        let inputs = PyDict::new(py);
        for (index, values) in &scenario.inputs {
            let input = &plan.model().inputs[*index];
            inputs.set_item(&input.name, path(values, scale_of(plan, input)))?;
        }
        let row = PyDict::new(py);
        row.set_item("name", &scenario.name)?;
        row.set_item("title", &scenario.title)?;
        row.set_item("description", &scenario.description)?;
        row.set_item("inputs", inputs)?;
        Ok(row)
    });
    rows.collect()
}

/// How many units of an input one of currency, or 1.0, is.
fn scale_of(plan: &Plan, input: &InputModel) -> f64 {
    if input.is_amount { 10_f64.powi_exact(plan.model().decimals) } else { 1e9 }
}

/// Values of an input as users give them.
fn path(values: &[i64], scale: f64) -> Vec<f64> {
    values.iter().map(|value| *value as f64 / scale).collect()
}

trait ExactPower {
    fn powi_exact(self, n: u32) -> f64;
}

impl ExactPower for f64 {
    fn powi_exact(self, n: u32) -> f64 {
        (0..n).fold(1.0, |product, _| product * self)
    }
}

/// Names and units of the outputs.
pub fn outputs(specs: &[OutputSpec]) -> Vec<(String, &'static str)> {
    specs.iter().map(|spec| (spec.name.clone(), spec.unit.name())).collect()
}

/// Names and units of the metrics.
pub fn metrics(specs: &[MetricSpec]) -> Vec<(String, &'static str)> {
    specs.iter().map(|spec| (spec.name.clone(), spec.unit.name())).collect()
}

/// Each output and metric that is an amount, with its currency.
pub fn currencies(plan: &Plan) -> Vec<(String, String)> {
    let outputs = plan.outputs().iter().map(|spec| (&spec.name, spec.unit));
    let all = outputs.chain(plan.metrics().iter().map(|spec| (&spec.name, spec.unit)));
    all.filter_map(|(name, unit)| Some((name.clone(), plan.currency(name, unit)?))).collect()
}

/// A row of the ledger; amounts in minor units.
pub fn ledger_row<'py>(py: Python<'py>, row: &LedgerRow) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(py);
    out.set_item("period", row.period)?;
    out.set_item("date", row.date.to_string())?;
    out.set_item("waterfall", &row.waterfall)?;
    out.set_item("position", row.position)?;
    out.set_item("step", &row.step)?;
    out.set_item("clause", &row.clause)?;
    out.set_item("from", &row.from_name)?;
    out.set_item("to", &row.to_name)?;
    out.set_item("currency", &row.currency)?;
    out.set_item("requested", row.requested)?;
    out.set_item("available", row.available)?;
    out.set_item("amount", row.amount)?;
    out.set_item("shortfall", row.requested - row.amount)?;
    out.set_item("bound_by", row.bound_by.to_string())?;
    Ok(out)
}
