//! Steps that pay: dues, weights, order, limits and supports.

use super::{Checker, Kind};
use crate::basics::units::Number;
use crate::deal::dues::{PaymentTerms, due, dues_of};
use crate::deal::error::Problem;
use crate::deal::model::{
    Convert, Direction, Limit, Order, Prepay, Ranking, Step, Support, SupportSource, Transfer, Verb,
};
use crate::deal::nearest::{did_you_mean, listed};
use crate::deal::text::Name;
use crate::deal::weights::Weights;

impl<'a> Checker<'a> {
    pub(super) fn payment(&mut self, step: &'a Step) {
        if let Verb::Pay(pay) = &step.verb {
            pay.dues.iter().for_each(|written| self.due(written));
            self.each_due_once(&pay.dues);
        }
        if let Verb::PayExcess(pay) = &step.verb {
            pay.fees.iter().for_each(|fee| self.has_excess(fee));
        }
        if let Some(terms) = step.verb.payment_terms() {
            self.weights(step, &terms);
            self.order(step, &terms);
        }
        if let Some(limit) = step.verb.limit() {
            self.limit(step, limit);
        }
        self.supports(step);
        if let Verb::Prepay(prepay) = &step.verb
            && prepay.whole
        {
            self.clean_up_call(step, prepay);
        }
    }

    /// A clean-up call repays its notes whole, from one source.
    fn clean_up_call(&mut self, step: &Step, prepay: &Prepay) {
        if let Some(amount) = &prepay.amount {
            let found = format!("`amount = \"{}\"`", amount.text);
            self.advise(&amount.place, "no `amount` beside `whole`", found, "drop one of them");
        }
        if prepay.from.len() > 1 {
            let place = self.place(&format!("{}.from", Self::verb_path(step)));
            let found = format!("{} accounts", prepay.from.len());
            let way_out = "gather the cash with `transfer` first";
            self.advise(&place, "one account that repays the notes whole", found, way_out);
        }
    }

    /// That a due is `object.quantity` of an object that can owe it.
    fn due(&mut self, written: &'a Name) {
        let Some((object, quantity)) = written.text.split_once('.') else {
            let name = written.text.as_str();
            let advice = dues_of(self.deal, name).first().map(|(word, _)| format!("write `{name}.{word}`"));
            let problem = Problem::new(&written.place, "a due such as `senior.interest_due`", format!("`{name}`"));
            self.problems.push(problem.with_advice(advice));
            return;
        };
        let name = Name { text: object.to_owned(), place: written.place.clone() };
        let mut kinds = vec![Kind::Fee, Kind::Cashflow, Kind::Note, Kind::Facility, Kind::Swap];
        kinds.extend((!self.deal.groups.is_empty()).then_some(Kind::Group));
        let Some(kind) = self.refer(&name, &kinds) else {
            return;
        };
        let words: Vec<&str> = dues_of(self.deal, object).iter().map(|(word, _)| *word).collect();
        if !words.contains(&quantity) {
            let expected = format!("a due of {}: {}", kind.described(), listed(&words, "or"));
            let problem = Problem::new(&written.place, expected, format!("`{}`", written.text));
            let advice = what_makes_it_due(kind, object, quantity);
            self.problems.push(problem.with_advice(advice.or_else(|| did_you_mean(quantity, words.iter().copied()))));
        } else if kind == Kind::Cashflow {
            self.flows(&name, Direction::Out, "bring it in with `collect`");
        }
    }

    /// That a cap holds something back of a fee whose excess is paid.
    fn has_excess(&mut self, fee: &Name) {
        let deal = self.deal;
        let is_known = deal.fees.get(&fee.text).is_some() && self.is_read("fees") && self.is_read("fee_caps");
        if is_known && !deal.is_capped(&fee.text) {
            let found = format!("`{}`, which has none", fee.text);
            let way_out = format!("add `fees.{}.cap`, or drop the fee here", fee.text);
            self.advise(&fee.place, "a fee with a cap, which holds something back", found, way_out);
        }
    }

    /// That no due stands twice in a step, and that no note is repaid twice.
    fn each_due_once(&mut self, dues: &'a [Name]) {
        for (i, name) in dues.iter().enumerate() {
            if dues[..i].iter().any(|other| other.text == name.text) {
                self.report(&name.place, "each due once", format!("`{}` again", name.text));
                continue;
            }
            let Some(this) = due(self.deal, name).filter(|due| due.kind.repays()) else { continue };
            let before = dues[..i].iter().filter_map(|other| due(self.deal, other));
            if let Some(other) = before.filter(|other| other.kind.repays()).find(|other| other.object == this.object) {
                let found = format!("`{}` beside `{}`", name.text, other.written.text);
                self.report(&name.place, "one of `principal_due` and `balance` of a note", found);
            }
        }
    }

    fn weights(&mut self, step: &Step, terms: &PaymentTerms) {
        let Some(weights) = terms.weights else { return };
        let path = format!("{}.weights", Self::verb_path(step));
        if !self.is_read(&path) {
            return;
        }
        let place = self.place(&path);
        if terms.ranking != Ranking::ProRata {
            let way_out = "add `ranking = \"pro_rata\"`, or drop the weights";
            return self.advise(&place, "weights only where payees share pro rata", "sequential ranking", way_out);
        }
        match weights {
            Weights::Given(numbers) => self.given_weights(step, numbers),
            Weights::Balance => {
                let stray = step.verb.dues(self.deal).into_iter().find(|due| !due.kind.is_of_note());
                if let Some(due) = stray {
                    let found = format!("`{}`, which has no balance", due.written.text);
                    let way_out = "give the weights as a list, or leave them out to share by dues";
                    self.advise(&place, "dues of notes, whose balances are the weights", found, way_out);
                }
            }
        }
    }

