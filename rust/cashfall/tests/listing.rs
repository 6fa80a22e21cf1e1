//! The listing of a plan, whole: `deals/two_notes.listing.txt`.
//!
//! After a change of plans or of their listing run with `CASHFALL_PIN=1`, then read every line of the difference.

use std::path::PathBuf;

use cashfall::deal::Deal;
use cashfall::plan::Plan;

#[test]
fn the_listing_of_a_plan_is_what_is_on_file() {
    let deal = Deal::from_toml(include_str!("deals/two_notes.toml"), "two_notes.toml").expect("a good deal");
    let listing = Plan::compile(&deal, "two_notes.toml").expect("a plan").listing();
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/deals/two_notes.listing.txt");
    if std::env::var_os("CASHFALL_PIN").is_some() {
        std::fs::write(&file, &listing).expect("the file");
    }
    let on_file = std::fs::read_to_string(&file).expect("the listing");
    for (line, (found, expected)) in listing.lines().zip(on_file.lines()).enumerate() {
        assert_eq!(found, expected, "line {}", line + 1);
    }
    assert_eq!(listing.len(), on_file.len());
}

#[test]
fn a_sculpted_note_tells_its_coverage() {
    let sculpted = r#"{ sculpted = { first_date = 2025-10-15, cash_flow = "if(period.index == 3, 0, 240_000)" } }"#;
    let text = include_str!("deals/two_notes.toml")
        .replace("rate = 0.05 ", "rate = 0 ")
        .replace("{ level = { first_date = 2025-10-15 } }", sculpted);
    let deal = Deal::from_toml(&text, "two_notes.toml").expect("a good deal");
    let listing = Plan::compile(&deal, "two_notes.toml").expect("a plan").listing();
    // Five times 240,000.00 on 1,000,000.00 at no interest; on 2026-01-15 nothing is due, which covers it.
    assert!(listing.contains("note senior: 1,000,000.00 at 0, sculpted to 1.2x\n"), "{listing}");
}
