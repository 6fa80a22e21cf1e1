//! Documents: TOML and JSON are one, values can be replaced, and the schema follows the declarations.

use cashfall::basics::units::{Amount, Number};
use cashfall::deal::model::{Amortisation, BaseRent, Coupon, Schedule, Verb};
use cashfall::deal::{Deal, Document, json_schema, typed_dicts};

const TOML: &str = include_str!("deals/two_notes.toml");

fn document() -> Document {
    Document::from_toml(TOML, "two_notes.toml").expect("the good document")
}

#[test]
fn values_are_read_exactly_and_in_order() {
    let deal = document().deal().expect("the good deal");
    assert_eq!(deal.deal.decimals, 2);
    let senior = deal.notes.get("senior").expect("a note");
    assert_eq!(senior.original_balance.value, Amount(100_000_000));
    let Coupon::Fixed(coupon) = &senior.coupon.value else { panic!("a fixed coupon") };
    assert_eq!(coupon.rate, Number(50_000_000));
    assert!(
        matches!(&senior.amortisation.value, Amortisation::Level(level) if level.first_date.to_string() == "2025-10-15")
    );
    assert!(matches!(deal.leases[0].base_rent, BaseRent::PerDate(Amount(25_000_000))));
    let amounts = deal.cashflows.get("upkeep").and_then(|cashflow| cashflow.amounts.as_ref()).expect("listed amounts");
    assert_eq!(amounts[1].1, Amount(1_200_050));
    let names: Vec<&str> = deal.notes.iter().map(|(name, _)| name.text.as_str()).collect();
    assert_eq!(names, ["senior", "junior"]);
    assert!(matches!(&deal.schedules[0], Schedule::Regular(regular) if regular.months == 3 && regular.day.is_none()));
    let normal = deal.waterfalls.get("normal").expect("a waterfall");
    assert_eq!(normal[8].name.as_deref(), Some("dividend"));
    assert_eq!(normal[8].place.path, "waterfalls.normal[8]");
    assert!(
        matches!(&normal[6].verb, Verb::PayPrincipal(step) if step.limit.as_ref().is_some_and(|limit| limit.cap.is_some()))
    );
}

#[test]
fn places_point_into_the_text() {
    let deal = document().deal().expect("the good deal");
    let place = &deal.notes.get("junior").expect("a note").maturity_date.place;
    assert_eq!((place.path.as_str(), place.line, place.column), ("notes.junior.maturity_date", 70, 17));
    let step = &deal.waterfalls.get("normal").expect("a waterfall")[8];
    let when = step.when.as_ref().expect("a condition").place_at(4);
    assert_eq!(
        TOML.lines().nth(when.line as usize - 1).map(|line| &line[when.column as usize - 1..][..14]),
        Some("tests.coverage")
    );
}

#[test]
fn formulas_over_several_lines_keep_their_columns() {
    let text = TOML.replace("\"1000\"", "\"\"\"\n  1000\n  + trapp.balance\"\"\"");
    let error = Deal::from_toml(&text, "d.toml").expect_err("a misspelt account").to_string();
    assert!(error.ends_with("did you mean `trap`? (d.toml:108:5)"), "{error}");
}

#[test]
fn toml_and_json_give_one_canonical_document() {
    let canonical = document().canonical_json();
    let json = Document::from_json(&canonical, "document", false).expect("its own JSON");
    assert_eq!(json.canonical_json(), canonical);
    assert!(json.deal().is_ok());
    assert!(canonical.starts_with("{\"accounts\":{\"reserve\":{\"opening_balance\":50000,"));
}

#[test]
fn spelling_of_numbers_does_not_matter() {
    let canonical = |number: &str| {
        Document::from_json(&format!("{{\"x\": {number}}}"), "document", false).expect("JSON").canonical_json()
    };
    for (written, plain) in [
        ("1e-05", "0.00001"),
        ("2.7293849e10", "27293849000"),
        ("27293849000.0", "27293849000"),
        ("-0.0", "0"),
        ("0.10", "0.1"),
        ("-12.50", "-12.5"),
        ("1E+2", "100"),
        ("NaN", "\"NaN\""),
    ] {
        assert_eq!(canonical(written), format!("{{\"x\":{plain}}}"));
    }
}

#[test]
fn numbers_as_python_writes_them_are_exact() {
    let json = document().canonical_json();
    let json = json
        .replace("\"original_balance\":1000000", "\"original_balance\":1.0e6")
        .replace("\"rate\":0.05", "\"rate\":5e-02");
    let deal = Deal::from_json(&json, "document", false).expect("the same deal");
    assert_eq!(deal.notes.get("senior").expect("a note").original_balance.value, Amount(100_000_000));
}

