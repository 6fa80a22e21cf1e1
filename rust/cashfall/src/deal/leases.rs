//! Leases and their clauses.

use super::bounds::*;
use super::declare::{self, object, tagged};
use super::decode::{At, Context, Decode, Fields, Tagged, decode_tagged, expected_tagged};
use super::model::{Deal, Empty};
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{FormulaText, Located, Name};
use crate::basics::date::Date;
use crate::basics::units::{Amount, NUMBER_SCALE, Number};
use crate::formula::{Object, Quantity, Unit};

object! {
    /// A lease, whose rent is due on payment dates after commencement up to its end.
    Lease {
        /// The name people read.
        title: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// The day the lease begins.
        commencement: Located<Date>,
        /// The last day of the lease, or of its initial term.
        end: Located<Date>,
        /// The schedule on which rent is due.
        payment_dates: Name,
        /// The rent before escalation and factor.
        base_rent: BaseRent,
        /// How the base rent grows with the lease years; only with `per_date`.
        escalator: Option<RentEscalator>,
        /// A number input by which the rent is multiplied.
        factor: Option<Name>,
        /// The issuer's share of the rent.
        issuer_share: Number where SHARE = Number(NUMBER_SCALE),
        /// A formula that gives a flag: rents are counted from the first rent date on which it is 1.
        begins_when: Option<FormulaText>,
        /// How many of the first rents are not charged.
        free_rents: i64 where COUNT = 0,
        /// Terms that the tenant may add.
        renewals: Vec<Renewal> = Vec::new(),
        /// Rents that may be paid later.
        deferral: Option<Deferral>,
        /// What happens when the tenant stops paying.
        default: Option<TenantDefault>,
        /// What the tenant pays to leave early.
        termination: Option<Termination>,
        /// What the tenant pays for the property.
        purchase: Option<Purchase>,
        /// What insurance pays for the property.
        casualty: Option<Casualty>,
        /// What is held for the tenant, outside the deal's accounts.
        deposit: Option<Amount> where POSITIVE,
        /// At what rent the property is let again.
        relet: Option<Relet>,
        /// What the property is sold for once it is empty.
        sale: Option<Sale>,
        /// What is guaranteed of the property's value when it becomes empty.
        residual_value_guarantee: Option<ResidualValueGuarantee>,
        /// Who has the cash of sale and guarantee.
        residual_ranking: ResidualRanking = ResidualRanking::ProRata(Empty { place: Place::default() }),
    }
}

tagged! {
    /// The rent before escalation and factor.
    BaseRent {
        /// The rent of a payment date in the first lease year.
        PerDate(Amount where NOT_NEGATIVE) = "per_date",
        /// The amount input that gives the rent of each payment date.
        Input(Name) = "input",
    }
}

tagged! {
    /// How a rent grows with the lease years.
    RentEscalator {
        /// The growth a year.
        Annual(Number where GROWTH) = "annual",
        /// The growth of an index.
        Index(IndexGrowth) = "index",
    }
}

object! {
    /// The growth of an index from review to review.
    IndexGrowth {
        /// The number input that holds the level.
        input: Name,
        /// The least growth of a year.
        floor: Option<Located<Number>> where GROWTH,
        /// The greatest growth of a year.
        cap: Option<Located<Number>> where GROWTH,
    }
}

object! {
    /// A term that the tenant may add; decided on the last rent date of the term before it.
    Renewal {
        /// The last day of the term.
        until: Located<Date>,
        /// A formula that gives a flag: whether the tenant stays.
        when: FormulaText,
        /// What the base rent grows by when the term begins.
        step: Option<Located<Number>> where GROWTH,
    }
}

object! {
    /// Rents that are paid later, as under force majeure.
    Deferral {
        /// A formula that gives a flag: whether the rent of a date is deferred.
        when: FormulaText,
        /// The most rents that are deferred.
        most: i64 where AT_LEAST_ONE,
        /// In how many instalments what was deferred is paid.
        over: i64 where AT_LEAST_ONE,
    }
}

object! {
    /// The tenant stops paying, and the lease is rejected.
    TenantDefault {
        /// A formula that gives a flag.
        when: FormulaText,
        /// How many rents, that of the date included, are claimed.
        claim_rents: i64 where COUNT = 0,
        /// A formula that gives a number: the share of the claim that is recovered.
        recovery: Option<FormulaText>,
        /// How many rent dates later.
        after: i64 where COUNT = 0,
    }
}

object! {
    /// The tenant leaves early.
    Termination {
        /// A formula that gives a flag.
        when: FormulaText,
        /// A formula that gives the amount the tenant pays.
        payment: FormulaText,
    }
}

object! {
    /// The tenant buys the property.
    Purchase {
        /// A formula that gives a flag.
        when: FormulaText,
        /// A formula that gives the amount the tenant pays.
        price: FormulaText,
    }
}

object! {
    /// The property is destroyed.
    Casualty {
        /// A formula that gives a flag.
        when: FormulaText,
        /// A formula that gives the amount the insurer pays.
        insurance: FormulaText,
    }
}

object! {
    /// The empty property is let again.
    Relet {
        /// How many rent dates it stays empty.
        after: i64 where COUNT = 0,
        /// A formula that gives the rent of a date.
        rent: FormulaText,
    }
}

object! {
    /// The empty property is sold.
    Sale {
        /// How many rent dates later.
        after: i64 where COUNT = 0,
        /// A formula that gives the amount it brings.
        value: FormulaText,
    }
}

