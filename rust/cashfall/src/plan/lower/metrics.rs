//! Metrics: what is kept along the way, and where each is read off at the end.

use std::collections::HashSet;

use crate::formula::{Object, Quantity, QuantityRef};

use super::super::claims::receipts;
use super::super::model::{Claim, Model, Payee};
use super::super::op::Op;
use super::super::outputs::{MetricKind, MetricSpec};
use super::super::program::MetricSource;
use super::collateral::flow_of;
use super::prepay::premium_paid;
use super::values::Value;
use super::{Demand, Key, Lowering, as_f64, limit, quantity};

/// Which metrics are demanded, by what they need along the way.
#[derive(Clone, Debug, Default)]
pub struct MetricPlan {
    pub kinds: Vec<MetricKind>,
    pub totals: HashSet<QuantityRef>,
    pub peaks: HashSet<QuantityRef>,
    pub wal: Vec<usize>,
    pub worst: HashSet<usize>,
    pub first_breach: HashSet<usize>,
    pub breach_dates: HashSet<usize>,
}

impl MetricPlan {
    pub fn new(specs: &[MetricSpec], demand: &Demand, model: &Model) -> MetricPlan {
        let mut plan = MetricPlan {
            kinds: demand.metrics.iter().map(|&index| specs[index].kind).collect(),
            ..MetricPlan::default()
        };
        for kind in plan.kinds.clone() {
            match kind {
                MetricKind::InterestPaid(i) => plan.total(Payee::Interest(i)),
                MetricKind::FeePaid(i) => plan.total(Payee::Fee(i)),
                MetricKind::CostPaid(i) => plan.total(Payee::Cost(i)),
                MetricKind::Distributed(i) => plan.total(Payee::Equity(i)),
                MetricKind::InterestShortfall(i) => plan.peak(quantity(Object::Note, i, Quantity::InterestDue)),
                MetricKind::PrincipalShortfall(i) => plan.peak(quantity(Object::Note, i, Quantity::PrincipalDue)),
                MetricKind::FeeShortfall(i) => plan.peak(quantity(Object::Fee, i, Quantity::Due)),
                MetricKind::CostShortfall(i) => plan.peak(quantity(Object::Cashflow, i, Quantity::Due)),
                MetricKind::Total(of) => drop(plan.totals.insert(of)),
                MetricKind::Peak(of) => plan.peak(of),
                MetricKind::Wal(i) => plan.wal.push(i),
                MetricKind::Worst(i) => drop(plan.worst.insert(i)),
                MetricKind::FirstBreach(i) => drop(plan.first_breach.insert(i)),
                MetricKind::BreachDates(i) => drop(plan.breach_dates.insert(i)),
                MetricKind::PremiumPaid(i) => drop(plan.totals.insert(premium_paid(i))),
                MetricKind::GroupInterestPaid(i) => {
                    model.groups[i].notes.iter().for_each(|note| plan.total(Payee::Interest(*note)));
                }
                MetricKind::PrincipalPaid(_) | MetricKind::Loss(_) => {}
                MetricKind::GroupPrincipalPaid(_) | MetricKind::GroupLoss(_) => {}
                MetricKind::ClosingBalance(_) | MetricKind::Closing(_) => {}
                MetricKind::Cures(_) | MetricKind::Cured(_) | MetricKind::Status | MetricKind::Outcome => {}
            }
        }
        plan
    }

    /// Totals are made whether asked for or not, where they can leave the range: an outcome must not depend on the demand.
    pub fn keep_all_totals(&mut self, model: &Model) {
        (0..model.notes.len()).filter(|i| model.notes[*i].prepaid).for_each(|i| self.totals.extend([premium_paid(i)]));
        (0..model.notes.len()).for_each(|i| self.total(Payee::Interest(i)));
        for group in &model.groups {
            if group.notes.iter().any(|note| model.notes[*note].moves_without_cash()) {
                group.notes.iter().for_each(|note| self.total(Payee::Principal(*note)));
            }
        }
        (0..model.fees.len()).for_each(|i| self.total(Payee::Fee(i)));
        (0..model.cashflows.len()).for_each(|i| self.total(Payee::Cost(i)));
        (0..model.equity.len()).for_each(|i| self.total(Payee::Equity(i)));
        self.totals.extend(receipts(model));
        let earning = (0..model.accounts.len()).filter(|i| model.accounts[*i].earns.is_some());
        self.totals.extend(earning.map(|i| quantity(Object::Account, i, Quantity::Earned)));
        self.totals.extend(model.figures.iter().map(|figure| figure.of).filter(|of| model.is_totalled(of)));
        for index in 0..model.assets.len() {
            self.totals.extend(super::super::assets::MEASURED.map(|of| quantity(Object::Asset, index, of)));
        }
        self.totals.extend(Claim::all(model).into_iter().map(Claim::paid));
    }

    fn total(&mut self, payee: Payee) {
        self.totals.extend(flow_of(payee));
    }

