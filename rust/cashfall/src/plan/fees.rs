//! Fees on the grid: what accrues on each payment date, and the years of their caps.

use crate::basics::{Date, Fraction, LIMIT, NUMBER_SCALE, Period, format_amount};
use crate::deal::model::{AnnualCap, Fee, FeeAmount, Schedule as ScheduleRule, Stub, UnpaidInterest};
use crate::deal::{FormulaText, Name, Problem};
use crate::formula::{Expr, Unit};

use super::grid::regular;
use super::interest::reduced;
use super::model::{FeeModel, FeeRule};
use super::resolve::{Resolver, escalated};
use super::weights::Weights;
use crate::basics::full_years;

/// Interest on what is due and unpaid.
#[derive(Clone, Debug)]
pub struct UnpaidModel {
    /// The rate a year, in 1e-9.
    pub rate: i64,
    /// The weights of the grid dates.
    pub weights: Weights,
}

/// A cap on what falls due in a cap year.
#[derive(Clone, Debug)]
pub struct FeeCapModel {
    /// Its name: that of the joint cap, or of its one fee.
    pub name: String,
    /// The room of the first cap year.
    pub first_room: i64,
    /// The room of a whole cap year.
    pub annual: i64,
    /// For each grid date, how many cap years have begun since the date before.
    pub n_begun: Vec<i64>,
    /// Whether what is left is added to the next year's.
    pub carry_forward: bool,
    /// The flag under which it holds nothing back.
    pub suspended: Option<Expr>,
}

