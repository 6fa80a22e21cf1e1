use crate::Random;
use cashfall::basics::{LIMIT, Rounding, pro_rata};

fn shares(rounding: Rounding, available: i64, dues: &[i64]) -> Vec<i64> {
    let mut paid = vec![0; dues.len()];
    let amount = pro_rata(rounding, available, dues, &mut paid);
    assert_eq!(amount, paid.iter().sum::<i64>());
    paid
}

#[test]
fn one_over_three_equal_dues() {
    assert_eq!(shares(Rounding::HalfUp, 100, &[100, 100, 100]), [33, 34, 33]);
    assert_eq!(shares(Rounding::Down, 100, &[100, 100, 100]), [33, 33, 34]);
    assert_eq!(shares(Rounding::HalfUp, 1, &[1, 1, 1]), [0, 1, 0]);
    assert_eq!(shares(Rounding::HalfUp, 2, &[1, 1, 1]), [1, 0, 1]);
}

#[test]
fn nothing_due_pays_nothing_and_enough_pays_all() {
    assert_eq!(shares(Rounding::HalfUp, 100, &[0, 0]), [0, 0]);
    assert_eq!(shares(Rounding::HalfUp, 100, &[]), [0; 0]);
    assert_eq!(shares(Rounding::HalfEven, 100, &[10, 0, 20]), [10, 0, 20]);
    assert_eq!(shares(Rounding::HalfUp, LIMIT - 1, &[LIMIT - 1; 3]).iter().sum::<i64>(), LIMIT - 1);
}

#[test]
fn parts_add_up_stay_within_dues_and_are_within_a_cent() {
    let mut random = Random(7);
    for _ in 0..200_000 {
        let n = random.below(6) as usize + 1;
        let size = 1 << random.below(50);
        let dues: Vec<i64> = (0..n).map(|_| random.below(size)).collect();
        let total: i64 = dues.iter().sum();
        let available = random.below(total + total / 4 + 2);
        for rounding in Rounding::ALL {
            let paid = shares(rounding, available, &dues);
            let amount = available.min(total);
            assert_eq!(paid.iter().sum::<i64>(), amount);
            for (&part, &due) in paid.iter().zip(&dues) {
                assert!((0..=due).contains(&part), "{rounding:?}: {part} of {due}");
                let off = i128::from(part) * i128::from(total) - i128::from(amount) * i128::from(due);
                assert!(off.abs() <= i128::from(total), "more than a cent from its share");
            }
        }
    }
}

#[test]
fn more_cash_never_lowers_a_leading_group() {
    let mut random = Random(8);
    for _ in 0..2_000 {
        let dues: Vec<i64> = (0..5).map(|_| random.below(12)).collect();
        for rounding in Rounding::ALL {
            for cash in 0..dues.iter().sum() {
                let (less, more) = (shares(rounding, cash, &dues), shares(rounding, cash + 1, &dues));
                for n in 0..=dues.len() {
                    assert!(less[..n].iter().sum::<i64>() <= more[..n].iter().sum(), "{rounding:?} {dues:?} {cash}");
                }
            }
        }
    }
}
