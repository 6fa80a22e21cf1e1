//! Tiles: a few hundred scenarios at a time, validated, made cents, and laid out in the order the kernel reads them.

use crate::deal::{Deal, N_DATES, N_METRICS};
use crate::kernel::walk;
use crate::lanes::Lanes;

/// Where a run reads and writes: row-major arrays with `n` columns.
#[derive(Clone, Copy)]
pub struct Arrays {
    pub rent: *const f64,
    pub out: *mut f64,
    pub n: usize,
}

// SAFETY: threads read `rent` and write disjoint columns of `out`.
unsafe impl Send for Arrays {}
unsafe impl Sync for Arrays {}

/// Runs the scenarios of `columns`; false if a rent is not a number from 0 to the largest.
#[inline(always)]
pub unsafe fn run<L: Lanes, const EXACT: bool, const MERGED: bool>(
    deal: &Deal,
    arrays: Arrays,
    columns: std::ops::Range<usize>,
    tile: usize,
) -> bool {
    unsafe {
        let group = L::WIDTH;
        let groups = tile.div_ceil(group).max(1);
        let mut buffer = vec![0.0_f64; groups * group * N_DATES + 8];
        let aligned = buffer.as_mut_ptr().add(buffer.as_ptr().align_offset(64));
        let mut valid = true;
        let mut start = columns.start;
        while start < columns.end {
            let full = (columns.end - start).min(groups * group) / group;
            if full == 0 {
                valid &= last::<L, EXACT, MERGED>(deal, arrays, start..columns.end, aligned);
                break;
            }
            valid &= pack::<L, EXACT>(deal, arrays.rent.add(start), arrays.n, full, aligned);
            for g in 0..full {
                let column = start + g * group;
                let ahead = arrays.rent.wrapping_add(column + full * group);
                let state = walk::<L, EXACT, MERGED>(deal, aligned.add(g * group * N_DATES), ahead, arrays.n);
                for (row, metric) in state.metrics::<EXACT, MERGED>(deal).iter().enumerate() {
                    metric.store(arrays.out.add(row * arrays.n + column));
                }
            }
            start += full * group;
        }
        valid
    }
}

/// Copies `groups` groups into the buffer, group by group and date by date within it.
#[inline(always)]
unsafe fn pack<L: Lanes, const EXACT: bool>(
    deal: &Deal,
    rent: *const f64,
    stride: usize,
    groups: usize,
    to: *mut f64,
) -> bool {
    unsafe {
        let group = L::WIDTH;
        let largest = L::splat(deal.largest_rent);
        let mut valid = true;
        for t in 0..N_DATES {
            let row = rent.add(t * stride);
            for g in 0..groups {
                let x = L::load(row.add(g * group));
                valid &= L::all(L::splat(0.0).less_or_equal(x)) & L::all(x.less_or_equal(largest));
                let x = if EXACT { x.to_cents() } else { x };
                x.store(to.add((g * N_DATES + t) * group));
            }
        }
        valid
    }
}

/// The scenarios that do not fill a group: padded with zeros, and their metrics copied to their columns.
#[inline(always)]
unsafe fn last<L: Lanes, const EXACT: bool, const MERGED: bool>(
    deal: &Deal,
    arrays: Arrays,
    columns: std::ops::Range<usize>,
    buffer: *mut f64,
) -> bool {
    unsafe {
        let group = L::WIDTH;
        let used = columns.len();
        let mut rents = vec![0.0_f64; group * N_DATES];
        let mut metrics = vec![0.0_f64; group * N_METRICS];
        for t in 0..N_DATES {
            let from = arrays.rent.add(t * arrays.n + columns.start);
            std::ptr::copy_nonoverlapping(from, rents.as_mut_ptr().add(t * group), used);
        }
        let valid = pack::<L, EXACT>(deal, rents.as_ptr(), group, 1, buffer);
        let state = walk::<L, EXACT, MERGED>(deal, buffer, rents.as_ptr(), 0);
        for (row, metric) in state.metrics::<EXACT, MERGED>(deal).iter().enumerate() {
            metric.store(metrics.as_mut_ptr().add(row * group));
        }
        for row in 0..N_METRICS {
            let to = arrays.out.add(row * arrays.n + columns.start);
            std::ptr::copy_nonoverlapping(metrics.as_ptr().add(row * group), to, used);
        }
        valid
    }
}
