//! The yardstick deal written by hand.
//!
//! One deal, no interpreter: what remains of a waterfall when everything about it is known beforehand. The engine is measured
//! against it. Exact kernels do the arithmetic of the rule book to the cent; plain ones do the same in doubles without rounding.
//! Stepwise kernels take each step as the deal has it; merged ones use algebra that holds for this deal only.

mod bundle;
mod deal;
mod kernel;
mod lanes;
mod merged;
mod tile;

use bundle::Bundle;
use deal::Deal;
use lanes::{Avx2, Avx512};
use tile::Arrays;

/// Which of the kernels, and how it is laid out.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Choice {
    /// 2 (AVX2 and FMA) or 512 (AVX-512 F, DQ and VL).
    pub cpu: u32,
    pub exact: u32,
    pub merged: u32,
    /// Vectors walked side by side: 1 to 4, or 6 (AVX2).
    pub vectors: u32,
    /// Scenarios per tile.
    pub tile: u32,
    pub threads: u32,
}

type Range = std::ops::Range<usize>;

#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<const E: bool, const M: bool, const V: usize>(d: &Deal, a: Arrays, r: Range, tile: usize) -> bool {
    unsafe { tile::run::<Bundle<Avx2, V>, E, M>(d, a, r, tile) }
}

#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx2,fma")]
unsafe fn avx512<const E: bool, const M: bool, const V: usize>(d: &Deal, a: Arrays, r: Range, tile: usize) -> bool {
    unsafe { tile::run::<Bundle<Avx512, V>, E, M>(d, a, r, tile) }
}

type Kernel = unsafe fn(&Deal, Arrays, Range, usize) -> bool;

fn with_vectors<const E: bool, const M: bool>(choice: &Choice) -> Option<Kernel> {
    Some(match (choice.cpu, choice.vectors) {
        (2, 1) => avx2::<E, M, 1>,
        (2, 2) => avx2::<E, M, 2>,
        (2, 3) => avx2::<E, M, 3>,
        (2, 4) => avx2::<E, M, 4>,
        (2, 6) => avx2::<E, M, 6>,
        (512, 1) => avx512::<E, M, 1>,
        (512, 2) => avx512::<E, M, 2>,
        (512, 3) => avx512::<E, M, 3>,
        (512, 4) => avx512::<E, M, 4>,
        _ => return None,
    })
}

fn has_features(cpu: u32) -> bool {
    match cpu {
        2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
        512 => is_x86_feature_detected!("avx512dq") && is_x86_feature_detected!("avx512vl"),
        _ => false,
    }
}

fn kernel(choice: &Choice) -> Option<Kernel> {
    if !has_features(choice.cpu) {
        return None;
    }
    match (choice.exact != 0, choice.merged != 0) {
        (true, true) => with_vectors::<true, true>(choice),
        (true, false) => with_vectors::<true, false>(choice),
        (false, true) => with_vectors::<false, true>(choice),
        (false, false) => with_vectors::<false, false>(choice),
    }
}

/// Runs `n` scenarios: 0 done, 1 a rent is out of range, 2 this processor or build has no such kernel.
///
/// # Safety
///
/// `rent` points at 95 rows of `n` doubles, `out` at 8 rows of `n`, row-major.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn yardstick_run(deal: &Deal, choice: &Choice, rent: *const f64, n: usize, out: *mut f64) -> i32 {
    let Some(kernel) = kernel(choice) else { return 2 };
    let arrays = Arrays { rent, out, n };
    let tile = choice.tile as usize;
    let run = |columns: Range| unsafe { kernel(deal, arrays, columns, tile) };
    let threads = choice.threads.max(1) as usize;
    if threads == 1 {
        return i32::from(!run(0..n));
    }
    let part = n.div_ceil(threads).next_multiple_of(8);
    let valid = std::thread::scope(|scope| {
        let range = |i: usize| (i * part).min(n)..((i + 1) * part).min(n);
        let others: Vec<_> = (1..threads).map(|i| scope.spawn(move || run(range(i)))).collect();
        let own = run(range(0));
        others
            .into_iter()
            .fold(own, |valid, other| valid & other.join().unwrap_or(false))
    });
    i32::from(!valid)
}