impl Resolver<'_> {
    pub(super) fn fee(&mut self, name: &Name, fee: &Fee) -> FeeModel {
        let on = self.marks(&fee.payment_dates);
        let amount = self.fee_rule(name, fee).unwrap_or_else(|| FeeRule::Fixed(vec![0; self.grid.len()]));
        let unpaid = fee.accrues_on_unpaid.as_ref().map(|unpaid| self.unpaid(&fee.payment_dates, unpaid));
        FeeModel { name: name.text.clone(), on, amount, unpaid, cap: None }
    }

    fn fee_rule(&mut self, name: &Name, fee: &Fee) -> Option<FeeRule> {
        let closing = self.deal.deal.closing_date;
        let dates = self.dates(&fee.payment_dates).to_vec();
        let mut amounts = vec![0; self.grid.len()];
        match &fee.amount {
            FeeAmount::Fixed(fixed) => {
                let mut previous = closing;
                for &date in &dates {
                    let year = full_years(closing, previous);
                    amounts[self.on_grid(date)] =
                        escalated(self.deal, fixed.per_date.0, fixed.escalator.as_ref(), year);
                    previous = date;
                }
            }
            FeeAmount::ShareOf(share_of) => {
                let quantity = Box::new(self.formula(&share_of.quantity, Unit::Amount)?);
                return Some(FeeRule::ShareOf { share: share_of.share.0, quantity });
            }
            FeeAmount::PerYear(per_year) => {
                for period in self.periods_of(&fee.payment_dates, closing, &dates) {
                    let Fraction { numerator, denominator } = per_year.day_count.value.fraction(&period);
                    amounts[self.on_grid(period.end)] =
                        self.deal.deal.rounding.mul_div(per_year.amount.0, numerator, denominator);
                }
                if amounts.iter().any(|amount| *amount >= LIMIT) {
                    let limit = format_amount(LIMIT, u32::try_from(self.deal.deal.decimals).unwrap_or(2));
                    self.too_large(name, &format!("an amount of each payment date below {limit}"));
                }
            }
            FeeAmount::RateOf(rate_of) => {
                let mut factors = vec![Fraction { numerator: 0, denominator: 1 }; self.grid.len()];
                for period in self.periods_of(&fee.payment_dates, closing, &dates) {
                    let fraction = rate_of.day_count.value.fraction(&period);
                    factors[self.on_grid(period.end)] = reduced(
                        i128::from(fraction.numerator) * i128::from(rate_of.rate.0),
                        i128::from(fraction.denominator) * i128::from(NUMBER_SCALE),
                    );
                }
                if factors.iter().any(|factor| factor.denominator >= LIMIT || factor.numerator >= LIMIT) {
                    self.too_large(name, "a period factor whose terms are below 2^52");
                }
                let quantity = Box::new(self.formula(&rate_of.quantity, Unit::Amount)?);
                return Some(FeeRule::RateOf { factors, quantity });
            }
            FeeAmount::Table(table) => {
                for &date in &dates {
                    let row = table.iter().rev().find(|(from, _)| from.value <= date);
                    amounts[self.on_grid(date)] = row.map_or(0, |(_, amount)| amount.0);
                }
            }
        }
        Some(FeeRule::Fixed(amounts))
    }

    fn on_grid(&self, date: Date) -> usize {
        self.grid.index(date).expect("fee dates are on the grid")
    }

    fn too_large(&mut self, fee: &Name, expected: &str) {
        let mut place = fee.place.clone();
        place.path.push_str(".amount");
        self.problems.push(Problem {
            place,
            expected: expected.to_string(),
            found: "a greater one".to_string(),
            way_out: Some("use a smaller amount or another day count".to_string()),
        });
    }

    /// The periods from `start` over payment dates. On a regular schedule each knows the regular period that it is, or is a stub of.
    fn periods_of(&self, schedule: &Name, start: Date, dates: &[Date]) -> Vec<Period> {
        let known = self.deal.schedules.get(&schedule.text);
        let rule = if let Some(ScheduleRule::Regular(schedule)) = known { Some(regular(schedule)) } else { None };
        let maturity = dates.last().copied().unwrap_or(start);
        let starts = std::iter::once(start).chain(dates.iter().copied());
        let periods = starts.zip(dates).enumerate().map(|(number, (start, &end))| {
            let number = i32::try_from(number).unwrap_or(i32::MAX);
            Period {
                start,
                end,
                regular_start: rule.as_ref().map_or(start, |rule| rule.date(number - 1)),
                regular_end: end,
                months: rule.as_ref().map_or(1, |rule| rule.months),
                roll_day: rule.as_ref().map(|rule| rule.day),
                maturity,
            }
        });
        periods.filter(|period| period.start < period.end).collect()
    }

    fn unpaid(&self, schedule: &Name, unpaid: &UnpaidInterest) -> UnpaidModel {
        let closing = self.deal.deal.closing_date;
        let weights = Weights::new(unpaid.day_count.value, &self.grid.dates, closing, self.dates(schedule), None);
        UnpaidModel { rate: unpaid.rate.0, weights }
    }

    /// The caps of the deal, and for each fee the position of its own.
    pub(super) fn fee_caps(&mut self, fees: &mut [FeeModel]) -> Vec<FeeCapModel> {
        let deal = self.deal;
        let mut caps = Vec::new();
        for (index, (name, fee)) in deal.fees.iter().enumerate() {
            if let Some(cap) = &fee.cap {
                fees[index].cap = Some(caps.len());
                caps.push(self.fee_cap(name, cap));
            }
        }
        for (name, joint) in &deal.fee_caps {
            for fee in joint.fees.iter().filter_map(|fee| deal.fees.position(&fee.text)) {
                fees[fee].cap = Some(caps.len());
            }
            caps.push(self.fee_cap(name, &joint.cap));
        }
        caps
    }

    fn fee_cap(&mut self, name: &Name, cap: &AnnualCap) -> FeeCapModel {
        let closing = self.deal.deal.closing_date;
        let years = CapYears::new(closing, &cap.year_starts.text);
        let (before, next) = (years.beginning(0), years.beginning(1));
        let first_room = match cap.stub {
            Stub::Prorated if before < closing => {
                let days = |from: Date, to: Date| i64::from(to.days() - from.days());
                self.deal.deal.rounding.mul_div(cap.annual.0, days(closing, next), days(before, next))
            }
            _ => cap.annual.0,
        };
        let mut n_begun = Vec::new();
        let mut next_year = 1;
        for &date in &self.grid.dates {
            let known = next_year;
            while years.beginning(next_year) <= date {
                next_year += 1;
            }
            n_begun.push(i64::from(next_year - known));
        }
        FeeCapModel {
            name: name.text.clone(),
            first_room,
            annual: cap.annual.0,
            n_begun,
            carry_forward: cap.carry_forward,
            suspended: cap.suspended_if.as_ref().and_then(|flag: &FormulaText| self.formula(flag, Unit::Flag)),
        }
    }
}

/// The beginnings of cap years; number 0 is the last on or before the closing date.
struct CapYears {
    year: i32,
    month: u32,
    day: u32,
}

impl CapYears {
    fn new(closing: Date, year_starts: &str) -> CapYears {
        let (year, month, day) = closing.ymd();
        let (start_month, start_day) = month_and_day(year_starts).unwrap_or((month, day));
        let is_later = (start_month, start_day) > (month, day);
        CapYears { year: if is_later { year - 1 } else { year }, month: start_month, day: start_day }
    }

    fn beginning(&self, number: i32) -> Date {
        let year = self.year + number;
        let last = Date::last_day_of_month(year, self.month);
        Date::from_ymd(year, self.month, if self.day < last { self.day } else { last }).expect("a date")
    }
}

/// Month and day of `MM-DD`; a 29 February is none.
pub fn month_and_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-').filter(|_| text.len() == 5)?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    Date::from_ymd(2025, month, day).map(|_| (month, day))
}
