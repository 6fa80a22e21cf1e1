//! Law: division by a constant through its reciprocal equals big-integer arithmetic.

use crate::checker::{agrees, expected};
use crate::generator::{LIMIT, Random, boundary, in_range, solve, triple};
use cashfall::basics::Rounding;
use cashfall::lanes::{CONSTANT_QUOTIENT_LIMIT, Cpu, mul_div_constant_signed_slices, mul_div_constant_slices};

const PER_CONSTANT: usize = 61;

/// Values to multiply by `b / c`: of any size, at rounding boundaries, and around the quotients 2^49, 2^51 and 2^52.
fn values(random: &mut Random, b: i64, c: i64) -> Vec<i64> {
    let mut values = Vec::with_capacity(PER_CONSTANT);
    while values.len() < PER_CONSTANT {
        let target = boundary(random, c);
        let solved = if random.coin() { solve(b, target, c) } else { None };
        values.push(match solved {
            Some(a) => in_range(a + c * random.below((LIMIT - 1 - a) / c + 1)),
            None if random.coin() => around_quotient(random, b, c),
            None => random.any_size(),
        });
    }
    values
}

fn around_quotient(random: &mut Random, b: i64, c: i64) -> i64 {
    let quotient = (1i128 << (49 + random.below(4))) - i128::from(random.below(1 << 20)) + (1 << 10);
    let a = quotient * i128::from(c) / i128::from(b.max(1));
    i64::try_from(a).map_or(LIMIT - 1, in_range)
}

fn check(seed: u64, n_constants: usize) {
    let mut random = Random::new(seed);
    let mut out = [0.0; PER_CONSTANT];
    for _ in 0..n_constants {
        let (_, b, c) = triple(&mut random);
        let integers = values(&mut random, b, c);
        let lanes: Vec<f64> = integers.iter().map(|&a| a as f64).collect();
        for rounding in Rounding::ALL {
            let want: Vec<i128> = integers.iter().map(|&a| expected(rounding, a, b, c)).collect();
            for cpu in Cpu::available() {
                mul_div_constant_slices(cpu, rounding, &lanes, b as f64, c as f64, &mut out);
                for ((&got, &want), a) in out.iter().zip(&want).zip(&integers) {
                    let bounded = (want as f64) < CONSTANT_QUOTIENT_LIMIT;
                    let right = if bounded { agrees(got, want) } else { got >= CONSTANT_QUOTIENT_LIMIT };
                    assert!(right, "{} {rounding:?}: {a} * {b} / {c} gives {got}, not {want}", cpu.name());
                }
            }
        }
    }
}

#[test]
fn division_by_a_constant_equals_wide_integers_on_three_million_triples() {
    check(11, 3_000_000 / PER_CONSTANT);
}

#[test]
fn signed_division_by_a_constant_equals_wide_integers_in_the_full_range() {
    let mut random = Random::new(12);
    let mut out = [0.0; PER_CONSTANT];
    for _ in 0..20_000 {
        let (_, b, c) = triple(&mut random);
        let b = random.sign(b);
        let integers: Vec<i64> = values(&mut random, b.abs(), c).into_iter().map(|a| random.sign(a)).collect();
        let lanes: Vec<f64> = integers.iter().map(|&a| a as f64).collect();
        for (rounding, cpu) in
            Rounding::ALL.into_iter().flat_map(|r| Cpu::available().into_iter().map(move |cpu| (r, cpu)))
        {
            mul_div_constant_signed_slices(cpu, rounding, &lanes, b as f64, c as f64, &mut out);
            for (&got, &a) in out.iter().zip(&integers) {
                let want = expected(rounding, a, b, c);
                assert!(agrees(got, want), "{} {rounding:?}: {a} * {b} / {c} gives {got}, not {want}", cpu.name());
            }
        }
    }
}
