//! The deal with its names resolved, its dates on the grid and its schedules sized: what is lowered to operations.

use crate::basics::{Date, DayCount, Fraction, Period, Rounding};
use crate::deal::model::{ApplyTo, Remainder};
use crate::formula::{Expr, Unit};

use super::acceleration::AccelerationModel;
use super::assets::{AssetModel, Purchase};
use super::call::CallPrice;
pub use super::claims::{Claim, LedgerModel, TaxModel};
use super::collateral::{ContractModel, FigureModel, LeaseModel};
use super::coupon::CouponModel;
use super::currencies::{Conversion, Currencies};
use super::funding::{FundingModel, WholeModel};
use super::groups::GroupModel;
use super::inside::Inside;
use super::known::KnownTerms;
use super::movement::Hold;

use super::cures::{CureModel, RepaidByCure};
pub use super::facilities::{CapModel, EarnsModel, FacilityModel, SwapModel};
pub use super::fees::{FeeCapModel, UnpaidModel};
use super::forward::ForwardModel;
use super::op::{Direction, Undefined};
use super::schedule::InterestRule;
use super::waivers::Waiver;

/// A deal, resolved.
#[derive(Clone, Debug)]
pub struct Model {
    /// The deal's rounding.
    pub rounding: Rounding,
    /// Where the cents go that pro rata shares leave over.
    pub remainder: Remainder,
    /// Decimals of the currency.
    pub decimals: u32,
    /// The currencies, and whose they are.
    pub currencies: Currencies,
    /// The names of the statuses, least severe first.
    pub statuses: Vec<String>,
    /// The grid.
    pub dates: Vec<Date>,
    /// For each grid date, whether the status' waterfall runs.
    pub waterfall_on: Vec<bool>,
    /// Scenario inputs.
    pub inputs: Vec<InputModel>,
    /// Named scenarios.
    pub scenarios: Vec<ScenarioModel>,
    /// Leases.
    pub leases: Vec<LeaseModel>,
    /// Compute contracts.
    pub contracts: Vec<ContractModel>,
    /// Dated cash flows.
    pub cashflows: Vec<CashflowModel>,
    /// What leases and cashflows bring, in the order in which it is made.
    pub figures: Vec<FigureModel>,
    /// Accounts.
    pub accounts: Vec<AccountModel>,
    /// Fees.
    pub fees: Vec<FeeModel>,
    /// Caps on fees.
    pub fee_caps: Vec<FeeCapModel>,
    /// Notes.
    pub notes: Vec<NoteModel>,
    /// What is known of each note before schedules are sized.
    pub known_terms: Vec<KnownTerms>,
    /// Groups of notes.
    pub groups: Vec<GroupModel>,
    /// Equity holders.
    pub equity: Vec<String>,
    /// Ledgers.
    pub ledgers: Vec<LedgerModel>,
    /// Taxes.
    pub taxes: Vec<TaxModel>,
    /// Facilities.
    pub facilities: Vec<FacilityModel>,
    /// Swaps.
    pub swaps: Vec<SwapModel>,
    /// Caps.
    pub caps: Vec<CapModel>,
    /// Assets.
    pub assets: Vec<AssetModel>,
    /// Tests.
    pub tests: Vec<TestModel>,
    /// What it means that the debt is accelerated.
    pub acceleration: Option<AccelerationModel>,
    /// What steps record under names of their own, with its unit.
    pub inspections: Vec<(String, Unit)>,
    /// Steps that run first on every date.
    pub collection: Vec<StepModel>,
    /// Steps that run on the closing date, and its position on the grid.
    pub closing: Option<(usize, Vec<StepModel>)>,
    /// The steps of each status.
    pub waterfalls: Vec<Vec<StepModel>>,
    /// The statuses in the order in which a date goes through their waterfalls.
    pub order: Vec<usize>,
    /// Whether some step leaves the waterfall of a status for that of another at once.
    pub leaves_at_once: bool,
    /// Steps that run last on every date.
    pub after: Vec<StepModel>,
}

