//! What must hold of any text that is given as a deal document or as a formula: nothing panics, every error has a place within the
//! text, and a deal that is accepted compiles, runs and says the same again in its canonical form.

use cashfall::deal::{Deal, DealError, Document};
use cashfall::plan::{Demand, Plan};
use cashfall::run::{RunOptions, run};
use cashfall::scenario::Scenarios;

/// Longer grids are compiled but not run.
const MOST_DATES: usize = 200;

/// Check a text as TOML and as JSON.
pub fn check_document(text: &str) {
    check(text, Document::from_toml(text, "deal.toml"));
    check(text, Document::from_json(text, "deal.json", true));
}

/// Check a text as a formula of an amount, and as one of a flag.
pub fn check_formula(text: &str) {
    let document = Document::from_toml(FORMULA_DEAL, "deal.toml").expect("the deal around a formula is sound");
    for path in ["accounts.reserve.target.formula", "waterfalls.normal[0].transfer.limit.cap", "waterfalls.normal[0].when"] {
        let Ok(changed) = document.replace(path, &json_text(text)) else { continue };
        match changed.deal() {
            Ok(deal) => check_deal(&changed, &deal),
            Err(error) => check_error(&error, None),
        }
    }
}

fn check(text: &str, document: Result<Document, DealError>) {
    let read = document.and_then(|document| document.deal().map(|deal| (document, deal)));
    match read {
        Ok((document, deal)) => check_deal(&document, &deal),
        Err(error) => check_error(&error, Some(text)),
    }
}

/// A deal that is accepted says the same in its canonical form, compiles or says why not, and runs its base case.
fn check_deal(document: &Document, deal: &Deal) {
    let canonical = document.canonical_json();
    let again = Document::from_json(&canonical, "again", false).expect("the canonical form is JSON");
    assert_eq!(again.canonical_json(), canonical, "the canonical form is its own");
    assert!(again.deal().is_ok(), "the canonical form of a deal is a deal");
    match Plan::compile(deal, "deal") {
        Ok(plan) if plan.model().dates.len() <= MOST_DATES => {
            let metrics = (0..plan.metrics().len()).collect();
            let lowered = plan.lowered(&Demand { outputs: Vec::new(), metrics, trace: false });
            let options = RunOptions { threads: 1, ..RunOptions::default() };
            // A deal may be too large to run; that is said and is no defect.
            let _ = run(&plan, &lowered, &Scenarios::base(&plan), options, &mut |_| true);
        }
        Ok(_) => {}
        Err(error) => check_error(&error, None),
    }
}

/// There is at least one problem, each says something, and its place is within the text.
fn check_error(error: &DealError, text: Option<&str>) {
    assert!(!error.problems.is_empty(), "an error has a problem");
    for problem in &error.problems {
        assert!(!problem.expected.is_empty() && !problem.found.is_empty(), "{problem}");
        let (line, column) = (problem.place.line as usize, problem.place.column as usize);
        if let Some(text) = text.filter(|_| line > 0) {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            let lines: Vec<&str> = text.split('\n').collect();
            assert!(line <= lines.len(), "line {line} of {}: {problem}", lines.len());
            assert!(column <= lines[line - 1].chars().count() + 2, "column {column}: {problem}");
        }
    }
    assert!(!error.to_string().is_empty());
}

fn json_text(text: &str) -> String {
    let mut written = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => written.extend(['\\', character]),
            control if control < ' ' => written.push_str(&format!("\\u{:04x}", control as u32)),
            other => written.push(other),
        }
    }
    written.push('"');
    written
}

/// A deal with one of everything that a formula may name.
const FORMULA_DEAL: &str = include_str!("../formula.toml");
