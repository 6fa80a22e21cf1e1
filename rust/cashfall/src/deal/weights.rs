//! The weights of a pro rata step: a word, or a list of numbers.

use super::bounds::{Bounds, WEIGHTS};
use super::decode::{At, Context, Decode};
use super::nearest::did_you_mean;
use super::shape::{Shape, Shapes};
use super::tree::Value;
use crate::basics::units::Number;

/// By what the payees of a pro rata step share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Weights {
    /// By the balances of the notes.
    Balance,
    /// By given numbers, one for each payee.
    Given(Vec<Number>),
}

impl Decode for Weights {
    fn expected(_: &Bounds) -> String {
        "the word `balance` or a list of numbers".to_owned()
    }

    fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self> {
        match &at.node.value {
            Value::Text { text, .. } if text == "balance" => Some(Weights::Balance),
            Value::Text { text, .. } => {
                let advice = did_you_mean(text, ["balance"]);
                context.report(at.unlike(Self::expected(bounds)).with_advice(advice))
            }
            Value::List(_) => Vec::<Number>::decode(at, &WEIGHTS, context).map(Weights::Given),
            _ => context.report(at.unlike(Self::expected(bounds))),
        }
    }

    fn placeholder() -> Self {
        Weights::Balance
    }

    fn shape(_: &Bounds, shapes: &mut Shapes) -> Shape {
        let numbers = Vec::<Number>::shape(&WEIGHTS, shapes);
        Shape::Either(Box::new(Shape::Words(vec!["balance"])), Box::new(numbers))
    }
}