/// A scenario input.
#[derive(Clone, Debug, PartialEq)]
pub struct InputModel {
    /// Its name.
    pub name: String,
    /// Whether it is an amount (else a number).
    pub is_amount: bool,
    /// Its default on each date, in units.
    pub default: Vec<i64>,
    /// Its value on each date in the sizing case, in units.
    pub sizing: Vec<i64>,
    /// The least value allowed, in units.
    pub minimum: i64,
    /// The greatest value allowed, in units.
    pub maximum: i64,
    /// What it means.
    pub description: Option<String>,
}

/// A named scenario: the inputs that it sets, each on every date, in units.
#[derive(Clone, Debug)]
pub struct ScenarioModel {
    /// Its name.
    pub name: String,
    /// The name people read.
    pub title: String,
    /// What happens.
    pub description: Option<String>,
    /// Positions of inputs, with their values.
    pub inputs: Vec<(usize, Vec<i64>)>,
}

/// A dated cash flow on the grid.
#[derive(Clone, Debug)]
pub struct CashflowModel {
    /// Its name.
    pub name: String,
    /// Whether it is paid out (else collected).
    pub is_out: bool,
    /// Its amount on each date; `None` where there is none.
    pub amounts: Vec<Option<i64>>,
    /// The number input that multiplies it.
    pub factor: Option<usize>,
}

/// An account.
#[derive(Clone, Debug)]
pub struct AccountModel {
    /// Its name.
    pub name: String,
    /// What it holds before the first date.
    pub opening_balance: i64,
    /// Its target.
    pub target: Option<Expr>,
    /// For each date the greatest target still to come, if that is what it is to hold.
    pub peaks: Option<Vec<i64>>,
    /// Facilities whose available amounts count towards the target.
    pub satisfied_by: Vec<usize>,
    /// What its balance earns.
    pub earns: Option<EarnsModel>,
}

/// A fee on the grid.
#[derive(Clone, Debug)]
pub struct FeeModel {
    /// Its name.
    pub name: String,
    /// For each grid date, whether it is a payment date.
    pub on: Vec<bool>,
    /// What accrues.
    pub amount: FeeRule,
    /// Interest on what is due and unpaid.
    pub unpaid: Option<UnpaidModel>,
    /// Its cap.
    pub cap: Option<usize>,
}

/// What a fee accrues on a payment date.
#[derive(Clone, Debug)]
pub enum FeeRule {
    /// A given amount per date.
    Fixed(Vec<i64>),
    /// A share, in 1e-9, of a quantity.
    ShareOf {
        /// The share.
        share: i64,
        /// The quantity.
        quantity: Box<Expr>,
    },
    /// A factor for each date, of a quantity.
    RateOf {
        /// The factors.
        factors: Vec<Fraction>,
        /// The quantity.
        quantity: Box<Expr>,
    },
}

