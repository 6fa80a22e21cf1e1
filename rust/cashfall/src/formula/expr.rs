//! The typed tree a formula becomes: units checked, names resolved to positions, scales made explicit.

use std::sync::Arc;

/// The unit of a value.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Minor units of the deal's currency.
    Amount,
    /// Counts of 1e-9.
    Number,
    /// Counts of 1.
    Count,
    /// 0 or 1.
    Flag,
}

impl Unit {
    /// The unit with its article, as messages say it: `an amount`.
    pub fn described(self) -> &'static str {
        match self {
            Unit::Amount => "an amount",
            Unit::Number => "a number",
            Unit::Count => "a count",
            Unit::Flag => "a flag",
        }
    }
}

/// The kind of object a quantity belongs to.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are those of the tables of a document")]
pub enum Object {
    Lease,
    Contract,
    Fleet,
    BorrowingBase,
    Cashflow,
    Account,
    Fee,
    Note,
    /// Several notes; formulas read it as the sum of theirs.
    Group,
    Equity,
    Ledger,
    Tax,
    Facility,
    Swap,
    RateCap,
    Asset,
    Test,
    /// Whether the debt is accelerated.
    Acceleration,
    /// The status that a scenario is in.
    Status,
    /// What a step records under a name of its own.
    Inspection,
    Input,
    Period,
}

impl Object {
    /// Whether its figures are made at the start of a date.
    pub fn is_collateral(self) -> bool {
        matches!(self, Object::Lease | Object::Contract | Object::Fleet | Object::BorrowingBase)
    }
}

/// A quantity of an object.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are those that formulas read")]
pub enum Quantity {
    Rent,
    IssuerRent,
    Amount,
    Due,
    Paid,
    Shortfall,
    Balance,
    /// The interest that an account earned.
    Earned,
    Target,
    Accrued,
    Rate,
    UnpaidInterestAccrued,
    UnpaidInterestDue,
    InterestCapitalized,
    WrittenDown,
    AdditionalInterestAccrued,
    AdditionalInterestDue,
    AdditionalInterestPaid,
    AdditionalInterestShortfall,
    PremiumDue,
    PremiumPaid,
    PremiumShortfall,
    /// Whether the debt is accelerated.
    Active,
    Factor,
    InterestAccrued,
    InterestDue,
    InterestPaid,
    InterestShortfall,
    PrincipalDue,
    PrincipalPaid,
    PrincipalShortfall,
    ScheduledInterest,
    ScheduledPrincipal,
    ScheduledDebtService,
    ScheduledBalance,
    OriginalBalance,
    /// What can be drawn on a note.
    Room,
    /// What was drawn on a note.
    Funded,
    /// How often a note has been extended.
    Extended,
    MonthsToMaturity,
    Proceeds,
    /// How many rents a lease has come to.
    NRents,
    /// How many rent dates a property has been without its tenant.
    NVacant,
    NDeferred,
    Occupied,
    Vacant,
    Defaulted,
    Purchased,
    Terminated,
    Destroyed,
    Expired,
    BaseRent,
    IndexLevel,
    ScheduledRent,
    /// Whether the rent of a date is deferred.
    Deferring,
    /// In how many instalments what was deferred is still to be paid.
    Instalments,
    Deferred,
    Claimed,
    Claim,
    Recovered,
    Deposit,
    DepositApplied,
    DepositReturned,
    PurchasePaid,
    Insured,
    ReletRent,
    Guaranteed,
    GuaranteePaid,
    IssuerProceeds,
    /// What the hours of a period are worth at a price of 1.
    UnitValue,
    Contracted,
    Remaining,
    InForce,
    /// How many payment dates a contract has ended before.
    NEnded,
    InvestmentGrade,
    Used,
    Billed,
    Credit,
    Prepaid,
    Credited,
    Revenue,
    /// What a contract's customer pays for a period.
    Fee,
    UseValue,
    PaidToDate,
    Damages,
    RolloverRevenue,
    /// Whether machines are there, and not sold.
    Held,
    /// How many machines are there.
    Units,
    /// What machines cost, less what is written off.
    NetCost,
    Capex,
    MarketValue,
    PowerCost,
    /// What a sale is still to bring.
    Awaited,
    /// Which test of a borrowing base is the least, from 1.
    Binding,
    /// What of a note was above its limit when the date began.
    Overdue,
    Distributed,
    Failing,
    /// Whether the effects of a test do not act for a while.
    Waived,
    ExcessDue,
    ExcessPaid,
    ExcessShortfall,
    CapRoom,
    /// What a sponsor gave to cure a test.
    Cure,
    Drawn,
    Available,
    Draws,
    Repaid,
    FeeAccrued,
    FeeDue,
    FeePaid,
    FeeShortfall,
    PayAccrued,
    ReceiveAccrued,
    Receivable,
    /// The face amount that an asset lost.
    Lost,
    /// The face amount that was bought of an asset.
    Bought,
    /// The face amount that was sold of an asset.
    Sold,
    /// The cash that was paid for an asset.
    Cost,
    Received,
    TerminationDue,
    TerminationPaid,
    TerminationShortfall,
    /// The value of an input on the date.
    Value,
    /// The position of the date on the grid.
    Index,
}

