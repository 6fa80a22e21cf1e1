//! From a model to a program: for each date, the operations of everything that happens on it.
//!
//! Lowering is driven by what is asked for: a flow that nobody reads, records or measures leaves no operation behind.
//! The same lowering makes the traced program, in which every movement of cash also records what it asked for and found.

mod acceleration;
mod assets;
mod blocks;
mod capital;
mod claims;
mod collateral;
mod convert;
mod cures;
mod earns;
mod effects;
mod facilities;
mod fees;
mod figures;
mod forward;
mod funding;
mod groups;
mod interest;
mod measures;
mod metrics;
mod payments;
mod prepaid_cures;
mod prepay;
mod solve;
mod some;
mod statuses;
mod target;
mod terms;
mod tests;
mod values;
mod waivers;

use std::collections::{HashMap, HashSet};

use crate::basics::LIMIT;
use crate::formula::{Expr, Object, Quantity, QuantityRef};

use super::evaluate::quantities_read;
use super::fuse::{Context, fuse};
use super::model::{Action, Model, Payee, Payer, StepModel};
use super::movement::{Movement, Phase, Trace};
use super::op::{Factor, Op, Param, Series, Slot};
use super::outputs::{MetricSpec, OutputSpec};
use super::program::{Program, ProgramBuilder};
use super::prune::prune;

use metrics::MetricPlan;
use statuses::{n_shared_steps, steps_into};
use values::{History, Value};
pub use values::{Scheduled, initial};

/// What a run asks of a plan: positions among the plan's outputs and metrics.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Demand {
    /// The outputs to record.
    pub outputs: Vec<usize>,
    /// The metrics to compute.
    pub metrics: Vec<usize>,
    /// Whether every movement of cash is recorded too.
    pub trace: bool,
}

/// A program and what its recorded series are.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The program.
    pub program: Program,
    /// The demand it answers.
    pub demand: Demand,
    /// The movements of a traced program, [`Trace::COUNT`] series each after those of the outputs.
    pub movements: Vec<Movement>,
    /// What a series holds on a date where nothing is recorded.
    pub fill: Vec<f64>,
    /// What each slot is called in listings.
    pub slot_names: Vec<String>,
    /// Whether the deal needs more operations, slots or parameters than a program can hold; then it must not be run.
    pub is_too_large: bool,
}

/// What is kept in a slot of its own from date to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Quantity(QuantityRef),
    Total(QuantityRef),
    Peak(QuantityRef),
    YearsSum(usize),
    BalanceDays(usize),
    TargetScale(usize),
    TargetBase(usize),
    TargetShift(usize),
    StatusIs(usize),
    CapRoom(usize),
    Rate(fees::Weighted),
    Used(usize),
    Funded(usize),
    Undrawn,
    Terminated(usize),
    Weighted(fees::Weighted),
    SteppedInto(usize),
    Runs(usize),
    Block(usize),
    BlockElse(usize),
    Entered(usize),
    Stays,
    Happens,
    WasFailing(usize),
    ReadToday(usize),
    Measured(usize),
    WaivedUntil(usize),
    Past(usize, usize),
    Ahead(QuantityRef),
    WindowNumerator(usize, usize),
    WindowDenominator(usize, usize),
    Counter(usize),
    PastCure(usize, usize),
    Cures(usize),
    Cured(usize),
    WorstNumerator(usize),
    WorstDenominator(usize),
    BreachDates(usize),
    FirstBreach(usize),
    Overflow,
}

/// Lower a model for a demand.
pub fn lower(model: &Model, outputs: &[OutputSpec], metrics: &[MetricSpec], demand: &Demand) -> Lowered {
    let mut lowering = Lowering::new(model, outputs, metrics, demand);
    for t in 0..model.dates.len() {
        if !lowering.is_too_large {
            lowering.date(t);
        }
    }
    lowering.finish()
}

/// What is said of a deal that is too large to lower.
pub const TOO_LARGE: &str = "expected a deal whose dates take at most 60,000 operations and 65,000 values each, found a larger one; \
    shorten windows and lags, take nested targets apart, or use fewer dates";

