//! Literals: decimals that have no unit yet. Literal with literal is done in units of 1e-9, with the deal's rounding.

use super::expr::Unit;
use super::parse::{Syntax, SyntaxKind};
use crate::basics::rounding::Rounding;
use crate::basics::units::LIMIT;

const SCALE: i128 = 1_000_000_000;
/// Wide enough for every amount and every product of two, narrow enough that nothing wraps.
const WIDEST: i128 = 1 << 90;

/// Why a literal has no value.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum LiteralError {
    TooManyDecimals,
    OutOfRange,
    DivisorZero,
}

/// The value of a part that has literals only, in units of 1e-9; nothing if it reads a quantity.
pub(crate) fn constant(syntax: &Syntax<'_>, rounding: Rounding) -> Option<Result<i128, (LiteralError, usize)>> {
    let located = |result: Result<i128, LiteralError>, at: usize| result.map_err(|error| (error, at));
    Some(match &syntax.kind {
        SyntaxKind::Literal(text) => located(decimal(text), syntax.start),
        SyntaxKind::Negate(of) => constant(of, rounding)?.map(|value| -value),
        SyntaxKind::Binary(operator, left, right) if matches!(operator.text, "+" | "-" | "*" | "/") => {
            match (constant(left, rounding)?, constant(right, rounding)?) {
                (Ok(left), Ok(right)) => located(apply(operator.text, left, right, rounding), operator.start),
                (Err(error), _) | (_, Err(error)) => Err(error),
            }
        }
        _ => return None,
    })
}

fn decimal(text: &str) -> Result<i128, LiteralError> {
    let text = text.replace('_', "");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 9 {
        return Err(LiteralError::TooManyDecimals);
    }
    let value: i128 = format!("{whole}{fraction:0<9}").parse().map_err(|_| LiteralError::OutOfRange)?;
    if value < WIDEST { Ok(value) } else { Err(LiteralError::OutOfRange) }
}

fn apply(operator: &str, left: i128, right: i128, rounding: Rounding) -> Result<i128, LiteralError> {
    let value = match operator {
        "+" => Some(left + right),
        "-" => Some(left - right),
        "*" => left.checked_mul(right).map(|product| rounding.divide(product, SCALE)),
        _ if right == 0 => return Err(LiteralError::DivisorZero),
        _ => left.checked_mul(SCALE).map(|dividend| rounding.divide(dividend, right)),
    };
    value.filter(|value| value.abs() < WIDEST).ok_or(LiteralError::OutOfRange)
}

/// A literal in a unit; an amount or count must be one exactly.
pub(crate) fn in_unit(value: i128, unit: Unit, decimals: u32) -> Result<i64, LiteralError> {
    let step = match unit {
        Unit::Number => 1,
        Unit::Amount => 10_i128.pow(9 - decimals),
        Unit::Count | Unit::Flag => SCALE,
    };
    if value % step != 0 {
        return Err(LiteralError::TooManyDecimals);
    }
    let units = value / step;
    let in_range = if unit == Unit::Flag { units == 0 || units == 1 } else { units.abs() < i128::from(LIMIT) };
    if in_range { Ok(units as i64) } else { Err(LiteralError::OutOfRange) }
}
