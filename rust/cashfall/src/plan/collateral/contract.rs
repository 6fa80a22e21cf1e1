//! Compute contracts: capacity for a price per unit and hour.

use crate::basics::{Date, NUMBER_SCALE};
use crate::deal::model::{Contract, DatedNumber};
use crate::deal::{FormulaText, Name};
use crate::formula::{Expr, Object, Quantity as Q, Relation, Unit};

use super::super::resolve::Resolver;
use super::FigureModel;
use super::maker::{Maker, nothing};
use super::terms::{Term, constant, count, greatest, least, period, table, when, written};

/// A contract on the grid; tables are by grid date.
#[derive(Clone, Debug)]
pub struct ContractModel {
    /// Its name.
    pub name: String,
    /// Its payment dates.
    pub on: Vec<bool>,
    unit_value: Vec<i64>,
    contracted: Vec<i64>,
    remaining: Vec<i64>,
    /// What is contracted in all.
    all: i64,
    is_last: Vec<i64>,
    utilization: Option<Expr>,
    take_or_pay: i64,
    availability: Option<Expr>,
    credits: Vec<(i64, i64)>,
    prepayment: Option<PrepaymentModel>,
    investment_grade: Option<Expr>,
    default: Option<DefaultModel>,
    rollover: Option<RolloverModel>,
}

#[derive(Clone, Debug)]
struct PrepaymentModel {
    received: Vec<i64>,
    is_credited: Vec<i64>,
    over: i64,
}

#[derive(Clone, Debug)]
struct DefaultModel {
    when: Expr,
    remarketing: Option<Expr>,
    on_demand: Expr,
    recovery: Option<Expr>,
    after: i64,
}

#[derive(Clone, Debug)]
struct RolloverModel {
    price: Expr,
    utilization: Option<Expr>,
    after: i64,
}

impl Resolver<'_> {
    pub(in super::super) fn contract(&mut self, name: &Name, contract: &Contract) -> Option<ContractModel> {
        let n = self.grid.len();
        let mut model = ContractModel {
            name: name.text.clone(),
            on: vec![false; n],
            unit_value: vec![0; n],
            contracted: vec![0; n],
            remaining: vec![0; n],
            all: 0,
            is_last: vec![0; n],
            utilization: self.optional(contract.utilization.as_ref(), Unit::Number)?,
            take_or_pay: contract.take_or_pay.0,
            availability: self.optional(contract.availability.as_ref(), Unit::Number)?,
            credits: contract.credits.iter().map(|(below, share)| (below.value.0, share.0)).collect(),
            prepayment: None,
            investment_grade: self.optional(contract.investment_grade.as_ref(), Unit::Flag)?,
            default: None,
            rollover: None,
        };
        self.tables_of_contract(contract, &mut model);
        if let Some(terms) = &contract.prepayment {
            let mark = |holds: &dyn Fn(Date) -> bool| -> Vec<i64> {
                self.grid.dates.iter().map(|date| i64::from(holds(*date))).collect()
            };
            let received = mark(&|date| date == terms.date.value);
            model.prepayment = Some(PrepaymentModel {
                received: received.into_iter().map(|here| here * terms.amount.0).collect(),
                is_credited: mark(&|date| date >= terms.credited_from.value),
                over: terms.over,
            });
        }
        if let Some(terms) = &contract.default {
            model.default = Some(DefaultModel {
                when: self.formula(&terms.when, Unit::Flag)?,
                remarketing: self.optional(terms.remarketing.as_ref(), Unit::Amount)?,
                on_demand: self.formula(&terms.on_demand, Unit::Number)?,
                recovery: self.optional(terms.recovery.as_ref(), Unit::Number)?,
                after: terms.after,
            });
        }
        if let Some(terms) = &contract.rollover {
            model.rollover = Some(RolloverModel {
                price: self.formula(&terms.price, Unit::Number)?,
                utilization: self.optional(terms.utilization.as_ref(), Unit::Number)?,
                after: terms.after,
            });
        }
        Some(model)
    }

    /// What each period is worth, and what is contracted of it.
    fn tables_of_contract(&mut self, contract: &Contract, model: &mut ContractModel) {
        let units = 10_i128.pow(u32::try_from(self.deal.deal.decimals).unwrap_or(2));
        let (scale, rounding) = (i128::from(NUMBER_SCALE), self.deal.deal.rounding);
        let in_units =
            |value: i128, scale: i128| i64::try_from(rounding.divide(value * units, scale)).unwrap_or(i64::MAX);
        let dates: Vec<Date> = self.dates(&contract.payment_dates).to_vec();
        let mut begins = contract.commencement.value;
        for date in dates.into_iter().filter(|date| *date > contract.commencement.value) {
            let (start, end) = (begins, date);
            begins = date;
            let Some(t) = self.grid.index(date) else { continue };
            let hours = i128::from(end.days() - start.days()) * 24;
            let capacity = i128::from(holding(&contract.capacity, start)) * hours;
            model.on[t] = true;
            model.unit_value[t] = in_units(capacity, scale);
            if date <= contract.end.value {
                model.contracted[t] = in_units(capacity * i128::from(holding(&contract.price, start)), scale * scale);
            }
            model.is_last[t] = i64::from(date == contract.end.value);
        }
        model.all = model.contracted.iter().fold(0, |sum, fee| sum.saturating_add(*fee));
        let mut left = model.all;
        for (remaining, fee) in model.remaining.iter_mut().zip(&model.contracted) {
            left -= fee;
            *remaining = left;
        }
    }

    /// A formula that may be left out; nothing if it is wrong.
    pub(in super::super) fn optional(&mut self, formula: Option<&FormulaText>, unit: Unit) -> Option<Option<Expr>> {
        match formula {
            Some(formula) => self.formula(formula, unit).map(Some),
            None => Some(None),
        }
    }
}

