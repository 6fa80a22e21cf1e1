//! Writing the formulas of collateral down: they read as the rule book has them.

use std::ops::{Add, BitAnd, BitOr, Not, Sub};

use crate::basics::NUMBER_SCALE;
use crate::formula::{Expr, ExprKind, Object, Quantity, QuantityRef, Relation, Unit};

/// A formula, or a part of one.
#[derive(Clone, Debug)]
pub struct Term(Expr);

fn term(unit: Unit, kind: ExprKind) -> Term {
    Term(Expr { kind, unit, start: 0, end: 0 })
}

/// What is written in a document.
pub fn written(formula: &Expr) -> Term {
    Term(formula.clone())
}

/// A constant.
pub fn constant(unit: Unit, value: i64) -> Term {
    term(unit, ExprKind::Literal(value))
}

/// A constant count.
pub fn count(value: i64) -> Term {
    constant(Unit::Count, value)
}

/// A figure as it stands now.
pub fn now(of: QuantityRef, unit: Unit) -> Term {
    term(unit, ExprKind::Quantity(of))
}

/// A figure as it stood when the date began.
pub fn opening(of: QuantityRef, unit: Unit) -> Term {
    term(unit, ExprKind::Opening(of))
}

/// The value of an input on the date.
pub fn input(index: usize, unit: Unit) -> Term {
    now(QuantityRef { object: Object::Input, index, quantity: Quantity::Value }, unit)
}

/// The position of the date on the grid.
pub fn period() -> Term {
    now(QuantityRef { object: Object::Period, index: 0, quantity: Quantity::Index }, Unit::Count)
}

/// The value of a table at a position; 0 outside of it.
pub fn table(unit: Unit, values: impl IntoIterator<Item = i64>, at: Term) -> Term {
    term(unit, ExprKind::Table { values: values.into_iter().collect(), at: Box::new(at.0) })
}

/// The second where the first is 1, else the third.
pub fn when(flag: Term, then: Term, otherwise: Term) -> Term {
    term(then.0.unit, ExprKind::If(Box::new(flag.0), Box::new(then.0), Box::new(otherwise.0)))
}

/// The least of two.
pub fn least(a: Term, b: Term) -> Term {
    term(a.0.unit, ExprKind::Minimum(vec![a.0, b.0]))
}

/// The greatest of two.
pub fn greatest(a: Term, b: Term) -> Term {
    term(a.0.unit, ExprKind::Maximum(vec![a.0, b.0]))
}

impl Term {
    /// Times a count, exactly.
    pub fn times(self, count: Term) -> Term {
        term(self.0.unit, ExprKind::Product(Box::new(self.0), Box::new(count.0)))
    }

    /// Divided by a count; 0 where that is 0.
    pub fn divided_by(self, count: Term) -> Term {
        let if_zero = constant(self.0.unit, 0);
        self.quotient(1, count, if_zero)
    }

    /// Divided by a number that is not 0.
    pub fn divided_by_number(self, number: i64) -> Term {
        let (number, if_zero) = (constant(Unit::Number, number), constant(self.0.unit, 0));
        self.quotient(NUMBER_SCALE, number, if_zero)
    }

    /// The ratio to another of its unit, a number.
    pub fn over(self, other: Term, if_zero: Term) -> Term {
        Term(Expr { unit: Unit::Number, ..self.quotient(NUMBER_SCALE, other, if_zero).0 })
    }

    fn quotient(self, scale: i64, b: Term, if_zero: Term) -> Term {
        let (a, b, if_zero) = (Box::new(self.0), Box::new(b.0), Box::new(if_zero.0));
        term(a.unit, ExprKind::Divide { a, scale, b, if_zero })
    }

    /// Multiplied by a number, if there is one.
    pub fn scaled_by(self, number: Option<Term>) -> Term {
        let Some(number) = number else { return self };
        term(self.0.unit, ExprKind::MulDiv { a: Box::new(self.0), b: Box::new(number.0), c: NUMBER_SCALE })
    }

    /// It, or 0 if that is greater.
    pub fn at_least_zero(self) -> Term {
        let zero = constant(self.0.unit, 0);
        greatest(self, zero)
    }

    /// Whether a relation holds.
    pub fn compares(self, relation: Relation, other: Term) -> Term {
        term(Unit::Flag, ExprKind::Compare(relation, Box::new(self.0), Box::new(other.0)))
    }

    /// The formula.
    pub fn expr(self) -> Expr {
        self.0
    }
}

impl Add for Term {
    type Output = Term;
    fn add(self, other: Term) -> Term {
        term(self.0.unit, ExprKind::Add(Box::new(self.0), Box::new(other.0)))
    }
}

impl Sub for Term {
    type Output = Term;
    fn sub(self, other: Term) -> Term {
        term(self.0.unit, ExprKind::Subtract(Box::new(self.0), Box::new(other.0)))
    }
}

impl BitAnd for Term {
    type Output = Term;
    fn bitand(self, other: Term) -> Term {
        term(Unit::Flag, ExprKind::And(Box::new(self.0), Box::new(other.0)))
    }
}

impl BitOr for Term {
    type Output = Term;
    fn bitor(self, other: Term) -> Term {
        term(Unit::Flag, ExprKind::Or(Box::new(self.0), Box::new(other.0)))
    }
}

impl Not for Term {
    type Output = Term;
    fn not(self) -> Term {
        term(Unit::Flag, ExprKind::Not(Box::new(self.0)))
    }
}
