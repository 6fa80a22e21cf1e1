//! The operations of a plan: few, orthogonal, addressed by slots.
//!
//! A slot holds one value per scenario of a block. A parameter is one value per date, the same for every scenario. Every
//! operation reads whole slots and writes whole slots; none branches on a scenario.

use crate::basics::NUMBER_SCALE;
use crate::deal::model::Remainder;
use crate::formula::Relation;

/// A place that holds one value per scenario. The first slots are the date's rows of the scenario inputs, in declared order; then
/// come state and intermediate values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u16);

impl Slot {
    /// The slot that holds scenario input `index` on the current date.
    pub fn input(index: usize) -> Slot {
        Slot(u16::try_from(index).expect("fewer than 65,536 inputs"))
    }

    /// The slot as a position.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A position in the date's row of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Param(pub u16);

/// A position among the plan's recorded series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series(pub u32);

/// A position in [`Program::groups`](super::Program): the slots of an operation that has many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(pub u16);

/// Multiplication by a ratio that is known when the plan is compiled: `R(x * numerator / denominator)`, x >= 0.
///
/// The parameters `first .. first + 3` are numerator, denominator and 1 / denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Factor {
    /// The first of three neighbouring parameters.
    pub first: Param,
    /// Whether the ratio is so small that multiplying by 1 / denominator replaces the division.
    pub small: bool,
}

/// One operation over a block of scenarios. Each is described by what it does to its slots and parameters.
#[allow(missing_docs, reason = "each variant says what it writes from what")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// to = value
    Constant { to: Slot, value: Param },
    /// to = the input on another date, by its grid position
    InputAt { to: Slot, input: Slot, date: Param },
    /// to = the input on a date that may be later than this one, by its grid position
    Foresee { to: Slot, input: Slot, date: Param },
    /// to = table[at]; 0 where it has no such entry
    Lookup { to: Slot, at: Slot, table: Group },
    /// to = from
    Copy { to: Slot, from: Slot },
    /// to = a + b
    Add { to: Slot, a: Slot, b: Slot },
    /// to = a + value
    AddConstant { to: Slot, a: Slot, value: Param },
    /// to = a - b
    Subtract { to: Slot, a: Slot, b: Slot },
    /// to = min(a, b)
    Minimum { to: Slot, a: Slot, b: Slot },
    /// to = max(a, b)
    Maximum { to: Slot, a: Slot, b: Slot },
    /// to = |a|
    Absolute { to: Slot, a: Slot },
    /// to = a * b, exact (one of them is a count or a flag)
    Product { to: Slot, a: Slot, b: Slot },
    /// to = R(a * factor), a >= 0
    Scale { to: Slot, a: Slot, factor: Factor },
    /// to = R(a * b / divisor), any signs
    MulDiv { to: Slot, a: Slot, b: Slot, divisor: Param },
    /// to = R(a * b / divisor), or 0 where the divisor is not above 0; any signs of a and b
    MulDivBy { to: Slot, a: Slot, b: Slot, divisor: Slot },
    /// to = a * numerator / denominator, rounded up to the next integer; the parameters are first and first + 1
    ScaleUp { to: Slot, a: Slot, first: Param },
    /// to = b == 0 ? if_zero : R(a * scale / b), any signs
    Divide { to: Slot, a: Slot, b: Slot, scale: Param, if_zero: Slot },
    /// to = a `relation` b, a flag
    Compare { to: Slot, a: Slot, b: Slot, relation: Relation },
    /// to = flag ? a : b
    Select { to: Slot, flag: Slot, a: Slot, b: Slot },
    /// to = 1 - flag
    Not { to: Slot, flag: Slot },
    /// to = max(0, a - floor)
    Excess { to: Slot, a: Slot, floor: Param },
    /// The scenario overflows on this date unless |value| is in range.
    CheckRange { value: Slot },
    /// The same where the flag is 1.
    CheckRangeIf { value: Slot, flag: Slot },

    /// The scenario has no convergence on this date where the flag is 1, unless it overflows on it.
    CheckSolved { differs: Slot },
    /// accrued = R(balance * factor); due += accrued
    Accrue { balance: Slot, due: Slot, accrued: Slot, factor: Factor },
    /// x = min(from, due); from -= x; due -= x
    Pay { from: Slot, due: Slot },
    /// x = min(from, due); from -= x; due -= x; total += x
    PayInto { from: Slot, due: Slot, total: Slot },
    /// x = min(from, max(0, balance - floor)); from -= x; balance -= x
    PayDown { from: Slot, balance: Slot, floor: Param },
    /// x = min(from, max(0, balance - floor)); from -= x; balance -= x; flow += x
    PayDownInto { from: Slot, balance: Slot, floor: Param, flow: Slot },
    /// x = min(from, max(0, target - to)); from -= x; to += x
    Fill { from: Slot, to: Slot, target: Param },
    /// x = max(0, from - target); from -= x; to += x
    Release { from: Slot, to: Slot, target: Param },
    /// Fill, then release: x = min(cash, target - reserve), which may be negative; cash -= x; reserve += x
    Hold { cash: Slot, reserve: Slot, target: Param },
    /// to = a - b + value
    Net { to: Slot, a: Slot, b: Slot, value: Param },
    /// `PayDown` from the first source, then from the second
    PayDownFromTwo { first: Slot, second: Slot, balance: Slot, floor: Param },
    /// `PayInto` from the first source, then from the second
    PayIntoFromTwo { first: Slot, second: Slot, due: Slot, total: Slot },
    /// `PayIntoFromTwo`, then `PayDownFromTwo` from the same sources; then, if there is a target, `Hold` of the second source at
    /// it; then, if there are peaks, `PeakOfBoth` into them
    #[rustfmt::skip]
    ServiceFromTwo { first: Slot, second: Slot, due: Slot, total: Slot, balance: Slot, floor: Param, target: Option<Param>, peaks: Option<(Slot, Slot)> },
    /// `PayInto`; if nothing is due any more in any scenario of the block, skip the next `n` operations
    PayIntoOrSkip { from: Slot, due: Slot, total: Slot, n: u16 },
    /// `Pay` of one due, then of another; before, from += collected and second += plus, if there are such
    PayTwo { from: Slot, collected: Option<Slot>, first: Slot, second: Slot, plus: Option<Param> },
    /// to += from; from = 0
    MoveAll { from: Slot, to: Slot },
    /// x = from * flag; from -= x; to += x
    MoveAllIf { from: Slot, to: Slot, flag: Slot },
    /// `MoveAllIf` to `via`, then from there to `to`
    MoveAllOnIf { from: Slot, via: Slot, to: Slot, flag: Slot },
    /// `MoveAllOnIf`, then `MoveAllIf` from `via` back to `from` where the other flag is 1
    MoveAllOnOrBack { from: Slot, via: Slot, to: Slot, on: Slot, back: Slot },
    /// Apportion `available` among the group's requests by the cumulative rule; see [`ProRata`].
    ProRata { group: Group },

    /// Take one reading of a test; see [`TestSlots`].
    RunTest { group: Group },
    /// The same for the commonest kind of test, together with its measure; see [`PlainTest`].
    RunPlainTest { group: Group },
    /// peak = max(peak, a)
    Peak { peak: Slot, a: Slot },
    /// peak = max(peak, balance - floor)
    PeakExcess { peak: Slot, balance: Slot, floor: Param },
    /// `Peak`, then `PeakExcess`
    PeakOfBoth { peak: Slot, a: Slot, peak_excess: Slot, balance: Slot, floor: Param },
    /// sum += amount * years, each operation rounded to binary64
    WeightByYears { sum: Slot, amount: Slot, years: Param },

    /// series[date] = value
    Record { series: Series, value: Slot },
    /// If the flag is 0 in every scenario of the block, skip the next `n` operations.
    SkipUnlessAny { flag: Slot, n: u16 },
    /// If the value is 0 in every scenario of the block, skip the next `n` operations.
    SkipIfNothingDue { due: Slot, n: u16 },
}

