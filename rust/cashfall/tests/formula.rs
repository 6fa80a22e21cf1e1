//! Formulas: the typed tree of each, or its error whole.

use cashfall::deal::{Deal, FormulaText, Place};
use cashfall::formula::{Expr, ExprKind, Unit, parse};

const DEAL: &str = include_str!("deals/two_notes.toml");

fn deal() -> Deal {
    Deal::from_toml(DEAL, "two_notes.toml").expect("the good deal")
}

/// The tree as text: every operation by name, every literal with its unit.
fn listing(expr: &Expr, deal: &Deal) -> String {
    let all = |name: &str, parts: &[&Expr]| {
        let parts: Vec<String> = parts.iter().map(|part| listing(part, deal)).collect();
        format!("{name}({})", parts.join(", "))
    };
    match &expr.kind {
        ExprKind::Literal(value) => format!("{value} {:?}", expr.unit).to_lowercase(),
        ExprKind::Quantity(of) => of.written(deal),
        ExprKind::Opening(of) => format!("opening({})", of.written(deal)),
        ExprKind::Lag { of, n, default } => format!("lag({}, {n}, {default})", of.written(deal)),
        ExprKind::TrailingSum { of, n } => format!("trailing_sum({}, {n})", of.written(deal)),
        ExprKind::ForwardSum { of, n } => format!("forward_sum({}, {n})", of.written(deal)),
        ExprKind::Negate(a) => all("negate", &[a]),
        ExprKind::Absolute(a) => all("abs", &[a]),
        ExprKind::Add(a, b) => all("add", &[a, b]),
        ExprKind::Subtract(a, b) => all("subtract", &[a, b]),
        ExprKind::MulDiv { a, b, c } => all("mul_div", &[a, b]) + &format!("/{c}"),
        ExprKind::Product(a, b) => all("product", &[a, b]),
        ExprKind::Divide { a, scale, b, if_zero } => all("divide", &[a, b, if_zero]) + &format!("*{scale}"),
        ExprKind::Minimum(parts) => all("min", &parts.iter().collect::<Vec<_>>()),
        ExprKind::Maximum(parts) => all("max", &parts.iter().collect::<Vec<_>>()),
        ExprKind::If(flag, a, b) => all("if", &[flag, a, b]),
        ExprKind::Compare(relation, a, b) => all(&format!("{relation:?}"), &[a, b]),
        ExprKind::And(a, b) => all("and", &[a, b]),
        ExprKind::Or(a, b) => all("or", &[a, b]),
        ExprKind::Not(a) => all("not", &[a]),
        ExprKind::Unknown(level) => format!("unknown {level}"),
        ExprKind::Solve { start, body, n } => all(&format!("solve {n}"), &[start, body]),
        ExprKind::Table { .. } => unreachable!("no formula of a document has one"),
        ExprKind::Convert(a, to) => all(&format!("in {to}"), &[a]),
    }
}

fn formula(text: &str) -> FormulaText {
    FormulaText { text: text.to_owned(), place: Place::of_path("here"), start: None }
}

fn said(text: &str, unit: Option<Unit>, deal: &Deal) -> String {
    match parse(&formula(text), deal, unit) {
        Ok(expr) => format!("{}: {}", expr.unit.described(), listing(&expr, deal)),
        Err(problems) => problems.iter().map(|problem| problem.to_string()).collect::<Vec<_>>().join("\n"),
    }
}

const AMOUNT: Option<Unit> = Some(Unit::Amount);
const NUMBER: Option<Unit> = Some(Unit::Number);
const FLAG: Option<Unit> = Some(Unit::Flag);

