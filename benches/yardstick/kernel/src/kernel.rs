//! One group of scenarios through all dates, its state in registers.

use crate::deal::{Deal, N_DATES};
use crate::lanes::{Lanes, TO_INTEGER};

/// The state of one vector of scenarios, and its totals.
#[derive(Clone, Copy)]
pub struct State<L> {
    /// Of the manager; in the merged kernel of all costs.
    pub(crate) fee_due: L,
    pub(crate) operations_due: L,
    pub(crate) interest_due: L,
    /// In the merged kernel the principal in arrears: the balance less the scheduled balance.
    pub(crate) balance: L,
    pub(crate) reserve: L,
    pub(crate) trap: L,
    /// In the merged kernel interest accrued.
    pub(crate) interest_paid: L,
    pub(crate) principal_paid: L,
    pub(crate) interest_shortfall: L,
    pub(crate) principal_shortfall: L,
    /// In the merged kernel all cash left, trapped or not.
    pub(crate) distributed: L,
    pub(crate) n_breach_dates: L,
    pub(crate) least_cash_flow: L,
    pub(crate) least_debt_service: L,
}

/// What is constant on a date.
pub(crate) struct OnDate<'a> {
    pub(crate) deal: &'a Deal,
    pub(crate) t: usize,
}

impl OnDate<'_> {
    #[inline(always)]
    pub(crate) unsafe fn operations<L: Lanes>(&self) -> L {
        unsafe { L::splat(*self.deal.operations.get_unchecked(self.t)) }
    }
    #[inline(always)]
    pub(crate) unsafe fn scheduled_interest<L: Lanes>(&self) -> L {
        unsafe { L::splat(*self.deal.scheduled_interest.get_unchecked(self.t)) }
    }
    #[inline(always)]
    pub(crate) unsafe fn scheduled_principal<L: Lanes>(&self) -> L {
        unsafe { L::splat(*self.deal.scheduled_principal.get_unchecked(self.t)) }
    }
    #[inline(always)]
    pub(crate) unsafe fn scheduled_balance<L: Lanes>(&self) -> L {
        unsafe { L::splat(*self.deal.scheduled_balance.get_unchecked(self.t)) }
    }
    /// Only on amortising dates.
    #[inline(always)]
    pub(crate) unsafe fn scheduled_balance_before<L: Lanes>(&self) -> L {
        unsafe { L::splat(*self.deal.scheduled_balance.get_unchecked(self.t - 1)) }
    }
    #[inline(always)]
    pub(crate) unsafe fn target<L: Lanes>(&self) -> L {
        unsafe { L::splat(*self.deal.target.get_unchecked(self.t)) }
    }
    #[inline(always)]
    pub(crate) unsafe fn fee<L: Lanes, const EXACT: bool>(&self, rent: L, plus: f64) -> L {
        unsafe {
            if EXACT {
                rent.times_small_plus(&self.deal.manager, plus)
            } else {
                rent.mul_add(L::splat(self.deal.manager.factor), L::splat(plus))
            }
        }
    }
    #[inline(always)]
    pub(crate) unsafe fn interest<L: Lanes, const EXACT: bool>(&self, balance: L) -> L {
        unsafe {
            if EXACT {
                balance.times_raised(&self.deal.interest).sub(L::splat(TO_INTEGER))
            } else {
                balance.mul(L::splat(self.deal.interest.factor))
            }
        }
    }
    /// Is the target lower than the date before, so that the reserve may stand above it?
    #[inline(always)]
    fn target_falls(&self) -> bool {
        self.t > 0 && self.deal.target[self.t] < self.deal.target[self.t - 1]
    }
}

/// Pays `due` from `cash` as far as it goes: what is left of both.
#[inline(always)]
pub(crate) unsafe fn settle<L: Lanes>(cash: L, due: L) -> (L, L) {
    unsafe {
        let left = cash.sub(due);
        let cash_left = left.max(L::splat(0.0));
        (cash_left, cash_left.sub(left))
    }
}

