//! Groups of notes in formulas: a quantity of a group is the sum of those of its notes.

use super::expr::{Expr, ExprKind, Object, QuantityRef};
use super::parse::Syntax;
use super::units::Typer;

impl Typer<'_> {
    /// What reads a quantity; of a group, the sum of what reads it of each note. The kind is told which note is the first.
    pub(super) fn summed(
        &self,
        syntax: &Syntax<'_>,
        of: QuantityRef,
        kind: impl Fn(QuantityRef, bool) -> ExprKind,
    ) -> Expr {
        let part = |kind: ExprKind| Expr { kind, unit: of.unit(self.deal), start: syntax.start, end: syntax.end };
        if of.object != Object::Group {
            return part(kind(of, true));
        }
        let notes = self.deal.members(of.index, of.quantity);
        let notes = notes.into_iter().map(|index| QuantityRef { object: Object::Note, index, ..of });
        let parts = notes.enumerate().map(|(position, note)| part(kind(note, position == 0)));
        let sum = parts.reduce(|sum, next| part(ExprKind::Add(Box::new(sum), Box::new(next))));
        sum.unwrap_or_else(|| part(ExprKind::Literal(0)))
    }
}
