//! Walking a typed tree.

use super::expr::{Expr, ExprKind};

impl Expr {
    /// Calls `visit` with this expression and all its parts, each before its own parts.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Expr)) {
        use ExprKind::*;
        visit(self);
        match &self.kind {
            Literal(_)
            | Unknown(_)
            | Quantity(_)
            | Opening(_)
            | Lag { .. }
            | TrailingSum { .. }
            | ForwardSum { .. } => {}
            Negate(a) | Absolute(a) | Not(a) | Convert(a, _) | Table { at: a, .. } => a.walk(visit),
            Add(a, b)
            | Subtract(a, b)
            | Product(a, b)
            | And(a, b)
            | Or(a, b)
            | Compare(_, a, b)
            | MulDiv { a, b, .. } => {
                a.walk(visit);
                b.walk(visit);
            }
            Solve { start, body, .. } => {
                start.walk(visit);
                body.walk(visit);
            }
            Divide { a, b, if_zero, .. } => [a, b, if_zero].into_iter().for_each(|part| part.walk(visit)),
            If(flag, a, b) => [flag, a, b].into_iter().for_each(|part| part.walk(visit)),
            Minimum(parts) | Maximum(parts) => parts.iter().for_each(|part| part.walk(visit)),
        }
    }
}

impl Expr {
    /// The quantity this part reads, now or at another time; nothing if it is made of parts or a literal.
    pub fn quantity(&self) -> Option<super::expr::QuantityRef> {
        match self.kind {
            ExprKind::Quantity(of) | ExprKind::Opening(of) => Some(of),
            ExprKind::Lag { of, .. } | ExprKind::TrailingSum { of, .. } | ExprKind::ForwardSum { of, .. } => Some(of),
            _ => None,
        }
    }
}