/// A note on the grid. Every vector has one entry per grid date.
#[derive(Clone, Debug)]
pub struct NoteModel {
    /// Its name.
    pub name: String,
    /// The original balance.
    pub original: i64,
    /// The grid date at whose start the balance comes into being; `None` if it is there from the first.
    pub starts_at: Option<usize>,
    /// The position among its payment dates, on a payment date.
    pub payment: Vec<Option<usize>>,
    /// How its interest accrues.
    pub rule: InterestRule,
    /// Scheduled interest.
    pub scheduled_interest: Vec<i64>,
    /// Scheduled principal.
    pub scheduled_principal: Vec<i64>,
    /// The scheduled balance as of the latest payment date.
    pub scheduled_balance: Vec<i64>,
    /// Years from the dated date, in the note's day count.
    pub years: Vec<f64>,
    /// The coverage that sculpting achieves, in 1e-9.
    pub coverage: Option<i64>,
    /// Its interest periods, one per payment date.
    pub periods: Vec<Period>,
    /// Its day count.
    pub day_count: DayCount,
    /// How its rate is found.
    pub coupon: CouponModel,
    /// Whether its rate is recorded: it is not one rate for the whole term.
    pub records_rate: bool,
    /// What its unpaid interest bears.
    pub unpaid: Option<UnpaidInterest>,
    /// How it is drawn after its dated date.
    pub funding: Option<FundingModel>,
    /// When it falls due whole, if it has funding or can be extended.
    pub whole: Option<WholeModel>,
    /// What it was issued for.
    pub proceeds: i64,
    /// Decimals of its factor.
    pub factor_decimals: u32,
    /// Whether its factor is recorded.
    pub records_factor: bool,
    /// Whether some step adds interest to its balance.
    pub capitalizes: bool,
    /// Whether some step prepays it.
    pub prepaid: bool,
    /// Its call price on each grid date.
    pub call: Vec<CallPrice>,
    /// Whether some step writes it down.
    pub written: bool,
    /// How each scenario's target moves away from the schedule, if it does.
    pub target: Option<TargetRule>,
    /// The day-count fraction of each interest period.
    pub fractions: Vec<Fraction>,
    /// What is added to the rate, in 1e-9, where a flag holds.
    pub default_rate: Option<(i64, Expr)>,
    /// What tests add to the rate, in 1e-9, while they are failing.
    pub rate_steps: Vec<(usize, i64)>,
    /// The additional rate, in 1e-9, and the first interest period that bears it.
    pub additional: Option<(i64, usize)>,
    /// The tests under which all of it is due on its payment dates.
    pub early: Vec<usize>,
    /// The stretches of its interest periods, if it can be paid inside one.
    pub inside: Option<Inside>,
}

impl NoteModel {
    /// The rate of each period, if no scenario changes it.
    pub fn known_rates(&self) -> Option<&[i64]> {
        match &self.coupon {
            CouponModel::Known(rates)
                if self.default_rate.is_none()
                    && self.rate_steps.is_empty()
                    && self.whole.as_ref().is_none_or(|whole| whole.extra == 0) =>
            {
                Some(rates)
            }
            _ => None,
        }
    }

    /// Whether its balance changes by more than payments of principal.
    pub fn moves_without_cash(&self) -> bool {
        self.capitalizes || self.written || self.funding.is_some()
    }

    /// Whether the balance exists on a date.
    pub fn exists(&self, t: usize) -> bool {
        self.starts_at.is_none_or(|start| t >= start)
    }

    /// The position of its last payment date.
    pub fn last_payment(&self) -> Option<usize> {
        self.payment.iter().rposition(Option::is_some)
    }

    /// The proceeds collected on a date.
    pub fn proceeds(&self, t: usize) -> i64 {
        if self.starts_at == Some(t) { self.proceeds } else { 0 }
    }
}

/// What unpaid interest bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnpaidInterest {
    /// The rate.
    pub rate: UnpaidRateModel,
    /// Whether interest on unpaid interest bears interest itself.
    pub compounding: bool,
}

/// The rate that unpaid interest bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnpaidRateModel {
    /// The note's.
    Note,
    /// The note's without default rate, and this more.
    Plus(i64),
    /// A rate of its own.
    Own(i64),
}

/// How a scenario's target moves away from the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetRule {
    /// Which instalments principal paid ahead reduces.
    pub apply_to: ApplyTo,
    /// Whether missed principal falls due at maturity.
    pub at_maturity: bool,
    /// Whether what is capitalised falls due at maturity.
    pub shifts: bool,
}

