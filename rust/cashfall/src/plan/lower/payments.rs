//! Steps that move cash: the fused forms for the plain case, and the general form with limits, gates and traces.

use crate::formula::{Object, Quantity, QuantityRef};

use super::super::model::{Payee, Payer, Payment, Source, StepModel};
use super::super::movement::{Movement, Party, Phase, Trace};
use super::super::op::{Group, Op, ProRata, Slot};
use super::collateral::flow_of;
use super::terms::{Giver, Terms};
use super::values::Value;
use super::{Key, Lowering, as_f64, limit, quantity};

/// A step's position in the order of a date.
type At = (Phase, usize);

impl Lowering<'_> {
    pub fn pay(&mut self, at: At, step: &StepModel, payment: &Payment, gate: Option<Slot>) {
        let payees: Vec<Payee> = payment.payees.iter().copied().filter(|payee| self.can_be_due(*payee)).collect();
        if payees.is_empty() {
            return self.check_formulas(step, payment, gate);
        }
        let takes_all = all_there_is(&payees);
        let sum_is_safe = !takes_all || self.inflow_bound * as_f64(payment.from.len() as i64) < limit();
        let sum_is_safe = sum_is_safe && !self.is_held_back(&payees) && !self.keeps_cures(&payees);
        let unbound = step.when.is_none() && payment.limits.is_none() && payment.supports.is_empty();
        // A target that is no constant is read once, for all sources.
        let reads_target = payees.iter().any(|payee| matches!(payee, Payee::Reserve(_))) && payment.from.len() > 1;
        let plain = sum_is_safe && !self.demand.trace && unbound && !reads_target;
        let by_target = payees.iter().any(|payee| self.is_due_by_target(*payee));
        if plain && !by_target && gate.is_none() && payment.shares.are_sequential(payees.len()) {
            self.pay_plainly(&payees, &payment.from);
        } else if plain && takes_all {
            self.move_all_if(payees[0], &payment.from, gate.expect("an ungated step is plain"));
        } else {
            self.pay_generally(at, step, payment, &payees, gate);
        }
    }

    /// Make a step's formulas for a date on which it has nobody to pay, if one of them can leave the range.
    fn check_formulas(&mut self, step: &StepModel, payment: &Payment, gate: Option<Slot>) {
        let (n_ops, n_params) = (self.ops.len(), self.params.len());
        self.terms(step, payment, gate);
        if !self.ops[n_ops..].iter().any(Op::is_check) {
            self.ops.truncate(n_ops);
            self.params.truncate(n_params);
        }
    }

    /// Whether anything can be due to this payee on this date in any scenario.
    fn can_be_due(&mut self, payee: Payee) -> bool {
        let note_pays = |note: usize| self.model.notes[note].payment[self.t].is_some();
        match payee {
            Payee::Principal(note) => {
                let model = &self.model.notes[note];
                let moves = model.target.is_some() || model.capitalizes;
                let falls_due = self.model.may_fall_due(note);
                let by_schedule = model.scheduled_balance[self.t] != model.original;
                let on_schedule = match &model.whole {
                    Some(whole) => falls_due || whole.is_limited || whole.matured_below(self.t) > 0,
                    None => moves || falls_due || by_schedule,
                };
                note_pays(note) && on_schedule || self.model.is_accelerated(note) && model.exists(self.t)
            }
            Payee::Balance(note) => self.model.notes[note].exists(self.t),
            Payee::Fee(_) | Payee::Interest(_) | Payee::Cost(_) | Payee::Claim(_) => {
                self.read(due(payee)) != Value::Constant(0)
            }
            Payee::Reserve(_) | Payee::Account(_) | Payee::Equity(_) => true,
            Payee::Conversion | Payee::Asset(_) => true,
        }
    }

    /// Whether what is due is measured by a target of the scenario's own.
    fn is_due_by_target(&self, payee: Payee) -> bool {
        let Payee::Principal(note) = payee else { return false };
        let model = &self.model.notes[note];
        model.target.is_some() || model.whole.is_some() || self.model.may_fall_due(note)
    }

    // --- the plain case ---

    fn pay_plainly(&mut self, payees: &[Payee], from: &[usize]) {
        let mut skip = None;
        for (position, account) in from.iter().enumerate() {
            let from = self.account(*account);
            if position == 1
                && payees.len() == 1
                && matches!(payees[0], Payee::Fee(_) | Payee::Interest(_) | Payee::Cost(_) | Payee::Claim(_))
            {
                let due = self.slot_of(due(payees[0]));
                skip = Some(self.ops.len());
                self.push(Op::SkipIfNothingDue { due, n: 0 });
            }
            for payee in payees {
                self.pay_one_plainly(*payee, from);
            }
        }
        if let Some(skip) = skip {
            self.close_skip(skip);
        }
    }

    fn pay_one_plainly(&mut self, payee: Payee, from: Slot) {
        let sink = self.sink(payee);
        match payee {
            Payee::Fee(_) | Payee::Interest(_) | Payee::Cost(_) | Payee::Claim(_) => {
                let due = self.slot_of(due(payee));
                self.push(sink.map_or(Op::Pay { from, due }, |total| Op::PayInto { from, due, total }));
            }
            Payee::Principal(note) | Payee::Balance(note) => {
                let balance = self.slot_of(quantity(Object::Note, note, Quantity::Balance));
                let floor = if matches!(payee, Payee::Balance(_)) {
                    0
                } else {
                    self.model.notes[note].scheduled_balance[self.t]
                };
                let floor = self.param(as_f64(floor));
                self.push(sink.map_or(Op::PayDown { from, balance, floor }, |flow| Op::PayDownInto {
                    from,
                    balance,
                    floor,
                    flow,
                }));
            }
            Payee::Reserve(account) => self.fill(from, account),
            Payee::Account(account) => {
                let to = self.account(account);
                self.push(Op::MoveAll { from, to });
                self.check_range(to, self.inflow_bound);
            }
            Payee::Equity(_) | Payee::Conversion | Payee::Asset(_) => match sink {
                Some(to) => self.push(Op::MoveAll { from, to }),
                None => {
                    let value = self.param(0.0);
                    self.push(Op::Constant { to: from, value });
                }
            },
        }
    }

    fn fill(&mut self, from: Slot, account: usize) {
        let to = self.account(account);
        match self.cash_target(account) {
            Value::Constant(target) => {
                let target = self.param(as_f64(target));
                self.push(Op::Fill { from, to, target });
            }
            Value::Slot(target, _) => {
                let (gap, floor) = (self.temporary(), self.param(0.0));
                self.push(Op::Subtract { to: gap, a: target, b: to });
                self.push(Op::Excess { to: gap, a: gap, floor });
                self.push(Op::PayInto { from, due: gap, total: to });
            }
        }
    }

    /// A gated step that gives all there is to one payee.
    fn move_all_if(&mut self, payee: Payee, from: &[usize], flag: Slot) {
        let to = match payee {
            Payee::Account(account) => Some(self.account(account)),
            _ => self.sink(payee),
        };
        for account in from {
            let from = self.account(*account);
            let to = to.unwrap_or_else(|| self.temporary());
            self.push(Op::MoveAllIf { from, to, flag });
            if matches!(payee, Payee::Account(_)) {
                self.check_range(to, self.inflow_bound);
            }
        }
    }

    // --- the general case ---

    fn pay_generally(&mut self, at: At, step: &StepModel, payment: &Payment, payees: &[Payee], gate: Option<Slot>) {
        let terms = self.terms(step, payment, gate);
        let outer = std::mem::replace(&mut self.gate, terms.gate);
        let asked: Vec<(Slot, f64)> = payees.iter().map(|payee| self.request(*payee, payment, &terms)).collect();
        let requests: Vec<Slot> = asked.iter().map(|(request, _)| *request).collect();
        let weights = self.weights(payment, payees);
        if !payment.shares.are_sequential(payees.len()) {
            self.check_sum(&asked);
        }
        let group = PayeeGroup { payees, requests: &requests, weights };
        self.gate = outer;
        for (source, giver) in terms.givers.iter().enumerate() {
            let movements = movements(at, source, giver.source, payment, payees);
            self.pay_from(&movements, giver, &group, &terms);
        }
    }

    /// The sources of a step pay its one payee what `rest` asks for, which becomes what is still asked for; what moved in all.
    pub fn pay_request(&mut self, at: At, payment: &Payment, rest: Slot, terms: &Terms) -> Slot {
        let moved = self.temporary();
        self.push(Op::Copy { to: moved, from: rest });
        let group = PayeeGroup { payees: &payment.payees, requests: &[rest], weights: None };
        for (source, giver) in terms.givers.iter().enumerate() {
            let movements = movements(at, source, giver.source, payment, &payment.payees);
            self.pay_from(&movements, giver, &group, terms);
        }
        self.push(Op::Subtract { to: moved, a: moved, b: rest });
        moved
    }

    /// One source pays what it can of what is still asked for.
    fn pay_from(&mut self, movements: &[Movement], giver: &Giver, group: &PayeeGroup, terms: &Terms) {
        let available = self.available(giver, terms);
        let condition = if self.demand.trace { self.both(terms.condition, giver.condition) } else { None };
        let paid: Vec<Slot> = group.requests.iter().map(|_| self.temporary()).collect();
        if terms.shares.are_sequential(group.payees.len()) {
            for ((movement, request), paid) in movements.iter().zip(group.requests).zip(&paid) {
                self.trace_before(movement, *request, available, condition, terms.cap);
                self.push(Op::Minimum { to: *paid, a: available, b: *request });
                self.push(Op::Subtract { to: available, a: available, b: *paid });
            }
        } else {
            for (movement, request) in movements.iter().zip(group.requests) {
                self.trace_before(movement, *request, available, condition, terms.cap);
            }
            self.apportion(ProRata {
                available,
                requests: group.requests.to_vec(),
                paid: paid.clone(),
                weights: group.weights.clone(),
                remainder: self.model.remainder,
            });
        }
        for (index, ((payee, request), paid)) in group.payees.iter().zip(group.requests).zip(&paid).enumerate() {
            let condition = match giver.source {
                Source::Account(account) => {
                    self.keep_cures_back(&movements[index], account, (*payee, *paid), condition)
                }
                Source::Facility(_) => condition,
            };
            self.push(Op::Subtract { to: *request, a: *request, b: *paid });
            if let Some(cap) = terms.cap {
                self.push(Op::Subtract { to: cap, a: cap, b: *paid });
            }
            self.hold_back(&movements[index], *payee, *paid, condition);
            match giver.source {
                Source::Account(account) => {
                    let from = self.account(account);
                    self.push(Op::Subtract { to: from, a: from, b: *paid });
                }
                Source::Facility(facility) => self.draw_for(facility, *paid),
            }
            self.credit(*payee, *paid);
            if self.demand.trace {
                self.trace(&movements[index], Trace::Amount, *paid);
            }
        }
    }

    fn apportion(&mut self, pro_rata: ProRata) {
        let known = self.pro_ratas.iter().position(|known| *known == pro_rata);
        let index = known.unwrap_or_else(|| {
            self.pro_ratas.push(pro_rata);
            self.pro_ratas.len() - 1
        });
        self.push(Op::ProRata { group: Group(u16::try_from(index).expect("fewer than 65,536 apportionments")) });
    }

    fn trace_before(
        &mut self,
        movement: &Movement,
        request: Slot,
        available: Slot,
        condition: Option<Slot>,
        cap: Option<Slot>,
    ) {
        if !self.demand.trace {
            return;
        }
        self.trace(movement, Trace::Requested, request);
        self.trace(movement, Trace::Available, available);
        if let Some(condition) = condition {
            self.trace(movement, Trace::Condition, condition);
        }
        if let Some(cap) = cap {
            self.trace(movement, Trace::CapLeft, cap);
        }
    }

    /// What a payment does to its payee.
    pub fn credit(&mut self, payee: Payee, paid: Slot) {
        match payee {
            Payee::Fee(_) | Payee::Interest(_) | Payee::Cost(_) | Payee::Claim(_) => {
                let due = self.slot_of(due(payee));
                self.push(Op::Subtract { to: due, a: due, b: paid });
            }
            Payee::Principal(note) | Payee::Balance(note) => {
                let balance = self.slot_of(quantity(Object::Note, note, Quantity::Balance));
                self.push(Op::Subtract { to: balance, a: balance, b: paid });
            }
            Payee::Reserve(account) | Payee::Account(account) => {
                let to = self.account(account);
                self.push(Op::Add { to, a: to, b: paid });
                self.check_range(to, self.inflow_bound);
            }
            Payee::Equity(_) | Payee::Conversion | Payee::Asset(_) => {}
        }
        if let Some(to) = self.sink(payee) {
            self.push(Op::Add { to, a: to, b: paid });
        }
    }

    /// What a reserve holds above its target moves.
    pub fn release(&mut self, at: At, step: &StepModel, account: usize, to: usize, gate: Option<Slot>) {
        let (from, into) = (self.account(account), self.account(to));
        let condition = self.step_condition(step);
        let gate = self.both(gate, condition);
        let outer = std::mem::replace(&mut self.gate, gate);
        let target = self.cash_target(account);
        self.gate = outer;
        let excess = self.temporary();
        let keeps_cures = self.keeps_cures(&[Payee::Account(to)]);
        match (target, gate) {
            (Value::Constant(target), None) if !self.demand.trace && !keeps_cures => {
                let target = self.param(as_f64(target));
                self.push(Op::Release { from, to: into, target });
                return self.check_range(into, self.inflow_bound);
            }
            (Value::Constant(target), _) => {
                let floor = self.param(as_f64(target));
                self.push(Op::Excess { to: excess, a: from, floor });
            }
            (Value::Slot(b, _), _) => {
                let floor = self.param(0.0);
                self.push(Op::Subtract { to: excess, a: from, b });
                self.push(Op::Excess { to: excess, a: excess, floor });
            }
        }
        if let Some(b) = gate {
            self.push(Op::Product { to: excess, a: excess, b });
        }
        let movement = movement(at, (0, 0), Source::Account(account), Payee::Account(to));
        self.trace_before(&movement, excess, from, condition, None);
        self.keep_cures_back(&movement, account, (Payee::Account(to), excess), condition);
        if self.demand.trace {
            self.trace(&movement, Trace::Amount, excess);
        }
        self.push(Op::Subtract { to: from, a: from, b: excess });
        self.push(Op::Add { to: into, a: into, b: excess });
        self.check_range(into, self.inflow_bound);
    }

    pub fn account(&mut self, index: usize) -> Slot {
        self.slot_of(quantity(Object::Account, index, Quantity::Balance))
    }

    /// Where a payment to this payee is added up: today's flow if it is read, else the total if it is measured.
    pub fn sink(&mut self, payee: Payee) -> Option<Slot> {
        let flow = flow_of(payee)?;
        if self.live.contains(&flow) {
            Some(self.slot_of(flow))
        } else {
            self.metrics.totals.contains(&flow).then(|| self.slot(Key::Total(flow)))
        }
    }
}

