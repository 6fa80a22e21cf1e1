//! A block: the state of a few scenarios that walk through the dates together.

use crate::plan::{Program, Slot};

/// Scenarios in a block of a large run; every slot holds this many values.
pub const WIDE: usize = 128;

/// Scenarios in a block of a run so small that a wide block would be mostly idle.
pub const NARROW: usize = 8;

/// Scenarios in a tile: inputs are copied in, checked and quantised this many at a time.
pub const TILE: usize = 256;

/// A cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([f64; 8]);

/// One worker's state, made once and used for block after block.
pub struct Block<const L: usize> {
    /// The values of all slots that are not inputs, slot after slot.
    lines: Vec<Line>,
    initial: Vec<(Slot, f64)>,
    n_inputs: usize,
}

impl<const L: usize> Block<L> {
    /// Cache lines from one slot to the next: one more than its values take. Without it every eighth slot of a wide block would
    /// begin at the same address modulo 4096, and loads would wait for stores to other slots.
    const LINES: usize = L / 8 + 1;

    /// State for a program.
    pub fn new(program: &Program) -> Block<L> {
        let n_slots = program.n_slots - program.n_inputs;
        Block {
            lines: vec![Line([0.0; 8]); n_slots * Self::LINES],
            initial: program.initial.clone(),
            n_inputs: program.n_inputs,
        }
    }

    /// Back to before the first date.
    pub fn reset(&mut self) {
        self.lines.fill(Line([0.0; 8]));
        for (slot, value) in self.initial.clone() {
            let first = (slot.index() - self.n_inputs) * Self::LINES;
            self.lines[first..first + Self::LINES].fill(Line([value; 8]));
        }
    }

    /// The values of a slot that is not an input.
    pub fn row(&self, slot: Slot) -> &[f64] {
        let first = (slot.index() - self.n_inputs) * Self::LINES;
        flat(&self.lines[first..first + Self::LINES - 1])
    }

    /// A pointer to each slot's values; those of the inputs are set date by date.
    pub fn pointers(&mut self) -> Vec<*mut f64> {
        let mut pointers = vec![std::ptr::null_mut(); self.n_inputs];
        pointers.extend(self.lines.chunks_exact_mut(Self::LINES).map(|lines| lines.as_mut_ptr().cast::<f64>()));
        pointers
    }
}

/// Lines as the values they hold.
#[allow(unsafe_code, reason = "see SAFETY")]
fn flat(lines: &[Line]) -> &[f64] {
    // SAFETY: a line is eight values in a row, without padding.
    unsafe { std::slice::from_raw_parts(lines.as_ptr().cast::<f64>(), lines.len() * 8) }
}

/// The inputs of a tile's scenarios: for each input and period a row of values in units.
pub struct Tile {
    values: Vec<f64>,
    n_periods: usize,
    width: usize,
}

impl Tile {
    /// Room for the inputs of `width` scenarios, a whole number of blocks.
    pub fn new(n_inputs: usize, n_periods: usize, width: usize) -> Tile {
        Tile { values: vec![0.0; n_inputs * n_periods * width], n_periods, width }
    }

    /// The row of an input on a date.
    pub fn row(&self, input: usize, period: usize) -> &[f64] {
        let start = (input * self.n_periods + period) * self.width;
        &self.values[start..start + self.width]
    }

    /// The row of an input on a date, to fill.
    pub fn row_mut(&mut self, input: usize, period: usize) -> &mut [f64] {
        let start = (input * self.n_periods + period) * self.width;
        &mut self.values[start..start + self.width]
    }
}
