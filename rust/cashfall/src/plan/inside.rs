//! Notes that can be paid on a grid date inside an interest period: how many days each stretch of it counts.

use crate::basics::{Date, DayCount, Fraction, Period, greatest_common_divisor};

use super::model::{Action, Model, NoteModel, Payee, StepModel};

/// For each grid date the days since the grid date before, within an interest period, over the period's denominator.
#[derive(Clone, Debug, PartialEq)]
pub struct Inside {
    /// The weight of the stretch that ends on a grid date; 0 outside of the note's term.
    pub weights: Vec<i64>,
    /// For each interest period the sum of its weights and the denominator that makes it the day-count fraction.
    pub fractions: Vec<Fraction>,
}

/// The share of a year from the beginning of a period to a date in it.
pub fn elapsed(day_count: DayCount, period: &Period, date: Date) -> Fraction {
    let whole = period.start == period.regular_start && period.end == period.regular_end;
    if day_count == DayCount::Regular && whole {
        let fraction = day_count.fraction(period);
        let (part, all) = (date.days() - period.start.days(), period.end.days() - period.start.days());
        return Fraction::new(
            i128::from(fraction.numerator) * i128::from(part),
            i128::from(fraction.denominator) * i128::from(all),
        );
    }
    let part = Period { end: date, ..*period };
    day_count.between(period.start, date, period.maturity).unwrap_or_else(|| day_count.fraction(&part))
}

/// The stretches of a note's interest periods between grid dates.
pub fn inside(note: &NoteModel, dates: &[Date]) -> Inside {
    let mut inside = Inside { weights: vec![0; dates.len()], fractions: Vec::new() };
    for period in &note.periods {
        let within: Vec<usize> =
            (0..dates.len()).filter(|&t| dates[t] > period.start && dates[t] <= period.end).collect();
        let elapsed: Vec<Fraction> = within.iter().map(|&t| elapsed(note.day_count, period, dates[t])).collect();
        let common = elapsed.iter().fold(1, |common, part| least_common_multiple(common, part.denominator));
        let mut before = 0;
        for (&t, part) in within.iter().zip(&elapsed) {
            let count = part.numerator * (common / part.denominator);
            inside.weights[t] = count - before;
            before = count;
        }
        let divisor = within.iter().fold(common, |divisor, &t| greatest_common_divisor(divisor, inside.weights[t]));
        within.iter().for_each(|&t| inside.weights[t] /= divisor);
        inside.fractions.push(Fraction { numerator: before / divisor, denominator: common / divisor });
    }
    inside
}

fn least_common_multiple(a: i64, b: i64) -> i64 {
    (a / greatest_common_divisor(a, b)).saturating_mul(b)
}

/// Whether some step can change the balance of the note at a position on a grid date of its term that is no payment date.
pub fn changes_inside(model: &Model, note: usize) -> bool {
    let terms = &model.notes[note];
    let last = terms.payment.iter().rposition(Option::is_some).unwrap_or(0);
    let is_inside = |t: &usize| terms.exists(*t) && terms.payment[*t].is_none();
    let dates: Vec<usize> = (0..last).filter(is_inside).collect();
    let changes = |step: &StepModel, t: usize| {
        let action = &step.action;
        let is_paid = model.is_accelerated(note) && pays_principal(action, note);
        step.happens(t) && (changes_balance(action, note) || repays_on(action, note, t) || is_paid)
    };
    let every = model.collection.iter().chain(&model.after).any(|step| dates.iter().any(|&t| changes(step, t)));
    let closing = model
        .closing
        .as_ref()
        .is_some_and(|(t, steps)| dates.contains(t) && steps.iter().any(|step| changes(step, *t)));
    every
        || closing
        || model
            .waterfalls
            .iter()
            .flatten()
            .any(|step| dates.iter().any(|&t| model.waterfall_on[t] && changes(step, t)))
}

fn pays_principal(action: &Action, note: usize) -> bool {
    matches!(action, Action::Pay(payment) if payment.payees.contains(&Payee::Principal(note)))
}

fn changes_balance(action: &Action, note: usize) -> bool {
    match action {
        Action::Pay(payment) => payment.payees.contains(&Payee::Balance(note)),
        Action::Fund { note: drawn, .. } => *drawn == note,
        Action::Refinance { notes, with, .. } => *with == note || notes.contains(&note),
        Action::Prepay { notes, .. } | Action::Capitalize { notes, .. } | Action::Write { notes, .. } => {
            notes.contains(&note)
        }
        _ => false,
    }
}

/// Whether a cure of a test that is measured on a date may repay a note.
fn repays_on(action: &Action, note: usize, t: usize) -> bool {
    matches!(action, Action::RunTests { repaid, .. } if repaid.iter().any(|cure| cure.note == note && cure.on[t]))
}
