//! What a plan can record and measure, by name.

use crate::deal::Deal;
use crate::formula::{Object, Quantity, QuantityRef, Unit};

use super::claims::receipts;
use super::groups;
use super::model::{Claim, Model, NoteModel};
use super::op::Direction;

/// The unit of an output or metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutputUnit {
    /// Minor units of the currency.
    Amount,
    /// 1e-9.
    Number,
    /// A whole number or a flag.
    Count,
    /// Years, as binary64.
    Years,
}

impl OutputUnit {
    /// Its name in listings.
    pub fn name(self) -> &'static str {
        match self {
            OutputUnit::Amount => "amount",
            OutputUnit::Number => "number",
            OutputUnit::Count => "count",
            OutputUnit::Years => "years",
        }
    }
}

/// A flow or stock that can be recorded for every date and scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputSpec {
    /// `object.quantity`, or `status`.
    pub name: String,
    /// Its unit.
    pub unit: OutputUnit,
    /// What is read; `None` for the deal's status.
    pub of: Option<QuantityRef>,
}

/// A figure per scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricSpec {
    /// `object.metric`, `status` or `outcome`.
    pub name: String,
    /// Its unit.
    pub unit: OutputUnit,
    /// What it is.
    pub kind: MetricKind,
}

/// The figures per scenario; the number is the object's position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetricKind {
    /// Interest paid in all.
    InterestPaid(usize),
    /// Principal paid in all.
    PrincipalPaid(usize),
    /// The largest interest due and unpaid at the close of a date.
    InterestShortfall(usize),
    /// The largest principal due and unpaid at the close of a date.
    PrincipalShortfall(usize),
    /// Premium paid in all.
    PremiumPaid(usize),
    /// Balance and interest due at the end.
    Loss(usize),
    /// Interest paid in all on the notes of a group.
    GroupInterestPaid(usize),
    /// Principal paid in all on the notes of a group.
    GroupPrincipalPaid(usize),
    /// Balance and interest due at the end of the notes of a group.
    GroupLoss(usize),
    /// Weighted average life in years from the dated date.
    Wal(usize),
    /// A fee paid in all.
    FeePaid(usize),
    /// The largest fee due and unpaid at the close of a date.
    FeeShortfall(usize),
    /// An out-cashflow paid in all.
    CostPaid(usize),
    /// The largest cost due and unpaid at the close of a date.
    CostShortfall(usize),
    /// Distributed in all.
    Distributed(usize),
    /// What an account holds at the end.
    ClosingBalance(usize),
    /// A flow in all.
    Total(QuantityRef),
    /// The largest of a due at the close of any date.
    Peak(QuantityRef),
    /// A stock at the end.
    Closing(QuantityRef),
    /// The least or greatest ratio of a test.
    Worst(usize),
    /// Where a test first failed.
    FirstBreach(usize),
    /// Readings after which a test was failing.
    BreachDates(usize),
    /// How often a test was cured.
    Cures(usize),
    /// What cured a test in all.
    Cured(usize),
    /// The status at the end.
    Status,
    /// 0 where the scenario is complete, 1 where it overflowed, 2 where a `solve` found no fixed point.
    Outcome,
}

