//! The interest rule of a note on the sizing case, and that its arithmetic stays exact in every scenario.

use crate::basics::DayCount;
use crate::basics::{Date, Fraction, LIMIT, NUMBER_SCALE, Period};
use crate::deal::model::{Coupon, Note};
use crate::deal::{Place, Problem};

use crate::formula::Unit;

use super::coupon::{CouponModel, FormulaRate, coupon_model};
use super::inside::{changes_inside, elapsed, inside};
use super::model::{Model, NoteModel};
use super::resolve::Resolver;
use super::schedule::InterestRule;

impl Resolver<'_> {
    /// Where the coupon of a note reads its index.
    pub fn coupon(&mut self, note: &Note, periods: &[Period]) -> Option<CouponModel> {
        if let Coupon::Formula(coupon) = &note.coupon.value {
            let rate = self.formula(&coupon.rate, Unit::Number)?;
            return Some(CouponModel::Formula(Box::new(FormulaRate::new(coupon, rate))));
        }
        let spans: Vec<_> = periods.iter().map(|period| (period.start, period.end)).collect();
        let base = match note.day_count {
            DayCount::Act365F | DayCount::ActActIsda | DayCount::ActActIcma => 365,
            _ => 360,
        };
        let input = |name: &str| self.deal.inputs.position(name).unwrap_or(0);
        Some(coupon_model(&note.coupon.value, self.grid, &spans, base, &input))
    }

    /// The factor of each period on the sizing case, checked to be exact in the engine's arithmetic.
    pub fn interest_rule(
        &mut self,
        note: &Note,
        coupon: &CouponModel,
        periods: &[Period],
        model: &Model,
    ) -> Option<InterestRule> {
        let original = note.original_balance.value.0;
        let rounding = self.deal.deal.rounding;
        let n_units = note.rounding_unit.as_ref().map(|unit| original / unit.value.0);
        let value = |input: usize, t: usize| model.inputs[input].sizing[t];
        let mut factors = Vec::new();
        let mut growths = Vec::new();
        for (index, period) in periods.iter().enumerate() {
            let fraction = note.day_count.fraction(period);
            factors.push(reduced(
                i128::from(fraction.numerator) * i128::from(coupon.rate(index, &value, rounding)),
                i128::from(fraction.denominator) * i128::from(NUMBER_SCALE),
            ));
            growths.extend(coupon.growth(index, &value).map(|(n, d)| Fraction { numerator: n, denominator: d }));
        }
        let place = note.rounding_unit.as_ref().map_or(&note.original_balance.place, |unit| &unit.place);
        let units = i128::from(n_units.unwrap_or(1));
        let widest = factors.iter().map(|f| i128::from(f.denominator) * units).max().unwrap_or(1);
        self.exact(
            place,
            "a period factor whose denominator is below 2^52",
            widest,
            "use a larger rounding_unit, or leave it out",
        )?;
        if let CouponModel::Known(rates) = coupon {
            let days = |(rate, period): (&i64, &Period)| {
                i128::from(*rate) * i128::from(note.day_count.fraction(period).numerator)
            };
            let widest = rates.iter().zip(periods).map(days).max().unwrap_or(0);
            let expected = "a rate that times the days of a period is below 2^52";
            self.exact(&note.coupon.place, expected, widest, "pay more often, or use another day count")?;
        }
        let may_bear_more = self.most_added(note) > 0.0 || note.anticipated_repayment.is_some();
        if !matches!(coupon, CouponModel::Known(_))
            || note.default_rate.is_some()
            || may_bear_more
            || note.interest_on_unpaid.is_some()
        {
            self.exact_rates(note, coupon, periods, model, units)?;
        }
        Some(InterestRule { factors, growths, original, n_units, rounding })
    }

    /// That `rate * n` and `1e9 * d` stay below 2^52 whatever a scenario does.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "what is cast is below 2^52: the bound is checked here"
    )]
    fn exact_rates(
        &mut self,
        note: &Note,
        coupon: &CouponModel,
        periods: &[Period],
        model: &Model,
        units: i128,
    ) -> Option<()> {
        let extra = note.default_rate.as_ref().map_or(0.0, |rate| rate.extra.0 as f64)
            + self.most_added(note)
            + note.anticipated_repayment.as_ref().map_or(0.0, |terms| terms.extra.0 as f64);
        let place = &note.coupon.place;
        for (index, period) in periods.iter().enumerate() {
            let fraction = note.day_count.fraction(period);
            let greatest = (coupon.greatest_rate(index, &model.inputs) + extra) * fraction.numerator as f64;
            let expected = "a rate that times the days of a period is below 2^52";
            self.exact(place, expected, greatest as i128, "lower the `maximum` of the index, or add `all_in_cap`")?;
            let divisor = i128::from(NUMBER_SCALE) * i128::from(fraction.denominator) * units;
            let expected = "a day count whose denominator times 1e9 is below 2^52";
            self.exact(place, expected, divisor, "use a larger rounding_unit, or leave it out")?;
        }
        Some(())
    }

    /// The most that tests and extensions add to the rate of a note.
    #[allow(clippy::cast_precision_loss, reason = "a bound, of which the size matters")]
    fn most_added(&self, note: &Note) -> f64 {
        let (name, _) =
            self.deal.notes.iter().find(|(_, other)| std::ptr::eq(other, note)).expect("a note of the deal");
        let steps: f64 = self.rate_steps(name).iter().map(|(_, extra)| *extra as f64).sum();
        let extensions = note.extension.iter();
        steps + extensions.map(|terms| terms.extra.0 as f64 * terms.maturity_dates.len() as f64).sum::<f64>()
    }

    fn exact(&mut self, place: &Place, expected: &str, found: i128, way_out: &str) -> Option<()> {
        if found < i128::from(LIMIT) {
            return Some(());
        }
        let found = found.to_string();
        self.problems.push(Problem::new(place, expected, found).with_way_out(way_out));
        None
    }

    /// Notes whose balance can change inside an interest period carry the days of each stretch.
    pub fn inside_periods(&mut self, model: &mut Model) {
        for index in 0..model.notes.len() {
            years_between_payments(&mut model.notes[index], &model.dates);
            if model.notes.len() != self.deal.notes.len() || !changes_inside(model, index) {
                continue;
            }
            let inside = inside(&model.notes[index], &model.dates);
            let note = &self.deal.notes[index];
            let units = i128::from(model.notes[index].rule.n_units.unwrap_or(1));
            for fraction in &inside.fractions {
                let days = i128::from(note.greatest_balance()) * i128::from(fraction.numerator);
                let expected = "an original balance that times the days of a period is below 2^52, as it can be paid inside a period";
                let way_out = "let the note be paid on its payment dates only, or use another day count";
                let divisor = i128::from(fraction.denominator) * i128::from(NUMBER_SCALE) * units;
                let place = note.original_balance.place.clone();
                if self.exact(&place, expected, days, way_out).is_none() {
                    return;
                }
                if self
                    .exact(&place, "a day count whose denominator times 1e9 is below 2^52", divisor, way_out)
                    .is_none()
                {
                    return;
                }
            }
            model.notes[index].fractions.clone_from(&inside.fractions);
            model.notes[index].inside = Some(inside);
        }
    }
}

