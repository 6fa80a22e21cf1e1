//! What a paying step reads when it begins: its condition, limits, weights, supports and requests.

use crate::basics::NUMBER_SCALE;
use crate::formula::{Expr, Object, Quantity};

use super::super::model::{Claim, Payee, Payment, Shares, Source, StepModel, SupportModel};
use super::super::op::{Op, Slot};
use super::payments::due;
use super::values::Value;
use super::{Lowering, as_f64, limit, quantity};

/// What holds for all sources of a step.
pub struct Terms {
    /// Where the step happens.
    pub gate: Option<Slot>,
    /// Its own condition.
    pub condition: Option<Slot>,
    /// What its cap still allows.
    pub cap: Option<Slot>,
    /// How its payees rank.
    pub shares: Shares,
    /// Who gives, in order: its sources, then its supports.
    pub givers: Vec<Giver>,
}

/// An account or a facility that gives.
pub struct Giver {
    /// The account or facility.
    pub source: Source,
    /// What can be drawn from a facility.
    pub room: Option<Slot>,
    /// What it keeps.
    pub keep: Option<Slot>,
    /// Where it gives anything.
    pub only_if: Option<Slot>,
    /// The same for the ledger, with what stops its draws.
    pub condition: Option<Slot>,
}

impl Lowering<'_> {
    /// The step's condition, limits and supports; their formulas count only where the step happens.
    pub fn terms(&mut self, step: &StepModel, payment: &Payment, gate: Option<Slot>) -> Terms {
        let condition = self.step_condition(step);
        let gate = self.both(gate, condition);
        let outer = std::mem::replace(&mut self.gate, gate);
        let cap = payment.limits.cap.as_ref().map(|(formula, _)| self.own_amount(formula));
        let keep = payment.limits.keep_balance.as_ref().map(|(formula, _)| self.own_amount(formula));
        let mut givers: Vec<Giver> = Vec::new();
        for &account in &payment.from {
            let keep = self.kept(account, keep, payment.limits.above_target);
            givers.push(Giver { source: Source::Account(account), room: None, keep, only_if: None, condition: None });
        }
        for support in &payment.supports {
            let giver = self.support(support);
            givers.push(giver);
        }
        self.gate = outer;
        Terms { gate, condition, cap, shares: payment.shares.clone(), givers }
    }

    /// What a source keeps: the greater of a kept balance and, above its target, the target.
    fn kept(&mut self, account: usize, keep: Option<Slot>, above_target: bool) -> Option<Slot> {
        if !above_target || self.model.accounts[account].target.is_none() {
            return keep;
        }
        let target = self.target(account);
        let target = self.in_slot(target);
        let to = self.temporary();
        self.push(keep.map_or(Op::Copy { to, from: target }, |a| Op::Maximum { to, a, b: target }));
        Some(to)
    }

    fn support(&mut self, support: &SupportModel) -> Giver {
        let only_if = support.only_if.as_ref().map(|(formula, _)| {
            let value = self.formula(formula);
            self.in_slot(value)
        });
        let mut condition = only_if;
        let room = match support.source {
            Source::Facility(facility) => {
                let (room, held) = self.drawable(facility, only_if);
                condition = held;
                let (to, from) = (self.temporary(), self.in_slot(room));
                self.push(Op::Copy { to, from });
                Some(to)
            }
            Source::Account(_) => None,
        };
        Giver { source: support.source, room, keep: None, only_if, condition }
    }

    /// What a payee asks for when the step begins, in a temporary slot, with the most that it can be.
    pub fn request(&mut self, payee: Payee, payment: &Payment, terms: &Terms) -> (Slot, f64) {
        let due = match payee {
            Payee::Account(_) | Payee::Equity(_) | Payee::Conversion | Payee::Asset(_) => {
                self.all_there(payment, terms)
            }
            Payee::Fee(_) | Payee::Interest(_) | Payee::Cost(_) | Payee::Claim(_) => self.read(due(payee)),
            Payee::Principal(note) => self.principal_request(note),
            Payee::Balance(note) => self.read(quantity(Object::Note, note, Quantity::Balance)),
            Payee::Reserve(account) => self.gap(account),
        };
        let due = payment.limits.share_of_due.map_or(due, |share| self.scale(due, share, NUMBER_SCALE));
        let due = match payee {
            Payee::Account(account) if payment.limits.to_target => {
                let gap = self.gap(account);
                let (a, b) = (self.in_slot(due), self.in_slot(gap));
                let to = self.temporary();
                self.push(Op::Minimum { to, a, b });
                Value::Slot(to, gap.bound())
            }
            _ => due,
        };
        let request = self.temporary();
        let from = self.in_slot(due);
        self.push(terms.gate.map_or(Op::Copy { to: request, from }, |b| Op::Product { to: request, a: from, b }));
        (request, due.bound())
    }

    /// By what the payees share, if not by what they ask for.
    pub fn weights(&mut self, payment: &Payment, payees: &[Payee]) -> Option<Vec<Slot>> {
        let weights: Vec<Value> = match &payment.shares {
            Shares::Sequential | Shares::ByDue => return None,
            Shares::Given(weights) => {
                let all = payment.payees.iter().zip(weights);
                all.filter(|(payee, _)| payees.contains(payee)).map(|(_, weight)| Value::Constant(*weight)).collect()
            }
            Shares::ByBalance => payees.iter().filter_map(|payee| self.balance_of(*payee)).collect(),
        };
        let known: Vec<(Slot, f64)> = weights
            .into_iter()
            .map(|weight| {
                let (to, from) = (self.temporary(), self.in_slot(weight));
                self.push(Op::Copy { to, from });
                (to, weight.bound())
            })
            .collect();
        self.check_sum(&known);
        Some(known.into_iter().map(|(slot, _)| slot).collect())
    }

    fn balance_of(&mut self, payee: Payee) -> Option<Value> {
        match payee {
            Payee::Interest(note)
            | Payee::Principal(note)
            | Payee::Balance(note)
            | Payee::Claim(Claim::Premium(note) | Claim::Additional(note)) => {
                Some(self.read(quantity(Object::Note, note, Quantity::Balance)))
            }
            _ => None,
        }
    }

    /// Have the sum of these values checked, if it can leave the range.
    pub fn check_sum(&mut self, values: &[(Slot, f64)]) {
        let bound: f64 = values.iter().map(|(_, bound)| *bound).sum();
        let [(first, _), rest @ ..] = values else { return };
        if bound < limit() || rest.is_empty() {
            return;
        }
        let mut sum = *first;
        for (value, _) in rest {
            let to = self.temporary();
            self.push(Op::Add { to, a: sum, b: *value });
            sum = to;
            self.check_range(sum, bound);
        }
    }

    /// max(0, target - balance)
    pub fn gap(&mut self, account: usize) -> Value {
        let target = self.cash_target(account);
        let bound = target.bound();
        let (target, balance) = (self.in_slot(target), self.account(account));
        let (gap, floor) = (self.temporary(), self.param(0.0));
        self.push(Op::Subtract { to: gap, a: target, b: balance });
        self.push(Op::Excess { to: gap, a: gap, floor });
        Value::Slot(gap, bound)
    }

    /// All that the sources have available together, for payees that take it.
    pub fn all_there(&mut self, payment: &Payment, terms: &Terms) -> Value {
        let mut sum: Option<Slot> = None;
        for giver in &terms.givers {
            let b = self.given(giver);
            if let Some(to) = sum {
                self.push(Op::Add { to, a: to, b });
            } else {
                sum = Some(b);
            }
        }
        let bound = self.inflow_bound * as_f64(payment.from.len() as i64);
        sum.map_or(Value::Constant(0), |sum| self.checked(sum, bound))
    }

    /// What an account may give: its balance, less what it keeps, where its condition holds.
    fn given(&mut self, giver: &Giver) -> Slot {
        let to = self.temporary();
        let from = match giver.source {
            Source::Account(account) => self.account(account),
            Source::Facility(_) => giver.room.expect("what a facility has available"),
        };
        match giver.keep {
            Some(keep) => {
                let floor = self.param(0.0);
                self.push(Op::Subtract { to, a: from, b: keep });
                self.push(Op::Excess { to, a: to, floor });
            }
            None => self.push(Op::Copy { to, from }),
        }
        if let Some(b) = giver.only_if {
            self.push(Op::Product { to, a: to, b });
        }
        to
    }

    /// The same within what the cap still allows.
    pub fn available(&mut self, giver: &Giver, terms: &Terms) -> Slot {
        let to = self.given(giver);
        if let Some(cap) = terms.cap {
            self.push(Op::Minimum { to, a: to, b: cap });
        }
        to
    }

    /// max(0, formula) in a temporary slot that the step may change.
    pub fn own_amount(&mut self, formula: &Expr) -> Slot {
        let value = self.formula(formula);
        let a = self.in_slot(value);
        let (to, floor) = (self.temporary(), self.param(0.0));
        self.push(Op::Excess { to, a, floor });
        to
    }

    /// Where both hold.
    pub fn both(&mut self, a: Option<Slot>, b: Option<Slot>) -> Option<Slot> {
        match (a, b) {
            (Some(a), Some(b)) => {
                let to = self.temporary();
                self.push(Op::Product { to, a, b });
                Some(to)
            }
            (a, b) => a.or(b),
        }
    }
}
