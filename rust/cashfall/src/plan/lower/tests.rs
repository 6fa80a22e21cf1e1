//! Tests: a reading of the measure, its window, the state machine, and the status that follows.

use crate::basics::LIMIT;
use crate::deal::model::WindowStart;
use crate::formula::{Object, Quantity};

use super::super::model::{RunBy, TestModel};
use super::super::movement::Phase;
use super::super::op::{Group, Op, Slot, TestSlots, Threshold};
use super::values::Value;
use super::{Key, Lowering, as_f64, quantity, steps_into};

impl Lowering<'_> {
    pub fn run_tests(&mut self, at: (Phase, usize), tests: &[usize], gate: Option<Slot>) {
        let reinstates = self.before_reinstating(tests);
        let mut any = false;
        for (position, &test) in tests.iter().enumerate() {
            self.n_temporaries = 0;
            any |= self.model.tests[test].measured[self.t].is_some();
            match self.model.tests[test].run_by {
                RunBy::One => self.run_test(at, position, test),
                _ => self.run_for_some(test, gate),
            }
        }
        self.reinstate(&reinstates);
        if any {
            self.take_status();
        }
    }

    fn run_test(&mut self, at: (Phase, usize), position: usize, index: usize) {
        let model = &self.model.tests[index];
        let Some(n_measured) = model.measured[self.t] else {
            return;
        };
        let (numerator, denominator) = self.ratio_of(model);
        let is_stock = model.ratio.is_stock && !model.is_mean;
        let small_products =
            model.window == 1 && model.cure.is_none() && small_products(model, numerator.bound(), denominator.bound());
        let mut numerator = self.in_slot(numerator);
        let mut denominator = self.in_slot(denominator);
        if model.window > 1 {
            numerator = self.window(|back| Key::WindowNumerator(index, back), numerator, model.window, n_measured);
            if !is_stock {
                denominator =
                    self.window(|back| Key::WindowDenominator(index, back), denominator, model.window, n_measured);
            }
            if n_measured < model.window {
                match model.window_start {
                    WindowStart::Wait => return,
                    WindowStart::Partial => {}
                    WindowStart::Annualise if model.is_mean => {}
                    WindowStart::Annualise => {
                        numerator = self.annualise(numerator, model.window, n_measured);
                        if !is_stock {
                            denominator = self.annualise(denominator, model.window, n_measured);
                        }
                    }
                }
            }
        }
        if let Some(cure) = &model.cure {
            (numerator, denominator) = self.cured(at, position, index, cure, (numerator, denominator));
        }
        let test = self.reading_of(index, numerator, denominator, small_products);
        self.take_reading(index, test);
    }

    /// Put a reading into its window; the sum over the window.
    fn window(&mut self, key: impl Fn(usize) -> Key, reading: Slot, window: usize, n_measured: usize) -> Slot {
        let mut sum = reading;
        for back in 0..(window - 1).min(n_measured - 1) {
            let b = self.slot(key(back));
            let to = self.temporary();
            self.push(Op::Add { to, a: sum, b });
            self.check_range(to, as_f64(LIMIT));
            sum = to;
        }
        for back in (1..window - 1).rev() {
            let (to, from) = (self.slot(key(back)), self.slot(key(back - 1)));
            self.push(Op::Copy { to, from });
        }
        let to = self.slot(key(0));
        self.push(Op::Copy { to, from: reading });
        sum
    }

    fn annualise(&mut self, sum: Slot, window: usize, n_measured: usize) -> Slot {
        let b = self.in_slot(Value::Constant(i64::try_from(window).unwrap_or(1)));
        let divisor = self.param(as_f64(i64::try_from(n_measured).unwrap_or(1)));
        let to = self.temporary();
        self.push(Op::MulDiv { to, a: sum, b, divisor });
        self.check_range(to, as_f64(LIMIT));
        to
    }

    /// The slots of a reading.
    pub fn reading_of(&mut self, index: usize, numerator: Slot, denominator: Slot, small_products: bool) -> TestSlots {
        let model = &self.model.tests[index];
        let value_of = quantity(Object::Test, index, Quantity::Value);
        let series = self.series(value_of);
        let value = series.map(|_| self.slot_of(value_of));
        let needs_counter = model.enter_after > 1 || model.cure_after > 1;
        TestSlots {
            direction: model.direction,
            level: Threshold::new(model.level),
            cure_level: Threshold::new(model.cure_level),
            enter_after: model.enter_after,
            cure_after: model.cure_after,
            sticky: model.sticky,
            undefined: model.undefined,
            small_products,
            numerator,
            denominator,
            failing: self.slot_of(quantity(Object::Test, index, Quantity::Failing)),
            counter: needs_counter.then(|| self.slot(Key::Counter(index))),
            value,
            worst: self.worst_slots(index),
            n_breach_dates: self.metrics.breach_dates.contains(&index).then(|| self.slot(Key::BreachDates(index))),
            first_breach: self.first_breach_slot(index),
        }
    }

    fn take_reading(&mut self, index: usize, test: TestSlots) {
        let series = self.series(quantity(Object::Test, index, Quantity::Value));
        let value = test.value;
        self.push_test(test);
        if let (Some(series), Some(value)) = (series, value) {
            self.push(Op::Record { series, value });
        }
    }

    pub fn push_test(&mut self, test: TestSlots) {
        let group = self.tests.iter().position(|known| *known == test).unwrap_or_else(|| {
            self.tests.push(test);
            self.tests.len() - 1
        });
        self.push(Op::RunTest { group: Group(u16::try_from(group).expect("fewer than 65,536 tests")) });
    }

    fn worst_slots(&mut self, index: usize) -> Option<(Slot, Slot)> {
        if !self.metrics.worst.contains(&index) {
            return None;
        }
        let is_new = !self.slots.contains_key(&Key::WorstNumerator(index));
        let slots = (self.slot(Key::WorstNumerator(index)), self.slot(Key::WorstDenominator(index)));
        if is_new {
            let start = match self.model.tests[index].direction {
                super::super::op::Direction::AtLeast => 1.0,
                super::super::op::Direction::AtMost => -1.0,
            };
            self.initial.push((slots.0, start));
        }
        Some(slots)
    }

    fn first_breach_slot(&mut self, index: usize) -> Option<Slot> {
        if !self.metrics.first_breach.contains(&index) {
            return None;
        }
        let is_new = !self.slots.contains_key(&Key::FirstBreach(index));
        let slot = self.slot(Key::FirstBreach(index));
        if is_new {
            self.initial.push((slot, -1.0));
        }
        Some(slot)
    }

    /// The most severe status that a failing test names, or the first.
    pub fn take_status(&mut self) {
        self.n_temporaries = 0;
        self.accelerate_by_tests();
        let n = self.model.statuses.len();
        if n < 2 {
            return;
        }
        self.n_temporaries = 0;
        let mut taken: Option<Slot> = None;
        for status in (1..n).rev() {
            let tests = (0..self.model.tests.len()).filter(|&i| self.model.tests[i].sets_status.contains(&status));
            let tests: Vec<usize> = tests.collect();
            let mut sources: Vec<Slot> = tests.iter().map(|&test| self.acting(test)).collect();
            if steps_into(self.model, status) {
                sources.push(self.slot(Key::SteppedInto(status)));
            }
            sources.extend(self.accelerated_into(status));
            let Some((&first, others)) = sources.split_first() else { continue };
            let to = self.slot(Key::StatusIs(status));
            if first != to {
                self.push(Op::Copy { to, from: first });
            }
            for &b in others {
                self.push(Op::Maximum { to, a: to, b });
            }
            taken = Some(match taken {
                None => to,
                Some(taken) => {
                    let (free, both) = (self.temporary(), self.temporary());
                    self.push(Op::Not { to: free, flag: taken });
                    self.push(Op::Minimum { to, a: to, b: free });
                    self.push(Op::Maximum { to: both, a: taken, b: to });
                    both
                }
            });
        }
        if let Some(flag) = taken {
            let to = self.slot(Key::StatusIs(0));
            self.push(Op::Not { to, flag });
        }
    }
}

/// Whether both cross products of a comparison stay below 2^53, where plain products are exact.
pub fn small_products(test: &TestModel, numerator: f64, denominator: f64) -> bool {
    [test.level, test.cure_level].into_iter().all(|threshold| {
        let Threshold { numerator: n, denominator: d } = Threshold::new(threshold);
        numerator * as_f64(d) < 2.0 * as_f64(LIMIT) && denominator * as_f64(n.abs()) < 2.0 * as_f64(LIMIT)
    })
}
