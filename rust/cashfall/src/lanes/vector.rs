//! The vector of lanes.

/// The range limit as a lane: values are integers of smaller magnitude.
pub const LIMIT: f64 = crate::basics::LIMIT as f64;

/// One vector of `f64` lanes.
///
/// Every method acts on each lane alone. All results are the same bits in every implementation, apart from
/// [`multiply_add`](Lanes::multiply_add) and [`round_estimate`](Lanes::round_estimate), from which only estimates are made.
///
/// # Safety
///
/// The methods are `unsafe` for one reason: the CPU must have the features of the implementing type (for [`load`](Lanes::load)
/// and [`store`](Lanes::store) also, the pointer must be valid for `N` values). [`dispatch`](super::dispatch) establishes the first.
#[allow(clippy::missing_safety_doc, reason = "one condition for all methods, stated at the trait")]
pub trait Lanes: Copy {
    /// How many lanes there are.
    const N: usize;
    /// One yes or no per lane.
    type Mask: Copy;

    /// Reads `N` values; any alignment of `f64` will do.
    unsafe fn load(pointer: *const f64) -> Self;
    /// Writes `N` values; any alignment of `f64` will do.
    unsafe fn store(self, pointer: *mut f64);
    /// The same value in every lane.
    unsafe fn splat(value: f64) -> Self;

    /// `self + other`.
    unsafe fn add(self, other: Self) -> Self;
    /// `self - other`.
    unsafe fn sub(self, other: Self) -> Self;
    /// `self · other`, rounded to nearest.
    unsafe fn mul(self, other: Self) -> Self;
    /// `self / other`, rounded to nearest.
    unsafe fn div(self, other: Self) -> Self;
    /// `self · factor + addend`, rounded once or twice as the target has it: only for estimates.
    unsafe fn multiply_add(self, factor: Self, addend: Self) -> Self;
    /// The rounded product and its exact error: `p + e = self · other`.
    unsafe fn two_product(self, other: Self) -> (Self, Self);
    /// `p - q·c`, exact whenever `p`, `q`, `c` are integers and `|p - q·c| + |c| / 2 <= 2^53`.
    unsafe fn residual(q: Self, c: Self, p: Self) -> Self;

    /// The nearest integer, a half to the even neighbour, with the sign kept.
    unsafe fn round_even(self) -> Self;
    /// Rounds an estimate of a quotient: for `0 <= self < 2^52` as [`round_even`](Lanes::round_even), but cheaper where that
    /// is long; for `-1 < self < 0` that or 0; from 2^52 on some value from 2^52 on.
    unsafe fn round_estimate(self) -> Self;
    /// The magnitude.
    unsafe fn abs(self) -> Self;
    /// The magnitude of `self` with the sign bit of `sign`.
    unsafe fn copy_sign(self, sign: Self) -> Self;
    /// `if self < other { self } else { other }`.
    unsafe fn minimum(self, other: Self) -> Self;
    /// `if self > other { self } else { other }`.
    unsafe fn maximum(self, other: Self) -> Self;

    /// `self < other`; no if either is NaN.
    unsafe fn less(self, other: Self) -> Self::Mask;
    /// `self <= other`; no if either is NaN.
    unsafe fn less_equal(self, other: Self) -> Self::Mask;
    /// `self == other`; no if either is NaN.
    unsafe fn equal(self, other: Self) -> Self::Mask;
    /// `if mask { yes } else { no }`.
    unsafe fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// Both.
    unsafe fn mask_and(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// Either.
    unsafe fn mask_or(a: Self::Mask, b: Self::Mask) -> Self::Mask;
    /// The opposite.
    unsafe fn mask_not(a: Self::Mask) -> Self::Mask;
    /// Whether any lane says yes.
    unsafe fn any(mask: Self::Mask) -> bool;
    /// 1 for yes, 0 for no.
    unsafe fn to_flag(mask: Self::Mask) -> Self;
    /// `self + 1` where the mask says yes, else `self`.
    unsafe fn add_one_where(self, mask: Self::Mask) -> Self;
    /// Yes where the flag is not 0.
    unsafe fn from_flag(flag: Self) -> Self::Mask;
}
