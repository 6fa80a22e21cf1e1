//! Currencies: amounts of two of them do not meet in a formula but through `convert`.

use super::expr::{Expr, ExprKind, QuantityRef, Unit};
use crate::deal::model::Deal;
use crate::deal::{FormulaText, Problem};

/// A currency by its position among those of the deal; none of what is a literal, or no amount.
pub type Currency = Option<usize>;

/// The currency of a typed formula, or where two meet.
pub(super) fn currency(expr: &Expr, formula: &FormulaText, deal: &Deal) -> Result<Currency, Problem> {
    Reader { formula, deal, unknowns: Vec::new() }.of(expr)
}

struct Reader<'a> {
    formula: &'a FormulaText,
    deal: &'a Deal,
    /// What the words of the `solve`s around a part are in.
    unknowns: Vec<Currency>,
}

impl Reader<'_> {
    fn of(&self, expr: &Expr) -> Result<Currency, Problem> {
        use ExprKind::*;
        let found = match &expr.kind {
            Literal(_) => None,
            Unknown(level) => self.unknowns[*level],
            Solve { start, body, .. } => self.of_solve(start, body)?,
            Quantity(of) | Opening(of) => self.of_quantity(of),
            Lag { of, .. } | TrailingSum { of, .. } | ForwardSum { of, .. } => self.of_quantity(of),
            Negate(a) | Absolute(a) | Not(a) => self.of(a)?,
            Table { .. } => None,
            Convert(a, to) => self.of(a).map(|_| Some(*to))?,
            Add(a, b) | Subtract(a, b) | Compare(_, a, b) => self.alike([&**a, b])?,
            MulDiv { a, b, .. } | Product(a, b) | And(a, b) | Or(a, b) => self.of(a)?.or(self.of(b)?),
            Divide { a, b, if_zero, .. } if b.unit == Unit::Amount => {
                self.of(if_zero)?;
                self.alike([&**a, b])?
            }
            Divide { a, b, if_zero, .. } => {
                self.of(b)?;
                self.alike([&**a, if_zero])?
            }
            If(flag, a, b) => {
                self.of(flag)?;
                self.alike([&**a, b])?
            }
            Minimum(parts) | Maximum(parts) => self.alike(parts)?,
        };
        Ok(found.filter(|_| expr.unit == Unit::Amount))
    }

    /// The currency of the start; where that is a literal, that of the formula by itself.
    fn of_solve(&self, start: &Expr, body: &Expr) -> Result<Currency, Problem> {
        let inside = |currency: Currency| Reader {
            unknowns: self.unknowns.iter().copied().chain([currency]).collect(),
            ..*self
        };
        let currency = match self.of(start)? {
            None => inside(None).of(body)?,
            known => known,
        };
        match (currency, inside(currency).of(body)?) {
            (Some(known), Some(found)) if known != found => Err(self.mixed((start, known), (body, found))),
            _ => Ok(currency),
        }
    }

    fn of_quantity(&self, of: &QuantityRef) -> Currency {
        let name = of.name(self.deal).filter(|_| of.unit(self.deal) == Unit::Amount)?;
        Some(self.deal.currency_of(&name.text))
    }

    /// The one currency of parts that meet.
    fn alike<'e>(&self, parts: impl IntoIterator<Item = &'e Expr>) -> Result<Currency, Problem> {
        let mut first: Option<(&Expr, usize)> = None;
        for part in parts {
            match (first, self.of(part)?) {
                (_, None) => {}
                (None, Some(currency)) => first = Some((part, currency)),
                (Some((_, known)), Some(currency)) if known == currency => {}
                (Some(other), Some(currency)) => return Err(self.mixed(other, (part, currency))),
            }
        }
        Ok(first.map(|(_, currency)| currency))
    }

    fn mixed(&self, (other, known): (&Expr, usize), (part, currency): (&Expr, usize)) -> Problem {
        let currencies = self.deal.currencies();
        let written = |expr: &Expr| &self.formula.text[expr.start..expr.end];
        let described =
            |expr: &Expr, currency: usize| format!("an amount in {} (`{}`)", currencies[currency], written(expr));
        let found = format!("{} and {}", described(other, known), described(part, currency));
        let to = currencies[known].to_ascii_lowercase();
        Problem::new(&self.formula.place_at(part.start), "amounts in one currency", found)
            .with_way_out(format!("write `convert({}, rate, {to})`", written(part)))
    }
}
