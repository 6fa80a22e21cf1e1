//! Resolving the steps of the waterfalls.

use crate::deal::model::{Ranking, Step, Verb};
use crate::deal::{FormulaText, Name, Table};
use crate::formula::Unit;

use super::model::{Action, Claim, Payee, Payer, Shares, StepModel};
use super::resolve::Resolver;

impl Resolver<'_> {
    /// The steps of the waterfall of this name, those of blocks in their places.
    pub fn steps(&mut self, waterfall: &str) -> Vec<StepModel> {
        let mut steps = Vec::new();
        let mut position = 0;
        self.push_steps(self.deal.waterfalls.get(waterfall).map_or(&[], Vec::as_slice), &mut position, &mut steps);
        steps
    }

    /// The steps of the closing date with its position on the grid.
    pub fn closing(&mut self) -> Option<(usize, Vec<StepModel>)> {
        let deal = self.deal;
        deal.waterfalls.get("closing")?;
        Some((self.grid.index(deal.deal.closing_date)?, self.steps("closing")))
    }

    pub(super) fn push_steps(&mut self, steps: &[Step], position: &mut usize, into: &mut Vec<StepModel>) {
        let deal = self.deal;
        for step in steps {
            match &step.verb {
                Verb::RunSteps(run) => {
                    self.push_steps(deal.blocks.get(&run.block.text).map_or(&[], Vec::as_slice), position, into);
                }
                Verb::If(block) => {
                    let Some(condition) = self.formula(&block.condition, Unit::Flag) else { continue };
                    into.push(marker(Action::If(Box::new(condition)), *position));
                    self.push_steps(&block.then, position, into);
                    if !block.r#else.is_empty() {
                        into.push(marker(Action::Else, *position));
                        self.push_steps(&block.r#else, position, into);
                    }
                    into.push(marker(Action::End, *position));
                }
                _ => {
                    into.extend(self.step(step, *position));
                    *position += 1;
                    if let Verb::RunTests(run) = &step.verb {
                        for test in positions(&deal.tests, &run.tests) {
                            self.steps_after(test, position, into);
                        }
                    }
                }
            }
        }
    }

    fn step(&mut self, step: &Step, position: usize) -> Option<StepModel> {
        let when = match &step.when {
            Some(text) => Some((self.formula(text, Unit::Flag)?, text.text.clone())),
            None => None,
        };
        let (verb, payees) = label(&step.verb);
        Some(StepModel {
            name: step.name.clone().unwrap_or_else(|| format!("{verb} {payees}")),
            position,
            clause: step.clause.clone(),
            when,
            on: step.dates.as_ref().map(|dates| self.marks(dates)),
            action: self.action(&step.verb)?,
        })
    }

    fn action(&mut self, verb: &Verb) -> Option<Action> {
        let deal = self.deal;
        Some(match verb {
            Verb::Collect(verb) => Action::Collect {
                from: verb
                    .from
                    .iter()
                    .filter_map(|name| self.payer(name))
                    .flat_map(|payer| self.payers(payer))
                    .collect(),
                to: self.account(&verb.to)?,
            },
            Verb::AccrueFee(verb) => Action::AccrueFee(positions(&deal.fees, &verb.fees)),
            Verb::AccrueInterest(verb) => Action::AccrueInterest(positions(&deal.notes, &verb.notes)),
            Verb::Pay(_)
            | Verb::PayFee(_)
            | Verb::PayInterest(_)
            | Verb::PayPrincipal(_)
            | Verb::PayCost(_)
            | Verb::PayExcess(_)
            | Verb::RepayFacility(_)
            | Verb::Sweep(_) => self.pay_dues(verb)?,
            Verb::FillReserve(fill) => {
                let payee = Payee::Reserve(self.account(&fill.account)?);
                self.pay_one(payee, verb)?
            }
            Verb::ReleaseReserve(verb) => {
                Action::Release { account: self.account(&verb.account)?, to: self.account(&verb.to)? }
            }
            Verb::ReleaseTrap(release) => {
                let payee = Payee::Account(self.account(&release.to)?);
                self.pay_one(payee, verb)?
            }
            Verb::Transfer(transfer) => {
                let payee = Payee::Account(self.account(&transfer.to)?);
                self.pay_one(payee, verb)?
            }
            Verb::Convert(convert) => self.conversion(verb, convert)?,
            Verb::BuyAsset(buy) => self.purchase(verb, buy)?,
            Verb::SellAsset(sell) => self.sale(sell)?,
            Verb::Distribute(distribute) => {
                let payee = Payee::Equity(deal.equity.position(&distribute.to.text)?);
                self.pay_one(payee, verb)?
            }
            Verb::Book(verb) => {
                Action::Book { ledger: deal.ledgers.position(&verb.ledger.text)?, amount: self.amount(&verb.amount)? }
            }
            Verb::DrawFacility(verb) => Action::Draw {
                facility: deal.facilities.position(&verb.facility.text)?,
                to: self.account(&verb.to)?,
                amount: match &verb.amount {
                    Some(amount) => Some(self.amount(amount)?),
                    None => None,
                },
            },
            Verb::SettleSwap(settle) => {
                let swap = deal.swaps.position(&settle.swap.text)?;
                let payees = vec![Payee::Claim(Claim::Swap(swap))];
                let payment = Box::new(self.payment(payees, verb, Shares::Sequential)?);
                Action::SettleSwap { swap, to: self.account(&settle.to)?, payment }
            }
            Verb::TerminateSwap(verb) => Action::TerminateSwap {
                swap: deal.swaps.position(&verb.swap.text)?,
                amount: self.amount(&verb.amount)?,
            },
            Verb::SettleCap(verb) => {
                Action::SettleCap { cap: deal.caps.position(&verb.cap.text)?, to: self.account(&verb.to)? }
            }
            Verb::PayTax(pay) => {
                let taxes = positions(&deal.taxes, &pay.taxes);
                let payees = taxes.iter().map(|tax| Payee::Claim(Claim::Tax(*tax))).collect();
                let is_pro_rata = pay.ranking == Ranking::ProRata && taxes.len() > 1;
                let shares = if is_pro_rata { Shares::ByDue } else { Shares::Sequential };
                let payment = Box::new(self.payment(payees, verb, shares)?);
                Action::PayTax { taxes, payment }
            }
            Verb::Prepay(verb) => Action::Prepay {
                whole: verb.whole,
                notes: positions(&deal.notes, &verb.notes),
                from: verb.from.iter().filter_map(|name| self.account(name)).collect(),
                amount: match &verb.amount {
                    Some(amount) => Some(self.amount(amount)?),
                    None => None,
                },
            },
            Verb::FundNote(fund) => Action::Fund {
                note: deal.notes.position(&fund.note.text)?,
                to: self.account(&fund.to)?,
                amount: match &fund.amount {
                    Some(amount) => Some(self.amount(amount)?),
                    None => None,
                },
            },
            Verb::Refinance(refinance) => Action::Refinance {
                notes: positions(&deal.notes, &refinance.notes),
                with: deal.notes.position(&refinance.with.text)?,
                account: self.account(&refinance.account)?,
            },
            Verb::Extend(extend) => Action::Extend(positions(&deal.notes, &extend.notes)),
            Verb::CapitalizeInterest(verb) => Action::Capitalize {
                notes: positions(&deal.notes, &verb.notes),
                share: match &verb.share {
                    Some(share) => Some(self.formula(share, Unit::Number)?),
                    None => None,
                },
                premium: verb.pik_premium.0,
            },
            Verb::WriteDown(verb) => {
                let mut notes = positions(&deal.notes, &verb.notes);
                notes.reverse();
                Action::Write { notes, amount: self.amount(&verb.amount)?, up: false }
            }
            Verb::WriteUp(verb) => Action::Write {
                notes: positions(&deal.notes, &verb.notes),
                amount: self.amount(&verb.amount)?,
                up: true,
            },
            Verb::RunTests(verb) => {
                let tests = positions(&deal.tests, &verb.tests);
                Action::RunTests { repaid: self.repaid_by_tests(&tests), tests }
            }
            Verb::SetStatus(set) => {
                let status = deal.deal.statuses.iter().position(|status| status.text == set.status.text)?;
                Action::SetStatus { status, now: set.now }
            }
            Verb::Accelerate(_) => Action::Accelerate,
            Verb::Rescind(_) => Action::Rescind,
            Verb::Waive(waive) => Action::Waive(self.waivers(waive)),
            Verb::Inspect(inspect) => Action::Inspect {
                of: deal.inspected().iter().position(|name| name.text == inspect.name.text)?,
                value: Box::new(self.parse(&inspect.value, None)?),
            },
            Verb::If(_) | Verb::RunSteps(_) => unreachable!("blocks stand in their places"),
        })
    }

    /// The names under which steps record, each with its unit.
    pub fn inspections(&mut self) -> Vec<(String, Unit)> {
        let deal = self.deal;
        let all = deal.inspections();
        let first = |name: &Name| all.iter().find(|inspect| inspect.name.text == name.text);
        let units = deal.inspected().into_iter().map(|name| {
            let unit =
                first(name).and_then(|inspect| self.parse(&inspect.value, None)).map_or(Unit::Amount, |expr| expr.unit);
            (name.text.clone(), unit)
        });
        units.collect()
    }

    fn amount(&mut self, text: &FormulaText) -> Option<crate::formula::Expr> {
        self.formula(text, Unit::Amount)
    }

    pub(super) fn account(&self, name: &Name) -> Option<usize> {
        self.deal.accounts.position(&name.text)
    }

    /// A payer, and beside a lease with clauses what its property brings.
    fn payers(&self, payer: Payer) -> Vec<Payer> {
        match payer {
            Payer::Lease(index) if self.deal.leases[index].has_clauses() => vec![payer, Payer::Property(index)],
            Payer::Contract(index) => vec![payer, Payer::Customer(index)],
            _ => vec![payer],
        }
    }

    fn payer(&self, name: &Name) -> Option<Payer> {
        let deal = self.deal;
        let lease = deal.leases.position(&name.text).map(Payer::Lease);
        lease
            .or_else(|| deal.contracts.position(&name.text).map(Payer::Contract))
            .or_else(|| deal.fleets.position(&name.text).map(Payer::Fleet))
            .or_else(|| deal.cashflows.position(&name.text).map(Payer::Cashflow))
            .or_else(|| deal.notes.position(&name.text).map(Payer::Note))
            .or_else(|| deal.accounts.position(&name.text).map(Payer::Interest))
            .or_else(|| deal.assets.position(&name.text).map(Payer::Asset))
    }
}

