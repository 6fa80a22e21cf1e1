//! Resolving the steps that pay: payees in their order, weights, limits and supports.

use std::cmp::Reverse;

use crate::deal::dues::{Due, DueKind, PaymentTerms};
use crate::deal::model::{Limit, Order, Ranking, Support, SupportSource, Verb};
use crate::deal::{FormulaText, Weights};
use crate::formula::Unit;

use super::model::{Action, Claim, Limits, Payee, Payment, Shares, Source, SupportModel, Written};
use super::resolve::Resolver;

impl Resolver<'_> {
    /// A step that pays dues.
    pub(super) fn pay_dues(&mut self, verb: &Verb) -> Option<Action> {
        let deal = self.deal;
        let terms = verb.payment_terms()?;
        let dues = verb.dues(deal);
        let order = self.order(&dues, terms.order);
        let payees = order.iter().filter_map(|&i| self.payee(&dues[i])).collect();
        self.payment(payees, verb, shares(&terms, &order)).map(|payment| Action::Pay(Box::new(payment)))
    }

    /// A step that pays one party that is no creditor.
    pub(super) fn pay_one(&mut self, payee: Payee, verb: &Verb) -> Option<Action> {
        self.payment(vec![payee], verb, Shares::Sequential).map(|payment| Action::Pay(Box::new(payment)))
    }

    pub(super) fn payment(&mut self, payees: Vec<Payee>, verb: &Verb, shares: Shares) -> Option<Payment> {
        let limits = match verb.limit() {
            Some(limit) => self.limits(limit)?,
            None => Limits::default(),
        };
        let supports = verb.support().iter().filter_map(|support| self.support(support)).collect();
        let from = verb.sources().iter().filter_map(|name| self.account(name)).collect();
        Some(Payment { payees, from, shares, limits, supports })
    }

    fn limits(&mut self, limit: &Limit) -> Option<Limits> {
        Some(Limits {
            cap: self.written(limit.cap.as_ref(), Unit::Amount)?,
            share_of_due: limit.share_of_due.map(|share| share.0),
            keep_balance: self.written(limit.keep_balance.as_ref(), Unit::Amount)?,
            above_target: limit.above_target,
            to_target: limit.to_target,
        })
    }

    fn support(&mut self, support: &Support) -> Option<SupportModel> {
        let source = match &support.source {
            SupportSource::FromAccount(account) => Source::Account(self.account(account)?),
            SupportSource::FromFacility(facility) => Source::Facility(self.deal.facilities.position(&facility.text)?),
        };
        Some(SupportModel { source, only_if: self.written(support.only_if.as_ref(), Unit::Flag)? })
    }

    /// A formula that may be left out, with its text; nothing if it is wrong.
    #[allow(clippy::option_option, reason = "None: it does not parse; Some(None): there is none")]
    fn written(&mut self, text: Option<&FormulaText>, unit: Unit) -> Option<Option<Written>> {
        match text {
            None => Some(None),
            Some(text) => Some(Some((self.formula(text, unit)?, text.text.clone()))),
        }
    }

    fn payee(&self, due: &Due) -> Option<Payee> {
        let deal = self.deal;
        Some(match due.kind {
            DueKind::Fee => Payee::Fee(deal.fees.position(due.object)?),
            DueKind::Excess => Payee::Claim(Claim::Excess(deal.fees.position(due.object)?)),
            DueKind::Drawn => Payee::Claim(Claim::Drawn(deal.facilities.position(due.object)?)),
            DueKind::FacilityFee => Payee::Claim(Claim::FacilityFee(deal.facilities.position(due.object)?)),
            DueKind::FacilityInterest => Payee::Claim(Claim::FacilityInterest(deal.facilities.position(due.object)?)),
            DueKind::Swap => Payee::Claim(Claim::Swap(deal.swaps.position(due.object)?)),
            DueKind::Termination => Payee::Claim(Claim::Termination(deal.swaps.position(due.object)?)),
            DueKind::Premium => Payee::Claim(Claim::Premium(deal.notes.position(due.object)?)),
            DueKind::Additional => Payee::Claim(Claim::Additional(deal.notes.position(due.object)?)),
            DueKind::Cost => Payee::Cost(deal.cashflows.position(due.object)?),
            DueKind::Interest => Payee::Interest(deal.notes.position(due.object)?),
            DueKind::Principal => Payee::Principal(deal.notes.position(due.object)?),
            DueKind::Balance => Payee::Balance(deal.notes.position(due.object)?),
        })
    }

    /// The positions of dues in the order in which they are paid.
    fn order(&self, dues: &[Due], order: Order) -> Vec<usize> {
        let note = |i: usize| self.deal.notes.get(dues[i].object);
        let mut positions: Vec<usize> = (0..dues.len()).collect();
        match order {
            Order::Listed => {}
            Order::Reverse => positions.reverse(),
            Order::ByName => positions.sort_by_key(|&i| dues[i].object),
            Order::ByRate => positions.sort_by_key(|&i| Reverse(note(i).map(|note| note.coupon.ranking_rate()))),
            Order::ByDatedDate => positions.sort_by_key(|&i| note(i).map(|note| note.dated_date.value)),
            Order::ByMaturity => positions.sort_by_key(|&i| note(i).map(|note| note.maturity_date.value)),
        }
        positions
    }
}

/// How payees in this order rank.
fn shares(terms: &PaymentTerms, order: &[usize]) -> Shares {
    match (terms.ranking, terms.weights) {
        (Ranking::Sequential, _) => Shares::Sequential,
        (Ranking::ProRata, None) if order.len() == 1 => Shares::Sequential,
        (Ranking::ProRata, None) => Shares::ByDue,
        (Ranking::ProRata, Some(Weights::Balance)) => Shares::ByBalance,
        (Ranking::ProRata, Some(Weights::Given(weights))) => {
            Shares::Given(order.iter().filter_map(|&i| weights.get(i)).map(|weight| weight.0).collect())
        }
    }
}
