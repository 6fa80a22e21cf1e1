//! Leases: the contract by the number of its rents, and the figures of each rent date.

use crate::basics::{Date, NUMBER_SCALE, full_years};
use crate::deal::Name;
use crate::deal::model::{BaseRent, IndexGrowth, Lease, RentEscalator, ResidualRanking};
use crate::formula::{Expr, Object, Quantity as Q, QuantityRef, Relation, Unit};

use super::super::resolve::Resolver;
use super::FigureModel;
use super::maker::{Maker, nothing};
use super::terms::{Term, constant, count, greatest, input, least, now, period, table, when, written};

/// A lease on the grid.
#[derive(Clone, Debug)]
pub struct LeaseModel {
    /// Its name.
    pub name: String,
    /// Base rent on each date of a lease without clauses; `None` where no rent is due.
    pub base: Vec<Option<i64>>,
    /// The amount input that gives the rent instead.
    pub input: Option<usize>,
    /// The number input that multiplies the rent.
    pub factor: Option<usize>,
    /// The issuer's share, in 1e-9.
    pub issuer_share: i64,
    /// What goes beyond rent on dates.
    pub clauses: Option<Box<Clauses>>,
}

/// The clauses of a lease; tables are by the number of the rent.
#[derive(Clone, Debug)]
pub struct Clauses {
    /// The rent dates.
    pub on: Vec<bool>,
    begins: Option<Expr>,
    /// Base rent without factor, 0 for free rents; with an index, only the first.
    base: Vec<i64>,
    /// 1 for each rent that is charged.
    charged: Vec<i64>,
    /// How many rents there are up to the end of each term.
    terms: Vec<i64>,
    renewals: Vec<Expr>,
    index: Option<IndexModel>,
    deferral: Option<(Expr, i64, i64)>,
    default: Option<DefaultModel>,
    termination: Option<(Expr, Expr)>,
    purchase: Option<(Expr, Expr)>,
    casualty: Option<(Expr, Expr)>,
    deposit: Option<i64>,
    relet: Option<(i64, Expr)>,
    sale: Option<(i64, Expr)>,
    guarantee: Option<GuaranteeModel>,
    /// What the issuer claims of sale and guarantee before other owners.
    first: Option<Expr>,
}

#[derive(Clone, Debug)]
struct IndexModel {
    input: usize,
    per_date: i64,
    floor: Option<i64>,
    cap: Option<i64>,
    /// 1 for the first rent of each later lease year.
    reviews: Vec<i64>,
    /// What the rent is multiplied by when a renewal begins, in 1e-9.
    steps: Vec<i64>,
}

#[derive(Clone, Debug)]
struct DefaultModel {
    when: Expr,
    recovery: Option<Expr>,
    /// How many rents are claimed.
    claimed: Vec<i64>,
    after: i64,
}

#[derive(Clone, Debug)]
struct GuaranteeModel {
    /// 0 for rents after the last day on which it is called.
    threshold: Vec<i64>,
    cap: i64,
    value: Expr,
    after: i64,
}

