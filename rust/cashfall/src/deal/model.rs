//! The objects of a deal document. Each is declared once; the declaration gives the type, the decoder that collects
//! every problem, and the schema.

pub use super::acceleration::DrawStop;
use super::acceleration::{Accelerate, Acceleration, Rescind};
pub use super::assets::*;
use super::bounds::*;
pub use super::claims::*;
pub use super::contracts::*;
pub use super::coupon::{
    Averaged, Coupon, DefaultRate, FixedCoupon, Fixing, Floating, FloorPer, FormulaCoupon, IndexLevel,
};
pub use super::cure::*;
pub use super::currencies::*;
use super::declare::{self, choice, object, tagged};
use super::decode::{
    At, Context, Decode, Fields, Tagged, decode_choice, decode_tagged, expected_choice, expected_tagged,
};
pub use super::effect::*;
pub use super::facilities::*;
pub use super::fees::*;
pub use super::fleets::*;
pub use super::forward::*;
pub use super::funding::{Extend, Extension, FundNote, Funding, Refinance};
pub use super::groups::NoteGroup;
pub use super::leases::*;
pub use super::measure::*;
pub use super::note_terms::{
    AnticipatedRepayment, ApplyTo, Call, CapitalizeInterest, Empty, InterestOnUnpaid, MakeWhole, MissedPrincipal,
    Prepay, UnpaidRate, WriteDown, WriteUp,
};
use super::place::Place;
pub use super::scenarios::{InputPath, NamedScenario};
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{Decimal, FormulaText, Located, Name, Table};
use super::weights::Weights;
use crate::basics::date::Date;
use crate::basics::day_count::DayCount;
use crate::basics::rounding::Rounding;
use crate::basics::units::{Amount, NUMBER_SCALE, Number};

object! {
    /// A deal: its terms, its dates, what comes in, who is owed, and who is paid in which order.
    Deal {
        /// The deal as a whole.
        deal: Terms,
        /// Lists of dates by name.
        schedules: Table<Schedule> = Table::default(),
        /// What a scenario may set.
        inputs: Table<Input> = Table::default(),
        /// The inputs on which schedules are sized; an input that is not named takes its default.
        sizing_case: Table<Decimal> = Table::default(),
        /// Named scenarios: stories that the deal is told with, ready to run.
        scenarios: Table<NamedScenario> = Table::default(),
        /// Leases, whose rent the deal collects.
        leases: Table<Lease> = Table::default(),
        /// Compute contracts, whose fees the deal collects.
        contracts: Table<Contract> = Table::default(),
        /// Fleets of machines.
        fleets: Table<Fleet> = Table::default(),
        /// Dated amounts that come in or go out.
        cashflows: Table<Cashflow> = Table::default(),
        /// What may be borrowed against collateral.
        borrowing_bases: Table<BorrowingBase> = Table::default(),
        /// Where cash is held.
        accounts: Table<Account> = Table::default(),
        /// Fees that fall due on payment dates.
        fees: Table<Fee> = Table::default(),
        /// Annual caps that several fees share.
        fee_caps: Table<FeeCap> = Table::default(),
        /// Notes: interest, principal and a schedule.
        notes: Table<Note> = Table::default(),
        /// Groups of notes: a name stands for several notes.
        groups: Table<NoteGroup> = Table::default(),
        /// Who receives distributions.
        equity: Table<Equity> = Table::default(),
        /// Counts of amounts, which formulas read.
        ledgers: Table<Ledger> = Table::default(),
        /// Taxes on what formulas say.
        taxes: Table<Tax> = Table::default(),
        /// Commitments from which cash can be drawn.
        facilities: Table<Facility> = Table::default(),
        /// Interest rate swaps.
        swaps: Table<Swap> = Table::default(),
        /// Interest rate caps that the deal has bought.
        caps: Table<RateCap> = Table::default(),
        /// What the deal buys and sells.
        assets: Table<Asset> = Table::default(),
        /// Tests, which fire and cure and set the deal's status.
        tests: Table<Test> = Table::default(),
        /// What it means that the debt is accelerated.
        acceleration: Option<Acceleration>,
        /// Steps for use in several places.
        blocks: Table<Vec<Step>> = Table::default(),
        /// The steps of `collection`, of `closing`, of each status and of `after`.
        waterfalls: Table<Vec<Step>> = Table::default(),
    }
}

