//! Words to quantities: names of the deal become positions in its tables.

use super::expr::{Object, Quantity, QuantityRef, Unit};
use super::lex::Token;
use crate::deal::model::{Deal, Direction, InputUnit};
use crate::deal::nearest::{did_you_mean, listed};
use crate::deal::{FormulaText, Name, Problem};

use Quantity as Q;

type Quantities = &'static [(&'static str, Quantity)];

const LEASE: Quantities = &[
    ("rent", Q::Rent),
    ("issuer_rent", Q::IssuerRent),
    ("n_rents", Q::NRents),
    ("n_vacant", Q::NVacant),
    ("occupied", Q::Occupied),
    ("vacant", Q::Vacant),
    ("scheduled_rent", Q::ScheduledRent),
    ("proceeds", Q::Proceeds),
    ("issuer_proceeds", Q::IssuerProceeds),
    ("base_rent", Q::BaseRent),
    ("index_level", Q::IndexLevel),
    ("n_deferred", Q::NDeferred),
    ("deferred", Q::Deferred),
    ("repaid", Q::Repaid),
    ("defaulted", Q::Defaulted),
    ("claimed", Q::Claimed),
    ("claim", Q::Claim),
    ("recovered", Q::Recovered),
    ("deposit", Q::Deposit),
    ("deposit_applied", Q::DepositApplied),
    ("deposit_returned", Q::DepositReturned),
    ("purchased", Q::Purchased),
    ("purchase_paid", Q::PurchasePaid),
    ("terminated", Q::Terminated),
    ("termination_paid", Q::TerminationPaid),
    ("destroyed", Q::Destroyed),
    ("insured", Q::Insured),
    ("expired", Q::Expired),
    ("relet_rent", Q::ReletRent),
    ("sold", Q::Sold),
    ("guaranteed", Q::Guaranteed),
    ("guarantee_paid", Q::GuaranteePaid),
];
const FLEET: Quantities = &[
    ("held", Q::Held),
    ("units", Q::Units),
    ("cost", Q::Cost),
    ("net_cost", Q::NetCost),
    ("capex", Q::Capex),
    ("market_value", Q::MarketValue),
    ("power_cost", Q::PowerCost),
    ("sold", Q::Sold),
    ("proceeds", Q::Proceeds),
];
const BORROWING_BASE: Quantities = &[("amount", Q::Amount), ("binding", Q::Binding)];
const CONTRACT: Quantities = &[
    ("revenue", Q::Revenue),
    ("fee", Q::Fee),
    ("contracted", Q::Contracted),
    ("remaining", Q::Remaining),
    ("unit_value", Q::UnitValue),
    ("in_force", Q::InForce),
    ("used", Q::Used),
    ("billed", Q::Billed),
    ("proceeds", Q::Proceeds),
    ("investment_grade", Q::InvestmentGrade),
    ("credit", Q::Credit),
    ("received", Q::Received),
    ("prepaid", Q::Prepaid),
    ("credited", Q::Credited),
    ("defaulted", Q::Defaulted),
    ("use_value", Q::UseValue),
    ("paid_to_date", Q::PaidToDate),
    ("damages", Q::Damages),
    ("recovered", Q::Recovered),
    ("rollover_revenue", Q::RolloverRevenue),
];
const INFLOW: Quantities = &[("amount", Q::Amount)];
const COST: Quantities = &[("amount", Q::Amount), ("due", Q::Due), ("paid", Q::Paid), ("shortfall", Q::Shortfall)];
const RESERVE: Quantities = &[("balance", Q::Balance), ("target", Q::Target)];
const ACCOUNT: Quantities = &[("balance", Q::Balance)];
const EARNING: Quantities = &[("balance", Q::Balance), ("earned", Q::Earned)];
const EARNING_RESERVE: Quantities = &[("balance", Q::Balance), ("earned", Q::Earned), ("target", Q::Target)];
const FEE: Quantities = &[("accrued", Q::Accrued), ("due", Q::Due), ("paid", Q::Paid), ("shortfall", Q::Shortfall)];
const CAPPED_FEE: Quantities = &[
    ("accrued", Q::Accrued),
    ("due", Q::Due),
    ("paid", Q::Paid),
    ("shortfall", Q::Shortfall),
    ("excess_due", Q::ExcessDue),
    ("excess_paid", Q::ExcessPaid),
    ("excess_shortfall", Q::ExcessShortfall),
    ("cap_room", Q::CapRoom),
];
const NOTE: Quantities = &[
    ("balance", Q::Balance),
    ("interest_accrued", Q::InterestAccrued),
    ("interest_due", Q::InterestDue),
    ("interest_paid", Q::InterestPaid),
    ("interest_shortfall", Q::InterestShortfall),
    ("principal_due", Q::PrincipalDue),
    ("principal_paid", Q::PrincipalPaid),
    ("principal_shortfall", Q::PrincipalShortfall),
    ("scheduled_interest", Q::ScheduledInterest),
    ("scheduled_principal", Q::ScheduledPrincipal),
    ("scheduled_debt_service", Q::ScheduledDebtService),
    ("scheduled_balance", Q::ScheduledBalance),
    ("proceeds", Q::Proceeds),
    ("original_balance", Q::OriginalBalance),
    ("months_to_maturity", Q::MonthsToMaturity),
    ("rate", Q::Rate),
    ("target", Q::Target),
    ("unpaid_interest_accrued", Q::UnpaidInterestAccrued),
    ("unpaid_interest_due", Q::UnpaidInterestDue),
    ("interest_capitalized", Q::InterestCapitalized),
    ("written_down", Q::WrittenDown),
    ("factor", Q::Factor),
    ("premium_paid", Q::PremiumPaid),
];
const PREMIUMS: Quantities = &[("premium_due", Q::PremiumDue), ("premium_shortfall", Q::PremiumShortfall)];
const ADDITIONAL: Quantities = &[
    ("additional_interest_accrued", Q::AdditionalInterestAccrued),
    ("additional_interest_due", Q::AdditionalInterestDue),
    ("additional_interest_paid", Q::AdditionalInterestPaid),
    ("additional_interest_shortfall", Q::AdditionalInterestShortfall),
];
const FUNDING: Quantities = &[("room", Q::Room), ("funded", Q::Funded), ("extended", Q::Extended)];
const ACCELERATION: Quantities = &[("active", Q::Active)];
const LEDGER: Quantities = &[("balance", Q::Balance)];
const TAX: Quantities = &[("accrued", Q::Accrued), ("due", Q::Due), ("paid", Q::Paid), ("shortfall", Q::Shortfall)];
const FACILITY: Quantities = &[
    ("drawn", Q::Drawn),
    ("available", Q::Available),
    ("draws", Q::Draws),
    ("repaid", Q::Repaid),
    ("interest_accrued", Q::InterestAccrued),
    ("interest_due", Q::InterestDue),
    ("interest_paid", Q::InterestPaid),
    ("interest_shortfall", Q::InterestShortfall),
    ("fee_accrued", Q::FeeAccrued),
    ("fee_due", Q::FeeDue),
    ("fee_paid", Q::FeePaid),
    ("fee_shortfall", Q::FeeShortfall),
];
const SWAP: Quantities = &[
    ("pay_accrued", Q::PayAccrued),
    ("receive_accrued", Q::ReceiveAccrued),
    ("receivable", Q::Receivable),
    ("due", Q::Due),
    ("received", Q::Received),
    ("paid", Q::Paid),
    ("shortfall", Q::Shortfall),
];
const TERMINATED_SWAP: Quantities = &[
    ("pay_accrued", Q::PayAccrued),
    ("receive_accrued", Q::ReceiveAccrued),
    ("receivable", Q::Receivable),
    ("due", Q::Due),
    ("received", Q::Received),
    ("paid", Q::Paid),
    ("shortfall", Q::Shortfall),
    ("termination_due", Q::TerminationDue),
    ("termination_paid", Q::TerminationPaid),
    ("termination_shortfall", Q::TerminationShortfall),
];
const RATE_CAP: Quantities = &[("accrued", Q::Accrued), ("receivable", Q::Receivable), ("received", Q::Received)];
const ASSET: Quantities = &[
    ("balance", Q::Balance),
    ("receivable", Q::Receivable),
    ("earned", Q::Earned),
    ("repaid", Q::Repaid),
    ("lost", Q::Lost),
    ("bought", Q::Bought),
    ("sold", Q::Sold),
    ("cost", Q::Cost),
    ("proceeds", Q::Proceeds),
];
const EQUITY: Quantities = &[("distributed", Q::Distributed)];
const TEST: Quantities = &[("failing", Q::Failing), ("value", Q::Value), ("cure", Q::Cure)];
const WAIVED_TEST: Quantities =
    &[("failing", Q::Failing), ("waived", Q::Waived), ("value", Q::Value), ("cure", Q::Cure)];
