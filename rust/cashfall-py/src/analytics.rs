//! Analytics on flows that Python holds.

use cashfall::analytics::{
    CashFlows, InternalRate, NoteTerms, average_life, coverage, internal_rate_dated, internal_rate_periodic,
    outstanding_balance,
};
use cashfall::basics::Date;
use pyo3::prelude::*;

use super::Plan;
use super::errors::{analytics_error, argument_error};

/// A note's terms and flows after the dated date.
fn note_flows(
    py: Python<'_>,
    plan: &Plan,
    note: usize,
    interest: Vec<f64>,
    principal: Vec<f64>,
) -> PyResult<(NoteTerms, CashFlows)> {
    let terms = NoteTerms::of_note(&plan.plan, note);
    let dates = plan.plan.model().dates.clone();
    let dated = terms.dated_date();
    let keep: Vec<usize> = (0..dates.len()).filter(|&t| dates[t] > dated).collect();
    let pick = |values: &[f64]| keep.iter().map(|&t| values[t]).collect();
    if interest.len() != dates.len() || principal.len() != dates.len() {
        return Err(argument_error(py, "interest and principal have one value per period".to_string()));
    }
    let flows = CashFlows::new(keep.iter().map(|&t| dates[t]).collect(), pick(&interest), pick(&principal));
    Ok((terms, flows.map_err(|error| analytics_error(py, &error))?))
}

fn date(py: Python<'_>, text: &str) -> PyResult<Date> {
    Date::parse(text)
        .map_err(|error| argument_error(py, format!("expected a date such as 2025-10-31, found {text:?} ({error})")))
}

#[pyfunction]
fn price_from_yield(
    py: Python<'_>,
    plan: &Plan,
    note: usize,
    interest: Vec<f64>,
    principal: Vec<f64>,
    yield_rate: f64,
    settle: &str,
) -> PyResult<(f64, f64, f64)> {
    let (terms, flows) = note_flows(py, plan, note, interest, principal)?;
    let price = cashfall::analytics::price_from_yield(&terms, &flows, yield_rate, date(py, settle)?);
    price.map(|price| (price.clean, price.accrued, price.dirty)).map_err(|error| analytics_error(py, &error))
}

#[pyfunction]
fn yield_from_price(
    py: Python<'_>,
    plan: &Plan,
    note: usize,
    interest: Vec<f64>,
    principal: Vec<f64>,
    price: f64,
    settle: &str,
) -> PyResult<f64> {
    let (terms, flows) = note_flows(py, plan, note, interest, principal)?;
    cashfall::analytics::yield_from_price(&terms, &flows, price, date(py, settle)?)
        .map_err(|error| analytics_error(py, &error))
}

#[pyfunction]
#[pyo3(name = "average_life")]
fn average_life_from(
    py: Python<'_>,
    plan: &Plan,
    note: usize,
    interest: Vec<f64>,
    principal: Vec<f64>,
    from_date: &str,
) -> PyResult<f64> {
    let (terms, flows) = note_flows(py, plan, note, interest, principal)?;
    average_life(&terms, &flows, date(py, from_date)?).map_err(|error| analytics_error(py, &error))
}

#[pyfunction]
fn outstanding(
    py: Python<'_>,
    plan: &Plan,
    note: usize,
    interest: Vec<f64>,
    principal: Vec<f64>,
    settle: &str,
) -> PyResult<f64> {
    let (terms, flows) = note_flows(py, plan, note, interest, principal)?;
    Ok(outstanding_balance(&terms, &flows, date(py, settle)?))
}

#[pyfunction]
fn dated_date(plan: &Plan, note: usize) -> String {
    NoteTerms::of_note(&plan.plan, note).dated_date().to_string()
}

/// Every rate of return of dated amounts, in increasing order, each with its error bound.
#[pyfunction]
fn rates_of_return(py: Python<'_>, dates: Vec<String>, amounts: Vec<f64>) -> PyResult<Vec<(f64, f64)>> {
    let dates: PyResult<Vec<Date>> = dates.iter().map(|text| date(py, text)).collect();
    rates(py, internal_rate_dated(&dates?, &amounts))
}

/// Every rate of return per period of amounts one period apart.
#[pyfunction]
fn periodic_rates_of_return(py: Python<'_>, amounts: Vec<f64>) -> PyResult<Vec<(f64, f64)>> {
    rates(py, internal_rate_periodic(&amounts))
}

fn rates(
    py: Python<'_>,
    found: Result<InternalRate, cashfall::analytics::AnalyticsError>,
) -> PyResult<Vec<(f64, f64)>> {
    Ok(match found.map_err(|error| analytics_error(py, &error))? {
        InternalRate::None => Vec::new(),
        InternalRate::One(rate) => vec![(rate.rate, rate.bound)],
        InternalRate::Several(rates) => rates.into_iter().map(|rate| (rate.rate, rate.bound)).collect(),
    })
}

#[pyfunction]
#[pyo3(name = "coverage")]
fn coverage_of(py: Python<'_>, cash_flow: Vec<f64>, debt_service: Vec<f64>) -> PyResult<Vec<f64>> {
    coverage(&cash_flow, &debt_service).map_err(|error| analytics_error(py, &error))
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(price_from_yield, module)?)?;
    module.add_function(wrap_pyfunction!(yield_from_price, module)?)?;
    module.add_function(wrap_pyfunction!(average_life_from, module)?)?;
    module.add_function(wrap_pyfunction!(outstanding, module)?)?;
    module.add_function(wrap_pyfunction!(dated_date, module)?)?;
    module.add_function(wrap_pyfunction!(rates_of_return, module)?)?;
    module.add_function(wrap_pyfunction!(periodic_rates_of_return, module)?)?;
    module.add_function(wrap_pyfunction!(coverage_of, module)?)
}
