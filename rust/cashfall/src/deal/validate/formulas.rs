//! Formulas: syntax, names and units in every place that takes one, and what each place may look at.

use super::Checker;
use super::currencies::formulas_of_exchange;
use crate::deal::model::{Account, Amortisation, Coupon, Effect, FeeAmount, Measure, Target, Test, Verb, View};
use crate::deal::text::FormulaText;
use crate::formula::{self, Expr, ExprKind, Object, Quantity, QuantityRef, Unit};

/// Where a formula stands.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Site<'a> {
    /// The target of the account at a position.
    Target(usize),
    /// What a failing test raises the target of the account at a position to, and whether its view is stated.
    SetReserve(usize, bool),
    /// The quantity of the fee at a position.
    Share(usize),
    /// The cash flow that sculpts a note.
    Sculpted,
    /// The default rate of the note at a position.
    Accrual(usize),
    /// The measure of the test at a position.
    Measure(usize),
    /// The measure of a test that looks ahead, and whether it may read schedules of notes.
    Ahead(bool),
    /// The step at a position of a waterfall.
    Step(&'a str, usize),
    /// Where steps with one of these verbs name this object.
    Verbs(&'static [&'static str], &'a str),
    /// The start of each date.
    Start,
    /// The lease or contract at a position.
    Collateral(Object, usize),
}

/// A formula whose names and units are sound.
pub(super) struct Placed<'a> {
    pub site: Site<'a>,
    pub text: &'a FormulaText,
    pub expr: Expr,
}

impl<'a> Checker<'a> {
    pub(super) fn formulas(&mut self) {
        let tables = [
            "inputs",
            "leases",
            "contracts",
            "fleets",
            "borrowing_bases",
            "cashflows",
            "accounts",
            "fees",
            "notes",
            "groups",
            "equity",
            "ledgers",
            "taxes",
            "facilities",
            "swaps",
            "caps",
            "assets",
            "tests",
        ];
        if !self.hidden.is_empty() || tables.iter().any(|table| !self.is_read_itself(table)) {
            return;
        }
        let mut placed = Vec::new();
        for (site, text, unit) in self.places() {
            placed.extend(self.parsed(site, text, unit));
        }
        for (i, (_, test)) in self.deal.tests.iter().enumerate() {
            self.ratio(i, test, &mut placed);
        }
        for (waterfall, i, step) in self.all_steps() {
            if let Verb::Inspect(inspect) = &step.verb {
                placed.extend(self.parsed(Site::Step(waterfall, i), &inspect.value, None));
            }
        }
        for formula in &placed {
            self.forward(formula);
            match formula.site {
                Site::Sculpted => self.sculpting(formula),
                Site::Ahead(schedules) => self.ahead(formula, schedules),
                Site::Target(account) => self.prefunded(formula, account),
                Site::Collateral(object, index) => self.reading_of_collateral(formula, object, index),
                _ => {}
            }
        }
        self.reading(&placed);
    }

