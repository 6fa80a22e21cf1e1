//! The steps of all waterfalls in their order, blocks in their places.

use super::effect::Effect;
use super::model::{Deal, Step, Verb};
use super::text::Name;

/// A step where a waterfall comes to it.
#[derive(Clone, Copy, Debug)]
pub struct Walked<'a> {
    /// The waterfall.
    pub waterfall: &'a str,
    /// How many steps of the waterfall stand before it, those that hold others included.
    pub number: usize,
    /// In how many `if`s it stands.
    pub depth: usize,
    /// The step.
    pub step: &'a Step,
}

/// The most steps that waterfalls may have together, those of blocks counted wherever they are run.
pub const MOST_STEPS: usize = 10_000;

/// Every step of every waterfall. A block that runs itself is not gone into again, and one too many is the last.
pub fn walk(deal: &Deal) -> Vec<Walked<'_>> {
    let mut all = Vec::new();
    for (name, steps) in &deal.waterfalls {
        let mut walk = Walk { deal, waterfall: &name.text, number: 0, blocks: Vec::new(), all: &mut all };
        walk.steps(steps, 0);
    }
    all
}

struct Walk<'a, 'b> {
    deal: &'a Deal,
    waterfall: &'a str,
    number: usize,
    blocks: Vec<&'a str>,
    all: &'b mut Vec<Walked<'a>>,
}

impl<'a> Walk<'a, '_> {
    fn steps(&mut self, steps: &'a [Step], depth: usize) {
        for step in steps {
            if self.all.len() > MOST_STEPS {
                return;
            }
            self.all.push(Walked { waterfall: self.waterfall, number: self.number, depth, step });
            self.number += 1;
            match &step.verb {
                Verb::If(block) => {
                    self.steps(&block.then, depth + 1);
                    self.steps(&block.r#else, depth + 1);
                }
                Verb::RunSteps(run) => self.block(&run.block.text, depth),
                Verb::RunTests(run) => {
                    for block in blocks_after(self.deal, &run.tests) {
                        self.block(&block.text, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }

    fn block(&mut self, name: &'a str, depth: usize) {
        let Some(steps) = self.deal.blocks.get(name) else { return };
        if !self.blocks.contains(&name) {
            self.blocks.push(name);
            self.steps(steps, depth);
            self.blocks.pop();
        }
    }
}

/// The blocks that effects of these tests run after the step that runs the tests.
pub fn blocks_after<'a>(deal: &'a Deal, tests: &[Name]) -> Vec<&'a Name> {
    let tests = tests.iter().filter_map(|name| deal.tests.get(&name.text));
    tests.flat_map(|test| &test.effects).filter_map(Effect::block).collect()
}

/// Whether a waterfall of this name is that of a status.
pub fn is_of_status(waterfall: &str) -> bool {
    !matches!(waterfall, "collection" | "closing" | "after")
}
