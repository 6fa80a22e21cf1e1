//! The two reconstructions of the Beignet notes, in plain doubles, as flows to price.
//!
//! SOURCE: 10-Q of the Blue Owl trust, Q3 2025 (balance, coupon, maturity); dates, day count and shapes are the project's
//! base case, as are the expected yields and average lives.

use cashfall::analytics::{CashFlows, NoteTerms};
use cashfall::basics::{Date, DayCount, Period};

pub const BALANCE: f64 = 27_293.849;
pub const RATE: f64 = 0.065_81;
const N_INTEREST_ONLY: usize = 15;
const N_PAYMENTS: usize = 95;

pub fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

pub fn payment_dates() -> Vec<Date> {
    let first = date("2025-11-30");
    (0..95).map(|n| first.add_months_clipped(3 * n, 30)).collect()
}

pub fn terms(day_count: DayCount) -> NoteTerms {
    let dates = payment_dates();
    let mut previous = date("2025-10-21");
    let mut periods = Vec::new();
    for &end in &dates {
        let regular_start = if end == dates[0] { date("2025-08-30") } else { previous };
        let maturity = dates[N_PAYMENTS - 1];
        periods.push(Period {
            start: previous,
            end,
            regular_start,
            regular_end: end,
            months: 3,
            roll_day: None,
            maturity,
        });
        previous = end;
    }
    NoteTerms { day_count, rate: RATE, original_balance: BALANCE, periods }
}

/// Flows where debt service in amortising quarter k is `first_service * growth^(k / 4)`, the last clearing the balance.
fn flows(first_service: f64, growth: f64) -> CashFlows {
    let (mut balance, mut service) = (BALANCE, first_service);
    let (mut interest, mut principal) = (Vec::new(), Vec::new());
    for index in 0..N_PAYMENTS {
        let days = if index == 0 { 39.0 } else { 90.0 };
        let accrued = balance * RATE * days / 360.0;
        let amortising = index.saturating_sub(N_INTEREST_ONLY);
        if amortising > 0 && amortising % 4 == 0 {
            service *= growth;
        }
        let repaid = match index {
            _ if index < N_INTEREST_ONLY => 0.0,
            _ if index == N_PAYMENTS - 1 => balance,
            _ => service - accrued,
        };
        interest.push(accrued);
        principal.push(repaid);
        balance -= repaid;
    }
    CashFlows::new(payment_dates(), interest, principal).unwrap()
}

pub fn level() -> CashFlows {
    flows(616.017_168, 1.0)
}

pub fn sculpted() -> CashFlows {
    flows(534.383_041, 1.018_691_9)
}
