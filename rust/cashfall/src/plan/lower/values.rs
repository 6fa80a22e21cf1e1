//! Reading quantities and lowering formulas.

use crate::basics::{LIMIT, NUMBER_SCALE};
use crate::formula::{Expr, ExprKind, Object, Quantity, QuantityRef};

use super::super::evaluate::{Quantities, children, entry, evaluate, reads_only};
use super::super::model::Model;
use super::super::op::{Group, Op, Slot};
use super::claims::may_be_negative;
use super::forward::Ahead;
use super::{Key, Lowering, as_f64, limit, quantity};

/// What a quantity or formula is on the date being lowered, with the greatest magnitude it can have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// The same in every scenario.
    Constant(i64),
    /// One value per scenario.
    Slot(Slot, f64),
}

impl Value {
    pub fn bound(self) -> f64 {
        match self {
            Value::Constant(value) => as_f64(value.abs()),
            Value::Slot(_, bound) => bound,
        }
    }
}

/// The closing values of a quantity on the dates before.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    pub of: QuantityRef,
    pub initial: i64,
    pub depth: usize,
}

/// Quantities that no scenario changes, on one date.
pub struct Scheduled<'a> {
    /// The model.
    pub model: &'a Model,
    /// The position of the date.
    pub t: usize,
}

impl Quantities for Scheduled<'_> {
    fn now(&self, of: QuantityRef) -> i64 {
        if of.object == Object::Period {
            return i64::try_from(self.t).unwrap_or(i64::MAX);
        }
        let note = &self.model.notes[of.index];
        match of.quantity {
            Quantity::ScheduledInterest => note.scheduled_interest[self.t],
            Quantity::ScheduledPrincipal => note.scheduled_principal[self.t],
            Quantity::ScheduledDebtService => note.scheduled_interest[self.t] + note.scheduled_principal[self.t],
            Quantity::ScheduledBalance => note.scheduled_balance[self.t],
            Quantity::Proceeds => note.proceeds(self.t),
            Quantity::OriginalBalance | Quantity::MonthsToMaturity => {
                self.model.known_terms[of.index].now(of.quantity, self.t)
            }
            _ => unreachable!("only scheduled quantities are the same in every scenario"),
        }
    }

    fn before(&self, of: QuantityRef, back: usize) -> Option<i64> {
        Some(Scheduled { model: self.model, t: self.t.checked_sub(back)? }.now(of))
    }

    fn initial(&self, of: QuantityRef) -> i64 {
        initial(self.model, of)
    }

    fn forward_sum(&self, of: QuantityRef, n: usize) -> i64 {
        let payments =
            (self.t + 1..self.model.dates.len()).filter(|&t| self.model.notes[of.index].payment[t].is_some());
        payments.take(n).map(|t| Scheduled { model: self.model, t }.now(of)).sum()
    }
}

/// Whether a quantity is the same in every scenario.
pub fn is_scheduled(of: QuantityRef) -> bool {
    of.is_known_at_compile()
}

