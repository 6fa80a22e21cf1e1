//! Call prices: what a note is prepaid at on each date.

use crate::basics::{Date, Fraction, LIMIT, NUMBER_SCALE, Rounding};
use crate::deal::Problem;
use crate::deal::model::{Call, MakeWhole, Note};

use super::inside::elapsed;
use super::model::{Model, NoteModel};
use super::resolve::Resolver;

/// 100 as a number: what a note is worth per 100 without a premium.
pub const PAR: i64 = 100 * NUMBER_SCALE;

/// The price per 100 at which a note is prepaid on a date, in 1e-9.
#[derive(Clone, Debug, PartialEq)]
pub enum CallPrice {
    /// It may not be called.
    None,
    /// A known price.
    Known(i64),
    /// A present value at a rate that a scenario gives.
    Discounted {
        /// The input that gives the rate.
        index: usize,
        /// What is added to it.
        spread: i64,
        /// What is discounted.
        flows: Discount,
    },
}

/// Coupons and a last price, from the next payment date on.
#[derive(Clone, Debug, PartialEq)]
pub struct Discount {
    /// For each payment date its coupon and the day-count fraction before it.
    pub legs: Vec<(i64, Fraction)>,
    /// The price on the last of them.
    pub last: i64,
    /// The interest accrued on the date itself.
    pub accrued: i64,
}

impl Discount {
    /// The price at a rate: the present value less accrued interest, at least 100.
    pub fn price(&self, rate: i64, rounding: Rounding) -> i64 {
        let mut value = self.last;
        for (coupon, fraction) in self.legs.iter().rev() {
            let scale = NUMBER_SCALE * fraction.denominator;
            value = rounding.mul_div(value + coupon, scale, scale + rate * fraction.numerator);
        }
        let price = value - self.accrued;
        if price < PAR { PAR } else { price }
    }
}

impl Resolver<'_> {
    /// The call prices of every note.
    pub fn call_prices(&mut self, model: &mut Model) {
        if model.notes.len() != self.deal.notes.len() {
            return;
        }
        for (index, (_, note)) in self.deal.notes.iter().enumerate() {
            let prices: Vec<CallPrice> =
                (0..model.dates.len()).map(|t| self.call_price(note, &model.notes[index], model, t)).collect();
            if let Some(found) = prices.iter().find_map(|price| out_of_range(price, model)) {
                let place = note.call.as_ref().map(|call| call.place.clone()).unwrap_or_default();
                let expected = "discount factors below 2^52";
                self.problems.push(
                    Problem::new(&place, expected, found.to_string()).with_way_out("lower the `maximum` of the index"),
                );
            }
            model.notes[index].call = prices;
        }
    }

    fn call_price(&self, note: &Note, sized: &NoteModel, model: &Model, t: usize) -> CallPrice {
        let date = model.dates[t];
        let Some(call) = &note.call else { return CallPrice::Known(PAR) };
        let scheduled = call.schedule.partition_point(|(from, _)| from.value <= date);
        match (scheduled.checked_sub(1), &call.make_whole) {
            (Some(index), _) => CallPrice::Known(call.schedule[index].1.0),
            (None, Some(whole)) if date >= note.dated_date.value => self.make_whole(call, whole, sized, date),
            _ => CallPrice::None,
        }
    }

    fn make_whole(&self, call: &Call, whole: &MakeWhole, sized: &NoteModel, date: Date) -> CallPrice {
        let flows = discount(call, sized, date, self.deal.deal.rounding);
        match (&whole.rate, &whole.index) {
            (Some(rate), _) => CallPrice::Known(flows.price(rate.0, self.deal.deal.rounding)),
            (None, Some(index)) => CallPrice::Discounted {
                index: self.deal.inputs.position(&index.text).unwrap_or(0),
                spread: whole.spread.0,
                flows,
            },
            (None, None) => CallPrice::None,
        }
    }
}

/// What is paid per 100 from a date to the first scheduled call.
fn discount(call: &Call, sized: &NoteModel, date: Date, rounding: Rounding) -> Discount {
    let rates = sized.known_rates().unwrap_or(&[]);
    let (until, last) = (call.schedule[0].0.value, call.schedule[0].1.0);
    let interest = |rate: i64, fraction: Fraction| {
        let numerator = i128::from(PAR) * i128::from(rate) * i128::from(fraction.numerator);
        let denominator = i128::from(NUMBER_SCALE) * i128::from(fraction.denominator);
        i64::try_from(rounding.divide(numerator, denominator)).unwrap_or(0)
    };
    let mut flows = Discount { legs: Vec::new(), last, accrued: 0 };
    for (period, rate) in sized.periods.iter().zip(rates).filter(|(period, _)| period.end > date && period.end <= until)
    {
        let whole = sized.day_count.fraction(period);
        let gone = if period.start < date { elapsed(sized.day_count, period, date) } else { Fraction::ZERO };
        flows.accrued += interest(*rate, gone);
        flows.legs.push((interest(*rate, whole), rest_of(whole, gone)));
    }
    flows
}

fn rest_of(whole: Fraction, gone: Fraction) -> Fraction {
    let (n, d) = (i128::from(whole.numerator), i128::from(whole.denominator));
    let (gone_n, gone_d) = (i128::from(gone.numerator), i128::from(gone.denominator));
    Fraction::new(n * gone_d - gone_n * d, d * gone_d)
}

/// The greatest divisor of a discount, if it leaves the range.
fn out_of_range(price: &CallPrice, model: &Model) -> Option<i128> {
    let CallPrice::Discounted { index, spread, flows } = price else { return None };
    let input = &model.inputs[*index];
    let rate = i128::from(input.maximum.abs().max(input.minimum.abs())) + i128::from(spread.abs());
    let divisors = flows.legs.iter().map(|(_, fraction)| {
        i128::from(NUMBER_SCALE) * i128::from(fraction.denominator) + rate * i128::from(fraction.numerator)
    });
    divisors.max().filter(|divisor| *divisor >= i128::from(LIMIT))
}