/// A test on the grid.
#[derive(Clone, Debug)]
pub struct TestModel {
    /// Its name.
    pub name: String,
    /// What is measured.
    pub ratio: Ratio,
    /// Which side passes.
    pub direction: Direction,
    /// The threshold while not failing, in 1e-9.
    pub level: i64,
    /// The threshold while failing, in 1e-9.
    pub cure_level: i64,
    /// Fails in a row that make it fail.
    pub enter_after: i64,
    /// Passes in a row that cure it.
    pub cure_after: i64,
    /// Dates in the trailing window.
    pub window: usize,
    /// Whether the ratios of the dates are averaged, each rounded to 1e-9.
    pub is_mean: bool,
    /// What happens before the window is full.
    pub window_start: crate::deal::model::WindowStart,
    /// How it looks ahead, if it does.
    pub forward: Option<ForwardModel>,
    /// For each grid date, how many dates have been measured with it, if it is measured.
    pub measured: Vec<Option<usize>>,
    /// What an undefined ratio counts as.
    pub undefined: Undefined,
    /// Whether it never cures.
    pub sticky: bool,
    /// The positions of the statuses it sets while failing.
    pub sets_status: Vec<usize>,
    /// Its other effects.
    pub effects: Vec<EffectModel>,
    /// How the steps that run it stand.
    pub run_by: RunBy,
    /// How a sponsor may cure a reading.
    pub cure: Option<CureModel>,
}

impl TestModel {
    /// The notes that a cure of it repays.
    pub fn repaid_by_cures(&self) -> &[usize] {
        self.cure.as_ref().map_or(&[], |cure| &cure.repays)
    }

    /// The account that keeps what cures it until the date is over.
    pub fn keeps_cures_in(&self) -> Option<usize> {
        self.cure.as_ref().filter(|cure| cure.repays.is_empty()).map(|cure| cure.to)
    }
}

/// How the steps that run a test stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunBy {
    /// One step that every scenario comes to.
    One,
    /// One step that some scenarios do not come to on a date.
    OneForSome,
    /// Several steps, of which the first that a scenario comes to counts.
    Several,
}

/// What a test does while it is failing, besides setting a status.
#[derive(Clone, Debug)]
pub enum EffectModel {
    /// Nothing is distributed.
    LockUp,
    /// A share, in 1e-9, of what would be distributed goes into an account.
    CashTrap {
        /// The share.
        share: i64,
        /// The account.
        to: usize,
    },
    /// A share, in 1e-9, of what would be distributed repays notes.
    Sweep {
        /// The share.
        share: i64,
        /// The notes, in order.
        notes: Vec<usize>,
    },
    /// An account's target is at least a formula.
    SetReserve {
        /// The account.
        account: usize,
        /// The formula.
        target: Expr,
    },
    /// The debt is accelerated.
    Accelerate,
    /// Where the test stops failing, the acceleration is rescinded.
    Reinstate,
    /// Nothing is drawn.
    DrawStop {
        /// From these facilities.
        facilities: Vec<usize>,
        /// On these notes.
        notes: Vec<usize>,
    },
    /// The balances of notes are due.
    EarlyAmortization {
        /// The notes.
        notes: Vec<usize>,
    },
    /// Notes bear more.
    RateStep {
        /// The notes.
        notes: Vec<usize>,
        /// What is added to their rates, in 1e-9.
        extra: i64,
    },
    /// Steps happen after the step that runs the test.
    RunSteps {
        /// The name of their block.
        block: String,
    },
}

impl EffectModel {
    /// Its key in a document.
    pub fn key(&self) -> &'static str {
        match self {
            EffectModel::LockUp => "lock_up",
            EffectModel::CashTrap { .. } => "cash_trap",
            EffectModel::Sweep { .. } => "sweep",
            EffectModel::SetReserve { .. } => "set_reserve",
            EffectModel::Accelerate => "accelerate",
            EffectModel::Reinstate => "reinstate",
            EffectModel::DrawStop { .. } => "draw_stop",
            EffectModel::EarlyAmortization { .. } => "early_amortization",
            EffectModel::RateStep { .. } => "rate_step",
            EffectModel::RunSteps { .. } => "run_steps",
        }
    }

    /// Its formula.
    pub fn formula(&self) -> Option<&Expr> {
        if let EffectModel::SetReserve { target, .. } = self { Some(target) } else { None }
    }

    /// Whether it bears on what is distributed.
    pub fn holds_back(&self) -> bool {
        matches!(self, EffectModel::LockUp | EffectModel::CashTrap { .. } | EffectModel::Sweep { .. })
    }

    /// The notes that it repays.
    pub fn swept(&self) -> &[usize] {
        match self {
            EffectModel::Sweep { notes, .. } => notes,
            _ => &[],
        }
    }
}