#[test]
fn a_value_can_be_replaced_by_its_path() {
    let rate = |document: &Document| {
        let deal = document.deal().expect("a good deal");
        let Coupon::Fixed(coupon) = &deal.notes.get("senior").expect("a note").coupon.value else {
            panic!("a fixed coupon")
        };
        coupon.rate
    };
    let changed = document().replace("notes.senior.coupon.fixed.rate", "0.07").expect("a path that is there");
    assert_eq!(rate(&changed), Number(70_000_000));
    assert_eq!(rate(&document()), Number(50_000_000));
    let limited = changed.replace("waterfalls.normal[2].pay_interest.limit", "{\"cap\": \"5\"}").expect("a new key");
    let deal = limited.deal().expect("a good deal");
    assert!(deal.waterfalls.get("normal").expect("a waterfall")[2].verb.limit().is_some());
}

#[test]
fn a_path_that_leads_nowhere_is_an_error() {
    let said = |path: &str, json: &str| match document().replace(path, json) {
        Ok(changed) => changed.deal().expect_err("an unknown key").to_string(),
        Err(error) => error.to_string(),
    };
    for (path, json, message) in [
        (
            "notes.seniro.coupon",
            "1",
            "notes.seniro: expected a key that is there, found `seniro`; did you mean `senior`?",
        ),
        (
            "taxes.income.rate",
            "0.2",
            "taxes: expected a key that is there, found `taxes`; there is no `taxes`: set it whole, as only the last key \
             of a path may be new",
        ),
        ("deal[0]", "1", "deal[0]: expected a key: this is a table, found [0]"),
        ("notes[1].coupon", "1", "notes[1]: expected a key: this is a table, found [1]"),
        ("deal.title", "null", "deal.title: expected a string, found null; leave the key out to take its default"),
        ("deal.name", "", "deal.name: expected valid JSON, found an error of syntax: no text"),
        ("waterfalls.normal[9]", "{}", "waterfalls.normal[9]: expected a position below 9, found [9]"),
        (
            "waterfalls.normal.limit",
            "1",
            "waterfalls.normal.limit: expected a position such as `[0]`: this is a list, found `limit`",
        ),
        ("deal.name.first", "1", "deal.name.first: expected no more of a path: this is \"two_notes\", found `first`"),
        ("notes..x", "1", "notes..x: expected a path such as `notes.senior.coupon.fixed.rate`, found `notes..x`"),
        ("deal.name", "tru", "deal.name: expected valid JSON, found an error of syntax: Unexpected word"),
        ("notes.senior.coupn", "1", "notes.senior.coupn: expected a known key, found `coupn`; did you mean `coupon`?"),
        (
            "notes.senior.coupon.fixed.rate",
            "7",
            "notes.senior.coupon.fixed.rate: expected a rate below 1.0 (6.5% is 0.065), found 7",
        ),
    ] {
        assert_eq!(said(path, json), format!("two_notes.toml: 1 problem\n{message}"), "{path}");
    }
}

#[test]
fn json_errors_have_lines() {
    let said = |text: &str| Deal::from_json(text, "d.json", true).expect_err("wrong JSON").to_string();
    assert_eq!(
        said("{\n  \"deal\": {},\n  \"deal\": {}\n}"),
        "d.json: 1 problem\ndeal: expected each key once, found `deal` again (d.json:3:3)"
    );
    for (text, line, column) in [("{\"deal\": 1,}", 1, 11), ("", 1, 1), ("{} // x", 1, 4), ("[1] 2", 1, 5)] {
        let message = said(text);
        assert!(message.contains("expected valid JSON, found an error of syntax: "), "{message}");
        assert!(message.ends_with(&format!("(d.json:{line}:{column})")), "{message}");
    }
    assert_eq!(said(" "), "d.json: 1 problem\nexpected valid JSON, found an error of syntax: no text (d.json:1:1)");
    let json = document().canonical_json().replace("\"currency\":\"USD\"", "\"currency\":null");
    let null = "deal.currency: expected three capitals such as USD, found null; leave the key out to take its default";
    let error = Deal::from_json(&json, "d.json", false).expect_err("null");
    assert_eq!(error.to_string(), format!("d.json: 1 problem\n{null}"));
    let deep = "[".repeat(200_000);
    assert!(said(&deep).contains("expected valid JSON"));
    assert!(Deal::from_toml(&format!("x = {deep}"), "d.toml").is_err());
}

