//! What must happen exactly once, and what must happen at all.

use super::Checker;
use crate::deal::dues::DueKind;
use crate::deal::model::{Direction, Verb};
use crate::deal::text::Name;

/// A rule on how many steps with one of some verbs name an object.
struct Rule {
    verbs: &'static [&'static str],
    /// The kinds of due that the steps pay, whatever their verb.
    dues: &'static [DueKind],
    /// How the steps are told: "a `collect` step that collects it".
    step: &'static str,
    /// What is to be done if there is none.
    way_out: &'static str,
    /// Whether there must be one.
    needed: bool,
    /// Whether there may be only one.
    single: bool,
}

const COLLECTED: Rule = Rule {
    verbs: &["collect"],
    dues: &[],
    step: "a `collect` step that collects it",
    way_out: "add it to the `from` of a `collect` step",
    needed: true,
    single: true,
};
const PROCEEDS: Rule = Rule { needed: false, ..COLLECTED };
const FEE_ACCRUED: Rule = Rule {
    verbs: &["accrue_fee"],
    dues: &[],
    step: "an `accrue_fee` step that makes it due",
    way_out: "add it to the `fees` of an `accrue_fee` step",
    needed: true,
    single: true,
};
const INTEREST_ACCRUED: Rule = Rule {
    verbs: &["accrue_interest"],
    dues: &[],
    step: "an `accrue_interest` step that makes its interest due",
    way_out: "add it to the `notes` of an `accrue_interest` step",
    needed: true,
    single: true,
};
const TESTED: Rule = Rule {
    verbs: &["run_tests"],
    dues: &[],
    step: "a `run_tests` step that runs it",
    way_out: "add it to the `tests` of a `run_tests` step",
    needed: true,
    single: false,
};
const FEE_PAID: Rule = Rule {
    verbs: &[],
    dues: &[DueKind::Fee],
    step: "a `pay_fee` step that pays it",
    way_out: "add it to the `fees` of a `pay_fee` step, or it stays due for ever",
    needed: true,
    single: false,
};
const INTEREST_PAID: Rule = Rule {
    verbs: &[],
    dues: &[DueKind::Interest],
    step: "a `pay_interest` step that pays its interest",
    way_out: "add it to the `notes` of a `pay_interest` step, or its interest stays due for ever",
    needed: true,
    single: false,
};
const PRINCIPAL_PAID: Rule = Rule {
    verbs: &[],
    dues: &[DueKind::Principal, DueKind::Balance],
    step: "a `pay_principal` step that repays it",
    way_out: "add it to the `notes` of a `pay_principal` step, or it is never repaid",
    needed: true,
    single: false,
};
const EXCESS_PAID: Rule = Rule {
    verbs: &[],
    dues: &[DueKind::Excess],
    step: "a `pay_excess` step that pays what its cap holds back",
    way_out: "add it to the `fees` of a `pay_excess` step, or the excess stays due for ever",
    needed: true,
    single: false,
};
/// A rule that some step must name an object, or pay such a due of it.
const fn named(
    verbs: &'static [&'static str],
    dues: &'static [DueKind],
    step: &'static str,
    way_out: &'static str,
) -> Rule {
    Rule { verbs, dues, step, way_out, needed: true, single: false }
}

const REPAID: Rule = named(
    &[],
    &[DueKind::Drawn],
    "a `repay_facility` step that repays what is drawn",
    "add it to the `facilities` of a `repay_facility` step",
);
const FACILITY_FEE_PAID: Rule = named(
    &[],
    &[DueKind::FacilityFee],
    "a `pay` step that pays its commitment fee",
    "add its `fee_due` to the `dues` of a `pay` step, or the fee stays due for ever",
);
const FACILITY_INTEREST_PAID: Rule = named(
    &[],
    &[DueKind::FacilityInterest],
    "a `pay` step that pays its interest",
    "add its `interest_due` to the `dues` of a `pay` step, or the interest stays due for ever",
);
const SWAP_SETTLED: Rule =
    named(&["settle_swap"], &[], "a `settle_swap` step that settles it", "add a `settle_swap` step that names it");
const TERMINATION_PAID: Rule = named(
    &[],
    &[DueKind::Termination],
    "a `pay` step that pays what is owed when it ends",
    "add its `termination_due` to the `dues` of a `pay` step",
);
const PREMIUM_PAID: Rule = named(
    &[],
    &[DueKind::Premium],
    "a `pay` step that pays the premium of its acceleration",
    "add its `premium_due` to the `dues` of a `pay` step",
);
const ADDITIONAL_PAID: Rule = named(
    &[],
    &[DueKind::Additional],
    "a `pay` step that pays its additional interest",
    "add its `additional_interest_due` to the `dues` of a `pay` step",
);
const CAP_SETTLED: Rule =
    named(&["settle_cap"], &[], "a `settle_cap` step that settles it", "add a `settle_cap` step that names it");