/// Operations of all dates before equal dates are shared: about what takes a second to lower.
const MOST_OPERATIONS: usize = 20_000_000;

/// Operations of one date, so that skips can be counted.
const MOST_OPERATIONS_A_DATE: usize = 60_000;

struct Lowering<'a> {
    model: &'a Model,
    outputs: &'a [OutputSpec],
    demand: &'a Demand,
    metrics: MetricPlan,
    builder: ProgramBuilder,
    // slots
    slots: HashMap<Key, Slot>,
    initial: Vec<(Slot, f64)>,
    n_slots: u16,
    temporaries: Vec<Slot>,
    n_temporaries: usize,
    // what is wanted
    live: HashSet<QuantityRef>,
    pasts: Vec<History>,
    signed_pasts: HashSet<Slot>,
    swept: HashSet<usize>,
    inflow_bound: f64,
    reads_status: bool,
    n_shared: usize,
    // the date being lowered
    t: usize,
    n_ops: usize,
    is_too_large: bool,
    gate: Option<Slot>,
    /// Which inputs a formula sees that is read on a later date than the one being lowered.
    ahead: Option<forward::Ahead>,
    /// What the words of the `solve`s around a formula stand for, the outermost first.
    unknowns: Vec<Value>,
    /// The condition of a step that has acted on it before it pays.
    condition_read: Option<Slot>,
    ops: Vec<Op>,
    params: Vec<f64>,
    today: HashMap<QuantityRef, Value>,
    fresh: HashSet<QuantityRef>,
    due_bounds: HashMap<QuantityRef, f64>,
    weighted_bounds: HashMap<fees::Weighted, f64>,
    // tables
    looked_up: Vec<Vec<f64>>,
    pro_ratas: Vec<super::op::ProRata>,
    tests: Vec<super::op::TestSlots>,
    plain_tests: Vec<super::op::PlainTest>,
    movements: Vec<Movement>,
    movement_index: HashMap<(Phase, usize, usize, usize), usize>,
}

impl<'a> Lowering<'a> {
    fn new(model: &'a Model, outputs: &'a [OutputSpec], metrics: &[MetricSpec], demand: &'a Demand) -> Self {
        let mut lowering = Lowering {
            model,
            outputs,
            demand,
            metrics: MetricPlan::new(metrics, demand, model),
            builder: ProgramBuilder::default(),
            slots: HashMap::new(),
            initial: Vec::new(),
            n_slots: u16::try_from(model.inputs.len()).expect("fewer than 65,536 inputs"),
            temporaries: Vec::new(),
            n_temporaries: 0,
            live: HashSet::new(),
            pasts: Vec::new(),
            signed_pasts: HashSet::new(),
            swept: HashSet::new(),
            inflow_bound: 0.0,
            reads_status: false,
            n_shared: if model.leaves_at_once { 0 } else { n_shared_steps(&model.waterfalls) },
            t: 0,
            n_ops: 0,
            is_too_large: false,
            gate: None,
            ahead: None,
            unknowns: Vec::new(),
            condition_read: None,
            ops: Vec::new(),
            params: Vec::new(),
            today: HashMap::new(),
            fresh: HashSet::new(),
            due_bounds: HashMap::new(),
            weighted_bounds: HashMap::new(),
            looked_up: Vec::new(),
            pro_ratas: Vec::new(),
            tests: Vec::new(),
            plain_tests: Vec::new(),
            movements: Vec::new(),
            movement_index: HashMap::new(),
        };
        lowering.prepare();
        lowering
    }

