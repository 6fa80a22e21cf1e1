//! Facilities, swaps and caps, and the verbs that use them.

use super::bounds::*;
use super::declare::{self, choice, object, tagged};
use super::decode::{
    At, Context, Decode, Fields, Tagged, decode_choice, decode_tagged, expected_choice, expected_tagged,
};
use super::model::{Deal, Limit, Order, Ranking, Support, SupportSource, Verb};
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{FormulaText, Located, Name};
use super::walk::walk;
use super::weights::Weights;
use crate::basics::date::Date;
use crate::basics::day_count::DayCount;
use crate::basics::units::{Amount, Number};

choice! {
    /// When the index of a period is read.
    IndexFixing {
        /// On the grid date at which the period begins.
        InAdvance = "in_advance",
        /// On the payment date.
        InArrears = "in_arrears",
    }
}

tagged! {
    /// A rate a year.
    HedgeRate {
        /// One rate.
        Fixed(FixedRate) = "fixed",
        /// An index and a margin.
        Floating(FloatingRate) = "floating",
    }
}

object! {
    /// One rate a year.
    FixedRate {
        /// The rate a year.
        rate: Number where GROWTH,
    }
}

object! {
    /// An index and a margin.
    FloatingRate {
        /// The number input that is the index.
        index: Name,
        /// What is added to the index.
        margin: Number where GROWTH = Number(0),
        /// The least that the rate can be.
        floor: Option<Number> where GROWTH,
        /// When the index of a period is read.
        fixing: IndexFixing = IndexFixing::InAdvance,
    }
}

object! {
    /// A commitment from which cash can be drawn.
    Facility {
        /// The name people read.
        title: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// The most that can be drawn.
        commitment: Amount where POSITIVE,
        /// The schedule on which interest and fee fall due.
        payment_dates: Name,
        /// How days are counted; the denominator must be fixed.
        day_count: Located<DayCount>,
        /// The last date on which it is available.
        availability_end: Option<Date>,
        /// The rate a year on what is available.
        commitment_fee: Option<Number> where RATE,
        /// The rate a year on what is drawn.
        interest: Option<HedgeRate>,
        /// Whether what is repaid can be drawn again.
        revolving: bool = true,
        /// A flag formula; where it is 1 nothing can be drawn.
        draw_stop: Option<FormulaText>,
    }
}

object! {
    /// The interest that the balance of an account earns.
    Earns {
        /// The rate a year.
        rate: HedgeRate,
        /// The schedule on which it is paid.
        payment_dates: Name,
        /// How days are counted; the denominator must be fixed.
        day_count: Located<DayCount>,
    }
}

object! {
    /// One side of a swap.
    SwapLeg {
        /// The rate a year.
        rate: HedgeRate,
        /// How days are counted; the denominator must be fixed.
        day_count: Located<DayCount>,
    }
}

tagged! {
    /// The amount on which a hedge is computed.
    Notional {
        /// Amounts in time: each holds from its date until the next.
        Schedule(Vec<(Located<Date>, Amount)> where NOT_NEGATIVE_LIST) = "schedule",
        /// The balance of a note.
        Note(Name) = "note",
    }
}

object! {
    /// An interest rate swap: two legs, settled net.
    Swap {
        /// The name people read.
        title: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// What the deal pays.
        pay: SwapLeg,
        /// What the deal receives.
        receive: SwapLeg,
        /// The amount on which both are computed.
        notional: Notional,
        /// The schedule on which it settles.
        payment_dates: Name,
    }
}

object! {
    /// An interest rate cap that the deal has bought.
    RateCap {
        /// The name people read.
        title: Option<String>,
        /// The currency of its amounts, three capitals; without it the deal's.
        currency: Option<String> where CURRENCY,
        /// The number input that is the index.
        index: Name,
        /// The rate above which the cap pays.
        strike: Number where GROWTH,
        /// How days are counted; the denominator must be fixed.
        day_count: Located<DayCount>,
        /// The amount on which it is computed.
        notional: Notional,
        /// The schedule on which it settles.
        payment_dates: Name,
        /// When the index of a period is read.
        fixing: IndexFixing = IndexFixing::InAdvance,
    }
}

object! {
    /// Draws cash from a facility.
    DrawFacility {
        /// The facility.
        facility: Name,
        /// The account that receives.
        to: Name,
        /// A formula that gives the amount asked for; without it all that is available.
        amount: Option<FormulaText>,
    }
}

object! {
    /// Repays what is drawn on facilities.
    RepayFacility {
        /// The facilities.
        facilities: Vec<Name> where NOT_EMPTY,
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// How the facilities rank.
        ranking: Ranking = Ranking::Sequential,
        /// By what the facilities share, with `ranking = "pro_rata"`; without it by what is drawn.
        weights: Option<Weights>,
        /// In which order the facilities stand.
        order: Order = Order::Listed,
        /// What the step may not exceed.
        limit: Option<Limit>,
        /// Who pays what the sources leave unpaid, in order.
        support: Vec<Support> = Vec::new(),
    }
}

object! {
    /// Receives what a swap owes the deal, and pays what the deal owes on it.
    SettleSwap {
        /// The swap.
        swap: Name,
        /// The account that receives.
        to: Name,
        /// The accounts that pay, in order.
        from: Vec<Name> where NOT_EMPTY,
        /// What the payment may not exceed.
        limit: Option<Limit>,
    }
}

object! {
    /// Ends a swap.
    TerminateSwap {
        /// The swap.
        swap: Name,
        /// A formula that gives what the deal owes then; below zero it is owed to the deal.
        amount: FormulaText,
    }
}

object! {
    /// Receives what a cap pays.
    SettleCap {
        /// The cap.
        cap: Name,
        /// The account that receives.
        to: Name,
    }
}

impl SupportSource {
    /// The name of the account or facility.
    pub fn name(&self) -> &Name {
        let (SupportSource::FromAccount(name) | SupportSource::FromFacility(name)) = self;
        name
    }
}

impl Verb {
    /// The facilities from which it may draw.
    pub fn drawn(&self) -> Vec<&Name> {
        let supports = self.support().iter().filter_map(|support| match &support.source {
            SupportSource::FromFacility(name) => Some(name),
            SupportSource::FromAccount(_) => None,
        });
        let draws = if let Verb::DrawFacility(draw) = self { Some(&draw.facility) } else { None };
        draws.into_iter().chain(supports).collect()
    }
}

impl Deal {
    /// Whether a step or an acceleration terminates a swap.
    pub fn is_terminated(&self, swap: &str) -> bool {
        let steps = walk(self);
        let unwound = self.acceleration.iter().flat_map(|terms| &terms.swaps).any(|one| one.swap.text == swap);
        unwound
            || steps
                .iter()
                .any(|walked| matches!(&walked.step.verb, Verb::TerminateSwap(verb) if verb.swap.text == swap))
    }
}
