//! What the verbs of steps have in common.

use super::model::{Limit, Verb};
use super::text::Name;

impl Verb {
    /// The accounts that pay, in order. `collect` has none: its cash comes from outside.
    pub fn sources(&self) -> &[Name] {
        use std::slice::from_ref;
        match self {
            Verb::Pay(step) => &step.from,
            Verb::PayFee(step) => &step.from,
            Verb::PayInterest(step) => &step.from,
            Verb::PayPrincipal(step) => &step.from,
            Verb::PayCost(step) => &step.from,
            Verb::Sweep(step) => &step.from,
            Verb::Prepay(step) => &step.from,
            Verb::FillReserve(step) => &step.from,
            Verb::ReleaseReserve(step) => from_ref(&step.account),
            Verb::ReleaseTrap(step) => from_ref(&step.account),
            Verb::Transfer(step) => &step.from,
            Verb::Convert(step) => &step.from,
            Verb::Distribute(step) => &step.from,
            Verb::PayTax(step) => &step.from,
            Verb::RepayFacility(step) => &step.from,
            Verb::SettleSwap(step) => &step.from,
            Verb::DrawFacility(_) | Verb::TerminateSwap(_) | Verb::SettleCap(_) => &[],
            Verb::PayExcess(step) => &step.from,
            Verb::BuyAsset(step) => &step.from,
            Verb::SellAsset(_) => &[],
            Verb::Collect(_) | Verb::AccrueFee(_) | Verb::AccrueInterest(_) | Verb::RunTests(_) | Verb::Book(_) => &[],
            Verb::SetStatus(_) | Verb::Waive(_) | Verb::Inspect(_) | Verb::If(_) | Verb::RunSteps(_) => &[],
            Verb::Accelerate(_) | Verb::Rescind(_) => &[],
            Verb::FundNote(_) | Verb::Refinance(_) | Verb::Extend(_) => &[],
            Verb::CapitalizeInterest(_) | Verb::WriteDown(_) | Verb::WriteUp(_) => &[],
        }
    }

    /// The account that receives, if one does.
    pub fn receiving_account(&self) -> Option<&Name> {
        match self {
            Verb::Collect(step) => Some(&step.to),
            Verb::FillReserve(step) => Some(&step.account),
            Verb::ReleaseReserve(step) => Some(&step.to),
            Verb::ReleaseTrap(step) => Some(&step.to),
            Verb::Transfer(step) => Some(&step.to),
            Verb::Convert(step) => Some(&step.to),
            Verb::DrawFacility(step) => Some(&step.to),
            Verb::SettleCap(step) => Some(&step.to),
            Verb::SellAsset(step) => Some(&step.to),
            Verb::FundNote(step) => Some(&step.to),
            Verb::Refinance(step) => Some(&step.account),
            _ => None,
        }
    }

    /// The objects it acts on: what is collected, accrued, paid or tested; for `pay` the dues as written.
    pub fn objects(&self) -> &[Name] {
        match self {
            Verb::Collect(step) => &step.from,
            Verb::AccrueFee(step) => &step.fees,
            Verb::AccrueInterest(step) => &step.notes,
            Verb::Pay(step) => &step.dues,
            Verb::PayFee(step) => &step.fees,
            Verb::PayInterest(step) => &step.notes,
            Verb::PayPrincipal(step) => &step.notes,
            Verb::PayCost(step) => &step.cashflows,
            Verb::Sweep(step) => &step.notes,
            Verb::RunTests(step) => &step.tests,
            Verb::Waive(step) => &step.tests,
            Verb::Prepay(step) => &step.notes,
            Verb::CapitalizeInterest(step) => &step.notes,
            Verb::WriteDown(step) => &step.notes,
            Verb::WriteUp(step) => &step.notes,
            Verb::Distribute(step) => std::slice::from_ref(&step.to),
            Verb::Book(step) => std::slice::from_ref(&step.ledger),
            Verb::PayTax(step) => &step.taxes,
            Verb::RepayFacility(step) => &step.facilities,
            Verb::DrawFacility(step) => std::slice::from_ref(&step.facility),
            Verb::SettleSwap(step) => std::slice::from_ref(&step.swap),
            Verb::TerminateSwap(step) => std::slice::from_ref(&step.swap),
            Verb::SettleCap(step) => std::slice::from_ref(&step.cap),
            Verb::PayExcess(step) => &step.fees,
            Verb::BuyAsset(step) => std::slice::from_ref(&step.asset),
            Verb::SellAsset(step) => std::slice::from_ref(&step.asset),
            Verb::FundNote(step) => std::slice::from_ref(&step.note),
            Verb::Refinance(step) => &step.notes,
            Verb::Extend(step) => &step.notes,
            Verb::FillReserve(_) | Verb::ReleaseReserve(_) | Verb::ReleaseTrap(_) | Verb::Transfer(_) => &[],
            Verb::Convert(_) => &[],
            Verb::SetStatus(_) | Verb::Inspect(_) | Verb::If(_) | Verb::RunSteps(_) => &[],
            Verb::Accelerate(_) | Verb::Rescind(_) => &[],
        }
    }

    /// Its limit.
    pub fn limit(&self) -> Option<&Limit> {
        match self {
            Verb::Pay(step) => step.limit.as_ref(),
            Verb::PayFee(step) => step.limit.as_ref(),
            Verb::PayInterest(step) => step.limit.as_ref(),
            Verb::PayPrincipal(step) => step.limit.as_ref(),
            Verb::PayCost(step) => step.limit.as_ref(),
            Verb::Sweep(step) => step.limit.as_ref(),
            Verb::FillReserve(step) => step.limit.as_ref(),
            Verb::Transfer(step) => step.limit.as_ref(),
            Verb::Convert(step) => step.limit.as_ref(),
            Verb::Distribute(step) => step.limit.as_ref(),
            Verb::PayTax(step) => step.limit.as_ref(),
            Verb::RepayFacility(step) => step.limit.as_ref(),
            Verb::SettleSwap(step) => step.limit.as_ref(),
            Verb::PayExcess(step) => step.limit.as_ref(),
            Verb::BuyAsset(step) => step.limit.as_ref(),
            _ => None,
        }
    }

    /// Whether `when` and `dates` may hold it back.
    pub fn may_be_held_back(&self) -> bool {
        use Verb::{AccrueFee, AccrueInterest, Collect, If, RunSteps, RunTests};
        !matches!(self, Collect(_) | AccrueFee(_) | AccrueInterest(_) | RunTests(_) | If(_) | RunSteps(_))
    }
}
