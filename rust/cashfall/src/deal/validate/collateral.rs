//! Contracts, and what the formulas of collateral may read.

use super::formulas::{Placed, Site};
use super::{Checker, Kind};
use crate::basics::date::Date;
use crate::deal::model::{Amortisation, Contract};
use crate::deal::text::{FormulaText, Name};
use crate::formula::{self, ExprKind, Object, Quantity, QuantityRef, Unit};

impl<'a> Checker<'a> {
    pub(super) fn contracts(&mut self) {
        for (name, contract) in &self.deal.contracts {
            if self.is_read(&name.place.path) {
                self.contract(name, contract);
            }
        }
    }

    fn contract(&mut self, name: &Name, contract: &'a Contract) {
        self.refer(&contract.payment_dates, &[Kind::Schedule]);
        self.increasing(contract.capacity.iter().map(|(date, _)| date));
        self.increasing(contract.price.iter().map(|(date, _)| date));
        for pair in contract.credits.windows(2) {
            let (before, after) = (&pair[0].0, &pair[1].0);
            if after.value.0 <= before.value.0 {
                let written = |number: i64| crate::deal::decimal::written(number, 9);
                let expected = format!("an availability above the one before it, {}", written(before.value.0));
                self.report(&after.place, expected, written(after.value.0));
            }
        }
        if !contract.credits.is_empty() && contract.availability.is_none() {
            let place = self.place(&format!("{}.credits", name.place.path));
            self.advise(&place, "credits beside `availability`", "none", "add `availability`, or drop the credits");
        }
        let Some(dates) = self.dates_of(&contract.payment_dates).map(<[Date]>::to_vec) else { return };
        let mut days = vec![(&contract.end, "the last")];
        days.extend(contract.prepayment.iter().map(|terms| (&terms.date, "a")));
        for (day, which) in days {
            let pays = dates.contains(&day.value) && day.value > contract.commencement.value;
            if !pays && self.is_read(&day.place.path) {
                let expected = format!(
                    "{which} date of `{}` after the commencement, {}",
                    contract.payment_dates.text, contract.commencement.value
                );
                self.report(&day.place, expected, day.value.to_string());
            }
        }
        if let Some(closing) = self.closing_date()
            && let Some(early) = dates.iter().find(|date| **date > contract.commencement.value && **date < closing)
        {
            let expected = format!("fees on or after the closing date, {closing}");
            let found = format!("{early} of `{}`", contract.payment_dates.text);
            self.report(&contract.payment_dates.place, expected, found);
        }
    }

    /// What a formula of collateral may read: what is known before it is made, and the past.
    pub(super) fn reading_of_collateral(&mut self, formula: &Placed<'a>, object: Object, index: usize) {
        let quantity = if object == Object::Note { Quantity::Target } else { Quantity::Amount };
        let own = QuantityRef { object, index, quantity };
        let place = rank(&own).expect("it is collateral");
        let mut stray = Vec::new();
        formula.expr.walk(&mut |part| {
            let now = matches!(part.kind, ExprKind::Quantity(_) | ExprKind::TrailingSum { .. });
            let is_stray = |of: &QuantityRef| is_later(of, place) || now && !is_made_before(of, place);
            stray.extend(part.quantity().filter(is_stray).map(|of| (part.start, of)));
        });
        for (start, of) in stray {
            let name = of.written(self.deal);
            let at = formula.text.place_at(start);
            if is_later(&of, place) {
                let expected = "collateral that is made before this (leases as declared, then contracts, fleets, cashflows, borrowing bases, limits of notes)";
                self.report(&at, expected, format!("`{name}`"));
                continue;
            }
            let expected = "what is there when it is made: an input, collateral that is made before, a term of a note, `period.index`";
            self.advise(&at, expected, format!("`{name}`"), format!("read `opening.{name}`"));
        }
    }

