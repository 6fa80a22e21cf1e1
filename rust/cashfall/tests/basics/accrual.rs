use crate::{Random, date};
use cashfall::basics::{Accrual, Amount, DayCount, Fraction, LIMIT, Number, Rounding, interest, interest_by_unit};

const BALANCE: Amount = Amount(2_729_384_900_000);
const RATE: Number = Number(65_810_000);

fn quarter() -> Fraction {
    Fraction::new(90, 360)
}

#[test]
fn first_coupons_of_beignet() {
    let stub = DayCount::Thirty360EIsda.between(date("2025-10-21"), date("2025-11-30"), date("2049-05-30")).unwrap();
    let first = interest(Rounding::HalfUp, BALANCE, RATE, stub).unwrap();
    assert_eq!(first, Amount(19_458_922_196));
    let later = interest(Rounding::HalfUp, BALANCE, RATE, quarter()).unwrap();
    assert_eq!(first.0 + 14 * later.0, 648_131_793_134);
}

#[test]
fn splitting_a_period_changes_no_cent() {
    let mut random = Random(9);
    for _ in 0..100_000 {
        let d = [360, 365, 365 * 366][random.below(3) as usize];
        let (balance, rate) = (Amount(random.below(LIMIT)), Number(random.below(400_000_000) - 100_000_000));
        let n = random.below(d) + 2;
        let split = random.below(n);
        for rounding in Rounding::ALL {
            let mut parts = Accrual::new(d);
            parts.add(balance, rate, split);
            parts.add(balance, rate, 0);
            parts.add(balance, rate, n - split);
            let whole = interest(rounding, balance, rate, Fraction::new(i128::from(n), i128::from(d)));
            assert_eq!(Some(parts.settle(rounding)), whole, "{balance:?} {rate:?} {split} + rest of {n} over {d}");
        }
    }
}

#[test]
fn rounding_each_part_would_change_cents() {
    let part = interest(Rounding::HalfUp, Amount(1_000), RATE, Fraction::new(1, 360)).unwrap();
    let mut carried = Accrual::new(360);
    for _ in 0..90 {
        carried.add(Amount(1_000), RATE, 1);
    }
    assert_eq!(carried.settle(Rounding::HalfUp), Amount(16));
    assert_eq!(90 * part.0, 0, "the planted bug pays nothing");
}

#[test]
fn balances_may_change_inside_a_period() {
    let mut accrual = Accrual::new(360);
    accrual.add(Amount(100_000_000), Number(50_000_000), 30);
    accrual.add(Amount(60_000_000), Number(70_000_000), 60);
    assert_eq!(accrual.settle(Rounding::HalfUp), Amount(1_116_667)); // 416,666.67 + 700,000
}

#[test]
fn interest_by_unit_pays_each_unit_the_same() {
    let unit = Amount(100_000); // 1,000.00
    let by_unit = interest_by_unit(Rounding::HalfUp, BALANCE, RATE, quarter(), unit, BALANCE).unwrap();
    assert_eq!(by_unit, Amount(1_645 * 27_293_849)); // 16.4525 a unit, rounded to 16.45
    let aggregate = interest(Rounding::HalfUp, BALANCE, RATE, quarter()).unwrap();
    assert_eq!(aggregate, Amount(44_905_205_067));
    let whole = interest_by_unit(Rounding::HalfUp, BALANCE, RATE, quarter(), BALANCE, BALANCE);
    assert_eq!(whole, Some(aggregate), "a single unit is the aggregate");
}

#[test]
fn out_of_range_is_none() {
    let double = Number(2_000_000_000);
    assert_eq!(interest(Rounding::HalfUp, Amount(LIMIT - 1), double, Fraction::new(1, 1)), None);
}
