//! Operations that are fused leave every slot as they would one after the other: random sequences, read from the description
//! of each operation, one scenario at a time.

use std::collections::HashSet;

use super::super::op::{Direction, Factor, Series, Threshold, Undefined};
use super::*;

const N_SEQUENCES: u64 = 200_000;

/// Amounts, of which the last two are temporaries; then flags; then what tests keep.
const AMOUNTS: u16 = 7;
const TEMPORARIES: [Slot; 2] = [Slot(5), Slot(6)];
const FLAGS: u16 = 2;
const KEPT: Slot = Slot(AMOUNTS + FLAGS);
const N_SLOTS: usize = 12;

/// Of which two are equal.
const PARAMS: [u16; 4] = [0, 30, 30, 70];
/// The parameters of a ratio of 3 / 10 stand behind them.
const RATIO: Factor = Factor { first: Param(4), small: true };

/// A sequence of numbers that looks random (splitmix64), and kind and amounts of the operation that was drawn last.
struct Draw {
    state: u64,
    kind: u16,
    recent: Vec<u16>,
}

/// Kinds of operations, as [`Draw::op`] counts them, that may be fused.
const PAIRS: [(u16, u16); 22] = [
    (0, 1),
    (4, 5),
    (7, 8),
    (7, 9),
    (12, 27),
    (13, 13),
    (15, 14),
    (19, 6),
    (19, 18),
    (16, 17),
    (26, 21),
    (28, 12),
    (27, 11),
    (11, 11),
    (1, 20),
    (8, 20),
    (21, 21),
    (22, 21),
    (24, 23),
    (9, 24),
    (10, 24),
    (7, 24),
];

impl Draw {
    fn below(&mut self, n: u16) -> u16 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u16::try_from((mixed ^ (mixed >> 31)) % u64::from(n)).expect("below n")
    }

    fn one_of<T: Copy>(&mut self, items: &[T]) -> T {
        items[usize::from(self.below(u16::try_from(items.len()).expect("a few")))]
    }

    fn amount(&mut self) -> Slot {
        let [amount] = self.amounts();
        amount
    }

    /// So many different amounts.
    fn amounts<const N: usize>(&mut self) -> [Slot; N] {
        let mut others: Vec<u16> = (0..AMOUNTS).collect();
        std::array::from_fn(|_| {
            let again: Vec<u16> = self.recent.iter().copied().filter(|amount| others.contains(amount)).collect();
            let is_new = again.is_empty() || self.below(4) == 0;
            let among = if is_new { &others } else { &again };
            let amount = self.one_of(among);
            others.retain(|other| *other != amount);
            Slot(amount)
        })
    }

    fn flag(&mut self) -> Slot {
        Slot(AMOUNTS + self.below(FLAGS))
    }

    fn param(&mut self) -> Param {
        self.one_of(&[Param(0), Param(1), Param(2), Param(3)])
    }

    fn perhaps<T>(&mut self, value: T) -> Option<T> {
        (self.below(2) == 0).then_some(value)
    }

    /// The next operation, with skips (which are only where there are no temporaries: what is written to these is never
    /// skipped alone) or without, mostly of a kind that may be fused with the last one.
    fn next(&mut self, has_skips: bool) -> Op {
        let kinds = if has_skips { 29 } else { 26 };
        let partners: Vec<u16> = PAIRS.iter().filter(|(first, _)| *first == self.kind).map(|(_, then)| *then).collect();
        let is_partner = !partners.is_empty() && self.below(3) > 0;
        self.kind = if is_partner { self.one_of(&partners).min(kinds - 1) } else { self.below(kinds) };
        let op = self.op();
        self.recent = op.operands().slots.iter().map(|slot| slot.0).filter(|slot| *slot < AMOUNTS).collect();
        op
    }

    /// An operation of the kind.
    fn op(&mut self) -> Op {
        let [from, to, due, total, balance] = self.amounts();
        let (a, b, flag, value) = (self.amount(), self.amount(), self.flag(), self.param());
        let (first, second, floor, n) = (from, to, value, self.one_of(&[1, 1, 2, 3]));
        match self.kind {
            0 => Op::Scale { to: total, a: balance, factor: RATIO },
            1 => Op::Add { to: a, a, b },
            2 => Op::Add { to, a, b },
            3 => Op::Accrue { balance, due, accrued: total, factor: RATIO },
            4 => Op::Fill { from, to, target: value },
            5 => Op::Release { from, to, target: value },
            6 => Op::Hold { cash: from, reserve: to, target: value },
            7 => Op::Subtract { to, a, b },
            8 => Op::AddConstant { to: a, a, value },
            9 => Op::AddConstant { to, a, value },
            10 => Op::Net { to, a, b, value },
            11 => Op::Pay { from, due },
            12 => Op::PayInto { from, due, total },
            13 => Op::PayDown { from, balance, floor },
            14 => Op::PayDownFromTwo { first, second, balance, floor },
            15 => Op::PayIntoFromTwo { first, second, due, total },
            16 => Op::Peak { peak: to, a },
            17 => Op::PeakExcess { peak: to, balance, floor },
            18 => Op::PeakOfBoth { peak: total, a: due, peak_excess: from, balance, floor },
            19 => {
                let (target, peaks) = (self.perhaps(value), None);
                Op::ServiceFromTwo { first, second, due, total, balance, floor, target, peaks }
            }
            20 => {
                let (collected, plus) = (self.perhaps(a), self.perhaps(value));
                Op::PayTwo { from, collected, first: due, second: total, plus }
            }
            21 => Op::MoveAllIf { from, to, flag },
            22 => Op::MoveAllOnIf { from, via: due, to, flag },
            23 => Op::Not { to: flag, flag: self.flag() },
            24 => Op::RunTest { group: Group(self.below(N_TESTS)) },
            25 => Op::Record { series: Series(0), value: a },
            26 => Op::SkipUnlessAny { flag, n },
            27 => Op::SkipIfNothingDue { due, n },
            _ => Op::PayIntoOrSkip { from, due, total, n },
        }
    }
}

