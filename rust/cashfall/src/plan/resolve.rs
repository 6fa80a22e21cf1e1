//! From a valid document to a model: names become positions, dates become grid positions, schedules are sized.

use crate::basics::{Date, Fraction, LIMIT, NUMBER_SCALE, Period, greatest_common_divisor};
use crate::deal::model::{
    Cashflow, Coupon, Direction as FlowDirection, Escalator, Note, Requires, Schedule as ScheduleRule, Test,
    WhenUndefined, WindowBy,
};
use crate::deal::{Deal, DealError, FormulaText, Name, Problem};
use crate::formula::{self, Expr, Unit};

use super::balances::{unpaid, until_maturity};
use super::collateral::figures;
use super::currencies::Currencies;
use super::grid::{Grid, regular};
use super::groups::groups;
use super::known::known_terms;
use super::model::*;
use super::op::{Direction, Undefined};
use super::schedule::{InterestRule, Schedule, SizingError};

/// Resolve a validated deal.
///
/// # Errors
/// What only arithmetic can find: a schedule that cannot be made, a period factor out of range.
pub fn resolve(deal: &Deal) -> Result<Model, Vec<Problem>> {
    let grid = Grid::new(deal);
    let mut resolver = Resolver { deal, grid: &grid, problems: Vec::new() };
    let model = resolver.model();
    if resolver.problems.is_empty() { Ok(model) } else { Err(resolver.problems) }
}

/// The same as a [`DealError`] of the named document.
pub fn resolve_document(deal: &Deal, document: &str) -> Result<Model, DealError> {
    resolve(deal).map_err(|problems| DealError { document: document.to_string(), problems })
}

pub(super) struct Resolver<'a> {
    pub deal: &'a Deal,
    pub grid: &'a Grid,
    pub problems: Vec<Problem>,
}

