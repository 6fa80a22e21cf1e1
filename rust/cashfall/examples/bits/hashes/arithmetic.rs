//! The exact arithmetic on operands at and around every rounding boundary.

use cashfall::basics::Rounding;
use cashfall::lanes::{
    CONSTANT_QUOTIENT_LIMIT, Cpu, LIMIT, compare_products_slices, mul_div_constant_signed_slices,
    mul_div_constant_slices, mul_div_slices, quantise_slices,
};

use super::generator::{Random, triple};
use super::hash::Hash;

const N_TRIPLES: usize = 200_003;
const N_CONSTANTS: usize = 2_000;

/// The line of the arithmetic.
pub fn arithmetic(cpu: Cpu) -> String {
    let operands = Operands::new();
    format!(
        "arithmetic mul_div={} constant={} compare={} quantise={}",
        mul_div(cpu, &operands),
        constant(cpu, &operands),
        compare(cpu, &operands),
        quantise(cpu)
    )
}

struct Operands {
    a: Vec<f64>,
    b: Vec<f64>,
    c: Vec<f64>,
}

impl Operands {
    fn new() -> Operands {
        let mut random = Random::new(101);
        let mut operands = Operands { a: Vec::new(), b: Vec::new(), c: Vec::new() };
        for _ in 0..N_TRIPLES {
            let (a, b, c) = triple(&mut random);
            operands.a.push(random.sign(a) as f64);
            operands.b.push(random.sign(b) as f64);
            operands.c.push(c as f64);
        }
        operands
    }
}

fn mul_div(cpu: Cpu, operands: &Operands) -> Hash {
    let mut hash = Hash::new();
    let mut out = vec![0.0; N_TRIPLES];
    for rounding in Rounding::ALL {
        mul_div_slices(cpu, rounding, &operands.a, &operands.b, &operands.c, &mut out);
        out.iter().for_each(|&value| hash.value_below(value, LIMIT));
    }
    hash
}

/// Each of the first triples gives a constant `b / c`, by which a window of values is multiplied.
fn constant(cpu: Cpu, operands: &Operands) -> Hash {
    const WINDOW: usize = 61;
    let mut hash = Hash::new();
    let mut out = [0.0; WINDOW];
    for (index, (&b, &c)) in operands.b.iter().zip(&operands.c).take(N_CONSTANTS).enumerate() {
        let signed = &operands.a[index * WINDOW..][..WINDOW];
        let unsigned: Vec<f64> = signed.iter().map(|&a| if a < 0.0 { -a } else { a }).collect();
        let b = if b < 0.0 { -b } else { b };
        for rounding in Rounding::ALL {
            mul_div_constant_slices(cpu, rounding, &unsigned, b, c, &mut out);
            out.iter().for_each(|&value| hash.value_below(value, CONSTANT_QUOTIENT_LIMIT));
            mul_div_constant_signed_slices(cpu, rounding, signed, b, c, &mut out);
            out.iter().for_each(|&value| hash.value_below(value, LIMIT));
        }
    }
    hash
}

/// Neighbouring triples, and each product with itself turned round.
fn compare(cpu: Cpu, operands: &Operands) -> Hash {
    let mut hash = Hash::new();
    let Operands { a, b, c } = operands;
    let (mut later, mut out) = (a.clone(), vec![0.0; N_TRIPLES]);
    later.rotate_left(1);
    for (x, y) in [(&later, c), (b, a), (c, b)] {
        compare_products_slices(cpu, a, b, x, y, &mut out);
        out.iter().for_each(|&value| hash.value(value));
    }
    hash
}

/// Values at and next to half a unit, and of any bits.
fn quantise(cpu: Cpu) -> Hash {
    let mut random = Random::new(102);
    let mut hash = Hash::new();
    for scale in [1.0, 100.0, 1e4, 1e9] {
        let values: Vec<f64> = (0..N_TRIPLES / 4)
            .map(|_| {
                let half = (random.any_size() as f64 + 0.5) / scale;
                let near = f64::from_bits((half.to_bits() + 2).wrapping_sub(random.below(5) as u64));
                if random.below(4) == 0 { f64::from_bits(random.bits()) } else { near }
            })
            .collect();
        let mut out = vec![0.0; values.len()];
        quantise_slices(cpu, &values, scale, &mut out);
        out.iter().for_each(|&value| hash.value_below(value, LIMIT));
    }
    hash
}
