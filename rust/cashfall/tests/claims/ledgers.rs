//! Ledgers and taxes.

use super::{explained, output, plan_of, run};
use cashfall::result::ledger;

const LEDGERS: &str = r#"
[inputs]
loss = { unit = "amount", default = 0, minimum = -1_000 }
event = { unit = "number", default = 0 }

[accounts]
cash = { opening_balance = 1_000 }

[ledgers]
running = {}
deficiency = { floor = 0, opening = 5 }
mark = { kind = "maximum_to_date", opening = 10 }
since = { reset_when = "inputs.event == 1 or opening.running.balance > 49" }

[waterfalls]
normal = [
  { book = { ledger = "running", amount = "inputs.loss" } },
  { book = { ledger = "deficiency", amount = "inputs.loss" } },
  { book = { ledger = "mark", amount = "inputs.loss" } },
  { when = "inputs.loss != 7", book = { ledger = "since", amount = "inputs.loss" } },
  { distribute = { to = "owner", from = ["cash"], limit = { cap = "mark.balance + lag(running.balance, 2, -3)" } } },
]
"#;

#[test]
fn ledgers_add_up_keep_the_greatest_and_are_set_back() {
    let plan = plan_of(LEDGERS);
    let scenario = run(&plan, &[("loss", &[50.0, -70.5, 7.0, 30.0]), ("event", &[0.0, 0.0, 0.0, 1.0])]);
    assert_eq!(output(&scenario, "running.balance"), [5000.0, -2050.0, -1350.0, 1650.0]);
    assert_eq!(output(&scenario, "deficiency.balance"), [5500.0, 0.0, 700.0, 3700.0]);
    assert_eq!(output(&scenario, "mark.balance"), [5000.0, 5000.0, 5000.0, 5000.0]);
    assert_eq!(output(&scenario, "since.balance"), [5000.0, -7050.0, -7050.0, 3000.0]);
    assert_eq!(output(&scenario, "owner.distributed"), [4700.0, 4700.0, 10000.0, 2950.0]);
    assert_eq!(scenario.metric("running.closing_balance"), Some(1650.0));
    assert_eq!(
        explained(&scenario, "deficiency.balance", 1),
        "deficiency.balance on 2027-01-01 (period 1): 0.00\n  \
         opening balance: 55.00\n  \
         normal / book deficiency: booked -70.50, which moved the balance by -55.00\n"
    );
    assert_eq!(
        explained(&scenario, "since.balance", 2).lines().last(),
        Some(
            "  normal / book since: booked 7.00, which moved the balance by 0.00, held back by when: inputs.loss != 7"
        )
    );
}

const TAX: &str = r#"
[inputs]
profit = { unit = "amount", default = 0, minimum = -1_000 }

[accounts]
cash = { opening_balance = 30 }

[ledgers]
losses = { floor = 0 }

[taxes.income]
rate = 0.25
base = "inputs.profit - losses.balance"

[waterfalls]
normal = [
  { pay_tax = { taxes = ["income"], from = ["cash"] } },
  { book = { ledger = "losses", amount = "-inputs.profit" } },
]
"#;

#[test]
fn losses_are_carried_forward_and_unpaid_tax_stays_due() {
    let plan = plan_of(TAX);
    let scenario = run(&plan, &[("profit", &[-100.0, 60.0, 80.02, 240.0])]);
    assert_eq!(output(&scenario, "losses.balance"), [10000.0, 4000.0, 0.0, 0.0]);
    assert_eq!(output(&scenario, "income.accrued"), [0.0, 0.0, 1001.0, 6000.0]);
    assert_eq!(output(&scenario, "income.paid"), [0.0, 0.0, 1001.0, 1999.0]);
    assert_eq!(output(&scenario, "income.shortfall"), [0.0, 0.0, 0.0, 4001.0]);
    assert_eq!(scenario.metric("income.paid"), Some(3000.0));
    assert_eq!(scenario.metric("income.shortfall"), Some(4001.0));
}

