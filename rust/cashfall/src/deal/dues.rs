//! The dues that a step pays, and the terms on which it pays them, whatever its verb.

use super::model::{Deal, Limit, NoteGroup, Order, Ranking, Support, Verb};
use super::text::Name;
use super::weights::Weights;

/// A kind of due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DueKind {
    /// What is due of a fee.
    Fee,
    /// What a cap on a fee has held back.
    Excess,
    /// What is drawn on a facility.
    Drawn,
    /// A facility's commitment fee.
    FacilityFee,
    /// Interest on what is drawn on a facility.
    FacilityInterest,
    /// What the deal owes on a swap.
    Swap,
    /// What the deal owes on a swap that has ended.
    Termination,
    /// What is due of an outgoing cashflow.
    Cost,
    /// Interest that is due on a note.
    Interest,
    /// Principal that is due on a note.
    Principal,
    /// The whole balance of a note.
    Balance,
    /// The premium that falls due on a note when it is accelerated.
    Premium,
    /// Additional interest after a note's anticipated repayment date.
    Additional,
}

impl DueKind {
    /// Whether it is a due of a note.
    pub fn is_of_note(self) -> bool {
        matches!(
            self,
            DueKind::Interest | DueKind::Principal | DueKind::Balance | DueKind::Premium | DueKind::Additional
        )
    }

    /// Whether it repays a note.
    pub fn repays(self) -> bool {
        matches!(self, DueKind::Principal | DueKind::Balance)
    }
}

/// One due that a step pays.
#[derive(Clone, Copy, Debug)]
pub struct Due<'a> {
    /// Its kind.
    pub kind: DueKind,
    /// The name of the object.
    pub object: &'a str,
    /// What the document writes.
    pub written: &'a Name,
}

/// The terms on which a step pays its dues.
#[derive(Clone, Copy, Debug)]
pub struct PaymentTerms<'a> {
    /// How the payees rank.
    pub ranking: Ranking,
    /// By what they share.
    pub weights: Option<&'a Weights>,
    /// In which order they stand.
    pub order: Order,
    /// What the step may not exceed.
    pub limit: Option<&'a Limit>,
    /// Who pays what the sources leave unpaid.
    pub support: &'a [Support],
}

/// The quantities of an object that are dues, with their kinds; nothing if it has none.
pub fn dues_of(deal: &Deal, object: &str) -> Vec<(&'static str, DueKind)> {
    if let Some(group) = deal.groups.get(object) {
        return dues_of_group(deal, group);
    }
    let mut dues = usual_dues(deal, object).to_vec();
    if deal.has_premium_due(object) {
        dues.push(("premium_due", DueKind::Premium));
    }
    if deal.notes.get(object).is_some_and(|note| note.anticipated_repayment.is_some()) {
        dues.push(("additional_interest_due", DueKind::Additional));
    }
    dues
}

/// Those of its notes, each once.
fn dues_of_group(deal: &Deal, group: &NoteGroup) -> Vec<(&'static str, DueKind)> {
    let notes = group.notes.iter().filter(|note| deal.notes.get(&note.text).is_some());
    let mut dues: Vec<(&'static str, DueKind)> = Vec::new();
    for due in notes.flat_map(|note| dues_of(deal, &note.text)) {
        if !dues.contains(&due) {
            dues.push(due);
        }
    }
    dues
}

/// Those that every object of its kind has.
fn usual_dues(deal: &Deal, object: &str) -> &'static [(&'static str, DueKind)] {
    if deal.fees.get(object).is_some() && deal.is_capped(object) {
        &[("due", DueKind::Fee), ("excess_due", DueKind::Excess)]
    } else if deal.fees.get(object).is_some() {
        &[("due", DueKind::Fee)]
    } else if deal.facilities.get(object).is_some() {
        &[("fee_due", DueKind::FacilityFee), ("interest_due", DueKind::FacilityInterest), ("drawn", DueKind::Drawn)]
    } else if deal.swaps.get(object).is_some() && deal.is_terminated(object) {
        &[("due", DueKind::Swap), ("termination_due", DueKind::Termination)]
    } else if deal.swaps.get(object).is_some() {
        &[("due", DueKind::Swap)]
    } else if deal.cashflows.get(object).is_some() {
        &[("due", DueKind::Cost)]
    } else if deal.notes.get(object).is_some() {
        &[("interest_due", DueKind::Interest), ("principal_due", DueKind::Principal), ("balance", DueKind::Balance)]
    } else {
        &[]
    }
}

/// The due that `object.quantity` names.
pub fn due<'a>(deal: &Deal, written: &'a Name) -> Option<Due<'a>> {
    let (object, quantity) = written.text.split_once('.')?;
    let (_, kind) = dues_of(deal, object).into_iter().find(|(word, _)| *word == quantity)?;
    Some(Due { kind, object, written })
}

impl Verb {
    /// The dues that it pays, as listed; a due that names nothing is left out.
    pub fn dues(&self, deal: &Deal) -> Vec<Due<'_>> {
        let (names, kind) = match self {
            Verb::Pay(step) => return step.dues.iter().filter_map(|written| due(deal, written)).collect(),
            Verb::PayFee(step) => (&step.fees, DueKind::Fee),
            Verb::PayExcess(step) => (&step.fees, DueKind::Excess),
            Verb::RepayFacility(step) => (&step.facilities, DueKind::Drawn),
            Verb::SettleSwap(step) => {
                let written = &step.swap;
                return vec![Due { kind: DueKind::Swap, object: &written.text, written }];
            }
            Verb::PayInterest(step) => (&step.notes, DueKind::Interest),
            Verb::PayPrincipal(step) => (&step.notes, DueKind::Principal),
            Verb::PayCost(step) => (&step.cashflows, DueKind::Cost),
            Verb::Sweep(step) => (&step.notes, DueKind::Balance),
            Verb::Prepay(step) => (&step.notes, DueKind::Balance),
            Verb::Refinance(step) => (&step.notes, DueKind::Balance),
            _ => return Vec::new(),
        };
        names.iter().map(|written| Due { kind, object: &written.text, written }).collect()
    }

    /// The terms on which it pays dues; nothing for a verb that pays none.
    pub fn payment_terms(&self) -> Option<PaymentTerms<'_>> {
        macro_rules! terms {
            ($step:expr) => {
                Some(PaymentTerms {
                    ranking: $step.ranking,
                    weights: $step.weights.as_ref(),
                    order: $step.order,
                    limit: $step.limit.as_ref(),
                    support: &$step.support,
                })
            };
        }
        match self {
            Verb::Pay(step) => terms!(step),
            Verb::PayFee(step) => terms!(step),
            Verb::PayExcess(step) => terms!(step),
            Verb::RepayFacility(step) => terms!(step),
            Verb::PayInterest(step) => terms!(step),
            Verb::PayPrincipal(step) => terms!(step),
            Verb::PayCost(step) => terms!(step),
            Verb::Sweep(step) => terms!(step),
            _ => None,
        }
    }

    /// Who pays what its sources leave unpaid.
    pub fn support(&self) -> &[Support] {
        match self {
            Verb::FillReserve(step) => &step.support,
            _ => self.payment_terms().map_or(&[], |terms| terms.support),
        }
    }
}