    /// Everything that is known before the first date.
    fn prepare(&mut self) {
        self.inflow_bound = collateral::inflow_bound(self.model);
        self.swept = all_steps(self.model)
            .filter_map(|step| step.action.payment())
            .flat_map(|payment| payment.payees.clone())
            .filter_map(|payee| if let Payee::Balance(note) = payee { Some(note) } else { None })
            .chain(self.model.effects().flat_map(|(_, effect)| effect.swept().iter().copied()))
            .chain(self.model.tests.iter().flat_map(|test| test.repaid_by_cures().iter().copied()))
            .collect();
        for (index, account) in self.model.accounts.iter().enumerate() {
            let slot = self.slot_of(quantity(Object::Account, index, Quantity::Balance));
            if account.opening_balance != 0 {
                self.initial.push((slot, as_f64(account.opening_balance)));
            }
        }
        for (index, note) in self.model.notes.iter().enumerate() {
            let slot = self.slot_of(quantity(Object::Note, index, Quantity::Balance));
            if note.starts_at.is_none() {
                self.initial.push((slot, as_f64(note.original)));
            }
        }
        self.prepare_figures();
        self.prepare_ledgers();
        self.prepare_fees();
        self.prepare_assets();
        let moves = |note: &usize| {
            let falls_due = self.model.may_fall_due(*note);
            let note = &self.model.notes[*note];
            falls_due || note.whole.is_some() || note.target.is_some() || note.written || note.prepaid
        };
        self.swept.extend((0..self.model.notes.len()).filter(moves));
        self.prepare_targets();
        self.prepare_reads();
        self.prepare_status();
    }

    /// Which flows are read by a formula, recorded or measured; and which pasts are kept.
    fn prepare_reads(&mut self) {
        let mut read = Vec::new();
        for expr in formulas(self.model) {
            quantities_read(expr, &mut read);
            self.collect_histories(expr);
        }
        self.reads_status = read.iter().any(|of| of.object == Object::Status);
        self.live.extend(read);
        let recorded = self.demand.outputs.iter().filter_map(|&index| self.outputs[index].of);
        let recorded: Vec<QuantityRef> = recorded.flat_map(|of| self.parts(of)).collect();
        self.live.extend(recorded);
        self.live.extend(self.metrics.wal.iter().map(|&note| quantity(Object::Note, note, Quantity::PrincipalPaid)));
        let covered = self.model.tests.iter().flat_map(|test| test.ratio.notes_with_interest_due());
        self.live.extend(covered.map(|&note| quantity(Object::Note, note, Quantity::InterestPaid)));
        self.live.extend(self.swept.iter().map(|&note| quantity(Object::Note, note, Quantity::PrincipalPaid)));
        for (index, note) in self.model.notes.iter().enumerate() {
            if note.unpaid.is_some() {
                self.live.insert(quantity(Object::Note, index, Quantity::InterestPaid));
            }
            if note.capitalizes {
                // The premium of what is capitalised is set against the rate.
                self.live.insert(quantity(Object::Note, index, Quantity::Rate));
            }
            if note.moves_without_cash() {
                self.metrics.totals.insert(quantity(Object::Note, index, Quantity::PrincipalPaid));
            }
        }
        for index in 0..self.model.assets.len() {
            // They must be in range whether anybody reads them or not.
            self.live.extend([Quantity::Bought, Quantity::Sold].map(|of| quantity(Object::Asset, index, of)));
        }
        if self.inflow_bound >= limit() {
            self.metrics.keep_all_totals(self.model);
        }
    }

    fn prepare_status(&mut self) {
        if self.model.statuses.len() > 1 {
            let normal = self.slot(Key::StatusIs(0));
            self.initial.push((normal, 1.0));
        }
        for status in 1..self.model.statuses.len() {
            // A test that alone decides a status that nothing outranks is that status' flag.
            let is_of_acceleration = self.model.acceleration.as_ref().is_some_and(|terms| terms.status == Some(status));
            if steps_into(self.model, status) || is_of_acceleration || self.reads_status {
                continue;
            }
            let setters: Vec<usize> =
                (0..self.model.tests.len()).filter(|&i| self.model.tests[i].sets_status.contains(&status)).collect();
            if let ([test], true) = (&setters[..], status + 1 == self.model.statuses.len())
                && !self.model.is_waived(*test)
            {
                let failing = self.slot_of(quantity(Object::Test, *test, Quantity::Failing));
                self.slots.insert(Key::StatusIs(status), failing);
            }
        }
    }