impl Resolver<'_> {
    pub(in super::super) fn lease(&mut self, name: &Name, lease: &Lease) -> LeaseModel {
        let mut model = LeaseModel {
            name: name.text.clone(),
            base: vec![None; self.grid.len()],
            input: match &lease.base_rent {
                BaseRent::Input(input) => self.deal.inputs.position(&input.text),
                BaseRent::PerDate(_) => None,
            },
            factor: lease.factor.as_ref().and_then(|factor| self.deal.inputs.position(&factor.text)),
            issuer_share: lease.issuer_share.0,
            clauses: None,
        };
        let rents = self.rents(lease);
        if lease.has_clauses() {
            model.clauses = self.clauses(lease, &rents).map(Box::new);
        } else {
            for rent in rents.iter().filter(|rent| rent.date <= lease.end.value) {
                let t = self.grid.index(rent.date).expect("rent dates are on the grid");
                model.base[t] = Some(rent.base);
            }
        }
        model
    }

    /// The rents of a contract that begins on time.
    fn rents(&self, lease: &Lease) -> Vec<Rent> {
        let commencement = lease.commencement.value;
        let per_date = if let BaseRent::PerDate(amount) = &lease.base_rent { amount.0 } else { 0 };
        let annual = if let Some(RentEscalator::Annual(rate)) = &lease.escalator { rate.0 } else { 0 };
        let rounding = self.deal.deal.rounding;
        let grown = |base: i64, by: i64| rounding.mul_div(base, NUMBER_SCALE + by, NUMBER_SCALE);
        let (mut rents, mut base, mut year, mut previous) = (Vec::new(), per_date, 0, commencement);
        for &date in self.dates(&lease.payment_dates).iter().filter(|date| **date > commencement) {
            let full = full_years(commencement, previous);
            base = (year..full).fold(base, |base, _| grown(base, annual));
            let begins = lease.renewals.iter().enumerate().filter(|(renewal, _)| {
                let before =
                    renewal.checked_sub(1).map_or(lease.end.value, |before| lease.renewals[before].until.value);
                date > before && previous <= before
            });
            let step = begins.filter_map(|(_, renewal)| renewal.step.as_ref()).map(|step| step.value.0).next_back();
            base = step.map_or(base, |step| grown(base, step));
            rents.push(Rent { date, base, begins_year: full > year, step: step.unwrap_or(0) });
            (year, previous) = (full, date);
        }
        rents
    }

    fn clauses(&mut self, lease: &Lease, rents: &[Rent]) -> Option<Clauses> {
        let until = |date: Date| as_count(rents.partition_point(|rent| rent.date <= date));
        let ends = [lease.end.value].into_iter().chain(lease.renewals.iter().map(|renewal| renewal.until.value));
        let terms: Vec<i64> = ends.map(until).collect();
        let last = terms.last().copied().unwrap_or(0);
        let by_number = |value: &dyn Fn(i64, &Rent) -> i64| -> Vec<i64> {
            let numbered = (1..=last).zip(rents);
            [0].into_iter().chain(numbered.map(|(number, rent)| value(number, rent))).collect()
        };
        let is_charged = |number: i64| number > lease.free_rents;
        let index = match &lease.escalator {
            Some(RentEscalator::Index(growth)) => {
                Some(self.index(growth, rents.first().map_or(0, |rent| rent.base), &by_number)?)
            }
            _ => None,
        };
        let default = match &lease.default {
            None => None,
            Some(default) => Some(DefaultModel {
                when: self.formula(&default.when, Unit::Flag)?,
                recovery: self.optional(default.recovery.as_ref(), Unit::Number)?,
                claimed: by_number(&|number, _| {
                    let end = terms.iter().copied().find(|end| *end >= number).unwrap_or(last);
                    default.claim_rents.min(end - number + 1)
                }),
                after: default.after,
            }),
        };
        let guarantee = match &lease.residual_value_guarantee {
            None => None,
            Some(terms) => Some(GuaranteeModel {
                threshold: by_number(&|_, rent| {
                    let listed = terms.threshold.partition_point(|(from, _)| from.value <= rent.date);
                    let is_called = listed > 0 && rent.date <= terms.until.value;
                    if is_called { terms.threshold[listed - 1].1.0 } else { 0 }
                }),
                cap: terms.cap.value.0,
                value: self.formula(&terms.value, Unit::Amount)?,
                after: terms.after,
            }),
        };
        let mut pair = |flag: &crate::deal::FormulaText, amount: &crate::deal::FormulaText| {
            Some((self.formula(flag, Unit::Flag)?, self.formula(amount, Unit::Amount)?))
        };
        let termination = lease.termination.as_ref().map(|clause| pair(&clause.when, &clause.payment));
        let purchase = lease.purchase.as_ref().map(|clause| pair(&clause.when, &clause.price));
        let casualty = lease.casualty.as_ref().map(|clause| pair(&clause.when, &clause.insurance));
        let dates: Vec<Date> = rents.iter().map(|rent| rent.date).collect();
        Some(Clauses {
            on: self.grid.mark(&dates),
            begins: self.optional(lease.begins_when.as_ref(), Unit::Flag)?,
            base: by_number(&|number, rent| if is_charged(number) { rent.base } else { 0 }),
            charged: by_number(&|number, _| i64::from(is_charged(number))),
            renewals: lease
                .renewals
                .iter()
                .map(|renewal| self.formula(&renewal.when, Unit::Flag))
                .collect::<Option<_>>()?,
            deferral: match &lease.deferral {
                Some(clause) => Some((self.formula(&clause.when, Unit::Flag)?, clause.most, clause.over)),
                None => None,
            },
            termination: flipped(termination)?,
            purchase: flipped(purchase)?,
            casualty: flipped(casualty)?,
            deposit: lease.deposit.map(|deposit| deposit.0),
            relet: match &lease.relet {
                Some(relet) => Some((relet.after, self.formula(&relet.rent, Unit::Amount)?)),
                None => None,
            },
            sale: match &lease.sale {
                Some(sale) => Some((sale.after, self.formula(&sale.value, Unit::Amount)?)),
                None => None,
            },
            first: match &lease.residual_ranking {
                ResidualRanking::IssuerFirst(first) => Some(self.formula(&first.claim, Unit::Amount)?),
                ResidualRanking::ProRata(_) => None,
            },
            terms,
            index,
            default,
            guarantee,
        })
    }

    fn index(&self, growth: &IndexGrowth, per_date: i64, by_number: &ByNumber<'_>) -> Option<IndexModel> {
        Some(IndexModel {
            per_date,
            input: self.deal.inputs.position(&growth.input.text)?,
            floor: growth.floor.as_ref().map(|floor| NUMBER_SCALE + floor.value.0),
            cap: growth.cap.as_ref().map(|cap| NUMBER_SCALE + cap.value.0),
            reviews: by_number(&|number, rent| i64::from(number > 1 && rent.begins_year)),
            steps: by_number(&|_, rent| NUMBER_SCALE + rent.step),
        })
    }
}

