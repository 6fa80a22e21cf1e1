//! Steps on one small deal, with every figure worked out by hand.

use cashfall::deal::Deal;
use cashfall::plan::{Hold, Plan};
use cashfall::result::{TracedScenario, imbalances, ledger};
use cashfall::scenario::Scenarios;

/// Two notes and a fee on two dates. On the first date the fee is due 30.00, interest of 10.00 and 20.00, principal of 100.00 and 50.00.
fn deal(terms: &str, cash: &str, waterfalls: &str) -> String {
    format!(
        r#"
[deal]
name = "steps"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "yearly"
{terms}

[schedules]
yearly = {{ dates = [2026-01-01, 2027-01-01] }}

[cashflows]
income = {{ direction = "in", amounts = [[2026-01-01, {cash}]] }}

[accounts]
cash = {{}}
other = {{ opening_balance = 7 }}
reserve = {{ opening_balance = 40, target = {{ formula = "25" }} }}

[fees]
agent = {{ payment_dates = "yearly", amount = {{ fixed = {{ per_date = 30 }} }} }}

[notes.big]
original_balance = 200
dated_date = 2025-01-01
maturity_date = 2027-01-01
payment_dates = "yearly"
day_count = "30/360_us"
coupon = {{ fixed = {{ rate = 0.05 }} }}
amortisation = {{ explicit = {{ principal = [[2026-01-01, 100], [2027-01-01, 100]] }} }}

[notes.small]
original_balance = 100
dated_date = 2025-01-01
maturity_date = 2027-01-01
payment_dates = "yearly"
day_count = "30/360_us"
coupon = {{ fixed = {{ rate = 0.20 }} }}
amortisation = {{ explicit = {{ principal = [[2026-01-01, 50], [2027-01-01, 50]] }} }}

[equity]
owner = {{}}

[waterfalls]
collection = [
  {{ collect = {{ from = ["income"], to = "cash" }} }},
  {{ accrue_fee = {{ fees = ["agent"] }} }},
  {{ accrue_interest = {{ notes = ["big", "small"] }} }},
]
normal = [
{waterfalls}
  {{ when = "period.index > 0", pay = {{ dues = ["agent.due", "big.interest_due", "small.interest_due", "big.principal_due", "small.principal_due"], from = ["cash"] }} }},
]
"#
    )
}

/// What moved on the first date: `from > to amount, bound by`.
fn moved(terms: &str, cash: &str, waterfalls: &str) -> Vec<String> {
    let text = deal(terms, cash, waterfalls);
    let deal = Deal::from_toml(&text, "steps.toml").unwrap_or_else(|error| panic!("{error}"));
    let plan = Plan::compile(&deal, "steps.toml").unwrap_or_else(|error| panic!("{error}"));
    let scenario = TracedScenario::new(&plan, &Scenarios::base(&plan)).expect("the run");
    assert_eq!(imbalances(&scenario), []);
    let rows = ledger(&scenario).into_iter();
    rows.filter(|row| row.period == 0 && row.waterfall != "collection")
        .map(|row| format!("{} > {} {}, {}", row.from_name, row.to_name, row.amount, row.bound_by))
        .collect()
}

#[test]
fn any_dues_share_pro_rata() {
    let step = r#"{ pay = { dues = ["agent.due", "big.interest_due", "small.interest_due"], from = ["cash"], ranking = "pro_rata" } },"#;
    let alone = r#"{ pay_fee = { fees = ["agent"], from = ["cash"], ranking = "pro_rata" } },"#;
    assert_eq!(moved("", "10.01", alone), ["cash > agent 1001, cash in cash"]);
    let by = "pro rata share of cash";
    assert_eq!(
        moved("", "10.01", step),
        [
            format!("cash > agent 501, {by}"),
            format!("cash > big.interest 166, {by}"),
            format!("cash > small.interest 334, {by}")
        ]
    );
    // Rounded down 5.00, 1.66 and 3.33; the two cents that are over go to the first payee.
    assert_eq!(
        moved("pro_rata_remainder = \"first\"", "10.01", step),
        [
            format!("cash > agent 502, {by}"),
            format!("cash > big.interest 166, {by}"),
            format!("cash > small.interest 333, {by}")
        ]
    );
}

