//! Price, yield, life and returns of what some scenarios pay.

use cashfall::analytics::{
    AnalyticsError, CashFlows, InternalRate, NoteTerms, accrued_interest, average_life, coverage, internal_rate_dated,
    internal_rate_periodic, outstanding_balance, present_value_dated, present_value_periodic, price_from_yield,
    yield_from_price,
};
use cashfall::basics::Date;
use cashfall::plan::Plan;
use cashfall::run::RunOutput;

use super::hash::Hash;

const N_SCENARIOS: usize = 8;
const YIELDS: [f64; 4] = [-0.01, 0.045, 0.065_81, 0.12];
const PRICES: [f64; 4] = [61.25, 97.375, 100.0, 108.1];

/// One hash over the notes and owners of the first scenarios, which `output` records in full.
pub fn analytics(plan: &Plan, output: &RunOutput) -> Hash {
    let mut hash = Hash::new();
    for scenario in 0..N_SCENARIOS {
        let series = |name: &str| series(plan, output, name, scenario);
        for (index, note) in plan.model().notes.iter().enumerate() {
            let terms = NoteTerms::of_note(plan, index);
            let interest = series(&format!("{}.interest_paid", note.name));
            let principal = series(&format!("{}.principal_paid", note.name));
            push_note(&mut hash, &terms, &plan.model().dates, &interest, &principal);
        }
        let owners = plan.outputs().iter().filter(|output| output.name.ends_with(".distributed"));
        owners.for_each(|owner| push_returns(&mut hash, &plan.model().dates, series(&owner.name)));
    }
    hash
}

fn series(plan: &Plan, output: &RunOutput, name: &str, scenario: usize) -> Vec<f64> {
    let index = plan.outputs().iter().position(|output| output.name == name).expect("an output of the plan");
    let n_periods = plan.model().dates.len();
    let rows = output.records.chunks(output.n_scenarios).skip(index * n_periods).take(n_periods);
    rows.map(|row| row[scenario]).collect()
}

fn push_note(hash: &mut Hash, terms: &NoteTerms, dates: &[Date], interest: &[f64], principal: &[f64]) {
    let kept: Vec<usize> = (0..dates.len()).filter(|&t| dates[t] > terms.dated_date()).collect();
    let pick = |values: &[f64]| kept.iter().map(|&t| values[t]).collect();
    let flows = CashFlows::new(kept.iter().map(|&t| dates[t]).collect(), pick(interest), pick(principal))
        .expect("flows on rising dates");
    let life = terms.maturity_date().days() - terms.dated_date().days();
    for settle in [0, life / 7, life / 2, life - 40].map(|days| terms.dated_date().add_days(days)) {
        hash.value(outstanding_balance(terms, &flows, settle));
        push_result(hash, accrued_interest(terms, settle));
        push_result(hash, average_life(terms, &flows, settle));
        for yield_rate in YIELDS {
            push_result(hash, price_from_yield(terms, &flows, yield_rate, settle).map(|price| price.clean));
        }
        PRICES.iter().for_each(|&price| push_result(hash, yield_from_price(terms, &flows, price, settle)));
    }
    let ratios = coverage(interest, principal).expect("arrays of one length");
    ratios.iter().for_each(|&ratio| hash.value(ratio));
}

/// Returns on an outlay that is less than all that comes back, and on one that is more.
fn push_returns(hash: &mut Hash, dates: &[Date], distributed: Vec<f64>) {
    let total: f64 = distributed.iter().sum();
    for share in [0.3, 1.7] {
        let mut amounts = distributed.clone();
        amounts[0] -= total * share;
        push_rates(hash, internal_rate_dated(dates, &amounts));
        push_rates(hash, internal_rate_periodic(&amounts));
        push_result(hash, present_value_dated(dates, &amounts, 0.083));
        push_result(hash, present_value_periodic(&amounts, 0.021));
    }
}

fn push_rates(hash: &mut Hash, rates: Result<InternalRate, AnalyticsError>) {
    let rates = match rates.expect("finite flows") {
        InternalRate::None => Vec::new(),
        InternalRate::One(rate) => vec![rate],
        InternalRate::Several(rates) => rates,
    };
    hash.word(rates.len() as u64);
    for rate in rates {
        hash.value(rate.rate);
        hash.value(rate.bound);
    }
}

/// Where there is no answer, that there is none.
fn push_result(hash: &mut Hash, result: Result<f64, AnalyticsError>) {
    match result {
        Ok(value) => hash.value(value),
        Err(_) => hash.word(u64::MAX),
    }
}