/// All outputs of a model, in declared order.
pub fn outputs(deal: &Deal, model: &Model) -> Vec<OutputSpec> {
    use Quantity as Q;
    let mut specs = Vec::new();
    let mut push = |object: Object, index: usize, quantities: &[Quantity]| {
        for &quantity in quantities {
            let of = QuantityRef { object, index, quantity };
            let written = of.written(deal);
            let name = written.strip_prefix("tests.").unwrap_or(&written).to_string();
            specs.push(OutputSpec { name, unit: unit(quantity), of: Some(of) });
        }
    };
    for i in 0..model.leases.len() {
        push(Object::Lease, i, &figures_of(model, Object::Lease, i));
    }
    for i in 0..model.contracts.len() {
        push(Object::Contract, i, &figures_of(model, Object::Contract, i));
    }
    for i in 0..model.fleets.len() {
        push(Object::Fleet, i, &figures_of(model, Object::Fleet, i));
    }
    for i in 0..model.borrowing_bases.len() {
        push(Object::BorrowingBase, i, &figures_of(model, Object::BorrowingBase, i));
    }
    for (i, cashflow) in model.cashflows.iter().enumerate() {
        let quantities: &[Q] = if cashflow.is_out { &[Q::Amount, Q::Due, Q::Paid, Q::Shortfall] } else { &[Q::Amount] };
        push(Object::Cashflow, i, quantities);
    }
    for (i, account) in model.accounts.iter().enumerate() {
        let quantities: &[Q] = if account.target.is_some() { &[Q::Balance, Q::Target] } else { &[Q::Balance] };
        push(Object::Account, i, quantities);
        if account.earns.is_some() {
            push(Object::Account, i, &[Q::Earned]);
        }
    }
    for i in 0..model.fees.len() {
        push(Object::Fee, i, &[Q::Accrued, Q::Due, Q::Paid, Q::Shortfall]);
        if model.fees[i].cap.is_some() {
            push(Object::Fee, i, &[Q::ExcessDue, Q::ExcessPaid, Q::ExcessShortfall, Q::CapRoom]);
        }
    }
    for (i, note) in model.notes.iter().enumerate() {
        push(
            Object::Note,
            i,
            &[
                Q::Balance,
                Q::InterestAccrued,
                Q::InterestDue,
                Q::InterestPaid,
                Q::InterestShortfall,
                Q::PrincipalDue,
                Q::PrincipalPaid,
                Q::PrincipalShortfall,
                Q::ScheduledInterest,
                Q::ScheduledPrincipal,
                Q::ScheduledDebtService,
                Q::ScheduledBalance,
                Q::Proceeds,
            ],
        );
        push(Object::Note, i, &further_quantities(note));
        if note.additional.is_some() {
            push(Object::Note, i, &[Q::AdditionalInterestAccrued, Q::AdditionalInterestDue]);
            push(Object::Note, i, &[Q::AdditionalInterestPaid, Q::AdditionalInterestShortfall]);
        }
        if has_premium_due(model, i) {
            push(Object::Note, i, &[Q::PremiumDue, Q::PremiumShortfall]);
            if !note.prepaid {
                push(Object::Note, i, &[Q::PremiumPaid]);
            }
        }
    }
    for i in 0..model.groups.len() {
        push(Object::Group, i, &groups::RECORDED);
    }
    for i in 0..model.equity.len() {
        push(Object::Equity, i, &[Q::Distributed]);
    }
    for i in 0..model.ledgers.len() {
        push(Object::Ledger, i, &[Q::Balance]);
    }
    for i in 0..model.taxes.len() {
        push(Object::Tax, i, &[Q::Accrued, Q::Due, Q::Paid, Q::Shortfall]);
    }
    for i in 0..model.facilities.len() {
        push(Object::Facility, i, &[Q::Drawn, Q::Available, Q::Draws, Q::Repaid]);
        push(Object::Facility, i, &[Q::InterestAccrued, Q::InterestDue, Q::InterestPaid, Q::InterestShortfall]);
        push(Object::Facility, i, &[Q::FeeAccrued, Q::FeeDue, Q::FeePaid, Q::FeeShortfall]);
    }
    for (i, swap) in model.swaps.iter().enumerate() {
        push(Object::Swap, i, &[Q::PayAccrued, Q::ReceiveAccrued, Q::Receivable, Q::Due]);
        push(Object::Swap, i, &[Q::Received, Q::Paid, Q::Shortfall]);
        if swap.is_terminated {
            push(Object::Swap, i, &[Q::TerminationDue, Q::TerminationPaid, Q::TerminationShortfall]);
        }
    }
    for i in 0..model.caps.len() {
        push(Object::RateCap, i, &[Q::Accrued, Q::Receivable, Q::Received]);
    }
    for i in 0..model.assets.len() {
        push(Object::Asset, i, &[Q::Balance, Q::Receivable, Q::Earned, Q::Repaid, Q::Lost]);
        push(Object::Asset, i, &[Q::Bought, Q::Sold, Q::Cost, Q::Proceeds]);
    }
    for i in 0..model.tests.len() {
        let has_cure = model.tests[i].cure.is_some();
        push(Object::Test, i, if has_cure { &[Q::Value, Q::Failing, Q::Cure] } else { &[Q::Value, Q::Failing] });
        if model.is_waived(i) {
            push(Object::Test, i, &[Q::Waived]);
        }
    }
    if model.acceleration.is_some() {
        push(Object::Acceleration, 0, &[Q::Active]);
    }
    for (index, (name, unit)) in model.inspections.iter().enumerate() {
        let of = QuantityRef { object: Object::Inspection, index, quantity: Quantity::Value };
        specs.push(OutputSpec { name: format!("inspect.{name}"), unit: unit_of(*unit), of: Some(of) });
    }
    specs.push(OutputSpec { name: "status".to_string(), unit: OutputUnit::Count, of: None });
    specs
}

