//! The explanation of one figure on one date: which steps made it, what was asked for, and what bound it.

use std::fmt::Write;

use crate::basics::{NUMBER_SCALE, format_amount};
use crate::formula::{Object, Quantity, QuantityRef};
use crate::plan::{EffectModel, Model, NoteModel, OutputSpec, OutputUnit, Party, Payee, Payer};

use super::TracedScenario;
use super::conservation::recorded_dates;
use super::ledger::{BoundBy, LedgerRow, all_rows};

/// Explain an output on a date, in lines of text; `None` if the plan has no such output or date.
pub fn explain(scenario: &TracedScenario, name: &str, period: usize) -> Option<String> {
    let outputs = scenario.plan.outputs();
    let spec = outputs.iter().find(|spec| spec.name == name)?;
    let explanation = Explanation { scenario, model: scenario.plan.model(), period };
    let date = explanation.model.dates.get(period)?;
    let value = scenario.output(name)?[period];
    let shown = explanation.shown(spec.unit, value);
    let currency = scenario.plan.currency(name, spec.unit).map_or(String::new(), |name| explanation.said(&name));
    let mut text = format!("{name} on {date} (period {period}): {shown}{currency}\n");
    explanation.write_body(&mut text, spec);
    explanation.write_stop(&mut text);
    Some(text)
}

struct Explanation<'a> {
    scenario: &'a TracedScenario<'a>,
    model: &'a Model,
    period: usize,
}

