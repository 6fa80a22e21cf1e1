//! Formulas: text to a typed tree, with every error at its column.
//!
//! [`lex`] makes tokens, [`parse`](mod@parse) the tree of what is written, `resolve` finds the names in the deal, and `units` gives
//! each part its unit and each literal its scale.

pub mod currency;
pub mod expr;
mod groups;
mod lex;
mod literal;
mod parse;
mod resolve;
mod solve;
mod units;
mod walk;

pub use expr::{Expr, ExprKind, Object, Quantity, QuantityRef, Relation, Unit};

use crate::deal::model::Deal;
use crate::deal::{FormulaText, Problem};

/// The typed tree of a formula of the deal.
///
/// `expected` is the unit its place asks for: literals take it, and the whole must have it.
///
/// # Errors
///
/// Every problem of syntax, names and units that can be reached, each at its column.
pub fn parse(formula: &FormulaText, deal: &Deal, expected: Option<Unit>) -> Result<Expr, Vec<Problem>> {
    let syntax = parse::parse(formula).map_err(|problem| vec![problem])?;
    let expr = units::Typer { formula, deal, unknowns: Vec::new() }.typed(&syntax, expected)?;
    if deal.has_several_currencies() {
        currency::currency(&expr, formula, deal).map_err(|problem| vec![problem])?;
    }
    match expected {
        Some(unit) if unit != expr.unit => {
            let found = format!("{} (`{}`)", expr.unit.described(), &formula.text[expr.start..expr.end]);
            Err(vec![Problem::new(&formula.place_at(expr.start), unit.described(), found)])
        }
        _ => Ok(expr),
    }
}

/// The currency of an amount that a formula gives, by its position among those of the deal; none if it has literals only.
pub fn currency(expr: &Expr, formula: &FormulaText, deal: &Deal) -> Option<usize> {
    currency::currency(expr, formula, deal).ok().flatten()
}
