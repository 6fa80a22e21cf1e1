//! A compiled program: shapes of operations, and for each date a shape and its parameters.

use std::collections::HashMap;

use crate::basics::Rounding;

use super::op::{Op, PlainTest, ProRata, Slot, TestSlots};

/// Everything the interpreter needs; no name is left in it.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Distinct sequences of operations; dates on which the same things happen share one.
    pub shapes: Vec<Vec<Op>>,
    /// The dates of the grid in order.
    pub dates: Vec<DateEntry>,
    /// The parameters of all dates, date after date.
    pub params: Vec<f64>,
    /// Pro rata apportionments.
    pub pro_ratas: Vec<ProRata>,
    /// Tests.
    pub tests: Vec<TestSlots>,
    /// Plain tests, fused with their measures.
    pub plain_tests: Vec<PlainTest>,
    /// Tables that operations look values up in.
    pub tables: Vec<Vec<f64>>,
    /// How a result is rounded.
    pub rounding: Rounding,
    /// How many of the first slots are scenario inputs.
    pub n_inputs: usize,
    /// How many slots a block needs, inputs included.
    pub n_slots: usize,
    /// Slots that do not begin at zero.
    pub initial: Vec<(Slot, f64)>,
    /// The slot of the grid position where a scenario overflowed (infinity: never), if that can happen.
    pub overflow: Option<Slot>,
    /// How many series are recorded.
    pub n_series: usize,
    /// Where each metric comes from at the end.
    pub metrics: Vec<MetricSource>,
}

/// One date of a program.
#[derive(Clone, Copy, Debug)]
pub struct DateEntry {
    /// Position in [`Program::shapes`].
    pub shape: usize,
    /// Where the date's parameters begin in [`Program::params`].
    pub first_param: usize,
}

/// How a metric is read off the slots after the last date.
#[derive(Clone, Debug, PartialEq)]
pub enum MetricSource {
    /// The slot's value.
    Slot(Slot),
    /// The sum of two slots.
    Sum(Slot, Slot),
    /// A constant less the slot's value.
    Less(f64, Slot),
    /// `R(numerator * 1e9 / denominator)`; NaN if no reading was taken, infinite if out of range.
    Ratio(Slot, Slot),
    /// The first divided by (constant less the second), in binary64; NaN where that is zero.
    Average(Slot, f64, Slot),
    /// The first divided by the second, in binary64; NaN where that is zero.
    Mean(Slot, Slot),
    /// The sum of several.
    All(Vec<MetricSource>),
    /// The sum of slots with weights.
    Weighted(Vec<(f64, Slot)>),
    /// A value that no scenario changes.
    Constant(f64),
    /// 1 where the scenario overflowed, 2 where it did not converge, else 0.
    Overflow,
}

/// Collects the dates of a program, sharing equal shapes.
#[derive(Default)]
pub struct ProgramBuilder {
    program: Program,
    shapes: HashMap<Vec<Op>, usize>,
}

impl ProgramBuilder {
    /// Add the next date.
    pub fn push_date(&mut self, ops: Vec<Op>, params: Vec<f64>) {
        let shapes = &mut self.program.shapes;
        let shape = *self.shapes.entry(ops).or_insert_with_key(|ops| {
            shapes.push(ops.clone());
            shapes.len() - 1
        });
        let first_param = self.program.params.len();
        self.program.params.extend(params);
        self.program.dates.push(DateEntry { shape, first_param });
    }

    /// The finished program; `fill` sets what is not per date.
    pub fn finish(mut self, fill: impl FnOnce(&mut Program)) -> Program {
        fill(&mut self.program);
        self.program
    }
}

impl Program {
    /// Check that every slot, parameter, group and series of every operation exists: what the interpreter relies on.
    ///
    /// # Panics
    /// If one does not: a defect of the compiler.
    pub fn check(&self) {
        let slots_exist = |slots: &[Slot]| slots.iter().all(|slot| slot.index() < self.n_slots);
        for (t, date) in self.dates.iter().enumerate() {
            let end = self.dates.get(t + 1).map_or(self.params.len(), |next| next.first_param);
            let n_params = end - date.first_param;
            let ops = &self.shapes[date.shape];
            for (at, op) in ops.iter().enumerate() {
                let operands = op.operands();
                assert!(slots_exist(&operands.slots), "{op:?}: every slot exists");
                assert!(
                    operands.written.iter().all(|slot| slot.index() >= self.n_inputs),
                    "{op:?}: no input is written"
                );
                assert!(operands.n_params <= n_params, "{op:?}: every parameter exists");
                match op {
                    Op::Record { series, .. } => {
                        assert!((series.0 as usize) < self.n_series, "{op:?}: the series exists")
                    }
                    Op::InputAt { input, date: of, .. } | Op::Foresee { input, date: of, .. } => {
                        assert!(input.index() < self.n_inputs, "{op:?}: the input exists");
                        let position = self.params[date.first_param + usize::from(of.0)];
                        let last = if matches!(op, Op::Foresee { .. }) { self.dates.len() - 1 } else { t };
                        assert!(position <= last as f64, "{op:?}: no more of the future is read than is foreseen");
                    }
                    Op::ProRata { group } => {
                        assert!(usize::from(group.0) < self.pro_ratas.len(), "{op:?}: the group exists")
                    }
                    Op::RunPlainTest { group } => {
                        let test = &self.plain_tests[usize::from(group.0)];
                        let params = test.numerator_plus.into_iter().chain(test.denominator_plus);
                        assert!(
                            params.map(|param| usize::from(param.0)).all(|param| param < n_params),
                            "{op:?}: its parameters exist"
                        );
                    }
                    Op::Lookup { table, .. } => {
                        assert!(usize::from(table.0) < self.tables.len(), "{op:?}: the table exists")
                    }
                    Op::RunTest { group } => {
                        assert!(usize::from(group.0) < self.tests.len(), "{op:?}: the test exists")
                    }
                    Op::CheckRange { .. } | Op::CheckRangeIf { .. } | Op::CheckSolved { .. } => {
                        assert!(self.overflow.is_some(), "{op:?}: overflow has a slot")
                    }
                    Op::SkipUnlessAny { n, .. } | Op::SkipIfNothingDue { n, .. } | Op::PayIntoOrSkip { n, .. } => {
                        assert!(at + usize::from(*n) < ops.len(), "{op:?}: it skips to an operation of the date")
                    }
                    _ => {}
                }
            }
        }
        for pro_rata in &self.pro_ratas {
            assert!(slots_exist(&pro_rata.slots()), "every slot exists");
        }
        for test in &self.plain_tests {
            assert!(slots_exist(&test.slots()), "every slot of a test exists");
        }
        for test in &self.tests {
            assert!(slots_exist(&test.slots()), "every slot of a test exists");
        }
    }
}
