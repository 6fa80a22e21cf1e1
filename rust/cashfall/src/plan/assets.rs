//! Assets on the grid.

use crate::deal::Name;
use crate::deal::model::{Asset, BuyAsset, SellAsset, ShareOnDates, Verb};
use crate::formula::{Expr, Quantity, Unit};

use super::facilities::EarnsModel;
use super::model::{Action, Payee, Payment, Shares};
use super::resolve::Resolver;

/// The flows whose totals are metrics.
pub const MEASURED: [Quantity; 5] =
    [Quantity::Earned, Quantity::Repaid, Quantity::Lost, Quantity::Cost, Quantity::Proceeds];

/// An asset.
#[derive(Clone, Debug)]
pub struct AssetModel {
    /// Its name.
    pub name: String,
    /// Its face amount before the first date.
    pub opening_balance: i64,
    /// The cash that one unit of face amount costs, in 1e-9.
    pub price: Expr,
    /// What it earns.
    pub earns: Option<EarnsModel>,
    /// What is repaid.
    pub runoff: Option<ShareModel>,
    /// What is lost.
    pub loss: Option<ShareModel>,
}

/// A share of a balance.
#[derive(Clone, Debug)]
pub struct ShareModel {
    /// The share, in 1e-9.
    pub share: Expr,
    /// For each grid date, whether it acts.
    pub on: Vec<bool>,
}

/// A purchase.
#[derive(Clone, Debug, PartialEq)]
pub struct Purchase {
    /// The asset.
    pub asset: usize,
    /// The accounts that pay, and the limits.
    pub payment: Payment,
    /// The cash to spend.
    pub amount: Option<Expr>,
}

impl AssetModel {
    /// Its formulas.
    pub fn formulas(&self) -> impl Iterator<Item = &Expr> {
        let shares = self.runoff.iter().chain(&self.loss).map(|share| &share.share);
        shares.chain([&self.price])
    }
}

impl Resolver<'_> {
    pub(super) fn asset(&mut self, name: &Name, asset: &Asset) -> Option<AssetModel> {
        Some(AssetModel {
            name: name.text.clone(),
            opening_balance: asset.opening_balance.0,
            price: self.formula(&asset.price, Unit::Number)?,
            earns: asset.r#yield.as_ref().map(|earns| self.earns(earns)),
            runoff: self.share_on_dates(asset.runoff.as_ref())?,
            loss: self.share_on_dates(asset.loss.as_ref())?,
        })
    }

    /// A share that may be left out; nothing if its formula is wrong.
    fn share_on_dates(&mut self, share: Option<&ShareOnDates>) -> Option<Option<ShareModel>> {
        let Some(share) = share else { return Some(None) };
        let on = self.marks(&share.payment_dates);
        Some(Some(ShareModel { share: self.formula(&share.share, Unit::Number)?, on }))
    }

    pub(super) fn purchase(&mut self, verb: &Verb, buy: &BuyAsset) -> Option<Action> {
        let asset = self.deal.assets.position(&buy.asset.text)?;
        let amount = match &buy.amount {
            Some(amount) => Some(self.formula(amount, Unit::Amount)?),
            None => None,
        };
        let payment = self.payment(vec![Payee::Asset(asset)], verb, Shares::Sequential)?;
        Some(Action::Buy(Box::new(Purchase { asset, payment, amount })))
    }

    pub(super) fn sale(&mut self, sell: &SellAsset) -> Option<Action> {
        let asset = self.deal.assets.position(&sell.asset.text)?;
        let amount = match &sell.amount {
            Some(amount) => Some(self.formula(amount, Unit::Amount)?),
            None => None,
        };
        Some(Action::Sell { asset, to: self.account(&sell.to)?, amount })
    }
}
