//! Resolving what tests measure: each measure is a numerator over a denominator.

use crate::basics::{LIMIT, NUMBER_SCALE};
use crate::deal::model::{DenominatorKind, LifeCover, Measure};
use crate::deal::{FormulaText, Name, Problem};
use crate::formula::Unit;

use super::evaluate::has_solve;
use super::model::{Measured, Model, Ratio};
use super::resolve::Resolver;
use super::sizing::SizingCase;

impl Resolver<'_> {
    /// Numerator and denominator of a measure.
    pub fn measure(&mut self, measure: &Measure, model: &Model) -> Option<Ratio> {
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
            Measure::Llcr(cover) | Measure::Plcr(cover) => {
                let last = match measure {
                    Measure::Llcr(_) => notes.iter().filter_map(|&note| model.notes[note].last_payment()).max(),
                    _ => Some(model.dates.len() - 1),
                };
                let values = self.present_values(cover, last.unwrap_or(0), model)?;
                (Measured::Known(values), Measured::Balances(notes))
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

    /// On each date the present value of the cash flow on later dates up to `last`, on the sizing case:
    /// `PV_t = mul_div(PV_{t+1} + CF_{t+1}, 1e9 * d, 1e9 * d + rate * n)`, n/d the time from t to t + 1.
    fn present_values(&mut self, cover: &LifeCover, last: usize, model: &Model) -> Option<Vec<i64>> {
        let cash_flow = self.formula(&cover.cash_flow, Unit::Amount)?;
        let case = SizingCase { model };
        let mut values = vec![0; model.dates.len()];
        for t in (0..last).rev() {
            let (from, to) = (model.dates[t], model.dates[t + 1]);
            let fraction = cover.day_count.value.between(from, to, to)?;
            let divisor = NUMBER_SCALE * fraction.denominator;
            let whole = divisor + cover.rate.0 * fraction.numerator;
            let value = case.value(&cash_flow, t + 1).and_then(|flow| {
                let later = i128::from(values[t + 1]) + i128::from(flow);
                let value = model.rounding.divide(later * i128::from(divisor), i128::from(whole));
                i64::try_from(value).ok().filter(|value| value.abs() < LIMIT && later.abs() < i128::from(LIMIT))
            });
            let Some(value) = value else {
                let (expected, found) = match has_solve(&cash_flow) {
                    true => ("a cash flow in range whose `solve` finds its fixed point on every date", "none"),
                    false => ("a cash flow and a present value below 2^52 minor units on every date", "more"),
                };
                self.problems.push(Problem::new(&cover.cash_flow.place, expected, format!("{found} on {to}")));
                return None;
            };
            values[t] = value;
        }
        Some(values)
    }

    fn amount_of(&mut self, text: &FormulaText) -> Option<Measured> {
        self.formula(text, Unit::Amount).map(Measured::Formula)
    }
}