const N_TESTS: u16 = 6;

/// Tests whose measures are amounts, temporaries among them.
fn tests() -> Vec<TestSlots> {
    let level = Threshold { numerator: 1, denominator: 1 };
    let test = |place: u16| TestSlots {
        direction: Direction::AtLeast,
        level,
        cure_level: level,
        enter_after: 1,
        cure_after: 1,
        sticky: false,
        undefined: Undefined::Pass,
        small_products: true,
        numerator: [Slot(5), Slot(6), Slot(0), Slot(5), Slot(1), Slot(5)][usize::from(place)],
        denominator: [Slot(6), Slot(5), Slot(5), Slot(1), Slot(2), Slot(5)][usize::from(place)],
        failing: Slot(AMOUNTS + place % FLAGS),
        counter: None,
        value: None,
        worst: Some((KEPT, Slot(KEPT.0 + 1))),
        n_breach_dates: Some(Slot(KEPT.0 + 2)),
        first_breach: None,
    };
    (0..N_TESTS).map(test).collect()
}

/// What a scenario holds, and what it has recorded.
#[derive(Clone, Debug, PartialEq)]
struct State {
    slots: Vec<i64>,
    recorded: Vec<i64>,
    /// Whether an amount was paid, received or owed that was below zero, which never is.
    is_absurd: bool,
}

impl State {
    fn at(&self, slot: Slot) -> i64 {
        self.slots[slot.index()]
    }

    fn set(&mut self, slot: Slot, value: i64) {
        self.slots[slot.index()] = value;
    }

    fn add(&mut self, slot: Slot, value: i64) {
        self.set(slot, self.at(slot) + value);
    }

    /// min(cash, wanted), taken from the cash.
    fn take(&mut self, from: Slot, wanted: i64) -> i64 {
        self.is_absurd |= self.at(from) < 0 || wanted < 0;
        let taken = self.at(from).min(wanted);
        self.add(from, -taken);
        taken
    }

