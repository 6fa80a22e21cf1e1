//! Assets that a deal buys and sells, and the verbs that do it.

use super::bounds::*;
use super::declare::{self, object};
use super::decode::{At, Context, Decode, Fields};
use super::model::{Earns, Limit};
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{FormulaText, Name};
use crate::basics::units::Amount;

object! {
    /// A holding that the deal buys and sells.
    Asset {
        /// The name people read.
        title: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// The face amount before the first date.
        opening_balance: Amount where NOT_NEGATIVE = Amount(0),
        /// A formula that gives a number: the cash that one unit of face amount costs.
        price: FormulaText,
        /// What its balance earns.
        r#yield: Option<Earns>,
        /// What of its balance is repaid.
        runoff: Option<ShareOnDates>,
        /// What of its balance is lost.
        loss: Option<ShareOnDates>,
    }
}

object! {
    /// A share of a balance on each date of a schedule.
    ShareOnDates {
        /// A formula that gives a number; below 0 counts as 0, and above 1 as 1.
        share: FormulaText,
        /// The schedule.
        payment_dates: Name,
    }
}

object! {
    /// Buys an asset.
    BuyAsset {
        /// The asset.
        asset: Name,
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// A formula that gives the cash to spend; without it all that there is.
        amount: Option<FormulaText>,
        /// What the step may not exceed.
        limit: Option<Limit>,
    }
}

object! {
    /// Sells an asset.
    SellAsset {
        /// The asset.
        asset: Name,
        /// The account that receives.
        to: Name,
        /// A formula that gives the face amount to sell; without it all of it.
        amount: Option<FormulaText>,
    }
}

impl Asset {
    /// Whether it brings cash that a step collects.
    pub fn is_collected(&self) -> bool {
        self.r#yield.is_some() || self.runoff.is_some()
    }
}
