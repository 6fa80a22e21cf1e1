use crate::date;
use cashfall::basics::{Regular, ScheduleError, full_years};

fn regular(first: &str, last: &str, months: u32, day: u32) -> Regular {
    Regular { first: date(first), last: date(last), months, day }
}

#[test]
fn clipped_days_do_not_stick() {
    let dates = regular("2025-11-30", "2026-11-30", 3, 30).dates().unwrap();
    assert_eq!(dates, ["2025-11-30", "2026-02-28", "2026-05-30", "2026-08-30", "2026-11-30"].map(date));
    let from_february = regular("2024-02-29", "2024-05-31", 1, 31).dates().unwrap();
    assert_eq!(from_february, ["2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"].map(date));
    assert_eq!(regular("2049-05-30", "2049-05-30", 3, 30).dates().unwrap(), [date("2049-05-30")]);
}

#[test]
fn beignet_has_95_payment_dates() {
    let dates = regular("2025-11-30", "2049-05-30", 3, 30).dates().unwrap();
    assert_eq!(dates.len(), 95);
    assert!(dates.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn what_is_no_schedule_says_why() {
    let error = |schedule: Regular| schedule.dates().unwrap_err();
    let message = |schedule: Regular| error(schedule).to_string();
    assert_eq!(error(regular("2025-11-30", "2026-11-30", 0, 30)), ScheduleError::Months(0));
    assert_eq!(message(regular("2025-11-30", "2026-11-30", 3, 32)), "expected a day from 1 to 31, found 32");
    assert_eq!(
        message(regular("2025-11-30", "2025-08-30", 3, 30)),
        "expected a last date on or after the first, 2025-11-30, found 2025-08-30"
    );
    assert_eq!(
        message(regular("2025-11-28", "2026-11-30", 3, 30)),
        "expected a first date on the schedule's day, 2025-11-30, found 2025-11-28"
    );
    assert_eq!(
        message(regular("2025-11-30", "2026-10-30", 3, 30)),
        "expected a last date on the schedule, 2026-08-30 or 2026-11-30, found 2026-10-30"
    );
}

#[test]
fn years_are_full_on_the_day_or_the_clipped_day() {
    let years = |from, to| full_years(date(from), date(to));
    assert_eq!(years("2029-06-30", "2029-06-30"), 0);
    assert_eq!(years("2029-06-30", "2030-06-29"), 0);
    assert_eq!(years("2029-06-30", "2030-06-30"), 1);
    assert_eq!(years("2024-02-29", "2025-02-27"), 0);
    assert_eq!(years("2024-02-29", "2025-02-28"), 1);
    assert_eq!(years("2024-02-29", "2028-02-28"), 3);
    assert_eq!(years("2024-02-29", "2028-02-29"), 4);
    assert_eq!(years("2025-08-31", "2026-08-30"), 0);
    assert_eq!(years("2025-08-31", "2025-02-28"), 0, "earlier");
    assert_eq!(years("2025-08-31", "2020-02-28"), 0, "much earlier");
}
