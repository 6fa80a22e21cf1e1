//! Fleets, borrowing bases, and cashflows.

use super::{Checker, Kind};
use crate::basics::units::NUMBER_SCALE;
use crate::deal::model::{BaseTest, BorrowingBase, Cashflow, Fleet, InputUnit};
use crate::deal::text::{FormulaText, Name};
use crate::formula::{self, Expr, ExprKind, Unit};

impl<'a> Checker<'a> {
    pub(super) fn fleets(&mut self) {
        let deal = self.deal;
        for (name, fleet) in &deal.fleets {
            if self.is_read(&name.place.path) {
                self.fleet(name, fleet);
            }
        }
        for (name, base) in &deal.borrowing_bases {
            if self.is_read(&name.place.path) {
                self.borrowing_base(base);
            }
        }
    }

    fn fleet(&mut self, name: &Name, fleet: &'a Fleet) {
        if let Some(haircut) = fleet.sale.as_ref().and_then(|sale| sale.haircut.as_ref()) {
            self.at_most_whole(haircut, "a haircut from 0 to 1 (20% is 0.2)");
        }
        self.refer(&fleet.payment_dates, &[Kind::Schedule]);
        self.not_before_closing(&fleet.payment_dates);
        let costs = fleet.lots.iter().try_fold(0_i64, |sum, lot| sum.checked_add(lot.cost.0));
        if costs.is_none_or(|sum| sum >= crate::basics::LIMIT) {
            let place = self.place(&format!("{}.lots", name.place.path));
            self.report(&place, "lots whose cost stays below 2^52 minor units together", "more");
        }
        if let (Some(_), None) = (&fleet.sale, &fleet.market_price) {
            let place = self.place(&format!("{}.sale", name.place.path));
            let way_out = "add `market_price`, or drop the sale";
            self.advise(&place, "a sale beside `market_price`, which says what it brings", "none", way_out);
        }
    }

    fn borrowing_base(&mut self, base: &'a BorrowingBase) {
        self.refer(&base.payment_dates, &[Kind::Schedule]);
        self.not_before_closing(&base.payment_dates);
        for test in &base.lesser_of {
            match test {
                BaseTest::Advance(classes) => classes
                    .iter()
                    .for_each(|class| self.at_most_whole(&class.rate, "an advance rate from 0 to 1 (90% is 0.9)")),
                BaseTest::Market(market) => self.at_most_whole(&market.haircut, "a haircut from 0 to 1 (20% is 0.2)"),
                BaseTest::Coverage(_) => {}
            }
        }
    }

    /// That no literal which a share can come to is below 0 or above 1.
    fn at_most_whole(&mut self, share: &FormulaText, expected: &str) {
        let Ok(expr) = formula::parse(share, self.deal, Some(Unit::Number)) else { return };
        let mut wrong = Vec::new();
        results(&expr, &mut |start, value| {
            if !(0..=NUMBER_SCALE).contains(&value) {
                wrong.push((start, value));
            }
        });
        for (start, value) in wrong {
            let found = crate::deal::decimal::written(value, 9);
            self.report(&share.place_at(start), expected, found.trim_end_matches('0').trim_end_matches('.'));
        }
    }

    pub(super) fn cashflow(&mut self, name: &Name, cashflow: &Cashflow) {
        if !self.is_read(&name.place.path) {
            return;
        }
        match (&cashflow.amounts, &cashflow.amount, &cashflow.dates) {
            (Some(_), None, None) | (None, Some(_), Some(_)) => {}
            (None, None, None) => {
                let way_out = "list the amounts, or write a formula";
                self.advise(&name.place, "`amounts`, or `amount` with `dates`", "neither", way_out);
            }
            (None, Some(_), None) => {
                self.advise(
                    &name.place,
                    "`dates` beside `amount`",
                    "none",
                    "add the schedule on which it is evaluated",
                );
            }
            (None, None, Some(_)) => {
                self.advise(&name.place, "`amount` beside `dates`", "none", "add the formula that gives the amounts");
            }
            (Some(_), _, _) => {
                let way_out = "keep the listed amounts or the formula";
                self.advise(&name.place, "`amounts`, or `amount` with `dates`", "both", way_out);
            }
        }
        if let Some(dates) = &cashflow.dates {
            self.refer(dates, &[Kind::Schedule]);
            self.not_before_closing(dates);
        }
        self.listed_amounts(name, cashflow);
        if let Some(factor) = &cashflow.factor {
            self.factor_input(factor, InputUnit::Number);
        }
    }

    fn listed_amounts(&mut self, name: &Name, cashflow: &Cashflow) {
        if self.is_read(&format!("{}.amounts", name.place.path)) {
            self.increasing(cashflow.amounts.iter().flatten().map(|(date, _)| date));
        }
        if let Some(closing) = self.closing_date()
            && let Some((early, _)) = cashflow.amounts.iter().flatten().find(|(date, _)| date.value < closing)
        {
            self.report(
                &early.place,
                format!("a date on or after the closing date, {closing}"),
                early.value.to_string(),
            );
        }
    }

    /// That a fleet brings something to collect.
    pub(super) fn collected_fleet(&mut self, name: &Name) {
        let Some(fleet) = self.deal.fleets.get(&name.text) else { return };
        if fleet.sale.is_none() && self.is_read(&format!("fleets.{}", name.text)) {
            let way_out = format!("add `fleets.{}.sale`, or drop it from the `collect` step", name.text);
            self.advise(&name.place, "a fleet with `sale`", format!("`{}`", name.text), way_out);
        }
    }
}

/// The literals that a formula can come to, with where they stand.
fn results(expr: &Expr, visit: &mut impl FnMut(usize, i64)) {
    match &expr.kind {
        ExprKind::Literal(value) => visit(expr.start, *value),
        ExprKind::If(_, a, b) => {
            results(a, visit);
            results(b, visit);
        }
        _ => {}
    }
}