impl Lowering<'_> {
    /// A quantity as it stands now.
    pub fn read(&mut self, of: QuantityRef) -> Value {
        if is_scheduled(of) {
            return Value::Constant(Scheduled { model: self.model, t: self.t }.now(of));
        }
        if let Some(value) = self.today.get(&of) {
            return *value;
        }
        if let Some(view) = self.ahead {
            return self.read_ahead(of, view);
        }
        match (of.object, of.quantity) {
            (Object::Group, _) => self.sum_of_group(of),
            (object, _) if object.is_collateral() => self.figure_between_dates(of),
            (Object::Input, _) => {
                let input = &self.model.inputs[of.index];
                Value::Slot(Slot::input(of.index), as_f64(input.maximum.abs().max(input.minimum.abs())))
            }
            (Object::Account, Quantity::Earned) => Value::Constant(0),
            (Object::Account, Quantity::Target) => self.target(of.index),
            (Object::Account, _) => {
                let slot = self.slot_of(of);
                Value::Slot(slot, self.account_bound())
            }
            (Object::Facility, Quantity::Drawn) => {
                let slot = self.slot_of(of);
                Value::Slot(slot, as_f64(self.model.facilities[of.index].commitment))
            }
            (Object::Facility, Quantity::Available) => self.available_of(of.index),
            (Object::Asset, Quantity::Balance) => {
                let slot = self.slot_of(of);
                Value::Slot(slot, limit() - 1.0)
            }
            (_, Quantity::Receivable) => {
                let slot = self.slot_of(of);
                Value::Slot(slot, limit() - 1.0)
            }
            (Object::Ledger, _) => {
                let slot = self.slot_of(of);
                Value::Slot(slot, limit() - 1.0)
            }
            (_, Quantity::Balance) => {
                let slot = self.slot_of(of);
                Value::Slot(slot, self.balance_bound(of.index))
            }
            (Object::Note, Quantity::Target | Quantity::Overdue) if self.model.notes[of.index].is_limited() => {
                self.figure_between_dates(of)
            }
            (Object::Note, Quantity::Target) => match self.model.notes[of.index].target {
                Some(_) => Value::Slot(self.target_of_note(of.index), limit()),
                None => Value::Constant(self.model.notes[of.index].scheduled_balance[self.t]),
            },
            (Object::Note, Quantity::UnpaidInterestDue) => self.unpaid_part(of.index),
            (Object::Note, Quantity::InterestCapitalized) if self.fresh.contains(&of) => {
                Value::Slot(self.slot_of(of), limit())
            }
            (Object::Note, Quantity::WrittenDown) if self.model.notes[of.index].written => {
                Value::Slot(self.slot_of(of), self.balance_bound(of.index))
            }
            (Object::Note, Quantity::Factor) => self.note_factor(of.index),
            (Object::Note, Quantity::Rate) => self.note_rate(of),
            (Object::Note, Quantity::Room) => self.room_of(of.index),
            (Object::Note, Quantity::Extended) => match &self.model.notes[of.index].whole {
                Some(whole) if whole.is_extended => {
                    let most = i64::try_from(whole.n_extensions()).unwrap_or(i64::MAX);
                    Value::Slot(self.slot_of(of), as_f64(most))
                }
                _ => Value::Constant(0),
            },
            (Object::Note, Quantity::PrincipalDue) => self.principal_due(of.index),
            (Object::Test, Quantity::Cure) => Value::Constant(0),
            (Object::Acceleration, _) => match self.model.acceleration {
                Some(_) => Value::Slot(self.slot_of(of), 1.0),
                None => Value::Constant(0),
            },
            (Object::Inspection, _) => self.inspected(of),
            (Object::Status, _) => match self.status_flag(of.index) {
                Some(slot) => Value::Slot(slot, 1.0),
                None => Value::Constant(1),
            },
            (Object::Test, Quantity::Waived) => match self.model.is_waived(of.index) {
                true => Value::Slot(self.slot_of(of), 1.0),
                false => Value::Constant(0),
            },
            (Object::Test, Quantity::Failing) => {
                let slot = self.slot_of(of);
                Value::Slot(slot, 1.0)
            }
            (_, quantity) if quantity.is_due() => {
                let bound = self.due_bounds.get(&of).copied().unwrap_or(0.0);
                if bound == 0.0 {
                    return Value::Constant(0);
                }
                let slot = self.slot_of(of);
                Value::Slot(slot, if bound < limit() { bound } else { limit() })
            }
            (Object::Fee, Quantity::CapRoom) => {
                let cap = self.model.fees[of.index].cap.expect("a fee with a cap");
                let (slot, bound) = (self.slot(Key::CapRoom(cap)), self.room_bound(cap));
                Value::Slot(slot, if bound < limit() { bound } else { limit() })
            }
            (Object::Tax, Quantity::Accrued)
            | (
                _,
                Quantity::Paid
                | Quantity::Draws
                | Quantity::Repaid
                | Quantity::Received
                | Quantity::FeePaid
                | Quantity::TerminationPaid
                | Quantity::ExcessPaid
                | Quantity::Bought
                | Quantity::Sold
                | Quantity::Cost
                | Quantity::Proceeds
                | Quantity::InterestPaid
                | Quantity::PrincipalPaid
                | Quantity::PremiumPaid
                | Quantity::AdditionalInterestPaid
                | Quantity::Funded
                | Quantity::Distributed,
            ) => {
                if !self.fresh.contains(&of) {
                    return Value::Constant(0);
                }
                let slot = self.slot_of(of);
                Value::Slot(slot, self.account_bound())
            }
            _ => Value::Constant(0),
        }
    }

    /// The rate of the latest accrual, which is known where no scenario changes it.
    fn note_rate(&mut self, of: QuantityRef) -> Value {
        let note = &self.model.notes[of.index];
        let latest = note.payment[..=self.t].iter().rev().find_map(|payment| *payment);
        match (note.known_rates(), latest) {
            (_, None) => Value::Constant(0),
            (Some(rates), Some(payment)) if note.inside.is_none() => Value::Constant(rates[payment]),
            _ => Value::Slot(self.slot_of(of), limit() - 1.0),
        }
    }

    /// No account can hold more than ever came in.
    pub fn account_bound(&self) -> f64 {
        if self.inflow_bound < limit() { self.inflow_bound } else { limit() }
    }

    /// max(0, the target's formula).
    pub fn target(&mut self, account: usize) -> Value {
        let model = self.model;
        let Some(formula) = &model.accounts[account].target else {
            return Value::Constant(0);
        };
        let target = match &model.accounts[account].peaks {
            Some(peaks) => Value::Constant(peaks[self.t]),
            None => {
                let value = self.formula(formula);
                self.at_least_zero(value)
            }
        };
        self.raised_target(account, target)
    }

    /// What a reserve is to hold in cash: its target less what facilities that count towards it have available.
    pub fn cash_target(&mut self, account: usize) -> Value {
        let mut target = self.target(account);
        for facility in self.model.accounts[account].satisfied_by.clone() {
            let available = self.available_of(facility);
            if available != Value::Constant(0) {
                let (a, b, to) = (self.in_slot(target), self.in_slot(available), self.temporary());
                self.push(Op::Subtract { to, a, b });
                target = self.at_least_zero(Value::Slot(to, target.bound() + available.bound()));
            }
        }
        target
    }

    pub fn at_least_zero(&mut self, value: Value) -> Value {
        match value {
            Value::Constant(value) => Value::Constant(value.max(0)),
            Value::Slot(slot, _) if self.is_never_negative(slot) => value,
            Value::Slot(a, bound) => {
                let to = self.temporary();
                let floor = self.param(0.0);
                self.push(Op::Excess { to, a, floor });
                Value::Slot(to, bound)
            }
        }
    }

    /// Whether a slot surely holds nothing below zero: it is kept from date to date, or an input that may not be negative.
    fn is_never_negative(&self, slot: Slot) -> bool {
        match self.model.inputs.get(slot.index()) {
            Some(input) => input.minimum >= 0,
            None => !self.temporaries.contains(&slot) && !self.signed_pasts.contains(&slot),
        }
    }

    /// max(0, balance - scheduled balance).
    pub fn due_by_schedule(&mut self, note: usize) -> Value {
        let scheduled = self.model.notes[note].scheduled_balance[self.t];
        let original = self.model.notes[note].original;
        let a = self.slot_of(quantity(Object::Note, note, Quantity::Balance));
        if self.model.notes[note].whole.is_some() {
            return self.due_whole(note, Value::Slot(a, self.balance_bound(note)));
        }
        if self.model.notes[note].target.is_some() {
            let (b, to, floor) = (self.target_of_note(note), self.temporary(), self.param(0.0));
            self.push(Op::Subtract { to, a, b });
            self.push(Op::Excess { to, a: to, floor });
            return Value::Slot(to, self.balance_bound(note));
        }
        if scheduled == original && !self.model.notes[note].capitalizes {
            return Value::Constant(0);
        }
        let to = self.temporary();
        let floor = self.param(as_f64(scheduled));
        self.push(Op::Excess { to, a, floor });
        Value::Slot(to, self.balance_bound(note))
    }

    /// R(balance * 10^k / original) * 10^(9-k)
    pub fn note_factor(&mut self, note: usize) -> Value {
        let (original, decimals) = (self.model.notes[note].greatest_balance(), self.model.notes[note].factor_decimals);
        let balance = self.read(quantity(Object::Note, note, Quantity::Balance));
        let factor = self.scale(balance, 10_i64.pow(decimals), original);
        let step = 10_i64.pow(9 - decimals);
        match factor {
            Value::Constant(factor) => Value::Constant(factor * step),
            Value::Slot(slot, bound) => {
                let to = self.times_count(slot, step);
                self.checked(to, bound * as_f64(step))
            }
        }
    }

    /// The slot of a value; a constant is put into a temporary one.
    pub fn in_slot(&mut self, value: Value) -> Slot {
        match value {
            Value::Slot(slot, _) => slot,
            Value::Constant(value) => {
                let to = self.temporary();
                let value = self.param(as_f64(value));
                self.push(Op::Constant { to, value });
                to
            }
        }
    }

    /// Lower a formula; what no scenario changes is folded.
    pub fn formula(&mut self, expr: &Expr) -> Value {
        if self.is_too_large {
            return Value::Constant(0);
        }
        if reads_only(expr, &is_scheduled) {
            let scheduled = Scheduled { model: self.model, t: self.t };
            if let Some(value) = evaluate(expr, self.model.rounding, &scheduled) {
                return Value::Constant(value);
            }
        }
        match &expr.kind {
            ExprKind::Literal(value) => Value::Constant(*value),
            ExprKind::Quantity(of) => self.read(*of),
            ExprKind::ForwardSum { of, n } => {
                Value::Constant(Scheduled { model: self.model, t: self.t }.forward_sum(*of, *n))
            }
            ExprKind::Table { values, at } => self.lookup(values, at),
            ExprKind::Opening(of) => self.past(*of, initial(self.model, *of), 1),
            ExprKind::Lag { of, n, default } => self.past(*of, *default, *n),
            ExprKind::TrailingSum { of, n } => self.trailing_sum(*of, *n),
            ExprKind::Convert(a, _) => self.formula(a),
            ExprKind::Unknown(level) => self.unknowns[*level],
            ExprKind::Solve { start, body, n } => self.solve(start, body, *n),
            ExprKind::Negate(a) => {
                let value = self.formula(a);
                self.negated(value)
            }
            ExprKind::Absolute(a) => self.binary(a, |to, a, _| Op::Absolute { to, a }, None, |a, _| a),
            ExprKind::Not(a) => self.binary(a, |to, flag, _| Op::Not { to, flag }, None, |_, _| 1.0),
            ExprKind::Add(a, b) => self.sum(a, b, 1),
            ExprKind::Subtract(a, b) => self.sum(a, b, -1),
            ExprKind::Product(a, b) => self.binary(a, |to, a, b| Op::Product { to, a, b }, Some(b), |a, b| a * b),
            ExprKind::And(a, b) => self.binary(a, |to, a, b| Op::Minimum { to, a, b }, Some(b), |_, _| 1.0),
            ExprKind::Or(a, b) => self.binary(a, |to, a, b| Op::Maximum { to, a, b }, Some(b), |_, _| 1.0),
            ExprKind::Compare(relation, a, b) => {
                let relation = *relation;
                self.binary(a, |to, a, b| Op::Compare { to, a, b, relation }, Some(b), |_, _| 1.0)
            }
            ExprKind::MulDiv { a, b, c } => {
                let (a, b) = (self.formula(a), self.formula(b));
                let quotient = self.mul_div(a, b, c.abs());
                if *c < 0 { self.negated(quotient) } else { quotient }
            }
            ExprKind::Divide { a, scale, b, if_zero } => self.division(a, *scale, b, if_zero),
            ExprKind::If(flag, a, b) => self.choice(flag, a, b),
            ExprKind::Minimum(items) => self.extreme(items, |to, a, b| Op::Minimum { to, a, b }),
            ExprKind::Maximum(items) => self.extreme(items, |to, a, b| Op::Maximum { to, a, b }),
        }
    }

    fn negated(&mut self, value: Value) -> Value {
        let (a, b) = (self.in_slot(Value::Constant(0)), self.in_slot(value));
        let to = self.temporary();
        self.push(Op::Subtract { to, a, b });
        Value::Slot(to, value.bound())
    }

    /// a + b, or a - b where `sign` is -1.
    fn sum(&mut self, a: &Expr, b: &Expr, sign: i64) -> Value {
        let (a, b) = (self.formula(a), self.formula(b));
        let bound = a.bound() + b.bound();
        let to = match (a, b) {
            (Value::Slot(a, _), Value::Constant(b)) => {
                let (to, value) = (self.temporary(), self.param(as_f64(sign * b)));
                self.push(Op::AddConstant { to, a, value });
                to
            }
            _ => {
                let (a, b) = (self.in_slot(a), self.in_slot(b));
                let to = self.temporary();
                self.push(if sign > 0 { Op::Add { to, a, b } } else { Op::Subtract { to, a, b } });
                to
            }
        };
        self.checked(to, bound)
    }

    /// An operation on one or two formulas, and the greatest magnitude of its result.
    fn binary(
        &mut self,
        a: &Expr,
        op: impl Fn(Slot, Slot, Slot) -> Op,
        b: Option<&Expr>,
        bound: impl Fn(f64, f64) -> f64,
    ) -> Value {
        let a = self.formula(a);
        let b = b.map_or(Value::Constant(0), |b| self.formula(b));
        let bound = bound(a.bound(), b.bound());
        let a = self.in_slot(a);
        let b = if matches!(op(a, a, a), Op::Absolute { .. } | Op::Not { .. }) { a } else { self.in_slot(b) };
        let to = self.temporary();
        self.push(op(to, a, b));
        self.checked(to, bound)
    }

    /// A made value: in range, or the scenario overflows.
    pub fn checked(&mut self, slot: Slot, bound: f64) -> Value {
        self.check_range(slot, bound);
        Value::Slot(slot, if bound < limit() { bound } else { limit() })
    }

    fn division(&mut self, a: &Expr, scale: i64, b: &Expr, if_zero: &Expr) -> Value {
        let (a, b, if_zero) = (self.formula(a), self.formula(b), self.formula(if_zero));
        let bound = a.bound() * as_f64(scale) + if_zero.bound() + 1.0;
        let (a, b, if_zero) = (self.in_slot(a), self.in_slot(b), self.in_slot(if_zero));
        let scale = self.param(as_f64(scale));
        let to = self.temporary();
        self.push(Op::Divide { to, a, b, scale, if_zero });
        self.checked(to, bound)
    }

    fn lookup(&mut self, values: &[i64], at: &Expr) -> Value {
        let at = match self.formula(at) {
            Value::Constant(at) => return Value::Constant(entry(values, at)),
            Value::Slot(at, _) => at,
        };
        let bound = values.iter().map(|value| value.abs()).max().map_or(0.0, as_f64);
        let values: Vec<f64> = values.iter().map(|value| as_f64(*value)).collect();
        let known = self.looked_up.iter().position(|table| *table == values);
        let table = known.unwrap_or_else(|| {
            self.looked_up.push(values);
            self.looked_up.len() - 1
        });
        let Ok(table) = u16::try_from(table) else {
            self.is_too_large = true;
            return Value::Constant(0);
        };
        let to = self.temporary();
        self.push(Op::Lookup { to, at, table: Group(table) });
        Value::Slot(to, bound)
    }

    fn choice(&mut self, flag: &Expr, a: &Expr, b: &Expr) -> Value {
        let (flag, a, b) = (self.formula(flag), self.formula(a), self.formula(b));
        let bound = if a.bound() > b.bound() { a.bound() } else { b.bound() };
        let (flag, a, b) = (self.in_slot(flag), self.in_slot(a), self.in_slot(b));
        let to = self.temporary();
        self.push(Op::Select { to, flag, a, b });
        Value::Slot(to, bound)
    }

    fn extreme(&mut self, items: &[Expr], op: fn(Slot, Slot, Slot) -> Op) -> Value {
        let values: Vec<Value> = items.iter().map(|item| self.formula(item)).collect();
        let bound = values.iter().fold(0.0, |bound, value| if value.bound() > bound { value.bound() } else { bound });
        let mut best = self.in_slot(values[0]);
        for value in &values[1..] {
            let b = self.in_slot(*value);
            let to = self.temporary();
            self.push(op(to, best, b));
            best = to;
        }
        Value::Slot(best, bound)
    }

    // --- the past ---

    /// Note every past that a formula reads.
    pub fn collect_histories(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Opening(of) => self.keep_history(*of, initial(self.model, *of), 1),
            ExprKind::Lag { of, n, default } => self.keep_history(*of, *default, *n),
            ExprKind::TrailingSum { of, n } => self.keep_history(*of, 0, n.saturating_sub(1)),
            _ => {}
        }
        for child in children(expr) {
            self.collect_histories(child);
        }
    }

    fn keep_history(&mut self, of: QuantityRef, initial: i64, depth: usize) {
        let depth = depth.min(self.model.dates.len() - 1);
        if depth == 0 {
            return;
        }
        let known = self.pasts.iter().position(|past| past.of == of && past.initial == initial);
        let index = known.unwrap_or_else(|| {
            self.pasts.push(History { of, initial, depth: 0 });
            self.pasts.len() - 1
        });
        for back in self.pasts[index].depth..depth {
            let slot = self.slot(Key::Past(index, back));
            if initial < 0 || may_be_negative(self.model, of) {
                self.signed_pasts.insert(slot);
            }
        }
        let past = &mut self.pasts[index];
        past.depth = past.depth.max(depth);
    }

    /// The closing value `n` dates before.
    fn past(&mut self, of: QuantityRef, initial: i64, n: usize) -> Value {
        if n > self.t {
            return Value::Constant(initial);
        }
        if self.ahead.is_some_and(|view| view != Ahead::Sizing) && self.model.figure(of).is_some_and(|it| it.is_kept) {
            return self.projected(of);
        }
        if self.ahead.is_some() {
            return self.on_date(self.t - n, |lowering| lowering.read(of));
        }
        let index = self
            .pasts
            .iter()
            .position(|past| past.of == of && past.initial == initial)
            .expect("histories are collected first");
        let slot = self.slot(Key::Past(index, n - 1));
        let bound = if of.object.is_collateral() { self.figure_bound(of) } else { limit() - 1.0 };
        Value::Slot(slot, bound)
    }

    fn trailing_sum(&mut self, of: QuantityRef, n: usize) -> Value {
        let mut sum = self.read(of);
        for back in 1..n.min(self.t + 1) {
            let past = self.past(of, 0, back);
            let bound = sum.bound() + past.bound();
            let (a, b) = (self.in_slot(sum), self.in_slot(past));
            let to = self.temporary();
            self.push(Op::Add { to, a, b });
            sum = self.checked(to, bound);
        }
        sum
    }

    /// At the close of a date every kept past moves back by one.
    pub fn shift_histories(&mut self) {
        for index in 0..self.pasts.len() {
            self.n_temporaries = 0;
            let History { of, depth, .. } = self.pasts[index];
            for back in (1..depth.min(self.t + 1)).rev() {
                let (to, from) = (self.slot(Key::Past(index, back)), self.slot(Key::Past(index, back - 1)));
                self.push(Op::Copy { to, from });
            }
            let value = self.read(of);
            let to = self.slot(Key::Past(index, 0));
            match value {
                Value::Slot(from, _) => self.push(Op::Copy { to, from }),
                Value::Constant(value) => {
                    let value = self.param(as_f64(value));
                    self.push(Op::Constant { to, value });
                }
            }
        }
    }

    /// R(value * numerator / denominator) of a value at or above zero.
    pub fn scale(&mut self, value: Value, numerator: i64, denominator: i64) -> Value {
        match value {
            _ if numerator == denominator => value,
            Value::Constant(value) => Value::Constant(self.model.rounding.mul_div(value, numerator, denominator)),
            Value::Slot(a, bound) => {
                let factor = self.factor(numerator, denominator, bound);
                let to = self.temporary();
                self.push(Op::Scale { to, a, factor });
                self.checked(to, bound * as_f64(numerator) / as_f64(denominator) + 1.0)
            }
        }
    }

    /// R(amount * number / 1e9) of any signs.
    pub fn times_number(&mut self, amount: Value, number: Value) -> Value {
        self.mul_div(amount, number, NUMBER_SCALE)
    }

    /// R(a * b / c) of any signs; c above zero.
    fn mul_div(&mut self, a: Value, b: Value, c: i64) -> Value {
        if let (Value::Constant(a), Value::Constant(b)) = (a, b) {
            let known = self.model.rounding.divide(i128::from(a) * i128::from(b), i128::from(c));
            if let Some(known) = i64::try_from(known).ok().filter(|known| known.abs() < LIMIT) {
                return Value::Constant(known);
            }
        }
        match (a, b) {
            (Value::Constant(known), Value::Slot(slot, _)) if known >= 0 && self.is_never_negative(slot) => {
                self.scale(b, known, c)
            }
            (Value::Slot(slot, _), Value::Constant(known)) if known >= 0 && self.is_never_negative(slot) => {
                self.scale(a, known, c)
            }
            _ => {
                let bound = a.bound() * b.bound() / as_f64(c) + 1.0;
                let (a, b, divisor) = (self.in_slot(a), self.in_slot(b), self.param(as_f64(c)));
                let to = self.temporary();
                self.push(Op::MulDiv { to, a, b, divisor });
                self.checked(to, bound)
            }
        }
    }
}

