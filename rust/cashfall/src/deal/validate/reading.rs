//! The order of reading: what is set on a date can be read only after a step that sets it.

use super::Checker;
use super::formulas::{Placed, Site};
use crate::deal::dues::DueKind;
use crate::deal::model::Verb;
use crate::formula::{ExprKind, Object, Quantity, QuantityRef};

/// Where in a date's order something happens; the waterfalls of the statuses are one place in it.
pub(super) type Position<'a> = (&'a str, usize);

fn stage(waterfall: &str) -> u8 {
    match waterfall {
        "collection" => 0,
        "closing" => 1,
        "after" => 3,
        _ => 2,
    }
}

pub(super) fn is_earlier(a: Position<'_>, b: Position<'_>) -> bool {
    // What is set on the closing date is not set on others.
    if a.0 == b.0 { a.1 < b.1 } else { stage(a.0) < stage(b.0) && a.0 != "closing" }
}

/// The quantities that a formula reads as they stand now.
fn reads(formula: &Placed<'_>) -> Vec<(usize, QuantityRef)> {
    let mut reads = Vec::new();
    formula.expr.walk(&mut |part| {
        if let ExprKind::Quantity(of) | ExprKind::TrailingSum { of, .. } = part.kind {
            reads.push((part.start, of));
        }
    });
    reads
}