const TREES: &[(&str, Option<Unit>, &str)] = &[
    ("senior.balance", AMOUNT, "an amount: senior.balance"),
    ("100", AMOUNT, "an amount: 10000 amount"),
    ("100", NUMBER, "a number: 100000000000 number"),
    ("100", None, "a number: 100000000000 number"),
    ("0.5", None, "a number: 500000000 number"),
    ("1", FLAG, "a flag: 1 flag"),
    ("-12.34", AMOUNT, "an amount: -1234 amount"),
    ("1_000.50", AMOUNT, "an amount: 100050 amount"),
    ("senior.balance + 5", AMOUNT, "an amount: add(senior.balance, 500 amount)"),
    ("5 - senior.balance", AMOUNT, "an amount: subtract(500 amount, senior.balance)"),
    ("inputs.rent_factor + 0.5", NUMBER, "a number: add(inputs.rent_factor, 500000000 number)"),
    (
        "convert(senior.balance, 1.1, usd)",
        AMOUNT,
        "an amount: in 0(mul_div(senior.balance, 1100000000 number)/1000000000)",
    ),
    ("senior.balance * 0.5", AMOUNT, "an amount: mul_div(senior.balance, 500000000 number)/1000000000"),
    ("0.5 * senior.balance", AMOUNT, "an amount: mul_div(500000000 number, senior.balance)/1000000000"),
    (
        "senior.balance * inputs.rent_factor",
        AMOUNT,
        "an amount: mul_div(senior.balance, inputs.rent_factor)/1000000000",
    ),
    (
        "inputs.rent_factor * inputs.upkeep_factor",
        NUMBER,
        "a number: mul_div(inputs.rent_factor, inputs.upkeep_factor)/1000000000",
    ),
    ("period.index * senior.balance", AMOUNT, "an amount: product(period.index, senior.balance)"),
    ("period.index * period.index", None, "a count: product(period.index, period.index)"),
    ("period.index * 2", NUMBER, "a number: product(period.index, 2000000000 number)"),
    ("senior.balance / 3", AMOUNT, "an amount: mul_div(senior.balance, 1000000000 number)/3000000000"),
    ("senior.balance / -4", AMOUNT, "an amount: mul_div(senior.balance, -1000000000 number)/4000000000"),
    ("inputs.rent_factor / 0.5", NUMBER, "a number: mul_div(inputs.rent_factor, 1000000000 number)/500000000"),
    ("senior.balance * (1 / 12)", AMOUNT, "an amount: mul_div(senior.balance, 83333333 number)/1000000000"),
    ("1 / 3", NUMBER, "a number: 333333333 number"),
    ("2 * 50", AMOUNT, "an amount: 10000 amount"),
    ("(1 + 2) * 3 - 4", NUMBER, "a number: 5000000000 number"),
    (
        "senior.balance * 2 / 3",
        AMOUNT,
        "an amount: mul_div(mul_div(senior.balance, 2000000000 number)/1000000000, 1000000000 number)/3000000000",
    ),
    ("-senior.balance - -5", AMOUNT, "an amount: subtract(negate(senior.balance), -500 amount)"),
    (
        "divide(senior.balance, junior.balance, 0)",
        NUMBER,
        "a number: divide(senior.balance, junior.balance, 0 number)*1000000000",
    ),
    (
        "divide(senior.balance, inputs.rent_factor, 1)",
        AMOUNT,
        "an amount: divide(senior.balance, inputs.rent_factor, 100 amount)*1000000000",
    ),
    (
        "divide(senior.balance, period.index, 2)",
        AMOUNT,
        "an amount: divide(senior.balance, period.index, 200 amount)*1",
    ),
    ("divide(1, 3, 0)", NUMBER, "a number: divide(1000000000 number, 3000000000 number, 0 number)*1000000000"),
    (
        "divide(senior.balance, 4, 0)",
        AMOUNT,
        "an amount: divide(senior.balance, 4000000000 number, 0 amount)*1000000000",
    ),
    ("min(senior.balance, 5, 6)", AMOUNT, "an amount: min(senior.balance, 500 amount, 600 amount)"),
    (
        "max(0, senior.balance - revenue.balance)",
        AMOUNT,
        "an amount: max(0 amount, subtract(senior.balance, revenue.balance))",
    ),
    ("clip(inputs.rent_factor, 0, 1)", NUMBER, "a number: min(max(inputs.rent_factor, 0 number), 1000000000 number)"),
    ("max(100, 200)", AMOUNT, "an amount: max(10000 amount, 20000 amount)"),
    ("max(100, 200)", None, "a number: max(100000000000 number, 200000000000 number)"),
    (
        "if(tests.coverage.failing, senior.balance, 0)",
        AMOUNT,
        "an amount: if(tests.coverage.failing, senior.balance, 0 amount)",
    ),
    (
        "if(period.index >= 4, 1, 2)",
        AMOUNT,
        "an amount: if(GreaterOrEqual(period.index, 4 count), 100 amount, 200 amount)",
    ),
    ("abs(senior.balance - 5)", AMOUNT, "an amount: abs(subtract(senior.balance, 500 amount))"),
    (
        "tests.coverage.failing and not period.index < 3",
        FLAG,
        "a flag: and(tests.coverage.failing, not(Less(period.index, 3 count)))",
    ),
    ("not tests.coverage.failing == 1", FLAG, "a flag: not(Equal(tests.coverage.failing, 1 flag))"),
    ("senior.balance > 100 + 50", FLAG, "a flag: Greater(senior.balance, 15000 amount)"),
    ("inputs.rent_factor != 1", FLAG, "a flag: NotEqual(inputs.rent_factor, 1000000000 number)"),
    ("2 < 3", FLAG, "a flag: Less(2000000000 number, 3000000000 number)"),
    ("lag(senior.balance, 2, 5)", AMOUNT, "an amount: lag(senior.balance, 2, 500)"),
    ("lag(tests.coverage.failing, 1, 0)", FLAG, "a flag: lag(tests.coverage.failing, 1, 0)"),
    ("lag(period.index, 1, -1)", None, "a count: lag(period.index, 1, -1)"),
    ("lag(inputs.rent_factor, 1, 0.5)", NUMBER, "a number: lag(inputs.rent_factor, 1, 500000000)"),
    ("trailing_sum(tower.rent, 4)", AMOUNT, "an amount: trailing_sum(tower.rent, 4)"),
    (
        "forward_sum(senior.scheduled_debt_service, 2)",
        AMOUNT,
        "an amount: forward_sum(senior.scheduled_debt_service, 2)",
    ),
    ("opening.senior.balance", AMOUNT, "an amount: opening(senior.balance)"),
    ("opening.tests.coverage.failing", FLAG, "a flag: opening(tests.coverage.failing)"),
    ("reserve.target - reserve.balance", AMOUNT, "an amount: subtract(reserve.target, reserve.balance)"),
    (
        "upkeep.due + grant.amount + servicing.accrued + sponsor.distributed + senior.proceeds",
        AMOUNT,
        "an amount: add(add(add(add(upkeep.due, grant.amount), servicing.accrued), sponsor.distributed), senior.proceeds)",
    ),
    (
        "1 + 2 * 3 == 7 and 2 < 3 or not 1 > 2",
        FLAG,
        "a flag: or(and(Equal(7000000000 number, 7000000000 number), Less(2000000000 number, 3000000000 number)), not(Greater(1000000000 number, 2000000000 number)))",
    ),
];

