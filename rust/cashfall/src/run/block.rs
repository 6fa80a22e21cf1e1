//! A block: the state of a few scenarios that walk through the dates together.

use crate::plan::{Program, Slot};

/// Scenarios in a block; every slot holds this many values.
pub const LANES: usize = 64;

/// Scenarios in a tile: inputs are copied in, checked and quantised this many at a time.
pub const TILE: usize = 512;

/// One worker's state, made once and used for block after block.
pub struct Block {
    /// The values of all slots that are not inputs, slot after slot.
    values: Vec<Row>,
    initial: Vec<(usize, f64)>,
    n_inputs: usize,
}

/// The values of one slot, on its own cache lines, and one line more: without it every eighth slot would begin at the same
/// address modulo 4096, and loads would wait for stores to other slots.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Row {
    values: [f64; LANES],
    _line: [f64; 8],
}

impl Row {
    const ZERO: Row = Row { values: [0.0; LANES], _line: [0.0; 8] };
}

impl Block {
    /// State for a program.
    pub fn new(program: &Program) -> Block {
        let n_inputs = program.n_inputs;
        Block {
            values: vec![Row::ZERO; program.n_slots - n_inputs],
            initial: program.initial.iter().map(|(slot, value)| (slot.index() - n_inputs, *value)).collect(),
            n_inputs,
        }
    }

    /// Back to before the first date.
    pub fn reset(&mut self) {
        for row in &mut self.values {
            row.values.fill(0.0);
        }
        for &(row, value) in &self.initial {
            self.values[row].values.fill(value);
        }
    }

    /// The values of a slot that is not an input.
    pub fn row(&self, slot: Slot) -> &[f64; LANES] {
        &self.values[slot.index() - self.n_inputs].values
    }

    /// A pointer to each slot's values; those of the inputs are set date by date.
    pub fn pointers(&mut self) -> Vec<*mut f64> {
        let mut pointers = vec![std::ptr::null_mut(); self.n_inputs];
        pointers.extend(self.values.iter_mut().map(|row| row.values.as_mut_ptr()));
        pointers
    }
}

/// The inputs of a tile's scenarios: for each input and period a row of [`TILE`] values in units.
pub struct Tile {
    values: Vec<f64>,
    n_periods: usize,
}

impl Tile {
    /// Room for the inputs of a program.
    pub fn new(n_inputs: usize, n_periods: usize) -> Tile {
        Tile { values: vec![0.0; n_inputs * n_periods * TILE], n_periods }
    }

    /// The row of an input on a date.
    pub fn row(&self, input: usize, period: usize) -> &[f64] {
        let start = (input * self.n_periods + period) * TILE;
        &self.values[start..start + TILE]
    }

    /// The row of an input on a date, to fill.
    pub fn row_mut(&mut self, input: usize, period: usize) -> &mut [f64] {
        let start = (input * self.n_periods + period) * TILE;
        &mut self.values[start..start + TILE]
    }
}