/// The table by rent number of what a function makes of each rent.
type ByNumber<'a> = dyn Fn(&dyn Fn(i64, &Rent) -> i64) -> Vec<i64> + 'a;

/// One rent of a contract that begins on time.
struct Rent {
    date: Date,
    base: i64,
    /// Whether a lease year begins with it.
    begins_year: bool,
    /// What the renewal adds that begins with it.
    step: i64,
}

fn as_count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Nothing if what there is, is wrong.
fn flipped<T>(found: Option<Option<T>>) -> Option<Option<T>> {
    match found {
        None => Some(None),
        Some(found) => found.map(Some),
    }
}

/// The figures of a lease.
pub fn figures(index: usize, lease: &LeaseModel) -> Vec<FigureModel> {
    let of = |quantity| QuantityRef { object: Object::Lease, index, quantity };
    let factor = lease.factor.map(|index| input(index, Unit::Number));
    let share = constant(Unit::Number, lease.issuer_share);
    let issuer_rent = now(of(Q::Rent), Unit::Amount).scaled_by(Some(share.clone()));
    if let Some(clauses) = &lease.clauses {
        let mut maker = Maker { terms: &**clauses, object: Object::Lease, index, on: &clauses.on, made: Vec::new() };
        maker.all(lease.input, factor, share);
        return maker.made;
    }
    let on: Vec<bool> = lease.base.iter().map(Option::is_some).collect();
    let base = match lease.input {
        Some(index) => input(index, Unit::Amount),
        None => table(Unit::Amount, lease.base.iter().map(|base| base.unwrap_or(0)), period()),
    };
    vec![
        FigureModel::flow(of(Q::Rent), on.clone(), base.scaled_by(factor)),
        FigureModel::flow(of(Q::IssuerRent), on, issuer_rent),
    ]
}

