//! Named scenarios: what some inputs do, in a story that the deal is told with.

use super::bounds::{ANY, Bounds, NOT_EMPTY};
use super::declare::{self, object};
use super::decode::{At, Context, Decode, Fields};
use super::place::Place;
use super::shape::{Field, Kind, Shape, Shapes, joined};
use super::text::{Decimal, Located, Table};
use super::tree::Value;
use crate::basics::date::Date;

object! {
    /// A named scenario: the values of some inputs; the others take their defaults.
    NamedScenario {
        /// The name people read.
        title: String,
        /// What happens, in sentences.
        description: Option<String>,
        /// The values: a scalar, or pairs of date and value, each of which holds from its date until the next; before the
        /// first date the default holds.
        inputs: Table<InputPath>,
    }
}

/// What an input does in a named scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputPath {
    /// The same value on every date.
    Constant(Decimal),
    /// Each value from its date until the next.
    Steps(Vec<(Located<Date>, Decimal)>),
}

impl InputPath {
    /// All its values.
    pub fn values(&self) -> Vec<&Decimal> {
        match self {
            InputPath::Constant(value) => vec![value],
            InputPath::Steps(steps) => steps.iter().map(|(_, value)| value).collect(),
        }
    }
}

impl Decode for InputPath {
    fn expected(_: &Bounds) -> String {
        "a number, or a list of pairs of a date and a number".to_owned()
    }

    fn decode(at: &At<'_>, bounds: &Bounds, context: &mut Context) -> Option<Self> {
        match &at.node.value {
            Value::Number(_) => Decimal::decode(at, bounds, context).map(InputPath::Constant),
            Value::List(_) => Vec::decode(at, &NOT_EMPTY, context).map(InputPath::Steps),
            _ => context.report(at.unlike(Self::expected(bounds))),
        }
    }

    fn placeholder() -> Self {
        InputPath::Steps(Vec::new())
    }

    fn shape(bounds: &Bounds, shapes: &mut Shapes) -> Shape {
        let steps = Vec::<(Located<Date>, Decimal)>::shape(&NOT_EMPTY, shapes);
        Shape::Either(Box::new(Decimal::shape(bounds, shapes)), Box::new(steps))
    }
}