    fn date(&mut self, t: usize) {
        self.t = t;
        self.today.clear();
        self.fresh.clear();
        self.begin_date();
        let model = self.model;
        self.steps(Phase::Collection, &model.collection, 0, None);
        if let Some((closing, steps)) = &model.closing
            && *closing == t
        {
            self.steps(Phase::Closing, steps, 0, None);
        }
        self.record_after_collection();
        if self.model.waterfall_on[t] {
            self.status_waterfalls();
            self.record_last_status();
        }
        self.steps(Phase::After, &model.after, 0, None);
        self.close_date();
        let ops = std::mem::take(&mut self.ops);
        let params = std::mem::take(&mut self.params);
        if self.is_too_large {
            return;
        }
        let mut context = Context {
            temporaries: &self.temporaries,
            pro_ratas: &self.pro_ratas,
            tests: &self.tests,
            plain_tests: &mut self.plain_tests,
        };
        let ops = fuse(prune(ops, &context), &params, &mut context);
        self.builder.push_date(ops, params);
    }

    fn step(&mut self, phase: Phase, index: usize, step: &StepModel, gate: Option<Slot>) {
        self.n_temporaries = 0;
        if !step.happens(self.t) {
            return;
        }
        match &step.action {
            Action::Collect { from, to } => self.collect(phase, index, from, *to),
            Action::AccrueFee(fees) => fees.iter().for_each(|fee| self.accrue_fee(*fee)),
            Action::AccrueInterest(notes) => notes.iter().for_each(|note| self.accrue_interest(*note)),
            Action::Pay(payment) => self.pay((phase, index), step, payment, gate),
            Action::Release { account, to } => self.release((phase, index), step, *account, *to, gate),
            Action::Prepay { notes, from, amount, whole } => {
                self.prepay((phase, index), step, (notes, from, amount.as_ref(), *whole), gate);
            }
            Action::Capitalize { notes, share, premium } => {
                self.capitalize((phase, index), step, (notes, share.as_ref(), *premium), gate);
            }
            Action::Write { notes, amount, up } => self.write((phase, index), step, (notes, amount, *up), gate),
            Action::RunTests { tests, .. } => self.run_tests((phase, index), tests, gate),
            Action::SetStatus { .. } => unreachable!("the status is taken by `steps`"),
            Action::Accelerate => self.accelerate(step, gate),
            Action::Rescind => self.rescind(step, gate),
            Action::Waive(waivers) => self.waive(step, waivers, gate),
            Action::Inspect { of, value } => self.inspect((phase, index), step, (*of, value), gate),
            Action::If(_) | Action::Else | Action::End => unreachable!("blocks are gone through by `steps`"),
            Action::Draw { facility, to, amount } => {
                self.draw((phase, index), step, (*facility, *to), amount.as_ref(), gate);
            }
            Action::SettleSwap { swap, to, payment } => {
                self.settle_swap((phase, index), step, (*swap, *to), payment, gate);
            }
            Action::Fund { note, to, amount } => {
                self.fund((phase, index), step, (*note, *to), amount.as_ref(), gate);
            }
            Action::Refinance { notes, with, account } => {
                self.refinance((phase, index), step, (notes, *with, *account), gate);
            }
            Action::Extend(notes) => self.extend(step, notes, gate),
            Action::TerminateSwap { swap, amount } => self.terminate(step, *swap, amount, gate),
            Action::SettleCap { cap, to } => self.settle((phase, index), step, Payer::Cap(*cap), *to, gate),
            Action::Buy(purchase) => self.buy((phase, index), step, purchase, gate),
            Action::Sell { asset, to, amount } => {
                self.sell((phase, index), step, (*asset, *to, amount.as_ref()), gate);
            }
            Action::Convert(conversion) => self.convert((phase, index), step, conversion, gate),
            Action::Book { ledger, amount } => self.book((phase, index), step, *ledger, amount, gate),
            Action::PayTax { taxes, payment } => self.pay_tax((phase, index), step, taxes, payment, gate),
        }
    }

