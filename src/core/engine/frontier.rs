//! Where the nodes of the execution graph stand: which can be begun, which are lost.

use std::collections::BTreeSet;

use crate::plan::{NodeKind, Plan};

/// Where the nodes of the graph stand.
pub(super) struct Frontier {
    /// How many nodes each one waits for.
    waits: Vec<usize>,
    /// Which nodes wait for it.
    dependents: Vec<Vec<usize>>,
    /// Joining nodes: done as soon as they can be begun.
    joins: Vec<bool>,
    /// Nodes that can be begun.
    pub(super) ready: BTreeSet<usize>,
    /// Nodes that failed or wait for one that did.
    pub(super) lost: BTreeSet<usize>,
    /// Nodes that were done.
    finished: BTreeSet<usize>,
    /// How many are not finished.
    pub(super) left: usize,
}

impl Frontier {
    pub(super) fn new(plan: &Plan) -> Self {
        let nodes = &plan.graph.nodes;
        let mut dependents = vec![Vec::new(); nodes.len()];
        for (i, node) in nodes.iter().enumerate() {
            for before in &node.after {
                if let Some(d) = dependents.get_mut(before.0) {
                    d.push(i);
                }
            }
        }
        let waits: Vec<_> = nodes.iter().map(|n| n.after.len()).collect();
        let joins: Vec<_> = nodes.iter().map(|n| n.kind == NodeKind::Join).collect();
        let free = waits.iter().enumerate().filter(|(_, n)| **n == 0);
        let (empty, ready): (Vec<_>, Vec<_>) = free
            .map(|(i, _)| i)
            .partition(|i| joins.get(*i) == Some(&true));
        let mut frontier = Self {
            ready: ready.into_iter().collect(),
            left: nodes.len(),
            joins,
            waits,
            dependents,
            lost: BTreeSet::new(),
            finished: BTreeSet::new(),
        };
        for join in empty {
            frontier.done(join);
        }
        frontier
    }

    /// Takes in that a node is done, and with it the joining nodes that waited for nothing else.
    pub(super) fn done(&mut self, node: usize) {
        let mut todo = vec![node];
        while let Some(n) = todo.pop() {
            self.left -= 1;
            self.finished.insert(n);
            for d in self.dependents.get(n).into_iter().flatten().copied() {
                let Some(waits) = self.waits.get_mut(d) else {
                    continue;
                };
                *waits = waits.saturating_sub(1);
                if *waits > 0 || self.lost.contains(&d) {
                    continue;
                }
                if self.joins.get(d) == Some(&true) {
                    todo.push(d);
                } else {
                    self.ready.insert(d);
                }
            }
        }
    }

    /// Returns the changes whose objects were to be created, changed or read and were not.
    pub(super) fn not_made(&self, plan: &Plan) -> Vec<usize> {
        let nodes = plan.graph.nodes.iter().enumerate();
        let open = nodes.filter(|(n, _)| !self.finished.contains(n));
        open.filter_map(|(_, node)| match node.kind {
            NodeKind::Commit(change) => Some(change),
            NodeKind::Destroy(_) | NodeKind::Forget(_) | NodeKind::Join => None,
        })
        .collect()
    }

    /// Gives up a node and everything that waits for it.
    pub(super) fn lose(&mut self, node: usize) {
        let mut todo = vec![node];
        while let Some(n) = todo.pop() {
            if self.lost.insert(n) {
                self.left -= 1;
                self.ready.remove(&n);
                todo.extend(self.dependents.get(n).into_iter().flatten().copied());
            }
        }
    }
}