/// The flags of the ends, in the order in which they are looked at.
const ENDS: [Q; 5] = [Q::Defaulted, Q::Purchased, Q::Terminated, Q::Destroyed, Q::Expired];

impl Maker<'_, Clauses> {
    /// What a table of the contract says of the rent that the date has come to.
    fn by_number(&self, unit: Unit, values: &[i64]) -> Term {
        table(unit, values.iter().copied(), self.now(Q::NRents))
    }

    fn all(&mut self, base_input: Option<usize>, factor: Option<Term>, share: Term) {
        self.clock();
        self.ends();
        self.scheduled_rent(base_input, factor);
        self.deferral();
        self.claim();
        self.vacancy();
        self.income(share);
    }

    fn clock(&mut self) {
        let clauses = self.terms;
        let begins = clauses.begins.as_ref().map_or(constant(Unit::Flag, 1), written);
        let begun = self.opening(Q::NRents).compares(Relation::Greater, count(0)) | begins;
        let number = when(begun, self.opening(Q::NRents) + count(1), count(0));
        self.keep(Q::NRents, 0, number);
    }

    /// Whether the tenant was there in the period up to the date.
    fn was_there(&self) -> Term {
        self.opening(Q::Occupied) & self.now(Q::NRents).compares(Relation::Greater, count(0))
    }

    fn ends(&mut self) {
        let clauses = self.terms;
        let decided = [
            clauses.default.as_ref().map(|default| &default.when),
            clauses.purchase.as_ref().map(|(flag, _)| flag),
            clauses.termination.as_ref().map(|(flag, _)| flag),
            clauses.casualty.as_ref().map(|(flag, _)| flag),
        ];
        let mut left = self.was_there();
        for (quantity, flag) in ENDS.into_iter().zip(decided) {
            let Some(flag) = flag else { continue };
            self.flow(quantity, left.clone() & written(flag));
            left = left & !self.now(quantity);
        }
        let expired = left.clone() & self.expires();
        self.flow(Q::Expired, expired);
        let stays = left & !self.now(Q::Expired);
        let before_the_first = self.opening(Q::Occupied) & !self.now(Q::NRents).compares(Relation::Greater, count(0));
        self.keep(Q::Occupied, 1, stays | before_the_first);
    }

    /// Whether a term is over that is the last, or after which the tenant does not stay.
    fn expires(&self) -> Term {
        let is_rent = |number: &i64| self.now(Q::NRents).compares(Relation::Equal, count(*number));
        let terms = &self.terms.terms;
        let goes = terms.iter().zip(&self.terms.renewals).map(|(end, stays)| is_rent(end) & !written(stays));
        let last = terms.last().map_or(constant(Unit::Flag, 0), is_rent);
        goes.fold(last, |expires, goes| expires | goes)
    }

    /// Whether one of the ends has come that leave the property empty; of those that the lease knows.
    fn becomes_vacant(&self) -> Term {
        let known = self.made.iter().map(|figure| figure.of.quantity);
        let flags = known.filter(|quantity| matches!(quantity, Q::Defaulted | Q::Terminated | Q::Expired));
        flags.map(|quantity| self.now(quantity)).reduce(|a, b| a | b).expect("a lease may expire")
    }

    fn scheduled_rent(&mut self, base_input: Option<usize>, factor: Option<Term>) {
        let clauses = self.terms;
        if let Some(index) = &clauses.index {
            self.indexed(index);
        }
        let charged = self.by_number(Unit::Flag, &clauses.charged);
        let base = match (base_input, &clauses.index) {
            (Some(index), _) => when(charged, input(index, Unit::Amount), nothing()),
            (None, Some(_)) => when(charged, self.now(Q::BaseRent), nothing()),
            (None, None) => self.by_number(Unit::Amount, &clauses.base),
        };
        let rent = when(self.was_there(), base.scaled_by(factor), nothing());
        self.flow(Q::ScheduledRent, rent);
    }

    /// The base rent that grows with an index.
    fn indexed(&mut self, index: &IndexModel) {
        let level = input(index.input, Unit::Number);
        let is_first = self.now(Q::NRents).compares(Relation::Equal, count(1));
        let reviews = self.by_number(Unit::Flag, &index.reviews);
        let growth = level.clone().over(self.opening(Q::IndexLevel), constant(Unit::Number, NUMBER_SCALE));
        let growth = index.floor.map_or(growth.clone(), |floor| greatest(growth, constant(Unit::Number, floor)));
        let growth = index.cap.map_or(growth.clone(), |cap| least(growth, constant(Unit::Number, cap)));
        let old = self.opening(Q::BaseRent);
        let grown = when(reviews.clone(), old.clone().scaled_by(Some(growth)), old.clone());
        let stepped = grown.scaled_by(Some(self.by_number(Unit::Number, &index.steps)));
        let rent = when(is_first.clone(), constant(Unit::Amount, index.per_date), stepped);
        self.keep(Q::BaseRent, index.per_date, when(self.was_there(), rent, old));
        let reads = self.was_there() & (is_first | reviews);
        self.keep(Q::IndexLevel, 0, when(reads, level, self.opening(Q::IndexLevel)));
    }

    fn deferral(&mut self) {
        let Some((flag, most, over)) = &self.terms.deferral else { return };
        let stays = self.was_there() & self.now(Q::Occupied);
        let some_left = self.opening(Q::NDeferred).compares(Relation::Less, count(*most));
        self.flow(Q::Deferring, stays & written(flag) & some_left);
        let (deferring, deferred) = (self.now(Q::Deferring), self.opening(Q::Deferred));
        self.keep(Q::NDeferred, 0, self.opening(Q::NDeferred) + when(deferring.clone(), count(1), count(0)));
        let left = greatest(self.opening(Q::Instalments) - count(1), count(0));
        let instalments = when(deferring.clone(), count(*over), when(self.was_there(), left, count(0)));
        self.keep(Q::Instalments, 0, instalments);
        let instalment = deferred.clone().divided_by(self.opening(Q::Instalments));
        let of_the_date = when(self.now(Q::Occupied), instalment, deferred.clone());
        let pays = self.was_there() & !self.perhaps(Q::Defaulted) & !deferring.clone();
        self.flow(Q::Repaid, when(pays, of_the_date, nothing()));
        let more = when(deferring, self.now(Q::ScheduledRent), nothing());
        let rest = deferred + more - self.now(Q::Repaid);
        self.keep(Q::Deferred, 0, when(self.perhaps(Q::Defaulted), nothing(), rest));
    }

    /// What a tenant who stops paying owes, what the deposit covers of it, and what is recovered.
    fn claim(&mut self) {
        if let Some(default) = &self.terms.default {
            let rents = self.now(Q::ScheduledRent).times(self.by_number(Unit::Count, &default.claimed));
            let deferred = if self.has(Q::Deferred) { self.opening(Q::Deferred) } else { nothing() };
            self.flow(Q::Claimed, when(self.now(Q::Defaulted), rents + deferred, nothing()));
        }
        if let Some(deposit) = self.terms.deposit {
            self.flow(Q::DepositApplied, least(self.opening(Q::Deposit), self.perhaps(Q::Claimed)));
            self.keep(Q::Deposit, deposit, when(self.now(Q::Occupied), self.opening(Q::Deposit), nothing()));
            let returned = self.opening(Q::Deposit) - self.now(Q::Deposit) - self.now(Q::DepositApplied);
            self.flow(Q::DepositReturned, returned);
        }
        if self.terms.default.is_some() {
            let claim = self.now(Q::Claimed) - self.perhaps(Q::DepositApplied);
            self.keep(Q::Claim, 0, when(self.now(Q::Defaulted), claim, self.opening(Q::Claim)));
        }
    }

    fn vacancy(&mut self) {
        let clauses = self.terms;
        let vacant = self.opening(Q::Occupied);
        self.keep(Q::NVacant, 0, when(vacant, count(0), self.opening(Q::NVacant) + count(1)));
        self.keep(Q::Vacant, 0, self.opening(Q::Vacant) | self.becomes_vacant());
        if let Some(DefaultModel { recovery: Some(recovery), after, .. }) = &clauses.default {
            let share = least(written(recovery).at_least_zero(), constant(Unit::Number, NUMBER_SCALE));
            let is_date = self.is_after(*after, self.now(Q::Defaulted));
            self.flow(Q::Recovered, when(is_date, self.now(Q::Claim).scaled_by(Some(share)), nothing()));
        }
        let (flag_paid, becomes) = (
            [
                (Q::Terminated, Q::TerminationPaid, &clauses.termination),
                (Q::Purchased, Q::PurchasePaid, &clauses.purchase),
                (Q::Destroyed, Q::Insured, &clauses.casualty),
            ],
            self.becomes_vacant(),
        );
        for (flag, paid, clause) in flag_paid {
            if let Some((_, amount)) = clause {
                self.flow(paid, when(self.now(flag), written(amount).at_least_zero(), nothing()));
            }
        }
        if let Some((after, rent)) = &clauses.relet {
            let is_let = self.now(Q::Vacant) & self.now(Q::NVacant).compares(Relation::Greater, count(*after));
            self.flow(Q::ReletRent, when(is_let, written(rent).at_least_zero(), nothing()));
        }
        if let Some((after, value)) = &clauses.sale {
            let is_date = self.now(Q::Vacant) & self.is_after(*after, becomes.clone());
            self.flow(Q::Sold, when(is_date, written(value).at_least_zero(), nothing()));
        }
        if let Some(guarantee) = &clauses.guarantee {
            let threshold = self.by_number(Unit::Amount, &guarantee.threshold);
            let short = (threshold - written(&guarantee.value).at_least_zero()).at_least_zero();
            let guaranteed = least(short, constant(Unit::Amount, guarantee.cap));
            self.keep(Q::Guaranteed, 0, when(becomes.clone(), guaranteed, self.opening(Q::Guaranteed)));
            let is_date = self.is_after(guarantee.after, becomes);
            self.flow(Q::GuaranteePaid, when(is_date, self.now(Q::Guaranteed), nothing()));
        }
    }

    /// Whether so many rent dates have gone by since the tenancy ended; none: whether the flag of that date is 1.
    fn is_after(&self, after: i64, flag: Term) -> Term {
        if after == 0 { flag } else { self.now(Q::NVacant).compares(Relation::Equal, count(after)) }
    }

    fn income(&mut self, share: Term) {
        let not_paid = self.perhaps(Q::Defaulted) | self.perhaps(Q::Deferring);
        let rent = when(not_paid, nothing(), self.now(Q::ScheduledRent));
        let rent = self.sum(&[Q::Repaid, Q::ReletRent], rent);
        self.flow(Q::Rent, rent);
        self.flow(Q::IssuerRent, self.now(Q::Rent).scaled_by(Some(share.clone())));
        let several = [Q::TerminationPaid, Q::PurchasePaid, Q::Insured, Q::Recovered, Q::DepositApplied];
        let plain = self.sum(&several, nothing());
        let residual = self.sum(&[Q::Sold, Q::GuaranteePaid], nothing());
        self.flow(Q::Proceeds, plain.clone() + residual.clone());
        let part = match &self.terms.first {
            Some(claim) => least(residual, written(claim).at_least_zero()),
            None => residual.scaled_by(Some(share.clone())),
        };
        self.flow(Q::IssuerProceeds, plain.scaled_by(Some(share)) + part);
    }
}