impl Explanation<'_> {
    /// Why there are no figures any more, if there are none.
    fn write_stop(&self, text: &mut String) {
        let what = match self.scenario.metric("outcome") {
            Some(1.0) => "the scenario left the range of amounts (overflow)",
            Some(2.0) => "a `solve` found no fixed point (no_convergence)",
            _ => return,
        };
        let n_dates = recorded_dates(self.scenario);
        if let Some(date) = self.model.dates.get(n_dates).filter(|_| self.period >= n_dates) {
            let _ = writeln!(text, "  {what}: everything is zero from {date} on");
        }
    }

    fn write_body(&self, text: &mut String, spec: &OutputSpec) {
        let Some(of) = spec.of else {
            return self.write_status(text);
        };
        match (of.object, of.quantity) {
            (Object::Account, Quantity::Balance) => self.write_account(text, of.index),
            (Object::Account, Quantity::Target) => self.write_target(text, of.index),
            (Object::Note, Quantity::Balance) => self.write_rows(text, &|row| repays(row.to, of)),
            (Object::Note, Quantity::InterestAccrued) => self.write_accrual(text, of.index),
            (Object::Group, _) => self.write_group(text, of),
            (Object::Note, Quantity::Funded) => {
                self.write_rows(text, &|row| row.from == Party::Payer(Payer::Note(of.index)));
            }
            (Object::Ledger, _) => self.write_ledger(text, of.index),
            (Object::Inspection, _) => self.write_inspection(text, of.index, spec.unit),
            (Object::Test, _) => self.write_test(text, of.index),
            (Object::Lease, _) => self.write_rent(text, of),
            (Object::Contract | Object::Fleet | Object::BorrowingBase, _) => self.write_figures(text, of),
            _ => {
                self.write_rows(text, &|row| pays(row.to, of));
                self.write_unpaid(text, spec);
            }
        }
    }

    /// On which date a target that is prefunded is as high as it is held now.
    fn write_target(&self, text: &mut String, account: usize) {
        let Some(peaks) = &self.model.accounts[account].peaks else { return };
        let peak = peaks[self.period];
        let last = peaks.iter().rposition(|value| *value == peak).unwrap_or(self.period);
        if peak > 0 {
            let _ = writeln!(text, "  the highest requirement still to come, that of {}", self.model.dates[last]);
        }
    }

    /// The parts of a group's sum, and the steps that paid them.
    fn write_group(&self, text: &mut String, of: QuantityRef) {
        let parts: Vec<QuantityRef> = self.model.groups[of.index].parts(of.quantity).collect();
        for spec in self.scenario.plan.outputs().iter().filter(|spec| spec.of.is_some_and(|of| parts.contains(&of))) {
            let value = self.scenario.output(&spec.name).map_or(0.0, |series| series[self.period]);
            let _ = writeln!(text, "  {}: {}", spec.name, self.shown(spec.unit, value));
        }
        self.write_rows(text, &|row| parts.iter().any(|part| repays(row.to, *part)));
    }

    /// The steps that made the figure.
    fn write_rows(&self, text: &mut String, wanted: &dyn Fn(&LedgerRow) -> bool) {
        for row in all_rows(self.scenario).iter().filter(|row| row.period == self.period && wanted(row)) {
            let clause = row.clause.as_ref().map_or(String::new(), |clause| format!(" [{clause}]"));
            let _ = writeln!(
                text,
                "  {} / {}{clause}: {} asked {} of {} which had {}; moved {}, bound by {}",
                row.waterfall,
                row.step,
                row.to_name,
                self.money(row.requested),
                row.from_name,
                self.money(row.available),
                self.money(row.amount) + &self.said(&row.currency),
                row.bound_by
            );
        }
    }

    /// What stays due after the date.
    fn write_unpaid(&self, text: &mut String, spec: &OutputSpec) {
        let shortfall = spec
            .name
            .replace("_paid", "_shortfall")
            .replace(".paid", ".shortfall")
            .replace("_due", "_shortfall")
            .replace(".due", ".shortfall");
        if let Some(series) = self.scenario.output(&shortfall).filter(|_| shortfall.contains("shortfall")) {
            let _ = writeln!(
                text,
                "  due and unpaid at the close: {}",
                self.shown(OutputUnit::Amount, series[self.period])
            );
        }
    }

    fn write_account(&self, text: &mut String, account: usize) {
        let balances = self.scenario.output(&format!("{}.balance", self.model.accounts[account].name)).unwrap_or(&[]);
        #[allow(clippy::cast_precision_loss, reason = "amounts of a valid deal are below 2^52")]
        let opening = if self.period == 0 {
            self.model.accounts[account].opening_balance as f64
        } else {
            balances[self.period - 1]
        };
        let _ = writeln!(text, "  opening balance: {}", self.shown(OutputUnit::Amount, opening));
        self.write_rows(text, &|row| row.from == Party::Account(account) || row.to == Party::Account(account));
    }

    /// What was written to a ledger.
    fn write_ledger(&self, text: &mut String, ledger: usize) {
        let ledger_model = &self.model.ledgers[ledger];
        let balances = self.scenario.output(&format!("{}.balance", ledger_model.name)).unwrap_or(&[]);
        #[allow(clippy::cast_possible_truncation, reason = "lanes carry integers below 2^52")]
        let opening = if self.period == 0 { ledger_model.opening } else { balances[self.period - 1] as i64 };
        let _ = writeln!(text, "  opening balance: {}", self.money(opening));
        let rows = all_rows(self.scenario);
        for row in rows.iter().filter(|row| row.period == self.period && row.to == Party::Ledger(ledger)) {
            let clause = row.clause.as_ref().map_or(String::new(), |clause| format!(" [{clause}]"));
            let (amount, change) = (self.money(row.requested), self.money(row.amount));
            let held = match &row.bound_by {
                BoundBy::Condition(when) => format!(", held back by when: {when}"),
                _ => String::new(),
            };
            let _ = writeln!(
                text,
                "  {} / {}{clause}: booked {amount}, which moved the balance by {change}{held}",
                row.waterfall, row.step
            );
        }
    }

    /// What steps recorded under a name.
    fn write_inspection(&self, text: &mut String, of: usize, unit: OutputUnit) {
        let rows = all_rows(self.scenario);
        for row in rows.iter().filter(|row| row.period == self.period && row.to == Party::Inspection(of)) {
            let clause = row.clause.as_ref().map_or(String::new(), |clause| format!(" [{clause}]"));
            #[allow(clippy::cast_precision_loss, reason = "amounts of a row are below 2^52")]
            let value = self.shown(unit, row.amount as f64);
            let held = match &row.bound_by {
                BoundBy::Condition(when) => format!(", not recorded by when: {when}"),
                _ => String::new(),
            };
            let _ = writeln!(text, "  {} / {}{clause}: {value}{held}", row.waterfall, row.step);
        }
    }

    fn write_accrual(&self, text: &mut String, note: usize) {
        let note = &self.model.notes[note];
        let Some(payment) = note.payment[self.period] else {
            return;
        };
        if note.known_rates().is_none() || note.inside.is_some() {
            return self.write_accrual_in_lanes(text, note, payment);
        }
        let factor = note.rule.factors[payment];
        let _ = writeln!(
            text,
            "  balance before the date's payments x {} / {}, rounded {} once{}",
            factor.numerator,
            factor.denominator,
            self.model.rounding.name(),
            note.rule.n_units.map_or(String::new(), |n| format!(", per denomination ({n} of them)"))
        );
        let _ = writeln!(text, "  scheduled: {}", self.money(note.scheduled_interest[self.period]));
    }

    /// An accrual whose rate or balance a scenario decides.
    fn write_accrual_in_lanes(&self, text: &mut String, note: &NoteModel, payment: usize) {
        let fraction = note.fractions[payment];
        let base = if note.inside.is_some() { "the sum of balance times days" } else { "balance x days" };
        let rate = self.scenario.output(&format!("{}.rate", note.name)).map(|series| series[self.period]);
        let rate = rate.map_or(String::from("its rate"), |rate| self.shown(OutputUnit::Number, rate));
        let _ = writeln!(
            text,
            "  {base} (of {} in the period) x {rate} / {}, rounded {} once",
            fraction.numerator,
            fraction.denominator,
            self.model.rounding.name()
        );
        let _ = writeln!(text, "  scheduled: {}", self.money(note.scheduled_interest[self.period]));
    }

    fn write_rent(&self, text: &mut String, of: QuantityRef) {
        let lease = &self.model.leases[of.index];
        if lease.clauses.is_some() {
            return self.write_figures(text, of);
        }
        let Some(base) = lease.base[self.period] else {
            let _ = writeln!(text, "  no rent is due on this date");
            return;
        };
        match lease.input {
            Some(input) => drop(writeln!(text, "  the rent is inputs.{}", self.model.inputs[input].name)),
            None => drop(writeln!(text, "  base rent: {}", self.money(base))),
        }
        if let Some(input) = lease.factor {
            let _ = writeln!(text, "  x inputs.{}", self.model.inputs[input].name);
        }
        if of.quantity == Quantity::IssuerRent {
            let _ = writeln!(text, "  x issuer's share: {}", ratio(lease.issuer_share));
        }
    }

    /// What collateral is and brings on the date: every figure of the object that is not 0.
    fn write_figures(&self, text: &mut String, own: QuantityRef) {
        let is_own = |of: QuantityRef| (of.object, of.index) == (own.object, own.index);
        for spec in self.scenario.plan.outputs().iter().filter(|spec| spec.of.is_some_and(is_own)) {
            let value = self.scenario.output(&spec.name).map_or(f64::NAN, |series| series[self.period]);
            if value != 0.0 {
                let _ = writeln!(text, "  {}: {}", spec.name, self.shown(spec.unit, value));
            }
        }
    }

    fn write_test(&self, text: &mut String, index: usize) {
        let test = &self.model.tests[index];
        let series = |quantity: &str| {
            self.scenario.output(&format!("{}.{quantity}", test.name)).map_or(f64::NAN, |series| series[self.period])
        };
        let _ = writeln!(
            text,
            "  value: {}; level {}, cure level {}",
            self.shown(OutputUnit::Number, series("value")),
            ratio(test.level),
            ratio(test.cure_level)
        );
        if let Some(forward) = &test.forward {
            let ends = forward.ends(self.period);
            let last = ends.last().map_or("no later date".to_string(), |&end| self.model.dates[end].to_string());
            let _ = writeln!(text, "  it looks ahead to {last}, view {}", forward.view.name());
        }
        let state = match (test.measured[self.period], series("failing") == 1.0) {
            (None, true) => "not measured on this date; it stays failing",
            (None, false) => "not measured on this date; it stays passing",
            (Some(_), true) => "failing",
            (Some(_), false) => "passing",
        };
        let _ = writeln!(text, "  state: {state}");
        if series("waived") == 1.0 {
            let _ = writeln!(text, "  it is waived: its effects do not act");
        }
        self.write_effects(text, index);
    }

    /// What a test does while it is failing, and what its effects moved on the date.
    fn write_effects(&self, text: &mut String, index: usize) {
        let own: Vec<usize> = self
            .model
            .effects()
            .enumerate()
            .filter(|(_, (test, _))| *test == index)
            .map(|(position, _)| position)
            .collect();
        for &position in &own {
            let (_, effect) = self.model.effects().nth(position).expect("an effect of the model");
            let _ = writeln!(text, "  while failing: {}", self.described(effect));
        }
        let cures = |row: &LedgerRow| row.from == Party::Payer(Payer::Cure(index)) && row.requested > 0;
        self.write_rows(text, &|row| cures(row) || row.effect.is_some_and(|effect| own.contains(&effect)));
    }

    fn described(&self, effect: &EffectModel) -> String {
        let notes = |notes: &[usize]| {
            notes.iter().map(|note| self.model.notes[*note].name.as_str()).collect::<Vec<_>>().join(", ")
        };
        match effect {
            EffectModel::LockUp => "nothing is distributed".to_string(),
            EffectModel::CashTrap { share, to } => {
                format!("{} of what would be distributed goes to {}", ratio(*share), self.model.accounts[*to].name)
            }
            EffectModel::Sweep { share, notes: swept } => {
                format!("{} of what would be distributed repays {}", ratio(*share), notes(swept))
            }
            EffectModel::Accelerate => "the debt is accelerated".to_string(),
            EffectModel::Reinstate => "where it stops failing, the acceleration is rescinded".to_string(),
            EffectModel::DrawStop { facilities, notes: stopped } => {
                let names = facilities.iter().map(|one| self.model.facilities[*one].name.as_str());
                let stopped = stopped.iter().map(|one| self.model.notes[*one].name.as_str());
                format!("nothing is drawn from {}", names.chain(stopped).collect::<Vec<_>>().join(", "))
            }
            EffectModel::EarlyAmortization { notes: early } => format!("all of {} is due", notes(early)),
            EffectModel::RateStep { notes: bear, extra } => format!("{} bear {} more", notes(bear), ratio(*extra)),
            EffectModel::RunSteps { block } => format!("the steps of {block} happen after it is run"),
            EffectModel::SetReserve { account, .. } => {
                format!("the target of {} is raised", self.model.accounts[*account].name)
            }
        }
    }

    fn write_status(&self, text: &mut String) {
        let status = self.scenario.output("status").map_or(0.0, |series| series[self.period]);
        let _ = writeln!(text, "  the waterfall is that of {}", self.model.statuses[status as usize]);
        for test in &self.model.tests {
            let failing = self
                .scenario
                .output(&format!("{}.failing", test.name))
                .is_some_and(|series| series[self.period] == 1.0);
            let statuses: Vec<&str> =
                test.sets_status.iter().map(|status| self.model.statuses[*status].as_str()).collect();
            let _ = writeln!(
                text,
                "  test {} is {} (sets {})",
                test.name,
                if failing { "failing" } else { "passing" },
                statuses.join(", ")
            );
        }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "lanes carry integers below 2^52")]
    fn shown(&self, unit: OutputUnit, value: f64) -> String {
        match unit {
            _ if value.is_nan() => "undefined".to_string(),
            OutputUnit::Amount => self.money(value as i64),
            OutputUnit::Number if value.is_infinite() => "beyond 4,503,599".to_string(),
            OutputUnit::Number => ratio(crate::lanes::quantise(value, NUMBER_SCALE as f64) as i64),
            OutputUnit::Count | OutputUnit::Years => value.to_string(),
        }
    }

    /// A currency behind an amount, where the deal has several.
    fn said(&self, currency: &str) -> String {
        if self.model.currencies.names.len() > 1 { format!(" {currency}") } else { String::new() }
    }

    fn money(&self, units: i64) -> String {
        format_amount(units, self.model.decimals)
    }
}

