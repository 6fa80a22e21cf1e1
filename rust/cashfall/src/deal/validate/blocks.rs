//! Blocks of steps: that they exist, are run, and do not run themselves.

use super::Checker;
use crate::deal::error::Problem;
use crate::deal::model::{Deal, Step, Verb};
use crate::deal::nearest::did_you_mean;
use crate::deal::text::Name;
use crate::deal::walk::blocks_after;

impl<'a> Checker<'a> {
    pub(super) fn blocks(&mut self) {
        let deal = self.deal;
        for (name, _) in &deal.blocks {
            self.well_spelt(name);
        }
        let waterfalls = deal.waterfalls.iter().map(|(_, steps)| steps);
        let blocks = deal.blocks.iter().map(|(_, steps)| steps);
        let runs: Vec<&'a Name> = waterfalls.chain(blocks).flat_map(|steps| runs_in(deal, steps)).collect();
        for run in &runs {
            self.known_block(run);
        }
        for (name, steps) in &deal.blocks {
            let mut path = vec![name.text.as_str()];
            if let Some(back) = self.leads_back(&name.text, steps, &mut path) {
                let chain: Vec<String> =
                    path.iter().chain([&name.text.as_str()]).map(|name| format!("`{name}`")).collect();
                self.report(&back.place, "a block that does not run itself", chain.join(", which runs "));
            } else if self.is_read("waterfalls") && !runs.iter().any(|run| run.text == name.text) {
                let found = format!("`{}`, which no step runs", name.text);
                self.advise(&name.place, "a block that some step runs", found, "run it with `run_steps`, or drop it");
            }
        }
    }

    pub(super) fn known_block(&mut self, run: &Name) {
        if run.text.is_empty() || self.deal.blocks.get(&run.text).is_some() || !self.is_read("blocks") {
            return;
        }
        let blocks = self.deal.blocks.iter().map(|(name, _)| name.text.as_str());
        let advice = did_you_mean(&run.text, blocks).or_else(|| Some(format!("add `blocks.{}`", run.text)));
        self.problems.push(Problem::new(&run.place, "a block", format!("`{}`", run.text)).with_advice(advice));
    }

    /// The step that closes a circle from a block to itself; `path` is then the way there.
    fn leads_back(&self, start: &str, steps: &'a [Step], path: &mut Vec<&'a str>) -> Option<&'a Name> {
        for run in runs_in(self.deal, steps) {
            if run.text == start {
                return Some(run);
            }
            let Some(inner) = self.deal.blocks.get(&run.text).filter(|_| !path.contains(&run.text.as_str())) else {
                continue;
            };
            path.push(&run.text);
            if let Some(back) = self.leads_back(start, inner, path) {
                return Some(back);
            }
            path.pop();
        }
        None
    }
}

/// The blocks that steps run, those in their `if`s and those after tests too.
fn runs_in<'a>(deal: &'a Deal, steps: &'a [Step]) -> Vec<&'a Name> {
    let mut runs = Vec::new();
    for step in steps {
        match &step.verb {
            Verb::RunSteps(run) => runs.push(&run.block),
            Verb::RunTests(run) => runs.extend(blocks_after(deal, &run.tests)),
            Verb::If(block) => {
                runs.extend(runs_in(deal, &block.then));
                runs.extend(runs_in(deal, &block.r#else));
            }
            _ => {}
        }
    }
    runs
}
