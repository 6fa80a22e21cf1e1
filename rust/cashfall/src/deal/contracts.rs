//! Compute contracts.

use super::bounds::*;
use super::declare::{self, object};
use super::decode::{At, Context, Decode, Fields};
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{FormulaText, Located, Name};
use crate::basics::date::Date;
use crate::basics::units::{Amount, NUMBER_SCALE, Number};
use crate::formula::{Quantity, Unit};

/// A number from a date on.
pub type DatedNumber = (Located<Date>, Number);

object! {
    /// Capacity that a customer has for a price per unit and hour.
    Contract {
        /// The name people read.
        title: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// The day the contract begins.
        commencement: Located<Date>,
        /// The last day of the contract; a payment date.
        end: Located<Date>,
        /// The schedule on which fees are due.
        payment_dates: Name,
        /// Pairs of date and units, such as GPUs or megawatts; the dates strictly increase.
        capacity: Vec<DatedNumber> where NOT_NEGATIVE_NUMBERS,
        /// Pairs of date and price per unit and hour; the dates strictly increase.
        price: Vec<DatedNumber> where PRICES,
        /// A formula that gives a number: the share of the capacity that is used.
        utilization: Option<FormulaText>,
        /// The share of the contracted fee that is billed whether it is used or not.
        take_or_pay: Number where SHARE_OR_NONE = Number(NUMBER_SCALE),
        /// A formula that gives a number: the share of the hours in which the capacity is there.
        availability: Option<FormulaText>,
        /// Pairs of an availability and the share of the bill that is credited below it; the first strictly increase.
        credits: Vec<(Located<Number>, Number)> where SHARES = Vec::new(),
        /// What the customer pays before it uses anything.
        prepayment: Option<Prepayment>,
        /// A formula that gives a flag: whether the customer is investment grade.
        investment_grade: Option<FormulaText>,
        /// What happens when the customer stops paying.
        default: Option<CustomerDefault>,
        /// What the capacity earns without the contract.
        rollover: Option<Rollover>,
    }
}

object! {
    /// A payment ahead, which later fees are credited with.
    Prepayment {
        /// What is paid.
        amount: Amount where POSITIVE,
        /// The payment date on which it is paid.
        date: Located<Date>,
        /// The first day on which a fee is credited.
        credited_from: Located<Date>,
        /// In how many fees it is credited.
        over: i64 where AT_LEAST_ONE,
    }
}

object! {
    /// The customer stops paying, and the contract ends.
    CustomerDefault {
        /// A formula that gives a flag.
        when: FormulaText,
        /// A formula that gives what the remaining capacity is expected to bring.
        remarketing: Option<FormulaText>,
        /// A formula that gives a number: the on-demand price per unit and hour.
        on_demand: FormulaText,
        /// A formula that gives a number: the share of the damages that is recovered.
        recovery: Option<FormulaText>,
        /// How many payment dates later.
        after: i64 where COUNT = 0,
    }
}

object! {
    /// The capacity is sold at the market price.
    Rollover {
        /// A formula that gives a number: the price per unit and hour.
        price: FormulaText,
        /// A formula that gives a number: the share of the capacity that is sold.
        utilization: Option<FormulaText>,
        /// How many payment dates it earns nothing.
        after: i64 where COUNT = 0,
    }
}

impl Contract {
    /// Whether its figures are made on dates after its end.
    pub fn outlasts_its_end(&self) -> bool {
        self.default.is_some() || self.rollover.is_some()
    }

    /// Whether it has a quantity.
    pub fn has(&self, quantity: Quantity) -> bool {
        use Quantity as Q;
        match quantity {
            Q::UnitValue | Q::Contracted | Q::Remaining | Q::InForce | Q::Used | Q::Billed | Q::Fee => true,
            Q::Revenue | Q::Proceeds | Q::InvestmentGrade => true,
            Q::Credit => self.availability.is_some(),
            Q::Received | Q::Prepaid | Q::Credited => self.prepayment.is_some(),
            Q::Defaulted | Q::UseValue | Q::PaidToDate | Q::Damages | Q::Recovered => self.default.is_some(),
            Q::RolloverRevenue => self.rollover.is_some(),
            _ => false,
        }
    }

    /// Its formulas, with the unit each gives.
    pub fn formulas(&self) -> Vec<(&FormulaText, Unit)> {
        let shares = [&self.utilization, &self.availability].into_iter().flatten();
        let rollover = self.rollover.iter().flat_map(|terms| terms.utilization.iter().chain([&terms.price]));
        let default = self.default.iter().flat_map(|terms| terms.recovery.iter().chain([&terms.on_demand]));
        let numbers = shares.chain(rollover).chain(default).map(|number| (number, Unit::Number));
        let flags = self.default.iter().map(|terms| &terms.when).chain(&self.investment_grade);
        let amounts = self.default.iter().filter_map(|terms| terms.remarketing.as_ref());
        let flags = flags.map(|flag| (flag, Unit::Flag));
        numbers.chain(flags).chain(amounts.map(|amount| (amount, Unit::Amount))).collect()
    }
}