object! {
    /// The deal as a whole.
    Terms {
        /// A short name, as in file names.
        name: String,
        /// The name people read.
        title: Option<String>,
        /// What the deal is, in sentences.
        description: Option<String>,
        /// Three capitals, such as `USD`.
        currency: String where CURRENCY,
        /// How many decimals an amount has.
        decimals: i64 where DECIMALS = 2,
        /// How products and quotients are rounded.
        rounding: Rounding = Rounding::HalfUp,
        /// Where the cents go that pro rata shares leave over.
        pro_rata_remainder: Remainder = Remainder::Cumulative,
        /// The first date of the deal.
        closing_date: Date,
        /// The schedule on which the waterfall of the deal's status runs.
        waterfall_dates: Name,
        /// The statuses in order of severity; a deal begins in the first.
        statuses: Vec<Name> where NOT_EMPTY = vec![Name { text: "normal".to_owned(), place: Place::of_path("deal.statuses[0]") }],
        /// A schedule of dates that are on the grid besides those the objects need.
        extra_dates: Option<Name>,
        /// Who ranks before whom: lists of payees, the most senior first, those of one list equal. It moves no cash; the
        /// law `senior_before_junior` reads it.
        seniority: Option<Vec<Vec<Name>>> where NOT_EMPTY,
    }
}

choice! {
    /// Where the cents go that pro rata shares leave over.
    Remainder {
        /// Each payee's share is the difference of two rounded running sums.
        Cumulative = "cumulative",
        /// Every share is rounded down, and the cents left over go to the first payee with room.
        First = "first",
    }
}

tagged! {
    /// A list of dates.
    Schedule {
        /// Dates at a regular distance of months.
        Regular(RegularSchedule) = "regular",
        /// The dates themselves, strictly increasing.
        Dates(Vec<Located<Date>> where NOT_EMPTY) = "dates",
    }
}

object! {
    /// Dates at a regular distance of months, on one day of the month or the last day of a shorter month.
    RegularSchedule {
        /// The first date.
        first: Located<Date>,
        /// The last date.
        last: Located<Date>,
        /// The distance in months.
        months: i64 where MONTHS,
        /// The day of the month; without it the day of `first`.
        day: Option<i64> where DAY,
    }
}

choice! {
    /// The unit of an input.
    InputUnit {
        /// A ratio or rate.
        Number = "number",
        /// Money.
        Amount = "amount",
    }
}

object! {
    /// What a scenario may set.
    Input {
        /// The unit of its values.
        unit: InputUnit,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// The value where a scenario sets none.
        default: Option<Decimal>,
        /// Default values in time: each holds from its date until the next.
        default_steps: Option<Vec<(Located<Date>, Decimal)>> where NOT_EMPTY,
        /// The least value a scenario may set (0).
        minimum: Option<Decimal>,
        /// The greatest value a scenario may set (number: 1,000; amount: 100,000,000,000).
        maximum: Option<Decimal>,
        /// What the input means.
        description: Option<String>,
    }
}

tagged! {
    /// How an amount grows with the years.
    Escalator {
        /// The growth a year.
        Annual(Number where GROWTH) = "annual",
    }
}

choice! {
    /// Whether cash comes in or goes out.
    Direction {
        /// Cash that a step collects.
        In = "in",
        /// A cost that a step pays.
        Out = "out",
    }
}

object! {
    /// Dated amounts that come in or go out.
    Cashflow {
        /// The name people read.
        title: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// Whether they come in or go out.
        direction: Direction,
        /// Pairs of date and amount; the dates strictly increase.
        amounts: Option<Vec<(Located<Date>, Amount)>> where NOT_NEGATIVE_LIST,
        /// In the place of `amounts`, a formula that gives the amount of a date.
        amount: Option<FormulaText>,
        /// The schedule on which the formula is evaluated.
        dates: Option<Name>,
        /// A number input by which the amounts are multiplied.
        factor: Option<Name>,
    }
}

object! {
    /// Where cash is held.
    Account {
        /// The name people read.
        title: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// The balance before the first date.
        opening_balance: Amount where NOT_NEGATIVE = Amount(0),
        /// What the account is to hold; it makes the account a reserve.
        target: Option<Target>,
        /// The interest that its balance earns.
        earns: Option<Earns>,
    }
}