impl Model {
    /// The steps of all waterfalls.
    pub fn steps(&self) -> impl Iterator<Item = &StepModel> {
        let closing = self.closing.iter().flat_map(|(_, steps)| steps);
        self.collection.iter().chain(closing).chain(self.waterfalls.iter().flatten()).chain(&self.after)
    }

    /// All effects of all tests in the order in which they act, each with its test; their positions are those of a ledger's rows.
    pub fn effects(&self) -> impl Iterator<Item = (usize, &EffectModel)> {
        self.tests.iter().enumerate().flat_map(|(index, test)| test.effects.iter().map(move |effect| (index, effect)))
    }

    /// What holds cash back, for people: `cash_trap of coverage`.
    pub fn hold_name(&self, hold: Hold) -> String {
        match hold {
            Hold::Acceleration => "acceleration".to_string(),
            Hold::Cures => "cures of the date".to_string(),
            Hold::DrawStop(facility) => format!("draw_stop of {}", self.facilities[facility].name),
            Hold::Effect(position) => {
                let (test, effect) = self.effects().nth(position).expect("an effect of the model");
                format!("{} of {}", effect.key(), self.tests[test].name)
            }
        }
    }
}

/// What a test measures.
#[derive(Clone, Debug)]
pub struct Ratio {
    /// What is divided.
    pub numerator: Measured,
    /// By what.
    pub denominator: Measured,
    /// Whether the denominator is a stock, not summed over a window.
    pub is_stock: bool,
}

impl Ratio {
    /// Its formulas.
    pub fn formulas(&self) -> impl Iterator<Item = &Expr> {
        [&self.numerator, &self.denominator]
            .into_iter()
            .filter_map(|part| if let Measured::Formula(formula) = part { Some(formula) } else { None })
    }

    /// The notes whose interest due is measured.
    pub fn notes_with_interest_due(&self) -> &[usize] {
        match &self.denominator {
            Measured::InterestDue(notes) => notes,
            _ => &[],
        }
    }
}

/// A numerator or a denominator.
#[derive(Clone, Debug)]
pub enum Measured {
    /// A formula.
    Formula(Expr),
    /// Interest accrued and principal scheduled on these notes.
    DebtService(Vec<usize>),
    /// Interest accrued on these notes.
    InterestAccrued(Vec<usize>),
    /// Interest due on these notes, with what of it has been paid on the date.
    InterestDue(Vec<usize>),
    /// The balances of these notes.
    Balances(Vec<usize>),
    /// An amount that is the same in every scenario, on each date.
    Known(Vec<i64>),
    /// The number 1.
    One,
}

/// A step, resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct StepModel {
    /// Its label in the ledger.
    pub name: String,
    /// How many steps of its waterfall stand before it; conditional blocks do not count.
    pub position: usize,
    /// The document's section.
    pub clause: Option<String>,
    /// Its condition and the text of it.
    pub when: Option<(Expr, String)>,
    /// For each grid date, whether it happens; `None`: on every date.
    pub on: Option<Vec<bool>>,
    /// What it does.
    pub action: Action,
}

impl StepModel {
    /// Whether the step happens on a date at all.
    pub fn happens(&self, t: usize) -> bool {
        self.on.as_ref().is_none_or(|on| on[t])
    }
}

/// Someone whom a step may pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Payee {
    /// A fee's due.
    Fee(usize),
    /// A note's interest due.
    Interest(usize),
    /// A note's principal due.
    Principal(usize),
    /// A note's balance, whatever is due.
    Balance(usize),
    /// An out-cashflow's due.
    Cost(usize),
    /// An account, up to its target.
    Reserve(usize),
    /// An account, all there is.
    Account(usize),
    /// An equity holder, all there is.
    Equity(usize),
    /// What is owed beside these.
    Claim(Claim),
    /// The other side of an exchange of currencies.
    Conversion,
    /// Who sells an asset.
    Asset(usize),
}

