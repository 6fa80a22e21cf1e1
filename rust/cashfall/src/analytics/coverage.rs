//! Coverage ratios by date.

use super::error::AnalyticsError;

/// Cash flow over debt service on each date, NaN where debt service is zero or less.
///
/// One quotient each: correctly rounded where both are exact (cents).
///
/// # Errors
///
/// Arrays of different length.
pub fn coverage(cash_flow: &[f64], debt_service: &[f64]) -> Result<Vec<f64>, AnalyticsError> {
    if cash_flow.len() != debt_service.len() {
        let (expected, found) = (cash_flow.len(), debt_service.len());
        return Err(AnalyticsError::Lengths { what: "debt_service", expected, found });
    }
    let ratio = |(&cash, &due): (&f64, &f64)| if due > 0.0 { cash / due } else { f64::NAN };
    Ok(cash_flow.iter().zip(debt_service).map(ratio).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_undefined_without_debt_service() {
        let ratios = coverage(&[112.0, 5.0], &[100.0, 0.0]).unwrap();
        assert_eq!(ratios[0], 1.12);
        assert!(ratios[1].is_nan());
        assert!(coverage(&[1.0], &[]).is_err());
    }
}
