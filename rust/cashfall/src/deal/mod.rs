//! The deal document: one declaration per object, exact places, and every error at once.

mod bounds;
mod decimal;
mod declare;
mod decode;
pub mod error;
pub mod model;
pub(crate) mod nearest;
pub mod place;
mod read_json;
mod read_toml;
mod shape;
pub mod text;
pub mod tree;

pub use error::{DealError, Problem};
pub use model::Deal;
pub use place::Place;
pub use text::{Decimal, FormulaText, Located, Name, Table};
