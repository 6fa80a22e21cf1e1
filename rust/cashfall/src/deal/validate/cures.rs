//! Equity cures: what they can cure, and from what.

use super::{Checker, Kind};
use crate::deal::model::{CureApplies, EquityCure, InputUnit, Measure, Requires, Test, WindowBy};
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
        if !self.are_read(name, &["measure", "requires", "by"]) {
            return;
        }
        let is_at_most = test.requires.unwrap_or(test.measure.usual_side()) == Requires::AtMost;
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
