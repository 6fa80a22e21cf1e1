//! Powers with rational exponents, the same bits everywhere.

use super::double_double::DoubleDouble;

/// Terms of the series of `log` and `exp`: the first left out is below 2^-106 of the result.
const N_LOG_TERMS: usize = 24;
const N_EXP_TERMS: usize = 27;
const SQRT_2: f64 = std::f64::consts::SQRT_2;
const LN_2: DoubleDouble = DoubleDouble { high: std::f64::consts::LN_2, low: 2.319_046_813_846_299_6e-17 };

/// `1 / (2k + 1)`, the coefficients of the inverse hyperbolic tangent.
const ODD_RECIPROCALS: [DoubleDouble; N_LOG_TERMS] = reciprocals(2);
/// `1 / (k + 1)`, the ratios of neighbouring terms of the exponential series.
const RECIPROCALS: [DoubleDouble; N_EXP_TERMS] = reciprocals(1);

#[allow(clippy::cast_precision_loss, reason = "small integers")]
const fn reciprocals<const N: usize>(step: usize) -> [DoubleDouble; N] {
    let mut values = [DoubleDouble::ONE; N];
    let mut k = 0;
    while k < N {
        values[k] = DoubleDouble::ONE.divide(DoubleDouble::new((step * k + 1) as f64));
        k += 1;
    }
    values
}

/// A base above zero, with its logarithm, ready for several powers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Base {
    value: f64,
    log: DoubleDouble,
}

impl Base {
    pub fn new(value: f64) -> Self {
        Self { value, log: log(value) }
    }

    /// `value ^ (numerator / denominator)`; the value itself, unrounded, for an exponent of one.
    #[allow(clippy::cast_precision_loss, reason = "below 2^53 by the range of dates")]
    pub fn power(&self, numerator: i64, denominator: i64) -> f64 {
        if numerator == denominator {
            return self.value;
        }
        let exponent = DoubleDouble::new(numerator as f64).divide(DoubleDouble::new(denominator as f64));
        exp(self.log.multiply(exponent))
    }
}

/// The base raised to `numerator / denominator`.
///
/// `exp(log(base) * numerator / denominator)`, each in a fixed series of double-double numbers, rounded once.
///
/// # Guarantees
///
/// For a base in 2^±64 and a result in 2^±1000 the error is below 0.5001 units in the last place; an exponent of one gives
/// the base. Only `+ - * /` are used: the same bits on every machine. Beyond binary64's range: infinity or zero.
///
/// # Panics
///
/// If the base is not a normal number above zero, or the denominator is zero.
///
/// # Examples
///
/// ```
/// assert_eq!(cashfall::analytics::power(2.25, 1, 2), 1.5);
/// assert_eq!(cashfall::analytics::power(1.5, -2, 1), 1.0 / 2.25);
/// ```
#[must_use]
pub fn power(base: f64, numerator: i64, denominator: i64) -> f64 {
    assert!(base.is_normal() && base > 0.0, "base: expected a normal number above zero, found {base}");
    assert!(denominator != 0, "denominator: expected a number other than zero");
    Base::new(base).power(numerator, denominator)
}

/// `log(x)`: x = 2^e f with f in [√½, √2], and log f = 2 atanh((f-1)/(f+1)).
fn log(x: f64) -> DoubleDouble {
    const MANTISSA: u64 = (1 << 52) - 1;
    let bits = x.to_bits();
    let mut exponent = i32::try_from(bits >> 52).expect("a positive number") - 1023;
    let mut fraction = f64::from_bits((bits & MANTISSA) | (1023 << 52));
    if fraction > SQRT_2 {
        fraction *= 0.5;
        exponent += 1;
    }
    let below = DoubleDouble::new(fraction - 1.0); // exact: the fraction is within a factor 2 of 1
    let above = DoubleDouble::new(fraction).add(DoubleDouble::ONE);
    let ratio = below.divide(above);
    let square = ratio.multiply(ratio);
    let mut sum = ODD_RECIPROCALS[N_LOG_TERMS - 1];
    for coefficient in ODD_RECIPROCALS[..N_LOG_TERMS - 1].iter().rev() {
        sum = sum.multiply(square).add(*coefficient);
    }
    let log_fraction = sum.multiply(ratio).scale(2.0);
    LN_2.scale(f64::from(exponent)).add(log_fraction)
}

/// `exp(t)`: t = k ln 2 + r with |r| at most ½ ln 2, and the series of exp r.
#[allow(clippy::cast_possible_truncation, reason = "|k| is at most 1,100")]
fn exp(t: DoubleDouble) -> f64 {
    if t.high > 709.0 {
        return f64::INFINITY;
    }
    if t.high < -708.0 {
        return 0.0;
    }
    let quotient = t.high / LN_2.high;
    let nearest = (if quotient < 0.0 { quotient - 0.5 } else { quotient + 0.5 }) as i32;
    let rest = t.add(LN_2.scale(f64::from(nearest)).negate());
    let mut sum = DoubleDouble::ONE;
    for reciprocal in RECIPROCALS.iter().rev() {
        sum = sum.multiply(rest).multiply(*reciprocal).add(DoubleDouble::ONE);
    }
    (sum.high + sum.low) * power_of_two(nearest)
}

