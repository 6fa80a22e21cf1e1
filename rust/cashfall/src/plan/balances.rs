//! Balances: the schedules that notes are sized on, and the notes whose balances or targets move away from them.

use crate::basics::{Date, NUMBER_SCALE};
use crate::deal::model::{Amortisation, ApplyTo, MissedPrincipal, Note, UnpaidRate};
use crate::formula::Unit;

use super::evaluate::has_solve;
use super::model::{Action, Model, TargetRule, UnpaidInterest, UnpaidRateModel};
use super::resolve::Resolver;
use super::schedule::{self, InterestRule, Schedule, SizingError};
use super::sizing::SizingCase;

type Sized = Result<Schedule, SizingError>;

impl Resolver<'_> {
    /// The schedule of an amortisation; nothing if a formula of it is unsound.
    pub fn amortise(
        &mut self,
        amortisation: &Amortisation,
        rule: &InterestRule,
        dates: &[Date],
        model: &Model,
    ) -> Option<Sized> {
        let position = |date: Date| dates.iter().position(|d| *d == date).unwrap_or(0);
        Some(match amortisation {
            Amortisation::Level(level) => schedule::level(rule, position(level.first_date.value)),
            Amortisation::Sculpted(sculpted) => {
                let first = position(sculpted.first_date.value);
                let cash_flow = self.formula(&sculpted.cash_flow, Unit::Amount)?;
                let case = SizingCase { model };
                let mut cash_flows = Vec::new();
                for (index, date) in dates.iter().enumerate().skip(first) {
                    let t = self.grid.index(*date).expect("payment dates are on the grid");
                    let Some(value) = case.value(&cash_flow, t) else {
                        let is_solved = has_solve(&cash_flow);
                        return Some(Err(if is_solved {
                            SizingError::Unsolved { index }
                        } else {
                            SizingError::OutOfRange { index }
                        }));
                    };
                    cash_flows.push(value);
                }
                schedule::sculpted(rule, first, &cash_flows)
            }
            Amortisation::Explicit(explicit) => {
                let mut principal = vec![0; dates.len()];
                for (date, amount) in &explicit.principal {
                    principal[position(date.value)] += amount.0;
                }
                schedule::explicit(rule, &principal)
            }
            Amortisation::Bullet(_) | Amortisation::Sweep(_) | Amortisation::BalanceAtMost(_) => {
                by_balance(rule, vec![rule.original; dates.len()])
            }
            Amortisation::TargetBalance(targets) => {
                let balance = |date: &Date| {
                    let index = targets.partition_point(|(from, _)| from.value <= *date);
                    index.checked_sub(1).map_or(rule.original, |index| targets[index].1.0)
                };
                by_balance(rule, dates.iter().map(balance).collect())
            }
            Amortisation::PercentOfOriginal(shares) => {
                let mut balances = vec![rule.original; dates.len()];
                for (date, share) in shares {
                    let principal = rule.rounding.mul_div(rule.original, share.0, NUMBER_SCALE);
                    for balance in &mut balances[position(date.value)..] {
                        *balance = if principal < *balance { *balance - principal } else { 0 };
                    }
                }
                by_balance(rule, balances)
            }
            Amortisation::GreatestOf(several) => {
                let mut least = vec![rule.original; dates.len()];
                for one in several {
                    match self.amortise(&one.value, rule, dates, model)? {
                        Ok(schedule) => {
                            let pairs = least.iter_mut().zip(&schedule.balance);
                            pairs.for_each(|(least, balance)| *least = (*least).min(*balance));
                        }
                        Err(error) => return Some(Err(error)),
                    }
                }
                by_balance(rule, least)
            }
        })
    }

    /// Which notes move away from their schedules, and how.
    pub fn moving_balances(&self, model: &mut Model) {
        if model.notes.len() != self.deal.notes.len() {
            return;
        }
        let actions: Vec<Action> = model.steps().map(|step| step.action.clone()).collect();
        for (index, (_, note)) in self.deal.notes.iter().enumerate() {
            let does = |is: &dyn Fn(&Action) -> bool| actions.iter().any(is);
            let capitalizes =
                does(&|action| matches!(action, Action::Capitalize { notes, .. } if notes.contains(&index)));
            let written = does(&|action| matches!(action, Action::Write { notes, .. } if notes.contains(&index)));
            let rule = TargetRule {
                apply_to: note.apply_to,
                at_maturity: note.missed_principal == MissedPrincipal::AtMaturity,
                shifts: capitalizes && note.missed_principal != MissedPrincipal::TargetBalance,
            };
            let model = &mut model.notes[index];
            (model.capitalizes, model.written) = (capitalizes, written);
            model.prepaid = does(&|action| match action {
                Action::Prepay { notes, .. } | Action::Refinance { notes, .. } => notes.contains(&index),
                _ => false,
            });
            let records = note.apply_to != ApplyTo::Direct || rule.at_maturity || rule.shifts;
            model.target = (records && model.whole.is_none()).then_some(rule);
        }
    }
}

/// All at the payment date at this position, nothing after it.
pub fn until_maturity(rule: &InterestRule, maturity: usize) -> Sized {
    let balance = |index: usize| if index < maturity { rule.original } else { 0 };
    by_balance(rule, (0..rule.factors.len()).map(balance).collect())
}

/// The schedule with these balances after each payment, the last of which is 0.
fn by_balance(rule: &InterestRule, mut balances: Vec<i64>) -> Sized {
    if let Some(last) = balances.last_mut() {
        *last = 0;
    }
    let mut before = rule.original;
    let principal: Vec<i64> =
        balances.iter().map(|balance| std::mem::replace(&mut before, *balance) - *balance).collect();
    schedule::explicit(rule, &principal)
}

/// What a note's unpaid interest bears.
pub fn unpaid(note: &Note) -> Option<UnpaidInterest> {
    let unpaid = note.interest_on_unpaid.as_ref()?;
    let extra = note.default_rate.as_ref().map_or(0, |rate| rate.extra.0);
    let rate = match &unpaid.rate {
        UnpaidRate::None(_) => return None,
        UnpaidRate::Note(_) => UnpaidRateModel::Note,
        UnpaidRate::Default(_) => UnpaidRateModel::Plus(extra),
        UnpaidRate::Rate(rate) => UnpaidRateModel::Own(rate.0),
    };
    Some(UnpaidInterest { rate, compounding: unpaid.compounding })
}
