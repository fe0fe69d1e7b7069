//! What `-target` leaves of an execution graph.

use std::collections::BTreeSet;

use super::super::{Action, Change, ExecutionGraph, ExecutionNode, NodeId, NodeKind};
use crate::lang::{
    address::{AbsInstance, ConfigResource},
    graph::{self, ConfigNode, StaticGraph},
    program::{ModuleId, Program},
};

/// Leaves of an execution graph what targets ask for, and what that waits for; `selected` is all that the targets depend on, as
/// written.
///
/// The plan may show more, as in Terraform: objects that go because their resource was looked at on the way to a target, or the
/// old object of a replacement that creates first, while only something that depends on it is named. They are left as they are.
pub(in crate::plan) fn keep(
    program: &Program,
    statics: &StaticGraph,
    changes: &[Change],
    graph: ExecutionGraph,
    selected: &BTreeSet<ConfigNode>,
    is_targeted: impl Fn(&AbsInstance) -> bool,
    is_created_first: impl Fn(&ConfigNode) -> bool,
) -> ExecutionGraph {
    let node_of = |config: &ConfigResource| {
        let id = program.modules.iter().position(|m| m.path == config.module);
        let kind = graph::NodeKind::Resource(config.resource.clone());
        id.map(|id| ConfigNode::new(ModuleId(id), kind))
    };
    // What is evaluated may ask for all instances of what it refers to: those that go are gone by then. Waiting for all of a
    // module is no such question, and outputs of the root are evaluated at the end.
    let asks = |d: &ConfigNode| match d.kind {
        graph::NodeKind::Close(_) => false,
        graph::NodeKind::Output(_) => d.module != ModuleId(0),
        _ => true,
    };
    let is_asked_for = |node: &ConfigNode| {
        let mut dependents = statics.dependents(node);
        !is_created_first(node) && dependents.any(|d| asks(d) && selected.contains(d))
    };
    let is_wanted = |n: &ExecutionNode| {
        let change = n.kind.change().and_then(|i| changes.get(i));
        change.is_some_and(|c| {
            let goes_early =
                c.action == Action::Delete && c.deposed.is_none() && !c.create_before_destroy;
            matches!(n.kind, NodeKind::Commit(_))
                || is_targeted(&c.address)
                || goes_early
                    && node_of(&c.address.resource.config()).is_some_and(|n| is_asked_for(&n))
        })
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
    let places: std::collections::BTreeMap<usize, NodeId> =
        kept.iter().copied().zip((0..).map(NodeId)).collect();
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
