//! Exact decimals: text to integers in a unit, with nothing in between.

use std::fmt;

use super::text::Decimal;
use crate::basics::units::{Amount, LIMIT, Number};

/// Why a decimal is not a value of a unit.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum DecimalError {
    /// The text is not a decimal.
    NotADecimal,
    /// It has more decimals than the unit.
    TooManyDecimals(u32),
    /// Its magnitude is 2^52 units or more.
    OutOfRange(u32),
}

impl fmt::Display for DecimalError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecimalError::NotADecimal => write!(formatter, "a decimal"),
            DecimalError::TooManyDecimals(0) => write!(formatter, "a whole number"),
            DecimalError::TooManyDecimals(1) => write!(formatter, "at most 1 decimal"),
            DecimalError::TooManyDecimals(n) => write!(formatter, "at most {n} decimals"),
            DecimalError::OutOfRange(decimals) => {
                write!(formatter, "a magnitude below {}", written(LIMIT, *decimals))
            }
        }
    }
}

impl std::error::Error for DecimalError {}

impl Decimal {
    /// The amount in minor units of a currency with that many decimals.
    pub fn to_amount(&self, decimals: u32) -> Result<Amount, DecimalError> {
        scaled(&self.text, decimals).map(Amount)
    }

    /// The number in units of 1e-9.
    pub fn to_number(&self) -> Result<Number, DecimalError> {
        scaled(&self.text, 9).map(Number)
    }
}

/// A decimal's parts: `negative`, digits without zeros at either end, and the power of ten of the last digit.
pub(crate) fn parts(text: &str) -> Option<(bool, String, i64)> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_end_matches('0');
    let power = i64::from(exponent) - fraction.len() as i64 + (digits.len() - significant.len()) as i64;
    let significant = significant.trim_start_matches('0');
    let power = if significant.is_empty() { 0 } else { power };
    Some((text.starts_with('-') && !significant.is_empty(), significant.to_owned(), power))
}

/// The value of a decimal in units of `10^-decimals`, exactly.
pub(crate) fn scaled(text: &str, decimals: u32) -> Result<i64, DecimalError> {
    let (negative, digits, power) = parts(text).ok_or(DecimalError::NotADecimal)?;
    let zeros = power + i64::from(decimals);
    if zeros < 0 {
        return Err(DecimalError::TooManyDecimals(decimals));
    }
    if digits.is_empty() {
        return Ok(0);
    }
    if digits.len() as i64 + zeros > 16 {
        return Err(DecimalError::OutOfRange(decimals));
    }
    let magnitude = digits.parse::<i64>().map_err(|_| DecimalError::OutOfRange(decimals))? * 10_i64.pow(zeros as u32);
    if magnitude >= LIMIT {
        return Err(DecimalError::OutOfRange(decimals));
    }
    Ok(if negative { -magnitude } else { magnitude })
}

/// An integer in units of `10^-decimals` as people write it: `45,035,996,273,704.96`.
pub(crate) fn written(value: i64, decimals: u32) -> String {
    let power = 10_u64.pow(decimals);
    let magnitude = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let whole = grouped(magnitude / power);
    match decimals {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{:0width$}", magnitude % power, width = decimals as usize),
    }
}

fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number in units of 1e-9 as people write it, without zeros at its end: `0.065`.
pub(crate) fn number_written(value: i64) -> String {
    let text = written(value, 9).replace(',', "");
    let text = text.trim_end_matches('0');
    text.strip_suffix('.').map_or_else(|| text.to_owned(), |whole| format!("{whole}.0"))
}