const ERRORS: &[(&str, Option<Unit>, &str)] = &[
    ("", None, "here: expected a value, found the end of the formula (at character 1 of the formula)"),
    (
        "senior",
        AMOUNT,
        "here: expected `object.quantity`, a number or a function, found `senior`; write `senior.balance` (at character 1 of the formula)",
    ),
    (
        "servicing",
        None,
        "here: expected `object.quantity`, a number or a function, found `servicing`; write `servicing.accrued` (at character 1 of the formula)",
    ),
    (
        "rent_factor",
        NUMBER,
        "here: expected `object.quantity`, a number or a function, found `rent_factor`; write `inputs.rent_factor` (at character 1 of the formula)",
    ),
    (
        "coverage",
        FLAG,
        "here: expected `object.quantity`, a number or a function, found `coverage`; write `tests.coverage.failing` (at character 1 of the formula)",
    ),
    (
        "senior.balanc",
        AMOUNT,
        "here: expected a quantity of a note: `balance`, `interest_accrued`, `interest_due`, `interest_paid`, `principal_due`, `principal_paid`, `scheduled_interest`, `scheduled_principal`, `scheduled_debt_service`, `scheduled_balance`, `proceeds`, `original_balance`, `months_to_maturity`, `rate`, `target`, `unpaid_interest_accrued`, `unpaid_interest_due`, `interest_capitalized`, `written_down`, `factor` or `premium_paid`, found `balanc`; did you mean `balance`? (at character 8 of the formula)",
    ),
    (
        "seniorr.balance",
        AMOUNT,
        "here: expected a lease, contract, fleet, borrowing base, cashflow, account, fee, note, equity, ledger, tax, facility, swap, cap or asset, found `seniorr`; did you mean `senior`? (at character 1 of the formula)",
    ),
    (
        "inputs.rent_facto",
        NUMBER,
        "here: expected an input, found `rent_facto`; did you mean `rent_factor`? (at character 8 of the formula)",
    ),
    ("inputs", NUMBER, "here: expected `inputs.name`, found `inputs` (at character 1 of the formula)"),
    (
        "tests.coverage",
        FLAG,
        "here: expected `tests.name.failing`, found `tests.coverage` (at character 1 of the formula)",
    ),
    (
        "tests.covrage.failing",
        FLAG,
        "here: expected a test, found `covrage`; did you mean `coverage`? (at character 7 of the formula)",
    ),
    (
        "tests.coverage.value",
        None,
        "here: expected a quantity of a test: `failing`, found `value`; a test's value is recorded, but formulas cannot read it (at character 16 of the formula)",
    ),
    (
        "coverage.failing",
        FLAG,
        "here: expected a lease, contract, fleet, borrowing base, cashflow, account, fee, note, equity, ledger, tax, facility, swap, cap or asset, found `coverage`; write `tests.coverage.failing` (at character 1 of the formula)",
    ),
    (
        "rent_factor.x",
        NUMBER,
        "here: expected a lease, contract, fleet, borrowing base, cashflow, account, fee, note, equity, ledger, tax, facility, swap, cap or asset, found `rent_factor`; write `inputs.rent_factor` (at character 1 of the formula)",
    ),
    (
        "period.idx",
        None,
        "here: expected a quantity of the period: `index`, found `idx`; did you mean `index`? (at character 8 of the formula)",
    ),
    (
        "opening.senior",
        AMOUNT,
        "here: expected `opening.object.quantity`, found `opening.senior` (at character 1 of the formula)",
    ),
    (
        "opening.inputs.rent_factor",
        NUMBER,
        "here: expected a quantity of an object after `opening`, found `opening.inputs.rent_factor`; write `lag(inputs.rent_factor, 1, 0)` (at character 1 of the formula)",
    ),
    (
        "opening.opening.senior.balance",
        AMOUNT,
        "here: expected `object.quantity`, found `opening.senior.balance` (at character 24 of the formula)",
    ),
    (
        "senior.balance.x",
        AMOUNT,
        "here: expected `object.quantity`, found `senior.balance.x` (at character 16 of the formula)",
    ),
    (
        "senior.balance + inputs.rent_factor",
        AMOUNT,
        "here: expected equal units on both sides of `+`, found an amount (`senior.balance`) and a number (`inputs.rent_factor`); multiply `inputs.rent_factor` by an amount (at character 16 of the formula)",
    ),
    (
        "senior.balance + period.index",
        AMOUNT,
        "here: expected equal units on both sides of `+`, found an amount (`senior.balance`) and a count (`period.index`) (at character 16 of the formula)",
    ),
    (
        "senior.balance * junior.balance",
        AMOUNT,
        "here: expected at most one amount in a product, found an amount (`senior.balance`) and an amount (`junior.balance`); divide one of them by an amount first: `divide(a, b, if_zero)` (at character 16 of the formula)",
    ),
    (
        "inputs.rent_factor / senior.balance",
        None,
        "here: expected a literal after `/`, found `senior.balance`; write `divide(a, b, if_zero)` (at character 22 of the formula)",
    ),
    (
        "senior.balance / 0",
        AMOUNT,
        "here: expected a divisor other than 0, found a division by 0 (at character 16 of the formula)",
    ),
    (
        "senior.balance / (1 - 1)",
        AMOUNT,
        "here: expected a divisor other than 0, found a division by 0 (at character 16 of the formula)",
    ),
    ("1 / 0", NUMBER, "here: expected a divisor other than 0, found a division by 0 (at character 3 of the formula)"),
    (
        "period.index / 2",
        None,
        "here: expected an amount or a number before `/`, found a count (`period.index`) (at character 1 of the formula)",
    ),
    (
        "divide(inputs.rent_factor, senior.balance, 0)",
        None,
        "here: expected `divide` of an amount by an amount, number or count, or of a number by a number or count, found a number (`inputs.rent_factor`) by an amount (`senior.balance`) (at character 1 of the formula)",
    ),
    (
        "divide(senior.balance, junior.balance, reserve.balance)",
        NUMBER,
        "here: expected a number as `if_zero`, the unit of the quotient, found an amount (`reserve.balance`) (at character 40 of the formula)",
    ),
    (
        "divide(1, 2)",
        NUMBER,
        "here: expected three arguments: `divide(a, b, if_zero)`, found 2 (at character 1 of the formula)",
    ),
    ("min()", AMOUNT, "here: expected at least one argument, found 0 (at character 1 of the formula)"),
    (
        "clip(1, 2)",
        AMOUNT,
        "here: expected three arguments: `clip(x, low, high)`, found 2 (at character 1 of the formula)",
    ),
    (
        "mim(1, 2)",
        AMOUNT,
        "here: expected a function among `min`, `max`, `clip`, `if`, `divide`, `abs`, `convert`, `solve`, `lag`, `trailing_sum` and `forward_sum`, found `mim`; did you mean `min`? (at character 1 of the formula)",
    ),
    (
        "foo(1)",
        AMOUNT,
        "here: expected a function among `min`, `max`, `clip`, `if`, `divide`, `abs`, `convert`, `solve`, `lag`, `trailing_sum` and `forward_sum`, found `foo` (at character 1 of the formula)",
    ),
    (
        "senior.balance > inputs.rent_factor",
        FLAG,
        "here: expected equal units on both sides of `>`, found an amount (`senior.balance`) and a number (`inputs.rent_factor`); multiply `inputs.rent_factor` by an amount (at character 16 of the formula)",
    ),
    (
        "min(senior.balance, inputs.rent_factor)",
        AMOUNT,
        "here: expected equal units in `min`, found an amount (`senior.balance`) and a number (`inputs.rent_factor`); multiply `inputs.rent_factor` by an amount (at character 21 of the formula)",
    ),
    (
        "if(senior.balance, 1, 2)",
        AMOUNT,
        "here: expected a flag as the first argument of `if`, found an amount (`senior.balance`) (at character 4 of the formula)",
    ),
    (
        "if(tests.coverage.failing, senior.balance, inputs.rent_factor)",
        AMOUNT,
        "here: expected equal units in `if`, found an amount (`senior.balance`) and a number (`inputs.rent_factor`); multiply `inputs.rent_factor` by an amount (at character 44 of the formula)",
    ),
    (
        "tests.coverage.failing + 1",
        None,
        "here: expected an amount, a number or a count with `+`, found a flag (`tests.coverage.failing`); write `if(flag, a, b)` (at character 1 of the formula)",
    ),
    (
        "-tests.coverage.failing",
        None,
        "here: expected an amount, a number or a count with `-`, found a flag (`tests.coverage.failing`); write `if(flag, a, b)` (at character 2 of the formula)",
    ),
    (
        "not senior.balance",
        FLAG,
        "here: expected a flag as an operand of `not`, found an amount (`senior.balance`) (at character 5 of the formula)",
    ),
    (
        "senior.balance and tests.coverage.failing",
        FLAG,
        "here: expected a flag as an operand of `and`, found an amount (`senior.balance`) (at character 1 of the formula)",
    ),
    (
        "max(tests.coverage.failing, 1)",
        None,
        "here: expected an amount, a number or a count with `max`, found a flag (`tests.coverage.failing`); write `if(flag, a, b)` (at character 5 of the formula)",
    ),
    (
        "senior.balance",
        NUMBER,
        "here: expected a number, found an amount (`senior.balance`) (at character 1 of the formula)",
    ),
    (
        "senior.balance > 5",
        AMOUNT,
        "here: expected an amount, found a flag (`senior.balance > 5`) (at character 1 of the formula)",
    ),
    (
        "0.005",
        AMOUNT,
        "here: expected an amount with at most 2 decimals, found `0.005` (at character 1 of the formula)",
    ),
    (
        "senior.balance + 0.005",
        AMOUNT,
        "here: expected an amount with at most 2 decimals, found `0.005` (at character 18 of the formula)",
    ),
    (
        "0.0000000001",
        NUMBER,
        "here: expected a number with at most 9 decimals, found `0.0000000001` (at character 1 of the formula)",
    ),
    (
        "9999999999999999",
        NUMBER,
        "here: expected a number below 2^52 units, found `9999999999999999` (at character 1 of the formula)",
    ),
    ("2", FLAG, "here: expected a flag: 0 or 1, found `2` (at character 1 of the formula)"),
    (
        "period.index > 1.5",
        FLAG,
        "here: expected a count: a whole number, found `1.5` (at character 16 of the formula)",
    ),
    (
        "lag(senior.balance, 0, 0)",
        AMOUNT,
        "here: expected a whole number of dates from 1 to 10000, found `0` (at character 21 of the formula)",
    ),
    (
        "lag(senior.balance, 1.5, 0)",
        AMOUNT,
        "here: expected a whole number of dates from 1 to 10000, found `1.5` (at character 21 of the formula)",
    ),
    (
        "lag(senior.balance, 1, senior.balance)",
        AMOUNT,
        "here: expected a literal as the default of `lag`, found `senior.balance` (at character 24 of the formula)",
    ),
    (
        "lag(senior.balance + 1, 1, 0)",
        AMOUNT,
        "here: expected a quantity of an object, found `senior.balance + 1` (at character 5 of the formula)",
    ),
    (
        "lag(opening.senior.balance, 1, 0)",
        AMOUNT,
        "here: expected a quantity of an object, found `opening.senior.balance`; write the quantity without `opening` (at character 5 of the formula)",
    ),
    (
        "trailing_sum(tests.coverage.failing, 2)",
        None,
        "here: expected a quantity that is not a flag, found `tests.coverage.failing` (at character 14 of the formula)",
    ),
    (
        "forward_sum(senior.balance, 2)",
        AMOUNT,
        "here: expected a scheduled quantity of a note, such as `senior.scheduled_debt_service`, found `senior.balance` (at character 13 of the formula)",
    ),
    (
        "forward_sum(tower.rent, 2)",
        AMOUNT,
        "here: expected a scheduled quantity of a note, such as `senior.scheduled_debt_service`, found `tower.rent` (at character 13 of the formula)",
    ),
    (
        "upkeep.shortfall",
        AMOUNT,
        "here: expected a quantity of an outgoing cashflow: `amount`, `due` or `paid`, found `shortfall`; shortfalls are known at the close of a date only; read `due` (at character 8 of the formula)",
    ),
    (
        "grant.due",
        AMOUNT,
        "here: expected a quantity of an incoming cashflow: `amount`, found `due`; nothing is due of what comes in; read `grant.amount` (at character 7 of the formula)",
    ),
    (
        "revenue.target",
        AMOUNT,
        "here: expected a quantity of an account without target: `balance`, found `target`; add `accounts.revenue.target` (at character 9 of the formula)",
    ),
    (
        "1 < 2 < 3",
        FLAG,
        "here: expected one comparison, found `<`; join two comparisons with `and` (at character 7 of the formula)",
    ),
    ("1 +", AMOUNT, "here: expected a value, found the end of the formula (at character 4 of the formula)"),
    ("(1", AMOUNT, "here: expected an operator or `)`, found the end of the formula (at character 3 of the formula)"),
    (
        "1)",
        AMOUNT,
        "here: expected an operator or the end of the formula, found `)`; drop it (at character 2 of the formula)",
    ),
    ("1 2", AMOUNT, "here: expected an operator or the end of the formula, found `2` (at character 3 of the formula)"),
    ("min(1,", AMOUNT, "here: expected a value, found the end of the formula (at character 7 of the formula)"),
    (
        "senior.",
        AMOUNT,
        "here: expected a name after the point, found the end of the formula (at character 8 of the formula)",
    ),
    ("senior.5", AMOUNT, "here: expected a name after the point, found `5` (at character 8 of the formula)"),
    ("a = b", FLAG, "here: expected a formula, found `=`; compare with `==` (at character 3 of the formula)"),
    ("5%", NUMBER, "here: expected a formula, found `%`; write 6.5% as 0.065 (at character 2 of the formula)"),
    (
        "a && b",
        FLAG,
        "here: expected a formula, found `&`; write `and`, `or` and `not` (at character 3 of the formula)",
    ),
    ("senior.balance ? 1", AMOUNT, "here: expected a formula, found `?` (at character 16 of the formula)"),
    ("é", AMOUNT, "here: expected a formula, found `é` (at character 1 of the formula)"),
    (
        "senioor.balance + junioor.balance",
        AMOUNT,
        "here: expected a lease, contract, fleet, borrowing base, cashflow, account, fee, note, equity, ledger, tax, facility, swap, cap or asset, found `senioor`; did you mean `senior`? (at character 1 of the formula)\nhere: expected a lease, contract, fleet, borrowing base, cashflow, account, fee, note, equity, ledger, tax, facility, swap, cap or asset, found `junioor`; did you mean `junior`? (at character 19 of the formula)",
    ),
];

