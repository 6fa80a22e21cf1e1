//! Currencies: the deal's own, those that objects state, and the verb that exchanges cash.

use super::bounds::*;
use super::declare::{self, object};
use super::decode::{At, Context, Decode, Fields};
use super::model::{Deal, Limit};
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{FormulaText, Name};

object! {
    /// Exchanges cash of one currency for cash of another.
    Convert {
        /// The accounts that pay, in order; all in one currency.
        from: Vec<Name> where NOT_EMPTY,
        /// The account that receives, in another currency.
        to: Name,
        /// A formula that gives a number: units of the new currency for one of the old.
        rate: FormulaText,
        /// A formula that gives the amount of the new currency to buy; without it all that there is is sold.
        buy: Option<FormulaText>,
        /// What the step may not exceed.
        limit: Option<Limit>,
    }
}

impl Deal {
    /// Whether an object, an input or a schedule has this name.
    pub fn has_object(&self, name: &str) -> bool {
        macro_rules! among {
            ($($table:ident),*) => { [$(self.$table.position(name).is_some()),*].contains(&true) };
        }
        let holds_cash = among!(accounts, leases, contracts, fleets, cashflows, fees, fee_caps, notes, groups, equity);
        holds_cash || among!(ledgers, taxes, facilities, swaps, caps, assets, tests, inputs, schedules)
    }

    /// The objects that state a currency, with it.
    fn stated_currencies(&self) -> Vec<(&Name, &str)> {
        macro_rules! of {
            ($($table:ident),*) => {{
                let mut all = Vec::new();
                $(all.extend(self.$table.iter().filter_map(|(name, object)| Some((name, object.currency.as_deref()?))));)*
                all
            }};
        }
        of!(
            inputs,
            leases,
            contracts,
            fleets,
            borrowing_bases,
            cashflows,
            accounts,
            fees,
            notes,
            equity,
            ledgers,
            taxes,
            facilities,
            swaps,
            caps,
            assets
        )
    }

    /// The currencies by position: the deal's, then others in the order in which objects state them.
    pub fn currencies(&self) -> Vec<&str> {
        let mut currencies = vec![self.deal.currency.as_str()];
        for (_, currency) in self.stated_currencies() {
            if !currencies.contains(&currency) {
                currencies.push(currency);
            }
        }
        currencies
    }

    /// Whether some object has another currency than the deal.
    pub fn has_several_currencies(&self) -> bool {
        self.stated_currencies().iter().any(|(_, currency)| *currency != self.deal.currency)
    }

    /// The position of the currency of the object of that name, of a group that of its notes: the deal's where none is stated.
    pub fn currency_of(&self, name: &str) -> usize {
        let first_note = self.groups.get(name).and_then(|group| group.notes.first());
        let name = first_note.map_or(name, |note| note.text.as_str());
        let stated = self.stated_currencies().into_iter().find(|(stated, _)| stated.text == name);
        stated.map_or(0, |(_, currency)| self.currency_position(currency))
    }

    fn currency_position(&self, currency: &str) -> usize {
        self.currencies().iter().position(|known| *known == currency).unwrap_or(0)
    }
}