/// 2^k for -1022 <= k <= 1023.
fn power_of_two(k: i32) -> f64 {
    let biased = u64::try_from(k + 1023).expect("an exponent of a normal number");
    f64::from_bits(biased << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits of the base, numerator, denominator, bits of the power.
    ///
    /// SOURCE: `mpmath` with 400 bits, rounded to nearest; the bases drawn once from 0.8 to 1.4, the rest chosen.
    #[rustfmt::skip]
    const POWERS: &[(u64, i64, i64, u64)] = &[
        (0x3ff03a31a4bdba0a, 29, 90, 0x3ff012a96bd0eca0),
        (0x3ff03a31a4bdba0a, 1, 3, 0x3ff0134e8c273597),
        (0x3ff0000000000000, 7, 9, 0x3ff0000000000000),
        (0x3fe0000000000000, 1, 3, 0x3fe965fea53d6e3d),
        (0x4000000000000000, 1, 2, 0x3ff6a09e667f3bcd),
        (0x3ff8000000000000, -31, 90, 0x3febd433f9be342d),
        (0x3fef5c28f5c28f5c, 8619, 365, 0x3fe3dbfecb176428),
        (0x3ff10d8ec95bff04, 1, 365, 0x3ff000b71d63d39b),
        (0x3ff4000000000000, 92, 365, 0x3ff0ecfa9de56e10),
        (0x4008000000000000, 41, 1, 0x43ffa2a1cf67b5fc),
        (0x3eb0c6f7a0b5ed8d, 5, 7, 0x3f0b27c5f2d8cd92),
        (0x412e848000000000, -5, 7, 0x3f0b27c5f2d8cd92),
        (0x3ff000000006df38, 90, 7, 0x3ff0000000585a87),
        (0x3ff6a09e667f3bcd, 17, 3, 0x401c823e074ec12c),
        (0x3ff6a09e667f3bcc, 17, 3, 0x401c823e074ec125),
        (0x3feffffffff24190, 91, 365, 0x3feffffffffc92cd),
        (0x3fef3997adf39683, 1422, 91, 0x3fe5d0b7e36110e5),
        (0x3fedf83a8975b338, -177, 184, 0x3ff10a9965eceeac),
        (0x3ff138ad19f3755e, 5896, 365, 0x400a4088269b737b),
        (0x3ff1e4dc04ecd8ad, 4926, 90, 0x407c8620f9133f4e),
        (0x3ff5aa346240fe91, 4441, 360, 0x404507c224270e87),
        (0x3fe9cc589a1997af, 1225, 360, 0x3fdebf77649784cc),
        (0x3fef0f1c231992b6, 3578, 184, 0x3fe1e8eb898d96b7),
        (0x3ff616ff1aeb5fa4, 3752, 365, 0x403b88ac7d352099),
        (0x3ff39b9ed32bb67d, 6784, 366, 0x4045ab851c66695c),
        (0x3ff4fe4d779ca9b1, 4956, 90, 0x4147e4a5b566f90d),
        (0x3ff12dd4bff19688, 3718, 91, 0x403243bf6e0a8277),
        (0x3fee5dee9a33441a, 668, 360, 0x3fed093ab56fc343),
        (0x3ff65b257e532e02, 340, 90, 0x400c4eccd874ad08),
        (0x3ff0bade912f6f72, 6142, 91, 0x40344f383807af96),
        (0x3ff031f1a706c8d4, 5139, 90, 0x3ffff6d9a5058814),
        (0x3fed108c2088f71a, 7113, 365, 0x3fc3a13c70649f60),
        (0x3fec1d150d891e35, 7592, 90, 0x3ef2ec54096a1414),
        (0x3fe9fb6ea27a1ed4, 3515, 365, 0x3fc1373a276f21cb),
        (0x3ff58cb7d6652af2, 5900, 90, 0x41b1e7bd5f2d86f0),
        (0x3ff02ce4ddac71c7, 3632, 365, 0x3ff1d549a1f89356),
        (0x3ff3e1128cd420b5, 5428, 365, 0x40393cb5d926674b),
        (0x3ff290b37147815a, 7893, 360, 0x403a0ea7026535f0),
        (0x3fed5f08a6e5d2ad, 2334, 366, 0x3fe28643a6d62541),
        (0x3ff4b30b1f535962, 1477, 360, 0x400702cd8d47e43f),
    ];

    #[test]
    fn powers_are_correctly_rounded() {
        for &(base, numerator, denominator, expected) in POWERS {
            let found = power(f64::from_bits(base), numerator, denominator);
            let base = f64::from_bits(base);
            assert_eq!(found.to_bits(), expected, "{base}^({numerator}/{denominator}) = {found:e}");
        }
    }

    #[test]
    fn powers_beyond_the_range_are_infinite_or_zero() {
        assert_eq!(power(2.0, 2000, 1), f64::INFINITY);
        assert_eq!(power(2.0, -2000, 1), 0.0);
        assert_eq!(power(0.7, 0, 5), 1.0);
    }
}