    fn peak(&mut self, due: QuantityRef) {
        self.peaks.insert(due);
    }
}

impl Lowering<'_> {
    /// Totals and peaks of the date.
    pub fn close_metrics(&mut self) {
        self.close_totals();
        self.close_peaks();
        self.close_claims();
        self.close_groups();
        for note in self.metrics.wal.clone() {
            let of = quantity(Object::Note, note, Quantity::PrincipalPaid);
            let may_be_paid = self.model.notes[note].payment[self.t].is_some() || self.swept.contains(&note);
            if self.fresh.contains(&of) && may_be_paid {
                let (sum, amount) = (self.slot(Key::YearsSum(note)), self.slot_of(of));
                let years = self.param(self.model.notes[note].years[self.t]);
                self.push(Op::WeightByYears { sum, amount, years });
            }
        }
    }

    fn close_totals(&mut self) {
        let mut totals: Vec<QuantityRef> = self.metrics.totals.iter().copied().collect();
        totals.sort_by_key(|of| (of.object as usize, of.index, of.quantity as usize));
        for of in totals {
            if self.live.contains(&of) && self.fresh.contains(&of) {
                let (to, b) = (self.slot(Key::Total(of)), self.slot_of(of));
                self.push(Op::Add { to, a: to, b });
            }
            if self.inflow_bound >= limit() {
                let total = self.slot(Key::Total(of));
                self.check_range(total, self.inflow_bound);
            }
        }
    }

    /// The largest amount due and unpaid; it can only rise on dates where something falls due.
    fn close_peaks(&mut self) {
        let (model, t) = (self.model, self.t);
        for (index, note) in model.notes.iter().enumerate().filter(|(_, note)| note.payment[t].is_some()) {
            let interest = quantity(Object::Note, index, Quantity::InterestDue);
            if self.metrics.peaks.contains(&interest) && self.due_bounds.contains_key(&interest) {
                self.peak(interest);
            }
            let principal = quantity(Object::Note, index, Quantity::PrincipalDue);
            let scheduled = note.scheduled_balance[self.t];
            if self.metrics.peaks.contains(&principal) && !self.falls_due_in_lanes(index) && scheduled != note.original
            {
                let balance = self.slot_of(quantity(Object::Note, index, Quantity::Balance));
                let (peak, floor) = (self.slot(Key::Peak(principal)), self.param(as_f64(scheduled)));
                self.push(Op::PeakExcess { peak, balance, floor });
            }
        }
        self.close_moving_peaks();
        for (index, _) in model.fees.iter().enumerate().filter(|(_, fee)| fee.on[t]) {
            let due = quantity(Object::Fee, index, Quantity::Due);
            if self.metrics.peaks.contains(&due) && self.due_bounds.contains_key(&due) {
                self.peak(due);
            }
        }
        for (index, _) in model.cashflows.iter().enumerate().filter(|(_, c)| c.is_out && c.on[t]) {
            let due = quantity(Object::Cashflow, index, Quantity::Due);
            if self.metrics.peaks.contains(&due) && self.due_bounds.contains_key(&due) {
                self.peak(due);
            }
        }
    }

    /// What is owed beside fees, interest and costs may become due on any date.
    fn close_claims(&mut self) {
        for claim in Claim::all(self.model) {
            let due = claim.due();
            if self.metrics.peaks.contains(&due) && self.due_bounds.contains_key(&due) {
                self.peak(due);
            }
        }
    }

    /// Principal due and unpaid where the balance or the target moves on any date.
    fn close_moving_peaks(&mut self) {
        for index in 0..self.model.notes.len() {
            let principal = quantity(Object::Note, index, Quantity::PrincipalDue);
            if !self.falls_due_in_lanes(index) || !self.metrics.peaks.contains(&principal) {
                continue;
            }
            self.n_temporaries = 0;
            if let Value::Slot(a, _) = self.principal_due(index) {
                let peak = self.slot(Key::Peak(principal));
                self.push(Op::Peak { peak, a });
            }
        }
    }

    /// Whether what is due of a note is more than its balance above a known one.
    fn falls_due_in_lanes(&self, note: usize) -> bool {
        let model = &self.model.notes[note];
        let moves = model.target.is_some() || model.moves_without_cash() || model.whole.is_some();
        moves || self.model.may_fall_due(note)
    }

    fn peak(&mut self, due: QuantityRef) {
        let (peak, a) = (self.slot(Key::Peak(due)), self.slot_of(due));
        self.push(Op::Peak { peak, a });
    }

    /// Where each demanded metric is read off; a slot that was never made means a value that never moved.
    pub fn metric_sources(&self) -> Vec<MetricSource> {
        self.metrics.kinds.iter().map(|kind| self.metric_source(*kind)).collect()
    }

    fn metric_source(&self, kind: MetricKind) -> MetricSource {
        let slot = |key: Key, otherwise: f64| {
            self.slots.get(&key).map_or(MetricSource::Constant(otherwise), |slot| MetricSource::Slot(*slot))
        };
        let known = |of: QuantityRef| self.slots.get(&Key::Quantity(of)).copied();
        let balance = |i: usize| known(quantity(Object::Note, i, Quantity::Balance)).expect("every note has a balance");
        let original = |i: usize| as_f64(self.model.notes[i].original);
        let total = |payee: Payee| slot(Key::Total(flow_of(payee).expect("the payee has a flow")), 0.0);
        let peak = |object: Object, i: usize, due: Quantity| slot(Key::Peak(quantity(object, i, due)), 0.0);
        match kind {
            MetricKind::InterestPaid(i) => total(Payee::Interest(i)),
            MetricKind::PremiumPaid(i) => slot(Key::Total(premium_paid(i)), 0.0),
            MetricKind::FeePaid(i) => total(Payee::Fee(i)),
            MetricKind::CostPaid(i) => total(Payee::Cost(i)),
            MetricKind::Distributed(i) => total(Payee::Equity(i)),
            MetricKind::PrincipalPaid(i) if self.model.notes[i].moves_without_cash() => total(Payee::Principal(i)),
            MetricKind::PrincipalPaid(i) => MetricSource::Less(original(i), balance(i)),
            MetricKind::InterestShortfall(i) => peak(Object::Note, i, Quantity::InterestDue),
            MetricKind::PrincipalShortfall(i) => peak(Object::Note, i, Quantity::PrincipalDue),
            MetricKind::FeeShortfall(i) => peak(Object::Fee, i, Quantity::Due),
            MetricKind::CostShortfall(i) => peak(Object::Cashflow, i, Quantity::Due),
            MetricKind::Loss(i) if self.model.notes[i].written => {
                let parts = [Quantity::Balance, Quantity::InterestDue, Quantity::WrittenDown];
                let slots = parts.into_iter().filter_map(|part| known(quantity(Object::Note, i, part)));
                MetricSource::Weighted(slots.map(|slot| (1.0, slot)).collect())
            }
            MetricKind::Loss(i) => match known(quantity(Object::Note, i, Quantity::InterestDue)) {
                Some(interest) => MetricSource::Sum(balance(i), interest),
                None => MetricSource::Slot(balance(i)),
            },
            MetricKind::GroupInterestPaid(i) => self.of_notes(i, MetricKind::InterestPaid),
            MetricKind::GroupPrincipalPaid(i) => self.of_notes(i, MetricKind::PrincipalPaid),
            MetricKind::GroupLoss(i) => self.of_notes(i, MetricKind::Loss),
            MetricKind::Wal(i) if self.model.notes[i].moves_without_cash() => {
                let total = Key::Total(quantity(Object::Note, i, Quantity::PrincipalPaid));
                match (self.slots.get(&Key::YearsSum(i)), self.slots.get(&total)) {
                    (Some(sum), Some(total)) => MetricSource::Mean(*sum, *total),
                    _ => MetricSource::Constant(f64::NAN),
                }
            }
            MetricKind::Wal(i) => match self.slots.get(&Key::YearsSum(i)) {
                Some(sum) => MetricSource::Average(*sum, original(i), balance(i)),
                None => MetricSource::Constant(f64::NAN),
            },
            MetricKind::Total(of) => slot(Key::Total(of), 0.0),
            MetricKind::Peak(of) => slot(Key::Peak(of), 0.0),
            MetricKind::Closing(of) => slot(Key::Quantity(of), 0.0),
            MetricKind::ClosingBalance(i) => slot(Key::Quantity(quantity(Object::Account, i, Quantity::Balance)), 0.0),
            MetricKind::Worst(i) => {
                match (self.slots.get(&Key::WorstNumerator(i)), self.slots.get(&Key::WorstDenominator(i))) {
                    (Some(numerator), Some(denominator)) => MetricSource::Ratio(*numerator, *denominator),
                    _ => MetricSource::Constant(f64::NAN),
                }
            }
            MetricKind::FirstBreach(i) => slot(Key::FirstBreach(i), -1.0),
            MetricKind::BreachDates(i) => slot(Key::BreachDates(i), 0.0),
            MetricKind::Cures(i) => slot(Key::Cures(i), 0.0),
            MetricKind::Cured(i) => slot(Key::Cured(i), 0.0),
            MetricKind::Status => self.status_source(),
            MetricKind::Outcome => MetricSource::Overflow,
        }
    }

    /// The sum of a metric over the notes of a group.
    fn of_notes(&self, group: usize, kind: fn(usize) -> MetricKind) -> MetricSource {
        let notes = self.model.groups[group].notes.iter();
        MetricSource::All(notes.map(|note| self.metric_source(kind(*note))).collect())
    }

    fn status_source(&self) -> MetricSource {
        let flags: Vec<_> = (1..self.model.statuses.len())
            .filter_map(|k| {
                self.slots.get(&Key::StatusIs(k)).map(|slot| (as_f64(i64::try_from(k).unwrap_or(0)), *slot))
            })
            .collect();
        MetricSource::Weighted(flags)
    }
}
