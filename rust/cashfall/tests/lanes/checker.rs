//! Holds a vector function against integer arithmetic.

use crate::generator::{LIMIT, Random, triple};
use cashfall::basics::Rounding;

/// `R(a·b / c)` by wide integers, written differently from the library's own.
pub fn expected(rounding: Rounding, a: i64, b: i64, c: i64) -> i128 {
    let product = i128::from(a) * i128::from(b);
    let (n, d) = (product.unsigned_abs(), c as u128);
    let half_up = (2 * n + d) / (2 * d);
    let magnitude = match rounding {
        Rounding::HalfUp => half_up,
        Rounding::HalfEven if (2 * n + d) % (2 * d) == 0 => half_up & !1,
        Rounding::HalfEven => half_up,
        Rounding::Down => n / d,
    };
    magnitude as i128 * product.signum()
}

/// Whether a lane is the expected integer, zero being +0; or, where that is out of range, visibly so and of its sign.
pub fn agrees(got: f64, expected: i128) -> bool {
    if expected.unsigned_abs() < LIMIT as u128 {
        got.to_bits() == (expected as f64).to_bits()
    } else {
        got.abs() >= LIMIT as f64 && (got > 0.0) == (expected > 0)
    }
}

/// A vector function over slices: rounding, a, b, c, out.
pub type MulDiv<'a> = &'a dyn Fn(Rounding, &[f64], &[f64], &[f64], &mut [f64]);

/// Tries signed triples in batches; the first disagreement is the error.
pub fn check_mul_div(seed: u64, n_triples: usize, functions: &[(&str, MulDiv)]) -> Result<(), String> {
    let mut random = Random::new(seed);
    let batch = 4096 - 3; // not a multiple of any width
    let mut done = 0;
    while done < n_triples {
        let mut integers = Vec::with_capacity(batch);
        for _ in 0..batch {
            let (a, b, c) = triple(&mut random);
            integers.push((random.sign(a), random.sign(b), c));
        }
        check_batch(&integers, functions)?;
        done += batch;
    }
    Ok(())
}

fn check_batch(integers: &[(i64, i64, i64)], functions: &[(&str, MulDiv)]) -> Result<(), String> {
    let a: Vec<f64> = integers.iter().map(|t| t.0 as f64).collect();
    let b: Vec<f64> = integers.iter().map(|t| t.1 as f64).collect();
    let c: Vec<f64> = integers.iter().map(|t| t.2 as f64).collect();
    let mut out = vec![0.0; integers.len()];
    for rounding in Rounding::ALL {
        let want: Vec<i128> = integers.iter().map(|&(a, b, c)| expected(rounding, a, b, c)).collect();
        for (name, function) in functions {
            function(rounding, &a, &b, &c, &mut out);
            for ((&got, &want), (a, b, c)) in out.iter().zip(&want).zip(integers) {
                if !agrees(got, want) {
                    return Err(format!("{name} {rounding:?}: {a} * {b} / {c} gives {got}, not {want}"));
                }
            }
        }
    }
    Ok(())
}