#[test]
fn whatever_stands_in_a_document_is_read_without_panic() {
    let junk = [
        "null",
        "1",
        "-1",
        "1e400",
        "\"\"",
        "\"x\"",
        "[]",
        "[[]]",
        "[1, 2]",
        "{}",
        "{\"x\": 1}",
        "true",
        "NaN",
        "\"2025-01-15\"",
    ];
    let json = document().canonical_json();
    let mut paths = Vec::new();
    collect(&document().tree, "", &mut paths);
    let whole = Document::from_json(&json, "document", false).expect("its own JSON");
    for path in &paths {
        for value in junk {
            let _ = whole.replace(path, value).expect("a path that is there").deal();
        }
    }
    assert!(paths.len() > 150);
}

fn collect(node: &cashfall::deal::tree::Node, path: &str, paths: &mut Vec<String>) {
    use cashfall::deal::tree::Value;
    if !path.is_empty() {
        paths.push(path.to_owned());
    }
    match &node.value {
        Value::Table(entries) => {
            for entry in entries {
                let below = if path.is_empty() { entry.key.clone() } else { format!("{path}.{}", entry.key) };
                collect(&entry.node, &below, paths);
            }
        }
        Value::List(nodes) => {
            nodes.iter().enumerate().for_each(|(i, node)| collect(node, &format!("{path}[{i}]"), paths));
        }
        _ => {}
    }
}

#[test]
fn every_key_that_goes_is_missed_or_has_a_default() {
    use cashfall::deal::tree::{Node, Value};
    fn drop_each(node: &Node, visit: &mut dyn FnMut(Node)) {
        let Value::Table(entries) = &node.value else { return };
        for i in 0..entries.len() {
            let mut fewer = entries.clone();
            fewer.remove(i);
            visit(Node { value: Value::Table(fewer), ..node.clone() });
            drop_each(&entries[i].node, &mut |child| {
                let mut changed = entries.clone();
                changed[i].node = child;
                visit(Node { value: Value::Table(changed), ..node.clone() });
            });
        }
    }
    let whole = document();
    let mut n_errors = 0;
    drop_each(&whole.tree, &mut |tree| {
        let document = Document { tree, name: whole.name.clone() };
        if let Err(error) = document.deal() {
            assert!(error.problems.len() < 30, "{error}");
            n_errors += 1;
        }
    });
    assert!(n_errors > 60);
}

#[test]
fn the_schema_is_json_and_names_every_object() {
    let schema = json_schema();
    let document = Document::from_json(&schema, "schema", true).expect("JSON");
    let definitions = document.tree.get("$defs").and_then(|node| node.entries()).expect("definitions");
    let names: Vec<&str> = definitions.iter().map(|entry| entry.key.as_str()).collect();
    for name in ["Deal", "Terms", "Note", "Coupon", "Step", "Verb", "PayFee", "Limit"] {
        assert!(names.contains(&name), "{name}");
    }
    assert!(schema.contains("\"rate\": {\"description\": \"The rate a year.\", \"type\": \"number\", \"minimum\": 0, \"exclusiveMaximum\": 1}"));
}

#[test]
fn the_typed_dicts_say_what_is_required() {
    let source = typed_dicts();
    for part in [
        "class Note(TypedDict, total=False):",
        "    original_balance: Required[Number]",
        "    rounding_unit: NotRequired[Number]",
        "    day_count: Required[Literal[\"30/360_bond_basis\",",
        "        \"from\": Required[list[str]],",
        "        \"pay_fee\": NotRequired[PayFee],",
        "    waterfalls: NotRequired[dict[str, list[Step]]]",
    ] {
        assert!(source.contains(part), "{part}\n{source}");
    }
}

#[test]
fn a_byte_order_mark_is_no_text() {
    let json = document().canonical_json();
    let marked = Document::from_json(&format!("\u{feff}{json}"), "document", true).expect("a marked JSON text");
    assert_eq!(marked.canonical_json(), json);
    let marked = Document::from_toml(&format!("\u{feff}{TOML}"), "document").expect("a marked TOML text");
    assert_eq!(marked.canonical_json(), json);
}

/// Each target reads the next one twice: as many ways through them as 2 to the power of their number.
#[test]
fn targets_that_read_each_other_often_are_checked_soon() {
    let target = |i: usize| match i {
        39 => "target = { formula = \"senior.balance\" }".to_owned(),
        _ => format!("target = {{ formula = \"a{}.target + a{}.target\" }}", i + 1, i + 1),
    };
    let accounts: String = (0..40).map(|i| format!("[accounts.a{i}]\n{}\n", target(i))).collect();
    let text = TOML.replace("[fees.servicing]", &format!("{accounts}\n[fees.servicing]"));
    Deal::from_toml(&text, "two_notes.toml").expect("no circle");
    let circle = text.replace("formula = \"senior.balance\"", "formula = \"a0.target\"");
    let error = Deal::from_toml(&circle, "two_notes.toml").expect_err("a circle");
    assert_eq!(error.problems.len(), 40);
}
