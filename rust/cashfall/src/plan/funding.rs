//! Notes that are drawn after their dated date and extended, on the grid.

use crate::deal::model::{Amortisation, Note};

use super::model::NoteModel;
use super::resolve::Resolver;

/// How a note is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundingModel {
    /// The most that is drawn, the original balance included.
    pub maximum: i64,
    /// Whether what has been repaid can be drawn again.
    pub revolving: bool,
    /// For each grid date, whether it can be drawn, extended or not.
    pub open: Vec<bool>,
}

/// When a note falls due whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeModel {
    /// The grid positions of the maturity, and of each maturity to which it can be extended.
    pub maturities: Vec<usize>,
    /// What each extension adds to the rate, in 1e-9.
    pub extra: i64,
    /// Whether it can be extended.
    pub is_extended: bool,
    /// Whether its balance has a limit, above which it falls due before maturity.
    pub is_limited: bool,
}

impl WholeModel {
    /// How often it can be extended.
    pub fn n_extensions(&self) -> usize {
        self.maturities.len() - 1
    }

    /// The most that extensions add to the rate.
    pub fn most_added(&self) -> i64 {
        self.extra * i64::try_from(self.n_extensions()).unwrap_or(i64::MAX)
    }

    /// Extended less often than this many times, it is mature on a date.
    pub fn matured_below(&self, t: usize) -> usize {
        self.maturities.iter().filter(|maturity| **maturity <= t).count()
    }
}

impl NoteModel {
    /// The most that is lent on it, but for what is capitalised.
    pub fn greatest_balance(&self) -> i64 {
        self.funding.as_ref().map_or(self.original, |funding| funding.maximum)
    }

    /// Whether no terms bound its balance.
    pub fn is_unbounded(&self) -> bool {
        self.capitalizes || self.written && self.funding.as_ref().is_some_and(|funding| funding.revolving)
    }

    /// Whether its balance has a limit.
    pub fn is_limited(&self) -> bool {
        self.whole.as_ref().is_some_and(|whole| whole.is_limited)
    }

    /// Whether it can be extended.
    pub fn is_extended(&self) -> bool {
        self.whole.as_ref().is_some_and(|whole| whole.is_extended)
    }
}

impl Resolver<'_> {
    /// How a note is drawn, and when it falls due whole.
    pub fn funding(&self, note: &Note) -> (Option<FundingModel>, Option<WholeModel>) {
        let (dated, maturity) = (note.dated_date.value, note.maturity_date.value);
        let last = note.last_date();
        let funding = note.funding.as_ref().map(|funding| {
            let until = funding.until.as_ref().map_or(last, |until| until.value);
            let is_open = |date: &_| *date >= dated && *date <= until && *date < last;
            FundingModel {
                maximum: funding.maximum.value.0,
                revolving: funding.revolving,
                open: self.grid.dates.iter().map(is_open).collect(),
            }
        });
        let is_limited = matches!(note.amortisation.value, Amortisation::BalanceAtMost(_));
        if funding.is_none() && note.extension.is_none() && !is_limited {
            return (None, None);
        }
        let further = note.extension.iter().flat_map(|extension| &extension.maturity_dates).map(|date| date.value);
        let maturities = std::iter::once(maturity).chain(further);
        let whole = WholeModel {
            maturities: maturities.filter_map(|date| self.grid.index(date)).collect(),
            extra: note.extension.as_ref().map_or(0, |extension| extension.extra.0),
            is_extended: note.extension.is_some(),
            is_limited,
        };
        (funding, Some(whole))
    }
}
