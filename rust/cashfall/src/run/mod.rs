//! Running a plan: scenarios in tiles, tiles in blocks of lanes, blocks through the dates; workers take tiles from a counter.
//!
//! The result does not depend on the number of workers, the block a scenario falls into, or the CPU.

mod apportion;
mod block;
mod finish;
mod interpret;
mod output;
mod scale_up;
mod test;

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::basics::NUMBER_SCALE;
use crate::lanes::{Cpu, dispatch};
use crate::plan::{Lowered, Plan, TOO_LARGE};
use crate::scenario::{InputReader, ScenarioError, Scenarios};

use block::{Block, NARROW, TILE, Tile, WIDE};
use interpret::Interpreter;
use output::{Columns, Sheet};

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions {
    /// Workers; at least 1.
    pub threads: usize,
    /// Which vectors to use. It changes no bit.
    pub cpu: Cpu,
    /// Whether amounts come out in minor units (else in currency units).
    pub minor_units: bool,
}

impl Default for RunOptions {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        RunOptions { threads, cpu: Cpu::detect(), minor_units: false }
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Scenarios done.
    pub done: usize,
    /// Scenarios in all.
    pub total: usize,
}

/// Why a run gave no result.
#[derive(Clone, Debug, PartialEq)]
pub enum RunError {
    /// An input is wrong.
    Scenario(ScenarioError),
    /// The caller stopped it.
    Cancelled,
    /// The arrays would not fit in memory.
    TooLarge {
        /// Bytes that were asked for.
        bytes: u128,
    },
    /// The deal needs more operations, slots or parameters than a program can hold.
    TooComplex,
    /// A worker panicked: a defect of the engine.
    Worker(String),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Scenario(error) => error.fmt(f),
            RunError::Cancelled => write!(f, "the run was cancelled; nothing of it is kept"),
            RunError::TooLarge { bytes } => write!(
                f,
                "expected a run whose arrays fit in memory, found one of {bytes} bytes; record fewer outputs or run fewer scenarios at a time"
            ),
            RunError::TooComplex => f.write_str(TOO_LARGE),
            RunError::Worker(message) => write!(f, "a worker failed: {message}"),
        }
    }
}

impl std::error::Error for RunError {}

impl From<ScenarioError> for RunError {
    fn from(error: ScenarioError) -> Self {
        RunError::Scenario(error)
    }
}

/// What a run gives back.
#[derive(Clone, Debug)]
pub struct RunOutput {
    /// Recorded series in the demand's order, each `(n_periods, n_scenarios)` in C order; then those of the movements.
    pub records: Vec<f64>,
    /// Metrics in the demand's order, each `(n_scenarios,)`.
    pub metrics: Vec<f64>,
    /// Scenarios.
    pub n_scenarios: usize,
}

/// How often the caller's thread looks up while workers run.
const POLL: Duration = Duration::from_millis(20);

/// About how many nanoseconds one operation takes for one scenario.
const NANOSECONDS_PER_OPERATION: f64 = 0.3;

/// A run that takes less is done on the caller's thread: starting workers would not pay, and Ctrl-C can wait so long.
const INLINE_NANOSECONDS: f64 = 2e6;

/// Run a lowered plan.
///
/// `watch` is called on the caller's thread every 20 ms; when it answers `false` the run stops within one tile per worker.
///
/// # Errors
/// [`RunError`]; nothing is half-run.
pub fn run(
    plan: &Plan,
    lowered: &Lowered,
    scenarios: &Scenarios,
    options: RunOptions,
    watch: &mut dyn FnMut(Progress) -> bool,
) -> Result<RunOutput, RunError> {
    if lowered.is_too_large {
        return Err(RunError::TooComplex);
    }
    let mut output = allocate(plan, lowered, scenarios.n_scenarios)?;
    let n_periods = plan.model().dates.len();
    let scales = scales(plan, lowered, options.minor_units);
    let metric_scales = metric_scales(plan, lowered, options.minor_units);
    let n_series = lowered.program.n_series;
    let records = Sheet::new(&mut output.records, n_series * n_periods, scenarios.n_scenarios);
    let metrics = Sheet::new(&mut output.metrics, lowered.demand.metrics.len(), scenarios.n_scenarios);
    let job = Job {
        lowered,
        readers: readers(plan, scenarios, options.cpu),
        n_scenarios: scenarios.n_scenarios,
        n_periods,
        cpu: options.cpu,
        records: &records,
        metrics: &metrics,
        scales: &scales,
        metric_scales: &metric_scales,
        next_tile: AtomicUsize::new(0),
        n_working: AtomicUsize::new(0),
        done: AtomicUsize::new(0),
        stopped: AtomicBool::new(false),
        failure: Mutex::new(None),
    };
    job.run(options.threads.max(1), watch)?;
    Ok(output)
}

