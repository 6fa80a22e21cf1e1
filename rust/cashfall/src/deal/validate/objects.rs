//! Inputs, the sizing case, cashflows and fees. Accounts have no rule but their target's formula.

use super::{Checker, Kind};
use crate::basics::date::Date;
use crate::basics::schedule::full_years;
use crate::basics::units::{Amount, LIMIT, NUMBER_SCALE, Number};
use crate::deal::decimal::{DecimalError, written};
use crate::deal::error::Problem;
use crate::deal::model::{Escalator, FeeAmount, Input, InputPath, InputUnit};
use crate::deal::nearest::did_you_mean;
use crate::deal::text::{Decimal, Name};

impl<'a> Checker<'a> {
    pub(super) fn objects(&mut self) {
        let deal = self.deal;
        for (name, input) in &deal.inputs {
            if self.is_read(&name.place.path) {
                self.input(name, input);
            }
        }
        for (name, value) in &deal.sizing_case {
            self.is_given(name, &InputPath::Constant(value.clone()));
        }
        for (name, scenario) in &deal.scenarios {
            if scenario.inputs.is_empty() && self.is_read(&name.place.path) {
                self.advise(
                    &name.place,
                    "a value for at least one input",
                    "none",
                    "add it to `inputs`, or drop the scenario",
                );
            }
            scenario.inputs.iter().for_each(|(name, path)| self.is_given(name, path));
        }
        deal.leases.iter().for_each(|(name, lease)| self.lease(name, lease));
        deal.cashflows.iter().for_each(|(name, cashflow)| self.cashflow(name, cashflow));
        for (name, fee) in &deal.fees {
            self.refer(&fee.payment_dates, &[Kind::Schedule]);
            self.not_before_closing(&fee.payment_dates);
            if let (FeeAmount::Fixed(fixed), Some(closing)) = (&fee.amount, self.closing_date()) {
                let path = format!("{}.amount.fixed", name.place.path);
                let annual = fixed.escalator.as_ref().map(|Escalator::Annual(annual)| *annual);
                self.escalated(&path, fixed.per_date, annual, &fee.payment_dates, closing, Date::MAX);
            }
        }
    }

    /// A decimal of an input in its unit; too many decimals or too large is a problem.
    fn in_unit(&mut self, unit: InputUnit, decimal: &Decimal) -> Option<i64> {
        let (value, name) = match unit {
            InputUnit::Number => (decimal.to_number().map(|number| number.0), "a number"),
            InputUnit::Amount => {
                (decimal.to_amount(self.deal.deal.decimals as u32).map(|amount| amount.0), "an amount")
            }
        };
        let expected = match value {
            Ok(value) => return Some(value),
            Err(DecimalError::NotADecimal) => format!("{name}, a finite decimal"),
            Err(DecimalError::TooManyDecimals(0)) => format!("{name} without decimals, as `deal.decimals` is 0"),
            Err(error) => format!("{name} with {error}"),
        };
        self.report(&decimal.place, expected, decimal.text.clone());
        None
    }

    fn input(&mut self, name: &Name, input: &Input) {
        let default_maximum = match input.unit {
            InputUnit::Number => "1000",
            InputUnit::Amount => "100000000000",
        };
        let bound = |text: &str| Decimal { text: text.to_owned(), place: name.place.clone() };
        let minimum = input.minimum.clone().unwrap_or_else(|| bound("0"));
        let maximum = input.maximum.clone().unwrap_or_else(|| bound(default_maximum));
        let low = self.in_unit(input.unit, &minimum);
        let high = self.in_unit(input.unit, &maximum);
        if let (Some(low), Some(high)) = (low, high)
            && low > high
        {
            self.report(
                &maximum.place,
                format!("a maximum not below the minimum, {}", minimum.text),
                maximum.text.clone(),
            );
        }
        for value in self.defaults(name, input) {
            self.between(input.unit, value, (&minimum, low), (&maximum, high));
        }
    }

