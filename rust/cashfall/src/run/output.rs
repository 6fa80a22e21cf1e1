//! Where records and metrics go: whole arrays, of which each block writes its own columns.
#![allow(unsafe_code, reason = "lanes are written through raw rows: see SAFETY at each")]

use std::marker::PhantomData;

/// An array of rows by scenarios that several workers fill, each its own columns.
pub struct Sheet<'a> {
    pointer: *mut f64,
    n_rows: usize,
    n_columns: usize,
    array: PhantomData<&'a mut [f64]>,
}

// SAFETY: workers write through `Columns` only, whose column ranges `run` hands out without overlap.
unsafe impl Sync for Sheet<'_> {}

impl<'a> Sheet<'a> {
    /// A sheet over an array of `n_rows * n_columns` values.
    pub fn new(array: &'a mut [f64], n_rows: usize, n_columns: usize) -> Sheet<'a> {
        assert_eq!(array.len(), n_rows * n_columns, "a sheet covers its array");
        Sheet { pointer: array.as_mut_ptr(), n_rows, n_columns, array: PhantomData }
    }

    /// Write the values of some columns of a row.
    ///
    /// # Safety
    /// No two threads may write to the same columns.
    unsafe fn write(&self, row: usize, first: usize, values: &[f64]) {
        assert!(row < self.n_rows && first + values.len() <= self.n_columns, "row and columns exist");
        // SAFETY: the values' place is within the array, and no other thread writes to these columns.
        unsafe { values.as_ptr().copy_to_nonoverlapping(self.pointer.add(row * self.n_columns + first), values.len()) };
    }
}

/// The columns of one block in the recorded series and the metrics.
#[derive(Clone, Copy)]
pub struct Columns<'a> {
    /// Series by periods, as rows.
    pub records: &'a Sheet<'a>,
    /// Metrics, as rows.
    pub metrics: &'a Sheet<'a>,
    /// What a series' values are divided by on the way out.
    pub scales: &'a [f64],
    /// Rows of a series.
    pub n_periods: usize,
    /// The first column.
    pub first: usize,
    /// How many columns.
    pub n: usize,
}

impl Columns<'_> {
    /// Record a row of a series.
    pub fn write<const L: usize>(&self, series: usize, t: usize, row: &[f64; L]) {
        let scale = self.scales[series];
        let scaled = row.map(|value| value / scale);
        // SAFETY: a block's columns are its own.
        unsafe { self.records.write(series * self.n_periods + t, self.first, &scaled[..self.n]) };
    }

    /// Set one scenario's records to zero from date `t` on.
    pub fn clear_from(&self, t: usize, column: usize, n_series: usize) {
        for series in 0..n_series {
            for date in t..self.n_periods {
                // SAFETY: a block's columns are its own.
                unsafe { self.records.write(series * self.n_periods + date, self.first + column, &[0.0]) };
            }
        }
    }

    /// Write a metric of every scenario of the block.
    pub fn write_metric(&self, metric: usize, values: &[f64]) {
        // SAFETY: a block's columns are its own.
        unsafe { self.metrics.write(metric, self.first, &values[..self.n]) };
    }
}
