//! Ledgers and taxes on the grid, and what is owed beside fees, interest and principal.

use crate::deal::Name;
use crate::deal::model::{Ledger, LedgerKind, Tax};
use crate::formula::{Expr, Object, Quantity, QuantityRef, Unit};

use super::model::Model;
use super::resolve::Resolver;

/// A ledger.
#[derive(Clone, Debug)]
pub struct LedgerModel {
    /// Its name.
    pub name: String,
    /// Whether it keeps the greatest amount booked (else the sum).
    pub is_maximum: bool,
    /// The balance before the first date.
    pub opening: i64,
    /// The balance below which a booking does not bring it.
    pub floor: Option<i64>,
    /// The flag that sets it back.
    pub reset: Option<Expr>,
}

impl LedgerModel {
    /// Whether its balance may be below zero.
    pub fn may_be_negative(&self) -> bool {
        self.opening < 0 || (!self.is_maximum && self.floor.is_none_or(|floor| floor < 0))
    }
}

/// A tax.
#[derive(Clone, Debug)]
pub struct TaxModel {
    /// Its name.
    pub name: String,
    /// Its rate, in 1e-9.
    pub rate: i64,
    /// What is taxed.
    pub base: Expr,
}

/// Something owed that has a due, and a flow of what is paid on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Claim {
    /// A tax.
    Tax(usize),
    /// What a cap on a fee has held back.
    Excess(usize),
}

impl Claim {
    /// What is owed.
    pub fn due(self) -> QuantityRef {
        match self {
            Claim::Tax(index) => QuantityRef { object: Object::Tax, index, quantity: Quantity::Due },
            Claim::Excess(index) => QuantityRef { object: Object::Fee, index, quantity: Quantity::ExcessDue },
        }
    }

    /// What is paid on a date.
    pub fn paid(self) -> QuantityRef {
        match self {
            Claim::Tax(index) => QuantityRef { object: Object::Tax, index, quantity: Quantity::Paid },
            Claim::Excess(index) => QuantityRef { object: Object::Fee, index, quantity: Quantity::ExcessPaid },
        }
    }

    /// What is owed and unpaid at the close.
    pub fn shortfall(self) -> QuantityRef {
        match self {
            Claim::Tax(index) => QuantityRef { object: Object::Tax, index, quantity: Quantity::Shortfall },
            Claim::Excess(index) => QuantityRef { object: Object::Fee, index, quantity: Quantity::ExcessShortfall },
        }
    }

    /// What ledgers call it.
    pub fn name(self, model: &Model) -> String {
        match self {
            Claim::Tax(index) => model.taxes[index].name.clone(),
            Claim::Excess(index) => format!("{}.excess", model.fees[index].name),
        }
    }

    /// Every claim of a deal.
    pub fn all(model: &Model) -> Vec<Claim> {
        let capped = (0..model.fees.len()).filter(|fee| model.fees[*fee].cap.is_some());
        capped.map(Claim::Excess).chain((0..model.taxes.len()).map(Claim::Tax)).collect()
    }
}

impl Resolver<'_> {
    pub(super) fn ledger(&mut self, name: &Name, ledger: &Ledger) -> LedgerModel {
        LedgerModel {
            name: name.text.clone(),
            is_maximum: ledger.kind == LedgerKind::MaximumToDate,
            opening: ledger.opening.0,
            floor: ledger.floor.as_ref().map(|floor| floor.value.0),
            reset: ledger.reset_when.as_ref().and_then(|flag| self.formula(flag, Unit::Flag)),
        }
    }

    pub(super) fn tax(&mut self, name: &Name, tax: &Tax) -> Option<TaxModel> {
        let base = self.formula(&tax.base, Unit::Amount)?;
        Some(TaxModel { name: name.text.clone(), rate: tax.rate.0, base })
    }
}
