//! The terms of a plan's note, as analytics need them.

use super::NoteTerms;
use crate::basics::NUMBER_SCALE;
use crate::plan::Plan;

impl NoteTerms {
    /// The terms of the note at a position of the plan, amounts in currency units.
    #[allow(clippy::cast_precision_loss, reason = "day counts and balances of a valid deal are below 2^52")]
    pub fn of_note(plan: &Plan, index: usize) -> NoteTerms {
        let note = &plan.model().notes[index];
        NoteTerms {
            day_count: note.day_count,
            // Only a coupon of one known rate has an accrued interest that terms can tell.
            rate: match note.known_rates() {
                Some([rate, others @ ..]) if others.iter().all(|other| other == rate) => {
                    *rate as f64 / NUMBER_SCALE as f64
                }
                _ => f64::NAN,
            },
            // What an investor holds of a note that is drawn depends on the scenario.
            original_balance: match note.funding {
                Some(_) => f64::NAN,
                None => note.original as f64 / 10_i64.pow(plan.model().decimals) as f64,
            },
            periods: note.periods.clone(),
        }
    }
}
