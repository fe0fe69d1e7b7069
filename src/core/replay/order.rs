//! The execution graph as the recording shows it: which change is done before which, without what follows from the rest.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Action, NodeId, NodeKind, Plan};

/// Returns the nodes and the pairs (first, then).
pub(super) fn order(plan: &Plan) -> (Vec<String>, Vec<(String, String)>) {
    let nodes = &plan.graph.nodes;
    let name = |i: usize| {
        let (change, suffix) = match &nodes[i].kind {
            NodeKind::Commit(c) => (&plan.changes[*c], ""),
            NodeKind::Destroy(c)
                if plan.changes[*c].deposed.is_some()
                    || plan.changes[*c].action == Action::CreateThenDelete =>
            {
                (&plan.changes[*c], " (destroy deposed)")
            }
            NodeKind::Destroy(c) | NodeKind::Forget(c) => (&plan.changes[*c], " (destroy)"),
            NodeKind::Join => return String::new(),
        };
        format!("{}{suffix}", change.address)
    };
    let mut before: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    fn all(i: usize, plan: &Plan, memo: &mut BTreeMap<usize, BTreeSet<usize>>) -> BTreeSet<usize> {
        if let Some(known) = memo.get(&i) {
            return known.clone();
        }
        let mut found = BTreeSet::new();
        for n in plan.graph.before(NodeId(i)) {
            found.insert(n.0);
            found.extend(all(n.0, plan, memo));
        }
        memo.insert(i, found.clone());
        found
    }
    let shown: Vec<usize> = (0..nodes.len())
        .filter(|i| nodes[*i].kind != NodeKind::Join)
        .collect();
    for i in shown.iter().copied() {
        all(i, plan, &mut before);
    }
    let mut pairs = Vec::new();
    for then in shown.iter().copied() {
        for first in &before[&then] {
            if !before[&then]
                .iter()
                .any(|between| before[between].contains(first))
            {
                pairs.push((name(*first), name(then)));
            }
        }
    }
    let mut names: Vec<String> = shown.iter().copied().map(name).collect();
    names.sort();
    pairs.sort();
    (names, pairs)
}
