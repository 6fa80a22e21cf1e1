//! Rates of return whose number and values are known by construction.

use crate::beignet::date;
use cashfall::analytics::{
    InternalRate, RateOfReturn, internal_rate_dated, internal_rate_periodic, present_value_dated,
    present_value_periodic,
};

fn is_near(found: f64, expected: f64, tolerance: f64) -> bool {
    (expected - tolerance..=expected + tolerance).contains(&found)
}

/// The rates found, each with its bound.
fn rates(found: InternalRate) -> Vec<RateOfReturn> {
    match found {
        InternalRate::None => Vec::new(),
        InternalRate::One(rate) => vec![rate],
        InternalRate::Several(rates) => rates,
    }
}

/// Coefficients of the product of `(1 - g_i x)`, x the discount factor: flows with the growths `g_i` as roots.
fn flows_with(growths: &[f64]) -> Vec<f64> {
    growths.iter().fold(vec![-1.0], |flows, growth| {
        let mut next: Vec<f64> = flows.iter().copied().chain([0.0]).collect();
        for (index, flow) in flows.iter().enumerate() {
            next[index + 1] -= growth * flow;
        }
        next
    })
}

#[test]
fn finds_every_rate_within_its_bound() {
    let cases: [&[f64]; 5] = [&[1.25], &[1.125, 1.25], &[0.5, 1.5, 2.5], &[0.75, 1.125, 1.5, 3.0], &[1.0, 1.0625, 8.0]];
    for growths in cases {
        let found = rates(internal_rate_periodic(&flows_with(growths)).unwrap());
        assert_eq!(found.len(), growths.len(), "{growths:?}: {found:?}");
        for (rate, growth) in found.iter().zip(growths) {
            assert!(is_near(rate.rate, growth - 1.0, rate.bound), "{rate:?}, expected {}", growth - 1.0);
            assert!(rate.bound < 1e-12, "{rate:?}");
        }
    }
}

#[test]
fn says_when_there_is_no_rate() {
    for flows in [vec![], vec![0.0], vec![100.0, 5.0], vec![-1.0, -2.0], vec![0.0, 3.0, 0.0]] {
        assert_eq!(internal_rate_periodic(&flows).unwrap(), InternalRate::None, "{flows:?}");
    }
    // Two changes of sign, but the value never reaches zero: 1 - x + x^2.
    assert_eq!(internal_rate_periodic(&[1.0, -1.0, 1.0]).unwrap(), InternalRate::None);
}

#[test]
fn counts_a_touching_rate_once() {
    let InternalRate::One(rate) = internal_rate_periodic(&[1.0, -2.5, 1.5625]).unwrap() else { panic!("expected one") };
    assert!(is_near(rate.rate, 0.25, 1e-7), "{rate:?}");
}

#[test]
fn dated_flows_count_actual_days_over_365() {
    let dates = [date("2025-01-01"), date("2026-01-01"), date("2027-01-01")];
    let InternalRate::One(rate) = internal_rate_dated(&dates, &[-100.0, 10.0, 110.0]).unwrap() else { panic!("one") };
    assert!(is_near(rate.rate, 0.1, rate.bound) && rate.bound < 1e-14, "{rate:?}");
    let leap = internal_rate_dated(&[date("2028-01-01"), date("2029-01-01")], &[-100.0, 110.0]).unwrap();
    let InternalRate::One(rate) = leap else { panic!("one") };
    assert!(rate.rate < 0.1 && rate.rate > 0.0997, "{rate:?}"); // 366 days
}

#[test]
fn present_values_at_known_rates() {
    assert_eq!(present_value_periodic(&[1.0, 3.0, 9.0], 0.5).unwrap(), 1.0 + 2.0 + 4.0);
    let dates = [date("2025-01-01"), date("2026-01-01")];
    assert_eq!(present_value_dated(&dates, &[1.0, 3.0], 0.5).unwrap(), 3.0);
    let refused = present_value_periodic(&[1.0], -1.0).unwrap_err().to_string();
    assert_eq!(refused, "rate: expected a finite rate above -1, found -1");
}
