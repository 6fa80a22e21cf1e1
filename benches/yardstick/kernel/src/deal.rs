//! The numbers of the deal, passed in at run time: nothing of its schedule is compiled in.

use crate::lanes::Share;

/// Quarters of the deal.
pub const N_DATES: usize = 95;

/// Rows of the output, in this order.
pub const N_METRICS: usize = 8;

/// Amounts are cents for the exact kernels and currency units for the plain ones. Mirrored by `deal_table.py`.
#[repr(C)]
pub struct Deal {
    /// The first date on which principal is scheduled.
    pub first_amortising: usize,
    pub original_balance: f64,
    pub opening_reserve: f64,
    pub largest_rent: f64,
    /// Net cash flow times this is compared with debt service times `level_debt_service`.
    pub level_cash_flow: f64,
    pub level_debt_service: f64,
    /// Manager's share of rent.
    pub manager: Share,
    /// Interest of a regular quarter per unit of balance.
    pub interest: Share,
    pub operations: [f64; N_DATES],
    pub scheduled_interest: [f64; N_DATES],
    pub scheduled_principal: [f64; N_DATES],
    /// After the date's payment.
    pub scheduled_balance: [f64; N_DATES],
    pub target: [f64; N_DATES],
}
