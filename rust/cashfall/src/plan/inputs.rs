//! What scenarios set: inputs on the grid, and named scenarios.

use crate::basics::{Date, LIMIT, NUMBER_SCALE};
use crate::deal::model::{Input, InputPath, InputUnit, NamedScenario};
use crate::deal::{Decimal, Located, Name};

use super::model::{InputModel, ScenarioModel};
use super::resolve::Resolver;

impl Resolver<'_> {
    fn decimals(&self) -> u32 {
        u32::try_from(self.deal.deal.decimals).unwrap_or(2)
    }

    /// A decimal in the units of an input.
    fn in_units(&self, input: &Input, decimal: &Decimal) -> i64 {
        match input.unit {
            InputUnit::Amount => decimal.to_amount(self.decimals()).map_or(0, |amount| amount.0),
            InputUnit::Number => decimal.to_number().map_or(0, |number| number.0),
        }
    }

    /// The step that holds on each date of the grid, none before the first.
    fn held<'b>(&self, steps: &'b [(Located<Date>, Decimal)]) -> impl Iterator<Item = Option<&'b Decimal>> {
        let holds = move |date: &Date| {
            let n = steps.partition_point(|(from, _)| from.value <= *date);
            n.checked_sub(1).map(|last| &steps[last].1)
        };
        self.grid.dates.clone().into_iter().map(move |date| holds(&date))
    }

    pub(super) fn input(&self, name: &Name, input: &Input) -> InputModel {
        let units = |decimal: &Decimal| self.in_units(input, decimal);
        let n = self.grid.len();
        let default = match (&input.default, &input.default_steps) {
            (Some(value), _) => vec![units(value); n],
            (None, Some(steps)) => self.held(steps).map(|held| units(held.unwrap_or(&steps[0].1))).collect(),
            (None, None) => vec![0; n],
        };
        let sizing = match self.deal.sizing_case.get(&name.text) {
            Some(value) => vec![units(value); n],
            None => default.clone(),
        };
        let greatest = match input.unit {
            InputUnit::Amount => 100_000_000_000 * 10_i64.pow(self.decimals()),
            InputUnit::Number => 1_000 * NUMBER_SCALE,
        };
        InputModel {
            name: name.text.clone(),
            is_amount: matches!(input.unit, InputUnit::Amount),
            default,
            sizing,
            minimum: input.minimum.as_ref().map_or(0, units),
            maximum: input.maximum.as_ref().map_or(greatest.min(LIMIT - 1), units),
            description: input.description.clone(),
        }
    }

    pub(super) fn scenario(&self, name: &Name, scenario: &NamedScenario, inputs: &[InputModel]) -> ScenarioModel {
        let of_input = |(input, path): &(Name, InputPath)| {
            let index = self.deal.inputs.position(&input.text)?;
            let units = |decimal: &Decimal| self.in_units(&self.deal.inputs[index], decimal);
            let default = &inputs[index].default;
            let values = match path {
                InputPath::Constant(value) => vec![units(value); default.len()],
                InputPath::Steps(steps) => {
                    self.held(steps).zip(default).map(|(held, default)| held.map_or(*default, units)).collect()
                }
            };
            Some((index, values))
        };
        ScenarioModel {
            name: name.text.clone(),
            title: scenario.title.clone(),
            description: scenario.description.clone(),
            inputs: scenario.inputs.iter().filter_map(of_input).collect(),
        }
    }
}