/// All metrics of a model, in declared order.
pub fn metrics(deal: &Deal, model: &Model) -> Vec<MetricSpec> {
    use MetricKind as K;
    let mut specs = Vec::new();
    let mut push = |name: String, unit: OutputUnit, kind: MetricKind| specs.push(MetricSpec { name, unit, kind });
    let amount = OutputUnit::Amount;
    for of in model.figures.iter().map(|figure| figure.of).filter(|of| model.is_totalled(of)) {
        push(of.written(deal), amount, K::Total(of));
    }
    for (i, note) in model.notes.iter().enumerate() {
        push(format!("{}.interest_paid", note.name), amount, K::InterestPaid(i));
        push(format!("{}.principal_paid", note.name), amount, K::PrincipalPaid(i));
        push(format!("{}.interest_shortfall", note.name), amount, K::InterestShortfall(i));
        push(format!("{}.principal_shortfall", note.name), amount, K::PrincipalShortfall(i));
        push(format!("{}.loss", note.name), amount, K::Loss(i));
        push(format!("{}.wal", note.name), OutputUnit::Years, K::Wal(i));
        if note.prepaid && !has_premium_due(model, i) {
            push(format!("{}.premium_paid", note.name), amount, K::PremiumPaid(i));
        }
    }
    for (i, group) in model.groups.iter().enumerate() {
        let peak = |quantity: Quantity| K::Peak(QuantityRef { object: Object::Group, index: i, quantity });
        push(format!("{}.interest_paid", group.name), amount, K::GroupInterestPaid(i));
        push(format!("{}.principal_paid", group.name), amount, K::GroupPrincipalPaid(i));
        push(format!("{}.interest_shortfall", group.name), amount, peak(Quantity::InterestDue));
        push(format!("{}.principal_shortfall", group.name), amount, peak(Quantity::PrincipalDue));
        push(format!("{}.loss", group.name), amount, K::GroupLoss(i));
    }
    for (i, fee) in model.fees.iter().enumerate() {
        push(format!("{}.paid", fee.name), amount, K::FeePaid(i));
        push(format!("{}.shortfall", fee.name), amount, K::FeeShortfall(i));
    }
    for (i, cashflow) in model.cashflows.iter().enumerate().filter(|(_, c)| c.is_out) {
        push(format!("{}.paid", cashflow.name), amount, K::CostPaid(i));
        push(format!("{}.shortfall", cashflow.name), amount, K::CostShortfall(i));
    }
    for (i, equity) in model.equity.iter().enumerate() {
        push(format!("{equity}.distributed"), amount, K::Distributed(i));
    }
    for (i, account) in model.accounts.iter().enumerate() {
        push(format!("{}.closing_balance", account.name), amount, K::ClosingBalance(i));
        if account.earns.is_some() {
            let of = QuantityRef { object: Object::Account, index: i, quantity: Quantity::Earned };
            push(format!("{}.earned", account.name), amount, K::Total(of));
        }
    }
    for claim in Claim::all(model) {
        push(claim.paid().written(deal), amount, K::Total(claim.paid()));
        match claim {
            Claim::Drawn(i) => {
                push(format!("{}.closing_drawn", model.facilities[i].name), amount, K::Closing(claim.due()));
            }
            _ => push(claim.shortfall().written(deal), amount, K::Peak(claim.due())),
        }
    }
    for of in receipts(model) {
        push(of.written(deal), amount, K::Total(of));
    }
    for (index, asset) in model.assets.iter().enumerate() {
        let of = |quantity| QuantityRef { object: Object::Asset, index, quantity };
        for quantity in super::assets::MEASURED {
            push(of(quantity).written(deal), amount, K::Total(of(quantity)));
        }
        push(format!("{}.closing_balance", asset.name), amount, K::Closing(of(Quantity::Balance)));
    }
    for (i, ledger) in model.ledgers.iter().enumerate() {
        let of = QuantityRef { object: Object::Ledger, index: i, quantity: Quantity::Balance };
        push(format!("{}.closing_balance", ledger.name), amount, K::Closing(of));
    }
    for (i, test) in model.tests.iter().enumerate() {
        let worst = match test.direction {
            Direction::AtLeast => "minimum",
            Direction::AtMost => "maximum",
        };
        push(format!("{}.{worst}", test.name), OutputUnit::Number, K::Worst(i));
        push(format!("{}.first_breach_index", test.name), OutputUnit::Count, K::FirstBreach(i));
        push(format!("{}.n_breach_dates", test.name), OutputUnit::Count, K::BreachDates(i));
        if test.cure.is_some() {
            push(format!("{}.n_cures", test.name), OutputUnit::Count, K::Cures(i));
            push(format!("{}.cured", test.name), amount, K::Cured(i));
        }
    }
    push("status".to_string(), OutputUnit::Count, K::Status);
    push("outcome".to_string(), OutputUnit::Count, K::Outcome);
    specs
}