/// The arrays of a run, filled with what stands where nothing is recorded.
fn allocate(plan: &Plan, lowered: &Lowered, n_scenarios: usize) -> Result<RunOutput, RunError> {
    let rows = plan.model().dates.len() as u128;
    let bytes =
        8 * n_scenarios as u128 * (rows * lowered.program.n_series as u128 + lowered.demand.metrics.len() as u128);
    let too_large = || RunError::TooLarge { bytes };
    let per_series = plan.model().dates.len().checked_mul(n_scenarios).ok_or_else(too_large)?;
    let mut records = Vec::new();
    let n = per_series.checked_mul(lowered.program.n_series).ok_or_else(too_large)?;
    records.try_reserve_exact(n).map_err(|_| too_large())?;
    for fill in &lowered.fill {
        records.resize(records.len() + per_series, *fill);
    }
    let mut metrics = Vec::new();
    let n = n_scenarios.checked_mul(lowered.demand.metrics.len()).ok_or_else(too_large)?;
    metrics.try_reserve_exact(n).map_err(|_| too_large())?;
    metrics.resize(n, 0.0);
    Ok(RunOutput { records, metrics, n_scenarios })
}

/// What each series is divided by on the way out.
fn scales(plan: &Plan, lowered: &Lowered, minor_units: bool) -> Vec<f64> {
    let outputs = lowered.demand.outputs.iter().map(|&index| plan.scale(plan.outputs()[index].unit, minor_units));
    outputs.chain(std::iter::repeat(1.0)).take(lowered.program.n_series).collect()
}

fn metric_scales(plan: &Plan, lowered: &Lowered, minor_units: bool) -> Vec<f64> {
    lowered.demand.metrics.iter().map(|&index| plan.scale(plan.metrics()[index].unit, minor_units)).collect()
}

/// One reader per input that the scenarios give.
fn readers<'a>(plan: &'a Plan, scenarios: &'a Scenarios<'a>, cpu: Cpu) -> Vec<Reader<'a>> {
    plan.model()
        .inputs
        .iter()
        .zip(&scenarios.views)
        .map(|(model, view)| match view {
            None => Reader::Default(&model.default),
            Some(view) => {
                #[allow(clippy::cast_precision_loss, reason = "a power of ten up to 10^9")]
                let scale =
                    if model.is_amount { 10_i64.pow(plan.model().decimals) as f64 } else { NUMBER_SCALE as f64 };
                Reader::Given(InputReader { model, view: *view, scale, cpu })
            }
        })
        .collect()
}

enum Reader<'a> {
    Default(&'a [i64]),
    Given(InputReader<'a>),
}

struct Job<'a> {
    lowered: &'a Lowered,
    readers: Vec<Reader<'a>>,
    n_scenarios: usize,
    n_periods: usize,
    cpu: Cpu,
    records: &'a Sheet<'a>,
    metrics: &'a Sheet<'a>,
    scales: &'a [f64],
    metric_scales: &'a [f64],
    next_tile: AtomicUsize,
    n_working: AtomicUsize,
    done: AtomicUsize,
    stopped: AtomicBool,
    /// The failing tile with the lowest number: tiles are handed out in order, so it does not depend on the workers.
    failure: Mutex<Option<(usize, ScenarioError)>>,
}