impl<L: Lanes> State<L> {
    #[inline(always)]
    pub unsafe fn start<const MERGED: bool>(deal: &Deal) -> Self {
        unsafe {
            let zero = L::splat(0.0);
            Self {
                fee_due: zero,
                operations_due: zero,
                interest_due: zero,
                balance: L::splat(if MERGED { 0.0 } else { deal.original_balance }),
                reserve: L::splat(deal.opening_reserve),
                trap: zero,
                interest_paid: zero,
                principal_paid: zero,
                interest_shortfall: zero,
                principal_shortfall: zero,
                distributed: zero,
                n_breach_dates: zero,
                // 1/0: above every ratio.
                least_cash_flow: L::splat(1.0),
                least_debt_service: zero,
            }
        }
    }

    /// Keeps the least ratio and counts a breach; true where coverage is below the level.
    #[inline(always)]
    pub(crate) unsafe fn test<const EXACT: bool>(&mut self, deal: &Deal, cash_flow: L, debt_service: L) -> L::Mask {
        unsafe {
            let old = self.least_cash_flow.mul(debt_service);
            let lower = if EXACT {
                // Both products less the rounded second one: exact where they are near each other.
                let new = cash_flow.mul_sub(self.least_debt_service, old);
                new.less(self.least_cash_flow.mul_sub(debt_service, old))
            } else {
                cash_flow.mul(self.least_debt_service).less(old)
            };
            self.least_cash_flow = L::select(lower, cash_flow, self.least_cash_flow);
            self.least_debt_service = L::select(lower, debt_service, self.least_debt_service);
            let fails = cash_flow
                .mul(L::splat(deal.level_cash_flow))
                .less(debt_service.mul(L::splat(deal.level_debt_service)));
            self.n_breach_dates = self.n_breach_dates.add_where(fails, L::splat(1.0));
            fails
        }
    }

    /// One date, every step as the deal has it.
    #[inline(always)]
    unsafe fn stepwise<const EXACT: bool, const AMORTISING: bool>(&mut self, on: &OnDate, rent: L) {
        unsafe {
            let zero = L::splat(0.0);
            // collection
            let fee: L = on.fee::<L, EXACT>(rent, 0.0);
            self.fee_due = self.fee_due.add(fee);
            self.operations_due = self.operations_due.add(on.operations());
            let accrued = if AMORTISING {
                on.interest::<L, EXACT>(self.balance)
            } else {
                on.scheduled_interest()
            };
            self.interest_due = self.interest_due.add(accrued);
            let cash_flow = rent.sub(fee).sub(on.operations());
            let mut principal_due = zero;
            let mut debt_service = accrued;
            if AMORTISING {
                principal_due = self.balance.sub(on.scheduled_balance()).max(zero);
                debt_service = accrued.add(principal_due.min(on.scheduled_principal()));
            }
            let fails = self.test::<EXACT>(on.deal, cash_flow, debt_service);
            // fees
            let mut revenue = rent;
            (revenue, self.fee_due) = settle(revenue, self.fee_due);
            (revenue, self.operations_due) = settle(revenue, self.operations_due);
            // interest and principal, from revenue, then from the reserve
            for from_reserve in [false, true] {
                let cash = if from_reserve { self.reserve } else { revenue };
                let paid = cash.min(self.interest_due);
                self.interest_due = self.interest_due.sub(paid);
                self.interest_paid = self.interest_paid.add(paid);
                *(if from_reserve { &mut self.reserve } else { &mut revenue }) = cash.sub(paid);
            }
            self.interest_shortfall = self.interest_shortfall.max(self.interest_due);
            if AMORTISING {
                for from_reserve in [false, true] {
                    let cash = if from_reserve { self.reserve } else { revenue };
                    let paid = cash.min(principal_due);
                    principal_due = principal_due.sub(paid);
                    self.balance = self.balance.sub(paid);
                    self.principal_paid = self.principal_paid.add(paid);
                    *(if from_reserve { &mut self.reserve } else { &mut revenue }) = cash.sub(paid);
                }
                self.principal_shortfall = self.principal_shortfall.max(principal_due);
            }
            // the reserve
            let filled = on.target::<L>().sub(self.reserve).max(zero).min(revenue);
            self.reserve = self.reserve.add(filled);
            revenue = revenue.sub(filled);
            if on.target_falls() {
                let released = self.reserve.sub(on.target()).max(zero);
                self.reserve = self.reserve.sub(released);
                revenue = revenue.add(released);
            }
            // release the trap and distribute, or trap
            let left = self.trap.add(revenue);
            self.trap = left.keep_where(fails);
            self.distributed = self.distributed.add(left.sub(self.trap));
        }
    }