#[test]
fn a_sweep_and_interest_stand_in_one_step() {
    let step = r#"{ pay = { dues = ["small.interest_due", "big.balance"], from = ["cash", "other"] } },"#;
    assert_eq!(
        moved("", "50", step),
        [
            "cash > small.interest 2000, request",
            "cash > big.principal 3000, cash in cash",
            "other > big.principal 700, cash in other"
        ]
    );
}

#[test]
fn weights_cap_each_share_at_its_request_and_share_the_excess_again() {
    // 60.00 by 1 : 1 : 2 are 15.00, 15.00 and 30.00; interest takes 10.00 and 20.00 only; the rest goes to the fee.
    let step = r#"{ pay = { dues = ["agent.due", "big.interest_due", "small.interest_due"], from = ["cash"], ranking = "pro_rata", weights = [1, 1, 2] } },"#;
    assert_eq!(
        moved("", "55", step),
        [
            "cash > agent 2500, pro rata share of cash",
            "cash > big.interest 1000, request",
            "cash > small.interest 2000, request"
        ]
    );
    let none = step.replace("[1, 1, 2]", "[0, 1, 2]");
    assert_eq!(moved("", "55", &none)[0], "cash > agent 0, pro rata share of cash");
}

#[test]
fn weights_by_balance_are_those_at_the_beginning_of_the_step() {
    // Balances of 200.00 and 100.00: 30.01 are 20.01 and 10.00, and the second source by the same weights.
    let step = r#"{ pay_principal = { notes = ["big", "small"], from = ["cash", "other"], ranking = "pro_rata", weights = "balance" } },"#;
    let by = "pro rata share of";
    assert_eq!(
        moved("", "30.01", step),
        [
            format!("cash > big.principal 2001, {by} cash"),
            format!("cash > small.principal 1000, {by} cash"),
            format!("other > big.principal 467, {by} other"),
            format!("other > small.principal 233, {by} other"),
        ]
    );
}

/// Three notes that every order puts in an order of its own.
const THREE: &str = r#"
[deal]
name = "order"
currency = "USD"
closing_date = 2025-01-01
waterfall_dates = "yearly"

[schedules]
yearly = { dates = [2026-01-01, 2027-01-01, 2028-01-01] }

[cashflows]
income = { direction = "in", amounts = [[2026-01-01, 1000]] }

[accounts]
cash = {}

NOTES

[waterfalls]
collection = [
  { collect = { from = ["income"], to = "cash" } },
  { accrue_interest = { notes = ["middle", "zinc", "alpha"] } },
]
normal = [
  { pay_interest = { notes = ["middle", "zinc", "alpha"], from = ["cash"], TERMS } },
  { pay_principal = { notes = ["middle", "zinc", "alpha"], from = ["cash"] } },
]
"#;

/// Who of the three gets interest on the first date, in order.
fn order_of_payees(terms: &str) -> Vec<String> {
    let note = |name: &str, dated: &str, maturity: &str, rate: &str| {
        format!(
            r#"
[notes.{name}]
original_balance = 100
dated_date = {dated}
maturity_date = {maturity}
payment_dates = "yearly"
day_count = "30/360_us"
coupon = {{ fixed = {{ rate = {rate} }} }}
amortisation = {{ bullet = {{}} }}
"#
        )
    };
    let notes = note("middle", "2025-01-01", "2028-01-01", "0.05")
        + &note("zinc", "2025-03-01", "2026-01-01", "0.20")
        + &note("alpha", "2025-02-01", "2027-01-01", "0.04");
    let moves = all_moved(&THREE.replace("NOTES", &notes).replace("TERMS", terms));
    let payees = moves.iter().filter(|row| row.contains(" normal 0: ")).take(3);
    // `2 normal 0: cash > zinc.interest 1667`
    payees.map(|row| row.split([' ', '.']).nth(5).unwrap_or_default().to_owned()).collect()
}