    fn finish(self) -> Lowered {
        let overflow = self.slots.get(&Key::Overflow).copied();
        let metrics = self.metric_sources();
        let slot_names = self.slot_names();
        let n_outputs = self.demand.outputs.len();
        let n_series = n_outputs + Trace::COUNT * self.movements.len();
        let mut fill = vec![f64::NAN; n_series];
        for (series, &index) in self.demand.outputs.iter().enumerate() {
            let is_value = |of: QuantityRef| of.object == Object::Test && of.quantity == Quantity::Value;
            let is_value = self.outputs[index].of.is_some_and(is_value);
            fill[series] = if is_value { f64::NAN } else { 0.0 };
        }
        let program = self.builder.finish(|program| {
            program.rounding = self.model.rounding;
            program.n_inputs = self.model.inputs.len();
            program.tables = self.looked_up;
            program.pro_ratas = self.pro_ratas;
            program.tests = self.tests;
            program.plain_tests = self.plain_tests;
            program.n_slots = usize::from(self.n_slots);
            program.initial = self.initial;
            program.overflow = overflow;
            program.n_series = n_series;
            program.metrics = metrics;
        });
        Lowered {
            program,
            demand: self.demand.clone(),
            movements: self.movements,
            fill,
            slot_names,
            is_too_large: self.is_too_large,
        }
    }

    /// What each slot is called in listings.
    fn slot_names(&self) -> Vec<String> {
        let mut names = vec![String::new(); usize::from(self.n_slots)];
        for (index, input) in self.model.inputs.iter().enumerate() {
            names[index] = format!("inputs.{}", input.name);
        }
        for (number, slot) in self.temporaries.iter().enumerate() {
            names[slot.index()] = format!("t{number}");
        }
        // A slot may serve two ends, as a test's state that is also a status' flag: it is called by its quantity.
        let is_quantity = |key: &Key| matches!(key, Key::Quantity(_));
        for (key, slot) in self.slots.iter().filter(|(key, _)| !is_quantity(key)) {
            names[slot.index()] = self.key_name(*key);
        }
        for (key, slot) in self.slots.iter().filter(|(key, _)| is_quantity(key)) {
            names[slot.index()] = self.key_name(*key);
        }
        names
    }

    /// A quantity as it is recorded; one that is not, by its object's name.
    fn name_of(&self, of: QuantityRef) -> String {
        if let Some(output) = self.outputs.iter().find(|output| output.of == Some(of)) {
            return output.name.clone();
        }
        let is_own = |other: QuantityRef| (other.object, other.index) == (of.object, of.index);
        match self.outputs.iter().find(|output| output.of.is_some_and(is_own)) {
            Some(output) => format!("{}.{}", output.name.split('.').next().unwrap_or_default(), of.quantity.word()),
            None => format!("{of:?}"),
        }
    }