    /// Every formula but those of ratios, with the unit its place asks for.
    fn places(&self) -> Vec<(Site<'a>, &'a FormulaText, Unit)> {
        let deal = self.deal;
        let mut places = self.formulas_of_collateral();
        for (i, (_, account)) in deal.accounts.iter().enumerate() {
            places.extend(account.target.iter().map(|target| (Site::Target(i), &target.formula, Unit::Amount)));
        }
        for (i, (_, fee)) in deal.fees.iter().enumerate() {
            match &fee.amount {
                FeeAmount::ShareOf(share) => places.push((Site::Share(i), &share.quantity, Unit::Amount)),
                FeeAmount::RateOf(rate) => places.push((Site::Share(i), &rate.quantity, Unit::Amount)),
                _ => {}
            }
            let suspended = fee.cap.as_ref().and_then(|cap| cap.suspended_if.as_ref());
            places.extend(suspended.map(|flag| (Site::Share(i), flag, Unit::Flag)));
        }
        for (i, (_, note)) in deal.notes.iter().enumerate() {
            places.extend(note.default_rate.iter().map(|rate| (Site::Accrual(i), &rate.when, Unit::Flag)));
            if let Coupon::Formula(coupon) = &note.coupon.value {
                places.push((Site::Accrual(i), &coupon.rate, Unit::Number));
            }
            let several = match &note.amortisation.value {
                Amortisation::GreatestOf(several) => &several[..],
                _ => std::slice::from_ref(&note.amortisation),
            };
            for amortisation in several {
                if let Amortisation::Sculpted(sculpted) = &amortisation.value {
                    places.push((Site::Sculpted, &sculpted.cash_flow, Unit::Amount));
                }
            }
        }
        for (i, (_, test)) in deal.tests.iter().enumerate() {
            let unit = if matches!(test.measure, Measure::FormulaMeasure(_)) { Unit::Number } else { Unit::Amount };
            for effect in &test.effects {
                if let Effect::SetReserve(set) = effect
                    && let Some(account) = deal.accounts.position(&set.account.text)
                {
                    places.push((Site::SetReserve(account, set.view.is_some()), &set.formula, Unit::Amount));
                }
            }
            if let Some((cover, _)) = test.measure.life_cover() {
                places.push((Site::Sculpted, &cover.cash_flow, Unit::Amount));
            }
            let site = measure_site(i, test);
            places.extend(test.measure.formulas().into_iter().map(|formula| (site, formula, unit)));
        }
        for (_, ledger) in &deal.ledgers {
            places.extend(ledger.reset_when.iter().map(|flag| (Site::Start, flag, Unit::Flag)));
        }
        for (_, joint) in &deal.fee_caps {
            let first = joint.fees.first().and_then(|fee| deal.fees.position(&fee.text));
            let suspended =
                first.and_then(|fee| Some((Site::Share(fee), joint.cap.suspended_if.as_ref()?, Unit::Flag)));
            places.extend(suspended);
        }
        for (name, facility) in &deal.facilities {
            let stop = facility.draw_stop.as_ref();
            places.extend(stop.map(|flag| (Site::Verbs(&["draw_facility"], &name.text), flag, Unit::Flag)));
        }
        for (name, asset) in &deal.assets {
            places.push((Site::Verbs(&["buy_asset", "sell_asset"], &name.text), &asset.price, Unit::Number));
            let shares = asset.runoff.iter().chain(&asset.loss);
            places.extend(shares.map(|share| (Site::Start, &share.share, Unit::Number)));
        }
        for unwinding in deal.acceleration.iter().flat_map(|terms| &terms.swaps) {
            places.push((Site::Start, &unwinding.amount, Unit::Amount));
        }
        for (name, tax) in &deal.taxes {
            places.push((Site::Verbs(&["pay_tax"], &name.text), &tax.base, Unit::Amount));
        }
        for (waterfall, i, step) in self.all_steps() {
            let site = Site::Step(waterfall, i);
            let when = step.when.iter().filter(|_| step.verb.may_be_held_back());
            places.extend(when.map(|when| (site, when, Unit::Flag)));
            places.extend(own_formula(&step.verb).map(|(formula, unit)| (site, formula, unit)));
            places.extend(formulas_of_exchange(&step.verb).into_iter().map(|(formula, unit)| (site, formula, unit)));
            if let Some(limit) = step.verb.limit() {
                let amounts = limit.cap.iter().chain(&limit.keep_balance);
                places.extend(amounts.map(|formula| (site, formula, Unit::Amount)));
            }
            let conditions = step.verb.support().iter().flat_map(|support| &support.only_if);
            places.extend(conditions.map(|formula| (site, formula, Unit::Flag)));
        }
        places
    }

