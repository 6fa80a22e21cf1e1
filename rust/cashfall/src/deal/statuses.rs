//! Statuses: what sets them, and the ways between their waterfalls on one date.

use super::model::{Deal, SetStatus, Verb};
use super::text::Name;
use super::walk::{Walked, is_of_status, walk};

/// For each status, whether an effect of a test or a step sets it.
pub fn set_by_something(deal: &Deal, walked: &[Walked]) -> Vec<bool> {
    let effects = deal.tests.iter().flat_map(|(_, test)| &test.effects);
    let by_test = effects.filter_map(super::effect::Effect::status);
    let by_step = steps_that_set(walked).map(|(_, set)| &set.status);
    let by_acceleration = deal.acceleration.iter().filter_map(|terms| terms.status.as_ref());
    let named: Vec<&Name> = by_test.chain(by_step).chain(by_acceleration).collect();
    let is_named = |status: &Name| named.iter().any(|name| name.text == status.text);
    deal.deal.statuses.iter().map(is_named).collect()
}

/// Every step that sets a status, with its waterfall.
pub fn steps_that_set<'a>(walked: &'a [Walked<'a>]) -> impl Iterator<Item = (&'a Walked<'a>, &'a SetStatus)> {
    walked.iter().filter_map(|one| if let Verb::SetStatus(set) = &one.step.verb { Some((one, set)) } else { None })
}

/// For each status, the statuses to whose waterfalls a scenario may go on from its own on the same date.
pub fn ways(deal: &Deal, walked: &[Walked]) -> Vec<Vec<usize>> {
    let statuses = &deal.deal.statuses;
    let position = |text: &str| statuses.iter().position(|status| status.text == text);
    let is_set = set_by_something(deal, walked);
    let mut ways = vec![Vec::new(); statuses.len()];
    for (one, set) in steps_that_set(walked).filter(|(one, set)| set.now && is_of_status(one.waterfall)) {
        let (Some(from), Some(named)) = (position(one.waterfall), position(&set.status.text)) else { continue };
        let reached = (named..statuses.len()).filter(|&to| to != from && (to == named || is_set[to]));
        let known: Vec<usize> = reached.filter(|to| !ways[from].contains(to)).collect();
        ways[from].extend(known);
    }
    ways
}

/// The statuses in an order in which every way leads onwards, or those that lie on a circle.
pub fn order(ways: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    let mut order: Vec<usize> = Vec::new();
    loop {
        let is_next = |status: &usize| {
            let from_others = |from: usize| !order.contains(&from) && ways[from].contains(status);
            !order.contains(status) && !(0..ways.len()).any(from_others)
        };
        match (0..ways.len()).find(is_next) {
            Some(next) => order.push(next),
            None if order.len() == ways.len() => return Ok(order),
            None => return Err((0..ways.len()).filter(|status| leads_back(ways, *status)).collect()),
        }
    }
}

/// Whether the ways from a status lead back to it.
fn leads_back(ways: &[Vec<usize>], start: usize) -> bool {
    let mut reached = ways[start].clone();
    let mut at = 0;
    while at < reached.len() {
        let further: Vec<usize> = ways[reached[at]].iter().copied().filter(|to| !reached.contains(to)).collect();
        reached.extend(further);
        at += 1;
    }
    reached.contains(&start)
}

impl Deal {
    /// The statuses in the order in which a date goes through their waterfalls, and whether any of them is left at once.
    pub fn order_of_statuses(&self) -> (Vec<usize>, bool) {
        let ways = ways(self, &walk(self));
        let is_left = ways.iter().any(|to| !to.is_empty());
        (order(&ways).unwrap_or_else(|_| (0..ways.len()).collect()), is_left)
    }
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn every_way_leads_onwards() {
        assert_eq!(order(&[vec![], vec![0], vec![1]]), Ok(vec![2, 1, 0]));
        assert_eq!(order(&[vec![2], vec![], vec![1]]), Ok(vec![0, 2, 1]));
    }

    #[test]
    fn a_circle_is_told_without_what_leads_to_it() {
        assert_eq!(order(&[vec![1], vec![2], vec![1]]), Err(vec![1, 2]));
    }
}