impl Quantity {
    /// Whether it is what is owed, which a payment lowers.
    pub fn is_due(self) -> bool {
        use Quantity::{
            AdditionalInterestDue, Due, ExcessDue, FeeDue, InterestDue, PremiumDue, PrincipalDue, TerminationDue,
            UnpaidInterestDue,
        };
        matches!(
            self,
            Due | InterestDue
                | PrincipalDue
                | ExcessDue
                | UnpaidInterestDue
                | FeeDue
                | TerminationDue
                | PremiumDue
                | AdditionalInterestDue
        )
    }

    /// Its name in small letters, for listings.
    pub fn word(self) -> String {
        let mut word = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !word.is_empty() {
                word.push('_');
            }
            word.push(letter.to_ascii_lowercase());
        }
        word
    }

    /// Whether it is a figure that only others are made of.
    pub fn is_internal(self) -> bool {
        matches!(self, Quantity::Deferring | Quantity::Instalments | Quantity::NEnded | Quantity::Awaited)
    }

    /// Whether it is a flow of collateral whose total is a metric.
    pub fn is_totalled(self) -> bool {
        use Quantity::{
            Billed, Capex, Contracted, Credit, DepositApplied, DepositReturned, Fee, GuaranteePaid, Insured,
            IssuerProceeds, IssuerRent, PowerCost, Proceeds, PurchasePaid, Recovered, ReletRent, Rent, Repaid, Revenue,
            RolloverRevenue, ScheduledRent, Sold, TerminationPaid,
        };
        let rents = matches!(self, Rent | IssuerRent | ScheduledRent | Repaid | ReletRent | Proceeds | IssuerProceeds);
        let receipts = matches!(self, TerminationPaid | PurchasePaid | Insured | Recovered | Sold | GuaranteePaid);
        let fees = matches!(self, Contracted | Billed | Credit | Fee | Revenue | RolloverRevenue | Capex | PowerCost);
        rents || receipts || fees || matches!(self, DepositApplied | DepositReturned)
    }

    /// Whether it comes in from a lease beside rent, or leads to what does.
    pub fn is_receipt(self) -> bool {
        use Quantity::{
            GuaranteePaid, Guaranteed, Insured, IssuerProceeds, Proceeds, PurchasePaid, Recovered, Sold,
            TerminationPaid,
        };
        let paid = matches!(self, TerminationPaid | PurchasePaid | Insured | Recovered | Sold);
        paid || matches!(self, Guaranteed | GuaranteePaid | Proceeds | IssuerProceeds)
    }

    /// The unit of a figure of collateral.
    pub fn unit_of_collateral(self) -> Unit {
        use Quantity::{
            Binding, Defaulted, Deferring, Destroyed, Expired, Held, InForce, IndexLevel, Instalments, InvestmentGrade,
            NDeferred, NEnded, NRents, NVacant, Occupied, Purchased, Terminated, Units, Vacant,
        };
        match self {
            NRents | NVacant | NDeferred | Instalments | NEnded | Units | Binding => Unit::Count,
            Occupied | Vacant | Defaulted | Purchased | Terminated | Destroyed | Expired | Deferring | InForce
            | InvestmentGrade | Held => Unit::Flag,
            IndexLevel => Unit::Number,
            _ => Unit::Amount,
        }
    }

    /// The due whose closing value it is, if it is a shortfall.
    pub fn shortfall_of(self) -> Option<Quantity> {
        match self {
            Quantity::Shortfall => Some(Quantity::Due),
            Quantity::InterestShortfall => Some(Quantity::InterestDue),
            Quantity::PrincipalShortfall => Some(Quantity::PrincipalDue),
            Quantity::ExcessShortfall => Some(Quantity::ExcessDue),
            Quantity::FeeShortfall => Some(Quantity::FeeDue),
            Quantity::AdditionalInterestShortfall => Some(Quantity::AdditionalInterestDue),
            Quantity::PremiumShortfall => Some(Quantity::PremiumDue),
            Quantity::TerminationShortfall => Some(Quantity::TerminationDue),
            _ => None,
        }
    }
}

