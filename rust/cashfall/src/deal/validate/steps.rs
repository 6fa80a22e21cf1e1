//! Steps: the right verb in the right waterfall, on objects of the right kind, from one account to another.

use super::{Checker, Kind};
use crate::deal::model::{Direction, Step, Verb};
use crate::deal::text::Name;
use crate::deal::walk::Walked;

impl<'a> Checker<'a> {
    pub(super) fn steps(&mut self) {
        self.blocks();
        let mut checked: Vec<*const Step> = Vec::new();
        for walked in self.walked {
            self.stands_in(walked);
            if checked.contains(&std::ptr::from_ref(walked.step)) {
                continue;
            }
            checked.push(walked.step);
            self.held_back(walked.step);
            self.objects_of(walked.step);
            self.accounts_of(walked.step);
            self.payment(walked.step);
            self.funding_step(walked.step);
        }
    }

    /// The path of a step's verb.
    pub(super) fn verb_path(step: &Step) -> String {
        format!("{}.{}", step.place.path, step.verb.key())
    }

    fn stands_in(&mut self, walked: &Walked) {
        let Walked { waterfall, depth, step, .. } = *walked;
        let (allowed, where_to): (bool, &str) = match step.verb {
            Verb::Collect(_) | Verb::AccrueFee(_) | Verb::AccrueInterest(_) => {
                (waterfall == "collection", "`collection`")
            }
            Verb::PayTax(_) => (waterfall != "collection", "the waterfall of a status or to `after`"),
            _ => (true, ""),
        };
        if !allowed {
            let place = self.place(&Self::verb_path(step));
            let found = format!("`{}`", step.verb.key());
            let way_out = format!("move it to {where_to}");
            self.advise(&place, format!("a verb that may stand in `{waterfall}`"), found, way_out);
        } else if depth > 0 && matches!(step.verb, Verb::Collect(_) | Verb::AccrueFee(_) | Verb::AccrueInterest(_)) {
            let place = self.place(&Self::verb_path(step));
            let found = format!("`{}`", step.verb.key());
            self.advise(&place, "a verb that may stand in `if`", found, "move it out of the `if`");
        }
    }

    fn held_back(&mut self, step: &Step) {
        if let Some(dates) = &step.dates {
            self.refer(dates, &[Kind::Schedule]);
        }
        if step.verb.may_be_held_back() {
            return;
        }
        let key = step.verb.key();
        let way_out = match key {
            "if" => "write it into the `condition`".to_owned(),
            "run_steps" => "put the step into an `if`".to_owned(),
            _ => format!("drop it: `{key}` always happens"),
        };
        let when = step.when.as_ref().map(|when| (&when.place, "when"));
        let dates = step.dates.as_ref().map(|dates| (&dates.place, "dates"));
        for (place, word) in when.into_iter().chain(dates) {
            self.advise(place, format!("no `{word}` on `{key}`"), format!("`{word}`"), way_out.as_str());
        }
    }