#[test]
fn every_tree_is_typed_as_the_rules_say() {
    let deal = deal();
    for (text, unit, tree) in TREES {
        assert_eq!(said(text, *unit, &deal), *tree, "{text}");
    }
}

#[test]
fn every_error_is_pinned() {
    let deal = deal();
    for (text, unit, message) in ERRORS {
        assert_eq!(said(text, *unit, &deal), *message, "{text}");
    }
}

#[test]
fn deep_formulas_are_errors_and_not_a_full_stack() {
    let deal = deal();
    for text in ["(".repeat(100_000), "-".repeat(100_000), "not ".repeat(100_000), "min(".repeat(100_000)] {
        let problems = parse(&formula(&text), &deal, None).expect_err("too deep");
        assert_eq!(problems[0].expected, "at most 64 levels of nesting", "{}", &text[..4]);
    }
    for chain in [vec!["senior.balance"; 256].join(" + "), format!("{}1{}", "abs(-(".repeat(21), "))".repeat(21))] {
        assert!(parse(&formula(&chain), &deal, AMOUNT).is_ok(), "{chain}");
    }
    let chain = vec!["1"; 100_000].join(" + ");
    let problems = parse(&formula(&chain), &deal, None).expect_err("too long");
    assert_eq!(problems[0].expected, "at most 256 operators in a chain");
}

#[test]
fn nesting_costs_no_more_than_its_size() {
    let text = format!("{}1{}", "1 + inputs.rent_factor * (".repeat(64), ")".repeat(64));
    assert!(parse(&formula(&text), &deal(), NUMBER).is_ok());
}
