//! Ledgers and taxes: what is booked, and what becomes due in a step.

use crate::basics::NUMBER_SCALE;
use crate::formula::{Expr, Object, Quantity, QuantityRef};

use super::super::model::{Action, Model, Payment, Source, StepModel};
use super::super::movement::{Movement, Party, Phase, Trace};
use super::super::op::{Op, Slot};
use super::funding::funded;
use super::prepay::premium_paid;
use super::values::Value;
use super::{Lowering, as_f64, limit, quantity};

/// The flows that a step may add to besides those of its payees.
pub fn flows_of_action(action: &Action) -> Vec<QuantityRef> {
    match action {
        Action::Pay(payment) => payment.supports.iter().filter_map(|support| draws_of(support.source)).collect(),
        Action::PayTax { taxes, .. } => {
            taxes.iter().map(|tax| quantity(Object::Tax, *tax, Quantity::Accrued)).collect()
        }
        Action::Prepay { notes, .. } => notes
            .iter()
            .flat_map(|&note| [quantity(Object::Note, note, Quantity::PrincipalPaid), premium_paid(note)])
            .collect(),
        Action::RunTests { repaid, .. } => {
            repaid.iter().map(|cure| quantity(Object::Note, cure.note, Quantity::PrincipalPaid)).collect()
        }
        Action::Capitalize { notes, .. } => {
            notes.iter().map(|&note| quantity(Object::Note, note, Quantity::InterestCapitalized)).collect()
        }
        Action::Fund { note, .. } => vec![funded(*note)],
        Action::Refinance { notes, with, .. } => {
            let repaid = |&note: &usize| [quantity(Object::Note, note, Quantity::PrincipalPaid), premium_paid(note)];
            notes.iter().flat_map(repaid).chain([funded(*with)]).collect()
        }
        Action::Draw { facility, .. } => vec![quantity(Object::Facility, *facility, Quantity::Draws)],
        Action::SettleSwap { swap, .. } => vec![quantity(Object::Swap, *swap, Quantity::Received)],
        Action::SettleCap { cap, .. } => vec![quantity(Object::RateCap, *cap, Quantity::Received)],
        Action::Buy(purchase) => vec![quantity(Object::Asset, purchase.asset, Quantity::Bought)],
        Action::Sell { asset, .. } => {
            [Quantity::Sold, Quantity::Proceeds].map(|of| quantity(Object::Asset, *asset, of)).to_vec()
        }
        Action::Inspect { of, .. } => vec![quantity(Object::Inspection, *of, Quantity::Value)],
        _ => Vec::new(),
    }
}

/// The draws that a source adds to.
fn draws_of(source: Source) -> Option<QuantityRef> {
    match source {
        Source::Facility(facility) => Some(quantity(Object::Facility, facility, Quantity::Draws)),
        Source::Account(_) => None,
    }
}

/// The formulas of a step besides its condition and limit.
pub fn formulas_of_action(action: &Action) -> Vec<&Expr> {
    match action {
        Action::Book { amount, .. } | Action::Write { amount, .. } | Action::TerminateSwap { amount, .. } => {
            vec![amount]
        }
        Action::Prepay { amount, .. } | Action::Draw { amount, .. } | Action::Fund { amount, .. } => {
            amount.iter().collect()
        }
        Action::Capitalize { share, .. } => share.iter().collect(),
        Action::Inspect { value, .. } => vec![value],
        Action::Buy(purchase) => purchase.amount.iter().collect(),
        Action::Sell { amount, .. } => amount.iter().collect(),
        Action::Convert(conversion) => conversion.buy.iter().chain([&conversion.rate]).collect(),
        _ => Vec::new(),
    }
}

/// The formulas of the objects of this file.
pub fn formulas_of_claims(model: &Model) -> Vec<&Expr> {
    let resets = model.ledgers.iter().filter_map(|ledger| ledger.reset.as_ref());
    resets.chain(model.taxes.iter().map(|tax| &tax.base)).collect()
}