impl Payee {
    /// Whether it gets what is due to it, and not what an account or an owner takes as it is there.
    pub fn is_owed(self) -> bool {
        use Payee as P;
        !matches!(self, P::Reserve(_) | P::Account(_) | P::Equity(_) | P::Conversion | P::Asset(_))
    }
}

/// Whom cash is collected from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Payer {
    /// A lease's issuer rent.
    Lease(usize),
    /// What comes in from a lease beside rent.
    Property(usize),
    /// The revenue of a contract.
    Contract(usize),
    /// What comes in from a contract beside revenue.
    Customer(usize),
    /// An in-cashflow.
    Cashflow(usize),
    /// A note's proceeds.
    Note(usize),
    /// The interest that an account earns.
    Interest(usize),
    /// The sponsor who cures a test.
    Cure(usize),
    /// A facility.
    Facility(usize),
    /// The other side of a swap.
    Swap(usize),
    /// The other side of a cap.
    Cap(usize),
    /// An asset.
    Asset(usize),
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Cash comes in.
    Collect {
        /// From these.
        from: Vec<Payer>,
        /// To this account.
        to: usize,
    },
    /// Fees accrue.
    AccrueFee(Vec<usize>),
    /// Interest accrues.
    AccrueInterest(Vec<usize>),
    /// Payees are paid from accounts.
    Pay(Box<Payment>),
    /// What an account holds above its target moves.
    Release {
        /// The reserve.
        account: usize,
        /// Where it goes.
        to: usize,
    },
    /// Notes are prepaid at their call prices.
    Prepay {
        /// The notes, in order.
        notes: Vec<usize>,
        /// The source accounts, in order.
        from: Vec<usize>,
        /// What bounds the principal in all.
        amount: Option<Expr>,
        /// Whether all is repaid or nothing.
        whole: bool,
    },
    /// Interest that is due is added to balances.
    Capitalize {
        /// The notes.
        notes: Vec<usize>,
        /// The share; without it all.
        share: Option<Expr>,
        /// The rate that capitalised interest bears besides the note's, in 1e-9.
        premium: i64,
    },
    /// Balances are written down or up.
    Write {
        /// The notes, in the order in which they are written.
        notes: Vec<usize>,
        /// The amount in all.
        amount: Expr,
        /// Whether up.
        up: bool,
    },
    /// Tests take a reading.
    RunTests {
        /// The tests.
        tests: Vec<usize>,
        /// The notes that a cure of one of them may repay.
        repaid: Vec<RepaidByCure>,
    },
    /// The scenario steps into a status.
    SetStatus {
        /// The status.
        status: usize,
        /// Whether it leaves the waterfall at once, if the status is not that of the waterfall.
        now: bool,
    },
    /// The effects of tests do not act for a while.
    Waive(Vec<Waiver>),
    /// The debt is accelerated.
    Accelerate,
    /// The acceleration is rescinded.
    Rescind,
    /// A formula is recorded.
    Inspect {
        /// Under what, by position.
        of: usize,
        /// The formula.
        value: Box<Expr>,
    },
    /// The steps up to the next `Else` or `End` of this level happen where the formula is 1.
    If(Box<Expr>),
    /// The steps up to the next `End` of this level happen where it was 0.
    Else,
    /// The block ends.
    End,
    /// An asset is bought.
    Buy(Box<Purchase>),
    /// An asset is sold.
    Sell {
        /// The asset.
        asset: usize,
        /// The account that receives.
        to: usize,
        /// The face amount to sell.
        amount: Option<Expr>,
    },
    /// Cash is exchanged.
    Convert(Box<Conversion>),
    /// An amount is written to a ledger.
    Book {
        /// The ledger.
        ledger: usize,
        /// The amount.
        amount: Expr,
    },
    /// Cash is drawn from a facility.
    Draw {
        /// The facility.
        facility: usize,
        /// The account that receives.
        to: usize,
        /// What is asked for.
        amount: Option<Expr>,
    },
    /// Cash is drawn on a note.
    Fund {
        /// The note.
        note: usize,
        /// The account that receives.
        to: usize,
        /// What is asked for.
        amount: Option<Expr>,
    },
    /// Notes are repaid with a draw on another.
    Refinance {
        /// The notes, in order.
        notes: Vec<usize>,
        /// The note that is drawn.
        with: usize,
        /// The account through which the cash goes.
        account: usize,
    },
    /// Notes are extended.
    Extend(Vec<usize>),
    /// A swap is settled.
    SettleSwap {
        /// The swap.
        swap: usize,
        /// The account that receives.
        to: usize,
        /// Who pays what is due.
        payment: Box<Payment>,
    },
    /// A swap ends.
    TerminateSwap {
        /// The swap.
        swap: usize,
        /// What is owed then.
        amount: Expr,
    },
    /// A cap is settled.
    SettleCap {
        /// The cap.
        cap: usize,
        /// The account that receives.
        to: usize,
    },
    /// Taxes become due and are paid.
    PayTax {
        /// The taxes.
        taxes: Vec<usize>,
        /// Who is paid from what.
        payment: Box<Payment>,
    },
}