/// A quantity's value before the first date.
pub fn initial(model: &Model, of: QuantityRef) -> i64 {
    match (of.object, of.quantity) {
        (object, _) if object.is_collateral() => model.figure(of).map_or(0, |figure| figure.initial),
        (Object::Account, Quantity::Balance) => model.accounts[of.index].opening_balance,
        (Object::Note, Quantity::Balance) if model.notes[of.index].starts_at.is_none() => {
            model.notes[of.index].original
        }
        (Object::Status, _) => i64::from(of.index == 0),
        (Object::Note, Quantity::OriginalBalance | Quantity::MonthsToMaturity) => {
            model.known_terms[of.index].initial(of.quantity)
        }
        (Object::Asset, Quantity::Balance) => model.assets[of.index].opening_balance,
        (Object::Facility, Quantity::Available) => model.facilities[of.index].commitment,
        (Object::Fee, Quantity::CapRoom) => model.fees[of.index].cap.map_or(0, |cap| model.fee_caps[cap].first_room),
        (Object::Ledger, Quantity::Balance) => model.ledgers[of.index].opening,
        (Object::Note, Quantity::Factor) if model.notes[of.index].starts_at.is_none() => {
            let note = &model.notes[of.index];
            let step = 10_i64.pow(9 - note.factor_decimals);
            model.rounding.mul_div(note.original, NUMBER_SCALE / step, note.greatest_balance()) * step
        }
        (Object::Note, Quantity::Room) if model.notes[of.index].starts_at.is_none() => {
            let note = &model.notes[of.index];
            note.funding.as_ref().map_or(0, |funding| funding.maximum - note.original)
        }
        (Object::Note, Quantity::Target) if model.notes[of.index].is_limited() => {
            model.notes[of.index].greatest_balance()
        }
        (Object::Note, Quantity::ScheduledBalance | Quantity::Target) => model.notes[of.index].original,
        _ => 0,
    }
}