/// The beginning, the middle or the end of a conditional block.
pub(super) fn marker(action: Action, position: usize) -> StepModel {
    StepModel { name: String::new(), position, clause: None, when: None, on: None, action }
}

fn positions<T>(table: &Table<T>, names: &[Name]) -> Vec<usize> {
    names.iter().filter_map(|name| table.position(&name.text)).collect()
}

/// The verb's name and its payees or objects: the default label of a step.
fn label(verb: &Verb) -> (&'static str, String) {
    match verb {
        Verb::Collect(v) => ("collect", v.to.text.clone()),
        Verb::AccrueFee(v) => ("accrue_fee", listed(&v.fees)),
        Verb::AccrueInterest(v) => ("accrue_interest", listed(&v.notes)),
        Verb::Pay(v) => ("pay", listed(&v.dues)),
        Verb::PayFee(v) => ("pay_fee", listed(&v.fees)),
        Verb::PayInterest(v) => ("pay_interest", listed(&v.notes)),
        Verb::PayPrincipal(v) => ("pay_principal", listed(&v.notes)),
        Verb::PayCost(v) => ("pay_cost", listed(&v.cashflows)),
        Verb::Sweep(v) => ("sweep", listed(&v.notes)),
        Verb::FillReserve(v) => ("fill_reserve", v.account.text.clone()),
        Verb::ReleaseReserve(v) => ("release_reserve", v.to.text.clone()),
        Verb::ReleaseTrap(v) => ("release_trap", v.to.text.clone()),
        Verb::Transfer(v) => ("transfer", v.to.text.clone()),
        Verb::BuyAsset(v) => ("buy_asset", v.asset.text.clone()),
        Verb::SellAsset(v) => ("sell_asset", v.asset.text.clone()),
        Verb::Convert(v) => ("convert", v.to.text.clone()),
        Verb::Distribute(v) => ("distribute", v.to.text.clone()),
        Verb::Book(v) => ("book", v.ledger.text.clone()),
        Verb::DrawFacility(v) => ("draw_facility", v.facility.text.clone()),
        Verb::RepayFacility(v) => ("repay_facility", listed(&v.facilities)),
        Verb::SettleSwap(v) => ("settle_swap", v.swap.text.clone()),
        Verb::TerminateSwap(v) => ("terminate_swap", v.swap.text.clone()),
        Verb::SettleCap(v) => ("settle_cap", v.cap.text.clone()),
        Verb::PayExcess(v) => ("pay_excess", listed(&v.fees)),
        Verb::FundNote(v) => ("fund_note", v.note.text.clone()),
        Verb::Refinance(v) => ("refinance", listed(&v.notes)),
        Verb::Extend(v) => ("extend", listed(&v.notes)),
        Verb::PayTax(v) => ("pay_tax", listed(&v.taxes)),
        Verb::Prepay(v) => ("prepay", listed(&v.notes)),
        Verb::CapitalizeInterest(v) => ("capitalize_interest", listed(&v.notes)),
        Verb::WriteDown(v) => ("write_down", listed(&v.notes)),
        Verb::WriteUp(v) => ("write_up", listed(&v.notes)),
        Verb::RunTests(v) => ("run_tests", listed(&v.tests)),
        Verb::SetStatus(v) => ("set_status", v.status.text.clone()),
        Verb::Accelerate(_) => ("accelerate", String::new()),
        Verb::Rescind(_) => ("rescind", String::new()),
        Verb::Waive(v) => ("waive", listed(&v.tests)),
        Verb::Inspect(v) => ("inspect", v.name.text.clone()),
        Verb::If(v) => ("if", v.condition.text.clone()),
        Verb::RunSteps(v) => ("run_steps", v.block.text.clone()),
    }
}

fn listed(names: &[Name]) -> String {
    names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(", ")
}