impl Action {
    /// Whom it pays, if it pays.
    pub fn payment(&self) -> Option<&Payment> {
        match self {
            Action::Pay(payment) | Action::PayTax { payment, .. } | Action::SettleSwap { payment, .. } => Some(payment),
            Action::Convert(conversion) => Some(&conversion.payment),
            Action::Buy(purchase) => Some(&purchase.payment),
            _ => None,
        }
    }
}

/// Who is paid from what, how.
#[derive(Clone, Debug, PartialEq)]
pub struct Payment {
    /// The payees, in order.
    pub payees: Vec<Payee>,
    /// The source accounts, in order.
    pub from: Vec<usize>,
    /// How the payees rank.
    pub shares: Shares,
    /// The limits.
    pub limits: Limits,
    /// Who pays what the sources leave unpaid, in order.
    pub supports: Vec<SupportModel>,
}

/// How the payees of a step rank.
#[derive(Clone, Debug, PartialEq)]
pub enum Shares {
    /// One after the other.
    Sequential,
    /// In proportion to what each still asks for.
    ByDue,
    /// In proportion to the balances of the notes.
    ByBalance,
    /// In proportion to numbers, in 1e-9, one for each payee.
    Given(Vec<i64>),
}

impl Shares {
    /// Whether one payee at a time is paid all it asks for, if there are so many of them.
    pub fn are_sequential(&self, n_payees: usize) -> bool {
        match self {
            Shares::Sequential => true,
            Shares::ByDue => n_payees == 1,
            Shares::ByBalance | Shares::Given(_) => false,
        }
    }
}

/// A formula with its text.
pub type Written = (Expr, String);

/// The limits on a payment; all apply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// The most that the step pays.
    pub cap: Option<Written>,
    /// The share, in 1e-9, of each request.
    pub share_of_due: Option<i64>,
    /// What each source keeps.
    pub keep_balance: Option<Written>,
    /// Whether each source keeps its target.
    pub above_target: bool,
    /// Whether the receiving account gets no more than it lacks of its target.
    pub to_target: bool,
}

impl Limits {
    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        *self == Limits::default()
    }

    /// The formulas of the limits.
    pub fn formulas(&self) -> impl Iterator<Item = &Expr> {
        self.cap.iter().chain(&self.keep_balance).map(|(formula, _)| formula)
    }
}

/// What a step is paid from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// An account.
    Account(usize),
    /// A facility, on which is drawn.
    Facility(usize),
}

/// Someone who pays what the sources of a step leave unpaid.
#[derive(Clone, Debug, PartialEq)]
pub struct SupportModel {
    /// The account or facility.
    pub source: Source,
    /// The condition on which it pays.
    pub only_if: Option<Written>,
}
