//! Exact evaluation of formulas for one scenario: used to size schedules and to fold what no scenario changes.

use crate::basics::{LIMIT, Rounding};
use crate::formula::{Expr, ExprKind, QuantityRef, Relation};

/// Where an evaluation finds the quantities it reads.
pub trait Quantities {
    /// The value of a quantity now.
    fn now(&self, quantity: QuantityRef) -> i64;
    /// The value `back` dates before; `None` before the first date.
    fn before(&self, quantity: QuantityRef, back: usize) -> Option<i64>;
    /// The value before the first date.
    fn initial(&self, quantity: QuantityRef) -> i64;
    /// The sum of a scheduled quantity over the next `n` payment dates.
    fn forward_sum(&self, quantity: QuantityRef, n: usize) -> i64;
}

/// The value of a formula that reads only what `quantities` knows. All parts of it are computed, as in a run; `None` if one
/// leaves the range or a `solve` finds no fixed point.
pub fn evaluate(expr: &Expr, rounding: Rounding, quantities: &dyn Quantities) -> Option<i64> {
    value(expr, rounding, quantities, &[])
}

/// The same inside of `solve`s, whose words have these values.
fn value(expr: &Expr, rounding: Rounding, quantities: &dyn Quantities, unknowns: &[i64]) -> Option<i64> {
    let of = |e: &Expr| value(e, rounding, quantities, unknowns);
    let value: i128 = match &expr.kind {
        ExprKind::Literal(value) => i128::from(*value),
        ExprKind::Quantity(quantity) => i128::from(quantities.now(*quantity)),
        ExprKind::Table { values, at } => i128::from(entry(values, of(at)?)),
        ExprKind::ForwardSum { of, n } => i128::from(quantities.forward_sum(*of, *n)),
        ExprKind::Opening(of) => i128::from(quantities.before(*of, 1).unwrap_or_else(|| quantities.initial(*of))),
        ExprKind::Lag { of, n, default } => i128::from(quantities.before(*of, *n).unwrap_or(*default)),
        ExprKind::TrailingSum { of, n } => {
            let mut past = (1..*n).filter_map(|back| quantities.before(*of, back));
            let sum = past.try_fold(quantities.now(*of), |sum, value| Some(sum + value).filter(|sum| in_range(*sum)));
            i128::from(sum?)
        }
        ExprKind::Convert(a, _) => i128::from(of(a)?),
        ExprKind::Unknown(level) => i128::from(unknowns[*level]),
        ExprKind::Solve { start, body, n } => {
            let (mut before, mut x) = (None, of(start)?);
            for _ in 0..*n {
                before = Some(x);
                x = value(body, rounding, quantities, &[unknowns, &[x]].concat())?;
            }
            i128::from(before.filter(|before| *before == x)?)
        }
        ExprKind::Negate(a) => -i128::from(of(a)?),
        ExprKind::Absolute(a) => i128::from(of(a)?.abs()),
        ExprKind::Add(a, b) => i128::from(of(a)?) + i128::from(of(b)?),
        ExprKind::Subtract(a, b) => i128::from(of(a)?) - i128::from(of(b)?),
        ExprKind::MulDiv { a, b, c } => {
            rounding.divide(i128::from(of(a)?) * i128::from(of(b)?) * i128::from(c.signum()), i128::from(c.abs()))
        }
        ExprKind::Product(a, b) => i128::from(of(a)?) * i128::from(of(b)?),
        ExprKind::Divide { a, scale, b, if_zero } => {
            let (numerator, divisor) = (i128::from(of(a)?) * i128::from(*scale), i128::from(of(b)?));
            let if_zero = i128::from(of(if_zero)?);
            if divisor == 0 { if_zero } else { rounding.divide(numerator, divisor) }
        }
        ExprKind::Minimum(items) => i128::from(fold(items, &of, |a, b| if b < a { b } else { a })?),
        ExprKind::Maximum(items) => i128::from(fold(items, &of, |a, b| if b > a { b } else { a })?),
        ExprKind::If(flag, a, b) => {
            let (flag, a, b) = (of(flag)?, of(a)?, of(b)?);
            i128::from(if flag != 0 { a } else { b })
        }
        ExprKind::Compare(relation, a, b) => i128::from(holds(*relation, of(a)?, of(b)?)),
        ExprKind::And(a, b) => i128::from(of(a)? & of(b)? != 0),
        ExprKind::Or(a, b) => i128::from(of(a)? | of(b)? != 0),
        ExprKind::Not(a) => i128::from(of(a)? == 0),
    };
    i64::try_from(value).ok().filter(|value| in_range(*value))
}

