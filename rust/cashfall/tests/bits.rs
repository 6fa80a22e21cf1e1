//! The bits of everything computed for the shipped deals are those on file, on every CPU path.
//!
//! SOURCE: `tests/golden/data/bits.txt`, which says how it was made. `tests/arm/run.sh` compares the same lines on another processor.

#[path = "../examples/bits/hashes/mod.rs"]
mod hashes;

use cashfall::lanes::Cpu;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The lines on file whose first word is this.
fn expected(name: &str) -> Vec<String> {
    let path = format!("{ROOT}/tests/golden/data/bits.txt");
    let text = std::fs::read_to_string(&path).expect("the file of expected lines");
    text.lines().filter(|line| line.split(' ').next() == Some(name)).map(str::to_string).collect()
}

fn check_deal(folder: &str, name: &str) {
    for cpu in Cpu::available() {
        let found = hashes::deal(cpu, &format!("{ROOT}/{folder}/{name}.toml")).expect("a good deal");
        assert_eq!(found, expected(name), "the bits of {name} on {}", cpu.name());
    }
}

#[test]
fn the_arithmetic_has_the_bits_on_file() {
    for cpu in Cpu::available() {
        assert_eq!([hashes::arithmetic(cpu)], *expected("arithmetic"), "on {}", cpu.name());
    }
}

#[test]
fn the_sculpted_deal_has_the_bits_on_file() {
    check_deal("python/cashfall/deals", "beignet");
}

#[test]
fn the_level_deal_has_the_bits_on_file() {
    check_deal("python/cashfall/deals", "beignet-level");
}

#[test]
fn the_yardstick_has_the_bits_on_file() {
    check_deal("python/cashfall/deals", "yardstick");
}

#[test]
fn the_deal_with_a_lease_that_ends_early_has_the_bits_on_file() {
    check_deal("python/cashfall/deals", "xai-valor");
}

#[test]
fn the_deal_of_two_notes_has_the_bits_on_file() {
    check_deal("rust/cashfall/tests/deals", "two_notes");
}
