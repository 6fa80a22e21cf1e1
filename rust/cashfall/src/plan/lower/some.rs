//! Tests that only some scenarios read on a date: inside the waterfalls of statuses and inside blocks.
//!
//! A reading is taken in temporary slots, for every lane; what follows from it is kept where the scenario comes to the step.

use crate::basics::LIMIT;
use crate::deal::model::WindowStart;
use crate::formula::{Object, Quantity, Relation};

use super::super::model::RunBy;
use super::super::op::{Op, Slot, TestSlots};
use super::tests::small_products;
use super::values::Value;
use super::{Key, Lowering, as_f64, quantity};

impl Lowering<'_> {
    /// At the start of a date: tests that may be read on it have not been read.
    pub fn begin_tests(&mut self) {
        let model = self.model;
        for (index, test) in model.tests.iter().enumerate() {
            if test.run_by == RunBy::One || test.measured[self.t].is_none() {
                continue;
            }
            if test.run_by == RunBy::Several {
                let (to, value) = (self.slot(Key::ReadToday(index)), self.param(0.0));
                self.push(Op::Constant { to, value });
            }
            let of = quantity(Object::Test, index, Quantity::Value);
            if let Some(series) = self.series(of) {
                let (to, value) = (self.slot_of(of), self.param(f64::NAN));
                self.push(Op::Constant { to, value });
                self.push(Op::Record { series, value: to });
            }
        }
    }

    /// Scenarios that come here first on the date read the test.
    pub fn run_for_some(&mut self, index: usize, gate: Option<Slot>) {
        let model = &self.model.tests[index];
        if model.measured[self.t].is_none() {
            return;
        }
        let reads = self.reads(index, gate);
        let outer = self.gate.replace(reads);
        let (numerator, denominator) = self.ratio_of(model);
        let is_small = model.window == 1 && small_products(model, numerator.bound(), denominator.bound());
        let (mut numerator, mut denominator) = (self.in_slot(numerator), self.in_slot(denominator));
        let mut tested = reads;
        if model.window > 1 {
            let n_measured = self.count_measured(index, reads);
            numerator = self.own_window(|back| Key::WindowNumerator(index, back), numerator, model.window, reads);
            if !model.ratio.is_stock || model.is_mean {
                denominator =
                    self.own_window(|back| Key::WindowDenominator(index, back), denominator, model.window, reads);
            }
            match model.window_start {
                WindowStart::Wait => tested = self.where_full(n_measured, model.window, reads),
                WindowStart::Annualise if !model.is_mean => {
                    numerator = self.own_annualised(numerator, model.window, n_measured);
                    if !model.ratio.is_stock {
                        denominator = self.own_annualised(denominator, model.window, n_measured);
                    }
                }
                _ => {}
            }
        }
        self.gate = outer;
        let test = self.reading_of(index, numerator, denominator, is_small);
        self.keep_where(test, tested);
        let of = quantity(Object::Test, index, Quantity::Value);
        if let Some(series) = self.series(of) {
            let value = self.slot_of(of);
            self.push(Op::Record { series, value });
        }
    }

    /// Where the test is read here: where the scenario comes to the step and has not read it before on the date.
    fn reads(&mut self, index: usize, gate: Option<Slot>) -> Slot {
        let gate = gate.unwrap_or_else(|| self.in_slot(Value::Constant(1)));
        let to = self.temporary();
        if self.model.tests[index].run_by == RunBy::Several {
            let read = self.slot(Key::ReadToday(index));
            self.push(Op::Not { to, flag: read });
            self.push(Op::Product { to, a: to, b: gate });
            self.push(Op::Maximum { to: read, a: read, b: to });
        } else {
            self.push(Op::Copy { to, from: gate });
        }
        to
    }

    /// How many dates the scenario has measured, this one included.
    fn count_measured(&mut self, index: usize, reads: Slot) -> Slot {
        let to = self.slot(Key::Measured(index));
        self.push(Op::Add { to, a: to, b: reads });
        to
    }

    /// Put a reading into the scenario's own window; the sum over the window, in which dates not yet measured are 0.
    fn own_window(&mut self, key: impl Fn(usize) -> Key, reading: Slot, window: usize, reads: Slot) -> Slot {
        let mut sum = reading;
        for back in 0..window - 1 {
            let b = self.slot(key(back));
            let to = self.temporary();
            self.push(Op::Add { to, a: sum, b });
            self.check_range(to, as_f64(LIMIT));
            sum = to;
        }
        for back in (0..window - 1).rev() {
            let to = self.slot(key(back));
            let a = if back == 0 { reading } else { self.slot(key(back - 1)) };
            self.push(Op::Select { to, flag: reads, a, b: to });
        }
        sum
    }

    /// Where a window that waits is full.
    fn where_full(&mut self, n_measured: Slot, window: usize, reads: Slot) -> Slot {
        let (least, to) = (self.count(window), self.temporary());
        self.push(Op::Compare { to, a: n_measured, b: least, relation: Relation::GreaterOrEqual });
        self.push(Op::Product { to, a: to, b: reads });
        to
    }

    /// R(S * w / k); a full window is its sum.
    fn own_annualised(&mut self, sum: Slot, window: usize, n_measured: Slot) -> Slot {
        let (b, divisor, to) = (self.count(window), self.temporary(), self.temporary());
        self.push(Op::Minimum { to: divisor, a: b, b: n_measured });
        self.push(Op::MulDivBy { to, a: sum, b, divisor });
        self.check_range(to, as_f64(LIMIT));
        to
    }

    fn count(&mut self, count: usize) -> Slot {
        self.in_slot(Value::Constant(i64::try_from(count).unwrap_or(i64::MAX)))
    }

    /// Take a reading in temporary slots, and keep what follows from it where the flag is 1.
    fn keep_where(&mut self, test: TestSlots, flag: Slot) {
        let mut kept = Vec::new();
        let mut instead = |this: &mut Self, slot: Slot| {
            let to = this.temporary();
            this.push(Op::Copy { to, from: slot });
            kept.push((slot, to));
            to
        };
        let reading = TestSlots {
            failing: instead(self, test.failing),
            counter: test.counter.map(|slot| instead(self, slot)),
            value: test.value.map(|slot| instead(self, slot)),
            worst: test.worst.map(|(n, d)| (instead(self, n), instead(self, d))),
            n_breach_dates: test.n_breach_dates.map(|slot| instead(self, slot)),
            first_breach: test.first_breach.map(|slot| instead(self, slot)),
            ..test
        };
        self.push_test(reading);
        for (to, a) in kept {
            self.push(Op::Select { to, flag, a, b: to });
        }
    }
}
