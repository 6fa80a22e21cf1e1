//! What a test measures: each measure declares a numerator and a denominator.

use super::bounds::*;
use super::declare::{self, object, tagged};
use super::decode::{At, Context, Decode, Fields, Tagged, decode_tagged, expected_tagged};
use super::model::DenominatorKind;
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{FormulaText, Located, Name};
use crate::basics::day_count::DayCount;
use crate::basics::units::Number;

tagged! {
    /// What a test measures.
    Measure {
        /// Debt service coverage.
        Dscr(Dscr) = "dscr",
        /// A ratio of two formulas.
        Ratio(Ratio) = "ratio",
        /// Interest cover: a cash flow over the interest accrued.
        Icr(Icr) = "icr",
        /// Interest coverage of a class: a cash flow over the interest due, arrears included.
        Ic(Ic) = "ic",
        /// Overcollateralisation: collateral over balances.
        Oc(Oc) = "oc",
        /// Loan to value: balances over a value.
        Ltv(Ltv) = "ltv",
        /// Debt yield: a year's cash flow over balances.
        DebtYield(DebtYield) = "debt_yield",
        /// Losses to date over the original amount.
        CumulativeLoss(CumulativeLoss) = "cumulative_loss",
        /// An amount over the least that there must be.
        MinLiquidity(MinLiquidity) = "min_liquidity",
        /// What contracts brought over what they promised.
        ContractRealisation(ContractRealisation) = "contract_realisation",
        /// A borrowing base over balances.
        BorrowingBase(BorrowingBaseCover) = "borrowing_base",
        /// A formula that gives a number.
        FormulaMeasure(FormulaMeasure) = "formula",
        /// Loan life cover: the present value of scheduled cash flow up to the last maturity, over balances.
        Llcr(LifeCover) = "llcr",
        /// Project life cover: the present value of scheduled cash flow up to the last date, over balances.
        Plcr(LifeCover) = "plcr",
    }
}

object! {
    /// A cash flow over the interest accrued and the scheduled principal due of notes.
    Dscr {
        /// A formula that gives an amount.
        cash_flow: FormulaText,
        /// The notes whose debt service is covered.
        notes: Vec<Name> where NOT_EMPTY,
    }
}

object! {
    /// A ratio of two formulas, both amounts or both numbers.
    Ratio {
        /// The numerator.
        numerator: FormulaText,
        /// The denominator.
        denominator: FormulaText,
        /// Whether the denominator is summed over the window.
        denominator_kind: DenominatorKind = DenominatorKind::Flow,
    }
}

object! {
    /// A cash flow over the interest accrued on notes.
    Icr {
        /// A formula that gives an amount.
        cash_flow: FormulaText,
        /// The notes whose interest is covered.
        notes: Vec<Name> where NOT_EMPTY,
    }
}

object! {
    /// A cash flow over the interest due on notes, paid or not.
    Ic {
        /// A formula that gives an amount.
        cash_flow: FormulaText,
        /// The class, and the notes that rank with or before it.
        notes: Vec<Name> where NOT_EMPTY,
    }
}

object! {
    /// Collateral over the balances of notes.
    Oc {
        /// A formula that gives an amount.
        collateral: FormulaText,
        /// The class, and the notes that rank with or before it.
        notes: Vec<Name> where NOT_EMPTY,
    }
}

object! {
    /// The balances of notes over a value.
    Ltv {
        /// A formula that gives an amount.
        value: FormulaText,
        /// The notes.
        notes: Vec<Name> where NOT_EMPTY,
    }
}

object! {
    /// A year's cash flow over the balances of notes.
    DebtYield {
        /// A formula that gives an amount; the window adds it up.
        cash_flow: FormulaText,
        /// The notes.
        notes: Vec<Name> where NOT_EMPTY,
    }
}

object! {
    /// Losses to date over the original amount.
    CumulativeLoss {
        /// The losses to date: a formula that gives an amount.
        loss: FormulaText,
        /// The original amount: a formula that gives an amount.
        original: FormulaText,
    }
}

