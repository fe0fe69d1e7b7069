//! What `-target` leaves of an execution graph.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Action, Change, ExecutionGraph, ExecutionNode, NodeId, NodeKind};
use crate::lang::address::AbsInstance;

/// Leaves of an execution graph what targets ask for, and what that waits for.
///
/// The plan may show more, as in Terraform: objects that go because their resource was looked at on the way to a target while
/// nothing that is done depends on it, or the old object of a replacement that creates first while only something that depends
/// on it is named. They are left as they are.
pub(in crate::plan) fn keep(
    changes: &[Change],
    graph: ExecutionGraph,
    is_targeted: impl Fn(&AbsInstance) -> bool,
) -> ExecutionGraph {
    let change = |n: &ExecutionNode| n.kind.change().and_then(|i| changes.get(i));
    let is_commit = |n: &&ExecutionNode| matches!(n.kind, NodeKind::Commit(_));
    let depended_on: BTreeSet<_> = graph
        .nodes
        .iter()
        .filter(is_commit)
        .filter_map(change)
        .flat_map(|c| &c.dependencies)
        .collect();
    // What is evaluated may ask for all instances of what it refers to: those that go are to be gone by then.
    let goes_early = |c: &Change| {
        c.action == Action::Delete
            && c.deposed.is_none()
            && !c.create_before_destroy
            && depended_on.contains(&c.address.resource.config())
    };
    let is_wanted = |n: &ExecutionNode| {
        is_commit(&n) || change(n).is_some_and(|c| is_targeted(&c.address) || goes_early(c))
    };
    let mut todo: Vec<usize> = (0..)
        .zip(&graph.nodes)
        .filter(|(_, n)| is_wanted(n))
        .map(|(i, _)| i)
        .collect();
    let mut kept: BTreeSet<usize> = todo.iter().copied().collect();
    while let Some(node) = todo.pop().and_then(|i| graph.nodes.get(i)) {
        todo.extend(node.after.iter().map(|a| a.0).filter(|a| kept.insert(*a)));
    }
    reduced(graph, &kept)
}

/// Leaves some nodes of a graph, among them all that these wait for.
fn reduced(graph: ExecutionGraph, kept: &BTreeSet<usize>) -> ExecutionGraph {
    let places: BTreeMap<usize, NodeId> = kept.iter().copied().zip((0..).map(NodeId)).collect();
    let nodes = (0..).zip(graph.nodes).filter(|(i, _)| kept.contains(i));
    let moved = nodes.map(|(_, n)| ExecutionNode {
        kind: n.kind,
        after: n
            .after
            .iter()
            .filter_map(|a| places.get(&a.0).copied())
            .collect(),
    });
    ExecutionGraph {
        nodes: moved.collect(),
    }
}
