//! Equity cures: what they can cure, and from what.

use super::{Checker, Kind};
use crate::deal::model::{CureApplies, EquityCure, InputUnit, Measure, Requires, Test, WindowBy, WindowStart};
use crate::deal::text::Name;

impl Checker<'_> {
    pub(super) fn cure(&mut self, name: &Name, test: &Test, cure: &EquityCure) {
        self.refer(&cure.to, &[Kind::Account]);
        self.sponsor_input(&cure.input);
        if cure.apply == CureApplies::Deposit && cure.stays_dates.is_some() {
            let place = self.place(&format!("{}.stays_dates", cure.place.path));
            let way_out = "drop it: a measure that reads the account finds the cash there";
            self.advise(&place, "no `stays_dates` with `deposit`", "`stays_dates`", way_out);
        }
        if cure.apply == CureApplies::Prepay {
            return self.cure_by_prepayment(name, test, cure);
        }
        if let Some(note) = cure.notes.first() {
            let found = format!("`{}` beside `apply = \"{}\"`", note.text, cure.apply.name());
            let way_out = "drop the notes, or let the cure `apply` as `prepay`";
            self.advise(&note.place, "no `notes`, as the cash repays none", found, way_out);
        }
        if !self.are_read(name, &["measure", "requires", "by"]) {
            return;
        }
        let is_at_most = requires(test) == Requires::AtMost;
        let found = if is_at_most {
            "a test that requires at_most".to_owned()
        } else if matches!(test.measure, Measure::FormulaMeasure(_)) {
            "a number".to_owned()
        } else if test.by == WindowBy::MeanOfRatios {
            "a mean of ratios".to_owned()
        } else {
            return;
        };
        let expected = "a cure of a test that requires at_least of an amount over another";
        self.advise(&cure.place, expected, found, "drop the cure, or measure a ratio of amounts");
    }

    /// A cure that repays notes of the measure, whose balances it holds against something.
    fn cure_by_prepayment(&mut self, name: &Name, test: &Test, cure: &EquityCure) {
        if cure.stays_dates.is_some() {
            let place = self.place(&format!("{}.stays_dates", cure.place.path));
            let way_out = "drop it: debt that is repaid stays so";
            self.advise(&place, "no `stays_dates` with `prepay`", "`stays_dates`", way_out);
        }
        if self.are_read(name, &["measure", "requires", "by", "window_start"]) {
            self.prepayment_cures(name, test, cure);
        }
        if !self.is_read(&format!("{}.notes", cure.place.path)) || !self.are_read(name, &["measure"]) {
            return;
        }
        if cure.notes.is_empty() {
            let way_out = "add `notes`, some of those of the measure";
            return self.advise(&cure.place, "the notes that the cure repays", "none", way_out);
        }
        self.refer_all(&cure.notes, &[Kind::Note]);
        let measured = test.measure.notes();
        for note in &cure.notes {
            let is_note = self.deal.notes.get(&note.text).is_some();
            if is_note && !measured.iter().any(|other| other.text == note.text) && !measured.is_empty() {
                let found = format!("`{}`", note.text);
                self.advise(
                    &note.place,
                    "a note of the measure",
                    found,
                    "repaying others would not change the reading",
                );
            }
        }
    }

    /// That a reading passes when balances fall.
    fn prepayment_cures(&mut self, name: &Name, test: &Test, cure: &EquityCure) {
        let side = requires(test);
        let at_least = matches!(test.measure, Measure::Oc(_) | Measure::BorrowingBase(_) | Measure::DebtYield(_));
        let found = match &test.measure {
            _ if test.by == WindowBy::MeanOfRatios => "a mean of ratios".to_owned(),
            Measure::Ltv(_) if side == Requires::AtMost => String::new(),
            _ if at_least && side == Requires::AtLeast => String::new(),
            measure => format!("`{}` that requires {}", measure.key(), side.name()),
        };
        if !found.is_empty() {
            let expected = "a cure by `prepay` of `oc`, `borrowing_base` or `debt_yield` that require at_least, or of `ltv` that requires at_most";
            self.advise(&cure.place, expected, found, "measure one of these by `ratio_of_sums`, or drop the cure");
        } else if test.window_start == WindowStart::Annualise && !matches!(test.measure, Measure::DebtYield(_)) {
            let place = self.place(&format!("{}.window_start", name.place.path));
            let expected = "`wait` or `partial`, as the cure lowers balances that the window sums";
            self.advise(&place, expected, "`annualise`", "only a `debt_yield` that is annualised can be cured so");
        }
    }

    /// That a sponsor's input is an amount that is not negative.
    fn sponsor_input(&mut self, name: &Name) {
        if self.refer(name, &[Kind::Input]).is_none() || !self.is_read(&format!("inputs.{}", name.text)) {
            return;
        }
        let Some(input) = self.deal.inputs.get(&name.text) else { return };
        let is_negative = input.minimum.as_ref().is_some_and(|minimum| minimum.to_number().is_ok_and(|n| n.0 < 0));
        if input.unit != InputUnit::Amount {
            let found = format!("`{}`, whose unit is {}", name.text, input.unit.name());
            self.report(&name.place, "an input whose unit is amount", found);
        } else if is_negative {
            let found = format!("`{}`, which may be below 0", name.text);
            self.report(&name.place, "an input that is never below 0", found);
        }
    }
}

/// On which side of its level a test passes.
fn requires(test: &Test) -> Requires {
    test.requires.unwrap_or(test.measure.usual_side())
}
