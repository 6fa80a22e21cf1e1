use crate::date;
use cashfall::basics::Date;

#[test]
fn every_day_of_the_calendar_follows_the_one_before() {
    let (mut year, mut month, mut day) = (1, 1, 1);
    let mut expected = Date::MIN;
    while expected < Date::MAX {
        assert_eq!(expected.ymd(), (year, month, day));
        assert_eq!(Date::from_ymd(year, month, day), Some(expected));
        day += 1;
        if Date::from_ymd(year, month, day).is_none() {
            (month, day) = (month + 1, 1);
        }
        if month > 12 {
            (year, month) = (year + 1, 1);
        }
        expected = expected.add_days(1);
    }
    assert_eq!((year, month, day), (9999, 12, 31));
}

#[test]
fn known_day_numbers() {
    assert_eq!(date("1970-01-01").days(), 0);
    assert_eq!(date("2000-03-01").days(), 11_017);
    assert_eq!(date("2025-10-21").days(), 20_382);
    assert_eq!(date("0001-01-01"), Date::MIN);
    assert_eq!(date("9999-12-31"), Date::MAX);
}

#[test]
fn leap_years() {
    assert!(Date::from_ymd(2000, 2, 29).is_some() && Date::from_ymd(2024, 2, 29).is_some());
    assert!(Date::from_ymd(1900, 2, 29).is_none() && Date::from_ymd(2025, 2, 29).is_none());
}

#[test]
fn text_there_and_back() {
    for text in ["2025-10-21", "0004-02-29", "9999-12-31"] {
        assert_eq!(date(text).to_string(), text);
        assert_eq!(format!("{:?}", date(text)), text);
    }
}

#[test]
fn what_is_no_date_says_why() {
    let message = |text| Date::parse(text).unwrap_err();
    assert_eq!(message("21.10.2025"), "expected a date like 2025-10-21, found \"21.10.2025\"");
    assert_eq!(message("2025-1-21"), "expected a date like 2025-10-21, found \"2025-1-21\"");
    assert_eq!(message("+025-10-21"), "expected a date like 2025-10-21, found \"+025-10-21\"");
    assert_eq!(message("2025-02-29"), "expected a day from 1 to 28 in February 2025, found \"2025-02-29\"");
    assert_eq!(message("2025-00-01"), "expected a month from 01 to 12, found \"2025-00-01\"");
    assert_eq!(message("0000-01-01"), "expected a year from 0001 to 9999, found \"0000-01-01\"");
}

#[test]
fn months_clip_to_the_last_day() {
    assert_eq!(date("2025-11-30").add_months_clipped(3, 30), date("2026-02-28"));
    assert_eq!(date("2026-02-28").add_months_clipped(3, 30), date("2026-05-30"));
    assert_eq!(date("2024-01-31").add_months_clipped(1, 31), date("2024-02-29"));
    assert_eq!(date("2024-01-31").add_months_clipped(-2, 31), date("2023-11-30"));
    assert_eq!(date("2024-05-30").add_months_clipped(-17, 30), date("2022-12-30"));
}
