//! Groups of notes: a name that stands for several notes, wherever a list of notes may stand.

use super::bounds::*;
use super::declare::{self, object};
use super::decode::{At, Context, Decode, Fields};
use super::dues::dues_of;
use super::effect::Effect;
use super::model::{Deal, Measure, Step, Verb};
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{Name, Table};
use crate::formula::Quantity;

object! {
    /// A class of several notes: its name stands for them.
    NoteGroup {
        /// The name people read.
        title: Option<String>,
        /// The notes, in order.
        notes: Vec<Name> where NOT_EMPTY,
    }
}

impl Deal {
    /// The positions of the notes of a group that have a quantity.
    pub fn members(&self, group: usize, quantity: Quantity) -> Vec<usize> {
        let notes = self.groups[group].notes.iter().filter_map(|name| self.notes.position(&name.text));
        notes.filter(|note| self.note_has(*note, quantity)).collect()
    }

    /// Whether a note has a quantity that not every note has.
    pub(crate) fn note_has(&self, note: usize, quantity: Quantity) -> bool {
        use Quantity as Q;
        match quantity {
            Q::Room | Q::Funded => self.notes[note].funding.is_some(),
            Q::Extended => self.notes[note].extension.is_some(),
            Q::PremiumDue | Q::PremiumShortfall => self.has_premium_due(&self.notes.name(note).text),
            Q::AdditionalInterestAccrued
            | Q::AdditionalInterestDue
            | Q::AdditionalInterestPaid
            | Q::AdditionalInterestShortfall => self.notes[note].anticipated_repayment.is_some(),
            _ => true,
        }
    }

    /// Writes the notes of groups into every list in which a group stands.
    pub(super) fn write_out_groups(&mut self) {
        if self.groups.is_empty() {
            return;
        }
        let as_written = self.clone();
        if let Some(terms) = &mut self.acceleration {
            Groups { deal: &as_written }.write_out(&mut terms.notes);
        }
        // Which notes have a premium due is known now.
        let groups = Groups { deal: &self.clone() };
        for ranked in self.deal.seniority.iter_mut().flatten() {
            groups.write_out(ranked);
        }
        for (_, test) in &mut self.tests.0 {
            groups.in_measure(&mut test.measure);
            test.effects.iter_mut().for_each(|effect| groups.in_effect(effect));
            test.equity_cure.iter_mut().for_each(|cure| groups.write_out(&mut cure.notes));
        }
        groups.in_tables(&mut self.blocks);
        groups.in_tables(&mut self.waterfalls);
    }
}

/// The groups of a deal.
struct Groups<'a> {
    deal: &'a Deal,
}

impl Groups<'_> {
    /// The notes that a name stands for; nothing if it is no group, or one without any note.
    fn notes_of(&self, name: &str) -> Option<Vec<&str>> {
        let group = self.deal.groups.get(name).filter(|_| !self.is_other(name))?;
        let notes = group.notes.iter().map(|note| note.text.as_str());
        let mut known: Vec<&str> = Vec::new();
        for note in notes.filter(|note| self.deal.notes.get(note).is_some()) {
            if !known.contains(&note) {
                known.push(note);
            }
        }
        (!known.is_empty()).then_some(known)
    }

    /// Whether another object that may stand in such a list has taken the name.
    fn is_other(&self, name: &str) -> bool {
        let deal = self.deal;
        let position = [deal.notes.position(name), deal.leases.position(name), deal.cashflows.position(name)];
        let others = [deal.accounts.position(name), deal.fees.position(name), deal.equity.position(name)];
        position.into_iter().chain(others).any(|position| position.is_some())
    }

    fn write_out(&self, list: &mut Vec<Name>) {
        self.each(list, |name| Some(self.notes_of(name)?.into_iter().map(str::to_owned).collect()));
    }

    /// A due of a group is that due of those of its notes that have it.
    fn in_dues(&self, list: &mut Vec<Name>) {
        self.each(list, |written| {
            let (object, due) = written.split_once('.')?;
            let has_due = |note: &&str| dues_of(self.deal, note).iter().any(|(word, _)| *word == due);
            let notes: Vec<&str> = self.notes_of(object)?.into_iter().filter(has_due).collect();
            (!notes.is_empty()).then(|| notes.iter().map(|note| format!("{note}.{due}")).collect())
        });
    }

    /// Writes the texts for which a name stands in its place.
    fn each(&self, list: &mut Vec<Name>, stands_for: impl Fn(&str) -> Option<Vec<String>>) {
        let written = std::mem::take(list);
        for name in written {
            match stands_for(&name.text) {
                Some(texts) => list.extend(texts.into_iter().map(|text| Name { text, place: name.place.clone() })),
                None => list.push(name),
            }
        }
    }

    fn in_measure(&self, measure: &mut Measure) {
        if let Some(notes) = measure.notes_mut() {
            self.write_out(notes);
        }
    }

    fn in_effect(&self, effect: &mut Effect) {
        match effect {
            Effect::Sweep(sweep) => self.write_out(&mut sweep.notes),
            Effect::EarlyAmortization(early) => self.write_out(&mut early.notes),
            Effect::RateStep(step) => self.write_out(&mut step.notes),
            Effect::DrawStop(stop) => self.write_out(&mut stop.notes),
            _ => {}
        }
    }

    fn in_tables(&self, tables: &mut Table<Vec<Step>>) {
        tables.0.iter_mut().for_each(|(_, steps)| self.in_steps(steps));
    }

    fn in_steps(&self, steps: &mut [Step]) {
        for step in steps {
            match &mut step.verb {
                Verb::Pay(pay) => self.in_dues(&mut pay.dues),
                Verb::If(block) => {
                    self.in_steps(&mut block.then);
                    self.in_steps(&mut block.r#else);
                }
                verb => {
                    if let Some(notes) = verb.notes_mut() {
                        self.write_out(notes);
                    }
                }
            }
        }
    }
}

impl Verb {
    /// Its list in which notes may stand.
    fn notes_mut(&mut self) -> Option<&mut Vec<Name>> {
        Some(match self {
            Verb::Collect(step) => &mut step.from,
            Verb::AccrueInterest(step) => &mut step.notes,
            Verb::PayInterest(step) => &mut step.notes,
            Verb::PayPrincipal(step) => &mut step.notes,
            Verb::Sweep(step) => &mut step.notes,
            Verb::Prepay(step) => &mut step.notes,
            Verb::CapitalizeInterest(step) => &mut step.notes,
            Verb::WriteDown(step) => &mut step.notes,
            Verb::WriteUp(step) => &mut step.notes,
            Verb::Refinance(step) => &mut step.notes,
            Verb::Extend(step) => &mut step.notes,
            _ => return None,
        })
    }
}

impl Measure {
    /// Its list of notes.
    fn notes_mut(&mut self) -> Option<&mut Vec<Name>> {
        Some(match self {
            Measure::Dscr(dscr) => &mut dscr.notes,
            Measure::Icr(icr) => &mut icr.notes,
            Measure::Ic(ic) => &mut ic.notes,
            Measure::Oc(oc) => &mut oc.notes,
            Measure::Ltv(ltv) => &mut ltv.notes,
            Measure::DebtYield(debt_yield) => &mut debt_yield.notes,
            Measure::BorrowingBase(base) => &mut base.notes,
            Measure::Llcr(cover) | Measure::Plcr(cover) => &mut cover.notes,
            _ => return None,
        })
    }
}