/// Years from the dated date on the grid dates that are no payment dates, for principal that is paid there.
#[allow(clippy::cast_precision_loss, reason = "years, for people to read")]
fn years_between_payments(note: &mut NoteModel, dates: &[Date]) {
    let (Some(first), Some(last)) = (note.periods.first().copied(), note.periods.last().copied()) else { return };
    let mut sum = Fraction::ZERO;
    let mut set = |t: usize, sum: Fraction, part: Fraction| {
        let years = note.day_count.between(first.start, dates[t], last.maturity).unwrap_or_else(|| sum.plus(part));
        note.years[t] = years.numerator as f64 / years.denominator as f64;
    };
    for period in &note.periods {
        for t in (0..dates.len()).filter(|&t| dates[t] > period.start && dates[t] < period.end) {
            set(t, sum, elapsed(note.day_count, period, dates[t]));
        }
        sum = sum.plus(note.day_count.fraction(period));
    }
    for t in (0..dates.len()).filter(|&t| dates[t] > last.end) {
        set(t, sum, Fraction::new(i128::from(dates[t].days() - last.end.days()), 365));
    }
}

pub(super) fn reduced(numerator: i128, denominator: i128) -> Fraction {
    let (mut a, mut b) = (numerator.max(1), denominator);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    if numerator == 0 {
        return Fraction { numerator: 0, denominator: 1 };
    }
    Fraction {
        numerator: i64::try_from(numerator / a).unwrap_or(i64::MAX),
        denominator: i64::try_from(denominator / a).unwrap_or(i64::MAX),
    }
}
