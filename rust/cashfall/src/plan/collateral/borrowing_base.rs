//! Borrowing bases: the least of what several tests allow.

use crate::basics::NUMBER_SCALE;
use crate::deal::Name;
use crate::deal::model::{BaseTest, BorrowingBase};
use crate::formula::{Expr, Object, Quantity as Q, Relation, Unit};

use super::super::resolve::Resolver;
use super::FigureModel;
use super::contract::share;
use super::maker::{Maker, nothing};
use super::terms::{Term, constant, count, least, when, written};

/// A borrowing base on the grid.
#[derive(Clone, Debug)]
pub struct BorrowingBaseModel {
    /// Its name.
    pub name: String,
    /// The dates on which it is made.
    pub on: Vec<bool>,
    tests: Vec<BaseTestModel>,
}

#[derive(Clone, Debug)]
enum BaseTestModel {
    /// Classes, each with its advance rate.
    Advance(Vec<(Expr, Expr)>),
    /// Cash flow, and the ratio.
    Coverage(Expr, i64),
    /// Value and haircut.
    Market(Expr, Expr),
}

impl Resolver<'_> {
    pub(in super::super) fn borrowing_base(&mut self, name: &Name, base: &BorrowingBase) -> Option<BorrowingBaseModel> {
        let tests = base.lesser_of.iter().map(|test| self.base_test(test)).collect::<Option<_>>()?;
        Some(BorrowingBaseModel { name: name.text.clone(), on: self.marks(&base.payment_dates), tests })
    }

    fn base_test(&mut self, test: &BaseTest) -> Option<BaseTestModel> {
        Some(match test {
            BaseTest::Advance(classes) => {
                let of_class = classes.iter().map(|class| {
                    Some((self.formula(&class.of, Unit::Amount)?, self.formula(&class.rate, Unit::Number)?))
                });
                BaseTestModel::Advance(of_class.collect::<Option<_>>()?)
            }
            BaseTest::Coverage(terms) => BaseTestModel::Coverage(self.formula(&terms.of, Unit::Amount)?, terms.ratio.0),
            BaseTest::Market(terms) => BaseTestModel::Market(
                self.formula(&terms.of, Unit::Amount)?,
                self.formula(&terms.haircut, Unit::Number)?,
            ),
        })
    }
}

/// The figures of a borrowing base.
pub fn figures(index: usize, base: &BorrowingBaseModel) -> Vec<FigureModel> {
    let mut maker = Maker { terms: base, object: Object::BorrowingBase, index, on: &base.on, made: Vec::new() };
    let allowed: Vec<Term> = base.tests.iter().map(BaseTestModel::allows).collect();
    let all = allowed.iter().cloned().reduce(least).expect("a base has a test");
    maker.keep(Q::Amount, 0, all);
    let binds = |term: Term| term.compares(Relation::Equal, maker.now(Q::Amount));
    let mut places: Vec<_> = (1..).zip(allowed).collect();
    places.reverse();
    let first = places.into_iter().fold(count(0), |later, (place, term)| when(binds(term), count(place), later));
    maker.keep(Q::Binding, 0, first);
    maker.made
}

impl BaseTestModel {
    /// What may be borrowed by it.
    fn allows(&self) -> Term {
        let amount = |formula: &Expr| written(formula).at_least_zero();
        match self {
            BaseTestModel::Advance(classes) => {
                let lent = |(of, rate): &(Expr, Expr)| amount(of).scaled_by(Some(share(Some(rate))));
                classes.iter().map(lent).fold(nothing(), |sum, class| sum + class)
            }
            BaseTestModel::Coverage(of, ratio) => amount(of).divided_by_number(*ratio),
            BaseTestModel::Market(of, haircut) => {
                let left = constant(Unit::Number, NUMBER_SCALE) - share(Some(haircut));
                amount(of).scaled_by(Some(left))
            }
        }
    }
}
