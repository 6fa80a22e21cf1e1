//! Facilities, swaps and caps.

use super::{output, plan_of, run};

const FACILITY: &str = r#"
[inputs]
need = { unit = "amount", default = 0 }
stop = { unit = "number", default = 0 }

[accounts]
cash = {}

[cashflows.income]
direction = "in"
amounts = [[2026-01-01, 10], [2027-01-01, 40], [2028-01-01, 100], [2029-01-01, 100]]

[facilities.lf]
commitment = 100
payment_dates = "yearly"
day_count = "act/365f"
commitment_fee = 0.01
interest = { fixed = { rate = 0.10 } }
draw_stop = "inputs.stop == 1"

[waterfalls]
collection = [{ collect = { from = ["income"], to = "cash" } }]
normal = [
  { pay = { dues = ["lf.fee_due", "lf.interest_due"], from = ["cash"] } },
  { repay_facility = { facilities = ["lf"], from = ["cash"], limit = { cap = "30" } } },
  { draw_facility = { facility = "lf", to = "cash", amount = "inputs.need" } },
]
"#;

#[test]
fn a_draw_lowers_what_is_available_by_its_amount_and_interest_follows_the_balance() {
    let plan = plan_of(FACILITY);
    let scenario = run(&plan, &[("need", &[60.0, 80.0, 5.0, 500.0]), ("stop", &[0.0, 0.0, 1.0, 0.0])]);
    assert_eq!(output(&scenario, "lf.draws"), [6000.0, 7000.0, 0.0, 6000.0]);
    assert_eq!(output(&scenario, "lf.repaid"), [0.0, 3000.0, 3000.0, 3000.0]);
    assert_eq!(output(&scenario, "lf.drawn"), [6000.0, 10000.0, 7000.0, 10000.0]);
    assert_eq!(output(&scenario, "lf.available"), [4000.0, 0.0, 3000.0, 0.0]);
    assert_eq!(output(&scenario, "lf.fee_accrued"), [100.0, 40.0, 0.0, 30.0]);
    assert_eq!(output(&scenario, "lf.interest_accrued"), [0.0, 600.0, 1000.0, 702.0]);
}

const SWAP: &str = r#"
[inputs]
index = { unit = "number", default = 0.05, minimum = -1 }

[accounts]
cash = { opening_balance = 3 }
d = { target = { formula = "lag(hedge.receive_accrued, 1, 0)" } }

[swaps.hedge]
pay = { rate = { fixed = { rate = 0.04 } }, day_count = "30e/360" }
receive = { rate = { floating = { index = "index" } }, day_count = "30e/360" }
notional = { schedule = [[2025-01-01, 1_000], [2027-07-01, 500]] }
payment_dates = "yearly"

[caps.ceiling]
index = "index"
strike = 0.045
day_count = "30e/360"
notional = { schedule = [[2025-01-01, 1_000]] }
payment_dates = "yearly"

[waterfalls]
normal = [
  { settle_swap = { swap = "hedge", to = "cash", from = ["cash"] } },
  { settle_cap = { cap = "ceiling", to = "cash" } },
  { fill_reserve = { account = "d", from = ["cash"], limit = { cap = "0" } } },
  { when = "inputs.index > 0.9", terminate_swap = { swap = "hedge", amount = "7" } },
  { pay = { dues = ["hedge.termination_due"], from = ["cash"] } },
]
"#;

#[test]
fn legs_are_signed_and_settle_net_and_a_terminated_swap_owes_no_more() {
    let plan = plan_of(SWAP);
    let scenario = run(&plan, &[("index", &[0.05, -0.01, 0.95, 0.05])]);
    // The index of a period is that of its beginning; the notional is 750 on average in the third year.
    assert_eq!(output(&scenario, "hedge.receive_accrued"), [5000.0, 5000.0, -750.0, 0.0]);
    assert_eq!(output(&scenario, "d.target"), [0.0, 5000.0, 5000.0, 0.0]);
    assert_eq!(output(&scenario, "hedge.pay_accrued"), [4000.0, 4000.0, 3000.0, 0.0]);
    assert_eq!(output(&scenario, "hedge.received"), [1000.0, 1000.0, 0.0, 0.0]);
    assert_eq!(output(&scenario, "ceiling.received"), [500.0, 500.0, 0.0, 90500.0]);
    assert_eq!(output(&scenario, "hedge.paid"), [0.0, 0.0, 3300.0, 0.0]);
    assert_eq!(output(&scenario, "hedge.termination_paid"), [0.0, 0.0, 0.0, 700.0]);
    assert_eq!(output(&scenario, "hedge.shortfall"), [0.0, 0.0, 450.0, 450.0]);
}