object! {
    /// What a reserve is to hold.
    Target {
        /// A formula that gives an amount; below zero counts as zero.
        formula: FormulaText,
        /// The view under which it may look forward.
        view: Option<View>,
        /// Facilities whose available amounts count towards it.
        satisfied_by: Vec<Name> = Vec::new(),
        /// Whether it follows its formula, or holds the greatest value still to come.
        prefund: Prefund = Prefund::Path,
    }
}

choice! {
    /// How far ahead a reserve is funded.
    Prefund {
        /// For the formula's value on the date.
        Path = "path",
        /// For the greatest value of the formula on the date and all later ones.
        Peak = "peak",
    }
}

choice! {
    /// From where a formula may look forward.
    View {
        /// The schedule fixed at compile.
        Scheduled = "scheduled",
    }
}

object! {
    /// A fee that falls due on payment dates.
    Fee {
        /// The name people read.
        title: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// The schedule on which it accrues.
        payment_dates: Name,
        /// How much accrues on a payment date.
        amount: FeeAmount,
        /// Interest on what is due and unpaid.
        accrues_on_unpaid: Option<UnpaidInterest>,
        /// The most that falls due in a cap year.
        cap: Option<AnnualCap>,
    }
}

tagged! {
    /// How much of a fee accrues on a payment date.
    FeeAmount {
        /// A fixed amount.
        Fixed(FixedFee) = "fixed",
        /// A share of a quantity.
        ShareOf(ShareOf) = "share_of",
        /// An amount a year, prorated.
        PerYear(PerYear) = "per_year",
        /// A rate a year on a quantity, prorated.
        RateOf(RateOf) = "rate_of",
        /// Amounts in time: each holds from its date until the next.
        Table(Vec<(Located<Date>, Amount)> where NOT_NEGATIVE_LIST) = "table",
    }
}

object! {
    /// A fixed fee.
    FixedFee {
        /// The amount of a payment date in the first year.
        per_date: Amount where NOT_NEGATIVE,
        /// How it grows with the years from the closing date.
        escalator: Option<Escalator>,
    }
}

object! {
    /// A fee that is a share of a quantity; below zero counts as zero.
    ShareOf {
        /// The share.
        share: Number where SHARE,
        /// A formula that gives an amount.
        quantity: FormulaText,
    }
}

object! {
    /// A note: a balance that bears interest and is repaid on a schedule.
    Note {
        /// The name people read.
        title: Option<String>,
        /// The CUSIP number.
        cusip: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// The balance on the dated date.
        original_balance: Located<Amount> where NOT_NEGATIVE,
        /// The day from which interest runs.
        dated_date: Located<Date>,
        /// The last payment date.
        maturity_date: Located<Date>,
        /// The schedule on which interest and principal are paid.
        payment_dates: Name,
        /// How a period's fraction of a year is counted.
        day_count: DayCount,
        /// The interest rate.
        coupon: Located<Coupon>,
        /// What is added to the rate while a flag holds.
        default_rate: Option<DefaultRate>,
        /// How the note is repaid.
        amortisation: Located<Amortisation>,
        /// The denomination per which interest is rounded; it divides the original balance.
        rounding_unit: Option<Located<Amount>> where POSITIVE,
        /// What unpaid interest bears; without it nothing.
        interest_on_unpaid: Option<InterestOnUnpaid>,
        /// When principal that was missed falls due.
        missed_principal: MissedPrincipal = MissedPrincipal::Carry,
        /// Which instalments principal paid ahead reduces.
        apply_to: ApplyTo = ApplyTo::Direct,
        /// What one unit of the original balance was issued for.
        issue_price: Number where PRICE = Number(NUMBER_SCALE),
        /// To how many decimals the recorded factor is rounded.
        factor_decimals: Option<i64> where FACTOR_DECIMALS,
        /// At what prices it may be prepaid; without it at 100.
        call: Option<Call>,
        /// From when on it bears additional interest, due for itself.
        anticipated_repayment: Option<AnticipatedRepayment>,
        /// How it is drawn after its dated date; without it, it is not.
        funding: Option<Funding>,
        /// To which dates its maturity can be extended.
        extension: Option<Extension>,
    }
}

