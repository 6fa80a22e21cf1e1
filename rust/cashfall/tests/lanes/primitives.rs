//! Law: every method of a vector gives the same bits as its scalar definition, on every CPU path.

use cashfall::lanes::{Cpu, Kernel, Lanes, dispatch, in_range};

const VALUES: [f64; 24] = [
    0.0,
    -0.0,
    0.25,
    -0.25,
    0.5,
    -0.5,
    0.75,
    1.0,
    -1.0,
    1.5,
    -1.5,
    2.5,
    3.0,
    -3.5,
    1e9,
    1e9 + 0.5,
    4_503_599_627_370_495.0,
    4_503_599_627_370_495.5,
    4_503_599_627_370_496.0,
    -4_503_599_627_370_497.0,
    9_007_199_254_740_993.0,
    1e300,
    f64::INFINITY,
    f64::NAN,
];

/// All unary and binary methods on one pair, one result per row.
struct Methods(f64, f64);

impl Kernel for Methods {
    type Output = Vec<[f64; 8]>;

    #[inline(always)]
    unsafe fn run<V: Lanes>(self) -> Self::Output {
        // SAFETY: the features are the caller's guarantee; each row has room for the widest vector.
        unsafe {
            let (a, b) = (V::splat(self.0), V::splat(self.1));
            let flags = [a.less(b), a.less_equal(b), a.equal(b), V::mask_not(a.less(b)), V::from_flag(a), in_range(a)];
            let both = V::mask_and(flags[0], flags[1]);
            let either = V::mask_or(flags[0], flags[2]);
            let any = V::splat(f64::from(u8::from(V::any(flags[0]))));
            let mut results = vec![a.round_even(), a.abs(), a.copy_sign(b), a.minimum(b), a.maximum(b)];
            results.extend(flags.map(|flag| V::to_flag(flag)));
            results.extend([V::to_flag(both), V::to_flag(either), any, V::select(flags[0], a, b)]);
            results.extend([a.add(b), a.sub(b), a.mul(b), a.div(b)]);
            let rows = results.into_iter().map(|result| {
                let mut row = [0.0; 8];
                result.store(row.as_mut_ptr());
                row.map(|lane| if row[V::N - 1].to_bits() == row[0].to_bits() { row[0] } else { lane })
            });
            rows.collect()
        }
    }
}

fn defined(a: f64, b: f64) -> Vec<f64> {
    let flag = |test: bool| f64::from(u8::from(test));
    let chosen = |test: bool, yes: f64, no: f64| if test { yes } else { no };
    vec![
        a.round_ties_even(),
        a.abs(),
        a.copysign(b),
        chosen(a < b, a, b),
        chosen(a > b, a, b),
        flag(a < b),
        flag(a <= b),
        flag(a == b),
        1.0 - flag(a < b),
        flag(a != 0.0),
        flag(a.abs() < 4_503_599_627_370_496.0),
        flag(a < b),
        flag(a <= b && !a.is_nan()),
        flag(a < b),
        chosen(a < b, a, b),
        a + b,
        a - b,
        a * b,
        a / b,
    ]
}

#[test]
fn methods_equal_their_definitions() {
    for cpu in Cpu::available() {
        for (a, b) in VALUES.into_iter().flat_map(|a| VALUES.map(|b| (a, b))) {
            let rows = dispatch(cpu, Methods(a, b));
            for (index, (row, want)) in rows.iter().zip(defined(a, b)).enumerate() {
                let same = |got: f64| got.to_bits() == want.to_bits() || (got.is_nan() && want.is_nan());
                assert!(
                    row.iter().all(|&got| same(got)),
                    "method {index} of {a}, {b} on {}: {row:?}, not {want}",
                    cpu.name()
                );
            }
        }
    }
}

#[test]
fn cpus_have_names_and_the_best_comes_first() {
    for cpu in Cpu::ALL {
        assert_eq!(Cpu::from_name(cpu.name()), Some(cpu));
    }
    assert_eq!(Cpu::from_name("sse9"), None);
    assert_eq!(Cpu::detect(), Cpu::available()[0]);
    assert_eq!(Cpu::available().last(), Some(&Cpu::Baseline));
}
