//! Every message of a wrong deal document, whole: `deals/errors.txt` holds the edits of a good deal and what is said.
//!
//! After a change of messages run with `CASHFALL_PIN=1`, then read every line of the difference.

use std::path::PathBuf;

use cashfall::deal::{Deal, Document};
use cashfall::plan::Plan;

const GOOD: &str = include_str!("deals/two_notes.toml");

struct Case {
    name: String,
    edits: Vec<(String, String)>,
    says: String,
}

/// `errors.txt`, and beside it `errors_*.txt` by chapter of the rule book.
fn case_files() -> Vec<PathBuf> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/deals");
    let files = std::fs::read_dir(directory).expect("the deals").map(|entry| entry.expect("a file").path());
    let is_case_file =
        |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("errors"));
    let mut files: Vec<PathBuf> = files.filter(is_case_file).collect();
    files.sort();
    files
}

fn cases(text: &str) -> Vec<Case> {
    let chunks = text.split("=== ").skip(1);
    chunks
        .map(|chunk| {
            let (name, rest) = chunk.split_once('\n').expect("a name");
            let (edits, says) = rest.split_once("--- it says\n").expect("what it says");
            let edits = edits.split("--- instead of\n").skip(1).map(|edit| {
                let (from, to) = edit.split_once("--- write\n").expect("two texts");
                (from[..from.len() - 1].to_owned(), to[..to.len() - 1].to_owned())
            });
            Case { name: name.to_owned(), edits: edits.collect(), says: says.trim_end().to_owned() }
        })
        .collect()
}

fn edited(case: &Case) -> String {
    case.edits.iter().fold(GOOD.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from.as_str()).count(), 1, "{}: {from:?} must stand once", case.name);
        text.replace(from, to)
    })
}

/// What is said of the document where it is read, or else where its plan is made.
fn said(case: &Case) -> String {
    let deal = Deal::from_toml(&edited(case), "two_notes.toml");
    match deal.and_then(|deal| Plan::compile(&deal, "two_notes.toml")) {
        Ok(_) => "nothing".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_good_deal_is_good() {
    if let Err(error) = Deal::from_toml(GOOD, "two_notes.toml") {
        panic!("{error}");
    }
}

#[test]
fn every_message_is_pinned() {
    let n_cases: usize = case_files().into_iter().map(check_file).sum();
    assert!(n_cases >= 80);
}

/// Holds or pins the messages of one file, and says how many there are.
fn check_file(path: PathBuf) -> usize {
    let text = std::fs::read_to_string(&path).expect("the cases");
    let cases = cases(&text);
    let n_cases = cases.len();
    if std::env::var_os("CASHFALL_PIN").is_some() {
        let pinned = cases.iter().map(|case| {
            let edits = case.edits.iter().map(|(from, to)| format!("--- instead of\n{from}\n--- write\n{to}\n"));
            format!("=== {}\n{}--- it says\n{}\n\n", case.name, edits.collect::<String>(), said(case))
        });
        std::fs::write(path, pinned.collect::<String>()).expect("to pin");
        return n_cases;
    }
    for case in cases {
        assert_eq!(said(&case), case.says, "{}", case.name);
    }
    n_cases
}

#[test]
fn a_dict_has_paths_and_no_lines() {
    let json = Document::from_toml(GOOD, "two_notes.toml").expect("the good deal").canonical_json();
    let json = json
        .replace("\"rate\":0.05", "\"rate\":6.5")
        .replace("\"keep_balance\":\"1000\"", "\"keep_balance\":\"1 + x.y\"");
    let error = Deal::from_json(&json, "document", false).expect_err("two problems");
    assert_eq!(
        error.to_string(),
        "document: 2 problems\n\
         notes.senior.coupon.fixed.rate: expected a rate below 1.0 (6.5% is 0.065), found 6.5\n\
         waterfalls.normal[8].distribute.limit.keep_balance: expected a lease, contract, fleet, borrowing base, cashflow, account, fee, note, equity, ledger, tax, facility, swap, cap or asset, \
         found `x` (at character 5 of the formula)"
    );
}