/// The slots of one pro rata apportionment: `paid[i] = R(A*C_i/D) - R(A*C_(i-1)/D)`, A = min(available, D); with weights in rounds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProRata {
    /// The cash that may be used.
    pub available: Slot,
    /// What each payee asks for, in declared order.
    pub requests: Vec<Slot>,
    /// What each payee gets.
    pub paid: Vec<Slot>,
    /// By what they share, if not by what they ask for.
    pub weights: Option<Vec<Slot>>,
    /// Where the cents go that shares leave over.
    pub remainder: Remainder,
}

impl ProRata {
    /// Every slot that is read or written.
    pub fn slots(&self) -> Vec<Slot> {
        let weights = self.weights.iter().flatten();
        [self.available].iter().chain(&self.requests).chain(&self.paid).chain(weights).copied().collect()
    }
}

/// How a test compares: which side passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Passes when the ratio is at or above the threshold.
    AtLeast,
    /// Passes when the ratio is at or below the threshold.
    AtMost,
}

/// What an undefined ratio counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Undefined {
    /// It counts as a pass.
    Pass,
    /// It counts as a fail.
    Fail,
    /// State and counters stay.
    Hold,
}

/// A level as a reduced ratio: 1.05 is 21 / 20.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Threshold {
    /// The numerator; it has the level's sign.
    pub numerator: i64,
    /// The denominator, above zero.
    pub denominator: i64,
}

impl Threshold {
    /// The ratio of a level in 1e-9.
    pub fn new(level: i64) -> Threshold {
        let (mut a, mut b) = (level.abs(), NUMBER_SCALE);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Threshold { numerator: level / a, denominator: NUMBER_SCALE / a }
    }

