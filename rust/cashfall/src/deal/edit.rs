//! Changing one value of a tree.

use super::error::Problem;
use super::nearest::did_you_mean;
use super::tree::{Entry, Node, Segment, Value, segments};

/// The tree with another value at a path; the last key may be new.
pub(crate) fn replaced(tree: &Node, path: &str, value: Node) -> Result<Node, Problem> {
    let segments = segments(path).ok_or_else(|| {
        let place = super::Place::of_path(path);
        Problem::new(&place, "a path such as `notes.senior.coupon.fixed.rate`", format!("`{path}`"))
    })?;
    let mut tree = tree.clone();
    let mut node = &mut tree;
    let mut reached = String::new();
    let (last, above) = segments.split_last().expect("a path has a part");
    for segment in above {
        if node.child(segment).is_none() {
            return Err(nowhere(node, &reached, segment));
        }
        node = child_mut(node, segment).expect("it is there");
        reached = segment.below(&reached);
    }
    match (&mut node.value, last) {
        (Value::Table(entries), Segment::Key(key)) => match entries.iter_mut().find(|entry| entry.key == *key) {
            Some(entry) => entry.node = value,
            None => entries.push(Entry { key: key.clone(), line: 0, column: 0, node: value }),
        },
        (Value::List(nodes), Segment::Index(index)) if *index < nodes.len() => nodes[*index] = value,
        _ => return Err(nowhere(node, &reached, last)),
    }
    Ok(tree)
}

fn child_mut<'a>(node: &'a mut Node, segment: &Segment) -> Option<&'a mut Node> {
    match (&mut node.value, segment) {
        (Value::Table(entries), Segment::Key(key)) => {
            entries.iter_mut().find(|entry| entry.key == *key).map(|entry| &mut entry.node)
        }
        (Value::List(nodes), Segment::Index(index)) => nodes.get_mut(*index),
        _ => None,
    }
}

/// The problem that a path leads nowhere: what there is instead.
fn nowhere(node: &Node, reached: &str, segment: &Segment) -> Problem {
    let path = segment.below(reached);
    let place = super::Place::of_path(path.as_str());
    let (expected, advice) = match (&node.value, segment) {
        (Value::Table(entries), Segment::Key(key)) => {
            let advice = did_you_mean(key, entries.iter().map(|entry| entry.key.as_str()));
            let whole = || format!("there is no `{path}`: set it whole, as only the last key of a path may be new");
            ("a key that is there".to_owned(), advice.or_else(|| Some(whole())))
        }
        (Value::Table(_), Segment::Index(_)) => ("a key: this is a table".to_owned(), None),
        (Value::List(nodes), Segment::Index(_)) => (format!("a position below {}", nodes.len()), None),
        (Value::List(_), Segment::Key(_)) => ("a position such as `[0]`: this is a list".to_owned(), None),
        _ => (format!("no more of a path: this is {}", node.described()), None),
    };
    let found = match segment {
        Segment::Key(key) => format!("`{key}`"),
        Segment::Index(index) => format!("[{index}]"),
    };
    Problem::new(&place, expected, found).with_advice(advice)
}
