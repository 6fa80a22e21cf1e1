//! Fleets of machines, and what may be borrowed against collateral.

use super::bounds::*;
use super::declare::{self, object, tagged};
use super::decode::{At, Context, Decode, Fields, Tagged, decode_tagged, expected_tagged};
use super::model::Cashflow;
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{FormulaText, Located, Name};
use crate::basics::date::Date;
use crate::basics::units::{Amount, NUMBER_SCALE, Number};
use crate::formula::{Quantity, Unit};

object! {
    /// Machines, such as GPUs, in lots.
    Fleet {
        /// The name people read.
        title: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// The schedule on which its figures are made.
        payment_dates: Name,
        /// The lots that are bought.
        lots: Vec<Lot> where NOT_EMPTY,
        /// A formula that gives a number: what a unit brings on the market, in units of the currency.
        market_price: Option<FormulaText>,
        /// What the machines take of power.
        power: Option<Power>,
        /// What happens when the machines are sold.
        sale: Option<FleetSale>,
    }
}

object! {
    /// Machines that are bought together.
    Lot {
        /// The day from which they are there.
        purchased: Located<Date>,
        /// How many they are.
        units: i64 where UNITS,
        /// What they cost together.
        cost: Amount where POSITIVE,
        /// In how many months they are written off, in a straight line.
        life: i64 where LIFE,
    }
}

object! {
    /// Power at a price.
    Power {
        /// The kilowatts that a unit takes.
        kilowatts: Number where KILOWATTS,
        /// Power usage effectiveness: the power of the site over that of the machines.
        effectiveness: Number where EFFECTIVENESS = Number(NUMBER_SCALE),
        /// A formula that gives a number: the price of a kilowatt-hour, in units of the currency.
        price: FormulaText,
        /// A formula that gives a number: the share of the hours in which the machines run.
        utilization: Option<FormulaText>,
    }
}

object! {
    /// The machines are sold, all at once.
    FleetSale {
        /// A formula that gives a flag.
        when: FormulaText,
        /// A formula that gives a number: the share of the market value that a sale does not bring.
        haircut: Option<FormulaText>,
        /// How many payment dates later it brings cash.
        after: i64 where COUNT = 0,
    }
}

object! {
    /// What may be borrowed against collateral: the least of several tests.
    BorrowingBase {
        /// The name people read.
        title: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// The schedule on which it is made.
        payment_dates: Name,
        /// The tests of which the least counts.
        lesser_of: Vec<BaseTest> where NOT_EMPTY,
    }
}

tagged! {
    /// A test of a borrowing base.
    BaseTest {
        /// Classes of collateral, each at its advance rate.
        Advance(Vec<Advance> where NOT_EMPTY) = "advance",
        /// Cash flow over the cover that is asked for.
        Coverage(Coverage) = "coverage",
        /// What a market would bring.
        Market(MarketValue) = "market",
    }
}

object! {
    /// A class of collateral at its advance rate.
    Advance {
        /// A formula that gives the amount of the class.
        of: FormulaText,
        /// A formula that gives a number: the share of it that is lent, at most 1.
        rate: FormulaText,
    }
}

object! {
    /// Cash flow over the cover that is asked for.
    Coverage {
        /// A formula that gives the cash flow.
        of: FormulaText,
        /// How many times it covers what is lent.
        ratio: Number where COVER,
    }
}

object! {
    /// What a market would bring.
    MarketValue {
        /// A formula that gives the value.
        of: FormulaText,
        /// A formula that gives a number: the share of it that is not lent.
        haircut: FormulaText,
    }
}

impl Fleet {
    /// Whether it has a quantity.
    pub fn has(&self, quantity: Quantity) -> bool {
        use Quantity as Q;
        match quantity {
            Q::Held | Q::Units | Q::Cost | Q::NetCost | Q::Capex => true,
            Q::MarketValue => self.market_price.is_some(),
            Q::PowerCost => self.power.is_some(),
            Q::Sold | Q::Proceeds => self.sale.is_some(),
            _ => false,
        }
    }

    /// Its formulas, with the unit each gives.
    pub fn formulas(&self) -> Vec<(&FormulaText, Unit)> {
        let power = self.power.iter().flat_map(|power| power.utilization.iter().chain([&power.price]));
        let haircut = self.sale.iter().filter_map(|sale| sale.haircut.as_ref());
        let numbers = self.market_price.iter().chain(power).chain(haircut).map(|text| (text, Unit::Number));
        numbers.chain(self.sale.iter().map(|sale| (&sale.when, Unit::Flag))).collect()
    }
}

impl Cashflow {
    /// Its formula, with the unit that it gives.
    pub fn formulas(&self) -> Vec<(&FormulaText, Unit)> {
        self.amount.iter().map(|amount| (amount, Unit::Amount)).collect()
    }
}

impl BorrowingBase {
    /// Its formulas, with the unit each gives.
    pub fn formulas(&self) -> Vec<(&FormulaText, Unit)> {
        let mut found = Vec::new();
        for test in &self.lesser_of {
            match test {
                BaseTest::Advance(classes) => {
                    found.extend(classes.iter().map(|class| (&class.of, Unit::Amount)));
                    found.extend(classes.iter().map(|class| (&class.rate, Unit::Number)));
                }
                BaseTest::Coverage(terms) => found.push((&terms.of, Unit::Amount)),
                BaseTest::Market(terms) => found.extend([(&terms.of, Unit::Amount), (&terms.haircut, Unit::Number)]),
            }
        }
        found
    }
}