impl<'a> Checker<'a> {
    pub(super) fn reading(&mut self, placed: &[Placed<'a>]) {
        for formula in placed {
            self.cycle(formula, placed);
        }
        if !self.is_read("waterfalls") {
            return;
        }
        for formula in placed
            .iter()
            .filter(|formula| !matches!(formula.site, Site::Sculpted | Site::Ahead(_) | Site::Collateral(..)))
        {
            let readers = self.positions(formula.site, placed, &mut Vec::new());
            for (start, of) in reads(formula) {
                let Some(setters) = self.setters(of) else { continue };
                let early = readers.iter().find(|reader| !setters.iter().any(|setter| is_earlier(*setter, **reader)));
                let Some((waterfall, i)) = early else { continue };
                let name = of.written(self.deal);
                let by = match formula.site {
                    Site::Step(..) => String::new(),
                    Site::Start => " at the start of the date".to_owned(),
                    _ => format!(" at `{}`", self.path_of(waterfall, *i)),
                };
                let found = format!("`{name}`, which no earlier step sets");
                let way_out = format!("read `opening.{name}` or `lag({name}, 1, 0)`, or move the step");
                let expected = format!("a quantity that is set when it is read{by}");
                self.advise(&formula.text.place_at(start), expected, found, way_out);
            }
        }
    }

    /// Where the steps stand that set a quantity; nothing for one that can always be read.
    fn setters(&self, of: QuantityRef) -> Option<Vec<Position<'a>>> {
        let deal = self.deal;
        let paid: Option<(&[DueKind], _)> = match (of.object, of.quantity) {
            (Object::Fee, Quantity::Paid) => Some((&[DueKind::Fee], deal.fees.name(of.index))),
            (Object::Fee, Quantity::ExcessPaid) => Some((&[DueKind::Excess], deal.fees.name(of.index))),
            (Object::Facility, Quantity::Repaid) => Some((&[DueKind::Drawn], deal.facilities.name(of.index))),
            (Object::Facility, Quantity::FeePaid) => Some((&[DueKind::FacilityFee], deal.facilities.name(of.index))),
            (Object::Facility, Quantity::InterestPaid) => {
                Some((&[DueKind::FacilityInterest], deal.facilities.name(of.index)))
            }
            (Object::Swap, Quantity::Paid) => Some((&[DueKind::Swap], deal.swaps.name(of.index))),
            (Object::Swap, Quantity::TerminationPaid) => Some((&[DueKind::Termination], deal.swaps.name(of.index))),
            (Object::Cashflow, Quantity::Paid) => Some((&[DueKind::Cost], deal.cashflows.name(of.index))),
            (Object::Note, Quantity::InterestPaid) => Some((&[DueKind::Interest], deal.notes.name(of.index))),
            (Object::Note, Quantity::AdditionalInterestPaid) => {
                Some((&[DueKind::Additional], deal.notes.name(of.index)))
            }
            (Object::Note, Quantity::PrincipalPaid) => {
                Some((&[DueKind::Principal, DueKind::Balance], deal.notes.name(of.index)))
            }
            _ => None,
        };
        if let Some((kinds, name)) = paid {
            return Some(self.steps_that(|verb| {
                let repays = of.quantity == Quantity::PrincipalPaid && self.cures_by_repaying(verb, &name.text);
                repays || verb.dues(deal).iter().any(|due| kinds.contains(&due.kind) && due.object == name.text)
            }));
        }
        if of.object == Object::Note && of.quantity == Quantity::PremiumPaid {
            let note = &deal.notes.name(of.index).text;
            return Some(self.steps_that(|verb| {
                let pays = |kind: DueKind| kind == DueKind::Premium || matches!(verb.key(), "prepay" | "refinance");
                verb.dues(deal).iter().any(|due| pays(due.kind) && due.object == note)
            }));
        }
        if (of.object, of.quantity) == (Object::Note, Quantity::Funded) {
            let note = &deal.notes.name(of.index).text;
            return Some(self.steps_that(|verb| verb.funded().is_some_and(|name| name.text == *note)));
        }
        if (of.object, of.quantity) == (Object::Facility, Quantity::Draws) {
            let facility = &deal.facilities.name(of.index).text;
            return Some(self.steps_that(|verb| verb.drawn().iter().any(|name| name.text == *facility)));
        }
        let (verbs, name): (&[&str], _) = match (of.object, of.quantity) {
            (Object::Fee, Quantity::Accrued) => (&["accrue_fee"], deal.fees.name(of.index)),
            (
                Object::Note,
                Quantity::InterestAccrued
                | Quantity::Rate
                | Quantity::UnpaidInterestAccrued
                | Quantity::AdditionalInterestAccrued,
            ) => (&["accrue_interest"], deal.notes.name(of.index)),
            (Object::Note, Quantity::InterestCapitalized) => (&["capitalize_interest"], deal.notes.name(of.index)),
            (Object::Asset, Quantity::Bought | Quantity::Cost) => (&["buy_asset"], deal.assets.name(of.index)),
            (Object::Asset, Quantity::Sold | Quantity::Proceeds) => (&["sell_asset"], deal.assets.name(of.index)),
            (Object::Swap, Quantity::Received) => (&["settle_swap"], deal.swaps.name(of.index)),
            (Object::RateCap, Quantity::Received) => (&["settle_cap"], deal.caps.name(of.index)),
            (Object::Tax, Quantity::Accrued | Quantity::Paid) => (&["pay_tax"], deal.taxes.name(of.index)),
            (Object::Equity, Quantity::Distributed) => (&["distribute"], deal.equity.name(of.index)),
            (Object::Test, Quantity::Failing) => (&["run_tests"], deal.tests.name(of.index)),
            _ => return None,
        };
        Some(self.steps_that(|verb| {
            verbs.contains(&verb.key()) && verb.objects().iter().any(|object| object.text == name.text)
        }))
    }

    /// Whether a step runs a test whose cure repays a note.
    fn cures_by_repaying(&self, verb: &Verb, note: &str) -> bool {
        let Verb::RunTests(run) = verb else { return false };
        let tests = run.tests.iter().filter_map(|test| self.deal.tests.get(&test.text));
        tests.flat_map(|test| &test.equity_cure).any(|cure| cure.notes.iter().any(|name| name.text == note))
    }