    fn pay(&mut self, from: Slot, due: Slot) -> i64 {
        let paid = self.take(from, self.at(due));
        self.add(due, -paid);
        paid
    }

    fn pay_into(&mut self, from: Slot, due: Slot, total: Slot) {
        let paid = self.pay(from, due);
        self.add(total, paid);
    }

    fn pay_down(&mut self, from: Slot, balance: Slot, floor: i64) {
        let paid = self.take(from, (self.at(balance) - floor).max(0));
        self.add(balance, -paid);
    }

    fn move_all_if(&mut self, from: Slot, to: Slot, flag: Slot) {
        let moved = self.at(from) * self.at(flag);
        self.add(from, -moved);
        self.add(to, moved);
    }

    fn hold(&mut self, cash: Slot, reserve: Slot, target: i64) {
        let moved = self.at(cash).min(target - self.at(reserve));
        self.is_absurd |= self.at(cash) < 0;
        self.add(cash, -moved);
        self.add(reserve, moved);
    }

    fn peak(&mut self, peak: Slot, value: i64) {
        self.set(peak, self.at(peak).max(value));
    }

    fn scale(&self, balance: Slot) -> i64 {
        (self.at(balance) * 3).div_euclid(10)
    }

    /// A reading: that the same numerator and denominator are compared is all that matters here.
    fn test(&mut self, numerator: i64, denominator: i64, failing: Slot, kept: (Slot, Slot, Slot)) {
        let fails = i64::from(numerator < denominator);
        self.set(failing, fails);
        self.set(kept.0, numerator);
        self.set(kept.1, denominator);
        self.add(kept.2, fails);
    }