    /// The typed tree of a formula; nothing if it has problems or reads an object that could not be read.
    fn parsed(&mut self, site: Site<'a>, text: &'a FormulaText, unit: impl Into<Option<Unit>>) -> Option<Placed<'a>> {
        let broken = |path: &&str| path.split(['.', '[']).nth(1).is_some_and(|name| text.text.contains(name));
        let objects = |path: &&&str| !path.starts_with("waterfalls") && !path.starts_with("deal");
        if text.text.is_empty() || self.unread.iter().filter(objects).any(broken) {
            return None;
        }
        match formula::parse(text, self.deal, unit.into()) {
            Ok(expr) => Some(Placed { site, text, expr }),
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        }
    }

    /// Both formulas of a ratio give amounts, or both numbers.
    fn ratio(&mut self, index: usize, test: &'a Test, placed: &mut Vec<Placed<'a>>) {
        let Measure::Ratio(ratio) = &test.measure else { return };
        let site = measure_site(index, test);
        let Some(numerator) = self.parsed(site, &ratio.numerator, None) else {
            placed.extend(self.parsed(site, &ratio.denominator, None));
            return;
        };
        if matches!(numerator.expr.unit, Unit::Amount | Unit::Number) {
            placed.extend(self.parsed(site, &ratio.denominator, numerator.expr.unit));
        } else {
            let found = format!("{} (`{}`)", numerator.expr.unit.described(), ratio.numerator.text);
            self.report(&ratio.numerator.place_at(numerator.expr.start), "an amount or a number", found);
        }
        if let (Unit::Number, Some(cure)) = (numerator.expr.unit, &test.equity_cure) {
            let expected = "a cure of a test that requires at_least of an amount over another";
            self.advise(&cure.place, expected, "a ratio of numbers", "drop the cure, or measure a ratio of amounts");
        }
        placed.push(numerator);
    }

    /// Only a target that states its view may look forward.
    fn forward(&mut self, formula: &Placed<'a>) {
        let allowed = match formula.site {
            Site::Target(index) => matches!(
                self.deal.accounts[index],
                Account { target: Some(Target { view: Some(View::Scheduled), .. }), .. }
            ),
            Site::SetReserve(_, has_view) => has_view,
            _ => false,
        };
        let (expected, way_out) = match formula.site {
            Site::SetReserve(..) => (
                "`view = \"scheduled\"` beside a formula that looks forward",
                "add `view = \"scheduled\"` to the effect",
            ),
            Site::Target(_) => (
                "`view = \"scheduled\"` beside a formula that looks forward",
                "add `view = \"scheduled\"` to the target",
            ),
            _ => (
                "a formula that does not look forward",
                "only the target of an account may, with `view = \"scheduled\"`",
            ),
        };
        formula.expr.walk(&mut |part| {
            if matches!(part.kind, ExprKind::ForwardSum { .. }) && !allowed {
                self.advise(&formula.text.place_at(part.start), expected, "`forward_sum`", way_out);
            }
        });
    }

    /// What a sculpting cash flow may read: what is known on the sizing case before any waterfall runs.
    fn sculpting(&mut self, formula: &Placed<'a>) {
        let stray = self.stray(formula, |of| self.precedes_waterfalls(of));
        for (start, of) in stray {
            let expected = "a quantity known in advance, on the sizing case: an input, rent, the amount of a cashflow, or the accrual of a fixed fee";
            self.report(&formula.text.place_at(start), expected, format!("`{}`", of.written(self.deal)));
        }
    }

    /// Whether the inputs decide a quantity before any waterfall runs.
    pub(super) fn precedes_waterfalls(&self, of: &QuantityRef) -> bool {
        match of.object {
            Object::Input | Object::Period => true,
            object if object.is_collateral() => self.collateral_precedes_waterfalls(of),
            Object::Note => matches!(of.quantity, Quantity::OriginalBalance | Quantity::MonthsToMaturity),
            Object::Cashflow => of.quantity == Quantity::Amount && self.collateral_precedes_waterfalls(of),
            Object::Fee => {
                of.quantity == Quantity::Accrued && matches!(self.deal.fees[of.index].amount, FeeAmount::Fixed(_))
            }
            _ => false,
        }
    }

    /// The quantities in a formula that its place cannot read, each with where it stands.
    pub(super) fn stray(
        &self,
        formula: &Placed<'a>,
        may_be_read: impl Fn(&QuantityRef) -> bool,
    ) -> Vec<(usize, QuantityRef)> {
        let mut stray = Vec::new();
        formula.expr.walk(&mut |part| {
            stray.extend(part.quantity().filter(|of| !may_be_read(of)).map(|of| (part.start, of)));
        });
        stray
    }
}

/// Where the formulas of a test's measure stand.
fn measure_site<'a>(index: usize, test: &Test) -> Site<'a> {
    match test.forward {
        Some(_) => Site::Ahead(test.measure.reads_schedules_ahead()),
        None => Site::Measure(index),
    }
}

/// The formula that is a verb's own, and the unit it gives.
pub(super) fn own_formula(verb: &Verb) -> Option<(&FormulaText, Unit)> {
    match verb {
        Verb::Prepay(step) => step.amount.as_ref().map(|amount| (amount, Unit::Amount)),
        Verb::CapitalizeInterest(step) => step.share.as_ref().map(|share| (share, Unit::Number)),
        Verb::If(block) => Some((&block.condition, Unit::Flag)),
        Verb::Book(step) => Some((&step.amount, Unit::Amount)),
        Verb::WriteDown(step) => Some((&step.amount, Unit::Amount)),
        Verb::WriteUp(step) => Some((&step.amount, Unit::Amount)),
        Verb::DrawFacility(step) => step.amount.as_ref().map(|amount| (amount, Unit::Amount)),
        Verb::FundNote(step) => step.amount.as_ref().map(|amount| (amount, Unit::Amount)),
        Verb::BuyAsset(step) => step.amount.as_ref().map(|amount| (amount, Unit::Amount)),
        Verb::SellAsset(step) => step.amount.as_ref().map(|amount| (amount, Unit::Amount)),
        Verb::TerminateSwap(step) => Some((&step.amount, Unit::Amount)),
        _ => None,
    }
}
