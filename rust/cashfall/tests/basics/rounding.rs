use crate::Random;
use cashfall::basics::Rounding;
use num_bigint::BigInt;

#[test]
fn names_there_and_back() {
    for (rounding, name) in Rounding::ALL.into_iter().zip(["half_up", "half_even", "down"]) {
        assert_eq!(rounding.name(), name);
        assert_eq!(Rounding::from_name(name), Some(rounding));
    }
    assert_eq!(Rounding::from_name("up"), None);
}

#[test]
fn every_rounding_of_small_ratios() {
    // n, and R(n / 4) under half_up, half_even, down
    let quarters = [
        (0, [0, 0, 0]),
        (1, [0, 0, 0]),
        (2, [1, 0, 0]),
        (3, [1, 1, 0]),
        (4, [1, 1, 1]),
        (6, [2, 2, 1]),
        (10, [3, 2, 2]),
    ];
    for (n, expected) in quarters {
        for (rounding, want) in Rounding::ALL.into_iter().zip(expected) {
            assert_eq!(rounding.divide(n, 4), want, "{rounding:?} {n}/4");
            assert_eq!(rounding.divide(-n, 4), -want, "odd");
            assert_eq!(rounding.divide(n, -4), -want, "negative divisor");
            assert_eq!(rounding.divide(-n, -4), want);
        }
    }
}

#[test]
fn products_are_exact_and_signed() {
    assert_eq!(Rounding::HalfUp.mul_div(2_729_384_900_000, 65_810_000 * 39, 360_000_000_000), 19_458_922_196);
    assert_eq!(Rounding::HalfUp.mul_div(-5, 1, 2), -3);
    assert_eq!(Rounding::HalfEven.mul_div(-5, 1, 2), -2);
    assert_eq!(Rounding::Down.mul_div(5, -1, 2), -2);
    assert_eq!(Rounding::HalfUp.mul_div(i64::MAX, i64::MAX, i64::MAX), i64::MAX);
}

#[test]
fn big_integers_agree_with_small_ones() {
    let mut random = Random(3);
    for _ in 0..100_000 {
        let shift = random.below(100) as u32;
        let numerator = (i128::from(random.bits() as i64) * i128::from(random.bits() as i64)) >> shift;
        let half = i128::from(random.bits() as i64 >> random.below(63)).max(1);
        let numerator = if random.below(3) == 0 { numerator / half * half } else { numerator };
        let denominator = if random.below(2) == 0 { 2 * half } else { -half };
        for rounding in Rounding::ALL {
            let small = rounding.divide(numerator, denominator);
            let big = rounding.divide_big(&BigInt::from(numerator), &BigInt::from(denominator));
            assert_eq!(big, BigInt::from(small), "{rounding:?} {numerator} / {denominator}");
        }
    }
}