tagged! {
    /// How a note is repaid.
    Amortisation {
        /// Equal instalments of interest and principal.
        Level(Level) = "level",
        /// Debt service in proportion to a cash flow.
        Sculpted(Sculpted) = "sculpted",
        /// Stated amounts of principal.
        Explicit(Explicit) = "explicit",
        /// All at maturity.
        Bullet(Bullet) = "bullet",
        /// All at maturity, as steps sweep what there is.
        Sweep(Bullet) = "sweep",
        /// All at maturity, and before it what is above a formula on a payment date.
        BalanceAtMost(BalanceAtMost) = "balance_at_most",
        /// Pairs of payment date and scheduled balance, which holds until the next.
        TargetBalance(Vec<(Located<Date>, Amount)> where NOT_NEGATIVE_LIST) = "target_balance",
        /// Pairs of payment date and share of the original balance.
        PercentOfOriginal(Vec<(Located<Date>, Number)> where SHARE_LIST) = "percent_of_original",
        /// The greatest principal due of several schedules: the least of their balances.
        GreatestOf(Vec<Located<Amortisation>> where NOT_EMPTY) = "greatest_of",
    }
}

object! {
    /// Equal instalments of interest and principal.
    Level {
        /// The first payment date with principal.
        first_date: Located<Date>,
    }
}

object! {
    /// Debt service in proportion to a cash flow on the sizing case.
    Sculpted {
        /// The first payment date with principal.
        first_date: Located<Date>,
        /// A formula that gives an amount; it reads inputs, leases, cashflow amounts and accruals of fixed fees.
        cash_flow: FormulaText,
    }
}

object! {
    /// What a balance may be at most.
    BalanceAtMost {
        /// A formula that gives an amount; it reads what collateral reads, and all collateral.
        formula: FormulaText,
    }
}

object! {
    /// Stated amounts of principal.
    Explicit {
        /// Pairs of payment date and amount; they sum to the original balance.
        principal: Vec<(Located<Date>, Amount)> where NOT_NEGATIVE_LIST,
    }
}

object! {
    /// All at maturity.
    Bullet {}
}

object! {
    /// Who receives distributions.
    Equity {
        /// The name people read.
        title: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
    }
}

object! {
    /// A test: a measure held against a level, with a memory.
    Test {
        /// What is measured.
        measure: Measure,
        /// On which side of the level the test passes.
        ///
        /// Without it `at_most` for `ltv` and `cumulative_loss`, else `at_least`.
        requires: Option<Requires>,
        /// The level at which a test that holds fails.
        level: Number,
        /// The level at which a failing test passes again; without it `level`.
        cure_level: Option<Number>,
        /// How many fails in a row make it failing.
        enter_after: i64 where AT_LEAST_ONE = 1,
        /// How many passes in a row cure it.
        cure_after: i64 where AT_LEAST_ONE = 1,
        /// Over how many measured dates sums are taken.
        window: i64 where AT_LEAST_ONE = 1,
        /// Whether a window divides sums or averages ratios.
        by: WindowBy = WindowBy::RatioOfSums,
        /// What happens before the window is full.
        window_start: WindowStart = WindowStart::Wait,
        /// A window on what is to come, in the place of one on what has been.
        forward: Option<ForwardWindow>,
        /// The schedule on which it is measured; all on waterfall dates.
        dates: Name,
        /// The first date on which it is measured.
        first_date: Option<Located<Date>>,
        /// Spans of dates, both ends included, in which it is not measured.
        holiday: Vec<Holiday> = Vec::new(),
        /// What a date without a denominator counts as.
        when_undefined: WhenUndefined,
        /// Whether a failing test stays failing.
        sticky: bool = false,
        /// How a sponsor may cure a reading.
        equity_cure: Option<EquityCure>,
        /// What happens while it fails.
        effects: Vec<Effect> = Vec::new(),
    }
}

choice! {
    /// Whether a denominator is summed over a test's window.
    DenominatorKind {
        /// Summed over the window.
        Flow = "flow",
        /// Today's.
        Stock = "stock",
    }
}

choice! {
    /// On which side of the level a test passes.
    Requires {
        /// The measure is the level or more.
        AtLeast = "at_least",
        /// The measure is the level or less.
        AtMost = "at_most",
    }
}

choice! {
    /// How the dates of a window make one ratio.
    WindowBy {
        /// The sum of the numerators over the sum of the denominators.
        RatioOfSums = "ratio_of_sums",
        /// The mean of the dates' ratios, each rounded to 1e-9; a date without a denominator does not count.
        MeanOfRatios = "mean_of_ratios",
    }
}