/// The value of a table at a position; 0 outside of it.
pub fn entry(values: &[i64], at: i64) -> i64 {
    usize::try_from(at).ok().and_then(|at| values.get(at)).copied().unwrap_or(0)
}

fn in_range(value: i64) -> bool {
    value.abs() < LIMIT
}

fn fold(items: &[Expr], of: &dyn Fn(&Expr) -> Option<i64>, pick: fn(i64, i64) -> i64) -> Option<i64> {
    let mut values = items.iter().map(of);
    let first = values.next()??;
    values.try_fold(first, |best, value| Some(pick(best, value?)))
}

fn holds(relation: Relation, a: i64, b: i64) -> bool {
    match relation {
        Relation::Less => a < b,
        Relation::LessOrEqual => a <= b,
        Relation::Greater => a > b,
        Relation::GreaterOrEqual => a >= b,
        Relation::Equal => a == b,
        Relation::NotEqual => a != b,
    }
}

/// Whether some part of a formula is a fixed point, which it may not find.
pub fn has_solve(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Solve { .. }) || children(expr).into_iter().any(has_solve)
}

/// Whether `test` holds for every quantity the formula reads and the formula reads no past.
pub fn reads_only(expr: &Expr, test: &dyn Fn(QuantityRef) -> bool) -> bool {
    match &expr.kind {
        ExprKind::Quantity(quantity) => test(*quantity),
        ExprKind::Opening(_) | ExprKind::Lag { .. } | ExprKind::TrailingSum { .. } => false,
        // Not to converge is an outcome of the scenario.
        ExprKind::Solve { .. } | ExprKind::Unknown(_) => false,
        _ => children(expr).into_iter().all(|child| reads_only(child, test)),
    }
}

/// Every quantity a formula reads, now or in the past.
pub fn quantities_read(expr: &Expr, quantities: &mut Vec<QuantityRef>) {
    match &expr.kind {
        ExprKind::Quantity(of) | ExprKind::ForwardSum { of, .. } | ExprKind::Opening(of) => quantities.push(*of),
        ExprKind::Lag { of, .. } | ExprKind::TrailingSum { of, .. } => quantities.push(*of),
        _ => children(expr).into_iter().for_each(|child| quantities_read(child, quantities)),
    }
}

/// The parts of an expression.
pub fn children(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Quantity(_) | ExprKind::ForwardSum { .. } => Vec::new(),
        ExprKind::Unknown(_) => Vec::new(),
        ExprKind::Solve { start, body, .. } => vec![start, body],
        ExprKind::Opening(_) | ExprKind::Lag { .. } | ExprKind::TrailingSum { .. } => Vec::new(),
        ExprKind::Negate(a) | ExprKind::Absolute(a) | ExprKind::Not(a) | ExprKind::Convert(a, _) => vec![a],
        ExprKind::Table { at, .. } => vec![at],
        ExprKind::Add(a, b) | ExprKind::Subtract(a, b) | ExprKind::Product(a, b) | ExprKind::And(a, b) => vec![a, b],
        ExprKind::Or(a, b) | ExprKind::Compare(_, a, b) | ExprKind::MulDiv { a, b, .. } => vec![a, b],
        ExprKind::Divide { a, b, if_zero: c, .. } | ExprKind::If(a, b, c) => vec![a, b, c],
        ExprKind::Minimum(items) | ExprKind::Maximum(items) => items.iter().collect(),
    }
}