impl Resolver<'_> {
    fn model(&mut self) -> Model {
        let deal = self.deal;
        let terms = &deal.deal;
        let mut model = Model {
            rounding: terms.rounding,
            remainder: terms.pro_rata_remainder,
            decimals: u32::try_from(terms.decimals).unwrap_or(2),
            currencies: Currencies::new(deal),
            statuses: terms.statuses.iter().map(|status| status.text.clone()).collect(),
            dates: self.grid.dates.clone(),
            waterfall_on: self.marks(&terms.waterfall_dates),
            inputs: deal.inputs.iter().map(|(name, input)| self.input(name, input)).collect(),
            scenarios: Vec::new(),
            leases: deal.leases.iter().map(|(name, lease)| self.lease(name, lease)).collect(),
            contracts: deal.contracts.iter().filter_map(|(name, contract)| self.contract(name, contract)).collect(),
            fleets: deal.fleets.iter().filter_map(|(name, fleet)| self.fleet(name, fleet)).collect(),
            cashflows: deal.cashflows.iter().filter_map(|(name, flow)| self.cashflow(name, flow)).collect(),
            borrowing_bases: deal
                .borrowing_bases
                .iter()
                .filter_map(|(name, base)| self.borrowing_base(name, base))
                .collect(),
            figures: Vec::new(),
            accounts: Vec::new(),
            fees: deal.fees.iter().map(|(name, fee)| self.fee(name, fee)).collect(),
            fee_caps: Vec::new(),
            notes: Vec::new(),
            known_terms: known_terms(deal, &self.grid.dates),
            groups: groups(deal),
            equity: deal.equity.iter().map(|(name, _)| name.text.clone()).collect(),
            ledgers: deal.ledgers.iter().map(|(name, ledger)| self.ledger(name, ledger)).collect(),
            facilities: deal.facilities.iter().map(|(name, facility)| self.facility(name, facility)).collect(),
            swaps: deal.swaps.iter().map(|(name, swap)| self.swap(name, swap)).collect(),
            caps: deal.caps.iter().map(|(name, cap)| self.rate_cap(name, cap)).collect(),
            assets: deal.assets.iter().filter_map(|(name, asset)| self.asset(name, asset)).collect(),
            taxes: deal.taxes.iter().filter_map(|(name, tax)| self.tax(name, tax)).collect(),
            tests: Vec::new(),
            acceleration: self.acceleration(),
            inspections: self.inspections(),
            collection: self.steps("collection"),
            closing: self.closing(),
            waterfalls: terms.statuses.iter().map(|status| self.steps(&status.text)).collect(),
            order: Vec::new(),
            leaves_at_once: false,
            after: self.steps("after"),
        };
        model.scenarios = deal.scenarios.iter().map(|(name, told)| self.scenario(name, told, &model.inputs)).collect();
        (model.order, model.leaves_at_once) = deal.order_of_statuses();
        model.fee_caps = self.fee_caps(&mut model.fees);
        model.figures = figures(&model);
        model.size_figures();
        let notes = deal.notes.iter().filter_map(|(name, note)| self.note(name, note, &model)).collect();
        model.notes = notes;
        if model.notes.len() < deal.notes.len() {
            // The problem is told; what looks at notes would miss one.
            return model;
        }
        let limits = self.limits_of_balances(&model);
        model.figures.extend(limits);
        self.moving_balances(&mut model);
        self.inside_periods(&mut model);
        self.call_prices(&mut model);
        let accounts = deal
            .accounts
            .iter()
            .map(|(name, account)| AccountModel {
                name: name.text.clone(),
                peaks: self.peaks(account, &model),
                opening_balance: account.opening_balance.0,
                earns: account.earns.as_ref().map(|earns| self.earns(earns)),
                satisfied_by: (account.target.iter())
                    .flat_map(|target| &target.satisfied_by)
                    .filter_map(|facility| deal.facilities.position(&facility.text))
                    .collect(),
                target: account.target.as_ref().and_then(|target| self.formula(&target.formula, Unit::Amount)),
            })
            .collect();
        model.accounts = accounts;
        let tests = deal.tests.iter().filter_map(|(name, test)| self.test(name, test, &model)).collect();
        model.tests = tests;
        model
    }

    /// The dates of a schedule named by the document.
    pub fn dates(&self, schedule: &Name) -> &[Date] {
        self.deal.schedules.position(&schedule.text).map_or(&[], |index| self.grid.schedule(index))
    }

    /// For each grid date, whether it is in the schedule.
    pub fn marks(&self, schedule: &Name) -> Vec<bool> {
        self.grid.mark(self.dates(schedule))
    }

    /// A formula, typed; validation has already seen it, so a problem here is only passed on.
    pub fn formula(&mut self, text: &FormulaText, unit: Unit) -> Option<Expr> {
        self.parse(text, Some(unit))
    }

    pub fn parse(&mut self, text: &FormulaText, unit: Option<Unit>) -> Option<Expr> {
        match formula::parse(text, self.deal, unit) {
            Ok(expr) => Some(expr),
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        }
    }

    fn cashflow(&mut self, name: &Name, cashflow: &Cashflow) -> Option<CashflowModel> {
        let mut on = vec![false; self.grid.len()];
        let mut amounts = vec![0; self.grid.len()];
        for (date, amount) in cashflow.amounts.iter().flatten() {
            let t = self.grid.index(date.value).expect("cashflow dates are on the grid");
            (on[t], amounts[t]) = (true, amount.0);
        }
        if let Some(schedule) = &cashflow.dates {
            on = self.marks(schedule);
        }
        let formula = self.optional(cashflow.amount.as_ref(), Unit::Amount)?;
        Some(CashflowModel {
            name: name.text.clone(),
            is_out: matches!(cashflow.direction, FlowDirection::Out),
            on,
            amounts,
            formula,
            factor: cashflow.factor.as_ref().and_then(|factor| self.deal.inputs.position(&factor.text)),
        })
    }

    fn note(&mut self, name: &Name, note: &Note, model: &Model) -> Option<NoteModel> {
        let dated = note.dated_date.value;
        let payment_dates: Vec<Date> =
            self.dates(&note.payment_dates).iter().copied().filter(|d| *d > dated && *d <= note.last_date()).collect();
        let periods = self.periods(note, &payment_dates);
        let coupon = self.coupon(note, &periods)?;
        let rule = self.interest_rule(note, &coupon, &periods, model)?;
        let schedule = self.size(name, note, &rule, &payment_dates, model)?;
        let n = self.grid.len();
        let default_rate = match &note.default_rate {
            Some(rate) => Some((rate.extra.0, self.formula(&rate.when, Unit::Flag)?)),
            None => None,
        };
        let additional = note
            .anticipated_repayment
            .as_ref()
            .map(|terms| (terms.extra.0, periods.partition_point(|period| period.start < terms.date.value)));
        let (funding, whole) = self.funding(note);
        let adds = whole.as_ref().is_some_and(|whole| whole.extra > 0);
        let mut sized = NoteModel {
            funding,
            whole,
            name: name.text.clone(),
            original: note.original_balance.value.0,
            starts_at: self.grid.index(dated),
            payment: vec![None; n],
            rule,
            scheduled_interest: vec![0; n],
            scheduled_principal: vec![0; n],
            scheduled_balance: vec![note.original_balance.value.0; n],
            years: vec![0.0; n],
            coverage: schedule.coverage,
            fractions: periods.iter().map(|period| note.day_count.fraction(period)).collect(),
            periods,
            day_count: note.day_count,
            records_rate: !matches!(note.coupon.value, Coupon::Fixed(_))
                || default_rate.is_some()
                || !self.rate_steps(name).is_empty()
                || adds,
            coupon,
            default_rate,
            additional,
            early: self.early_amortizations(name),
            rate_steps: self.rate_steps(name),
            inside: None,
            unpaid: unpaid(note),
            proceeds: self.deal.deal.rounding.mul_div(note.original_balance.value.0, note.issue_price.0, NUMBER_SCALE),
            factor_decimals: note.factor_decimals.map_or(9, |decimals| u32::try_from(decimals).unwrap_or(9)),
            records_factor: note.factor_decimals.is_some(),
            capitalizes: false,
            prepaid: false,
            call: Vec::new(),
            written: false,
            target: None,
        };
        let years = years_from_dated_date(note, &sized.periods);
        for (position, date) in payment_dates.iter().enumerate() {
            let t = self.grid.index(*date).expect("payment dates are on the grid");
            sized.payment[t] = Some(position);
            sized.scheduled_interest[t] = schedule.interest[position];
            sized.scheduled_principal[t] = schedule.principal[position];
            sized.scheduled_balance[t..].fill(schedule.balance[position]);
            sized.years[t] = years[position];
        }
        Some(sized)
    }

    /// The interest periods of a note. On a regular schedule each knows the regular period that it is, or is a stub of.
    pub fn periods(&self, note: &Note, payment_dates: &[Date]) -> Vec<Period> {
        let schedule = self.deal.schedules.get(&note.payment_dates.text);
        let rule = if let Some(ScheduleRule::Regular(schedule)) = schedule { Some(regular(schedule)) } else { None };
        let first =
            self.dates(&note.payment_dates).iter().position(|date| Some(date) == payment_dates.first()).unwrap_or(0);
        let mut start = note.dated_date.value;
        let mut periods = Vec::new();
        for (index, &end) in payment_dates.iter().enumerate() {
            let number = i32::try_from(first + index).unwrap_or(i32::MAX);
            let regular_start = rule.as_ref().map_or(start, |rule| rule.date(number - 1));
            let months = rule.as_ref().map_or_else(|| months_apart(payment_dates), |rule| rule.months);
            periods.push(Period {
                start,
                end,
                regular_start,
                regular_end: end,
                months,
                roll_day: rule.as_ref().map(|rule| rule.day),
                maturity: note.maturity_date.value,
            });
            start = end;
        }
        periods
    }

    fn size(
        &mut self,
        name: &Name,
        note: &Note,
        rule: &InterestRule,
        dates: &[Date],
        model: &Model,
    ) -> Option<Schedule> {
        let result = match &note.extension {
            Some(_) => until_maturity(rule, dates.partition_point(|date| *date < note.maturity_date.value)),
            None => self.amortise(&note.amortisation.value, rule, dates, model)?,
        };
        let in_range = |schedule: Schedule| {
            let mut services = schedule.interest.iter().zip(&schedule.principal);
            match services.position(|(interest, principal)| interest.saturating_add(*principal) >= LIMIT) {
                Some(index) => Err(SizingError::OutOfRange { index }),
                None => Ok(schedule),
            }
        };
        match result.and_then(in_range) {
            Ok(schedule) => Some(schedule),
            Err(error) => {
                self.problems.push(self.sizing_problem(name, note, &error, dates));
                None
            }
        }
    }

    fn sizing_problem(&self, name: &Name, note: &Note, error: &SizingError, dates: &[Date]) -> Problem {
        let money =
            |units: i64| crate::basics::format_amount(units, u32::try_from(self.deal.deal.decimals).unwrap_or(2));
        let (expected, found, way_out) = match error {
            SizingError::NegativePrincipal { index, debt_service, interest } => (
                "debt service that covers the interest of every date".to_string(),
                format!("{} against interest of {} on {}", money(*debt_service), money(*interest), dates[*index]),
                "let amortisation begin later, or size on a cash flow that covers the interest",
            ),
            SizingError::MoreThanBalance { index, principal, balance } => (
                "a schedule that repays no more than is outstanding".to_string(),
                format!("principal of {} on a balance of {} on {}", money(*principal), money(*balance), dates[*index]),
                "check the cash flow or the amounts of the schedule",
            ),
            SizingError::OutOfRange { index } => (
                "debt service, and a cash flow to size it on, below 2^52 minor units on every date".to_string(),
                format!("more on {}", dates[*index]),
                "check the rate, the dates and the sizing case",
            ),
            SizingError::Unsolved { index } => (
                "a cash flow in range whose `solve` finds its fixed point on every date".to_string(),
                format!("none on {}", dates[*index]),
                "allow more rounds, or check the formula and the sizing case",
            ),
            SizingError::NoCashFlow => (
                format!("a cash flow above zero from which {} can be repaid", name.text),
                "0.00 on every date".to_string(),
                "check the formula, the lease's dates and the sizing case",
            ),
            SizingError::NegativeCashFlow { index, cash_flow } => (
                "a cash flow of at least zero on every date".to_string(),
                format!("{} on {}", money(*cash_flow), dates[*index]),
                "use max(0, ...) in the formula, or check the sizing case",
            ),
        };
        Problem { place: note.amortisation.place.clone(), expected, found, way_out: Some(way_out.to_string()) }
    }

    fn test(&mut self, name: &Name, test: &Test, model: &Model) -> Option<TestModel> {
        let ratio = self.measure(&test.measure, model)?;
        let level = test.level.0;
        Some(TestModel {
            name: name.text.clone(),
            ratio,
            direction: match test.requires.unwrap_or(test.measure.usual_side()) {
                Requires::AtLeast => Direction::AtLeast,
                Requires::AtMost => Direction::AtMost,
            },
            level,
            cure_level: test.cure_level.map_or(level, |cure| cure.0),
            enter_after: test.enter_after,
            cure_after: test.cure_after,
            window: usize::try_from(test.window).unwrap_or(1),
            is_mean: matches!(test.by, WindowBy::MeanOfRatios),
            window_start: test.window_start,
            forward: self.forward(test),
            measured: self.measured(test),
            undefined: match test.when_undefined {
                WhenUndefined::Pass => Undefined::Pass,
                WhenUndefined::Fail => Undefined::Fail,
                WhenUndefined::Hold => Undefined::Hold,
            },
            sticky: test.sticky,
            sets_status: self.statuses_set(test),
            effects: self.effects(test),
            run_by: self.run_by(&name.text),
            cure: self.cure(test),
        })
    }

    /// The dates on which a test is measured, each with the number of measurements up to it.
    pub(super) fn measured(&self, test: &Test) -> Vec<Option<usize>> {
        let mut count = 0;
        let on = self.marks(&test.dates);
        self.grid
            .dates
            .iter()
            .zip(on)
            .map(|(date, on)| {
                let begun = test.first_date.as_ref().is_none_or(|first| *date >= first.value);
                let holiday = test.holiday.iter().any(|holiday| *date >= holiday.from && *date <= holiday.to);
                (on && begun && !holiday).then(|| {
                    count += 1;
                    count
                })
            })
            .collect()
    }
}

