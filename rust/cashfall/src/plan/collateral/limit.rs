//! What balances of notes may be at most.

use crate::deal::model::Amortisation;
use crate::formula::{Object, Quantity, QuantityRef, Unit};

use super::super::model::Model;
use super::super::resolve::Resolver;
use super::FigureModel;
use super::terms::{opening, written};

impl Resolver<'_> {
    /// The targets of notes whose balance has a limit, and what was above it when a date began.
    pub(in super::super) fn limits_of_balances(&mut self, model: &Model) -> Vec<FigureModel> {
        let mut figures = Vec::new();
        for (index, (_, note)) in self.deal.notes.iter().enumerate() {
            let Amortisation::BalanceAtMost(terms) = &note.amortisation.value else { continue };
            let Some(limit) = self.formula(&terms.formula, Unit::Amount) else { continue };
            let of = |quantity| QuantityRef { object: Object::Note, index, quantity };
            let (target, balance) = (of(Quantity::Target), of(Quantity::Balance));
            let above = opening(balance, Unit::Amount) - opening(target, Unit::Amount);
            let always = vec![true; model.dates.len()];
            figures.push(FigureModel::flow(of(Quantity::Overdue), always, above.at_least_zero()));
            let on = model.notes[index].payment.iter().map(Option::is_some).collect();
            let target = FigureModel::flow(target, on, written(&limit).at_least_zero());
            let initial = model.notes[index].greatest_balance();
            figures.push(FigureModel { is_kept: true, initial, ..target });
        }
        figures
    }
}
