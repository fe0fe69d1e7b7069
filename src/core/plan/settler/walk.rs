//! The walk over the static graph: which node is next.

use std::collections::{BTreeMap, BTreeSet};

use super::{Answer, ReadKey};
use crate::lang::graph::{ConfigNode, StaticGraph};

/// Where the walk stands. Nodes are named by their place in the topological order.
pub(super) struct Walk {
    nodes: Vec<ConfigNode>,
    dependents: Vec<Vec<usize>>,
    missing: Vec<usize>,
    ready: BTreeSet<usize>,
    waiting: BTreeMap<usize, Vec<ReadKey>>,
    left: usize,
}

impl Walk {
    /// Starts a walk over all selected nodes.
    pub(super) fn new(graph: &StaticGraph, selected: Option<&BTreeSet<ConfigNode>>) -> Self {
        let nodes: Vec<ConfigNode> = graph
            .order()
            .filter(|n| selected.is_none_or(|s| s.contains(n)))
            .cloned()
            .collect();
        let index: BTreeMap<&ConfigNode, usize> = nodes.iter().zip(0..).collect();
        let mut dependents = vec![Vec::new(); nodes.len()];
        let mut missing = vec![0; nodes.len()];
        for (i, node) in nodes.iter().enumerate() {
            for before in graph
                .dependencies(node)
                .filter_map(|d| index.get(d).copied())
            {
                if let (Some(d), Some(m)) = (dependents.get_mut(before), missing.get_mut(i)) {
                    let d: &mut Vec<usize> = d;
                    d.push(i);
                    *m += 1;
                }
            }
        }
        let ready = missing
            .iter()
            .enumerate()
            .filter(|(_, m)| **m == 0)
            .map(|(i, _)| i)
            .collect();
        let left = nodes.len();
        Self {
            dependents,
            missing,
            ready,
            waiting: BTreeMap::new(),
            left,
            nodes,
        }
    }

    /// Takes the next node that can be visited.
    pub(super) fn next(&mut self) -> Option<usize> {
        self.ready.pop_first()
    }

    /// Returns a node.
    pub(super) fn node(&self, i: usize) -> Option<ConfigNode> {
        self.nodes.get(i).cloned()
    }

    /// Says that a node is done.
    pub(super) fn done(&mut self, i: usize) {
        self.left = self.left.saturating_sub(1);
        for d in self
            .dependents
            .get(i)
            .map(Vec::as_slice)
            .unwrap_or_default()
        {
            if let Some(m) = self.missing.get_mut(*d) {
                *m = m.saturating_sub(1);
                if *m == 0 {
                    self.ready.insert(*d);
                }
            }
        }
    }

    /// Says that a node waits for answers.
    pub(super) fn wait(&mut self, i: usize, keys: impl Iterator<Item = ReadKey>) {
        self.waiting.insert(i, keys.collect());
    }

    /// Makes nodes ready whose answers are there. To be called before the next answers are waited for: a node may wait for
    /// what was answered already.
    pub(super) fn retry(&mut self, answers: &BTreeMap<ReadKey, Answer>) {
        let now: Vec<usize> = self
            .waiting
            .iter()
            .filter(|(_, keys)| keys.iter().all(|k| answers.contains_key(k)))
            .map(|(i, _)| *i)
            .collect();
        for i in now {
            self.waiting.remove(&i);
            self.ready.insert(i);
        }
    }

    /// Tells whether all nodes are done.
    pub(super) fn is_finished(&self) -> bool {
        self.left == 0
    }
}
