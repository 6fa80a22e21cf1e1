//! Resolving the steps of the waterfalls.

use crate::deal::model::{Limit, Ranking, Step, Verb};
use crate::deal::{FormulaText, Name, Table};
use crate::formula::Unit;

use super::model::{Action, Claim, LimitModel, Payee, Payer, Payment, StepModel};
use super::resolve::Resolver;

impl Resolver<'_> {
    /// The steps of the waterfall of this name.
    pub fn steps(&mut self, waterfall: &str) -> Vec<StepModel> {
        let deal = self.deal;
        deal.waterfalls.get(waterfall).into_iter().flatten().filter_map(|step| self.step(step)).collect()
    }

    fn step(&mut self, step: &Step) -> Option<StepModel> {
        let when = match &step.when {
            Some(text) => Some((self.formula(text, Unit::Flag)?, text.text.clone())),
            None => None,
        };
        let (verb, payees) = label(&step.verb);
        Some(StepModel {
            name: step.name.clone().unwrap_or_else(|| format!("{verb} {payees}")),
            clause: step.clause.clone(),
            when,
            on: step.dates.as_ref().map(|dates| self.marks(dates)),
            action: self.action(&step.verb)?,
        })
    }

    fn action(&mut self, verb: &Verb) -> Option<Action> {
        let deal = self.deal;
        Some(match verb {
            Verb::Collect(verb) => Action::Collect {
                from: verb.from.iter().filter_map(|name| self.payer(name)).collect(),
                to: self.account(&verb.to)?,
            },
            Verb::AccrueFee(verb) => Action::AccrueFee(positions(&deal.fees, &verb.fees)),
            Verb::AccrueInterest(verb) => Action::AccrueInterest(positions(&deal.notes, &verb.notes)),
            Verb::PayFee(verb) => {
                self.pay(payees(&deal.fees, &verb.fees, Payee::Fee), &verb.from, verb.ranking, verb.limit.as_ref())?
            }
            Verb::PayInterest(verb) => self.pay(
                payees(&deal.notes, &verb.notes, Payee::Interest),
                &verb.from,
                verb.ranking,
                verb.limit.as_ref(),
            )?,
            Verb::PayPrincipal(verb) => self.pay(
                payees(&deal.notes, &verb.notes, Payee::Principal),
                &verb.from,
                verb.ranking,
                verb.limit.as_ref(),
            )?,
            Verb::PayCost(verb) => self.pay(
                payees(&deal.cashflows, &verb.cashflows, Payee::Cost),
                &verb.from,
                verb.ranking,
                verb.limit.as_ref(),
            )?,
            Verb::Sweep(verb) => self.pay(
                payees(&deal.notes, &verb.notes, Payee::Balance),
                &verb.from,
                verb.ranking,
                verb.limit.as_ref(),
            )?,
            Verb::FillReserve(verb) => {
                let payee = Payee::Reserve(self.account(&verb.account)?);
                self.pay(vec![payee], &verb.from, Ranking::Sequential, verb.limit.as_ref())?
            }
            Verb::ReleaseReserve(verb) => {
                Action::Release { account: self.account(&verb.account)?, to: self.account(&verb.to)? }
            }
            Verb::ReleaseTrap(verb) => {
                let payee = Payee::Account(self.account(&verb.to)?);
                self.pay(vec![payee], std::slice::from_ref(&verb.account), Ranking::Sequential, None)?
            }
            Verb::Transfer(verb) => {
                let payee = Payee::Account(self.account(&verb.to)?);
                self.pay(vec![payee], &verb.from, Ranking::Sequential, verb.limit.as_ref())?
            }
            Verb::Distribute(verb) => {
                let payee = Payee::Equity(deal.equity.position(&verb.to.text)?);
                self.pay(vec![payee], &verb.from, Ranking::Sequential, verb.limit.as_ref())?
            }
            Verb::Book(verb) => {
                Action::Book { ledger: deal.ledgers.position(&verb.ledger.text)?, amount: self.amount(&verb.amount)? }
            }
            Verb::PayTax(verb) => {
                let taxes = positions(&deal.taxes, &verb.taxes);
                let payees = taxes.iter().map(|tax| Payee::Claim(Claim::Tax(*tax))).collect();
                let payment = self.payment(payees, &verb.from, verb.ranking, verb.limit.as_ref())?;
                Action::PayTax { taxes, payment }
            }
            Verb::RunTests(verb) => Action::RunTests(positions(&deal.tests, &verb.tests)),
        })
    }

    fn pay(&mut self, payees: Vec<Payee>, from: &[Name], ranking: Ranking, limit: Option<&Limit>) -> Option<Action> {
        self.payment(payees, from, ranking, limit).map(Action::Pay)
    }

    fn payment(
        &mut self,
        payees: Vec<Payee>,
        from: &[Name],
        ranking: Ranking,
        limit: Option<&Limit>,
    ) -> Option<Payment> {
        let limit = match limit {
            None => None,
            Some(Limit::Cap(text)) => Some(LimitModel::Cap(self.amount(text)?, text.text.clone())),
            Some(Limit::ShareOfDue(share)) => Some(LimitModel::ShareOfDue(share.0)),
            Some(Limit::KeepBalance(text)) => Some(LimitModel::KeepBalance(self.amount(text)?, text.text.clone())),
        };
        let from = from.iter().filter_map(|name| self.account(name)).collect();
        let pro_rata = matches!(ranking, Ranking::ProRata) && payees.len() > 1;
        Some(Payment { payees, from, pro_rata, limit })
    }

    fn amount(&mut self, text: &FormulaText) -> Option<crate::formula::Expr> {
        self.formula(text, Unit::Amount)
    }

    fn account(&self, name: &Name) -> Option<usize> {
        self.deal.accounts.position(&name.text)
    }

    fn payer(&self, name: &Name) -> Option<Payer> {
        let deal = self.deal;
        let lease = deal.leases.position(&name.text).map(Payer::Lease);
        lease
            .or_else(|| deal.cashflows.position(&name.text).map(Payer::Cashflow))
            .or_else(|| deal.notes.position(&name.text).map(Payer::Note))
    }
}

