//! A hash of 64 bits over values.

use std::fmt;

/// FNV-1a taken a word at a time, with the high half folded down after each step; any change of one value changes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hash(u64);

impl Hash {
    pub fn new() -> Hash {
        Hash(0xcbf2_9ce4_8422_2325)
    }

    pub fn word(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3);
        self.0 = mixed ^ (mixed >> 32);
    }

    /// All bits of a value. NaN is one value: its sign and payload are not specified.
    pub fn value(&mut self, value: f64) {
        self.word(if value.is_nan() { f64::NAN.to_bits() & (u64::MAX >> 1) } else { value.to_bits() });
    }

    /// A value of which only those below `limit` are specified, and that others are not below it.
    pub fn value_below(&mut self, value: f64, limit: f64) {
        self.value(if -limit < value && value < limit { value } else { f64::NAN });
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