    /// The path of a step by its number in a waterfall.
    fn path_of(&self, waterfall: &str, number: usize) -> &'a str {
        let mut all = self.walked.iter();
        let found = all.find(|walked| walked.waterfall == waterfall && walked.number == number);
        found.map_or("", |walked| &walked.step.place.path)
    }

    fn steps_that(&self, chosen: impl Fn(&Verb) -> bool) -> Vec<Position<'a>> {
        let steps = self.all_steps().filter(|(_, _, step)| chosen(&step.verb));
        steps.map(|(waterfall, i, _)| (waterfall, i)).collect()
    }

    /// Where a formula is evaluated: its step, or every step that needs it.
    fn positions(&self, site: Site<'a>, placed: &[Placed<'a>], seen: &mut Vec<usize>) -> Vec<Position<'a>> {
        let deal = self.deal;
        let names = |verb: &Verb, key: &str, name: &str| {
            verb.key() == key && verb.objects().iter().any(|object| object.text == name)
        };
        match site {
            Site::Step(waterfall, i) => vec![(waterfall, i)],
            Site::Sculpted | Site::Ahead(_) | Site::Collateral(..) => Vec::new(),
            Site::Start => vec![("collection", 0)],
            Site::Verbs(verbs, name) => self.steps_that(|verb| {
                verbs.contains(&"draw_facility") && verb.drawn().iter().any(|drawn| drawn.text == name)
                    || verbs.contains(&verb.key()) && verb.objects().iter().any(|object| object.text == name)
            }),
            Site::Share(index) => self.steps_that(|verb| names(verb, "accrue_fee", &deal.fees.name(index).text)),
            Site::Accrual(index) => {
                self.steps_that(|verb| names(verb, "accrue_interest", &deal.notes.name(index).text))
            }
            Site::Measure(index) => self.steps_that(|verb| names(verb, "run_tests", &deal.tests.name(index).text)),
            Site::Target(index) | Site::SetReserve(index, _) if seen.contains(&index) => Vec::new(),
            Site::Target(index) | Site::SetReserve(index, _) => {
                seen.push(index);
                let name = &deal.accounts.name(index).text;
                let mut positions = self.steps_that(|verb| match verb {
                    Verb::FillReserve(fill) if fill.account.text == *name => true,
                    Verb::ReleaseReserve(release) => release.account.text == *name,
                    _ => verb.limit().is_some_and(|limit| {
                        let receives = limit.to_target && verb.receiving_account().is_some_and(|to| to.text == *name);
                        receives || limit.above_target && verb.sources().iter().any(|source| source.text == *name)
                    }),
                });
                for formula in placed.iter().filter(|formula| reads(formula).iter().any(|(_, of)| is_target(of, index)))
                {
                    positions.extend(self.positions(formula.site, placed, seen));
                }
                positions
            }
        }
    }

    /// That a target does not depend on itself.
    fn cycle(&mut self, formula: &Placed<'a>, placed: &[Placed<'a>]) {
        let (Site::Target(start) | Site::SetReserve(start, _)) = formula.site else { return };
        let mut path = vec![start];
        let mut next = reads(formula).into_iter().filter(|(_, of)| is_target(of, of.index)).map(|(_, of)| of.index);
        let closes = next.any(|next| {
            path.truncate(1);
            next == start || {
                path.push(next);
                leads_back(start, next, placed, &mut path, &mut vec![start, next])
            }
        });
        if !closes {
            return;
        }
        let name = |index: &usize| format!("`{}.target`", self.deal.accounts.name(*index).text);
        let chain: Vec<String> = path.iter().chain([&start]).map(name).collect();
        let own = self.deal.accounts.name(start).text.clone();
        let at = reads(formula)
            .iter()
            .find(|(_, of)| is_target(of, *path.get(1).unwrap_or(&start)))
            .map_or(0, |(at, _)| *at);
        let place = formula.text.place_at(at);
        let way_out = format!("read `opening.{own}.target` where the circle closes");
        self.advise(&place, "a target that does not depend on itself", chain.join(", which reads "), way_out);
    }
}

fn is_target(of: &QuantityRef, index: usize) -> bool {
    of.object == Object::Account && of.quantity == Quantity::Target && of.index == index
}

/// Whether the targets read from `from` lead to `start`; `path` is then the way there. What has been `seen` leads nowhere.
fn leads_back(start: usize, from: usize, placed: &[Placed<'_>], path: &mut Vec<usize>, seen: &mut Vec<usize>) -> bool {
    let is_of = |site: Site<'_>| matches!(site, Site::Target(of) | Site::SetReserve(of, _) if of == from);
    for (_, of) in placed.iter().filter(|formula| is_of(formula.site)).flat_map(reads) {
        if of.object != Object::Account || of.quantity != Quantity::Target {
            continue;
        }
        if of.index == start {
            return true;
        }
        if !seen.contains(&of.index) {
            seen.push(of.index);
            path.push(of.index);
            if leads_back(start, of.index, placed, path, seen) {
                return true;
            }
            path.pop();
        }
    }
    false
}
