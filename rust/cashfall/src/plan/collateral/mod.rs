//! What collateral brings: each figure of a lease or cashflow is a formula over inputs, tables of its terms, and figures before it.
//!
//! So one description serves the run, the sizing case and tests that look ahead.

mod borrowing_base;
mod contract;
mod fleet;
mod lease;
mod limit;
mod maker;
mod terms;

use crate::basics::LIMIT;
use crate::formula::{Expr, Object, Quantity, QuantityRef, Unit};

use super::evaluate::quantities_read;
use super::model::{CashflowModel, Model};
use super::sizing::SizingCase;
use terms::{Term, input, period, table, written};

pub use borrowing_base::BorrowingBaseModel;
pub use contract::ContractModel;
pub use fleet::FleetModel;
pub use lease::LeaseModel;

/// A figure that is made at the start of a date.
#[derive(Clone, Debug)]
pub struct FigureModel {
    /// Its name.
    pub of: QuantityRef,
    /// For each grid date, whether it is made.
    pub on: Vec<bool>,
    /// What it is made of.
    pub value: Expr,
    /// Whether it stays as it is on other dates (else it is 0 there).
    pub is_kept: bool,
    /// Its value before the first date.
    pub initial: i64,
    /// Its value on each date of the sizing case, 2^52 where it is out of range; none where waterfalls have a say in it.
    pub sized: Vec<i64>,
}

impl FigureModel {
    fn flow(of: QuantityRef, on: Vec<bool>, value: Term) -> FigureModel {
        FigureModel { of, on, value: value.expr(), is_kept: false, initial: 0, sized: Vec::new() }
    }
}

/// The figures of all collateral, in the order in which they are made.
pub fn figures(model: &Model) -> Vec<FigureModel> {
    let mut figures = Vec::new();
    for (index, lease) in model.leases.iter().enumerate() {
        figures.extend(lease::figures(index, lease));
    }
    for (index, contract) in model.contracts.iter().enumerate() {
        figures.extend(contract::figures(index, contract));
    }
    for (index, fleet) in model.fleets.iter().enumerate() {
        figures.extend(fleet::figures(index, fleet));
    }
    for (index, cashflow) in model.cashflows.iter().enumerate() {
        figures.push(amount(index, cashflow));
    }
    for (index, base) in model.borrowing_bases.iter().enumerate() {
        figures.extend(borrowing_base::figures(index, base));
    }
    figures
}

/// The amount of a cashflow.
fn amount(index: usize, cashflow: &CashflowModel) -> FigureModel {
    let of = QuantityRef { object: Object::Cashflow, index, quantity: Quantity::Amount };
    let amounts = match &cashflow.formula {
        Some(formula) => written(formula).at_least_zero(),
        None => table(Unit::Amount, cashflow.amounts.iter().copied(), period()),
    };
    let factor = cashflow.factor.map(|index| input(index, Unit::Number));
    FigureModel::flow(of, cashflow.on.clone(), amounts.scaled_by(factor))
}

impl Model {
    /// A figure of the collateral.
    pub fn figure(&self, of: QuantityRef) -> Option<&FigureModel> {
        self.figures.iter().find(|figure| figure.of == of)
    }

    /// Whether the total of a figure is a metric: not the rents of leases without clauses.
    pub fn is_totalled(&self, of: &QuantityRef) -> bool {
        let is_plain = of.object == Object::Lease && self.leases[of.index].clauses.is_none();
        of.object.is_collateral() && of.quantity.is_totalled() && !is_plain
    }

    /// Make every figure on the sizing case, date by date.
    pub fn size_figures(&mut self) {
        let known: Vec<usize> = (0..self.figures.len()).filter(|position| self.is_known(*position)).collect();
        for t in 0..self.dates.len() {
            for &position in &known {
                let figure = &self.figures[position];
                let value = match (figure.on[t], figure.is_kept) {
                    (true, _) => SizingCase { model: self }.value(&figure.value, t).unwrap_or(LIMIT),
                    (false, true) => figure.sized.last().copied().unwrap_or(figure.initial),
                    (false, false) => 0,
                };
                self.figures[position].sized.push(value);
            }
        }
    }

    /// Whether the inputs alone decide a figure.
    fn is_known(&self, position: usize) -> bool {
        let mut reads = vec![self.figures[position].of];
        let mut seen = 0;
        while let Some(of) = reads.get(seen).copied() {
            let known = match of.object {
                Object::Input | Object::Period => true,
                Object::Cashflow => of.quantity == Quantity::Amount,
                object if object.is_collateral() => true,
                Object::Note => matches!(of.quantity, Quantity::OriginalBalance | Quantity::MonthsToMaturity),
                _ => false,
            };
            if !known {
                return false;
            }
            let mut parts = Vec::new();
            self.figure(of).into_iter().for_each(|figure| quantities_read(&figure.value, &mut parts));
            parts.retain(|part| !reads.contains(part));
            reads.extend(parts);
            seen += 1;
        }
        true
    }
}