choice! {
    /// What happens before a test's window is full.
    WindowStart {
        /// It is not tested.
        Wait = "wait",
        /// The sums are over the dates there are.
        Partial = "partial",
        /// The sums are scaled up to the whole window.
        Annualise = "annualise",
    }
}

choice! {
    /// What a date on which the denominator is not positive counts as.
    WhenUndefined {
        /// A pass.
        Pass = "pass",
        /// A fail.
        Fail = "fail",
        /// Neither.
        Hold = "hold",
    }
}

object! {
    /// A span of dates, both ends included.
    Holiday {
        /// Its first day.
        from: Date,
        /// Its last day.
        to: Date,
    }
}

object! {
    /// One step of a waterfall: a verb, and when it happens.
    Step {
        /// The name in the ledger; without it the verb and its payee.
        name: Option<String>,
        /// The section of the document it comes from.
        clause: Option<String>,
        /// A flag formula; where it is 0 the step moves nothing.
        when: Option<FormulaText>,
        /// The schedule on whose dates the step happens.
        dates: Option<Name>,
        => verb: Verb,
    }
}

tagged! {
    /// What a step does.
    Verb {
        /// Brings rent, inflows and note proceeds into an account.
        Collect(Collect) = "collect",
        /// Makes fees due.
        AccrueFee(AccrueFee) = "accrue_fee",
        /// Makes interest due.
        AccrueInterest(AccrueInterest) = "accrue_interest",
        /// Pays dues of any kind together.
        Pay(Pay) = "pay",
        /// Pays fees that are due.
        PayFee(PayFee) = "pay_fee",
        /// Pays interest that is due.
        PayInterest(PayInterest) = "pay_interest",
        /// Pays principal that is due.
        PayPrincipal(PayPrincipal) = "pay_principal",
        /// Pays what is due of outgoing cashflows.
        PayCost(PayCost) = "pay_cost",
        /// Pays principal ahead, up to the balance.
        Sweep(Sweep) = "sweep",
        /// Lifts a reserve to its target.
        FillReserve(FillReserve) = "fill_reserve",
        /// Moves what a reserve holds above its target.
        ReleaseReserve(ReleaseReserve) = "release_reserve",
        /// Moves all that an account holds.
        ReleaseTrap(ReleaseTrap) = "release_trap",
        /// Moves cash between accounts.
        Transfer(Transfer) = "transfer",
        /// Exchanges cash of one currency for cash of another.
        Convert(Convert) = "convert",
        /// Pays equity.
        Distribute(Distribute) = "distribute",
        /// Pays principal ahead at call prices.
        Prepay(Prepay) = "prepay",
        /// Adds interest that is due to the balance.
        CapitalizeInterest(CapitalizeInterest) = "capitalize_interest",
        /// Writes balances down, beginning with the last note.
        WriteDown(WriteDown) = "write_down",
        /// Writes balances up again, beginning with the first note.
        WriteUp(WriteUp) = "write_up",
        /// Measures tests and sets the deal's status.
        RunTests(RunTests) = "run_tests",
        /// Steps into a status, or out of one.
        SetStatus(SetStatus) = "set_status",
        /// Waives tests: their effects do not act for a while.
        Waive(Waive) = "waive",
        /// Accelerates the debt, as `acceleration` says.
        Accelerate(Accelerate) = "accelerate",
        /// Rescinds the acceleration, unless a test that accelerates is failing and not waived.
        Rescind(Rescind) = "rescind",
        /// Records the value of a formula.
        Inspect(Inspect) = "inspect",
        /// Goes one way or the other.
        If(If) = "if",
        /// Goes through the steps of a block.
        RunSteps(RunSteps) = "run_steps",
        /// Writes an amount to a ledger.
        Book(Book) = "book",
        /// Computes taxes, and pays what is due.
        PayTax(PayTax) = "pay_tax",
        /// Draws cash from a facility.
        DrawFacility(DrawFacility) = "draw_facility",
        /// Repays what is drawn.
        RepayFacility(RepayFacility) = "repay_facility",
        /// Receives what a swap owes the deal, and pays what the deal owes on it.
        SettleSwap(SettleSwap) = "settle_swap",
        /// Ends a swap.
        TerminateSwap(TerminateSwap) = "terminate_swap",
        /// Receives what a cap pays.
        SettleCap(SettleCap) = "settle_cap",
        /// Draws on a note that has `funding`.
        FundNote(FundNote) = "fund_note",
        /// Repays notes whole with a draw on another note, or does nothing.
        Refinance(Refinance) = "refinance",
        /// Extends the maturity of notes.
        Extend(Extend) = "extend",
        /// Pays what a cap on fees has held back.
        PayExcess(PayExcess) = "pay_excess",
        /// Buys an asset.
        BuyAsset(BuyAsset) = "buy_asset",
        /// Sells an asset.
        SellAsset(SellAsset) = "sell_asset",
    }
}

