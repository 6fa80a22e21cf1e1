//! Price, yield, average life, internal rate of return and coverage: pure functions on flows.
//!
//! Nothing here knows the engine. Each function follows one stated binary64 recurrence made of `+ - * /` only, with
//! powers from [`power`], so that the same flows give the same bits on every machine.
//!
//! # Not modelled
//!
//! Curves and spreads to them, optionality, settlement calendars and ex-dividend periods.

mod average_life;
mod coverage;
mod discount;
mod double_double;
mod error;
mod flows;
mod internal_rate;
mod power;
mod present_value;
mod price;
mod terms;

pub use average_life::average_life;
pub use coverage::coverage;
pub use error::AnalyticsError;
pub use flows::{CashFlows, NoteTerms};
pub use internal_rate::{InternalRate, RateOfReturn, internal_rate_dated, internal_rate_periodic};
pub use power::power;
pub use present_value::{present_value_dated, present_value_periodic};
pub use price::{Price, accrued_interest, outstanding_balance, price_from_yield, yield_from_price};