impl Job<'_> {
    fn run(&self, threads: usize, watch: &mut dyn FnMut(Progress) -> bool) -> Result<(), RunError> {
        if self.expected_nanoseconds() < INLINE_NANOSECONDS {
            self.work();
        } else {
            self.run_on_workers(threads, watch)?;
        }
        if let Some((_, error)) = self.failure.lock().map_err(|_| RunError::Worker("poisoned".to_string()))?.take() {
            return Err(error.into());
        }
        if self.stopped.load(Ordering::Relaxed) { Err(RunError::Cancelled) } else { Ok(()) }
    }

    #[allow(clippy::cast_precision_loss, reason = "an estimate")]
    fn expected_nanoseconds(&self) -> f64 {
        let program = &self.lowered.program;
        let n_operations: usize = program.dates.iter().map(|date| program.shapes[date.shape].len()).sum();
        (n_operations * self.n_scenarios) as f64 * NANOSECONDS_PER_OPERATION
    }

    fn run_on_workers(&self, threads: usize, watch: &mut dyn FnMut(Progress) -> bool) -> Result<(), RunError> {
        let caller = std::thread::current();
        let threads = threads.min(self.n_scenarios.div_ceil(TILE));
        self.n_working.store(threads, Ordering::Relaxed);
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|_| {
                    let caller = caller.clone();
                    scope.spawn(move || {
                        let _wake = Wake { caller, n_working: &self.n_working };
                        self.work();
                    })
                })
                .collect();
            while self.n_working.load(Ordering::Acquire) > 0 {
                std::thread::park_timeout(POLL);
                let progress = Progress { done: self.done.load(Ordering::Relaxed), total: self.n_scenarios };
                if !watch(progress) {
                    self.stopped.store(true, Ordering::Relaxed);
                }
            }
            for worker in workers {
                worker.join().map_err(|panic| RunError::Worker(panic_message(&*panic)))?;
            }
            Ok(())
        })
    }

    /// Take tiles until there is none left.
    fn work(&self) {
        if self.n_scenarios <= NARROW { self.work_in_blocks::<NARROW>() } else { self.work_in_blocks::<WIDE>() }
    }

    fn work_in_blocks<const L: usize>(&self) {
        let program = &self.lowered.program;
        let mut block = Block::<L>::new(program);
        let mut tile = Tile::new(program.n_inputs, self.n_periods, TILE.min(self.n_scenarios.next_multiple_of(L)));
        let mut is_first = true;
        while !self.stopped.load(Ordering::Relaxed) {
            let number = self.next_tile.fetch_add(1, Ordering::Relaxed);
            let first = number * TILE;
            if first >= self.n_scenarios {
                return;
            }
            let n = TILE.min(self.n_scenarios - first);
            if let Err(error) = self.fill(&mut tile, first, n, is_first) {
                self.fail(number, error);
                return;
            }
            is_first = false;
            for offset in (0..n).step_by(L) {
                if self.stopped.load(Ordering::Relaxed) {
                    return;
                }
                let columns = self.columns(first + offset, L.min(n - offset));
                dispatch(self.cpu, &mut Interpreter::new(program, &mut block, &tile, offset, columns));
                finish::finish(self.cpu, self.lowered, &block, columns, self.metric_scales);
            }
            self.done.fetch_add(n, Ordering::Relaxed);
        }
    }

    fn fail(&self, tile: usize, error: ScenarioError) {
        if let Ok(mut failure) = self.failure.lock()
            && failure.as_ref().is_none_or(|(known, _)| tile < *known)
        {
            *failure = Some((tile, error));
        }
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn columns(&self, first: usize, n: usize) -> Columns<'_> {
        Columns {
            records: self.records,
            metrics: self.metrics,
            scales: self.scales,
            n_periods: self.n_periods,
            first,
            n,
        }
    }

    /// Copy the inputs of `n` scenarios into the tile; what all scenarios share is copied once per worker.
    fn fill(&self, tile: &mut Tile, first: usize, n: usize, is_first: bool) -> Result<(), ScenarioError> {
        let mut raw = [0.0; TILE];
        for (input, reader) in self.readers.iter().enumerate() {
            for period in 0..self.n_periods {
                match reader {
                    #[allow(clippy::cast_precision_loss, reason = "defaults of a valid deal are below 2^52")]
                    Reader::Default(values) if is_first => tile.row_mut(input, period).fill(values[period] as f64),
                    Reader::Default(_) => {}
                    Reader::Given(reader) if reader.view.is_broadcast() => {
                        if is_first {
                            let mut value = [0.0];
                            reader.read(period, first, &mut raw[..1], &mut value)?;
                            tile.row_mut(input, period).fill(value[0]);
                        }
                    }
                    Reader::Given(reader) => {
                        let row = tile.row_mut(input, period);
                        reader.read(period, first, &mut raw[..n], &mut row[..n])?;
                        let last = row[n - 1];
                        row[n..].fill(last);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Wakes the caller when a worker ends, however it ends.
struct Wake<'a> {
    caller: std::thread::Thread,
    n_working: &'a AtomicUsize,
}

impl Drop for Wake<'_> {
    fn drop(&mut self) {
        self.n_working.fetch_sub(1, Ordering::Release);
        self.caller.unpark();
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_string());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown".to_string())
}

#[cfg(test)]
mod tests {
    use super::panic_message;

    #[test]
    fn the_text_of_a_panic_is_told() {
        let of = |panic: fn()| panic_message(&*std::panic::catch_unwind(panic).expect_err("it panics"));
        assert_eq!(of(|| panic!("plain")), "plain");
        assert_eq!(of(|| panic!("of {}", 2)), "of 2");
        assert_eq!(of(|| std::panic::panic_any(3_u8)), "unknown");
    }
}
