//! Fixed points: a formula that reads its own value, round after round.

use crate::formula::{Expr, Relation};

use super::super::op::Op;
use super::Lowering;
use super::values::Value;

impl Lowering<'_> {
    /// `x_0 = start`, `x_k` the formula of `x_(k-1)`; the value is `x_n`, and a scenario in which the last two differ has no fixed point.
    pub fn solve(&mut self, start: &Expr, body: &Expr, n: usize) -> Value {
        let start = self.formula(start);
        let (from, before, x) = (self.in_slot(start), self.temporary(), self.temporary());
        self.push(Op::Copy { to: x, from });
        let mut bound = start.bound();
        for round in 1..=n {
            if round == n {
                self.push(Op::Copy { to: before, from: x });
            }
            let n_temporaries = self.n_temporaries;
            self.unknowns.push(Value::Slot(x, bound));
            let next = self.formula(body);
            self.unknowns.pop();
            bound = next.bound();
            let from = self.in_slot(next);
            self.push(Op::Copy { to: x, from });
            self.n_temporaries = n_temporaries;
        }
        let differs = self.temporary();
        self.push(Op::Compare { to: differs, a: x, b: before, relation: Relation::NotEqual });
        if let Some(b) = self.gate {
            self.push(Op::Product { to: differs, a: differs, b });
        }
        self.overflow_slot();
        self.push(Op::CheckSolved { differs });
        Value::Slot(x, bound)
    }
}