object! {
    /// Brings rent, inflows and note proceeds into an account.
    Collect {
        /// Leases, contracts, incoming cashflows and notes.
        from: Vec<Name> where NOT_EMPTY,
        /// The account.
        to: Name,
    }
}

object! {
    /// Makes fees due.
    AccrueFee {
        /// The fees.
        fees: Vec<Name> where NOT_EMPTY,
    }
}

object! {
    /// Makes interest due.
    AccrueInterest {
        /// The notes.
        notes: Vec<Name> where NOT_EMPTY,
    }
}

object! {
    /// Pays dues of any kind together.
    Pay {
        /// The dues, such as `senior.interest_due`, `servicing.due` or `senior.balance`.
        dues: Vec<Name> where NOT_EMPTY,
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// How the dues rank.
        ranking: Ranking = Ranking::Sequential,
        /// By what the dues share, with `ranking = "pro_rata"`; without it by what is due.
        weights: Option<Weights>,
        /// In which order the dues stand.
        order: Order = Order::Listed,
        /// What the step may not exceed.
        limit: Option<Limit>,
        /// Who pays what the sources leave unpaid, in order.
        support: Vec<Support> = Vec::new(),
    }
}

object! {
    /// Pays fees that are due.
    PayFee {
        /// The fees.
        fees: Vec<Name> where NOT_EMPTY,
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// How the fees rank.
        ranking: Ranking = Ranking::Sequential,
        /// By what the fees share, with `ranking = "pro_rata"`; without it by what is due.
        weights: Option<Weights>,
        /// In which order the fees stand.
        order: Order = Order::Listed,
        /// What the step may not exceed.
        limit: Option<Limit>,
        /// Who pays what the sources leave unpaid, in order.
        support: Vec<Support> = Vec::new(),
    }
}

object! {
    /// Pays interest that is due.
    PayInterest {
        /// The notes.
        notes: Vec<Name> where NOT_EMPTY,
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// How the notes rank.
        ranking: Ranking = Ranking::Sequential,
        /// By what the notes share, with `ranking = "pro_rata"`; without it by what is due.
        weights: Option<Weights>,
        /// In which order the notes stand.
        order: Order = Order::Listed,
        /// What the step may not exceed.
        limit: Option<Limit>,
        /// Who pays what the sources leave unpaid, in order.
        support: Vec<Support> = Vec::new(),
    }
}

object! {
    /// Pays principal that is due.
    PayPrincipal {
        /// The notes.
        notes: Vec<Name> where NOT_EMPTY,
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// How the notes rank.
        ranking: Ranking = Ranking::Sequential,
        /// By what the notes share, with `ranking = "pro_rata"`; without it by what is due.
        weights: Option<Weights>,
        /// In which order the notes stand.
        order: Order = Order::Listed,
        /// What the step may not exceed.
        limit: Option<Limit>,
        /// Who pays what the sources leave unpaid, in order.
        support: Vec<Support> = Vec::new(),
    }
}

object! {
    /// Pays what is due of outgoing cashflows.
    PayCost {
        /// The outgoing cashflows.
        cashflows: Vec<Name> where NOT_EMPTY,
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// How the cashflows rank.
        ranking: Ranking = Ranking::Sequential,
        /// By what the cashflows share, with `ranking = "pro_rata"`; without it by what is due.
        weights: Option<Weights>,
        /// In which order the cashflows stand.
        order: Order = Order::Listed,
        /// What the step may not exceed.
        limit: Option<Limit>,
        /// Who pays what the sources leave unpaid, in order.
        support: Vec<Support> = Vec::new(),
    }
}

