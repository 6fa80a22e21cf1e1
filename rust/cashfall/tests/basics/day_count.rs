use crate::{Random, date};
use cashfall::basics::{Date, DayCount, Fraction, Period};

fn fraction(numerator: i128, denominator: i128) -> Fraction {
    Fraction::new(numerator, denominator)
}

fn days(day_count: DayCount, start: &str, end: &str, maturity: &str) -> i64 {
    let fraction = day_count.between(date(start), date(end), date(maturity)).unwrap();
    assert_eq!(360 % fraction.denominator, 0);
    fraction.numerator * (360 / fraction.denominator)
}

#[test]
fn names_there_and_back() {
    for (day_count, name) in DayCount::ALL.into_iter().zip(DayCount::NAMES) {
        assert_eq!(day_count.name(), name);
        assert_eq!(DayCount::from_name(name), Some(day_count));
    }
    assert_eq!(DayCount::from_name("30/360"), None, "too vague to be a name");
}

#[test]
fn the_30_360_conventions_differ_at_month_ends() {
    use DayCount::{Thirty360BondBasis as Bond, Thirty360E as European, Thirty360EIsda as Isda, Thirty360Us as Us};
    // start, end; bond basis, us, 30e/360, 30e/360_isda, and the last with the end date as maturity
    let cases = [
        ("2007-08-31", "2008-02-29", [179, 179, 179, 180, 179]),
        ("2007-01-15", "2007-01-30", [15, 15, 15, 15, 15]),
        ("2007-01-15", "2007-01-31", [16, 16, 15, 15, 15]),
        ("2007-01-30", "2007-01-31", [0, 0, 0, 0, 0]),
        ("2007-01-31", "2007-03-31", [60, 60, 60, 60, 60]),
        ("2006-08-31", "2007-02-28", [178, 178, 178, 180, 178]),
        ("2007-02-28", "2007-03-31", [33, 30, 32, 30, 30]),
        ("2007-02-28", "2008-02-29", [361, 360, 361, 360, 359]),
        ("2008-02-28", "2008-08-31", [183, 183, 182, 182, 182]),
        ("2008-02-29", "2008-08-31", [182, 180, 181, 180, 180]),
        ("2007-02-26", "2008-02-29", [363, 363, 363, 364, 363]),
        ("2008-02-29", "2009-02-28", [359, 360, 359, 360, 358]),
        ("2025-10-21", "2025-11-30", [39, 39, 39, 39, 39]),
    ];
    for (start, end, expected) in cases {
        let far = "2049-05-30";
        let counted = [
            days(Bond, start, end, far),
            days(Us, start, end, far),
            days(European, start, end, far),
            days(Isda, start, end, far),
            days(Isda, start, end, end),
        ];
        assert_eq!(counted, expected, "{start} to {end}");
    }
}

#[test]
fn actual_conventions() {
    let (start, end) = (date("2003-11-01"), date("2004-05-01"));
    let between = |day_count: DayCount, start, end| day_count.between(start, end, Date::MAX).unwrap();
    assert_eq!(between(DayCount::Act360, start, end), fraction(182, 360));
    assert_eq!(between(DayCount::Act365F, start, end), fraction(182, 365));
    assert_eq!(between(DayCount::ActActIsda, start, end), fraction(61, 365).plus(fraction(121, 366)));
    let years = between(DayCount::ActActIsda, date("2003-07-01"), date("2009-07-01"));
    assert_eq!(years, fraction(184, 365).plus(fraction(181, 365)).plus(fraction(5, 1)));
}

#[test]
fn act_act_isda_equals_a_count_day_by_day() {
    let mut random = Random(5);
    for _ in 0..200 {
        let start = date("1890-01-01").add_days(random.below(80_000) as i32);
        let end = start.add_days(random.below(3_000) as i32);
        let mut counts = [0, 0];
        for day in start.days()..end.days() {
            let (year, ..) = date("1970-01-01").add_days(day).ymd();
            counts[usize::from(Date::from_ymd(year, 2, 29).is_some())] += 1;
        }
        let expected = fraction(counts[0], 365).plus(fraction(counts[1], 366));
        assert_eq!(DayCount::ActActIsda.between(start, end, Date::MAX), Some(expected), "{start} to {end}");
    }
}

fn period(start: &str, end: &str, regular_start: &str, regular_end: &str, months: u32) -> Period {
    let [start, end, regular_start, regular_end] = [start, end, regular_start, regular_end].map(date);
    Period { start, end, regular_start, regular_end, months, roll_day: None, maturity: Date::MAX }
}

#[test]
fn act_act_icma_examples_of_the_isda_memorandum() {
    // EMU and market conventions: recent developments (ISDA, 1998), section 4: regular, short first, long first, short and
    // long final periods.
    let icma = |period: &Period| DayCount::ActActIcma.fraction(period);
    let regular = period("2003-11-01", "2004-05-01", "2003-11-01", "2004-05-01", 6);
    assert_eq!(icma(&regular), fraction(182, 182 * 2));
    let short_first = period("1999-02-01", "1999-07-01", "1998-07-01", "1999-07-01", 12);
    assert_eq!(icma(&short_first), fraction(150, 365));
    let long_first = period("2002-08-15", "2003-07-15", "2003-01-15", "2003-07-15", 6);
    assert_eq!(icma(&long_first), fraction(181, 181 * 2).plus(fraction(153, 184 * 2)));
    let short_final = period("2000-01-30", "2000-06-30", "2000-01-30", "2000-07-30", 6);
    assert_eq!(icma(&short_final), fraction(152, 182 * 2));
    let long_final = period("1999-11-30", "2000-04-30", "1999-11-30", "2000-02-29", 3);
    assert_eq!(icma(&long_final), fraction(91, 91 * 4).plus(fraction(61, 92 * 4)));
}

#[test]
fn regular_counts_months_whatever_the_days() {
    let whole = period("2025-11-30", "2026-02-28", "2025-11-30", "2026-02-28", 3);
    assert_eq!(DayCount::Regular.fraction(&whole), fraction(1, 4));
    let stub = period("2025-10-21", "2025-11-30", "2025-08-30", "2025-11-30", 3);
    assert_eq!(DayCount::Regular.fraction(&stub), fraction(40, 92 * 4));
    assert_eq!(DayCount::Regular.between(stub.start, stub.end, Date::MAX), None);
}
