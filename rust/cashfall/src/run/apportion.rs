//! Pro rata: what each payee gets of the cash of one source.
//!
//! SAFETY of every block here: as in [`super::interpret`].
#![allow(unsafe_code, reason = "slots are rows of one block: see SAFETY at each")]

use crate::deal::model::Remainder;
use crate::lanes::{Down, Lanes, RoundingRule, mul_div_unsigned};
use crate::plan::{ProRata, Slot};

use super::interpret::{View, each};

#[inline(always)]
pub(super) unsafe fn apportion<V: Lanes, R: RoundingRule, const L: usize>(pro_rata: &ProRata, view: View) {
    unsafe {
        match (&pro_rata.weights, pro_rata.remainder) {
            (None, Remainder::Cumulative) => each!(V, k => by_due::<V, R>(pro_rata, view, k)),
            (None, Remainder::First) => each!(V, k => by_due_first::<V>(pro_rata, view, k)),
            (Some(weights), Remainder::Cumulative) => each!(V, k => by_weight::<V, R>(pro_rata, weights, view, k)),
            (Some(weights), Remainder::First) => each!(V, k => by_weight_first::<V>(pro_rata, weights, view, k)),
        }
    }
}

/// `paid_i = R(A*C_i/D) - R(A*C_(i-1)/D)`, A = min(available, D).
#[inline(always)]
unsafe fn by_due<V: Lanes, R: RoundingRule>(pro_rata: &ProRata, view: View, k: usize) {
    unsafe {
        let total = sum::<V>(&pro_rata.requests, view, k);
        let amount = view.at(pro_rata.available).get::<V>(k).minimum(total);
        let divisor = total.maximum(V::splat(1.0));
        let (mut running, mut before) = (V::splat(0.0), V::splat(0.0));
        for (request, paid) in pro_rata.requests.iter().zip(&pro_rata.paid) {
            running = running.add(view.at(*request).get(k));
            let up_to = mul_div_unsigned::<V, R>(amount, running, divisor);
            view.at(*paid).set(k, up_to.sub(before));
            before = up_to;
        }
    }
}

/// `paid_i = floor(A*D_i/D)`, and the cents that are over to the first payees with room.
#[inline(always)]
unsafe fn by_due_first<V: Lanes>(pro_rata: &ProRata, view: View, k: usize) {
    unsafe {
        let total = sum::<V>(&pro_rata.requests, view, k);
        let amount = view.at(pro_rata.available).get::<V>(k).minimum(total);
        let divisor = total.maximum(V::splat(1.0));
        let mut left = amount;
        for (request, paid) in pro_rata.requests.iter().zip(&pro_rata.paid) {
            let share = mul_div_unsigned::<V, Down>(amount, view.at(*request).get(k), divisor);
            view.at(*paid).set(k, share);
            left = left.sub(share);
        }
        for (request, paid) in pro_rata.requests.iter().zip(&pro_rata.paid) {
            left = top_up::<V>(view, *request, *paid, left, k);
        }
    }
}

/// Rounds of cumulative shares by weight, each share no more than what is still asked for.
#[inline(always)]
unsafe fn by_weight<V: Lanes, R: RoundingRule>(pro_rata: &ProRata, weights: &[Slot], view: View, k: usize) {
    unsafe {
        let mut left = begin::<V>(pro_rata, view, k);
        for _ in weights {
            let total = open_weights::<V>(pro_rata, weights, view, k);
            let (amount, divisor) = (V::select(total.equal(V::splat(0.0)), total, left), total.maximum(V::splat(1.0)));
            let (mut running, mut before) = (V::splat(0.0), V::splat(0.0));
            for (i, weight) in weights.iter().enumerate() {
                let paid = view.at(pro_rata.paid[i]);
                let asked = view.at(pro_rata.requests[i]).get::<V>(k).sub(paid.get(k));
                running = running.add(open_weight::<V>(view, *weight, asked, k));
                let up_to = mul_div_unsigned::<V, R>(amount, running, divisor);
                let given = up_to.sub(before).minimum(asked);
                before = up_to;
                paid.set(k, paid.get::<V>(k).add(given));
                left = left.sub(given);
            }
            if !V::any(V::splat(0.0).less(left)) {
                break;
            }
        }
    }
}

/// The same with every share rounded down; what is over goes to the first weighted payees with room.
#[inline(always)]
unsafe fn by_weight_first<V: Lanes>(pro_rata: &ProRata, weights: &[Slot], view: View, k: usize) {
    unsafe {
        let mut left = begin::<V>(pro_rata, view, k);
        for _ in weights {
            let divisor = open_weights::<V>(pro_rata, weights, view, k).maximum(V::splat(1.0));
            let amount = left;
            for (i, weight) in weights.iter().enumerate() {
                let paid = view.at(pro_rata.paid[i]);
                let asked = view.at(pro_rata.requests[i]).get::<V>(k).sub(paid.get(k));
                let open = open_weight::<V>(view, *weight, asked, k);
                let given = mul_div_unsigned::<V, Down>(amount, open, divisor).minimum(asked);
                paid.set(k, paid.get::<V>(k).add(given));
                left = left.sub(given);
            }
        }
        for (i, weight) in weights.iter().enumerate() {
            let is_weighted = V::splat(0.0).less(view.at(*weight).get(k));
            let mine = V::select(is_weighted, left, V::splat(0.0));
            let rest = top_up::<V>(view, pro_rata.requests[i], pro_rata.paid[i], mine, k);
            left = V::select(is_weighted, rest, left);
        }
    }
}

/// Nobody has been paid; what there is.
#[inline(always)]
unsafe fn begin<V: Lanes>(pro_rata: &ProRata, view: View, k: usize) -> V {
    unsafe {
        for paid in &pro_rata.paid {
            view.at(*paid).set(k, V::splat(0.0));
        }
        view.at(pro_rata.available).get(k)
    }
}

#[inline(always)]
unsafe fn sum<V: Lanes>(slots: &[Slot], view: View, k: usize) -> V {
    unsafe {
        let mut total = V::splat(0.0);
        for slot in slots {
            total = total.add(view.at(*slot).get(k));
        }
        total
    }
}

/// The weight of a payee that still asks for something.
#[inline(always)]
unsafe fn open_weight<V: Lanes>(view: View, weight: Slot, asked: V, k: usize) -> V {
    unsafe { V::select(V::splat(0.0).less(asked), view.at(weight).get(k), V::splat(0.0)) }
}

/// The sum of the weights of all that still ask for something.
#[inline(always)]
unsafe fn open_weights<V: Lanes>(pro_rata: &ProRata, weights: &[Slot], view: View, k: usize) -> V {
    unsafe {
        let mut total = V::splat(0.0);
        for (i, weight) in weights.iter().enumerate() {
            let asked = view.at(pro_rata.requests[i]).get::<V>(k).sub(view.at(pro_rata.paid[i]).get(k));
            total = total.add(open_weight::<V>(view, *weight, asked, k));
        }
        total
    }
}

/// Pay a payee what it still asks for, within `left`; what is then left.
#[inline(always)]
unsafe fn top_up<V: Lanes>(view: View, request: Slot, paid: Slot, left: V, k: usize) -> V {
    unsafe {
        let paid = view.at(paid);
        let given = view.at(request).get::<V>(k).sub(paid.get(k)).minimum(left);
        paid.set(k, paid.get::<V>(k).add(given));
        left.sub(given)
    }
}
