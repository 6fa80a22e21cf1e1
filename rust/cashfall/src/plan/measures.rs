//! Resolving what tests measure: each measure is a numerator over a denominator.

use crate::deal::model::{DenominatorKind, Measure};
use crate::deal::{FormulaText, Name};
use crate::formula::Unit;

use super::model::{Measured, Ratio};
use super::resolve::Resolver;

impl Resolver<'_> {
    /// Numerator and denominator of a measure.
    pub fn measure(&mut self, measure: &Measure) -> Option<Ratio> {
        let notes = |names: &[Name]| {
            names.iter().filter_map(|name| self.deal.notes.position(&name.text)).collect::<Vec<usize>>()
        };
        let notes = notes(measure.notes());
        let (numerator, denominator) = match measure {
            Measure::Dscr(dscr) => (self.amount_of(&dscr.cash_flow)?, Measured::DebtService(notes)),
            Measure::Icr(icr) => (self.amount_of(&icr.cash_flow)?, Measured::InterestAccrued(notes)),
            Measure::Ic(ic) => (self.amount_of(&ic.cash_flow)?, Measured::InterestDue(notes)),
            Measure::Oc(oc) => (self.amount_of(&oc.collateral)?, Measured::Balances(notes)),
            Measure::Ltv(ltv) => (Measured::Balances(notes), self.amount_of(&ltv.value)?),
            Measure::DebtYield(debt_yield) => (self.amount_of(&debt_yield.cash_flow)?, Measured::Balances(notes)),
            Measure::BorrowingBase(borrowing) => (self.amount_of(&borrowing.base)?, Measured::Balances(notes)),
            Measure::CumulativeLoss(loss) => (self.amount_of(&loss.loss)?, self.amount_of(&loss.original)?),
            Measure::MinLiquidity(liquidity) => {
                (self.amount_of(&liquidity.amount)?, self.amount_of(&liquidity.minimum)?)
            }
            Measure::ContractRealisation(contracts) => {
                (self.amount_of(&contracts.realised)?, self.amount_of(&contracts.contracted)?)
            }
            Measure::FormulaMeasure(formula) => {
                (Measured::Formula(self.formula(&formula.value, Unit::Number)?), Measured::One)
            }
            Measure::Ratio(ratio) => {
                let numerator = self.parse(&ratio.numerator, None)?;
                let denominator = self.parse(&ratio.denominator, Some(numerator.unit))?;
                (Measured::Formula(numerator), Measured::Formula(denominator))
            }
        };
        let is_stock = match measure {
            Measure::Ratio(ratio) => matches!(ratio.denominator_kind, DenominatorKind::Stock),
            measure => matches!(measure, Measure::DebtYield(_)),
        };
        Some(Ratio { numerator, denominator, is_stock })
    }

    fn amount_of(&mut self, text: &FormulaText) -> Option<Measured> {
        self.formula(text, Unit::Amount).map(Measured::Formula)
    }
}
