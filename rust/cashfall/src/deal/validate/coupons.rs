//! Coupons: an index that is a number input, caps above floors, steps in order.

use super::{Checker, Kind};
use crate::basics::units::Number;
use crate::deal::decimal::written;
use crate::deal::model::{Amortisation, Coupon, InputUnit, Note};
use crate::deal::text::Name;

impl<'a> Checker<'a> {
    pub(super) fn coupon(&mut self, name: &Name, note: &'a Note) {
        let path = &note.coupon.place.path;
        match &note.coupon.value {
            Coupon::Fixed(_) => {}
            Coupon::Steps(steps) => {
                let increasing = self.increasing(steps.iter().map(|(date, _)| date));
                if let (Some((first, _)), true) = (steps.first(), increasing && self.are_read(name, &["dated_date"]))
                    && first.value > note.dated_date.value
                {
                    let expected = format!("a first step on or before the dated date, {}", note.dated_date.value);
                    self.report(&first.place, expected, first.value.to_string());
                }
            }
            Coupon::Floating(floating) => {
                self.index(&floating.index);
                self.cap_above_floor(&format!("{path}.floating"), floating.all_in_floor, floating.all_in_cap);
            }
            Coupon::SimpleDaily(averaged) | Coupon::Compounded(averaged) => {
                self.index(&averaged.index);
                let path = format!("{path}.{}", note.coupon.value.key());
                self.cap_above_floor(&path, averaged.all_in_floor, averaged.all_in_cap);
            }
            Coupon::IndexLevel(level) => {
                self.index(&level.index);
                self.index_level(name, note);
            }
            Coupon::Formula(formula) => {
                self.cap_above_floor(&format!("{path}.formula"), formula.all_in_floor, Some(formula.all_in_cap));
                self.is_not_sized(name, note, "a formula");
            }
        }
    }

    /// That the index is a number input.
    pub(super) fn index(&mut self, name: &Name) {
        if self.refer(name, &[Kind::Input]).is_none() {
            return;
        }
        let Some(input) = self.deal.inputs.get(&name.text) else { return };
        if input.unit != InputUnit::Number && self.is_read(&format!("inputs.{}.unit", name.text)) {
            let found = format!("`{}`, whose unit is {}", name.text, input.unit.name());
            self.report(&name.place, "an input whose unit is number", found);
        }
    }

    fn cap_above_floor(&mut self, path: &str, floor: Number, cap: Option<Number>) {
        if let Some(cap) = cap.filter(|cap| cap.0 < floor.0 && self.is_read(path)) {
            let place = self.place(&format!("{path}.all_in_cap"));
            let expected = format!("a cap not below the `all_in_floor`, {}", written(floor.0, 9));
            self.report(&place, expected, written(cap.0, 9));
        }
    }

    /// What an index level excludes.
    fn index_level(&mut self, name: &Name, note: &Note) {
        if let Some(unit) = &note.rounding_unit {
            let found = "a `rounding_unit`";
            self.advise(&unit.place, "no `rounding_unit` beside an index level", found, "leave it out");
        }
        self.is_not_sized(name, note, "an index level");
    }

    /// A schedule that is made from the coupon needs one that is known.
    fn is_not_sized(&mut self, name: &Name, note: &Note, coupon: &str) {
        let several = match &note.amortisation.value {
            Amortisation::GreatestOf(several) => several.as_slice(),
            _ => std::slice::from_ref(&note.amortisation),
        };
        let is_sized = |one: &Amortisation| matches!(one, Amortisation::Level(_) | Amortisation::Sculpted(_));
        let is_read = self.are_read(name, &["amortisation"]);
        for one in several.iter().filter(|one| is_read && is_sized(&one.value)) {
            let expected = format!("a schedule of stated amounts, as the coupon is {coupon}");
            let found = format!("`{}`", one.value.key());
            self.advise(&one.place, expected, found, "write `explicit` or `bullet`");
        }
    }
}
