//! Groups of notes: what is recorded and measured of them is a sum over their notes.

use crate::deal::Deal;
use crate::formula::{Object, Quantity, QuantityRef};

/// A group.
#[derive(Clone, Debug)]
pub struct GroupModel {
    /// Its name.
    pub name: String,
    /// Its notes.
    pub notes: Vec<usize>,
}

/// What is recorded of a group.
pub const RECORDED: [Quantity; 7] = [
    Quantity::Balance,
    Quantity::InterestDue,
    Quantity::InterestPaid,
    Quantity::InterestShortfall,
    Quantity::PrincipalDue,
    Quantity::PrincipalPaid,
    Quantity::PrincipalShortfall,
];

/// The groups of a deal.
pub fn groups(deal: &Deal) -> Vec<GroupModel> {
    let groups = deal.groups.iter().enumerate();
    groups
        .map(|(index, (name, _))| GroupModel { name: name.text.clone(), notes: deal.members(index, Quantity::Balance) })
        .collect()
}

impl GroupModel {
    /// The same quantity of each of its notes.
    pub fn parts(&self, quantity: Quantity) -> impl Iterator<Item = QuantityRef> {
        self.notes.iter().map(move |&index| QuantityRef { object: Object::Note, index, quantity })
    }
}
