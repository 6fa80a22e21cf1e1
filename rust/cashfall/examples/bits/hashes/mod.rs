//! Lines of hashes: one for the arithmetic, one for each reading of a deal. Shared by the example and the test of this name.

mod analytics;
mod arithmetic;
mod deals;
#[allow(dead_code, reason = "not every kind of operand is used here")]
#[path = "../../../tests/lanes/generator.rs"]
mod generator;
mod hash;
mod scenarios;

pub use arithmetic::arithmetic;
pub use deals::deal;
