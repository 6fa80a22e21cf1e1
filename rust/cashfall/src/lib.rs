//! cashfall computes cash-flow waterfalls: how the cash of a financing is collected, who is paid in which order, and
//! what is left when there is not enough. Money is exact to the cent, and the same inputs give the same bits everywhere.

pub mod analytics;
pub mod basics;
pub mod deal;
pub mod formula;
pub mod lanes;
pub mod plan;
pub mod result;
pub mod run;
pub mod scenario;