const PERIOD: Quantities = &[("index", Q::Index)];

impl QuantityRef {
    /// Whether it is a quantity of a note's schedule, which is known in advance.
    pub fn is_scheduled(&self) -> bool {
        use Quantity::*;
        matches!(self.quantity, ScheduledInterest | ScheduledPrincipal | ScheduledDebtService | ScheduledBalance)
    }

    /// Whether it is the same in every scenario, and known when the deal is compiled.
    pub fn is_known_at_compile(&self) -> bool {
        use Quantity::{MonthsToMaturity, OriginalBalance, Proceeds};
        let is_term = matches!(self.quantity, MonthsToMaturity | OriginalBalance | Proceeds);
        self.is_scheduled() || self.object == Object::Period || self.object == Object::Note && is_term
    }

    /// Its unit.
    pub fn unit(&self, deal: &Deal) -> Unit {
        match self.object {
            Object::Input if deal.inputs[self.index].unit == InputUnit::Number => Unit::Number,
            Object::Period => Unit::Count,
            Object::Test | Object::Acceleration | Object::Status => Unit::Flag,
            _ if matches!(self.quantity, Quantity::MonthsToMaturity | Quantity::Extended) => Unit::Count,
            _ if matches!(self.quantity, Quantity::Rate | Quantity::Factor) => Unit::Number,
            object if object.is_collateral() => self.quantity.unit_of_collateral(),
            _ => Unit::Amount,
        }
    }