    /// The level in 1e-9.
    pub fn level(self) -> i64 {
        self.numerator * (NUMBER_SCALE / self.denominator)
    }
}

/// The rule and the slots of one test.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TestSlots {
    /// Which side passes.
    pub direction: Direction,
    /// The threshold while the test is not failing.
    pub level: Threshold,
    /// The threshold while it is failing.
    pub cure_level: Threshold,
    /// Fails in a row that make it fail.
    pub enter_after: i64,
    /// Passes in a row that cure it.
    pub cure_after: i64,
    /// Whether it never cures.
    pub sticky: bool,
    /// What a denominator at or below zero counts as.
    pub undefined: Undefined,
    /// Whether numerator and denominator times the reduced thresholds stay below 2^53, so that plain products are exact.
    pub small_products: bool,
    /// The measure's numerator, after the window.
    pub numerator: Slot,
    /// The measure's denominator, after the window.
    pub denominator: Slot,
    /// The state: 1 while the test is failing.
    pub failing: Slot,
    /// Results in a row towards a change of state; none where one result is enough both ways.
    pub counter: Option<Slot>,
    /// Where the ratio goes, if it is recorded.
    pub value: Option<Slot>,
    /// Numerator and denominator of the worst ratio so far, if it is a metric.
    pub worst: Option<(Slot, Slot)>,
    /// The number of readings after which the test was failing, if it is a metric.
    pub n_breach_dates: Option<Slot>,
    /// The grid position where it first failed, if it is a metric.
    pub first_breach: Option<Slot>,
}

/// A test without memory whose cross products are small and which an undefined ratio passes, fused with its measure:
/// numerator = a - less + plus, denominator = b + plus.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlainTest {
    /// Which side passes.
    pub direction: Direction,
    /// The threshold.
    pub level: Threshold,
    /// The numerator's first term.
    pub numerator: Slot,
    /// What is subtracted from it.
    pub less: Option<Slot>,
    /// What is added to it.
    pub numerator_plus: Option<Param>,
    /// The denominator's first term.
    pub denominator: Slot,
    /// What is added to it.
    pub denominator_plus: Option<Param>,
    /// The state: 1 while the test is failing.
    pub failing: Slot,
    /// Its opposite, if a status is chosen by it.
    pub passing: Option<Slot>,
    /// Numerator and denominator of the worst ratio so far.
    pub worst: (Slot, Slot),
    /// The number of readings after which the test was failing.
    pub n_breach_dates: Slot,
    /// The grid position where it first failed, if it is a metric.
    pub first_breach: Option<Slot>,
}

impl PlainTest {
    /// The plain form of a test, if it has one.
    pub fn of(test: &TestSlots) -> Option<PlainTest> {
        let has_memory = test.counter.is_some() || test.sticky || test.level != test.cure_level;
        if has_memory || !test.small_products || test.undefined != Undefined::Pass || test.value.is_some() {
            return None;
        }
        Some(PlainTest {
            direction: test.direction,
            level: test.level,
            numerator: test.numerator,
            less: None,
            numerator_plus: None,
            denominator: test.denominator,
            denominator_plus: None,
            failing: test.failing,
            passing: None,
            worst: test.worst?,
            n_breach_dates: test.n_breach_dates?,
            first_breach: test.first_breach,
        })
    }

    /// Every slot that the test reads or writes.
    pub fn slots(&self) -> Vec<Slot> {
        let mut slots =
            vec![self.numerator, self.denominator, self.failing, self.worst.0, self.worst.1, self.n_breach_dates];
        slots.extend([self.less, self.passing, self.first_breach].into_iter().flatten());
        slots
    }
}

impl TestSlots {
    /// Every slot that the test reads or writes.
    pub fn slots(&self) -> Vec<Slot> {
        let mut slots = vec![self.numerator, self.denominator, self.failing];
        slots.extend([self.counter, self.value, self.n_breach_dates, self.first_breach].into_iter().flatten());
        slots.extend(self.worst.into_iter().flat_map(|(n, d)| [n, d]));
        slots
    }
}

/// What an operation touches, besides the slots of its group.
pub struct Operands {
    /// Slots read or written.
    pub slots: Vec<Slot>,
    /// Slots written.
    pub written: Vec<Slot>,
    /// One more than the greatest parameter.
    pub n_params: usize,
}

impl Op {
    /// Whether it may stop a scenario.
    pub fn is_check(&self) -> bool {
        matches!(self, Op::CheckRange { .. } | Op::CheckRangeIf { .. } | Op::CheckSolved { .. })
    }