/// One quantity of one object of the deal.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct QuantityRef {
    /// The kind of the object.
    pub object: Object,
    /// The object's position in its table; 0 for `period`.
    pub index: usize,
    /// The quantity.
    pub quantity: Quantity,
}

/// A formula, or a part of one, with its unit and its bytes in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// What it computes.
    pub kind: ExprKind,
    /// The unit of its value.
    pub unit: Unit,
    /// Where it starts in the text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// What an expression computes. Every value is an integer in its unit; `R` is the deal's rounding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// A constant.
    Literal(i64),
    /// The value of a table at a position; 0 outside of it. No formula of a document has one: terms of collateral do.
    Table {
        /// Its values, from position 0 on.
        values: Arc<[i64]>,
        /// The position, a count.
        at: Box<Expr>,
    },
    /// A quantity as it stands now.
    Quantity(QuantityRef),
    /// A quantity as it stood when the date began.
    Opening(QuantityRef),
    /// A quantity at the close of the n-th grid date before.
    Lag {
        /// The quantity.
        of: QuantityRef,
        /// How many dates back, at least 1.
        n: usize,
        /// The value before the first grid date.
        default: i64,
    },
    /// A quantity now plus its closing values on the n-1 grid dates before.
    TrailingSum {
        /// The quantity.
        of: QuantityRef,
        /// The number of dates, at least 1.
        n: usize,
    },
    /// A scheduled quantity over the next n payment dates of its note.
    ForwardSum {
        /// The quantity.
        of: QuantityRef,
        /// The number of payment dates, at least 1.
        n: usize,
    },
    /// An amount, counted in the currency at a position from here on.
    Convert(Box<Expr>, usize),
    /// x_n of x_0 = start, x_k = body with x_(k-1) for its unknown: a fixed point, or there is none.
    Solve {
        /// Where it begins.
        start: Box<Expr>,
        /// What it becomes.
        body: Box<Expr>,
        /// The number of rounds, at least 1.
        n: usize,
    },
    /// The unknown of a `Solve` around it, counted from the outermost.
    Unknown(usize),
    /// -a
    Negate(Box<Expr>),
    /// |a|
    Absolute(Box<Expr>),
    /// a + b
    Add(Box<Expr>, Box<Expr>),
    /// a - b
    Subtract(Box<Expr>, Box<Expr>),
    /// R(a * b / c)
    MulDiv {
        /// The first factor.
        a: Box<Expr>,
        /// The second factor.
        b: Box<Expr>,
        /// The divisor, a constant that is not zero.
        c: i64,
    },
    /// a * b, exact: at least one is a count.
    Product(Box<Expr>, Box<Expr>),
    /// R(a * scale / b), or `if_zero` where b is 0.
    Divide {
        /// The dividend.
        a: Box<Expr>,
        /// The scale of the quotient.
        scale: i64,
        /// The divisor.
        b: Box<Expr>,
        /// The value where the divisor is 0.
        if_zero: Box<Expr>,
    },
    /// The least of its parts.
    Minimum(Vec<Expr>),
    /// The greatest of its parts.
    Maximum(Vec<Expr>),
    /// The second where the first is 1, else the third.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// 1 where the relation holds.
    Compare(Relation, Box<Expr>, Box<Expr>),
    /// 1 where both are 1.
    And(Box<Expr>, Box<Expr>),
    /// 1 where one is 1.
    Or(Box<Expr>, Box<Expr>),
    /// 1 where it is 0.
    Not(Box<Expr>),
}

/// A comparison.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Relation {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}