    /// Whether the inputs alone decide a quantity of collateral. The amounts of a lease's clauses decide receipts only.
    pub(super) fn collateral_precedes_waterfalls(&self, of: &QuantityRef) -> bool {
        let place = rank(of).expect("it is collateral");
        let reads_known = |(text, unit): (&FormulaText, Unit)| {
            let Ok(expr) = formula::parse(text, self.deal, Some(unit)) else { return true };
            let mut known = true;
            expr.walk(&mut |part| {
                known &= part.quantity().is_none_or(|read| match read.object {
                    _ if (read.object, read.index) == (of.object, of.index) => true,
                    _ if is_later(&read, place) => false,
                    _ => self.precedes_waterfalls(&read),
                });
            });
            known
        };
        let deal = self.deal;
        let formulas = match of.object {
            Object::Contract => deal.contracts[of.index].formulas(),
            Object::Fleet => deal.fleets[of.index].formulas(),
            Object::Cashflow => deal.cashflows[of.index].formulas(),
            Object::BorrowingBase => deal.borrowing_bases[of.index].formulas(),
            _ => {
                let lease = &deal.leases[of.index];
                let receipts = if of.quantity.is_receipt() { lease.formulas_of_receipts() } else { Vec::new() };
                lease.formulas_of_rent().into_iter().chain(receipts).collect()
            }
        };
        formulas.into_iter().all(reads_known)
    }

    /// The formulas of collateral, with the unit each gives.
    pub(super) fn formulas_of_collateral(&self) -> Vec<(Site<'a>, &'a FormulaText, Unit)> {
        let mut found = Vec::new();
        let mut add = |object: Object, index: usize, formulas: Vec<(&'a FormulaText, Unit)>| {
            let placed = formulas.into_iter().map(|(text, unit)| (Site::Collateral(object, index), text, unit));
            found.extend(placed);
        };
        for (index, (_, lease)) in self.deal.leases.iter().enumerate() {
            add(Object::Lease, index, lease.formulas_of_rent());
            add(Object::Lease, index, lease.formulas_of_receipts());
        }
        for (index, (_, contract)) in self.deal.contracts.iter().enumerate() {
            add(Object::Contract, index, contract.formulas());
        }
        for (index, (_, fleet)) in self.deal.fleets.iter().enumerate() {
            add(Object::Fleet, index, fleet.formulas());
        }
        for (index, (_, cashflow)) in self.deal.cashflows.iter().enumerate() {
            add(Object::Cashflow, index, cashflow.formulas());
        }
        for (index, (_, base)) in self.deal.borrowing_bases.iter().enumerate() {
            add(Object::BorrowingBase, index, base.formulas());
        }
        for (index, (_, note)) in self.deal.notes.iter().enumerate() {
            if let Amortisation::BalanceAtMost(terms) = &note.amortisation.value {
                add(Object::Note, index, vec![(&terms.formula, Unit::Amount)]);
            }
        }
        found
    }
}

/// Where a figure is made: leases, then contracts, fleets, amounts of cashflows, borrowing bases, limits of notes.
fn rank(of: &QuantityRef) -> Option<(usize, usize)> {
    let kind = match of.object {
        Object::Lease => 0,
        Object::Contract => 1,
        Object::Fleet => 2,
        Object::Cashflow if of.quantity == Quantity::Amount => 3,
        Object::BorrowingBase => 4,
        Object::Note if of.quantity == Quantity::Target => 5,
        _ => return None,
    };
    Some((kind, of.index))
}

/// Whether a quantity is that of collateral which is made later.
fn is_later(of: &QuantityRef, than: (usize, usize)) -> bool {
    rank(of).is_some_and(|rank| rank > than)
}

fn is_made_before(of: &QuantityRef, than: (usize, usize)) -> bool {
    match of.object {
        Object::Input | Object::Period => true,
        Object::Note if of.quantity != Quantity::Target => {
            matches!(of.quantity, Quantity::OriginalBalance | Quantity::MonthsToMaturity) || of.is_scheduled()
        }
        _ => rank(of).is_some_and(|rank| rank < than),
    }
}
