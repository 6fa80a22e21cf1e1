//! Fleets of machines: what they cost, what they are worth, what power they take, what a sale brings.

use crate::basics::{Date, NUMBER_SCALE, full_months};
use crate::deal::Name;
use crate::deal::model::{Fleet, Lot};
use crate::formula::{Expr, Object, Quantity as Q, Relation, Unit};

use super::super::resolve::Resolver;
use super::FigureModel;
use super::contract::share;
use super::maker::{Maker, nothing};
use super::terms::{Term, constant, count, period, table, when, written};

/// A fleet on the grid; tables are by grid date.
#[derive(Clone, Debug)]
pub struct FleetModel {
    /// Its name.
    pub name: String,
    /// The dates on which its figures are made.
    pub on: Vec<bool>,
    units: Vec<i64>,
    cost: Vec<i64>,
    net_cost: Vec<i64>,
    capex: Vec<i64>,
    /// What the units are worth at a price of 1, and the energy that they take.
    unit_value: Vec<i64>,
    energy: Vec<i64>,
    market_price: Option<Expr>,
    power_price: Option<Expr>,
    utilization: Option<Expr>,
    sale: Option<SaleModel>,
}

#[derive(Clone, Debug)]
struct SaleModel {
    when: Expr,
    haircut: Option<Expr>,
    after: i64,
}

impl Resolver<'_> {
    pub(in super::super) fn fleet(&mut self, name: &Name, fleet: &Fleet) -> Option<FleetModel> {
        let zeros = || vec![0; self.grid.len()];
        let mut model = FleetModel {
            name: name.text.clone(),
            on: vec![false; self.grid.len()],
            units: zeros(),
            cost: zeros(),
            net_cost: zeros(),
            capex: zeros(),
            unit_value: zeros(),
            energy: zeros(),
            market_price: None,
            power_price: None,
            utilization: None,
            sale: None,
        };
        self.tables_of_fleet(fleet, &mut model);
        model.market_price = self.optional(fleet.market_price.as_ref(), Unit::Number)?;
        if let Some(power) = &fleet.power {
            model.power_price = Some(self.formula(&power.price, Unit::Number)?);
            model.utilization = self.optional(power.utilization.as_ref(), Unit::Number)?;
        }
        if let Some(sale) = &fleet.sale {
            model.sale = Some(SaleModel {
                when: self.formula(&sale.when, Unit::Flag)?,
                haircut: self.optional(sale.haircut.as_ref(), Unit::Number)?,
                after: sale.after,
            });
        }
        Some(model)
    }

    fn tables_of_fleet(&mut self, fleet: &Fleet, model: &mut FleetModel) {
        let decimals = u32::try_from(self.deal.deal.decimals).unwrap_or(2);
        let (units, rounding) = (10_i128.pow(decimals), self.deal.deal.rounding);
        let within = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
        let takes =
            fleet.power.as_ref().map_or(0, |power| i128::from(power.kilowatts.0) * i128::from(power.effectiveness.0));
        let dates: Vec<Date> = self.dates(&fleet.payment_dates).to_vec();
        let mut begins = self.deal.deal.closing_date;
        let mut bought = Date::MIN;
        for date in dates {
            let t = self.grid.index(date).expect("the dates of fleets are on the grid");
            let there = || fleet.lots.iter().filter(|lot| lot.purchased.value <= date);
            let n_units: i64 = there().map(|lot| lot.units).sum();
            let hours = |lot: &Lot| i128::from(date.days() - begins.max(lot.purchased.value).days()) * 24;
            let unit_hours: i128 = there().map(|lot| i128::from(lot.units) * hours(lot)).sum();
            let closing = self.deal.deal.closing_date;
            let new = there().filter(|lot| lot.purchased.value > bought && lot.purchased.value >= closing);
            model.on[t] = true;
            model.units[t] = n_units;
            model.cost[t] = within(there().map(|lot| i128::from(lot.cost.0)).sum());
            model.capex[t] = within(new.map(|lot| i128::from(lot.cost.0)).sum());
            let left = |lot: &Lot| i128::from((lot.life - i64::from(full_months(lot.purchased.value, date))).max(0));
            let net = |lot: &Lot| rounding.divide(i128::from(lot.cost.0) * left(lot), i128::from(lot.life));
            model.net_cost[t] = within(there().map(net).sum());
            model.unit_value[t] = within(i128::from(n_units) * units);
            let scale = i128::from(NUMBER_SCALE) * i128::from(NUMBER_SCALE);
            model.energy[t] = within(rounding.divide(unit_hours * takes * units, scale));
            (begins, bought) = (date, date);
        }
    }
}