/// Whether a premium may fall due on a note.
fn has_premium_due(model: &Model, note: usize) -> bool {
    model.acceleration.as_ref().is_some_and(|terms| terms.premium && terms.notes.contains(&note))
}

/// What is recorded of a note for terms that it has.
fn further_quantities(note: &NoteModel) -> Vec<Quantity> {
    use Quantity as Q;
    let terms: [(bool, &[Quantity]); 9] = [
        (note.records_rate, &[Q::Rate]),
        (note.target.is_some() || note.is_limited(), &[Q::Target]),
        (note.unpaid.is_some(), &[Q::UnpaidInterestAccrued, Q::UnpaidInterestDue]),
        (note.capitalizes, &[Q::InterestCapitalized]),
        (note.written, &[Q::WrittenDown]),
        (note.records_factor, &[Q::Factor]),
        (note.prepaid, &[Q::PremiumPaid]),
        (note.funding.is_some(), &[Q::Room, Q::Funded]),
        (note.is_extended(), &[Q::Extended]),
    ];
    terms.iter().filter(|(has, _)| *has).flat_map(|(_, quantities)| *quantities).copied().collect()
}

/// The figures of a lease or contract, in the order in which they are made.
fn figures_of(model: &Model, object: Object, index: usize) -> Vec<Quantity> {
    let own = model.figures.iter().map(|figure| figure.of).filter(|of| (of.object, of.index) == (object, index));
    own.map(|of| of.quantity).filter(|quantity| !quantity.is_internal()).collect()
}

/// The unit under which a formula is recorded.
fn unit_of(unit: Unit) -> OutputUnit {
    match unit {
        Unit::Amount => OutputUnit::Amount,
        Unit::Number => OutputUnit::Number,
        Unit::Count | Unit::Flag => OutputUnit::Count,
    }
}

fn unit(quantity: Quantity) -> OutputUnit {
    match quantity {
        Quantity::Value | Quantity::Rate | Quantity::Factor => OutputUnit::Number,
        Quantity::Failing | Quantity::Waived | Quantity::Active | Quantity::Index => OutputUnit::Count,
        Quantity::Extended => OutputUnit::Count,
        _ => unit_of(quantity.unit_of_collateral()),
    }
}
