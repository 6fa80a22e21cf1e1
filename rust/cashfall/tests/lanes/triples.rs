//! Law: `mul_div` equals big-integer arithmetic, in three roundings and on every CPU path.

use crate::checker::{MulDiv, agrees, check_mul_div, expected};
use crate::generator::{Random, triple};
use cashfall::basics::Rounding;
use cashfall::lanes::{Cpu, mul_div_slices};

fn check_every_cpu(seed: u64, n_triples: usize) {
    let on = |cpu| {
        move |rounding, a: &[f64], b: &[f64], c: &[f64], out: &mut [f64]| mul_div_slices(cpu, rounding, a, b, c, out)
    };
    let functions: Vec<_> = Cpu::available().into_iter().map(|cpu| (cpu.name(), on(cpu))).collect();
    let functions: Vec<(&str, MulDiv)> = functions.iter().map(|(name, function)| (*name, function as MulDiv)).collect();
    check_mul_div(seed, n_triples, &functions).unwrap();
}

#[test]
fn mul_div_equals_wide_integers_on_five_million_triples() {
    check_every_cpu(1, 5_000_000);
}

#[test]
fn mul_div_equals_wide_integers_on_another_two_million_triples() {
    check_every_cpu(2, 2_000_000);
}

#[test]
fn the_scalar_form_equals_wide_integers() {
    let mut random = Random::new(3);
    for _ in 0..1_000_000 {
        let (a, b, c) = triple(&mut random);
        let (a, b) = (random.sign(a), random.sign(b));
        for rounding in Rounding::ALL {
            let want = expected(rounding, a, b, c);
            let divided = rounding.divide(i128::from(a) * i128::from(b), i128::from(c));
            assert_eq!(divided, want, "{rounding:?} {a} * {b} / {c}");
            if let (Ok(want), Ok(_)) = (i64::try_from(want), i64::try_from(-want)) {
                assert_eq!(rounding.mul_div(a, b, c), want);
                assert_eq!(rounding.mul_div(-a, b, c), -want, "odd");
            }
        }
    }
}

#[test]
fn the_checker_accepts_only_plus_zero_and_sees_overflow() {
    assert!(agrees(0.0, 0) && !agrees(-0.0, 0));
    assert!(agrees(4_503_599_627_370_496.0, 1 << 52) && !agrees(4_503_599_627_370_495.0, 1 << 52));
    assert!(!agrees(f64::NAN, 1 << 60) && !agrees(-1e20, 1 << 60));
}
