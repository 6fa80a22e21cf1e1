//! Law: values are quantised to the nearest minor unit of their exact value, half away from zero.

use crate::generator::{LIMIT, Random};
use cashfall::lanes::{Cpu, quantise, quantise_slices, to_currency};

/// The nearest integer to the exact `x · scale`, by wide integers; out of range is `None`.
fn expected(x: f64, scale: f64) -> Option<i128> {
    let bits = x.abs().to_bits();
    let biased = (bits >> 52) as i32;
    let fraction = i128::from(bits & ((1 << 52) - 1));
    let significand = if biased == 0 { fraction } else { fraction | 1 << 52 };
    let exponent = biased.max(1) - 1075;
    let product = significand * scale as i128;
    let magnitude = match exponent {
        0.. => return (product == 0).then_some(0),
        -120..0 => (product + (1 << (-exponent - 1))) >> -exponent,
        _ => 0,
    };
    (magnitude < i128::from(LIMIT)).then_some(if x < 0.0 { -magnitude } else { magnitude })
}

fn value(random: &mut Random, scale: f64) -> f64 {
    let near = |x: f64, random: &mut Random| f64::from_bits((x.to_bits() + 2).saturating_sub(random.below(5) as u64));
    let cents = random.any_size() as f64;
    let x = match random.below(6) {
        0 => cents / scale,
        1 => near((cents + 0.5) / scale, random),
        2 => cents / 8.0, // halves of a cent, exactly
        3 => near((LIMIT as f64 - 1.0) / scale, random),
        4 => f64::from_bits(random.bits() >> 1),
        _ => near(0.5 / scale, random),
    };
    if random.coin() { x } else { -x }
}

#[test]
fn quantising_takes_the_nearest_minor_unit_of_the_exact_value() {
    let mut random = Random::new(31);
    for scale in [1.0, 10.0, 100.0, 1e4, 1e9] {
        let x: Vec<f64> = (0..200_003).map(|_| value(&mut random, scale)).collect();
        let mut first: Option<Vec<u64>> = None;
        for cpu in Cpu::available() {
            let mut out = vec![0.0; x.len()];
            quantise_slices(cpu, &x, scale, &mut out);
            for (&x, &got) in x.iter().zip(&out) {
                let right = match expected(x, scale) {
                    _ if !x.is_finite() => got.is_nan(),
                    Some(want) => got.to_bits() == (want as f64).to_bits(),
                    None => got.abs() >= LIMIT as f64 && (got > 0.0) == (x > 0.0),
                };
                assert!(right, "{x:e} * {scale} gives {got} on {}", cpu.name());
            }
            let bits = out.iter().map(|x| if x.is_nan() { 0 } else { x.to_bits() }).collect();
            assert_eq!(first.get_or_insert_with(|| Vec::clone(&bits)), &bits, "the same bits on {}", cpu.name());
        }
    }
}

#[test]
fn quantising_examples() {
    assert_eq!(quantise(1.005, 100.0), 100.0, "the double 1.005 is below 1.005");
    assert_eq!(quantise(0.125, 100.0), 13.0);
    assert_eq!(quantise(-0.125, 100.0), -13.0);
    assert_eq!(quantise(27_293_849_000.0, 100.0), 2_729_384_900_000.0);
    assert_eq!(quantise(0.06581, 1e9), 65_810_000.0);
    assert_eq!(quantise(-0.001, 100.0).to_bits(), 0.0f64.to_bits());
    assert!(quantise(f64::NAN, 100.0).is_nan() && quantise(f64::INFINITY, 100.0).is_nan());
    assert!(quantise(f64::MAX, 1e9) >= LIMIT as f64);
}

#[test]
fn currency_units_come_back_as_the_same_minor_units() {
    let mut random = Random::new(32);
    for _ in 0..1_000_000 {
        let cents = (random.any_size() >> 2) as f64;
        for scale in [1.0, 100.0, 1e4] {
            assert_eq!(quantise(to_currency(cents, scale), scale), cents);
        }
    }
}
