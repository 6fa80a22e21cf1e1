//! The ledger: every movement of cash, with what was asked for, what there was, and what bound it.

use std::fmt;

use crate::basics::Date;
use crate::plan::{Hold, Model, Movement, Party, Payee, Payer, Payment, Phase, Shares, StepModel, Trace};

use super::TracedScenario;

/// One movement of cash.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerRow {
    /// The grid position.
    pub period: usize,
    /// The date.
    pub date: Date,
    /// `collection`, `closing`, the status whose waterfall ran, or `after`.
    pub waterfall: String,
    /// The step's place in its waterfall, from 0.
    pub position: usize,
    /// The step's name.
    pub step: String,
    /// The document's section.
    pub clause: Option<String>,
    /// Who paid.
    pub from: Party,
    /// The payer's name.
    pub from_name: String,
    /// Who received.
    pub to: Party,
    /// The payee's name.
    pub to_name: String,
    /// The currency of its amounts.
    pub currency: String,
    /// What was asked for, in minor units.
    pub requested: i64,
    /// What the source had to give, within the limits.
    pub available: i64,
    /// What moved.
    pub amount: i64,
    /// What kept it from being more.
    pub bound_by: BoundBy,
    /// The effect of a test that made the movement, by position among all effects.
    pub effect: Option<usize>,
}

/// What kept a movement from being more than it was.
#[derive(Clone, Debug, PartialEq)]
pub enum BoundBy {
    /// The request was met.
    Request,
    /// The source's cash.
    Cash(String),
    /// The source must keep a balance.
    KeepBalance(String),
    /// The step's cap.
    Cap(String),
    /// Payees share what there is.
    ProRata(String),
    /// The source keeps its target.
    AboveTarget(String),
    /// The receiving account lacks no more of its target.
    ToTarget,
    /// The step's condition did not hold.
    Condition(String),
    /// The condition of a support did not hold.
    OnlyIf(String),
    /// What bound a payment by a support.
    Support(Box<BoundBy>),
    /// The effect of a failing test, the acceleration, cures of the date, or a stop of draws.
    Effect(String),
}

impl fmt::Display for BoundBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BoundBy::Request => write!(f, "request"),
            BoundBy::Cash(account) => write!(f, "cash in {account}"),
            BoundBy::KeepBalance(formula) => write!(f, "keep_balance: {formula}"),
            BoundBy::Cap(formula) => write!(f, "cap: {formula}"),
            BoundBy::ProRata(account) => write!(f, "pro rata share of {account}"),
            BoundBy::AboveTarget(account) => write!(f, "above_target: {account}"),
            BoundBy::ToTarget => write!(f, "to_target"),
            BoundBy::Condition(formula) => write!(f, "when: {formula}"),
            BoundBy::OnlyIf(formula) => write!(f, "only_if: {formula}"),
            BoundBy::Support(by) => write!(f, "support: {by}"),
            BoundBy::Effect(effect) => write!(f, "{effect}"),
        }
    }
}

/// The rows of a scenario, in the order in which cash moved: one for each source and payee where something was asked for.
pub fn ledger(scenario: &TracedScenario) -> Vec<LedgerRow> {
    let mut rows = all_rows(scenario);
    rows.retain(|row| row.requested > 0 && !matches!(row.to, Party::Ledger(_) | Party::Inspection(_)));
    rows
}

/// The same with the rows where nothing was asked for, as when a step's condition did not hold.
pub(super) fn all_rows(scenario: &TracedScenario) -> Vec<LedgerRow> {
    let model = scenario.plan.model();
    let mut order: Vec<usize> = (0..scenario.lowered.movements.len()).collect();
    order.sort_by_key(|&index| {
        let movement = &scenario.lowered.movements[index];
        // A swap pays after it has received.
        let pays = movement.payee != usize::MAX;
        let place = (phase_order(model, movement.phase), movement.step, pays);
        (place, movement.source, movement.effect.is_none(), movement.payee)
    });
    let status = scenario.output("status").unwrap_or(&[]);
    let mut rows = Vec::new();
    for t in 0..model.dates.len() {
        for &index in &order {
            let movement = &scenario.lowered.movements[index];
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a status is a small whole number"
            )]
            let current = status.get(t).map_or(0, |value| *value as usize);
            let is_of_one = !model.leaves_at_once;
            if matches!(movement.phase, Phase::Status(status) if status != current && is_of_one) {
                continue;
            }
            rows.extend(row(scenario, model, index, movement, t, current));
        }
    }
    rows
}

