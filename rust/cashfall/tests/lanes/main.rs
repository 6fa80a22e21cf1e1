//! The lanes' arithmetic against wide integers, on every CPU path that this machine has.
//!
//! `generator` makes random and adversarial operands, `checker` holds a function against integer arithmetic; the same
//! checker must reject the deliberately wrong functions in `mutants`.

#![allow(clippy::disallowed_methods, reason = "tests compare with the methods that the engine may not use")]

mod checker;
mod comparison;
mod constant;
mod generator;
mod mutants;
mod primitives;
mod quantise;
mod triples;