object! {
    /// Pays principal ahead, up to the balance.
    Sweep {
        /// The notes.
        notes: Vec<Name> where NOT_EMPTY,
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// How the notes rank.
        ranking: Ranking = Ranking::Sequential,
        /// By what the notes share, with `ranking = "pro_rata"`; without it by what is due.
        weights: Option<Weights>,
        /// In which order the notes stand.
        order: Order = Order::Listed,
        /// What the step may not exceed.
        limit: Option<Limit>,
        /// Who pays what the sources leave unpaid, in order.
        support: Vec<Support> = Vec::new(),
    }
}

object! {
    /// Lifts a reserve to its target.
    FillReserve {
        /// The reserve.
        account: Name,
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// What the step may not exceed.
        limit: Option<Limit>,
        /// Who pays what the sources leave unpaid, in order.
        support: Vec<Support> = Vec::new(),
    }
}

object! {
    /// Moves what a reserve holds above its target.
    ReleaseReserve {
        /// The reserve.
        account: Name,
        /// The account that receives.
        to: Name,
    }
}

object! {
    /// Moves all that an account holds.
    ReleaseTrap {
        /// The account.
        account: Name,
        /// The account that receives.
        to: Name,
    }
}

object! {
    /// Moves cash between accounts.
    Transfer {
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// The account that receives.
        to: Name,
        /// What the step may not exceed.
        limit: Option<Limit>,
    }
}

object! {
    /// Pays equity.
    Distribute {
        /// The equity that receives.
        to: Name,
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// What the step may not exceed.
        limit: Option<Limit>,
    }
}

object! {
    /// Measures tests and sets the deal's status.
    RunTests {
        /// The tests.
        tests: Vec<Name> where NOT_EMPTY,
    }
}

object! {
    /// Steps into a status, or out of one.
    SetStatus {
        /// The status.
        status: Name,
        /// Whether the scenario leaves this waterfall for that of its status at once.
        now: bool = false,
    }
}

object! {
    /// Waives tests: their effects do not act for a while.
    Waive {
        /// The tests.
        tests: Vec<Name> where NOT_EMPTY,
        /// For how many of the test's dates, from this date on (1).
        n_dates: Option<i64> where AT_LEAST_ONE,
        /// The last day of the waiver.
        until: Option<Located<Date>>,
    }
}

object! {
    /// Records the value of a formula.
    Inspect {
        /// The name: the output is `inspect.<name>`.
        name: Name,
        /// A formula of any unit.
        value: FormulaText,
    }
}

object! {
    /// Goes one way or the other.
    If {
        /// A flag formula, read when the block begins.
        condition: FormulaText,
        /// The steps where it is 1.
        then: Vec<Step>,
        /// The steps where it is 0.
        r#else: Vec<Step> = Vec::new(),
    }
}

object! {
    /// Goes through the steps of a block.
    RunSteps {
        /// The block.
        block: Name,
    }
}

choice! {
    /// How the payees of a step rank.
    Ranking {
        /// In listed order.
        Sequential = "sequential",
        /// In proportion to what each is due.
        ProRata = "pro_rata",
    }
}

choice! {
    /// In which order the payees of a step stand.
    Order {
        /// As they are listed.
        Listed = "listed",
        /// The other way round.
        Reverse = "reverse",
        /// By the names of the objects.
        ByName = "by_name",
        /// The note with the highest fixed coupon first.
        ByRate = "by_rate",
        /// The note that matures first, first.
        ByMaturity = "by_maturity",
        /// The note that is dated first, first.
        ByDatedDate = "by_dated_date",
    }
}

object! {
    /// What a step may not exceed; of several limits all apply.
    Limit {
        /// The step pays no more than this formula's amount in all.
        cap: Option<FormulaText>,
        /// Each request is this share of what is due.
        share_of_due: Option<Number> where SHARE,
        /// Each source keeps this formula's amount.
        keep_balance: Option<FormulaText>,
        /// Each source that has a target keeps its target.
        above_target: bool = false,
        /// The receiving account gets no more than it lacks of its target.
        to_target: bool = false,
    }
}

object! {
    /// Someone who pays what the sources of a step leave unpaid.
    Support {
        /// A flag formula; where it is 0 nothing comes from here.
        only_if: Option<FormulaText>,
        => source: SupportSource,
    }
}

tagged! {
    /// From where a support comes.
    SupportSource as "source", of several "make a support of each" {
        /// An account, up to its whole balance.
        FromAccount(Name) = "from_account",
        /// A facility, up to what it has available.
        FromFacility(Name) = "from_facility",
    }
}