    fn key_name(&self, key: Key) -> String {
        let of_name = |of: QuantityRef| self.name_of(of);
        let test = |index: usize| &self.model.tests[index].name;
        match key {
            Key::Quantity(of) => of_name(of),
            Key::Total(of) => format!("total({})", of_name(of)),
            Key::Peak(of) => format!("peak({})", of_name(of)),
            Key::YearsSum(note) => format!("{}.principal_years", self.model.notes[note].name),
            Key::TargetScale(note) => format!("{}.target_scale", self.model.notes[note].name),
            Key::TargetBase(note) => format!("{}.target_base", self.model.notes[note].name),
            Key::TargetShift(note) => format!("{}.target_shift", self.model.notes[note].name),
            Key::BalanceDays(note) => format!("{}.balance_days", self.model.notes[note].name),
            Key::Rate(of) => format!("rate({of:?})"),
            Key::Used(index) => format!("{}.used", self.model.facilities[index].name),
            Key::Funded(note) => format!("{}.drawn", self.model.notes[note].name),
            Key::Undrawn => "undrawn".to_string(),
            Key::Terminated(index) => format!("{}.is_terminated", self.model.swaps[index].name),
            Key::CapRoom(cap) => format!("room({})", self.model.fee_caps[cap].name),
            Key::Weighted(of) => format!("weighted({of:?})"),
            Key::StatusIs(status) => format!("is_{}", self.model.statuses[status]),
            Key::SteppedInto(status) => format!("stepped_into_{}", self.model.statuses[status]),
            Key::Runs(status) => format!("runs_{}", self.model.statuses[status]),
            Key::Block(depth) => format!("then[{depth}]"),
            Key::BlockElse(depth) => format!("else[{depth}]"),
            Key::Entered(status) => format!("entered_{}", self.model.statuses[status]),
            Key::Stays => "stays".to_string(),
            Key::Happens => "happens".to_string(),
            Key::WasFailing(index) => format!("{}.was_failing", test(index)),
            Key::ReadToday(index) => format!("{}.is_read", test(index)),
            Key::Measured(index) => format!("{}.n_measured", test(index)),
            Key::WaivedUntil(index) => format!("{}.waived_until", test(index)),
            Key::Past(index, back) => format!("lag({}, {})", of_name(self.pasts[index].of), back + 1),
            Key::Ahead(of) => format!("projected({})", of_name(of)),
            Key::WindowNumerator(index, back) => format!("{}.numerator[-{}]", test(index), back + 1),
            Key::WindowDenominator(index, back) => format!("{}.denominator[-{}]", test(index), back + 1),
            Key::PastCure(index, back) => format!("{}.cure[-{}]", test(index), back + 1),
            Key::Cures(index) => format!("{}.n_cures", test(index)),
            Key::Cured(index) => format!("{}.cured", test(index)),
            Key::Counter(index) => format!("{}.counter", test(index)),
            Key::WorstNumerator(index) => format!("{}.worst_numerator", test(index)),
            Key::WorstDenominator(index) => format!("{}.worst_denominator", test(index)),
            Key::BreachDates(index) => format!("{}.n_breach_dates", test(index)),
            Key::FirstBreach(index) => format!("{}.first_breach_index", test(index)),
            Key::Overflow => "overflow".to_string(),
        }
    }

    // --- slots, parameters, operations ---

    fn slot(&mut self, key: Key) -> Slot {
        if let Some(slot) = self.slots.get(&key) {
            return *slot;
        }
        let slot = self.new_slot();
        self.slots.insert(key, slot);
        slot
    }

    fn new_slot(&mut self) -> Slot {
        let slot = Slot(self.n_slots);
        match self.n_slots.checked_add(1) {
            Some(n_slots) => self.n_slots = n_slots,
            None => self.is_too_large = true,
        }
        slot
    }

    fn slot_of(&mut self, quantity: QuantityRef) -> Slot {
        self.slot(Key::Quantity(quantity))
    }

    /// A slot that is free again after the step.
    fn temporary(&mut self) -> Slot {
        if self.n_temporaries == self.temporaries.len() {
            let slot = self.new_slot();
            self.temporaries.push(slot);
        }
        self.n_temporaries += 1;
        self.temporaries[self.n_temporaries - 1]
    }

    fn param(&mut self, value: f64) -> Param {
        // Two more may follow it as parts of a factor.
        let Ok(position) = u16::try_from(self.params.len() + 2) else {
            self.is_too_large = true;
            return Param(0);
        };
        self.params.push(value);
        Param(position - 2)
    }

    /// The parameters of a known ratio; `bound` is the greatest value that it multiplies.
    fn factor(&mut self, numerator: i64, denominator: i64, bound: f64) -> Factor {
        let (n, d) = (as_f64(numerator), as_f64(denominator));
        let first = self.param(n);
        self.param(d);
        self.param(1.0 / d);
        Factor { first, small: bound * n / d < crate::lanes::CONSTANT_QUOTIENT_LIMIT }
    }

