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
    /// What is drawn on a facility.
    Drawn(usize),
    /// A facility's commitment fee.
    FacilityFee(usize),
    /// Interest on what is drawn on a facility.
    FacilityInterest(usize),
    /// What the deal owes on a swap.
    Swap(usize),
    /// What the deal owes on a swap that has ended.
    Termination(usize),
    /// The premium that falls due on a note when it is accelerated.
    Premium(usize),
    /// Additional interest after a note's anticipated repayment date.
    Additional(usize),
}

impl Claim {
    /// The object, and its quantities: what is owed, what is paid on a date, and what is unpaid at the close.
    fn quantities(self) -> (Object, usize, [Quantity; 3]) {
        use Quantity as Q;
        match self {
            Claim::Tax(i) => (Object::Tax, i, [Q::Due, Q::Paid, Q::Shortfall]),
            Claim::Excess(i) => (Object::Fee, i, [Q::ExcessDue, Q::ExcessPaid, Q::ExcessShortfall]),
            Claim::Drawn(i) => (Object::Facility, i, [Q::Drawn, Q::Repaid, Q::Drawn]),
            Claim::FacilityFee(i) => (Object::Facility, i, [Q::FeeDue, Q::FeePaid, Q::FeeShortfall]),
            Claim::FacilityInterest(i) => {
                (Object::Facility, i, [Q::InterestDue, Q::InterestPaid, Q::InterestShortfall])
            }
            Claim::Swap(i) => (Object::Swap, i, [Q::Due, Q::Paid, Q::Shortfall]),
            Claim::Additional(i) => {
                (Object::Note, i, [Q::AdditionalInterestDue, Q::AdditionalInterestPaid, Q::AdditionalInterestShortfall])
            }
            Claim::Premium(i) => (Object::Note, i, [Q::PremiumDue, Q::PremiumPaid, Q::PremiumShortfall]),
            Claim::Termination(i) => {
                (Object::Swap, i, [Q::TerminationDue, Q::TerminationPaid, Q::TerminationShortfall])
            }
        }
    }

    /// What is owed.
    pub fn due(self) -> QuantityRef {
        let (object, index, [quantity, _, _]) = self.quantities();
        QuantityRef { object, index, quantity }
    }

    /// What is paid on a date.
    pub fn paid(self) -> QuantityRef {
        let (object, index, [_, quantity, _]) = self.quantities();
        QuantityRef { object, index, quantity }
    }

    /// What is owed and unpaid at the close.
    pub fn shortfall(self) -> QuantityRef {
        let (object, index, [_, _, quantity]) = self.quantities();
        QuantityRef { object, index, quantity }
    }

    /// What ledgers call it.
    pub fn name(self, model: &Model) -> String {
        match self {
            Claim::Tax(index) => model.taxes[index].name.clone(),
            Claim::Excess(index) => format!("{}.excess", model.fees[index].name),
            Claim::Drawn(index) => format!("{}.drawn", model.facilities[index].name),
            Claim::FacilityFee(index) => format!("{}.fee", model.facilities[index].name),
            Claim::FacilityInterest(index) => format!("{}.interest", model.facilities[index].name),
            Claim::Swap(index) => model.swaps[index].name.clone(),
            Claim::Additional(index) => format!("{}.additional_interest", model.notes[index].name),
            Claim::Premium(index) => format!("{}.premium", model.notes[index].name),
            Claim::Termination(index) => format!("{}.termination", model.swaps[index].name),
        }
    }

    /// Every claim of a deal.
    pub fn all(model: &Model) -> Vec<Claim> {
        let capped = (0..model.fees.len()).filter(|fee| model.fees[*fee].cap.is_some());
        let mut claims: Vec<Claim> = capped.map(Claim::Excess).chain((0..model.taxes.len()).map(Claim::Tax)).collect();
        for index in 0..model.facilities.len() {
            claims.extend([Claim::Drawn(index), Claim::FacilityFee(index), Claim::FacilityInterest(index)]);
        }
        for (index, swap) in model.swaps.iter().enumerate() {
            claims.push(Claim::Swap(index));
            claims.extend(swap.is_terminated.then_some(Claim::Termination(index)));
        }
        claims.extend((0..model.notes.len()).filter(|i| model.notes[*i].additional.is_some()).map(Claim::Additional));
        let premium = model.acceleration.iter().filter(|terms| terms.premium);
        claims.extend(premium.flat_map(|terms| &terms.notes).map(|note| Claim::Premium(*note)));
        claims
    }
}

/// Every flow of cash from outside through facilities, swaps and caps.
pub fn receipts(model: &Model) -> Vec<QuantityRef> {
    let of = |object, quantity| move |index| QuantityRef { object, index, quantity };
    let draws = (0..model.facilities.len()).map(of(Object::Facility, Quantity::Draws));
    let swaps = (0..model.swaps.len()).map(of(Object::Swap, Quantity::Received));
    let caps = (0..model.caps.len()).map(of(Object::RateCap, Quantity::Received));
    let funded = (0..model.notes.len()).filter(|note| model.notes[*note].funding.is_some());
    draws.chain(swaps).chain(caps).chain(funded.map(of(Object::Note, Quantity::Funded))).collect()
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
