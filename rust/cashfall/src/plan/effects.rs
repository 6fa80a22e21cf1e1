//! Resolving what tests do while they are failing.

use crate::deal::Name;
use crate::deal::model::{Effect, Test};
use crate::formula::Unit;

use super::model::EffectModel;
use super::resolve::Resolver;

impl Resolver<'_> {
    /// The positions of the statuses that a test sets.
    pub fn statuses_set(&self, test: &Test) -> Vec<usize> {
        let position = |name: &Name| self.deal.deal.statuses.iter().position(|status| status.text == name.text);
        test.effects
            .iter()
            .filter_map(|effect| if let Effect::SetStatus(status) = effect { position(status) } else { None })
            .collect()
    }

    /// A test's other effects.
    pub fn effects(&mut self, test: &Test) -> Vec<EffectModel> {
        test.effects.iter().filter_map(|effect| self.effect(effect)).collect()
    }

    fn effect(&mut self, effect: &Effect) -> Option<EffectModel> {
        let deal = self.deal;
        let account = |name: &Name| deal.accounts.position(&name.text);
        Some(match effect {
            Effect::SetStatus(_) => return None,
            Effect::Accelerate(_) | Effect::Reinstate(_) | Effect::DrawStop(_) | Effect::EarlyAmortization(_) => {
                self.effect_on_debt(effect)?
            }
            Effect::RateStep(_) | Effect::RunSteps(_) => self.effect_on_debt(effect)?,
            Effect::LockUp(_) => EffectModel::LockUp,
            Effect::CashTrap(trap) => EffectModel::CashTrap { share: trap.share.0, to: account(&trap.to)? },
            Effect::Sweep(sweep) => EffectModel::Sweep {
                share: sweep.share.0,
                notes: sweep.notes.iter().filter_map(|note| deal.notes.position(&note.text)).collect(),
            },
            Effect::SetReserve(reserve) => EffectModel::SetReserve {
                account: account(&reserve.account)?,
                target: self.formula(&reserve.formula, Unit::Amount)?,
            },
        })
    }
}