    /// The name of its object; none of what has no name of its own.
    pub fn name<'a>(&self, deal: &'a Deal) -> Option<&'a Name> {
        Some(match self.object {
            Object::Lease => deal.leases.name(self.index),
            Object::Contract => deal.contracts.name(self.index),
            Object::Fleet => deal.fleets.name(self.index),
            Object::BorrowingBase => deal.borrowing_bases.name(self.index),
            Object::Cashflow => deal.cashflows.name(self.index),
            Object::Account => deal.accounts.name(self.index),
            Object::Fee => deal.fees.name(self.index),
            Object::Note => deal.notes.name(self.index),
            Object::Group => deal.groups.name(self.index),
            Object::Equity => deal.equity.name(self.index),
            Object::Ledger => deal.ledgers.name(self.index),
            Object::Tax => deal.taxes.name(self.index),
            Object::Facility => deal.facilities.name(self.index),
            Object::Swap => deal.swaps.name(self.index),
            Object::RateCap => deal.caps.name(self.index),
            Object::Asset => deal.assets.name(self.index),
            Object::Test => deal.tests.name(self.index),
            Object::Input => deal.inputs.name(self.index),
            Object::Inspection | Object::Period | Object::Acceleration | Object::Status => return None,
        })
    }

    /// As a formula writes it: `senior.balance`, `inputs.rent_factor`, `tests.coverage.failing`.
    pub fn written(&self, deal: &Deal) -> String {
        let Some(name) = self.name(deal) else {
            return match self.object {
                Object::Inspection => format!("inspect.{}", deal.inspected()[self.index].text),
                Object::Period => "period.index".to_owned(),
                Object::Status => format!("status.{}", deal.deal.statuses[self.index].text),
                _ => "acceleration.active".to_owned(),
            };
        };
        if self.object == Object::Input {
            return format!("inputs.{}", name.text);
        }
        let quantities = [
            LEASE,
            CONTRACT,
            FLEET,
            BORROWING_BASE,
            COST,
            EARNING_RESERVE,
            CAPPED_FEE,
            FACILITY,
            TERMINATED_SWAP,
            ASSET,
            NOTE,
            PREMIUMS,
            ADDITIONAL,
            FUNDING,
            EQUITY,
            WAIVED_TEST,
        ]
        .concat();
        let word = quantities.iter().find(|(_, quantity)| *quantity == self.quantity).map_or("", |(word, _)| word);
        let prefix = if self.object == Object::Test { "tests." } else { "" };
        format!("{prefix}{}.{word}", name.text)
    }
}