object! {
    /// A guarantee of the property's value.
    ResidualValueGuarantee {
        /// Pairs of date and amount; the dates strictly increase. Each holds from its date until the next.
        threshold: Vec<(Located<Date>, Amount)> where NOT_NEGATIVE_LIST,
        /// The last day on which it is called.
        until: Located<Date>,
        /// The most it pays.
        cap: Located<Amount> where POSITIVE,
        /// A formula that gives the value of the property on the day it becomes empty.
        value: FormulaText,
        /// How many rent dates later it pays.
        after: i64 where COUNT = 0,
    }
}

tagged! {
    /// Who has the cash of sale and guarantee.
    ResidualRanking {
        /// Each owner has its share.
        ProRata(Empty) = "pro_rata",
        /// The issuer has what it claims, the others what is left.
        IssuerFirst(IssuerFirst) = "issuer_first",
    }
}

object! {
    /// The issuer's claim.
    IssuerFirst {
        /// A formula that gives the amount.
        claim: FormulaText,
    }
}

impl Deal {
    /// Whether an object of the collateral has a quantity.
    pub fn collateral_has(&self, object: Object, index: usize, quantity: Quantity) -> bool {
        match object {
            Object::Lease => self.leases[index].has(quantity),
            Object::Contract => self.contracts[index].has(quantity),
            Object::Fleet => self.fleets[index].has(quantity),
            Object::BorrowingBase => matches!(quantity, Quantity::Amount | Quantity::Binding),
            _ => false,
        }
    }
}

impl Deal {
    /// The name of an object that has figures.
    pub fn name_of_collateral(&self, object: Object, index: usize) -> &Name {
        match object {
            Object::Contract => self.contracts.name(index),
            Object::Fleet => self.fleets.name(index),
            Object::Cashflow => self.cashflows.name(index),
            Object::BorrowingBase => self.borrowing_bases.name(index),
            Object::Note => self.notes.name(index),
            _ => self.leases.name(index),
        }
    }
}

impl Lease {
    /// Whether it has a clause beyond rent on dates.
    pub fn has_clauses(&self) -> bool {
        let formulas = self.begins_when.is_some() || !self.renewals.is_empty() || self.deferral.is_some();
        let ends = self.default.is_some() || self.termination.is_some() || self.purchase.is_some();
        let after = self.casualty.is_some() || self.relet.is_some() || self.sale.is_some();
        let indexed = matches!(self.escalator, Some(RentEscalator::Index(_)));
        let others = self.deposit.is_some() || self.residual_value_guarantee.is_some() || self.free_rents > 0;
        formulas || ends || after || indexed || others
    }

    /// Whether the tenant may fail to pay, which is what a deposit is for.
    pub fn has_end(&self) -> bool {
        self.default.is_some()
    }

    /// Whether it has a quantity.
    pub fn has(&self, quantity: Quantity) -> bool {
        use Quantity as Q;
        match quantity {
            Q::Rent | Q::IssuerRent => true,
            Q::NRents | Q::NVacant | Q::Occupied | Q::Vacant | Q::Expired => self.has_clauses(),
            Q::ScheduledRent | Q::Proceeds | Q::IssuerProceeds => self.has_clauses(),
            Q::BaseRent | Q::IndexLevel => matches!(self.escalator, Some(RentEscalator::Index(_))),
            Q::NDeferred | Q::Deferred | Q::Repaid => self.deferral.is_some(),
            Q::Defaulted | Q::Claimed | Q::Claim => self.default.is_some(),
            Q::Recovered => self.default.as_ref().is_some_and(|default| default.recovery.is_some()),
            Q::Deposit | Q::DepositApplied | Q::DepositReturned => self.deposit.is_some(),
            Q::Purchased | Q::PurchasePaid => self.purchase.is_some(),
            Q::Terminated | Q::TerminationPaid => self.termination.is_some(),
            Q::Destroyed | Q::Insured => self.casualty.is_some(),
            Q::ReletRent => self.relet.is_some(),
            Q::Sold => self.sale.is_some(),
            Q::Guaranteed | Q::GuaranteePaid => self.residual_value_guarantee.is_some(),
            _ => false,
        }
    }

    /// The formulas that decide rent, and when the tenancy ends.
    pub fn formulas_of_rent(&self) -> Vec<(&FormulaText, Unit)> {
        let begins = self.begins_when.iter().chain(self.renewals.iter().map(|renewal| &renewal.when));
        let deferral = self.deferral.iter().map(|deferral| &deferral.when);
        let ends = self.default.iter().map(|clause| &clause.when);
        let ends = ends.chain(self.purchase.iter().map(|clause| &clause.when));
        let ends = ends.chain(self.termination.iter().map(|clause| &clause.when));
        let ends = ends.chain(self.casualty.iter().map(|clause| &clause.when));
        let flags = begins.chain(deferral).chain(ends).map(|flag| (flag, Unit::Flag));
        flags.chain(self.relet.iter().map(|relet| (&relet.rent, Unit::Amount))).collect()
    }

    /// The formulas that decide what comes in beside rent.
    pub fn formulas_of_receipts(&self) -> Vec<(&FormulaText, Unit)> {
        let recovery = self.default.iter().filter_map(|default| default.recovery.as_ref());
        let amounts = self.purchase.iter().map(|clause| &clause.price);
        let amounts = amounts.chain(self.termination.iter().map(|clause| &clause.payment));
        let amounts = amounts.chain(self.casualty.iter().map(|clause| &clause.insurance));
        let amounts = amounts.chain(self.sale.iter().map(|sale| &sale.value));
        let amounts = amounts.chain(self.residual_value_guarantee.iter().map(|guarantee| &guarantee.value));
        let claim = match &self.residual_ranking {
            ResidualRanking::IssuerFirst(first) => Some(&first.claim),
            ResidualRanking::ProRata(_) => None,
        };
        let amounts = amounts.chain(claim).map(|amount| (amount, Unit::Amount));
        recovery.map(|share| (share, Unit::Number)).chain(amounts).collect()
    }
}
