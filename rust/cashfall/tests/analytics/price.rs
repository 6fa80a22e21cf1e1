//! Yields and lives of the Beignet notes, par on payment dates, round trips, and refusals.

use crate::beignet::{BALANCE, RATE, date, level, payment_dates, sculpted, terms};
use cashfall::analytics::{
    AnalyticsError, CashFlows, accrued_interest, average_life, outstanding_balance, price_from_yield, yield_from_price,
};
use cashfall::basics::DayCount;

/// 0.01 basis point.
const HUNDREDTH_POINT: f64 = 1e-6;

fn assert_near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (expected - tolerance..=expected + tolerance).contains(&found),
        "found {found}, expected {expected} within {tolerance}"
    );
}

#[test]
fn yields_at_109_and_at_par() {
    let terms = terms(DayCount::Thirty360EIsda);
    let at = |flows: &CashFlows, clean, settle| yield_from_price(&terms, flows, clean, date(settle)).unwrap();
    assert_near(at(&level(), 109.0, "2025-10-31"), 0.056_827, HUNDREDTH_POINT);
    assert_near(at(&sculpted(), 109.0, "2025-10-31"), 0.057_234, HUNDREDTH_POINT);
    assert_near(at(&level(), 100.0, "2025-10-21"), 0.065_813_5, HUNDREDTH_POINT);
    assert_near(at(&sculpted(), 100.0, "2025-10-21"), 0.065_813_3, HUNDREDTH_POINT);
}

#[test]
fn par_on_a_payment_date_yields_the_coupon() {
    let terms = terms(DayCount::Thirty360EIsda);
    for flows in [level(), sculpted()] {
        for &settle in &payment_dates()[..94] {
            assert_near(yield_from_price(&terms, &flows, 100.0, settle).unwrap(), RATE, 1e-13);
        }
    }
}

#[test]
fn average_lives_from_the_dated_date() {
    let terms = terms(DayCount::Thirty360EIsda);
    assert_near(average_life(&terms, &level(), terms.dated_date()).unwrap(), 15.849, 0.000_5);
    assert_near(average_life(&terms, &sculpted(), terms.dated_date()).unwrap(), 16.954, 0.000_5);
    let regular = average_life(&crate::beignet::terms(DayCount::Regular), &level(), date("2025-11-30")).unwrap();
    assert_near(regular, average_life(&terms, &level(), date("2025-11-30")).unwrap(), 1e-12);
}

#[test]
fn a_price_and_its_yield_return_each_other() {
    for day_count in DayCount::ALL {
        let terms = terms(day_count);
        for days in (0..8_600).step_by(37) {
            let settle = terms.dated_date().add_days(days);
            let yield_rate = 0.01 + 0.0001 * f64::from(days % 1_500);
            let price = price_from_yield(&terms, &level(), yield_rate, settle).unwrap();
            let back = yield_from_price(&terms, &level(), price.clean, settle).unwrap();
            // Errors: 3 (n + 3) 2^-53 of the price over its slope, and a unit of the price over its slope near maturity.
            assert_near(back, yield_rate, 1e-12);
            assert_eq!(price.dirty - price.accrued, price.clean);
        }
    }
}

#[test]
fn accrued_interest_counts_from_the_latest_payment_date() {
    let terms = terms(DayCount::Thirty360EIsda);
    assert_eq!(accrued_interest(&terms, date("2025-10-21")).unwrap(), 0.0);
    assert_eq!(accrued_interest(&terms, date("2025-11-30")).unwrap(), 0.0);
    assert_near(accrued_interest(&terms, date("2025-10-31")).unwrap(), 6.581 * 9.0 / 360.0, 1e-15);
    assert_near(accrued_interest(&terms, date("2028-03-01")).unwrap(), 6.581 * 1.0 / 360.0, 1e-15);
    assert_eq!(outstanding_balance(&terms, &level(), date("2029-05-30")), BALANCE);
    assert!(outstanding_balance(&terms, &level(), date("2029-08-30")) < BALANCE);
}

#[test]
fn refuses_what_has_no_answer() {
    let (terms, flows) = (terms(DayCount::Thirty360EIsda), level());
    let message = |result: Result<f64, AnalyticsError>| result.unwrap_err().to_string();
    assert_eq!(
        message(yield_from_price(&terms, &flows, 100.0, date("2025-10-20"))),
        "settle: expected a date on or after the note's dated date 2025-10-21, found 2025-10-20"
    );
    assert_eq!(
        message(yield_from_price(&terms, &flows, 100.0, date("2049-05-30"))),
        "settle: expected a date before the note is repaid, but after 2049-05-30 nothing is outstanding or paid"
    );
    assert_eq!(
        message(yield_from_price(&terms, &flows, -1.0, date("2025-10-31"))),
        "price: no yield gives a clean price of -1; expected a price whose dirty price is above zero"
    );
    assert_eq!(
        message(price_from_yield(&terms, &flows, -4.0, date("2025-10-31")).map(|price| price.clean)),
        "yield: expected a nominal yield above -4, found -4"
    );
    assert_eq!(
        CashFlows::new(vec![date("2026-01-01"); 2], vec![0.0; 2], vec![0.0; 2]).unwrap_err().to_string(),
        "dates[1]: expected a date after its predecessor, found 2026-01-01"
    );
    assert_eq!(
        CashFlows::new(vec![date("2026-01-01")], vec![0.0], vec![f64::NAN]).unwrap_err().to_string(),
        "principal[0]: expected a finite value"
    );
}