    /// The slots and parameters of the operation itself.
    pub fn operands(&self) -> Operands {
        let none = Param(0);
        let (written, read, last): (Vec<Slot>, Vec<Slot>, Option<Param>) = match *self {
            Op::Constant { to, value } => (vec![to], vec![], Some(value)),
            Op::InputAt { to, input, date } | Op::Foresee { to, input, date } => (vec![to], vec![input], Some(date)),
            Op::MulDivBy { to, a, b, divisor } => (vec![to], vec![a, b, divisor], None),
            Op::Copy { to, from } | Op::Lookup { to, at: from, .. } => (vec![to], vec![from], None),
            Op::AddConstant { to, a, value } => (vec![to], vec![a], Some(value)),
            Op::Add { to, a, b }
            | Op::Subtract { to, a, b }
            | Op::Minimum { to, a, b }
            | Op::Maximum { to, a, b }
            | Op::Product { to, a, b }
            | Op::Compare { to, a, b, .. } => (vec![to], vec![a, b], None),
            Op::Absolute { to, a } => (vec![to], vec![a], None),
            Op::Scale { to, a, factor } => (vec![to], vec![a], Some(Param(factor.first.0 + 2))),
            Op::MulDiv { to, a, b, divisor } => (vec![to], vec![a, b], Some(divisor)),
            Op::ScaleUp { to, a, first } => (vec![to], vec![a], Some(Param(first.0 + 1))),
            Op::Divide { to, a, b, scale, if_zero } => (vec![to], vec![a, b, if_zero], Some(scale)),
            Op::Select { to, flag, a, b } => (vec![to], vec![flag, a, b], None),
            Op::Not { to, flag } => (vec![to], vec![flag], None),
            Op::Excess { to, a, floor } => (vec![to], vec![a], Some(floor)),
            Op::CheckRange { value } | Op::Record { value, .. } => (vec![], vec![value], None),
            Op::CheckRangeIf { value, flag } => (vec![], vec![value, flag], None),
            Op::CheckSolved { differs } => (vec![], vec![differs], None),
            Op::Accrue { balance, due, accrued, factor } => {
                (vec![due, accrued], vec![balance], Some(Param(factor.first.0 + 2)))
            }
            Op::Pay { from, due } => (vec![from, due], vec![], None),
            Op::PayInto { from, due, total } => (vec![from, due, total], vec![], None),
            Op::PayDown { from, balance, floor } => (vec![from, balance], vec![], Some(floor)),
            Op::PayDownInto { from, balance, floor, flow } => (vec![from, balance, flow], vec![], Some(floor)),
            Op::Fill { from, to, target } | Op::Release { from, to, target } => (vec![from, to], vec![], Some(target)),
            Op::Hold { cash, reserve, target } => (vec![cash, reserve], vec![], Some(target)),
            Op::Net { to, a, b, value } => (vec![to], vec![a, b], Some(value)),
            Op::PayDownFromTwo { first, second, balance, floor } => (vec![first, second, balance], vec![], Some(floor)),
            Op::PayIntoFromTwo { first, second, due, total } => (vec![first, second, due, total], vec![], None),
            Op::ServiceFromTwo { first, second, due, total, balance, floor, target, peaks } => {
                let mut written = vec![first, second, due, total, balance];
                written.extend(peaks.into_iter().flat_map(|(interest, principal)| [interest, principal]));
                (written, vec![], target.max(Some(floor)))
            }
            Op::PayIntoOrSkip { from, due, total, .. } => (vec![from, due, total], vec![], None),
            Op::MoveAll { from, to } => (vec![from, to], vec![], None),
            Op::MoveAllIf { from, to, flag } => (vec![from, to], vec![flag], None),
            Op::Peak { peak, a } => (vec![peak], vec![a], None),
            Op::PeakExcess { peak, balance, floor } => (vec![peak], vec![balance], Some(floor)),
            Op::PeakOfBoth { peak, a, peak_excess, balance, floor } => {
                (vec![peak, peak_excess], vec![a, balance], Some(floor))
            }
            Op::WeightByYears { sum, amount, years } => (vec![sum], vec![amount], Some(years)),
            Op::SkipUnlessAny { flag: of, .. } | Op::SkipIfNothingDue { due: of, .. } => (vec![], vec![of], None),
            Op::PayTwo { from, collected, first, second, plus } => {
                (vec![from, first, second], collected.into_iter().collect(), plus)
            }
            Op::MoveAllOnIf { from, via, to, flag } => (vec![from, via, to], vec![flag], None),
            Op::MoveAllOnOrBack { from, via, to, on, back } => (vec![from, via, to], vec![on, back], None),
            Op::ProRata { .. } | Op::RunTest { .. } | Op::RunPlainTest { .. } => (vec![], vec![], None),
        };
        let n_params = last.map_or(0, |param| usize::from(param.0.max(none.0)) + 1);
        let slots = written.iter().chain(&read).copied().collect();
        Operands { slots, written, n_params }
    }
}