fn positions<T>(table: &Table<T>, names: &[Name]) -> Vec<usize> {
    names.iter().filter_map(|name| table.position(&name.text)).collect()
}

fn payees<T>(table: &Table<T>, names: &[Name], payee: fn(usize) -> Payee) -> Vec<Payee> {
    positions(table, names).into_iter().map(payee).collect()
}

/// The verb's name and its payees or objects: the default label of a step.
fn label(verb: &Verb) -> (&'static str, String) {
    match verb {
        Verb::Collect(v) => ("collect", v.to.text.clone()),
        Verb::AccrueFee(v) => ("accrue_fee", listed(&v.fees)),
        Verb::AccrueInterest(v) => ("accrue_interest", listed(&v.notes)),
        Verb::PayFee(v) => ("pay_fee", listed(&v.fees)),
        Verb::PayInterest(v) => ("pay_interest", listed(&v.notes)),
        Verb::PayPrincipal(v) => ("pay_principal", listed(&v.notes)),
        Verb::PayCost(v) => ("pay_cost", listed(&v.cashflows)),
        Verb::Sweep(v) => ("sweep", listed(&v.notes)),
        Verb::FillReserve(v) => ("fill_reserve", v.account.text.clone()),
        Verb::ReleaseReserve(v) => ("release_reserve", v.to.text.clone()),
        Verb::ReleaseTrap(v) => ("release_trap", v.to.text.clone()),
        Verb::Transfer(v) => ("transfer", v.to.text.clone()),
        Verb::Distribute(v) => ("distribute", v.to.text.clone()),
        Verb::Book(v) => ("book", v.ledger.text.clone()),
        Verb::PayTax(v) => ("pay_tax", listed(&v.taxes)),
        Verb::RunTests(v) => ("run_tests", listed(&v.tests)),
    }
}

fn listed(names: &[Name]) -> String {
    names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(", ")
}