/// The figures of a fleet.
pub fn figures(index: usize, fleet: &FleetModel) -> Vec<FigureModel> {
    let mut maker = Maker { terms: fleet, object: Object::Fleet, index, on: &fleet.on, made: Vec::new() };
    maker.holding();
    maker.worth();
    maker.sale();
    maker.made
}

impl Maker<'_, FleetModel> {
    fn of_date(&self, unit: Unit, values: &[i64]) -> Term {
        table(unit, values.iter().copied(), period())
    }

    /// What is held counts only while it is.
    fn while_held(&self, unit: Unit, values: &[i64]) -> Term {
        let of_date = self.of_date(unit, values);
        if self.terms.sale.is_some() { when(self.now(Q::Held), of_date, constant(unit, 0)) } else { of_date }
    }

    fn holding(&mut self) {
        let terms = self.terms;
        let held = match &terms.sale {
            Some(sale) => self.opening(Q::Held) & !written(&sale.when),
            None => constant(Unit::Flag, 1),
        };
        self.keep(Q::Held, 1, held);
        self.keep(Q::Units, 0, self.while_held(Unit::Count, &terms.units));
        self.keep(Q::Cost, 0, self.while_held(Unit::Amount, &terms.cost));
        self.keep(Q::NetCost, 0, self.while_held(Unit::Amount, &terms.net_cost));
        self.flow(Q::Capex, self.while_held(Unit::Amount, &terms.capex));
    }

    /// The market value before a sale, and power up to it.
    fn worth(&mut self) {
        let terms = self.terms;
        if let Some(price) = &terms.market_price {
            let value = self.of_date(Unit::Amount, &terms.unit_value);
            let value = value.scaled_by(Some(written(price).at_least_zero()));
            let value = if terms.sale.is_some() { when(self.opening(Q::Held), value, nothing()) } else { value };
            self.keep(Q::MarketValue, 0, value);
        }
        if let Some(price) = &terms.power_price {
            let energy = self.of_date(Unit::Amount, &terms.energy);
            let cost = energy.scaled_by(Some(written(price).at_least_zero()));
            let cost = match &terms.utilization {
                Some(_) => cost.scaled_by(Some(share(terms.utilization.as_ref()))),
                None => cost,
            };
            let cost = if terms.sale.is_some() { when(self.opening(Q::Held), cost, nothing()) } else { cost };
            self.flow(Q::PowerCost, cost);
        }
    }

    fn sale(&mut self) {
        let Some(sale) = &self.terms.sale else { return };
        let is_sold = self.opening(Q::Held) & !self.now(Q::Held);
        let left = constant(Unit::Number, NUMBER_SCALE) - share_or_none(sale.haircut.as_ref());
        let value = self.now(Q::MarketValue).scaled_by(Some(left));
        self.flow(Q::Sold, when(is_sold.clone(), value, nothing()));
        self.keep(Q::Awaited, 0, when(is_sold.clone(), self.now(Q::Sold), self.opening(Q::Awaited)));
        self.keep(Q::NEnded, 0, when(self.opening(Q::Held), count(0), self.opening(Q::NEnded) + count(1)));
        let is_date = match sale.after {
            0 => is_sold,
            after => self.now(Q::NEnded).compares(Relation::Equal, count(after)),
        };
        self.flow(Q::Proceeds, when(is_date, self.now(Q::Awaited), nothing()));
    }
}

/// A share that is none where it is left out.
pub fn share_or_none(formula: Option<&Expr>) -> Term {
    formula.map_or(constant(Unit::Number, 0), |formula| share(Some(formula)))
}