/// Whether a movement to this party is part of the flow, or lowers the balance.
fn repays(party: Party, of: QuantityRef) -> bool {
    match of.quantity {
        Quantity::Balance => {
            matches!(party, Party::Payee(Payee::Principal(note) | Payee::Balance(note)) if note == of.index)
        }
        _ => pays(party, of),
    }
}

/// Whether a movement to this party is part of the flow.
fn pays(party: Party, of: QuantityRef) -> bool {
    let Party::Payee(payee) = party else { return false };
    match (of.object, of.quantity, payee) {
        (
            Object::Note,
            Quantity::InterestPaid | Quantity::InterestDue | Quantity::InterestShortfall,
            Payee::Interest(i),
        ) => i == of.index,
        (
            Object::Note,
            Quantity::PrincipalPaid | Quantity::PrincipalDue | Quantity::PrincipalShortfall,
            Payee::Principal(i) | Payee::Balance(i),
        ) => i == of.index,
        (_, _, Payee::Claim(claim)) => [claim.due(), claim.paid(), claim.shortfall()].contains(&of),
        (Object::Fee, _, Payee::Fee(i))
        | (Object::Cashflow, _, Payee::Cost(i))
        | (Object::Asset, Quantity::Cost | Quantity::Bought, Payee::Asset(i))
        | (Object::Equity, _, Payee::Equity(i)) => i == of.index,
        _ => false,
    }
}

/// A number of 1e-9 with its decimals, trailing zeros left out.
fn ratio(units: i64) -> String {
    let (whole, rest) =
        (units.unsigned_abs() / NUMBER_SCALE.unsigned_abs(), units.unsigned_abs() % NUMBER_SCALE.unsigned_abs());
    let decimals = format!("{rest:09}");
    let decimals = decimals.trim_end_matches('0');
    let sign = if units < 0 { "-" } else { "" };
    if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
}