/// Where a date comes to a phase.
fn phase_order(model: &Model, phase: Phase) -> usize {
    match phase {
        Phase::Collection => 0,
        Phase::Closing => 1,
        Phase::Shared => 2,
        Phase::Status(status) => 3 + model.order.iter().position(|other| *other == status).unwrap_or(0),
        Phase::After => usize::MAX,
    }
}

#[allow(clippy::cast_possible_truncation, reason = "lanes carry integers below 2^52")]
fn row(
    scenario: &TracedScenario,
    model: &Model,
    index: usize,
    movement: &Movement,
    t: usize,
    status: usize,
) -> Option<LedgerRow> {
    let at = |trace: Trace| scenario.series(scenario.plan.outputs().len() + Trace::COUNT * index + trace as usize)[t];
    let requested = at(Trace::Requested);
    if requested.is_nan() || (movement.effect.is_some() && at(Trace::Amount) == 0.0) {
        return None;
    }
    let step = step_of(model, movement);
    let (available, amount) = (at(Trace::Available) as i64, at(Trace::Amount) as i64);
    let from_name = party_name(model, movement.from);
    let waterfall = match movement.phase {
        Phase::Collection => "collection".to_string(),
        Phase::Closing => "closing".to_string(),
        Phase::After => "after".to_string(),
        Phase::Status(own) => model.statuses[own].clone(),
        Phase::Shared => model.statuses[status].clone(),
    };
    let figures = Figures { requested: requested as i64, available, amount, cap_left: at(Trace::CapLeft) };
    let hold = movement.effect.map(Hold::Effect).or(Hold::of(at(Trace::Condition)));
    let bound_by = match (movement.from, hold) {
        (Party::Payer(Payer::Cure(test)), _) if amount == 0 => {
            BoundBy::Effect(no_cure(model, test, figures.requested > available))
        }
        // What is gained is what the sources have paid for.
        (Party::Payee(Payee::Conversion), _) => BoundBy::Request,
        (_, Some(hold)) => held_back(step, movement, model.hold_name(hold)),
        _ => bound_by(step, movement, &from_name, &figures, at(Trace::Condition) == 0.0),
    };
    Some(LedgerRow {
        period: t,
        date: model.dates[t],
        waterfall,
        position: step.position,
        step: step.name.clone(),
        clause: step.clause.clone(),
        from: movement.from,
        from_name,
        to: movement.to,
        to_name: party_name(model, movement.to),
        currency: model.currencies.of_movement(movement.from, movement.to).unwrap_or_default().to_string(),
        requested: requested as i64,
        available,
        amount,
        bound_by,
        effect: movement.effect,
    })
}

/// Why a reading was not cured.
fn no_cure(model: &Model, test: usize, is_too_little: bool) -> String {
    let Some(cure) = &model.tests[test].cure else { return String::new() };
    match is_too_little {
        true => format!("inputs.{}", model.inputs[cure.input].name),
        false if cure.repays.is_empty() => "no cure is left".to_string(),
        false => "no cure is left, or too little debt".to_string(),
    }
}

/// What a hold bound: a source, or a support.
fn held_back(step: &StepModel, movement: &Movement, by: String) -> BoundBy {
    let by = BoundBy::Effect(by);
    let is_support = |payment: &Payment| movement.effect.is_none() && movement.source >= payment.from.len();
    if step.action.payment().is_some_and(is_support) { BoundBy::Support(Box::new(by)) } else { by }
}

/// Whether the payee takes all there is, so that meeting the request says nothing.
fn takes_all(movement: &Movement) -> bool {
    matches!(movement.to, Party::Payee(Payee::Equity(_)))
}

/// The figures of one movement.
struct Figures {
    requested: i64,
    available: i64,
    amount: i64,
    cap_left: f64,
}

/// What kept a movement from being more; `is_off` where a condition did not hold.
fn bound_by(step: &StepModel, movement: &Movement, account: &str, figures: &Figures, is_off: bool) -> BoundBy {
    let Some(payment) = step.action.payment() else {
        return if is_off { condition(step) } else { bound_of_release(account, figures) };
    };
    let Some(support) = movement.source.checked_sub(payment.from.len()) else {
        return if is_off { condition(step) } else { bound_of_payment(payment, movement, account, figures) };
    };
    let by = match &payment.supports[support].only_if {
        // A request above zero says that the step itself happens.
        Some((_, text)) if is_off && (figures.requested > 0 || step.when.is_none()) => BoundBy::OnlyIf(text.clone()),
        _ if is_off => condition(step),
        _ => bound_of_payment(payment, movement, account, figures),
    };
    BoundBy::Support(Box::new(by))
}