/// The number that holds from the last date on or before one; 0 before the first.
fn holding(steps: &[DatedNumber], date: Date) -> i64 {
    let listed = steps.partition_point(|(from, _)| from.value <= date);
    listed.checked_sub(1).map_or(0, |last| steps[last].1.0)
}

/// A share: below 0 it counts as 0, above 1 as 1.
pub fn share(formula: Option<&Expr>) -> Term {
    let whole = constant(Unit::Number, NUMBER_SCALE);
    formula.map_or(whole.clone(), |formula| least(written(formula).at_least_zero(), whole))
}

/// The figures of a contract.
pub fn figures(index: usize, contract: &ContractModel) -> Vec<FigureModel> {
    let mut maker = Maker { terms: contract, object: Object::Contract, index, on: &contract.on, made: Vec::new() };
    maker.known();
    maker.force();
    maker.fee();
    maker.damages();
    maker.income();
    maker.made
}

impl Maker<'_, ContractModel> {
    fn by_date(&self, unit: Unit, values: &[i64]) -> Term {
        table(unit, values.iter().copied(), period())
    }

    fn known(&mut self) {
        let terms = self.terms;
        self.flow(Q::UnitValue, self.by_date(Unit::Amount, &terms.unit_value));
        self.flow(Q::Contracted, self.by_date(Unit::Amount, &terms.contracted));
        self.keep(Q::Remaining, terms.all, self.by_date(Unit::Amount, &terms.remaining));
        let class = terms.investment_grade.as_ref().map_or(constant(Unit::Flag, 1), written);
        self.keep(Q::InvestmentGrade, 1, class);
    }

    /// Whether the customer pays for the date.
    fn pays(&self) -> Term {
        let opening = self.opening(Q::InForce);
        if self.has(Q::Defaulted) { opening & !self.now(Q::Defaulted) } else { opening }
    }

    fn force(&mut self) {
        if let Some(default) = &self.terms.default {
            self.flow(Q::Defaulted, self.opening(Q::InForce) & written(&default.when));
        }
        let goes_on = self.pays() & !self.by_date(Unit::Flag, &self.terms.is_last);
        self.keep(Q::InForce, 1, goes_on);
        self.keep(Q::NEnded, 0, when(self.opening(Q::InForce), count(0), self.opening(Q::NEnded) + count(1)));
    }

    fn fee(&mut self) {
        let terms = self.terms;
        let contracted = self.now(Q::Contracted);
        let used = match &terms.utilization {
            Some(_) => contracted.clone().scaled_by(Some(share(terms.utilization.as_ref()))),
            None => contracted.clone(),
        };
        let least_fee = contracted.scaled_by(Some(constant(Unit::Number, terms.take_or_pay)));
        self.flow(Q::Used, when(self.pays(), used, nothing()));
        self.flow(Q::Billed, when(self.pays(), greatest(self.now(Q::Used), least_fee), nothing()));
        if let Some(availability) = &terms.availability {
            let whole = constant(Unit::Number, 0);
            let credit = terms.credits.iter().rev().fold(whole, |rest, (below, credit)| {
                let is_below = written(availability).compares(Relation::Less, constant(Unit::Number, *below));
                when(is_below, constant(Unit::Number, *credit), rest)
            });
            self.flow(Q::Credit, self.now(Q::Billed).scaled_by(Some(credit)));
        }
        if let Some(prepayment) = &terms.prepayment {
            self.prepaid(prepayment);
        }
        let fee = self.now(Q::Billed) - self.perhaps(Q::Credit) - self.perhaps(Q::Credited);
        self.flow(Q::Fee, fee);
    }

    fn prepaid(&mut self, terms: &PrepaymentModel) {
        self.flow(Q::Received, self.by_date(Unit::Amount, &terms.received));
        let held = self.opening(Q::Prepaid) + self.now(Q::Received);
        let credits = self.pays() & self.by_date(Unit::Flag, &terms.is_credited);
        let n = self.opening(Q::Instalments);
        let most = self.now(Q::Billed) - self.perhaps(Q::Credit);
        let credited = least(most, held.clone().divided_by(n.clone()));
        self.flow(Q::Credited, when(credits.clone(), credited, nothing()));
        self.keep(Q::Instalments, terms.over, when(credits, greatest(n.clone() - count(1), count(1)), n));
        self.keep(Q::Prepaid, 0, held - self.now(Q::Credited));
    }

    fn damages(&mut self) {
        let Some(default) = &self.terms.default else { return };
        let worth = self.now(Q::UnitValue).scaled_by(Some(written(&default.on_demand).at_least_zero()));
        let worth = match &self.terms.utilization {
            Some(_) => worth.scaled_by(Some(share(self.terms.utilization.as_ref()))),
            None => worth,
        };
        self.keep(Q::UseValue, 0, self.opening(Q::UseValue) + when(self.pays(), worth, nothing()));
        let paid = self.opening(Q::PaidToDate) + self.now(Q::Fee);
        self.keep(Q::PaidToDate, 0, paid + self.perhaps(Q::Received));
        let remarketing = default.remarketing.as_ref().map_or(nothing(), |amount| written(amount).at_least_zero());
        let lost = self.now(Q::Contracted) + self.now(Q::Remaining) - remarketing;
        let discount = self.now(Q::UseValue) - self.now(Q::PaidToDate);
        let damages = least(lost.at_least_zero(), discount.at_least_zero());
        self.keep(Q::Damages, 0, when(self.now(Q::Defaulted), damages, self.opening(Q::Damages)));
        let is_date = match default.after {
            0 => self.now(Q::Defaulted),
            after => self.now(Q::NEnded).compares(Relation::Equal, count(after)),
        };
        let recovered = self.now(Q::Damages).scaled_by(Some(share(default.recovery.as_ref())));
        self.flow(Q::Recovered, when(is_date, recovered, nothing()));
    }

    fn income(&mut self) {
        if let Some(rollover) = &self.terms.rollover {
            let worth = self.now(Q::UnitValue).scaled_by(Some(written(&rollover.price).at_least_zero()));
            let revenue = match &rollover.utilization {
                Some(_) => worth.scaled_by(Some(share(rollover.utilization.as_ref()))),
                None => worth,
            };
            let is_let = self.now(Q::NEnded).compares(Relation::Greater, count(rollover.after));
            self.flow(Q::RolloverRevenue, when(is_let, revenue, nothing()));
        }
        self.flow(Q::Revenue, self.sum(&[Q::RolloverRevenue], self.now(Q::Fee)));
        self.flow(Q::Proceeds, self.sum(&[Q::Received, Q::Recovered], nothing()));
    }
}
