//! Ledgers and taxes.

use super::Checker;
use crate::deal::decimal::written;
use crate::deal::model::{Ledger, LedgerKind, Verb};
use crate::deal::text::Name;

impl<'a> Checker<'a> {
    pub(super) fn claims(&mut self) {
        let deal = self.deal;
        for (name, ledger) in &deal.ledgers {
            if self.is_read(&name.place.path) {
                self.ledger(ledger);
            }
        }
        self.taxes_once();
    }

    fn ledger(&mut self, ledger: &Ledger) {
        let Some(floor) = &ledger.floor else { return };
        if ledger.kind == LedgerKind::MaximumToDate {
            let way_out = "drop it: the balance never falls below the opening one";
            self.advise(&floor.place, "no floor on a ledger of the maximum to date", "a floor", way_out);
        } else if ledger.opening.0 < floor.value.0 {
            let decimals = u32::try_from(self.deal.deal.decimals).unwrap_or(2);
            let expected = format!("a floor not above the opening balance, {}", written(ledger.opening.0, decimals));
            self.report(&floor.place, expected, written(floor.value.0, decimals));
        }
    }

    /// That a waterfall computes a tax once.
    fn taxes_once(&mut self) {
        let mut known: Vec<(&str, &str, &str)> = Vec::new();
        for (waterfall, _, step) in self.all_steps() {
            let Verb::PayTax(pay) = &step.verb else { continue };
            for name in &pay.taxes {
                let first = known.iter().find(|(place, tax, _)| *place == waterfall && *tax == name.text);
                match first.map(|(_, _, path)| *path) {
                    Some(path) if path != step.place.path => self.computed_again(name, path),
                    Some(_) => {}
                    None => known.push((waterfall, &name.text, &step.place.path)),
                }
            }
        }
    }

    fn computed_again(&mut self, name: &Name, first: &str) {
        let found = format!("`{}` again, after `{first}`", name.text);
        self.advise(&name.place, "only one `pay_tax` step of a waterfall that computes it", found, "drop one of them");
    }
}
