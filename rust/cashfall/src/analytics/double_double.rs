//! Pairs of binary64 numbers that carry about 105 bits, from `+ - * /` alone.
//!
//! The splitting of a product follows Dekker (Numerische Mathematik 18, 1971), the exact sum Knuth (TAOCP 2, 4.2.2).

/// The unevaluated sum `high + low`, `low` at most half a unit in the last place of `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DoubleDouble {
    pub high: f64,
    pub low: f64,
}

/// The sum and its exact rounding error.
const fn two_sum(a: f64, b: f64) -> DoubleDouble {
    let high = a + b;
    let part = high - a;
    DoubleDouble { high, low: (a - (high - part)) + (b - part) }
}

/// As [`two_sum`], where `a` is the larger in magnitude.
const fn ordered_sum(a: f64, b: f64) -> DoubleDouble {
    let high = a + b;
    DoubleDouble { high, low: b - (high - a) }
}

/// The product and its exact rounding error, for magnitudes below 2^970.
const fn two_product(a: f64, b: f64) -> DoubleDouble {
    const SPLIT: f64 = 134_217_729.0; // 2^27 + 1
    let (ta, tb) = (SPLIT * a, SPLIT * b);
    let (ah, bh) = (ta - (ta - a), tb - (tb - b));
    let (al, bl) = (a - ah, b - bh);
    let high = a * b;
    DoubleDouble { high, low: ((ah * bh - high) + ah * bl + al * bh) + al * bl }
}

impl DoubleDouble {
    pub const ONE: Self = Self::new(1.0);

    pub const fn new(value: f64) -> Self {
        Self { high: value, low: 0.0 }
    }

    pub const fn add(self, other: Self) -> Self {
        let high = two_sum(self.high, other.high);
        let low = two_sum(self.low, other.low);
        let first = ordered_sum(high.high, high.low + low.high);
        ordered_sum(first.high, first.low + low.low)
    }

    pub const fn negate(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }

    pub const fn multiply(self, other: Self) -> Self {
        let product = two_product(self.high, other.high);
        ordered_sum(product.high, product.low + (self.high * other.low + self.low * other.high))
    }

    pub const fn scale(self, factor: f64) -> Self {
        self.multiply(Self::new(factor))
    }

    /// The quotient, by long division with three binary64 digits.
    pub const fn divide(self, other: Self) -> Self {
        let first = self.high / other.high;
        let rest = self.add(other.scale(first).negate());
        let second = rest.high / other.high;
        let rest = rest.add(other.scale(second).negate());
        let third = rest.high / other.high;
        let leading = ordered_sum(first, second);
        leading.add(Self::new(third))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_sums_keep_their_rounding_errors() {
        let a = 1.0 + f64::EPSILON;
        let square = two_product(a, a);
        assert_eq!((square.high, square.low), (1.0 + 2.0 * f64::EPSILON, f64::EPSILON * f64::EPSILON));
        let sum = two_sum(1.0, f64::EPSILON / 4.0);
        assert_eq!((sum.high, sum.low), (1.0, f64::EPSILON / 4.0));
    }

    #[test]
    fn a_quotient_multiplied_back_gives_the_dividend() {
        for n in 1..200 {
            let third = DoubleDouble::ONE.divide(DoubleDouble::new(f64::from(n)));
            let back = third.scale(f64::from(n)).add(DoubleDouble::new(-1.0));
            assert!(back.high < 1e-31 && back.high > -1e-31, "{n}: {back:?}");
        }
    }
}