object! {
    /// An amount over the least that there must be.
    MinLiquidity {
        /// What there is: a formula that gives an amount.
        amount: FormulaText,
        /// What there must be: a formula that gives an amount.
        minimum: FormulaText,
    }
}

object! {
    /// What contracts brought over what they promised.
    ContractRealisation {
        /// What came: a formula that gives an amount.
        realised: FormulaText,
        /// What was promised: a formula that gives an amount.
        contracted: FormulaText,
    }
}

object! {
    /// A borrowing base over the balances of notes.
    BorrowingBaseCover {
        /// Eligible collateral at its advance rates: a formula that gives an amount.
        base: FormulaText,
        /// What is drawn on it.
        notes: Vec<Name> where NOT_EMPTY,
    }
}

object! {
    /// A formula that gives a number.
    FormulaMeasure {
        /// The formula.
        value: FormulaText,
    }
}

object! {
    /// The present value of a cash flow of the sizing case over the balances of notes.
    LifeCover {
        /// A formula that gives an amount; it reads inputs, leases, cashflow amounts and accruals of fixed fees.
        cash_flow: FormulaText,
        /// The notes.
        notes: Vec<Name> where NOT_EMPTY,
        /// The rate a year at which the cash flow is discounted.
        rate: Number where RATE,
        /// How the time between dates is counted.
        day_count: Located<DayCount>,
    }
}

impl Measure {
    /// The life that it covers, if it is such a measure; and whether that is the life of the notes.
    pub fn life_cover(&self) -> Option<(&LifeCover, bool)> {
        match self {
            Measure::Llcr(cover) => Some((cover, true)),
            Measure::Plcr(cover) => Some((cover, false)),
            _ => None,
        }
    }

    /// The notes it reads.
    pub fn notes(&self) -> &[Name] {
        match self {
            Measure::Dscr(dscr) => &dscr.notes,
            Measure::Icr(icr) => &icr.notes,
            Measure::Ic(ic) => &ic.notes,
            Measure::Oc(oc) => &oc.notes,
            Measure::Ltv(ltv) => &ltv.notes,
            Measure::DebtYield(debt_yield) => &debt_yield.notes,
            Measure::BorrowingBase(borrowing_base) => &borrowing_base.notes,
            Measure::Llcr(cover) | Measure::Plcr(cover) => &cover.notes,
            Measure::Ratio(_)
            | Measure::CumulativeLoss(_)
            | Measure::MinLiquidity(_)
            | Measure::ContractRealisation(_)
            | Measure::FormulaMeasure(_) => &[],
        }
    }

    /// The formulas in it whose unit is the same wherever they stand: amounts, except for a plain formula.
    pub fn formulas(&self) -> Vec<&FormulaText> {
        match self {
            Measure::Dscr(dscr) => vec![&dscr.cash_flow],
            Measure::Icr(icr) => vec![&icr.cash_flow],
            Measure::Ic(ic) => vec![&ic.cash_flow],
            Measure::Oc(oc) => vec![&oc.collateral],
            Measure::Ltv(ltv) => vec![&ltv.value],
            Measure::DebtYield(debt_yield) => vec![&debt_yield.cash_flow],
            Measure::BorrowingBase(borrowing_base) => vec![&borrowing_base.base],
            Measure::CumulativeLoss(loss) => vec![&loss.loss, &loss.original],
            Measure::MinLiquidity(liquidity) => vec![&liquidity.amount, &liquidity.minimum],
            Measure::ContractRealisation(realisation) => vec![&realisation.realised, &realisation.contracted],
            Measure::FormulaMeasure(formula) => vec![&formula.value],
            Measure::Ratio(_) | Measure::Llcr(_) | Measure::Plcr(_) => vec![],
        }
    }

    /// On which side of the level a test of it passes, where the document does not say.
    pub fn usual_side(&self) -> super::model::Requires {
        match self {
            Measure::Ltv(_) | Measure::CumulativeLoss(_) => super::model::Requires::AtMost,
            _ => super::model::Requires::AtLeast,
        }
    }
}
