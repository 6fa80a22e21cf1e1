//! Fees: rates a year, tables, interest on what is unpaid, annual caps.

use super::{output, plan_of, run};

/// A deal with one fee, paid from an account with this opening balance.
fn with_fees(cash: &str, fees: &str, names: &str, capped: bool) -> String {
    let excess =
        if capped { format!("  {{ pay_excess = {{ fees = {names}, from = [\"last\"] }} }},\n") } else { String::new() };
    format!(
        r#"
[inputs]
assets = {{ unit = "amount", default = 1_000 }}
suspended = {{ unit = "number", default = 0 }}

[accounts]
cash = {{ opening_balance = {cash} }}
last = {{ opening_balance = 500 }}

{fees}

[waterfalls]
collection = [{{ accrue_fee = {{ fees = {names} }} }}]
normal = [
  {{ pay_fee = {{ fees = {names}, from = ["cash"] }} }},
{excess}]
"#
    )
}

#[test]
fn an_amount_a_year_is_prorated_from_the_closing_date() {
    let fees = r#"
[schedules.fee_dates]
dates = [2025-04-01, 2026-01-01, 2027-01-01]

[fees.trustee]
payment_dates = "fee_dates"
amount = { per_year = { amount = 1_000, day_count = "act/365f" } }
"#;
    let plan = plan_of(&with_fees("5_000", fees, "[\"trustee\"]", false));
    let scenario = run(&plan, &[]);
    // 90, 275 and 365 days of 365.
    assert_eq!(output(&scenario, "trustee.accrued"), [24658.0, 75342.0, 100_000.0, 0.0, 0.0]);
}

#[test]
fn a_rate_on_a_quantity_rounds_once_and_a_table_holds_until_its_next_row() {
    let fees = r#"
[fees.manager]
payment_dates = "yearly"
amount = { rate_of = { rate = 0.01, quantity = "inputs.assets - 900", day_count = "act/360" } }

[fees.agent]
payment_dates = "yearly"
amount = { table = [[2026-06-01, 10], [2028-01-01, 12.50]] }
"#;
    let plan = plan_of(&with_fees("5_000", fees, "[\"manager\", \"agent\"]", false));
    let scenario = run(&plan, &[("assets", &[1_000.0, 800.0, 2_900.0, 900.0])]);
    // 100 x 1% x 365 / 360; below zero nothing; 2,000 x 1% x 365 / 360; nothing.
    assert_eq!(output(&scenario, "manager.accrued"), [101.0, 0.0, 2028.0, 0.0]);
    assert_eq!(output(&scenario, "agent.accrued"), [0.0, 1000.0, 1250.0, 1250.0]);
}

#[test]
fn what_is_unpaid_bears_interest_by_days() {
    let fees = r#"
[fees.agent]
payment_dates = "yearly"
amount = { fixed = { per_date = 100 } }
accrues_on_unpaid = { rate = 0.10, day_count = "act/360" }
"#;
    let plan = plan_of(&with_fees("150", fees, "[\"agent\"]", false));
    let scenario = run(&plan, &[]);
    // 50.00 x 10% x 365 / 360 = 5.07; then 155.07 for 366 days, 15.77.
    assert_eq!(output(&scenario, "agent.shortfall"), [0.0, 5000.0, 15507.0, 27084.0]);
    assert_eq!(output(&scenario, "agent.accrued"), [10000.0, 10000.0, 10507.0, 11577.0]);
}

const CAP: &str = r#"
[fees.agent]
payment_dates = "yearly"
amount = { share_of = { share = 1, quantity = "inputs.assets" } }
cap = { annual = 120, year_starts = "07-01", carry_forward = CARRY, suspended_if = "inputs.suspended == 1" }
"#;

#[test]
fn the_excess_over_an_annual_cap_is_a_due_of_its_own() {
    let fees = CAP.replace("CARRY", "false");
    let plan = plan_of(&with_fees("1_000", &fees, "[\"agent\"]", true));
    let scenario = run(&plan, &[("assets", &[100.0, 200.0, 50.0, 900.0]), ("suspended", &[0.0, 0.0, 0.0, 1.0])]);
    // The stub from 2025-01-01 to 2025-07-01 is over on the first date; then each July brings 120.
    assert_eq!(output(&scenario, "agent.paid"), [10000.0, 12000.0, 5000.0, 73000.0]);
    assert_eq!(output(&scenario, "agent.excess_paid"), [0.0, 8000.0, 0.0, 0.0]);
    assert_eq!(output(&scenario, "agent.cap_room"), [2000.0, 0.0, 7000.0, 12000.0]);
    assert_eq!(scenario.metric("agent.excess_paid"), Some(8000.0));
    assert_eq!(scenario.metric("agent.shortfall"), Some(17000.0));
}

#[test]
fn unused_room_is_carried_and_the_stub_is_prorated() {
    let fees = CAP.replace("CARRY", "true");
    let plan = plan_of(&with_fees("1_000", &fees, "[\"agent\"]", true));
    let scenario = run(&plan, &[("assets", &[100.0, 200.0, 50.0, 900.0])]);
    // The stub has 181 of 365 days, 59.51; 79.51 are left after the first date, none after the second.
    assert_eq!(output(&scenario, "agent.cap_room"), [7951.0, 0.0, 7000.0, 0.0]);
    assert_eq!(output(&scenario, "agent.excess_paid"), [0.0, 49.0, 0.0, 49951.0]);
    assert_eq!(output(&scenario, "agent.excess_shortfall"), [0.0, 0.0, 0.0, 21049.0]);
}

#[test]
fn joint_fees_share_the_room_in_the_order_of_accrual() {
    let fees = r#"
[fees.agent]
payment_dates = "yearly"
amount = { fixed = { per_date = 70 } }

[fees.trustee]
payment_dates = "yearly"
amount = { fixed = { per_date = 70 } }

[fee_caps.administrative]
fees = ["agent", "trustee"]
cap = { annual = 100, year_starts = "closing" }
"#;
    let plan = plan_of(&with_fees("1_000", fees, "[\"agent\", \"trustee\"]", true));
    let scenario = run(&plan, &[]);
    assert_eq!(output(&scenario, "agent.paid"), [7000.0; 4]);
    assert_eq!(output(&scenario, "trustee.paid"), [3000.0; 4]);
    assert_eq!(output(&scenario, "trustee.excess_paid"), [4000.0; 4]);
}