fn condition(step: &StepModel) -> BoundBy {
    BoundBy::Condition(step.when.as_ref().map_or(String::new(), |(_, text)| text.clone()))
}

fn bound_of_release(account: &str, figures: &Figures) -> BoundBy {
    if figures.amount == figures.requested { BoundBy::Request } else { BoundBy::Cash(account.to_string()) }
}

#[allow(clippy::cast_possible_truncation, reason = "lanes carry integers below 2^52")]
fn bound_of_payment(payment: &Payment, movement: &Movement, account: &str, figures: &Figures) -> BoundBy {
    let Figures { requested, available, amount, cap_left } = *figures;
    let limits = &payment.limits;
    let is_source = movement.source < payment.from.len();
    if amount == requested && !takes_all(movement) {
        return if limits.to_target && amount < available { BoundBy::ToTarget } else { BoundBy::Request };
    }
    match &limits.cap {
        Some((_, text)) if !cap_left.is_nan() && amount >= cap_left as i64 => return BoundBy::Cap(text.clone()),
        _ => {}
    }
    match &limits.keep_balance {
        Some((_, text)) if is_source => BoundBy::KeepBalance(text.clone()),
        _ if is_source && limits.above_target => BoundBy::AboveTarget(account.to_string()),
        _ if payment.shares != Shares::Sequential => BoundBy::ProRata(account.to_string()),
        _ => BoundBy::Cash(account.to_string()),
    }
}

fn step_of<'a>(model: &'a Model, movement: &Movement) -> &'a StepModel {
    match movement.phase {
        Phase::Collection => &model.collection[movement.step],
        Phase::Closing => &model.closing.as_ref().expect("a movement of `closing`").1[movement.step],
        Phase::Shared => &model.waterfalls[0][movement.step],
        Phase::Status(status) => &model.waterfalls[status][movement.step],
        Phase::After => &model.after[movement.step],
    }
}

/// The name of one end of a movement.
pub fn party_name(model: &Model, party: Party) -> String {
    match party {
        Party::Account(i) => model.accounts[i].name.clone(),
        Party::InterestDue(i) => format!("{}.interest_due", model.notes[i].name),
        Party::Balance(i) => format!("{}.balance", model.notes[i].name),
        Party::Premium(i) => format!("{}.premium", model.notes[i].name),
        Party::Loss => "loss".to_string(),
        Party::Payer(Payer::Lease(i)) => model.leases[i].name.clone(),
        Party::Payer(Payer::Contract(i)) => model.contracts[i].name.clone(),
        Party::Payer(Payer::Fleet(i)) => model.fleets[i].name.clone(),
        Party::Payer(Payer::Customer(i)) => format!("{}.proceeds", model.contracts[i].name),
        Party::Payer(Payer::Property(i)) => format!("{}.proceeds", model.leases[i].name),
        Party::Payer(Payer::Cashflow(i)) | Party::Payee(Payee::Cost(i)) => model.cashflows[i].name.clone(),
        Party::Payer(Payer::Facility(i)) => model.facilities[i].name.clone(),
        Party::Payer(Payer::Swap(i)) => model.swaps[i].name.clone(),
        Party::Payer(Payer::Asset(i)) | Party::Payee(Payee::Asset(i)) => model.assets[i].name.clone(),
        Party::Payer(Payer::Cap(i)) => model.caps[i].name.clone(),
        Party::Payer(Payer::Interest(i)) => format!("interest on {}", model.accounts[i].name),
        Party::Payer(Payer::Note(i)) => model.notes[i].name.clone(),
        Party::Payer(Payer::Cure(i)) => format!("equity_cure of {}", model.tests[i].name),
        Party::Payee(Payee::Fee(i)) => model.fees[i].name.clone(),
        Party::Payee(Payee::Interest(i)) => format!("{}.interest", model.notes[i].name),
        Party::Payee(Payee::Principal(i) | Payee::Balance(i)) => format!("{}.principal", model.notes[i].name),
        Party::Payee(Payee::Reserve(i) | Payee::Account(i)) => model.accounts[i].name.clone(),
        Party::Payee(Payee::Claim(claim)) => claim.name(model),
        Party::Ledger(i) => model.ledgers[i].name.clone(),
        Party::Inspection(i) => format!("inspect.{}", model.inspections[i].0),
        Party::Formula => "formula".to_string(),
        Party::Payee(Payee::Conversion) => "conversion".to_string(),
        Party::Payee(Payee::Equity(i)) => model.equity[i].clone(),
    }
}