/// The quantity that words without `opening` name.
pub(crate) fn quantity(words: &[Token<'_>], formula: &FormulaText, deal: &Deal) -> Result<QuantityRef, Problem> {
    let resolver = Resolver { formula, deal };
    match (words[0].text, words.len()) {
        ("inputs", 2) => resolver.input(words[1]),
        ("inputs", _) => Err(resolver.problem(words[0], "`inputs.name`", written(words))),
        ("tests", 3) => resolver.test(words),
        ("tests", _) => Err(resolver.problem(words[0], "`tests.name.failing`", written(words))),
        ("inspect", _) => {
            let way_out = "no formula reads what a step records; write its formula here";
            Err(resolver.problem(words[0], "`object.quantity`", written(words)).with_way_out(way_out))
        }
        ("acceleration", 2) if deal.acceleration.is_some() => {
            resolver.quantity_of(Object::Acceleration, 0, words[1], ACCELERATION, "the acceleration")
        }
        ("status", 2) => resolver.status(words[1]),
        ("status", _) => Err(resolver.problem(words[0], "`status.name`", written(words))),
        ("period", 2) => resolver.quantity_of(Object::Period, 0, words[1], PERIOD, "the period"),
        (_, 2) => resolver.of_object(words),
        (word, 1) => Err(resolver.bare(words[0], word)),
        _ => Err(resolver.problem(words[2], "`object.quantity`", written(words))),
    }
}

pub(crate) fn written(words: &[Token<'_>]) -> String {
    format!("`{}`", words.iter().map(|word| word.text).collect::<Vec<_>>().join("."))
}

/// A kind of object, a position in its table, its quantities, and what messages call it.
type Found = (Object, usize, Quantities, &'static str);

struct Resolver<'a> {
    formula: &'a FormulaText,
    deal: &'a Deal,
}

impl Resolver<'_> {
    fn problem(&self, token: Token<'_>, expected: impl Into<String>, found: impl Into<String>) -> Problem {
        Problem::new(&self.formula.place_at(token.start), expected, found)
    }

    fn input(&self, word: Token<'_>) -> Result<QuantityRef, Problem> {
        let inputs = &self.deal.inputs;
        match inputs.position(word.text) {
            Some(index) => Ok(QuantityRef { object: Object::Input, index, quantity: Q::Value }),
            None => {
                let names = inputs.iter().map(|(name, _)| name.text.as_str());
                let advice = did_you_mean(word.text, names);
                Err(self.problem(word, "an input", word.described()).with_advice(advice))
            }
        }
    }

    fn test(&self, words: &[Token<'_>]) -> Result<QuantityRef, Problem> {
        let tests = &self.deal.tests;
        let Some(index) = tests.position(words[1].text) else {
            let names = tests.iter().map(|(name, _)| name.text.as_str());
            let advice = did_you_mean(words[1].text, names);
            return Err(self.problem(words[1], "a test", words[1].described()).with_advice(advice));
        };
        let quantities = if self.deal.is_waived(words[1].text) { WAIVED_TEST } else { TEST };
        self.quantity_of(Object::Test, index, words[2], quantities, "a test")
    }

    fn status(&self, word: Token<'_>) -> Result<QuantityRef, Problem> {
        let statuses = &self.deal.deal.statuses;
        match statuses.iter().position(|status| status.text == word.text) {
            Some(index) => Ok(QuantityRef { object: Object::Status, index, quantity: Q::Active }),
            None => {
                let advice = did_you_mean(word.text, statuses.iter().map(|status| status.text.as_str()));
                Err(self.problem(word, "a status of the deal", word.described()).with_advice(advice))
            }
        }
    }

    fn bare(&self, token: Token<'_>, word: &str) -> Problem {
        let problem = self.problem(token, "`object.quantity`, a number or a function", token.described());
        let way_out = if self.deal.inputs.position(word).is_some() {
            Some(format!("write `inputs.{word}`"))
        } else if self.deal.tests.position(word).is_some() {
            Some(format!("write `tests.{word}.failing`"))
        } else {
            self.object(word).map(|(_, _, quantities, _)| format!("write `{word}.{}`", quantities[0].0))
        };
        problem.with_advice(way_out)
    }

    /// The object of a name that stands without a prefix, its quantities, and what messages call it.
    fn object(&self, name: &str) -> Option<Found> {
        let deal = self.deal;
        let lease = || deal.leases.position(name).map(|index| (Object::Lease, index, LEASE, "a lease"));
        let contract = || deal.contracts.position(name).map(|index| (Object::Contract, index, CONTRACT, "a contract"));
        let fleet = || deal.fleets.position(name).map(|index| (Object::Fleet, index, FLEET, "a fleet"));
        let base = || {
            let position = deal.borrowing_bases.position(name);
            position.map(|index| (Object::BorrowingBase, index, BORROWING_BASE, "a borrowing base"))
        };
        let cashflow = || {
            let index = deal.cashflows.position(name)?;
            Some(match deal.cashflows[index].direction {
                Direction::In => (Object::Cashflow, index, INFLOW, "an incoming cashflow"),
                Direction::Out => (Object::Cashflow, index, COST, "an outgoing cashflow"),
            })
        };
        let account = || {
            let index = deal.accounts.position(name)?;
            let account = &deal.accounts[index];
            Some(match (&account.target, &account.earns) {
                (Some(_), None) => (Object::Account, index, RESERVE, "a reserve"),
                (Some(_), Some(_)) => (Object::Account, index, EARNING_RESERVE, "a reserve that earns"),
                (None, None) => (Object::Account, index, ACCOUNT, "an account without target"),
                (None, Some(_)) => (Object::Account, index, EARNING, "an account that earns, without target"),
            })
        };
        let fee = || {
            let index = deal.fees.position(name)?;
            Some(match deal.is_capped(name) {
                true => (Object::Fee, index, CAPPED_FEE, "a fee with a cap"),
                false => (Object::Fee, index, FEE, "a fee"),
            })
        };
        let note = || deal.notes.position(name).map(|index| (Object::Note, index, NOTE, "a note"));
        let group = || deal.groups.position(name).map(|index| (Object::Group, index, NOTE, "a group of notes"));
        let equity = || deal.equity.position(name).map(|index| (Object::Equity, index, EQUITY, "equity"));
        let ledger = || deal.ledgers.position(name).map(|index| (Object::Ledger, index, LEDGER, "a ledger"));
        let tax = || deal.taxes.position(name).map(|index| (Object::Tax, index, TAX, "a tax"));
        let facility = || deal.facilities.position(name).map(|index| (Object::Facility, index, FACILITY, "a facility"));
        let swap = || {
            let index = deal.swaps.position(name)?;
            Some(match deal.is_terminated(name) {
                true => (Object::Swap, index, TERMINATED_SWAP, "a swap"),
                false => (Object::Swap, index, SWAP, "a swap that no step terminates"),
            })
        };
        let cap = || deal.caps.position(name).map(|index| (Object::RateCap, index, RATE_CAP, "a cap"));
        let asset = || deal.assets.position(name).map(|index| (Object::Asset, index, ASSET, "an asset"));
        let claim = || ledger().or_else(tax).or_else(facility).or_else(swap).or_else(cap).or_else(asset);
        let note = || note().or_else(group);
        lease()
            .or_else(contract)
            .or_else(fleet)
            .or_else(base)
            .or_else(cashflow)
            .or_else(account)
            .or_else(fee)
            .or_else(note)
            .or_else(equity)
            .or_else(claim)
    }

    fn of_object(&self, words: &[Token<'_>]) -> Result<QuantityRef, Problem> {
        let name = words[0];
        if let Some((object, index, quantities, called)) = self.object(name.text) {
            if object.is_collateral() {
                let has = |quantity: Quantity| self.deal.collateral_has(object, index, quantity);
                let all: Vec<_> = quantities.iter().copied().filter(|(_, quantity)| has(*quantity)).collect();
                return self.quantity_of(object, index, words[1], &all, called);
            }
            if let Some(all) = self.of_notes(object, index) {
                return self.quantity_of(object, index, words[1], &all, called);
            }
            return self.quantity_of(object, index, words[1], quantities, called);
        }
        let deal = self.deal;
        let problem = self.problem(
            name,
            "a lease, contract, fleet, borrowing base, cashflow, account, fee, note, equity, ledger, tax, facility, swap, cap or asset",
            name.described(),
        );
        if deal.tests.position(name.text).is_some() {
            return Err(problem.with_way_out(format!("write `tests.{}.{}`", name.text, words[1].text)));
        }
        if deal.inputs.position(name.text).is_some() {
            return Err(problem.with_way_out(format!("write `inputs.{}`", name.text)));
        }
        let names = deal.leases.iter().map(|(name, _)| &name.text);
        let names = names.chain(deal.contracts.iter().map(|(name, _)| &name.text));
        let names = names.chain(deal.fleets.iter().map(|(name, _)| &name.text));
        let names = names.chain(deal.borrowing_bases.iter().map(|(name, _)| &name.text));
        let names = names.chain(deal.cashflows.iter().map(|(name, _)| &name.text));
        let names = names.chain(deal.accounts.iter().map(|(name, _)| &name.text));
        let names = names.chain(deal.fees.iter().map(|(name, _)| &name.text));
        let names = names.chain(deal.notes.iter().map(|(name, _)| &name.text));
        let names = names.chain(deal.groups.iter().map(|(name, _)| &name.text));
        let names = names.chain(deal.equity.iter().map(|(name, _)| &name.text));
        let names = names.chain(deal.ledgers.iter().map(|(name, _)| &name.text));
        let names = names.chain(deal.taxes.iter().map(|(name, _)| &name.text));
        let names = names.chain(deal.facilities.iter().map(|(name, _)| &name.text));
        let names = names.chain(deal.swaps.iter().map(|(name, _)| &name.text));
        let names = names.chain(deal.caps.iter().map(|(name, _)| &name.text));
        let names = names.chain(deal.assets.iter().map(|(name, _)| &name.text));
        let reserved = ["inputs", "tests", "period", "opening", "status"];
        Err(problem.with_advice(did_you_mean(name.text, names.map(String::as_str).chain(reserved))))
    }

    /// The quantities of a note, or of a group: those of its notes that are amounts.
    fn of_notes(&self, object: Object, index: usize) -> Option<Vec<(&'static str, Quantity)>> {
        let deal = self.deal;
        let has = |quantity: Quantity| match object {
            Object::Note => deal.note_has(index, quantity),
            _ => !deal.members(index, quantity).is_empty(),
        };
        let is_read = |quantity: Quantity| {
            object == Object::Note
                || QuantityRef { object: Object::Note, index: 0, quantity }.unit(deal) == Unit::Amount
        };
        let all = NOTE.iter().chain(PREMIUMS).chain(ADDITIONAL).chain(FUNDING).copied();
        let all = all.filter(|(_, quantity)| has(*quantity) && is_read(*quantity));
        matches!(object, Object::Note | Object::Group).then(|| all.collect())
    }

    fn quantity_of(
        &self,
        object: Object,
        index: usize,
        word: Token<'_>,
        quantities: &[(&str, Quantity)],
        called: &str,
    ) -> Result<QuantityRef, Problem> {
        use Quantity::{Cure, Value};
        let readable = |quantity: Quantity| match quantity {
            _ if quantity.shortfall_of().is_some() => false,
            Cure => false,
            Value => object != Object::Test,
            _ => true,
        };
        let words: Vec<&str> = quantities.iter().filter(|(_, q)| readable(*q)).map(|(word, _)| *word).collect();
        let expected = || format!("a quantity of {called}: {}", listed(&words, "or"));
        match quantities.iter().find(|(name, _)| *name == word.text) {
            Some((_, quantity)) if readable(*quantity) => Ok(QuantityRef { object, index, quantity: *quantity }),
            Some((_, Value | Cure)) => {
                let problem = self.problem(word, expected(), word.described());
                Err(problem.with_way_out(format!("a test's {} is recorded, but formulas cannot read it", word.text)))
            }
            Some(_) => {
                let due = word.text.replace("shortfall", "due");
                let problem = self.problem(word, expected(), word.described());
                Err(problem.with_way_out(format!("shortfalls are known at the close of a date only; read `{due}`")))
            }
            None => {
                let lacks = || self.what_gives(object, index, word.text);
                let advice = lacks().or_else(|| did_you_mean(word.text, words.iter().copied()));
                Err(self.problem(word, expected(), word.described()).with_advice(advice))
            }
        }
    }

    /// What a deal lacks for an object to have this quantity, if some objects of its kind have it.
    fn what_gives(&self, object: Object, index: usize, word: &str) -> Option<String> {
        let name = &QuantityRef { object, index, quantity: Q::Balance }.name(self.deal)?.text;
        let is_of = |quantities: Quantities| quantities.iter().any(|(known, _)| *known == word);
        Some(match object {
            Object::Account if word == "target" => format!("add `accounts.{name}.target`"),
            Object::Account if word == "earned" => format!("add `accounts.{name}.earns`"),
            Object::Cashflow if is_of(COST) => format!("nothing is due of what comes in; read `{name}.amount`"),
            Object::Fee if is_of(CAPPED_FEE) => format!("add `fees.{name}.cap`"),
            Object::Swap if is_of(TERMINATED_SWAP) => format!("add a `terminate_swap` step for `{name}`"),
            Object::Note if is_of(PREMIUMS) => format!("add `acceleration` with `premium = true` for `{name}`"),
            Object::Note if is_of(ADDITIONAL) => format!("add `notes.{name}.anticipated_repayment`"),
            Object::Note if word == "extended" => format!("add `notes.{name}.extension`"),
            Object::Note if is_of(FUNDING) => format!("add `notes.{name}.funding`"),
            Object::Test if is_of(WAIVED_TEST) => format!("add a `waive` step for `{name}`"),
            _ => return None,
        })
    }
}
