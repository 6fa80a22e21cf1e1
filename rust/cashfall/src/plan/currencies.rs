//! Currencies of what holds and owes cash, and steps that exchange it.

use crate::deal::model::{Convert, Verb};
use crate::deal::{Deal, Table};
use crate::formula::{Expr, Unit};

use super::model::{Action, EffectModel, Model, Payee, Payment, Shares};
use super::movement::Party;
use super::outputs::OutputUnit;
use super::resolve::Resolver;

/// The currencies of a deal, and whose they are, by position.
#[derive(Clone, Debug)]
pub struct Currencies {
    /// Their names; the deal's own is the first.
    pub names: Vec<String>,
    /// That of each account.
    pub accounts: Vec<usize>,
    /// That of each note.
    pub notes: Vec<usize>,
}

impl Currencies {
    pub(super) fn new(deal: &Deal) -> Currencies {
        fn each<T>(deal: &Deal, table: &Table<T>) -> Vec<usize> {
            table.iter().map(|(name, _)| deal.currency_of(&name.text)).collect()
        }
        Currencies {
            names: deal.currencies().into_iter().map(str::to_owned).collect(),
            accounts: each(deal, &deal.accounts),
            notes: each(deal, &deal.notes),
        }
    }

    /// The currency of a movement between these, if one of them says it.
    pub fn of_movement(&self, from: Party, to: Party) -> Option<&str> {
        let of = |party: Party| match party {
            Party::Account(index) => Some(self.accounts[index]),
            Party::InterestDue(index) | Party::Balance(index) => Some(self.notes[index]),
            _ => None,
        };
        of(from).or_else(|| of(to)).map(|position| self.names[position].as_str())
    }

    /// The currency of the distributions on which an effect acts; none if it acts on all.
    pub fn of_effect(&self, effect: &EffectModel) -> Option<usize> {
        match effect {
            EffectModel::CashTrap { to, .. } => Some(self.accounts[*to]),
            EffectModel::Sweep { notes, .. } => notes.first().map(|note| self.notes[*note]),
            _ => None,
        }
    }
}

/// An exchange of cash.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversion {
    /// The accounts that pay, and the limits.
    pub payment: Payment,
    /// The account that receives.
    pub to: usize,
    /// Units of the new currency for one of the old, in 1e-9.
    pub rate: Expr,
    /// What is to be bought.
    pub buy: Option<Expr>,
}

impl Resolver<'_> {
    pub(super) fn conversion(&mut self, verb: &Verb, convert: &Convert) -> Option<Action> {
        let rate = self.formula(&convert.rate, Unit::Number)?;
        let buy = match &convert.buy {
            Some(buy) => Some(self.formula(buy, Unit::Amount)?),
            None => None,
        };
        let payment = self.payment(vec![Payee::Conversion], verb, Shares::Sequential)?;
        Some(Action::Convert(Box::new(Conversion { payment, to: self.account(&convert.to)?, rate, buy })))
    }
}

/// The currency of an output or metric that is an amount.
pub fn currency_of_figure(deal: &Deal, model: &Model, name: &str, unit: OutputUnit) -> Option<String> {
    if unit != OutputUnit::Amount {
        return None;
    }
    let (object, quantity) = name.split_once('.')?;
    if object == "inspect" {
        let inspected = deal.inspections().into_iter().find(|inspect| inspect.name.text == quantity)?;
        let expr = crate::formula::parse(&inspected.value, deal, None).ok()?;
        let position = crate::formula::currency(&expr, &inspected.value, deal).unwrap_or(0);
        return Some(model.currencies.names[position].clone());
    }
    // What cures a test is in the currency of the account into which it comes.
    let cured = deal.tests.get(object).and_then(|test| test.equity_cure.as_ref());
    let position = deal.currency_of(cured.map_or(object, |cure| &cure.to.text));
    Some(model.currencies.names[position].clone())
}
