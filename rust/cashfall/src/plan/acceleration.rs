//! Resolving acceleration and the effects of its kind.

use crate::deal::Name;
use crate::deal::model::Effect;
use crate::formula::{Expr, ExprKind, Object, Quantity, QuantityRef, Unit};

use super::model::{Action, EffectModel, Model, StepModel};
use super::resolve::Resolver;
use super::steps::marker;

/// What it means that the debt is accelerated.
#[derive(Clone, Debug)]
pub struct AccelerationModel {
    /// The notes whose balances fall due.
    pub notes: Vec<usize>,
    /// The status that the deal has at least.
    pub status: Option<usize>,
    /// Whether the premium of call prices falls due.
    pub premium: bool,
    /// The swaps that are terminated, with what is owed then.
    pub swaps: Vec<(usize, Expr)>,
}

impl Resolver<'_> {
    /// What acceleration means in the deal.
    pub fn acceleration(&mut self) -> Option<AccelerationModel> {
        let deal = self.deal;
        let terms = deal.acceleration.as_ref()?;
        let mut swaps = Vec::new();
        for one in &terms.swaps {
            swaps.push((deal.swaps.position(&one.swap.text)?, self.formula(&one.amount, Unit::Amount)?));
        }
        let position = |status: &Name| deal.deal.statuses.iter().position(|other| other.text == status.text);
        let status = terms.status.as_ref().and_then(position);
        Some(AccelerationModel { notes: self.note_positions(&terms.notes), status, premium: terms.premium, swaps })
    }

    fn note_positions(&self, names: &[Name]) -> Vec<usize> {
        names.iter().filter_map(|name| self.deal.notes.position(&name.text)).collect()
    }

    /// The effects of tests that bear on debt.
    pub fn effect_on_debt(&self, effect: &Effect) -> Option<EffectModel> {
        Some(match effect {
            Effect::Accelerate(_) => EffectModel::Accelerate,
            Effect::Reinstate(_) => EffectModel::Reinstate,
            Effect::DrawStop(stop) => EffectModel::DrawStop {
                facilities: (stop.facilities.iter())
                    .filter_map(|name| self.deal.facilities.position(&name.text))
                    .collect(),
                notes: self.note_positions(&stop.notes),
            },
            Effect::EarlyAmortization(early) => {
                EffectModel::EarlyAmortization { notes: self.note_positions(&early.notes) }
            }
            Effect::RateStep(step) => {
                EffectModel::RateStep { notes: self.note_positions(&step.notes), extra: step.extra.0 }
            }
            Effect::RunSteps(run) => EffectModel::RunSteps { block: run.block.text.clone() },
            _ => return None,
        })
    }

    /// What tests add to the rate of a note, each with its test.
    pub fn rate_steps(&self, note: &Name) -> Vec<(usize, i64)> {
        let tests = self.deal.tests.iter().enumerate();
        let effects = tests.flat_map(|(index, (_, test))| test.effects.iter().map(move |effect| (index, effect)));
        effects
            .filter_map(|(test, effect)| match effect {
                Effect::RateStep(step) if step.notes.iter().any(|name| name.text == note.text) => {
                    Some((test, step.extra.0))
                }
                _ => None,
            })
            .collect()
    }

    /// The tests under which all of a note is due on its payment dates.
    pub fn early_amortizations(&self, note: &Name) -> Vec<usize> {
        let makes_due = |effect: &Effect| match effect {
            Effect::EarlyAmortization(early) => early.notes.iter().any(|name| name.text == note.text),
            _ => false,
        };
        let tests = self.deal.tests.iter().enumerate();
        tests.filter(|(_, (_, test))| test.effects.iter().any(makes_due)).map(|(index, _)| index).collect()
    }

    /// The steps that effects of a test run after the step that runs it, where they act.
    pub fn steps_after(&mut self, test: usize, position: &mut usize, into: &mut Vec<StepModel>) {
        let deal = self.deal;
        for effect in &deal.tests[test].effects {
            let Some(steps) = effect.block().and_then(|block| deal.blocks.get(&block.text)) else { continue };
            let on = self.marks_of_test(test);
            let condition = Box::new(acting(test, deal.is_waived(&deal.tests.name(test).text)));
            into.push(StepModel { on: Some(on), ..marker(Action::If(condition), *position) });
            self.push_steps(steps, position, into);
            into.push(marker(Action::End, *position));
        }
    }

    /// For each grid date, whether a test is measured.
    fn marks_of_test(&self, test: usize) -> Vec<bool> {
        self.measured(&self.deal.tests[test]).iter().map(Option::is_some).collect()
    }
}

/// Whether a test is failing and not waived, as a formula.
fn acting(test: usize, may_be_waived: bool) -> Expr {
    let flag = |kind: ExprKind| Expr { kind, unit: Unit::Flag, start: 0, end: 0 };
    let state =
        |quantity: Quantity| flag(ExprKind::Quantity(QuantityRef { object: Object::Test, index: test, quantity }));
    let failing = state(Quantity::Failing);
    if !may_be_waived {
        return failing;
    }
    let free = flag(ExprKind::Not(Box::new(state(Quantity::Waived))));
    flag(ExprKind::And(Box::new(failing), Box::new(free)))
}

impl Model {
    /// Whether all of a note falls due when the debt is accelerated.
    pub fn is_accelerated(&self, note: usize) -> bool {
        self.acceleration.as_ref().is_some_and(|terms| terms.notes.contains(&note))
    }

    /// Whether all of a note may fall due before its maturity.
    pub fn may_fall_due(&self, note: usize) -> bool {
        self.is_accelerated(note) || !self.notes[note].early.is_empty()
    }

    /// The tests with an effect of a kind.
    pub fn tests_that(&self, does: impl Fn(&EffectModel) -> bool) -> Vec<usize> {
        let tests = self.tests.iter().enumerate();
        tests.filter(|(_, test)| test.effects.iter().any(&does)).map(|(index, _)| index).collect()
    }
}