    fn push(&mut self, op: Op) {
        self.n_ops += 1;
        if self.n_ops > MOST_OPERATIONS || self.ops.len() >= MOST_OPERATIONS_A_DATE {
            self.is_too_large = true;
        } else {
            self.ops.push(op);
        }
    }

    /// Let the skip at `position` pass over everything pushed since.
    fn close_skip(&mut self, position: usize) {
        if self.is_too_large {
            return;
        }
        let n = u16::try_from(self.ops.len() - position - 1).expect("fewer than 65,536 operations a date");
        if n == 0 {
            self.ops.truncate(position);
            return;
        }
        match &mut self.ops[position] {
            Op::SkipUnlessAny { n: skip, .. } | Op::SkipIfNothingDue { n: skip, .. } => *skip = n,
            _ => unreachable!("only skips are closed"),
        }
    }

    /// Have the range checked unless it cannot be left.
    fn check_range(&mut self, value: Slot, bound: f64) {
        if bound >= limit() {
            self.overflow_slot();
            self.push(match self.gate {
                Some(flag) => Op::CheckRangeIf { value, flag },
                None => Op::CheckRange { value },
            });
        }
    }

    /// The slot that says on which date a scenario stops; there is one from the first call on.
    fn overflow_slot(&mut self) {
        if !self.slots.contains_key(&Key::Overflow) {
            let slot = self.slot(Key::Overflow);
            self.initial.push((slot, f64::INFINITY));
        }
    }

    fn series(&self, of: QuantityRef) -> Option<Series> {
        let position = self.demand.outputs.iter().position(|&index| self.outputs[index].of == Some(of))?;
        Some(Series(u32::try_from(position).expect("fewer than 2^32 series")))
    }
}

fn quantity(object: Object, index: usize, quantity: Quantity) -> QuantityRef {
    QuantityRef { object, index, quantity }
}

#[allow(clippy::cast_precision_loss, reason = "amounts and numbers of a valid deal are below 2^52")]
fn as_f64(units: i64) -> f64 {
    units as f64
}

fn limit() -> f64 {
    as_f64(LIMIT)
}

fn all_steps(model: &Model) -> impl Iterator<Item = &StepModel> {
    model.steps()
}

/// Every formula of the model that is evaluated in a scenario.
fn formulas(model: &Model) -> Vec<&Expr> {
    use super::model::EffectModel;
    let mut formulas: Vec<&Expr> = model.accounts.iter().filter_map(|account| account.target.as_ref()).collect();
    formulas.extend(model.figures.iter().map(|figure| &figure.value));
    formulas.extend(fees::formulas_of_fees(model));
    formulas.extend(facilities::formulas_of_facilities(model));
    formulas.extend(claims::formulas_of_claims(model));
    formulas.extend(model.assets.iter().flat_map(super::assets::AssetModel::formulas));
    formulas.extend(model.acceleration.iter().flat_map(|terms| terms.swaps.iter().map(|(_, amount)| amount)));
    for test in &model.tests {
        // What looks ahead reads neither flows nor a kept past.
        formulas.extend(test.ratio.formulas().filter(|_| test.forward.is_none()));
        formulas.extend(test.effects.iter().filter_map(EffectModel::formula));
    }
    formulas.extend(model.notes.iter().filter_map(|note| note.default_rate.as_ref().map(|(_, when)| when)));
    formulas.extend(model.notes.iter().filter_map(|note| note.coupon.formula()));
    for step in all_steps(model) {
        formulas.extend(step.when.as_ref().map(|(formula, _)| formula));
        formulas.extend(claims::formulas_of_action(&step.action));
        if let Action::If(condition) = &step.action {
            formulas.push(condition);
        }
        if let Some(payment) = step.action.payment() {
            formulas.extend(payment.limits.formulas());
            formulas.extend(payment.supports.iter().flat_map(|support| &support.only_if).map(|(formula, _)| formula));
        }
    }
    formulas
}
