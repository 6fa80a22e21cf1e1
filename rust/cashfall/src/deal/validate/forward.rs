//! What looks ahead: windows of tests on what is to come, and reserves that are funded for it.

use super::Checker;
use super::formulas::Placed;
use crate::deal::model::{Prefund, Test, WindowStart};
use crate::deal::text::Name;
use crate::formula::{ExprKind, Object, QuantityRef};

impl<'a> Checker<'a> {
    /// That a test that looks ahead has no window on what has been, and measures what can be summed ahead.
    pub(super) fn forward_window(&mut self, name: &Name, test: &Test) {
        let Some(forward) = &test.forward else { return };
        if !self.is_read(&forward.place.path) {
            return;
        }
        let besides = [
            ("window", (test.window > 1).then(|| format!("`window = {}`", test.window))),
            (
                "window_start",
                (test.window_start != WindowStart::Wait)
                    .then(|| format!("`window_start = \"{}\"`", test.window_start.name())),
            ),
            ("equity_cure", test.equity_cure.as_ref().map(|_| "`equity_cure`".to_owned())),
        ];
        for (key, found) in besides {
            let Some(found) = found.filter(|_| self.are_read(name, &[key])) else { continue };
            let place = self.place(&format!("{}.{key}", name.place.path));
            self.advise(&place, format!("no `{key}` beside `forward`"), found, "drop one of them");
        }
        if self.are_read(name, &["measure"]) && !test.measure.looks_ahead() {
            let place = self.place(&format!("{}.measure.{}", name.place.path, test.measure.key()));
            let expected = "a measure whose sums can be taken ahead: `dscr`, `icr`, `contract_realisation`, or a `ratio` whose denominator is a flow";
            let found = match test.measure.key() {
                "ratio" => "a `ratio` whose denominator is a stock".to_owned(),
                key => format!("`{key}`"),
            };
            self.advise(&place, expected, found, "drop `forward`, or measure one of these");
        }
    }

    /// What a measure may read that looks ahead.
    pub(super) fn ahead(&mut self, formula: &Placed<'a>, schedules: bool) {
        let may_be_read = |of: &QuantityRef| self.precedes_waterfalls(of) || schedules && of.is_scheduled();
        for (start, of) in self.stray(formula, may_be_read) {
            let also = if schedules { ", a `scheduled_…` quantity of a note" } else { "" };
            let expected = format!(
                "a quantity that no waterfall decides, as the test looks ahead: an input, rent, the amount of a cashflow, the accrual of a fixed fee, a term of a note{also}"
            );
            let found = format!("`{}`", of.written(self.deal));
            self.advise(&formula.text.place_at(start), expected, found, "read one of these, or drop `forward`");
        }
        let mut pasts = Vec::new();
        formula.expr.walk(&mut |part| {
            let is_past =
                matches!(part.kind, ExprKind::Opening(_) | ExprKind::Lag { .. } | ExprKind::TrailingSum { .. });
            pasts.extend(part.quantity().filter(|of| is_past && self.has_clauses(of)).map(|_| (part.start, part.end)));
        });
        for (start, end) in pasts {
            let expected = "no past of a lease with clauses, a contract, a fleet, a borrowing base or a formula of a cashflow, as the test looks ahead";
            let found = format!("`{}`", &formula.text.text[start..end]);
            self.advise(&formula.text.place_at(start), expected, found, "read it as it stands, or drop `forward`");
        }
    }

    fn has_clauses(&self, of: &QuantityRef) -> bool {
        match of.object {
            Object::Lease => self.deal.leases[of.index].has_clauses(),
            Object::Cashflow => self.deal.cashflows[of.index].amount.is_some(),
            object => object.is_collateral(),
        }
    }

    /// That a target whose peak is funded reads only what is known when the deal is compiled.
    pub(super) fn prefunded(&mut self, formula: &Placed<'a>, account: usize) {
        let target = self.deal.accounts[account].target.as_ref();
        if target.is_none_or(|target| target.prefund != Prefund::Peak) {
            return;
        }
        let expected = "what is known when the deal is compiled, as the peak still to come is funded: `scheduled_…` quantities, `proceeds`, `original_balance` and `months_to_maturity` of notes, `forward_sum`, `period.index`";
        let way_out = "read one of these, or drop `prefund`";
        let mut stray = Vec::new();
        formula.expr.walk(&mut |part| {
            let is_past =
                matches!(part.kind, ExprKind::Opening(_) | ExprKind::Lag { .. } | ExprKind::TrailingSum { .. });
            stray.extend(
                part.quantity().filter(|of| is_past || !of.is_known_at_compile()).map(|_| (part.start, part.end)),
            );
        });
        for (start, end) in stray {
            let found = format!("`{}`", &formula.text.text[start..end]);
            self.advise(&formula.text.place_at(start), expected, found, way_out);
        }
    }
}
