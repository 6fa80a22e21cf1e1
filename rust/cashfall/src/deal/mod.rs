//! The deal document: one declaration per object, exact places, and every error at once.

mod bounds;
mod declare;
pub mod error;
pub mod model;
pub mod place;
pub mod text;

pub use error::{DealError, Problem};
pub use model::Deal;
pub use place::Place;
pub use text::{Decimal, FormulaText, Located, Name, Table};
