//! Interest, rounded once.

use super::day_count::Fraction;
use super::rounding::Rounding;
use super::units::{Amount, LIMIT, NUMBER_SCALE, Number};
use num_bigint::BigInt;

/// Interest of one period on a constant balance: `R(balance · rate · n / (1e9 · d))`, `n/d` the day-count fraction.
///
/// None if the result is out of range.
pub fn interest(rounding: Rounding, balance: Amount, rate: Number, fraction: Fraction) -> Option<Amount> {
    let (n, d) = fraction.to_big();
    let numerator = BigInt::from(balance.0) * rate.0 * n;
    in_range(rounding.divide_big(&numerator, &(d * NUMBER_SCALE)))
}

/// Interest that is rounded per denomination: `(original / unit) · R(balance · rate · n · unit / (1e9 · d · original))`.
///
/// Each note of the denomination `unit` bears the same cents; what the aggregate would have borne beyond that stays in the
/// payment account. None if the result is out of range.
///
/// # Panics
///
/// If `unit` is not positive or does not divide the original balance.
pub fn interest_by_unit(
    rounding: Rounding,
    balance: Amount,
    rate: Number,
    fraction: Fraction,
    unit: Amount,
    original: Amount,
) -> Option<Amount> {
    assert!(unit.0 > 0 && original.0 > 0 && original.0 % unit.0 == 0, "a unit that divides the original balance");
    let (n, d) = fraction.to_big();
    let numerator = BigInt::from(balance.0) * rate.0 * n * unit.0;
    let per_unit = rounding.divide_big(&numerator, &(d * NUMBER_SCALE * original.0));
    in_range(per_unit * (original.0 / unit.0))
}

fn in_range(value: BigInt) -> Option<Amount> {
    i64::try_from(value).ok().filter(|cents| cents.abs() < LIMIT).map(Amount)
}

/// Interest of one period in which balance or rate changes: whole cents and a remainder over one fixed denominator.
///
/// It holds `Σ balance · rate · n / (1e9 · d)` exactly, `n` being each part's count (of days, for most conventions) over the
/// period's denominator `d`, and rounds once, when the period ends.
///
/// # Guarantees
///
/// Splitting a period into parts of the same balance and rate changes no cent.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Accrual {
    /// Whole cents so far, rounded towards minus infinity.
    cents: i64,
    /// From 0 to below the denominator.
    remainder: i64,
    /// `1e9 · d`.
    denominator: i64,
}

impl Accrual {
    /// Begins a period whose parts are counted over `d`: 360, 365, or 365·366 for `act/act_isda`.
    ///
    /// # Panics
    ///
    /// If `d` is not from 1 to 4,503,599, so that the denominator keeps below 2^52.
    pub fn new(d: i64) -> Accrual {
        assert!((1..LIMIT / NUMBER_SCALE + 1).contains(&d), "a day-count denominator from 1 to 4503599");
        Accrual { cents: 0, remainder: 0, denominator: NUMBER_SCALE * d }
    }

    /// Adds `balance · rate · n / (1e9 · d)`.
    ///
    /// # Panics
    ///
    /// If the whole cents leave `i64`, or the product `i128`: for values in range and `n` below 2^23 neither can happen unless
    /// the rate exceeds 100%.
    pub fn add(&mut self, balance: Amount, rate: Number, n: i64) {
        let product = i128::from(balance.0) * i128::from(rate.0);
        let numerator =
            product.checked_mul(i128::from(n)).expect("an accrual within range") + i128::from(self.remainder);
        let denominator = i128::from(self.denominator);
        let cents = i64::try_from(numerator.div_euclid(denominator)).expect("an accrual within range");
        self.cents = self.cents.checked_add(cents).expect("an accrual within range");
        self.remainder = numerator.rem_euclid(denominator) as i64;
    }

    /// Ends the period: the accrual, rounded once.
    pub fn settle(self, rounding: Rounding) -> Amount {
        let denominator = i128::from(self.denominator);
        let numerator = i128::from(self.cents) * denominator + i128::from(self.remainder);
        Amount(rounding.divide(numerator, denominator) as i64)
    }
}