/// The payees of a step, what each still asks for, and by what they share.
struct PayeeGroup<'a> {
    payees: &'a [Payee],
    requests: &'a [Slot],
    weights: Option<Vec<Slot>>,
}

fn all_there_is(payees: &[Payee]) -> bool {
    matches!(payees, [Payee::Account(_) | Payee::Equity(_)])
}

/// The due that a payment to this payee reduces.
pub fn due(payee: Payee) -> QuantityRef {
    match payee {
        Payee::Fee(index) => quantity(Object::Fee, index, Quantity::Due),
        Payee::Cost(index) => quantity(Object::Cashflow, index, Quantity::Due),
        Payee::Interest(index) => quantity(Object::Note, index, Quantity::InterestDue),
        Payee::Claim(claim) => claim.due(),
        _ => unreachable!("only fees, costs and interest have a due of their own"),
    }
}

/// The movements of one giver to the payees.
fn movements(at: At, source: usize, from: Source, payment: &Payment, payees: &[Payee]) -> Vec<Movement> {
    let position = |payee: &Payee| payment.payees.iter().position(|known| known == payee).expect("a payee of the step");
    payees.iter().map(|payee| movement(at, (source, position(payee)), from, *payee)).collect()
}

fn movement((phase, step): At, (source, index): (usize, usize), from: Source, payee: Payee) -> Movement {
    let to = match payee {
        Payee::Reserve(to) | Payee::Account(to) => Party::Account(to),
        payee => Party::Payee(payee),
    };
    let from = match from {
        Source::Account(account) => Party::Account(account),
        Source::Facility(facility) => Party::Payer(Payer::Facility(facility)),
    };
    Movement { phase, step, source, payee: index, from, to, effect: None }
}
