//! Sharing an amount in proportion to dues.

use super::rounding::Rounding;

/// Pays dues in proportion, to the cent: `paid[i] = R(A·C[i] / D) − R(A·C[i−1] / D)`.
///
/// `D` is the sum of the dues, `C[i]` the sum of the first `i` of them, `A = min(available, D)`. `D = 0` pays nothing. Returns `A`.
///
/// # Guarantees
///
/// The parts add up to `A`; none is negative or above its due; each is within a cent of its exact share. More cash never
/// lowers the sum of a leading group of payees. It may lower one payee's part: dues 1, 1, 1 pay 0, 1, 0 from one cent and
/// 1, 0, 1 from two.
///
/// # Panics
///
/// If the slices differ in length, or a due or `available` is negative.
///
/// # Examples
///
/// ```
/// use cashfall::basics::{Rounding, pro_rata};
/// let mut paid = [0; 3];
/// pro_rata(Rounding::HalfUp, 100, &[500, 500, 500], &mut paid);
/// assert_eq!(paid, [33, 34, 33]);
/// ```
pub fn pro_rata(rounding: Rounding, available: i64, dues: &[i64], paid: &mut [i64]) -> i64 {
    assert_eq!(dues.len(), paid.len(), "a place for each payment");
    assert!(available >= 0 && dues.iter().all(|&due| due >= 0), "no negative cash or due");
    let total: i128 = dues.iter().map(|&due| i128::from(due)).sum();
    let amount = if i128::from(available) < total { available } else { total as i64 };
    let (mut due_so_far, mut paid_so_far) = (0, 0);
    for (&due, part) in dues.iter().zip(paid) {
        due_so_far += i128::from(due);
        let cumulative = match total {
            0 => 0,
            _ => rounding.divide(i128::from(amount) * due_so_far, total) as i64,
        };
        *part = cumulative - paid_so_far;
        paid_so_far = cumulative;
    }
    amount
}
