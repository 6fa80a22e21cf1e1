//! Formulas: text to typed tree.

pub mod expr;