    /// One operation; whether the next ones are skipped, and how many.
    fn execute(&mut self, op: Op, context: &Context) -> usize {
        let written = op.operands().written;
        let distinct: HashSet<Slot> = written.iter().copied().collect();
        assert_eq!(written.len(), distinct.len(), "{op:?} writes no slot twice");
        let param = |param: Param| i64::from(PARAMS[usize::from(param.0)]);
        match op {
            Op::Scale { to, a, .. } => self.set(to, self.scale(a)),
            Op::Accrue { balance, due, accrued, .. } => {
                self.set(accrued, self.scale(balance));
                self.add(due, self.at(accrued));
            }
            Op::Add { to, a, b } => self.set(to, self.at(a) + self.at(b)),
            Op::AddConstant { to, a, value } => self.set(to, self.at(a) + param(value)),
            Op::Subtract { to, a, b } => self.set(to, self.at(a) - self.at(b)),
            Op::Net { to, a, b, value } => self.set(to, self.at(a) - self.at(b) + param(value)),
            Op::Not { to, flag } => self.set(to, 1 - self.at(flag)),
            Op::Fill { from, to, target } => {
                let moved = self.take(from, (param(target) - self.at(to)).max(0));
                self.add(to, moved);
            }
            Op::Release { from, to, target } => {
                let moved = (self.at(from) - param(target)).max(0);
                self.add(from, -moved);
                self.add(to, moved);
            }
            Op::Hold { cash, reserve, target } => self.hold(cash, reserve, param(target)),
            Op::Pay { from, due } => {
                self.pay(from, due);
            }
            Op::PayInto { from, due, total } => self.pay_into(from, due, total),
            Op::PayIntoOrSkip { from, due, total, n } => {
                self.pay_into(from, due, total);
                return if self.at(due) == 0 { usize::from(n) } else { 0 };
            }
            Op::PayDown { from, balance, floor } => self.pay_down(from, balance, param(floor)),
            Op::PayDownFromTwo { first, second, balance, floor } => {
                self.pay_down(first, balance, param(floor));
                self.pay_down(second, balance, param(floor));
            }
            Op::PayIntoFromTwo { first, second, due, total } => {
                self.pay_into(first, due, total);
                self.pay_into(second, due, total);
            }
            Op::ServiceFromTwo { first, second, due, total, balance, floor, target, peaks } => {
                self.pay_into(first, due, total);
                self.pay_into(second, due, total);
                self.pay_down(first, balance, param(floor));
                self.pay_down(second, balance, param(floor));
                if let Some(target) = target {
                    self.hold(first, second, param(target));
                }
                if let Some((peak, peak_excess)) = peaks {
                    self.peak(peak, self.at(due));
                    self.peak(peak_excess, self.at(balance) - param(floor));
                }
            }
            Op::PayTwo { from, collected, first, second, plus } => {
                self.add(from, collected.map_or(0, |slot| self.at(slot)));
                self.add(second, plus.map_or(0, param));
                self.pay(from, first);
                self.pay(from, second);
            }
            Op::MoveAllIf { from, to, flag } => self.move_all_if(from, to, flag),
            Op::MoveAllOnIf { from, via, to, flag } => {
                self.move_all_if(from, via, flag);
                self.move_all_if(via, to, flag);
            }
            Op::MoveAllOnOrBack { from, via, to, on, back } => {
                self.move_all_if(from, via, on);
                self.move_all_if(via, to, on);
                self.move_all_if(via, from, back);
            }
            Op::Peak { peak, a } => self.peak(peak, self.at(a)),
            Op::PeakExcess { peak, balance, floor } => self.peak(peak, self.at(balance) - param(floor)),
            Op::PeakOfBoth { peak, a, peak_excess, balance, floor } => {
                self.peak(peak, self.at(a));
                self.peak(peak_excess, self.at(balance) - param(floor));
            }
            Op::RunTest { group } => {
                let test = &context.tests[usize::from(group.0)];
                let (worst, n) = (test.worst.expect("it is kept"), test.n_breach_dates.expect("it is counted"));
                self.test(self.at(test.numerator), self.at(test.denominator), test.failing, (worst.0, worst.1, n));
            }
            Op::RunPlainTest { group } => {
                let test = context.plain_tests[usize::from(group.0)].clone();
                let less = test.less.map_or(0, |slot| self.at(slot));
                let numerator = self.at(test.numerator) - less + test.numerator_plus.map_or(0, param);
                let denominator = self.at(test.denominator) + test.denominator_plus.map_or(0, param);
                self.test(numerator, denominator, test.failing, (test.worst.0, test.worst.1, test.n_breach_dates));
                if let Some(passing) = test.passing {
                    self.set(passing, 1 - self.at(test.failing));
                }
            }
            Op::Record { value, .. } => self.recorded.push(self.at(value)),
            Op::SkipUnlessAny { flag, n } if self.at(flag) == 0 => return usize::from(n),
            Op::SkipIfNothingDue { due, n } if self.at(due) == 0 => return usize::from(n),
            Op::SkipUnlessAny { .. } | Op::SkipIfNothingDue { .. } => {}
            other => panic!("{other:?} is not drawn"),
        }
        0
    }

    /// All of a sequence.
    fn after(mut self, ops: &[Op], context: &Context) -> State {
        let mut at = 0;
        while let Some(op) = ops.get(at) {
            at += 1 + self.execute(*op, context);
        }
        for temporary in TEMPORARIES {
            self.set(temporary, 0);
        }
        self
    }
}

/// A sequence in which no skip passes over its end or another skip, and a scenario to run it on.
fn drawn(draw: &mut Draw) -> (Vec<Op>, State) {
    let has_skips = draw.below(2) == 0;
    let mut ops: Vec<Op> = (0..2 + draw.below(10)).map(|_| draw.next(has_skips)).collect();
    for at in 0..ops.len() {
        let rest = ops.len() - at - 1;
        if n_skipped(&ops[at]).is_some_and(|n| n > rest) {
            ops[at] = Op::Record { series: Series(0), value: draw.amount() };
        }
    }
    if has_skips {
        let in_use = |slot: &Slot| !TEMPORARIES.contains(slot);
        let tests = tests();
        let context = Context { temporaries: &[], pro_ratas: &[], tests: &tests, plain_tests: &mut Vec::new() };
        if !ops.iter().all(|op| touched(op, &context).slots.iter().all(in_use)) {
            return drawn(draw);
        }
    }
    let amounts = (0..AMOUNTS).map(|_| i64::from(draw.below(12)) * 10);
    let mut slots: Vec<i64> = amounts.collect();
    slots.extend((0..FLAGS).map(|_| i64::from(draw.below(2))));
    slots.resize(N_SLOTS, 0);
    (ops, State { slots, recorded: Vec::new(), is_absurd: false })
}