    fn objects_of(&mut self, step: &Step) {
        let kinds: &[Kind] = match step.verb {
            Verb::Collect(_) => {
                &[Kind::Lease, Kind::Contract, Kind::Fleet, Kind::Cashflow, Kind::Note, Kind::Account, Kind::Asset]
            }
            Verb::AccrueFee(_) | Verb::PayFee(_) | Verb::PayExcess(_) => &[Kind::Fee],
            Verb::AccrueInterest(_) | Verb::PayInterest(_) | Verb::PayPrincipal(_) | Verb::Sweep(_) => &[Kind::Note],
            Verb::FundNote(_) | Verb::Refinance(_) | Verb::Extend(_) => &[Kind::Note],
            Verb::Prepay(_) | Verb::CapitalizeInterest(_) | Verb::WriteDown(_) | Verb::WriteUp(_) => &[Kind::Note],
            Verb::PayCost(_) => &[Kind::Cashflow],
            Verb::RunTests(_) | Verb::Waive(_) => &[Kind::Test],
            Verb::Distribute(_) => &[Kind::Equity],
            Verb::Book(_) => &[Kind::Ledger],
            Verb::PayTax(_) => &[Kind::Tax],
            Verb::DrawFacility(_) | Verb::RepayFacility(_) => &[Kind::Facility],
            Verb::SettleSwap(_) | Verb::TerminateSwap(_) => &[Kind::Swap],
            Verb::SettleCap(_) => &[Kind::RateCap],
            Verb::BuyAsset(_) | Verb::SellAsset(_) => &[Kind::Asset],
            _ => &[],
        };
        if !matches!(step.verb, Verb::Pay(_)) {
            self.refer_all(step.verb.objects(), kinds);
        }
        match &step.verb {
            Verb::Collect(collect) => collect.from.iter().for_each(|name| {
                self.flows(name, Direction::In, "pay it with `pay_cost`");
                self.collected_note(name);
                self.collected_account(name);
                self.collected_asset(name);
                self.collected_fleet(name);
            }),
            Verb::PayCost(pay) => {
                pay.cashflows.iter().for_each(|name| self.flows(name, Direction::Out, "bring it in with `collect`"));
            }
            Verb::WriteUp(write) => write.notes.iter().for_each(|name| self.written_up(name)),
            _ => {}
        }
    }

    /// That some step writes down what is written up.
    fn written_up(&mut self, name: &Name) {
        let writes_down = |step: &Step| {
            let Verb::WriteDown(write) = &step.verb else { return false };
            write.notes.iter().any(|note| note.text == name.text)
        };
        if self.deal.notes.get(&name.text).is_some() && !self.walked.iter().any(|walked| writes_down(walked.step)) {
            let way_out = format!("add a `write_down` step for `{}`, or drop it here", name.text);
            self.advise(&name.place, "a note that a step writes down", format!("`{}`", name.text), way_out);
        }
    }

    /// That an account earns what is collected.
    fn collected_account(&mut self, name: &Name) {
        let Some(account) = self.deal.accounts.get(&name.text) else { return };
        if account.earns.is_none() && self.is_read(&format!("accounts.{}", name.text)) {
            let way_out = format!("add `accounts.{}.earns`, or move its cash with `transfer`", name.text);
            self.advise(&name.place, "an account that earns interest", format!("`{}`", name.text), way_out);
        }
    }

    /// That a cashflow goes the way a verb needs.
    pub(super) fn flows(&mut self, name: &Name, direction: Direction, way_out: &str) {
        let Some(cashflow) = self.deal.cashflows.get(&name.text) else {
            return;
        };
        if cashflow.direction != direction && self.is_read(&format!("cashflows.{}.direction", name.text)) {
            let found = format!("`{}`, whose direction is {}", name.text, cashflow.direction.name());
            self.advise(&name.place, format!("a cashflow whose direction is {}", direction.name()), found, way_out);
        }
    }

    fn accounts_of(&mut self, step: &Step) {
        self.refer_all(step.verb.sources(), &[Kind::Account]);
        if let Some(to) = step.verb.receiving_account() {
            self.refer(to, &[Kind::Account]);
            for source in step.verb.sources().iter().filter(|source| source.text == to.text && !to.text.is_empty()) {
                let found = format!("`{}`, which receives", source.text);
                self.advise(
                    &source.place,
                    "an account other than the one that receives",
                    found,
                    "drop it or name another",
                );
            }
        }
        match &step.verb {
            Verb::FillReserve(fill) => self.reserve(&fill.account),
            Verb::ReleaseReserve(release) => self.reserve(&release.account),
            Verb::SettleSwap(settle) => drop(self.refer(&settle.to, &[Kind::Account])),
            _ => {}
        }
    }

    /// That an account is a reserve: that it has a target.
    pub(super) fn reserve(&mut self, name: &Name) {
        let Some(account) = self.deal.accounts.get(&name.text) else {
            return;
        };
        if account.target.is_none() && self.is_read(&format!("accounts.{}", name.text)) {
            let way_out = format!("add `accounts.{}.target`", name.text);
            self.advise(
                &name.place,
                "an account with a target",
                format!("`{}`, a reserve without target", name.text),
                way_out,
            );
        }
    }
}