    fn given_weights(&mut self, step: &Step, numbers: &[Number]) {
        let place = self.place(&format!("{}.weights", Self::verb_path(step)));
        let n = step.verb.objects().len();
        if numbers.len() != n {
            let many = |n: usize| if n == 1 { "1 weight".to_owned() } else { format!("{n} weights") };
            self.report(&place, format!("{}, one for each payee", many(n)), many(numbers.len()));
        } else if numbers.iter().all(|number| number.0 == 0) {
            self.report(&place, "a weight above 0", "weights that are all 0: nobody would be paid");
        }
    }

    fn order(&mut self, step: &Step, terms: &PaymentTerms) {
        let of_notes = matches!(terms.order, Order::ByRate | Order::ByMaturity | Order::ByDatedDate);
        let stray = step.verb.dues(self.deal).into_iter().find(|due| !due.kind.is_of_note());
        if let (true, Some(due)) = (of_notes, stray) {
            let place = self.place(&format!("{}.order", Self::verb_path(step)));
            let missing = match terms.order {
                Order::ByRate => "coupon",
                Order::ByDatedDate => "dated date",
                _ => "maturity",
            };
            let found = format!("`{}`, which has no {missing}", due.written.text);
            let way_out = "list the payees in their order, or use `by_name`";
            self.advise(&place, format!("dues of notes, which have a {missing} to be ordered by"), found, way_out);
        }
    }

    fn limit(&mut self, step: &Step, limit: &Limit) {
        let place = self.place(&format!("{}.limit", Self::verb_path(step)));
        let Limit { cap, share_of_due, keep_balance, above_target, to_target, .. } = limit;
        let none = cap.is_none() && share_of_due.is_none() && keep_balance.is_none() && !above_target && !to_target;
        if none && self.is_read(&place.path) {
            self.report(&place, "at least one limit", "none");
        }
        let has_target =
            |name: &Name| self.deal.accounts.get(&name.text).is_some_and(|account| account.target.is_some());
        if *above_target && self.is_read("accounts") && !step.verb.sources().iter().any(has_target) {
            let way_out = "add a target to a source, or use `keep_balance`";
            self.advise(
                &self.place(&format!("{}.above_target", place.path)),
                "a source that has a target",
                "none",
                way_out,
            );
        }
        if *to_target {
            match &step.verb {
                Verb::Transfer(Transfer { to, .. }) | Verb::Convert(Convert { to, .. }) => {
                    if has_target(to) || !self.is_read("accounts") {
                        return;
                    }
                    let found = format!("`{}`, which has none", to.text);
                    let way_out = format!("add `accounts.{}.target`, or use `cap`", to.text);
                    self.advise(
                        &self.place(&format!("{}.to_target", place.path)),
                        "a receiving account that has a target",
                        found,
                        way_out,
                    );
                }
                _ => {
                    let found = format!("`{}`", step.verb.key());
                    self.report(
                        &self.place(&format!("{}.to_target", place.path)),
                        "`to_target` on a `transfer` or a `convert` only",
                        found,
                    );
                }
            }
        }
    }

    /// That a support is an account, other than those that pay or receive, and stands once.
    fn supports(&mut self, step: &'a Step) {
        let supports = step.verb.support();
        for (i, support) in supports.iter().enumerate() {
            let account = support.source.name();
            if let SupportSource::FromFacility(facility) = &support.source {
                self.refer(facility, &[Kind::Facility]);
                self.support_again(supports, i, facility);
                continue;
            }
            self.refer(account, &[Kind::Account]);
            let same = |name: &&Name| name.text == account.text && !name.text.is_empty();
            if step.verb.sources().iter().any(|source| same(&source)) {
                let found = format!("`{}`, which is a source of the step", account.text);
                self.advise(&account.place, "an account other than the step's sources", found, "drop one of them");
            } else if step.verb.receiving_account().is_some_and(|to| same(&to)) {
                let found = format!("`{}`, which receives", account.text);
                self.advise(
                    &account.place,
                    "an account other than the one that receives",
                    found,
                    "drop it or name another",
                );
            }
            self.support_again(supports, i, account);
        }
    }

    fn support_again(&mut self, supports: &[Support], at: usize, name: &Name) {
        let same = |other: &Support| other.source.name().text == name.text && !name.text.is_empty();
        if supports[..at].iter().any(same) {
            self.report(&name.place, "each support once", format!("`{}` again", name.text));
        }
    }
}

/// What a deal lacks for an object to owe this, if it is a due of some objects of its kind only.
fn what_makes_it_due(kind: Kind, object: &str, quantity: &str) -> Option<String> {
    let lacks = match (kind, quantity) {
        (Kind::Fee, "excess_due") => format!("add `fees.{object}.cap`"),
        (Kind::Swap, "termination_due") => format!("add a `terminate_swap` step for `{object}`"),
        (Kind::Note, "premium_due") => format!("add `acceleration` with `premium = true` for `{object}`"),
        (Kind::Note, "additional_interest_due") => format!("add `notes.{object}.anticipated_repayment`"),
        _ => return None,
    };
    Some(format!("{lacks}, or drop the due"))
}