    /// The metrics in the order of the output, in currency units.
    #[inline(always)]
    pub unsafe fn metrics<const EXACT: bool, const MERGED: bool>(&self, deal: &Deal) -> [L; 8] {
        unsafe {
            let interest_paid = if MERGED {
                self.interest_paid.sub(self.interest_due)
            } else {
                self.interest_paid
            };
            let principal_paid = if MERGED {
                L::splat(deal.original_balance).sub(self.balance)
            } else {
                self.principal_paid
            };
            let distributed = if MERGED {
                self.distributed.sub(self.trap)
            } else {
                self.distributed
            };
            let units = |amount: L| if EXACT { amount.div(L::splat(100.0)) } else { amount };
            let minimum = if EXACT {
                nearest_number(self.least_cash_flow, self.least_debt_service).div(L::splat(1e9))
            } else {
                self.least_cash_flow.div(self.least_debt_service)
            };
            [
                units(interest_paid),
                units(principal_paid),
                units(self.interest_shortfall),
                units(self.principal_shortfall),
                units(self.balance.add(self.interest_due)),
                minimum,
                self.n_breach_dates,
                units(distributed),
            ]
        }
    }
}

/// `R(a * 1e9 / b)`, half away from zero, for `b > 0` and a result below 2^51.
#[inline(always)]
unsafe fn nearest_number<L: Lanes>(a: L, b: L) -> L {
    unsafe {
        let scale = L::splat(1e9);
        let magic = L::splat(TO_INTEGER);
        let size = a.absolute();
        let product = size.mul(scale);
        let product_low = size.mul_sub(scale, product);
        let candidate = product.div(b).add(magic).sub(magic);
        let rest = candidate.neg_mul_add(b, product).add(product_low);
        let twice = rest.add(rest);
        let one = L::splat(1.0);
        let raised = candidate.add_where(b.less_or_equal(twice), one);
        let result = raised.add_where(twice.less(L::splat(0.0).sub(b)), L::splat(-1.0));
        result.with_sign_of(a).add(L::splat(0.0))
    }
}

/// Walks a group of scenarios through all dates; `rents` holds their rents, date by date.
///
/// On the way it asks for the rents at `ahead`, which the next tile will want.
#[inline(always)]
pub unsafe fn walk<L: Lanes, const EXACT: bool, const MERGED: bool>(
    deal: &Deal,
    rents: *const f64,
    ahead: *const f64,
    ahead_stride: usize,
) -> State<L> {
    unsafe {
        let mut state = State::<L>::start::<MERGED>(deal);
        if MERGED {
            crate::merged::walk::<L, EXACT>(&mut state, deal, rents, ahead, ahead_stride);
            return state;
        }
        for t in 0..deal.first_amortising {
            prefetch::<L>(ahead.wrapping_add(t * ahead_stride));
            state.stepwise::<EXACT, false>(&OnDate { deal, t }, L::load(rents.add(t * L::WIDTH)));
        }
        for t in deal.first_amortising..N_DATES {
            prefetch::<L>(ahead.wrapping_add(t * ahead_stride));
            state.stepwise::<EXACT, true>(&OnDate { deal, t }, L::load(rents.add(t * L::WIDTH)));
        }
        state
    }
}

#[inline(always)]
pub(crate) unsafe fn prefetch<L: Lanes>(from: *const f64) {
    use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
    for line in (0..L::WIDTH).step_by(8) {
        unsafe { _mm_prefetch::<_MM_HINT_T1>(from.wrapping_add(line).cast::<i8>()) }
    }
}
