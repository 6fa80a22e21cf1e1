//! A document: its tree and its name, to be decoded, changed and fingerprinted.

use super::bounds::ANY;
use super::canonical::canonical;
use super::decimal::scaled;
use super::decode::{At, Context, Decode};
use super::edit::replaced;
use super::error::{DealError, Problem};
use super::model::Deal;
use super::tree::{Node, Value};
use super::validate::validate;
use super::{read_json, read_toml};

/// A deal document whose syntax is sound.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its values.
    pub tree: Node,
    /// The name that messages give it: a file name, or `document`.
    pub name: String,
}

impl Document {
    /// The document of a TOML text.
    ///
    /// # Errors
    ///
    /// Every error of syntax.
    pub fn from_toml(text: &str, name: &str) -> Result<Document, DealError> {
        let tree = read_toml::read(text).map_err(|problems| DealError::new(name, problems))?;
        Ok(Document { tree, name: name.to_owned() })
    }

    /// The document of a JSON text. Without `positions` messages give paths only: for a text that no person wrote.
    ///
    /// # Errors
    ///
    /// An error of syntax, or a key that stands twice.
    pub fn from_json(text: &str, name: &str, positions: bool) -> Result<Document, DealError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let tree = read_json::read(text).map_err(|problems| DealError::new(name, problems))?;
        let tree = if positions { tree } else { tree.without_positions() };
        Ok(Document { tree, name: name.to_owned() })
    }

    /// The deal, decoded and validated.
    ///
    /// # Errors
    ///
    /// Every problem of keys, types, names, dates, rules and formulas that can be reached, sorted by place.
    pub fn deal(&self) -> Result<Deal, DealError> {
        let mut context = Context { decimals: self.decimals(), problems: Vec::new(), unread: Vec::new() };
        let at = At { node: &self.tree, path: String::new() };
        let deal = Deal::decode(&at, &ANY, &mut context);
        let mut problems = context.problems;
        if let Some(mut deal) = deal {
            deal.deal.decimals = i64::from(context.decimals);
            deal.write_out_groups();
            let found = validate(&deal, &self.tree, &context.unread);
            problems.extend(found);
            if problems.is_empty() {
                return Ok(deal);
            }
        }
        Err(DealError::new(&self.name, problems))
    }

    /// The decimals of the deal's amounts, which must be known before any amount is read.
    fn decimals(&self) -> u32 {
        let written = self.tree.get("deal").and_then(|deal| deal.get("decimals"));
        match written.map(|node| &node.value) {
            Some(Value::Number(text)) => scaled(text, 0).ok().filter(|n| (0..=4).contains(n)).map_or(2, |n| n as u32),
            _ => 2,
        }
    }

    /// The document in one form whatever its syntax, order and spelling of numbers: sorted keys, exact decimals.
    pub fn canonical_json(&self) -> String {
        canonical(&self.tree)
    }

    /// The document with another value at a path such as `notes.senior.coupon.fixed.rate` or
    /// `waterfalls.normal[2].pay_fee.limit`. An optional key may be new; all above it must be there.
    ///
    /// # Errors
    ///
    /// If the path leads nowhere, or the value is not JSON.
    pub fn replace(&self, path: &str, json: &str) -> Result<Document, DealError> {
        let fail = |problem: Problem| DealError::new(&self.name, vec![problem]);
        let value = read_json::read(json).map_err(|problems| {
            let here = |problem: Problem| Problem { place: super::Place::of_path(path), ..problem };
            DealError::new(&self.name, problems.into_iter().map(here).collect())
        })?;
        let tree = replaced(&self.tree, path, value.without_positions()).map_err(fail)?;
        Ok(Document { tree, name: self.name.clone() })
    }
}

impl Deal {
    /// The deal of a TOML document; see [`Document::from_toml`] and [`Document::deal`].
    ///
    /// # Errors
    ///
    /// Every problem that can be reached.
    pub fn from_toml(text: &str, document_name: &str) -> Result<Deal, DealError> {
        Document::from_toml(text, document_name)?.deal()
    }

    /// The deal of a JSON document; see [`Document::from_json`] and [`Document::deal`].
    ///
    /// # Errors
    ///
    /// Every problem that can be reached.
    pub fn from_json(text: &str, document_name: &str, positions: bool) -> Result<Deal, DealError> {
        Document::from_json(text, document_name, positions)?.deal()
    }
}