/// `base[y] = R(base[y-1] * (1e9 + annual) / 1e9)`.
pub(super) fn escalated(deal: &Deal, base: i64, escalator: Option<&Escalator>, years: u32) -> i64 {
    match escalator {
        None => base,
        Some(Escalator::Annual(rate)) => {
            (0..years).fold(base, |amount, _| deal.deal.rounding.mul_div(amount, NUMBER_SCALE + rate.0, NUMBER_SCALE))
        }
    }
}

/// Years from the dated date to each payment date, in the note's day count; the sum of the periods where it needs a schedule.
fn years_from_dated_date(note: &Note, periods: &[Period]) -> Vec<f64> {
    let mut sum = Fraction::ZERO;
    periods
        .iter()
        .map(|period| {
            sum = sum.plus(note.day_count.fraction(period));
            let years =
                note.day_count.between(note.dated_date.value, period.end, note.maturity_date.value).unwrap_or(sum);
            #[allow(clippy::cast_precision_loss, reason = "years, for people to read")]
            {
                years.numerator as f64 / years.denominator as f64
            }
        })
        .collect()
}

/// The frequency of listed dates: the greatest number of months of which every distance is a multiple, each distance
/// rounded to whole months of a twelfth of 365 days; twelve for a single date, and never less than one.
fn months_apart(dates: &[Date]) -> u32 {
    let distances = dates.windows(2).map(|pair| i64::from((pair[1].days() - pair[0].days()) * 24 + 365) / 730);
    match distances.fold(0, greatest_common_divisor) {
        0 if dates.len() < 2 => 12,
        months => u32::try_from(months.max(1)).unwrap_or(1),
    }
}
