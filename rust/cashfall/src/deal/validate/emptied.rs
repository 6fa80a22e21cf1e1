//! Steps that can never move anything, because all their cash has just been distributed.

use super::Checker;
use crate::deal::effect::Effect;
use crate::deal::model::{Step, Test, Verb};
use crate::deal::text::Name;

/// An account without cash, and the name of the step that distributed it.
type Emptied<'a> = (&'a str, &'a Name);

impl<'a> Checker<'a> {
    /// That no step pays only from accounts all of whose cash a step before it in the same waterfall has distributed.
    pub(super) fn emptied(&mut self) {
        if self.may_be_held_back() {
            return;
        }
        let (mut emptied, mut waterfall) = (Vec::<Emptied<'a>>::new(), "");
        for walked in self.walked {
            if walked.waterfall != waterfall {
                (emptied, waterfall) = (Vec::new(), walked.waterfall);
            }
            self.has_a_source(walked.step, &emptied);
            emptied.retain(|(account, _)| !self.comes_into(account, walked.step));
            if walked.depth == 0
                && let Some(owner) = distributes_all(walked.step)
            {
                emptied.extend(walked.step.verb.sources().iter().map(|account| (account.text.as_str(), owner)));
            }
        }
    }

    /// Whether anything can keep back what a step would distribute.
    fn may_be_held_back(&self) -> bool {
        let effects =
            |test: &Test| test.effects.iter().any(|effect| matches!(effect, Effect::LockUp(_) | Effect::CashTrap(_)));
        self.deal.acceleration.is_some()
            || self.deal.tests.iter().any(|(_, test)| effects(test) || test.equity_cure.is_some())
    }

    fn has_a_source(&mut self, step: &'a Step, emptied: &[Emptied<'a>]) {
        let gone = |account: &Name| emptied.iter().find(|(name, _)| *name == account.text);
        let sources = step.verb.sources();
        let supported = !step.verb.support().is_empty();
        let Some(first) = sources.first() else { return };
        if supported || !sources.iter().all(|account| gone(account).is_some()) {
            return;
        }
        let Some((_, owner)) = gone(first) else { return };
        let found = format!("`{}`, all of which the step that distributes to `{}` has taken", first.text, owner.text);
        self.advise(&first.place, "an account that can still hold cash", found, "move this step before that one");
    }

    /// Whether a step can bring cash into an account.
    fn comes_into(&self, account: &str, step: &Step) -> bool {
        let receives = step.verb.receiving_account().is_some_and(|name| name.text == account);
        receives || matches!(&step.verb, Verb::SettleSwap(settle) if settle.to.text == account)
    }
}

/// To whom a step distributes all that is in its accounts, whatever happens.
fn distributes_all(step: &Step) -> Option<&Name> {
    let Verb::Distribute(distribute) = &step.verb else { return None };
    let always = step.when.is_none() && step.dates.is_none();
    (always && distribute.limit.is_none()).then_some(&distribute.to)
}
