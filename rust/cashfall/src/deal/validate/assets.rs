//! Assets: their dates, their rates, and that what they bring is collected.

use super::Checker;
use crate::deal::text::Name;

impl Checker<'_> {
    pub(super) fn assets(&mut self) {
        for (name, asset) in &self.deal.assets {
            if !self.is_read(&name.place.path) {
                continue;
            }
            if let Some(earns) = &asset.r#yield {
                self.earning(earns);
            }
            for share in asset.runoff.iter().chain(&asset.loss) {
                self.hedge_dates(&share.payment_dates);
            }
        }
    }

    /// That an asset brings something to collect.
    pub(super) fn collected_asset(&mut self, name: &Name) {
        let Some(asset) = self.deal.assets.get(&name.text) else { return };
        if !asset.is_collected() && self.is_read(&format!("assets.{}", name.text)) {
            let way_out =
                format!("add `assets.{0}.yield` or `assets.{0}.runoff`, or sell it with `sell_asset`", name.text);
            self.advise(&name.place, "an asset with `yield` or `runoff`", format!("`{}`", name.text), way_out);
        }
    }
}
