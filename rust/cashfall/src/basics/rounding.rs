//! Rounding a ratio of integers to an integer, once.
//!
//! These are the scalar forms, exact by wide integers; [`crate::lanes`] holds the vector forms and is tested against
//! these.

use num_bigint::{BigInt, BigUint, Sign};

/// The rule by which a deal rounds every product and quotient.
///
/// All three are odd: `R(-x) = -R(x)`.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash, Default)]
pub enum Rounding {
    /// To the nearest integer, a half away from zero.
    #[default]
    HalfUp,
    /// To the nearest integer, a half to the even neighbour.
    HalfEven,
    /// Towards zero.
    Down,
}

impl Rounding {
    /// Every rule, in the order of the documentation.
    pub const ALL: [Rounding; 3] = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Down];

    /// The name that a deal document uses.
    pub fn name(self) -> &'static str {
        match self {
            Rounding::HalfUp => "half_up",
            Rounding::HalfEven => "half_even",
            Rounding::Down => "down",
        }
    }

    /// The rule of that name.
    pub fn from_name(name: &str) -> Option<Rounding> {
        Rounding::ALL.into_iter().find(|rounding| rounding.name() == name)
    }

    /// `R(a·b / c)`.
    ///
    /// # Panics
    ///
    /// If `c` is zero, or if the result leaves `i64` (which it cannot while it is in range).
    pub fn mul_div(self, a: i64, b: i64, c: i64) -> i64 {
        let result = self.divide(i128::from(a) * i128::from(b), i128::from(c));
        i64::try_from(result).expect("a rounded quotient within i64")
    }

    /// `R(numerator / denominator)`.
    ///
    /// # Panics
    ///
    /// If the denominator is zero, or for `i128::MIN / -1`.
    pub fn divide(self, numerator: i128, denominator: i128) -> i128 {
        let quotient = numerator / denominator;
        let remainder = (numerator % denominator).unsigned_abs();
        let rest = denominator.unsigned_abs() - remainder;
        let away = match self {
            Rounding::HalfUp => remainder >= rest,
            Rounding::HalfEven => remainder > rest || (remainder == rest && quotient & 1 == 1),
            Rounding::Down => false,
        };
        let negative = (numerator < 0) != (denominator < 0);
        match (away, negative) {
            (false, _) => quotient,
            (true, false) => quotient + 1,
            (true, true) => quotient - 1,
        }
    }

    /// `R(numerator / denominator)` on integers of any size.
    ///
    /// # Panics
    ///
    /// If the denominator is zero.
    pub fn divide_big(self, numerator: &BigInt, denominator: &BigInt) -> BigInt {
        let (n, d) = (numerator.magnitude(), denominator.magnitude());
        let quotient = n / d;
        let remainder = n - &quotient * d;
        let rest = d - &remainder;
        let away = match self {
            Rounding::HalfUp => remainder >= rest,
            Rounding::HalfEven => remainder > rest || (remainder == rest && quotient.bit(0)),
            Rounding::Down => false,
        };
        let magnitude = if away { quotient + BigUint::from(1u32) } else { quotient };
        let sign = if numerator.sign() == denominator.sign() { Sign::Plus } else { Sign::Minus };
        BigInt::from_biguint(sign, magnitude)
    }
}