impl Lowering<'_> {
    /// Opening balances of ledgers.
    pub fn prepare_ledgers(&mut self) {
        let model = self.model;
        for (index, ledger) in model.ledgers.iter().enumerate() {
            let slot = self.slot_of(quantity(Object::Ledger, index, Quantity::Balance));
            if ledger.opening != 0 {
                self.initial.push((slot, as_f64(ledger.opening)));
            }
            if ledger.may_be_negative() {
                self.signed_pasts.insert(slot);
            }
        }
    }

    /// At the start of a date: ledgers that are set back. All flags are read before the first balance changes.
    pub fn reset_ledgers(&mut self) {
        let model = self.model;
        self.n_temporaries = 0;
        let mut flags = Vec::new();
        for (index, ledger) in model.ledgers.iter().enumerate() {
            if let Some(reset) = &ledger.reset {
                let value = self.formula(reset);
                flags.push((index, self.in_slot(value)));
            }
        }
        for (index, flag) in flags {
            let to = self.slot_of(quantity(Object::Ledger, index, Quantity::Balance));
            let a = self.in_slot(Value::Constant(model.ledgers[index].opening));
            self.push(Op::Select { to, flag, a, b: to });
        }
    }

    /// The condition of a step, and the flag of all that must hold for it to act.
    pub fn condition(&mut self, step: &StepModel, gate: Option<Slot>) -> (Option<Slot>, Option<Slot>) {
        let condition = self.step_condition(step);
        (condition, self.both(gate, condition))
    }

    /// A step's condition, read when the step begins.
    pub fn step_condition(&mut self, step: &StepModel) -> Option<Slot> {
        if self.condition_read.is_some() {
            return self.condition_read;
        }
        let (formula, _) = step.when.as_ref()?;
        let value = self.formula(formula);
        Some(self.in_slot(value))
    }

    /// Do what a step does where it acts: ranges are checked only there.
    pub fn where_it_acts<T>(&mut self, gate: Option<Slot>, act: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.gate, gate);
        let result = act(self);
        self.gate = outer;
        result
    }

    pub fn book(&mut self, at: (Phase, usize), step: &StepModel, ledger: usize, amount: &Expr, gate: Option<Slot>) {
        let (condition, gate) = self.condition(step, gate);
        let to = self.slot_of(quantity(Object::Ledger, ledger, Quantity::Balance));
        let (amount, booked) = self.where_it_acts(gate, |this| {
            let amount = this.formula(amount);
            (amount, this.after_booking(ledger, to, amount))
        });
        let change = self.demand.trace.then(|| {
            let (asked, change) = (self.in_slot(amount), self.temporary());
            let asked = self.as_it_is(asked);
            self.push(Op::Copy { to: change, from: to });
            (asked, change)
        });
        match gate {
            Some(flag) => self.push(Op::Select { to, flag, a: booked, b: to }),
            None => self.push(Op::Copy { to, from: booked }),
        }
        if let Some((asked, change)) = change {
            self.push(Op::Subtract { to: change, a: to, b: change });
            let movement = Movement {
                phase: at.0,
                step: at.1,
                source: 0,
                payee: 0,
                from: Party::Formula,
                to: Party::Ledger(ledger),
                effect: None,
            };
            self.trace(&movement, Trace::Requested, asked);
            self.trace(&movement, Trace::Available, asked);
            self.trace(&movement, Trace::Amount, change);
            if let Some(condition) = condition {
                self.trace(&movement, Trace::Condition, condition);
            }
        }
    }

    /// A ledger's balance after an amount is booked.
    fn after_booking(&mut self, ledger: usize, balance: Slot, amount: Value) -> Slot {
        let (is_maximum, floor) = (self.model.ledgers[ledger].is_maximum, self.model.ledgers[ledger].floor);
        let b = self.in_slot(amount);
        let to = self.temporary();
        if is_maximum {
            self.push(Op::Maximum { to, a: balance, b });
            return to;
        }
        self.push(Op::Add { to, a: balance, b });
        self.check_range(to, limit() + amount.bound());
        if let Some(floor) = floor {
            let b = self.in_slot(Value::Constant(floor));
            self.push(Op::Maximum { to, a: to, b });
        }
        to
    }

    /// Taxes become due as the step begins; then the step pays.
    pub fn pay_tax(
        &mut self,
        at: (Phase, usize),
        step: &StepModel,
        taxes: &[usize],
        payment: &Payment,
        gate: Option<Slot>,
    ) {
        let model = self.model;
        let (condition, both) = self.condition(step, gate);
        for &tax in taxes {
            let value = self.where_it_acts(both, |this| {
                let base = this.formula(&model.taxes[tax].base);
                let base = this.at_least_zero(base);
                this.scale(base, model.taxes[tax].rate, NUMBER_SCALE)
            });
            let accrued = self.only_where(value, both);
            self.add_to_due(quantity(Object::Tax, tax, Quantity::Due), accrued);
            let of = quantity(Object::Tax, tax, Quantity::Accrued);
            if self.live.contains(&of) {
                let (to, b) = (self.slot_of(of), self.in_slot(accrued));
                self.push(Op::Add { to, a: to, b });
            }
        }
        self.condition_read = condition;
        self.pay(at, step, payment, gate);
        self.condition_read = None;
    }

    /// The value where the flag is 1, else 0.
    pub fn only_where(&mut self, value: Value, gate: Option<Slot>) -> Value {
        match gate {
            Some(b) if value != Value::Constant(0) => {
                let (a, to) = (self.in_slot(value), self.temporary());
                self.push(Op::Product { to, a, b });
                Value::Slot(to, value.bound())
            }
            _ => value,
        }
    }
}

/// Whether a quantity may be below zero.
pub fn may_be_negative(model: &Model, of: QuantityRef) -> bool {
    match of.object {
        Object::Input => model.inputs[of.index].minimum < 0,
        Object::Ledger => model.ledgers[of.index].may_be_negative(),
        Object::Swap => matches!(of.quantity, Quantity::PayAccrued | Quantity::ReceiveAccrued),
        _ => false,
    }
}