#[test]
fn payees_are_ordered_when_the_deal_is_compiled() {
    let order = |order: &str| order_of_payees(&format!("order = \"{order}\""));
    assert_eq!(order("listed"), ["middle", "zinc", "alpha"]);
    assert_eq!(order("reverse"), ["alpha", "zinc", "middle"]);
    assert_eq!(order("by_name"), ["alpha", "middle", "zinc"]);
    assert_eq!(order("by_rate"), ["zinc", "middle", "alpha"]);
    assert_eq!(order("by_maturity"), ["zinc", "alpha", "middle"]);
    assert_eq!(order("by_dated_date"), ["middle", "alpha", "zinc"]);
    assert_eq!(order_of_payees("ranking = \"sequential\""), order("listed"));
}

#[test]
fn ties_stay_in_listed_order() {
    for notes in [r#"["big", "small"]"#, r#"["small", "big"]"#] {
        for order in ["by_maturity", "by_dated_date"] {
            let step = format!(r#"{{ pay_interest = {{ notes = {notes}, from = ["cash"], order = "{order}" }} }},"#);
            let first = if notes.starts_with("[\"big") { "big" } else { "small" };
            assert!(moved("", "5", &step)[0].contains(first), "{order} {notes}");
        }
    }
}

#[test]
fn all_limits_apply() {
    let limit = |limit: &str| {
        let step = format!(r#"{{ pay_fee = {{ fees = ["agent"], from = ["cash", "reserve"], limit = {limit} }} }},"#);
        moved("", "10", &step)
    };
    assert_eq!(
        limit("{ above_target = true }"),
        ["cash > agent 1000, above_target: cash", "reserve > agent 1500, above_target: reserve"]
    );
    assert_eq!(
        limit("{ above_target = true, cap = \"12\", keep_balance = \"1\" }"),
        ["cash > agent 900, keep_balance: 1", "reserve > agent 300, cap: 12"]
    );
    assert_eq!(limit("{ share_of_due = 0.25, cap = \"12\" }"), ["cash > agent 750, request"]);
}

#[test]
fn a_transfer_stops_at_the_target() {
    let step = r#"
  { transfer = { from = ["reserve"], to = "other", limit = { cap = "20" } } },
  { transfer = { from = ["cash"], to = "reserve", limit = { to_target = true } } },"#;
    assert_eq!(moved("", "9", step), ["reserve > other 2000, cap: 20", "cash > reserve 500, to_target"]);
    assert_eq!(moved("", "3", step)[1], "cash > reserve 300, request");
}

#[test]
fn supports_pay_what_sources_leave_unpaid() {
    let step = |only_if: &str| {
        format!(
            r#"{{ pay_interest = {{ notes = ["big", "small"], from = ["cash"], limit = {{ keep_balance = "1" }}, support = [{{ from_account = "other"{only_if} }}, {{ from_account = "reserve" }}] }} }},"#
        )
    };
    assert_eq!(
        moved("", "13", &step("")),
        [
            "cash > big.interest 1000, request",
            "cash > small.interest 200, keep_balance: 1",
            "other > small.interest 700, support: cash in other",
            "reserve > small.interest 1100, support: request"
        ]
    );
    assert_eq!(
        moved("", "13", &step(", only_if = \"big.balance < 10\""))[2],
        "other > small.interest 0, support: only_if: big.balance < 10"
    );
}

/// The deal with another status, and with other tables in front of its waterfalls.
fn with_statuses(tables: &str, collection: &str, normal: &str, other: &str) -> String {
    let step = r#"{ when = "period.index > 0", pay = {"#;
    let text = deal("statuses = [\"normal\", \"strict\"]", "20", normal);
    let text = text
        .replace("[waterfalls]", &format!("{tables}\n[waterfalls]"))
        .replace("\n]\nnormal = [", &format!("\n{collection}]\nnormal = ["));
    assert!(text.contains(step));
    text + "strict = [\n" + other + "\n]\n"
}

/// What moved on all dates: `date waterfall position: from > to amount`.
fn all_moved(text: &str) -> Vec<String> {
    let deal = Deal::from_toml(text, "steps.toml").unwrap_or_else(|error| panic!("{error}"));
    let plan = Plan::compile(&deal, "steps.toml").unwrap_or_else(|error| panic!("{error}"));
    let scenario = TracedScenario::new(&plan, &Scenarios::base(&plan)).expect("the run");
    assert_eq!(imbalances(&scenario), []);
    let rows = ledger(&scenario).into_iter().filter(|row| row.waterfall != "collection");
    rows.filter(|row| row.amount > 0)
        .map(|row| {
            format!(
                "{} {} {}: {} > {} {}",
                row.period, row.waterfall, row.position, row.from_name, row.to_name, row.amount
            )
        })
        .collect()
}

const MOVE: &str = r#"{ transfer = { from = ["cash"], to = "other", limit = { cap = "AMOUNT" } } },"#;

fn transfer(amount: u32) -> String {
    MOVE.replace("AMOUNT", &amount.to_string())
}

#[test]
fn one_branch_of_a_block_happens() {
    let block = |condition: &str| {
        let (one, two, three, four) = (transfer(1), transfer(2), transfer(3), transfer(4));
        format!(
            r#"{one} {{ if = {{ condition = "{condition}", then = [{two} {{ if = {{ condition = "cash.balance > 16.99", then = [{three}] }} }}], else = [{four}] }} }}, {one}"#
        )
    };
    let amounts = |condition: &str| {
        moved("", "20", &block(condition))
            .iter()
            .filter(|row| !row.contains(" 0,"))
            .map(|row| row.split(['r', ',']).nth(1).map_or(String::new(), |amount| amount.trim().to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(amounts("cash.balance > 5"), ["100", "200", "300", "100"]);
    assert_eq!(amounts("cash.balance > 19"), ["100", "400", "100"]);
    assert_eq!(amounts("period.index == 0"), ["100", "200", "300", "100"]);
    assert_eq!(amounts("period.index > 0"), ["100", "400", "100"]);
}

#[test]
fn a_step_into_a_status_acts_at_the_next_waterfall_and_can_be_undone() {
    let tables = format!("[blocks]\nshared = [{}]\n", transfer(1));
    let normal = format!(
        r#"{{ run_steps = {{ block = "shared" }} }}, {{ when = "cash.balance > 5", set_status = {{ status = "strict" }} }}, {}"#,
        transfer(2)
    );
    let strict = format!(
        r#"{}, {{ run_steps = {{ block = "shared" }} }}, {{ set_status = {{ status = "normal" }} }},"#,
        transfer(3).trim_end_matches(',')
    );
    let moves = all_moved(&with_statuses(&tables, "", &normal, &strict));
    assert_eq!(
        moves[..4],
        [
            "0 normal 0: cash > other 100",
            "0 normal 2: cash > other 200",
            "1 strict 0: cash > other 300",
            "1 strict 1: cash > other 100"
        ]
    );
    let held = normal.replace("cash.balance > 5", "cash.balance > 500");
    let moves = all_moved(&with_statuses(&tables, "", &held, &strict));
    assert_eq!(moves[2], "1 normal 0: cash > other 100");
}

#[test]
fn the_closing_date_has_a_waterfall_of_its_own() {
    let text = deal("", "20", "").replace(
        "\nnormal = [",
        &format!(
            "\nclosing = [{}]\nnormal = [",
            r#"{ transfer = { from = ["reserve"], to = "cash", limit = { above_target = true } } }"#
        ),
    );
    let moves = all_moved(&text);
    assert_eq!(moves[0], "0 closing 0: reserve > cash 1500");
    assert!(moves[1..].iter().all(|row| row.starts_with("2 normal") || row.starts_with("1 normal")));
}

#[test]
fn what_holds_cash_back_is_told_by_its_code() {
    let effects = (0..5).map(Hold::Effect);
    let stops = (0..5).map(Hold::DrawStop);
    for hold in [Hold::Acceleration, Hold::Cures].into_iter().chain(effects).chain(stops) {
        assert_eq!(Hold::of(hold.code() as f64), Some(hold));
    }
    for condition in [0.0, 1.0, f64::NAN] {
        assert_eq!(Hold::of(condition), None);
    }
}
