//! The same cents with steps merged by algebra, and the dates walked in three short passes.
//!
//! Fees and operations rank next to each other and nothing asks which was paid: one due. Interest and principal are paid from
//! revenue and reserve together: with `over` what both lack, principal lacks up to its due of it, and below zero it is the cash
//! left, which is the reserve up to its target, and the owners' or the trap's. Arrears of principal stand for the balance, so
//! that what is due is never below what is scheduled. What the costs take depends on nothing that follows, and the test and the
//! trap act on nothing that precedes: hence the passes, each with little state and a short chain.

use crate::deal::{Deal, N_DATES};
use crate::kernel::{OnDate, State, prefetch, settle};
use crate::lanes::Lanes;

/// Dates per pass: the scratch of a group stays in the first-level cache.
const CHUNK: usize = 16;

/// What the passes hand on, by date within the chunk.
struct Scratch<L> {
    /// Rent less costs.
    cash_flow: [L; CHUNK],
    /// Revenue after costs; then what is left for the owners or the trap.
    cash: [L; CHUNK],
    debt_service: [L; CHUNK],
}

/// Where the rents of a group are, and those it should ask for.
struct Rents {
    at: *const f64,
    ahead: *const f64,
    ahead_stride: usize,
}

#[inline(always)]
pub unsafe fn walk<L: Lanes, const EXACT: bool>(
    state: &mut State<L>,
    deal: &Deal,
    at: *const f64,
    ahead: *const f64,
    ahead_stride: usize,
) {
    unsafe {
        let zero = [L::splat(0.0); CHUNK];
        let mut scratch = Scratch {
            cash_flow: zero,
            cash: zero,
            debt_service: zero,
        };
        let rents = Rents {
            at,
            ahead,
            ahead_stride,
        };
        let mut t = 0;
        while t < N_DATES {
            let interest_only = t < deal.first_amortising;
            let end = (t + CHUNK).min(if interest_only { deal.first_amortising } else { N_DATES });
            pay_costs::<L, EXACT>(state, &mut scratch, deal, t..end, &rents);
            if interest_only {
                pay_note::<L, EXACT, false>(state, &mut scratch, deal, t..end);
            } else {
                pay_note::<L, EXACT, true>(state, &mut scratch, deal, t..end);
            }
            test_and_distribute::<L, EXACT>(state, &scratch, deal, end - t);
            t = end;
        }
    }
}

#[inline(always)]
unsafe fn pay_costs<L: Lanes, const EXACT: bool>(
    state: &mut State<L>,
    scratch: &mut Scratch<L>,
    deal: &Deal,
    dates: std::ops::Range<usize>,
    rents: &Rents,
) {
    unsafe {
        for (i, t) in dates.enumerate() {
            prefetch::<L>(rents.ahead.wrapping_add(t * rents.ahead_stride));
            let on = OnDate { deal, t };
            let rent = L::load(rents.at.add(t * L::WIDTH));
            let costs: L = on.fee::<L, EXACT>(rent, *deal.operations.get_unchecked(t));
            let cash_flow = rent.sub(costs);
            *scratch.cash_flow.get_unchecked_mut(i) = cash_flow;
            (*scratch.cash.get_unchecked_mut(i), state.fee_due) = settle(cash_flow, state.fee_due);
        }
    }
}

#[inline(always)]
unsafe fn pay_note<L: Lanes, const EXACT: bool, const AMORTISING: bool>(
    state: &mut State<L>,
    scratch: &mut Scratch<L>,
    deal: &Deal,
    dates: std::ops::Range<usize>,
) {
    unsafe {
        let zero = L::splat(0.0);
        for (i, t) in dates.enumerate() {
            let on = OnDate { deal, t };
            let cash = scratch.cash.get_unchecked_mut(i);
            let old_interest_short = state.interest_due.sub(cash.add(state.reserve));
            let mut accrued = on.scheduled_interest::<L>();
            let mut debt_service = accrued;
            let mut over = old_interest_short.add(accrued);
            state.interest_due = over.max(zero);
            if AMORTISING {
                let principal_due = state.balance.add(on.scheduled_principal());
                let old_short = old_interest_short.add(principal_due);
                accrued = on.interest::<L, EXACT>(state.balance.add(on.scheduled_balance_before()));
                debt_service = accrued.add(on.scheduled_principal());
                state.interest_due = old_interest_short.add(accrued).max(zero);
                over = old_short.add(accrued);
                state.balance = over.max(zero).min(principal_due);
                state.principal_shortfall = state.principal_shortfall.max(state.balance);
            }
            *scratch.debt_service.get_unchecked_mut(i) = debt_service;
            state.interest_shortfall = state.interest_shortfall.max(state.interest_due);
            state.interest_paid = state.interest_paid.add(accrued);
            let after = over.max(zero).sub(over);
            state.reserve = after.min(on.target());
            *cash = after.sub(state.reserve);
        }
    }
}

#[inline(always)]
unsafe fn test_and_distribute<L: Lanes, const EXACT: bool>(
    state: &mut State<L>,
    scratch: &Scratch<L>,
    deal: &Deal,
    n_dates: usize,
) {
    unsafe {
        for i in 0..n_dates {
            let debt_service = *scratch.debt_service.get_unchecked(i);
            let fails = state.test::<EXACT>(deal, *scratch.cash_flow.get_unchecked(i), debt_service);
            let left = *scratch.cash.get_unchecked(i);
            state.distributed = state.distributed.add(left);
            state.trap = state.trap.add(left).keep_where(fails);
        }
    }
}
