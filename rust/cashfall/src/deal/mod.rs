//! The deal document: one declaration per object, exact places, and every error at once.
//!
//! A text becomes a [`tree`] with positions ([`Document`]); [`model`] declares the objects, and each declaration decodes
//! itself from the tree and describes itself to [`json_schema`] and [`typed_dicts`]; `validate` holds the rules between
//! objects.

pub mod acceleration;
pub mod assets;
mod bounds;
mod canonical;
pub mod claims;
mod contracts;
mod coupon;
mod cure;
pub mod currencies;
mod decimal;
mod declare;
mod decode;
mod document;
pub mod dues;
mod edit;
mod effect;
pub mod error;
pub mod facilities;
pub mod fees;
mod forward;
mod funding;
mod groups;
mod inspect;
mod leases;
mod measure;
pub mod model;
pub(crate) mod nearest;
mod note_terms;
pub mod place;
mod read_json;
mod read_toml;
mod scenarios;
mod schema;
mod shape;
pub(crate) mod statuses;
pub mod text;
pub mod tree;
mod typed_dicts;
mod validate;
mod verb;
pub(crate) mod walk;
mod weights;

pub use decimal::DecimalError;
pub use document::Document;
pub use error::{DealError, Problem};
pub use model::Deal;
pub use place::Place;
pub use schema::json_schema;
pub use text::{Decimal, FormulaText, Located, Name, Table};
pub use typed_dicts::typed_dicts;
pub use weights::Weights;