/// What becomes of a sequence, which leaves what it left.
fn fused_soundly(ops: &[Op], begin: &State) -> Vec<Op> {
    let (tests, params) = (tests(), PARAMS.map(f64::from));
    let mut plain_tests = Vec::new();
    let mut context =
        Context { temporaries: &TEMPORARIES, pro_ratas: &[], tests: &tests, plain_tests: &mut plain_tests };
    let one_by_one = begin.clone().after(ops, &context);
    if one_by_one.is_absurd {
        return ops.to_vec();
    }
    let fused = fuse(ops.to_vec(), &params, &mut context);
    let together = State { is_absurd: false, ..begin.clone().after(&fused, &context) };
    assert_eq!(together, one_by_one, "{ops:?}\nbecame {fused:?}\nfrom {begin:?}");
    fused
}

#[test]
fn fused_operations_do_what_they_did_one_after_the_other() {
    let mut n_made = Vec::new();
    for seed in 0..N_SEQUENCES {
        let (ops, begin) = drawn(&mut Draw { state: seed << 20, kind: 0, recent: Vec::new() });
        let fused = fused_soundly(&ops, &begin);
        n_made.extend(fused.iter().filter(|op| !ops.contains(op)).map(kind));
    }
    for name in MADE {
        assert!(n_made.iter().any(|made| made == name), "nothing became a {name}");
    }
}

/// A scenario with 100 of each amount and no flag.
fn rich() -> State {
    let mut slots = vec![100; usize::from(AMOUNTS)];
    slots.resize(N_SLOTS, 0);
    State { slots, recorded: Vec::new(), is_absurd: false }
}

const A: Slot = Slot(0);
const B: Slot = Slot(1);
const C: Slot = Slot(2);
const D: Slot = Slot(3);
const E: Slot = Slot(4);
const FLAG: Slot = Slot(AMOUNTS);

#[test]
fn a_skip_that_changes_places_is_shortened_once() {
    let ops = [
        Op::Pay { from: A, due: B },
        Op::SkipIfNothingDue { due: C, n: 1 },
        Op::Pay { from: A, due: C },
        Op::SkipUnlessAny { flag: FLAG, n: 3 },
        Op::Scale { to: D, a: E, factor: RATIO },
        Op::Add { to: C, a: C, b: D },
        Op::Add { to: B, a: B, b: E },
    ];
    let fused = fused_soundly(&ops, &rich());
    assert_eq!(fused.iter().map(kind).collect::<Vec<_>>(), ["PayTwo", "SkipUnlessAny", "Accrue", "Add"]);
}

#[test]
fn what_a_skip_passes_over_stays_apart_from_what_stands_behind_it() {
    let ops = [
        Op::SkipUnlessAny { flag: FLAG, n: 2 },
        Op::PayInto { from: A, due: B, total: C },
        Op::SkipIfNothingDue { due: B, n: 1 },
        Op::PayInto { from: D, due: B, total: C },
    ];
    let fused = fused_soundly(&ops, &rich());
    assert_eq!(fused.iter().map(kind).collect::<Vec<_>>(), ["SkipUnlessAny", "PayIntoOrSkip", "PayInto"]);
}

/// The name of an operation.
fn kind(op: &Op) -> String {
    format!("{op:?}").split(' ').next().unwrap_or_default().to_owned()
}

/// What fusing makes.
const MADE: [&str; 12] = [
    "Accrue",
    "Hold",
    "MoveAllOnIf",
    "MoveAllOnOrBack",
    "Net",
    "PayDownFromTwo",
    "PayIntoFromTwo",
    "PayIntoOrSkip",
    "PayTwo",
    "PeakOfBoth",
    "RunPlainTest",
    "ServiceFromTwo",
];
