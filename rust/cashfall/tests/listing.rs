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