    /// The default values of an input: a scalar or steps, not both and not neither.
    fn defaults<'b>(&mut self, name: &Name, input: &'b Input) -> Vec<&'b Decimal> {
        match (&input.default, &input.default_steps) {
            (Some(default), None) => vec![default],
            (None, Some(steps)) => {
                self.increasing(steps.iter().map(|(date, _)| date));
                steps.iter().map(|(_, value)| value).collect()
            }
            (found, _) => {
                let found = if found.is_some() { "both" } else { "neither" };
                let way_out = if found == "both" { "keep one of them" } else { "add `default`" };
                self.advise(&name.place, "either `default` or `default_steps`", found, way_out);
                Vec::new()
            }
        }
    }

    fn between(
        &mut self,
        unit: InputUnit,
        value: &Decimal,
        (minimum, low): (&Decimal, Option<i64>),
        (maximum, high): (&Decimal, Option<i64>),
    ) {
        let (Some(value_in_unit), Some(low), Some(high)) = (self.in_unit(unit, value), low, high) else {
            return;
        };
        if low <= high && !(low..=high).contains(&value_in_unit) {
            let expected = format!("a value from {} to {}", minimum.text, maximum.text);
            self.advise(
                &value.place,
                expected,
                value.text.clone(),
                "`minimum` and `maximum` of the input set the range",
            );
        }
    }

    /// That an input takes the values that it is given.
    fn is_given(&mut self, name: &Name, path: &InputPath) {
        let inputs = &self.deal.inputs;
        if self.hidden.contains(&name.text.as_str()) || !self.is_read(&name.place.path) {
            return;
        }
        let Some(index) = inputs.position(&name.text) else {
            let advice = did_you_mean(&name.text, inputs.iter().map(|(name, _)| name.text.as_str()));
            let problem = Problem::new(&name.place, "an input", format!("`{}`", name.text)).with_advice(advice);
            self.problems.push(problem);
            return;
        };
        if let InputPath::Steps(steps) = path {
            self.increasing(steps.iter().map(|(date, _)| date));
        }
        let is_read = self.is_read(&inputs.name(index).place.path);
        for value in path.values().into_iter().filter(|_| is_read) {
            let input = Input { default: Some(value.clone()), default_steps: None, ..inputs[index].clone() };
            // The input's own bounds have been checked; here only the value is new.
            let known = self.problems.len();
            self.input(name, &input);
            let mut new = self.problems.split_off(known);
            new.retain(|problem| problem.place == value.place);
            self.problems.extend(new);
        }
    }

    /// That an amount which grows with the full years from `start` stays in range on every date until `end`.
    pub(super) fn escalated(
        &mut self,
        path: &str,
        amount: Amount,
        annual: Option<Number>,
        schedule: &Name,
        start: Date,
        end: Date,
    ) {
        let (Some(annual), Some(dates)) = (annual, self.dates_of(schedule)) else { return };
        if !self.is_read(path) {
            return;
        }
        let (rounding, growth) = (self.deal.deal.rounding, i128::from(NUMBER_SCALE + annual.0));
        let (mut amount, mut years, mut previous) = (i128::from(amount.0), 0, start);
        let mut outgrown = None;
        for date in dates.iter().copied().filter(|date| *date > start && *date <= end) {
            while years < full_years(start, previous) && amount < i128::from(LIMIT) {
                amount = rounding.divide(amount * growth, i128::from(NUMBER_SCALE));
                years += 1;
            }
            if amount >= i128::from(LIMIT) {
                outgrown = Some(date);
                break;
            }
            previous = date;
        }
        if let Some(date) = outgrown {
            let limit = written(LIMIT, self.deal.deal.decimals as u32);
            let place = self.place(&format!("{path}.escalator"));
            self.report(&place, format!("growth that keeps the amount below {limit}"), format!("more on {date}"));
        }
    }

    /// An input of a unit that cannot be negative: it makes cash.
    pub(super) fn factor_input(&mut self, name: &Name, unit: InputUnit) {
        if self.refer(name, &[Kind::Input]).is_none() {
            return;
        }
        let Some(input) = self.deal.inputs.get(&name.text) else {
            return;
        };
        if input.unit != unit && self.is_read(&format!("inputs.{}.unit", name.text)) {
            let found = format!("`{}`, whose unit is {}", name.text, input.unit.name());
            self.report(&name.place, format!("an input whose unit is {}", unit.name()), found);
        } else if input.minimum.as_ref().is_some_and(|minimum| minimum.text.starts_with('-')) {
            let found = format!("`{}`, whose minimum is negative", name.text);
            let way_out = "cash cannot be negative: raise the input's `minimum` to 0";
            self.advise(&name.place, "an input that is never negative", found, way_out);
        }
    }

    /// A problem, unless the place holds a stand-in.
    pub(super) fn report_if_read(&mut self, place: &crate::deal::Place, expected: String, found: String) {
        if !place.path.is_empty() && self.is_read(&place.path) {
            self.report(place, expected, found);
        }
    }
}