const TAX_PAID: Rule = Rule {
    verbs: &["pay_tax"],
    dues: &[],
    step: "a `pay_tax` step that computes it",
    way_out: "add it to the `taxes` of a `pay_tax` step, or drop it",
    needed: true,
    single: false,
};
const COST_PAID: Rule = Rule {
    verbs: &[],
    dues: &[DueKind::Cost],
    step: "a `pay_cost` step that pays it",
    way_out: "add it to the `cashflows` of a `pay_cost` step, or it stays due for ever",
    needed: true,
    single: false,
};

impl<'a> Checker<'a> {
    pub(super) fn once(&mut self) {
        let deal = self.deal;
        deal.leases.iter().for_each(|(name, _)| self.hold(name, &COLLECTED));
        deal.contracts.iter().for_each(|(name, _)| self.hold(name, &COLLECTED));
        let sold = deal.fleets.iter().filter(|(_, fleet)| fleet.sale.is_some());
        sold.for_each(|(name, _)| self.hold(name, &COLLECTED));
        let earning = deal.accounts.iter().filter(|(_, account)| account.earns.is_some());
        earning.for_each(|(name, _)| self.hold(name, &COLLECTED));
        let collected = deal.assets.iter().filter(|(_, asset)| asset.is_collected());
        collected.for_each(|(name, _)| self.hold(name, &COLLECTED));
        for (name, cashflow) in &deal.cashflows {
            if !self.is_read(&format!("{}.direction", name.place.path)) {
                continue;
            }
            match cashflow.direction {
                Direction::In => self.hold(name, &COLLECTED),
                Direction::Out => self.hold(name, &COST_PAID),
            }
        }
        for (name, _) in &deal.fees {
            self.hold(name, &FEE_ACCRUED);
            self.hold(name, &FEE_PAID);
            if deal.is_capped(&name.text) {
                self.hold(name, &EXCESS_PAID);
            }
        }
        for (name, note) in &deal.notes {
            if note.anticipated_repayment.is_some() {
                self.hold(name, &ADDITIONAL_PAID);
            }
            self.hold(name, &PROCEEDS);
            self.hold(name, &INTEREST_ACCRUED);
            self.hold(name, &INTEREST_PAID);
            self.hold(name, &PRINCIPAL_PAID);
            if deal.has_premium_due(&name.text) {
                self.hold(name, &PREMIUM_PAID);
            }
        }
        deal.taxes.iter().for_each(|(name, _)| self.hold(name, &TAX_PAID));
        for (name, facility) in &deal.facilities {
            if self.all_steps().any(|(_, _, step)| step.verb.drawn().iter().any(|drawn| drawn.text == name.text)) {
                self.hold(name, &REPAID);
            }
            if facility.commitment_fee.is_some() {
                self.hold(name, &FACILITY_FEE_PAID);
            }
            if facility.interest.is_some() {
                self.hold(name, &FACILITY_INTEREST_PAID);
            }
        }
        for (name, _) in &deal.swaps {
            self.hold(name, &SWAP_SETTLED);
            if deal.is_terminated(&name.text) {
                self.hold(name, &TERMINATION_PAID);
            }
        }
        deal.caps.iter().for_each(|(name, _)| self.hold(name, &CAP_SETTLED));
        deal.tests.iter().for_each(|(name, _)| self.hold(name, &TESTED));
        self.tested_in_vain();
    }

    fn hold(&mut self, name: &Name, rule: &Rule) {
        // A name that stands twice in one list is told with the list.
        let acts = |verb: &'a Verb| -> Option<&'a Name> {
            if rule.verbs.contains(&verb.key()) {
                return verb.objects().iter().find(|object| object.text == name.text);
            }
            let dues = verb.dues(self.deal).into_iter();
            let mut dues = dues.filter(|due| rule.dues.contains(&due.kind) && due.object == name.text);
            dues.next().map(|due| due.written)
        };
        let steps = self.all_steps();
        let named: Vec<(&str, &Name)> =
            steps.filter_map(|(_, _, step)| Some((step.place.path.as_str(), acts(&step.verb)?))).collect();
        match named.as_slice() {
            [] if rule.needed && self.is_read("waterfalls") && self.hidden.is_empty() => {
                self.advise(&name.place, rule.step, "none", rule.way_out);
            }
            [(first, _), others @ ..] if rule.single => {
                for (_, again) in others {
                    let found = format!("`{}` again, after `{first}`", name.text);
                    self.advise(
                        &again.place,
                        format!("only one {}", rule.step.split_once(' ').unwrap_or(("", "")).1),
                        found,
                        "drop one of them",
                    );
                }
            }
            _ => {}
        }
    }
}
