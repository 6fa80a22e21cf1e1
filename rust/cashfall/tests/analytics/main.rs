//! Price, yield, average life and rates of return against known values and against each other.

mod beignet;
mod internal_rate;
mod price;
