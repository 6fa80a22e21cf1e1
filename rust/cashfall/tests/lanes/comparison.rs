//! Law: products compare exactly.

use crate::generator::{LIMIT, Random, in_range};
use cashfall::lanes::{Cpu, compare_products_slices, is_product_less_slices};

/// Two products that are equal, a little apart, or unrelated.
fn factors(random: &mut Random) -> [i64; 4] {
    let bits = random.below(27);
    let (g, h) = (random.below(1 << bits) + 1, random.below(1 << bits) + 1);
    let room = LIMIT / g.max(h);
    let (m, n) = (random.below(room), random.below(room));
    let nudge = random.pick(&[0, 0, 1, -1]);
    let [a, b, c, d] = match random.below(4) {
        0 => [random.any_size(), random.any_size(), random.any_size(), random.any_size()],
        1 => [in_range(g * m), in_range(h * n + nudge), in_range(g * n), in_range(h * m)],
        2 => [random.near_limit(), random.near_limit(), random.near_limit(), random.near_limit()],
        _ => {
            let (a, b) = (random.any_size(), random.any_size());
            [a, b, in_range(b + nudge), in_range(a - nudge)]
        }
    };
    if random.coin() {
        return [random.sign(a), random.sign(b), random.sign(c), random.sign(d)];
    }
    let (a, c) = (random.sign(a), random.sign(c));
    [a, if a < 0 { -b } else { b }, c, if c < 0 { -d } else { d }]
}

#[test]
fn products_compare_exactly_on_a_million_pairs() {
    let mut random = Random::new(21);
    let quads: Vec<[i64; 4]> = (0..1_000_001).map(|_| factors(&mut random)).collect();
    let [a, b, c, d] = [0, 1, 2, 3].map(|i| quads.iter().map(|q| q[i] as f64).collect::<Vec<_>>());
    let (mut out, mut less) = (vec![0.0; quads.len()], vec![0.0; quads.len()]);
    for cpu in Cpu::available() {
        compare_products_slices(cpu, &a, &b, &c, &d, &mut out);
        is_product_less_slices(cpu, &a, &b, &c, &d, &mut less);
        let mut n_equal = 0;
        for ((&[a, b, c, d], &got), &is_less) in quads.iter().zip(&out).zip(&less) {
            let order = (i128::from(a) * i128::from(b)).cmp(&(i128::from(c) * i128::from(d)));
            assert_eq!(got, f64::from(order as i8), "{a} * {b} against {c} * {d} on {}", cpu.name());
            assert_eq!(is_less, f64::from(u8::from(order.is_lt())), "{a} * {b} < {c} * {d} on {}", cpu.name());
            n_equal += usize::from(order.is_eq());
        }
        assert!(n_equal > 50_000, "too few equal products to prove anything: {n_equal}");
    }
}