#[test]
fn a_status_that_is_not_the_deals_books_nothing_and_taxes_nothing() {
    let plan = plan_of(
        r#"
[inputs]
coverage = { unit = "number", default = 2 }

[accounts]
cash = { opening_balance = 1_000 }

[ledgers]
normal_dates = {}
other_dates = {}

[taxes.income]
rate = 0.5
base = "10"

[tests.cover]
measure = { ratio = { numerator = "inputs.coverage", denominator = "1" } }
level = 1
dates = "yearly"
when_undefined = "pass"
effects = [{ set_status = "stressed" }]

[waterfalls]
collection = [{ run_tests = { tests = ["cover"] } }]
normal = [{ book = { ledger = "normal_dates", amount = "1" } }, { pay_tax = { taxes = ["income"], from = ["cash"] } }]
stressed = [{ book = { ledger = "other_dates", amount = "-1" } }]
"#,
    );
    let scenario = run(&plan, &[("coverage", &[2.0, 0.5, 0.5, 2.0])]);
    assert_eq!(output(&scenario, "normal_dates.balance"), [100.0, 100.0, 100.0, 200.0]);
    assert_eq!(output(&scenario, "other_dates.balance"), [0.0, -100.0, -200.0, -200.0]);
    assert_eq!(output(&scenario, "income.accrued"), [500.0, 0.0, 0.0, 500.0]);
}

const BELOW_ZERO: &str = r#"
[accounts]
cash = { opening_balance = 100 }
a = { target = { formula = "free.balance" } }
b = { target = { formula = "floored.balance" } }
c = { target = { formula = "best.balance" } }
d = { target = { formula = "lag(free.balance, 1, 0)" } }
e = { target = { formula = "lag(inputs.x, 1, 0)" } }
f = { target = { formula = "inputs.x" } }

[inputs]
x = { unit = "amount", default = -3, minimum = -1_000 }

[ledgers]
free = {}
floored = { floor = -10 }
best = { kind = "maximum_to_date", opening = -5 }

[waterfalls]
normal = [
  { book = { ledger = "free", amount = "-3" } },
  { book = { ledger = "floored", amount = "-3" } },
  { book = { ledger = "best", amount = "-4" } },
  { fill_reserve = { account = "a", from = ["cash"] } },
  { fill_reserve = { account = "b", from = ["cash"] } },
  { fill_reserve = { account = "c", from = ["cash"] } },
  { fill_reserve = { account = "d", from = ["cash"] } },
  { fill_reserve = { account = "e", from = ["cash"] } },
  { fill_reserve = { account = "f", from = ["cash"] } },
  { distribute = { to = "owner", from = ["cash"] } },
]
"#;

#[test]
fn a_target_that_is_a_ledger_below_zero_is_zero() {
    let plan = plan_of(BELOW_ZERO);
    let scenario = run(&plan, &[]);
    assert_eq!(output(&scenario, "free.balance")[..2], [-300.0, -600.0]);
    assert_eq!(output(&scenario, "floored.balance")[3], -1000.0);
    assert_eq!(output(&scenario, "best.balance")[..2], [-400.0, -400.0]);
    for account in ["a", "b", "c", "d", "e", "f"] {
        assert_eq!(output(&scenario, &format!("{account}.target")), [0.0; 4], "{account}");
    }
    assert_eq!(output(&scenario, "owner.distributed")[0], 10_000.0);
}

#[test]
fn a_tax_that_shares_with_no_other_is_bound_by_cash() {
    let plan = plan_of(&TAX.replace("from = [\"cash\"] }", "from = [\"cash\"], ranking = \"pro_rata\" }"));
    let scenario = run(&plan, &[("profit", &[-100.0, 60.0, 80.02, 240.0])]);
    let last = ledger(&scenario).into_iter().rfind(|row| row.from_name == "cash").expect("a row");
    assert_eq!((last.amount, last.bound_by.to_string().as_str()), (1999, "cash in cash"));
}
